"""Stock nbgrader with the project's configuration: its commands and its page, on real notebooks."""

import copy
import html
import json
import re
import urllib.error
import urllib.request

import nbformat
import pytest
from nbgrader.api import Gradebook

from ilkit.grading.source import is_test

HW1 = "hw1-behavior-cloning"


@pytest.fixture(scope="module")
def graded(course, run, submit, hw1):
    """Students' notebooks, honest, careless and hostile, graded by the stock command."""
    before = (course / "assignments" / HW1 / f"{HW1}.ipynb").read_bytes()
    run("nbgrader", "generate_assignment", HW1, "--force")
    assert (course / "assignments" / HW1 / f"{HW1}.ipynb").read_bytes() == before
    parts = {part.id: part for part in hw1.parts}
    submit("reference", {})
    submit("untouched", {}, untouched=True)
    answers = {
        "train": parts["train"].right["closure_and_warnings"],  # writes to stderr
        "alvinn": parts["alvinn"].right["loops"],
        "zero-one": parts["zero-one"].wrong["no_margin"],
        "evaluation": parts["evaluation"].wrong["expert_drives"],
        "log-loss": "from ilkit.losses import log_loss",  # withheld
    }
    path = submit("mixed", answers)
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if is_test(cell):
            cell.source, cell.metadata.nbgrader.points = "assert True", 50
    nbformat.write(notebook, path)
    path = submit("careless", {})  # one cell twice, one test cell gone: the next is graded still
    notebook = nbformat.read(path, 4)
    answer = next(i for i, c in enumerate(notebook.cells) if c.id == "log-loss")
    notebook.cells.insert(answer, copy.deepcopy(notebook.cells[answer]))
    notebook.cells[answer].id = "pasted"
    notebook.cells[answer].metadata.nbgrader.schema_version = 99
    notebook.cells = [c for c in notebook.cells if c.id != "evaluation-test"]
    nbformat.write(notebook, path)
    spy = "    raise ValueError(inspect.getsource(sys._getframe(4)) + chr(10).join(In))"
    path = submit("spy", {"tabular": f"import inspect, sys\ndef fit_table(*args):\n{spy}"})
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(chr(10).join(In))"))
    nbformat.write(notebook, path)
    path = submit("refused", {})
    path.unlink()
    path.symlink_to(course / "solutions" / HW1 / f"{HW1}.ipynb")
    told = run("nbgrader", "autograde", HW1)
    assert f"refused is not graded: {HW1}.ipynb is a link" in told
    run("nbgrader", "generate_feedback", HW1)
    return course


def test_the_release_folder_holds_the_notebook_alone(graded):
    files = [path.name for path in (graded / "assignments" / HW1).rglob("*")]
    assert files == [f"{HW1}.ipynb"]


def test_grades_are_those_known_in_advance(graded, scores, hw1):
    points = {part.id: part.points for part in hw1.parts}
    assert scores(HW1) == {
        "reference": points,
        "untouched": dict.fromkeys(points, 0),
        "careless": points,
        "spy": points | {"tabular": 0},
        "mixed": points | {"zero-one": 0, "evaluation": 0, "log-loss": 0},
    }


def test_autograding_puts_the_hidden_tests_back(graded, hw1):
    notebook = nbformat.read(graded / "autograded" / "mixed" / HW1 / f"{HW1}.ipynb", 4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    for cell in filter(is_test, hw1.notebook.cells):
        assert sources[cell.id] == cell.source


def test_feedback_names_the_idea_and_shows_no_hidden_test(graded, hw1):
    shown = {
        line.strip() for c in hw1.notebook.cells if not is_test(c) for line in c.source.split("\n")
    }
    tests = {
        line.strip() for c in hw1.notebook.cells if is_test(c) for line in c.source.split("\n")
    }
    hidden = [line for line in tests - shown if len(line) > 12 and not line.startswith("# Hidden")]
    assert len(hidden) > 100
    for student in ("reference", "untouched", "mixed", "careless", "spy"):
        page = (graded / "feedback" / student / HW1 / f"{HW1}.html").read_text(encoding="utf-8")
        text = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert not [line for line in hidden if line in text]
        if student == "mixed":
            assert "the hinge lies above the 0-1 loss" in text
            assert "the policy meets the states that its own actions led to" in text
            assert "ilkit.losses is what this homework asks you to write" in text
        if student == "spy":  # in its process there is neither a test nor IPython's history
            assert "fit_table: " in text
        if student == "untouched":
            assert "squared_error: NotImplementedError: not written yet" in text


def test_validation_runs_the_visible_checks(graded, run, submit, hw1):
    wrong = submit("to_validate", {"zero-one": hw1.parts[1].wrong["counts_hits"]})
    assert "the 0-1 loss is 1 on a mistake, not on a hit" in run("nbgrader", "validate", str(wrong))
    right = submit("to_validate", {})
    assert "Success" in run("nbgrader", "validate", str(right))


@pytest.fixture
def formgrader(graded, serve):
    """Fetch pages and data of the formgrader from a real Jupyter server."""
    address = serve(graded)

    def fetch(page: str) -> str:
        request = urllib.request.Request(
            f"{address}/formgrader/{page}", headers={"Authorization": "token secret"}
        )
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    return fetch


def test_formgrader_shows_the_grades(formgrader):
    assert "formgrader" in formgrader("manage_assignments").lower()
    shown = {
        row["student"]: row["score"] for row in json.loads(formgrader(f"api/submissions/{HW1}"))
    }
    assert shown["reference"] == 100
    assert shown["untouched"] == 0
    assert shown["mixed"] == 74


def test_a_written_homework_waits_for_a_person(course, run, graded):
    slug = f"{HW1}-written"
    run("nbgrader", "generate_assignment", slug, "--force")
    notebook = nbformat.read(course / "assignments" / slug / f"{slug}.ipynb", 4)
    for cell in notebook.cells:
        if cell.source == "YOUR ANSWER HERE":
            cell.source = "An answer."
    path = course / "submitted" / "writer" / slug / f"{slug}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    run("nbgrader", "autograde", slug)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        work = book.find_submission(slug, "writer")
        assert (work.max_score, work.needs_manual_grade) == (10, True)
