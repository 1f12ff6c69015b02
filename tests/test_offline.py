"""Offline learners: transitions that line up, losses as the papers state them, closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs import Linear, Tightrope
from ilkit.errors import InputError
from ilkit.learners.offline import IQL, IQLearn, Transitions, offline
from ilkit.policies import Deterministic
from ilkit.rollout import collect, evaluate


def rows(n: int, *shape: int, seed: int = 0) -> Tensor:
    return torch.randn(n, *shape, generator=torch.Generator().manual_seed(seed))


def test_transitions_hold_a_state_its_successor_and_what_was_paid() -> None:
    mask = torch.ones(2, 5, dtype=torch.bool)
    mask[1, 3:] = False
    demos = Demos(rows(2, 5, 3), rows(2, 5, 2), mask=mask, cost=rows(2, 5).abs())
    obs, act, weight = Transitions.of(demos).windows(1)
    places = [(0, t) for t in range(4)] + [(1, 0), (1, 1)]
    assert len(obs) == len(act) == len(weight) == len(places)
    for row, (i, t) in enumerate(places):
        assert torch.equal(obs[row], demos.obs[i, t : t + 2])
        assert torch.equal(act[row, 0, :2], demos.act[i, t])
        assert act[row, 0, 2] == demos.cost[i, t]


def test_inverse_rl_minimises_the_papers_objective() -> None:
    """-E[phi(Q - gamma V')] + E[V - gamma V'], phi(r) = r - r^2 / (4 alpha), written out."""
    demos = Demos(rows(4, 6, 3), rows(4, 6, 2, seed=1))
    policy = IQLearn(demos, precision=2.0, alpha=0.3, discount=0.9, seed=1)
    policy.set_scale(demos)
    obs, act, _ = Transitions.of(demos).windows(1)
    v, after = (policy.value(policy.features(obs[:, i]))[:, 0] for i in (0, 1))
    gap = policy.predict(obs[:, 0]) - policy.to_unit(act[..., :-1])
    reward = v - gap.square().sum(1) - 0.9 * after
    phi = reward - reward.square() / (4 * 0.3)
    torch.testing.assert_close(policy.loss(obs, act), -phi + v - 0.9 * after)


def test_the_value_of_a_state_that_never_changes_is_the_geometric_sum() -> None:
    demos = Demos(torch.zeros(1, 9, 1), rows(1, 9, 1), cost=torch.full((1, 9), 0.5))
    learned = offline(IQL(demos, discount=0.5, seed=2), demos, steps=600, lr=3e-3)
    assert learned.value(torch.zeros(1, 1)).item() == pytest.approx(-0.5 / (1 - 0.5), abs=0.02)


def test_of_two_actions_the_cheaper_is_cloned_by_the_closed_form() -> None:
    """Costs 0 and 1 of equally frequent actions 1 and -1: V is the 0.7-expectile, -0.3."""
    act = torch.tensor([1.0, -1.0]).repeat(50)[None, :, None]
    cost = (1 - act[..., 0]) / 2
    demos = Demos(torch.zeros(1, 100, 1), act, cost=cost)
    policy = IQL(demos, expectile=0.7, temperature=3.0, discount=1e-6, seed=0)
    learned = offline(policy, demos, steps=1500, lr=3e-3, batch=512)
    up, down = math.exp(3 * 0.3), math.exp(-3 * 0.7)
    wanted = (up - down) / (up + down)
    assert float(learned(torch.zeros(1, 1))) == pytest.approx(wanted, abs=0.03)
    assert learned.value(torch.zeros(1, 1)).item() == pytest.approx(-0.3, abs=0.03)


@pytest.mark.parametrize("kind", [IQL, IQLearn])
def test_both_imitate_where_the_expert_shows_every_direction(
    kind: type[IQL] | type[IQLearn],
) -> None:
    env = Linear(horizon=20, start=0.3, noise=0.05)
    demos = collect(env.expert, env, 20)
    learned = offline(kind(env), demos, steps=600, lr=3e-3)
    expert, idle = evaluate(env.expert, env, 200), evaluate(torch.zeros_like, env, 200)
    assert evaluate(learned, env, 200).mean < expert.mean + 0.1 * (idle.mean - expert.mean)


def test_offline_data_are_checked() -> None:
    rope = Tightrope()
    with pytest.raises(InputError, match="demos: expected at least 2 steps and actions"):
        Transitions.of(collect(rope.expert, rope, 2))
    with pytest.raises(InputError, match="alpha: IQLearn expects a positive number"):
        IQLearn(Linear(), alpha=0.0)
    for settings in ({"expectile": 1.5}, {"discount": 1.01}):
        with pytest.raises(InputError, match="expected at most 1, got 1"):
            IQL(Linear(), **settings)
    with pytest.raises(InputError, match=r"discount: expected at most 1, got 1\.01"):
        IQLearn(Linear(), discount=1.01)
    with pytest.raises(InputError, match="offline: expected IQL or IQLearn, got Deterministic"):
        offline(Deterministic(Linear()), collect(Linear().expert, Linear(), 2))  # type: ignore[type-var]
    lonely = Demos(rows(1, 3, 1), rows(1, 3, 1), mask=torch.tensor([[True, False, True]]))
    with pytest.raises(InputError, match="demos: expected two steps in a row"):
        Transitions.of(lonely).windows(1)
    with pytest.raises(InputError, match="chunk: expected 1"):
        Transitions.of(Demos(rows(1, 3, 1), rows(1, 3, 1))).windows(2)
