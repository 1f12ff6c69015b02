"""Where students hand in: how Canvas, Moodle, Gradescope and nbgrader name what they give out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from yaml import BaseLoader, YAMLError, load

from ilkit.errors import InputError, unknown
from ilkit.grading.downloads import File, Left
from ilkit.grading.intake import RefusedError
from ilkit.grading.roster import Roster, Student, nameable, plain
from ilkit.grading.stamps import STAMP, time_of

METADATA = "submission_metadata.yml"
#: lovelaceada_LATE_12345_678_hw1.ipynb. Canvas lets no name hold `_12345_`.
CANVAS = re.compile(r"(?P<who>.*?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<name>.+)")
#: Ada Lovelace_12345_assignsubmission_file_/hw1.ipynb, or without the stroke
MOODLE = re.compile(r"(?P<who>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<name>.*)")
ANONYMOUS = "participant"
NO_TIME = "its time of handing in is not written as nbgrader writes it"


@dataclass(frozen=True)
class Found:
    """A file of a student.

    at      when it was handed in, None if the source does not say
    order   a number that grows with each file that is handed in; 0 if there is none
    late    the source says that it came late, and not when
    name    what the student called it
    """

    file: File
    student: str
    name: str
    at: datetime | None = None
    order: int = 0
    late: bool = False


Mapped = Iterator[Found | Left]
Source = Callable[[Sequence[File], Roster | None, str], Mapped]


def canvas(files: Sequence[File], roster: Roster | None, slug: str) -> Mapped:
    """A download of all submissions: no times, but numbers that grow."""
    people = _needed(roster, "Canvas", "canvas_id")
    for file in files:
        told = CANVAS.fullmatch(file.name)
        if told is None:
            yield Left(str(file.path), "it is not called as Canvas calls its files")
            continue
        found = people.find("canvas_id", told["user"])
        late, order = bool(told["late"]), int(told["file"])
        yield from _known(file, found, told["name"], order=order, late=late)


def moodle(files: Sequence[File], roster: Roster | None, slug: str) -> Mapped:
    """A download of all submissions, in folders or not: by name, since its numbers are others in
    each homework; by number where two share a name, or names are hidden.
    """
    people = _needed(roster, "Moodle", "first_name")
    people.need("last_name")
    for file in files:
        told = next(filter(None, map(MOODLE.fullmatch, file.path.parts)), None)
        if told is None:
            yield Left(str(file.path), "it is not called as Moodle calls its files")
        elif told["kind"] != "file":
            yield Left(str(file.path), "it is a text typed into Moodle, not a file")
        else:
            hidden = plain(told["who"]) == ANONYMOUS
            found = list(people.students) if hidden else people.called(told["who"])
            if len(found) != 1:
                found = [s for s in found if s.get("moodle_id") == told["user"]] or found
            yield from _known(file, found, told["name"] or file.name)


def gradescope(files: Sequence[File], roster: Roster | None, slug: str) -> Mapped:
    """An export of submissions: folders, and a file that says whose they are."""
    people = _needed(roster, "Gradescope", "sid", "email")
    metadata = min((f for f in files if f.name == METADATA), key=lambda f: len(f.path.parts))
    told, top = _metadata(metadata), metadata.path.parent
    for file in files:
        inside = file.path.relative_to(top).parts if file.path.is_relative_to(top) else ("",)
        about = told.get(inside[0])
        if file is metadata:
            continue
        if not isinstance(about, dict):
            yield Left(str(file.path), f"{METADATA} does not say whose it is")
            continue
        submitters = about.get(":submitters")
        for one in submitters if isinstance(submitters, list) else []:
            told_of = one if isinstance(one, dict) else {}
            sid, email = (str(told_of.get(sign, "")) for sign in (":sid", ":email"))
            found = people.find("sid", sid) or people.find("email", email)
            at = time_of(str(about.get(":created_at", "")))
            yield from _known(file, found, file.name, at=at)


def exchange(files: Sequence[File], roster: Roster | None, slug: str) -> Mapped:
    """nbgrader's inbound folder: student+homework+time+random text, made by the student."""
    told = {file: _inbound(file.path.parts[:-1]) for file in files}
    students = {words[0] for words in told.values() if words}
    students |= {student["id"] for student in roster.students} if roster else set()
    for file, words in told.items():
        if not words:
            yield Left(str(file.path), "its folder is not called as nbgrader calls it")
        elif words[1] != slug or file.name == STAMP:
            continue
        elif file.owner != words[0] and file.owner in students:
            yield Left(str(file.path), f"its folder belongs to {file.owner}, not to {words[0]}")
        elif (at := time_of(words[2])) is None:
            yield Left(str(file.path), NO_TIME)
        else:
            yield from _named(file, words[0], roster, at)


def folder(files: Sequence[File], roster: Roster | None, slug: str) -> Mapped:
    """student.ipynb, student/homework.ipynb or student/homework/homework.ipynb."""
    stamps = {file.path.parent: file for file in files if file.name == STAMP}
    for file in files:
        student, *inside = file.path.parts
        if file.name == STAMP or (len(inside) > 1 and inside[0] != slug):
            continue
        stamp = stamps.get(file.path.parent) if inside else None
        try:
            at = time_of(stamp.read().decode(errors="replace")) if stamp else None
        except RefusedError as refused:
            yield Left(str(file.path), str(refused))
            continue
        if stamp and at is None:
            yield Left(str(file.path), NO_TIME)
        else:
            yield from _named(file, student if inside else file.path.stem, roster, at)


SOURCES: dict[str, Source] = {
    "canvas": canvas,
    "moodle": moodle,
    "gradescope": gradescope,
    "exchange": exchange,
    "folder": folder,
}


def recognise(files: Sequence[File]) -> str:
    """The source whose sign lies outermost, and there furthest to the left, else "folder".

    Students name what lies further in or to the right. A sign in a folder that does not hold every
    notebook is one student's.
    """
    around = [file.path.parent for file in files if file.path.match("[!.]*.ipynb")]
    shared = PurePosixPath(os.path.commonpath(around or [PurePosixPath()])).parts
    signs = [
        (depth, place, name)
        for path in (file.path for file in files)
        for depth in range(min(len(path.parts), len(shared) + 1))
        for name, sign in SIGNS.items()
        if path.parts[:depth] == shared[:depth]
        and (place := sign(PurePosixPath(*path.parts[depth:]))) is not None
    ]
    return min(signs)[2] if signs else "folder"


def _left_of(pattern: re.Pattern[str], name: str) -> int | None:
    """Where a source's sign begins in a name; None if it has none."""
    found = pattern.fullmatch(name)
    return found.end("who") if found else None


#: Where in a path, that begins where a source's would, its sign is; None if it is not there.
SIGNS: dict[str, Callable[[PurePosixPath], int | None]] = {
    "gradescope": lambda path: 0 if path.parts == (METADATA,) else None,
    "moodle": lambda path: _left_of(MOODLE, path.parts[0]),
    "exchange": lambda path: 0 if path.parts[1:] and _inbound(path.parts[:1]) else None,
    "canvas": lambda path: None if path.parts[1:] else _left_of(CANVAS, path.name),
}


def source(name: str, files: Sequence[File]) -> Source:
    """The source of that name; "auto" looks at the files."""
    name = recognise(files) if name == "auto" else name
    if name not in SOURCES:
        raise unknown("source", name, SOURCES)
    if name == "gradescope" and not any(file.name == METADATA for file in files):
        raise InputError(f"{METADATA}: expected it in Gradescope's export, found none.")
    return SOURCES[name]


def _needed(roster: Roster | None, source: str, *columns: str) -> Roster:
    if roster is None:
        raise InputError(
            f"roster.csv: expected one to map what {source} gave out, found none; write it with "
            f"the columns id and {' or '.join(columns)}, or name it with --roster."
        )
    roster.need(*columns)
    return roster


def _known(file: File, found: Sequence[Student], name: str, **more: Any) -> Mapped:
    if len(found) == 1:
        yield Found(file, found[0]["id"], name, **more)
    else:
        who = "nobody in the roster" if not found else "two students of the roster"
        yield Left(str(file.path), f"its name stands for {who}")


def _named(file: File, student: str, roster: Roster | None, at: datetime | None) -> Mapped:
    """For sources that name students as the gradebook does."""
    if not nameable(student):
        yield Left(str(file.path), "it is not named after a student: letters, digits and . _ @ -")
    elif roster and not (found := roster.find("id", student)):
        yield Left(str(file.path), f"no student {student} stands in the roster")
    else:
        yield Found(file, found[0]["id"] if roster else student, file.name, at)


def _inbound(folders: Iterable[str]) -> list[str]:
    """Student, homework and time, by the name of one of these folders; else nothing."""
    for part in folders:
        words = part.rsplit("+", 3)
        if len(words) >= 3 and re.match(r"\d{4}-\d\d-\d\d ", words[2]):
            return words[:3]
    return []


def _metadata(file: File) -> dict[str, Any]:
    """What Gradescope says of each folder, with every word as it stands."""
    try:
        told = load(file.read(), BaseLoader)
    except (RefusedError, YAMLError, RecursionError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict):
        raise InputError(f"{METADATA}: expected what Gradescope writes there, got something else.")
    return told
