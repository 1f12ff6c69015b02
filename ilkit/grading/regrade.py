"""`ilkit regrade`: grade again after a test was mended; list which grades changed, who waits."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ilkit.grading.grade import flagged, graded, opened, students, ungraded

Scores = dict[str, dict[str, float | None]]


def run(args: argparse.Namespace) -> int:
    """The command: 0 when every submission has a verdict, whatever it is."""
    with opened(args) as (course, marking, writer):
        before, waited = writer.scores(marking.slug), writer.waiting(marking.slug)
        names = students(course, marking.slug, args.student)
        outcomes = graded(marking, writer, names, args)
        after, waiting = writer.scores(marking.slug), writer.waiting(marking.slug)
    changes = [change for name in names for change in _changes(name, before, after)]
    again = [name for name in names if name in before and name in waiting - waited]
    if args.json:
        document = {"schema": 1, "slug": marking.slug, "changes": changes, "waiting_again": again}
        print(json.dumps(document, indent=2))
    else:
        lines = list(map(_line, changes))
        if again:
            told = ", ".join(again)
            lines.append(f"wait for you again, not exported until you confirm them: {told}")
        lines = lines or ["no grade changed"]
        lines += [*ungraded(outcomes, waiting), *flagged(outcomes, waiting - set(again))]
        print("\n".join(lines))
    return 0 if all(outcome.verdict.lasting for outcome in outcomes) else 1


def _changes(student: str, before: Scores, after: Scores) -> list[dict[str, Any]]:
    """The parts of one student whose score is another one now; None is not graded."""
    old, new = before.get(student, {}), after.get(student, {})
    return [
        {"student": student, "part": part, "before": old.get(part), "after": score}
        for part, score in new.items()
        if old.get(part) != score
    ]


def _line(change: dict[str, Any]) -> str:
    said = ["not graded" if x is None else f"{x:g}" for x in (change["before"], change["after"])]
    return f"{change['student']:<24}{change['part']}: {said[0]} -> {said[1]}"
