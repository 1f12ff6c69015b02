"""The hand obeys, stops at the obstacle, and an expert takes it round on either side."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from ilkit.envs.reaching import LAG, RADIUS, SPEED, Reaching
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout


def at(x: float, y: float, vx: float = 0.0, vy: float = 0.0, side: float = 1.0) -> Tensor:
    return torch.tensor([[x, y, vx, vy, 1.0, 0.0, side, 0.0]])


def test_the_hand_moves_by_its_speed_and_the_speed_follows_the_action() -> None:
    state, cost = Reaching().step(
        at(-1.0, 0.5, 0.1, -0.02), torch.tensor([[0.5, 5.0]]), Generator()
    )
    speed = [LAG * 0.1 + (1 - LAG) * 0.5 * SPEED, LAG * -0.02 + (1 - LAG) * SPEED]
    assert state[0, :4].tolist() == pytest.approx([-0.9, 0.48, *speed])
    assert cost.tolist() == [1.0]
    _, cost = Reaching().step(at(0.9, 0.2, 0.1, -0.1), torch.zeros(1, 2), Generator())
    assert cost.item() == pytest.approx(0.1)


def test_gusts_are_normal_with_the_stated_deviation() -> None:
    start = at(-1.0, 0.0).expand(50_000, 8)
    state, _ = Reaching(gust=0.02).step(start, torch.zeros(50_000, 2), Generator().manual_seed(0))
    assert state[:, 2:4].std(0).tolist() == pytest.approx([0.02, 0.02], rel=0.02)
    assert torch.equal(state[:, :2], start[:, :2])


def test_a_crash_is_for_ever() -> None:
    env = Reaching()
    demos = rollout(lambda obs: torch.tensor([[0.5, 0.0]]).expand(len(obs), 2), env, 20, seed=1)
    assert demos.state is not None
    last = demos.state[:, -1]
    assert (last[:, 7] == 1).all()
    assert (last[:, :2].norm(dim=1) < RADIUS).all()
    assert torch.equal(last, demos.state[:, -2])
    assert (demos.cost[:, -1] == 1).all()
    assert not env.reached(last).any()


@pytest.mark.parametrize("gust", [0.0, 0.01])
def test_the_expert_passes_on_the_side_it_chose_and_arrives(gust: float) -> None:
    env = Reaching(gust=gust)
    states = collect(env.expert, env, 500, seed=2).state
    assert states is not None
    assert env.reached(states[:, -1]).all()
    assert (states[:, -1, 7] == 0).all()
    passing = states[..., 0].abs().argmin(1)
    y = states[torch.arange(500), passing, 1]
    assert torch.equal(y.sign(), states[:, 0, 6])
    assert 200 < (y > 0).sum() < 300


def test_the_side_shows_late() -> None:
    """Far from the obstacle both sides ask for nearly the same, close to it for the opposite."""
    env = Reaching()
    far, near = (
        [env.expert(at(x, 0.0, 0.1, 0.0, side))[0, 1].item() for side in (-1.0, 1.0)]
        for x in (-1.2, -0.5)
    )
    assert abs(far[1] - far[0]) < 0.01
    assert near[0] < -0.1
    assert near[1] > 0.1
    assert torch.equal(env.observe(at(0, 1, side=-1.0)), env.observe(at(0, 1, side=1.0)))


def test_pictures_show_the_hand_and_its_crash() -> None:
    crashed = at(-0.1, 0.0)
    crashed[:, 7] = 1
    free, stuck = Reaching().render(torch.cat([at(-1.0, 0.5), crashed]))
    blue, red = (torch.tensor(c, dtype=torch.uint8) for c in ([0, 90, 160], [213, 94, 0]))
    rows, columns = torch.nonzero((free == blue).all(-1)).float().mean(0).tolist()
    assert (rows, columns) == pytest.approx((25, 25), abs=1)
    assert (stuck == red).all(-1).any()
    assert not (stuck == blue).all(-1).any()


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="gust >= 0"):
        Reaching(gust=-1.0)
