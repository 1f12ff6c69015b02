"""What hidden tests compare with: facts, told as the idea that failed and never as the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def shape(got: Any, want: tuple[int, ...], what: str) -> np.ndarray[Any, Any]:
    """`got` as real numbers of this shape; AssertionError names `what` otherwise."""
    assert got is not None, f"{what}: your function returned None: is there a return?"
    try:
        array = np.asarray(got).astype(np.float64, casting="same_kind")
    except (TypeError, ValueError):
        raise AssertionError(f"{what}: expected numbers in an array of shape {want}") from None
    assert array.shape == want, f"{what}: expected shape {want}, got {array.shape}"
    return array


def close(
    got: Any, want: Any, idea: str, tol: float = 1e-4, faults: Mapping[str, Any] | None = None
) -> None:
    """Shapes agree and every number lies within `tol`, absolute and relative.

    faults  what known mistakes lead to: one that explains `got` is told instead of `idea`
    """
    target = np.asarray(want, dtype=np.float64)
    array = shape(got, target.shape, idea)
    assert np.isfinite(array).all(), f"{idea}: got NaN or an infinity"
    if not np.allclose(array, target, rtol=tol, atol=tol):
        known = (fault for fault, x in (faults or {}).items() if np.allclose(array, x, tol, tol))
        raise AssertionError(next(known, idea))
