"""Policies for x' = xi rho x + u whose sign xi is unknown: a simple one, and four that are not.

Each function returns an actor for `rollout`, from observations x [n, 1] to actions [n, 1]. Those
that count steps or remember serve one rollout: make a new one for the next. None is told xi.

Source: Simchowitz, Pfrommer and Jadbabaie (2025); chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError

Actor = Callable[[Tensor], Tensor]


def linear(gain: Tensor | float) -> Actor:
    """u = k x, with one gain for all or one for each row: [n, 1].

    |k + xi rho| >= rho for one of the two signs: a linear policy cannot stabilise both.
    """
    return lambda obs: gain * obs


def alternating(rho: float) -> Actor:
    """Suppose xi = 1 at even steps and -1 at odd ones: at 0 after two steps at most."""
    steps = count()
    return lambda obs: (-rho if next(steps) % 2 == 0 else rho) * obs


def shell(rho: float, ratio: float | None = None) -> Actor:
    """Suppose a sign by the shell [r^k, r^(k+1)) that holds |x|: deterministic, not smooth at 0.

    ratio  r > 1; default 2 rho. A wrong guess multiplies |x| by 2 rho, so with r = 2 rho it moves
           to the next shell, where the guess is the other one: two steps at most. A ratio
           above moves on within ceil(log r / log 2 rho) wrong guesses; one below may skip shells
           and be wrong for long.
    """
    r = 2 * rho if ratio is None else ratio
    if not r > 1:
        raise InputError(f"ratio: expected a shell's ratio above 1, got {r}.")

    def act(obs: Tensor) -> Tensor:
        k = torch.floor(obs.double().abs().log() / math.log(r))
        wrong = torch.where(k.remainder(2) == 0, -rho, rho).to(obs.dtype)
        return torch.where(obs == 0, torch.zeros_like(obs), wrong * obs)

    return act


def random_sign(rho: float, generator: Generator) -> Actor:
    """Suppose a sign at random, afresh at each step and for each row: benevolent gambler's ruin.

    Wrong with probability 1/2 a step: away from 0 after t steps with probability 2^-t. Yet those
    few have been thrown to (2 rho)^t |x_0|, so that the mean of |x_t| is rho^t |x_0|: it diverges.
    """

    def act(obs: Tensor) -> Tensor:
        heads = torch.rand(obs.shape, generator=generator) < 0.5
        return torch.where(heads, -rho, rho) * obs

    return act


def adaptive(rho: float) -> Actor:
    """Wait one step, read xi off what the system did with that, and go to 0: two steps in all."""
    last: list[tuple[Tensor, Tensor]] = []

    def act(obs: Tensor) -> Tensor:
        sign = torch.zeros_like(obs)
        if last:
            x, u = last.pop()
            sign = torch.sign((obs - u) * x)  # x' - u = xi rho x
        last.append((obs, -sign * rho * obs))
        return last[0][1]

    return act
