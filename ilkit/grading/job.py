"""A job: the bytes of one submission in, its verdict out. It may run on any machine."""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import platform
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

import ilkit
from ilkit.errors import InputError
from ilkit.grading import canary, intake
from ilkit.grading.display import show
from ilkit.grading.rebuild import rebuild
from ilkit.grading.seeds import seed
from ilkit.grading.source import is_graded, is_test, name_of, part_of, points_of
from ilkit.grading.split import LATE, Split
from ilkit.grading.student import SEED_VARIABLE
from ilkit.grading.verdict import GRADED, NOT_GRADED, REFUSED, Mark, Verdict, unmarked
from ilkit.grading.walls import ladder
from ilkit.grading.walls.start import NotStartedError, Start

BY_HAND = "graded by hand"
_one = threading.Lock()
SHARE = 5  # a cell or a call may take this part of a submission's time


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    student     who handed it in, for the reader of a log
    source      the instructor's notebook, hidden tests included
    submission  the student's notebook, as it was handed in
    secret      what the inputs of hidden tests are drawn from, beside the submission
    timeout     seconds by the clock for all of it
    """

    student: str
    source: bytes
    submission: bytes
    secret: str
    timeout: float


def grade(job: Job, start: Start) -> Verdict:
    """Take in, rebuild, run; `start` opens a host behind the walls of this machine."""
    began, source = time.monotonic(), read(job.source)
    try:
        notebook, notes = rebuild(source, intake.parse(job.submission))
    except intake.RefusedError as error:
        return refused(source, str(error))
    os.environ[SEED_VARIABLE] = seed(job.secret, notebook)
    split = Split(start, job.timeout / SHARE, began + job.timeout, ask=canary.flags)
    if any(is_test(cell) for cell in notebook.cells):
        try:
            split.run([cell for cell in notebook.cells if cell.cell_type == "code"])
        except NotStartedError as error:
            return unmarked(worth(source), NOT_GRADED, str(error), lasting=False)
    marks = tuple(_mark(cell, split) for cell in notebook.cells if is_graded(cell))
    show(notebook)
    unsure = next((mark.reason for mark in marks if mark.score is None), "")
    return Verdict(
        NOT_GRADED if unsure else GRADED,
        marks,
        tuple(split.flags),
        tuple(notes),
        unsure,
        round(time.monotonic() - began, 3),
        notebook=nbformat.writes(notebook) + "\n",
    )


def grade_all(jobs: Sequence[Job], start: Start) -> list[Verdict]:
    """The verdicts on these, one after the other: the attempts of one student."""
    return [grade(job, start) for job in jobs]


def grade_there(
    jobs: Sequence[Job], rung: str, withheld: tuple[str, ...]
) -> tuple[str, list[Verdict]]:
    """The same on another machine, with its own walls; and what it grades with."""
    with _one:  # the seed and the door to the student's code are this process's
        return grader(), grade_all(jobs, starter(rung, withheld))


@functools.cache
def starter(rung: str, withheld: tuple[str, ...]) -> Start:
    """What opens a host on this machine, for as long as this process lives."""
    hosts = ladder.pick(rung).hosts(withheld)
    try:
        start = hosts.__enter__()
    except NotStartedError as error:
        raise InputError(
            f"{error}; `ilkit doctor --grading` says what this machine lacks"
        ) from None
    atexit.register(hosts.__exit__, None, None, None)
    return start


def refused(source: NotebookNode, reason: str) -> Verdict:
    """Nothing was taken in: the graded copy is the release, under the reason."""
    notebook, _ = rebuild(source, [])
    notebook.cells.insert(0, new_markdown_cell(f"This submission was refused: {reason}"))
    return unmarked(worth(source), REFUSED, reason, notebook=nbformat.writes(notebook) + "\n")


def worth(source: NotebookNode) -> dict[str, float]:
    """The points of each part."""
    cells = [cell for cell in source.cells if is_graded(cell)]
    return {part_of(cell) or name_of(cell): points_of(cell) for cell in cells}


@functools.cache
def read(source: bytes) -> NotebookNode:
    """The instructor's notebook; nobody may change it."""
    notebook: NotebookNode = nbformat.reads(source.decode(), 4)
    return notebook


@functools.cache
def grader() -> str:
    """What grades: a hash of this code and of the versions that it runs on."""
    found = hashlib.sha256()
    for path in sorted(Path(ilkit.__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    versions = [metadata.version(name) for name in ("torch", "numpy")]
    found.update(json.dumps([platform.python_version(), *versions]).encode())
    return found.hexdigest()


def _mark(cell: NotebookNode, split: Split) -> Mark:
    """The mark of a graded cell that has run; of an answer in words, what it is worth."""
    part, points = part_of(cell) or name_of(cell), points_of(cell)
    if not is_test(cell):
        return Mark(part, None, points, BY_HAND)
    if part in split.unreached:
        return Mark(part, None, points, LATE)
    told = "".join(out.evalue or out.ename for out in cell.outputs)
    return Mark(part, 0.0 if cell.outputs else points, points, told)
