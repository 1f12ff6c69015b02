"""Estimates with 95 % intervals: a mean, and the slope of a line."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from scipy.special import stdtrit
from torch import Tensor

from ilkit.errors import InputError


@dataclass(frozen=True)
class Estimate:
    """A mean of n independent numbers and its 95 % confidence interval [low, high]."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}] (95 %, n = {self.n})"


def mean_interval(x: Any) -> Estimate:
    """The mean of independent numbers `[n]`, n >= 2, with Student's t interval.

    Exact for normal data and good for means of many; a sample without any spread gives an
    interval of width zero, which says nothing about events too rare to have been seen.

    Raises:
        InputError: fewer than two numbers, or one that is not finite.
    """
    x = _sample("x", x, least=2)
    n = len(x)
    half = float(stdtrit(n - 1, 0.975)) * float(x.std()) / math.sqrt(n)
    return Estimate(float(x.mean()), float(x.mean()) - half, float(x.mean()) + half, n)


def slope_interval(x: Any, y: Any) -> Estimate:
    """The least-squares slope of y `[n]` on x `[n]`, n >= 3, with Student's t interval.

    The interval supposes a line with independent, equally spread errors. For the exponent of
    a power law pass logarithms.

    Raises:
        InputError: lengths that differ, fewer than three points, one that is not finite, or all x
            equal.
    """
    x, y = _sample("x", x, least=3), _sample("y", y, least=3)
    if len(x) != len(y):
        raise InputError(f"y: expected {len(x)} numbers, one for each x, got {len(y)}")
    if not (x != x[0]).any():
        raise InputError("x: expected at least two different values, got one")
    spread = x - x.mean()
    slope = float(spread @ y / (spread @ spread))
    residual = y - y.mean() - slope * spread
    error = math.sqrt(float(residual @ residual / (len(x) - 2) / (spread @ spread)))
    half = float(stdtrit(len(x) - 2, 0.975)) * error
    return Estimate(slope, slope - half, slope + half, len(x))


def _sample(name: str, value: Any, least: int) -> Tensor:
    """The value as finite float64 numbers `[n]`, n >= least."""
    sample = torch.as_tensor(value, dtype=torch.float64)
    if sample.ndim != 1 or len(sample) < least or not sample.isfinite().all():
        raise InputError(
            f"{name}: expected at least {least} finite numbers in one row, "
            f"got shape {list(sample.shape)}; an interval needs more than one run"
        )
    return sample
