"""C06: the densities are densities, the bound is tight where it must be, the rule can fail."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ilkit import divergences as d
from ilkit.experiments import c06_bound as c06
from ilkit.experiments.claim import Result

GRID = torch.linspace(-c06.EDGE, c06.EDGE, c06.POINTS, dtype=torch.float64)


class Given(nn.Module):
    """A critic that is a function of the action."""

    def __init__(self, v: d.Map) -> None:
        super().__init__()
        self.v = v

    def forward(self, features: Tensor, act: Tensor) -> Tensor:
        return self.v(act[:, 0].double())


def bound(divergence: d.FDivergence, v: d.Map) -> float:
    critic = c06.Bound(c06.drawn(0), divergence, seed=0)
    critic.critic = Given(v)  # type: ignore[assignment]
    return float(critic.quadrature())


def test_densities_have_mass_one_and_samples_have_their_moments() -> None:
    pairs = c06.drawn(3).act[0].double()
    for log, sample in ((c06.log_p, pairs[:, 0]), (c06.log_q, pairs[:, 1])):
        density = log(GRID).exp()
        assert torch.trapezoid(density, GRID).item() == pytest.approx(1, abs=1e-9)
        mean = torch.trapezoid(density * GRID, GRID).item()
        second = torch.trapezoid(density * GRID.square(), GRID).item()
        assert sample.mean().item() == pytest.approx(mean, abs=0.03)
        assert sample.square().mean().item() == pytest.approx(second, abs=0.05)


@pytest.mark.parametrize("name", ["reverse KL", "Jensen-Shannon", "alpha = 0.5"])
def test_the_optimal_critic_attains_the_divergence_and_others_do_not(name: str) -> None:
    """These three activations are optimal at v = log p / q."""
    divergence = next(x for x in d.ALL if x.name == name)
    exact = divergence.quadrature(c06.log_p, c06.log_q, -c06.EDGE, c06.EDGE)

    def log_ratio(x: Tensor) -> Tensor:
        return c06.log_p(x) - c06.log_q(x)

    assert bound(divergence, log_ratio) == pytest.approx(exact, rel=1e-4)
    assert bound(divergence, lambda x: 0.7 * log_ratio(x)) < 0.99 * exact
    assert bound(divergence, torch.zeros_like) == pytest.approx(0, abs=1e-6)


def test_the_loss_is_minus_the_bound_on_samples() -> None:
    pairs = c06.drawn(1)
    critic = c06.Bound(pairs, d.KL, seed=1)
    critic.critic = Given(lambda x: 1 + c06.log_p(x) - c06.log_q(x))  # type: ignore[assignment]
    sampled = -critic.loss(pairs.obs[0], pairs.act[0, :, None]).mean().item()
    exact = d.KL.quadrature(c06.log_p, c06.log_q, -c06.EDGE, c06.EDGE)
    assert sampled == pytest.approx(exact, rel=0.1)


def test_it_holds_on_few_new_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c06, "ALL", (d.JENSEN_SHANNON, d.TOTAL_VARIATION))
    measurement = c06.measure(range(10_900, 10_903))
    assert c06.CLAIM.verdict(measurement.results)[0] == "holds"


def test_the_rule_is_broken_by_a_bound_above_or_far_below() -> None:
    def verdict(mean: float, largest: float) -> str:
        results = []
        for x in d.ALL:
            results.append(Result(f"{x.name}: mean ratio", mean, mean - 0.01, mean + 0.01, 20))
            results.append(Result.exact(f"{x.name}: largest ratio", largest))
        return c06.CLAIM.verdict(results)[0]

    assert verdict(0.98, 0.999) == "holds"
    assert verdict(0.98, 1.001) == "fails"
    assert verdict(0.93, 0.99) == "fails"
    assert verdict(0.955, 0.99) == "inconclusive"
