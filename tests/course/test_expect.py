"""What a hidden test says of a result: the fault that explains it, or the idea that failed."""

import numpy as np
import pytest

from ilkit.grading import expect


def test_a_result_within_the_tolerance_passes():
    expect.close([1.0, 2.00001], [1, 2], "a pair", faults={"never told": [1, 2]})


@pytest.mark.parametrize(
    ("got", "said"),
    [
        ([2.0, 4.0], "twice too large"),
        ([-1.0, -2.0], "check the sign"),
        ([0.0, 0.0], "a pair"),
        ([1.0], r"a pair: expected shape \(2,\), got \(1,\)"),
        ([1.0, np.nan], "a pair: got NaN or an infinity"),
        ("text", "a pair: expected numbers"),
        (["1", "2"], "a pair: expected numbers"),
        (np.array([1 + 5j, 2]), "a pair: expected numbers"),
        (None, "a pair: your function returned None: is there a return?"),
    ],
)
def test_what_is_wrong_is_told(got, said):
    faults = {"twice too large": [2, 4], "check the sign": np.array([-1, -2])}
    with pytest.raises(AssertionError, match=f"^{said.replace('?', '[?]')}"):
        expect.close(got, [1, 2], "a pair", faults=faults)
