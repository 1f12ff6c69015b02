"""C15: on the cosine class 0-1 error stays 1 while squared error vanishes (chapter 12).

The expert is sum_k alpha_k 2^-k cos(2 pi k x) with 100 signs alpha_k; its actions are float32,
which resolve about 25 of them one sample at a time, and a few more when all are put together.
The learner is cloning by least squares: of the coefficients that fit best, the least; each is
then rounded to the nearer sign, so that what is resolved is exactly right. Its squared error is
2 sum 4^-k over its wrong signs, by Parseval. Its 0-1 error is the share of points where it is off,
and the difference is summed over wrong signs alone, so that none of it is lost in rounding.

The lecture's words are "any learning algorithm, with probability one". In exact arithmetic this
is false: two samples decode every sign, since among the 3^k differences of two choices of k signs
those that two real numbers leave possible die out. `decoded` does it with whole numbers of 5400
bits. What makes 0-1 error hopeless is finite precision, and any finite precision will do.

n and the learner were chosen on seeds from 10 000 on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ilkit.envs.cosine import Cosine, features
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.stats import mean_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TERMS = 100
FALLING, FLOOR = (2, 4, 8, 16), (64, 128, 256)  # numbers of samples
SAMPLES = (*FALLING, 32, *FLOOR)
POINTS = 1000  # fresh x that judge the 0-1 error
BITS = 53  # of a cosine in `decoded`

RULE = """100 signs, actions in float32. For each n from 2 to 256 the interval over seeds of the 0-1
error lies above 0.99. The log-log slope of the squared error between n = 2, 4, 8 and 16 is below
-1 at first and below the one before at each doubling, intervals apart; for n = 64, 128 and 256 the
error is at the floor of float32: its binary logarithm lies within [-54, -46], so that its square
root is about 2^-25. The contrast: in exact arithmetic two samples decode all signs in every
run."""


def measure(seeds: range) -> Measurement:
    """0-1 errors and logarithms of squared errors for each seed and n; what two samples decode."""
    off = torch.empty(len(seeds), len(SAMPLES), dtype=torch.float64)
    log_error = torch.empty_like(off)
    for row, seed in enumerate(seeds):
        env, generator = Cosine(TERMS, seed=seed), torch.Generator().manual_seed(seed)
        for column, n in enumerate(SAMPLES):
            x = env.reset(n, generator)
            wrong = cloned(x, env.expert(x)) != env.signs
            off[row, column] = _zero_one(wrong, env.signs, generator)
            log_error[row, column] = _squared(wrong).log2()
    slopes = log_error[:, : len(FALLING)].diff(dim=1)  # n doubles: log2 n rises by one
    exact = [_decodes(seed) for seed in seeds]
    results = [
        *(Result.of(f"0-1 error, n = {n}", mean_interval(c)) for n, c in _columns(off, SAMPLES)),
        *(
            Result.of(f"slope from n = {n} to {2 * n}", mean_interval(c))
            for n, c in _columns(slopes, FALLING[:-1])
        ),
        *(
            Result.of(f"log2 squared error, n = {n}", mean_interval(c))
            for n, c in _columns(log_error, SAMPLES)
        ),
        Result.exact("share of runs decoded exactly from two samples", sum(exact) / len(exact)),
    ]
    data = {"n": list(SAMPLES), "zero_one": off.mean(0).tolist(), "log2": log_error.tolist()}
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met = {f"0-1 error 1, n = {n}": results[f"0-1 error, n = {n}"].above(0.99) for n in SAMPLES}
    slopes = [results[f"slope from n = {n} to {2 * n}"] for n in FALLING[:-1]]
    met["faster than 1 / n"] = slopes[0].below(-1)
    for before, after in pairwise(slopes):
        met[f"{after.name} steeper"] = after.less_than(before)
    for n in FLOOR:
        met[f"floor, n = {n}"] = results[f"log2 squared error, n = {n}"].within(-54, -46)
    exact = results["share of runs decoded exactly from two samples"]
    return met | {"exact arithmetic decodes": exact.above(1 - 1e-9)}


def figure(data: Mapping[str, Any]) -> Figure:
    """Both errors against the number of samples: a faint point a seed, means joined."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, label, style

    style()
    fig = Figure()
    ax = fig.subplots()
    n, error = torch.tensor(data["n"]), 2.0 ** torch.tensor(data["log2"], dtype=torch.float64)
    ax.plot(n, data["zero_one"], "s-", color=COLORS["danger"])
    label(ax, 24, 1.0, "0-1 error", "danger", xytext=(0, -11), ha="center")
    ax.plot(n.expand_as(error), error, "o", color=COLORS["learner"], alpha=0.1, mew=0)
    ax.plot(n, error.log2().mean(0).exp2(), color=COLORS["learner"])
    label(ax, 10, 1e-6, "squared error", "learner", xytext=(8, 4))
    ax.axhline(2.0**-50, color=COLORS["data"], ls=DASHED)
    label(ax, 2, 2.0**-50, "precision of float32, squared", "data", xytext=(0, 8))
    ax.set(xscale="log", yscale="log", xlabel="samples $n$", ylabel="error")
    ax.set_xticks(data["n"], [str(i) for i in data["n"]])
    ax.minorticks_off()
    return fig


def cloned(x: Tensor, act: Tensor) -> Tensor:
    """The signs [TERMS] that least squares learns from x and actions [n, 1]."""
    design, target = features(x[:, 0], TERMS), act.double()
    fit = torch.linalg.lstsq(design, target, rcond=2.0**-24, driver="gelsd").solution
    return torch.where(fit[:, 0] < 0, -1.0, 1.0).double()


def decoded(weights: Sequence[Sequence[int]], sums: Sequence[int]) -> list[tuple[int, ...]]:
    """All choices of signs with sum_k sign_k weights[i][k] = sums[i] for every sample i.

    Sign by sign, keeping those whose remainders the weights to come can still make up.
    """
    kept: list[tuple[tuple[int, ...], list[int]]] = [((), list(sums))]
    for k in range(len(weights[0])):
        tails = [sum(map(abs, weight[k + 1 :])) for weight in weights]
        longer = [
            ((*signs, sign), [s - sign * w[k] for s, w in zip(left, weights, strict=True)])
            for signs, left in kept
            for sign in (1, -1)
        ]
        kept = [it for it in longer if all(abs(s) <= t for s, t in zip(it[1], tails, strict=True))]
    return [signs for signs, _ in kept]


def exact_weights(cosine: int) -> list[int]:
    """2^-k cos(2 pi k x), exactly, from cos(2 pi x) = cosine / 2^53: times 2^(54 TERMS).

    cos(k y) is Chebyshev's polynomial T_k of cos y: T_(k+1) = 2 T_1 T_k - T_(k-1).
    """
    t = [1, cosine]  # t[k] = T_k 2^(53 k)
    while len(t) <= TERMS:
        t.append(2 * cosine * t[-1] - (t[-2] << 2 * BITS))
    return [t[k] << (BITS + 1) * (TERMS - k) for k in range(1, TERMS + 1)]


def _decodes(seed: int) -> bool:
    """Whether two samples, without rounding, leave the expert's signs alone."""
    signs = [int(sign) for sign in Cosine(TERMS, seed=seed).signs]
    x = torch.rand(2, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).tolist()
    weights = [exact_weights(round(math.cos(2 * math.pi * each) * 2**BITS)) for each in x]
    sums = [sum(a * w for a, w in zip(signs, weight, strict=True)) for weight in weights]
    return decoded(weights, sums) == [tuple(signs)]


def _zero_one(wrong: Tensor, signs: Tensor, generator: torch.Generator) -> float:
    """The share of fresh points where a policy with these wrong signs is off."""
    x = torch.rand(POINTS, dtype=torch.float64, generator=generator)
    difference = features(x, TERMS) @ (2 * signs * wrong)
    return float((difference != 0).double().mean())


def _squared(wrong: Tensor) -> Tensor:
    """E (pi-hat(x) - pi(x))^2: half the sum of squares of its coefficients, each 2 or 0 / 2^k."""
    k = torch.arange(1, TERMS + 1, dtype=torch.float64)
    return 2 * (4.0**-k * wrong).sum()


def _columns(table: Tensor, names: Sequence[int]) -> list[tuple[int, Tensor]]:
    return list(zip(names, table.T, strict=True))


CLAIM = Claim(
    id="C15",
    chapter="12",
    statement="0-1 error stays 1 while squared error vanishes faster than any power of n.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
    count=300,
)
