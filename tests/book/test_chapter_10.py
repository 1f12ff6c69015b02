"""Chapter 10: what it computes from scratch is what `ilkit` computes, and its theorems' numbers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit.divergences import KL, REVERSE_KL
from ilkit.learners.distill import distill, log_probs, matching, sampler
from ilkit.policies.nets import Network
from ilkit.theory.mdp import MDP

CHAPTER = Path(__file__).parents[2] / "book" / "10-on-policy-distillation.md"
GIVEN = {"np": np, "il": il, "sampler": sampler}


@pytest.mark.parametrize("w", [0.05, 0.39, 0.8])
def test_divergences_of_texts_are_sums_over_characters(chapter: dict[str, Any], w: float) -> None:
    p, q = (
        torch.tensor(chapter["teacher_writes"]),
        torch.tensor(chapter["student_writes"](w)),
    )
    assert chapter["forward"](w) == pytest.approx(float(KL.exact(p, q)))
    assert chapter["reverse"](w) == pytest.approx(float(REVERSE_KL.exact(p, q)))


def test_losses_are_those_of_the_package(chapter: dict[str, Any]) -> None:
    env = il.Characters(horizon=5)
    teacher, student = (il.Categorical(env, Network(hidden=(8,)), seed=i) for i in range(2))
    obs = il.rollout(teacher, env, 4).obs.flatten(0, 1)
    ask = log_probs(teacher)
    log_p, log_q = ask(obs), log_probs(student)(obs)
    forward, reverse = chapter["kl"](log_p, log_q), chapter["kl"](log_q, log_p)
    torch.testing.assert_close(forward, matching(ask, KL)(student, obs).detach(), atol=1e-6, rtol=0)
    torch.testing.assert_close(
        reverse, matching(ask, REVERSE_KL)(student, obs).detach(), atol=1e-6, rtol=0
    )


@pytest.mark.parametrize(("direction", "divergence"), [("forward", KL), ("reverse", REVERSE_KL)])
def test_the_loop_is_that_of_the_package(
    chapter: dict[str, Any], direction: str, divergence: Any
) -> None:
    env = il.Characters(horizon=8)
    teacher, start = (il.Categorical(env, Network(hidden=(4,)), seed=i) for i in range(2))
    short = {"steps": 20, "batch": 16, "lr": 5e-3}
    ours = chapter["distil_by_hand"](start, env, log_probs(teacher), direction, 2, 4, **short)
    theirs = distill(start, env, teacher, divergence=divergence, rounds=2, episodes=4, **short)
    obs = il.rollout(teacher, env, 4).obs.flatten(0, 1)
    torch.testing.assert_close(ours.logits(obs), theirs.logits(obs), atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_the_reverse_gradient_has_the_two_terms_of_the_theorem(seed: int) -> None:
    """A student blind to the prefix, three letters, texts of three: both terms by enumeration."""
    rng = torch.Generator().manual_seed(seed)
    free = torch.randn(3, 3, generator=rng, dtype=torch.float64)  # by the last letter
    first = torch.randn(3, generator=rng, dtype=torch.float64)
    z = torch.randn(3, generator=rng, dtype=torch.float64, requires_grad=True)
    log_q = z.log_softmax(0)

    def teacher(prefix: tuple[int, ...]) -> torch.Tensor:
        return (free[prefix[-1]] if prefix else first).log_softmax(0)

    def at(prefix: tuple[int, ...]) -> torch.Tensor:
        return (log_q.exp() * (log_q - teacher(prefix))).sum()

    whole = at_prefix = which = torch.zeros((), dtype=torch.float64)
    for text in itertools.product(range(3), repeat=3):
        log = log_q[list(text)]
        chance = log.sum().exp()
        prefixes = [text[:t] for t in range(3)]
        ratio = sum(log[t] - teacher(prefixes[t])[text[t]] for t in range(3))
        whole = whole + chance * ratio
        price = torch.stack([at(prefix) for prefix in prefixes])
        at_prefix = at_prefix + chance.detach() * price.sum()
        to_come = torch.stack([price[t + 1 :].sum() for t in range(3)]).detach()
        which = which + chance.detach() * (to_come * log).sum()
    exact, one, two = (
        torch.autograd.grad(x, z, retain_graph=True)[0] for x in (whole, at_prefix, which)
    )
    torch.testing.assert_close(exact, one + two)
    assert (exact - one).abs().max() > 1e-3


@pytest.mark.parametrize("seed", range(5))
def test_costs_stay_below_both_bounds(seed: int) -> None:
    """Divergence on one's own states, in either direction, and on the teacher's."""
    rng = np.random.default_rng(seed)
    states, actions, horizon = 5, 3, 7
    mdp = MDP(
        rng.dirichlet(np.ones(states), (states, actions)),
        rng.random((states, actions)),
        rng.dirichlet(np.ones(states)),
        horizon=horizon,
    )
    star = torch.tensor(rng.dirichlet(np.ones(actions), states))
    mixed = torch.tensor(rng.dirichlet(np.ones(actions), states))
    for share in (0.05, 0.3, 1.0):
        pi = (1 - share) * star + share * mixed
        excess = mdp.total_cost(pi) - mdp.total_cost(star)
        q = mdp.q_values(star)
        u = float((q.max(-1).values - q.min(-1).values).max())
        forward, reverse = KL.exact(star, pi), REVERSE_KL.exact(star, pi)
        for at_state in (forward, reverse):
            eps = float((mdp.occupancy(pi) * at_state).sum(-1).mean())
            assert excess <= u * horizon * (eps / 2) ** 0.5 + 1e-12
        eps = float((mdp.occupancy(star) * forward).sum(-1).mean())
        assert excess <= horizon * min(1.0, (horizon * eps / 2) ** 0.5) + 1e-12


def test_second_moment_of_the_weights() -> None:
    """0.9 against 0.8: 1.111 a character, over all texts of five."""
    p, q = np.array([0.9, 0.1]), np.array([0.8, 0.2])
    moment = sum(
        np.prod(p[list(text)]) * np.prod((q / p)[list(text)]) ** 2
        for text in itertools.product(range(2), repeat=5)
    )
    assert moment == pytest.approx((0.64 / 0.9 + 0.04 / 0.1) ** 5)
    assert round((0.64 / 0.9 + 0.04 / 0.1) ** 32) == 29
