"""GAIL: the adversarial game on rollouts, so that the states are the learner's own (chapter 05)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Generator, Tensor
from torch.func import grad
from torch.nn.utils import clip_grad_norm_

from ilkit.data import Demos
from ilkit.divergences import JENSEN_SHANNON, FDivergence
from ilkit.errors import InputError
from ilkit.learners.adversarial import Critic, against
from ilkit.learners.bc import bc
from ilkit.learners.dagger import Expert, Round, first_data, last_policy
from ilkit.policies.base import Policy
from ilkit.rollout import as_env, rollout
from ilkit.spaces import Box, one_hot

if TYPE_CHECKING:
    from ilkit.rollout import AnyEnv

P = TypeVar("P", bound=Policy)
Steps = tuple[Tensor, Tensor]  # observations and actions
Value = Callable[[Tensor, Tensor], Tensor]
CLIP = 0.2  # by which one round may change the probability of an action
MOVES, BATCH = 40, 512  # of each player in a round; steps in each
FAR = 20.0  # deviations beyond which the critic sees no difference, and the bound of abs(V)


def gail(policy: P, env: AnyEnv, **options: Any) -> P:
    """The last policy of `gail_rounds`, which has the options."""
    return last_policy(policy, gail_rounds(policy, env, **options))


def gail_rounds(
    policy: Policy,
    env: AnyEnv,
    *,
    divergence: FDivergence = JENSEN_SHANNON,
    expert: Expert | None = None,
    demos: Demos | None = None,
    rounds: int = 40,
    episodes: int = 50,
    blur: float = 0.1,
    discount: float = 0.95,
    entropy: float = 0.2,
    penalty: float = 1.0,
    lr: float = 3e-4,
    seed: int = 0,
    **training: Any,
) -> Iterator[Round]:
    """Round 0 is behavior cloning; each later round moves the critic, then the learner.

    policy      any head with a `log_prob`, with chunk = 1
    divergence  from the expert's visits (s, a) to the learner's; Jensen-Shannon is GAIL
    demos       your own demonstrations; default: `episodes` of the expert
    episodes    driven in each round
    blur        deviation, in scaled units, of the noise on the expert's real actions
    discount    of a price that is paid one step later
    entropy     weight of the learner's entropy beside the price, which has deviation 1
    penalty     weight of the critic's squared slope at the expert's actions
    lr          of both players; `training` is passed to `ilkit.train.fit` for the cloning

    Why this collapses elsewhere, and what is done about it here:
    - Episodes that end early tell who drove by their length. Horizons are fixed: an absorbing
      state, also of a Gymnasium environment that ended, goes on being judged, the expert's as the
      learner's. Of your own demonstrations the masked steps are not shown.
    - An expert without noise shares no action with a learner that explores, and the critic tells
      them apart for ever. The expert's actions are blurred, for the warm start as for the critic;
      the critic's slope, which would grow without bound once it wins, is penalised.
    - A learner that stops exploring cannot come back from what the critic liked a moment ago: its
      entropy is part of its objective.
    - Prices drift with the critic: each is compared with the same step of the round's other
      episodes. A round's move is clipped as in PPO; the learner's rate and the entropy's weight
      are annealed to zero.

    Source: Ho and Ermon (2016); Ke et al. (2020) for other divergences; Mescheder, Geiger and
    Nowozin (2018) for the penalty; Schulman et al. (2017) for the clipped move.
    """
    env = as_env(env)
    _check(policy, rounds, episodes, discount, blur)
    generator = Generator().manual_seed(seed)
    # Step 1: a warm start, on actions blurred as the critic will see them.
    data = first_data(demos, expert or env.expert, env, episodes, seed)
    learner = bc(policy, blurred(data, blur, generator), seed=seed, **training)
    yield Round(copy.deepcopy(learner), data)
    critic = Critic(learner)

    def value(features: Tensor, act: Tensor) -> Tensor:
        v: Tensor = FAR * torch.tanh(critic(features, act) / FAR)
        return v

    shown = (
        data.flat()[:2] if demos is not None else (data.obs.flatten(0, 1), data.act.flatten(0, 1))
    )
    judge, driver = (torch.optim.Adam(each.parameters(), lr) for each in (critic, learner))
    for i in range(1, rounds + 1):
        # Step 2: the learner drives.
        visited = rollout(learner, env, episodes, seed=seed + i, source=f"learner {i}")
        own = visited.obs.flatten(0, 1), visited.act.flatten(0, 1)
        # Step 3: the critic ascends the bound between the expert's steps and the learner's.
        for _ in range(MOVES):
            x = inputs(learner, drawn(shown, generator), blur, generator)
            y = inputs(learner, drawn(own, generator))
            bound = divergence.activation(value(*x)) - against(divergence, value(*y))
            move(judge, (penalty * steepness(value, *x) - bound).mean())
        # Step 4: the learner descends it: the price of a step is a cost like any other.
        with torch.no_grad():
            price = -against(divergence, value(*inputs(learner, own)))
        dearer = advantage(price.view(visited.mask.shape), discount)
        left = 1 - (i - 1) / rounds
        driver.param_groups[0]["lr"] = lr * left
        descend(learner, driver, visited, dearer, entropy * left, generator)
        yield Round(copy.deepcopy(learner), data)


def descend(
    learner: Policy,
    driver: torch.optim.Optimizer,
    visited: Demos,
    dearer: Tensor,
    entropy: float,
    generator: Generator,
) -> None:
    """Make dearer actions of a round less likely, and likely actions a little less so.

    Where the critic sees no difference, actions get no judgement: so far off, inputs are so large
    that their gradient would drown the rest.
    """
    near = learner.features(visited.obs.flatten(0, 1)).flatten(1).abs().amax(1) <= FAR
    mask = visited.mask & near.view(visited.mask.shape)
    if not mask.any():
        return
    obs, act, dearer = visited.obs[mask], visited.act[mask], dearer[mask]
    with torch.no_grad():
        before = learner.log_prob(obs, act[:, None])
    known = (before - before.median()).clamp(-5, 5)
    dearer = dearer + entropy * (known - known.mean())
    for _ in range(MOVES):
        rows = torch.randint(len(obs), (BATCH,), generator=generator)
        after = learner.log_prob(obs[rows], act[rows, None])
        ratio = (after - before[rows]).clamp(-5, 5).exp()
        cautious = ratio.clamp(1 - CLIP, 1 + CLIP)
        move(driver, torch.maximum(dearer[rows] * ratio, dearer[rows] * cautious).mean())


def drawn(steps: Steps, generator: Generator) -> Steps:
    """A minibatch of steps."""
    rows = torch.randint(len(steps[0]), (BATCH,), generator=generator)
    return steps[0][rows], steps[1][rows]


def inputs(
    policy: Policy, steps: Steps, blur: float = 0.0, generator: Generator | None = None
) -> Steps:
    """What the critic sees: features of observations, and actions as vectors, with blur."""
    obs, act = steps
    if not isinstance(policy.act_space, Box):
        return policy.features(obs), one_hot(policy.act_space, act)
    unit = policy.to_unit(act[:, None])
    noise = blur * torch.randn(unit.shape, generator=generator) if blur else 0.0
    return policy.features(obs).clamp(-FAR, FAR), unit + noise


def steepness(value: Value, features: Tensor, act: Tensor) -> Tensor:
    """Squared slope of V along the action, [n]."""
    slope: Tensor = grad(lambda x: value(features, x).sum())(act)
    return slope.square().sum(1)


def advantage(price: Tensor, discount: float) -> Tensor:
    """How much dearer than in other episodes it went on from each step: [N, H], of deviation 1.

    The comparison is with the mean of the same step over the N episodes.
    """
    to_go, total = [], torch.zeros(len(price))
    for now in price.unbind(1)[::-1]:
        total = now + discount * total
        to_go.append(total)
    dearer = torch.stack(to_go[::-1], 1)
    dearer = dearer - dearer.mean(0)
    return (dearer / dearer.std().clamp(min=1e-8)).clamp(-5, 5)


def blurred(demos: Demos, blur: float, generator: Generator) -> Demos:
    """The same steps with noise of so many deviations on real actions, inside their space."""
    space = demos.act_space
    if not isinstance(space, Box):
        return demos
    act = demos.flat()[1]
    noise = torch.randn(demos.act.shape, generator=generator) * act.std(0, len(act) > 1)
    return demos.replace(act=space.clip(demos.act + blur * noise))


def move(player: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step downhill, of bounded gradient."""
    player.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    clip_grad_norm_([p for group in player.param_groups for p in group["params"]], 1.0)
    player.step()


def _check(policy: Policy, rounds: int, episodes: int, discount: float, blur: float) -> None:
    if type(policy).log_prob is Policy.log_prob or policy.chunk != 1:
        raise InputError(
            "gail: expected a policy with a log_prob that predicts one action, got "
            f"{type(policy).__name__} with chunk={policy.chunk}; use Gaussian or Categorical."
        )
    if rounds < 0 or episodes < 2 or not (0 <= discount <= 1 and blur >= 0):
        raise InputError(
            "gail: expected rounds >= 0, at least 2 episodes, discount in [0, 1] and blur >= 0, "
            f"got {rounds}, {episodes}, {discount} and {blur}."
        )
