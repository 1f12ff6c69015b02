"""Grades for other systems: exporters for `nbgrader export`, and the command `ilkit export`.

    nbgrader export                                           grades.csv, a row for each student
    nbgrader export --exporter ilkit.grading.export.Canvas    what Canvas imports

What is absent, or waits for a person, is an empty field and never a zero, in totals too.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Unicode

from ilkit.errors import InputError, UsageError, unknown
from ilkit.grading import deadlines
from ilkit.grading.course import Course
from ilkit.grading.display import counted
from ilkit.grading.gradebook import opened
from ilkit.grading.grades import Final, finals, handed_in
from ilkit.grading.ledger import place
from ilkit.grading.roster import FILE, Roster, Student
from ilkit.grading.roster import read as read_roster

Row = list[str]
NAMES = ("last_name", "first_name", "email")
LONGEST = 5  # students to name in a sentence


@dataclass(frozen=True)
class Sheet:
    """What there is to export.

    slugs     homeworks, in order
    columns   homework to what the other system calls it
    points    homework to what is to be had
    people    what is known of each student: roster columns
    grades    homework and student to the final grade
    """

    slugs: Sequence[str]
    columns: Mapping[str, str]
    points: Mapping[str, float]
    people: Sequence[Student]
    grades: Mapping[str, Mapping[str, Final]]

    def score(self, slug: str, student: str) -> float | None:
        final = self.grades[slug].get(student)
        return final.score if final else None


class Exporter(ExportPlugin):  # type: ignore[misc]
    """A row for each student, in the columns of the system that a subclass is for."""

    roster = Unicode("", help="The roster (default: roster.csv in the course's folder).").tag(
        config=True
    )
    columns = Dict({}, help="Homework to what the other system calls its column.").tag(config=True)

    default: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]  # one of these stands for a student there

    def export(self, gradebook: Gradebook) -> None:
        """Write the file, whole or not at all; `left` names whom it lacks."""
        sheet = self._sheet(gradebook)
        self.left = [p["id"] for p in sheet.people if not any(p.get(key) for key in self.keys)]
        if self.left and len(self.left) == len(sheet.people):
            self._need_roster()
        if self.left:
            self.log.warning(
                "%s: no row for %s: the roster lacks %s",
                self.target,
                _some(self.left),
                " and ".join(self.keys),
            )
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(map(harmless, self.head(sheet)))
        rows.writerows(self.above(sheet))
        self.rows = 0
        for person in sheet.people:
            if person["id"] not in self.left:
                rows.writerow([*map(harmless, self.who(person)), *self.scores(sheet, person["id"])])
                self.rows += 1
        self._place(text.getvalue().encode())
        self.log.info("%s: %s students", self.target, self.rows)

    def _place(self, content: bytes) -> None:
        target = Path(self.target)
        if target.is_dir():
            raise InputError(f"--out: expected a file, got the folder {target}; name a file in it.")
        try:
            place(target, content)
        except OSError as error:  # it names a file beside, of which nobody has heard
            raise InputError(
                f"{target}: {error.strerror}; mend its folder, or name another file by --out."
            ) from None

    @property
    def target(self) -> str:
        return self.to or self.default

    def head(self, sheet: Sheet) -> Row:
        raise NotImplementedError

    def above(self, sheet: Sheet) -> list[Row]:
        """Rows between the head and the students."""
        return []

    def who(self, person: Student) -> Row:
        raise NotImplementedError

    def scores(self, sheet: Sheet, student: str) -> Row:
        return [number(sheet.score(slug, student)) for slug in sheet.slugs]

    def _sheet(self, book: Gradebook) -> Sheet:
        root = Path(CourseDirectory(parent=self).root)
        known = [assignment.name for assignment in book.assignments]
        slugs = [str(name) for name in self.assignment] or handed_in(book)
        for slug in [*slugs, *self.columns]:
            if slug not in known:
                raise unknown("homework in the gradebook", slug, known)
        if not slugs:
            raise InputError("gradebook: expected a graded homework, got none; run `ilkit grade`.")
        rules = deadlines.read(root)
        return Sheet(
            slugs,
            {slug: self.columns.get(slug, slug) for slug in slugs},
            {slug: book.find_assignment(slug).max_score for slug in slugs},
            self._people(book),
            {slug: finals(book, slug, rules.of(slug)) for slug in slugs},
        )

    def _listed(self) -> Roster | None:
        path = Path(self.roster or Path(CourseDirectory(parent=self).root) / FILE)
        return read_roster(path) if self.roster or path.is_file() else None

    def _need_roster(self) -> None:
        """InputError, when nobody has a row, if that is because of what no roster says."""
        system, listed = type(self).__name__, self._listed()
        if listed is None:
            raise InputError(
                f"{FILE}: expected one with {' or '.join(self.keys)} for {system}, found none; "
                "write it, or name it with --roster."
            )
        listed.need(*self.keys)

    def _people(self, book: Gradebook) -> list[Student]:
        """The roster's students in its order, then those whom only the gradebook knows."""
        listed = roster.students if (roster := self._listed()) else []
        known = {
            s.id: {name: getattr(s, name) or "" for name in ("id", *NAMES)} for s in book.students
        }
        people = {row["id"]: {**known.get(row["id"], {}), **_told(row)} for row in listed}
        others = {name: person for name, person in known.items() if name not in people}
        wanted = {str(name) for name in self.student}
        return [p for p in {**people, **others}.values() if not wanted or p["id"] in wanted]


class Csv(Exporter):
    """Who it is, each homework, and the total."""

    default = "grades.csv"
    keys = ("id",)

    def head(self, sheet: Sheet) -> Row:
        columns = [sheet.columns[slug] for slug in sheet.slugs]
        return ["student_id", *NAMES, *columns, "total"]

    def who(self, person: Student) -> Row:
        return [person.get(name, "") for name in ("id", *NAMES)]

    def scores(self, sheet: Sheet, student: str) -> Row:
        found = [sheet.score(slug, student) for slug in sheet.slugs]
        total = None if None in found else sum(filter(None, found))
        return [number(score) for score in (*found, total)]


class Canvas(Exporter):
    """Canvas's gradebook: Grades, Import. Name a column as Canvas does: `Homework 1 (4711)`."""

    default = "grades-canvas.csv"
    keys = ("canvas_id", "sis_id", "sis_login")

    def head(self, sheet: Sheet) -> Row:
        columns = [sheet.columns[slug] for slug in sheet.slugs]
        return ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns]

    def above(self, sheet: Sheet) -> list[Row]:
        return [["    Points Possible", "", "", "", "", *map(number, sheet.points.values())]]

    def who(self, person: Student) -> Row:
        name = ", ".join(filter(None, (person.get("last_name"), person.get("first_name"))))
        return [name, *(person.get(key, "") for key in (*self.keys, "section"))]


class Moodle(Exporter):
    """Moodle's gradebook: Import, CSV file; map the columns to its grade items there."""

    default = "grades-moodle.csv"
    keys = ("email",)

    def head(self, sheet: Sheet) -> Row:
        return ["Email address", *(sheet.columns[slug] for slug in sheet.slugs)]

    def who(self, person: Student) -> Row:
        return [person.get("email", "")]


class Gradescope(Exporter):
    """The shape of Gradescope's own grades: by email and SID, with what is to be had."""

    default = "grades-gradescope.csv"
    keys = ("email", "sid")

    def head(self, sheet: Sheet) -> Row:
        names = [sheet.columns[slug] for slug in sheet.slugs]
        columns = [column for name in names for column in (name, f"{name} - Max Points")]
        return ["First Name", "Last Name", "SID", "Email", *columns]

    def who(self, person: Student) -> Row:
        return [person.get(name, "") for name in ("first_name", "last_name", "sid", "email")]

    def scores(self, sheet: Sheet, student: str) -> Row:
        found = ((sheet.score(slug, student), sheet.points[slug]) for slug in sheet.slugs)
        return [number(value) for both in found for value in both]


FORMATS: dict[str, type[Exporter]] = {
    "csv": Csv,
    "canvas": Canvas,
    "moodle": Moodle,
    "gradescope": Gradescope,
}


def run(args: argparse.Namespace) -> int:
    """The command: write the file; 1 if a student has no row."""
    if args.format not in FORMATS:
        raise unknown("format", args.format, FORMATS)
    course = Course(Path.cwd())
    exporter = FORMATS[args.format](
        config=course.config,
        to=str(args.out or ""),
        assignment=args.slugs,
        roster=str(args.roster or ""),
        columns=dict(map(_column, args.column)),
    )
    with opened(course) as book:
        exporter.export(book)
    if args.json:
        told = {"format": args.format, "file": exporter.target, "students": exporter.rows}
        print(json.dumps({"schema": 1, **told, "left": exporter.left}, indent=2))
    else:
        print(f"{exporter.target}: {counted(exporter.rows, 'student')}")
    if exporter.left:
        print(f"no row for {_some(exporter.left)}", file=sys.stderr)
    return 1 if exporter.left else 0


def number(score: float | None) -> str:
    """As short as it is exact to a hundredth; nothing for None."""
    return "" if score is None else f"{round(score, 2):.2f}".rstrip("0").rstrip(".")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, on one line."""
    text = " ".join(text.split())
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first in tuple("=+-@") else text


def _told(row: Student) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


def _some(students: Sequence[str]) -> str:
    more = len(students) - LONGEST
    return ", ".join(students[:LONGEST]) + (f" and {more} more" if more > 0 else "")


def _column(text: str) -> tuple[str, str]:
    slug, equals, name = text.partition("=")
    if not (slug and equals and name):
        raise UsageError(f"--column: expected SLUG=NAME, got {text!r}; see `ilkit export --help`")
    return slug, name
