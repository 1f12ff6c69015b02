"""Diffusion: learn to name the noise in a noisy action, then remove it step by step."""

from __future__ import annotations

import itertools

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.nets import TIME_FEATURES, Network, time_features
from ilkit.spaces import HasSpaces

CLIP = 4.0  # deviations: no clean action lies further out


class Diffusion(Policy):
    """x_t = sqrt(abar_t) a + sqrt(1 - abar_t) eps; regress eps on (s, x_t, t) (chapter 06).

    levels   noise levels T of the squared-cosine schedule
    steps    how many of them the sampler visits
    eta      1 adds the ancestral noise of DDPM, 0 is the deterministic DDIM

    Source: Ho, Jain and Abbeel (2020); Song, Meng and Ermon (2021); Chi et al. (2023).
    """

    alpha_bar: Tensor

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        levels: int = 100,
        steps: int = 100,
        eta: float = 1.0,
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        if not 1 <= steps <= levels:
            raise InputError(f"steps: expected 1 to levels = {levels}, got {steps}.")
        self.levels, self.steps, self.eta = levels, steps, eta
        self.register_buffer("alpha_bar", squared_cosine(levels))
        self.body = self.build_conditional(self.act_size + TIME_FEATURES, self.act_size)

    def noise(self, obs: Tensor, x: Tensor, level: Tensor) -> Tensor:
        """Predicted eps [n, act_size] in x at levels [n] from 1 to T."""
        eps: Tensor = self.body(self.features(obs), x, time_features(level / self.levels))
        return eps

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        a = self.to_unit(act)
        level = torch.randint(1, self.levels + 1, (len(a),), generator=generator, device=a.device)
        eps = torch.randn(a.shape, generator=generator, device=a.device)
        keep = self.alpha_bar[level][:, None]
        noisy = keep.sqrt() * a + (1 - keep).sqrt() * eps
        return (self.noise(obs, noisy, level) - eps).square().sum(1)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        x = torch.randn(len(obs), self.act_size, generator=generator, device=obs.device)
        visits = torch.linspace(self.levels, 0, self.steps + 1).round().long().tolist()
        for now, after in itertools.pairwise(visits):
            level = torch.full((len(obs),), now, device=obs.device)
            keep, keep_after = self.alpha_bar[now], self.alpha_bar[after]
            eps = self.noise(obs, x, level)
            clean = ((x - (1 - keep).sqrt() * eps) / keep.sqrt()).clamp(-CLIP, CLIP)
            eps = (x - keep.sqrt() * clean) / (1 - keep).sqrt()
            # The share of fresh noise: with eta = 1 the variance of DDPM's posterior.
            fresh = self.eta * ((1 - keep_after) / (1 - keep) * (1 - keep / keep_after)).sqrt()
            z = torch.randn(x.shape, generator=generator, device=x.device)
            old = (1 - keep_after - fresh**2).clamp(min=0).sqrt()
            x = keep_after.sqrt() * clean + old * eps + fresh * z
        return self.from_unit(x)


def squared_cosine(levels: int) -> Tensor:
    """abar_0 = 1, ..., abar_T: how much of the clean action's variance is left, [T + 1].

    Source: Nichol and Dhariwal (2021), each step's loss capped at 0.999.
    """
    t = torch.linspace(0, 1, levels + 1, dtype=torch.float64)
    curve = torch.cos((t + 0.008) / 1.008 * torch.pi / 2).square()
    kept = (curve[1:] / curve[:-1]).clamp(min=0.001)
    return torch.cat([torch.ones(1, dtype=torch.float64), kept.cumprod(0)]).float()
