"""Fifty synthetic students of each homework by `ilkit grade`: every part's score is as known."""

from pathlib import Path

import pytest

from ilkit.grading.source import homeworks

ALL = [homework for homework in homeworks(Path(__file__).parents[2]) if homework.parts]


@pytest.mark.slow
@pytest.mark.parametrize("homework", ALL, ids=lambda homework: homework.slug)
def test_scores_are_those_known_in_advance(homework, sandboxed, submit_class, run, scores):
    known = submit_class(homework, 50)
    run("ilkit", "grade", homework.slug)
    assert scores(homework.slug) == known
