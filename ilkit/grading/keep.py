"""Keeps what was collected: every attempt under attempts/, the latest one under submitted/ as well.

A folder of an attempt is called by its time, so that names sort as times do:

    attempts/ada/hw1/2026-10-12T215900Z             handed in then
    attempts/ada/hw1/2026-10-13T080000Z-collected   handed in before then; nobody knows when

Files are written beside and renamed. Who is killed in between collects again, and nothing is lost.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ilkit.grading import intake
from ilkit.grading.course import Course
from ilkit.grading.ledger import place
from ilkit.grading.stamps import STAMP, stamped, text_of

NUMBERED = re.compile(r"(?P<time>.+)-collected-(?P<order>\d+)")


@dataclass(frozen=True)
class Shelf:
    """All attempts of one student at one homework."""

    course: Course
    slug: str
    student: str

    @property
    def folder(self) -> Path:
        return self.course.attempts(self.student, self.slug)

    @property
    def submitted(self) -> Path:
        return self.course.submitted(self.student, self.slug)

    def names(self) -> list[str]:
        """The attempts, the earliest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.name[0] != ".")

    def add(self, content: bytes, at: datetime | None, order: int, now: datetime) -> bool:
        """Keep an attempt; whether it is a new one.

        at     when it was handed in, None if nobody knows
        order  a number that grows with each file that this student hands in; 0 if there is none
        now    when it is collected
        """
        same = [name for name in self.names() if self._content(name) == content]
        if at is not None:
            prefix = stamp(at)
            if any(name.startswith(prefix) and "collected" not in name for name in same):
                return False
        elif order:
            if any(name.endswith(f"-collected-{order:015}") for name in same):
                return False
            prefix = f"{self._before(order, now)}-collected-{order:015}"
        else:
            if same:
                return False
            prefix = f"{stamp(now)}-collected"
        self._write(self._free(prefix), content, at)
        return True

    def adopt(self) -> None:
        """Keep what lies in submitted/ and came there by another way, or was changed by hand."""
        try:
            content = intake.read(self.submitted / f"{self.slug}.ipynb")
        except (intake.RefusedError, OSError):
            return
        if content in map(self._content, self.names()):
            return
        path = self.submitted / f"{self.slug}.ipynb"
        at = stamped(self.submitted)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        numbered = any("collected" in name for name in self.names())
        prefix = f"{stamp(changed)}-collected" if at is None or numbered else stamp(at)
        self._write(self._free(prefix), content, at)

    def show_latest(self) -> None:
        """Let submitted/ hold the last attempt; a time written there by hand stays."""
        latest, notebook = self.folder / self.names()[-1], f"{self.slug}.ipynb"
        content = (latest / notebook).read_bytes()
        if not self._is(self.submitted / notebook, content):
            (self.submitted / STAMP).unlink(missing_ok=True)
            place(self.submitted / notebook, content)
        if (latest / STAMP).is_file():
            told = (latest / STAMP).read_bytes()
            if not self._is(self.submitted / STAMP, told):
                place(self.submitted / STAMP, told)

    def _before(self, order: int, now: datetime) -> str:
        """A time that sorts this number among those that were collected already."""
        numbered = [told for told in map(NUMBERED.fullmatch, self.names()) if told]
        return min([stamp(now), *(t["time"] for t in numbered if int(t["order"]) > order)])

    def _free(self, prefix: str) -> str:
        """This name, or the next one that no attempt has."""
        names, number, free = self.names(), 1, prefix
        while free in names:
            number += 1
            free = f"{prefix}-{number}"
        return free

    def _write(self, name: str, content: bytes, at: datetime | None) -> None:
        beside = self.folder / f".{name}.{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        (beside / f"{self.slug}.ipynb").write_bytes(content)
        if at is not None:
            (beside / STAMP).write_text(text_of(at), encoding="utf-8")
        beside.rename(self.folder / name)

    def _content(self, name: str) -> bytes:
        return (self.folder / name / f"{self.slug}.ipynb").read_bytes()

    @staticmethod
    def _is(path: Path, content: bytes) -> bool:
        return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def stamp(at: datetime) -> str:
    """A name that sorts as time does."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
