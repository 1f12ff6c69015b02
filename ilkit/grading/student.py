"""The one door from a hidden test to the student's code: call, grad, value, new.

    from ilkit.grading import student

    loss = student.call("squared_error", pred, act)

Arguments are copied on the way in, so that no answer can change a test's arrays, and plain data
comes back (`ilkit.grading.plain`). A test never holds a student's object: `new` keeps it here and
returns a ticket, good only as an argument of a later call. A trusted function that is passed in
becomes a callback, which gets plain data too. Whatever goes wrong in the student's code arrives as
a StudentError. Prints and warnings go nowhere: nbgrader fails a test cell that writes to stderr.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from ilkit.grading.execute import message, quiet
from ilkit.grading.plain import NotPlainError, plain

SEED_VARIABLE = "ILKIT_GRADING_SEED"
MAX_MESSAGE = 300


class StudentError(Exception):
    """What went wrong in the student's code: `type` names the exception, `message` is cut."""

    def __init__(self, name: str, type_: str, text: str) -> None:
        self.type, self.message = _tame(type_), _tame(text)
        super().__init__(f"{name}: {self.type}: {self.message}")


class Ticket:
    """Stands for an object that only the student's side holds."""


_held: dict[Ticket, Any] = {}


def call(name: str, /, *args: Any, **kwargs: Any) -> Any:
    """The plain result of the student's function `name`, or of a method, "Policy.act"."""
    return _run(name, args, kwargs, plain)


def grad(name: str, /, *args: Any, wrt: int | tuple[int, ...] = 0, **kwargs: Any) -> Any:
    """Gradient of the sum of the student's result in the argument(s) at the position(s) `wrt`.

    One array shaped like the argument, or a list of them if `wrt` is a tuple.
    """
    wanted = (wrt,) if isinstance(wrt, int) else wrt
    inputs = [torch.tensor(np.asarray(args[i]), requires_grad=True) for i in wanted]
    lent: list[Any] = list(args)
    for i, x in zip(wanted, inputs, strict=True):
        lent[i] = _AsItIs(x)

    def gradient(result: Any) -> Any:
        if type(result) is not Tensor:
            raise TypeError(f"expected a torch tensor to differentiate, got {type(result)}")
        if not result.requires_grad:
            raise ValueError("the result is cut off from its arguments, so it has no gradient")
        found = torch.autograd.grad(result.sum(), inputs, allow_unused=True)
        each = [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found, strict=True)]
        return plain(each[0] if isinstance(wrt, int) else each)

    return _run(name, tuple(lent), kwargs, gradient)


def value(name: str) -> Any:
    """The plain value of the student's variable `name`."""
    return _guarded(name, lambda: plain(_find(name)))


def new(name: str, /, *args: Any, **kwargs: Any) -> Ticket:
    """Call the student's class or function `name`, keep the result and return its ticket."""
    ticket = Ticket()
    _held[ticket] = _run(name, args, kwargs, lambda result: result)
    return ticket


def seed(label: str) -> int:
    """A seed for one test's randomness: fresh for each submission, equal when graded again."""
    text = f"{os.environ.get(SEED_VARIABLE, '')}/{label}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _run(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], then: Callable[[Any], Any]
) -> Any:
    """Call `name` with copies. An error inside a trusted callback is raised as it is."""
    failures: list[Exception] = []
    lent = [_lend(x, failures) for x in args]
    named = {key: _lend(x, failures) for key, x in kwargs.items()}
    try:
        return _guarded(name, lambda: then(_find(name)(*lent, **named)))
    finally:
        if failures:
            raise failures[0]


def _guarded(name: str, work: Callable[[], Any]) -> Any:
    try:
        with quiet():
            return work()
    except KeyboardInterrupt:  # the grader's own: a cell that ran out of time
        raise
    except NotImplementedError:
        raise StudentError(name, "NotImplementedError", "not written yet") from None
    except BaseException as error:
        raise StudentError(name, type(error).__name__, message(error)) from None


def _find(name: str) -> Any:
    """Look a dotted name up where the notebook's cells ran."""
    first, *rest = name.split(".")
    namespace = vars(sys.modules["__main__"])
    if first not in namespace:
        raise NameError(f"{first} is not defined; its cell is missing or failed")
    return functools.reduce(getattr, rest, namespace[first])


class _AsItIs:
    """An argument that goes in without a copy."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _lend(x: Any, failures: list[Exception]) -> Any:
    """A copy for the student's side."""
    if isinstance(x, _AsItIs):
        return x.value
    if isinstance(x, Ticket):
        return _held[x]
    if isinstance(x, Tensor):
        return x.detach().clone()
    if isinstance(x, Generator):
        return x.clone_state()
    if type(x) in (list, tuple):
        return type(x)(_lend(item, failures) for item in x)
    if type(x) is dict:
        return {key: _lend(item, failures) for key, item in x.items()}
    if isinstance(x, (types.FunctionType, types.MethodType, functools.partial)):
        return _callback(x, failures)
    return pickle.loads(pickle.dumps(x))  # what could cross a border between processes


def _callback(trusted: Callable[..., Any], failures: list[Exception]) -> Callable[..., Any]:
    """What the student's side gets for a trusted function."""

    def back(*args: Any, **kwargs: Any) -> Any:
        try:
            given, named = plain(args), plain(kwargs)
        except NotPlainError as error:
            raise TypeError(str(error).replace("returned", "passed")) from None
        try:
            return _lend(trusted(*given, **named), failures)
        except Exception as error:
            failures.append(error)
            raise

    return back


def _tame(text: str) -> str:
    """One printable line: control and bidirectional characters escaped, cut to size."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:MAX_MESSAGE])
    return line if len(text) <= MAX_MESSAGE else line + "..."
