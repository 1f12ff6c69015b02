"""DAgger's rounds are what the algorithm says, and the result drives where cloning does not."""

from __future__ import annotations

import pytest
import torch

from ilkit.data import Demos
from ilkit.envs import Retina, Tightrope, Track
from ilkit.errors import InputError
from ilkit.learners import bc, dagger, dagger_rounds
from ilkit.policies import Categorical, Deterministic
from ilkit.rollout import collect, evaluate


def test_round_zero_is_cloning_and_each_round_adds_labelled_states() -> None:
    env = Tightrope(width=3, horizon=10)
    policy = Categorical(env, net="tabular")
    rounds = list(dagger_rounds(policy, env, rounds=2, episodes=4, steps=50, seed=3))
    cloned = bc(policy, collect(env.expert, env, 4, seed=3), steps=50, seed=3)
    torch.testing.assert_close(rounds[0].policy.table(), cloned.table())  # type: ignore[operator]
    assert [r.demos.steps for r in rounds] == [40, 80, 120]
    assert rounds[2].demos.source == ("expert",) * 4 + ("learner 1",) * 4 + ("learner 2",) * 4
    for r in rounds:
        assert torch.equal(r.demos.act, env.expert(r.demos.obs))


def test_beta_one_never_leaves_the_experts_states_and_beta_zero_does() -> None:
    env = Tightrope(width=6, horizon=30)
    policy = Categorical(env, net="tabular")

    def fallen(beta: float) -> float:
        *_, last = dagger_rounds(policy, env, rounds=1, episodes=20, beta=lambda i: beta, steps=0)
        return float((last.demos.obs[20:] >= env.width).float().mean())

    assert fallen(1.0) == 0.0
    assert 0.0 < fallen(0.9) < fallen(0.0)


def test_it_cures_the_fall_that_cloning_cannot() -> None:
    """Off the rope the cloned table is uniform; DAgger asks there and errs no more."""
    env = Tightrope(width=4, actions=4, horizon=40)
    policy = Categorical(env, net="tabular")
    demos = collect(env.expert, env, 1, seed=5)[:1]
    seen = demos.replace(mask=torch.arange(40)[None] < 2)  # two labels: footholds are missing
    cloned = bc(policy, seen, steps=300, lr=0.1)
    cured = dagger(policy, env, demos=seen, rounds=4, episodes=3, steps=300, lr=0.1)
    assert evaluate(cloned, env, 200).low > 10 > 1 > evaluate(cured, env, 200).high


def test_your_own_data_and_any_callable_as_the_expert() -> None:
    """Demonstrations recorded elsewhere, and an expert that counts how often it is asked."""
    env = Track(horizon=25)
    asked = []

    def teacher(view: torch.Tensor) -> torch.Tensor:
        asked.append(len(view))
        return env.expert(view)

    obs = 0.1 * torch.randn(2, 25, 3, generator=torch.Generator().manual_seed(0))
    own = Demos(obs, env.expert(obs.flatten(0, 1)).view(2, 25, 1), env.obs_space, env.act_space)
    *_, last = dagger_rounds(
        Deterministic(env), env, expert=teacher, demos=own, rounds=1, episodes=3, steps=10
    )
    assert last.demos.steps == 5 * 25
    assert asked == [3 * 25]


def test_pixels_are_labelled_by_an_expert_that_sees_the_road() -> None:
    env = Retina(horizon=6)
    *_, last = dagger_rounds(Deterministic(env, net="linear"), env, rounds=1, episodes=2, steps=5)
    assert last.demos.obs.shape == (4, 6, 30, 32)


def test_any_gymnasium_environment() -> None:
    def upright(obs: torch.Tensor) -> torch.Tensor:
        return (obs[:, 2] + 0.5 * obs[:, 3] > 0).long()

    from ilkit.envs.gym import FromGym

    env = FromGym("CartPole-v1", horizon=60)
    learned = dagger(Categorical(env), env, expert=upright, rounds=2, episodes=2, steps=200)
    assert evaluate(learned, env, 5).mean < -50


def test_probabilities_are_checked_before_anything_runs() -> None:
    env = Track()
    with pytest.raises(InputError, match=r"beta: expected probabilities, got beta\(0\) = 2"):
        dagger(Deterministic(env), env, beta=lambda i: 2.0)
