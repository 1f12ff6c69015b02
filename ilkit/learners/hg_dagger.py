"""HG-DAgger: the human watches, takes the wheel when it gets dangerous, and gives it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.dagger import Expert, Round, check_rounds, chosen, first_data, last_policy
from ilkit.policies.base import Policy
from ilkit.rollout import Actor, as_action, as_env, rollout

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

P = TypeVar("P", bound=Policy)
Gate = Callable[[Tensor], Tensor]


def hg_dagger(policy: P, env: AnyEnv, gate: Gate, **options: Any) -> P:
    """The last policy of `hg_dagger_rounds`, which has the options."""
    return last_policy(policy, hg_dagger_rounds(policy, env, gate, **options))


def hg_dagger_rounds(
    policy: Policy,
    env: AnyEnv,
    gate: Gate,
    *,
    hold: int = 10,
    expert: Expert | None = None,
    demos: Demos | None = None,
    rounds: int = 10,
    episodes: int = 5,
    seed: int = 0,
    **training: Any,
) -> Iterator[Round]:
    """Round 0 is behavior cloning; each later round adds what the human did while in control.

    gate      gate(view) -> [n] bool: does the human, who sees the view, think this dangerous?
    hold      for how many steps the human keeps the wheel after the last alarm
    expert    the human: any callable from what it sees to actions; default: the environment's own
    demos     your own demonstrations for round 0; default: `episodes` of the expert
    training  passed to `ilkit.train.fit`

    Three distributions meet in one episode: the learner's states up to the takeover, the human's
    own states after it, and the human's actions there, which alone become labels.

    Source: Kelly, Sidrane, Driggs-Campbell and Kochenderfer (2019).
    """
    env = as_env(env)
    human: Expert = expert or env.expert
    check_rounds(rounds)
    if hold < 0:
        raise InputError(f"hold: expected at least 0 steps, got {hold}.")
    # Step 1: train on the expert's data.
    data = first_data(demos, human, env, episodes, seed)
    learner = bc(policy, data, seed=seed, **training)
    yield Round(learner, data)
    for i in range(1, rounds + 1):
        # Step 2: the learner drives; the human takes over at an alarm.
        visited, in_control = watched(
            learner, env, Takeover(env, human, gate, hold), episodes, seed + i, f"takeover {i}"
        )
        # Step 3: keep only the steps under human control: what was executed there is the label.
        if in_control.any():
            data = data.cat(visited.replace(mask=in_control))
            # Step 4: train on everything.
            learner = bc(policy, data, seed=seed, **training)
        yield Round(learner, data)


def watched(
    learner: Actor, env: Env, takeover: Takeover, episodes: int, seed: int, source: str
) -> tuple[Demos, Tensor]:
    """Episodes of a learner under a human's eyes, and where the human was in control: [N, H]."""
    visited = rollout(learner, env, episodes, seed=seed, override=takeover, source=source)
    return visited, torch.stack(takeover.in_control, 1) & visited.mask


class Takeover:
    """An override for `rollout`: the human's action from an alarm to `hold` quiet steps later."""

    def __init__(self, env: Env, human: Expert, gate: Gate, hold: int) -> None:
        self.env, self.human, self.gate, self.hold = env, human, gate, hold
        self.left = torch.zeros(0)
        self.in_control: list[Tensor] = []  # a step each, [n] bool
        self.takeovers = 0

    def __call__(self, state: Tensor, act: Tensor, generator: Generator) -> Tensor:
        view = self.env.expert_view(state)
        alarm = self.gate(view)
        if (
            not isinstance(alarm, Tensor)
            or alarm.dtype != torch.bool
            or alarm.shape != act.shape[:1]
        ):
            raise InputError(
                f"gate: expected a bool tensor of shape [{len(act)}], one alarm a row of the view, "
                f"got {getattr(alarm, 'dtype', type(alarm).__name__)} "
                f"{list(getattr(alarm, 'shape', []))}; return a comparison."
            )
        before = self.left if len(self.left) else -torch.ones(len(act))
        self.left = torch.where(alarm, float(self.hold), before - 1).clamp(min=-1)
        control = self.left >= 0  # at the alarm, and for `hold` steps after the last one
        self.takeovers += int((control & (before < 0)).sum())
        self.in_control.append(control)
        theirs = as_action(self.human(view), self.env, len(act), "expert")
        return chosen(control, theirs, act)
