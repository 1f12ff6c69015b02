"""Chapter 14: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom, norm
from torch import Generator, Tensor

import ilkit as il
from ilkit.executors import TemporalEnsemble, soft_mask
from ilkit.policies import Flow

CHAPTER = Path(__file__).parents[2] / "book" / "14-action-chunking.md"
GIVEN = {"np": np}
LIKE = il.Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))
PLACE = np.arange(8)
S = np.exp(-abs(PLACE[:, None] - PLACE) / 4)


def simulated(k: int, n: int, lam: float, sigma: float, eta: float) -> float:
    """J(k) from the covariance of (p, q), step by step, in place of the theorem's sums."""
    p = q = total = 0.0
    for _ in range(n):
        q, p = lam**2 * q + eta**2, 0.0
        for _ in range(k):
            p += sigma**2
            total += p + q
    return total / (n * k)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(1, 1.5), st.floats(0.1, 2))
def test_the_price_of_a_length(chapter_price: Any, k: int, n: int, lam: float, eta: float) -> None:
    found = chapter_price(k, k * n, 0.7, eta, lam)
    assert found == pytest.approx(simulated(k, n, lam, 0.7, eta))


@pytest.fixture(scope="module")
def chapter_price(chapter: dict[str, Any]) -> Any:
    return chapter["price"]


def test_the_price_by_hand(chapter_price: Any) -> None:
    prices = [chapter_price(k, 32, 1.0, 0.5**0.5, 1.0) for k in (1, 2, 4, 8, 32)]
    assert prices == pytest.approx([9.25, 5.75, 4.75, 5.75, 17])


@given(st.integers(0, 9999))
def test_the_best_length_moves_as_the_theorem_says(chapter_price: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lam, eta, sigma = rng.uniform(1, 1.3), rng.uniform(0.1, 3), rng.uniform(0.1, 3)
    divisors = [1, 2, 3, 4, 6, 8, 12, 24]

    def best(lam: float, eta: float, sigma: float) -> int:
        return min(divisors, key=lambda k: chapter_price(k, 24, sigma, eta, lam))

    here = best(lam, eta, sigma)
    assert here <= best(1.2 * lam, eta, sigma)
    assert here <= best(lam, 1.5 * eta, sigma)
    assert here >= best(lam, eta, 1.5 * sigma)
    gap = 2 * (chapter_price(1, 24, 0, 1, lam) - chapter_price(2, 24, 0, 1, lam))
    if 2 * lam**2 / 24 < (sigma / eta) ** 2 < gap:
        assert 1 < here < 24


def test_dithering_by_hand() -> None:
    signs = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1)
    assert ((2 * signs.sum(0)) ** 2).mean() == 2 * 8  # k = 2, T = 8: all sixteen outcomes


@pytest.mark.parametrize("m", [0.0, 0.01, 0.7, -0.3])
def test_the_ensemble_is_that_of_the_package(chapter: dict[str, Any], m: float) -> None:
    plans = torch.randn(9, 4, generator=Generator().manual_seed(0))

    class Said(Flow):
        def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
            return plans[int(obs[0, 0])][None, :, None]

    act = TemporalEnsemble(m).start(Said(LIKE, chunk=4), Generator())
    for t in range(9):
        live = plans[max(0, t - 3) : t + 1].double().tolist()
        ours = chapter["ensemble"](live, m)
        assert act(torch.full((1, 1), float(t))).item() == pytest.approx(ours, abs=1e-6)


@given(st.integers(2, 100), st.floats(-1, 1), st.floats(0, 1))
def test_variance_and_age_of_an_ensemble(n: int, m: float, r: float) -> None:
    if abs(m) < 1e-3:
        return
    w = np.exp(-m * np.arange(n))
    w /= w.sum()
    effective = np.tanh(m * n / 2) / np.tanh(m / 2)
    cov = r + (1 - r) * np.eye(n)
    assert w @ cov @ w == pytest.approx(r + (1 - r) / effective)
    age = w @ np.arange(n - 1, -1, -1)
    assert w[::-1] @ np.arange(n - 1, -1, -1) == pytest.approx(n - 1 - age)
    assert (age > (n - 1) / 2) == (m > 0)


def test_ensembles_by_hand() -> None:
    for n, effective in ((8, 7.996), (100, 92.4)):
        assert np.tanh(0.005 * n) / np.tanh(0.005) == pytest.approx(effective, rel=1e-3)
    middle = binom.cdf(6, 8, 0.5) - binom.cdf(1, 8, 0.5)
    assert middle == pytest.approx(1 - 18 / 256) == pytest.approx(0.93, abs=5e-3)
    assert (1 - np.exp(-2)) == pytest.approx(0.86, abs=0.005)


def test_jumps_of_an_ensemble_fall_with_its_length() -> None:
    b = np.random.default_rng(0).standard_normal(200_000)
    mean = np.convolve(b, np.full(8, 1 / 8), "valid")
    assert np.diff(mean).var() == pytest.approx(2 / 64, rel=0.02)


def test_a_delay_of_one_step() -> None:
    x = [1, 1]
    for _ in range(12):
        x.append(x[-1] - x[-2])
    assert x[:7] == [1, 1, 0, -1, -1, 0, 1]
    assert x[6:12] == x[:6]


@pytest.mark.parametrize("t", [0.2, 0.5, 0.8])
def test_heading_score_and_jacobian_of_a_mixture(t: float) -> None:
    """The lemma on a distribution on three points, by sums and by differentiation."""
    points = torch.tensor([[1.0, 0.5], [-1.0, 0.2], [0.3, -1.0]], dtype=torch.double)
    share = torch.tensor([0.5, 0.3, 0.2], dtype=torch.double)

    def log_p(zeta: Tensor) -> Tensor:
        far = (zeta - t * points).square().sum(1)
        return torch.logsumexp(share.log() - far / (2 * (1 - t) ** 2), 0)

    def heading(zeta: Tensor) -> Tensor:
        far = (zeta - t * points).square().sum(1)
        return torch.softmax(share.log() - far / (2 * (1 - t) ** 2), 0) @ points

    zeta = torch.tensor([0.1, -0.2], dtype=torch.double)
    score = torch.func.grad(log_p)(zeta)
    velocity = (heading(zeta) - zeta) / (1 - t)
    torch.testing.assert_close(t * velocity, zeta + (1 - t) * score)
    far = (zeta - t * points).square().sum(1)
    weight = torch.softmax(share.log() - far / (2 * (1 - t) ** 2), 0)
    off = points - weight @ points
    cov = (weight[:, None] * off).T @ off
    torch.testing.assert_close(torch.func.jacrev(heading)(zeta), t / (1 - t) ** 2 * cov)


class Gaussian(Flow):
    """The exact flow of N(0, S)."""

    def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
        time = float(t[0])
        inner = np.linalg.inv(time**2 * S + (1 - time) ** 2 * np.eye(8))
        return (x @ torch.tensor(time * S @ inner).float().T - x) / (1 - time)


@pytest.mark.parametrize("steps", [5, 20])
def test_inpainting_is_that_of_the_package(chapter: dict[str, Any], steps: int) -> None:
    y = torch.randn(1, 8, 1, generator=Generator().manual_seed(5)).expand(50, 8, 1)
    mask = soft_mask(8, overlap=6, delay=2)
    policy = Gaussian(LIKE, chunk=8, steps=steps)
    found = policy.inpaint(torch.zeros(50, 1), y, mask, Generator().manual_seed(0))
    z = torch.randn(50, 8, generator=Generator().manual_seed(0)).double().numpy()
    ours = chapter["inpaint"](z, y[0, :, 0].numpy(), mask.numpy(), S, steps)
    np.testing.assert_allclose(found[..., 0].numpy(), ours, atol=1e-4)


def test_the_true_jacobian_carries_the_pull_along(chapter: dict[str, Any]) -> None:
    y, mask = np.where(PLACE < 2, 1.0, 0.0), (PLACE < 2) * 1.0
    exact = S[:, :2] @ np.linalg.solve(S[:2, :2], y[:2])
    z = np.random.default_rng(1).standard_normal((20000, 8))
    right, wrong = (
        abs(chapter["inpaint"](z, y, mask, S, true_jacobian=true).mean(0) - exact).max()
        for true in (True, False)
    )
    assert right < 0.08
    assert wrong > 2 * right


def test_five_steps_land_on_what_is_frozen(chapter: dict[str, Any]) -> None:
    y, mask = np.linspace(-2, 2, 8), (PLACE < 3) * 1.0
    z = np.random.default_rng(0).standard_normal((100, 8))
    done = chapter["inpaint"](z, y, mask, np.eye(8))
    np.testing.assert_allclose(done[:, :3], np.tile(y[:3], (100, 1)), atol=1e-12)


def test_gain_and_mask_by_hand() -> None:
    t = np.arange(1, 5) / 5
    gain = (t**2 + (1 - t) ** 2) / (t * (1 - t))
    np.testing.assert_allclose(gain, [4.25, 2.1667, 2.1667, 4.25], atol=1e-4)
    mask = soft_mask(8, overlap=6, delay=2)
    np.testing.assert_allclose(mask, [1, 1, 0.571, 0.287, 0.114, 0.026, 0, 0], atol=6e-4)


def test_two_frozen_actions_tell_the_side() -> None:
    """The best guess, and a draw by Bayes' rule: log odds 2 z with z ~ N(5, 5) on the true side."""
    assert norm.cdf(np.hypot(0.1, 0.2) / 0.1) == pytest.approx(0.987, abs=5e-4)
    z = 5 + 5**0.5 * norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    assert expit(2 * z).mean() == pytest.approx(0.981, abs=5e-4)
