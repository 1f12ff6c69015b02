"""C03: log loss is better behaved in the horizon than the 0-1 analysis says (chapter 03).

The 0-1 analysis turns an error of eps a step into a cost of eps H^2 / 2, as if each episode of
data told about one step. Maximum likelihood over a class that all steps share is told about all
H of them: a policy that leaves the expert's path with probability q in an episode survives n
episodes of demonstrations with probability (1 - q)^n, so the winner has q of order
log|Pi| / n, however long an episode is. What that costs is q times the most that an episode can
cost: nothing in it grows with H where total cost is bounded by 1, and it grows linearly where
every step off the path costs 1 (Foster, Block and Misra, 2024).

The process: each step meets a foothold, w with probability p_w, independently; one action is
right, the other leaves the rope for good. The class: the expert, and for each foothold the policy
that is wrong there alone. The learner has the likelihood's maximum; of several, the dearest.

The share of runs above the bound was at first judged without an interval; now its own decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from scipy.special import betaincinv
from torch import Tensor

from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.stats import Estimate, mean_interval, slope_interval
from ilkit.theory.bounds import log_loss_bound
from ilkit.theory.mdp import MDP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOOTHOLDS, RATIO = 50, 0.82  # p_w falls by this ratio from one foothold to the next
TRAJECTORIES = 10  # n
HORIZONS = (8, 16, 32, 64, 128, 256, 512)
DELTA = 0.1
KINDS = ("total cost at most 1", "total cost at most H")

RULE = """With 51 shared deterministic policies, n = 10 demonstrations and H = 8 ... 512, the
interval over seeds of the log-log slope of the regret in H: below 0.3 where an episode costs 1 if
it ever leaves the path; the contrast, where each step off the path costs 1: above 0.7. For
either cost the share of runs, over seeds and H, whose regret exceeds R log(|Π| / δ) / n has an
interval that lies below δ = 0.1."""


def measure(seeds: range) -> Measurement:
    """Regrets of the maximum-likelihood policy for both costs, each seed and horizon."""
    mass = RATIO ** torch.arange(FOOTHOLDS, dtype=torch.float64)
    mass /= mass.sum()
    regret = torch.empty(2, len(seeds), len(HORIZONS), dtype=torch.float64)
    for column, horizon in enumerate(HORIZONS):
        costs = torch.tensor([_costs(mass, horizon, fall_only) for fall_only in (True, False)])
        for row, seed in enumerate(seeds):
            winners = _maximum_likelihood(mass, horizon, seed)
            regret[:, row, column] = costs.where(winners, -1.0).amax(1)
    bounds = torch.tensor([[_bound(1.0)] * len(HORIZONS), [_bound(h) for h in HORIZONS]])
    slopes = [[slope_interval(LOG_H, row).mean for row in kind.log()] for kind in regret]
    results = [
        Result.of(f"slope in H, {kind}", mean_interval(slope))
        for kind, slope in zip(KINDS, slopes, strict=True)
    ] + [
        Result.of(f"share of runs above the bound, {kind}", _share(above))
        for kind, above in zip(KINDS, regret > bounds[:, None], strict=True)
    ]
    curves = [[mean_interval(x) for x in kind.T] for kind in regret]
    data = {
        "horizon": list(HORIZONS),
        "bound": bounds.tolist(),
        "regret": [[[e.mean, e.low, e.high] for e in curve] for curve in curves],
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    once, every = KINDS
    met = {
        "no growth for bounded total cost": results[f"slope in H, {once}"].below(0.3),
        "growth for cost up to H": results[f"slope in H, {every}"].above(0.7),
    }
    return met | {
        f"bound kept, {kind}": results[f"share of runs above the bound, {kind}"].below(DELTA)
        for kind in KINDS
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Regret against horizon for both costs, with their bounds."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    kinds = {"learner": "1 if it ever falls", "danger": "1 a step after a fall"}
    for i, (colour, words) in enumerate(kinds.items()):
        mean, low, high = torch.tensor(data["regret"][i]).T
        ax.plot(data["horizon"], data["bound"][i], color=COLORS[colour], lw=5, alpha=0.25)
        ax.errorbar(
            data["horizon"], mean, [mean - low, high - mean], fmt="o-", color=COLORS[colour]
        )
        last = data["horizon"][-1]
        label(ax, last, float(mean[-1]), words, colour, xytext=(8, 0))
        label(ax, last, data["bound"][i][-1], "its bound", colour, xytext=(8, 0))
    ax.set(xscale="log", yscale="log", xlabel="horizon $H$ (steps)", ylabel="regret")
    ax.set_xticks(data["horizon"], [str(h) for h in data["horizon"]])
    ax.minorticks_off()
    return fig


LOG_H = torch.tensor(HORIZONS).log()


def _share(hit: Tensor) -> Estimate:
    """The share of runs that are True, with the interval of Clopper and Pearson.

    It holds whatever the share is, also where no run was hit. Runs at other horizons may have
    other probabilities: the interval for their mean is then, if anything, too wide.
    """
    k, n = int(hit.sum()), hit.numel()
    low = float(betaincinv(k, n - k + 1, 0.025)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 0.975)) if k < n else 1.0
    return Estimate(k / n, low, high, n)


def _bound(cost: float) -> float:
    return log_loss_bound(cost, FOOTHOLDS + 1, TRAJECTORIES, DELTA)


def _costs(mass: Tensor, horizon: int, fall_only: bool) -> list[float]:
    """Exact total cost of each policy that is wrong on one foothold."""
    states, off = FOOTHOLDS + 1, FOOTHOLDS
    p = torch.zeros(states, 2, states, dtype=torch.float64)
    p[:off, 0, :off] = mass
    p[:off, 1, off] = p[off, :, off] = 1
    cost = torch.zeros(states, 2, dtype=torch.float64)
    cost[:off, 1] = 1
    cost[off] = 0.0 if fall_only else 1.0
    mdp = MDP(p, cost, torch.cat([mass, torch.zeros(1)]), horizon=horizon)
    wrong = torch.eye(states, dtype=torch.float64)[:off]
    return [mdp.total_cost(torch.stack([1 - w, w], 1)) for w in wrong]


def _maximum_likelihood(mass: Tensor, horizon: int, seed: int) -> Tensor:
    """Which policies attain the greatest likelihood of the demonstrations: `[FOOTHOLDS]` bool.

    A deterministic policy gives the expert's action likelihood 1 or, where it is wrong, 0. The
    expert is in the class, so the maximum is 1.
    """
    generator = torch.Generator().manual_seed(1000 * seed + horizon)
    steps = TRAJECTORIES * horizon
    seen = torch.multinomial(mass, steps, replacement=True, generator=generator)
    log_likelihood = torch.zeros(FOOTHOLDS).index_fill(0, seen, -torch.inf)
    return log_likelihood == 0


CLAIM = Claim(
    id="C03",
    chapter="03",
    statement="With log loss and bounded total cost, cloning's regret is free of the horizon.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
    count=100,
)
