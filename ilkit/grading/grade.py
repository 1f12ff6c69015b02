"""`ilkit grade`: grade what lies in submitted/, and say what came of each submission."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ilkit.errors import UsageError, unknown
from ilkit.grading import deadlines
from ilkit.grading.course import Course
from ilkit.grading.display import counted
from ilkit.grading.gradebook import Writer
from ilkit.grading.job import BY_HAND
from ilkit.grading.ledger import alone
from ilkit.grading.marking import Marking, Outcome, Settings
from ilkit.grading.page import BY_HAND as BY_YOU
from ilkit.grading.seeds import UNSET, has_secret
from ilkit.grading.source import homeworks
from ilkit.grading.verdict import GRADED, Verdict
from ilkit.grading.walls import ladder
from ilkit.progress import Progress

Files = dict[Path, tuple[int, int]]
POLL = 2.0  # seconds between two looks at the folder, where it is watched
GUESS = 2.0  # seconds for a submission, until the first one is done


def run(args: argparse.Namespace) -> int:
    """The command: 0 when every submission has a verdict, whatever it is."""
    with opened(args) as (course, marking, writer):
        seen = _files(course, marking.slug)
        outcomes = graded(marking, writer, students(course, marking.slug, args.student), args)
        if args.json:
            print(json.dumps(_document(marking, outcomes), indent=2))
        else:
            print(_summary(marking, outcomes, writer.waiting(marking.slug)))
        while args.serve:
            seen = _changed(course, marking.slug, seen)
            graded(marking, writer, students(course, marking.slug, args.student), args)
    return 0 if all(outcome.verdict.lasting for outcome in outcomes) else 1


@contextlib.contextmanager
def opened(args: argparse.Namespace) -> Iterator[tuple[Course, Marking, Writer]]:
    """The course in this folder, what to grade and how, and the gradebook, for this process."""
    if args.jobs < 1 or not args.timeout > 0:
        raise UsageError(
            f"--jobs, --timeout: expected positive numbers, got {args.jobs} and {args.timeout}; "
            "leave them out."
        )
    course = Course(Path.cwd())
    [homework] = homeworks(course.root, args.slug)
    rung = ladder.pick_for(course.root, "none" if args.unsafe_no_sandbox else None).name
    settings = Settings(args.jobs, args.timeout, rung, args.scheduler, args.force)
    deadline = deadlines.read(course.root).of(homework.slug)
    if not has_secret():
        print(UNSET, file=sys.stderr)
    with alone(course.root), contextlib.closing(Writer(course)) as writer:
        yield course, Marking(course, homework, deadline, settings), writer


def students(course: Course, slug: str, only: str | None) -> list[str]:
    """Whose submissions to grade."""
    found = course.students(slug)
    if only is None:
        return found
    if only not in found:
        raise unknown("submission of", only, found)
    return [only]


def graded(
    marking: Marking, writer: Writer, students: Sequence[str], args: argparse.Namespace
) -> list[Outcome]:
    """Grade, and tell each outcome as it comes; what had not changed is told in one word."""
    outcomes = []
    with Progress(dict.fromkeys(students, GUESS), marking.settings.jobs) as progress:
        for outcome in marking.run(students, writer):
            progress.done(outcome.student)
            outcomes.append(outcome)
            if not outcome.cached:
                progress.say(_line(outcome), sys.stderr if args.json else sys.stdout)
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _line(outcome: Outcome) -> str:
    verdict = outcome.verdict
    if verdict.status == GRADED:
        late = f" - {verdict.penalty:g} for lateness" if verdict.penalty else ""
        told = f"{verdict.score:g} / {verdict.max_score:g}{late}   {verdict.seconds:.2f} s"
    else:
        told = f"{verdict.status.replace('_', ' ')}: {_reason(verdict)}"
    more = [f"    flagged: {flag}" for flag in verdict.flags]
    more += [f"    note: {note}" for note in verdict.notes]
    return "\n".join([f"{outcome.student:<24}{told}", *more])


def _reason(verdict: Verdict) -> str:
    """Why there is no grade; of a part that a person grades, that it waits for that."""
    return BY_YOU if verdict.reason == BY_HAND else verdict.reason


def _summary(marking: Marking, outcomes: Sequence[Outcome], waiting: set[str]) -> str:
    """How many were graded and how, what was not and why, whose flags wait for a person."""
    scores = [o.verdict.score for o in outcomes if o.verdict.score is not None]
    worth = max((o.verdict.max_score for o in outcomes), default=0)
    again = sum(outcome.cached for outcome in outcomes)
    told = counted(len(outcomes), "submission")
    lines = [f"{marking.slug}: {told}, {again} of them as before"]
    if scores:
        lines.append(
            f"graded: {len(scores)}, from {min(scores):g} to {max(scores):g} of {worth:g}, "
            f"mean {sum(scores) / len(scores):.1f}"
        )
    lines += [*ungraded(outcomes, waiting), *flagged(outcomes, waiting)]
    rung = ladder.pick(marking.settings.rung)
    where = marking.settings.scheduler or f"{marking.settings.jobs} at a time on this machine"
    lines.append(f"sandbox: {rung.name}, {where}")
    lines += [f"    it cannot stop: {missed}" for missed in rung.misses]
    return "\n".join(lines)


def ungraded(outcomes: Sequence[Outcome], waiting: set[str]) -> Iterator[str]:
    """What was refused or not graded, by its reason, but for those whom a person has graded."""
    found: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        verdict = outcome.verdict
        if verdict.status != GRADED and outcome.student in waiting:
            why = verdict.status.replace("_", " "), _reason(verdict).removesuffix(".")
            found.setdefault(why, []).append(outcome.student)
    for (status, reason), names in found.items():
        yield f"{status}: {len(names)} ({reason}): {', '.join(names)}"


def flagged(outcomes: Sequence[Outcome], waiting: set[str]) -> Iterator[str]:
    """Whose flags wait for a person."""
    names = [o.student for o in outcomes if o.verdict.flags and o.student in waiting]
    if names:
        yield f"flagged, not exported until you confirm them: {', '.join(names)}"


def _document(marking: Marking, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    rows = [
        {"student": outcome.student, **outcome.verdict.document(), "cached": outcome.cached}
        for outcome in outcomes
    ]
    rung = marking.settings.rung
    return {"schema": 1, "slug": marking.slug, "rung": rung, "submissions": rows}


def _changed(course: Course, slug: str, seen: Files) -> Files:
    """What was handed in, once it is not what was seen, and has stayed as it is for one look."""
    before, now = seen, _files(course, slug)
    while now == seen or now != before:
        time.sleep(POLL)
        before, now = now, _files(course, slug)
    return now


def _files(course: Course, slug: str) -> Files:
    """Every file of every submission, with its time and size."""
    found = {}
    for student in course.students(slug):
        for path in course.submitted(student, slug).rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # it was moved at this moment
                stat = path.lstat()
                found[path] = stat.st_mtime_ns, stat.st_size
    return found
