"""C01: on the tightrope cloning's cost grows as eps H^2, DAgger's as u eps H (chapter 03).

Exact costs from the tables of the process, and the same policies rolled out. On `Tightrope` the
expert can act on the ground too, so a mistake costs one step of an expert who takes over: u = 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.envs.tightrope import Tightrope
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.stats import mean_interval, slope_interval
from ilkit.theory.bounds import cloning_bound, dagger_bound, disjoint_mistakes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPS = 5e-4
HORIZONS = (20, 40, 80, 140, 200)  # eps H <= 0.1
EPISODES = 20_000  # a horizon, policy and seed
RATIO_EPS = (1e-4, 1e-3, 1e-2, 0.1, 0.3, 1.0)

RULE = """With ε = 0.0005 and H = 20 ... 200, log-log slopes of the cost in H, exact, and the
intervals of the sampled ones over seeds: within [1.9, 2.1] for cloning and within [0.9, 1.1] for
DAgger. Exact cost over bound at most 1 for every ε in {0.0001 ... 1} and every H. On the
process with disjoint mistakes the ratio is 1. Numerical tolerance of the ratios: 1e-9."""


def measure(seeds: range) -> Measurement:
    """Exact costs, bounds and slopes; sampled costs and slopes for each seed."""
    exact = {
        "cloning": [_tables(EPS, h)[0] for h in HORIZONS],
        "dagger": [_tables(EPS, h)[1] for h in HORIZONS],
    }
    sampled = {name: torch.empty(len(seeds), len(HORIZONS)) for name in exact}
    for row, seed in enumerate(seeds):
        for column, horizon in enumerate(HORIZONS):
            env = Tightrope(horizon=horizon)
            tables = {"cloning": env.learner(EPS), "dagger": env.corrected(EPS)}
            for name, table in tables.items():
                generator = torch.Generator().manual_seed(10_000 * seed + horizon)
                sampled[name][row, column] = _sampled_cost(env, table, generator)
    ratios = [_ratios(eps, h) for eps in RATIO_EPS for h in HORIZONS]
    disjoint = [abs(_disjoint_ratio(h) - 1) for h in HORIZONS]
    results = [
        Result.exact("exact slope, cloning", _slope(exact["cloning"])),
        Result.exact("exact slope, DAgger", _slope(exact["dagger"])),
        _sampled_slope("sampled slope, cloning", sampled["cloning"]),
        _sampled_slope("sampled slope, DAgger", sampled["dagger"]),
        Result.exact("largest cost / bound, cloning", max(ratio for ratio, _ in ratios)),
        Result.exact("largest cost / bound, DAgger", max(ratio for _, ratio in ratios)),
        Result.exact("disjoint mistakes: largest |cost / bound - 1|", max(disjoint)),
    ]
    curves = {name: [mean_interval(x) for x in costs.T] for name, costs in sampled.items()}
    data = {
        "eps": EPS,
        "horizon": list(HORIZONS),
        "bound": [cloning_bound(EPS, h) for h in HORIZONS],
        "exact": exact,
        "sampled": {n: [[e.mean, e.low, e.high] for e in curve] for n, curve in curves.items()},
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    return {
        "exact slope 2": results["exact slope, cloning"].within(1.9, 2.1),
        "exact slope 1": results["exact slope, DAgger"].within(0.9, 1.1),
        "sampled slope 2": results["sampled slope, cloning"].within(1.9, 2.1),
        "sampled slope 1": results["sampled slope, DAgger"].within(0.9, 1.1),
        "cloning below its bound": results["largest cost / bound, cloning"].below(1 + 1e-9),
        "DAgger below its bound": results["largest cost / bound, DAgger"].below(1 + 1e-9),
        "bound attained": results["disjoint mistakes: largest |cost / bound - 1|"].below(1e-9),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Cost against horizon, both axes logarithmic."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    horizon, last = data["horizon"], data["horizon"][-1]
    ax.plot(horizon, data["bound"], color=COLORS["data"], lw=5, alpha=0.4)
    ax.annotate(
        "bound $\\varepsilon H(H+1)/2$,\nmet by disjoint mistakes",
        (horizon[2], data["bound"][2]),
        xytext=(-8, 6),
        textcoords="offset points",
        ha="right",
        color=COLORS["data"],
    )
    for name, colour, words in (
        ("cloning", "learner", "cloning"),
        ("dagger", "corrected", "DAgger"),
    ):
        ax.plot(horizon, data["exact"][name], color=COLORS[colour])
        mean, low, high = torch.tensor(data["sampled"][name]).T
        ax.errorbar(horizon, mean, [mean - low, high - mean], fmt="o", color=COLORS[colour])
        label(ax, last, data["exact"][name][-1], words, colour, xytext=(8, 0))
    ax.set(xscale="log", yscale="log", xlabel="horizon $H$ (steps)", ylabel="cost of an episode")
    ax.set_xticks(horizon, [str(h) for h in horizon])
    ax.minorticks_off()
    return fig


def _tables(eps: float, horizon: int) -> tuple[float, float]:
    """Exact total costs of the cloned and of the corrected policy."""
    env = Tightrope(horizon=horizon)
    mdp = env.mdp()
    return mdp.total_cost(env.learner(eps)), mdp.total_cost(env.corrected(eps))


def _ratios(eps: float, horizon: int) -> tuple[float, float]:
    """Exact cost over bound: of cloning, and of DAgger with the recoverability of the tables."""
    env = Tightrope(horizon=horizon)
    mdp, expert = env.mdp(), env.erring(0.0, 0.0)
    u = float((mdp.q_values(expert) - mdp.value(expert)[..., None]).max())
    cloning, dagger = _tables(eps, horizon)
    return cloning / cloning_bound(eps, horizon), dagger / dagger_bound(u, horizon, eps)


def _disjoint_ratio(horizon: int) -> float:
    mdp, learner, _ = disjoint_mistakes(EPS, horizon)
    return mdp.total_cost(learner) / cloning_bound(EPS, horizon)


def _sampled_cost(env: Tightrope, table: Tensor, generator: Generator) -> float:
    """Mean total cost of EPISODES rollouts of a policy table."""
    ladder = table.cumsum(-1)
    state = env.reset(EPISODES, generator)
    total = 0.0
    for _ in range(env.horizon):
        draw = torch.rand(EPISODES, 1, dtype=torch.float64, generator=generator)
        act = (draw > ladder[state]).sum(-1).clamp(max=env.actions - 1)
        state, cost = env.step(state, act, generator)
        total += float(cost.mean())
    return total


def _slope(costs: Sequence[float] | Tensor) -> float:
    return slope_interval(torch.tensor(HORIZONS).log(), torch.as_tensor(costs).log()).mean


def _sampled_slope(name: str, costs: Tensor) -> Result:
    """The mean over seeds of the slope of each."""
    return Result.of(name, mean_interval([_slope(row) for row in costs]))


CLAIM = Claim(
    id="C01",
    chapter="03",
    statement="Cloning's cost grows as ε H², DAgger's as u ε H.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
