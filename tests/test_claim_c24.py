"""C24: jerk and success are what they say, flows drawn together are each alone, and the rule."""

from __future__ import annotations

import pytest
import torch
from torch import Generator

from ilkit.data import Demos
from ilkit.envs.reaching import SPEED, Reaching
from ilkit.executors import soft_mask
from ilkit.experiments import c24_chunks as c24
from ilkit.experiments.claim import Result
from ilkit.experiments.several import SeveralFlows
from ilkit.rollout import collect, rollout


def invented(**changed: float) -> dict[str, Result]:
    """Numbers as the lecture has them, some changed, with intervals of +- 0.02."""
    success = {"k = 1": 0.5, "k = 2": 0.7, "k = 4": 0.8, "k = 8": 0.6, "ensemble": 0.8}
    jerk = {"k = 1": 3.0, "k = 2": 3.0, "k = 4": 3.0, "k = 8": 3.0, "ensemble": 1.0}
    for d in c24.DELAYS:
        success |= {f"replaced, delay {d}": 0.5, f"real-time, delay {d}": 0.8}
        jerk |= {f"replaced, delay {d}": 5.0, f"real-time, delay {d}": 2.0}
    numbers = {
        f"{measure}, {name}, {weather}": x
        for measure, each in (("success", success), ("jerk", jerk))
        for name, x in each.items()
        for weather in c24.WEATHER
    } | changed
    return {name: Result(name, x, x - 0.02, x + 0.02, 20) for name, x in numbers.items()}


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "holds"),
        ({"success, k = 1, gusts": 0.9}, "fails"),
        ({"success, k = 8, gusts": 0.9}, "fails"),
        ({"jerk, ensemble, calm": 4.0}, "fails"),
        ({"success, real-time, delay 2, gusts": 0.4}, "fails"),
        ({"jerk, real-time, delay 1, calm": 6.0}, "fails"),
        ({"success, real-time, delay 2, gusts": 0.51}, "inconclusive"),
        ({"success, k = 1, calm": 0.9}, "holds"),
    ],
)
def test_the_rule_is_met_and_broken(changed: dict[str, float], verdict: str) -> None:
    results = list(invented(**changed).values())
    assert c24.CLAIM.verdict(results)[0] == verdict


def test_jerk_is_the_second_difference_of_the_wanted_velocity() -> None:
    """For act = (c t^2, 0) it is 2 c everywhere; for a straight line 0."""
    t = torch.arange(6.0)
    act = torch.stack([torch.stack([0.02 * t**2, 0 * t], 1), torch.stack([0.1 * t, 0.5 - t], 1)])
    assert c24.jerk(Demos(act, act)).tolist() == pytest.approx([100 * SPEED * 0.04, 0.0], abs=1e-4)


def test_success_is_told_by_the_last_state() -> None:
    env = Reaching()
    assert c24.success(env, collect(env.expert, env, 20)).mean() == 1
    stopped = rollout(lambda obs: torch.zeros(len(obs), 2), env, 20)
    assert c24.success(env, stopped).mean() == 0


def test_flows_together_are_each_alone() -> None:
    env = Reaching()
    flows = [c24.untrained(env, seed) for seed in range(3)]
    for seed, flow in enumerate(flows):
        flow.set_scale(collect(env.expert, env, 2, seed=seed))
    together, dice = SeveralFlows(flows), Generator().manual_seed(0)
    obs, x = torch.randn(12, 6, generator=dice), torch.randn(12, 16, generator=dice)
    rows = range(0, 12, 4)
    carried = torch.cat(
        [f.carry(obs[i : i + 4], x[i : i + 4]) for i, f in zip(rows, flows, strict=True)]
    )
    torch.testing.assert_close(together.carry(obs, x), carried, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(together.from_unit(together.to_unit(carried)), carried)


def test_flows_inpaint_together_as_alone() -> None:
    """One flow twice: the noise is drawn row by row, so both halves are what it does alone."""
    env = Reaching()
    flow = c24.untrained(env, 0)
    flow.set_scale(collect(env.expert, env, 2))
    dice = Generator().manual_seed(0)
    obs, wanted = (
        torch.randn(6, 6, generator=dice),
        torch.randn(6, 8, 2, generator=dice).clamp(-1, 1),
    )
    mask = soft_mask(8, overlap=5, delay=2)
    found = SeveralFlows([flow, flow]).inpaint(obs, wanted, mask, Generator().manual_seed(1))
    alone = flow.inpaint(obs, wanted, mask, Generator().manual_seed(1))
    torch.testing.assert_close(found, alone, atol=1e-5, rtol=1e-5)


def test_a_small_run_measures_what_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c24, "TRAINING", {"steps": 2, "batch": 8})
    monkeypatch.setattr(c24, "TRIALS", 2)
    monkeypatch.setattr(c24, "EPISODES", 4)
    measured = c24.measure(range(900, 902))
    assert measured == c24.measure(range(900, 902))
    results = {result.name: result for result in measured.results}
    assert len(results) == len(measured.results)
    assert len(c24.checks(results)) == 12
    one, at_once = (results[f"jerk, {name}, calm"] for name in ("k = 1", "replaced, delay 0"))
    assert one.estimate == pytest.approx(at_once.estimate)
    assert len(c24.figure(measured.data).axes) == 4


def test_seeds_begin_with_weights_of_their_own() -> None:
    first, second = (c24.untrained(Reaching(), seed).state_dict() for seed in (0, 1))
    assert any(not torch.equal(first[key], second[key]) for key in first)
