"""What every rung hands over: a socket to a host that said it is ready, or one plain sentence."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager

#: Entering gives the trusted end of the socket; leaving ends all that the submission started.
Start = Callable[[], AbstractContextManager[socket.socket]]
READY = b"ready"
SECONDS = 120.0  # that a host may take to say so, on a machine with much to do


class NotStartedError(Exception):
    """No host could be started: the machine's fault, so the submission is not graded, never 0."""


class EndedError(NotStartedError):
    """The host ended before it was ready."""


def await_ready(sock: socket.socket) -> None:
    """Return once the host is ready; NotStartedError with what it says instead."""
    sock.settimeout(SECONDS)
    try:
        said = sock.recv(1 << 12)  # a short word, sent at once, and nothing follows it
    except TimeoutError:
        raise NotStartedError(f"sandbox: nothing started within {SECONDS:.0f} seconds") from None
    except OSError:
        said = b""
    if not said:
        raise EndedError("sandbox: the process for this submission ended at once")
    if said != READY:
        raise NotStartedError(f"sandbox: {said.decode()}")
    sock.settimeout(None)
