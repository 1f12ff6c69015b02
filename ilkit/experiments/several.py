"""Several: policies of one architecture as one, so that their chunks are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from ilkit.policies.base import Policy

Draw = Callable[[Policy, Tensor, Generator | None], Tensor]


class Several(Policy):
    """The first part of a batch [n, ...] is driven by the first policy, and so on, n / p each.

    draw  (policy, obs, generator) -> chunks; default: the policy's own `sample`
    """

    def __init__(self, policies: Sequence[Policy], draw: Draw | None = None) -> None:
        first = policies[0]
        super().__init__(first, chunk=first.chunk)
        drawers: list[nn.Module] = [_Drawer(policy, draw or _sample) for policy in policies]
        self.count = len(policies)
        self._first, self._tables = (drawers[0],), stack_module_state(drawers)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        def one(params: dict[str, Tensor], buffers: dict[str, Tensor], part: Tensor) -> Tensor:
            chunks: Tensor = functional_call(self._first[0], (params, buffers), (part, generator))
            return chunks

        together = vmap(one, randomness="different")
        chunks: Tensor = together(*self._tables, obs.view(self.count, -1, *obs.shape[1:]))
        return chunks.flatten(0, 1)


class _Drawer(nn.Module):
    """What is drawn from a policy as a module's forward pass, which is what can be vectorised."""

    def __init__(self, policy: Policy, draw: Draw) -> None:
        super().__init__()
        self.policy, self.draw = policy, draw

    def forward(self, obs: Tensor, generator: Generator | None) -> Tensor:
        return self.draw(self.policy, obs, generator)


def _sample(policy: Policy, obs: Tensor, generator: Generator | None) -> Tensor:
    return policy.sample(obs, generator)
