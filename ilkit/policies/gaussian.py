"""Gaussian: a mean that depends on the observation, and a diagonal or full covariance."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces

LOG_STD_RANGE = (-5.0, 2.0)  # in scaled units: keeps the likelihood finite on noiseless data


class Gaussian(Policy):
    """A Gaussian over the chunk; the loss is the negative log-likelihood (chapter 02).

    covariance  "diagonal", or "full": L L^T with the Cholesky factor L = diag(std) U, where U is
                lower triangular with ones on its diagonal

    Mean, log-deviations and U all come from the network, in scaled units; the log-deviations are
    squashed into (-5, 2), without which a deterministic expert's likelihood has no maximum.
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        covariance: str = "diagonal",
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        if covariance not in ("diagonal", "full"):
            raise InputError(
                f"covariance: expected 'diagonal' or 'full', got {covariance!r}; choose one."
            )
        self.covariance = covariance
        d = self.act_size
        self.below = d * (d - 1) // 2 if covariance == "full" else 0  # numbers in U
        self.body = self.build(2 * d + self.below)

    def moments(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Mean of the scaled chunk and log of L's diagonal, each [n, act_size].

        If the covariance is diagonal, the latter are the log-deviations.
        """
        mean, log_std, _ = self._parts(obs)
        return mean, log_std

    def cholesky(self, obs: Tensor) -> Tensor:
        """The factor L of the scaled chunk's covariance L L^T, [n, act_size, act_size]."""
        _, log_std, unit_factor = self._parts(obs)
        return log_std.exp()[..., None] * unit_factor

    def _parts(self, obs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Mean and log of L's diagonal, each [n, d], and U, [n, d, d]."""
        d = self.act_size
        mean, raw, below = self.body(self.features(obs)).split([d, d, self.below], 1)
        factor = torch.eye(d, device=mean.device).expand(len(mean), d, d)
        if self.below:
            rows, columns = torch.tril_indices(d, d, -1, device=mean.device)
            strict = below.new_zeros(len(mean), d, d)
            strict[:, rows, columns] = below
            factor = factor + strict
        return mean, squashed(raw), factor

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        mean, log_std, factor = self._parts(obs)
        z = (self.to_unit(act) - mean) / log_std.exp()
        if self.below:
            solve = torch.linalg.solve_triangular
            z = solve(factor, z[..., None], upper=False, unitriangular=True)[..., 0]
        return log_normal(z, log_std) - self.log_scale()

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return -self.log_prob(obs, act)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        mean, log_std, factor = self._parts(obs)
        noise = torch.randn(mean.shape, generator=generator, device=mean.device)
        if self.below:
            noise = (factor @ noise[..., None])[..., 0]
        return self.from_unit(mean + log_std.exp() * noise)

    @torch.no_grad()
    def mode(self, obs: Tensor) -> Tensor:
        """The mean chunk, [n, k, *act], inside the action space."""
        return self.from_unit(self.moments(obs)[0])


def squashed(raw: Tensor) -> Tensor:
    """Log-deviations inside their range, from any real numbers."""
    low, high = LOG_STD_RANGE
    return low + (high - low) * torch.sigmoid(raw)


def log_normal(z: Tensor, log_std: Tensor) -> Tensor:
    """Log-density of a Gaussian, summed over the last dimension, from z-scores."""
    return -(0.5 * z.square() + log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
