"""C12: corrective labels help with little data; trust region and Lipschitz model matter (ch. 09).

A peg is inserted with a clearance of a millimetre. Cloned from a few demonstrations, its errors
take it to where no demonstration was. Corrective labels are made from the same demonstrations and
a model of the dynamics that is learned from them; nobody is asked.

Three ablations, each from the same demonstrations and initial weights as the whole:
    no Lipschitz bound   the layers of the model are free
    no trust region      actions from the whole action space, and every label kept
    no correction        the same states, labelled with the expert's action of that step: the
                         usual augmentation by noise on the states

Sizes and radii were chosen on seeds from 10 000 on, for the success of the whole; the Lipschitz
constant is the paper's. How much an ablation loses is measured seed by seed, since runs differ
more among themselves than by the bound. On a first form of the task its loss was the smallest,
about 0.06: 32 seeds showed it (seeds 0 to 31), 32 others left it open (0.05, from -0.0005 to 0.10),
under this very rule, so that the count was raised to 48 and fresh seeds taken. Then the task's
observation was made simpler for other claims, and all was measured again on the same seeds and
under the same rule: without the bound about 0.02 or nothing is lost, which leaves it open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs.insertion import Insertion
from ilkit.experiments.abreast import judged_by
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.ccil import EVERYWHERE, NEAR, Trust, corrective_labels
from ilkit.learners.dynamics import Dynamics, transitions
from ilkit.policies.deterministic import Deterministic
from ilkit.rollout import collect
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLEARANCE = 0.1  # cm
EPISODES = (2, 4, 8)  # demonstrations
FEW = (2, 4)  # where the ablations are judged, on average
COPIES = 4
TRAINING: dict[str, Any] = {"steps": 400, "batch": 64, "lr": 5e-3}
TRIALS = 100  # insertions that judge a policy
WHOLE, CLONING = "corrective labels", "cloning"
ABLATIONS = ("no Lipschitz bound", "no trust region", "no correction")

RULE = """On the insertion task, one run a seed, share of successful insertions: with 2, with 4 and
with 8 demonstrations the intervals over seeds are apart, with corrective labels above cloning; and
each of three ablations loses: the interval over seeds of what it loses against the whole, in mean
share over 2 and 4 demonstrations, lies above 0."""


def measure(seeds: range) -> Measurement:
    """Shares of successful insertions: by method, seed and number of demonstrations."""
    share: dict[str, list[Tensor]] = {name: [] for name in (CLONING, WHOLE, *ABLATIONS)}
    for n in EPISODES:
        for name, data in data_sets(n, seeds).items():
            share[name].append(_successes(data, seeds))
    rows = {name: torch.stack(columns, 1) for name, columns in share.items()}
    results = [
        Result.of(f"{name}, {n} demonstrations", mean_interval(column))
        for name, table in rows.items()
        for n, column in zip(EPISODES, table.T, strict=False)
    ]
    whole = rows[WHOLE][:, : len(FEW)].mean(1)
    results += [
        Result.of(f"lost with {name}", mean_interval(whole - rows[name].mean(1)))
        for name in ABLATIONS
    ]
    shares = {name: table.tolist() for name, table in rows.items()}
    return Measurement(results, {"episodes": list(EPISODES), "share": shares})


def data_sets(n: int, seeds: Sequence[int]) -> dict[str, list[Demos]]:
    """What each method clones, a data set a seed, from `n` demonstrations; ablations if few."""
    env = Insertion(clearance=CLEARANCE)
    demos = [collect(env.expert, env, n, seed=2 * seed) for seed in seeds]
    smooth = _models(demos, seeds)
    labels = _labels(demos, smooth, NEAR, seeds)
    extra = {WHOLE: labels}
    if n in FEW:
        extra["no Lipschitz bound"] = _labels(
            demos, _models(demos, seeds, lipschitz=None), NEAR, seeds
        )
        extra["no trust region"] = _labels(demos, smooth, EVERYWHERE, seeds)
        extra["no correction"] = [
            each.replace(act=own.act.repeat(COPIES, 1, 1))
            for own, each in zip(demos, labels, strict=True)
        ]
    more = {
        name: [own.cat(each) for own, each in zip(demos, added, strict=True)]
        for name, added in extra.items()
    }
    return {CLONING: demos, **more}


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met = {
        f"apart with {n} demonstrations": results[f"{CLONING}, {n} demonstrations"].less_than(
            results[f"{WHOLE}, {n} demonstrations"]
        )
        for n in (2, 4, 8)
    }
    return met | {f"{name} loses": results[f"lost with {name}"].above(0.0) for name in ABLATIONS}


def figure(data: Mapping[str, Any]) -> Figure:
    """Success against demonstrations, means with intervals; the ablations where data is scarce."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, WIDE, label, style

    style()
    fig = Figure(figsize=(WIDE, 3.4))
    ax = fig.subplots()
    colours = dict(zip(data["share"], ("learner", "corrected", "other", "danger", "data")))
    for name, rows in data["share"].items():
        means = [mean_interval(column) for column in torch.tensor(rows).T]
        x, y = data["episodes"][: len(means)], [m.mean for m in means]
        spread = [[m.mean - m.low for m in means], [m.high - m.mean for m in means]]
        line = DASHED if name in ABLATIONS else "-"
        ax.errorbar(x, y, spread, fmt="o", ls=line, color=COLORS[colours[name]], capsize=2)
        below = -9 if name in ABLATIONS else 0  # the lines that go on pass above
        label(ax, x[-1], y[-1], name, colours[name], xytext=(7, below))
    ax.set(xscale="log", xlabel="demonstrations", ylabel="share of insertions", ylim=(0, 1.02))
    ax.set_xticks(data["episodes"], [str(n) for n in data["episodes"]])
    ax.minorticks_off()
    return fig


def _models(demos: Sequence[Demos], seeds: Sequence[int], **bound: Any) -> list[Dynamics]:
    """`learn_dynamics` of every seed."""
    models = [Dynamics(own, seed=seed, **bound) for own, seed in zip(demos, seeds, strict=True)]
    fit_many(models, [transitions(each) for each in demos], seeds=seeds, **TRAINING)
    return models


def _labels(
    demos: Sequence[Demos], models: Sequence[Dynamics], trust: Trust, seeds: Sequence[int]
) -> list[Demos]:
    return [
        corrective_labels(own, model.increment, trust=trust, copies=COPIES, seed=seed)
        for own, model, seed in zip(demos, models, seeds, strict=True)
    ]


def _successes(demos: Sequence[Demos], seeds: Sequence[int]) -> Tensor:
    """Clone each data set and try the policies: the share of insertions of each, [seeds]."""
    env = Insertion(clearance=CLEARANCE)
    policies = [Deterministic(env, seed=seed) for seed in seeds]
    fit_many(policies, demos, seeds=seeds, **TRAINING)
    return judged_by(lambda tries: 1 - tries.cost[:, -1], policies, env, TRIALS, 2 * seeds[0] + 1)


CLAIM = Claim(
    id="C12",
    chapter="09",
    statement="Corrective labels help with little data; trust region and smooth model matter.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
    count=48,
    first=100,
)
