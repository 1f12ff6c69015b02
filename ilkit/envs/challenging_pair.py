"""ChallengingPair: two smooth, stable systems that expert data cannot tell apart (chapter 12)."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.envs.linear import LIMIT, plane
from ilkit.errors import InputError
from ilkit.spaces import Box
from ilkit.theory.stability import challenging_pair

TERMS = 6  # of the cosine series


class ChallengingPair(Env):
    """One of a pair of linear systems, behind a first step that only a good fit survives.

    State and observation (x1, x2, z) [n, 3]. Episodes begin at x1 = 0, x2 and z uniform in [-1, 1]
    and [0, 1]. With A and K one of `theory.stability.challenging_pair(gain, -gain)`:

        x' = A x + u - g(z) e1 + noise * normal,    z' = 0;    the expert: u = K x + g(z) e1

    g is a cosine series with g(0) = 0, so it speaks in the first step alone. The expert cancels it
    and stays on the axis e2, where both systems and both experts are the same. A learner that errs
    about g leaves the axis, and what to do there depends on a system that no demonstration shows.
    Everything is smooth; for gain below 1.75 both systems, with the expert or without, are
    exponentially incrementally stable, at 1.75 and above they are not in open loop.

    The cost of a step is min(1, |x1|) after it, 1-Lipschitz; without noise the expert pays 0.

    system  0 or 1, the one with +gain or with -gain
    noise   of the dynamics, which spreads the expert's states off the axis
    seed    of the coefficients of g

    Source: our construction, in the spirit of Simchowitz, Pfrommer and Jadbabaie (2025).
    """

    name = "challenging pair"

    def __init__(
        self,
        system: int = 0,
        horizon: int = 24,
        gain: float = 1.5,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        if not (system in (0, 1) and isinstance(horizon, int) and horizon >= 1 and noise >= 0):
            raise InputError(
                "ChallengingPair: expected system 0 or 1, a whole horizon >= 1 and noise >= 0, got "
                f"{system}, {horizon} and {noise}."
            )
        pair = challenging_pair(gain, -gain)
        self.a, self.k = pair.a[system].float(), pair.k[system].float()
        self.horizon, self.noise = horizon, noise
        sign = torch.randn(TERMS, generator=torch.Generator().manual_seed(seed)).sign()
        size = 1 / torch.arange(1, TERMS + 1) ** 2
        self.coefficients = sign * size / (2 * size.sum())
        self.obs_space, self.act_space = Box((3,), -LIMIT, LIMIT), Box((2,), -LIMIT, LIMIT)

    def reset(self, n: int, generator: Generator) -> Tensor:
        x2, z = torch.rand(2, n, generator=generator)
        return torch.stack([torch.zeros(n), 2 * x2 - 1, z], 1)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        noise = self.noise * torch.randn(len(state), 2, generator=generator)
        moved = state[:, :2] @ self.a.T + act - self.injected(state[:, 2]) + noise
        x = moved.clamp(-LIMIT, LIMIT)
        return torch.cat([x, torch.zeros(len(x), 1)], 1), x[:, 0].abs().clamp(max=1.0)

    def expert(self, view: Tensor) -> Tensor:
        return view[:, :2] @ self.k.T + self.injected(view[:, 2])

    def injected(self, z: Tensor) -> Tensor:
        """g(z) e1, [n, 2]: g(z) = sum of c_k (1 - cos(pi k z)), |g| at most 1."""
        waves = 1 - torch.cos(torch.pi * z[:, None] * torch.arange(1, TERMS + 1))
        g = waves @ self.coefficients
        return torch.stack([g, torch.zeros_like(g)], 1)

    def render(self, state: Tensor) -> Tensor:
        """The plane of x1 and x2; demonstrations stay on the upright axis."""
        return plane(state[:, :2])
