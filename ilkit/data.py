"""Demos: trajectories as tensors [N, H, ...], with a mask, weights and the name of their source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ilkit import readers, storage
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete, HasSpaces, Space

FIELDS = ("obs", "act", "mask", "weight", "cost", "state")
SPACES = ("obs_space", "act_space")


class Demos:
    """N trajectories of H steps, checked on arrival; write into none of its tensors.

    obs     [N, H, *obs]: what the policy sees
    act     [N, H, *act]: the label of each step (the expert's action, or the action taken)
    obs_space, act_space: given, or read off the tensors
    mask    [N, H] bool: False where a shorter trajectory is padded (default: all True)
    weight  [N, H]: how much a step counts in a loss (default: 1)
    cost    [N, H]: cost paid at each step (default: 0)
    state   [N, H, ...]: the environment's state before each step, or None
    source  N names of who made each trajectory, or one for all

    Raises InputError, in one sentence, on NaN, wrong shapes, an empty set or illegal actions.
    """

    def __init__(
        self,
        obs: Any,
        act: Any,
        obs_space: Space | None = None,
        act_space: Space | None = None,
        *,
        mask: Any = None,
        weight: Any = None,
        cost: Any = None,
        state: Tensor | None = None,
        source: str | Sequence[str] = "unknown",
    ) -> None:
        self.obs, self.act = _as_tensor("obs", obs), _as_tensor("act", act)
        _check_counts(self.obs, self.act)
        n, h = self.obs.shape[:2]
        self.obs_space = obs_space or _space_of(self.obs)
        self.act_space = act_space or _space_of(self.act)
        self.mask = _per_step("mask", mask, n, h, torch.ones(n, h)).bool()
        self.weight = _per_step("weight", weight, n, h, torch.ones(n, h))
        self.cost = _per_step("cost", cost, n, h, torch.zeros(n, h))
        self.state = state
        _check_values(self.weight, state, n, h)
        self.source = (source,) * n if isinstance(source, str) else tuple(source)
        if len(self.source) != n:
            raise InputError(
                f"source: expected {n} names, one a trajectory, got {len(self.source)}; "
                "give one name for all, or one each."
            )
        if not self.mask.any():
            raise InputError("mask: expected at least one step to learn from, got none; mend it.")
        for name, space, x in (
            ("obs", self.obs_space, self.obs),
            ("act", self.act_space, self.act),
        ):
            space.check(name, x[self.mask][:, None], lead=2)

    @classmethod
    def from_list(cls, trajectories: Sequence[tuple[Any, Any]], **fields: Any) -> Demos:
        """Demos from (obs [H_i, ...], act [H_i, ...]) pairs of any lengths, padded and masked."""
        if not trajectories:
            raise InputError("trajectories: expected at least one, got an empty set; record some.")
        pairs = [(_as_tensor("obs", o), _as_tensor("act", a)) for o, a in trajectories]
        for i, (o, a) in enumerate(pairs):
            if len(o) != len(a):
                raise InputError(
                    f"trajectory {i}: expected as many actions as observations, got {len(a)} "
                    f"and {len(o)}; drop the observation after the last action."
                )
            _check_as_first(f"trajectory {i}: obs", o, pairs[0][0])
            _check_as_first(f"trajectory {i}: act", a, pairs[0][1])
        obs = pad_sequence([o for o, _ in pairs], batch_first=True)
        act = pad_sequence([a for _, a in pairs], batch_first=True)
        lengths = torch.tensor([len(o) for o, _ in pairs])
        mask = torch.arange(obs.shape[1])[None] < lengths[:, None]
        return cls(obs, act, mask=mask, **fields)

    @classmethod
    def from_minari(cls, name: str | Path) -> Demos:
        """A Minari dataset on this machine, by its name or folder; cost = -reward.

        Observations made of several boxes are joined into one vector. Needs `ilkit[data]`.
        """
        return cls.from_list(**readers.minari(name))

    @classmethod
    def from_lerobot(cls, path: str | Path, obs: Sequence[str] = ("observation.state",)) -> Demos:
        """The folder of a LeRobot dataset, format v2 or v3: features `obs`, joined, and actions.

        Pictures are left out; cost = -reward where there is one. Needs `ilkit[data]`.
        """
        return cls.from_list(**readers.lerobot(path, obs))

    @classmethod
    def load(cls, path: str | Path) -> Demos:
        """What `save` wrote; a file that is not whole, or of another version, is refused."""
        tensors, about = storage.read(path)
        obs_space, act_space = (storage.space_from_plain(about[name]) for name in SPACES)
        fields: dict[str, Any] = {**tensors, "source": about["source"]}
        return cls(obs_space=obs_space, act_space=act_space, **fields)

    def save(self, path: str | Path) -> None:
        """Write all fields and spaces, whole or not at all: .npz, or .safetensors by the name."""
        spaces = {name: storage.space_to_plain(getattr(self, name)) for name in SPACES}
        fields = {name: getattr(self, name) for name in FIELDS}
        tensors = {name: x for name, x in fields.items() if x is not None}
        storage.write(path, tensors, {**spaces, "source": self.source})

    def __len__(self) -> int:
        return len(self.obs)

    def __repr__(self) -> str:
        names = ", ".join(sorted(set(self.source)))
        return f"Demos({len(self)} trajectories of {self.horizon} steps, from {names})"

    @property
    def horizon(self) -> int:
        return int(self.obs.shape[1])

    @property
    def steps(self) -> int:
        """How many steps can be learned from: the labels that somebody had to give."""
        return int(self.mask.sum())

    def total_cost(self) -> Tensor:
        """Cost of each trajectory, [N]."""
        return (self.cost * self.mask).sum(1)

    def replace(self, **fields: Any) -> Demos:
        """A copy with some fields changed, checked again."""
        kept = {name: getattr(self, name) for name in (*FIELDS, "source")}
        return Demos(obs_space=self.obs_space, act_space=self.act_space, **{**kept, **fields})

    def __getitem__(self, which: Any) -> Demos:
        """The trajectories that a slice, an index list or a bool mask picks."""
        index = torch.arange(len(self))[which].reshape(-1)
        fields = {name: getattr(self, name) for name in FIELDS}
        picked = {name: x if x is None else x[index] for name, x in fields.items()}
        return self.replace(**picked, source=[self.source[i] for i in index.tolist()])

    def fitted_to(self, like: HasSpaces, horizon: int) -> Demos:
        """The same data with the spaces of an environment, padded to its horizon.

        Raises InputError if they do not belong there: a longer horizon, or illegal values.
        """
        if self.horizon > horizon:
            raise InputError(
                f"horizon: expected at most {horizon} steps, as in the environment, got "
                f"{self.horizon}; cut the recording into shorter ones."
            )
        pad = horizon - self.horizon
        fields = {name: getattr(self, name) for name in FIELDS}
        for name, x in fields.items():
            if x is not None and pad:
                fields[name] = torch.cat([x, x.new_zeros(len(x), pad, *x.shape[2:])], 1)
        return Demos(
            obs_space=like.obs_space, act_space=like.act_space, source=self.source, **fields
        )

    def cat(self, other: Demos) -> Demos:
        """Both sets as one: the aggregation step of DAgger."""
        if self.horizon != other.horizon:
            raise InputError(
                f"horizon: expected {self.horizon} steps as in the first set, got "
                f"{other.horizon}; record with one horizon, or pad with Demos.from_list."
            )
        if self.act_space != other.act_space or self.obs_space != other.obs_space:
            raise InputError(
                f"spaces: expected {self.obs_space} and {self.act_space} as in the first set, "
                f"got {other.obs_space} and {other.act_space}; record both in one environment."
            )
        both: dict[str, Any] = {}
        for name in FIELDS:
            mine, theirs = getattr(self, name), getattr(other, name)
            both[name] = None if mine is None or theirs is None else torch.cat([mine, theirs])
        return self.replace(**both, source=self.source + other.source)

    def flat(self) -> tuple[Tensor, Tensor, Tensor]:
        """All unmasked steps: obs [M, *obs], act [M, *act], weight [M]."""
        return self.obs[self.mask], self.act[self.mask], self.weight[self.mask]

    def windows(self, k: int) -> tuple[Tensor, Tensor, Tensor]:
        """Each step with its next k actions: obs [M, *obs], act [M, k, *act], weight [M].

        Before a masked step, and at the end, the last action is repeated: no chunk holds an action
        that is not to be learned, and M does not depend on k.
        """
        if k < 1:
            raise InputError(f"k: expected a chunk of at least 1 action, got {k}; use k = 1.")
        n, h = self.mask.shape
        stops = torch.where(self.mask, h, torch.arange(h)).flip(1).cummin(1).values.flip(1)
        last = (stops - 1).clamp(min=0)
        index = (torch.arange(h)[:, None] + torch.arange(k))[None].minimum(last[..., None])
        chunks = self.act[torch.arange(n)[:, None, None], index]
        return self.obs[self.mask], chunks[self.mask], self.weight[self.mask]


def _as_tensor(name: str, x: Any) -> Tensor:
    """Arrays, lists and tensors alike; a ragged list is told apart from a wrong type."""
    try:
        tensor = torch.as_tensor(x)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{name}: expected an array, got {type(x).__name__} ({error}); trajectories of "
            "different horizons go through Demos.from_list."
        ) from None
    if tensor.dtype == torch.float64:
        return tensor.float()
    whole = not tensor.is_floating_point() and tensor.dtype != torch.bool
    return tensor.long() if whole else tensor


def _check_as_first(name: str, x: Tensor, first: Tensor) -> None:
    """Padding would cut real numbers to a first trajectory's whole ones."""
    if (x.dtype, x.shape[1:]) != (first.dtype, first.shape[1:]) or not len(x):
        raise InputError(
            f"{name}: expected steps of shape {list(first.shape[1:])} and {first.dtype}, as in "
            f"trajectory 0, got {list(x.shape)} of {x.dtype}; record all alike, none empty."
        )


def _check_counts(obs: Tensor, act: Tensor) -> None:
    for name, x in (("obs", obs), ("act", act)):
        if x.dim() < 2:
            raise InputError(
                f"{name}: expected shape [N, H, ...], got {list(x.shape)}; "
                "one trajectory is x[None]."
            )
    if obs.shape[0] == 0 or obs.shape[1] == 0:
        raise InputError(
            f"obs: expected at least one trajectory of one step, got shape {list(obs.shape)}: "
            "an empty set; record some demonstrations."
        )
    if obs.shape[:2] != act.shape[:2]:
        raise InputError(
            f"act: expected shape [{obs.shape[0]}, {obs.shape[1]}, ...] like obs, got "
            f"{list(act.shape)}; there is one action for each observation."
        )


def _space_of(x: Tensor) -> Space:
    """The space of recorded data: whole numbers are choices, real ones a box without limits."""
    if x.is_floating_point():
        return Box(tuple(x.shape[2:]))
    if x.dim() > 2:
        raise InputError(
            f"expected whole numbers of shape [N, H], got {list(x.shape)}; "
            "convert real-valued data with .float()."
        )
    return Discrete(int(x.max()) + 1)


def _check_values(weight: Tensor, state: Any, n: int, h: int) -> None:
    if (weight < 0).any():
        raise InputError(f"weight: expected numbers of at least 0, got {float(weight.min()):g}.")
    if state is not None and (not isinstance(state, Tensor) or tuple(state.shape[:2]) != (n, h)):
        raise InputError(
            f"state: expected a tensor of shape [{n}, {h}, ...], one state a step, got "
            f"{list(getattr(state, 'shape', []))}; leave it out if it is not known."
        )


def _per_step(name: str, x: Any, n: int, h: int, default: Tensor) -> Tensor:
    tensor = default if x is None else _as_tensor(name, x)
    if tuple(tensor.shape) != (n, h):
        raise InputError(
            f"{name}: expected shape [{n}, {h}], one number a step, got {list(tensor.shape)}; "
            "broadcast it before."
        )
    if not torch.isfinite(tensor.float()).all():
        raise InputError(f"{name}: expected finite numbers, got NaN or infinity; mend those steps.")
    return tensor
