"""C04: a Gaussian policy averages modes and hits the tree; richer heads do not (chapter 04).

At the fork experts pass a tree on the left or on the right, with equal odds. All heads clone the
same demonstrations on the same small network; only the family of distributions differs. The
Gaussian acts by its mean, as one deploys it, and for comparison by sampling; the rest sample.

Sizes were chosen on seeds from 10 000 on, the length of training among them: a conditional VAE
maps a continuous latent variable through a continuous decoder, so that a bridge of actions joins
its two modes. It is thinned, never removed, by long training at a high rate, by more latent
dimensions and by a more exact decoder: from 13 % of its episodes in the tree, after 2000 steps at
5e-3, to the number below; some 25 settings were tried. An importance-weighted bound, and a smaller
weight of the divergence, did not help. A mixture whose components all began in one place left
them there in one seed of forty; they begin apart now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs.fork import AHEAD, RADIUS, Fork
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.policies.autoregressive import Autoregressive
from ilkit.policies.base import Policy
from ilkit.policies.cvae import CVAE
from ilkit.policies.diffusion import Diffusion
from ilkit.policies.flow import Flow
from ilkit.policies.gaussian import Gaussian
from ilkit.policies.mixture import Mixture
from ilkit.policies.nets import Network
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SPREAD = 0.4  # of the tree's place, in metres
DEMOS, TRIALS = 500, 500  # episodes to learn from; episodes that judge a policy
NET = Network("mlp", hidden=(32, 32))
TRAINING: dict[str, Any] = {"batch": 32, "lr": 1e-2}
PATHS = 30  # drawn of each kind

# The heads, and for how many steps each trains.
HEADS: dict[str, tuple[Callable[[Fork, int], Policy], int]] = {
    "Gaussian": (lambda env, seed: Gaussian(env, NET, seed=seed), 1500),
    "mixture": (lambda env, seed: Mixture(env, NET, seed=seed), 1500),
    "conditional VAE": (lambda env, seed: CVAE(env, NET, latent=4, std=0.1, seed=seed), 5000),
    "autoregressive": (lambda env, seed: Autoregressive(env, NET, seed=seed), 1500),
    "diffusion": (lambda env, seed: Diffusion(env, NET, levels=50, steps=50, seed=seed), 3000),
    "flow": (lambda env, seed: Flow(env, NET, seed=seed), 3000),
}
MEAN, SAMPLED = "Gaussian, its mean", "Gaussian, sampled"

RULE = """One policy a head and seed, cloned from 500 demonstrations at the fork; share of its 500
episodes that hit the tree, intervals over seeds: of the Gaussian that acts by its mean above 0.9;
of mixture, conditional VAE, autoregressive, diffusion and flow, sampled, each below 0.05."""


def measure(seeds: range) -> Measurement:
    """Shares of episodes that hit the tree, by head and seed."""
    env = Fork(spread=SPREAD)
    demos = [collect(env.expert, env, DEMOS, seed=2 * seed) for seed in seeds]
    share: dict[str, list[float]] = {}
    paths = {"expert": _paths(demos[0])}
    for name, (make, steps) in HEADS.items():
        policies = [make(env, seed) for seed in seeds]
        fit_many(policies, demos, steps=steps, seeds=seeds, **TRAINING)
        acting: dict[str, Sequence[Callable[[Tensor], Tensor]]] = {name: policies}
        if name == "Gaussian":
            acting = {MEAN: [by_mean(policy) for policy in policies], SAMPLED: policies}
        for way, actors in acting.items():
            episodes = [
                rollout(actor, env, TRIALS, seed=2 * seed + 1)
                for seed, actor in zip(seeds, actors, strict=True)
            ]
            share[way] = [float(each.cost[:, -1].mean()) for each in episodes]
            paths[way] = _paths(episodes[0])
    results = [Result.of(name, mean_interval(rows)) for name, rows in share.items()]
    return Measurement(results, {"share": share, "paths": paths})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met = {"the mean hits the tree": results[MEAN].above(0.9)}
    return met | {
        f"{name} passes": results[name].below(0.05) for name in HEADS if name != "Gaussian"
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Above: ways past the tree. Below: the share that hits it, a faint point a seed."""
    from matplotlib.figure import Figure

    from ilkit.plots import WIDE, seeds, style

    style()
    fig = Figure(figsize=(WIDE, 5.0))
    above, below = fig.subplots(2, 1, height_ratios=(1.1, 1))
    _draw_paths(above, data["paths"])
    above.set_ylim(-1.2, 1.2)
    names = list(data["share"])
    for row, name in enumerate(names):
        colour = "danger" if name in (MEAN, SAMPLED) else "learner"
        seeds(below, row, data["share"][name], colour)
    below.set_yticks(range(len(names)), names)
    below.invert_yaxis()
    below.set(xlim=(-0.02, 1.02), xlabel="share of episodes that hit the tree")
    return fig


def by_mean(policy: Policy) -> Callable[[Tensor], Tensor]:
    """Act by the mean of a Gaussian policy."""
    assert isinstance(policy, Gaussian)
    return lambda obs: policy.mode(obs)[:, 0]


def _paths(episodes: Demos) -> list[list[list[float]]]:
    """Ways (x, y - the tree's y) of the first episodes, to the centimetre."""
    assert episodes.state is not None
    x, y, tree = episodes.state[:PATHS, :, :3].unbind(2)
    return [
        [[round(number, 2) for number in point] for point in path]
        for path in torch.stack([x, y - tree], 2).tolist()
    ]


def _draw_paths(ax: Axes, paths: Mapping[str, Any]) -> None:
    from matplotlib.patches import Circle

    from ilkit.plots import COLORS, DASHED, label

    ways = {"expert": "expert", "mixture": "learner", MEAN: "danger"}
    for name, colour in ways.items():
        dashes = DASHED if name == "expert" else "-"
        for path in paths[name]:
            ax.plot(*zip(*path, strict=True), ls=dashes, color=COLORS[colour], alpha=0.3, lw=1)
    ax.add_patch(Circle((AHEAD, 0), RADIUS, color=COLORS["corrected"], alpha=0.5, lw=0))
    label(ax, AHEAD + RADIUS, 0, "tree", "corrected")
    label(ax, 4.0, 1.0, "experts (dashed)", "expert")
    label(ax, 4.0, -1.0, "mixture", "learner")
    label(ax, 0.05, -0.85, "Gaussian, by its mean", "danger")
    ax.set(xlabel="way in m", ylabel="m to the left of the tree", xlim=(0, 5), aspect="equal")


CLAIM = Claim(
    id="C04",
    chapter="04",
    statement="A Gaussian policy averages modes and hits the tree; expressive ones do not.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
