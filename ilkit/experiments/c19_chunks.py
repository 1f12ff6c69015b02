"""C19: action chunks remove the explosion, with a length that does not depend on n (chapter 13).

Within a chunk the system runs in open loop, where it is stable: what was off the axis shrinks
before the learner, who does not know what to do there, looks again. The same chunk of four serves
every number of demonstrations n and every horizon H; chunks of two were too short for this pair
and those of eight as good. Sizes were chosen on seeds from 10 000 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.experiments.pair import (
    band,
    both,
    cloned,
    demonstrations,
    distances,
    expert_error,
    growth,
    level,
)
from ilkit.stats import mean_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHUNK = 4  # k
COUNTS = (4, 32, 256)  # demonstrations, n
CONTRAST = 32  # demonstrations of the learner that acts one step at a time
HORIZONS = (12, 24, 36)  # of the demonstrations and of the runs, H
STEPS = 500  # of training

RULE = """The learner of C18 with chunks of k = 4, trained and run at H = 12, 24, 36 on both
systems, the worse of which counts. For n = 4, 32 and 256 the interval over seeds of the slope in H
of log distance from the expert at the last step contains 0 or is below, and ends below 0.1; one
action at a time, n = 32, it lies above 0."""


def measure(seeds: range) -> Measurement:
    """Slopes in H by n; how far the largest distance exceeds the expert error."""
    results, curves = [], {}
    for name, n, chunk in (
        *((f"chunks, n = {n}", n, CHUNK) for n in COUNTS),
        ("one action", CONTRAST, 1),
    ):
        last, peak = _errors(seeds, n, chunk)
        results.append(Result.of(f"slope in H, {name}", growth(last, torch.tensor(HORIZONS))))
        results.append(
            Result.of(f"largest distance over expert error, {name}", mean_interval(peak))
        )
        curves[name] = band(last)
    return Measurement(results, {"horizon": list(HORIZONS), "distance": curves})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met = {
        f"no growth with n = {n}": level(results[f"slope in H, chunks, n = {n}"]) for n in COUNTS
    }
    return met | {"growth with one action": results["slope in H, one action"].above(0)}


def figure(data: Mapping[str, Any]) -> Figure:
    """Distance at the last step against the horizon, with chunks and without."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    aside = dict(zip(data["distance"], (8, -1, -11, 0), strict=True))  # points, names lie close
    for name, curve in data["distance"].items():
        mean, low, high = 10 ** torch.tensor(curve).T
        colour = "danger" if name == "one action" else "corrected"
        ax.errorbar(
            data["horizon"], mean, [mean - low, high - mean], fmt="o-", color=COLORS[colour]
        )
        label(ax, data["horizon"][-1], float(mean[-1]), name, colour, xytext=(8, aside[name]))
    ax.set(yscale="log", xlabel="horizon $H$ (steps)", ylabel="distance at the last step")
    ax.margins(y=0.12)
    ax.set_xticks(data["horizon"])
    ax.set_xlim(data["horizon"][0] - 2, 1.45 * data["horizon"][-1])
    return fig


def _errors(seeds: range, n: int, chunk: int) -> tuple[Tensor, Tensor]:
    """Distances at the last step [seeds, horizons]; the largest one over the expert error [seeds].

    The second is of the longest horizon.
    """
    last, test = [], 2 * seeds[0] + 1
    for horizon in HORIZONS:
        envs = both(horizon=horizon)
        learners = cloned(demonstrations(envs[0], n, seeds), seeds, chunk, steps=STEPS)
        worse = torch.stack([distances(learners, env, test) for env in envs]).amax(0)
        last.append(worse[:, -1])
        peak = worse.amax(1) / expert_error(learners, envs[0], test)
    return torch.stack(last, 1), peak


CLAIM = Claim(
    id="C19",
    chapter="13",
    statement="Action chunks remove compounding with a length that does not depend on n.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
