"""Chapter 09: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit.envs import Insertion
from ilkit.learners import corrective_labels
from ilkit.learners.ccil import NEAR, step_size
from ilkit.learners.dynamics import followed, spectral_bound

CHAPTER = Path(__file__).parents[2] / "book" / "09-corrective-labels.md"
GIVEN = {}


def test_labels_from_scratch_are_those_of_the_package(chapter: dict[str, Any]) -> None:
    env = Insertion(clearance=0.1)
    demos = il.collect(env.expert, env, n=2, seed=0)

    def smooth(obs: torch.Tensor, act: torch.Tensor) -> torch.Tensor:
        return 0.3 * act - 0.05 * torch.sin(3 * obs)

    found = corrective_labels(demos, smooth, copies=3)
    near, steps = (x.repeat(3, *[1] * (x.dim() - 1)) for x in (demos.obs, followed(demos)))
    target = near.roll(-1, 1)
    states = chapter["backward_euler"](target, found.act, smooth)
    kept = chapter["trusted"](
        states, found.act, near, target, smooth, step_size(demos), NEAR.eps, NEAR.eps1
    )
    torch.testing.assert_close(states, found.obs)
    inside = ((states >= -8) & (states <= 8)).all(2)
    assert torch.equal(kept & steps & inside, found.mask)
    assert 0 < found.mask.sum() < steps.sum()


@pytest.mark.parametrize("seed", range(5))
def test_the_norm_from_above_is_that_of_the_package(chapter: dict[str, Any], seed: int) -> None:
    weight = torch.randn(8, 8, generator=torch.Generator().manual_seed(seed))
    bound = chapter["norm_from_above"](weight)
    exact = torch.linalg.matrix_norm(weight, 2)
    torch.testing.assert_close(bound, spectral_bound(weight))
    assert exact * (1 - 1e-5) <= bound <= exact * 8 ** (1 / 64) * (1 + 1e-5)


def test_numbers_worked_by_hand() -> None:
    def step(s: float, a: float) -> float:
        return s - 0.2 * s + 0.5 * a

    target = step(1, -1)
    assert target == pytest.approx(0.3)
    assert step(0.75, -0.6) == pytest.approx(target)
    euler = target - (-0.2 * target + 0.5 * -0.6)
    assert euler == pytest.approx(0.66)
    assert target - step(euler, -0.6) == pytest.approx(0.2 * 0.36)
    weight = np.array([[3.0, 0], [4, 5]])
    assert np.linalg.norm(weight, 2) == pytest.approx(math.sqrt(45))
    assert pytest.approx(6.729, abs=1e-3) == (45**2 + 5**2) ** 0.25


@pytest.mark.parametrize("gain", [-1.0, 0.3, 1.0])
def test_a_learner_that_fits_every_label_of_the_car_may_have_any_eigenvalue(gain: float) -> None:
    loop = np.array([[1.0, 1], [gain, gain]])
    np.testing.assert_allclose(loop @ [1, -1], 0, atol=1e-12)
    found = np.linalg.eigvals(loop)
    assert found.sum() == pytest.approx(1 + gain)
    assert found.prod() == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_of_a_miss_holds_and_is_attained(seed: int) -> None:
    rough, learned, residual, eps, eps2 = np.random.default_rng(seed).random(5)
    low, high = 0.0, 1e6
    for _ in range(100):  # eps1 = eps + residual + learned * r, by halving
        mid = (low + high) / 2
        wide = mid >= eps + residual + learned * math.hypot(mid, eps2)
        low, high = (low, mid) if wide else (mid, high)
    r = math.hypot(high, eps2)
    assert high - residual - learned * r == pytest.approx(eps)  # the model's miss
    assert high + rough * r == pytest.approx(eps + residual + (rough + learned) * r)
