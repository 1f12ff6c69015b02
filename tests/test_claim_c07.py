"""C07: shares are counted as the rule says, few seeds come out as stored, the rule can fail."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.fork import Fork
from ilkit.experiments import c07_one_mode as c07
from ilkit.experiments.claim import Result
from ilkit.rollout import collect, rollout


def test_experts_take_their_shares_and_a_car_that_goes_straight_on_hits() -> None:
    env = Fork(left=c07.LEFT, spread=c07.SPREAD)
    experts = collect(env.expert, env, 2000, seed=1)
    left, hit = c07.shares(env, [experts])
    assert left.item() == pytest.approx(c07.LEFT, abs=0.03)
    assert hit.item() == 0
    blind = rollout(lambda obs: torch.zeros(len(obs), 1), Fork(), 50, seed=1)
    assert [x.item() for x in c07.shares(Fork(), [blind])] == [0, 1]


def test_density_beside_the_tree_has_the_experts_two_modes() -> None:
    env = Fork(left=c07.LEFT, spread=c07.SPREAD)
    density = c07.beside_the_tree([collect(env.expert, env, 4000, seed=2)])
    mass = density * c07.EDGES.diff()
    middle = (c07.EDGES[:-1] + c07.EDGES[1:]) / 2
    assert mass.sum().item() == pytest.approx(1, abs=1e-3)
    assert mass[middle > 0].sum().item() == pytest.approx(c07.LEFT, abs=0.03)
    assert (mass[middle.abs() < 0.6] == 0).all()


def test_it_holds_on_few_new_seeds() -> None:
    results = {r.name: r for r in c07.measure(range(10_900, 10_902)).results}
    assert results["share of seeds that pick it"].estimate == 1
    assert results["forward KL: collisions"].estimate > 0.2


@pytest.mark.parametrize(
    ("share", "hit", "verdict"),
    [(0.95, 0.3, "holds"), (0.9, 0.3, "fails"), (1.0, 0.01, "fails"), (1.0, 0.05, "inconclusive")],
)
def test_the_rule(share: float, hit: float, verdict: str) -> None:
    results = [
        Result.exact("share of seeds that pick it", share),
        Result("forward KL: collisions", hit, hit - 0.02, hit + 0.02, 20),
    ]
    assert c07.CLAIM.verdict(results)[0] == verdict
