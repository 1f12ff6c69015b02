"""C13: equal calls, students as `distill_rounds` makes them, the rule met and broken."""

import pytest
import torch

from ilkit.divergences import KL, REVERSE_KL
from ilkit.envs.characters import Characters
from ilkit.experiments import c13_distillation as c13
from ilkit.experiments.claim import Result
from ilkit.learners.distill import distill, log_probs
from ilkit.policies.categorical import Categorical
from ilkit.policies.nets import Network


@pytest.fixture
def quick(monkeypatch):
    """A teacher untrained, rounds of a few texts."""
    monkeypatch.setattr(c13, "TRAINING", {"steps": 12, "batch": 16, "lr": 5e-3})
    monkeypatch.setattr(c13, "ROUNDS", 2)
    monkeypatch.setattr(c13, "EPISODES", 3)
    return log_probs(Categorical(Characters(), Network(hidden=(16,)), seed=9))


def made_up(forward=(0.3, 0.35), reverse=(0.2, 0.25), extra=0.05):
    """Results in which forward KL off-policy costs 0.4 to 0.45."""
    intervals = {
        ("forward KL", False): (0.4, 0.45),
        ("reverse KL", False): (0.2, 0.25),
        ("forward KL", True): forward,
        ("reverse KL", True): reverse,
    }
    results = {
        "cost, " + c13.key("small", *kind): Result("", low, low, high, 20)
        for kind, (low, high) in intervals.items()
    }
    return {**results, c13.EXTRA: Result("", extra, extra - 0.01, extra + 0.01, 20)}


def test_the_rule_is_met_broken_and_left_open():
    assert all(c13.checks(made_up()).values())
    assert c13.checks(made_up(forward=(0.5, 0.6)))["on-policy better"] is False
    assert c13.checks(made_up(reverse=(0.3, 0.4)))["reverse KL better"] is None
    assert c13.checks(made_up(extra=-0.05))["the more so for a small student"] is False


@pytest.mark.parametrize("on_policy", [True, False])
def test_students_are_those_of_distill(quick, on_policy):
    seeds, env = [3, 4], Characters()
    mine = c13.distilled(4, quick, REVERSE_KL, on_policy, seeds)
    share = 1 if on_policy else 3
    for student, seed in zip(mine, seeds, strict=True):
        alone = distill(
            Categorical(env, Network(hidden=(4,)), seed=seed),
            env,
            quick,
            rounds=2 if on_policy else 0,
            episodes=3 * share,
            seed=100 * seed,
            steps=12 * share,
            batch=16,
            lr=5e-3,
        )
        obs = env.observe(env.reset(1, torch.Generator()))
        assert torch.allclose(student.logits(obs), alone.logits(obs), atol=1e-3)


def test_both_regimes_ask_for_as_many_distributions(quick, monkeypatch):
    asked = []

    def spy(students, data, steps, **training):
        asked.append((data[0].steps, steps))

    monkeypatch.setattr(c13, "fit_many", spy)
    c13.distilled(4, quick, KL, False, [0])
    [(off, updates)] = asked
    asked.clear()
    c13.distilled(4, quick, KL, True, [0])
    assert asked[-1][0] == off == 9 * 32
    assert sum(steps for _, steps in asked) == updates == 36


def test_a_teacher_is_at_no_distance_from_itself():
    teacher = Categorical(Characters(), seed=2)
    texts = Characters().observe(Characters().reset(4, torch.Generator()))[None]
    cost, forward, reverse = c13.judge(teacher, log_probs(teacher), texts, 0)
    assert cost > 0.5  # it knows nothing
    assert abs(float(forward)) < 1e-6
    assert abs(float(reverse)) < 1e-6


def test_the_teacher_has_learned_to_write():
    teacher = c13.taught(500)
    cost = c13.judge(teacher, log_probs(teacher), torch.zeros(1, 1, 6, 9), 1)[0]
    assert cost < 0.08  # the author's own: 0.034
