"""Chapter 16: its small models against simulation, enumeration and `ilkit`'s exact numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ilkit.theory.mdp import MDP

CHAPTER = Path(__file__).parents[2] / "book" / "16-frontiers.md"
GIVEN = {"np": np}


@given(seed=st.integers(0, 9999), horizon=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_memory_is_not_needed_for_occupancy(
    scratch: list[dict[str, Any]], seed: int, horizon: int
) -> None:
    """A random expert with a memory of everything, and the policy that forgets it."""
    rng = np.random.default_rng(seed)
    p, cost = rng.dirichlet(np.ones(3), (3, 2)), rng.random((3, 2))
    rho0, table = rng.dirichlet(np.ones(3)), {}

    def expert(past: tuple[int, ...]) -> Any:
        return table.setdefault(past, rng.dirichlet(np.ones(2)))

    joint = scratch[0]["followed"](p, rho0, expert, horizon)
    plain, mdp = scratch[0]["forget"](joint), MDP(p, cost, rho0, horizon=horizon)
    visits = mdp.occupancy(plain)[:, :, None] * torch.tensor(plain)
    np.testing.assert_allclose(visits, joint, atol=1e-12)
    assert mdp.total_cost(plain) == pytest.approx((joint * cost).sum())


def test_a_clone_without_memory_tosses_a_coin(scratch: list[dict[str, Any]]) -> None:
    """At the junction each step is even, and states never visited are filled evenly."""
    p = np.zeros((2, 2, 2))
    p[..., 0] = 1
    stays = lambda past: np.eye(2)[past[1]] if len(past) > 1 else [0.5, 0.5]  # noqa: E731
    joint = scratch[0]["followed"](p, np.array([1.0, 0.0]), stays, 5)
    np.testing.assert_allclose(scratch[0]["forget"](joint), 0.5)


def test_kitchens_by_simulation_and_by_hand() -> None:
    rng = np.random.default_rng(0)
    places, each = 6, 4
    b = rng.normal(0, 1, (40000, places, 1))
    w = rng.normal(0, 2, (40000, places, each))
    error = ((b + w).mean((1, 2)) ** 2).mean()
    assert error == pytest.approx(1 / places + 4 / (places * each), rel=0.03)
    n = np.arange(1, 100)
    assert n[np.argmin((1 + 4 / n) * (30 + n))] == 11
    assert 2 * np.sqrt(30) == pytest.approx(11, abs=0.05)


@given(n=st.integers(1, 200), k=st.integers(1, 200), b=st.floats(0.01, 2), sigma=st.floats(0.1, 2))
def test_what_poor_demonstrations_are_worth(n: int, k: int, b: float, sigma: float) -> None:
    pooled = (b * k / (n + k)) ** 2 + sigma**2 / (n + k)
    gap = b**2 - sigma**2 * (1 / n + 1 / k)
    if abs(gap) > 1e-9:
        assert (pooled < sigma**2 / n) == (gap < 0)
    x, y = b**2 + sigma**2 / k, sigma**2 / n
    w = np.linspace(0, 1, 2001)
    best = 1 / (n / sigma**2 + 1 / x)
    found = (w**2 * x + (1 - w) ** 2 * y).min()
    assert best <= found * (1 + 1e-12)
    assert found == pytest.approx(best, rel=1e-4, abs=1e-6 * (x + y))
    assert 1 / best <= (n + sigma**2 / b**2) / sigma**2 * (1 + 1e-12)


def test_retrying_by_simulation_and_by_hand() -> None:
    rng = np.random.default_rng(0)
    p, q, retries, trials = 0.6, 0.7, 2, 200_000
    passed, alive = np.zeros(trials, bool), np.ones(trials, bool)
    for _ in range(retries + 1):
        hit = rng.random(trials) < p
        passed |= alive & hit
        alive &= ~hit & (rng.random(trials) < q)
    assert passed.mean() == pytest.approx(p * sum((q * (1 - p)) ** j for j in range(3)), abs=5e-3)
    assert pytest.approx(0.972) == 0.9 * 1.08
    by_hand = [0.9**20, 0.972**20, 0.95**20, 0.9 / 0.92]
    assert [round(x, 2) for x in by_hand] == [0.12, 0.57, 0.36, 0.98]


def test_blind_spots_by_hand() -> None:
    p = (np.arange(100_000) + 0.5) / 100_000
    for k in (1, 2, 9):
        assert ((1 - p) ** k).mean() == pytest.approx(1 / (k + 1), rel=1e-6)
    assert pytest.approx(0.002, abs=1e-4) == 0.5**9


def test_the_gradient_of_a_chain_is_that_of_its_costs() -> None:
    """Two denoising steps, mu = theta a, cost min(a^2, 9): score function against finite steps."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(3, 2_000_000, generator=generator, dtype=torch.float64)
    sigma = (1.0, 0.5)

    def chain(theta: float) -> list[torch.Tensor]:
        steps = [noise[0]]
        for j in (0, 1):
            steps.append(theta * steps[-1] + sigma[j] * noise[j + 1])
        return steps

    cost = lambda steps: (steps[-1] ** 2).clamp(max=9)  # noqa: E731
    theta, h = 0.7, 1e-3
    steps = chain(theta)
    score = sum((steps[j + 1] - theta * steps[j]) * steps[j] / sigma[j] ** 2 for j in (0, 1))
    slope = (cost(chain(theta + h)) - cost(chain(theta - h))).mean() / (2 * h)
    assert (cost(steps) * score).mean().item() == pytest.approx(slope.item(), rel=0.03)


def test_an_inverse_model_depends_on_who_gathered_its_data() -> None:
    """The exercise: by hand, and that the labels reproduce the labelled data's odds at 0.4."""
    moves = np.array([0.8, 0.4, 0.0])
    like = np.stack([moves, 1 - moves])
    like /= like.sum(1, keepdims=True)
    np.testing.assert_allclose(like, [[2 / 3, 1 / 3, 0], [1 / 9, 1 / 3, 5 / 9]])
    np.testing.assert_allclose(np.array([0.4, 0.6]) @ like, 1 / 3)


def test_videos_by_hand() -> None:
    seen = [round(0.05 ** (1 / n), 2) for n in (1, 20)]
    assert seen == [0.05, 0.86]
    assert 0.95**59 < 0.05 < 0.95**58
    assert 0.99**299 < 0.05 < 0.99**298
    assert round(1 - (1 - 0.7**10) ** 20, 2) == 0.44
