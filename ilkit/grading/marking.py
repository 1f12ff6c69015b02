"""Grade what was handed in: only what changed, side by side, and with one writer.

A submission goes from its bytes to a verdict in a process of its own or on a cluster; this process
alone writes, as the verdicts come. It may be killed at any moment: what is written is whole, and
the next run does the rest.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import nbformat

from ilkit.cluster import on_cluster
from ilkit.errors import InputError
from ilkit.grading import intake, job
from ilkit.grading.attempts import Attempt, attempts
from ilkit.grading.course import Course
from ilkit.grading.deadlines import Deadline
from ilkit.grading.fork import each_forked
from ilkit.grading.gradebook import Writer
from ilkit.grading.job import Job
from ilkit.grading.ledger import Ledger, key, swap
from ilkit.grading.seeds import secret
from ilkit.grading.source import Homework
from ilkit.grading.stamps import STAMP, misread, text_of
from ilkit.grading.verdict import GRADED, NOT_GRADED, REFUSED, Verdict, unmarked
from ilkit.grading.withheld import listed

DIED = "the process that graded it ended or hung: grade it again"
RANK = {REFUSED: 0, NOT_GRADED: 1, GRADED: 2}  # of several attempts, the best counts
GRACE = 60.0  # seconds beyond its time, after which a submission's grader is given up


@dataclass(frozen=True)
class Settings:
    """How to grade.

    jobs       submissions side by side
    timeout    seconds by the clock for each
    rung       of the sandbox, by name
    scheduler  the address of a Dask scheduler, in the place of jobs
    force      grade again what has not changed
    """

    jobs: int
    timeout: float
    rung: str
    scheduler: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one student's submission; `cached` if nothing had changed."""

    student: str
    verdict: Verdict
    cached: bool


@dataclass(frozen=True)
class Handed:
    """What counts of one student: attempts, the bytes of each or why it is refused, and a key."""

    student: str
    attempts: Sequence[Attempt]
    contents: Sequence[bytes | intake.RefusedError]
    key: str


class Marking:
    """One homework of a course, graded with these settings."""

    def __init__(
        self, course: Course, homework: Homework, deadline: Deadline, settings: Settings
    ) -> None:
        self.course, self.deadline, self.settings = course, deadline, settings
        self.slug, self.notebook = homework.slug, homework.notebook
        self.source = nbformat.writes(self.notebook).encode()
        self.secret = secret(self.slug)
        self.ledger = Ledger(course.root, self.slug)

    def run(self, students: Sequence[str], writer: Writer) -> Iterator[Outcome]:
        """Each student's outcome as it is written; those in which nothing changed come first."""
        writer.enter(self.slug, self.notebook)
        known, changed, most = writer.scores(self.slug), [], 0
        for student in students:
            handed = self._handed(student)
            most = max(most, len(handed.attempts))
            verdict = None if self.settings.force else self._cached(handed)
            if verdict is None:
                changed.append(student)
                continue
            if known.get(student) != {mark.id: mark.score for mark in verdict.parts}:
                writer.record(self.slug, student, verdict, self.deadline)
            yield Outcome(student, verdict, True)
        for handed, verdicts in self._graded(changed, most):
            yield Outcome(handed.student, self._written(handed, verdicts, writer), False)

    def _handed(self, student: str) -> Handed:
        """Read what a student has handed in; the key hashes what its verdict comes of."""
        found = list(attempts(self.course, self.slug, student, self.deadline))
        contents: list[bytes | intake.RefusedError] = []
        for attempt in found:
            try:
                contents.append(attempt.read())
            except intake.RefusedError as refused:
                contents.append(refused)
        rules = replace(self.deadline, due=self.deadline.due_for(student), extensions={})
        told = [self.source, self.secret, self.settings.rung, job.grader(), repr(rules)]
        for attempt, content in zip(found, contents, strict=True):
            told += [str(attempt.at or misread(attempt.folder))]
            told += [content if isinstance(content, bytes) else str(content)]
        return Handed(student, found, contents, key(*told))

    def _cached(self, handed: Handed) -> Verdict | None:
        """The verdict on exactly this, if its graded copy is still there."""
        copy = self.course.autograded(handed.student, self.slug) / f"{self.slug}.ipynb"
        verdict = self.ledger.find(handed.student, handed.key)
        if verdict is None or not copy.is_file():
            return None
        return replace(verdict, notebook=copy.read_text(encoding="utf-8"))

    def _graded(self, students: Sequence[str], most: int) -> Iterator[tuple[Handed, list[Verdict]]]:
        """The verdicts on all attempts, at most so many, of each student, as they come."""
        waiting: dict[str, Handed] = {}
        withheld = tuple(listed(self.notebook.metadata))
        rung, seconds = self.settings.rung, most * self.settings.timeout + GRACE

        def tasks() -> Iterator[tuple[str, list[Job]]]:
            for student in students:
                waiting[student] = self._handed(student)
                yield student, self._jobs(waiting[student])

        if self.settings.scheduler:
            calls = ((name, (jobs, rung, withheld)) for name, jobs in tasks())
            found = on_cluster(job.grade_there, calls, self.settings.scheduler)
            outcomes: Iterator[tuple[str, Any]] = (
                (name, _of_this_grader(result)) for name, result in found
            )
        else:
            start = job.starter(rung, withheld)
            works = (
                (name, functools.partial(job.grade_all, jobs, start)) for name, jobs in tasks()
            )
            outcomes = each_forked(works, self.settings.jobs, cpu=int(seconds), wall=seconds)
        for student, verdicts in outcomes:
            handed = waiting.pop(student)
            yield handed, self._all(handed, verdicts)

    def _jobs(self, handed: Handed) -> list[Job]:
        return [
            Job(handed.student, self.source, content, self.secret, self.settings.timeout)
            for content in handed.contents
            if isinstance(content, bytes)
        ]

    def _all(self, handed: Handed, outcome: Any) -> list[Verdict]:
        """A verdict on each attempt: what came of its job, or why it had none."""
        verdicts = iter(outcome if isinstance(outcome, list) else [])
        why = str(outcome) if isinstance(outcome, Exception) else DIED
        died = unmarked(job.worth(self.notebook), NOT_GRADED, why, lasting=False)
        return [
            next(verdicts, died)
            if isinstance(content, bytes)
            else job.refused(self.notebook, str(content))
            for content in handed.contents
        ]

    def _written(self, handed: Handed, verdicts: list[Verdict], writer: Writer) -> Verdict:
        """Write the best of these verdicts: the graded copy, the gradebook, the ledger."""
        each = list(map(self._dated, handed.attempts, verdicts))
        at = max(range(len(each)), key=lambda i: (RANK[each[i].status], each[i].counts))
        best = replace(each[at], lasting=all(verdict.lasting for verdict in each))
        if best.notebook:
            self._copy(handed.attempts[at], best)
        writer.record(self.slug, handed.student, best, self.deadline)
        if best.lasting:
            self.ledger.write(handed.student, handed.key, self.settings.rung, best)
        else:
            self.ledger.forget(handed.student)
        return best

    def _dated(self, attempt: Attempt, verdict: Verdict) -> Verdict:
        """With its time, what lateness costs, and what beside the notebook was not used."""
        others = intake.beside(attempt.folder, {attempt.notebook}) if verdict.notebook else []
        return replace(
            verdict,
            at=attempt.at.isoformat() if attempt.at else None,
            penalty=self.deadline.penalty(attempt.student, attempt.at, verdict.score or 0),
            notes=(*verdict.notes, *others, *misread(attempt.folder)),
        )

    def _copy(self, attempt: Attempt, verdict: Verdict) -> None:
        """autograded/: written beside, then put in the place of what was there."""
        target = self.course.autograded(attempt.student, self.slug)
        beside = target.with_name(f".{self.slug}.new")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        (beside / f"{self.slug}.ipynb").write_text(verdict.notebook, encoding="utf-8")
        if attempt.at:
            (beside / STAMP).write_text(text_of(attempt.at), encoding="utf-8")
        swap(beside, target)


def _of_this_grader(result: Callable[[], tuple[str, list[Verdict]]]) -> list[Verdict] | Exception:
    """Refuse verdicts of another version; a job that failed there is not graded."""
    try:
        grader, verdicts = result()
    except Exception as error:
        return error
    if grader != job.grader():
        return InputError("its worker has another version of ilkit; install the same everywhere")
    return verdicts
