"""Hosts that are forked from a warm parent: the trusted side of `parent`.

Several processes may share one parent: all that are forked from the one that started it.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ilkit.grading.walls.staged import ENVIRONMENT, remove
from ilkit.grading.walls.start import (
    READY,
    SECONDS,
    EndedError,
    NotStartedError,
    Start,
    await_ready,
)

GRACE = 10.0  # seconds that the kernel may take to end all that a submission started


@contextmanager
def hosts(kind: str, course: Path, withheld: Sequence[str], task: str = "serve") -> Iterator[Start]:
    """Start hosts behind the walls of that kind (`parent.WALLS`).

    course  the folder that `stage` filled
    task    "probe": a host only says that it is ready, and ends
    """
    with tempfile.TemporaryDirectory(prefix="ilkit-") as scratch:
        warm = Warm(kind, course, Path(scratch), [task, *withheld])
        try:
            warm.again(None)
            yield warm.start
        finally:
            warm.end()


class Warm:
    """A warm parent, and another one should it die."""

    def __init__(self, kind: str, course: Path, scratch: Path, words: Sequence[str]) -> None:
        self.kind, self.course, self.scratch, self.words = kind, course, scratch, words
        self.lock = threading.Lock()
        self.control: socket.socket | None = None
        self.parents: list[tuple[subprocess.Popen[bytes], socket.socket]] = []

    @contextmanager
    def start(self) -> Iterator[socket.socket]:
        """A host of its own, from a fresh parent if there is none."""
        with ExitStack() as stack:
            control = self.control
            try:
                ours = stack.enter_context(self._host(control))
            except (EndedError, OSError):
                self.again(control)
                ours = stack.enter_context(self._host(self.control))
            yield ours

    @contextmanager
    def _host(self, control: socket.socket | None) -> Iterator[socket.socket]:
        assert control
        ours, theirs = socket.socketpair()
        leash, end = socket.socketpair()
        with ours, leash, self._folder() as folder:
            with theirs, end:
                socket.send_fds(control, [folder.encode()], [theirs.fileno(), end.fileno()])
            try:
                await_ready(ours)
                yield ours
            finally:
                ours.close()
                leash.shutdown(socket.SHUT_WR)
                leash.settimeout(GRACE)
                with contextlib.suppress(OSError):
                    leash.recv(1)

    @contextmanager
    def _folder(self) -> Iterator[str]:
        """A folder to write to, where the walls do not give one."""
        if self.kind != "landlock":
            yield "/tmp"
            return
        folder = tempfile.mkdtemp(dir=self.scratch)
        try:
            yield folder
        finally:
            remove(Path(folder))

    def again(self, failed: socket.socket | None) -> None:
        """Start a parent, unless another thread has done so; NotStartedError if it cannot."""
        with self.lock:
            if self.control is failed:
                self.control = self._parent()

    def _parent(self) -> socket.socket:
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        module, before = "namespaces", [str(self.course), str(self.scratch)]
        if self.kind == "landlock":
            module, before = "parent", []
        command = [sys.executable, "-P", "-m", f"ilkit.grading.walls.{module}", *before]
        with theirs:
            child = subprocess.Popen(
                [*command, str(theirs.fileno()), self.kind, *self.words],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT | {"PYTHONPATH": str(self.course)},
                start_new_session=True,
            )
        self.parents.append((child, ours))
        ours.settimeout(SECONDS)
        try:
            said = ours.recv(1 << 12)
        except TimeoutError:
            said = b"nothing started in time"
        if said != READY:
            raise NotStartedError(f"sandbox: {said.decode() or 'Python ended at once'}")
        ours.settimeout(None)
        return ours

    def end(self) -> None:
        """No more hosts."""
        for child, control in self.parents:
            control.close()
            child.kill()
            child.wait()
