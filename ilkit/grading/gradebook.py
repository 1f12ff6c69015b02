"""The one writer of nbgrader's gradebook: a submission is one transaction, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from ilkit.errors import InputError
from ilkit.grading import late, roster
from ilkit.grading.course import Course
from ilkit.grading.deadlines import Deadline
from ilkit.grading.job import BY_HAND
from ilkit.grading.release import without_answers
from ilkit.grading.verdict import Mark, Verdict

PATIENCE = 120.0  # seconds to wait for a database that is locked or starts again
FIRST_PAUSE = 0.1
LASTING = ("readonly database", "unable to open database file")  # SQLite's words: waiting is idle
NAMES = ("first_name", "last_name", "email")
Result = TypeVar("Result")


def named(address: str) -> str:
    """The address of a database as it may be shown; InputError if it is none."""
    expected = "db_url: expected postgresql://USER@HOST/NAME or sqlite:///FILE, got"
    mend = "mend it in nbgrader_config.py."
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # it is not shown: who knows where its password is
        raise InputError(f"{expected} an address that cannot be read; {mend}") from None
    shown = url.set(query={}).render_as_string()  # with *** for a password
    try:
        url.get_dialect().import_dbapi()
    except (NoSuchModuleError, ArgumentError, ValueError, ImportError):
        raise InputError(f"{expected} {shown}, for which there is no driver; {mend}") from None
    return shown


@contextlib.contextmanager
def told(address: str) -> Iterator[str]:
    """What a database refuses becomes an InputError: one sentence, without its password."""
    shown = named(address)
    try:
        yield shown
    except (DBAPIError, InvalidEntry) as error:
        cause = error.__context__ if isinstance(error, InvalidEntry) else error
        if not isinstance(cause, DBAPIError):
            raise
        said = " ".join(str(cause.orig).split()).removesuffix(".")
        raise InputError(
            f"gradebook: expected a database at {shown}, got {type(cause.orig).__name__}: {said}; "
            f"{_mend(shown, said)}, or mend db_url in nbgrader_config.py."
        ) from None


def _mend(shown: str, said: str) -> str:
    if "locked" in said:
        return "end the program that holds it"
    file = shown.startswith("sqlite")
    return "mend the permissions of that file and its folder" if file else "start the server"


@contextlib.contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The gradebook, for whoever only reads."""
    with told(course.database), Gradebook(course.database, course.id) as book:
        yield book


class Writer:
    """Holds one connection to the gradebook of a course."""

    def __init__(self, course: Course) -> None:
        self.address, self.course = course.database, course.id
        self.people: dict[str, roster.Student] = {}
        # Grades need no roster; `ilkit collect` and `ilkit export` say what is wrong with one.
        with contextlib.suppress(InputError, OSError):
            rows = roster.read(course.root / roster.FILE).students
            self.people = {roster.plain(row["id"]): row for row in rows}
        self.book = self._patiently(lambda: Gradebook(self.address, self.course))
        self.stubs: dict[str, dict[str, str]] = {}  # what students were given, by homework and cell

    def close(self) -> None:
        """Let go of the connection."""
        self.book.close()

    def enter(self, slug: str, source: NotebookNode) -> None:
        """Make the homework known, by nbgrader's own steps, unless it is as it should be."""
        notebook = without_answers(source)
        cells = {
            cell.metadata.nbgrader.grade_id: (cell.source, cell.metadata.nbgrader.get("points"))
            for cell in notebook.cells
        }
        self.stubs[slug] = {name: text for name, (text, _) in cells.items()}
        self._transaction(lambda: list(map(self._introduce, self.book.students)))
        if self._transaction(lambda: self._known(slug)) == cells:
            return
        names = {"notebook": slug, "assignment": slug, "db_url": self.address}
        try:
            with told(self.address):
                self.book.update_or_create_assignment(slug)
                SaveCells().preprocess(notebook, {"nbgrader": names})
        except RuntimeError:
            raise InputError(
                f"{slug}: expected the cells that the gradebook knows, got others, and it holds "
                f"grades for those; `nbgrader db assignment remove {slug} --force` forgets them."
            ) from None
        finally:
            self.book.db.rollback()  # what other connections wrote is read anew

    def _known(self, slug: str) -> dict[str, tuple[str, float | None]]:
        """Source and points of each cell of a homework, as the gradebook has them."""
        assignment = self._assignment(slug)
        if assignment is None:
            return {}
        return {
            cell.name: (cell.source, points.get(cell.name))
            for notebook in assignment.notebooks
            for points in [{graded.name: graded.max_score for graded in notebook.grade_cells}]
            for cell in notebook.source_cells
        }

    def scores(self, slug: str) -> dict[str, dict[str, float | None]]:
        """What the grader gave so far: student to part to points."""

        def read() -> dict[str, dict[str, float | None]]:
            query = (
                select(SubmittedAssignment)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .where(Assignment.name == slug)
            )
            return {
                work.student_id: {
                    _part(grade): grade.auto_score
                    for notebook in work.notebooks
                    for grade in notebook.grades
                }
                for work in self.book.db.scalars(query)
            }

        return self._transaction(read)

    def waiting(self, slug: str) -> set[str]:
        """Students of whom a part waits for a person."""
        query = (
            select(SubmittedAssignment.student_id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .where(Assignment.name == slug, Grade.needs_manual_grade.is_(True))
        )
        return self._transaction(lambda: set(self.book.db.scalars(query)))

    def record(self, slug: str, student: str, verdict: Verdict, deadline: Deadline) -> None:
        """Write a verdict, and when it was due, in one transaction."""

        def write() -> None:
            work = self._submission(slug, student)
            work.timestamp = parse_utc(verdict.at)
            late.enter(work, deadline)
            marks = {mark.id: mark for mark in verdict.parts}
            for notebook in work.notebooks:
                notebook.flagged = bool(verdict.flags)
                notebook.late_submission_penalty = verdict.penalty or None
                for grade in notebook.grades:
                    _mark(grade, marks[_part(grade)], bool(verdict.flags))
                for comment in notebook.comments:
                    comment.auto_comment = self._comment(slug, comment.name, verdict)

        self._transaction(write)

    def _comment(self, slug: str, name: str, verdict: Verdict) -> str | None:
        """What the grader says beside an answer: that it is missing, or why it has no grade."""
        mark = next((mark for mark in verdict.parts if mark.id == name), None)
        if mark and mark.score is None and mark.reason != BY_HAND:
            return f"Not graded: {mark.reason}."
        cells = json.loads(verdict.notebook)["cells"] if verdict.notebook else []
        given = {cell["id"]: "".join(cell["source"]) for cell in cells}
        return "No response." if given.get(name) == self.stubs[slug].get(name) else None

    def _introduce(self, person: Student) -> None:
        """Give a student the name and address that the roster has, for formgrader's pages."""
        row = self.people.get(roster.plain(person.id), {})
        for name in NAMES:
            if row.get(name):
                setattr(person, name, row[name])

    def _assignment(self, slug: str) -> Assignment | None:
        query = select(Assignment).where(Assignment.name == slug)
        return self.book.db.scalars(query).one_or_none()

    def _submission(self, slug: str, student: str) -> SubmittedAssignment:
        """The student's row and those below it, made if it is not there."""
        db, assignment = self.book.db, self._assignment(slug)
        assert assignment is not None, "enter() comes first"
        person = db.get(Student, student) or Student(id=student)
        query = select(SubmittedAssignment).where(
            SubmittedAssignment.assignment_id == assignment.id,
            SubmittedAssignment.student_id == student,
        )
        if work := db.scalars(query).one_or_none():
            return work
        self._introduce(person)
        db.add_all([person, work := SubmittedAssignment(assignment=assignment, student=person)])
        for notebook in assignment.notebooks:
            db.add(mine := SubmittedNotebook(notebook=notebook, assignment=work))
            db.add_all(Grade(cell=cell, notebook=mine) for cell in notebook.grade_cells)
            db.add_all(Comment(cell=cell, notebook=mine) for cell in notebook.solution_cells)
        db.flush()
        return work

    def _transaction(self, work: Callable[[], Result]) -> Result:
        """Do it and commit; again if the database was locked or went away meanwhile."""

        def once() -> Result:
            try:
                result = work()
                self.book.db.commit()
                return result
            except BaseException:
                self.book.db.rollback()
                raise

        return self._patiently(once)

    def _patiently(self, work: Callable[[], Result]) -> Result:
        deadline, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
        with told(self.address) as shown:
            while True:
                try:
                    return work()
                except DBAPIError as error:
                    if not _passing(error) or time.monotonic() > deadline:
                        raise
                if pause == FIRST_PAUSE:
                    said = f"no answer from {shown}, trying for {PATIENCE / 60:g} minutes"
                    print(f"gradebook: {said}", file=sys.stderr)
                time.sleep(pause)
                pause = min(2 * pause, 5.0)


def _passing(error: DBAPIError) -> bool:
    """Whether it may go well a little later."""
    if any(words in str(error.orig) for words in LASTING):
        return False
    return isinstance(error, OperationalError) or bool(error.connection_invalidated)


def _part(grade: Grade) -> str:
    return str(grade.name).removesuffix("-test")


def _mark(grade: Grade, mark: Mark, flagged: bool) -> None:
    """One grade. As in nbgrader, a person looks again at what a person had graded."""
    grade.auto_score = mark.score
    by_hand = grade.manual_score is not None
    grade.needs_manual_grade = flagged or by_hand or mark.score is None
