"""C24: chunks trade compounding against reactivity; real-time chunking survives delay (chapter 14).

A flow that predicts 8 actions is cloned from calm demonstrations of a reaching task with two ways
round an obstacle, and judged in calm and in gusts. First the number k of executed actions is swept.
Then all live chunks are averaged (a temporal ensemble). Then a plan takes a delay of d steps; the
next is asked for as early as the executor allows, after max(d, 1) actions, and the new plan either
replaces the running one as it is, or is made to agree with it (real-time chunking).

Sizes, the strength of the gusts and the place of the fork were chosen on seeds from 10 000 on: the
fork is still open when a second plan is asked for, and training goes on until k = 1 rarely fails in
calm. There, calm success fell with k, since predictions further ahead are worse; in gusts, which
the demonstrations do not show, k = 1 lost too. Real-time chunking was smoother than replacement at
every delay, and succeeded more in calm, but hardly so in gusts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ilkit.data import Demos
from ilkit.envs.reaching import SPEED, Reaching
from ilkit.executors import Executor, OpenLoop, RealTime, TemporalEnsemble
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.experiments.several import SeveralFlows
from ilkit.policies.flow import Flow
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EPISODES = 100  # demonstrations
CHUNK, FLOW_STEPS = 8, 5
TRAINING: dict[str, Any] = {"steps": 6000, "batch": 64, "lr": 3e-3}
TRIALS = 50  # episodes that judge a policy under an executor
WEATHER = {"calm": 0.0, "gusts": 0.015}  # deviation of what a gust adds to a speed, in m a step
LENGTHS, INNER = (1, 2, 4, 8), 4
DELAYS = (0, 1, 2, 3, 4)
JUDGED = (1, 2)  # delays
MEASURES = ("success", "jerk")

RULE = """On the reaching task, one flow a seed, chunks of 8, intervals over seeds, each pair apart.
An inner optimum: in gusts success with k = 4 is above that with k = 1 and above that with k = 8.
Smoothing: in calm and in gusts the jerk of the temporal ensemble (m = 0.01) is below that of
k = 1. Delay: in calm and in gusts, with a delay of 1 and of 2 steps, success of real-time chunking
is above, and its jerk below, that of plans that replace each other as they are."""


def measure(seeds: range) -> Measurement:
    """Success and jerk, by executor, weather and seed."""
    calm = Reaching()
    demos = [collect(calm.expert, calm, EPISODES, seed=2 * seed) for seed in seeds]
    flows = [untrained(calm, seed) for seed in seeds]
    fit_many(flows, demos, seeds=seeds, **TRAINING)
    policy = SeveralFlows(flows)
    results, data = [], {}
    for weather, gust in WEATHER.items():
        env = Reaching(gust=gust)
        for name, executor in executors().items():
            drives = rollout(
                policy, env, TRIALS * len(seeds), seed=2 * seeds[0] + 1, executor=executor
            )
            each = success(env, drives), jerk(drives)
            rows = [x.view(len(seeds), TRIALS).mean(1) for x in each]
            estimates = [mean_interval(row) for row in rows]
            key = f"{name}, {weather}"
            results += [
                Result.of(f"{m}, {key}", e) for m, e in zip(MEASURES, estimates, strict=True)
            ]
            data[key] = [[e.mean, e.low, e.high] for e in estimates]
    return Measurement(results, {"lengths": LENGTHS, "delays": DELAYS, "estimates": data})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    inner = results[f"success, k = {INNER}, gusts"]
    met = {
        f"better than k = {k} in gusts": results[f"success, k = {k}, gusts"].less_than(inner)
        for k in (LENGTHS[0], LENGTHS[-1])
    }
    for weather in WEATHER:
        smooth = results[f"jerk, ensemble, {weather}"]
        met[f"ensemble smoother, {weather}"] = smooth.less_than(results[f"jerk, k = 1, {weather}"])
        for delay in JUDGED:
            old, new = (
                [results[f"{m}, {kind}, delay {delay}, {weather}"] for m in MEASURES]
                for kind in ("replaced", "real-time")
            )
            met[f"real-time succeeds more, delay {delay}, {weather}"] = old[0].less_than(new[0])
            met[f"real-time smoother, delay {delay}, {weather}"] = new[1].less_than(old[1])
    return met


def figure(data: Mapping[str, Any]) -> Figure:
    """Success against k and against delay, and jerk against delay, means with intervals."""
    from matplotlib.figure import Figure

    from ilkit.plots import WIDE, label, style

    style()
    fig = Figure(figsize=(WIDE, 9.2))
    by_length, *by_delay = fig.subplots(4, 1)
    last = len(data["lengths"])
    for weather in WEATHER:
        names = [f"k = {k}, {weather}" for k in data["lengths"]]
        means = _line(by_length, data, names, 0, "learner")
        label(by_length, 1, means[1], weather, "learner", xytext=(0, 12), ha="center")
        _line(by_length, data, [f"ensemble, {weather}"], 0, "other", first=last)
    for ax, which, weather in zip(by_delay, (0, 0, 1), ("calm", "gusts", "calm"), strict=True):
        for kind, colour, lift in (("replaced", "danger", -7), ("real-time", "corrected", 7)):
            names = [f"{kind}, delay {d}, {weather}" for d in data["delays"]]
            means = _line(ax, data, names, which, colour)
            place = len(means) - 1, means[-1]
            label(ax, *place, kind, colour, xytext=(8, -lift if which else lift))
        ax.set_xticks(range(len(names)), data["delays"])
        measure = "success" if which == 0 else "jerk (cm/step$^3$)"
        ax.set(xlabel=f"delay of a plan (steps), {weather}", ylabel=measure)
    by_length.set(xlabel="actions executed of each chunk, $k$", ylabel="success")
    by_length.set_xticks(range(last + 1), [*data["lengths"], "ensemble"])
    for ax in (by_length, *by_delay[:2]):
        ax.set_ylim(0, 1.1)
    by_delay[2].set_ylim(bottom=0)
    return fig


def executors() -> dict[str, Executor]:
    """All that are compared, by name."""
    plain: dict[str, Executor] = {f"k = {k}": OpenLoop(k) for k in LENGTHS}
    plain["ensemble"] = TemporalEnsemble()
    for kind, inpaint in (("replaced", False), ("real-time", True)):
        for d in DELAYS:
            plain[f"{kind}, delay {d}"] = RealTime(max(d, 1), d, inpaint)
    return plain


def untrained(env: Reaching, seed: int) -> Flow:
    return Flow(env, steps=FLOW_STEPS, chunk=CHUNK, seed=seed)


def success(env: Reaching, drives: Demos) -> Tensor:
    """1 for each episode that ends at the target, [N]."""
    assert drives.state is not None
    return env.reached(drives.state[:, -1]).float()


def jerk(drives: Demos) -> Tensor:
    """Mean size, over an episode, of the jerk that was asked for, in cm per step^3, [N].

    It is the second difference of the wanted velocity, so that gusts themselves do not count.
    """
    change: Tensor = drives.act.diff(n=2, dim=1).norm(dim=2)
    return 100 * SPEED * change.mean(1)


def _line(
    ax: Axes, data: Mapping[str, Any], names: Sequence[str], which: int, colour: str, first: int = 0
) -> list[float]:
    """Draw the estimates of these names with their intervals, from x = first on; the means."""
    from ilkit.plots import COLORS

    rows = [data["estimates"][name][which] for name in names]
    means = [row[0] for row in rows]
    spread = [[m - low for m, low, _ in rows], [high - m for m, _, high in rows]]
    x = range(first, first + len(rows))
    ax.errorbar(x, means, spread, fmt="o-", color=COLORS[colour], capsize=2)
    return means


CLAIM = Claim(
    id="C24",
    chapter="14",
    statement="Chunk length trades compounding for reactivity; real-time chunks survive delay.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
