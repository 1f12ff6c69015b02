"""On-policy distillation: DAgger with a divergence, the teacher's distribution as the label."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.divergences import REVERSE_KL, FDivergence
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.dagger import Round, check_rounds, last_policy
from ilkit.policies.base import Policy
from ilkit.policies.categorical import Categorical
from ilkit.rollout import as_env, rollout

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

P = TypeVar("P", bound=Policy)
Teacher = Callable[[Tensor], Tensor]  # observations [n, *obs] to log-probabilities [n, actions]
Matching = Callable[..., Tensor]  # (policy, obs, ...) -> [n], as `ilkit.train.fit` takes it
LIMIT = 30.0  # log-ratios beyond it are cut: probabilities of 1e-13 are as good as none


def distill(policy: P, env: AnyEnv, teacher: Categorical | Teacher, **options: Any) -> P:
    """The last policy of `distill_rounds`, which has the options."""
    return last_policy(policy, distill_rounds(policy, env, teacher, **options))


def distill_rounds(
    policy: Policy,
    env: AnyEnv,
    teacher: Categorical | Teacher,
    *,
    divergence: FDivergence = REVERSE_KL,
    demos: Demos | None = None,
    rounds: int = 5,
    episodes: int = 20,
    seed: int = 0,
    **training: Any,
) -> Iterator[Round]:
    """Round 0 matches the teacher on its own states; each later round on the student's too.

    policy      the student, with a Categorical head and single actions
    teacher     the same, or any callable from observations to log-probabilities [n, actions]
    divergence  D(teacher, student) of `ilkit.divergences`: KL covers all that the teacher might
                do, reverse KL seeks what the student can do well
    demos       states for round 0; default: `episodes` of the teacher's
    training    passed to `ilkit.train.fit`; the student goes on from its last weights

    Distillation off-policy is round 0 alone, with more episodes. The teacher has been asked for
    `round.demos.steps` distributions.

    Source: Agarwal et al. (2024), generalised knowledge distillation.
    """
    env, ask = as_env(env), log_probs(teacher)
    check_rounds(rounds)
    loss = matching(ask, divergence)
    # Step 1: match the teacher on states that it visits itself.
    if demos is None:
        demos = rollout(sampler(ask, seed), env, episodes, seed=seed, source="teacher")
    data = demos.fitted_to(env, env.horizon)
    student = bc(policy, data, loss=loss, seed=seed, **training)
    yield Round(student, data)
    for i in range(1, rounds + 1):
        # Step 2: visit states as the student does.
        visited = rollout(student, env, episodes, seed=seed + i, source=f"student {i}")
        # Step 3: aggregate; the label of a state is the teacher's whole distribution there.
        data = data.cat(visited)
        # Step 4: minimise the divergence on all states.
        student = bc(student, data, loss=loss, seed=seed + i, **training)
        yield Round(student, data)


def matching(teacher: Teacher, divergence: FDivergence) -> Matching:
    """A loss for `fit`: D(teacher, student) at each observation, exact over the actions, [n].

    The recorded action does not enter: the label is the teacher's distribution.
    """

    def loss(
        policy: Policy,
        obs: Tensor,
        act: Tensor | None = None,
        generator: Generator | None = None,
    ) -> Tensor:
        if not isinstance(policy, Categorical) or policy.chunk != 1:
            raise InputError(
                "distill: expected a Categorical student with chunk=1, got "
                f"{type(policy).__name__} with chunk={policy.chunk}."
            )
        log_q = torch.log_softmax(policy.logits(obs)[:, 0], -1)
        log_p = teacher(obs)
        if log_p.shape != log_q.shape:
            raise InputError(
                f"teacher: expected log-probabilities {list(log_q.shape)}, got "
                f"{list(log_p.shape)}; give one for each action."
            )
        ratio = (log_p - log_q).clamp(-LIMIT, LIMIT).exp()
        return (log_q.exp() * divergence.f(ratio)).sum(-1)

    return loss


def log_probs(teacher: Categorical | Teacher) -> Teacher:
    """The teacher as a function from observations to log-probabilities, without gradients."""
    if not isinstance(teacher, Categorical):
        return teacher

    def ask(obs: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.log_softmax(teacher.logits(obs)[:, 0], -1)

    return ask


def sampler(teacher: Teacher, seed: int = 0) -> Callable[[Tensor], Tensor]:
    """An actor for `rollout` that draws from the teacher's distribution."""
    generator = torch.Generator().manual_seed(seed)

    def act(obs: Tensor) -> Tensor:
        return torch.multinomial(teacher(obs).exp(), 1, generator=generator)[:, 0]

    return act
