"""`ilkit homework`: hold each homework against its known right and wrong answers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ilkit.errors import InputError


def run(args: argparse.Namespace) -> int:
    """The command: print the matrix of each homework; 1 unless all are perfect."""
    try:
        from ilkit.grading.matrix import grade, table
        from ilkit.grading.renew import renew
        from ilkit.grading.source import homeworks
    except ModuleNotFoundError as missing:
        raise InputError(
            f"{missing.name}: not installed; grading needs `pip install -e '.[grade]'`."
        ) from None
    course = Path.cwd()
    if args.renew is not None:
        course = renew(course, args.renew, args.out)
        print(f"term {args.renew}: {course}", file=sys.stderr, flush=True)
    results = []
    for homework in homeworks(course, args.slug):
        by_hand = not homework.parts
        said = "graded by hand, so there is no answer to run" if by_hand else "..."
        print(f"{homework.slug}: {said}", file=sys.stderr, flush=True)
        results += [] if by_hand else [grade(homework)]
    if args.json:
        print(json.dumps({"schema": 1, "homework": results}, indent=2))
    elif results:
        print("\n\n".join(table(result) for result in results))
    return 0 if all(result["perfect"] for result in results) else 1
