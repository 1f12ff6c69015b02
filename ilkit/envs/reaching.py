"""Reaching: move a hand round an obstacle, on either side, to a target, while gusts push it."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box

RADIUS = 0.15  # of the obstacle, around the origin, in metres
DETOUR = 0.45  # how far beside the origin the expert passes
WIDTH = 0.35  # of the bulge in its path
SPEED = 0.16  # greatest speed that can be asked for, in metres a step
LAG = 0.25  # share of a speed's error that is left after a step
CLOSE = 0.1  # metres from the target that count as reached
LIMIT = 3.0  # of the workspace, in metres


class Reaching(Env):
    """A hand with inertia in a plane, an obstacle between it and its target, and gusts.

    State [n, 8]; the observation is its first six columns:
        hand      position in m, and velocity in m a step: v' = v / 4 + 0.12 act + gust * normal
        target    position in m, fixed in an episode
        side      +1 or -1: on which side the expert passes; only the expert sees it
        crashed   1 for ever once the hand has touched the obstacle, where it stays
    The action in [-1, 1]^2 is the wanted velocity, as a share of 0.16 m a step. The hand begins at
    rest near (-1.3, 0), the target is near (1, 0), and the obstacle, of radius 0.15 m, is at the
    origin. Which side the expert chose shows half a metre before it, not at the start.

    The cost of a step is the distance to the target in m, at most 1, and 1 after a crash. The
    target is reached if the hand is within 0.1 m of it when the episode ends (`reached`).
    """

    name = "reaching"
    act_space: Box

    def __init__(self, horizon: int = 32, gust: float = 0.0) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and gust >= 0):
            raise InputError(
                f"Reaching: expected a whole horizon >= 1 and gust >= 0, got {horizon} and {gust}."
            )
        self.horizon, self.gust = horizon, gust
        self.obs_space = Box((6,), -LIMIT, LIMIT)
        self.act_space = Box((2,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        low, high = torch.tensor([[-1.4, -0.03, 0.9, -0.2], [-1.2, 0.03, 1.1, 0.2]])
        hand, target = (low + (high - low) * torch.rand(n, 4, generator=generator)).split(2, 1)
        side = torch.randint(2, (n, 1), generator=generator) * 2.0 - 1.0
        rest = torch.zeros(n, 2)
        return torch.cat([hand, rest, target, side, torch.zeros(n, 1)], 1)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :6]

    def expert_view(self, state: Tensor) -> Tensor:
        return state

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        hand, velocity, kept = state[:, :2], state[:, 2:4], state[:, 4:7]
        noise = self.gust * torch.randn(len(state), 2, generator=generator)
        moved = (hand + velocity).clamp(-LIMIT, LIMIT)
        wanted = SPEED * self.act_space.clip(act)
        velocity = wanted + LAG * (velocity - wanted) + noise
        crashed = (moved.norm(dim=1, keepdim=True) < RADIUS).float()
        new = torch.cat([moved, velocity.clamp(-1, 1), kept, crashed], 1)
        state = torch.where(state[:, 7:] > 0, state, new)
        far = (state[:, :2] - state[:, 4:6]).norm(dim=1).clamp(max=1.0)
        return state, torch.where(state[:, 7] > 0, 1.0, far)

    def expert(self, view: Tensor) -> Tensor:
        """Follow a path that bulges round the obstacle, slowing down before the target."""
        x, y, tx, ty, side = (view[:, i] for i in (0, 1, 4, 5, 6))
        bulge = DETOUR * side * torch.exp(-((x / WIDTH) ** 2))
        slope = ty / 2.3 - 2 * x / WIDTH**2 * bulge
        path = bulge + ty * (x + 1.3) / 2.3
        right = (0.3 * (tx - x)).clamp(-0.1, 0.1)
        up = right * slope + 0.4 * (path - y)
        return self.act_space.clip(torch.stack([right, up], 1) / SPEED)

    def reached(self, state: Tensor) -> Tensor:
        """Whether the hand is at its target, [...] bool for states [..., 8]."""
        close: Tensor = (state[..., :2] - state[..., 4:6]).norm(dim=-1) < CLOSE
        return close

    def render(self, state: Tensor) -> Tensor:
        """From above, three by two metres, one pixel 2 cm: obstacle, target and hand."""
        up = torch.linspace(1.0, -1.0, 101)[None, :, None]
        across = torch.linspace(-1.5, 1.5, 151)[None, None, :]
        x, y, tx, ty, crashed = (state[:, i, None, None] for i in (0, 1, 4, 5, 7))
        image = torch.full((len(state), 101, 151, 3), 245, dtype=torch.uint8)
        image[:, (across**2 + up**2 < RADIUS**2)[0]] = 150
        ring = ((across - tx) ** 2 + (up - ty) ** 2).sqrt()
        image[(ring - CLOSE).abs() < 0.012] = torch.tensor([60, 60, 60], dtype=torch.uint8)
        hand = (across - x) ** 2 + (up - y) ** 2 < 0.05**2
        image[hand] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        image[hand & (crashed > 0)] = torch.tensor([213, 94, 0], dtype=torch.uint8)
        return image
