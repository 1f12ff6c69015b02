"""The process that runs a student's notebook, and nothing else: python -m ilkit.grading.host FD.

It gets cells to run and requests of tests through one socket, and sends plain data back. It never
sees a test. What it may read, reach and use up is decided by whoever starts it
(`ilkit.grading.sandbox`); its own limits hold where there is no sandbox too.
"""

from __future__ import annotations

import pickle
import socket
import sys
from typing import Any

from ilkit.grading.answer import Answers
from ilkit.grading.execute import Session
from ilkit.grading.student import CallbackError
from ilkit.grading.wire import WireError, encode, receive, send
from ilkit.grading.withheld import withhold

GIB = 1 << 30


def serve(sock: socket.socket) -> None:
    """Answer until the other side hangs up. The first frame lists what to withhold."""
    withhold(pickle.loads(receive(sock)))
    session, answers = Session(), Answers()
    send(sock, b"ready")

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


def limit(seconds: int) -> None:
    """Bound what this process may use up: computing, memory, files, processes."""
    import resource

    for name, bound in {
        "RLIMIT_CPU": seconds,
        "RLIMIT_DATA": 8 * GIB,
        "RLIMIT_FSIZE": GIB // 4,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 0,
    }.items():
        resource.setrlimit(getattr(resource, name), (bound, bound))


def main() -> None:
    import torch

    torch.set_num_threads(1)
    descriptor, seconds = map(int, sys.argv[1:])
    limit(seconds)
    sock = socket.socket(fileno=descriptor)
    sys.argv[1:] = []
    serve(sock)


if __name__ == "__main__":
    main()
