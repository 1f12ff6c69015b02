"""The matrix of a homework: do the known answers get the points that they deserve?

The notebook runs once from top to bottom. Before each solution cell the process forks: a child
takes each known answer in its stead, runs the tests that can tell the difference, and dies. So an
answer meets what a student's would, and costs little more than its own part.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from nbformat import NotebookNode

from ilkit.errors import InputError
from ilkit.grading.execute import Session
from ilkit.grading.fork import forked
from ilkit.grading.release import release
from ilkit.grading.source import Homework, Part, dependants, is_check, is_test, part_of
from ilkit.grading.withheld import listed, withhold

CPU, WALL = 120, 1800.0  # seconds of computing, and by the clock: an endless loop loses its points
WRONG, RIGHT = 3, 2  # known answers that each part must have
Result = TypeVar("Result")


def grade(homework: Homework, *, thorough: bool = False) -> dict[str, Any]:
    """The matrix of one homework, in a process of its own.

    thorough  run every later test on every known answer, not only those that its names reach
    """
    return _alone(f"{homework.slug}: the reference", lambda: _grade(homework, thorough), 8 * WALL)


def _alone(what: str, task: Callable[[], Result], wall: float) -> Result:
    """What `task` returns in a process of its own; an InputError if that comes to a bad end."""
    [result] = forked([task], jobs=1, cpu=CPU, wall=wall)
    if result is None:
        raise InputError(
            f"{what}: expected to run to its end, but its process died or took too long (it may "
            f"compute for {CPU} s); run its notebook in Jupyter to see where."
        )
    return cast(Result, result)


def _grade(homework: Homework, thorough: bool) -> dict[str, Any]:
    import torch

    withhold(listed(homework.notebook.metadata))
    torch.set_num_threads(1)  # a fork of a process with two threads of torch hangs
    started, spent = time.monotonic(), 0.0
    cells = [cell for cell in homework.notebook.cells if cell.cell_type == "code"]
    parts = {part.id: part for part in homework.parts}
    untouched = _untouched(homework, cells)
    session, rows, failed = Session(), [], {}
    for index, cell in enumerate(cells):
        if cell.id in parts:
            later = [str(part_of(test)) for test in cells[index:] if is_test(test)]
            tests = set(later) if thorough else {cell.id, *dependants(cells[index:])}
            rows.append(_row(parts[cell.id], cells[index:], session, tests))
        before = time.monotonic()
        if failure := session.run(cell.source, cell.id):
            failed[cell.id] = str(failure)
        spent += time.monotonic() - before
    points = sum(part.points for part in parts.values() if f"{part.id}-test" not in failed)
    whole = sum(part.points for part in parts.values())
    return {
        "slug": homework.slug,
        "reference": points,
        "release": untouched,
        "perfect": points == whole and not (failed or untouched) and all(map(_perfect, rows)),
        "seconds": round(time.monotonic() - started, 1),
        "reference_seconds": round(spent, 1),
        "reference_failed": failed,
        "parts": rows,
    }


def _untouched(homework: Homework, cells: list[NotebookNode]) -> int:
    """The score of the notebook as it is handed out, hidden tests put back."""
    stubs = {cell.id: cell for cell in release(homework).cells}
    handed_out = [cell if is_test(cell) else stubs[cell.id] for cell in cells]
    all_tests = {part.id for part in homework.parts}
    what = f"{homework.slug}: the untouched release"
    lost = _alone(what, lambda: _lost(handed_out, Session(), all_tests), WALL)
    return sum(part.points for part in homework.parts if part.id not in lost)


def _row(
    part: Part, cells: list[NotebookNode], session: Session, tests: set[str]
) -> dict[str, Any]:
    """Every known answer to one part, in the place of the first of these cells."""
    answers = [(text, False) for text in part.wrong.values()]
    answers += [(text, True) for text in part.right.values()]

    def trial(text: str, right: bool) -> list[str]:
        return _lost([NotebookNode(cells[0], source=text), *cells[1:]], session, tests, right)

    tasks = [functools.partial(trial, *answer) for answer in answers]
    outcomes = forked(tasks, jobs=os.cpu_count() or 1, cpu=CPU, wall=WALL)
    lost = [tests if outcome is None else set(outcome) for outcome in outcomes]
    scores = [0 if part.id in each else part.points for each in lost]
    wrong = zip(part.wrong, scores, lost, strict=False)
    right = zip(part.right, scores[len(part.wrong) :], strict=True)
    return {
        "id": part.id,
        "points": part.points,
        "wrong": [
            {"name": name, "score": score, "others_lost": sorted(each - {part.id})}
            for name, score, each in wrong
        ],
        "right": [{"name": name, "score": score} for name, score in right],
    }


def _lost(
    cells: list[NotebookNode], session: Session, tests: set[str], checks: bool = False
) -> list[str]:
    """The parts, among `tests`, whose test (or visible check) fails when these cells run."""
    left, lost = set(tests), []
    for cell in cells:
        if not left:
            break
        part = part_of(cell)
        if (is_check(cell) and not checks) or (part is not None and part not in left):
            continue
        failure = session.run(cell.source, cell.id)
        if part is not None:
            lost += [part] if failure else []
            left -= {part} if is_test(cell) or failure else set()
    return lost


def _perfect(row: dict[str, Any]) -> bool:
    wrong, right = row["wrong"], row["right"]
    return (
        len(wrong) >= WRONG
        and len(right) >= RIGHT
        and all(answer["score"] == 0 and not answer["others_lost"] for answer in wrong)
        and all(answer["score"] == row["points"] for answer in right)
    )


def table(result: dict[str, Any]) -> str:
    """The matrix for people: a line a part, then whatever is not as it should be."""
    lines = [
        f"{result['slug']}: reference {result['reference']}, release {result['release']}, "
        f"{result['seconds']} s",
        f"  {'part':<18}{'points':>8}{'wrong caught':>14}{'right kept':>12}",
    ]
    for row in result["parts"]:
        wrong, right = row["wrong"], row["right"]
        caught = f"{sum(answer['score'] == 0 for answer in wrong)}/{len(wrong)}"
        kept = f"{sum(answer['score'] == row['points'] for answer in right)}/{len(right)}"
        lines.append(f"  {row['id']:<18}{row['points']:>8}{caught:>14}{kept:>12}")
    return "\n".join(lines + [f"  ! {trouble}" for trouble in _troubles(result)])


def _troubles(result: dict[str, Any]) -> list[str]:
    found = [f"reference: cell {cell}: {why}" for cell, why in result["reference_failed"].items()]
    for row in result["parts"]:
        if len(row["wrong"]) < WRONG or len(row["right"]) < RIGHT:
            found.append(f"{row['id']}: expected {WRONG} wrong and {RIGHT} right answers at least")
        for answer in row["wrong"]:
            if answer["score"]:
                found.append(f"{row['id']}: wrong answer {answer['name']} keeps its points")
            if answer["others_lost"]:
                others = ", ".join(answer["others_lost"])
                found.append(f"{row['id']}: wrong answer {answer['name']} costs {others}")
        for answer in row["right"]:
            if answer["score"] != row["points"]:
                found.append(f"{row['id']}: right answer {answer['name']} loses its points")
    return found
