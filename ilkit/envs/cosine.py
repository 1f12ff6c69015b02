"""Cosine: predict a sum of cosines whose signs are unknown; no error of it is ever quite zero."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box


class Cosine(Env):
    """Scalar prediction: x uniform in [0, 1], u = pi(x), drawn afresh at each step.

    The expert is pi(x) = sum over k = 1 ... terms of alpha_k 2^-k cos(2 pi k x), with signs
    alpha_k = +-1 drawn from `seed` (Simchowitz, Pfrommer and Jadbabaie, 2025; chapter 12). Its
    action, like every action, is a float32: signs beyond the 24th are lost in rounding, but for
    what many samples tell together.

    State and observation [n, 1] are x. The cost of a step is (u - pi(x))^2 / 4.
    """

    name = "cosine"
    act_space: Box

    def __init__(self, terms: int = 100, horizon: int = 10, seed: int = 0) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and 1 <= terms <= 1000):
            raise InputError(
                "Cosine: expected a whole horizon >= 1 and terms from 1 to 1000, got "
                f"{horizon} and {terms}."
            )
        self.terms, self.horizon = terms, horizon
        self.obs_space, self.act_space = Box((1,), 0.0, 1.0), Box((1,), -1.0, 1.0)
        coins = torch.randint(2, (terms,), generator=torch.Generator().manual_seed(seed))
        self.signs = 2.0 * coins.double() - 1

    def reset(self, n: int, generator: Generator) -> Tensor:
        return torch.rand(n, 1, generator=generator)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        error = self.act_space.clip(act) - self.expert(state)
        return self.reset(len(state), generator), error[:, 0].square() / 4

    def expert(self, view: Tensor) -> Tensor:
        return (features(view[:, 0], self.terms) @ self.signs).float()[:, None]

    def render(self, state: Tensor) -> Tensor:
        """The expert's curve, and x as a disc on it."""
        height, width = 64, 96
        across = torch.linspace(0, 1, width)
        up = torch.linspace(1, -1, height)[None, :, None]
        curve = self.expert(across[:, None])[:, 0]
        image = torch.full((len(state), height, width, 3), 245, dtype=torch.uint8)
        image[((up - curve).abs() < 0.03).expand(len(state), -1, -1)] = 90
        height_of_x = self.expert(state)[:, :, None]
        far = ((across - state[:, :, None]) * width) ** 2 + ((up - height_of_x) * height / 2) ** 2
        image[far < 12] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        return image


def features(x: Tensor, terms: int) -> Tensor:
    """2^-k cos(2 pi k x) for k = 1 ... terms, of x [n]: [n, terms] in double precision."""
    k = torch.arange(1, terms + 1, dtype=torch.float64)
    return torch.cos(2 * torch.pi * k * x.double()[:, None]) * 2.0**-k
