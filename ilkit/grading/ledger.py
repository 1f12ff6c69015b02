"""What was graded already: verdicts/<homework>/<student>.json, with a key of all it came of.

The key hashes the submission and its time, the source, the secret, the deadline, the grader's code
and versions, and the walls. A file is written beside and renamed, after the gradebook has the
grade: who is killed in between grades again and writes the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ilkit.errors import InputError
from ilkit.grading.verdict import Verdict, read

FOLDER = "verdicts"


class Ledger:
    """The verdicts on one homework in the course at `root`."""

    def __init__(self, root: Path, slug: str) -> None:
        self.slug, self.folder = slug, root / FOLDER / slug

    def find(self, student: str, key: str) -> Verdict | None:
        """The verdict that has this key."""
        found = self.load(student)
        try:
            return read(found) if found and found["key"] == key else None
        except (KeyError, TypeError):  # of another version
            return None

    def load(self, student: str) -> dict[str, Any] | None:
        """All that is written of this student; None if nothing is, or nothing that can be read."""
        try:
            found: dict[str, Any] = json.loads(self._path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def write(self, student: str, key: str, rung: str, verdict: Verdict) -> None:
        """Keep a verdict."""
        document = {"schema": 1, "slug": self.slug, "student": student, "key": key, "rung": rung}
        place(self._path(student), json.dumps(document | verdict.document(), indent=1).encode())

    def forget(self, student: str) -> None:
        """Nothing is known of what this student handed in last."""
        self._path(student).unlink(missing_ok=True)

    def _path(self, student: str) -> Path:
        return self.folder / f"{student}.json"


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Be the only process that grades this course; InputError if another one is at work.

    A record lock is this process's alone. flock's would be its forks' too, and outlive it in them.
    """
    (root / FOLDER).mkdir(exist_ok=True)
    with open(root / FOLDER / ".lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"{root}: expected no other grader at work here, found one; wait until it is done."
            ) from None
        yield


def key(*parts: bytes | str) -> str:
    """A hash of all parts, each apart from the next."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8) + data)
    return found.hexdigest()


def place(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def swap(new: Path, target: Path) -> None:
    """Put the folder `new` in the place of `target`, which may be there."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
