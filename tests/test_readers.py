"""Datasets written by Minari itself, and by pyarrow in LeRobot's layout, come back exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import minari
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from gymnasium import spaces
from minari.data_collector import EpisodeBuffer

from ilkit import readers
from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete

LENGTHS = (4, 2, 3)
DICE = np.random.default_rng(0)
SENSORS = spaces.Dict(
    {
        "where": spaces.Box(-1, 1, (2,)),
        "hand": spaces.Tuple([spaces.Box(0, 5, (2, 2)), spaces.Box(-2, 2, (1,))]),
    }
)
OBSERVED = {
    "box": spaces.Box(-1, 1, (3,)),
    "cell": spaces.Discrete(7),
    "sensors": SENSORS,
}
DONE = {"box": spaces.Box(-2, 2, (2,)), "choice": spaces.Discrete(4)}


def batched(space: Any, steps: list[Any]) -> Any:
    """Samples of a space as Minari buffers hold them: the tree outside, the steps inside."""
    if isinstance(space, spaces.Dict):
        return {key: batched(part, [x[key] for x in steps]) for key, part in space.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(batched(part, [x[i] for x in steps]) for i, part in enumerate(space))
    return np.stack(steps)


def write_minari(name: str, obs_space: Any, act_space: Any) -> list[dict[str, Any]]:
    """A dataset of three episodes; returns what was put in."""
    obs_space.seed(0)
    act_space.seed(1)
    episodes, buffers = [], []
    for length in LENGTHS:
        obs = [obs_space.sample() for _ in range(length + 1)]
        act = [act_space.sample() for _ in range(length)]
        rewards = DICE.normal(size=length).tolist()
        episodes.append({"obs": obs, "act": act, "reward": rewards})
        buffers.append(
            EpisodeBuffer(
                observations=batched(obs_space, obs),
                actions=batched(act_space, act),
                rewards=rewards,
                terminations=[False] * (length - 1) + [True],
                truncations=[False] * length,
            )
        )
    minari.create_dataset_from_buffers(
        name, buffers, observation_space=obs_space, action_space=act_space
    )
    return episodes


@pytest.fixture(autouse=True)
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Minari keeps its datasets during a test."""
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    return tmp_path


@pytest.mark.filterwarnings("ignore::UserWarning")  # Minari misses an environment
@pytest.mark.parametrize("obs", OBSERVED)
@pytest.mark.parametrize("act", DONE)
@pytest.mark.parametrize("by", ["name", "folder"])
def test_minari_comes_back_step_by_step(obs: str, act: str, by: str, datasets: Path) -> None:
    """Against Gymnasium's own flattening of the samples that were written."""
    name = f"drill/{obs}-{act}-v0"
    written = write_minari(name, OBSERVED[obs], DONE[act])
    demos = Demos.from_minari(name if by == "name" else datasets / name)
    assert demos.mask.sum(1).tolist() == list(LENGTHS)
    assert demos.source == (name,) * 3
    flat = obs == "sensors"
    for i, (episode, length) in enumerate(zip(written, LENGTHS, strict=True)):
        seen = [spaces.flatten(SENSORS, x) if flat else x for x in episode["obs"][:-1]]
        np.testing.assert_allclose(demos.obs[i, :length].numpy(), np.stack(seen), rtol=1e-6)
        np.testing.assert_allclose(demos.act[i, :length].numpy(), np.stack(episode["act"]))
        np.testing.assert_allclose(demos.cost[i, :length], -np.array(episode["reward"]), rtol=1e-6)
    assert demos.act_space == {"box": Box((2,), -2, 2), "choice": Discrete(4)}[act]
    expected = {"box": Box((3,), -1, 1), "cell": Discrete(7), "sensors": Box((7,), -2, 5)}
    assert demos.obs_space == expected[obs]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_minari_that_does_not_fit_is_refused(datasets: Path) -> None:
    mixed = spaces.Dict({"cell": spaces.Discrete(3), "where": spaces.Box(-1, 1, (2,))})
    write_minari("drill/mixed-v0", mixed, DONE["box"])
    with pytest.raises(InputError, match="observations: expected boxes to join"):
        Demos.from_minari("drill/mixed-v0")
    write_minari("drill/many-v0", spaces.MultiBinary(3), DONE["box"])
    with pytest.raises(InputError, match="observations: expected a Box, or a Discrete"):
        Demos.from_minari("drill/many-v0")
    with pytest.raises(InputError, match="minari download drill/none-v0"):
        Demos.from_minari("drill/none-v0")
    cut = next((datasets / "drill" / "mixed-v0").rglob("*.hdf5"))
    cut.write_bytes(cut.read_bytes()[:1000])
    with pytest.raises(InputError, match="cannot be read") as caught:
        Demos.from_minari("drill/mixed-v0")
    assert "\n" not in str(caught.value)


Episode = dict[str, list[Any]]


def robot_episodes() -> list[Episode]:
    """Three episodes as LeRobot's columns: two arms, a lamp, one number, a reward."""
    rows = []
    for i, length in enumerate(LENGTHS):
        rows.append(
            {
                "observation.state": DICE.normal(size=(length, 2)).tolist(),
                "observation.lamps": DICE.normal(size=(length, 2, 3)).tolist(),
                "observation.height": DICE.normal(size=length).tolist(),
                "action": DICE.normal(size=(length, 2)).tolist(),
                "next.reward": DICE.normal(size=length).tolist(),
                "frame_index": list(range(length)),
                "episode_index": [i] * length,
            }
        )
    return rows


SHAPES = {
    "observation.state": [2],
    "observation.lamps": [2, 3],
    "observation.height": [1],
    "action": [2],
    "next.reward": [1],
}


def write_lerobot(root: Path, version: str, episodes: list[Episode], **changes: Any) -> None:
    """The layout of format v2.1 (a file an episode) or v3.0 (many in one, here out of order)."""
    features = {name: {"dtype": "float32", "shape": shape} for name, shape in SHAPES.items()}
    features["observation.images.top"] = {"dtype": "video", "shape": [96, 96, 3]}
    frames = sum(len(rows["action"]) for rows in episodes)
    info = {"codebase_version": version, "total_frames": frames, "features": features, "fps": 10}
    (root / "meta").mkdir(parents=True)
    (root / "meta" / "info.json").write_text(json.dumps({**info, **changes}))
    folder = root / "data" / "chunk-000"
    folder.mkdir(parents=True)
    tables = [pa.table(rows) for rows in episodes]
    if version.startswith("v2"):
        for i, table in enumerate(tables):
            pq.write_table(table, folder / f"episode_{i:06d}.parquet")
    else:
        pq.write_table(pa.concat_tables(tables[::-1]), folder / "file-000.parquet")


def asked(rows: Episode, name: str) -> torch.Tensor:
    """A feature of an episode as rows of numbers."""
    return torch.tensor(rows[name]).reshape(len(rows["action"]), -1)


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
def test_lerobot_comes_back_frame_by_frame(version: str, tmp_path: Path) -> None:
    episodes = robot_episodes()
    write_lerobot(tmp_path / "arms", version, episodes)
    names = ("observation.state", "observation.lamps", "observation.height")
    demos = Demos.from_lerobot(tmp_path / "arms", names)
    assert demos.mask.sum(1).tolist() == list(LENGTHS)
    assert demos.source == ("arms",) * 3
    for i, (rows, length) in enumerate(zip(episodes, LENGTHS, strict=True)):
        obs = torch.cat([asked(rows, name) for name in names], 1)
        torch.testing.assert_close(demos.obs[i, :length], obs)
        torch.testing.assert_close(demos.act[i, :length], asked(rows, "action"))
        torch.testing.assert_close(demos.cost[i, :length], -asked(rows, "next.reward")[:, 0])
    alone = Demos.from_lerobot(tmp_path / "arms")
    assert (alone.obs_space, alone.act_space) == (Box((2,)), Box((2,)))


def test_lerobot_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    episodes = robot_episodes()

    def written(name: str, **changes: Any) -> Path:
        write_lerobot(tmp_path / name, changes.pop("version", "v2.1"), episodes, **changes)
        return tmp_path / name

    whole = written("whole")
    with pytest.raises(InputError, match=r"numbers called 'observation.images.top'.*choose among"):
        Demos.from_lerobot(whole, ["observation.images.top"])
    with pytest.raises(InputError, match=r"'observation.smell', got none of that name"):
        Demos.from_lerobot(whole, ["observation.smell"])
    with pytest.raises(InputError, match=r"no meta/info.json"):
        Demos.from_lerobot(tmp_path)
    with pytest.raises(InputError, match=r"format v2 or v3, got v1.6"):
        Demos.from_lerobot(written("old", version="v1.6"))
    lost = written("lost")
    next((lost / "data").rglob("*1.parquet")).unlink()
    with pytest.raises(InputError, match=r"expected 9 frames, as meta/info.json says, got 7"):
        Demos.from_lerobot(lost)
    cut = next((written("cut") / "data").rglob("*.parquet"))
    cut.write_bytes(cut.read_bytes()[:-10])
    with pytest.raises(InputError, match="cannot be read") as caught:
        Demos.from_lerobot(tmp_path / "cut")
    assert "\n" not in str(caught.value)
    (whole / "meta" / "info.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        Demos.from_lerobot(whole)


def test_frames_of_unequal_size_are_refused(tmp_path: Path) -> None:
    """Even where the numbers happen to fill the table."""
    episodes = robot_episodes()
    episodes[0]["action"] = [[1.0], [1.0, 2.0, 3.0], [1.0, 2.0], [1.0, 2.0]]
    write_lerobot(tmp_path / "ragged", "v2.1", episodes)
    with pytest.raises(InputError, match=r"cannot be read.*frames of unequal size"):
        Demos.from_lerobot(tmp_path / "ragged")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(module: str) -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(readers, "import_module", absent)
    with pytest.raises(InputError, match=r"minari: expected this package.*-e '\.\[data\]'"):
        Demos.from_minari("drill/box-v0")
