"""C17: every gain consistent with the data destabilises one of a challenging pair (chapter 12).

A pair shares the second columns of its systems A_i and of its experts K_i, so that demonstrations
on e2 look alike; each A_i and each closed loop A_i + K_i is stable. A gain is consistent if it
agrees with the experts on e2, which fixes its second column. Over the first, a search that is told
nothing of the structure minimises the worse of the two spectral radii; it is held against
abs(a_1 - a_2) / 2, or the common eigenvalue along e2 where that is larger. Pairs are drawn at
random: for stable systems of two dimensions abs(a_1 - a_2) < 4. The search was chosen on seeds
from 10 000 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Generator, Tensor

from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.theory.stability import Pair, best_worst_case, challenging_pair, spectral_radius

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAIRS = 20  # a seed
CLEAR = 1e-3  # pairs with abs(a_1 - a_2) closer to 2 than this are left out
SIDE = torch.linspace(-2.5, 2.5, 101, dtype=torch.float64)  # (1, 1) entries of the figure
OTHER = torch.linspace(
    -10, 10, 2001, dtype=torch.float64
)  # (2, 1) entries, of which the best counts
SHRUNK = torch.linspace(0, 1, 41, dtype=torch.float64)  # how far K e2 has gone towards 0

RULE = """20 random pairs a seed, each of stable systems and experts alike on e2: the minimum over
consistent gains of the worse spectral radius, by Nelder and Mead's search, misses the closed form
by less than 1e-4 on every pair; and it is above 1 where abs(a_1 - a_2) > 2 and below 1 where
abs(a_1 - a_2) < 2, for every pair, with at least a tenth of the pairs on either side. On the
course's own pair it is 1.5 to 1e-4, while the gain 0, which is not consistent, leaves both
stable."""


def measure(seeds: range) -> Measurement:
    """Minima by search and in closed form; the plane of gains of the course's own pair."""
    found, closed, apart = [], [], []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        for _ in range(PAIRS):
            pair = random_pair(generator)
            a1, a2 = (float(a[0, 0]) for a in pair.a)
            along_e2 = abs(float(pair.a[0][1, 1] + pair.k[0][1, 1]))
            apart.append(abs(a1 - a2))
            closed.append(max(best_worst_case(a1, a2), along_e2))
            found.append(least_radius(pair))
    miss = max(abs(f - c) for f, c in zip(found, closed, strict=True))
    clear = [(d, f) for d, f in zip(apart, found, strict=True) if abs(d - 2) > CLEAR]
    right = sum((f > 1) == (d > 2) for d, f in clear)
    wide = sum(d > 2 for d, _ in clear) / len(clear)
    own = challenging_pair()
    zero = torch.zeros(2, 2, dtype=torch.float64)
    results = [
        Result.exact("largest |search - closed form|", miss),
        Result.exact("share of pairs on the right side", right / len(clear)),
        Result.exact("share of pairs with |a1 - a2| > 2", wide),
        Result.exact("least worse radius of the course's pair", least_radius(own)),
        Result.exact("worse radius of the gain 0", float(_worse_radius(own, zero))),
    ]
    data = {"pairs": len(clear), "plane": _plane(own).tolist(), "k": SIDE.tolist()}
    data["distance"] = (SHRUNK * own.k[0][:, 1].norm()).tolist()
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    return {
        "closed form": results["largest |search - closed form|"].below(1e-4),
        "right side of 2": results["share of pairs on the right side"].above(1 - 1e-9),
        "both sides seen": results["share of pairs with |a1 - a2| > 2"].within(0.1, 0.9),
        "course's pair 1.5": results["least worse radius of the course's pair"].within(
            1.5 - 1e-4, 1.5 + 1e-4
        ),
        "gain 0 stabilises both": results["worse radius of the gain 0"].below(1),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """The plane of gains: where both systems are stable, and the line of consistent gains."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, WIDE, label, style

    style()
    fig = Figure(figsize=(WIDE, 3.6))
    ax = fig.subplots()
    k, distance = data["k"], data["distance"]
    levels = (1.0, 1.25, 1.5)
    ax.contourf(k, distance, data["plane"], levels=[0, 1], colors=[COLORS["corrected"]], alpha=0.35)
    lines = ax.contour(k, distance, data["plane"], levels, colors=COLORS["data"], linewidths=0.9)
    ax.clabel(lines, fmt="%g", colors=COLORS["expert"])
    ax.plot(k, [0.0] * len(k), color=COLORS["danger"], lw=4, clip_on=False, zorder=5)
    label(ax, k[0], 0.14, "consistent: 1.5 at best", "danger")
    for side, words in ((-1.5, "expert 1"), (1.5, "expert 2")):
        ax.plot([side], [0], "o", color=COLORS["expert"], clip_on=False, zorder=6)
        label(ax, side, 0, words, xytext=(0, 9), ha="center")
    ax.plot([0], [distance[-1]], "s", color=COLORS["corrected"], clip_on=False, zorder=6)
    label(ax, 0, distance[-1], "$K = 0$", "corrected", xytext=(8, -8))
    label(ax, 0.03, 0.95, "both stable", "corrected", xytext=(0, 0), ha="center")
    ax.set(xlabel="entry (1, 1) of the gain $K$", ylabel="distance from consistency")
    return fig


def random_pair(generator: Generator) -> Pair:
    """A pair of stable systems with stable experts that share their second columns."""

    def draw(low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=generator, dtype=torch.float64))

    b, d, along_e2 = draw(0.5, 1.5), draw(-0.9, 0.9), draw(-0.9, 0.9)
    systems, experts = [], []
    for side in (1, -1):
        a = side * draw(0.0, 2 - abs(d))
        # Stable if and only if |trace| - 1 < determinant < 1 (Jury).
        determinant = draw(abs(a + d) - 1, 1)
        c = (a * d - determinant) / b
        closed, feed = draw(-0.9, 0.9), draw(-1, 1)
        systems.append(torch.tensor([[a, b], [c, d]], dtype=torch.float64))
        experts.append(
            torch.tensor([[closed - a, -b], [feed - c, along_e2 - d]], dtype=torch.float64)
        )
    return Pair((systems[0], systems[1]), (experts[0], experts[1]))


def least_radius(pair: Pair) -> float:
    """min over gains that agree with the experts on e2 of max_i of the radius of A_i + K."""

    def worse(free: np.ndarray[Any, Any]) -> float:
        gain = torch.stack([torch.from_numpy(free), pair.k[0][:, 1]], 1)
        return float(_worse_radius(pair, gain))

    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 1000}
    start = torch.stack(pair.k).mean(0)[:, 0].numpy()
    return float(minimize(worse, start + 0.3, method="Nelder-Mead", options=options).fun)


def _worse_radius(pair: Pair, gain: Tensor) -> Tensor:
    return spectral_radius(torch.stack(pair.a) + gain[..., None, :, :]).amax(-1)


def _plane(pair: Pair) -> Tensor:
    """The worse radius at each distance and (1, 1) entry, the (2, 1) entry chosen best."""
    rows = []
    for share in (1 - SHRUNK).tolist():
        k12, k22 = share * pair.k[0][:, 1]
        radii = []
        for (a, b), (c, d) in pair.a:
            trace = (a + SIDE + d + k22)[:, None]
            determinant = ((a + SIDE) * (d + k22))[:, None] - (b + k12) * (c + OTHER)
            radii.append(radius_of(trace, determinant))
        rows.append(torch.maximum(*radii).amin(1))
    return torch.stack(rows)


def radius_of(trace: Tensor, determinant: Tensor) -> Tensor:
    """The spectral radius of 2 x 2 matrices, from their characteristic polynomial."""
    root = trace.square() / 4 - determinant
    real = trace.abs() / 2 + root.clamp(min=0).sqrt()
    return torch.where(root < 0, determinant.clamp(min=0).sqrt(), real)


CLAIM = Claim(
    id="C17",
    chapter="12",
    statement="Every gain consistent with the data destabilises one of the challenging pair.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
