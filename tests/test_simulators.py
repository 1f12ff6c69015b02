"""The learners run on physics that no one here wrote: MuJoCo and Push-T, through Gymnasium."""

from __future__ import annotations

import os

import pytest
import torch
from torch import Tensor

from ilkit.envs.gym import FromGym
from ilkit.learners import bc, dagger
from ilkit.policies import Deterministic
from ilkit.rollout import collect, evaluate, rollout
from ilkit.theory.stability import spectral_radius

if not os.environ.get("CI"):  # where a missing simulator is a failure
    for name in ("mujoco", "gym_pusht"):
        pytest.importorskip(
            name, reason="NO SIMULATOR TEST WAS RUN: pip install mujoco imageio gym-pusht"
        )

from ilkit.envs.simulators import Balance, pusher, reacher, upright_dynamics

TRAINING = {"steps": 600, "batch": 256, "lr": 3e-3}


def idle(view: Tensor) -> Tensor:
    return torch.zeros(len(view), 1)


def test_reacher_is_cloned_to_the_experts_cost() -> None:
    env = FromGym("Reacher-v5")
    limp = evaluate(lambda view: torch.zeros(len(view), 2), env, 30)
    expert = evaluate(reacher, env, 30)
    assert expert.high < limp.low
    policy = bc(Deterministic(env), collect(reacher, env, 40), **TRAINING)
    cloned = evaluate(policy, env, 30)
    # Within a third of the way back to doing nothing.
    assert cloned.mean - expert.mean < (limp.mean - expert.mean) / 3


def test_the_fingertip_comes_to_rest_on_the_target() -> None:
    env = FromGym("Reacher-v5", horizon=50)
    last = rollout(reacher, env, 20).obs[:, -1, 8:10].norm(dim=1)
    assert float(last.median()) < 0.02  # metres; the arm reaches 0.21


def test_the_regulator_stabilises_what_falls_by_itself() -> None:
    a, b = upright_dynamics()
    assert spectral_radius(a) > 1.05
    assert spectral_radius(a + b @ Balance().gain.double()) < 1
    env = FromGym("InvertedDoublePendulum-v5", horizon=200)
    assert rollout(Balance(), env, 10).mask.all()  # nobody falls
    assert not rollout(idle, env, 10).mask[:, 30].any()


def test_dagger_balances_the_double_pendulum() -> None:
    env = FromGym("InvertedDoublePendulum-v5", horizon=100)
    expert = Balance()
    policy = dagger(
        Deterministic(env), env, expert=expert, rounds=3, episodes=5, seed=0, **TRAINING
    )
    assert rollout(policy, env, 10, seed=9).mask[:, -1].float().mean() >= 0.9


def test_push_t_is_pushed_by_the_demonstrator_and_by_its_clone() -> None:
    env = FromGym("gym_pusht:gym_pusht/PushT-v0", horizon=100)
    still = evaluate(lambda view: view[:, :2], env, 12)
    shown = collect(pusher, env, 12)
    assert -shown.cost[:, -1].mean() > 0.3  # coverage at the end, of 1
    assert float(shown.total_cost().mean()) < still.mean - 10
    policy = bc(Deterministic(env), shown, **TRAINING)
    cloned = rollout(policy, env, 12)
    env.act_space.check("act", cloned.flat()[1])
    assert -cloned.cost.sum(1).mean() > -still.mean
