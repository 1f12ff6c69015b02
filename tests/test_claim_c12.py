"""C12: what each method clones, the rule met and broken, a few seeds measured anew."""

import pytest
import torch

from ilkit.experiments import c12_corrective_labels as c12
from ilkit.experiments.claim import Result
from ilkit.learners.bc import bc
from ilkit.policies.deterministic import Deterministic

JUDGED = [f"{name}, {n} demonstrations" for name in (c12.CLONING, c12.WHOLE) for n in (2, 4, 8)]


def made_up(**changed):
    """Results that meet the rule but for what is changed."""
    results = {
        name: Result(name, 0.2, 0.1, 0.3, 20)
        if name.startswith(c12.CLONING)
        else Result(name, 0.6, 0.5, 0.7, 20)
        for name in JUDGED
    }
    lost = {f"lost with {name}": Result("", 0.1, 0.05, 0.15, 20) for name in c12.ABLATIONS}
    return {**results, **lost, **changed}


def test_the_rule_is_met_broken_and_left_open():
    assert all(c12.checks(made_up()).values())
    worse = {"lost with no trust region": Result("", -0.1, -0.2, -0.05, 20)}
    assert c12.checks(made_up(**worse))["no trust region loses"] is False
    vague = {"corrective labels, 8 demonstrations": Result("", 0.3, 0.2, 0.4, 20)}
    assert c12.checks(made_up(**vague))["apart with 8 demonstrations"] is None


def test_ablations_share_demonstrations_and_differ_in_one_thing(monkeypatch):
    monkeypatch.setattr(c12, "TRAINING", {"steps": 40, "batch": 32, "lr": 5e-3})
    sets = c12.data_sets(2, [0, 1])
    assert list(sets) == [c12.CLONING, c12.WHOLE, *c12.ABLATIONS]
    for own, *others in zip(*sets.values(), strict=True):
        for other in others:
            assert torch.equal(other[: len(own)].obs, own.obs)
            assert len(other) == len(own) * (1 + c12.COPIES)
    whole, blind = sets[c12.WHOLE][0][2:], sets["no correction"][0][2:]
    assert torch.equal(whole.obs, blind.obs)
    assert torch.equal(whole.mask, blind.mask)
    assert torch.equal(blind.act, sets[c12.CLONING][0].act.repeat(c12.COPIES, 1, 1))
    near, far = (sets[name][0][2:] for name in (c12.WHOLE, "no trust region"))
    assert far.steps > near.steps
    assert list(c12.data_sets(8, [0])) == [c12.CLONING, c12.WHOLE]


def test_seeds_together_are_cloned_as_each_alone(monkeypatch):
    monkeypatch.setattr(c12, "TRAINING", {"steps": 20, "batch": 32, "lr": 5e-3})
    demos = c12.data_sets(8, [0, 1])[c12.CLONING]
    env = c12.Insertion(clearance=c12.CLEARANCE)
    alone = [bc(Deterministic(env, seed=s), demos[s], seed=s, **c12.TRAINING) for s in (0, 1)]
    shares = c12._successes(demos, [0, 1])
    metric = lambda tries: 1 - tries.cost[:, -1]  # noqa: E731
    assert shares == pytest.approx(c12.judged_by(metric, alone, env, c12.TRIALS, 1), abs=0.02)


def test_labels_help_on_a_few_new_seeds(monkeypatch):
    monkeypatch.setattr(c12, "EPISODES", (4,))
    monkeypatch.setattr(c12, "FEW", (4,))
    results = {r.name: r.estimate for r in c12.measure(range(700, 706)).results}
    assert results["corrective labels, 4 demonstrations"] > 0.2 + max(
        results[f"{name}, 4 demonstrations"]
        for name in (c12.CLONING, "no trust region", "no correction")
    )
