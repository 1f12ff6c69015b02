"""The steps that the course adds to nbgrader's."""

import logging
import os

import nbformat
import nbformat.v4 as v4
import pytest
from traitlets.config import Config

from ilkit.grading.hooks import SECRET_VARIABLE, SeedTests, SplitExecute
from ilkit.grading.student import SEED_VARIABLE

NAMES = {"nbgrader": {"assignment": "hw", "notebook": "hw"}}


def cell(source: str, **meta):
    made = v4.new_code_cell(source)
    made.metadata.nbgrader = {"grade_id": source, "grade": False, "solution": False, **meta}
    return made


@pytest.fixture
def seed_of(monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, "")

    def seed(answer: str, scene: str = "") -> str:
        cells = [cell(scene), cell(answer, solution=True)]
        SeedTests().preprocess(v4.new_notebook(cells=cells), {})
        return os.environ[SEED_VARIABLE]

    return seed


def test_the_seed_follows_from_the_answers_and_the_secret(seed_of, monkeypatch):
    first = seed_of("return 1")
    assert seed_of("return 1", scene="a cell of the student's own") == first
    assert seed_of("return 2") != first
    monkeypatch.setenv(SECRET_VARIABLE, "of this term")
    assert seed_of("return 1") != first


def test_a_missing_secret_is_told_once(monkeypatch, caplog):
    monkeypatch.setattr(SeedTests, "warned", False)
    monkeypatch.setenv(SEED_VARIABLE, "")
    log, notebook = logging.getLogger("nbgrader-log"), v4.new_notebook()
    monkeypatch.setenv(SECRET_VARIABLE, "of this term")
    SeedTests(log=log).preprocess(notebook, {})
    assert caplog.messages == []
    monkeypatch.delenv(SECRET_VARIABLE)
    for _ in range(2):
        SeedTests(log=log).preprocess(notebook, {})
    [said] = caplog.messages
    assert said.startswith("ILKIT_COURSE_SECRET is not set")


def test_a_test_passes_through_warnings_and_fails_by_an_error(sandboxed):
    noisy = (
        "import warnings, sys\n"
        "def f():\n    warnings.warn('w'); print(1, file=sys.stderr); return 2"
    )
    ask = "from ilkit.grading import student\nassert student.call('f') == {}, 'f() is 2'"
    cells = [cell(noisy, solution=True)]
    cells += [cell(ask.format(n), grade=True, points=1) for n in (2, 3)]
    notebook, _ = SplitExecute().preprocess(v4.new_notebook(cells=cells), NAMES)
    assert [[out.evalue for out in each.outputs] for each in notebook.cells] == [
        [],
        [],
        ["f() is 2"],
    ]


def test_the_source_says_what_is_withheld_and_not_the_submission(tmp_path, sandboxed):
    config = Config({"CourseDirectory": {"root": str(tmp_path), "source_directory": "solutions"}})
    meta = {"ilkit": {"withheld": ["ilkit.losses"]}}
    (tmp_path / "solutions" / "hw").mkdir(parents=True)
    nbformat.write(v4.new_notebook(metadata=meta), tmp_path / "solutions" / "hw" / "hw.ipynb")
    asked = v4.new_notebook(cells=[cell("import ilkit.losses", solution=True)])
    notebook, _ = SplitExecute(config=config).preprocess(asked, NAMES)
    [out] = notebook.cells[0].outputs
    assert (out.ename, "asks you to write" in out.evalue) == ("ImportError", True)
    other = {"nbgrader": NAMES["nbgrader"] | {"notebook": "other"}}
    notebook, _ = SplitExecute(config=config).preprocess(asked, other)
    assert notebook.cells[0].outputs == []
