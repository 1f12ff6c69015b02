"""Tightrope: one wrong step and the walker is off the rope for ever (the lower-bound MDP)."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Discrete
from ilkit.theory.mdp import MDP


class Tightrope(Env):
    """Where the quadratic bound of cloning is met to first order in eps (Ross and Bagnell, 2010).

    At each step the walker meets one of `width` footholds, drawn uniformly afresh. Each foothold
    has one right action among `actions`. On the rope, the right action keeps the walker there and
    any other puts it on the ground, for good. The ground has footholds too, with right actions of
    their own, which demonstrations never show.

    The cost of a step is 1 if the action is not the expert's, on the rope and on the ground alike.

    States and observations are integers: foothold w on the rope is w, on the ground width + w.
    """

    name = "tightrope"

    def __init__(self, width: int = 8, actions: int = 4, horizon: int = 20, seed: int = 0) -> None:
        if width < 1 or actions < 2 or horizon < 1:
            raise InputError(
                "Tightrope: expected width >= 1, actions >= 2 and horizon >= 1, got "
                f"{width}, {actions} and {horizon}; choose larger numbers."
            )
        self.width, self.actions, self.horizon = width, actions, horizon
        self.obs_space, self.act_space = Discrete(2 * width), Discrete(actions)
        generator = torch.Generator().manual_seed(seed)
        self.right = torch.randint(actions, (2 * width,), generator=generator)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return torch.randint(self.width, (n,), generator=generator)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        wrong = act != self.right[state]
        fallen = (state >= self.width) | wrong
        foothold = torch.randint(self.width, state.shape, generator=generator)
        return foothold + self.width * fallen.long(), wrong.float()

    def expert(self, view: Tensor) -> Tensor:
        return self.right[view]

    def mdp(self) -> MDP:
        """The same problem as exact tables, for `ilkit.theory`."""
        w, s = self.width, 2 * self.width
        p = torch.zeros(s, self.actions, s, dtype=torch.float64)
        p[:, :, w:] = 1 / w
        p[torch.arange(w), self.right[:w]] = 0.0
        p[torch.arange(w), self.right[:w], :w] = 1 / w
        cost = torch.ones(s, self.actions, dtype=torch.float64)
        cost[torch.arange(s), self.right] = 0.0
        rho0 = torch.zeros(s, dtype=torch.float64)
        rho0[:w] = 1 / w
        return MDP(p, cost, rho0, horizon=self.horizon)

    def erring(self, on_rope: float, on_ground: float) -> Tensor:
        """The policy table [S, A] that errs with these probabilities, spread over wrong actions."""
        err = torch.full((2 * self.width, 1), on_rope, dtype=torch.float64)
        err[self.width :] = on_ground
        table = (err / (self.actions - 1)).expand(-1, self.actions).clone()
        table[torch.arange(2 * self.width), self.right] = 1 - err[:, 0]
        return table

    def learner(self, eps: float) -> Tensor:
        """A cloned policy at its worst: errs with probability eps on the rope, always off it."""
        return self.erring(eps, 1.0)

    def corrected(self, eps: float) -> Tensor:
        """A policy whose expert labelled both places: errs with probability eps everywhere."""
        return self.erring(eps, eps)

    def render(self, state: Tensor) -> Tensor:
        """A strip per episode: the rope above, the ground below, the walker on one of them."""
        n, w = len(state), self.width
        image = torch.full((n, 24, 12 * w, 3), 245, dtype=torch.uint8)
        image[:, 8] = torch.tensor([90, 90, 90], dtype=torch.uint8)
        image[:, 20:] = torch.tensor([170, 150, 120], dtype=torch.uint8)
        for i, s in enumerate(state.tolist()):
            top = 2 if s < w else 14
            left = 12 * (s % w) + 3
            image[i, top : top + 6, left : left + 6] = torch.tensor(
                [0, 90, 160] if s < w else [213, 94, 0], dtype=torch.uint8
            )
        return image
