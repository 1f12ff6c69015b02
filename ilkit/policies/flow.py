"""Flow matching: a velocity field that carries noise to actions along straight lines."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.policies.base import Policy
from ilkit.policies.nets import TIME_FEATURES, Network, time_features
from ilkit.spaces import HasSpaces


class Flow(Policy):
    """Regress v(s, I_t, t) on a - z with I_t = t a + (1 - t) z, then integrate (chapter 06).

    Source: Lipman et al. (2023); Liu, Gong and Liu (2023).
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        steps: int = 9,
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        self.steps = steps
        self.body = self.build_conditional(self.act_size + TIME_FEATURES, self.act_size)

    def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
        """v(s, x, t) for scaled chunks x [n, act_size] and times t [n] in [0, 1]."""
        out: Tensor = self.body(self.features(obs), x, time_features(t))
        return out

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        a = self.to_unit(act)
        z = torch.randn(a.shape, generator=generator, device=a.device)
        t = torch.rand(len(a), generator=generator, device=a.device)
        between = t[:, None] * a + (1 - t[:, None]) * z
        return (self.velocity(obs, between, t) - (a - z)).square().sum(1)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        x = torch.randn(len(obs), self.act_size, generator=generator, device=obs.device)
        for i in range(self.steps):
            t = torch.full((len(obs),), i / self.steps, device=obs.device)
            x = x + self.velocity(obs, x, t) / self.steps
        return self.from_unit(x)
