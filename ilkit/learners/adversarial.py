"""Adversarial cloning: minimise any f-divergence to an expert known by samples (chapter 05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.func import grad

from ilkit.data import Demos
from ilkit.divergences import REVERSE_KL, FDivergence
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.policies.base import Policy
from ilkit.policies.gaussian import Gaussian, log_normal
from ilkit.policies.nets import Flat
from ilkit.spaces import Box
from ilkit.train.loop import fit

WIDTH = 64  # of the critic's hidden layers


def adversarial(
    policy: Gaussian,
    demos: Demos,
    *,
    divergence: FDivergence = REVERSE_KL,
    blurs: Sequence[float] = (0.6, 0.3),
    cloning: int = 300,
    steps: int = 500,
    lr: float = 3e-3,
    **training: Any,
) -> Gaussian:
    """Fit a copy of `policy` by the game of f-VIM, on the states of the demonstrations.

    min over pi, max over V of  E_expert[g(V(s, a))] - E_pi[f*(g(V(s, a)))]

    divergence  any of `ilkit.divergences`; the default seeks one of the expert's modes
    blurs       deviations, in scaled units, of the noise that both sides' actions get: one after
                another, from coarse to fine
    cloning     steps of behavior cloning before the game
    steps       of the game under each blur
    lr          of both; further `training` is passed to `ilkit.train.fit`

    Why such games collapse, and what is done about it here:
    - The critic chases a learner that moves. The optimal V of most divergences is log p - log pi,
      and what moves in it is known: V is a network minus log pi, so that the network has a fixed
      target, the expert's log-density, and the learner's entropy enters exactly. Without it
      (`Game`'s told=False) 17 of 20 runs of claim C07's setting find the larger mode, not 20.
    - Between two modes the expert has no density: reverse KL is infinite there and the critic's
      slope without bound. Blurring both sides' actions makes it finite, and keeps the solution.
    - The noise of the first moves decides which mode is sought. Under a coarse blur the larger
      one outweighs it; a finer blur then tells the modes apart.
    - An untrained learner has no sample near the expert's: it starts as behavior cloning's.
    - Steps that never shrink keep the players circling: the rate is annealed to zero by `fit`.

    Source: Ke et al. (2020); Nowozin, Cseke and Tomioka (2016); the critic's form: Fu, Luo and
    Levine (2018); the blur: Sonderby et al. (2017).
    """
    # Step 1: a warm start.
    game = Game(bc(policy, demos, steps=cloning, lr=lr, **training), divergence)
    # Steps 2 to 4: play, under one blur after another.
    for blur in blurs:
        game.blur = blur
        fit(game, demos, steps=steps, lr=lr, **training)
    return game.learner


class Critic(nn.Module):
    """V(s, a): a smooth network on the features of both, [n, ...] and [n, act] -> [n].

    Its first layers start wide, for the critic of a warm start has to find small differences:
    behavior cloning has matched the expert's mean and variance already. The last starts with
    weights of zero, where no activation is saturated.
    """

    def __init__(self, like: Policy) -> None:
        super().__init__()
        see, act = like.obs_space, like.act_space
        image = isinstance(see, Box) and like.network.kind == "cnn"
        self.embed = like.build(WIDTH) if image else Flat()
        seen = WIDTH if image else see.size if isinstance(see, Box) else see.n
        done = like.chunk * (act.size if isinstance(act, Box) else act.n)
        with like.seeded():
            first, second = nn.Linear(seen + done, WIDTH), nn.Linear(WIDTH, WIDTH)
            for layer in (first, second):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.uniform_(layer.bias, -1, 1)
            last = nn.Linear(WIDTH, 1)
            nn.init.zeros_(last.weight)
            self.body = nn.Sequential(first, nn.SiLU(), second, nn.SiLU(), last)

    def forward(self, features: Tensor, act: Tensor) -> Tensor:
        v: Tensor = self.body(torch.cat([self.embed(features), act], 1))
        return v[:, 0]


class Game(Policy):
    """A learner and its critic, whose loss on a minibatch is one move of both.

    told  whether the critic is told the learner's density; False is the game as first proposed
    """

    def __init__(
        self,
        learner: Gaussian,
        divergence: FDivergence = REVERSE_KL,
        *,
        blur: float = 0.3,
        told: bool = True,
    ) -> None:
        if not isinstance(learner, Gaussian) or learner.covariance != "diagonal":
            raise InputError(
                "adversarial: expected a Gaussian of diagonal covariance, got "
                f"{type(learner).__name__}; `gail` takes any policy with a log_prob."
            )
        super().__init__(learner, learner.network, chunk=learner.chunk, seed=learner.seed)
        if not blur >= 0:
            raise InputError(f"blur: expected a deviation of at least 0, got {blur}.")
        self.learner, self.critic = learner, Critic(learner)
        self.divergence, self.blur, self.told = divergence, blur, told

    def set_scale(self, demos: Demos) -> None:
        """The learner's scale is the game's."""
        self.learner.set_scale(demos)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """The learner's loss plus the critic's; neither's gradient reaches the other's weights."""
        features = self.learner.features(obs)
        mean, log_std = self.learner.moments(obs)
        std = ((2 * log_std).exp() + self.blur**2).sqrt()

        def normal() -> Tensor:
            return torch.randn(mean.shape, generator=generator, device=mean.device)

        # Step 2: draw actions of the learner, differentiably; blur the expert's likewise.
        fake = mean + std * normal()
        real = self.learner.to_unit(act) + self.blur * normal()
        fixed_mean, fixed_std = mean.detach(), std.detach()

        def value(x: Tensor) -> Tensor:
            v: Tensor = self.critic(features, x)
            return v - log_normal((x - fixed_mean) / fixed_std, fixed_std.log()) if self.told else v

        # Step 3: the critic ascends the bound.
        drawn = fake.detach()
        bound = self.divergence.activation(value(real)) - against(self.divergence, value(drawn))
        # Step 4: the learner descends it, along the critic's slope at its actions.
        slope: Tensor = grad(lambda x: -against(self.divergence, value(x)).sum())(drawn)
        return (slope.detach() * fake).sum(1) - bound


def against(divergence: FDivergence, v: Tensor) -> Tensor:
    """f*(g(v)): what the bound subtracts on the learner's samples, and the learner descends."""
    f: Tensor = divergence.conjugate(divergence.activation(v))
    return f
