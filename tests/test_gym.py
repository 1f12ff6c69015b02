"""The adapters hold to Gymnasium's own checkers, and foreign environments run in our rollouts."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env

from ilkit import envs
from ilkit.envs.gym import FromGym, ToGymVector
from ilkit.envs.track import Track
from ilkit.errors import InputError
from ilkit.rollout import evaluate, rollout

NAMES = [name for name in envs.__all__ if name != "Env"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings(
    "error:.*:UserWarning",
    "ignore:.*symmetric and normalized:UserWarning",  # advice: what explodes needs room
)
def test_single_passes_gymnasiums_checker(name: str) -> None:
    env = gymnasium.make(f"ilkit.envs.registration:ilkit/{name}-v0", render_mode="rgb_array")
    check_env(env.unwrapped)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(env.action_space.sample())


@pytest.mark.parametrize("name", NAMES)
def test_vector_speaks_gymnasiums_vector_interface(name: str) -> None:
    env = gymnasium.make_vec(f"ilkit.envs.registration:ilkit/{name}-v0", num_envs=3, horizon=4)
    assert isinstance(env.unwrapped, ToGymVector)
    obs, _ = env.reset(seed=5)
    again, _ = env.reset(seed=5)
    np.testing.assert_array_equal(obs, again)
    assert env.observation_space.contains(obs)
    env.action_space.seed(0)
    for t in range(4):
        obs, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        assert env.observation_space.contains(obs)
        assert reward.shape == (3,)
        assert np.isfinite(reward).all()
        assert not terminated.any()
        assert truncated.all() == (t == 3)
    _, reward, _, truncated, _ = env.step(env.action_space.sample())
    assert not truncated.any()
    assert (reward == 0).all()


def test_vector_wrappers_of_gymnasium_accept_ours() -> None:
    inner = gymnasium.make_vec("ilkit.envs.registration:ilkit/Track-v0", num_envs=2, horizon=5)
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(inner)
    env.reset(seed=0)
    for _ in range(5):
        *_, info = env.step(np.zeros((2, 1), np.float32))
    np.testing.assert_array_equal(info["episode"]["l"], [5, 5])


def test_single_and_batched_steps_are_the_same_dynamics() -> None:
    env = Track(horizon=10, gust=0.0)
    single = gymnasium.make("ilkit.envs.registration:ilkit/Track-v0", horizon=10, gust=0.0)
    obs, _ = single.reset(seed=3)
    state = torch.cat([torch.as_tensor(obs), torch.zeros(1)])[None]
    after, cost = env.step(state, torch.tensor([[0.3]]), torch.Generator())
    obs, reward, *_ = single.step(np.array([0.3], np.float32))
    np.testing.assert_allclose(obs[:2], after[0, :2], rtol=1e-6)
    assert reward == pytest.approx(-float(cost[0]))


def test_cartpole_ends_early_and_is_masked() -> None:
    """A constant push tips the pole over within a dozen steps; reward 1 a step counts them."""
    demos = rollout(lambda obs: torch.ones(len(obs), dtype=torch.int64), "CartPole-v1", 4, seed=1)
    lengths = demos.mask.sum(1)
    assert demos.mask.shape == (4, 500)
    assert ((lengths > 5) & (lengths < 15)).all()
    torch.testing.assert_close(demos.total_cost(), -lengths.float())


def test_pendulum_agrees_with_gymnasium_itself() -> None:
    demos = rollout(lambda obs: torch.zeros(len(obs), 1), "Pendulum-v1", 2, seed=7)
    seeds = torch.randint(2**31, (2,), generator=torch.Generator().manual_seed(7)).tolist()
    for seed, total in zip(seeds, demos.total_cost().tolist(), strict=True):
        env = gymnasium.make("Pendulum-v1")
        env.reset(seed=seed)
        rewards = [float(env.step(np.zeros(1, np.float32))[1]) for _ in range(200)]
        assert total == pytest.approx(-sum(rewards), rel=1e-5)


def test_a_hand_written_controller_balances_cartpole() -> None:
    upright = evaluate(
        lambda obs: (obs[:, 2] + 0.5 * obs[:, 3] > 0).long(), "CartPole-v1", 5, seed=0
    )
    assert upright.mean < -190


def test_actions_stay_inside_limits_that_differ_by_dimension() -> None:
    """CarRacing's limits: steering in [-1, 1], gas and brake in [0, 1]."""
    taken = []

    class Pedals(gymnasium.Env):  # type: ignore[type-arg]
        observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
        action_space = gymnasium.spaces.Box(
            np.array([-1, 0], np.float32), np.array([1, 1], np.float32)
        )

        def reset(self, *, seed=None, options=None):  # type: ignore[no-untyped-def]
            return np.zeros(1, np.float32), {}

        def step(self, action):  # type: ignore[no-untyped-def]
            taken.append(action)
            return np.zeros(1, np.float32), 0.0, False, False, {}

    gymnasium.register("test/Pedals-v0", Pedals, max_episode_steps=2)
    rollout(lambda obs: torch.full((len(obs), 2), -1.0), "test/Pedals-v0", 1)
    np.testing.assert_array_equal(taken, [[-1, 0], [-1, 0]])


def test_choices_reach_an_environment_that_looks_them_up_in_a_table() -> None:
    right = rollout(
        lambda obs: torch.ones(len(obs), dtype=torch.int64), FromGym("CliffWalking-v1", 3), 2
    )
    assert right.cost[:, 0].tolist() == [100.0, 100.0]  # off the cliff at once
    assert right.obs[:, 1].tolist() == [36, 36]  # and back at the start


def test_a_wrapper_that_cannot_be_made_again_is_told() -> None:
    class Plain(gymnasium.Wrapper):  # type: ignore[type-arg]
        pass

    env = FromGym(Plain(gymnasium.make("CartPole-v1")))
    with pytest.raises(InputError, match="Gymnasium cannot make 'CartPole-v1'"):
        rollout(lambda obs: torch.zeros(len(obs), dtype=torch.int64), env, 2)


def test_foreign_spaces_and_missing_experts_are_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match="FlattenObservation"):
        FromGym("Blackjack-v1")
    env = FromGym("CartPole-v1")
    with pytest.raises(InputError, match=r"brings no expert.*\[n, 4\]"):
        env.expert(torch.zeros(1, 4))
