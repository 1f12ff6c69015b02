"""C08: the closed form of the total correlation, the gap in expectation, the rule."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import entropy

from ilkit.envs.correlated import Correlated
from ilkit.experiments import c08_joint_actions as c08
from ilkit.experiments.claim import Result
from ilkit.rollout import collect
from ilkit.train import fit_many


def test_total_correlation_is_scipys_and_zero_for_products() -> None:
    joint = Correlated(shelves=4, agree=0.9).joint()
    product = joint[0].sum(1)[:, None] * joint[0].sum(0)[None]
    expected = entropy(joint[0].flatten(), product.flatten())
    assert float(c08.total_correlation(joint)[0]) == pytest.approx(expected, abs=1e-12)
    assert float(c08.total_correlation(product[None])[0]) == pytest.approx(0, abs=1e-12)
    certain = Correlated(shelves=5, agree=1.0).joint()
    assert c08.total_correlation(certain).tolist() == pytest.approx([math.log(4)] * 5)


def test_the_expected_gap_of_trained_heads_is_the_total_correlation() -> None:
    """By enumeration of all pairs instead of new data, on fewer seeds and steps."""
    env = Correlated(shelves=c08.SHELVES, agree=c08.AGREE)
    seeds = range(900, 902)
    demos = [collect(env.expert, env, 1000, seed=2 * seed) for seed in seeds]
    shelf = torch.arange(c08.SHELVES)
    pairs = torch.cartesian_prod(shelf, shelf, shelf)
    act = env.height(pairs[:, 1:])[:, None]
    joint = env.joint().flatten()
    gain = []
    for order in ("independent", "mlp"):
        heads = [c08.untrained(env, order, seed) for seed in seeds]
        fit_many(heads, demos, steps=1200, batch=64, lr=2e-2, seeds=seeds)
        log_prob = heads[0].log_prob(pairs[:, 0], act).detach().double()
        gain.append(float((joint * log_prob)[joint > 0].sum()) / c08.SHELVES)
    exact = float(c08.total_correlation(env.joint()).mean())
    assert gain[1] - gain[0] == pytest.approx(exact, rel=0.02)


def test_seeds_begin_with_weights_of_their_own() -> None:
    first, second = (c08.untrained(Correlated(), "mlp", seed) for seed in (0, 1))
    assert not torch.equal(first.head.weight, second.head.weight)


def results(low: float, high: float) -> list[Result]:
    gaps = [Result(f"gap, {order}", (low + high) / 2, low, high, 20) for order in ("mlp", "lstm")]
    return [*gaps, Result.exact("total correlation", 1.0)]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.99, 1.01, "holds"),
        (1.001, 1.01, "inconclusive"),  # near, but the total correlation is outside
        (0.9, 1.1, "inconclusive"),  # too wide to tell
        (0.9, 0.97, "fails"),
        (1.03, 1.04, "fails"),
    ],
)
def test_the_rule(low: float, high: float, verdict: str) -> None:
    assert c08.CLAIM.verdict(results(low, high))[0] == verdict
