"""Gridworld: the lectures' five by five grid with a cliff along its bottom row."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Discrete
from ilkit.theory.mdp import MDP

SIDE = 5
WALLS = ((1, 1), (2, 1), (2, 3))  # (row, column), the first row on top
EXITS = {(2, 2): 1.0, (2, 4): 10.0} | {(4, column): -10.0 for column in range(SIDE)}  # reward
START = (3, 0)
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
END = SIDE * SIDE  # the absorbing state behind the exits
PIXELS = 16  # a cell's side in pictures


class Gridworld(Env):
    """Walk to an exit: a near one pays 1, a far one 10, the cliff along the bottom takes 10.

    States and observations are integers: cell (row, column) is 5 row + column, and 25 is the end,
    where an episode waits after its exit. Actions are up, right, down, left. The chosen move
    happens with probability 1 - slip and each sideways move with slip / 2; whoever bumps into a
    wall or the border stays. Any action in an exit collects its reward and leads to the end.

    Costs are negative rewards, from -10 to 10, so that discounted values are the lectures' with
    the sign turned. The expert is the optimal policy for `discount`.

    Source: the values on the lectures' slides, which are those of slip = 1/2 and discount = 0.99.
    """

    name = "gridworld"

    def __init__(self, horizon: int = 50, slip: float = 0.5, discount: float = 0.99) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and 0 <= slip <= 1 and 0 < discount < 1):
            raise InputError(
                "Gridworld: expected a whole horizon >= 1, slip in [0, 1] and discount between 0 "
                f"and 1, got {horizon}, {slip} and {discount}."
            )
        self.horizon, self.slip, self.discount = horizon, slip, discount
        self.obs_space, self.act_space = Discrete(END + 1), Discrete(len(MOVES))
        self.p, self.cost = self._tables()
        _, best = self.mdp(discount=discount).value_iteration()
        self.best = best.argmax(-1)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return torch.full((n,), cell(*START))

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        moved = torch.multinomial(self.p[state, act], 1, generator=generator)[:, 0]
        return moved, self.cost[state, act].float()

    def expert(self, view: Tensor) -> Tensor:
        return self.best[view]

    def mdp(self, *, discount: float | None = None) -> MDP:
        """The same problem as exact tables: with the horizon, or else with a discount."""
        rho0 = torch.zeros(END + 1, dtype=torch.float64)
        rho0[cell(*START)] = 1.0
        horizon = self.horizon if discount is None else None
        return MDP(self.p, self.cost, rho0, horizon=horizon, discount=discount)

    def _tables(self) -> tuple[Tensor, Tensor]:
        """Transition probabilities [S, A, S] and costs [S, A]."""
        p = torch.zeros(END + 1, len(MOVES), END + 1, dtype=torch.float64)
        cost = torch.zeros(END + 1, len(MOVES), dtype=torch.float64)
        p[END, :, END] = 1.0
        for row in range(SIDE):
            for column in range(SIDE):
                here = cell(row, column)
                if (row, column) in EXITS:
                    p[here, :, END], cost[here] = 1.0, -EXITS[row, column]
                    continue
                for act in range(len(MOVES)):
                    chances = {act: 1 - self.slip}
                    chances |= {(act + turn) % len(MOVES): self.slip / 2 for turn in (1, 3)}
                    for move, chance in chances.items():
                        p[here, act, beside(row, column, move)] += chance
        return p, cost

    def render(self, state: Tensor) -> Tensor:
        """The grid from above: walls grey, exits green, the cliff red, the walker blue."""
        picture = torch.full((SIDE, SIDE, 3), 245, dtype=torch.uint8)
        for place in WALLS:
            picture[place] = torch.tensor([110, 110, 115], dtype=torch.uint8)
        for place, reward in EXITS.items():
            colour = [0, 158, 115] if reward > 0 else [213, 94, 0]
            picture[place] = torch.tensor(colour, dtype=torch.uint8)
        large = picture.repeat_interleave(PIXELS, 0).repeat_interleave(PIXELS, 1)
        images = large.repeat(len(state), 1, 1, 1)
        for image, here in zip(images, state.tolist(), strict=True):
            if here != END:
                top, left = (PIXELS * i + PIXELS // 4 for i in divmod(here, SIDE))
                walker = image[top : top + PIXELS // 2, left : left + PIXELS // 2]
                walker[:] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        return images


def cell(row: int, column: int) -> int:
    """The state of a cell."""
    return SIDE * row + column


def beside(row: int, column: int, move: int) -> int:
    """The state that a move leads to; a wall or the border sends the walker back."""
    down, right = MOVES[move]
    there = row + down, column + right
    inside = all(0 <= i < SIDE for i in there)
    return cell(*there) if inside and there not in WALLS else cell(row, column)
