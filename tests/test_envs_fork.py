"""The fork: both ways are free, the middle is not, and only the expert knows which it will be."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.fork import AHEAD, RADIUS, SIDEWAYS, Fork
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout

END = Fork(horizon=6)  # one step more, so that the last recorded state is the end of the way


@pytest.mark.parametrize(("left", "spread"), [(0.5, 0.0), (0.7, 0.4)])
def test_experts_pass_on_both_sides_with_the_stated_shares(left: float, spread: float) -> None:
    env = Fork(left=left, spread=spread)
    n = 4000
    demos = collect(env.expert, env, n)
    assert (demos.cost == 0).all()
    end = demos.state[:, -1]  # type: ignore[index]
    # Four standard deviations of a share.
    assert float(env.on_left(end).float().mean()) == pytest.approx(left, abs=4 * 0.5 / n**0.5)
    assert torch.equal(env.on_left(end), end[:, 3] > 0)
    at_tree = demos.state[:, int(AHEAD)]  # type: ignore[index]
    torch.testing.assert_close(at_tree[:, 1] - at_tree[:, 2], at_tree[:, 3])


def test_straight_on_hits_the_tree_and_stays_there() -> None:
    demos = rollout(lambda obs: torch.zeros(len(obs), 1), END, 50)
    end = demos.state[:, -1]  # type: ignore[index]
    assert END.collided(end).all()
    # The third step crosses its edge, 2.6 m from the start.
    assert (demos.cost == torch.tensor([0.0, 0, 1, 1, 1, 1])).all()
    assert torch.equal(end, demos.state[:, 3])  # type: ignore[index]


def test_a_stretch_of_way_collides_just_when_its_nearest_point_is_inside_the_tree() -> None:
    """Against the distance to a thousand points of the stretch."""
    env, generator = Fork(), torch.Generator().manual_seed(0)
    n = 2000
    state = torch.zeros(n, 5)
    state[:, 0] = torch.randint(5, (n,), generator=generator).float()
    state[:, 1:3] = 2 * torch.rand(n, 2, generator=generator) - 1
    act = 2 * torch.rand(n, 1, generator=generator) - 1
    along = torch.linspace(0, 1, 1001)
    x = state[:, :1] + along
    y = state[:, 1:2] + along * SIDEWAYS * act
    gap = torch.hypot(x - AHEAD, y - state[:, 2:3]).amin(1)
    sure = (gap - RADIUS).abs() > 1e-3
    hit = env.collided(env.step(state, act, generator)[0])
    assert torch.equal(hit[sure], (gap < RADIUS)[sure])
    assert 0.1 < hit.float().mean() < 0.9


def test_one_view_has_two_answers_at_the_start_and_one_afterwards() -> None:
    env = Fork()
    demos = collect(env.expert, env, 500)
    first, second = demos.act[:, 0, 0], demos.act[:, 1, 0]
    assert demos.obs[:, 0, 1].abs().max() < 0.1
    assert 0.4 < (first > 0.4).float().mean() < 0.6
    assert ((first > 0.4) | (first < -0.4)).all()
    assert torch.equal(second > 0, demos.obs[:, 1, 1] > 0)


def test_the_modes_follow_the_tree() -> None:
    env = Fork(spread=0.4)
    demos = collect(env.expert, env, 500)
    tree, first = demos.obs[:, 0, 2], demos.act[:, 0, 0]
    for side in (first > 0, first < 0):
        pair = torch.stack([tree[side], first[side]])
        assert torch.corrcoef(pair)[0, 1] > 0.9


def test_pictures_show_tree_car_and_collision() -> None:
    state = torch.tensor([[0.0, 0, 0.3, 1, 0], [3.0, 0, 0.3, 1, 1]])
    image = Fork(spread=0.4).render(state)
    green, blue, red = (
        torch.tensor(c, dtype=torch.uint8) for c in ([0, 120, 80], [0, 90, 160], [213, 94, 0])
    )
    assert (image == green).all(-1).flatten(1).any(1).all()
    assert (image == blue).all(-1).flatten(1).any(1).tolist() == [True, False]
    assert (image == red).all(-1).flatten(1).any(1).tolist() == [False, True]
    columns = (image[0] == green).all(-1).any(0).nonzero().float()
    assert columns.mean() < 31.5  # a tree on the left is drawn on the left


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="left in"):
        Fork(left=1.5)
