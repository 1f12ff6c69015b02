"""Tests of ilkit.stats: tabled quantiles, hand-worked intervals, coverage."""

import math

import pytest
import torch

from ilkit.errors import InputError
from ilkit.stats import Estimate, mean_interval, slope_interval


def test_mean_interval_by_hand():
    # mean 2, sample variance 1, so the half width is 4.30265 / sqrt(3).
    estimate = mean_interval([1.0, 2.0, 3.0])
    half = 4.30265 / math.sqrt(3)
    assert (estimate.mean, estimate.n) == (2, 3)
    assert estimate.low == pytest.approx(2 - half, abs=1e-4)
    assert estimate.high == pytest.approx(2 + half, abs=1e-4)
    assert str(Estimate(2, 1, 3, 4)) == "2 [1, 3] (95 %, n = 4)"


def test_mean_interval_covers_95_times_in_100():
    data = torch.randn(2000, 6, generator=torch.Generator().manual_seed(0))
    hits = sum(estimate.low < 0 < estimate.high for estimate in map(mean_interval, data))
    assert abs(hits / 2000 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 2000)


def test_slope_interval_on_a_line_and_by_hand():
    exact = slope_interval([0, 1, 2], [1, 3, 5])
    assert (exact.mean, exact.low, exact.high) == pytest.approx((2, 2, 2), abs=1e-12)
    # x = 0, 1, 2 and y = 0, 0, 1: slope 1/2, residuals 1/6 (1, -2, 1), error sqrt(1/12).
    bent = slope_interval([0, 1, 2], [0, 0, 1])
    assert bent.mean == pytest.approx(0.5)
    assert bent.high - 0.5 == pytest.approx(12.7062 * math.sqrt(1 / 12), abs=1e-4)


def test_slope_interval_covers_95_times_in_100():
    x = torch.arange(8.0)
    noise = torch.randn(2000, 8, generator=torch.Generator().manual_seed(1))
    hits = sum(e.low < 3 < e.high for e in (slope_interval(x, 3 * x + row) for row in noise))
    assert abs(hits / 2000 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 2000)


def test_bad_input_is_named():
    for call, words in [
        (lambda: mean_interval([1.0]), "x: expected at least 2 finite numbers"),
        (lambda: mean_interval([1.0, math.nan]), "x: expected at least 2 finite numbers"),
        (lambda: mean_interval(torch.zeros(2, 2)), "got shape [2, 2]"),
        (lambda: slope_interval([1, 2, 3], [1, 2, 3, 4]), "y: expected 3 numbers"),
        (lambda: slope_interval([1, 1, 1], [1, 2, 3]), "x: expected at least two different"),
        (lambda: slope_interval([0.1] * 3, [1, 2, 3]), "x: expected at least two different"),
    ]:
        with pytest.raises(InputError) as caught:
            call()
        assert words in str(caught.value)
