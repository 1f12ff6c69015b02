"""C11: noise injection beats cloning at equal data, and fails where the expert cannot act (08).

The expert demonstrates while Gaussian noise is added to what it does; the labels are its clean
actions, and a network clones them. The noise is swept. On the track the expert brings the car
back, and so shows how; on the ridge it falls, for good, and the rest of the way is never shown.
Both have actions in [-1, 1], so that a deviation means the same in both. Sizes and the level that
is judged were chosen on seeds from 10 000 on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.envs.ridge import Ridge
from ilkit.envs.track import Track
from ilkit.experiments.abreast import judged_by
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.dart import gaussian_noise
from ilkit.policies.deterministic import Deterministic
from ilkit.rollout import label, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOISE = (0.0, 0.05, 0.1, 0.2, 0.4)  # standard deviations of what is added to the action
JUDGED = 0.2
EPISODES = 4  # of demonstrations, whatever the noise
TRAINING: dict[str, Any] = {"steps": 300, "batch": 128, "lr": 3e-3}
TRIALS = 50  # episodes that judge a policy

RULE = """A two-layer network cloned from four episodes, one run a seed; success: the share of
episodes that end on the road, or on the ridge. Demonstrated under noise of deviation 0.2, against
demonstrated without, the intervals over seeds are apart: above it on the track, below it on the
ridge."""


def measure(seeds: range) -> Measurement:
    """Shares of success by environment, noise and seed."""
    share = {
        env.name: [succeeded(env, noise, seeds) for noise in NOISE] for env in (Track(), Ridge())
    }
    results = [
        Result.of(f"success on the {name}, noise {noise}", mean_interval(row))
        for name, rows in share.items()
        for noise, row in zip(NOISE, rows, strict=True)
    ]
    return Measurement(results, {"noise": NOISE, "share": share})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    quiet, noisy = (
        {name: results[f"success on the {name}, noise {noise}"] for name in ("track", "ridge")}
        for noise in (0.0, JUDGED)
    )
    return {
        "better on the track": quiet["track"].less_than(noisy["track"]),
        "worse on the ridge": noisy["ridge"].less_than(quiet["ridge"]),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Success against noise in both places: a faint point a seed, means joined."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    noise = data["noise"]
    for name, colour, aside in (("track", "corrected", -0.004), ("ridge", "danger", 0.004)):
        share = torch.tensor(data["share"][name])
        at = torch.tensor(noise)[:, None] + aside
        ax.plot(at.expand_as(share), share, "o", color=COLORS[colour], alpha=0.2, mew=0)
        ax.plot(noise, share.mean(1), "o-", color=COLORS[colour])
        label(ax, noise[-1], float(share[-1].mean()), name, colour, xytext=(10, 0))
    ax.set(xlabel="noise on the expert's action (standard deviation)", ylabel="success")
    ax.set_xticks(noise)
    return fig


def succeeded(env: Track | Ridge, noise: float, seeds: Sequence[int]) -> list[float]:
    """Share of episodes that end well, of a policy a seed cloned from demonstrations so noised."""
    learners = [Deterministic(env, seed=seed) for seed in seeds]
    fit_many(learners, [demonstrated(env, noise, 2 * s) for s in seeds], seeds=seeds, **TRAINING)
    return judged_by(
        lambda drives: ended_well(env, drives), learners, env, TRIALS, 2 * seeds[0] + 1
    ).tolist()


def demonstrated(env: Env, noise: float, seed: int) -> Demos:
    """Episodes of the expert under noise, with its clean actions as labels."""
    visited = rollout(
        env.expert,
        env,
        EPISODES,
        seed=seed,
        override=gaussian_noise(torch.tensor([[noise**2]])),
        view=True,
        source=f"noise {noise}",
    )
    return visited.replace(act=label(env.expert, env, visited))


def ended_well(env: Track | Ridge, drives: Demos) -> torch.Tensor:
    """1 where the last state is on the road, or on the ridge, else 0: [N]."""
    assert drives.state is not None
    lost = env.departed if isinstance(env, Track) else env.fallen
    return 1.0 - lost(drives.state[:, -1]).float()


CLAIM = Claim(
    id="C11",
    chapter="08",
    statement="Noise injection beats cloning at equal data; not where the expert cannot act.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
