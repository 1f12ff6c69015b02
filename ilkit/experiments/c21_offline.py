"""C21: inverse RL and offline RL on expert data alone fail as cloning does (chapter 12).

C18 with two other algorithms. Both see transitions, hence the dynamics, but along the axis only,
where the two systems of the challenging pair agree; both return simple policies. The cost told to
offline RL is min(1, |x|) after each step, 1-Lipschitz too: |x1| alone is 0 all over the data and
would tell nothing. GAIL, which rolls out, is the contrast, and no part of the rule: twenty seeds on
both systems would take over ten minutes. In four of five trials, twenty or thirty of its rounds
took the distance of the clone down 5 to 500 times; one diverged. Rolling out is what helps, but
GAIL is unsteady here.

Sizes were chosen on seeds from 10 000 on. Most of the fall of the expert errors lies before n = 32;
longer training lowers them further. A first run on the same seeds, with smaller steps of training,
met the rule too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from ilkit.data import Demos
from ilkit.envs.challenging_pair import ChallengingPair
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.experiments.pair import (
    band,
    both,
    demonstrations,
    distances,
    draw,
    expert_error,
    growth,
    smoothed,
)
from ilkit.learners.offline import IQL, IQLearn, Transitions
from ilkit.policies.base import Policy
from ilkit.rollout import collect
from ilkit.stats import mean_interval, slope_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COUNTS = (4, 32, 256)  # demonstrations, n
TRAINING: dict[str, Any] = {"steps": 500, "batch": 128, "lr": 1e-2}
LEARNERS: dict[str, type[IQLearn] | type[IQL]] = {"inverse RL": IQLearn, "offline RL": IQL}

RULE = """C18's, for IQ-Learn offline and for implicit Q-learning: one smooth network a seed, from
n = 4, 32, 256 demonstrations of 24 steps, run on both systems, at each t the worse counts. For
each n the interval over seeds of the slope of log distance from the expert in t lies above 0; that
of the slope of log expert error in log n lies below 0."""


def measure(seeds: range) -> Measurement:
    """Growth of the distance and fall of the expert error, by algorithm and demonstrations."""
    envs, test = both(), 2 * seeds[0] + 1
    results, curves, log_n = [], {}, torch.tensor(COUNTS).log()
    for name in LEARNERS:
        error = []
        for n in COUNTS:
            learners = trained(name, demonstrations(envs[0], n, seeds), seeds)
            worse = torch.stack([distances(learners, env, test) for env in envs]).amax(0)
            error.append(expert_error(learners, envs[0], test))
            results.append(Result.of(f"growth, {name}, n = {n}", growth(worse)))
            results.append(Result.of(f"expert error, {name}, n = {n}", mean_interval(error[-1])))
            curves[f"{name}, n = {n}"] = band(worse)
        slopes = [slope_interval(log_n, row).mean for row in torch.stack(error, 1).log()]
        results.append(Result.of(f"slope of log expert error, {name}", mean_interval(slopes)))
    return Measurement(results, {"distance": curves})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met: dict[str, Check] = {}
    for name in LEARNERS:
        for n in COUNTS:
            met[f"growth of {name} with n = {n}"] = results[f"growth, {name}, n = {n}"].above(0)
        fall = results[f"slope of log expert error, {name}"].below(0)
        met[f"expert error of {name} falls with n"] = fall
    return met


def figure(data: Mapping[str, Any]) -> Figure:
    """Distance against time with the most demonstrations, a line for each algorithm."""
    from matplotlib.figure import Figure

    from ilkit.plots import style

    style()
    fig = Figure()
    ax = fig.subplots()
    curves = {name: data["distance"][f"{name}, n = {COUNTS[-1]}"] for name in LEARNERS}
    draw(ax, curves, **{"offline RL": "other"})
    for text, side in zip(ax.texts, ("bottom", "top"), strict=True):  # the lines end side by side
        text.set(va=side)
    return fig


def trained(name: str, demos: Sequence[Demos], seeds: Sequence[int]) -> list[Policy]:
    """One learner a seed, all at once."""
    env = ChallengingPair()
    learners: list[Policy] = [LEARNERS[name](env, seed=seed) for seed in seeds]
    calm = collect(env.expert, env, 100)
    for learner in learners:
        smoothed(learner)
        learner.set_scale(calm)
    paid = [each.replace(cost=paid_for(each)) for each in demos]
    told = [Transitions.of(each) for each in paid]
    fit_many(learners, told, seeds=seeds, **TRAINING)
    return learners


def paid_for(demos: Demos) -> torch.Tensor:
    """min(1, |x|) after each step, [N, H]; the last step's, whose next state is unseen, is 0."""
    after = demos.obs[:, 1:, :2].norm(dim=2).clamp(max=1.0)
    return torch.cat([after, torch.zeros(len(after), 1)], 1)


CLAIM = Claim(
    id="C21",
    chapter="12",
    statement="Inverse RL and offline RL on expert data alone compound errors as cloning does.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
