"""The roster: a table of the students of a course, and what other systems call them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ilkit.errors import InputError

FILE = "roster.csv"
NAMES = re.compile(r"\w[\w.@-]{0,127}")  # of a student, since a folder is called so
WHERE = {  # what is looked up, and where it is found
    "canvas_id": "Canvas's gradebook export calls it ID",
    "first_name": "Moodle's downloads carry the names",
    "last_name": "Moodle's downloads carry the names",
    "email": "it is the address that the student signs in with",
    "sid": "Gradescope's roster calls it SID",
}
Student = Mapping[str, str]  # column to cell, "" where nothing is known


@dataclass(frozen=True)
class Roster:
    """Students in the order of the file."""

    path: Path
    columns: Sequence[str]
    students: Sequence[Student]

    def need(self, *columns: str) -> None:
        """InputError unless one of these columns is there."""
        if not set(columns) & set(self.columns):
            asked = " or ".join(columns)
            raise InputError(
                f"{self.path.name}: {asked}: expected this column, got "
                f"{', '.join(self.columns)}; add it ({WHERE[columns[0]]})."
            )

    def find(self, column: str, value: str) -> list[Student]:
        """Whoever has this value there, spelt in large or small letters."""
        wanted = plain(value)
        return [s for s in self.students if wanted and plain(s.get(column, "")) == wanted]

    def called(self, name: str) -> list[Student]:
        """Whoever has this name, in either order."""
        wanted = plain(name)
        return [
            s
            for s in self.students
            for first, last in [(s.get("first_name", ""), s.get("last_name", ""))]
            if wanted in (plain(f"{first} {last}"), plain(f"{last} {first}"))
        ]


def read(path: Path) -> Roster:
    """A roster with at least the column `id`; commas or semicolons between the cells."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"{path}: expected a roster, found none; write one with the columns id, first_name, "
            "last_name, email and what your system calls each student."
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: expected UTF-8; save it again as CSV UTF-8.") from None
    head = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","
    )
    columns, *lines = [*rows] or [[""]]
    columns = ["_".join(name.lower().split()) for name in columns]
    students = [
        dict(zip(columns, map(str.strip, line), strict=False)) for line in lines if any(line)
    ]
    if "id" not in columns:
        raise InputError(
            f"{path.name}: id: expected this column, got {', '.join(columns)}; add it."
        )
    _distinct(path.name, students)
    return Roster(path, columns, students)


def plain(text: str) -> str:
    """Equal for two spellings of a name: large or small letters, spaces, composed accents."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def nameable(student: str) -> bool:
    """Whether a folder may have this name, and nbgrader's patterns find it."""
    return NAMES.fullmatch(student) is not None


def _distinct(name: str, students: Sequence[Student]) -> None:
    """Every student has an id that can be a folder's name; no two share what stands for one."""
    for student in students:
        if not nameable(student.get("id", "")):
            raise InputError(
                f"{name}: id: expected letters, digits and . _ @ -, got {student.get('id', '')!r}; "
                "mend it."
            )
    for column in ("id", "email", "canvas_id", "sid"):
        seen: set[str] = set()
        for value in filter(None, (plain(s.get(column, "")) for s in students)):
            if value in seen:
                raise InputError(f"{name}: {column}: {value} stands there twice; mend one.")
            seen.add(value)
