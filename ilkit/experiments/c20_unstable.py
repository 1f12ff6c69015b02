"""C20: with unstable dynamics chunks do not help, exploratory data do (chapters 08, 13).

The challenging pair with gain 1.8 is unstable in open loop (spectral radius 1.14): a chunk that
runs blindly goes on growing. Exploratory data execute the expert's action plus noise and record
the clean one, so that they show what to do off the axis. Each system has a learner of its own,
since exploratory data tell them apart.

Sizes were chosen on seeds from 10 000 on. Chunks on exploratory data are the delicate case: the
later labels of a chunk carry the noise of the steps before, and the dynamics enlarge their errors.
With 32 demonstrations, or with gain 2 (radius 1.5), some of those runs grew; with 128 and gain 1.8
none did. At first the judging episodes had the seed of one learner's data; measured again with a
seed of their own, the verdict is the same.
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
    draw,
    growth,
    level,
)
from ilkit.learners.exploratory import explore_and_relabel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAIN, CHUNK, COUNT = 1.8, 4, 128  # of the pair; actions in a chunk; demonstrations
SIGMA = 0.3  # size of the noise in half of the exploratory data
TEST = 1_000_000  # seeds of test episodes are far from those of all data
DATA, POLICIES = ("expert data", "exploratory data"), {"one action": 1, "chunks": CHUNK}

RULE = """On both systems with gain 1.8, the worse of which counts, learners of 128 demonstrations
of 24 steps: the interval over seeds of the slope of log distance from the expert in t lies above 0
with expert data, for one action at a time and for chunks of 4; with exploratory data it contains 0
or is below, and ends below 0.1, for both."""


def measure(seeds: range) -> Measurement:
    """Growth for the four combinations of data and policy."""
    results, curves = [], {}
    for data in DATA:
        for policy, chunk in POLICIES.items():
            worse = _worse(seeds, data, chunk)
            results.append(Result.of(f"growth, {data}, {policy}", growth(worse)))
            curves[f"{data}, {policy}"] = band(worse)
    return Measurement(results, {"distance": curves})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    expert, exploratory = DATA
    grown = {
        f"growth, {expert}, {policy}": results[f"growth, {expert}, {policy}"].above(0)
        for policy in POLICIES
    }
    return grown | {
        f"no growth, {exploratory}, {policy}": level(results[f"growth, {exploratory}, {policy}"])
        for policy in POLICIES
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Distance against time for the four combinations."""
    from matplotlib.figure import Figure

    from ilkit.plots import style

    style()
    fig = Figure()
    ax = fig.subplots()
    curves = {name.replace(" data", ""): curve for name, curve in data["distance"].items()}
    calm = {name: "corrected" for name in curves if name.startswith("exploratory")}
    draw(ax, curves, **calm)
    return fig


def _worse(seeds: range, data: str, chunk: int) -> Tensor:
    """The larger of both systems' distances, [seeds, H - 1]."""
    errors = []
    for env in both(gain=GAIN):
        if data == "expert data":
            demos = demonstrations(env, COUNT, seeds)
        else:
            demos = [
                explore_and_relabel(env.expert, env, COUNT, SIGMA, seed=2 * seed) for seed in seeds
            ]
        errors.append(distances(cloned(demos, seeds, chunk), env, TEST + seeds[0]))
    return torch.stack(errors).amax(0)


CLAIM = Claim(
    id="C20",
    chapter="13, 08",
    statement="On unstable dynamics chunks do not help, exploratory data do.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
