"""Descent: Adam along a half cosine, and the moving average of the weights that it trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from ilkit.errors import InputError
from ilkit.train.ema import Average


class Descent:
    """What moves the weights, one step after the other, and all that it must remember.

    lr   Adam's rate, annealed to zero over `steps` along a half cosine
    ema  the decay of the weights' moving average, or None
    """

    def __init__(
        self, weights: Iterable[Tensor], *, steps: int, lr: float, ema: float | None
    ) -> None:
        weights = list(weights)
        self.adam = torch.optim.Adam(weights, lr)
        self.cosine = torch.optim.lr_scheduler.CosineAnnealingLR(self.adam, max(steps, 1))
        self.average = Average(weights, ema)

    def step(self, loss: Tensor) -> None:
        """Move the weights down the gradient of `loss`, a number."""
        if not loss.requires_grad:
            raise InputError(
                "loss: expected one that depends smoothly on the weights, got one without a "
                "gradient; zero_one is to report: train with hinge or log_loss."
            )
        self.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        self.average.update(self.cosine.last_epoch)
        self.cosine.step()

    def state(self) -> dict[str, Any]:
        """Plain data to go on from."""
        return {
            "adam": self.adam.state_dict(),
            "cosine": self.cosine.state_dict(),
            "means": self.average.means,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` said."""
        self.adam.load_state_dict(state["adam"])
        self.cosine.load_state_dict(state["cosine"])
        for mean, saved in zip(self.average.means, state["means"], strict=True):
            mean.copy_(saved)
