"""Several: policies of one architecture as one, so that their chunks are drawn together.

The first part of a batch [n, ...] is driven by the first policy, and so on, n / p rows each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from ilkit.policies.base import Policy
from ilkit.policies.flow import Flow
from ilkit.spaces import Box

Draw = Callable[[Policy, Tensor, Generator | None], Tensor]


class Several(Policy):
    """p policies, each for its part of the batch.

    draw  (policy, obs, generator) -> chunks; default: the policy's own `sample`
    """

    def __init__(self, policies: Sequence[Policy], draw: Draw | None = None) -> None:
        super().__init__(policies[0], chunk=policies[0].chunk)
        self.together = _together(policies, draw or _sample)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        return self.together(obs, generator=generator)


class SeveralFlows(Flow):
    """p flows, each for its part of the batch; with gradients, hence fit to inpaint."""

    def __init__(self, flows: Sequence[Flow]) -> None:
        first = flows[0]
        super().__init__(first, first.network, steps=first.steps, chunk=first.chunk)
        self.together = _together(flows, _velocity)
        self.means = torch.stack([flow.act_mean for flow in flows])
        self.stds = torch.stack([flow.act_std for flow in flows])

    def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
        return self.together(obs, x, t)

    def to_unit(self, act: Tensor) -> Tensor:
        mean, std = self._scale(len(act))
        return ((act - mean) / std).flatten(1)

    def from_unit(self, unit: Tensor) -> Tensor:
        assert isinstance(self.act_space, Box)
        mean, std = self._scale(len(unit))
        chunks = unit.reshape(len(unit), self.chunk, *self.act_space.shape)
        return self.act_space.clip(chunks * std + mean)

    def _scale(self, n: int) -> tuple[Tensor, Tensor]:
        """Each row's mean and deviation of actions, [n, 1, *act]."""
        rows = n // len(self.means)
        mean, std = (x.repeat_interleave(rows, 0)[:, None] for x in (self.means, self.stds))
        return mean, std


class _Method(nn.Module):
    """A method of a policy as a module's forward pass, which is what can be vectorised."""

    def __init__(self, policy: Policy, method: Callable[..., Tensor]) -> None:
        super().__init__()
        self.policy, self.method = policy, method

    def forward(self, *args: Tensor, **options: Any) -> Tensor:
        return self.method(self.policy, *args, **options)


def _together(policies: Sequence[Policy], method: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method of all policies at once, each on its part of the rows."""
    modules: list[nn.Module] = [_Method(policy, method) for policy in policies]
    tables = stack_module_state(modules)

    def run(*args: Tensor, **options: Any) -> Tensor:
        def one(params: dict[str, Tensor], buffers: dict[str, Tensor], *part: Tensor) -> Tensor:
            out: Tensor = functional_call(modules[0], (params, buffers), part, options)
            return out

        parts = [x.view(len(modules), -1, *x.shape[1:]) for x in args]
        out: Tensor = vmap(one, randomness="different")(*tables, *parts)
        return out.flatten(0, 1)

    return run


def _sample(policy: Policy, obs: Tensor, generator: Generator | None = None) -> Tensor:
    return policy.sample(obs, generator)


def _velocity(policy: Flow, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
    return policy.velocity(obs, x, t)
