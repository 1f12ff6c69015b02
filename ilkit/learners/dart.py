"""DART: disturb the expert while it demonstrates, by as much as the learner will (chapter 08)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.dagger import Expert, Round, check_rounds, last_policy
from ilkit.policies.base import Policy
from ilkit.rollout import Override, as_env, label, rollout
from ilkit.spaces import Box, flat

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

P = TypeVar("P", bound=Policy)


def dart(policy: P, env: AnyEnv, **options: Any) -> P:
    """The last policy of `dart_rounds`, which has the options."""
    return last_policy(policy, dart_rounds(policy, env, **options))


def dart_rounds(
    policy: Policy,
    env: AnyEnv,
    *,
    alpha: float,
    expert: Expert | None = None,
    rounds: int = 3,
    episodes: int = 5,
    seed: int = 0,
    **training: Any,
) -> Iterator[Round]:
    """Round 0 is behavior cloning; each later round demonstrates under noise fitted to errors.

    alpha     the error expected of the final learner: E of the sum over an episode of
              |learner's action - expert's|^2, to which the noise is scaled
    expert    any callable from what it sees to actions; default: the environment's own
    training  passed to `ilkit.train.fit`

    The expert's clean action is the label; the noisy one is executed.

    Source: Laskey, Lee, Fox, Dragan and Goldberg (2017).
    """
    env = as_env(env)
    check_rounds(rounds)
    if not isinstance(env.act_space, Box):
        raise InputError(f"dart: expected real actions to disturb, got {env.act_space}.")
    if not 0 < alpha < float("inf"):
        raise InputError(f"alpha: expected a positive error, got {alpha}.")
    teacher: Expert = expert or env.expert
    covariance = torch.zeros(env.act_space.size, env.act_space.size)
    data: Demos | None = None
    for i in range(rounds + 1):
        # Step 1: demonstrate under the present noise, and keep the clean actions as labels.
        visited = rollout(
            teacher,
            env,
            episodes,
            seed=seed + i,
            override=gaussian_noise(covariance),
            view=True,
            source=f"disturbed {i}" if i else "expert",
        )
        demos = visited.replace(act=label(teacher, env, visited))
        # Step 2: aggregate and train.
        data = demos if data is None else data.cat(demos)
        learner = bc(policy, data, seed=seed, **training)
        yield Round(learner, data)
        # Step 3: fit the noise to the learner's errors on the expert's states, by likelihood.
        covariance = noise_covariance(learner, demos, alpha, seed=seed + i)


def noise_covariance(learner: Policy, demos: Demos, alpha: float, seed: int = 0) -> Tensor:
    """The maximum-likelihood covariance of the learner's errors, scaled to trace alpha / H.

    Zero-mean Gaussian noise is most likely to have produced the learner's actions when its
    covariance is their mean outer product around the expert's, [d, d].
    """
    obs, act, _ = demos.flat()
    with torch.no_grad():
        error = flat(learner(obs, torch.Generator().manual_seed(seed)) - act)
    covariance: Tensor = error.T @ error / len(error)
    return covariance * (alpha / demos.horizon / covariance.trace().clamp(min=1e-12))


def gaussian_noise(covariance: Tensor) -> Override:
    """An override for `rollout`: what is executed is the action plus N(0, covariance)."""
    values, vectors = torch.linalg.eigh(covariance)
    root = vectors * values.clamp(min=0).sqrt()

    def override(state: Tensor, act: Tensor, generator: Generator) -> Tensor:
        normal = torch.randn(len(act), len(root), generator=generator)
        moved: Tensor = act + (normal @ root.T).reshape(act.shape)
        return moved

    return override
