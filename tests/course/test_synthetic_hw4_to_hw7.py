"""Synthetic students, homeworks 4 to 7: every part's score is the one known in advance."""

from pathlib import Path

import pytest

from ilkit.grading.source import homeworks

ALL = [homework for homework in homeworks(Path(__file__).parents[2]) if homework.parts]


@pytest.mark.parametrize("homework", ALL[4:], ids=lambda homework: homework.slug)
@pytest.mark.parametrize("size", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_scores_are_those_known_in_advance(homework, size, grade_class):
    got, known = grade_class(homework, size)
    assert got == known
