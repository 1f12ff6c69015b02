"""Chapter 01: what it computes from scratch is what `ilkit` computes, and its propositions hold."""

from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit.envs.gridworld import cell
from ilkit.theory.mdp import MDP

CHAPTER = Path(__file__).parents[2] / "book" / "01-sequential-decisions.md"
GIVEN = {"np": np}
EYE = torch.eye(4, dtype=torch.float64)


def random_mdp(seed: int, **ends: Any) -> tuple[MDP, torch.Tensor]:
    """A small process and a random policy."""
    rng = np.random.default_rng(seed)
    p, cost = rng.dirichlet(np.ones(5), (5, 3)), rng.normal(size=(5, 3))
    mdp = MDP(p, cost, rng.dirichlet(np.ones(5)), **ends)
    return mdp, torch.tensor(rng.dirichlet(np.ones(3), 5))


def test_the_gridworld_from_scratch_is_that_of_the_package(scratch: list[dict[str, Any]]) -> None:
    ours, env = scratch[0], il.Gridworld()
    np.testing.assert_allclose(ours["p"], env.p.numpy(), atol=1e-12)
    np.testing.assert_allclose(ours["c"], env.cost.numpy(), atol=1e-12)
    value, _ = env.mdp(discount=0.99).value_iteration()
    np.testing.assert_allclose(ours["V"], value.numpy(), atol=1e-9)


def test_entry_by_hand() -> None:
    """The cell above the exit: v = 0.99 (5 + 0.25 v + 0.25 * 9.42), which is 9.68."""
    value, _ = il.Gridworld().mdp(discount=0.99).value_iteration()
    beside = -float(value[cell(0, 4)])
    exact = 0.99 * (5 + 0.25 * -float(value[cell(1, 3)])) / (1 - 0.99 * 0.25)
    assert -float(value[cell(1, 4)]) == pytest.approx(exact)
    assert (round(exact, 2), round(beside, 2)) == (9.68, 9.42)


def test_best_neighbour_is_not_the_rule() -> None:
    """The slide note: at the cell worth 5.04 the best move is up, into a wall."""
    env = il.Gridworld()
    value, _ = env.mdp(discount=0.99).value_iteration()
    assert int(env.best[cell(3, 1)]) == 0
    assert value[cell(3, 0)] < value[cell(3, 1)] < value[cell(3, 2)]


def test_machine_by_hand() -> None:
    mdp = MDP([[[0.9, 0.1]], [[0.0, 1.0]]], [[0.0], [1.0]], [1.0, 0.0], discount=0.9)
    assert mdp.occupancy([[1.0], [1.0]])[0].item() == pytest.approx(0.1 / 0.19)
    assert mdp.total_cost([[1.0], [1.0]]) == pytest.approx(0.9 / 0.19)


@pytest.mark.parametrize("seed", range(3))
def test_the_two_views_agree(seed: int) -> None:
    mdp, policy = random_mdp(seed, discount=0.8)
    d = mdp.occupancy(policy)
    mean = float((d[:, None] * policy * mdp.cost).sum())
    assert mdp.total_cost(policy) == pytest.approx(mean / (1 - 0.8))
    flow = 0.2 * mdp.rho0 + 0.8 * torch.einsum("s,sa,saz->z", d, policy, mdp.p)
    assert torch.allclose(d, flow, atol=1e-12)


def test_the_present_state_is_enough() -> None:
    """A policy that remembers its first state has the occupancy of one that does not."""
    mdp, policy = random_mdp(0, horizon=4)
    other = policy.flip(0)
    law, pairs = torch.diag(mdp.rho0), []  # [first state, state]
    for _ in range(4):
        act = torch.stack([policy if first % 2 else other for first in range(5)])
        joint = law[:, :, None] * act  # [first state, state, action]
        pairs.append(joint.sum(0))
        law = torch.einsum("fsa,saz->fz", joint, mdp.p)
    both = torch.stack(pairs)
    forgetful = both / both.sum(-1, keepdim=True)
    where = mdp.occupancy(forgetful)
    assert torch.allclose(where[..., None] * forgetful, both, atol=1e-12)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 5.0])
def test_cost_is_a_reverse_divergence(alpha: float) -> None:
    mdp, policy = random_mdp(1, horizon=3)
    p, cost, rho, pi = (x.numpy() for x in (mdp.p, mdp.cost, mdp.rho0, policy))
    ours, tilde = [], []
    for path in product(product(range(5), range(3)), repeat=3):
        world = rho[path[0][0]]
        for (s, a), (z, _) in pairwise(path):
            world *= p[s, a, z]
        ours.append(world * np.prod([pi[s, a] for s, a in path]))
        tilde.append(world * np.exp(-sum(cost[s, a] for s, a in path) / alpha))
    mine, theirs = np.array(ours), np.array(tilde)
    left = alpha * (mine * np.log(mine * theirs.sum() / theirs)).sum()
    entropy = float((mdp.occupancy(policy) @ -(policy * policy.log()).sum(-1)).sum())
    right = mdp.total_cost(policy) - alpha * entropy + alpha * np.log(theirs.sum())
    assert left == pytest.approx(right, abs=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_greedy_improves(seed: int) -> None:
    mdp, policy = random_mdp(seed, discount=0.9)
    greedy = torch.eye(3, dtype=torch.float64)[mdp.q_values(policy).argmin(-1)]
    assert (mdp.value(greedy) <= mdp.value(policy) + 1e-12).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_potential_shifts_action_values(seed: int) -> None:
    mdp, policy = random_mdp(seed, discount=0.9)
    phi = torch.randn(5, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    shaped = MDP(mdp.p, mdp.cost + 0.9 * mdp.p @ phi - phi[:, None], mdp.rho0, discount=0.9)
    shift = mdp.q_values(policy) - phi[:, None]
    assert torch.allclose(shaped.q_values(policy), shift, atol=1e-10)


def test_demonstrator_of_the_last_figure() -> None:
    """Bias survives a vote, noise does not: -2.0 sampled, 1.9 by vote, 7.1 at best."""
    mdp = il.Gridworld().mdp(discount=0.99)
    hasty = EYE[il.Gridworld(discount=0.5).best]
    rewards = [-mdp.total_cost(x) for x in (0.8 * hasty + 0.05, hasty)]
    assert rewards == pytest.approx([-2.02, 1.90], abs=0.01)
    assert (0.8 * hasty + 0.05).argmax(-1).tolist() == hasty.argmax(-1).tolist()
