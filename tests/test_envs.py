"""Every environment keeps the contract of Env; each one's own facts."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs import (
    Characters,
    Correlated,
    Cosine,
    Env,
    Fork,
    Insertion,
    Pendulum,
    Reaching,
    Retina,
    Ridge,
    Tightrope,
    Track,
    UnknownSign,
)
from ilkit.envs.choices import Choices
from ilkit.envs.retina import GRAIN, camera
from ilkit.envs.track import MAX_TURN, steer_for, turn_of
from ilkit.errors import InputError
from ilkit.rollout import collect, evaluate, rollout

ENVS: list[Env] = [
    Tightrope(),
    Track(),
    Retina(),
    Ridge(),
    Choices(Track()),
    Cosine(),
    Pendulum(),
    Pendulum(up=True),
    UnknownSign(),
    Fork(spread=0.4),
    Correlated(),
    Characters(),
]


@pytest.mark.parametrize(
    "env",
    [*ENVS, Insertion(), Insertion(styles=True), Reaching(gust=0.1)],
    ids=lambda env: env.name,
)
def test_step_and_observe_are_pure_and_inside_their_spaces(env: Env) -> None:
    state = env.reset(7, torch.Generator().manual_seed(1))
    for t in range(min(env.horizon, 60)):
        before = state.clone()
        obs, act = env.observe(state), env.expert(env.expert_view(state))
        env.obs_space.check("obs", obs)
        env.act_space.check("act", act)
        if t % 2:  # a neighbour's action: a wrong one, inside the space
            act = act.roll(1, 0)
        one = env.step(state, act, torch.Generator().manual_seed(2))
        two = env.step(state, act, torch.Generator().manual_seed(2))
        assert torch.equal(state, before)
        assert torch.equal(env.observe(state), obs)
        assert torch.equal(one[0], two[0])
        assert torch.equal(one[1], two[1])
        assert ((one[1] >= 0) & (one[1] <= 1)).all()
        assert one[1].shape == (7,)
        state = one[0]
    image = env.render(state)
    assert image.dtype == torch.uint8
    assert image.shape[0] == 7
    assert image.shape[3] == 3


@pytest.mark.parametrize("env", ENVS, ids=lambda env: env.name)
def test_the_expert_is_good(env: Env) -> None:
    assert collect(env.expert, env, 50).total_cost().max() < 0.05


def test_tightrope_tables_are_the_sampled_process() -> None:
    env = Tightrope(width=3, actions=3, horizon=12)
    table = env.erring(0.1, 0.6)
    exact = float(env.mdp().total_cost(table))
    generator = torch.Generator().manual_seed(4)

    def actor(obs: torch.Tensor) -> torch.Tensor:
        return torch.multinomial(table[obs], 1, generator=generator)[:, 0]

    sampled = evaluate(actor, env, 20_000)
    assert abs(sampled.mean - exact) < 2.5 * (sampled.high - sampled.low)
    assert evaluate(env.expert, env, 10).mean == 0.0


def test_tightrope_never_climbs_back() -> None:
    env = Tightrope(width=4, horizon=15)
    demos = rollout(lambda obs: torch.zeros_like(obs), env, 200)
    fallen = demos.state >= env.width  # type: ignore[operator]
    assert (fallen[:, 1:] >= fallen[:, :-1]).all()
    assert fallen[:, -1].any()


def test_steering_and_turning_are_inverse() -> None:
    turn = torch.linspace(-MAX_TURN, MAX_TURN, 41)
    torch.testing.assert_close(turn_of(steer_for(turn)), turn, atol=1e-6, rtol=1e-4)


def test_a_car_that_left_the_road_stays_off_and_pays_one_a_step() -> None:
    demos = rollout(lambda obs: torch.ones(len(obs), 1), Track(), 5)
    assert (demos.cost[:, -1] == 1).all()
    assert torch.equal(demos.state[:, -1], demos.state[:, -2])  # type: ignore[index]


def test_the_expert_recovers_from_anywhere_on_the_road() -> None:
    env = Track(gust=0.0)
    state = torch.tensor([[1.5, 0.0, 0.0, 0.0], [-1.5, 0.2, 0.0, 0.0], [1.0, -0.3, 0.03, 0.0]])
    generator = torch.Generator().manual_seed(0)
    for _ in range(60):
        state, _ = env.step(state, env.expert(env.expert_view(state)), generator)
    assert (state[:, 0].abs() < 0.1).all()


def test_assist_damps_what_the_policy_ignores() -> None:
    """Steering with the road alone drifts off; with the low-level controller it stays on."""

    def with_the_road(view: torch.Tensor) -> torch.Tensor:
        return steer_for(view[:, 2:])

    def departed(assist: float) -> float:
        env = Track(gust=0.01, assist=assist)
        demos = rollout(with_the_road, env, 200, seed=1)
        return float(env.departed(demos.state[:, -1]).float().mean())  # type: ignore[index]

    assert departed(0.0) > 0.5
    assert departed(0.5) == 0.0


def test_the_camera_projects_the_road_where_geometry_says() -> None:
    """On a straight road the bright band is centred, and moves right when the car moves left."""
    state = torch.zeros(2, 200, 6)
    state[1, :, 0] = 0.5
    state[:, :, 5] = torch.rand(200, generator=torch.Generator().manual_seed(0))
    near = camera(state.flatten(0, 1)).view(2, 200, 30, 32).mean(1)[:, -1] > 0.35
    columns = torch.arange(32.0)
    middle = (near * columns).sum(1) / near.sum(1)
    assert middle[0] == pytest.approx(15.5, abs=0.5)
    assert middle[1] - middle[0] == pytest.approx(0.5 / (4.0 * 1.8 / 31), abs=0.6)


def test_the_grain_is_noise_with_the_stated_deviation() -> None:
    state = torch.zeros(400, 6)
    state[:, 5] = torch.rand(400, generator=torch.Generator().manual_seed(3))
    pixels = camera(state)[:, 5, 16]
    assert pixels.std() == pytest.approx(GRAIN, rel=0.15)


def test_a_moved_camera_sees_what_the_car_would_see_there() -> None:
    env = Retina()
    demos = collect(env.expert, env, 3)
    state, act = demos.state[:, 50], demos.act[:, 50]  # type: ignore[index]
    obs, corrected = env.moved_camera(state, act, 0.5)
    there = state.clone()
    there[:, 0] += 0.5
    assert torch.equal(obs, env.observe(there))
    assert (corrected < act).all()  # left of the middle: steer to the right
    assert torch.allclose(env.moved_camera(state, act, 0.0)[1], act, atol=1e-6)


def test_side_cameras_triple_the_drives_and_label_the_way_back() -> None:
    env = Retina(horizon=20)
    demos = collect(env.expert, env, 2)
    views = env.side_cameras(demos, 0.7)
    assert views.source == ("expert",) * 2 + ("left camera",) * 2 + ("right camera",) * 2
    assert torch.equal(views[:2].obs, demos.obs)
    assert (views[2:4].act < demos.act).all()
    assert (views[4:].act > demos.act).all()
    torch.testing.assert_close(env.observe(views.state[2:4, 7]), views[2:4].obs[:, 7])
    with pytest.raises(InputError, match="with their states"):
        env.side_cameras(demos.replace(state=None))


def test_sizes_are_checked() -> None:
    with pytest.raises(InputError, match="Track: expected a whole horizon"):
        Track(horizon=0)
    with pytest.raises(InputError, match="actions >= 2"):
        Tightrope(actions=1)
