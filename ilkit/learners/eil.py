"""EIL: learn from when the human takes the wheel, and from when not (chapter 07)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.dagger import Expert, Round, check_rounds, first_data, last_policy
from ilkit.learners.hg_dagger import Gate, Takeover, watched
from ilkit.policies.base import Policy
from ilkit.policies.scores import Scores
from ilkit.rollout import as_env
from ilkit.spaces import Discrete
from ilkit.train.loop import Loss, own_loss

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

S = TypeVar("S", bound=Scores)
HUMAN, GOOD, BAD = range(3)  # verdicts: done by the human, let pass, taken over soon after


def eil(policy: S, env: AnyEnv, gate: Gate, **options: Any) -> S:
    """The last policy of `eil_rounds`, which has the options."""
    return last_policy(policy, eil_rounds(policy, env, gate, **options))


def eil_rounds(
    policy: Scores,
    env: AnyEnv,
    gate: Gate,
    *,
    hold: int = 10,
    blame: int = 3,
    bound: float = 0.0,
    trust: float = 1.0,
    expert: Expert | None = None,
    demos: Demos | None = None,
    rounds: int = 10,
    episodes: int = 5,
    seed: int = 0,
    loss: Loss = own_loss,
    **training: Any,
) -> Iterator[Round]:
    """HG-DAgger that also learns from the learner's own steps, as the human let them pass or not.

    gate, hold, expert, demos, rounds, episodes   as for `hg_dagger_rounds`
    blame     how many of the learner's steps before a takeover are held to have caused it
    bound     B, the cost Q(s, a) that the human puts up with
    trust     what a step of the learner counts beside one of the human; 0 is HG-DAgger
    loss      the margin on the human's actions; default: the head's log loss, a smooth one;
              `ilkit.losses.hinge` is the paper's
    training  passed to `ilkit.train.fit`

    Explicit feedback: what the human does costs less than anything else, by a margin. Implicit
    feedback: Q(s, a) <= B where the human let the learner drive, Q(s, a) >= B just before it
    stepped in. A round's `demos` hold the human's steps alone: the labels that somebody gave.

    Source: Spencer, Choudhury, Barnes, Schmittle, Chiang, Ramadge and Srinivasa (2022).
    """
    env = as_env(env)
    human: Expert = expert or env.expert
    check_rounds(rounds)
    if min(hold, blame, trust) < 0:
        raise InputError(
            f"eil: expected hold, blame and trust of at least 0, got {hold}, {blame} and {trust}."
        )
    start, passed = Judged(policy, bound, loss), list[Demos]()
    dice = Generator().manual_seed(seed)
    # Step 1: train on the expert's data.
    data = first_data(demos, human, env, episodes, seed)
    learner = bc(start, judged(data, passed, dice), seed=seed, **training).policy
    yield Round(learner, data)
    for i in range(1, rounds + 1):
        # Step 2: the learner drives; the human takes over at an alarm.
        visited, in_control = watched(
            learner, env, Takeover(env, human, gate, hold), episodes, seed + i, f"takeover {i}"
        )
        # Step 3: keep the human's steps, and judge the learner's by what the human did next.
        if in_control.any():
            data = data.cat(visited.replace(mask=in_control))
        if trust > 0 and (visited.mask & ~in_control).any():
            passed.append(implicit(visited, in_control, blame, trust))
        # Step 4: train on everything.
        learner = bc(start, judged(data, passed, dice), seed=seed, **training).policy
        yield Round(learner, data)


def implicit(visited: Demos, in_control: Tensor, blame: int, trust: float = 1.0) -> Demos:
    """The learner's own steps, BAD if a takeover follows within `blame` steps, else GOOD."""
    soon = pad(in_control, (0, blame)).unfold(1, blame + 1, 1).any(-1)
    own = visited.replace(
        mask=visited.mask & ~in_control, weight=torch.full(in_control.shape, trust)
    )
    return with_verdicts(own, torch.where(soon, BAD, GOOD))


def judged(data: Demos, passed: Sequence[Demos], generator: Generator) -> Demos:
    """All feedback as one data set: the human's steps, the BAD ones and some of the GOOD.

    GOOD steps come for nothing. No more of them are drawn than there are steps of the human, which
    a minibatch would else hardly ever hold.
    """
    human = with_verdicts(data, torch.full(data.mask.shape, HUMAN))
    if not passed:
        return human
    own = reduce(Demos.cat, passed)
    bad = own.mask & (own.act >= BAD * actions(data))
    return human.cat(own.replace(mask=bad | drawn(own.mask & ~bad, data.steps, generator)))


def drawn(mask: Tensor, most: int, generator: Generator) -> Tensor:
    """The mask with at most so many of its steps left, drawn at random."""
    rank = torch.rand(mask.shape, generator=generator).where(mask, torch.inf).flatten()
    first = torch.zeros(mask.numel(), dtype=torch.bool)
    first[rank.argsort()[: max(most, 0)]] = True
    return mask & first.view(mask.shape)


def with_verdicts(demos: Demos, verdict: Tensor) -> Demos:
    """The same steps with action and verdict [N, H] in one label, act + A * verdict."""
    n = actions(demos)
    return Demos(
        demos.obs,
        demos.act + n * verdict,
        demos.obs_space,
        Discrete(3 * n),
        mask=demos.mask,
        weight=demos.weight,
        source=demos.source,
    )


def actions(demos: Demos) -> int:
    """A, how many actions there are to choose from."""
    assert isinstance(demos.act_space, Discrete)
    return demos.act_space.n


class Judged(Policy):
    """A policy of scores, to be trained on actions with verdicts."""

    def __init__(self, policy: Scores, bound: float = 0.0, loss: Loss = own_loss) -> None:
        if not isinstance(policy, Scores):
            raise InputError(
                f"eil: expected a policy of Scores, got {type(policy).__name__}; real actions "
                "become discrete ones by ilkit.envs.choices."
            )
        super().__init__(policy, policy.network, chunk=policy.chunk)
        self.act_space = Discrete(3 * policy.act_space.n)
        self.policy, self.bound, self.margin = policy, bound, loss

    def set_scale(self, demos: Demos) -> None:
        """As HG-DAgger does: by the human's steps alone."""
        mine = demos.act < self.policy.act_space.n
        self.policy.set_scale(demos.replace(mask=demos.mask & mine))

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """The margin on what the human did; max(0, Q - B) on good steps, max(0, B - Q) on bad."""
        n = self.policy.act_space.n
        verdict, act = act // n, act % n
        above = self.policy.costs(obs, act) - self.bound
        hinge = torch.where(verdict == BAD, -above, above).clamp(min=0).mean(1)
        margin = self.margin(self.policy, obs, act, generator or Generator())
        return torch.where(verdict[:, 0] == HUMAN, margin, hinge)
