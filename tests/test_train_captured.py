"""A recorded step goes where the plain one goes, and says why when it cannot be recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ilkit.envs import Tightrope, Track
from ilkit.errors import InputError
from ilkit.losses import zero_one
from ilkit.policies import Categorical, Deterministic, Flow, Policy
from ilkit.rollout import collect
from ilkit.train import History, fit, fit_captured

ENV = Track(horizon=30)
DEMOS = collect(ENV.expert, ENV, 2)
MORE = collect(ENV.expert, ENV, 3, seed=1)

NO_COMPILER = """
from ilkit.envs import Track
from ilkit.errors import InputError
from ilkit.policies import Deterministic
from ilkit.rollout import collect
from ilkit.train import fit_captured

env = Track(horizon=5)
try:
    fit_captured(Deterministic(env, net="linear"), collect(env.expert, env, 1), steps=1)
except InputError as error:
    print(error)
"""


def operations(train: Callable[..., History], **options: Any) -> int:
    """How many operations of PyTorch a training runs."""
    policy = Deterministic(ENV, net="linear")
    with torch.profiler.profile() as seen:
        train(policy, DEMOS, batch=8, **options)
    return sum(event.key.startswith("aten::") * event.count for event in seen.key_averages())


def test_recorded_steps_go_where_plain_ones_go() -> None:
    """One recording serves other weights, data, rates, averages and numbers of steps."""
    runs: list[dict[str, Any]] = [
        {"demos": DEMOS, "seed": 0, "lr": 1e-3, "ema": 0.9, "steps": 40},
        {"demos": MORE, "seed": 1, "lr": 1e-2, "ema": 0.99, "steps": 30},
    ]
    for run in runs:
        plain, recorded = (Deterministic(ENV, net="linear", seed=run["seed"]) for _ in range(2))
        first, again = fit(plain, batch=8, **run), fit_captured(recorded, batch=8, **run)
        assert again.loss == pytest.approx(first.loss, abs=1e-5)
        for a, b in zip(recorded.parameters(), plain.parameters(), strict=True):
            torch.testing.assert_close(a, b, atol=1e-5, rtol=0)
    assert not recorded.training
    longer = [operations(train, ema=0.9, steps=20) for train in (fit, fit_captured)]
    shorter = [operations(train, ema=0.9, steps=10) for train in (fit, fit_captured)]
    plain_ones, replayed = (a - b for a, b in zip(longer, shorter, strict=True))
    assert replayed < 0.3 * plain_ones


def test_noise_repeats_and_leaves_other_generators_alone() -> None:
    before = torch.get_rng_state()
    runs = [
        fit_captured(Flow(ENV, net="linear"), DEMOS, steps=5, batch=8, seed=seed).loss
        for seed in (0, 0, 1)
    ]
    assert runs[0] == runs[1] != runs[2]
    assert torch.equal(torch.get_rng_state(), before)


def test_a_missing_compiler_is_told(tmp_path: Path) -> None:
    nowhere = {"CXX": str(tmp_path / "g++"), "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", NO_COMPILER],
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("fit_captured: expected a loss of tensor operations alone and")
    assert "No working C++ compiler" in done.stdout
    assert done.stdout.count("\n") == 1


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
