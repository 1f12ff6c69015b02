"""The peg goes in where it fits, rubs where it does not, and an expert always gets it in."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from ilkit.envs.insertion import BOTTOM, DEEP, FRICTION, MOVE, Insertion, misfit
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout


def peg(x: float, z: float, tilt: float = 0.0) -> Tensor:
    """A state with the calm style."""
    return torch.tensor([[x, z, tilt, 0.0, 1.0, 0.0, 0.0, 0.0]])


def after(state: Tensor, *move: float, clearance: float = 0.1) -> list[float]:
    """Where the peg is after a move in cm, cm and rad."""
    act = torch.tensor([move]) / MOVE
    new, _ = Insertion(clearance=clearance).step(state, act, Generator())
    return new[0, :3].tolist()


@pytest.mark.parametrize("styles", [False, True])
@pytest.mark.parametrize("clearance", [0.1, 0.02])
def test_the_expert_inserts_every_peg(styles: bool, clearance: float) -> None:
    env = Insertion(clearance=clearance, styles=styles)
    demos = collect(env.expert, env, 500, seed=1)
    assert (demos.cost[:, -1] == 0).all()
    assert demos.total_cost().min() > 10
    assert set(demos.cost.unique().tolist()) == {0.0, 1.0}


def test_in_the_air_the_peg_goes_where_it_is_told() -> None:
    assert after(peg(1.0, 2.0, 0.1), 0.3, -0.2, -0.05) == pytest.approx([1.3, 1.8, 0.05])
    assert after(peg(1.0, 2.0), 9.0, -9.0, 9.0) == pytest.approx([1.4, 1.6, 0.06])


def test_only_a_peg_that_fits_goes_in() -> None:
    assert after(peg(0.08, 0.1), 0.0, -0.4, 0.0) == pytest.approx([0.08, -0.3, 0.0])
    assert after(peg(0.12, 0.1), 0.0, -0.4, 0.0) == pytest.approx([0.12, 0.0, 0.0])
    assert after(peg(0.08, 0.1, 0.05), 0.0, -0.4, 0.0) == pytest.approx([0.08, 0.0, 0.05])


def test_pressing_on_the_table_takes_from_the_slide() -> None:
    pressed, slide = 0.3, 0.2
    left = slide - FRICTION * pressed
    assert after(peg(1.0, 0.0), -slide, -pressed, 0.0) == pytest.approx([1.0 - left, 0.0, 0.0])
    assert after(peg(1.0, 0.0), -slide, -0.4, 0.0) == pytest.approx([1.0, 0.0, 0.0])


def test_walls_hold_and_brake() -> None:
    x, z, tilt = after(peg(0.05, -0.5), 0.25, -0.3, 0.0)
    assert (x, tilt) == pytest.approx((0.1, 0.0))
    assert z == pytest.approx(-0.5 - (0.3 - FRICTION * 0.2))
    x, _, tilt = after(peg(0.0, -0.5), 0.15, 0.0, 0.05)
    assert abs(x) + abs(tilt) == pytest.approx(0.1)
    assert after(peg(0.0, -1.49), 0.0, -0.4, 0.0)[1] == pytest.approx(-1.89)
    assert after(peg(0.0, -1.4), 0.3, 0.4, 0.0)[1] == pytest.approx(-1.4 + 0.4 - FRICTION * 0.2)


def test_no_peg_is_ever_in_the_table() -> None:
    env = Insertion()
    dice = Generator().manual_seed(0)

    def careless(obs: Tensor) -> Tensor:
        act = -0.5 * obs[:, :1] / MOVE[0]
        push = torch.full_like(act, -0.7)
        return torch.cat([act, push, 0 * act], 1) + 0.5 * torch.randn(len(obs), 3, generator=dice)

    demos = rollout(careless, env, 400, seed=2)
    low = demos.obs[..., 1] < 0
    assert low.any()
    assert (misfit(demos.obs[low]) <= env.clearance + 1e-5).all()
    assert demos.obs[..., 1].min() >= BOTTOM


def test_an_inserted_peg_stays_and_costs_nothing() -> None:
    env, state = Insertion(), peg(0.01, DEEP - 0.1)
    new, cost = env.step(state, torch.ones(1, 3), Generator())
    assert torch.equal(new, state)
    assert cost.tolist() == [0.0]
    assert env.inserted(state).all()


def test_only_the_stochastic_experts_have_several_answers() -> None:
    """Same observation, other style: left and right differ; and the calm expert sees no style."""
    left, right = peg(0.0, 4.0), peg(0.0, 4.0)
    left[:, 3], right[:, 3] = -1.0, 1.0
    env = Insertion(styles=True)
    assert torch.equal(env.observe(left), env.observe(right))
    assert env.expert(left)[0, 0] < 0 < env.expert(right)[0, 0]
    calm = Insertion()
    states = collect(calm.expert, calm, 20).state
    assert (states[..., 3:] == torch.tensor([0.0, 1.0, 0.0, 0.0, 0.0])).all()  # type: ignore[index]


def test_pictures_show_the_peg_leave_the_air_for_the_hole() -> None:
    high, low = Insertion().render(torch.cat([peg(0.0, 5.0), peg(0.0, -1.8)]))
    blue = torch.tensor([0, 90, 160], dtype=torch.uint8)
    rows = [torch.nonzero((image == blue).all(-1))[:, 0].float().mean() for image in (high, low)]
    assert rows[1] - rows[0] > 40


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="clearance > 0"):
        Insertion(clearance=0.0)
