"""C06: the variational bound is a bound, and a learned critic makes it tight (chapter 05).

The expert's density p on the line has two modes; the learner's q is a Gaussian, off the middle. The
adversarial learner's critic is trained on samples of both, for one divergence
after another; then the bound of its T is evaluated by quadrature, so that neither a lucky sample
nor an overfitted one can lift it above the divergence, which quadrature gives too.

Sizes and densities were chosen on seeds from 10 000 on. With narrower modes (0.5) and the learner's
moments those of the expert, total variation came to 0.8 of its value: its T jumps between -1/2 and
1/2, tanh has no slope at either end, and a region on the wrong side stays there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.divergences import ALL, FDivergence
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.learners.adversarial import Critic
from ilkit.policies.base import Policy
from ilkit.policies.gaussian import Gaussian, log_normal
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARE, MODES, SPREAD = 0.6, (-1.0, 1.0), 0.6  # of the expert: its first mode's share; means, std
MEAN, STD = 0.5, 1.0  # of the learner
SAMPLES = 20_000  # of each density
TRAINING: dict[str, Any] = {"steps": 1000, "batch": 128, "lr": 2e-3}
EDGE, POINTS = 8.0, 4001  # of the quadrature
ROUNDING = 1e-6

RULE = """For each of six divergences (KL, reverse KL, Jensen-Shannon, total variation, chi-squared,
alpha = 0.5), the ratio of the learned bound to the divergence, both by quadrature: at most 1 (to
1e-6) in every seed, and above 0.95 by the interval over seeds of its mean."""


def measure(seeds: range) -> Measurement:
    """The ratio of bound to divergence, by divergence and seed."""
    samples = [drawn(seed) for seed in seeds]
    results, ratios = [], {}
    for divergence in ALL:
        bounds = [Bound(samples[0], divergence, seed) for seed in seeds]
        fit_many(bounds, samples, seeds=seeds, **TRAINING)
        exact = divergence.quadrature(log_p, log_q, -EDGE, EDGE, POINTS)
        ratio = torch.stack([bound.quadrature() for bound in bounds]) / exact
        ratios[divergence.name] = ratio.tolist()
        results += [
            Result.of(f"{divergence.name}: mean ratio", mean_interval(ratio)),
            Result.exact(f"{divergence.name}: largest ratio", float(ratio.max())),
        ]
    return Measurement(results, {"ratio": ratios})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met: dict[str, Check] = {}
    for divergence in ALL:
        name = divergence.name
        met[f"{name}: a bound"] = results[f"{name}: largest ratio"].estimate <= 1 + ROUNDING
        met[f"{name}: tight"] = results[f"{name}: mean ratio"].above(0.95)
    return met


def figure(data: Mapping[str, Any]) -> Figure:
    """The ratio of bound to divergence: a faint point a seed, the mean with its interval."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, label, seeds, style

    style()
    fig = Figure()
    ax = fig.subplots()
    ax.axvline(1, color=COLORS["expert"], ls=DASHED)
    label(ax, 1, -0.75, "the divergence", ha="right", xytext=(-6, 0))
    for row, ratio in enumerate(data["ratio"].values()):
        seeds(ax, row, ratio, "learner")
    ax.set_yticks(range(len(data["ratio"])), list(data["ratio"]))
    ax.set_ylim(5.5, -1.2)
    ax.set_xlabel("learned bound / divergence")
    return fig


class Bound(Policy):
    """A critic on the line, trained on pairs of an expert's and a learner's sample."""

    def __init__(self, pairs: Demos, divergence: FDivergence, seed: int) -> None:
        super().__init__(pairs, seed=seed)
        alone = Demos(pairs.obs, pairs.act[..., :1])
        self.critic, self.divergence = Critic(Gaussian(alone, seed=seed)), divergence

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """Minus the bound, [n], from pairs act [n, 1, 2]."""
        g, conjugate = self.divergence.activation, self.divergence.conjugate
        expert, learner = act[:, 0, :1], act[:, 0, 1:]
        loss: Tensor = conjugate(g(self.critic(obs, learner))) - g(self.critic(obs, expert))
        return loss

    @torch.no_grad()
    def quadrature(self) -> Tensor:
        """The bound of the learned T, by the trapezium rule."""
        x = torch.linspace(-EDGE, EDGE, POINTS, dtype=torch.float64)
        column = x.float()[:, None]
        t = self.divergence.activation(self.critic(torch.zeros_like(column), column).double())
        inside = log_p(x).exp() * t - log_q(x).exp() * self.divergence.conjugate(t)
        return torch.trapezoid(inside, x)


def log_p(x: Tensor) -> Tensor:
    """The expert's log-density: two Gaussians."""
    first, second = (_log_normal(x, mode, SPREAD) for mode in MODES)
    return (SHARE * first.exp() + (1 - SHARE) * second.exp()).log()


def log_q(x: Tensor) -> Tensor:
    """The learner's: one Gaussian."""
    return _log_normal(x, MEAN, STD)


def _log_normal(x: Tensor, mean: float, std: float) -> Tensor:
    return log_normal((x[:, None] - mean) / std, torch.tensor([std], dtype=x.dtype).log())


def drawn(seed: int) -> Demos:
    """Pairs of an expert's and a learner's sample, in no state at all."""
    generator = Generator().manual_seed(seed)
    side = torch.rand(SAMPLES, generator=generator) < SHARE
    normal = torch.randn(2, SAMPLES, generator=generator)
    expert = torch.where(side, *MODES) + SPREAD * normal[0]
    pairs = torch.stack([expert, MEAN + STD * normal[1]], 1)
    return Demos(torch.zeros(1, SAMPLES, 1), pairs[None])


CLAIM = Claim(
    id="C06",
    chapter="05",
    statement="The variational bound is a bound and is tight.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
