"""C02: the performance-difference lemma is an identity, in both its forms (chapter 03).

Exactly, on random finite processes with a horizon or a discount; and on `Track`, where costs of
the learner, the expert and each takeover come from separate rollouts. The part on the track was
reshaped once after a first look: one learner a seed instead of one for all, more episodes, and
the error relative to each learner's own difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.envs.track import Track
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.rollout import rollout
from ilkit.stats import mean_interval
from ilkit.theory.mdp import MDP, performance_difference

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROCESSES = 20  # a seed: half with a horizon, half with a discount
HORIZON, EPISODES = 30, 4000  # on the track, each learner

RULE = """On 20 random processes a seed (2 to 8 states, 2 to 4 actions, a horizon of 1 to 30 or a
discount below 0.99) both forms miss the difference of exact total costs by less than 1e-10. On the
track both forms, estimated from rollouts apart from those of the difference itself, miss it by an
amount whose interval over learners, one a seed, contains 0 and lies within 5 % of the difference;
an interval within 5 % that misses 0 leaves the claim open."""

Actor = Callable[[Tensor], Tensor]


def measure(seeds: range) -> Measurement:
    """Errors of both forms, exact and sampled."""
    errors = torch.tensor([_exact_errors(seed) for seed in seeds]).amax(0)
    rows = torch.tensor([_sampled_forms(seed) for seed in seeds])
    gap, own, experts = rows.T
    results = [
        Result.exact("random processes: largest error, learner's states", float(errors[0])),
        Result.exact("random processes: largest error, expert's states", float(errors[1])),
        Result.of("track: J(learner) - J(expert)", mean_interval(gap)),
        Result.of("track: relative error, learner's states", mean_interval(own / gap - 1)),
        Result.of("track: relative error, expert's states", mean_interval(experts / gap - 1)),
    ]
    return Measurement(
        results, {"gap": gap.tolist(), "own": own.tolist(), "expert": experts.tolist()}
    )


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met: dict[str, Check] = {}
    for form in ("learner's states", "expert's states"):
        met[f"identity to 1e-10, {form}"] = results[
            f"random processes: largest error, {form}"
        ].below(1e-10)
        error = results[f"track: relative error, {form}"]
        met[f"track within 5 %, {form}"] = error.within(-0.05, 0.05)
        met[f"track within its error, {form}"] = True if error.low <= 0 <= error.high else None
    return met


def figure(data: Mapping[str, Any]) -> Figure:
    """Each form against the difference itself, a point a learner."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, WIDE, style

    style()
    fig = Figure(figsize=(WIDE, 5.0))
    axes = fig.subplots(2, 1)
    titles = {"own": "learner's states, expert's $Q$", "expert": "expert's states, learner's $Q$"}
    for ax, (name, words) in zip(axes, titles.items(), strict=True):
        both = [*data["gap"], *data[name]]
        ends = [min(both), max(both)]
        ax.plot(ends, ends, color=COLORS["data"])
        ax.plot(data["gap"], data[name], "o", color=COLORS["learner"])
        rolled_out = r"$J(\hat\pi) - J(\pi^*)$, rolled out"
        ax.set(title=words, xlabel=rolled_out, ylabel="by the lemma")
    return fig


def _exact_errors(seed: int) -> tuple[float, float]:
    """Largest error of either form over random processes."""
    generator = torch.Generator().manual_seed(seed)
    worst = [0.0, 0.0]
    for i in range(PROCESSES):
        states, actions, horizon = (
            int(torch.randint(low, high, (), generator=generator))
            for low, high in ((2, 9), (2, 5), (1, 31))
        )
        discount = 0.99 * float(torch.rand((), generator=generator))
        mdp = MDP(
            _rows(generator, states, actions, states),
            torch.rand(states, actions, dtype=torch.float64, generator=generator),
            _rows(generator, states),
            **({"horizon": horizon} if i % 2 else {"discount": discount}),
        )
        policy, expert = (_rows(generator, states, actions) for _ in range(2))
        gap = mdp.total_cost(policy) - mdp.total_cost(expert)
        forms = performance_difference(mdp, policy, expert)
        worst = [max(w, abs(form - gap)) for w, form in zip(worst, forms, strict=True)]
    return worst[0], worst[1]


def _rows(generator: Generator, *shape: int) -> Tensor:
    table = torch.rand(shape, dtype=torch.float64, generator=generator)
    return table / table.sum(-1, keepdim=True)


def _sampled_forms(seed: int) -> tuple[float, float, float]:
    """(J(learner) - J(expert), the form on the learner's states, that on the expert's)."""
    env = Track(horizon=HORIZON, gust=0.02)
    expert, learner = env.expert, _weak_driver(env, seed)

    def cost(actor: Actor, part: int) -> float:
        return float(rollout(actor, env, EPISODES, seed=10 * seed + part).total_cost().mean())

    gap = cost(learner, 0) - cost(expert, 1)
    own = _advantage(env, learner, learner, expert, 10 * seed + 2)
    experts = -_advantage(env, expert, expert, learner, 10 * seed + 3)
    return gap, own, experts


def _weak_driver(env: Track, seed: int) -> Actor:
    """A learner that steers less than the expert and pulls to the left: how much, by the seed."""
    strength, pull = torch.rand(2, generator=torch.Generator().manual_seed(seed)).tolist()
    return lambda view: (0.3 + 0.5 * strength) * env.expert(view) + 0.1 + 0.2 * pull


def _advantage(env: Track, walker: Actor, first: Actor, then: Actor, seed: int) -> float:
    """sum_t E_{s ~ d_t^walker} [Q_t^then(s, first) - V_t^then(s)], by rollouts from each state."""
    walked = rollout(walker, env, EPISODES, seed=seed)
    assert walked.state is not None
    state = walked.state.flatten(0, 1)
    left = torch.arange(env.horizon, 0, -1).repeat(EPISODES)
    # The same gusts on both branches: the expectation stays, most of the noise goes.
    branches = [
        _cost_to_come(env, state, left, start, then, torch.Generator().manual_seed(seed))
        for start in (first, then)
    ]
    return float((branches[0] - branches[1]).sum()) / EPISODES


def _cost_to_come(
    env: Track, state: Tensor, left: Tensor, first: Actor, then: Actor, generator: Generator
) -> Tensor:
    """Cost of the `left` steps to come, when `first` chooses one action and `then` the others."""
    total = torch.zeros(len(state))
    for step in range(env.horizon):
        act = (first if step == 0 else then)(env.observe(state))
        state, cost = env.step(state, act, generator)
        total += cost * (step < left)
    return total


CLAIM = Claim(
    id="C02",
    chapter="03",
    statement="The performance-difference lemma is an identity.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
