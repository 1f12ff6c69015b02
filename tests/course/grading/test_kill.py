"""A grader that is killed at any moment, and run again, leaves what an undisturbed one leaves."""

import os
import random
import signal
import time

import pytest

TINY = "tiny"
ANSWERS = (
    {},
    {"triple": "def triple(x):\n    return 2 * x"},
    {"double": "import os\nos._exit(0)"},
    {"negate": "def negate(x):\n    raise ValueError('no')"},
)


def killed_and_run_again(submit, grade, start_grading, gradebook, course, students, kills):
    for number in range(students):
        submit(f"student{number:02}", **ANSWERS[number % len(ANSWERS)])
    grade()
    undisturbed = gradebook()
    started = time.monotonic()
    assert start_grading("--force").wait(600) == 0
    seconds = time.monotonic() - started
    for name in ("gradebook.db", "verdicts", "autograded"):
        os.rename(course / name, course / f"{name}.undisturbed")
    draw = random.Random(0)
    for _ in range(kills):
        grader = start_grading()
        try:
            grader.wait(draw.uniform(0, 1.1 * seconds))
        except Exception:
            os.killpg(grader.pid, signal.SIGKILL)
            grader.wait()
    rows = grade()
    assert gradebook() == undisturbed
    assert len(rows) == students
    copies = sorted(path.parent.parent.name for path in course.glob("autograded/*/*/*.ipynb"))
    assert copies == sorted(rows)
    assert [row["cached"] for row in grade().values()] == [True] * students


def test_ten_kills_in_a_class_of_40(submit, grade, start_grading, gradebook, course):
    killed_and_run_again(submit, grade, start_grading, gradebook, course, students=40, kills=10)


@pytest.mark.slow
def test_fifty_kills_in_a_class_of_40(submit, grade, start_grading, gradebook, course):
    killed_and_run_again(submit, grade, start_grading, gradebook, course, students=40, kills=50)
