"""The warm parent: python -m ilkit.grading.walls.parent FD WALLS TASK NAME...

It has imported what notebooks import and taken a step of an optimiser, and forks once per
submission. It holds nothing that a fork must not have: no source, no test, no secret. A request
through its socket carries the host's end of a socket, and a leash: when the other end of the leash
closes, the submission dies; when this end closes, it is dead with all that it started.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

import ilkit
from ilkit.grading.walls.landlock import Landlock
from ilkit.grading.walls.namespaces import Namespaces
from ilkit.grading.walls.start import READY

USERS, ROOM = 200_000, 512  # the first user of a submission; how many run at once
HOST = 3  # the descriptor that a submission keeps


class Walls(Protocol):
    """How a submission is shut in."""

    def fork(self) -> int:
        """A child: its number, and 0 in the child itself."""

    def shut(self, user: int, folder: str) -> None:
        """Return behind the walls, as this user if may be, with this folder to write to."""


WALLS: dict[str, Walls] = {
    "root": Namespaces(root=True),
    "user": Namespaces(root=False),
    "landlock": Landlock(),
}


class Parent:
    """Forks and buries children until nobody is left who could ask for more."""

    def __init__(self, control: socket.socket, walls: Walls, serve: Callable[..., None]) -> None:
        self.control, self.walls, self.serve = control, walls, serve
        self.events = selectors.DefaultSelector()
        self.children: dict[int, int] = {}  # the number of a process: its place
        #: Numbers of users that no other warm parent of this machine gives out.
        self.users = USERS + ROOM * os.getpid()

    def run(self) -> NoReturn:
        self.events.register(self.control, selectors.EVENT_READ, self._request)
        while True:
            for key, _ in self.events.select():
                key.data()

    def _request(self) -> None:
        message, descriptors, *_ = socket.recv_fds(self.control, 1 << 12, 2)
        if not message:
            self._leave()
        theirs, leash = (socket.socket(fileno=number) for number in descriptors)
        place = min(set(range(ROOM)) - set(self.children.values()))
        try:
            child = self.walls.fork()
        except OSError as error:
            theirs.sendall(str(error).encode())
            return
        if not child:
            self._child(theirs.fileno(), self.users + place, message.decode())
        theirs.close()
        self.children[child] = place
        ended = os.pidfd_open(child)
        self.events.register(leash, selectors.EVENT_READ, partial(self._kill, leash, child))
        self.events.register(ended, selectors.EVENT_READ, partial(self._bury, leash, child, ended))

    def _child(self, descriptor: int, user: int, folder: str) -> NoReturn:
        """Serve behind the walls, with no descriptor but the host's; then end."""
        try:
            os.dup2(descriptor, HOST, inheritable=False)
            os.closerange(HOST + 1, 1 << 20)
            sock = socket.socket(fileno=HOST)
            try:
                self.walls.shut(user, folder)
                self.serve(sock)
            except OSError as error:  # of the walls: a host tells its own in its answers
                sock.sendall(str(error).encode())
        finally:
            os._exit(0)

    def _kill(self, leash: socket.socket, child: int) -> None:
        if child in self.children:
            self.events.unregister(leash)
            os.kill(child, signal.SIGKILL)

    def _bury(self, leash: socket.socket, child: int, ended: int) -> None:
        self.events.unregister(ended)
        os.close(ended)
        os.waitpid(child, 0)
        del self.children[child]
        with contextlib.suppress(KeyError):  # it was killed
            self.events.unregister(leash)
        leash.close()

    def _leave(self) -> NoReturn:
        for child in self.children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)


def warm_up(withheld: list[str]) -> None:
    """Withhold; import what notebooks use; make torch do what it does at the first step."""
    import matplotlib.pyplot as plt
    import torch

    from ilkit.grading.withheld import withhold

    withhold(withheld)
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    for name in ilkit.__all__:
        with contextlib.suppress(ImportError):
            getattr(ilkit, name)
    layer = torch.nn.Linear(1, 1)
    step = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1)).backward()
    step.step()
    plt.figure().canvas.draw()
    plt.close()


def serve(sock: socket.socket) -> None:
    """Be a host, with randomness that no other submission has."""
    import numpy as np
    import torch

    from ilkit.grading import host

    random.seed()
    np.random.seed()
    torch.seed()
    host.serve(sock)


def probe(sock: socket.socket) -> None:
    """Only say that a host would be ready, if this user can read Python and ilkit."""
    for file in (sys.executable, os.__file__, str(ilkit.__file__)):
        Path(file).open("rb").close()
    sock.sendall(READY)


def main() -> None:
    descriptor, kind, task, *withheld = sys.argv[1:]
    sys.argv[1:] = []
    control = socket.socket(fileno=int(descriptor))
    try:
        if task == "serve":
            from ilkit.grading import host  # noqa: F401 (each fork has it)

            warm_up(withheld)
        if len(os.listdir("/proc/self/task")) > 1:
            raise OSError("a library started a thread, which a fork would not have")
    except Exception as error:
        control.send(str(error).encode())
        return
    gc.collect()
    gc.freeze()
    control.send(READY)
    Parent(control, WALLS[kind], {"serve": serve, "probe": probe}[task]).run()


if __name__ == "__main__":
    main()
