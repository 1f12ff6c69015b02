"""The process that runs a student's notebook, and nothing else.

It gets cells to run and requests of tests through one socket, and sends plain data back. It never
sees a test. What it may read and reach is decided by whoever starts it (`ilkit.grading.walls`):
a warm parent forks it, or python -m ilkit.grading.host FD shut|open NAME... with what is withheld.
"""

from __future__ import annotations

import pickle
import socket
import sys
from typing import Any

from ilkit.grading.answer import Answers
from ilkit.grading.execute import Session
from ilkit.grading.student import CallbackError
from ilkit.grading.walls import kernel, seccomp
from ilkit.grading.walls.limits import PROCESSES, limit
from ilkit.grading.walls.start import READY
from ilkit.grading.wire import WireError, encode, receive, send
from ilkit.grading.withheld import withhold


def serve(sock: socket.socket) -> None:
    """Say that it is ready, then answer until the other side hangs up."""
    session, answers = Session(), Answers()
    sock.sendall(READY)

    def back(number: int, given: list[Any], named: dict[str, Any]) -> bytes:
        send(sock, encode(["back", number, given, named]))
        answer = receive(sock)
        if not answer:
            raise CallbackError("the function that was passed in failed")
        return answer

    while True:
        try:
            kind, *rest = pickle.loads(receive(sock))
        except WireError:
            return
        if kind == "run":
            failure = session.run(*rest)
            told = failure and [failure.type, failure.message, failure.place]
            send(sock, encode(["ran", told]))
        else:
            send(sock, encode(list(answers.reply(rest[0], back))))


def main() -> None:
    """Be a host from a fresh Python; "shut" is one behind walls, which keep its processes apart."""
    import torch

    torch.set_num_threads(1)
    descriptor, kind, *withheld = sys.argv[1:]
    sys.argv[1:] = []
    withhold(withheld)
    limit(PROCESSES if kind == "shut" else None)
    if kind == "shut":
        kernel.filter_calls(seccomp.program())
    serve(socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main()
