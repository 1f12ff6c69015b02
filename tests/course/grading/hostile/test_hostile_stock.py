"""What the attacks earn from plain nbgrader, where a student's code and the tests share a process.

An attack says so itself (stock="40"), and NOTEBOOKS does for notebooks; what is not listed was not
tried, since it would harm this machine, or earns nothing there either.
"""

import copy
import json
import os
import re
import shutil
import subprocess

import pytest
from hostile_notebooks import GRADED, PASSES
from hostile_report import POINTS
from hostile_target import SLUG, attacks
from nbgrader.api import Gradebook

from ilkit.grading.source import is_test, write

pytestmark = pytest.mark.slow
FILES = ("values", "errors", "patches", "frames", "callbacks", "secrets")
WORKING = [attack for attack in attacks(*FILES) if attack.stock]
NOTEBOOKS = {"tests are skipped by a tag": 40}
ABORTS = ("cells twice", "no schema")
CLOSE = "def close(got, want, idea):\n    assert np.all(abs(got - want) < 1e-4), idea\n"
DIRECT = (  # a hidden test as courses write them: it calls the answer itself
    (r"from ilkit.grading import expect, student\n", CLOSE),
    (r"expect\.close", "close"),
    (r'student\.seed\("\w+"\)', "0"),
    (r'student\.(?:call|new)\("([\w.]+)", ', r"\1("),
)
START_UP = """
import os
folder = f"{HOME}/.ipython/profile_default/startup"
os.makedirs(folder, exist_ok=True)
with open(f"{folder}/next.py", "w") as file:
    file.write("import builtins, numpy\\nbuiltins.abs = lambda x: numpy.zeros(4)\\n")

def attack(x):
    return x
"""


@pytest.fixture(scope="module")
def walls() -> str:
    return "none at all"


@pytest.fixture(scope="module")
def stock(target):
    """Grade whoever handed in with plain nbgrader: its exit code, and student to part to points."""
    (target.course / "nbgrader_config.py").write_text("c = get_config()\n")
    notebook = copy.deepcopy(target.homework.notebook)
    for cell in filter(is_test, notebook.cells):
        for pattern, text in DIRECT:
            cell.source = re.sub(pattern, text, cell.source)
    write(notebook, target.course / "source" / SLUG / f"{SLUG}.ipynb")

    def nbgrader(*words: str) -> int:
        environment = os.environ | {"HOME": str(target.home)}
        command = ["nbgrader", *words, SLUG]
        return subprocess.run(command, cwd=target.course, env=environment, timeout=3000).returncode

    assert nbgrader("generate_assignment") == 0

    def grade() -> tuple[int, dict[str, dict[str, float]]]:
        code = nbgrader("autograde")
        with Gradebook(f"sqlite:///{target.course}/gradebook.db") as book:
            found = {
                work.student.id: {g.name.removesuffix("-test"): g.score for g in notebook.grades}
                for work in book.assignment_submissions(SLUG)
                for notebook in work.notebooks
            }
        return code, found

    return grade


def mangled(target, name):
    path = target.submit(name.replace(" ", "-"), attack=PASSES)
    notebook = json.loads(path.read_text())
    GRADED[name](notebook)
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def scores(target, stock):
    """A class of attackers, none of whom stops the others."""
    target.submit("honest", attack=PASSES)
    for attack in WORKING:
        target.submit(attack.student, **{attack.part: target.known() + attack.source})
    for name in NOTEBOOKS:
        mangled(target, name)
    shadow = target.submit("torch-beside", attack=PASSES).with_name("torch.py")
    shadow.write_text("import builtins, numpy\nbuiltins.abs = lambda x: numpy.zeros(4)\n")
    link = target.submit("link", attack=PASSES)
    link.unlink()
    link.symlink_to(target.course / "source" / SLUG / f"{SLUG}.ipynb")
    return stock()[1]


def test_an_honest_student_gets_what_the_answers_are_worth(scores):
    assert scores["honest"] == POINTS | {"attack": 0}


@pytest.mark.parametrize("works", WORKING, ids=[attack.name for attack in WORKING])
def test_the_attack_works(works, scores):
    assert scores[works.student][works.part] == works.stock


@pytest.mark.parametrize("name", [*NOTEBOOKS, "torch beside", "link"])
def test_so_does_a_notebook_or_a_file_beside_it(name, scores):
    assert scores[name.replace(" ", "-")]["attack"] == 40


def test_a_start_up_file_gives_the_next_student_points(target, stock, scores):
    target.submit("next-1", attack=target.known() + START_UP)
    target.submit("next-2", attack=PASSES)
    _, found = stock()
    assert (found["next-1"]["attack"], found["next-2"]["attack"]) == (0, 40)


@pytest.mark.parametrize("name", ABORTS)
def test_one_notebook_stops_the_class(name, target, stock, scores):
    mangled(target, name)
    after = target.submit(f"zzz after {name}", attack=PASSES)
    _, found = stock()
    assert after.parents[1].name not in found
    for student in (name.replace(" ", "-"), after.parents[1].name):
        shutil.rmtree(target.course / "submitted" / student)
