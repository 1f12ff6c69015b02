"""`ilkit homework`: known answers get what they deserve, and trouble is told."""

import json
import os
import struct
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

import pytest

from ilkit.cli import main
from ilkit.errors import InputError
from ilkit.grading.fork import forked
from ilkit.grading.matrix import grade, table
from ilkit.grading.source import Homework

TOY = """
# %% nbgrader={"grade_id": "one", "solution": true}
def one():
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION

# %% nbgrader={"grade_id": "one-check"}
assert one() == 1, "one() should be 1"

# %% nbgrader={"grade_id": "one-test", "points": 40}
### BEGIN HIDDEN TESTS
from ilkit.grading import student
assert student.call("one") == 1
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "two", "solution": true}
if "two" not in globals():
    def two():
        ### BEGIN SOLUTION
        return 2
        ### END SOLUTION

# %% nbgrader={"grade_id": "two-check"}
assert two() == 2

# %% nbgrader={"grade_id": "helper"}
def four():
    return two() + two()

# %% nbgrader={"grade_id": "two-test", "points": 60}
### BEGIN HIDDEN TESTS
assert student.call("four") == 4
### END HIDDEN TESTS
"""


@pytest.fixture
def toy(root, tmp_path):
    """A homework of two parts, with a wrong answer that is right and one that kills its process."""
    folder = tmp_path / "solutions" / "toy"
    for kind in ("wrong", "right"):
        (folder / kind).mkdir(parents=True)
    (folder / "toy.py").write_text(TOY)
    (tmp_path / "_config.yml").write_text((root / "_config.yml").read_text())
    answers = {
        "wrong/one__three": "def one(): return 3",
        "wrong/one__not_wrong": "def one(): return 1.0",
        "wrong/one__breaks_two": "def one(): global two; two = None",
        "wrong/two__undefined": "x = 1",
        "wrong/two__dies": "import os\nos._exit(0)",
        "right/one__sum": "def one(): return 3 - 2",
        "right/two__sum": "two = lambda: 1 + 1",
        "right/two__wrong": "def two(): return 5",
        "right/one__told_off": "calls = []\ndef one(): calls.append(1); return len(calls) - 1",
    }
    for name, source in answers.items():
        (folder / f"{name}.py").write_text(source)
    return Homework(folder)


def test_the_matrix_of_a_homework_with_faults(toy):
    result = grade(toy, thorough=True)
    assert (result["reference"], result["release"], result["perfect"]) == (100, 0, False)
    one, two = result["parts"]
    assert {a["name"]: a["score"] for a in one["wrong"]} == {
        "three": 0,
        "not_wrong": 40,
        "breaks_two": 0,
    }
    assert [a["score"] for a in two["wrong"]] == [0, 0]
    assert [a["others_lost"] for a in one["wrong"]] == [["two"], [], []]
    assert {a["name"]: a["score"] for a in one["right"]} == {"sum": 40, "told_off": 0}
    assert {a["name"]: a["score"] for a in two["right"]} == {"sum": 60, "wrong": 0}
    told = table(result)
    assert "one: wrong answer not_wrong keeps its points" in told
    assert "two: right answer wrong loses its points" in told
    assert "two: expected 3 wrong and 2 right answers at least" in told


def endless():
    while True:
        pass


def test_forked_tasks_return_in_order_die_and_run_out_of_computing_time():
    tasks = [lambda: 1, lambda: os._exit(3), endless, lambda: {"x": [2]}]
    assert forked(tasks, jobs=2, cpu=2, wall=3600) == [1, None, None, {"x": [2]}]


def test_a_task_that_waits_for_ever_is_ended():
    assert forked([threading.Event().wait], jobs=1, cpu=60, wall=0.5) == [None]


def test_a_task_that_dies_while_it_answers_says_nothing(monkeypatch):
    def cut(pipe, result):
        os.write(pipe.fileno(), struct.pack("!i", 100) + b"of these a few")
        os._exit(1)

    monkeypatch.setattr(Connection, "send", cut)
    assert forked([lambda: 1], jobs=1, cpu=60, wall=3600) == [None]


def test_bad_input_comes_back_from_a_fork_as_it_is():
    def refuse():
        raise InputError("a sentence")

    with pytest.raises(InputError, match=r"^a sentence$"):
        forked([refuse, lambda: 1], jobs=1, cpu=60, wall=3600)


def test_the_reference_scores_the_sum_of_its_points(toy):
    (toy.folder / "toy.py").write_text(TOY.replace('"points": 60', '"points": 20'))
    result = grade(toy)
    assert (result["reference"], result["reference_failed"]) == (60, {})


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ('assert student.call("one") == 1', "reference"),
        ("def four():\n    return two() + two()", "untouched release"),
    ],
)
def test_a_reference_that_does_not_end_well_is_a_sentence(toy, line, who):
    (toy.folder / "toy.py").write_text(TOY.replace(line, f"{line}\nimport os; os._exit(0)"))
    with pytest.raises(InputError, match=f"toy: the {who}: expected to run to its end") as caught:
        grade(toy)
    assert "\n" not in str(caught.value)


def test_a_homework_graded_by_hand_is_told_so(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    assert main(["homework", "hw1-behavior-cloning-written"]) == 0
    printed = capsys.readouterr()
    assert "hw1-behavior-cloning-written: graded by hand" in printed.err
    assert printed.out == ""


@pytest.fixture(scope="module")
def document(root):
    command = [sys.executable, "-m", "ilkit", "homework", "hw1-behavior-cloning", "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900)
    return done.returncode, json.loads(done.stdout)


def test_hw1_is_perfect(document):
    code, printed = document
    [hw1] = printed["homework"]
    assert (code, printed["schema"]) == (0, 1)
    assert (hw1["slug"], hw1["reference"], hw1["release"]) == ("hw1-behavior-cloning", 100, 0)
    assert hw1["perfect"], table(hw1)
    for part in hw1["parts"]:
        assert len(part["wrong"]) >= 3
        assert len(part["right"]) >= 2
        assert {"name", "score", "others_lost"} == set(part["wrong"][0])
