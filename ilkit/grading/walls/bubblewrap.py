"""The rung "bubblewrap": the program bwrap shuts a fresh Python in, one for each submission.

Without those walls it is the rung "none": two processes, which keeps tests and answers apart, and
nothing more.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ilkit.grading.walls.limits import TEMPORARY
from ilkit.grading.walls.staged import ENVIRONMENT, INSIDE, hidden, links, seen
from ilkit.grading.walls.start import NotStartedError, Start, await_ready

#: Where the machine's memory runs out, what follows ends before the grader.
FIRST = ("sh", "-c", 'echo 1000 > /proc/self/oom_score_adj; exec "$0" "$@"')
Walls = Callable[[Path], list[str]]  # for a staged folder, the words that come before a command


@contextmanager
def hosts(walls: Walls, course: Path, withheld: Sequence[str]) -> Iterator[Start]:
    """Start hosts, each a fresh Python; `course` is the folder that `stage` filled."""
    yield partial(_host, walls, course, withheld)


@contextmanager
def _host(walls: Walls, course: Path, withheld: Sequence[str]) -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    border = walls(course)
    shut = "shut" if border else "open"
    inside = [sys.executable, "-P", "-m", "ilkit.grading.host", str(theirs.fileno()), shut]
    with ours:
        child = subprocess.Popen(
            [*(FIRST if border else ()), *border, *inside, *withheld],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT | {"PYTHONPATH": INSIDE if border else str(course)},
            start_new_session=True,
        )
        theirs.close()
        try:
            await_ready(ours)
            yield ours
        finally:
            child.kill()
            child.wait()


def probe() -> None:
    """Run nothing inside the walls; NotStartedError with what bubblewrap says if it cannot."""
    command = [*bwrap(Path("/usr")), sys.executable, "-I", "-c", ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if done.returncode:
        raise NotStartedError(f"sandbox: {(done.stderr.splitlines() or ['bwrap failed'])[-1]}")


def none(course: Path) -> list[str]:
    """No walls."""
    return []


def bwrap(course: Path) -> list[str]:
    """Walls of bubblewrap; NotStartedError without it."""
    found = shutil.which("bwrap")
    if found is None:
        raise NotStartedError("sandbox: expected bubblewrap (bwrap) on this machine, found none")
    closed: list[str | Path] = ["/", "/dev", "/proc", *hidden()]
    words: list[str | Path] = [
        *(found, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--tmpfs", "/", "--proc", "/proc", "--dev", "/dev"),
        *("--size", str(TEMPORARY), "--tmpfs", "/tmp"),
        *(word for path in seen() for word in ("--ro-bind", path, path)),
        *(word for target, name in links() for word in ("--symlink", target, name)),
        *(word for path in hidden() for word in ("--tmpfs", path)),
        *("--ro-bind", course, INSIDE, "--chdir", "/tmp"),
        # The user inside is still the grader to the kernel: root could write to /proc/sys.
        *(word for path in closed for word in ("--remount-ro", path)),
        *("--uid", "65534", "--gid", "65534", "--hostname", "grading", "--"),
    ]
    return [os.fspath(word) for word in words]
