"""Corrective labels: actions that lead back to the data, found through a model (chapter 09)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.dynamics import followed, learn_dynamics
from ilkit.policies.base import Policy
from ilkit.spaces import Box, flat

P = TypeVar("P", bound=Policy)
Increment = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Trust:
    """Where a model is believed: a label (s, a) is kept if all three hold.

    eps   by the model, a leads from s to within eps of the expert's next state
    eps1  s is within eps1 of the expert's state
    eps2  a is within eps2 of the expert's action, in the action's own units

    States are compared in steps: each dimension in units of its root mean square increment.
    """

    eps: float = 0.2
    eps1: float = 3.0
    eps2: float = 0.8

    def __post_init__(self) -> None:
        if not min(self.eps, self.eps1, self.eps2) > 0:
            raise InputError(
                f"Trust: expected three positive radii, got {self.eps}, {self.eps1} and "
                f"{self.eps2}; math.inf trusts the model everywhere."
            )


NEAR = Trust()
EVERYWHERE = Trust(math.inf, math.inf, math.inf)


def ccil(
    policy: P,
    demos: Demos,
    *,
    dynamics: Increment | None = None,
    trust: Trust = NEAR,
    copies: int = 4,
    seed: int = 0,
    **training: Any,
) -> P:
    """Clone the demonstrations together with labels that lead back to them; a copy of `policy`.

    dynamics  (obs [n, *obs], act [n, *act]) -> s' - s [n, *obs]: the true one where it is known,
              or your own; default: learned from the demonstrations by `learn_dynamics`
    trust     which labels are kept
    copies    candidates for each demonstrated step
    training  passed to `ilkit.train.fit`

    It asks nobody and visits nothing: what it adds to cloning is the belief that the dynamics are
    smooth. It fails where that is wrong, where the observation is not the state, and for errors
    that no single action can undo, such as a car's distance from the middle of the road.

    Source: Ke, Zhang, Deshpande, Srinivasa and Gupta (2024), CCIL.
    """
    if policy.chunk != 1:
        raise InputError(
            f"chunk: a corrective label is one action, got a policy for {policy.chunk}; "
            "use chunk=1."
        )
    # Step 1: learn smooth dynamics from the demonstrations.
    f = dynamics or learn_dynamics(demos, seed=seed).increment
    # Step 2: find states and actions that lead back to the expert's states.
    labels = corrective_labels(demos, f, trust=trust, copies=copies, seed=seed)
    # Step 3: clone both.
    return bc(policy, demos.cat(labels), seed=seed, **training)


def corrective_labels(
    demos: Demos, f: Increment, *, trust: Trust = NEAR, copies: int = 4, seed: int = 0
) -> Demos:
    """`copies` times the demonstrations' shape, masked down to the labels that can be trusted.

    For each step from s* by a* to s*': another action a = a* + noise, and the state s from which
    it leads to s*', s + f(s, a) = s*'. Backward Euler evaluates f at s*' instead, which misses by
    up to L |f(s*', a)|: the first of the three filters bounds the miss.

    Raises InputError if no label can be trusted.
    """
    if copies < 1:
        raise InputError(f"copies: expected at least 1 candidate a step, got {copies}.")
    generator = torch.Generator().manual_seed(seed)
    near, act = (x.repeat(copies, *[1] * (x.dim() - 1)) for x in (demos.obs, demos.act))
    target = near.roll(-1, 1)
    # Step 2a: another action near the expert's.
    tried = _tried(demos, act, trust.eps2, generator)
    # Step 2b: the state from which it leads to the expert's next one, by backward Euler.
    obs = target - _each_step(f, target, tried)
    # Step 2c: keep what can be trusted.
    size = step_size(demos)
    miss = _distance(obs + _each_step(f, obs, tried), target, size)
    mask = followed(demos).repeat(copies, 1) & (miss <= trust.eps)
    mask &= _distance(obs, near, size) <= trust.eps1
    mask &= _inside(demos, obs)
    if not mask.any():
        raise InputError("trust: no label is within all three radii; widen them.")
    return Demos(obs, tried, demos.obs_space, demos.act_space, mask=mask, source="corrective")


def step_size(demos: Demos) -> Tensor:
    """Root mean square increment of each dimension, [*obs]; 1 for one that never moves."""
    moved = (demos.obs.roll(-1, 1) - demos.obs)[followed(demos)]
    size = moved.square().mean(0).sqrt()
    return torch.where(size > 1e-6, size, 1.0)


def _tried(demos: Demos, act: Tensor, radius: float, generator: Generator) -> Tensor:
    """Actions uniform in a ball around the given ones, or in the whole space if it is infinite."""
    space = demos.act_space
    if not isinstance(space, Box):
        raise InputError(f"ccil: expected real actions to vary, got {space}.")
    if math.isfinite(radius):
        direction = flat(torch.randn(act.shape, generator=generator), 2)
        length = torch.rand(*act.shape[:2], 1, generator=generator) ** (1 / space.size)
        offset = radius * length * direction / direction.norm(dim=2, keepdim=True)
        return space.clip(act + offset.view(act.shape))
    if not math.isfinite(space.high - space.low):
        raise InputError("eps2: expected a finite radius, as the actions have no limits.")
    return space.low + (space.high - space.low) * torch.rand(act.shape, generator=generator)


def _each_step(f: Increment, obs: Tensor, act: Tensor) -> Tensor:
    """f on every step of [N, H, ...] tensors."""
    with torch.no_grad():
        return f(obs.flatten(0, 1), act.flatten(0, 1)).view(obs.shape)


def _distance(a: Tensor, b: Tensor, unit: Tensor) -> Tensor:
    """Euclidean distance of each step, in units of `unit`: [N, H]."""
    distance: Tensor = flat((a - b) / unit, 2).norm(dim=2)
    return distance


def _inside(demos: Demos, obs: Tensor) -> Tensor:
    """Which observations are legal, [N, H] bool."""
    space = demos.obs_space
    assert isinstance(space, Box)  # increments were added to them
    legal: Tensor = flat((obs >= space.low) & (obs <= space.high), 2).all(2)
    return legal
