"""C07: GAN-style reverse KL picks one mode, where forward KL covers both (chapter 05).

A tree stands in the way, somewhere else in each episode; 70 of 100 experts pass it on the left.
A Gaussian is cloned, which is forward KL, and goes on from there by the adversarial game for
reverse KL, which sees the expert's actions and never their likelihood. Both act by sampling.

The share of experts on the left and the sizes were chosen on seeds from 10 000 on, and so were the
learner's defaults: under one blur of 0.3 throughout, 37 of 40 met the rule and 2 settled on the
smaller mode; under 0.6 and then 0.3, 40 of 40 met it. A first run, with 100 demonstrations,
minibatches of 128 and seeds 0 to 39, met the rule on its first set (20 of 20) and missed it on its
second (18 of 20). The misses went with the minibatch's noise: on 40 other seeds 2 missed with 128,
even of 400 demonstrations, and none with 256. Demonstrations and minibatches were then doubled (119
of 120 seeds from 10 400 on met the rule), and fresh seeds taken, under the same rule.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs.fork import RADIUS, Fork
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.adversarial import Game
from ilkit.policies.gaussian import Gaussian
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT, SPREAD = 0.7, 0.4  # share of experts on the left; metres that the tree is off the middle
EPISODES, TRIALS = 200, 200  # demonstrations; episodes that judge a policy
CLONING, PLAYING = 300, 500  # steps of training; of the game, under each blur
BLURS = (0.6, 0.3)
AT_TREE = 3  # the step at which the car is beside the tree
EDGES = torch.linspace(-1.6, 1.6, 65)  # of the histogram's bins, in metres

RULE = """In at least 19 of 20 seeds the reverse-KL learner passes the tree on the side that more
experts take in at least 0.9 of its episodes, and hits the tree in at most 0.05; beside it, cloning
(forward KL) hits the tree in more than 0.05, by its interval over seeds."""


def measure(seeds: range) -> Measurement:
    """Shares of episodes that pass on the larger side and that hit the tree, by method and seed."""
    env = Fork(left=LEFT, spread=SPREAD)
    demos = [collect(env.expert, env, EPISODES, seed=2 * seed) for seed in seeds]
    learners = {"forward KL": cloned(env, demos, seeds)}
    learners["reverse KL"] = played(learners["forward KL"], demos, seeds)
    drives = {
        name: [
            rollout(p, env, TRIALS, seed=2 * s + 1) for p, s in zip(policies, seeds, strict=True)
        ]
        for name, policies in learners.items()
    }
    larger = {name: shares(env, each)[0] for name, each in drives.items()}
    hits = {name: shares(env, each)[1] for name, each in drives.items()}
    results = []
    for name in learners:
        results.append(Result.of(f"{name}: larger side", mean_interval(larger[name])))
        results.append(Result.of(f"{name}: collisions", mean_interval(hits[name])))
    picked = (larger["reverse KL"] >= 0.9) & (hits["reverse KL"] <= 0.05)
    results.append(Result.exact("share of seeds that pick it", float(picked.float().mean())))
    shown = {"experts": demos, **drives}
    data = {
        "larger": {name: share.tolist() for name, share in larger.items()},
        "hits": {name: share.tolist() for name, share in hits.items()},
        "edges": EDGES.tolist(),
        "density": {name: beside_the_tree(each).tolist() for name, each in shown.items()},
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    return {
        "one mode in 19 of 20": results["share of seeds that pick it"].estimate >= 0.95,
        "forward KL hits the tree": results["forward KL: collisions"].above(0.05),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Where cars are beside the tree: experts, cloning, and the reverse-KL learner."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, WIDE, style

    style()
    fig = Figure(figsize=(WIDE, 3.8))
    ax = fig.subplots()
    ax.axvspan(-RADIUS, RADIUS, color=COLORS["danger"], alpha=0.15, lw=0)
    ax.text(0, 1.02, "tree", ha="center", transform=ax.get_xaxis_transform())
    colours = {"experts": "data", "forward KL": "learner", "reverse KL": "corrected"}
    for row, (name, colour) in enumerate(colours.items()):
        density = torch.tensor(data["density"][name])
        shape = -row + 0.85 * density / density.max()
        ax.stairs(shape, data["edges"], baseline=-row, color=COLORS[colour], fill=True, alpha=0.8)
        hits = data["hits"].get(name)
        told = f"\n{torch.tensor(hits).mean():.0%} hit" if hits else ""
        ax.text(-1.15, 0.8 - row, name + told, va="top")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(-2, 1)
    ax.set_xlim(1.6, -1.6)
    ax.set_xlabel("sideways of the tree (m, left positive)")
    return fig


def cloned(env: Fork, demos: Sequence[Demos], seeds: Sequence[int]) -> list[Gaussian]:
    """Each seed's Gaussian, by maximum likelihood."""
    policies = [Gaussian(env, seed=seed) for seed in seeds]
    fit_many(policies, demos, steps=CLONING, batch=256, lr=3e-3, seeds=seeds)
    return policies


def played(
    cloned: Sequence[Gaussian], demos: Sequence[Demos], seeds: Sequence[int]
) -> list[Gaussian]:
    """`adversarial` of every seed, from its clone on."""
    games = [Game(policy) for policy in copy.deepcopy(cloned)]
    for blur in BLURS:
        for game in games:
            game.blur = blur
        fit_many(games, demos, steps=PLAYING, batch=256, lr=3e-3, seeds=seeds)
    return [game.learner for game in games]


def shares(env: Fork, drives: Sequence[Demos]) -> tuple[Tensor, Tensor]:
    """Of each policy's episodes: the share that passes on the left, and that hits the tree."""
    hit = torch.stack([each.cost[:, -1] > 0 for each in drives])
    left = torch.stack([env.on_left(each.state[:, -1]) for each in drives])  # type: ignore[index]
    return (left & ~hit).float().mean(1), hit.float().mean(1)


def beside_the_tree(drives: Sequence[Demos]) -> Tensor:
    """The density of cars sideways of the tree, of all seeds together, in each bin."""
    obs = torch.cat([each.obs[:, AT_TREE] for each in drives])
    density: Tensor = torch.histogram(obs[:, 1] - obs[:, 2], EDGES, density=True).hist
    return density


CLAIM = Claim(
    id="C07",
    chapter="05",
    statement="GAN-style reverse KL picks one mode.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
    first=100,
)
