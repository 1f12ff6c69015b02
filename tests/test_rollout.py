"""Rollouts record what happened, whoever acts; actors that misbehave are told so."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs import Retina, Tightrope, Track
from ilkit.errors import InputError
from ilkit.executors import EachStep
from ilkit.policies import Gaussian
from ilkit.rollout import collect, evaluate, label, rollout


def test_a_rollout_repeats_with_its_seed_and_differs_without() -> None:
    env = Track(horizon=20)
    policy = Gaussian(env)
    one, two = rollout(policy, env, 3, seed=1), rollout(policy, env, 3, seed=1)
    assert torch.equal(one.act, two.act)
    assert torch.equal(one.cost, two.cost)
    assert not torch.equal(one.act, rollout(policy, env, 3, seed=2).act)


def test_the_record_is_the_trajectory() -> None:
    env = Track(horizon=15, gust=0.0)
    demos = collect(env.expert, env, 2)
    assert demos.state is not None
    torch.testing.assert_close(demos.obs[:, 4], env.observe(demos.state[:, 4]))
    torch.testing.assert_close(demos.act[:, 4], env.expert(demos.obs[:, 4]))
    after, cost = env.step(demos.state[:, 4], demos.act[:, 4], torch.Generator())
    torch.testing.assert_close(after[:, :2], demos.state[:, 5, :2])
    torch.testing.assert_close(cost, demos.cost[:, 4])
    assert demos.source == ("expert", "expert")


def test_the_cost_of_a_coin_is_known() -> None:
    """A fair coin between two actions errs with probability 1/2 at each of H steps."""
    env = Tightrope(width=5, actions=2, horizon=40)
    generator = torch.Generator().manual_seed(0)
    result = evaluate(lambda obs: torch.randint(2, obs.shape, generator=generator), env, 2000)
    assert result.n == 2000
    assert result.low < result.mean < result.high
    assert abs(result.mean - 20) < 5 * (40 / 4 / 2000) ** 0.5


def test_labels_are_the_experts_even_where_it_sees_more_than_the_policy() -> None:
    env = Retina(horizon=8)
    demos = rollout(lambda obs: torch.full((len(obs), 1), 0.2), env, 3)
    assert demos.state is not None
    torch.testing.assert_close(
        label(env.expert, env, demos)[:, 3], env.expert(demos.state[:, 3, :3])
    )


def test_override_decides_what_is_executed_and_recorded() -> None:
    env = Track(horizon=5)
    demos = rollout(
        env.expert, env, 2, override=lambda state, act, generator: torch.zeros_like(act)
    )
    assert (demos.act == 0).all()


def test_real_actions_are_clipped_to_the_space() -> None:
    demos = rollout(lambda obs: torch.full((len(obs), 1), 9.0), Track(horizon=3), 1)
    assert (demos.act == 1).all()


@pytest.mark.parametrize(
    ("actor", "says"),
    [
        (lambda obs: torch.zeros(len(obs), 2), r"expected actions of shape \[2, 1\].*\[2, 2\]"),
        (lambda obs: torch.zeros(1), r"shape \[2, 1\].*got \[1\]"),
        (lambda obs: [0.0], "expected actions as a torch tensor, got list"),
        (lambda obs: torch.full((len(obs), 1), float("nan")), "finite numbers, got 2 NaN"),
    ],
)
def test_an_expert_that_returns_nonsense_is_told_so(actor: object, says: str) -> None:
    with pytest.raises(InputError, match=f"^expert: .*{says}"):
        collect(actor, Track(), 2)  # type: ignore[arg-type]


def test_actions_outside_a_discrete_space_are_refused() -> None:
    with pytest.raises(InputError, match="values from 0 to 3, got 4"):
        rollout(lambda obs: torch.full_like(obs, 4), Tightrope(), 2)


def test_whole_numbers_of_any_type_are_choices_and_never_masks() -> None:
    rope = Tightrope()
    long, byte = (
        rollout(lambda obs, t=t: torch.ones(len(obs), dtype=t), rope, 3)
        for t in (torch.int64, torch.uint8)
    )
    assert torch.equal(long.obs, byte.obs)
    assert torch.equal(long.cost, byte.cost)


def test_a_policy_of_another_world_is_refused() -> None:
    with pytest.raises(InputError, match=r"policy was built for Box.*the environment has Discrete"):
        rollout(Gaussian(Track()), Tightrope(), 1)
    with pytest.raises(InputError, match="Gymnasium cannot make 'NoSuch-v0'"):
        rollout(Track().expert, "NoSuch-v0", 1)
    with pytest.raises(InputError, match="at least 2 episodes for an interval, got 1"):
        evaluate(Track().expert, Track(), 1)


def test_requests_that_make_no_sense() -> None:
    with pytest.raises(InputError, match="at least 1 episode, got 0"):
        rollout(Track().expert, Track(), 0)
    with pytest.raises(InputError, match="executor: only a Policy"):
        rollout(Track().expert, Track(), 1, executor=EachStep())
    env = Track(horizon=3)
    with pytest.raises(InputError, match="state: expected recorded states"):
        label(env.expert, env, collect(env.expert, env, 1).replace(state=None))
