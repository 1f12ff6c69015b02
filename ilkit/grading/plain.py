"""Plain data: all that may leave the student's side, copied, capped and of exactly known types."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

MAX_BYTES = 1 << 26
MAX_DEPTH = 16
NUMPY_SCALARS = tuple(np.dtype(code).type for code in "?bBhHiIlLqQefd")


class NotPlainError(TypeError):
    """Something that is not plain data, or too much of it."""


def plain(x: Any) -> Any:
    """None, numbers, strings, lists, dicts and arrays; tensors as arrays, tuples as lists.

    Only these very types pass, never a subclass, which could pretend to equal anything.
    """
    return _Copy().of(x, 0)


class _Copy:
    def __init__(self) -> None:
        self.room = MAX_BYTES

    def of(self, x: Any, depth: int) -> Any:
        kind = type(x)
        if depth > MAX_DEPTH:
            raise NotPlainError(f"returned lists nested deeper than {MAX_DEPTH}")
        if kind in (list, tuple):
            self.take(8 * len(x))
            return [self.of(item, depth + 1) for item in x]
        if kind is dict:
            if any(type(key) not in (bool, int, float, str) for key in x):
                raise NotPlainError("returned a dict with keys other than strings and numbers")
            self.take(16 * len(x))
            return {key: self.of(item, depth + 1) for key, item in x.items()}
        return self.leaf(x, kind)

    def leaf(self, x: Any, kind: type) -> Any:
        if x is None or kind in (bool, int, float, str):
            self.take(len(x) if kind is str else 8)
            return x
        if kind in NUMPY_SCALARS:
            return x.item()
        if kind in (Tensor, torch.nn.Parameter) and x.layout == torch.strided:
            x = x.detach().cpu().resolve_conj().resolve_neg()
            x = (x.float() if x.dtype == torch.bfloat16 else x).numpy()
        if type(x) is np.ndarray and x.dtype.kind in "biufc":
            self.take(x.nbytes)
            return x.copy()
        raise NotPlainError(
            f"returned an object of type {kind.__name__}; expected numbers, strings, lists, "
            "dicts, arrays or tensors"
        )

    def take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise NotPlainError(f"returned more than {MAX_BYTES >> 20} MiB")
