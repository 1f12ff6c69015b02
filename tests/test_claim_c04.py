"""C04: the rule met and broken, and a small run in which the mean hits and the samples pass."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.fork import Fork
from ilkit.experiments import c04_mode_averaging as c04
from ilkit.experiments.claim import Result
from ilkit.policies import Gaussian, Mixture
from ilkit.rollout import collect

MET = {
    c04.MEAN: Result(c04.MEAN, 0.95, 0.93, 0.97, 20),
    c04.SAMPLED: Result(c04.SAMPLED, 0.3, 0.28, 0.32, 20),
} | {name: Result(name, 0.02, 0.01, 0.03, 20) for name in c04.HEADS if name != "Gaussian"}


def test_the_rule_is_met_broken_and_left_open() -> None:
    assert c04.CLAIM.verdict(list(MET.values()))[0] == "holds"
    for name in MET:
        if name != c04.SAMPLED:
            one = dict(MET)
            one[name] = Result(name, 0.5, 0.4, 0.6, 20)
            assert c04.CLAIM.verdict(list(one.values()))[0] == "fails"
    one = MET | {"flow": Result("flow", 0.045, 0.03, 0.06, 20)}
    verdict, reason = c04.CLAIM.verdict(list(one.values()))
    assert (verdict, "flow" in reason) == ("inconclusive", True)


def test_mean_hits_and_mixture_passes_on_new_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: (c04.HEADS[name][0], 400) for name in ("Gaussian", "mixture")}
    monkeypatch.setattr(c04, "HEADS", few)
    monkeypatch.setattr(c04, "DEMOS", 100)
    monkeypatch.setattr(c04, "TRIALS", 100)
    measured = c04.measure(range(900, 903))
    estimate = {result.name: result.estimate for result in measured.results}
    assert estimate[c04.MEAN] > 0.8
    assert 0.1 < estimate[c04.SAMPLED] < 0.6
    assert estimate["mixture"] < 0.1
    assert set(measured.data["paths"]) == {"expert", "mixture", c04.MEAN, c04.SAMPLED}


def test_share_counts_the_episodes_that_ever_hit() -> None:
    """The cost of the last step is 1 in just those episodes."""
    env = Fork(spread=c04.SPREAD)
    policy = Gaussian(env, seed=1)
    policy.set_scale(collect(env.expert, env, 10))
    demos = c04.rollout(c04.by_mean(policy), env, 200)
    ever = (demos.cost > 0).any(1)
    assert ever.any()
    assert torch.equal(ever, demos.cost[:, -1] == 1)


def test_components_of_a_mixture_begin_apart() -> None:
    _, mean, _ = Mixture(Fork(), components=50).parts(torch.zeros(1, 3))
    assert 0.7 < float(mean[0].detach().std()) < 1.4  # in deviations of the data
