"""C10: its rounds are those of the learners, labels are equal, the rule can be met and broken."""

import pytest
import torch

from ilkit.envs.choices import Choices
from ilkit.envs.track import Track
from ilkit.experiments import c10_takeover as c10
from ilkit.experiments.claim import Result
from ilkit.learners import dagger_rounds, eil_rounds, hg_dagger_rounds
from ilkit.rollout import collect

TRAINING = {"steps": 60, "batch": 32, "lr": 3e-3}
SEED = 4


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(c10, "TRAINING", TRAINING)
    monkeypatch.setattr(c10, "ROUNDS", 2)
    monkeypatch.setattr(c10, "TRIALS", 2)


@pytest.mark.parametrize("method", ["HG-DAgger", "EIL", "DAgger"])
def test_rounds_are_those_of_the_learner(small, monkeypatch, method):
    monkeypatch.setattr(c10, "on_road", lambda visited: visited.mask)
    env = Choices(Track(horizon=60), c10.STEERINGS)
    starts = c10.untrained(env, [SEED])
    demos = collect(env.expert, env, 1, seed=3)
    mine = list(c10.rounds(method, env, starts, [demos], SEED))
    options = {"demos": demos, "rounds": 2, "episodes": c10.EPISODES, "seed": SEED, **TRAINING}
    if method == "DAgger":
        theirs = list(dagger_rounds(starts[0], env, **options))
    else:
        options |= {"hold": c10.HOLD}
        if method == "EIL":
            options |= {"blame": c10.BLAME, "trust": c10.TRUST}
        rounds = eil_rounds if method == "EIL" else hg_dagger_rounds
        theirs = list(rounds(starts[0], env, c10.alarm, **options))
    obs = demos.flat()[0]
    for ours, other in zip(mine, theirs, strict=True):
        assert ours.labels.tolist() == [other.demos.steps - demos.steps]
        torch.testing.assert_close(
            ours.policies[0].logits(obs), other.policy.logits(obs), atol=2e-3, rtol=1e-3
        )
    assert mine[-1].labels > 0


def test_no_method_has_more_labels_than_hg_dagger(small):
    data = c10.measure(range(20_000, 20_003)).data
    most = torch.tensor(data["HG-DAgger"]["labels"])
    for name in ("EIL", "DAgger"):
        assert (torch.tensor(data[name]["labels"]) <= most).all()
    assert data["DAgger"]["times asked"] == data["DAgger"]["labels"]
    assert (torch.tensor(data["HG-DAgger"]["times asked"]) * c10.HOLD < most).all()


def test_a_takeover_is_counted_where_it_begins():
    control = torch.tensor([[True, True, False, True], [False, False, True, True]])
    assert c10.begun(control).tolist() == [
        [True, False, False, True],
        [False, False, True, False],
    ]


def made_up(excess: float) -> dict[str, Result]:
    numbers = {f"cost, {name} less DAgger": excess for name in c10.WATCHED}
    for what in ("cost while driving for data", "times asked"):
        numbers |= {f"{what}, {name}": 1.0 for name in c10.WATCHED} | {f"{what}, DAgger": 9.0}
    return {name: Result(name, x, x - 0.5, x + 0.5, 20) for name, x in numbers.items()}


def test_the_rule_is_met_and_broken():
    assert all(c10.checks(made_up(0.4)).values())
    assert c10.checks(made_up(0.8))["EIL as good"] is None
    assert c10.checks(made_up(1.6))["EIL as good"] is False
    swapped = made_up(0.4) | {"times asked, DAgger": Result("", 0.1, 0.0, 0.2, 20)}
    assert c10.checks(swapped)["HG-DAgger: less times asked"] is False
