"""The ridge throws off who acts under noise as often as it should; choices are real actions."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Generator

from ilkit.envs import Ridge, Tightrope, Track
from ilkit.envs.choices import Choices
from ilkit.envs.ridge import HALF_WIDTH, REACH, bend
from ilkit.errors import InputError
from ilkit.learners.dart import gaussian_noise
from ilkit.rollout import collect, rollout


def test_the_expert_stands_and_ends_where_the_ridge_does() -> None:
    env = Ridge()
    demos = collect(env.expert, env, 500, seed=1)
    assert not env.fallen(demos.state[:, -1]).any()  # type: ignore[index]
    torch.testing.assert_close(demos.obs[:, -1, 0], torch.full((500,), 1 - 2 / env.horizon))
    # One sway is left after each correction.
    assert demos.obs[..., 1].std().item() == pytest.approx(env.sway, rel=0.02)


@pytest.mark.parametrize("sigma", [0.1, 0.2, 0.4])
def test_the_expert_falls_as_often_as_a_normal_variable_exceeds_the_width(sigma: float) -> None:
    """Corrected from anywhere, the next offset is N(0, (reach sigma)^2 + sway^2)."""
    env = Ridge(horizon=5)
    demos = rollout(
        env.expert, env, 20_000, override=gaussian_noise(torch.tensor([[sigma**2]])), view=True
    )
    beyond = math.erfc(HALF_WIDTH / math.hypot(REACH * sigma, env.sway) / math.sqrt(2))
    fallen = demos.cost[:, -1].mean().item()
    expected = 1 - (1 - beyond) ** 5
    assert fallen == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000) + 1e-4)


def test_a_fall_is_for_ever_and_costs_one_a_step() -> None:
    env = Ridge(horizon=12)
    demos = rollout(lambda obs: torch.ones(len(obs), 1), env, 3)
    assert demos.total_cost().tolist() == [12.0] * 3
    after = demos.state[:, 1:]  # type: ignore[index]
    assert torch.equal(after, after[:, :1].expand_as(after))


def test_a_steady_foot_needs_the_bend_alone() -> None:
    env = Ridge(sway=0.0)
    demos = rollout(lambda obs: bend(obs[:, :1]), env, 2)
    assert demos.obs[..., 1].abs().max() < 1e-5


def test_pictures_show_the_crest_under_who_stands_and_beside_who_fell() -> None:
    env = Ridge()
    here = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.6, 1.0]])
    image = env.render(here).int()
    assert image[0, 52, 33].tolist() == image[0, 52, 29].tolist() != image[0, 52, 2].tolist()
    assert image[1, 52, 33].tolist() == image[0, 52, 2].tolist()
    assert image[0, 52, 32].tolist() != image[1, 52, 32].tolist()


def test_choices_are_digits_and_the_nearest_choice_is_half_a_step_away() -> None:
    env = Choices(Track(), 21)
    act = torch.rand(200, 1, generator=Generator().manual_seed(0)) * 2 - 1
    assert (env.act_of(env.nearest(act)) - act).abs().max() <= env.spacing / 2 + 1e-6
    every = torch.arange(env.act_space.n)
    assert torch.equal(env.nearest(env.act_of(every)), every)
    assert env.act_of(every)[[0, 10, 20], 0].tolist() == [-1.0, 0.0, 1.0]


def test_choices_of_two_numbers_count_like_digits() -> None:
    class Plane(Track):
        def __init__(self) -> None:
            super().__init__()
            self.act_space = type(self.act_space)((2,), 0.0, 2.0)

    env = Choices(Plane(), 3)
    assert env.act_space.n == 9
    assert env.act_of(torch.tensor([5])).tolist() == [[2.0, 1.0]]
    assert env.nearest(torch.tensor([[1.9, 0.6]])).tolist() == [5]


def test_choosing_drives_like_the_action_chosen() -> None:
    inner = Track(horizon=50)
    env = Choices(inner, 21)
    chosen = collect(env.expert, env, 4, seed=2)
    driven = rollout(lambda obs: env.act_of(env.nearest(inner.expert(obs))), inner, 4, seed=2)
    assert torch.equal(chosen.obs, driven.obs)
    assert torch.equal(chosen.cost, driven.cost)
    assert env.render(env.reset(2, Generator())).shape[0] == 2


def test_sizes_are_checked() -> None:
    with pytest.raises(InputError, match="Ridge: expected a whole horizon >= 1"):
        Ridge(horizon=0)
    with pytest.raises(InputError, match="Choices: expected real actions with limits"):
        Choices(Tightrope())
    with pytest.raises(InputError, match="at least 2 values"):
        Choices(Track(), 1)
