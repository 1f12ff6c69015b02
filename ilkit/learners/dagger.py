"""DAgger: visit states as the learner does, label them as the expert would (chapters 03, 07)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.policies.base import Policy
from ilkit.rollout import Override, as_action, as_env, collect, label, rollout

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

P = TypeVar("P", bound=Policy)
Expert = Callable[[Tensor], Tensor]


class Round(NamedTuple):
    """One round: its policy, and all the data that it was trained on."""

    policy: Policy
    demos: Demos


def first_only(i: int) -> float:
    """The parameter-free schedule beta_i = 1[i = 0]: the expert drives the first round alone."""
    return float(i == 0)


def dagger(policy: P, env: AnyEnv, **options: Any) -> P:
    """DAgger's last policy; `dagger_rounds` has the options and yields every round.

    Source: Ross, Gordon and Bagnell (2011). Their guarantee is for the best policy of all rounds
    on held-out rollouts, or for a mixture of them; the last one is what practice uses.
    """
    return last_policy(policy, dagger_rounds(policy, env, **options))


def dagger_rounds(
    policy: Policy,
    env: AnyEnv,
    *,
    expert: Expert | None = None,
    demos: Demos | None = None,
    rounds: int = 10,
    episodes: int = 5,
    beta: Callable[[int], float] = first_only,
    seed: int = 0,
    **training: Any,
) -> Iterator[Round]:
    """Round 0 is behavior cloning; each later round adds the learner's states, labelled.

    expert    any callable from what it sees to actions; default: the environment's own
    demos     your own demonstrations for round 0, no longer than the environment's horizon;
              default: `episodes` of the expert
    rounds    how many times data is aggregated after round 0
    episodes  episodes driven and labelled in each round
    beta      beta(i): the probability, at each step of round i, that the expert drives
    training  passed to `ilkit.train.fit`

    The number of labels the expert has given is `round.demos.steps`.
    """
    env = as_env(env)
    teacher: Expert = expert or env.expert
    check_rounds(rounds)
    _check_beta(rounds, beta)
    # Step 1: train on the expert's data.
    data = first_data(demos, teacher, env, episodes, seed)
    learner = bc(policy, data, seed=seed, **training)
    yield Round(learner, data)
    for i in range(1, rounds + 1):
        # Step 2: run the learner (the expert with probability beta_i) and keep what it sees.
        visited = rollout(
            learner,
            env,
            episodes,
            seed=seed + i,
            override=blended(env, teacher, beta(i)),
            source=f"learner {i}",
        )
        # Step 3: ask the expert what it would have done there.
        labelled = visited.replace(act=label(teacher, env, visited))
        # Step 4: aggregate, and train on everything.
        data = data.cat(labelled)
        learner = bc(policy, data, seed=seed, **training)
        yield Round(learner, data)


def blended(env: Env, expert: Expert, beta: float) -> Override | None:
    """At each step the expert's action with probability beta, else the learner's."""

    def override(state: Tensor, act: Tensor, generator: Generator) -> Tensor:
        heads = torch.rand(len(act), generator=generator) < beta
        theirs = as_action(expert(env.expert_view(state)), env, len(act), "expert")
        return chosen(heads, theirs, act)

    return override if beta > 0 else None


def chosen(by_first: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Row by row, the first actions where `by_first` [n] is true, else the second: [n, *act]."""
    return torch.where(by_first.view(-1, *[1] * (first.dim() - 1)), first, second)


def first_data(demos: Demos | None, expert: Expert, env: Env, episodes: int, seed: int) -> Demos:
    """Your own demonstrations, fitted to the environment, or `episodes` of the expert's."""
    if demos is None:
        return collect(expert, env, episodes, seed=seed)
    return demos.fitted_to(env, env.horizon)


def check_rounds(rounds: int) -> None:
    """InputError for a negative number of rounds after round 0."""
    if rounds < 0:
        raise InputError(f"rounds: expected at least 0, got {rounds}; 0 is round 0 alone.")


def _check_beta(rounds: int, beta: Callable[[int], float]) -> None:
    if not callable(beta):
        raise InputError(
            f"beta: expected a function of the round, got {beta!r}; write lambda i: {beta!r}."
        )
    for i in range(rounds + 1):
        if not 0 <= beta(i) <= 1:
            raise InputError(f"beta: expected probabilities, got beta({i}) = {beta(i)}.")


def last_policy(like: P, rounds: Iterator[Round]) -> P:
    """The policy of the last round, a trained copy of `like`."""
    *_, last = rounds
    assert isinstance(last.policy, type(like))
    return last.policy
