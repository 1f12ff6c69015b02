"""A share of the policies on each device: the same policies, and no hang when a process dies."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest
import torch

from ilkit.envs import Track
from ilkit.errors import InputError
from ilkit.policies import Gaussian
from ilkit.rollout import collect
from ilkit.train import fit_across, fit_many

ENV = Track(horizon=30)
SETS = [collect(ENV.expert, ENV, n, seed=n) for n in (1, 2, 3)]


class Deadly:
    """A loss that ends the process that receives it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


class Lost:
    """A loss that the other process does not find."""

    def __reduce__(self) -> tuple[Any, ...]:
        return import_module, ("no_such_module",)


def some() -> list[Gaussian]:
    return [Gaussian(ENV, seed=s) for s in range(3)]


def test_each_device_trains_its_share() -> None:
    together, apart = some(), some()
    options: dict[str, Any] = {"seeds": [5, 7, 9], "steps": 30, "ema": 0.9}
    one = fit_many(together, SETS, **options)
    two = fit_across(apart, SETS, devices=("cpu", "cpu"), **options)
    for a, b in zip(one, two, strict=True):
        assert b.loss == pytest.approx(a.loss, abs=1e-4)
    for p, q in zip(together, apart, strict=True):
        assert not q.training
        assert bool(q.scaled)
        for x, y in zip(p.parameters(), q.parameters(), strict=True):
            torch.testing.assert_close(x, y, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("loss", "told"), [(Deadly(), "got one that died"), (Lost(), "no_such_module")]
)
def test_a_process_that_fails_is_told(loss: Any, told: str) -> None:
    with pytest.raises(InputError, match=rf"fit_across: expected .*{told}"):
        fit_across(some(), SETS, devices=("cpu", "cpu"), loss=loss, steps=5)


def test_what_cannot_be_spread_is_told_before_a_process_starts() -> None:
    with pytest.raises(InputError, match="expected heads and losses that another process"):
        fit_across(some(), SETS, devices=("cpu",), loss=lambda *_: torch.zeros(1))
    with pytest.raises(InputError, match="got 2 devices, 3 policies, 1 demos and 3 seeds"):
        fit_across(some(), SETS[:1], devices=("cpu", "cpu"))
    with pytest.raises(InputError, match="got 0 devices"):
        fit_across(some(), SETS, devices=())
