"""Final grades, as exports and feedback have them: None until all of a homework is graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func, or_, select

from ilkit.grading.deadlines import Deadline


@dataclass(frozen=True)
class Final:
    """One student's grade for a homework.

    score      after the penalty; None if a part waits for a person, or could not be graded
    penalty    points that lateness costs; None like the score
    submitted  UTC, None if nobody knows
    """

    score: float | None
    penalty: float | None
    submitted: datetime | None


def finals(
    book: Gradebook, slug: str, deadline: Deadline, student: str | None = None
) -> Mapping[str, Final]:
    """Student to grade, of those who handed in, or of one. A deadline takes off of today's score.

    nbgrader stores a penalty when it grades, before a person has given points.
    """
    assignment = book.find_assignment(slug)
    cells = sum(len(n.grade_cells) + len(n.task_cells) for n in assignment.notebooks)
    mine = SubmittedAssignment.assignment_id == assignment.id
    if student is not None:
        mine &= SubmittedAssignment.student_id == student
    counted = (
        select(SubmittedAssignment.student_id, func.count(Grade.id), func.sum(Grade.score))
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(mine, Grade.needs_manual_grade.is_(False))
        .where(or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None)))
        .group_by(SubmittedAssignment.student_id)
    )
    scores = {name: score for name, count, score in book.db.execute(counted) if count == cells}
    works = select(
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.late_submission_penalty,
    ).where(mine)
    found = {}
    for name, at, stored in book.db.execute(works):
        score = scores.get(name)
        if score is None:
            found[name] = Final(None, None, at)
            continue
        penalty = deadline.penalty(name, at, score) if deadline.due else stored
        found[name] = Final(max(0.0, score - penalty), penalty, at)
    return found


def handed_in(book: Gradebook) -> list[str]:
    """The homeworks that somebody has handed in, in the order of their names."""
    query = select(Assignment.name).where(
        select(SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == Assignment.id)
        .exists()
    )
    return sorted(book.db.scalars(query))
