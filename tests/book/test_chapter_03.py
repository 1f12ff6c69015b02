"""Chapter 03: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit.theory import bounds
from ilkit.theory.mdp import MDP, performance_difference

CHAPTER = Path(__file__).parents[2] / "book" / "03-compounding-error.md"
GIVEN = {"np": np}


def test_two_states_cost_what_the_tightrope_costs(scratch: list[dict[str, Any]]) -> None:
    rope, _ = scratch
    env = il.Tightrope(horizon=rope["H"])
    exact = env.mdp().total_cost(env.learner(rope["eps"]))
    assert rope["cost"] == pytest.approx(exact, abs=1e-10)
    assert rope["cost"] == pytest.approx(bounds.tightrope_cost(rope["eps"], rope["H"]), abs=1e-10)


def test_occupancy_and_prices_are_those_of_the_package(scratch: list[dict[str, Any]]) -> None:
    _, lemma = scratch
    mdp = MDP(lemma["p"], lemma["c"], lemma["rho"], horizon=lemma["H"])
    where = lemma["occupancy"](lemma["p"], lemma["pi"], lemma["rho"], lemma["H"])
    price = lemma["q_values"](lemma["p"], lemma["c"], lemma["pi"], lemma["H"])
    np.testing.assert_allclose(where, mdp.occupancy(lemma["pi"]).numpy(), atol=1e-12)
    np.testing.assert_allclose(price, mdp.q_values(lemma["pi"]).numpy(), atol=1e-12)


def test_both_forms_of_the_lemma_are_those_of_the_package(scratch: list[dict[str, Any]]) -> None:
    _, lemma = scratch
    pi, star, J = lemma["pi"], lemma["star"], lemma["J"]
    mdp = MDP(lemma["p"], lemma["c"], lemma["rho"], horizon=lemma["H"])
    ours = lemma["difference"](pi, star), lemma["difference"](star, pi)
    np.testing.assert_allclose(ours, performance_difference(mdp, pi, star), atol=1e-12)
    assert ours[0] == pytest.approx(J(pi) - J(star), abs=1e-12)
    assert J(pi) == pytest.approx(mdp.total_cost(pi), abs=1e-12)


def test_conditional_error_of_disjoint_mistakes_exceeds_the_error() -> None:
    """The slide note: error 0.1 at each step, yet 0.2 at step 6 and 1 at step 10, given none."""
    mdp, learner, expert = bounds.disjoint_mistakes(0.1, 10)
    loss = 1 - (learner * expert).sum(-1)
    loss[:, -1] = 1  # off the rope it has gone wrong already
    error = (mdp.occupancy(expert) * loss).sum(-1)
    assert error == pytest.approx(torch.full((10,), 0.1, dtype=torch.float64))
    alive = mdp.occupancy(learner)[:, :-1]
    given_none = (alive * loss[:, :-1]).sum(-1) / alive.sum(-1)
    assert given_none[5].item() == pytest.approx(0.2)
    assert given_none[9].item() == pytest.approx(1.0)
    at_six = (mdp.occupancy(learner) * loss).sum(-1)[5].item()
    assert at_six == pytest.approx(0.6)
    assert at_six > 0.1 * 0.5 + 0.5


def test_on_the_tightrope_labels_ask_for_fewer_walks_than_demonstrations() -> None:
    """The text's numbers: with H = C = 100, 500 walks by labels, 990 by the log loss."""
    labels = bounds.labels_needed(1.0, 100, policies=1000, delta=0.05)
    assert round(labels / 100) == 500
    assert bounds.log_loss_bound(100, 1000, 990, 0.05) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("past", [0, 1, 5, 19])
def test_chance_given_no_mistake_before(past: int) -> None:
    """The quick question: eps / (1 - eps (t - 1)) is attained, and reaches 1 at t = 20."""
    mdp, learner, _ = bounds.disjoint_mistakes(0.05, 20)
    where = mdp.occupancy(learner)[past, :-1]
    given_none = (where * learner[past, :-1, 1]).sum() / where.sum()
    assert given_none.item() == pytest.approx(0.05 / (1 - 0.05 * past))


@pytest.mark.parametrize("horizon", [1, 2, 10, 100])
@pytest.mark.parametrize("eps", [1e-4, 0.01, 0.1, 0.5, 1.0])
def test_tightrope_lies_between_its_two_bounds(eps: float, horizon: int) -> None:
    ratio = bounds.tightrope_cost(eps, horizon) / bounds.cloning_bound(eps, horizon)
    assert 1 - eps * (horizon - 1) / 3 - 1e-12 <= ratio <= 1 + 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_survivors_and_total_variation(seed: int) -> None:
    """The lemma of the survivors, and cost at most C q, on random processes."""
    rng = np.random.default_rng(seed)
    states, actions, horizon = 5, 3, 7
    p = rng.dirichlet(np.ones(states), (states, actions))
    cost, rho = rng.random((states, actions)), rng.dirichlet(np.ones(states))
    star = np.eye(actions)[rng.integers(actions, size=states)]
    pi = 0.9 * star + 0.1 * rng.dirichlet(np.ones(actions), states)
    mdp = MDP(p, cost, rho, horizon=horizon)
    expert, learner = (mdp.occupancy(x).numpy() for x in (star, pi))
    stays = (pi * star).sum(1)
    errors = expert @ (1 - stays)
    survivors = rho
    for t in range(horizon):
        assert (survivors <= expert[t] + 1e-12).all()
        shift = np.abs(learner[t] - expert[t]).sum() / 2
        assert shift <= errors[:t].sum() + 1e-12
        survivors = np.einsum("s,sa,saz->z", survivors * stays, star, p)
    leaving = 1 - survivors.sum()
    excess = mdp.total_cost(pi) - mdp.total_cost(star)
    assert leaving <= errors.sum() + 1e-12
    assert excess <= horizon * leaving + 1e-12
    assert excess <= bounds.summed_bound(errors.tolist()) + 1e-12


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.7, 1.0])
@pytest.mark.parametrize("eps", [0.001, 0.1, 0.6])
def test_a_ladder_makes_cloning_linear(rate: float, eps: float) -> None:
    """The exercise: one mistake costs at most 1 + 1/r, so an episode at most that times eps H."""
    p = torch.tensor([[[1.0, 0], [0, 1]], [[rate, 1 - rate]] * 2], dtype=torch.float64)
    mdp = MDP(p, [[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0], horizon=60)
    learner = torch.tensor([[1 - eps, eps], [0.5, 0.5]], dtype=torch.float64)
    q = mdp.q_values(learner)[:, 0]
    assert (q[:, 1] - q[:, 0]).max() <= 1 + 1 / rate + 1e-12
    assert mdp.total_cost(learner) <= (1 + 1 / rate) * eps * 60 + 1e-12
