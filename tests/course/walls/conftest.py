"""Things of the machine to reach, and hosts to try it from, with walls and without."""

import contextlib
import ctypes
import os
import pickle
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ilkit.grading.border import Border, GoneError
from ilkit.grading.walls import Start, ladder, seccomp

SECRET = "the grader's secret"
PREAMBLE = """
import asyncio, ctypes, os, pathlib, resource, socket, stat, subprocess, sys, tempfile, time
import numpy as np, torch
def call(name, *args):
    found = ctypes.CDLL(None, use_errno=True).syscall(CALLS[name], *map(ctypes.c_long, args))
    if found < 0: raise OSError(ctypes.get_errno(), name)
    return found
"""


class Host:
    """A host with what attacks need to know."""

    def __init__(self, sock: socket.socket, known: dict[str, object]) -> None:
        self.border = Border(sock, 60)
        given = "".join(f"{name} = {value!r}\n" for name, value in known.items())
        assert self.border.run(given + PREAMBLE, "preamble") is None

    def runs(self, source: str) -> bool:
        """Whether this code runs to its end."""
        try:
            return self.border.run(source, "attack") is None
        except GoneError:
            return False

    def value(self, expression: str) -> object:
        """What an expression is worth there."""
        failure = self.border.run(f"found = {expression}", "asked")
        assert failure is None, failure
        request = pickle.dumps(("value", "found", (), {}, None))
        kind, *found = self.border.reply(request, lambda *_: b"")
        assert kind == "ok", found
        return found[0]


@pytest.fixture(scope="session")
def known(tmp_path_factory) -> Iterator[dict[str, object]]:
    """What attacks aim at: a file, a process, sockets and memory of the grader."""
    folder = tmp_path_factory.mktemp("outside")
    secret = folder / "gradebook.db"
    secret.write_text(SECRET)
    environment = os.environ | {"ILKIT_COURSE_SECRET": SECRET}
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract, door = f"\0ilkit-{os.getpid()}", str(folder / "door")
        for name in (abstract, door):
            stack.enter_context(server := socket.socket(socket.AF_UNIX))
            server.bind(name)
            server.listen(100)
        command = [sys.executable, "-c", "input()"]
        victim = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        )
        stack.callback(victim.kill)
        library = ctypes.CDLL(None)
        memory = library.shmget(os.getpid(), 4096, 0o1666)
        stack.callback(library.shmctl, memory, 0, None)
        shared = Path("/dev/shm", f"ilkit-{os.getpid()}")
        shared.write_text(SECRET)
        stack.callback(shared.unlink)
        tables = seccomp.WALLED + " " + seccomp.ALONE + " " + seccomp.ASKED
        yield {
            "FILE": str(secret),
            "DOOR": door,
            "ABSTRACT": abstract,
            "PORT": tcp.getsockname()[1],
            "VICTIM": victim.pid,
            "MEMORY": os.getpid(),
            "SHARED": str(shared),
            "CALLS": seccomp.numbers(tables, platform.machine()),
        }


@pytest.fixture(scope="session")
def opened(known) -> Callable[[Start], contextlib.AbstractContextManager[Host]]:
    """Opens a host to attack from."""

    @contextlib.contextmanager
    def opening(start: Start) -> Iterator[Host]:
        with start() as sock:
            yield Host(sock, known)

    return opening


@pytest.fixture(scope="session")
def unsafe(opened) -> Iterator[Host]:
    """One host without walls, to show that attacks work."""
    with ladder.pick("none").hosts(["ilkit.losses"]) as start, opened(start) as host:
        yield host


@pytest.fixture(scope="module")
def host(start, opened) -> Iterator[Host]:
    """A host on the rung that is tested; all tests of a file share it, so none may end it."""
    with opened(start) as host:
        yield host
