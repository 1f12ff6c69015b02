"""Deterministic: one action for each observation, fitted by squared error."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces


class Deterministic(Policy):
    """A regression: pi(s) is a point; the loss is the squared error summed over the chunk.

    The error is measured in the scaled units of the actions (`Policy.set_scale`), so that every
    dimension counts alike.
    """

    def __init__(
        self, like: HasSpaces, net: str | Network = "mlp", *, chunk: int = 1, seed: int = 0
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        self.body = self.build(self.act_size)

    def predict(self, obs: Tensor) -> Tensor:
        """Scaled chunks [n, act_size], with gradients."""
        unit: Tensor = self.body(self.features(obs))
        return unit

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return (self.predict(obs) - self.to_unit(act)).square().sum(1)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        return self.from_unit(self.predict(obs))

    def mode(self, obs: Tensor) -> Tensor:
        """The action itself, [n, k, *act]."""
        return self.sample(obs)
