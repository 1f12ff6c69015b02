"""Chapter 05: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import ilkit as il
from ilkit import divergences as d
from ilkit.data import Demos
from ilkit.learners.adversarial import Game
from ilkit.theory.mdp import MDP

CHAPTER = Path(__file__).parents[2] / "book" / "05-adversarial-reverse-kl.md"
GIVEN = {"np": np, "torch": torch, "nn": nn}
P, Q = torch.tensor([0.8, 0.2]).double(), torch.tensor([0.5, 0.5]).double()


@pytest.mark.parametrize("div", d.ALL, ids=lambda div: div.name)
def test_conjugates_from_scratch_are_those_of_the_package(
    chapter: dict[str, Any], div: d.FDivergence
) -> None:
    for t in (-3.0, -1.5, -0.3, 0.4):
        known = div.conjugate(torch.tensor(t)).item()
        if known < math.inf:
            assert chapter["conjugate"](div.name, t) == pytest.approx(known, abs=1e-4)
    t = torch.tensor([-1.4, -0.2]).double()
    found = chapter["bound"](P.numpy(), Q.numpy(), t.numpy(), lambda x: div.conjugate(t).numpy())
    assert found == pytest.approx(float((P * t).sum() - (Q * div.conjugate(t)).sum()))


@pytest.mark.parametrize("told", [True, False])
def test_the_game_from_scratch_has_the_gradients_of_the_package(
    chapter: dict[str, Any], told: bool
) -> None:
    act = 1 + 0.5 * torch.randn(1, 300, 1, generator=torch.Generator().manual_seed(0))
    demos = Demos(torch.zeros(1, 300, 1), act)
    policy = il.Gaussian(demos, net="linear", seed=1)
    policy.set_scale(demos)
    game = Game(policy, d.REVERSE_KL, blur=0.3, told=told)
    nn.init.normal_(game.critic.body[-1].weight, std=0.1)  # type: ignore[arg-type]
    obs, act, _ = demos.windows(1)
    game.loss(obs, act, torch.Generator().manual_seed(3)).mean().backward()

    dice = torch.Generator().manual_seed(3)
    noise = torch.randn(300, 1, generator=dice)[:, 0]
    expert = policy.to_unit(act)[:, 0] + 0.3 * torch.randn(300, 1, generator=dice)[:, 0]
    mean, log_std = (x[:, 0] for x in policy.moments(obs))

    def critic(x: Tensor) -> Tensor:
        v: Tensor = game.critic(policy.features(obs), x)
        return v[:, None]

    both = chapter["losses"](critic, mean, log_std, expert, noise, 0.3, told)
    for player, loss in zip((game.critic, game.learner), both, strict=True):
        weights = [p for p in player.parameters() if p.grad is not None]
        alone = torch.autograd.grad(loss, weights, retain_graph=True)
        for weight, gradient in zip(weights, alone, strict=True):
            torch.testing.assert_close(weight.grad, gradient, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_game_from_scratch_finds_the_larger_mode(chapter: dict[str, Any], seed: int) -> None:
    mean, std = chapter["play"](True, seed=seed)[-1]
    assert mean == pytest.approx(1, abs=0.05)
    assert std == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("div", [*d.ALL, d.alpha(0.3), d.alpha(2.0)], ids=lambda div: div.name)
def test_the_gap_is_the_height_above_the_tangent_at_the_belief(div: d.FDivergence) -> None:
    u, w = P / Q, torch.tensor([1.2, 0.7]).double()
    t = div.slope(w)
    gap = div.exact(P, Q) - ((P * t).sum() - (Q * div.conjugate(t)).sum())
    torch.testing.assert_close(gap, (Q * (div.f(u) - div.f(w) - t * (u - w))).sum())


def test_the_example_by_hand() -> None:
    t = -Q / P
    torch.testing.assert_close(t, torch.tensor([-0.625, -2.5]).double())
    assert (P * t).sum().item() == pytest.approx(-1)
    conjugate = d.REVERSE_KL.conjugate(t)
    assert conjugate.tolist() == pytest.approx([-0.530, -1.916], abs=5e-4)
    assert d.REVERSE_KL.exact(P, Q).item() == pytest.approx(0.223, abs=5e-4)
    assert d.KL.exact(P, Q).item() == pytest.approx(0.193, abs=5e-4)  # the slide note


@pytest.mark.parametrize("div", [d.KL, d.REVERSE_KL, d.JENSEN_SHANNON, d.HELLINGER, d.CHI_SQUARED])
def test_the_best_output_of_the_table_makes_the_bound_tight(div: d.FDivergence) -> None:
    u = P / Q
    v = {"KL": 1 + u.log(), "chi-squared": 2 * (u - 1)}.get(div.name, u.log())
    t = div.activation(v)
    bound = (P * t).sum() - (Q * div.conjugate(t)).sum()
    torch.testing.assert_close(bound, div.exact(P, Q))


@pytest.mark.parametrize("rate", [0.5, 1.0, 4.0, 6.0])
def test_the_smallest_game_turns_unless_it_is_told(rate: float) -> None:
    """Gradients of the bound by automatic differentiation; eigenvalues as in the proposition."""

    def bound(m: Tensor, w: Tensor) -> Tensor:
        b = w.square() / 2
        return 1 - (w.square() / 2 - b).exp() - w * m - b

    def plain(x: Tensor) -> Tensor:
        down, up = torch.func.grad(bound, (0, 1))(x[0], x[1])
        return torch.stack([-down, rate * up])

    def told(x: Tensor) -> Tensor:  # x = (m, c); the learner takes the critic for fixed
        down, up = torch.func.grad(bound, (0, 1))(x[0], x[1] - x[0])
        return torch.stack([-down, rate * up])

    start = torch.tensor([0.3, -0.2]).double()
    turning = torch.linalg.eigvals(torch.func.jacrev(plain)(start))
    root = torch.sqrt(torch.tensor(rate**2 - 4 * rate + 0j))
    assert sorted(turning.real.tolist()) == pytest.approx(
        sorted([(-rate + root.real.item()) / 2, (-rate - root.real.item()) / 2]), abs=1e-5
    )
    assert (turning.imag.abs().max() > 1e-3).item() == (rate < 4)
    straight = torch.linalg.eigvals(torch.func.jacrev(told)(start))
    assert sorted(straight.real.tolist()) == pytest.approx(sorted([-1, -rate]))
    assert straight.imag.abs().max() == 0


@pytest.mark.parametrize("seed", range(3))
def test_trajectories_lie_above_pairs_and_reverse_kl_splits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, rho = rng.dirichlet(np.ones(3), (3, 2)), rng.dirichlet(np.ones(3))
    mdp = MDP(p, np.zeros((3, 2)), rho, horizon=3)
    policies = [rng.dirichlet(np.ones(2), 3) for _ in range(2)]
    whole, pairs = [], []
    for pi in policies:
        step = pi[:, :, None] * p
        tree = np.einsum("a,abc,cde,ef->abcdef", rho, step, step, pi)
        whole.append(torch.tensor(tree.ravel()))
        where = mdp.occupancy(pi).numpy().mean(0)
        pairs.append(torch.tensor((where[:, None] * pi).ravel()))
    for div in d.ALL:
        assert div.exact(*pairs) <= div.exact(*whole) + 1e-12
    expert, learner = policies
    here = (learner * np.log(learner / expert)).sum(1)
    split = (mdp.occupancy(learner).numpy() @ here).sum()
    assert d.REVERSE_KL.exact(*whole).item() == pytest.approx(split)
