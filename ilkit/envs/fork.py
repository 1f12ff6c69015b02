"""Fork: a tree in the way, which experts pass on the left or on the right."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box

AHEAD = 3.0  # where the tree stands, in metres from the start; a step is one metre forward
RADIUS = 0.4  # of the tree and half the car together, in metres
SIDEWAYS = 0.5  # metres that the car moves aside in a step at full steering
CLEARANCE, TASTE = 0.9, 0.05  # at which experts pass the tree, in metres: mean and deviation


class Fork(Env):
    """A car heads for a tree; a coin decides on which side the expert passes it.

    State [n, 5] and how it moves:
        way x in m:               x + 1
        sideways y in m:          y + 0.5 * steering (left positive)
        the tree's y in m:        fixed; uniform in [-spread, spread]
        aim in m, where this episode's expert passes the tree, relative to it: fixed; about +0.9
                                  with probability `left`, else about -0.9
        collided:                 1 for ever once the car's way crossed the tree, else 0
    The observation is (x, y, the tree's y); what the coin said the expert alone can see, as its
    aim. So the expert's action has two modes at the start of the way, and one as soon as the car
    has turned to a side. The action is the steering in [-1, 1].

    The cost of a step is 1 from the collision on, else 0.
    """

    name = "fork"
    act_space: Box

    def __init__(self, horizon: int = 5, left: float = 0.5, spread: float = 0.0) -> None:
        if not (
            isinstance(horizon, int) and horizon >= 1 and 0 <= left <= 1 and 0 <= spread <= 0.4
        ):
            raise InputError(
                "Fork: expected a whole horizon >= 1, left in [0, 1] and spread in [0, 0.4], got "
                f"{horizon}, {left} and {spread}."
            )
        self.horizon, self.left, self.spread = horizon, left, spread
        self.obs_space = Box((3,), -float(horizon), float(horizon))
        self.act_space = Box((1,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        y, taste = torch.randn(2, n, generator=generator)
        coin, place = torch.rand(2, n, generator=generator)
        side = torch.where(coin < self.left, 1.0, -1.0)
        aim = side * (CLEARANCE + TASTE * taste.clamp(-2, 2))
        start = torch.zeros(n)
        return torch.stack([start, 0.02 * y, self.spread * (2 * place - 1), aim, start], 1)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :3]

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        x, y, tree, aim, collided = state.unbind(1)
        aside = SIDEWAYS * self.act_space.clip(act[:, 0])
        # Where on this step's stretch of way the car comes nearest to the tree.
        nearest = (((AHEAD - x) + (tree - y) * aside) / (1 + aside.square())).clamp(0, 1)
        gap = torch.hypot(x + nearest - AHEAD, y + nearest * aside - tree)
        moved = torch.stack([x + 1, y + aside, tree, aim, (gap < RADIUS).float()], 1)
        state = torch.where(collided[:, None] > 0, state, moved)
        return state, state[:, 4]

    def expert(self, view: Tensor) -> Tensor:
        """Steer straight to the point where this expert passes the tree; then straight on."""
        x, y, tree, aim, _ = view.unbind(1)
        left_to_go = AHEAD - x
        aside = torch.where(left_to_go > 0, (tree + aim - y) / left_to_go.clamp(min=1), 0.0)
        return self.act_space.clip(aside / SIDEWAYS)[:, None]

    def expert_view(self, state: Tensor) -> Tensor:
        return state

    def collided(self, state: Tensor) -> Tensor:
        """Whether the car has hit the tree, [...] bool."""
        return state[..., 4] > 0

    def on_left(self, state: Tensor) -> Tensor:
        """Whether the car is to the left of the tree, [...] bool: at the end, the side taken."""
        return state[..., 1] > state[..., 2]

    def render(self, state: Tensor) -> Tensor:
        """The way from above, one pixel six centimetres, start below, left to the left."""
        height, width = 96, 64
        ahead = torch.linspace(5.5, -0.5, height)[None, :, None]
        across = torch.linspace(2.0, -2.0, width)[None, None, :]
        x, y, tree = (state[:, i, None, None] for i in range(3))
        image = torch.full((len(state), height, width, 3), 225, dtype=torch.uint8)
        trunk = torch.hypot(ahead - AHEAD, across - tree) < RADIUS - 0.15
        image[trunk] = torch.tensor([0, 120, 80], dtype=torch.uint8)
        car = ((ahead - x).abs() < 0.25) & ((across - y).abs() < 0.15)
        image[car] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        image[car & (state[:, 4, None, None] > 0)] = torch.tensor([213, 94, 0], dtype=torch.uint8)
        return image
