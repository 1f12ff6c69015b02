"""The rung "landlock": a fork of a warm parent, tied down by rules of its own, in no namespace.

It needs no right, and works in most containers. A submission runs as the grader's own user, so it
may start no process, signal none, open no socket, and change no file but in a folder of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ilkit.grading.walls import kernel, seccomp
from ilkit.grading.walls.limits import go_first, limit
from ilkit.grading.walls.staged import PACKAGE, hidden, seen

WRITE, READ, LIST, TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
REMOVE, MAKE, MOVE = 3 << 4, 1 << 7 | 1 << 8 | 1 << 10 | 1 << 12, 1 << 13
FREE = WRITE | READ | LIST | TRUNCATE | REMOVE | MAKE | MOVE  # in its own folder; nothing is run
KNOWN = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights on files a version knows; later ones 16
TCP, SCOPES = 3, 3  # to bind and connect; abstract sockets, signals
DEVICES = {"/dev/null": READ | WRITE, "/dev/zero": READ, "/dev/random": READ, "/dev/urandom": READ}


class Landlock:
    """Walls for a fork of the warm parent."""

    def fork(self) -> int:
        """A process like this one: its number, and 0 in the process itself."""
        return os.fork()

    def shut(self, user: int, folder: str) -> None:
        """Shut this process in; all that it may write to is the folder."""
        os.setsid()
        kernel.prctl(kernel.DEATHSIG, 9)
        go_first()
        os.chdir(folder)
        os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), folder))
        tempfile.tempdir = None
        kernel.drop_capabilities()
        kernel.prctl(kernel.NO_NEW_PRIVS, 1)
        enforce(Path(folder))
        limit(None)
        kernel.filter_calls(seccomp.program(alone=True))


def enforce(folder: Path) -> None:
    """Reading where Python and the cut copy of ilkit are, all in the folder, nothing elsewhere."""
    if kernel.landlock_version() < 3:  # it lets every file be emptied that its user may write
        raise OSError("expected version 3 of Landlock or a later one")
    known = (1 << KNOWN.get(kernel.landlock_version(), 16)) - 1
    rules = kernel.landlock_rules(known, TCP, SCOPES)
    whole = hidden()
    for root in seen():
        kernel.landlock_grant(rules, root, LIST)
        for path in around(root, whole):
            kernel.landlock_grant(rules, path, READ | (LIST if path.is_dir() else 0))
    kernel.landlock_grant(rules, PACKAGE.parent, READ | LIST)
    kernel.landlock_grant(rules, folder, FREE & known)
    for name, rights in DEVICES.items():
        kernel.landlock_grant(rules, Path(name), rights)
    kernel.landlock_enforce(rules)


def around(path: Path, left_out: Sequence[Path]) -> Iterator[Path]:
    """The fewest files and folders that hold all of `path` but what is left out."""
    if path in left_out:
        return
    if not any(path in other.parents for other in left_out):
        yield path
        return
    for entry in path.iterdir():
        yield from around(entry, left_out)
