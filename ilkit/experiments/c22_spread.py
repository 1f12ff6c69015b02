"""C22: an expert whose states spread in every direction is cloned without compounding (chapter 12).

Noise in the dynamics pushes the expert off the axis, where it shows what to do: its states then
have a local variance of noise^2 at least. Learner and expert meet the same noise when they are
compared. Each system has a learner of its own, since now the data tell them apart. The rollout
error is the mean over episodes of the distance from the expert, at its largest step.

Sizes and the threshold were chosen on seeds from 10 000 on.
"""

from __future__ import annotations

import itertools
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
    growth,
    level,
)
from ilkit.stats import mean_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOISE = (0.0, 0.001, 0.003, 0.01, 0.1)  # deviations
THRESHOLD = 0.01
COUNT = 32  # demonstrations

RULE = """Learners of 32 demonstrations of 24 steps, the worse of both systems counts: from one
noise to the next of 0, 0.001, 0.003, 0.01, 0.1 the intervals over seeds of the log of the
rollout error (the largest distance) are never apart upwards, and the last is apart from the first
and below it; with noise of at least 0.01, variance 0.0001, the interval of the slope of log
distance in t contains 0 or is below, and ends below 0.1; without noise it lies above 0."""


def measure(seeds: range) -> Measurement:
    """Rollout errors and their growth by the expert's noise."""
    results, curves = [], {}
    for noise in NOISE:
        worse = torch.stack(
            [
                distances(cloned(demonstrations(env, COUNT, seeds), seeds), env, 2 * seeds[0] + 1)
                for env in both(noise=noise)
            ]
        ).amax(0)
        error = mean_interval(worse.amax(1).log())
        results.append(Result.of(f"log rollout error, noise {noise:g}", error))
        results.append(Result.of(f"growth, noise {noise:g}", growth(worse)))
        curves[f"{noise:g}"] = band(worse)
    return Measurement(results, {"distance": curves})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    errors = [results[f"log rollout error, noise {noise:g}"] for noise in NOISE]
    rises = any(before.less_than(after) for before, after in itertools.pairwise(errors))
    met: dict[str, Check] = {
        "error never rises with the noise": not rises,
        "error falls from first to last": errors[-1].less_than(errors[0]),
        "growth without noise": results["growth, noise 0"].above(0),
    }
    return met | {
        f"no growth, noise {noise:g}": level(results[f"growth, noise {noise:g}"])
        for noise in NOISE
        if noise >= THRESHOLD
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Distance against time, a line for each noise."""
    from matplotlib.figure import Figure

    from ilkit.plots import style

    style()
    fig = Figure()
    ax = fig.subplots()
    shown = {noise: data["distance"][noise] for noise in ("0", "0.001", "0.003", "0.1")}
    names = {noise: f"noise {noise}" for noise in shown}
    calm = {names[noise]: "corrected" for noise in shown if float(noise) >= THRESHOLD}
    draw(ax, {names[noise]: curve for noise, curve in shown.items()}, **calm)
    return fig


CLAIM = Claim(
    id="C22",
    chapter="12",
    statement="An expert whose states spread out is cloned without compounding.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
