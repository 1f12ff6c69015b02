"""Exploratory data: execute the expert's action plus noise, record the clean one (chapter 08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.learners.dagger import Expert
from ilkit.rollout import Override, as_env, collect, label, rollout

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv


def explore_and_relabel(
    expert: Expert, env: AnyEnv, n: int, sigma: float, *, seed: int = 0
) -> Demos:
    """Half of `n` episodes undisturbed, half under uniform noise; every label is clean.

    The noise is sigma z with z uniform in the unit ball, fresh at each step, so that the states
    spread in every direction that inputs can reach, and unstable ones are seen being tamed.

    Source: Zhang, Pfrommer, Simchowitz, Matni et al. (2025).
    """
    env = as_env(env)
    visited = rollout(
        expert, env, n - n // 2, seed=seed + 1, override=ball(sigma), view=True, source="explored"
    )
    explored = visited.replace(act=label(expert, env, visited))
    return collect(expert, env, n // 2, seed=seed).cat(explored) if n > 1 else explored


def ball(sigma: float) -> Override:
    """An override for `rollout`: the action plus sigma times a uniform point of the unit ball."""

    def override(state: Tensor, act: Tensor, generator: Generator) -> Tensor:
        flat = torch.randn(len(act), act[0].numel(), generator=generator)
        radius = torch.rand(len(act), 1, generator=generator) ** (1 / flat.shape[1])
        point = radius * flat / flat.norm(dim=1, keepdim=True)
        moved: Tensor = act + sigma * point.reshape(act.shape)
        return moved

    return override
