"""C23: no simple policy stabilises x' = xi rho x + u for both signs; others do (chapter 13).

Every linear gain, and random smooth policies with pi(0) = 0 started close to 0, are run under both
signs: the worse of the two growth rates counts. Noise that does not depend on x moves two
trajectories alike and leaves their growing apart as it is, so that it is not run. Then come the
policies that are not simple: alternating, adaptive, shells of three ratios, and a random sign.
Their times to 0 are compared with theory. Sizes were chosen on seeds from 10 000 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.envs.unknown_sign import UnknownSign
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.policies.nonsimple import Actor, adaptive, alternating, linear, random_sign, shell
from ilkit.stats import mean_interval, slope_interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RHO = 1.5
GAINS = torch.linspace(-2 * RHO, 2 * RHO, 3001, dtype=torch.float64)  # 0 among them
SMOOTH, UNITS, NEAR, LOCAL = 200, 8, 1e-6, 5  # policies a seed, units of each, |x_0|, steps
STARTS, STEPS = 2000, 20  # starts a seed of the deterministic policies
PATHS, LIFE = 100_000, 8  # of the random policy, and steps over which it is followed
RATIOS = {"2 rho": 2 * RHO, "2 rho^2": 2 * RHO**2, "1.2 rho": 1.2 * RHO}
LONGEST = {  # the most steps to 0, by theory
    "alternating": 2,
    "adaptive": 2,
    "shell 2 rho": 2,
    "shell 2 rho^2": 3,
    "shell 1.2 rho": 9,
}

RULE = """rho = 1.5, both signs. Growth a step, the worse of the two signs: the least of 3001 linear
gains is rho to 1e-9, and that of 200 random smooth policies a seed is in every seed at least
0.99 rho. The longest time to 0 over starts and signs is that of theory: 2 steps for the alternating
and the adaptive policy, and for shells of ratio 2 rho, 2 rho^2 and 1.2 rho 2, 3 and 9 steps. For
the random sign, intervals over seeds: the slope of log2 P(alive at t) in t within [-1.02, -0.98],
the mean time to 0 within [1.96, 2.04], and the growth of E abs(x_t) a step within 5 % of rho, hence
above 1."""


def measure(seeds: range) -> Measurement:
    """Growth of simple policies; hitting times and survival of the others."""
    worse = _worse_growth(linear(GAINS.repeat(2)[:, None]), torch.ones_like(GAINS), STEPS)
    smooth = [float(_smooth_growth(seed).min()) for seed in seeds]
    longest = {name: max(_longest(name, seed) for seed in seeds) for name in LONGEST}
    lives = [_random_lives(seed) for seed in seeds]
    alive, mean = (torch.stack(rows) for rows in zip(*lives, strict=True))
    t = torch.arange(LIFE + 1)
    fading = [slope_interval(t, row.log2()).mean for row in alive]
    growing = [2 ** slope_interval(t, row.log2()).mean for row in mean]
    results = [
        Result.exact("least worse growth of linear gains", float(worse.min())),
        Result.exact("least worse growth of smooth policies", min(smooth)),
        *(Result.exact(f"longest time to 0, {name}", time) for name, time in longest.items()),
        Result.of("slope of log2 P(alive at t), random sign", mean_interval(fading)),
        # T is the number of t = 0, 1, ... at which a path is alive; beyond LIFE: as much again
        # as at LIFE, since half of the living die at each step.
        Result.of("mean time to 0, random sign", mean_interval(alive.sum(1) + alive[:, -1])),
        Result.of("growth of E abs(x_t), random sign", mean_interval(growing)),
    ]
    thin = slice(None, None, 30)
    data = {
        "rho": RHO,
        "gain": GAINS[thin].tolist(),
        "worse": worse[thin].tolist(),
        "alive": [[e.mean, e.low, e.high] for e in map(mean_interval, alive.T)],
        "mean": [[e.mean, e.low, e.high] for e in map(mean_interval, mean.T)],
    }
    return Measurement(results, data)


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    least = results["least worse growth of linear gains"]
    met = {
        "linear gains: rho at best": least.within(RHO - 1e-9, RHO + 1e-9),
        "smooth policies: rho at best": results["least worse growth of smooth policies"].above(
            0.99 * RHO
        ),
    }
    for name, steps in LONGEST.items():
        met[f"{name}: {steps} steps"] = results[f"longest time to 0, {name}"].within(steps, steps)
    fading = results["slope of log2 P(alive at t), random sign"]
    growing = results["growth of E abs(x_t), random sign"]
    return met | {
        "alive with probability 2^-t": fading.within(-1.02, -0.98),
        "two steps on average": results["mean time to 0, random sign"].within(1.96, 2.04),
        "yet the mean diverges as rho^t": growing.within(0.95 * RHO, 1.05 * RHO),
    }


def figure(data: Mapping[str, Any]) -> Figure:
    """Worse growth against the gain; survival and mean distance of the random sign."""
    from matplotlib.figure import Figure

    from ilkit.plots import COLORS, DASHED, WIDE, label, style

    style()
    fig = Figure(figsize=(WIDE, 5.0))
    top, bottom = fig.subplots(2, 1)
    rho = data["rho"]
    top.plot(data["gain"], data["worse"], color=COLORS["danger"])
    top.axhline(1, color=COLORS["data"], ls=DASHED)
    label(top, -2 * rho, 1, "below: stable", "data", xytext=(0, -9))
    label(top, 0, rho, rf"no gain below $\rho$ = {rho:g}", xytext=(0, -10), ha="center")
    top.set(
        xlabel="gain $k$ of a linear policy", ylabel="growth a step,\nworse sign", ylim=(0.5, 4.6)
    )
    t = range(len(data["alive"]))
    shown = {
        "alive": ("corrected", "P(alive at $t$) and $2^{-t}$", [2.0**-i for i in t]),
        "mean": ("danger", r"E$|x_t|$ and $\rho^t$", [rho**i for i in t]),
    }
    for name, (colour, words, theory) in shown.items():
        mean, low, high = torch.tensor(data[name]).T
        bottom.plot(t, theory, color=COLORS[colour])
        bottom.errorbar(
            t, mean, [mean - low, high - mean], fmt="o", color=COLORS[colour], capsize=3
        )
        label(bottom, 4.4, theory[4], words, colour, xytext=(8, -10 if name == "mean" else 8))
    bottom.set(yscale="log", xlabel="step $t$ of the random sign", ylabel="share, or distance")
    return fig


def trajectory(actor: Actor, env: UnknownSign, state: Tensor, steps: int) -> Tensor:
    """x_0, ..., x_steps [n, steps + 1] from given states, signs included."""
    path = [state[:, 0]]
    for _ in range(steps):
        state, _ = env.step(state, actor(env.observe(state)), Generator())
        path.append(state[:, 0])
    return torch.stack(path, 1)


def both_signs(x: Tensor) -> Tensor:
    """States [2 n, 3] at x [n]: all with sign 1, then all with sign -1."""
    sign = torch.ones_like(x)
    return torch.stack([x.repeat(2), torch.cat([sign, -sign]), torch.zeros(2 * len(x))], 1)


def _environment() -> UnknownSign:
    return UnknownSign(RHO, limit=1e29)  # nothing is cut off


def _worse_growth(actor: Actor, x: Tensor, steps: int) -> Tensor:
    """(|x_steps| / |x_0|)^(1 / steps) under the worse sign, [n]."""
    path = trajectory(actor, _environment(), both_signs(x), steps)
    growth = (path[:, -1] / path[:, 0]).abs() ** (1 / steps)
    worse: Tensor = growth.view(2, -1).amax(0)
    return worse


def _smooth_growth(seed: int) -> Tensor:
    """Of SMOOTH random policies sum_j w_j (tanh(v_j x + c_j) - tanh(c_j)), from x_0 near 0."""
    generator = torch.Generator().manual_seed(seed)
    v, w, c = torch.randn(3, SMOOTH, UNITS, generator=generator, dtype=torch.float64).repeat(
        1, 2, 1
    )

    def act(obs: Tensor) -> Tensor:
        units: Tensor = w * (torch.tanh(v * obs + c) - torch.tanh(c))
        return units.sum(1, keepdim=True)

    return _worse_growth(act, torch.full((SMOOTH,), NEAR, dtype=torch.float64), LOCAL)


def _longest(name: str, seed: int) -> float:
    """The latest first visit of 0, over starts of either side and both signs."""
    generator = torch.Generator().manual_seed(seed)
    size, side = torch.rand(2, STARTS, generator=generator, dtype=torch.float64)
    x = 1e3 ** (size - 1) * torch.where(side < 0.5, -1.0, 1.0)
    ratio = RATIOS.get(name.removeprefix("shell "))
    makers = {"alternating": alternating, "adaptive": adaptive}
    actor = shell(RHO, ratio) if ratio else makers[name](RHO)
    path = trajectory(actor, _environment(), both_signs(x), STEPS)
    return float((path != 0).sum(1).max())


def _random_lives(seed: int) -> tuple[Tensor, Tensor]:
    """P(alive at t) and the mean of |x_t| / |x_0| for t = 0, ..., LIFE."""
    actor = random_sign(RHO, torch.Generator().manual_seed(seed))
    path = trajectory(actor, _environment(), both_signs(torch.ones(PATHS // 2)).double(), LIFE)
    return (path != 0).double().mean(0), path.abs().mean(0)


CLAIM = Claim(
    id="C23",
    chapter="13",
    statement="No simple policy stabilises an unknown sign; three others do.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
