"""fit_many: train many policies of one architecture at once, each on its own data and seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass

import torch
from torch import Generator, Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.train.descent import Descent
from ilkit.train.device import pick_device
from ilkit.train.loop import History, Loss, check_settings, own_loss, read, weighted_mean

OWN = ("seed", "training")  # attributes in which policies may differ


class _Loss(nn.Module):
    """A policy's loss as a module's forward pass, which is what can be vectorised."""

    def __init__(self, policy: Policy, loss: Loss, noise: Generator) -> None:
        super().__init__()
        self.policy, self.loss, self.noise = policy, loss, noise

    def forward(self, obs: Tensor, act: Tensor, weight: Tensor) -> Tensor:
        return weighted_mean(self.loss(self.policy, obs, act, self.noise), weight)


def fit_many(
    policies: Sequence[Policy],
    demos: Sequence[Demos],
    *,
    loss: Loss | None = None,
    steps: int = 1000,
    batch: int = 256,
    lr: float = 1e-3,
    ema: float | None = None,
    seeds: Sequence[int] | None = None,
    device: str | torch.device = "cpu",
) -> list[History]:
    """Train `policies` in place, policy i on `demos[i]` with `seeds[i]` (default: i).

    Each ends where `fit` alone would have taken it, up to rounding; together they share every
    tensor operation, which is what small networks spend their time on. A loss that draws noise
    draws it for all from one generator: repeatable, but not number for number that of `fit`.
    Policies differ by their weights and data alone; other settings of a head must be the same.
    """
    seeds = range(len(policies)) if seeds is None else seeds
    if not len(policies) == len(demos) == len(seeds) > 0:
        raise InputError(
            f"fit_many: expected as many demos and seeds as policies, got {len(policies)} "
            f"policies, {len(demos)} demos and {len(seeds)} seeds."
        )
    if any(_settings(policy) != _settings(policies[0]) for policy in policies):
        raise InputError(
            "fit_many: expected policies of one kind with the same settings, got several; train "
            "those that differ apart."
        )
    place, home = pick_device(device), next(policies[0].parameters()).device
    for policy, data in zip(policies, demos, strict=True):
        check_settings(policy, data, steps, batch, lr, ema)
        policy.set_scale(data)
        policy.to(place).train()
    sets = [[x.to(place) for x in data.windows(policies[0].chunk)] for data in demos]
    generators = [torch.Generator(place).manual_seed(seed) for seed in seeds]
    noise = torch.Generator(place).manual_seed(seeds[0])
    modules: list[nn.Module] = [_Loss(policy, loss or own_loss, noise) for policy in policies]
    params, buffers = stack_module_state(modules)
    losses = vmap(lambda p, b, *x: functional_call(modules[0], (p, b), x), randomness="different")
    descent = Descent(params.values(), steps=steps, lr=lr, ema=ema)
    seen: list[Tensor] = []
    for _ in range(steps):
        each = losses(params, buffers, *_minibatches(sets, generators, batch))
        descent.step(each.sum())
        seen.append(each.detach())
    descent.average.swap()
    _hand_back(params, modules, home)
    return (
        [History(read(list(losses.unbind()))) for losses in torch.stack(seen, 1)]
        if seen
        else [History() for _ in policies]
    )


def _settings(policy: Policy) -> list[tuple[str, list[tuple[str, object]]]]:
    """Kind and settings of a policy and of each module in it."""
    return [
        (type(each).__name__, [x for x in vars(each).items() if _is_setting(*x)])
        for each in policy.modules()
    ]


def _is_setting(name: str, x: object) -> bool:
    """Whether an attribute is plain data that policies trained together must share."""
    return name not in OWN and (isinstance(x, int | float | str) or is_dataclass(x))


def _minibatches(
    sets: Sequence[Sequence[Tensor]], generators: Sequence[torch.Generator], batch: int
) -> list[Tensor]:
    """One minibatch of each data set, drawn as `fit` draws it, stacked: [seeds, batch, ...]."""
    picked = []
    for data, generator in zip(sets, generators, strict=True):
        rows = torch.randint(len(data[0]), (batch,), generator=generator, device=data[0].device)
        picked.append([x[rows] for x in data])
    return [torch.stack(xs) for xs in zip(*picked, strict=True)]


@torch.no_grad()
def _hand_back(params: dict[str, Tensor], modules: Sequence[nn.Module], home: torch.device) -> None:
    """Copy the trained slices into the modules they came from, and those back home."""
    for i, module in enumerate(modules):
        for name, parameter in module.named_parameters():
            parameter.copy_(params[name][i])
        module.to(home).eval()
