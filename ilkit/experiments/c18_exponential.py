"""C18: a cloned smooth policy has a tiny expert error and an exploding rollout error (chapter 12).

The demonstrations of the challenging pair are the same for both systems, so that a learner has one
network for both; the worse of the two judges it. Both are stable with the expert and without. A
gain that agrees with the data has rates |1.5 + k| and |-1.5 + k| off the axis, which sum to 3:
the worse is at least 1.5 a step. Sizes were chosen on seeds from 10 000 on. A first run on the same
seeds, trained for 1600 smaller steps, met the rule too, with an expert error that hardly fell
beyond n = 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.experiments.pair import (
    band,
    both,
    cloned,
    demonstrations,
    distances,
    draw,
    expert_error,
    growth,
)
from ilkit.stats import mean_interval, slope_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COUNTS = (4, 32, 256)  # demonstrations, n
TRAINING: dict[str, Any] = {"steps": 3000, "lr": 1e-2}  # enough for a tiny expert error

RULE = """One smooth network a seed, cloned from n = 4, 32, 256 demonstrations of 24 steps and
run on both systems; at each t the worse of the two counts. For each n the interval over seeds of
the slope of log distance from the expert in t lies above 0; that of the slope of log expert error
in log n lies below 0."""


def measure(seeds: range) -> Measurement:
    """Growth of the distance by number of demonstrations, and the errors on the expert's states."""
    envs, test = both(), 2 * seeds[0] + 1
    results, curves, error = [], {}, []
    for n in COUNTS:
        learners = cloned(demonstrations(envs[0], n, seeds), seeds, **TRAINING)
        worse = torch.stack([distances(learners, env, test) for env in envs]).amax(0)
        error.append(expert_error(learners, envs[0], test))
        results.append(Result.of(f"growth, n = {n}", growth(worse)))
        results.append(Result.of(f"expert error, n = {n}", mean_interval(error[-1])))
        curves[str(n)] = band(worse)
    log_n = torch.tensor(COUNTS).log()
    slopes = [slope_interval(log_n, row).mean for row in torch.stack(error, 1).log()]
    results.append(Result.of("slope of log expert error in log n", mean_interval(slopes)))
    return Measurement(results, {"distance": curves})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met = {f"growth with n = {n}": results[f"growth, n = {n}"].above(0) for n in COUNTS}
    fall = results["slope of log expert error in log n"].below(0)
    return met | {"expert error falls with n": fall}


def figure(data: Mapping[str, Any]) -> Figure:
    """Distance against time, a line for each number of demonstrations, beside 1.5^t."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    ends = list(data["distance"])
    curves = {f"n = {n}": data["distance"][n] for n in (ends[0], ends[-1])}
    draw(ax, curves, **{f"n = {n}": "learner" for n in ends})
    first = 10 ** curves[f"n = {ends[-1]}"][0][0] / 8
    steps = range(1, len(data["distance"][ends[0]]) + 1)
    ax.plot(steps, [first * 1.5 ** (t - 1) for t in steps], color=COLORS["data"], ls=DASHED)
    label(ax, steps[-1], first * 1.5 ** (steps[-1] - 1), "$1.5^t$", "data")
    return fig


CLAIM = Claim(
    id="C18",
    chapter="12",
    statement="A cloned smooth policy has tiny expert error and exponential rollout error.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
