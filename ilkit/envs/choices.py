"""Choices: another environment, whose real actions are chosen from a few."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete


class Choices(Env):
    """`env` with discrete actions: `per_dim` evenly spaced values for each number of its action.

    Choice i is the action whose numbers are the digits of i in base `per_dim`, the first number
    the last digit. The expert makes the choice that is nearest to what it would do.
    """

    name = "choices"
    act_space: Discrete

    def __init__(self, env: Env, per_dim: int = 41) -> None:
        space = env.act_space
        if not (isinstance(space, Box) and space.high - space.low < float("inf") and per_dim >= 2):
            raise InputError(
                "Choices: expected real actions with limits and at least 2 values of each number, "
                f"got {space} and {per_dim}."
            )
        self.env, self.real, self.per_dim = env, space, per_dim
        self.obs_space, self.horizon = env.obs_space, env.horizon
        self.act_space = Discrete(per_dim**space.size)
        self.spacing = (space.high - space.low) / (per_dim - 1)
        self.place = per_dim ** torch.arange(space.size)

    def act_of(self, choice: Tensor) -> Tensor:
        """Actions [n, *act] of choices [n]."""
        digits = choice[:, None] // self.place % self.per_dim
        return (self.real.low + self.spacing * digits).view(-1, *self.real.shape)

    def nearest(self, act: Tensor) -> Tensor:
        """Choices [n] that are nearest to actions [n, *act]."""
        digits = ((self.real.clip(act) - self.real.low) / self.spacing).round().long()
        return (digits.flatten(1) * self.place).sum(1)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return self.env.reset(n, generator)

    def observe(self, state: Tensor) -> Tensor:
        return self.env.observe(state)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        return self.env.step(state, self.act_of(act), generator)

    def expert(self, view: Tensor) -> Tensor:
        return self.nearest(self.env.expert(view))

    def expert_view(self, state: Tensor) -> Tensor:
        return self.env.expert_view(state)

    def alive(self, state: Tensor) -> Tensor:
        return self.env.alive(state)

    def render(self, state: Tensor) -> Tensor:
        return self.env.render(state)
