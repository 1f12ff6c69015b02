"""C08: autoregressive heads capture joint actions that independent bins cannot (chapter 06).

Two arms must take a tray to the same shelf. A head that predicts a histogram for each arm, both
without knowledge of the other, is at best the product of the marginals; the chain rule can be the
joint distribution itself. What the one gains over the other, in log-likelihood of new data, is
then the Kullback-Leibler divergence of the joint from that product: the total correlation, which
the table of the expert's choices gives in closed form.

Both heads are one class with one setting changed, cloned from the same demonstrations and judged
on the same new ones. Sizes were chosen on seeds from 10 000 on, so that what is left to learn is
less than the sampling error of the new data: with 2500 steps of training and twice as many new data
the MLP's interval ended 0.0006 below the total correlation. A causal transformer was left out for
its time: after 1500 steps it was 0.005 short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.envs.correlated import Correlated
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.policies.autoregressive import Autoregressive
from ilkit.policies.nets import Network
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHELVES, AGREE = 4, 0.9
DEMOS, FRESH, TRIALS = 2500, 500, 100  # episodes of 20 steps: to learn, to judge, to act in
BINS = 16
TRAINING: dict[str, Any] = {"steps": 3000, "batch": 64, "lr": 2e-2}
ORDERS = ("independent", "mlp", "lstm")
MARGIN = 0.02  # of the total correlation

RULE = """Correlated actions (4 shelves, the arms agree with probability 0.9), one policy a head and
seed: the gap in log-likelihood a step between autoregressive head and independent bins, on new
demonstrations. Its interval over seeds lies within 2 % of the total correlation, for the MLP's
order and the LSTM's, and contains it for the MLP's; broken where it lies outside those 2 %."""


def measure(seeds: range) -> Measurement:
    """Gaps, and the share of steps on which the arms disagree, by head and seed."""
    env = Correlated(shelves=SHELVES, agree=AGREE)
    demos = [collect(env.expert, env, DEMOS, seed=2 * seed) for seed in seeds]
    fresh = [collect(env.expert, env, FRESH, seed=2 * seed + 1) for seed in seeds]
    gain, cost, pairs = {}, {}, {"expert": env.joint()[0].tolist()}
    for order in ORDERS:
        heads = [untrained(env, order, seed) for seed in seeds]
        fit_many(heads, demos, seeds=seeds, **TRAINING)
        with torch.no_grad():
            gain[order] = torch.stack(
                [
                    head.log_prob(*data.windows(1)[:2]).double().mean()
                    for head, data in zip(heads, fresh, strict=True)
                ]
            )
        cost[order] = [
            float(rollout(head, env, TRIALS, seed=2 * seed + 1).cost.mean())
            for seed, head in zip(seeds, heads, strict=True)
        ]
        pairs[order] = chosen(env, heads).tolist()
    gaps = {order: gain[order] - gain["independent"] for order in ORDERS[1:]}
    results = [
        *(Result.of(f"gap, {order}", mean_interval(gap)) for order, gap in gaps.items()),
        Result.exact("total correlation", float(total_correlation(env.joint()).mean())),
        *(Result.of(f"disagreement, {order}", mean_interval(rows)) for order, rows in cost.items()),
    ]
    data = {"gap": {order: gap.tolist() for order, gap in gaps.items()}, "pairs": pairs}
    return Measurement(results, data | {"total correlation": results[2].estimate})


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    true = results["total correlation"].estimate
    gaps = {order: results[f"gap, {order}"] for order in ORDERS[1:]}
    met = {
        f"gap within 2 %, {order}": gap.within((1 - MARGIN) * true, (1 + MARGIN) * true)
        for order, gap in gaps.items()
    }
    inside = gaps["mlp"].low <= true <= gaps["mlp"].high
    return met | {"total correlation in the gap's interval, mlp": inside or None}


def figure(data: Mapping[str, Any]) -> Figure:
    """Above: which pairs of shelves are chosen. Below: the gaps, a faint point a seed."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, WIDE, label, seeds, style

    style()
    fig = Figure(figsize=(WIDE, 4.4))
    axes = fig.subplot_mosaic([["expert", "independent", "mlp"], ["gap"] * 3])
    names = {"expert": "expert", "independent": "independent", "mlp": "autoregressive"}
    for place, name in names.items():
        ax = axes[place]
        share = torch.tensor(data["pairs"][place]).T
        ax.imshow(share, cmap="Greys", origin="lower", vmin=0, vmax=AGREE / (SHELVES - 1))
        ax.set(title=name, xlabel="left arm", xticks=range(SHELVES), yticks=range(SHELVES))
    axes["expert"].set_ylabel("right arm")
    ax, true = axes["gap"], data["total correlation"]
    for row, gap in enumerate(data["gap"].values()):
        seeds(ax, row, gap, "learner")
    ax.axvline(true, color=COLORS["expert"], ls=DASHED)
    label(ax, true, 0.5, "total correlation")
    ax.set_yticks(range(len(data["gap"])), [order.upper() for order in data["gap"]])
    ax.set(xlabel="gap to independent bins, nats a step", ylim=(1.5, -0.5))
    return fig


def untrained(env: Correlated, order: str, seed: int) -> Autoregressive:
    """A head with initial weights of its own."""
    return Autoregressive(env, Network("mlp", hidden=(32,)), bins=BINS, order=order, seed=seed)


def total_correlation(joint: Tensor) -> Tensor:
    """KL of pairs from the product of their marginals, [S], in nats, for tables [S, A, B]."""
    product = joint.sum(2, keepdim=True) * joint.sum(1, keepdim=True)
    return (torch.xlogy(joint, joint) - torch.xlogy(joint, product)).sum((1, 2))


def chosen(env: Correlated, heads: Sequence[Autoregressive]) -> Tensor:
    """How often each pair of shelves is drawn while the tray is on the lowest, [L, L]."""
    generator = torch.Generator().manual_seed(0)
    obs = torch.zeros(2000, dtype=torch.int64)
    draws = torch.cat([env.shelf(head.sample(obs, generator)[:, 0]) for head in heads])
    count = torch.bincount(draws[:, 0] * SHELVES + draws[:, 1], minlength=SHELVES**2)
    return (count / len(draws)).view(SHELVES, SHELVES)


CLAIM = Claim(
    id="C08",
    chapter="06",
    statement="Autoregressive heads capture joint actions that independent bins cannot.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
