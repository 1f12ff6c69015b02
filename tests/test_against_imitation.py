"""Ours reach at least the return of `imitation` 1.0, from the same data, updates and steps."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch

from ilkit.stats import mean_interval

HERE = Path(__file__).parents[1] / "benchmarks" / "imitation" / "compare.py"


@pytest.fixture(scope="module")
def answer() -> Any:
    spec = importlib.util.spec_from_file_location("compare", HERE)
    assert spec is not None
    assert spec.loader is not None
    compare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(compare)
    return compare.compare()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cloning", "DAgger", "GAIL"])
def test_return_is_not_below_the_neighbours(answer: Any, method: str) -> None:
    ours, theirs = (
        mean_interval(torch.tensor(answer[who][method]["returns"])) for who in ("ours", "theirs")
    )
    assert ours.high >= theirs.low, f"{method}: ours {ours}, theirs {theirs}"
    assert ours.mean > 100  # of 200: doing nothing gets about 9
