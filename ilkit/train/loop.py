"""fit: minimise a policy's loss on demonstrations, by Adam on random minibatches."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.spaces import check_alike
from ilkit.train.checkpoint import Run
from ilkit.train.descent import Descent
from ilkit.train.device import autocast, pick_device

Loss = Callable[[Policy, Tensor, Tensor, Generator], Tensor]


@dataclass
class History:
    """The weighted mean loss of each step's minibatch."""

    loss: list[float] = field(default_factory=list)


def fit(
    policy: Policy,
    demos: Demos,
    *,
    loss: Loss | None = None,
    steps: int = 1000,
    batch: int = 256,
    lr: float = 1e-3,
    ema: float | None = None,
    seed: int = 0,
    device: str | torch.device = "cpu",
    mixed_precision: bool = False,
    checkpoint: str | Path | None = None,
    every: int = 1000,
) -> History:
    """Train `policy` in place on the unmasked steps of `demos`.

    loss             (policy, obs, act, generator) -> [n]; default: the head's own
    batch            steps of data a minibatch, drawn with replacement
    lr               Adam's rate, annealed to zero along a half cosine
    ema              end with the moving average of the weights (`train.ema`), of this decay
    device           "auto", "cpu", "cuda", "mps": the data moves there once, whole; the trained
                     policy comes back to where it was, beside its environment
    mixed_precision  bfloat16 in the forward pass
    checkpoint       a file written every `every` steps; if it exists, training goes on from it
                     and ends as if it had never stopped; another steps, batch, lr, ema or number
                     of samples is refused (seed and loss are not compared)
    """
    check_settings(policy, demos, steps, batch, lr, ema)
    lr, ema = float(lr), None if ema is None else float(ema)  # a checkpoint holds no NumPy
    if every < 1:
        raise InputError(f"every: expected at least 1 step between checkpoints, got {every}.")
    place, home = pick_device(device), next(policy.parameters()).device
    policy.set_scale(demos)
    policy.to(place).train()
    obs, act, weight = (x.to(place) for x in demos.windows(policy.chunk))
    generator = torch.Generator(place).manual_seed(seed)
    descent = Descent(policy.parameters(), steps=steps, lr=lr, ema=ema)
    settings = {"steps": steps, "batch": batch, "lr": lr, "ema": ema, "samples": len(obs)}
    run = Run(policy, descent, generator, settings)
    history = History(run.resume(checkpoint) if checkpoint else [])
    fresh: list[Tensor] = []  # stays on the device: reading a number back would stall it
    for step in range(len(history.loss), steps):
        rows = torch.randint(len(obs), (batch,), generator=generator, device=place)
        with autocast(place, mixed_precision):
            each = (loss or own_loss)(policy, obs[rows], act[rows], generator)
        mean = weighted_mean(each, weight[rows])
        descent.step(mean)
        fresh.append(mean.detach())
        if step + 1 == steps or (checkpoint and (step + 1) % every == 0):
            history.loss += read(fresh)
            fresh.clear()
            if checkpoint:
                run.save(checkpoint, history.loss)
    descent.average.swap()
    policy.to(home).eval()
    return history


def check_settings(
    policy: Policy, demos: Demos, steps: int, batch: int, lr: float, ema: float | None
) -> None:
    """Refuse, before anything is changed, what cannot be trained."""
    if steps < 0 or batch < 1 or not lr > 0:
        raise InputError(
            f"fit: expected steps >= 0, batch >= 1 and lr > 0, got {steps}, {batch} and {lr}; "
            "leave them out to begin with."
        )
    if ema is not None and not 0 <= ema < 1:
        raise InputError(f"ema: expected a decay from 0 to below 1, got {ema}; try 0.9999.")
    check_alike("the data", policy, demos)


def weighted_mean(each: Tensor, weight: Tensor) -> Tensor:
    """The mean of a loss [n] under weights [n]; InputError for a loss of another shape."""
    if each.shape != weight.shape:
        raise InputError(
            f"loss: expected one number a sample, {list(weight.shape)}, got {list(each.shape)}; "
            "sum over the other dimensions."
        )
    return (weight * each).sum() / weight.sum().clamp(min=1e-12)


def read(losses: list[Tensor]) -> list[float]:
    """The losses as numbers; a training that diverged is told so."""
    numbers: list[float] = torch.stack(losses).tolist()
    if not all(math.isfinite(x) for x in numbers):
        raise InputError("fit: the loss is no longer finite: training diverged; lower lr.")
    return numbers


def own_loss(policy: Policy, obs: Tensor, act: Tensor, generator: Generator) -> Tensor:
    """The head's own loss, in the shape that `fit` takes."""
    return policy.loss(obs, act, generator)
