"""`ilkit regrade`: grade again after a test was mended, and list the grades that changed."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ilkit.grading.grade import graded, opened, students

Scores = dict[str, dict[str, float | None]]


def run(args: argparse.Namespace) -> int:
    """The command: 0 when every submission has a verdict, whatever it is."""
    with opened(args) as (course, marking, writer):
        before = writer.scores(marking.slug)
        names = students(course, marking.slug, args.student)
        outcomes = graded(marking, writer, names, args)
        after = writer.scores(marking.slug)
    changes = [change for name in names for change in _changes(name, before, after)]
    if args.json:
        print(json.dumps({"schema": 1, "slug": marking.slug, "changes": changes}, indent=2))
    else:
        print("\n".join(map(_line, changes)) or "no grade changed")
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
