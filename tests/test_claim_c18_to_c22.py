"""C18 to C22: their shared measures against exact facts, their rules met and broken."""

import dataclasses
import math

import pytest
import torch
from torch import nn

from ilkit.experiments import c18_exponential as c18
from ilkit.experiments import c19_chunks as c19
from ilkit.experiments import c20_unstable as c20
from ilkit.experiments import c21_offline as c21
from ilkit.experiments import c22_spread as c22
from ilkit.experiments import pair
from ilkit.experiments.claim import Result
from ilkit.learners.exploratory import explore_and_relabel

FEW = range(900, 903)


class Slipping(pair.Smooth):
    """The expert's consistent rival with k = 0 off the axis, and a slip at the first step."""

    def __init__(self, env, slip):
        super().__init__(0)
        self.env, self.slip = env, slip

    def sample(self, obs, generator=None):
        gain = torch.tensor([[0.0, -1.0], [0.75, 0.5]])
        act = obs[:, :2] @ gain.T + self.env.injected(obs[:, 2])
        act[:, 0] += self.slip * (obs[:, 2] > 0)
        return act[:, None]


@pytest.mark.parametrize("system", [0, 1])
def test_a_slip_of_a_consistent_gain_grows_by_a_half_each_step(system):
    env = pair.both()[system]
    learner = Slipping(env, 0.01)
    far = pair.distances([learner], env, seed=5)
    assert far.shape == (1, env.horizon - 1)
    # x1 grows by 1.5 and x2 follows it at once: both systems keep a fixed direction.
    assert far[0, 0] == pytest.approx(0.01, rel=1e-3)
    assert pair.growth(far.expand(2, -1)).mean == pytest.approx(math.log(1.5), abs=0.01)
    assert pair.expert_error([learner], env, seed=5)[0] == pytest.approx(0.01, rel=1e-3)


def test_growth_is_the_slope_of_the_logarithm():
    t = torch.arange(1.0, 11)
    errors = torch.stack([0.1 * (0.3 * t).exp(), 2 * (0.5 * t).exp()])
    assert pair.growth(errors).mean == pytest.approx(0.4, abs=1e-6)
    assert pair.growth(errors[:, [1, 3, 5]], torch.tensor([2.0, 4, 6])).mean == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("low", "high", "level"),
    [(-0.2, -0.1, True), (-0.2, 0.05, True), (-0.2, 0.3, None), (0.01, 0.05, False)],
)
def test_no_growth_is_an_interval_that_holds_0_or_less_and_is_not_wide(low, high, level):
    assert pair.level(Result("growth", (low + high) / 2, low, high, 20)) is level


def test_learners_are_smooth_begin_apart_and_share_one_scale():
    first, second = (pair.Smooth(seed, chunk=2) for seed in (0, 1))
    assert not [m for m in first.modules() if isinstance(m, nn.ReLU)]
    assert [m for m in first.modules() if isinstance(m, nn.SiLU)]
    assert not torch.equal(first.body[1][0].weight, second.body[1][0].weight)
    assert torch.equal(first.obs_std, second.obs_std)
    assert first.obs_std[0] == 1
    env = pair.both(noise=0.1)[0]
    [trained] = pair.cloned(pair.demonstrations(env, 2, [3]), [3], chunk=2, steps=3)
    assert torch.equal(trained.obs_std, first.obs_std)


def test_only_exploratory_data_tell_the_systems_apart():
    envs = pair.both(gain=c20.GAIN)
    plain = [pair.demonstrations(env, 4, [1])[0] for env in envs]
    explored = [explore_and_relabel(env.expert, env, 4, c20.SIGMA, seed=2) for env in envs]
    torch.testing.assert_close(plain[0].act, plain[1].act, atol=1e-5, rtol=0)
    assert (explored[0].act - explored[1].act).abs().max() > 0.1


def test_offline_rl_is_told_how_far_the_next_state_lies():
    env = pair.both()[0]
    [demos] = pair.demonstrations(env, 3, [0])
    paid = c21.paid_for(demos)
    assert paid.shape == demos.cost.shape
    torch.testing.assert_close(paid[:, 4], demos.obs[:, 5, 1].abs(), atol=1e-6, rtol=0)
    assert (paid[:, :4] > 0).all()


@pytest.mark.parametrize(
    ("module", "sizes"),
    [
        (c18, {"COUNTS": (4, 16, 64), "TRAINING": {"steps": 400}}),
        (c19, {"COUNTS": (16,), "STEPS": 400}),
        (c21, {"COUNTS": (4, 16, 64), "TRAINING": {"steps": 400, "lr": 1e-2}}),
        (c22, {"NOISE": (0.0, 0.1), "COUNT": 16}),
    ],
)
def test_a_few_new_seeds_do_not_break_the_rule(module, sizes, monkeypatch):
    for name, size in sizes.items():
        monkeypatch.setattr(module, name, size)
    measured = module.measure(FEW)
    assert module.CLAIM.verdict(measured.results)[0] != "fails"


def test_c20_learners_of_a_few_new_seeds_grow_without_exploration_alone(monkeypatch):
    monkeypatch.setattr(c20, "COUNT", 32)
    assert pair.growth(c20._worse(FEW, "expert data", c20.CHUNK)).low > 0
    assert pair.growth(c20._worse(FEW, "exploratory data", 1)).high < pair.FLAT


def invented(module):
    """Results that meet a rule, by name."""
    up, down = (0.4, 0.39, 0.41, 20), (-0.1, -0.11, -0.09, 20)
    slope = "slope of log expert error"
    numbers = {
        c18: {f"growth, n = {n}": up for n in c18.COUNTS} | {f"{slope} in log n": down},
        c19: {f"slope in H, chunks, n = {n}": down for n in c19.COUNTS}
        | {"slope in H, one action": up},
        c20: {
            f"growth, {data}, {policy}": up if data == "expert data" else down
            for data in c20.DATA
            for policy in c20.POLICIES
        },
        c21: {f"growth, {name}, n = {n}": up for name in c21.LEARNERS for n in c21.COUNTS}
        | {f"{slope}, {name}": down for name in c21.LEARNERS},
        c22: {f"growth, noise {s:g}": down if s >= c22.THRESHOLD else up for s in c22.NOISE}
        | {f"log rollout error, noise {s:g}": (-s, -s - 0.01, -s + 0.01, 20) for s in c22.NOISE},
    }[module]
    return [Result(name, *values) for name, values in numbers.items()]


@pytest.mark.parametrize("module", [c18, c19, c20, c21, c22])
def test_the_rule_is_met_and_each_of_its_numbers_can_break_it(module):
    results = invented(module)
    assert module.CLAIM.verdict(results)[0] == "holds"
    for i, result in enumerate(results):
        rise = 5.0 if result.name.startswith("log") else 0.0
        turned = dataclasses.replace(
            result, estimate=rise - result.estimate, low=rise - result.high, high=rise - result.low
        )
        broken = [*results[:i], turned, *results[i + 1 :]]
        below = result.name.startswith("growth, noise 0.00")  # reported, not judged
        first = result.name == "log rollout error, noise 0"  # a larger first error is no rise
        verdict = module.CLAIM.verdict(broken)[0]
        assert verdict == ("holds" if below or first else "fails"), result.name
