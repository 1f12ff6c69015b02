"""Corrective labels: models within their Lipschitz bound, labels that lead where they should."""

from __future__ import annotations

import math

import pytest
import torch

from ilkit.data import Demos
from ilkit.envs import Insertion, Tightrope, Track
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.ccil import EVERYWHERE, Trust, ccil, corrective_labels, step_size
from ilkit.learners.dynamics import Dynamics, learn_dynamics, spectral_bound, transitions
from ilkit.policies import Deterministic
from ilkit.rollout import collect

A = torch.tensor([[0.1, 0.2], [-0.3, 0.05]])
B = torch.tensor([[1.0, 0.0], [0.4, 0.5]])


def linear(obs: torch.Tensor, act: torch.Tensor) -> torch.Tensor:
    """The increments of a linear system, s' - s = A s + B a."""
    return obs @ A.T + act @ B.T


def linear_demos(n: int = 3, horizon: int = 20) -> Demos:
    """Trajectories of that system under actions at random."""
    generator = torch.Generator().manual_seed(0)
    obs = [torch.randn(n, 2, generator=generator)]
    act = 0.3 * torch.randn(n, horizon, 2, generator=generator)
    for t in range(horizon - 1):
        obs.append(obs[-1] + linear(obs[-1], act[:, t]))
    return Demos(torch.stack(obs, 1), act)


@pytest.mark.parametrize("shape", [(64, 64), (64, 7), (3, 64), (1, 1)])
def test_the_bound_is_just_above_the_spectral_norm(shape) -> None:
    generator = torch.Generator().manual_seed(1)
    for scale in (1e-3, 1.0, 50.0):
        weight = scale * torch.randn(shape, generator=generator)
        exact = float(torch.linalg.matrix_norm(weight, 2))
        assert exact * (1 - 1e-5) <= float(spectral_bound(weight)) <= exact * 64 ** (1 / 64)
    for n in (64, 1024):  # the worst case: all singular values alike
        assert float(spectral_bound(torch.eye(n))) == pytest.approx(n ** (1 / 64), rel=1e-5)


def test_a_model_keeps_its_lipschitz_bound_and_a_free_one_does_not() -> None:
    """On a step that no 1.5-Lipschitz function can follow, over all pairs of points."""
    obs = torch.linspace(-1, 1, 100).view(1, 100, 1)
    act = torch.zeros(1, 100, 1)
    wave = Demos(torch.where(obs > 0, obs + torch.sin(40 * obs), obs), act)
    slopes = {}
    for bound in (1.5, None):
        model = learn_dynamics(wave, lipschitz=bound, steps=300, lr=1e-2, batch=64)
        x = wave.obs[0]
        y = model.increment(x, act[0]) / model.act_std
        unit = (x - x.mean()) / model.obs_std[0]
        pairs = torch.triu_indices(100, 100, 1)
        gap = (unit[pairs[0]] - unit[pairs[1]]).abs()[:, 0]
        rise = (y[pairs[0]] - y[pairs[1]]).abs()[:, 0]
        slopes[bound] = float((rise / gap)[gap > 1e-4].max())
    assert slopes[1.5] <= 1.5 + 1e-3
    assert slopes[None] > 2


def test_transitions_pair_each_step_with_its_increment() -> None:
    demos = linear_demos()
    data = transitions(demos.replace(mask=torch.arange(20).expand(3, 20) < 15))
    assert data.steps == 3 * 14
    pair, moved, _ = data.flat()
    torch.testing.assert_close(linear(pair[:, :2], pair[:, 2:]), moved, atol=1e-5, rtol=1e-4)


def test_a_linear_model_of_a_linear_system_is_exact() -> None:
    demos = linear_demos(8, 40)
    model = learn_dynamics(demos, "linear", lipschitz=None, steps=1500, lr=2e-2)
    obs, act = torch.randn(2, 50, 2, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(model.increment(obs, act), linear(obs, act), atol=5e-3, rtol=0)


def test_labels_lead_back_as_far_as_backward_euler_goes() -> None:
    """It takes s = s' - f(s', a), and f is linear: s + f(s, a) - s' = -A f(s', a)."""
    demos = linear_demos()
    labels = corrective_labels(demos, linear, trust=Trust(math.inf, math.inf, 0.5), copies=2)
    assert labels.mask.sum() == 2 * 3 * 19
    target = demos.obs[:, 1:].repeat(2, 1, 1)
    obs, act = labels.obs[:, :-1], labels.act[:, :-1]
    miss = obs + linear(obs, act) - target
    torch.testing.assert_close(miss, -linear(target, act) @ A.T, atol=1e-5, rtol=1e-4)
    assert (act - demos.act[:, :-1].repeat(2, 1, 1)).norm(dim=2).max() <= 0.5


def test_labels_are_exact_where_moves_do_not_depend_on_the_place() -> None:
    demos = linear_demos()
    labels = corrective_labels(demos, lambda s, a: a @ B.T, trust=Trust(1e-5, math.inf, 0.5))
    assert labels.mask[:, :-1].all()
    assert not labels.mask[:, -1].any()
    after = (labels.obs + labels.act @ B.T)[:, :-1]
    torch.testing.assert_close(after, demos.obs[:, 1:].repeat(4, 1, 1), atol=1e-5, rtol=0)


def test_only_labels_inside_all_three_radii_are_kept() -> None:
    demos, trust = linear_demos(), Trust(0.3, 1.5, 0.4)
    labels = corrective_labels(demos, linear, trust=trust, copies=5)
    all_ = corrective_labels(demos, linear, trust=Trust(math.inf, math.inf, 0.4), copies=5)
    size = step_size(demos)
    near, target = (x.repeat(5, 1, 1) for x in (demos.obs, demos.obs.roll(-1, 1)))
    miss = ((all_.obs + linear(all_.obs.flatten(0, 1), all_.act.flatten(0, 1)).view(15, 20, 2)
             - target) / size).norm(dim=2)  # fmt: skip
    off = ((all_.obs - near) / size).norm(dim=2)
    kept = (miss <= 0.3) & (off <= 1.5) & all_.mask
    assert torch.equal(labels.mask, kept)
    assert 0.1 < kept.sum() / all_.mask.sum() < 0.9


def test_without_a_trust_region_actions_fill_their_space() -> None:
    env = Insertion(clearance=0.1)
    demos = collect(env.expert, env, 4)
    labels = corrective_labels(demos, lambda s, a: 0 * s, trust=EVERYWHERE)
    assert labels.act.std() == pytest.approx(2 / 12**0.5, rel=0.03)
    with pytest.raises(InputError, match="eps2: expected a finite radius"):
        corrective_labels(linear_demos(), linear, trust=EVERYWHERE)


def test_true_dynamics_bring_a_straight_walker_back_to_its_line() -> None:
    """One demonstration along y = 0 says nothing of y; exact labels around it do."""
    x = torch.linspace(-1, 1, 21)
    obs = torch.stack([x, torch.zeros(21)], 1)[None]
    act = torch.tensor([0.1, 0.0]).expand(1, 21, 2)
    demos = Demos(obs, act)
    policy = Deterministic(demos, seed=3)
    training = {"steps": 400, "lr": 3e-3, "batch": 64}
    trust = Trust(eps=1e-3, eps1=10.0, eps2=0.3)
    cured = ccil(policy, demos, dynamics=lambda s, a: a, trust=trust, copies=8, **training)
    aside = torch.stack([torch.linspace(-0.8, 0.8, 9), torch.full((9,), 0.15)], 1)
    assert (bc(policy, demos, **training)(aside)[:, 1].abs() < 0.05).all()
    assert (cured(aside)[:, 1] < -0.1).all()


def test_the_pipeline_is_its_three_steps() -> None:
    env = Insertion(horizon=20)
    demos, policy = collect(env.expert, env, 2), Deterministic(env)
    whole = ccil(policy, demos, copies=2, seed=4, steps=30)
    model = learn_dynamics(demos, seed=4)
    labels = corrective_labels(demos, model.increment, copies=2, seed=4)
    again = bc(policy, demos.cat(labels), seed=4, steps=30)
    obs = demos.obs.flatten(0, 1)
    assert torch.equal(whole(obs), again(obs))
    assert not torch.equal(whole(obs), bc(policy, demos, seed=4, steps=30)(obs))


def test_what_cannot_be_corrected_is_told() -> None:
    track = Track(horizon=5)
    demos = collect(track.expert, track, 2)
    with pytest.raises(InputError, match="a corrective label is one action"):
        ccil(Deterministic(track, chunk=2), demos)
    with pytest.raises(InputError, match="no label is within all three radii"):
        corrective_labels(demos, lambda s, a: s + 1, trust=Trust(eps=1e-9))
    with pytest.raises(InputError, match="copies: expected at least 1"):
        corrective_labels(demos, lambda s, a: 0 * s, copies=0)
    with pytest.raises(InputError, match="Trust: expected three positive radii"):
        Trust(eps1=0.0)
    with pytest.raises(InputError, match="obs_space: expected real observations"):
        Dynamics(Tightrope())
