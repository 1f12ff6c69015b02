"""MIP, the minimal iterative policy: guess an action, then mend the guess once."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.nets import TIME_FEATURES, Network, time_features
from ilkit.spaces import HasSpaces

T_STAR = 0.9
KINDS = ("mip", "regression", "rr", "sf", "tsd")


class MIP(Policy):
    """Two supervised steps, with noise injected between them in training (chapter 15).

        loss   |pi(s, 0, 0) - a|^2 + |pi(s, I, t*) - a|^2,   I = t* a + (1 - t*) z
        act    a0 = pi(s, 0, 0),  then  a1 = pi(s, t* a0, t*)

    and its ablations:
        regression  the first step alone
        rr          residual regression: the second input is t* a0, detached, and no noise
        sf          straight flow: z = 0
        tsd         two-step denoising: starts from noise instead of 0, in both places

    Source: Pan et al. (2025), Much Ado About Noising; the equations, not the public code.
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        kind: str = "mip",
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        if kind not in KINDS:
            raise InputError(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}.")
        self.kind = kind
        self.body = self.build_conditional(self.act_size + TIME_FEATURES, self.act_size)

    def predict(self, obs: Tensor, x: Tensor, t: float) -> Tensor:
        """pi(s, x, t): a scaled chunk [n, act_size], at every step the action itself."""
        times = torch.full((len(x),), t, device=x.device)
        out: Tensor = self.body(self.features(obs), x, time_features(times))
        return out

    def start(self, like: Tensor, generator: Generator | None) -> Tensor:
        """What the first step looks at: nothing, or noise in two-step denoising."""
        if self.kind == "tsd":
            return torch.randn(like.shape, generator=generator, device=like.device)
        return torch.zeros_like(like)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        a = self.to_unit(act)
        first = self.predict(obs, self.start(a, generator), 0.0)
        error = (first - a).square().sum(1)
        if self.kind == "regression":
            return error
        z = torch.randn(a.shape, generator=generator, device=a.device)
        between = {
            "mip": T_STAR * a + (1 - T_STAR) * z,
            "tsd": T_STAR * a + (1 - T_STAR) * z,
            "sf": T_STAR * a,
            "rr": T_STAR * first.detach(),
        }[self.kind]
        return error + (self.predict(obs, between, T_STAR) - a).square().sum(1)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        blank = torch.zeros(len(obs), self.act_size, device=obs.device)
        noise = self.start(blank, generator)
        action = self.predict(obs, noise, 0.0)
        if self.kind != "regression":
            left = (1 - T_STAR) * noise  # zero but for two-step denoising
            action = self.predict(obs, T_STAR * action + left, T_STAR)
        return self.from_unit(action)
