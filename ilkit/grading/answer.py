"""The student's side of the door: a request comes in as bytes, plain data goes out.

A request is trusted, since a test wrote it, and is pickled. What leaves is copied by
`ilkit.grading.plain` and is never pickled where it crosses a border between processes.
"""

from __future__ import annotations

import functools
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ilkit.grading.execute import message, quiet
from ilkit.grading.plain import NotPlainError, plain

#: ("ok", plain data), or ("error", name of the exception's type, its message)
Reply = tuple[Any, ...]
#: Runs the trusted function of that number on plain data; returns its result, pickled.
Back = Callable[[int, list[Any], dict[str, Any]], bytes]
UNDEFINED = "{} is not defined; its cell is missing or failed"


@dataclass(frozen=True)
class Ticket:
    """Stands for an object that only the student's side holds."""

    number: int


@dataclass(frozen=True)
class Callback:
    """Stands for a function that only the test's side holds."""

    number: int


class Answers:
    """Answers requests with what the notebook's cells defined in `__main__`."""

    def __init__(self) -> None:
        self.held: dict[int, Any] = {}

    def reply(self, request: bytes, back: Back) -> Reply:
        """Whatever goes wrong in the student's code is an answer too."""
        try:
            with quiet():
                kind, name, args, kwargs, more = pickle.loads(request)
                return "ok", self._do(kind, name, args, kwargs, more, back)
        except KeyboardInterrupt:  # the grader's own: a cell that ran out of time
            raise
        except NotImplementedError:
            return "error", "NotImplementedError", "not written yet"
        except BaseException as error:
            return "error", f"{type(error).__name__}", message(error)

    def _do(self, kind: str, name: str, args: Any, kwargs: Any, more: Any, back: Back) -> Any:
        found = find(name)
        if kind == "value":
            return plain(found)
        args, kwargs = self._given(args, back), self._given(kwargs, back)
        if kind == "grad":
            return gradient(found, args, kwargs, more)
        result = found(*args, **kwargs)
        if kind == "new":
            self.held[more] = result
            return None
        return plain(result)

    def _given(self, x: Any, back: Back) -> Any:
        """Objects in the place of tickets, functions in the place of callbacks."""
        if type(x) is Ticket:
            return self.held[x.number]
        if type(x) is Callback:
            return self._function(x, back)
        if type(x) in (list, tuple):
            return type(x)(self._given(item, back) for item in x)
        if type(x) is dict:
            return {key: self._given(item, back) for key, item in x.items()}
        return x

    def _function(self, callback: Callback, back: Back) -> Callable[..., Any]:
        def trusted(*args: Any, **kwargs: Any) -> Any:
            try:
                given, named = plain(args), plain(kwargs)
            except NotPlainError as error:
                raise TypeError(str(error).replace("returned", "passed")) from None
            return self._given(pickle.loads(back(callback.number, given, named)), back)

        return trusted


def find(name: str) -> Any:
    """Look a dotted name up where the notebook's cells ran."""
    first, *rest = name.split(".")
    namespace = vars(sys.modules["__main__"])
    if first not in namespace:
        raise NameError(UNDEFINED.format(first))
    return functools.reduce(getattr, rest, namespace[first])


def gradient(function: Any, args: Any, kwargs: Any, wrt: int | tuple[int, ...]) -> Any:
    """Plain gradient of the sum of the result in the argument(s) at the position(s) `wrt`."""
    wanted = (wrt,) if isinstance(wrt, int) else wrt
    inputs = [torch.tensor(np.asarray(args[i]), requires_grad=True) for i in wanted]
    given = list(args)
    for i, x in zip(wanted, inputs, strict=True):
        given[i] = x
    result = function(*given, **kwargs)
    if type(result) is not Tensor:
        raise TypeError(f"expected a torch tensor to differentiate, got {type(result)}")
    if not result.requires_grad:
        raise ValueError("the result is cut off from its arguments, so it has no gradient")
    found = torch.autograd.grad(result.sum(), inputs, allow_unused=True)
    each = [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found, strict=True)]
    return plain(each[0] if isinstance(wrt, int) else each)
