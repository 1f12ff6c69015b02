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
        self.need(steps=steps)
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
        z = torch.randn(len(obs), self.act_size, generator=generator, device=obs.device)
        return self.carry(obs, z)

    @torch.no_grad()
    def carry(self, obs: Tensor, z: Tensor) -> Tensor:
        """The chunks [n, k, *act] at the ends of the flow from noise z [n, act_size]."""
        x = z
        for i in range(self.steps):
            t = torch.full((len(obs),), i / self.steps, device=obs.device)
            x = x + self.velocity(obs, x, t) / self.steps
        return self.from_unit(x)

    def inpaint(
        self,
        obs: Tensor,
        wanted: Tensor,
        mask: Tensor,
        generator: Generator | None = None,
        beta: float = 5.0,
    ) -> Tensor:
        """Draw chunks that agree with `wanted` [n, k, *act] where `mask` [k] is near 1.

        At each step the velocity is bent along J^T W (y - x1), where x1 = x + (1 - t) v is the
        action that the flow is heading for and J its Jacobian in x, weighted by at most `beta`
        (chapter 14).

        Source: Pokle et al. (2023); Black, Galliker and Levine (2025), real-time chunking.
        """
        y = self.to_unit(wanted)
        weight = mask.repeat_interleave(self.act_size // self.chunk)
        x = torch.randn(y.shape, generator=generator, device=y.device)
        for i in range(self.steps):
            t = i / self.steps
            with torch.enable_grad():
                x.requires_grad_(True)
                v = self.velocity(obs, x, torch.full((len(x),), t, device=x.device))
                heading = x + (1 - t) * v
                (pull,) = torch.autograd.grad(heading, x, weight * (y - heading.detach()))
            spread = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
            gain = min((1 - t) / (t * spread), beta) if t > 0 else beta
            x = (x + (v + gain * pull) / self.steps).detach()
        return self.from_unit(x)
