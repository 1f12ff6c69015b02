"""`ilkit collect`: what students handed in elsewhere, put where the grader looks for it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ilkit.grading import deadlines, roster
from ilkit.grading.course import Course
from ilkit.grading.display import counted, one_line
from ilkit.grading.downloads import ARCHIVES, Left, files
from ilkit.grading.intake import RefusedError
from ilkit.grading.keep import Shelf
from ilkit.grading.roster import Roster
from ilkit.grading.source import homeworks
from ilkit.grading.sources import Found, source
from ilkit.grading.stamps import STAMP

COPY = r"(?:[ -]*\(?\d+\)?)?"  # what systems and browsers add to the name of a second copy
IGNORED = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass
class Report:
    """What came of a download: each student's new attempts, what was left, and what to know."""

    new: dict[str, int] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def run(args: argparse.Namespace) -> int:
    """The command: map, keep, tell; 1 if something could not be mapped."""
    course = Course(Path.cwd())
    slugs = [homework.slug for homework in homeworks(course.root)]
    [homework] = homeworks(course.root, args.slug)
    people = _roster(course.root, args.roster)
    report = collect(course, homework.slug, slugs, args.folder, args.source, people)
    if args.json:
        print(json.dumps(_document(homework.slug, report), indent=2))
    else:
        print(_told(homework.slug, report))
    return 1 if report.left else 0


def collect(
    course: Course, slug: str, slugs: Sequence[str], place: Path, kind: str, people: Roster | None
) -> Report:
    """Map the files in `place`; keep every attempt; let submitted/ hold the latest.

    slugs  all homeworks, since a file may be named after another one
    kind   the name of a source, or "auto"
    """
    there, left = files(place)
    there = [file for file in there if not _spare(file.path.parts)]
    report = Report(left=left, notes=_strangers(course, slug, people))
    mapped: dict[str, list[Found]] = {}
    for found in source(kind, there)(there, people, slug):
        if isinstance(found, Left):
            report.left.append(found)
        elif reason := _no_notebook(found.name):
            report.left.append(Left(str(found.file.path), reason))
        else:
            mapped.setdefault(found.student, []).append(found)
    for student, handed in sorted(mapped.items()):
        shelf = Shelf(course, slug, student)
        for found in _chosen(handed, slug, slugs, report):
            _keep(shelf, found, report)
    report.left = list(dict.fromkeys(report.left))  # a group's file is left once
    report.notes = list(dict.fromkeys(report.notes))  # a student may be late twice
    return report


def _keep(shelf: Shelf, found: Found, report: Report) -> None:
    try:
        content = found.file.read()
    except RefusedError as refused:
        report.left.append(Left(str(found.file.path), str(refused)))
        return
    shelf.adopt()
    new = shelf.add(content, found.at, found.order, datetime.now(UTC))
    shelf.show_latest()
    report.new[found.student] = report.new.get(found.student, 0) + new
    if found.late and not (shelf.submitted / STAMP).is_file():
        report.notes.append(
            f"{found.student}: marked as late, and nobody says when; a penalty needs the time in "
            f"submitted/{found.student}/{shelf.slug}/timestamp.txt"
        )


def _chosen(
    handed: Iterable[Found], slug: str, slugs: Sequence[str], report: Report
) -> list[Found]:
    """One student's attempts, the earliest first; what is not chosen goes into the report."""
    chosen: list[Found] = []
    for at in dict.fromkeys(found.at for found in handed):
        together = [found for found in handed if found.at == at]
        best, reason = _named(together, slug, slugs)
        chosen += best
        report.left += [Left(str(f.file.path), reason) for f in together if f not in best]
    return sorted(
        chosen, key=lambda found: (found.at or datetime.max.replace(tzinfo=UTC), found.order)
    )


def _named(together: list[Found], slug: str, slugs: Sequence[str]) -> tuple[list[Found], str]:
    """Which of several files is the notebook, by its name; and why the others are not.

    Files with numbers are attempts one after the other; those without came at once.
    """
    named = [f for f in together if re.fullmatch(re.escape(slug) + COPY, _stem(f))]
    if named and all(f.order for f in named):
        return named, "another file of this student is the homework"
    exact = [f for f in named if _stem(f) == slug] or named
    if len(exact) == 1:
        return exact, "another file of this student is the homework"
    if exact or len(together) > 1:
        return [], f"this student handed in several notebooks; one should be called {slug}.ipynb"
    others = [s for s in slugs if re.fullmatch(re.escape(s) + COPY, _stem(together[0]))]
    return ([], f"it is named after {others[0]}") if others else (together, "")


def _stem(found: Found) -> str:
    return found.name.rpartition(".")[0]


def _no_notebook(name: str) -> str:
    """Why a file is not one that can be graded; "" if it may be."""
    suffix = Path(name).suffix.lower()
    if suffix in ARCHIVES:
        return "an archive is not opened; ask for the notebook itself"
    return "" if suffix == ".ipynb" else "it is not a notebook"


def _spare(parts: tuple[str, ...]) -> bool:
    """Whether an operating system or Jupyter put a file there."""
    return parts[-1] in IGNORED or bool({"__MACOSX", ".ipynb_checkpoints"} & set(parts))


def _roster(root: Path, given: Path | None) -> Roster | None:
    """The roster that is named, or the course's own if it has one."""
    own = root / roster.FILE
    return roster.read(given or own) if given or own.is_file() else None


def _strangers(course: Course, slug: str, people: Roster | None) -> list[str]:
    """Extensions for students whom the roster does not know."""
    named = deadlines.read(course.root).of(slug).extensions
    return [
        f"{deadlines.FILE}: {slug}: extensions: no student {student} stands in the roster"
        for student in named
        if people and student not in {person["id"] for person in people.students}
    ]


def _document(slug: str, report: Report) -> dict[str, Any]:
    collected = [{"student": name, "new": new} for name, new in sorted(report.new.items())]
    left = [asdict(left) for left in report.left]
    return {"schema": 1, "slug": slug, "collected": collected, "left": left, "notes": report.notes}


def _told(slug: str, report: Report) -> str:
    def lines() -> Iterator[str]:
        yield (
            f"{slug}: {counted(len(report.new), 'student')}, "
            f"{counted(sum(report.new.values()), 'new attempt')}, "
            f"{counted(len(report.left), 'file')} not collected"
        )
        yield from (f"  not collected: {left}" for left in report.left)
        yield from (f"  note: {one_line(note)}" for note in report.notes)

    return "\n".join(lines())
