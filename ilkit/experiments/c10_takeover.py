"""C10: human takeover is a cheaper way to ask (chapter 07).

Three learners start from the same demonstration on the track and drive four times two episodes.
Under HG-DAgger and expert intervention learning (EIL) a human, here the environment's expert,
watches, takes the wheel when the car strays and keeps it for a while: one question, answered by
many labels. DAgger drives alone and is told afterwards what the expert would have done, one
question a label; it is asked only about steps on the road, which favours it. In each round DAgger
and EIL get as many labels as HG-DAgger's human has given by then, or fewer if there are no more.

The steering is chosen among 21 values, so that EIL, which needs a cost for each action, and the
others run with one network. Sizes were chosen on seeds from 10 000 on; there EIL came out alike,
within the spread of its rare failures, for own steps that count as much as a human's, a third or a
tenth, and with the sharp margin. The bound of 1.0 on costs was set before any run. At first the
judging episodes had the seed of a round's; measured again with a seed of their own, the verdict is
the same.

What the intervals leave open is the cost after training: under any of the three a few runs in
forty still leave the road now and then, and those few carry the mean and its spread.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

from ilkit.data import Demos
from ilkit.envs.choices import Choices
from ilkit.envs.track import Track
from ilkit.experiments.abreast import abreast, judged_by
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.eil import Judged, drawn, implicit, judged
from ilkit.learners.hg_dagger import Takeover
from ilkit.policies.nets import Network
from ilkit.policies.scores import Scores
from ilkit.rollout import collect, label, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEERINGS = 21
EPISODES, ROUNDS = 2, 4  # a round; rounds after the one demonstration
ALARM, HOLD = 0.3, 10  # metres off the middle; quiet steps until the learner drives again
BLAME, TRUST = 5, 0.1  # of EIL
NET = Network("mlp", hidden=(32, 32))
TRAINING: dict[str, Any] = {"steps": 500, "batch": 64, "lr": 3e-3}
TRIALS = 100  # episodes that judge a policy
TEST = 1_000_000  # seeds of these are far from those of the rounds
MARGIN = 1.0  # cost of an episode; a car that leaves the road at once pays 200
WATCHED, ALONE = ("HG-DAgger", "EIL"), "DAgger"

RULE = """On the track (200 steps an episode), a two-layer network that chooses among 21 steerings,
one run a seed, at no more labels for DAgger than for HG-DAgger: for HG-DAgger and for EIL the
interval over seeds of the cost of an episode, after four rounds, less DAgger's lies below 1.0, of
200 possible; the cost of the episodes that were driven for data is apart from DAgger's and below
it; so is the number of times that the human was asked, once a takeover against once a label."""


class Round(NamedTuple):
    """What a method has come to after a round; tensors [seeds] count from the demonstration on."""

    policies: Sequence[Scores]
    labels: Tensor
    takeovers: Tensor
    driving: Tensor  # cost of an episode of this round


def measure(seeds: range) -> Measurement:
    """Costs, labels and questions of each method, a number a seed."""
    env = Choices(Track(), STEERINGS)
    starts = untrained(env, seeds)
    demos = [collect(env.expert, env, 1, seed=2 * seed) for seed in seeds]
    human = list(rounds("HG-DAgger", env, starts, demos, seeds[0]))
    labels = [each.labels for each in human]
    runs = {"HG-DAgger": human} | {
        name: list(rounds(name, env, starts, demos, seeds[0], labels)) for name in ("EIL", ALONE)
    }
    numbers = {}
    for name, run in runs.items():
        last = run[-1]
        numbers[name] = {
            "cost": judged_by(Demos.total_cost, last.policies, env, TRIALS, TEST + seeds[0]),
            "cost while driving for data": torch.stack([r.driving for r in run[1:]]).mean(0),
            "labels": last.labels,
            "times asked": last.takeovers if name in WATCHED else last.labels,
        }
    results = [
        Result.of(f"{what}, {name}", mean_interval(row))
        for name, rows in numbers.items()
        for what, row in rows.items()
    ] + [
        Result.of(
            f"cost, {name} less {ALONE}",
            mean_interval(numbers[name]["cost"] - numbers[ALONE]["cost"]),
        )
        for name in WATCHED
    ]
    data = {
        name: {what: row.tolist() for what, row in rows.items()} for name, rows in numbers.items()
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met: dict[str, Check] = {}
    for name in WATCHED:
        met[f"{name} as good"] = results[f"cost, {name} less {ALONE}"].below(MARGIN)
        for what in ("cost while driving for data", "times asked"):
            met[f"{name}: less {what}"] = results[f"{what}, {name}"].less_than(
                results[f"{what}, {ALONE}"]
            )
    return met


def rounds(
    method: str,
    env: Choices,
    starts: Sequence[Scores],
    demos: Sequence[Demos],
    seed: int,
    budget: Sequence[Tensor] | None = None,
) -> Iterator[Round]:
    """`hg_dagger_rounds`, `eil_rounds` or `dagger_rounds` of all seeds, in step with each other.

    budget  after round i, at most budget[i] labels a seed [seeds]; default: all there are
    """
    n = len(starts)
    data, passed = list(demos), [list[Demos]() for _ in demos]
    dice, lots = Generator().manual_seed(seed), Generator().manual_seed(seed)
    takeovers = torch.zeros(n)
    learners = trained(starts, data, passed, seed, dice)
    yield Round(learners, given(data, demos), takeovers, takeovers)
    for i in range(1, ROUNDS + 1):
        takeover = Takeover(env, env.expert, alarm, HOLD) if method in WATCHED else None
        visited = rollout(
            abreast(learners), env, EPISODES * n, seed=seed + i, override=takeover, source=method
        )
        visited = visited.replace(act=label(env.expert, env, visited)) if not takeover else visited
        asked = torch.stack(takeover.in_control, 1) if takeover else on_road(visited)
        left = budget[i] - given(data, demos) if budget else torch.full((n,), asked.numel())
        for row, most in enumerate(left.tolist()):
            own = slice(EPISODES * row, EPISODES * (row + 1))
            kept = drawn(asked[own], int(most), lots)
            if kept.any():
                data[row] = data[row].cat(visited[own].replace(mask=kept))
            if method == "EIL" and not asked[own].all():
                passed[row].append(implicit(visited[own], asked[own], BLAME, TRUST))
        if takeover:
            takeovers = takeovers + begun(asked).view(n, -1).sum(1)
        learners = trained(starts, data, passed, seed, dice)
        driving = visited.total_cost().view(n, EPISODES).mean(1)
        yield Round(learners, given(data, demos), takeovers, driving)


def alarm(view: Tensor) -> Tensor:
    """The human's gate: too far off the middle, [n] bool."""
    return view[:, 0].abs() > ALARM


def on_road(visited: Demos) -> Tensor:
    """The steps [N, H] that were taken on the road."""
    assert visited.state is not None
    return visited.state[..., 3] == 0


def begun(in_control: Tensor) -> Tensor:
    """The steps [N, H] at which the human took the wheel."""
    return in_control & ~pad(in_control, (1, 0))[:, :-1]


def given(data: Sequence[Demos], demos: Sequence[Demos]) -> Tensor:
    """Labels a seed beyond the demonstrations, [seeds]."""
    return torch.tensor([float(a.steps - b.steps) for a, b in zip(data, demos, strict=True)])


def trained(
    starts: Sequence[Scores],
    data: Sequence[Demos],
    passed: Sequence[Sequence[Demos]],
    seed: int,
    dice: Generator,
) -> Sequence[Scores]:
    """Each seed's policy, on the human's steps and those of its own that were let pass."""
    learners = [Judged(copy.deepcopy(start)) for start in starts]
    sets = [judged(own, more, dice) for own, more in zip(data, passed, strict=True)]
    fit_many(learners, sets, seeds=range(seed, seed + len(starts)), **TRAINING)
    return [learner.policy for learner in learners]


def untrained(env: Choices, seeds: Sequence[int]) -> Sequence[Scores]:
    """Untrained policies, each with initial weights of its own."""
    return [Scores(env, NET, seed=seed) for seed in seeds]


def figure(data: Mapping[str, Any]) -> Figure:
    """Costs by method: a faint point a seed, the mean with its interval, cut at the least point."""
    from matplotlib.figure import Figure

    from ilkit.plots import WIDE, seeds, style

    style()
    fig = Figure(figsize=(WIDE, 5.2))
    for ax, what in zip(fig.subplots(len(SHOWN)), SHOWN, strict=True):
        for row, (name, numbers) in enumerate(data.items()):
            colour = "danger" if name == ALONE else "corrected"
            seeds(ax, row, numbers[what], colour, least=min(numbers[what]))
        ax.set_yticks(range(len(data)), list(data))
        ax.set(xscale="log", xlabel=SHOWN[what], ylim=(len(data) - 0.5, -0.5))
    return fig


SHOWN = {
    "cost": "cost of an episode after the last round",
    "cost while driving for data": "cost of an episode driven for data",
    "times asked": "times that the human was asked",
}


CLAIM = Claim(
    id="C10",
    chapter="07",
    statement="Human takeover is a cheaper way to ask.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
    count=40,
)
