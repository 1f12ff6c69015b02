"""UnknownSign: x' = xi rho x + u, unstable, with a sign xi = +-1 that the policy does not see."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box


class UnknownSign(Env):
    """The scalar system that no simple policy stabilises (chapter 13).

    State [n, 3]: x, the sign xi = +-1 of the episode, and whether the episode is lost. x starts
    uniform in [-1, 1]; an episode whose |x| has passed `limit` is lost and stays where it was.
    The observation is x alone; the action is u. The expert is privileged: it sees xi and goes to
    0 in one step.

    The cost of a step is min(1, |x|) after it, and 1 once lost.
    """

    name = "unknown-sign"
    act_space: Box

    def __init__(self, rho: float = 1.5, horizon: int = 20, limit: float = 1e3) -> None:
        if not (rho > 1 and isinstance(horizon, int) and horizon >= 1 and 1 <= limit < 1e30):
            raise InputError(
                "UnknownSign: expected rho > 1, a whole horizon >= 1 and a limit in [1, 1e30), "
                f"got {rho}, {horizon} and {limit}."
            )
        self.rho, self.horizon, self.limit = rho, horizon, limit
        self.obs_space = Box((1,), -limit, limit)
        self.act_space = Box((1,), -rho * limit, rho * limit)

    def reset(self, n: int, generator: Generator) -> Tensor:
        x, coin = torch.rand(2, n, generator=generator)
        sign = torch.where(coin < 0.5, 1.0, -1.0)
        return torch.stack([2 * x - 1, sign, torch.zeros(n)], 1)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, :1]

    def expert_view(self, state: Tensor) -> Tensor:
        return state[:, :2]

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        x, sign, lost = state.unbind(1)
        moved = sign * self.rho * x + self.act_space.clip(act[:, 0])
        lost = torch.maximum(lost, (moved.abs() > self.limit).float())
        state = torch.stack([torch.where(lost > 0, x, moved), sign, lost], 1)
        return state, torch.maximum(state[:, 0].abs().clamp(max=1.0), lost)

    def expert(self, view: Tensor) -> Tensor:
        x, sign = view.unbind(1)
        return (-sign * self.rho * x)[:, None]

    def render(self, state: Tensor) -> Tensor:
        """A line from -2 to 2 with its middle marked, and x as a disc, or at the edge beyond."""
        height, width = 24, 96
        down = torch.arange(height)[None, :, None] - 12
        across = torch.linspace(-2, 2, width)[None, None, :]
        x = state[:, 0, None, None].clamp(-1.9, 1.9)
        image = torch.full((len(state), height, width, 3), 245, dtype=torch.uint8)
        image[:, 12] = torch.tensor([90, 90, 90], dtype=torch.uint8)
        image[:, 8:17, width // 2 - 1 : width // 2 + 1] = 90
        disc = ((across - x) * width / 4) ** 2 + down**2 < 20
        image[disc] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        gone = disc & (state[:, 2, None, None] > 0)
        image[gone] = torch.tensor([213, 94, 0], dtype=torch.uint8)
        return image
