"""The steps that the course adds to nbgrader's."""

import logging
import os

import nbformat
import nbformat.v4 as v4
import pytest
from traitlets.config import Config

from ilkit.grading import withheld
from ilkit.grading.hooks import SECRET_VARIABLE, ForgiveStderr, SeedTests, Withhold
from ilkit.grading.student import SEED_VARIABLE


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


def test_stderr_costs_nothing_and_an_error_does():
    test = cell("test", grade=True, points=1)
    test.outputs = [
        v4.new_output("stream", name="stderr", text="a warning"),
        v4.new_output("error", ename="AssertionError", evalue="no"),
    ]
    ForgiveStderr().preprocess_cell(test, {}, 0)
    assert [out.output_type for out in test.outputs] == ["error"]


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


def test_the_source_says_what_is_withheld_and_not_the_submission(tmp_path, monkeypatch):
    monkeypatch.setenv(withheld.VARIABLE, "")
    course = {"root": str(tmp_path), "source_directory": "solutions"}
    config = Config({"CourseDirectory": course})
    step, names = Withhold(config=config), {"assignment": "hw", "notebook": "hw"}
    meta = {"ilkit": {"withheld": ["ilkit.losses", "ilkit.learners"]}}
    (tmp_path / "solutions" / "hw").mkdir(parents=True)
    nbformat.write(v4.new_notebook(metadata=meta), tmp_path / "solutions" / "hw" / "hw.ipynb")
    step.preprocess(v4.new_notebook(), {"nbgrader": names})
    assert os.environ[withheld.VARIABLE] == "ilkit.losses ilkit.learners"
    step.preprocess(v4.new_notebook(), {"nbgrader": names | {"notebook": "other"}})
    assert os.environ[withheld.VARIABLE] == ""
