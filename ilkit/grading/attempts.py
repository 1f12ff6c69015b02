"""What students have handed in: files to grade, and when each came."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ilkit.grading import intake
from ilkit.grading.course import Course
from ilkit.grading.deadlines import Deadline
from ilkit.grading.display import shown
from ilkit.grading.stamps import stamped


@dataclass(frozen=True)
class Attempt:
    """One notebook that was handed in; `at` is UTC, None if nobody wrote it down."""

    student: str
    folder: Path
    notebook: str
    at: datetime.datetime | None

    def read(self) -> bytes:
        """The notebook's bytes; RefusedError for what may not be read or is not there."""
        path = self.folder / self.notebook
        if not os.path.lexists(path) and os.access(self.folder, os.R_OK | os.X_OK):
            others = sorted(p.name for p in self.folder.glob("*.ipynb"))
            got = shown(", ".join(others)) or "no notebook"
            raise intake.RefusedError(f"expected {self.notebook}, got {got}; rename it.")
        return intake.read(path)


def attempts(course: Course, slug: str, student: str, deadline: Deadline) -> Iterator[Attempt]:
    """What counts of one student: the submission, or all attempts where the best one counts."""
    folders, notebook = [course.submitted(student, slug)], f"{slug}.ipynb"
    if deadline.attempts == "best":
        earlier = sorted(course.attempts(student, slug).glob("[!.]*/"))
        same = [p for p in earlier if _same(p / notebook, folders[0] / notebook)]
        folders += [p for p in earlier if p not in same[-1:]]  # one of these may have come in time
    for folder in folders:
        yield Attempt(student, folder, notebook, stamped(folder))


def _same(attempt: Path, submission: Path) -> bool:
    """Whether an attempt is the one in submitted/, where a person may have written its time."""
    try:
        return intake.read(attempt) == intake.read(submission)
    except (intake.RefusedError, OSError):
        return False
