"""The steps that the course adds to nbgrader's."""

import os

import nbformat.v4 as v4
import pytest

from ilkit.grading.hooks import SECRET_VARIABLE, ForgiveStderr, SeedTests
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
