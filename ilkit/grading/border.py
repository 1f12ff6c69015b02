"""The test's side of the border: sends cells and requests to a host, and trusts nothing it says."""

from __future__ import annotations

import pickle
import socket
import time
from typing import Any

from ilkit.grading.answer import Back, Reply
from ilkit.grading.student import CallbackError
from ilkit.grading.wire import WireError, decode, receive, send

PATIENCE = 300.0  # seconds by the clock for one cell or one request


class GoneError(Exception):
    """The student's process ended, took too long or sent nonsense; the message says which."""


class Border:
    """A host on the other end of a socket."""

    def __init__(self, sock: socket.socket, patience: float = PATIENCE) -> None:
        self.sock, self.patience = sock, patience

    def run(self, source: str, name: str) -> tuple[str, str, str] | None:
        """Run a cell there: None, or type, message and place of its exception."""
        match self._exchange(("run", source, name), None):
            case ["ran", None]:
                return None
            case ["ran", [str() as type_, str() as message, str() as place]]:
                return type_, message, place
        raise GoneError("your code sent something else than an answer")

    def reply(self, request: bytes, back: Back) -> Reply:
        """A door for `ilkit.grading.student.connect`."""
        match self._exchange(("ask", request), back):
            case ["ok", result]:
                return "ok", result
            case ["error", str() as type_, str() as message]:
                return "error", type_, message
        raise GoneError("your code sent something else than an answer")

    def _exchange(self, message: tuple[Any, ...], back: Back | None) -> Any:
        """Send a message; run what is called back until the answer is there."""
        deadline = time.monotonic() + self.patience
        self.sock.settimeout(max(self.patience, 0.01))
        try:
            send(self.sock, pickle.dumps(message))
            while True:
                found = decode(receive(self.sock, deadline))
                match found:
                    case ["back", int() as number, list() as given, dict() as named] if back:
                        send(self.sock, _called(back, number, given, named))
                    case _:
                        return found
        except TimeoutError:
            raise GoneError(f"your code took more than {self.patience:.0f} seconds") from None
        except WireError as error:
            what = "your code ended the process that ran it" if "ended" in str(error) else error
            raise GoneError(str(what)) from None


def _called(back: Back, number: int, given: list[Any], named: dict[str, Any]) -> bytes:
    """The pickled result of a trusted function; empty if it failed or there is none."""
    try:
        return back(number, given, named)
    except (CallbackError, IndexError):
        return b""
