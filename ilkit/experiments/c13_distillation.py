"""C13: on-policy distillation beats off-policy at equal tokens; reverse KL helps small students.

A teacher with two layers of 64 units has learned to write words from a corpus whose author makes
typing errors and mends them. A student has one hidden layer, of 4 units or of 32. It matches the
teacher's distribution of the next character: off-policy in the teacher's own texts, on-policy
also in what it writes itself, as `distill_rounds`. All are given the teacher's distribution for
as many characters (3840) and as many updates.

Sizes were chosen on seeds from 10 000 on. Seen there, and not part of the rule: a student of 32
units hardly leaves the teacher's states, and its own texts did it no good (cost 0.084 off-policy,
0.090 on-policy); with twice the updates a student of 4 units gained from its own texts under
forward KL, but no longer under reverse KL (0.207 off-policy, 0.202 on-policy). The results list
the costs of all eight kinds.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.divergences import KL, REVERSE_KL, FDivergence
from ilkit.envs.characters import Characters
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.bc import bc
from ilkit.learners.distill import Teacher, log_probs, matching, sampler
from ilkit.policies.categorical import Categorical
from ilkit.policies.nets import Network
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = {"small": 4, "large": 32}  # hidden units of a student
DIVERGENCES = {"forward KL": KL, "reverse KL": REVERSE_KL}
TYPOS, CORPUS = 0.05, 2000  # of the author, and how many texts the teacher learned from
EPISODES, ROUNDS = 20, 5  # texts a round; rounds after the first
TRAINING: dict[str, Any] = {"steps": 200, "batch": 64, "lr": 5e-3}  # a round
TRIALS = 100  # texts that judge a student

RULE = """One student a seed, all asking for 3840 distributions; cost = share of the characters it
writes that are not right. Intervals over seeds, for the student with 4 hidden units: under forward
KL the cost is apart and lower on-policy than off-policy; on-policy it is apart and lower under
reverse KL than under forward KL; and what reverse KL gains there exceeds what it gains with 32
hidden units, the interval of the difference being above 0."""


def measure(seeds: range) -> Measurement:
    """Cost of what students write and both KLs, by size, regime and divergence."""
    env = Characters()
    ask = log_probs(taught(seeds[0]))
    texts = rollout(sampler(ask, seeds[0]), env, TRIALS, seed=seeds[0])
    rows: dict[str, Tensor] = {}
    for (size, hidden), (name, divergence), on_policy in itertools.product(
        SIZES.items(), DIVERGENCES.items(), (False, True)
    ):
        students = distilled(hidden, ask, divergence, on_policy, seeds)
        judged = [judge(student, ask, texts.obs, 2 * seeds[0] + 1) for student in students]
        rows[key(size, name, on_policy)] = torch.stack(judged)
    results = [
        Result.of(f"{measured}, {name}", mean_interval(column))
        for name, table in rows.items()
        for measured, column in zip(("cost", "forward KL", "reverse KL"), table.T, strict=True)
    ]
    cost = {name: table[:, 0] for name, table in rows.items()}
    gain = {
        size: cost[key(size, "forward KL", True)] - cost[key(size, "reverse KL", True)]
        for size in SIZES
    }
    results.append(Result.of(EXTRA, mean_interval(gain["small"] - gain["large"])))
    data = {
        "teacher": float(texts.cost.mean()),
        "cost": {name: row.tolist() for name, row in cost.items()},
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    cost = {
        (name, on_policy): results["cost, " + key("small", name, on_policy)]
        for name in DIVERGENCES
        for on_policy in (False, True)
    }
    forward = cost["forward KL", True]
    return {
        "on-policy better": forward.less_than(cost["forward KL", False]),
        "reverse KL better": cost["reverse KL", True].less_than(forward),
        "the more so for a small student": results[EXTRA].above(0.0),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Cost by student and regime: a faint point a seed, the mean with its interval."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, WIDE, label, seeds, style

    style()
    fig = Figure(figsize=(WIDE, 3.4))
    ax = fig.subplots()
    ax.axvline(data["teacher"], color=COLORS["expert"], ls=DASHED, lw=1)
    label(ax, data["teacher"], 0.5, "teacher", xytext=(5, 0))
    colours = {"forward KL": "learner", "reverse KL": "corrected"}
    for row, (size, on_policy) in enumerate(itertools.product(SIZES, (False, True))):
        for (name, colour), shift in zip(colours.items(), (-0.12, 0.12), strict=True):
            cost = data["cost"][key(size, name, on_policy)]
            mean = seeds(ax, row + shift, cost, colour)
            if row == 0:
                away = {"xytext": (0, 9 if shift < 0 else -10), "ha": "center"}
                label(ax, mean.mean, row + shift, name, colour, **away)
    regimes = ("off-policy", "on-policy")
    names = [f"{SIZES[size]} units\n{regime}" for size, regime in itertools.product(SIZES, regimes)]
    ax.set_yticks(range(4), names)
    ax.set_ylim(3.5, -0.6)
    ax.set(xlabel="share of wrong characters", xlim=(0, None))
    return fig


def taught(seed: int) -> Categorical:
    """The teacher: cloned from a corpus of the author's texts."""
    author = Characters(typos=TYPOS)
    corpus = collect(author.expert, author, CORPUS, seed=seed)
    start = Categorical(author, Network(hidden=(64, 64)), seed=seed)
    return bc(start, corpus, steps=1500, lr=3e-3, seed=seed)


def distilled(
    hidden: int, ask: Teacher, divergence: FDivergence, on_policy: bool, seeds: Sequence[int]
) -> Sequence[Categorical]:
    """`distill` of every seed; off-policy is round 0 alone, with all the texts and updates."""
    env = Characters()
    rounds = ROUNDS if on_policy else 0
    episodes, steps = (
        each * (ROUNDS + 1) // (rounds + 1) for each in (EPISODES, TRAINING["steps"])
    )
    training = {**TRAINING, "steps": steps, "loss": matching(ask, divergence)}
    writing = [100 * seed for seed in seeds]
    students = [Categorical(env, Network(hidden=(hidden,)), seed=seed) for seed in seeds]
    data = [rollout(sampler(ask, each), env, episodes, seed=each) for each in writing]
    fit_many(students, data, seeds=writing, **training)
    for i in range(1, rounds + 1):
        now = [each + i for each in writing]
        for row, student in enumerate(students):
            data[row] = data[row].cat(rollout(student, env, episodes, seed=now[row]))
        students = copy.deepcopy(students)
        fit_many(students, data, seeds=now, **training)
    return students


def judge(student: Categorical, ask: Teacher, texts: Tensor, seed: int) -> Tensor:
    """Three numbers: cost a character, and the KL a character from the teacher on the teacher's
    texts (forward) and to the teacher on the student's own (reverse)."""
    written = rollout(student, Characters(), TRIALS, seed=seed)
    with torch.no_grad():
        forward = matching(ask, KL)(student, texts.flatten(0, 1)).mean()
        reverse = matching(ask, REVERSE_KL)(student, written.obs.flatten(0, 1)).mean()
    return torch.stack([written.cost.mean(), forward, reverse])


def key(size: str, divergence: str, on_policy: bool) -> str:
    """The name of one kind of student."""
    return f"{size}, {'on-policy' if on_policy else 'off-policy'}, {divergence}"


EXTRA = "gain of reverse KL, small less large"

CLAIM = Claim(
    id="C13",
    chapter="10",
    statement="On-policy distillation beats off-policy; reverse KL helps small students.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
