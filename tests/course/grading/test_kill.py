"""A grader that is killed at any moment, and run again, leaves what an undisturbed one leaves."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from ilkit.grading import fork
from ilkit.grading.walls import ladder

TINY = "tiny"
BULKY = f"# {'x' * 100_000}\nimport time\ntime.sleep(1)\ndef double(x):\n    return 2 * x"
ON_ONE_RUNG = """
import sys
from ilkit.cli import main
from ilkit.grading.walls import ladder
ladder.LADDER = (ladder.pick(sys.argv[1]),)
sys.exit(main(["grade", *sys.argv[2:]]))
"""
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


def at_work():
    """Every process that has not ended: its number and start, and the number of its parent."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended just now
            state, parent, *more = path.read_text().rpartition(")")[2].split()
            if state not in "ZX":
                found[int(path.parent.name), more[17]] = int(parent)
    return found


def below(pid):
    """The processes that this one started, and all that those started."""
    every, mine, more = at_work(), set(), {pid}
    while more:
        found = {one for one, parent in every.items() if parent in more}
        mine |= found
        more = {number for number, _ in found}
    return mine


def within(seconds, true):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def all_end(processes):
    """Within some seconds; those that do not are killed."""
    try:
        within(20, lambda: not processes & at_work().keys())
    finally:
        for number, _ in processes & at_work().keys():
            os.kill(number, signal.SIGKILL)


def test_a_grader_that_is_killed_alone_leaves_nothing_at_work(
    rung, submit, grade, gradebook, course, monkeypatch
):
    """As by the kernel, out of memory: what it had started is not killed with it."""
    monkeypatch.setattr(ladder, "LADDER", (rung,))
    for number in range(3):
        submit(f"s{number}", double=BULKY)  # a verdict that no pipe holds
    command = [sys.executable, "-c", ON_ONE_RUNG, rung.name, TINY, "--jobs", "2"]
    grader = subprocess.Popen(command, cwd=course, stdout=subprocess.DEVNULL)
    within(300, lambda: any(course.glob(f"verdicts/{TINY}/*.json")))
    within(60, lambda: len(below(grader.pid)) > 2)  # with what shuts a notebook in
    left = below(grader.pid)
    grader.kill()
    grader.wait()
    all_end(left)
    rows = grade("--jobs", "2")
    assert [rows[name]["score"] for name in gradebook()] == [100] * 3


def test_where_no_kernel_ends_them_tasks_end_as_they_find_nobody_to_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(fork, "_end_with", lambda parent: None)

    def task():
        (tmp_path / str(os.getpid())).touch()
        time.sleep(1)
        return bytes(10**6)

    def ask():
        list(fork.each_forked([("one", task), ("two", task)], 2, cpu=60, wall=60))

    asker = get_context("fork").Process(target=ask)
    asker.start()
    within(30, lambda: len(list(tmp_path.iterdir())) == 2)
    left = below(asker.pid)
    asker.kill()
    asker.join()
    assert len(left) == 2
    all_end(left)
