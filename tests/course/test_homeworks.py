"""Every homework: a perfect matrix, at other seeds too; a wrong answer costs its part alone."""

from pathlib import Path

import pytest

from ilkit.grading.matrix import grade, table
from ilkit.grading.source import homeworks

ALL = [homework for homework in homeworks(Path(__file__).parents[2]) if homework.parts]
each = pytest.mark.parametrize("homework", ALL, ids=lambda homework: homework.slug)


@each
def test_the_matrix_is_perfect(homework):
    result = grade(homework)
    assert result["perfect"], table(result)


@each
@pytest.mark.slow
def test_no_wrong_answer_costs_another_part(homework):
    result = grade(homework, thorough=True)
    assert result["perfect"], table(result)


@each
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_grades_do_not_depend_on_the_submissions_seed(homework, seed, monkeypatch):
    monkeypatch.setenv("ILKIT_GRADING_SEED", f"submission {seed}")
    result = grade(homework)
    assert result["perfect"], table(result)
