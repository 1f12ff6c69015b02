"""Regimes of data: noise that is what it says, takeovers that label what they should."""

from __future__ import annotations

import pytest
import torch
from torch import Generator

from ilkit.data import Demos
from ilkit.envs import Characters, Tightrope, Track
from ilkit.envs.choices import Choices
from ilkit.errors import InputError
from ilkit.learners import dagger, distill, eil
from ilkit.learners.dart import dart, dart_rounds, gaussian_noise, noise_covariance
from ilkit.learners.exploratory import ball, explore_and_relabel
from ilkit.learners.hg_dagger import Takeover, hg_dagger, hg_dagger_rounds
from ilkit.policies import Categorical, Deterministic, Gaussian, Scores
from ilkit.rollout import collect, evaluate, rollout


def test_gaussian_noise_has_its_covariance() -> None:
    covariance = torch.tensor([[2.0, 0.6], [0.6, 0.5]])
    zeros = torch.zeros(100_000, 2)
    noise = gaussian_noise(covariance)(zeros, zeros, Generator().manual_seed(0))
    torch.testing.assert_close(torch.cov(noise.T), covariance, atol=0.03, rtol=0)


def test_the_noise_is_the_likeliest_and_has_the_expected_size() -> None:
    """Against torch's own likelihood: the unscaled estimate maximises it over scalings."""
    generator = Generator().manual_seed(1)
    obs = torch.randn(4, 50, 2, generator=generator)
    act = torch.randn(4, 50, 2, generator=generator) @ torch.tensor([[1.0, 0.4], [0.0, 0.3]])
    demos = Demos(obs, act)
    learner = Deterministic(demos)
    fitted = noise_covariance(learner, demos, alpha=3.0)
    assert fitted.trace().item() == pytest.approx(3.0 / 50)
    error = learner(demos.flat()[0]) - demos.flat()[1]
    free = error.T @ error / len(error)

    def log_likelihood(covariance: torch.Tensor) -> float:
        normal = torch.distributions.MultivariateNormal(torch.zeros(2), covariance)
        return float(normal.log_prob(error).sum().detach())

    for nudge in (torch.eye(2), torch.tensor([[1.0, 0.5], [0.5, 1.0]])):
        for step in (0.03, -0.03):
            assert log_likelihood(free.detach()) > log_likelihood(
                (free + step * nudge * free.trace()).detach()
            )
    torch.testing.assert_close(fitted / fitted.trace(), free / free.trace())


def test_dart_labels_are_clean_and_its_states_disturbed() -> None:
    env = Track(horizon=60)
    rounds = list(dart_rounds(Deterministic(env), env, alpha=2.0, rounds=1, episodes=4, steps=80))
    data = rounds[1].demos
    assert data.source == ("expert",) * 4 + ("disturbed 1",) * 4
    torch.testing.assert_close(data.act, env.expert(data.obs.flatten(0, 1)).view(8, 60, 1))
    spread = data.obs[..., 0].abs().mean(1)
    assert spread[4:].min() > 2 * spread[:4].max()


def test_dart_drives_where_cloning_leaves_the_road() -> None:
    env = Track()
    policy = Deterministic(env, seed=2)
    cured = dart(policy, env, alpha=5.0, rounds=1, episodes=1, steps=500)
    assert evaluate(cured, env, 100).high < 1


def test_points_of_the_ball_are_uniform() -> None:
    zeros = torch.zeros(50_000, 3)
    points = ball(2.0)(zeros, zeros, Generator().manual_seed(0))
    radius = points.norm(dim=1) / 2
    assert radius.max() <= 1
    assert (radius**3).mean().item() == pytest.approx(0.5, abs=0.01)
    assert points.mean(0).abs().max() < 0.02


def test_exploratory_data_is_half_clean_and_labelled_by_the_expert() -> None:
    env = Track(horizon=30)
    data = explore_and_relabel(env.expert, env, 5, sigma=0.5)
    assert data.source == ("expert",) * 2 + ("explored",) * 3
    torch.testing.assert_close(data.act, env.expert(data.obs.flatten(0, 1)).view(5, 30, 1))


def test_a_takeover_begins_at_the_alarm_and_lasts() -> None:
    """The car steers left; the human wakes at half a metre and holds for five quiet steps."""
    env = Track(horizon=40, gust=0.0)
    takeover = Takeover(env, env.expert, lambda view: view[:, 0].abs() > 0.5, hold=5)
    demos = rollout(lambda obs: torch.full((len(obs), 1), 0.3), env, 1, override=takeover)
    y = demos.obs[0, :, 0].abs()
    control = torch.stack(takeover.in_control, 1)[0]
    alarms = torch.nonzero(y > 0.5)[:, 0]
    recent = [bool(((alarms <= t) & (alarms >= t - 5)).any()) for t in range(40)]
    assert control.tolist() == recent
    expert = env.expert(demos.obs[0])
    torch.testing.assert_close(demos.act[0][control], expert[control])
    assert (demos.act[0][~control] == 0.3).all()
    assert takeover.takeovers >= 1
    assert y.max() < 2


def test_only_the_humans_steps_become_labels() -> None:
    env = Track(horizon=100)
    policy = Deterministic(env, seed=1)
    start = collect(env.expert, env, 1, seed=1)
    rounds = list(
        hg_dagger_rounds(
            policy,
            env,
            lambda view: view[:, 0].abs() > 0.3,
            demos=start,
            rounds=2,
            episodes=3,
            hold=8,
            steps=200,
        )
    )
    grown = [r.demos.steps for r in rounds]
    assert grown[0] == 100 <= grown[1] <= grown[2] < 100 + 6 * 100
    learned = hg_dagger(
        policy, env, lambda view: view[:, 0].abs() > 0.3, demos=start, rounds=3, steps=300
    )
    assert evaluate(learned, env, 50).mean < 1


def test_labels_are_what_a_fickle_human_did() -> None:
    env = Track(horizon=50)
    dice = Generator().manual_seed(0)

    def fickle(view: torch.Tensor) -> torch.Tensor:
        return env.expert(view) + 0.3 * torch.rand(len(view), 1, generator=dice)

    *_, last = hg_dagger_rounds(
        Deterministic(env), env, lambda view: view[:, 0] > 0.0, expert=fickle, rounds=1, steps=5
    )
    taken = last.demos[5:]
    expert = env.expert(taken.obs.flatten(0, 1)).view(taken.act.shape)
    extra = (taken.act - expert)[taken.mask]
    assert ((extra > -1e-6) & (extra < 0.3 + 1e-6)).all()
    assert extra.max() > 0.1


def test_a_gate_must_answer_yes_or_no() -> None:
    env = Track(horizon=5)
    with pytest.raises(InputError, match=r"gate: expected a bool tensor of shape \[5\]"):
        hg_dagger(Deterministic(env), env, lambda view: view[:, 0], steps=1)


def test_dart_repeats_with_its_seed_even_for_a_random_head() -> None:
    env = Track(horizon=20)
    runs = [
        list(dart_rounds(Gaussian(env), env, alpha=1.0, rounds=1, episodes=2, steps=5, seed=4))
        for _ in range(2)
    ]
    assert torch.equal(runs[0][1].demos.obs, runs[1][1].demos.obs)


def test_settings_are_checked() -> None:
    env = Track()
    with pytest.raises(InputError, match="alpha: expected a positive error, got 0"):
        dart(Deterministic(env), env, alpha=0.0)
    with pytest.raises(InputError, match="dart: expected real actions"):
        dart(Deterministic(env), Tightrope(), alpha=1.0)
    with pytest.raises(InputError, match="hold: expected at least 0 steps"):
        hg_dagger(Deterministic(env), env, lambda view: view[:, 0] > 0, hold=-1)


def test_every_regime_refuses_fewer_than_no_rounds() -> None:
    env, words = Choices(Track(horizon=5), 3), Characters(horizon=5)
    for run in (
        lambda **options: dagger(Scores(env), env, **options),
        lambda **options: hg_dagger(Scores(env), env, lambda view: view[:, 0] > 0, **options),
        lambda **options: eil(Scores(env), env, lambda view: view[:, 0] > 0, **options),
        lambda **options: dart(Deterministic(Track()), Track(), alpha=1.0, **options),
        lambda **options: distill(Categorical(words), words, Categorical(words), **options),
    ):
        with pytest.raises(InputError, match="rounds: expected at least 0, got -1"):
            run(rounds=-1)
