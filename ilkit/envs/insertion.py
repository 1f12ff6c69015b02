"""Insertion: bring a peg over a hole, straighten it and push it in, with little clearance."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box

MOVE = torch.tensor([0.4, 0.4, 0.06])  # the greatest in a step: sideways and up in cm, tilt in rad
LIMIT = torch.tensor([8.0, 8.0, 1.5])  # of the workspace, in the same units
LEVER = 1.0  # cm by which a radian of tilt widens the peg
BOTTOM, DEEP = -2.0, -1.5  # cm: the hole's bottom, and where a peg counts as inserted
HOVER = 1.5  # cm over the table, where the expert aligns the peg
FRICTION = 0.5
TREMOR = 0.3  # deviation of a hand's move, as a share of the move
HALF_WIDTH, LENGTH = 0.4, 3.0  # cm, of the peg in pictures


class Insertion(Env):
    """A peg in a plane above a table with one hole; where they touch, friction holds the peg.

    State [n, 8]; the observation is its first three columns:
        x, z    the peg's tip in cm: beside the hole, and above the table (below 0: in the hole)
        tilt    of the peg in rad
        style   five columns that only the expert sees: the side it comes from (-1, 0 or 1), its
                pace, and the tremor of its hand in the three directions
    The action in [-1, 1]^3 is the move (sideways, up, tilt) as a share of the greatest, 0.4 cm,
    0.4 cm and 0.06 rad.

    The peg fits while its misfit |x| + 1 cm * |tilt| is at most `clearance` cm. One that
    does not fit rests on the table, and pressing it down by d takes up to d / 2 from its sideways
    slide; in the hole, pushing against a wall brakes the way down likewise. A peg that is 1.5 cm
    deep is inserted, for good. The cost of a step is 1 until then, and 0 after.

    styles  False: the expert's action is a function of the observation. True: it comes from the
            left or the right, fast or slowly, and with a hand that errs in proportion to its move
    """

    name = "insertion"
    act_space: Box

    def __init__(self, horizon: int = 60, clearance: float = 0.02, styles: bool = False) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and clearance > 0):
            raise InputError(
                "Insertion: expected a whole horizon >= 1 and a clearance > 0, got "
                f"{horizon} and {clearance}."
            )
        self.horizon, self.clearance, self.styles = horizon, clearance, styles
        self.obs_space = Box((3,), -8.0, 8.0)
        self.act_space = Box((3,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        low, high = torch.tensor([[-6.0, 4.0, -0.4], [6.0, 6.0, 0.4]])
        seen = low + (high - low) * torch.rand(n, 3, generator=generator)
        if not self.styles:
            return torch.cat([seen, torch.tensor([0.0, 1.0, 0.0, 0.0, 0.0]).expand(n, 5)], 1)
        side = torch.randint(2, (n, 1), generator=generator) * 2.0 - 1.0
        pace = 0.6 + 0.4 * torch.rand(n, 1, generator=generator)
        return torch.cat([seen, side, pace, _tremor(n, generator)], 1)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :3]

    def expert_view(self, state: Tensor) -> Tensor:
        return state

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        free = state[:, :3] + self.act_space.clip(act) * MOVE
        in_hole = state[:, 1:2] < 0
        peg = torch.where(in_hole, self._in_hole(state, free), self._above(state, free))
        tremor = _tremor(len(state), generator) if self.styles else state[:, 5:]
        moved = torch.cat([peg.clamp(-LIMIT, LIMIT), state[:, 3:5], tremor], 1)
        state = torch.where(self.inserted(state)[:, None], state, moved)
        return state, 1 - self.inserted(state).float()

    def inserted(self, state: Tensor) -> Tensor:
        """Whether the peg is in, [...] bool for states [..., 8]."""
        return state[..., 1] <= DEEP

    def expert(self, view: Tensor) -> Tensor:
        """Hover until the peg is aligned, then push: the better it fits, the lower."""
        x, z, tilt, side, pace = view[:, :5].unbind(1)
        over = (misfit(view) - self.clearance / 2).clamp(min=0)
        goal = (BOTTOM + 8 * over / self.clearance).clamp(max=HOVER)
        aim = 0.6 * side * (z - HOVER).clamp(min=0)
        act = 0.5 * torch.stack([aim - x, goal - z, -tilt], 1) / MOVE
        return self.act_space.clip(act.clamp(-1, 1) * pace[:, None] * (1 + view[:, 5:]))

    def _above(self, state: Tensor, free: Tensor) -> Tensor:
        """The peg after a move over the table: free, into the hole, or rubbing on the table."""
        pressed = (-free[:, 1]).clamp(min=0)
        blocked = (pressed > 0) & (misfit(free) > self.clearance)
        slide = _rubbed(free[:, 0] - state[:, 0], pressed)
        rubbing = torch.stack([state[:, 0] + slide, torch.zeros_like(slide), free[:, 2]], 1)
        return torch.where(blocked[:, None], rubbing, free)

    def _in_hole(self, state: Tensor, free: Tensor) -> Tensor:
        """The peg after a move in the hole, whose walls keep its misfit within the clearance."""
        over = misfit(free)
        kept = (self.clearance / over.clamp(min=self.clearance)).clamp(max=1)
        rise = _rubbed(free[:, 1] - state[:, 1], (over - self.clearance).clamp(min=0))
        z = (state[:, 1] + rise).clamp(min=BOTTOM)
        return torch.stack([kept * free[:, 0], z, kept * free[:, 2]], 1)

    def render(self, state: Tensor) -> Tensor:
        """From the side, one pixel a millimetre: the table, its hole and the peg."""
        x, z, tilt = (state[:, i, None, None] for i in range(3))
        up = torch.linspace(8.0, -2.4, 105)[None, :, None]
        across = torch.linspace(-8.0, 8.0, 161)[None, None, :]
        sin, cos = tilt.sin(), tilt.cos()
        along = (across - x) * sin + (up - z) * cos
        aside = (across - x) * cos - (up - z) * sin
        gap = (across.abs() <= HALF_WIDTH + self.clearance) & (up >= BOTTOM)
        image = torch.full((len(state), 105, 161, 3), 245, dtype=torch.uint8)
        image[:, ((up < 0) & ~gap)[0]] = torch.tensor([150, 150, 155], dtype=torch.uint8)
        peg = (along >= 0) & (along <= LENGTH) & (aside.abs() <= HALF_WIDTH)
        image[peg] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        return image


def misfit(peg: Tensor) -> Tensor:
    """By how many cm a peg (x, z, tilt), [..., 3] or more, reaches out of a hole of its width."""
    return peg[..., 0].abs() + LEVER * peg[..., 2].abs()


def _rubbed(move: Tensor, pressed: Tensor) -> Tensor:
    """What friction leaves of a move [n] along a wall that is pressed [n] cm deep."""
    return move.sign() * (move.abs() - FRICTION * pressed).clamp(min=0)


def _tremor(n: int, generator: Generator) -> Tensor:
    return TREMOR * torch.randn(n, 3, generator=generator)
