"""Executors: how predicted chunks become the action of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy

Act = Callable[[Tensor], Tensor]


class Executor(Protocol):
    """`start` begins a batch of episodes and returns what is asked for an action at each step."""

    def start(self, policy: Policy, generator: Generator) -> Act: ...


@dataclass(frozen=True)
class EachStep:
    """Ask the policy at every step and execute the first action of its chunk."""

    def start(self, policy: Policy, generator: Generator) -> Act:
        return lambda obs: policy.sample(obs, generator)[:, 0]


@dataclass(frozen=True)
class OpenLoop:
    """Ask the policy every k steps and execute the whole chunk without looking (chapter 14)."""

    k: int

    def start(self, policy: Policy, generator: Generator) -> Act:
        if not 1 <= self.k <= policy.chunk:
            raise InputError(
                f"OpenLoop: expected k from 1 to the policy's chunk {policy.chunk}, got {self.k}; "
                f"build the policy with chunk={self.k}."
            )
        plan: list[Tensor] = []

        def act(obs: Tensor) -> Tensor:
            if not plan:
                plan.extend(policy.sample(obs, generator)[:, : self.k].unbind(1))
            return plan.pop(0)

        return act
