"""Classes of synthetic students: every part's score in nbgrader is the one known in advance."""

from pathlib import Path

import pytest

from ilkit.grading.source import homeworks

ALL = [homework for homework in homeworks(Path(__file__).parents[2]) if homework.parts]
FEW, MANY = range(6), range(50)


@pytest.mark.parametrize("homework", ALL, ids=lambda homework: homework.slug)
@pytest.mark.parametrize("students", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=len)
def test_scores_are_those_known_in_advance(homework, students, submit_class, run, scores):
    run("nbgrader", "generate_assignment", homework.slug, "--force")
    known = submit_class(homework, students)
    run("nbgrader", "autograde", homework.slug)
    assert scores(homework.slug) == known
