"""Track: keep a car on a winding road, from its lateral error, heading and the road's curvature."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box

HALF_WIDTH = 2.0  # of the road, in metres
MAX_TURN = 0.1  # curvature of the car's tightest turn, in 1/m
MAX_CURVATURE = 0.06  # of the road, in 1/m
LOOK_AHEAD = 6.0  # distance over which the expert returns to the middle, in metres


class Track(Env):
    """A car at constant speed on a road that bends at random; faint gusts push its heading.

    State [n, 4] and how it moves, one metre of road a step:
        lateral error y in m (left positive):  y + sin(psi)
        heading error psi in rad:              psi + turn - kappa + gust * normal
        road curvature kappa in 1/m:           0.95 kappa + 0.01 * normal, in [-0.06, 0.06]
        departed:                              1 for ever once |y| > 2 m, else 0
    The observation is (y, psi, kappa). The action is the steering in [-1, 1]; through its linkage
    the car turns by 0.1 sin(pi/2 * steering) a metre.

    The cost of a step is min(1, (y / 2 m)^2), hence 1 for ever after the car has left the road.

    The expert holds the car within a few centimetres, so its demonstrations hardly show what to
    do a hand's breadth off the middle. A larger `gust` makes them show it. `assist` is the gain,
    from 0 to 1, of a low-level controller that damps both errors beneath the policy's command.
    """

    name = "track"
    act_space: Box

    def __init__(self, horizon: int = 200, gust: float = 0.001, assist: float = 0.0) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and gust >= 0 and 0 <= assist <= 1):
            raise InputError(
                "Track: expected a whole horizon >= 1, gust >= 0 and assist in [0, 1], got "
                f"{horizon}, {gust} and {assist}."
            )
        self.horizon, self.gust, self.assist = horizon, gust, assist
        self.obs_space = Box((3,), -3.0, 3.0)
        self.act_space = Box((1,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        scale = torch.tensor([0.01, 0.002, 0.015, 0.0])
        return scale * torch.randn(n, 4, generator=generator)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :3]

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        y, psi, kappa, departed = state.unbind(1)
        noise = torch.randn(2, len(state), generator=generator)
        turn = turn_of(self.act_space.clip(act[:, 0])) - self.assist * (0.02 * y + 0.2 * psi)
        new_psi = psi + turn.clamp(-MAX_TURN, MAX_TURN) - kappa + self.gust * noise[0]
        new_y = y + torch.sin(psi)
        new_kappa = (0.95 * kappa + 0.01 * noise[1]).clamp(-MAX_CURVATURE, MAX_CURVATURE)
        gone = torch.maximum(departed, (new_y.abs() > HALF_WIDTH).float())
        moved = torch.stack([new_y, new_psi.clamp(-1.5, 1.5), new_kappa, gone], 1)
        state = torch.where(departed[:, None] > 0, state, moved)
        return state, (state[:, 0] / HALF_WIDTH).square().clamp(max=1.0)

    def expert(self, view: Tensor) -> Tensor:
        """Turn with the road, and towards a point on its middle a look-ahead away."""
        y, psi, kappa = view.unbind(1)
        wanted = -torch.atan(y / LOOK_AHEAD)
        return steer_for(kappa + 2.4 / LOOK_AHEAD * (wanted - psi))[:, None]

    def departed(self, state: Tensor) -> Tensor:
        """Whether the car has left the road, [n] bool."""
        return state[..., 3] > 0

    def render(self, state: Tensor) -> Tensor:
        """The road from above, one pixel a decimetre, the car in the lower third."""
        height, width = 96, 64
        ahead = torch.linspace(6.4, -3.1, height)[None, :, None]
        across = torch.linspace(3.2, -3.2, width)[None, None, :]
        y, psi, kappa = (state[:, i, None, None] for i in range(3))
        middle = -y - torch.tan(psi) * ahead + kappa * ahead**2 / 2
        off = (across - middle).abs()
        image = torch.full((len(state), height, width, 3), 205, dtype=torch.uint8)
        image[off < HALF_WIDTH] = torch.tensor([120, 120, 125], dtype=torch.uint8)
        image[(off - HALF_WIDTH).abs() < 0.08] = torch.tensor([250, 250, 250], dtype=torch.uint8)
        car = ((ahead.abs() < 0.9) & (across.abs() < 0.5)).expand(len(state), -1, -1)
        image[car] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        return image


def turn_of(steer: Tensor) -> Tensor:
    """Curvature in 1/m that the car follows at a steering in [-1, 1]."""
    return MAX_TURN * torch.sin(torch.pi / 2 * steer)


def steer_for(turn: Tensor) -> Tensor:
    """The steering that follows a curvature in 1/m, or the nearest that the car can."""
    return torch.asin((turn / MAX_TURN).clamp(-1, 1)) * (2 / torch.pi)
