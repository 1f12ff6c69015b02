"""Late penalties for nbgrader, by `deadlines.yml`: named in nbgrader_config.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties

from ilkit.grading import deadlines
from ilkit.grading.deadlines import Deadline, utc


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """What nbgrader asks for a submission that is late by its gradebook."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float:
        step = self.parent  # AssignLatePenalties, with the gradebook open
        work = step.gradebook.find_submission(step.assignment_id, student_id)
        return _deadline(step, step.assignment_id).penalty(student_id, work.timestamp, score)


class AssignDeadlines(AssignLatePenalties):  # type: ignore[misc]
    """In the place of nbgrader's step: first enters the due times, which it compares with."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as book:
            work = book.find_submission(names["assignment"], names["student"])
            enter(work, _deadline(self, names["assignment"]))
            book.db.commit()
        found: tuple[NotebookNode, Any] = super().preprocess(nb, resources)
        return found


def enter(work: SubmittedAssignment, deadline: Deadline) -> None:
    """Write the due time and the student's extension where formgrader's pages look for them.

    Without a deadline, what an instructor entered there stays.
    """
    due, own = deadline.due, deadline.due_for(work.student.id)
    if due and own:
        work.assignment.duedate = utc(due).replace(tzinfo=None)
        work.extension = utc(own) - utc(due)


def _deadline(step: Any, slug: str) -> Deadline:
    return deadlines.read(Path(CourseDirectory(parent=step).root)).of(slug)
