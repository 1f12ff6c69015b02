"""Demonstrations on disk come back whole, and what is not whole is refused in a sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ilkit import storage
from ilkit.data import FIELDS, Demos
from ilkit.envs import Tightrope, Track
from ilkit.errors import InputError
from ilkit.rollout import collect
from ilkit.spaces import Box, Discrete

SUFFIXES = storage.SUFFIXES


def recorded() -> Demos:
    """All that a field can be: a mask with holes, unequal weights, costs, states, two sources."""
    env = Track(horizon=6)
    demos = collect(env.expert, env, 3, seed=1)
    mask = torch.rand(3, 6, generator=torch.Generator().manual_seed(0)) > 0.3
    return demos.replace(mask=mask, weight=demos.obs[..., 0].abs(), source=("a", "b", "a"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("make", [recorded, lambda: collect(Tightrope().expert, Tightrope(), 2)])
def test_every_field_and_space_comes_back(suffix: str, make: object, tmp_path: Path) -> None:
    demos: Demos = make()  # type: ignore[operator]
    demos.save(tmp_path / f"demos{suffix}")
    again = Demos.load(tmp_path / f"demos{suffix}")
    for name in FIELDS:
        mine, theirs = getattr(demos, name), getattr(again, name)
        assert torch.equal(mine, theirs), name
        assert mine.dtype == theirs.dtype, name
    assert (again.obs_space, again.act_space) == (demos.obs_space, demos.act_space)
    assert again.source == demos.source
    assert [path.name for path in tmp_path.iterdir()] == [f"demos{suffix}"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_field_that_is_not_known_stays_unknown(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"x{suffix}"
    x = torch.zeros(1, 2, 1)
    Demos(x, x).save(file)
    assert Demos.load(file).state is None


@given(
    low=st.floats(-1e30, 0) | st.just(-float("inf")),
    high=st.floats(0, 1e30) | st.just(float("inf")),
    shape=st.lists(st.integers(1, 5), max_size=3),
    n=st.integers(1, 100),
)
def test_spaces_survive_as_plain_data(low: float, high: float, shape: list[int], n: int) -> None:
    for space in (Box(tuple(shape), low, high), Discrete(n)):
        text = json.dumps(storage.space_to_plain(space), allow_nan=False)
        assert storage.space_from_plain(json.loads(text)) == space


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_anywhere_is_refused(suffix: str, tmp_path: Path) -> None:
    whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
    recorded().save(whole)
    data = whole.read_bytes()

    @settings(max_examples=50)
    @given(st.integers(0, len(data) - 1))
    def refused(length: int) -> None:
        cut.write_bytes(data[:length])
        with pytest.raises(InputError, match=r"cut.*cannot be read.*may be cut short") as caught:
            Demos.load(cut)
        assert "\n" not in str(caught.value)

    refused()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_versions_and_other_kinds_are_refused(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / f"x{suffix}"
    with monkeypatch.context() as later:
        later.setattr(storage, "VERSION", 2)
        recorded().save(file)
    with pytest.raises(InputError, match="expected version 1 of the format, got 2"):
        Demos.load(file)
    storage.write(file, {}, {"version": None})
    with pytest.raises(InputError, match="expected version 1 of the format, got None"):
        Demos.load(file)
    with monkeypatch.context() as other:
        other.setattr(storage, "KIND", "weights")
        recorded().save(file)
    with pytest.raises(InputError, match="another kind of file"):
        Demos.load(file)


def test_files_of_others_run_no_code_and_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", obs=np.zeros(3))
    with pytest.raises(InputError, match="another kind of file"):
        Demos.load(tmp_path / "arrays.npz")

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    np.savez(tmp_path / "bomb.npz", about=np.array([Bomb()], dtype=object))
    with pytest.raises(InputError, match="cannot be read"):
        Demos.load(tmp_path / "bomb.npz")
    assert not (tmp_path / "ran").exists()


def test_names_are_checked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ending in \.npz or \.safetensors"):
        recorded().save(tmp_path / "demos.pkl")
    with pytest.raises(InputError, match="expected a folder that exists"):
        recorded().save(tmp_path / "none" / "demos.npz")
    with pytest.raises(InputError, match="got no file"):
        Demos.load(tmp_path / "demos.npz")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("old")

    def fail() -> None:
        with storage.replacing(file) as beside:
            beside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x", "old")]
