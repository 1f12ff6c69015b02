"""The gridworld has the values of the slides, and its tables and its steps agree."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.gridworld import END, EXITS, WALLS, Gridworld, beside, cell
from ilkit.errors import InputError
from ilkit.rollout import rollout

SLIDE = """8.67 8.93 9.11 9.30 9.42
8.49 . 9.09 9.42 9.68
8.33 . 1.00 . 10.00
7.13 5.04 3.15 5.68 8.45
-10 -10 -10 -10 -10"""


def test_optimal_values_are_the_slides() -> None:
    value, _ = Gridworld().mdp(discount=0.99).value_iteration()
    for row, line in enumerate(SLIDE.splitlines()):
        for column, word in enumerate(line.split()):
            if word != ".":
                assert -float(value[cell(row, column)]) == pytest.approx(float(word), abs=0.005)


def test_expert_is_optimal_and_policy_evaluation_agrees() -> None:
    env = Gridworld(slip=0.2)
    mdp = env.mdp(discount=0.99)
    value, _ = mdp.value_iteration()
    table = torch.eye(4, dtype=torch.float64)[env.expert(torch.arange(END + 1))]
    assert torch.allclose(mdp.value(table), value, atol=1e-8)


def test_sampled_steps_follow_the_tables() -> None:
    env = Gridworld()
    n, here, up = 20_000, cell(3, 2), 0
    state = torch.full((n,), here)
    moved, cost = env.step(state, torch.full((n,), up), torch.Generator().manual_seed(0))
    share = torch.bincount(moved, minlength=END + 1) / n
    assert torch.equal(share > 0, env.p[here, up] > 0)
    # Four standard deviations of a share.
    assert (share - env.p[here, up]).abs().max() < 4 * (0.25 / n) ** 0.5
    assert (cost == 0).all()


def test_average_cost_of_rollouts_is_the_exact_total_cost() -> None:
    env = Gridworld(horizon=30)
    table = torch.eye(4, dtype=torch.float64)[env.best]
    costs = rollout(env.expert, env, 4000, seed=1).total_cost()
    assert float(costs.mean()) == pytest.approx(
        env.mdp().total_cost(table), abs=4 * float(costs.std()) / 4000**0.5
    )


def test_exits_are_collected_once_and_absorb() -> None:
    env, generator = Gridworld(), torch.Generator().manual_seed(0)
    states = torch.tensor([cell(*place) for place in EXITS])
    after, cost = env.step(states, torch.zeros_like(states), generator)
    assert (after == END).all()
    assert cost.tolist() == [-reward for reward in EXITS.values()]
    again, cost = env.step(after, torch.zeros_like(states), generator)
    assert (again == END).all()
    assert (cost == 0).all()


def test_walls_and_borders_send_back() -> None:
    assert beside(0, 0, 0) == cell(0, 0)
    assert beside(0, 1, 2) == cell(0, 1)  # (1, 1) is a wall
    assert beside(0, 0, 1) == cell(0, 1)
    table = Gridworld().p
    for place in WALLS:
        others = [s for s in range(END + 1) if s != cell(*place)]
        assert table[others][:, :, cell(*place)].sum() == 0


def test_pictures_show_the_walker_until_the_end() -> None:
    first, last = Gridworld().render(torch.tensor([cell(3, 0), END]))
    blue = torch.tensor([0, 90, 160], dtype=torch.uint8)
    assert (first == blue).all(-1).any()
    assert not (last == blue).all(-1).any()


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="slip in"):
        Gridworld(slip=1.5)
