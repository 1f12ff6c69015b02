"""Env: a batch of independent episodes, advanced by a pure step on tensors."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Generator, Tensor

from ilkit.spaces import Space


class Env:
    """A batched environment with a fixed horizon, stated in costs.

    A subclass sets `obs_space`, `act_space` and `horizon`, and writes the methods below as pure
    functions: all that changes is in `state`, a tensor [n, ...] whose first dimension runs over
    episodes, and all randomness comes from `generator`. Episodes never stop early: a car that has
    left the road stays in an absorbing state, so that the length of an episode tells nothing.

    Costs per step lie in [0, 1] unless a subclass says otherwise.
    """

    obs_space: Space
    act_space: Space
    horizon: int
    name: ClassVar[str] = ""

    def reset(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` initial states, [n, ...]."""
        raise NotImplementedError

    def observe(self, state: Tensor) -> Tensor:
        """What the policy sees, [n, *obs_space.shape]."""
        return state

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """Advance every episode: next states [n, ...] and the costs of this step [n]."""
        raise NotImplementedError

    def expert(self, view: Tensor) -> Tensor:
        """The expert's actions [n, *act_space.shape] for what it sees, `expert_view(state)`."""
        raise NotImplementedError

    def expert_view(self, state: Tensor) -> Tensor:
        """What the expert sees; the policy's observation unless the expert is privileged."""
        return self.observe(state)

    def alive(self, state: Tensor) -> Tensor:
        """Whether the episode still runs, [n] bool: always, but for foreign environments."""
        return torch.ones(len(state), dtype=torch.bool, device=state.device)

    def render(self, state: Tensor) -> Tensor:
        """Pictures of the states, uint8 [n, height, width, 3]."""
        raise NotImplementedError
