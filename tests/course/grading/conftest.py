"""A small homework in a course of its own, students who hand it in, and `ilkit grade` on them."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from ilkit.cli import main
from ilkit.grading.release import release, write_assignments
from ilkit.grading.source import Homework, is_solution, write

TINY = "tiny"
SOURCE = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.losses]
# ---

# %% nbgrader={"grade_id": "setup"}
import numpy as np
import torch

"""
PART = """
# %% nbgrader={{"grade_id": "{name}", "solution": true}}
def {name}(x):
    ### BEGIN SOLUTION
    return {factor} * x
    ### END SOLUTION

# %% nbgrader={{"grade_id": "{name}-check"}}
assert {name}(1) == {factor}, "{name} is not right for 1"

# %% nbgrader={{"grade_id": "{name}-test", "points": {points}}}
import numpy as np
from ilkit.grading import expect, student
x = np.random.default_rng(student.seed("{name}")).normal(size=4)
expect.close(student.call("{name}", x), {factor} * x, "{name} multiplies by {factor}")
"""
PARTS = {"double": (2, 30), "triple": (3, 30), "negate": (-1, 40)}
POINTS = {name: points for name, (_, points) in PARTS.items()}


def part(name: str) -> str:
    factor, points = PARTS[name]
    return PART.format(name=name, factor=factor, points=points)


@pytest.fixture
def course(root, tmp_path, monkeypatch, sandboxed) -> Path:
    """The folder of a course with one small homework; the working directory."""
    folder = tmp_path / "course"
    (folder / "solutions" / TINY).mkdir(parents=True)
    (folder / "solutions" / TINY / f"{TINY}.py").write_text(SOURCE + "".join(map(part, PARTS)))
    for name in ("_config.yml", "nbgrader_config.py"):
        shutil.copy(root / name, folder)
    write_assignments(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ILKIT_COURSE_SECRET", "of a test")
    return folder


@pytest.fixture
def tiny(course) -> Homework:
    return Homework(course / "solutions" / TINY)


@pytest.fixture
def submit(course, tiny):
    """Hand in under a student's name: right answers, but for those given."""

    def hand_in(student: str, **answers: str) -> Path:
        notebook = release(tiny)
        for cell in notebook.cells:
            if is_solution(cell):
                right = f"def {cell.id}(x):\n    return {PARTS[cell.id][0]} * x"
                cell.source = answers.get(cell.id, right)
        path = course / "submitted" / student / TINY / f"{TINY}.ipynb"
        write(notebook, path)
        return path

    return hand_in


@pytest.fixture
def grade(course):
    """`ilkit grade tiny --json ...` in this process: what it says of each student."""

    def command(*words: str, exit_code: int = 0) -> dict[str, dict]:
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            assert main(["grade", TINY, "--json", *words]) == exit_code
        return {row["student"]: row for row in json.loads(told.getvalue())["submissions"]}

    return command


@pytest.fixture
def start_grading(course):
    """The same in a process of its own, which may be killed."""

    def start(*words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "ilkit", "grade", TINY, *words],
            cwd=course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )

    return start


@pytest.fixture
def gradebook(course):
    """All that the gradebook holds of the homework, without its random numbers."""

    def read(address: str = f"sqlite:///{course}/gradebook.db") -> dict[str, dict]:
        with Gradebook(address) as book:
            return {
                work.student.id: {
                    "at": work.timestamp,
                    "penalty": work.notebooks[0].late_submission_penalty,
                    "flagged": work.notebooks[0].flagged,
                    "open": work.needs_manual_grade,
                    "scores": {g.name.removesuffix("-test"): g.auto_score for g in grades},
                    "comments": {c.name: c.auto_comment for c in work.notebooks[0].comments},
                }
                for work in book.assignment_submissions(TINY)
                for grades in [work.notebooks[0].grades]
            }

    return read


@pytest.fixture
def submit_many(submit):
    """Hand in for so many students, every second one with a mistake."""

    def hand_in(size: int) -> None:
        for number in range(size):
            wrong = {"triple": "def triple(x):\n    return 2 * x"} if number % 2 else {}
            submit(f"s{number:02}", **wrong)

    return hand_in


@pytest.fixture
def disturbed(course, grade):
    """Grade all anew, and disturb the grader once it has written two verdicts and not yet all."""

    def run(disturb: Callable[[], object], *words: str) -> dict[str, dict]:
        shutil.rmtree(course / "verdicts")

        def in_the_middle() -> int:
            deadline = time.monotonic() + 300
            while (done := len(list(course.glob(f"verdicts/{TINY}/*.json")))) < 2:
                assert time.monotonic() < deadline, "the grader wrote nothing"
                time.sleep(0.005)
            disturb()
            return done

        with ThreadPoolExecutor() as other:
            done = other.submit(in_the_middle)
            rows = grade(*words)
            assert done.result() < len(rows)
        assert not any(row["cached"] for row in rows.values())
        return rows

    return run
