"""Executors: how predicted chunks become the action of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.flow import Flow

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
    """Execute k actions of each chunk without looking, then ask again (chapter 14).

    k  default: the whole chunk; a smaller k is receding-horizon control
    """

    k: int | None = None

    def start(self, policy: Policy, generator: Generator) -> Act:
        k = policy.chunk if self.k is None else self.k
        _check_within("OpenLoop: k", k, policy)
        plan: list[Tensor] = []

        def act(obs: Tensor) -> Tensor:
            if not plan:
                plan.extend(policy.sample(obs, generator)[:, :k].unbind(1))
            return plan.pop(0)

        return act


@dataclass(frozen=True)
class TemporalEnsemble:
    """Ask at every step and average what all live chunks say of it, the oldest weighing most.

    m  weights are exp(-m i), i = 0 for the oldest prediction: m = 0 is the plain mean

    Source: Zhao et al. (2023), ACT.
    """

    m: float = 0.01

    def start(self, policy: Policy, generator: Generator) -> Act:
        policy.need_real_actions()
        plans: list[Tensor] = []  # from the oldest to the newest, each begun one step later

        def act(obs: Tensor) -> Tensor:
            plans.append(policy.sample(obs, generator))
            del plans[: -policy.chunk]
            ages = range(len(plans) - 1, -1, -1)
            now = torch.stack([plan[:, age] for plan, age in zip(plans, ages, strict=True)])
            weight = torch.exp(-self.m * torch.arange(len(plans), dtype=now.dtype))
            shape = (-1, *[1] * (now.dim() - 1))
            return (weight.view(shape) * now).sum(0) / weight.sum()

        return act


@dataclass(frozen=True)
class RealTime:
    """Plan while moving: a plan asked for now is ready `delay` steps later (chapter 14).

    every   a new plan is asked for after this many actions of the running one
    delay   steps that pass until it is ready; the running plan goes on meanwhile
    inpaint make the new plan agree with what will have been executed by then, and softly with the
            rest of the running plan; without it the two may jump. Needs a Flow policy.

    Source: Black, Galliker and Levine (2025).
    """

    every: int
    delay: int
    inpaint: bool = True

    def start(self, policy: Policy, generator: Generator) -> Act:
        _check_within("RealTime: every + delay", self.every + self.delay, policy)
        if not 0 <= self.delay <= self.every:
            raise InputError(
                f"RealTime: expected 0 <= delay <= every, got {self.delay} and {self.every}; "
                "a plan must be ready before the next one is asked for."
            )
        if self.inpaint and not isinstance(policy, Flow):
            raise InputError(f"RealTime: only Flow can inpaint, got {type(policy).__name__}.")
        return _RealTimeRun(self, policy, generator)


class _RealTimeRun:
    """The state of one batch of episodes under `RealTime`."""

    def __init__(self, executor: RealTime, policy: Policy, generator: Generator) -> None:
        self.executor, self.policy, self.generator = executor, policy, generator
        self.plan: Tensor | None = None
        self.next_plan: Tensor | None = None
        self.done = 0  # actions of the running plan that were executed

    def __call__(self, obs: Tensor) -> Tensor:
        every, delay = self.executor.every, self.executor.delay
        if self.plan is None:
            self.plan = self.policy.sample(obs, self.generator)
        if self.next_plan is not None and self.done == every + delay:
            self.plan, self.next_plan, self.done = self.next_plan, None, delay
        if self.done == every:
            self.next_plan = self._new_plan(obs, self.plan)
            if delay == 0:
                self.plan, self.next_plan, self.done = self.next_plan, None, 0
        self.done += 1
        return self.plan[:, self.done - 1]

    def _new_plan(self, obs: Tensor, running: Tensor) -> Tensor:
        if not (self.executor.inpaint and isinstance(self.policy, Flow)):
            return self.policy.sample(obs, self.generator)
        left = running[:, self.done :]
        if not left.shape[1]:
            return self.policy.sample(obs, self.generator)
        padding = left[:, -1:].expand(-1, self.policy.chunk - left.shape[1], *left.shape[2:])
        wanted = torch.cat([left, padding], 1)
        mask = soft_mask(self.policy.chunk, left.shape[1], self.executor.delay)
        return self.policy.inpaint(obs, wanted, mask, self.generator)


def soft_mask(chunk: int, overlap: int, delay: int) -> Tensor:
    """How much each action of a new plan owes to the running one, [chunk].

    1 on the `delay` actions that will be over before it is ready, then falling to 0 at the end of
    the `overlap`, as c (e^c - 1) / (e - 1) with c falling linearly from 1.
    """
    i = torch.arange(chunk, dtype=torch.float32)
    c = ((overlap - i) / (overlap - delay + 1)).clamp(0, 1)
    falling = c * torch.expm1(c) / torch.expm1(torch.tensor(1.0))
    return torch.where(i < delay, 1.0, torch.where(i < overlap, falling, 0.0))


def _check_within(name: str, k: int, policy: Policy) -> None:
    if not 1 <= k <= policy.chunk:
        raise InputError(
            f"{name}: expected 1 to the policy's chunk {policy.chunk}, got {k}; "
            "ask for fewer, or build the policy with a larger chunk."
        )
