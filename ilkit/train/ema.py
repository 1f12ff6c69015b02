"""EMA: the moving average of the weights, which diffusion policies act with."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

POWER = 0.75


class Average:
    """An exponential moving average of weights that starts short and grows long.

    After step t = 0, 1, ... it keeps the share min(decay, 1 - (1 + t)^-0.75) of itself, so that it
    forgets the initial weights at once and later averages over about t^0.75 steps.

    weights  trained in place by somebody else; with decay None nothing is averaged

    Source: Chi et al. (2023), whose published training warms up with this power.
    """

    def __init__(self, weights: Iterable[Tensor], decay: float | None) -> None:
        self.weights = list(weights) if decay is not None else []
        self.decay = decay or 0.0
        self.means = [weight.detach().clone() for weight in self.weights]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after step `step`, counted from 0."""
        kept = min(self.decay, 1 - (1 + step) ** -POWER)
        for mean, weight in zip(self.means, self.weights, strict=True):
            mean.lerp_(weight, 1 - kept)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the weights and their average."""
        for mean, weight in zip(self.means, self.weights, strict=True):
            kept = weight.clone()
            weight.copy_(mean)
            mean.copy_(kept)
