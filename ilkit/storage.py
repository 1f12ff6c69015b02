"""Storage: demonstrations on disk, as .npz or .safetensors, whole or refused."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete, Space

KIND, VERSION = "ilkit.Demos", 1
SUFFIXES = (".npz", ".safetensors")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A name beside `path` to write to; what is written takes its place once it is whole."""
    beside = Path(f"{path}.{os.getpid()}.part")
    if not beside.parent.is_dir():
        raise InputError(f"{path}: expected a folder that exists; make {beside.parent} first.")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write(path: str | Path, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Write tensors, and plain data about them, in the format that the name ends with."""
    text = json.dumps({"kind": KIND, "version": VERSION, **about})
    # Clones, since safetensors refuses two names for one memory.
    whole = {name: x.detach().cpu().contiguous().clone() for name, x in tensors.items()}
    if _format(path) == ".safetensors":
        data = _safetensors().save(whole, {"about": text})
        with replacing(path) as beside:
            beside.write_bytes(data)
    else:
        arrays: dict[str, Any] = {name: x.numpy() for name, x in whole.items()}
        with replacing(path) as beside, beside.open("wb") as file:
            np.savez(file, about=np.array(text), **arrays)


def read(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `write` wrote: tensors by name, and the data about them. No code in it is run."""
    suffix = _format(path)
    try:
        tensors, text = (_read_safetensors if suffix == ".safetensors" else _read_npz)(path)
        about = json.loads(text)
    except FileNotFoundError:
        raise InputError(f"{path}: expected demonstrations, got no file; check the path.") from None
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{path}: expected demonstrations, got a file that cannot be read "
            f"({type(error).__name__}); it may be cut short: save it again."
        ) from None
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise InputError(
            f"{path}: expected demonstrations of Demos.save, got another kind of file; "
            "build Demos from its arrays."
        )
    if about.get("version") != VERSION:
        raise InputError(
            f"{path}: expected version {VERSION} of the format, got {about.get('version')}; "
            "use the version of ilkit that wrote it."
        )
    return tensors, about


def space_to_plain(space: Space) -> dict[str, Any]:
    """A space as numbers and lists; no limit is None."""
    if isinstance(space, Discrete):
        return {"n": space.n}
    low, high = (x if math.isfinite(x) else None for x in (space.low, space.high))
    return {"shape": list(space.shape), "low": low, "high": high}


def space_from_plain(plain: Mapping[str, Any]) -> Space:
    """The space again."""
    if "n" in plain:
        return Discrete(plain["n"])
    low = -math.inf if plain["low"] is None else plain["low"]
    high = math.inf if plain["high"] is None else plain["high"]
    return Box(tuple(plain["shape"]), low, high)


def _format(path: str | Path) -> str:
    suffix = Path(path).suffix
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: expected a name ending in .npz or .safetensors; rename it.")
    return suffix


def _read_npz(path: str | Path) -> tuple[dict[str, Tensor], str]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    text = str(arrays.pop("about", "null"))
    return {name: torch.from_numpy(x) for name, x in arrays.items()}, text


def _read_safetensors(path: str | Path) -> tuple[dict[str, Tensor], str]:
    module = _safetensors()
    data = Path(path).read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return module.load(data), header.get("__metadata__", {}).get("about", "null")


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ModuleNotFoundError:
        raise InputError(
            "safetensors: expected this package for .safetensors files; "
            "install it with `pip install -e '.[data]'`, or save as .npz."
        ) from None
    return safetensors.torch
