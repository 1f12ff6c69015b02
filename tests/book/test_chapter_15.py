"""Chapter 15: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ilkit.envs import Insertion
from ilkit.policies import MIP, Flow

CHAPTER = Path(__file__).parents[2] / "book" / "15-why-generative-policies.md"
GIVEN = {"np": np}


class Exact(Flow):
    """The flow whose velocity is the optimal one for a finite set of actions [k, act_size]."""

    def __init__(self, like: Insertion, actions: np.ndarray, mean_given: Any) -> None:
        super().__init__(like)
        self.actions, self.mean_given = actions, mean_given

    def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
        mean = self.mean_given(x.double().numpy(), float(t[0]), self.actions)
        return ((torch.from_numpy(mean) - x) / (1 - t[:, None])).float()


def test_exact_flow_runs_as_the_package_integrates(chapter: dict[str, Any]) -> None:
    env = Insertion()
    actions = np.array([[0.5, -0.2, 0.1], [-0.4, 0.3, 0.2]])
    policy = Exact(env, actions, chapter["mean_given"])
    z = np.random.default_rng(0).standard_normal((50, 3))
    ours = chapter["flow"](z, actions, policy.steps)[-1]
    theirs = policy.carry(torch.zeros(50, 3), torch.from_numpy(z).float())[:, 0]
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["mip", "regression"])
def test_mip_is_that_of_the_package(chapter: dict[str, Any], kind: str) -> None:
    """Loss and action equal the package's MIP, and not those of its first step alone."""
    env = Insertion()
    policy = MIP(env, kind=kind, chunk=8, seed=2)
    rng = torch.Generator().manual_seed(1)
    obs, act = torch.randn(7, 3, generator=rng), torch.rand(7, 8, 3, generator=rng)
    a = policy.to_unit(act)
    z = torch.randn(a.shape, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        loss = chapter["mip_loss"](policy.predict, obs, a, z)
        action = policy.from_unit(chapter["mip_act"](policy.predict, obs, 0 * a))
    same = kind == "mip"
    assert torch.equal(loss, policy.loss(obs, act, torch.Generator().manual_seed(5))) == same
    assert torch.equal(action, policy.sample(obs)) == same


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_on_one_action_every_latent_and_every_number_of_steps_end_there(
    chapter: dict[str, Any], steps: int
) -> None:
    z = np.random.default_rng(0).standard_normal((20, 4))
    action = np.array([[0.6, -0.1, 2.0, 0.0]])
    end = chapter["flow"](z, action, steps)[-1]
    np.testing.assert_allclose(end, np.repeat(action, 20, 0), atol=1e-12)


@pytest.mark.parametrize("p", [0.5, 0.7])
@pytest.mark.parametrize("t", [0.0, 0.3, 0.9])
def test_mean_of_two_actions_is_a_hyperbolic_tangent(
    chapter: dict[str, Any], p: float, t: float
) -> None:
    x = np.linspace(-2, 2, 9)[:, None]
    actions = np.repeat([[1.0], [-1.0]], [round(10 * p), round(10 * (1 - p))], 0)
    closed = np.tanh(t * x / (1 - t) ** 2 + 0.5 * math.log(p / (1 - p)))
    np.testing.assert_allclose(chapter["mean_given"](x, t, actions), closed, atol=1e-9)


def capped(cap: float, steps: int) -> float:
    """What Euler's steps leave of the latent if the slope is at most `cap`."""
    share = 1.0
    for i in range(steps):
        share *= 1 - min(1 / (1 - i / steps), cap) / steps
    return share


def test_what_a_capped_slope_leaves() -> None:
    assert capped(4, 9) == pytest.approx(2 / 9 * (5 / 9) ** 2)
    assert capped(2, 3) == pytest.approx(1 / 9)
    assert capped(2, 4) == pytest.approx(1 / 8)
    assert all(abs(capped(4, steps)) < 1e-12 for steps in range(1, 5))
    assert capped(4, 100_000) == pytest.approx(1 / (4 * math.e), rel=1e-4)


def test_two_euler_steps_from_zero_are_the_action_of_mip() -> None:
    """A flow that steps at 0 and 0.9, its velocity written through MIP's network."""
    policy = MIP(Insertion(), chunk=2, seed=4)
    obs = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    x = torch.zeros(6, policy.act_size)
    with torch.no_grad():
        for t, length in ((0.0, 0.9), (0.9, 0.1)):
            x = x + length * (policy.predict(obs, x, t) - x) / (1 - t)
    torch.testing.assert_close(policy.from_unit(x), policy.sample(obs))


def test_drawing_doubles_the_squared_error_and_averaging_mends_it() -> None:
    rng = np.random.default_rng(0)
    a = rng.exponential(size=200_000)
    for m in (1, 4):
        drawn = rng.exponential(size=(m, 200_000)).mean(0)
        assert ((drawn - a) ** 2).mean() == pytest.approx(1 + 1 / m, rel=0.03)


@pytest.mark.parametrize(("sigma", "kept"), [(1.0, 0.988), (0.1, 0.448), (0.01, 0.008)])
def test_second_step_keeps_what_varies(chapter: dict[str, Any], sigma: float, kept: float) -> None:
    """A fine grid of Gaussian actions, repeated by weight, against the closed form."""
    quantiles = torch.distributions.Normal(0.0, sigma).icdf((torch.arange(4000) + 0.5) / 4000)
    guess = np.array([[0.5 * sigma]])
    mended = chapter["mean_given"](0.9 * guess, 0.9, quantiles[:, None].double().numpy())
    assert (mended / guess).item() == pytest.approx(kept, abs=0.002)


def test_second_step_stays_in_the_space_of_the_actions(chapter: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    plane, middle = rng.standard_normal((2, 5)), rng.standard_normal(5)
    actions = middle + rng.standard_normal((30, 2)) @ plane
    mended = chapter["mean_given"](3 * rng.standard_normal((40, 5)), 0.9, actions)
    normal = np.linalg.svd(plane)[2][2:]
    np.testing.assert_allclose((mended - middle) @ normal.T, 0, atol=1e-10)


def test_a_steep_function_is_a_composition_of_gentle_ones() -> None:
    """x^2 on [1/2, 1]: both factors have slopes of at most the square root of 2."""
    x = np.linspace(0.5, 1, 2001)
    first = (2 * x) ** 1.5 / 3
    assert np.gradient(first, x).max() <= math.sqrt(2) + 1e-3
    assert np.gradient(x**2, first).max() <= math.sqrt(2) + 1e-3


def test_numbers_of_the_slide_note_and_of_the_exercise() -> None:
    n = (0.72 * 0.28 + 0.64 * 0.36) * (1.96 / 0.08) ** 2
    assert math.ceil(n) == 260
    normal = torch.distributions.Normal(0.0, 1.0)
    assert float(normal.icdf(torch.tensor(0.3))) == pytest.approx(-0.524, abs=1e-3)
    inside = 2 * float(normal.cdf(torch.tensor(math.atanh(0.9) / 9))) - 1
    assert inside == pytest.approx(0.13, abs=0.005)
