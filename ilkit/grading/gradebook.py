"""The one writer of nbgrader's gradebook: a submission is one transaction, whole or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TypeVar

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import make_url, select
from sqlalchemy.exc import DBAPIError, OperationalError

from ilkit.errors import InputError
from ilkit.grading import late
from ilkit.grading.course import Course
from ilkit.grading.deadlines import Deadline
from ilkit.grading.job import BY_HAND
from ilkit.grading.release import without_answers
from ilkit.grading.verdict import Mark, Verdict

PATIENCE = 120.0  # seconds to wait for a database that is locked or starts again
Result = TypeVar("Result")


class Writer:
    """Holds one connection to the gradebook of a course."""

    def __init__(self, course: Course) -> None:
        self.address, self.course = course.database, course.id
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
        if self._transaction(lambda: self._known(slug)) == cells:
            return
        self.book.update_or_create_assignment(slug)
        names = {"notebook": slug, "assignment": slug, "db_url": self.address}
        try:
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
        deadline, pause = time.monotonic() + PATIENCE, 0.1
        while True:
            try:
                return work()
            except DBAPIError as error:
                passing = isinstance(error, OperationalError) or error.connection_invalidated
                if not passing or time.monotonic() > deadline:
                    place = make_url(self.address).render_as_string()  # with *** for a password
                    raise InputError(
                        f"gradebook: expected a database at {place}, got "
                        f"{type(error.orig).__name__}: {str(error.orig).strip()}."
                    ) from None
            time.sleep(pause)
            pause = min(2 * pause, 5.0)


def _part(grade: Grade) -> str:
    return str(grade.name).removesuffix("-test")


def _mark(grade: Grade, mark: Mark, flagged: bool) -> None:
    """One grade. As in nbgrader, a person looks again at what a person had graded."""
    grade.auto_score = mark.score
    by_hand = grade.manual_score is not None
    grade.needs_manual_grade = flagged or by_hand or mark.score is None
