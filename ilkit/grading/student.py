"""The one door from a hidden test to the student's code: call, grad, value, new.

    from ilkit.grading import student

    loss = student.call("squared_error", pred, act)

Arguments are copied on the way in, so that no answer can change a test's arrays, and plain data
comes back (`ilkit.grading.plain`). A test never holds a student's object: `new` keeps it on the
student's side and returns a ticket, good only as an argument of a later call. A trusted function
that is passed in becomes a callback, which gets plain data too. Whatever goes wrong in the
student's code arrives as a StudentError. Prints and warnings go nowhere.

The door leads to this process, as in a notebook, or through `connect` to another one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import pickle
import types
from collections.abc import Callable
from functools import partial
from typing import Any

from ilkit.grading.answer import Answers, Back, Callback, Reply, Ticket

SEED_VARIABLE = "ILKIT_GRADING_SEED"
MAX_MESSAGE = 300

Door = Callable[[bytes, Back], Reply]
_door: Door = Answers().reply
_numbers = itertools.count()


class StudentError(Exception):
    """What went wrong in the student's code: `type` names the exception, `message` is cut."""

    def __init__(self, name: str, type_: str, text: str) -> None:
        self.type, self.message = tame(type_), tame(text)
        super().__init__(f"{name}: {self.type}: {self.message}")


class CallbackError(Exception):
    """What the student's code sees of an error in a trusted function: nothing but this."""


def connect(door: Door) -> None:
    """From now on, requests go through this door."""
    global _door
    _door = door


def call(name: str, /, *args: Any, **kwargs: Any) -> Any:
    """The plain result of the student's function `name`, or of a method, "Policy.act"."""
    return _ask("call", name, args, kwargs)


def grad(name: str, /, *args: Any, wrt: int | tuple[int, ...] = 0, **kwargs: Any) -> Any:
    """Gradient of the sum of the student's result in the argument(s) at the position(s) `wrt`.

    One array shaped like the argument, or a list of them if `wrt` is a tuple.
    """
    return _ask("grad", name, args, kwargs, wrt)


def value(name: str) -> Any:
    """The plain value of the student's variable `name`."""
    return _ask("value", name)


def new(name: str, /, *args: Any, **kwargs: Any) -> Ticket:
    """Call the student's class or function `name`, keep the result and return its ticket."""
    ticket = Ticket(next(_numbers))
    _ask("new", name, args, kwargs, ticket.number)
    return ticket


def seed(label: str) -> int:
    """A seed for one test's randomness: fresh for each submission, equal when graded again."""
    text = f"{os.environ.get(SEED_VARIABLE, '')}/{label}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _ask(
    kind: str, name: str, args: Any = (), kwargs: dict[str, Any] | None = None, more: Any = None
) -> Any:
    """Send one request. An error of a trusted callback is raised as it is, even if swallowed."""
    trusted: list[Callable[..., Any]] = []
    failures: list[Exception] = []

    def back(number: int, given: list[Any], named: dict[str, Any]) -> bytes:
        try:
            return pickle.dumps(_lent(trusted[number](*given, **named), trusted))
        except Exception as error:
            if not failures:  # the others would hold on to all that they were called with
                failures.append(error)
            raise CallbackError("the function that was passed in failed") from None

    request = (kind, name, _lent(args, trusted), _lent(kwargs or {}, trusted), more)
    outcome, *told = _door(pickle.dumps(request), back)
    if failures:
        raise failures[0]
    if outcome == "error":
        raise StudentError(name, *told)
    return told[0]


def _lent(x: Any, trusted: list[Callable[..., Any]]) -> Any:
    """What goes in: functions become callbacks; gradients and graphs stay here."""
    if isinstance(x, (types.FunctionType, types.MethodType, partial)):
        trusted.append(x)
        return Callback(len(trusted) - 1)
    if type(x) in (list, tuple):
        return type(x)(_lent(item, trusted) for item in x)
    if type(x) is dict:
        return {key: _lent(item, trusted) for key, item in x.items()}
    return x.detach() if hasattr(x, "detach") else x


def tame(text: str) -> str:
    """One printable line: control and bidirectional characters escaped, cut to size."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: MAX_MESSAGE + 1])
    return line if len(line) <= MAX_MESSAGE else line[:MAX_MESSAGE] + "..."
