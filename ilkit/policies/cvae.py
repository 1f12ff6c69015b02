"""Conditional VAE: a latent variable decides between the ways, a decoder carries it out."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces


class CVAE(Policy):
    """p(a | s) = integral of p(a | s, z) N(z; 0, I) dz; the loss is minus the ELBO (chapter 06).

    The encoder q(z | s, a) is a diagonal Gaussian. So is the decoder p(a | s, z), with a fixed
    deviation `std` in scaled units: a decoder that may widen explains the data alone, and the
    latent variable is never used (posterior collapse).

    Source: Sohn, Lee and Yan (2015); Kingma and Welling (2014).
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        latent: int = 2,
        std: float = 0.15,
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        self.need(latent=latent, std=std)
        self.latent, self.std = latent, std
        self.encoder = self.build_conditional(self.act_size, 2 * latent)
        self.decoder = self.build_conditional(latent, self.act_size)

    def decode(self, obs: Tensor, z: Tensor) -> Tensor:
        """Mean of the scaled chunk given latents [n, latent]: [n, act_size]."""
        mean: Tensor = self.decoder(self.features(obs), z)
        return mean

    def elbo(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """One-sample estimate of the lower bound on log p(a | s) in scaled units, [n]."""
        unit = self.to_unit(act)
        mu, log_sigma = self.encoder(self.features(obs), unit).chunk(2, 1)
        z = mu + log_sigma.exp() * torch.randn(mu.shape, generator=generator, device=mu.device)
        error = (unit - self.decode(obs, z)) / self.std
        constant = math.log(self.std) + 0.5 * math.log(2 * math.pi)
        fit: Tensor = -(0.5 * error.square() + constant).sum(1)
        gap: Tensor = 0.5 * (mu.square() + (2 * log_sigma).exp() - 2 * log_sigma - 1).sum(1)
        return fit - gap

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return -self.elbo(obs, act, generator)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        z = torch.randn(len(obs), self.latent, generator=generator, device=obs.device)
        mean = self.decode(obs, z)
        noise = torch.randn(mean.shape, generator=generator, device=mean.device)
        return self.from_unit(mean + self.std * noise)
