"""Correlated: two arms carry a tray from shelf to shelf, and must choose the same one."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete


class Correlated(Env):
    """Which shelf is next is free; that both arms go to the same one is not.

    State [n, 3], shelves as whole numbers: where the tray is, and where this step's expert takes
    its left and its right end. A new plan each step: the left arm goes to any other shelf, all
    equally likely; the right arm follows with probability `agree`, else it errs to one of the
    shelves where the left arm does not go.
    The observation is the tray's shelf; the plan the expert alone can see. The action is a height
    for each arm in [-1, 1]: it goes to the nearest shelf, shelf i of L is at (2 i + 1) / L - 1.

    The tray is next where its left end was taken. The cost of a step is 1 if it was tilted: if the
    arms went to different shelves.
    """

    name = "correlated"
    act_space: Box

    def __init__(self, horizon: int = 20, shelves: int = 4, agree: float = 1.0) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and shelves >= 2 and 0 <= agree <= 1):
            raise InputError(
                "Correlated: expected a whole horizon >= 1, shelves >= 2 and agree in [0, 1], got "
                f"{horizon}, {shelves} and {agree}."
            )
        self.horizon, self.shelves, self.agree = horizon, shelves, agree
        self.obs_space, self.act_space = Discrete(shelves), Box((2,), -1.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return self._planned(torch.randint(self.shelves, (n,), generator=generator), generator)

    def observe(self, state: Tensor) -> Tensor:
        return state[:, 0]

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        left, right = self.shelf(act).unbind(1)
        return self._planned(left, generator), (left != right).float()

    def expert(self, view: Tensor) -> Tensor:
        return self.height(view[:, 1:])

    def expert_view(self, state: Tensor) -> Tensor:
        return state

    def height(self, shelf: Tensor) -> Tensor:
        """The middle of a shelf."""
        return (2 * shelf + 1) / self.shelves - 1

    def shelf(self, height: Tensor) -> Tensor:
        """The shelf nearest to a height."""
        near = ((self.act_space.clip(height) + 1) / 2 * self.shelves).floor().long()
        return near.clamp(max=self.shelves - 1)

    def joint(self) -> Tensor:
        """Probability of each pair of shelves for each of the tray's, float64 [L, left, right]."""
        count, same = self.shelves, torch.eye(self.shelves, dtype=torch.float64)
        left = (1 - same) / (count - 1)
        right = self.agree * same + (1 - self.agree) * (1 - same) / (count - 1)
        return left[:, :, None] * right

    def _planned(self, tray: Tensor, generator: Generator) -> Tensor:
        """The tray's shelves [n] and a plan for each, [n, 3]."""
        away = 1 + torch.randint(self.shelves - 1, (2, len(tray)), generator=generator)
        left = (tray + away[0]) % self.shelves
        follows = torch.rand(len(tray), generator=generator) < self.agree
        right = torch.where(follows, left, (left + away[1]) % self.shelves)
        return torch.stack([tray, left, right], 1)

    def render(self, state: Tensor) -> Tensor:
        """Shelves with the tray on one of them; to its sides the arms' next shelves."""
        side = 16
        image = torch.full((len(state), side * self.shelves, 64, 3), 245, dtype=torch.uint8)
        image[:, side - 2 :: side, 16:48] = torch.tensor([120, 120, 125], dtype=torch.uint8)
        columns = ((18, 46, [0, 90, 160]), (4, 12, [0, 158, 115]), (52, 60, [0, 158, 115]))
        for picture, places in zip(image, state.tolist(), strict=True):
            for place, (start, end, colour) in zip(places, columns, strict=True):
                top = side * (self.shelves - 1 - place) + 8
                picture[top : top + 6, start:end] = torch.tensor(colour, dtype=torch.uint8)
        return image
