"""Chapter 12: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ilkit as il
from ilkit.envs.cosine import features
from ilkit.experiments.c15_zero_one import cloned
from ilkit.theory import stability

CHAPTER = Path(__file__).parents[2] / "book" / "12-pitfalls.md"
GIVEN = {"np": np}


def radius(a: np.ndarray) -> float:
    return float(abs(np.linalg.eigvals(a)).max())


def test_signs_and_features_are_those_of_the_package(scratch: list[dict[str, Any]]) -> None:
    cosine, _ = scratch
    env = il.Cosine(seed=3)
    x = env.reset(16, torch.Generator().manual_seed(0))
    act = env.expert(x)
    ours = cosine["features"](x[:, 0].double().numpy())
    np.testing.assert_allclose(ours, features(x[:, 0], 100).numpy(), atol=1e-12)
    signs = cosine["fit_signs"](x[:, 0].double().numpy(), act[:, 0].double().numpy())
    theirs = cloned(x, act).numpy()
    assert (signs[:15] == theirs[:15]).all()
    errors = [cosine["squared_error"](s, env.signs.numpy()) for s in (signs, theirs)]
    assert max(errors) < 1e-9


def test_parseval(scratch: list[dict[str, Any]]) -> None:
    """The squared error of some wrong signs, against a Riemann sum over the period."""
    cosine, _ = scratch
    truth = np.ones(10)
    signs = np.where(np.isin(np.arange(10), [0, 3, 4]), -1.0, 1.0)
    x = np.arange(4096) / 4096
    mean = np.square(cosine["features"](x, 10) @ (signs - truth)).mean()
    assert cosine["squared_error"](signs, truth) == pytest.approx(mean)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 10, 30])
def test_an_interval_tells_each_sign(k: int) -> None:
    """The proof that squared loss is easy: on I_k cosine k outweighs all later ones."""
    x = np.linspace(1 / (16 * k), 1 / (8 * k), 500)[:, None]
    i = np.arange(1, 60)
    tail = (np.abs(np.cos(2 * np.pi * (k + i) * x)) / 2.0**i).sum(1) + 2.0**-59
    assert (np.cos(2 * np.pi * k * x[:, 0]) > tail).all()


def test_the_pair_is_that_of_the_package(scratch: list[dict[str, Any]]) -> None:
    _, pair = scratch
    theirs = stability.challenging_pair()
    for i in (0, 1):
        np.testing.assert_array_equal(pair["A"][i], theirs.a[i])
        np.testing.assert_array_equal(pair["K"][i], theirs.k[i])
    assert pair["best"] == pytest.approx(stability.best_worst_case(1.5, -1.5))


@pytest.mark.parametrize("eta", [0.01, 0.1, 0.5, 1.9])
def test_the_base_comes_as_close_to_two_as_one_likes(eta: float) -> None:
    for side in (1, -1):
        a = np.array([[side * (2 - eta), 1.0], [-(1 - eta / 2), 0.0]])
        assert radius(a) < 1
    assert stability.best_worst_case(2 - eta, eta - 2) == pytest.approx(2 - eta)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_who_stabilises_both_is_a_sixth_off(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = [np.array([[s, 1.0], [-0.75, 0.0]]) for s in (1.5, -1.5)]
    gains = rng.uniform(-1, 1, (500, 2, 2)) * [[1, 2], [3, 1]]
    stable = [gain for gain in gains if all(radius(system + gain) < 1 for system in a)]
    assume(stable)
    assert min(np.linalg.norm(gain[:, 1] - [-1, 0.5]) for gain in stable) > 1 / 6


def test_the_sixth_is_approached() -> None:
    eta, e, k = 1e-4, 0.33, 0.165
    a = [np.array([[s, 1.0], [-0.75, 0.0]]) for s in (1.5, -1.5)]
    gain = np.array([[k, -1 + eta], [0.75 - 0.448 / eta, e]])
    assert all(radius(system + gain) < 1 for system in a)
    assert np.linalg.norm(gain[:, 1] - [-1, 0.5]) == pytest.approx(1 / 6, abs=5e-3)


@pytest.mark.parametrize("gain", [0.0, 0.4, -1.0])
def test_the_linear_core_on_the_environment(gain: float) -> None:
    """A consistent learner that errs about g by e(z): x1 is (a + k)^(H-1) e(z) at the end."""
    for system, a in ((0, 1.5), (1, -1.5)):
        env = il.ChallengingPair(system, horizon=8)
        consistent = torch.tensor([[gain, -1.0], [0.3, 0.5]])

        def learner(obs: torch.Tensor, env: Any = env, k: torch.Tensor = consistent) -> Any:
            wrong = torch.stack([0.01 * obs[:, 2], 0 * obs[:, 2]], 1)
            return obs[:, :2] @ k.T + env.injected(obs[:, 2]) + wrong

        run = il.rollout(learner, env, n=20, seed=0)
        error = 0.01 * run.obs[:, 0, 2]
        found = run.obs[:, -1, 0]  # after 7 steps
        torch.testing.assert_close(found, error * (a + gain) ** 6, rtol=1e-3, atol=1e-5)
        assert il.rollout(env.expert, env, n=20, seed=0).cost.max() < 1e-5


@given(st.integers(0, 10_000))
def test_spread_makes_a_fit_safe(seed: int) -> None:
    rng = np.random.default_rng(seed)
    loop = rng.standard_normal((2, 2))
    loop *= 0.6 / radius(loop)
    found = stability.certify(torch.from_numpy(loop), slack=0.1)
    change = rng.standard_normal((2, 2))
    change *= rng.uniform(0, 1) * (1 - found.rho) / found.c / np.linalg.norm(change, 2)
    rate = found.rho + found.c * np.linalg.norm(change, 2)
    for t in range(30):
        power = np.linalg.matrix_power(loop + change, t)
        assert np.linalg.norm(power, 2) <= found.c * rate**t * (1 + 1e-9)


@given(st.integers(0, 10_000))
def test_a_lipschitz_q_makes_the_loop_forget(seed: int) -> None:
    """With L the sum of the norms: |A^t| at most L (1 - 1/L)^t."""
    rng = np.random.default_rng(seed)
    loop = rng.standard_normal((2, 2))
    loop *= rng.uniform(0.1, 0.95) / radius(loop)
    most = stability.q_lipschitz(torch.from_numpy(loop), 2000)
    for t in range(40):
        norm = np.linalg.norm(np.linalg.matrix_power(loop, t), 2)
        assert norm <= most * (1 - 1 / most) ** t * (1 + 1e-6) + 1e-12


def test_numbers_of_the_text() -> None:
    assert 1.5**21 > 4000 > 1.5**20
    assert pytest.approx(33_700, rel=2e-3) == 2 * (1.5**24 - 1)
    assert np.log(10) / np.log(1.5) == pytest.approx(5.7, abs=0.05)
    learner = torch.diag(torch.tensor([1.5, 0.5])).double()
    assert stability.q_lipschitz(learner, 24) == pytest.approx(2 * (1.5**24 - 1))
    assert np.hypot(1, 0.5) == pytest.approx(1.12, abs=0.005)
