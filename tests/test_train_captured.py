"""A recorded step goes where the plain one goes, and says why when it cannot be recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs import Tightrope, Track
from ilkit.errors import InputError
from ilkit.losses import zero_one
from ilkit.policies import Categorical, Deterministic, Policy
from ilkit.rollout import collect
from ilkit.train import History, fit, fit_captured

ENV = Track(horizon=30)
DEMOS = collect(ENV.expert, ENV, 2)
MORE = collect(ENV.expert, ENV, 3, seed=1)


def operations(train: Callable[..., History], **options: Any) -> int:
    """How many operations of PyTorch a training runs."""
    policy = Deterministic(ENV, net="linear")
    with torch.profiler.profile() as seen:
        train(policy, DEMOS, batch=8, **options)
    return sum(event.key.startswith("aten::") * event.count for event in seen.key_averages())


def both(demos: Demos, seed: int, **options: Any) -> None:
    """Train by plain and by recorded steps, and compare losses and weights."""
    plain, recorded = (Deterministic(ENV, net="linear", seed=seed) for _ in range(2))
    first, again = (
        train(policy, demos, batch=8, seed=seed, **options)
        for train, policy in ((fit, plain), (fit_captured, recorded))
    )
    assert again.loss == pytest.approx(first.loss, abs=1e-5)
    for a, b in zip(recorded.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0)
    assert not recorded.training


def test_recorded_steps_go_where_plain_ones_go() -> None:
    """One recording serves other weights, data, rates, averages and numbers of steps."""
    both(DEMOS, seed=0, lr=1e-3, ema=0.9, steps=40)
    with torch._dynamo.config.patch(recompile_limit=1):
        both(MORE, seed=1, lr=1e-2, ema=0.99, steps=30)
        counts = [
            operations(train, ema=0.9, steps=20) - operations(train, ema=0.9, steps=10)
            for train in (fit, fit_captured)
        ]
    assert counts[1] < 0.3 * counts[0]


def test_noise_repeats_and_leaves_other_generators_alone() -> None:
    def noisy(policy: Policy, obs: Tensor, act: Tensor, generator: None) -> Tensor:
        return policy.loss(obs + torch.randn(obs.shape, generator=generator), act)

    before = torch.get_rng_state()
    options: dict[str, Any] = {"loss": noisy, "steps": 5, "batch": 8}
    first, again, other = (
        fit_captured(Deterministic(ENV, net="linear"), DEMOS, seed=seed, **options).loss
        for seed in (0, 0, 1)
    )
    assert first == again != other
    assert torch.equal(torch.get_rng_state(), before)


def test_a_missing_compiler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    nowhere = {"cpp.cxx": (None, str(tmp_path / "g++"))}
    told = "fit_captured: expected .* a working C.. compiler .*No working C.. compiler found"
    with torch._inductor.config.patch(nowhere), pytest.raises(InputError, match=told):
        fit_captured(Deterministic(ENV, net="linear"), DEMOS, steps=1, batch=7)


def test_a_loss_that_cannot_be_recorded_is_told() -> None:
    def asks(policy: Policy, obs: Tensor, act: Tensor, _: None) -> Tensor:
        sign = 1 if obs.sum().item() > 0 else -1
        return sign * policy.loss(obs, act)

    with pytest.raises(InputError, match="fit_captured: expected a loss of tensor operations"):
        fit_captured(Deterministic(ENV, net="linear"), DEMOS, loss=asks, steps=1)
    rope = Tightrope()
    with pytest.raises(InputError, match="zero_one is to report"):
        fit_captured(Categorical(rope), collect(rope.expert, rope, 2), loss=zero_one)


def test_too_many_kinds_of_step_are_told() -> None:
    one = {"steps": 1, "ema": 0.9}
    fit_captured(Deterministic(ENV, net="linear"), DEMOS, batch=8, **one)
    with (
        torch._dynamo.config.patch(recompile_limit=1),
        pytest.raises(InputError, match=r"expected fewer kinds of step.*torch.compiler.reset"),
    ):
        fit_captured(Deterministic(ENV, net="linear"), DEMOS, batch=9, **one)
