"""Demos keep what they are given, and refuse bad recordings in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ilkit.data import Demos
from ilkit.envs import Track
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete


def some(n: int = 3, h: int = 4) -> Demos:
    obs = torch.arange(n * h, dtype=torch.float32).view(n, h, 1)
    return Demos(obs, obs / 100, act_space=Box((1,), -1, 1))


def test_spaces_are_read_off_the_data() -> None:
    demos = Demos(np.zeros((2, 5, 3)), np.array([[0, 1, 2, 1, 0]] * 2))
    assert demos.obs_space == Box((3,))
    assert demos.act_space == Discrete(3)
    assert demos.obs.dtype == torch.float32
    assert len(demos) == 2
    assert demos.horizon == 5


def test_flat_drops_padding_and_windows_repeat_the_last_action() -> None:
    pairs = [(torch.arange(3.0)[:, None], torch.arange(3.0)[:, None]), (torch.ones(1, 1),) * 2]
    demos = Demos.from_list(pairs)
    assert demos.steps == 4
    obs, act, weight = demos.flat()
    assert obs[:, 0].tolist() == [0, 1, 2, 1]
    assert weight.tolist() == [1] * 4
    _, chunks, _ = demos.windows(2)
    assert chunks[..., 0].tolist() == [[0, 1], [1, 2], [2, 2], [1, 1]]
    assert torch.equal(demos.windows(1)[1][:, 0], act)


def test_aggregation_keeps_every_step_and_its_source() -> None:
    both = some().replace(source="expert").cat(some(2).replace(source="learner"))
    assert len(both) == 5
    assert both.source == ("expert",) * 3 + ("learner",) * 2
    assert torch.equal(both[3:].obs, some(2).obs)
    assert both[[0]].source == ("expert",)


def test_a_chunk_never_crosses_a_masked_step() -> None:
    mask = torch.tensor([[True, True, False, True, True]])
    obs = torch.arange(5.0).view(1, 5, 1)
    _, chunks, _ = Demos(obs, obs, mask=mask).windows(3)
    assert chunks[..., 0].tolist() == [[0, 1, 1], [1, 1, 1], [3, 4, 4], [4, 4, 4]]


def test_your_own_data_take_the_spaces_and_the_horizon_of_an_environment() -> None:
    env = Track(horizon=6)
    fitted = Demos(torch.zeros(2, 4, 3), torch.zeros(2, 4, 1)).fitted_to(env, env.horizon)
    assert fitted.act_space == env.act_space
    assert fitted.mask.sum(1).tolist() == [4, 4]
    with pytest.raises(InputError, match="at most 6 steps, as in the environment, got 9"):
        Demos(torch.zeros(1, 9, 3), torch.zeros(1, 9, 1)).fitted_to(env, env.horizon)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Demos(torch.full((1, 2, 1), float("nan")), torch.zeros(1, 2, 1)), "obs.*NaN"),
        (lambda: Demos(torch.zeros(1, 2, 1), torch.full((1, 2, 1), torch.inf)), "act.*infinite"),
        (lambda: Demos(torch.zeros(1, 2, 1), torch.zeros(1, 3, 1)), r"act.*\[1, 2, ...\].*1, 3"),
        (lambda: Demos(torch.zeros(4), torch.zeros(4)), r"obs.*\[N, H, ...\].*\[4\]"),
        (lambda: Demos(torch.zeros(0, 2, 1), torch.zeros(0, 2, 1)), "empty set"),
        (lambda: Demos.from_list([]), "empty set"),
        (lambda: Demos.from_list([([0, 1], [0, 1]), ([0.5, 1.7], [1, 1])]), "trajectory 1: obs"),
        (lambda: Demos.from_list([([0.0], [0]), ([0.0], [0.5])]), "trajectory 1: act.*int64"),
        (lambda: Demos.from_list([([[0.0]], [0]), ([[0.0, 1.0]], [0])]), "trajectory 1: obs.*1, 2"),
        (lambda: Demos.from_list([([0.0], [0]), ([], [])]), "trajectory 1: .* none empty"),
        (lambda: Demos([[[1.0]], [[1.0], [2.0]]], torch.zeros(2, 2, 1)), "different horizons"),
        (lambda: some(2, 4).cat(some(2, 5)), "horizon: expected 4 steps.*got 5"),
        (
            lambda: Demos(torch.zeros(1, 2, 1), torch.full((1, 2, 1), 3.0), None, Box((1,), -1, 1)),
            r"act: expected values in \[-1, 1\], got \[3, 3\]",
        ),
        (
            lambda: Demos(torch.zeros(1, 2, 1), torch.full((1, 2), 7), None, Discrete(4)),
            "act: expected values from 0 to 3, got 7",
        ),
        (
            lambda: Demos(torch.zeros(1, 2, 1), torch.zeros(1, 2), None, Discrete(4)),
            "act: expected whole numbers",
        ),
        (lambda: some().replace(mask=torch.zeros(3, 4)), "mask: expected at least one step"),
        (lambda: some().replace(weight=torch.ones(3)), r"weight: expected shape \[3, 4\]"),
        (lambda: some().replace(source=("a", "b")), "source: expected 3 names.*got 2"),
        (lambda: some().replace(weight=-torch.ones(3, 4)), "weight: expected numbers of at least"),
        (lambda: some().replace(state=torch.ones(2, 4)), r"state: expected a tensor.*\[3, 4"),
        (lambda: some().windows(0), "k: expected a chunk of at least 1"),
    ],
)
def test_bad_recordings_are_refused_in_one_sentence(make: object, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
