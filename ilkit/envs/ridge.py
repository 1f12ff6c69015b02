"""Ridge: a narrow path along a winding crest, on which the expert cannot act under noise."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box

HALF_WIDTH = 0.15  # of the crest, in metres
REACH = 0.5  # the longest step to the side, in metres
BENDS, SWING = 1.0, 0.3  # of the crest: how often it winds, and its steepest side step, of 1


class Ridge(Env):
    """A walker takes a stride a step; to stay on the crest it must step aside just as it bends.

    State [n, 3] and how it moves:
        progress x:        x + 2 / horizon, from -1 to 1 at the end
        offset y in m:     y + 0.5 (action - bend(x)) + sway * normal,  bend(x) = 0.3 sin(pi x)
        fallen:            1 for ever once |y| > 0.15 m, else 0; x and y then stay
    The observation is (x, y). The action is the side step in [-1, 1], of half a metre.

    The cost of a step is 1 for ever after a fall, else 0.

    An expert with a steady foot cancels each sway in one step and walks to the end. An action that
    is off by 0.3 is a fall, and nobody climbs back: noise with a deviation of 0.2 throws the expert
    off within some seven steps, and the rest of the crest is never demonstrated.
    """

    name = "ridge"
    act_space: Box

    def __init__(self, horizon: int = 50, sway: float = 0.03) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and sway >= 0):
            raise InputError(
                f"Ridge: expected a whole horizon >= 1 and sway >= 0, got {horizon} and {sway}."
            )
        self.horizon, self.sway = horizon, sway
        self.obs_space = Box((2,), -2.0, 2.0)
        self.act_space = Box((1,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        state = torch.zeros(n, 3)
        state[:, 0] = -1.0
        state[:, 1] = self.sway * torch.randn(n, generator=generator)
        return state

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :2]

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        x, y, fallen = state.unbind(1)
        sway = self.sway * torch.randn(len(state), generator=generator)
        new_y = y + REACH * (self.act_space.clip(act[:, 0]) - bend(x)) + sway
        gone = (new_y.abs() > HALF_WIDTH).float()
        moved = torch.stack([x + 2 / self.horizon, new_y, gone], 1)
        state = torch.where(fallen[:, None] > 0, state, moved)
        return state, state[:, 2]

    def expert(self, view: Tensor) -> Tensor:
        """Step aside as the crest does, and back to its middle."""
        x, y = view.unbind(1)
        return self.act_space.clip(bend(x) - y / REACH)[:, None]

    def fallen(self, state: Tensor) -> Tensor:
        """Whether the walker has fallen, [n] bool."""
        return state[..., 2] > 0

    def render(self, state: Tensor) -> Tensor:
        """The crest from above, a pixel 4 cm across and half a stride along; the walker below."""
        ahead = torch.linspace(26.0, -5.5, 64)
        across = 0.04 * (torch.arange(64) - 31.5)
        x, y = state[:, 0, None], state[:, 1, None]
        # Where the crest lies: the bends between here and there, summed as an integral.
        turn, stride = BENDS * torch.pi, 2 / self.horizon
        bends = (torch.cos(turn * x) - torch.cos(turn * (x + stride * ahead))) / (turn * stride)
        crest = REACH * SWING * bends - y
        image = torch.full((len(state), 64, 64, 3), 225, dtype=torch.uint8)
        image[(across - crest[..., None]).abs() < HALF_WIDTH] = ROCK
        colour = torch.where(self.fallen(state)[:, None], FALLEN, STANDING)
        image[:, 51:54, 31:33] = colour[:, None, None]
        return image


ROCK = torch.tensor([150, 130, 105], dtype=torch.uint8)
STANDING = torch.tensor([0, 90, 160], dtype=torch.uint8)
FALLEN = torch.tensor([213, 94, 0], dtype=torch.uint8)


def bend(x: Tensor) -> Tensor:
    """The side step, as an action, with which the crest goes on at progress x."""
    return SWING * torch.sin(BENDS * torch.pi * x)
