"""Readers: the datasets of others, Minari's and LeRobot's, as the fields of Demos."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from ilkit.errors import InputError
from ilkit.spaces import Box, Space, from_gym_space

Fields = dict[str, Any]  # arguments of Demos.from_list


def minari(name: str | Path) -> Fields:
    """A Minari dataset, by its name or its folder; nothing is downloaded."""
    library = _needed("minari")
    folder = Path(name)
    inner = folder / "data" if (folder / "data").is_dir() else folder
    try:
        dataset = library.MinariDataset(inner) if folder.is_dir() else library.load_dataset(name)
        episodes = list(dataset.iterate_episodes())
    except FileNotFoundError:
        raise InputError(
            f"{name}: expected a Minari dataset on this machine, got none of that name; "
            f"fetch it with `minari download {name}`."
        ) from None
    except Exception as error:
        raise _unreadable(name, "a Minari dataset", error) from None
    obs_space, act_space = dataset.observation_space, dataset.action_space
    return {
        "trajectories": [
            (_array(obs_space, episode.observations)[:-1], _array(act_space, episode.actions))
            for episode in episodes
        ],
        "cost": _padded([-episode.rewards for episode in episodes]),
        "obs_space": _space(f"{name}: observations", obs_space),
        "act_space": _space(f"{name}: actions", act_space),
        "source": dataset.spec.dataset_id,
    }


def lerobot(path: str | Path, obs: Sequence[str]) -> Fields:
    """The numbers of a LeRobot dataset (format v2 or v3); `obs` names the features to join."""
    root = Path(path)
    features, frames = _lerobot_info(root)
    sizes = {name: _size(root, features, name) for name in (*obs, "action")}
    sizes |= {name: 1 for name in ("next.reward",) if name in features}
    table = _lerobot_table(root, {"episode_index": 1, "frame_index": 1, **sizes})
    if len(table["action"]) != frames:
        raise InputError(
            f"{path}: expected {frames} frames, as meta/info.json says, got "
            f"{len(table['action'])}; it may be cut short: fetch it again."
        )
    episode, frame = table["episode_index"][:, 0], table["frame_index"][:, 0]
    order = np.lexsort((frame, episode))
    starts = np.flatnonzero(np.diff(episode[order])) + 1

    def episodes(rows: Any) -> list[Any]:
        return np.split(rows[order].astype(np.float32), starts)

    seen = episodes(np.concatenate([table[name] for name in obs], 1))
    reward = table.get("next.reward", np.zeros((frames, 1)))
    return {
        "trajectories": list(zip(seen, episodes(table["action"]), strict=True)),
        "cost": _padded([-each for each in episodes(reward[:, 0])]),
        "source": root.name,
    }


def _lerobot_info(root: Path) -> tuple[dict[str, Any], int]:
    """The features of a LeRobot dataset, and how many frames it has."""
    try:
        info = json.loads((root / "meta" / "info.json").read_text())
        version, features, frames = (
            info[key] for key in ("codebase_version", "features", "total_frames")
        )
    except FileNotFoundError:
        raise InputError(
            f"{root}: expected a LeRobot dataset, got no meta/info.json in it; check the path."
        ) from None
    except Exception as error:
        raise _unreadable(root, "a LeRobot dataset", error) from None
    if not str(version).startswith(("v2.", "v3.")):
        raise InputError(
            f"{root}: expected LeRobot's format v2 or v3, got {version}; convert it with LeRobot."
        )
    return features, frames


def _size(root: Path, features: Mapping[str, Any], name: str) -> int:
    """How many numbers a frame has under a name."""
    feature = features.get(name, {})
    if feature.get("dtype", "video") in ("video", "image", "string"):
        known = ", ".join(key for key in features if key.startswith("observation"))
        raise InputError(
            f"{root}: expected numbers called {name!r}, got {feature or 'none of that name'}; "
            f"choose among {known}."
        )
    return math.prod(feature["shape"])


def _lerobot_table(root: Path, sizes: Mapping[str, int]) -> dict[str, Any]:
    """The named columns of all files, as arrays [frames, size]."""
    parquet = _needed("pyarrow.parquet")
    parts: dict[str, list[Any]] = {name: [np.zeros((0, sizes[name]))] for name in sizes}
    try:
        for file in sorted((root / "data").rglob("*.parquet")):
            table = parquet.read_table(file, columns=list(sizes))
            for name, size in sizes.items():
                parts[name].append(_numbers(table[name]).reshape(len(table), size))
    except Exception as error:
        raise _unreadable(root, "a LeRobot dataset", error) from None
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _numbers(column: Any) -> Any:
    """The numbers of a column, or of the lists in it however deep, one after another."""
    lengths_of = _needed("pyarrow.compute").list_value_length
    flat = column.combine_chunks()
    while hasattr(flat.type, "value_type"):
        if len(lengths_of(flat).unique()) > 1:
            raise ValueError("frames of unequal size")
        flat = flat.flatten()
    return flat.to_numpy(zero_copy_only=False)


def _parts(space: Any) -> list[tuple[Any, Any]]:
    """Keys and inner spaces of a Gymnasium Dict or Tuple, in its order; none for others."""
    inner = getattr(space, "spaces", ())
    return list(inner.items() if isinstance(inner, Mapping) else enumerate(inner))


def _space(name: str, space: Any) -> Space:
    """A Gymnasium space as ours; a Dict or Tuple of boxes is one long box."""
    inner = [_space(f"{name}[{key!r}]", part) for key, part in _parts(space)]
    if not inner:
        return from_gym_space(name, space)
    boxes = [part for part in inner if isinstance(part, Box)]
    if len(boxes) < len(inner):
        raise InputError(
            f"{name}: expected boxes to join into one vector, got {space}; "
            "build Demos from the arrays that you need."
        )
    low, high = min(box.low for box in boxes), max(box.high for box in boxes)
    return Box((sum(box.size for box in boxes),), low, high)


def _array(space: Any, x: Any) -> Any:
    """What was recorded in a Gymnasium space, [steps, ...]; joined if it has parts."""
    parts = [_array(part, x[key]) for key, part in _parts(space)]
    if parts:
        return np.concatenate([part.reshape(len(part), -1) for part in parts], 1)
    whole = np.issubdtype(space.dtype, np.integer) and not space.shape
    return np.asarray(x, np.int64 if whole else np.float32)


def _padded(rows: Sequence[Any]) -> torch.Tensor:
    """Rows of different lengths as one tensor, zeros behind the shorter ones."""
    return pad_sequence([torch.as_tensor(row).float() for row in rows], batch_first=True)


def _needed(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{error.name}: expected this package to read such data, got none; "
            "install it with `pip install -e '.[data]'`."
        ) from None


def _unreadable(name: str | Path, what: str, error: Exception) -> InputError:
    return InputError(
        f"{name}: expected {what}, got one that cannot be read ({type(error).__name__}: "
        f"{str(error).splitlines()[0] if str(error) else 'no reason given'}); fetch it again."
    )
