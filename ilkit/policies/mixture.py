"""Mixture density: several Gaussians and their weights, so that a fork has two answers."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from ilkit.policies.base import Policy
from ilkit.policies.gaussian import log_normal, squashed
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces


class Mixture(Policy):
    """K diagonal Gaussians over the chunk; the loss is the negative log-likelihood (chapter 06).

    Source: Bishop (1994), mixture density networks.
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        components: int = 5,
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        self.need(components=components)
        self.components = components
        self.body = self.build(components * (1 + 2 * self.act_size))
        # Components that begin in one place may stay there together, between the modes.
        with self.seeded():
            self.centres = nn.Parameter(torch.randn(components, self.act_size))

    def parts(self, obs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-weights [n, K], means and log-deviations [n, K, act_size], in scaled units."""
        k, d = self.components, self.act_size
        out: Tensor = self.body(self.features(obs))
        log_weight = torch.log_softmax(out[:, :k], 1)
        mean, raw = out[:, k:].reshape(len(obs), k, 2 * d).chunk(2, 2)
        return log_weight, self.centres + mean, squashed(raw)

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        log_weight, mean, log_std = self.parts(obs)
        z = (self.to_unit(act)[:, None] - mean) / log_std.exp()
        return torch.logsumexp(log_weight + log_normal(z, log_std), 1) - self.log_scale()

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return -self.log_prob(obs, act)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        log_weight, mean, log_std = self.parts(obs)
        which = torch.multinomial(log_weight.exp(), 1, generator=generator)[:, 0]
        rows = torch.arange(len(obs), device=obs.device)
        noise = torch.randn(mean[:, 0].shape, generator=generator, device=mean.device)
        return self.from_unit(mean[rows, which] + log_std[rows, which].exp() * noise)

    @torch.no_grad()
    def mode(self, obs: Tensor) -> Tensor:
        """The mean of the heaviest component, [n, k, *act]."""
        log_weight, mean, _ = self.parts(obs)
        return self.from_unit(mean[torch.arange(len(obs)), log_weight.argmax(1)])
