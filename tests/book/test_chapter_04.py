"""Chapter 04: its few lines are `ilkit`'s divergences, and its theorems hold on numbers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import brentq, minimize
from scipy.stats import norm

from ilkit import divergences
from ilkit.experiments.c05_cover_seek import log_p, log_q, optimum

CHAPTER = Path(__file__).parents[2] / "book" / "04-mode-averaging.md"
GIVEN = {"np": np}
THEIRS = {one.name: one for one in (*divergences.ALL, divergences.alpha(-1.0))}


@pytest.mark.parametrize(("mean", "std"), [(-0.2, 1.02), (-1.0, 0.3), (0.5, 0.7)])
def test_divergences_from_scratch_are_those_of_the_package(
    chapter: dict[str, Any], mean: float, std: float
) -> None:
    p, q = chapter["expert"](1.0), chapter["normal"](mean, std)
    for name, f in chapter["F"].items():
        if name == "alpha = -1" and std > 0.4:
            continue  # above 1e60: it lives in the tails of q^2 / p
        ours = chapter["divergence"](f, p, q)
        theirs = THEIRS[name].quadrature(log_p, lambda a: log_q(a, mean, std), -8, 8)
        assert ours == pytest.approx(theirs, rel=2e-3), name


def test_the_table_of_gaussians_finds_the_optimum_of_the_package(chapter: dict[str, Any]) -> None:
    for name in ("KL", "reverse KL"):
        mean, std, _ = chapter["nearest"](chapter["F"][name], chapter["expert"](1.0))
        best = optimum(THEIRS[name])
        assert mean == pytest.approx(best[0].item(), abs=0.05)
        assert std == pytest.approx(best[1].item(), rel=0.05)


def test_the_table_by_hand() -> None:
    p, q = torch.tensor([0.8, 0.2]), torch.tensor([0.5, 0.5])
    by_hand = {
        "KL": 0.193,
        "reverse KL": 0.223,
        "total variation": 0.3,
        "chi-squared": 0.36,
        "Jensen-Shannon": 0.101,
    }
    for name, value in by_hand.items():
        assert THEIRS[name].exact(p, q).item() == pytest.approx(value, abs=6e-4)


def test_two_moments_and_the_gap_that_is_left() -> None:
    """Shares 0.6 and 0.4: mean -0.2, variance 1.05; the first metre of the fork: 1.112 nats."""
    best = optimum(divergences.KL)
    assert best[0].item() == pytest.approx(0.6 * -1 + 0.4, abs=1e-4)
    assert best[1].item() ** 2 == pytest.approx(0.09 + 0.24 * 4, abs=1e-4)
    x = np.linspace(-3, 3, 60_001)
    p = (norm.pdf(x, -0.6, 0.1) + norm.pdf(x, 0.6, 0.1)) / 2
    gap = np.trapezoid(p * (np.log(p + 1e-300) - norm.logpdf(x, 0, math.sqrt(0.37))), x)
    assert gap == pytest.approx(1.112, abs=5e-4)


def test_pythagoras_of_the_forward_divergence() -> None:
    x = np.linspace(-12, 12, 60_001)
    p = 0.6 * norm.pdf(x, -1, 0.3) + 0.4 * norm.pdf(x, 1, 0.3)
    best = norm.pdf(x, -0.2, math.sqrt(1.05))
    q = norm.pdf(x, 0.5, 1.3)

    def kl(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.trapezoid(a * np.log((a + 1e-300) / (b + 1e-300)), x))

    assert kl(p, q) == pytest.approx(kl(p, best) + kl(best, q), abs=1e-8)


@pytest.mark.parametrize("name", THEIRS)
def test_properties_of_f_divergences(name: str) -> None:
    """Never negative, at most f_0 + f_infinity, lower after processing, with zeros too."""
    rng, one = np.random.default_rng(0), THEIRS[name]
    for _ in range(50):
        p, q = rng.dirichlet(np.ones(5), 2)
        p, q = ((v * (rng.random(5) < 0.8) + 1e-3 * (np.arange(5) == 0)) for v in (p, q))
        p, q = p / p.sum(), q / q.sum()
        k = rng.dirichlet(np.ones(3), 5)
        before = one.exact(torch.tensor(p), torch.tensor(q)).item()
        after = one.exact(torch.tensor(p @ k), torch.tensor(q @ k)).item()
        assert -1e-12 <= after <= before + 1e-12
        assert before <= one.at_zero + one.at_infinity + 1e-12


@pytest.mark.parametrize("sharp", [0.02, 0.05, 0.1])
@pytest.mark.parametrize(("mean", "std"), [(-1.0, 0.05), (-0.9, 0.3), (0.0, 1.0), (0.3, 0.5)])
def test_covering_avoiding_and_seeking(sharp: float, mean: float, std: float) -> None:
    """All parts of the theorem, for Gaussians that are optimal and for others."""
    x = np.linspace(-8, 8, 160_001)
    log_modes = norm.logpdf(x, [[-1], [1]], sharp) + np.log([[0.6], [0.4]])
    log_of_p, log_of_q = np.logaddexp(*log_modes), norm.logpdf(x, mean, std)
    forward = np.trapezoid(np.exp(log_of_p) * (log_of_p - log_of_q), x)
    reverse = np.trapezoid(np.exp(log_of_q) * (log_of_q - log_of_p), x)

    def mass(low: float, high: float) -> float:
        return float(norm.cdf(high, mean, std) - norm.cdf(low, mean, std))

    half = 4 * sharp
    left, right = mass(-1 - half, -1 + half), mass(1 - half, 1 + half)
    of_p = 2 * norm.sf(4)  # outside both, up to what reaches the other mode
    of_q = 1 - left - right
    assert right >= math.exp(-(forward + math.log(2)) / 0.4)
    assert of_q <= (reverse + math.log(2)) / math.log(1 / of_p) + 1e-9
    assert min(left, right) <= 2 * half / (2 - 2 * half) * of_q + 1e-12


def test_the_example_by_hand() -> None:
    off = 2 * norm.sf(8)
    assert off == pytest.approx(1.2e-15, rel=0.05)
    bound = 0.8 / 1.2 * (math.log(1 / 0.6) + math.log(2)) / math.log(1 / off)
    assert bound == pytest.approx(0.023, abs=5e-4)
    assert norm.cdf(-0.2 / 0.98) == pytest.approx(0.42, abs=5e-3)


def test_reverse_kl_goes_on_covering_from_the_forward_optimum() -> None:
    """The third valley: descent from the clone ends over both modes, higher than at either."""

    def distance(theta: np.ndarray) -> float:
        mean, std = float(theta[0]), math.exp(theta[1])
        return divergences.REVERSE_KL.quadrature(
            log_p, lambda a: log_q(a, mean, std), -11, 11, 2001
        )

    end = minimize(distance, [-0.2, math.log(1.0247)], method="BFGS", options={"gtol": 1e-5})
    assert math.exp(end.x[1]) > 0.8
    assert distance(end.x) > distance(np.array([-1.0, math.log(0.3)])) + 0.5


def test_where_the_middle_turns_into_a_maximum() -> None:
    """The exercise: the closed form of the divergence, and its critical distance, 1.4608."""
    z, w = np.polynomial.hermite_e.hermegauss(200)
    w = w / w.sum()

    def value(mu: float, m: float) -> float:
        return (mu**2 + m**2) / 2 - float(w @ np.log(np.cosh(m * (mu + z))))

    x = np.linspace(-15, 15, 30_001)
    q = norm.pdf(x, 0.4, 1)
    log_mix = np.logaddexp(norm.logpdf(x, -1.3), norm.logpdf(x, 1.3)) - math.log(2)
    assert value(0.4, 1.3) == pytest.approx(
        np.trapezoid(q * (norm.logpdf(x, 0.4) - log_mix), x), abs=1e-6
    )
    critical = brentq(lambda m: 1 - m**2 * float(w @ np.cosh(m * z) ** -2.0), 1.0, 2.0)
    assert critical == pytest.approx(1.4608, abs=1e-3)
    for m, sign in ((critical - 0.05, 1), (critical + 0.05, -1)):
        assert sign * (value(0.05, m) - value(0.0, m)) > 0
