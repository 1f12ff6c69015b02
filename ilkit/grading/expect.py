"""What hidden tests compare with: facts, told as the idea that failed and never as the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np


def shape(got: Any, want: tuple[int, ...], what: str) -> np.ndarray[Any, Any]:
    """`got` as real numbers of this shape; AssertionError names `what` otherwise."""
    try:
        array = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise AssertionError(f"{what}: expected numbers in an array of shape {want}") from None
    assert array.shape == want, f"{what}: expected shape {want}, got {array.shape}"
    return array


def close(got: Any, want: Any, idea: str, tol: float = 1e-4) -> None:
    """Shapes agree and every number lies within `tol`, absolute and relative."""
    target = np.asarray(want, dtype=np.float64)
    array = shape(got, target.shape, idea)
    assert np.isfinite(array).all(), f"{idea}: got NaN or an infinity"
    assert np.allclose(array, target, rtol=tol, atol=tol), idea
