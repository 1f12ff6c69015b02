"""Gaussian: a mean that depends on the observation and a deviation for each action dimension."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces

LOG_STD_RANGE = (-5.0, 2.0)  # in scaled units: keeps the likelihood finite on noiseless data


class Gaussian(Policy):
    """A diagonal Gaussian; the loss is the negative log-likelihood (chapter 02).

    Mean and log-deviation both come from the network, in scaled units; the log-deviation is
    squashed into (-5, 2), without which a deterministic expert's likelihood has no maximum.
    """

    def __init__(
        self, like: HasSpaces, net: str | Network = "mlp", *, chunk: int = 1, seed: int = 0
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        self.body = self.build(2 * self.act_size)

    def moments(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-deviation of the scaled chunk, each [n, act_size]."""
        mean, raw = self.body(self.features(obs)).chunk(2, 1)
        low, high = LOG_STD_RANGE
        return mean, low + (high - low) * torch.sigmoid(raw)

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        mean, log_std = self.moments(obs)
        z = (self.to_unit(act) - mean) / log_std.exp()
        log_unit = -(0.5 * z.square() + log_std + 0.5 * math.log(2 * math.pi)).sum(1)
        return log_unit - self.log_scale()

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return -self.log_prob(obs, act)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        mean, log_std = self.moments(obs)
        noise = torch.randn(mean.shape, generator=generator, device=mean.device)
        return self.from_unit(mean + log_std.exp() * noise)

    @torch.no_grad()
    def mode(self, obs: Tensor) -> Tensor:
        """The mean chunk, [n, k, *act], inside the action space."""
        return self.from_unit(self.moments(obs)[0])
