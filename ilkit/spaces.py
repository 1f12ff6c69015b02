"""Spaces: the shape, type and limits of observations and actions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from ilkit.errors import InputError


@dataclass(frozen=True)
class Discrete:
    """The integers 0, ..., n - 1, stored as int64 tensors without a trailing dimension."""

    n: int

    @property
    def shape(self) -> tuple[int, ...]:
        return ()

    @property
    def dtype(self) -> torch.dtype:
        return torch.int64

    def check(self, name: str, x: Tensor, lead: int = 1) -> None:
        """Raise InputError unless `x` is [*batch, ] of this space, with `lead` batch dimensions."""
        _check_shape(name, x, self.shape, lead)
        if x.is_floating_point() or x.dtype == torch.bool:
            raise InputError(
                f"{name}: expected whole numbers (int64), got {x.dtype}; convert with .long()."
            )
        if x.numel() and (int(x.min()) < 0 or int(x.max()) >= self.n):
            worst = int(x.min()) if int(x.min()) < 0 else int(x.max())
            raise InputError(
                f"{name}: expected values from 0 to {self.n - 1}, got {worst}; "
                "number the choices from 0 or enlarge the space."
            )


@dataclass(frozen=True)
class Box:
    """Real arrays of a fixed shape with limits, stored as float32 (or float64) tensors."""

    shape: tuple[int, ...]
    low: float = -math.inf
    high: float = math.inf

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def check(self, name: str, x: Tensor, lead: int = 1) -> None:
        """Raise InputError unless `x` is [*batch, *shape], finite and within the limits."""
        _check_shape(name, x, self.shape, lead)
        if not x.is_floating_point():
            raise InputError(
                f"{name}: expected real numbers (float32), got {x.dtype}; convert with .float()."
            )
        if not torch.isfinite(x).all():
            bad = int((~torch.isfinite(x)).sum())
            raise InputError(
                f"{name}: expected finite numbers, got {bad} NaN or infinite; "
                "drop those steps or repair the recording."
            )
        slack = 1e-4 * max(1.0, abs(self.low) if math.isfinite(self.low) else 1.0)
        if x.numel() and (float(x.min()) < self.low - slack or float(x.max()) > self.high + slack):
            raise InputError(
                f"{name}: expected values in [{self.low:g}, {self.high:g}], got "
                f"[{float(x.min()):g}, {float(x.max()):g}]; clip them or widen the space."
            )

    def clip(self, x: Tensor) -> Tensor:
        return x.clamp(self.low, self.high)


Space = Discrete | Box


class HasSpaces(Protocol):
    """Anything that says what is observed and what is done: an Env or Demos."""

    @property
    def obs_space(self) -> Space: ...
    @property
    def act_space(self) -> Space: ...


def check_alike(what: str, built: HasSpaces, given: HasSpaces) -> None:
    """Raise InputError unless a policy built for one pair of spaces can work with another."""
    for name in ("obs_space", "act_space"):
        mine, theirs = getattr(built, name), getattr(given, name)
        fits = type(mine) is type(theirs) and mine.shape == theirs.shape
        if fits and isinstance(mine, Discrete):
            fits = theirs.n <= mine.n  # recorded data need not hold every choice
        if not fits:
            raise InputError(
                f"{name}: the policy was built for {mine}, but {what} has {theirs}; "
                f"build the policy from {what}."
            )


def from_gym_space(name: str, space: Any) -> Space:
    """Gymnasium's space as ours: one box or one discrete choice."""
    from gymnasium import spaces

    if isinstance(space, spaces.Discrete) and space.start == 0:
        return Discrete(int(space.n))
    if isinstance(space, spaces.Box):
        return Box(tuple(space.shape), float(space.low.min()), float(space.high.max()))
    raise InputError(
        f"{name}: expected a Box, or a Discrete that starts at 0, got {space}; "
        "wrap the environment, for example in gymnasium.wrappers.FlattenObservation."
    )


def flat(x: Tensor, lead: int = 1) -> Tensor:
    """All that follows the batch dimensions as one vector, of size 1 if nothing does."""
    return x.flatten(lead) if x.dim() > lead else x[..., None]


def one_hot(space: Space, x: Tensor) -> Tensor:
    """Real features of a batch: [n, n_values] one-hot if discrete, else [n, *shape] as float."""
    if isinstance(space, Discrete):
        return torch.nn.functional.one_hot(x.long(), space.n).float()
    return x.float()


def _check_shape(name: str, x: Tensor, shape: tuple[int, ...], lead: int) -> None:
    if x.dim() != lead + len(shape) or tuple(x.shape[lead:]) != shape:
        want = ", ".join(["n", "H", "k"][:lead] + [str(d) for d in shape])
        raise InputError(
            f"{name}: expected shape [{want}], got {list(x.shape)}; "
            "reshape it so that the batch dimensions come first."
        )
