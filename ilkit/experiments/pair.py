"""What the claims about the challenging pair share: smooth learners, their errors, the growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ilkit.data import Demos
from ilkit.envs.challenging_pair import ChallengingPair
from ilkit.executors import OpenLoop
from ilkit.experiments.claim import Check, Result
from ilkit.policies.base import Policy
from ilkit.policies.deterministic import Deterministic
from ilkit.rollout import collect, rollout
from ilkit.stats import Estimate, mean_interval, slope_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRAINING: dict[str, Any] = {"steps": 800, "batch": 128, "lr": 3e-3}
TRIALS = 50  # episodes that judge a policy
FLAT = 0.1  # a growth below this counts as none; the least that theory allows is ln 1.5 = 0.41
RESOLUTION = 1e-9  # distances below it are rounding: float32 keeps seven digits


class Smooth(Deterministic):
    """A cloned network that is smooth (SiLU for ReLU), as the theorem asks.

    Inputs are scaled by undisturbed demonstrations, whatever data come: learners differ by what
    they are shown alone.
    """

    def __init__(self, seed: int, chunk: int = 1) -> None:
        env = ChallengingPair()
        super().__init__(env, chunk=chunk, seed=seed)
        smoothed(self.body)
        self.set_scale(collect(env.expert, env, 100))


def smoothed(net: nn.Module) -> None:
    """Replace every ReLU by a SiLU."""
    for name, child in net.named_children():
        if isinstance(child, nn.ReLU):
            setattr(net, name, nn.SiLU())
        smoothed(child)


def both(**options: Any) -> tuple[ChallengingPair, ChallengingPair]:
    """The two systems."""
    return ChallengingPair(0, **options), ChallengingPair(1, **options)


def demonstrations(env: ChallengingPair, n: int, seeds: Sequence[int]) -> list[Demos]:
    """`n` demonstrations for each seed."""
    return [collect(env.expert, env, n, seed=2 * seed) for seed in seeds]


def cloned(
    demos: Sequence[Demos], seeds: Sequence[int], chunk: int = 1, **training: Any
) -> list[Smooth]:
    """One learner a seed, with initial weights of its own; all are trained at once.

    training  what differs from `TRAINING`
    """
    learners = [Smooth(seed, chunk) for seed in seeds]
    fit_many(learners, demos, seeds=seeds, **{**TRAINING, **training})
    return learners


def distances(learners: Sequence[Policy], env: ChallengingPair, seed: int) -> Tensor:
    """E|x_t - x*_t| for t = 1, ..., H - 1 between learner and expert, [learners, H - 1].

    Both start at the same place and meet the same noise. A chunk is executed to its end.
    """
    theirs = collect(env.expert, env, TRIALS, seed=seed).obs
    runs = (rollout(it, env, TRIALS, seed=seed, executor=OpenLoop()) for it in learners)
    mean = torch.stack([(run.obs - theirs).norm(dim=2).mean(0)[1:] for run in runs])
    return mean.clamp(min=RESOLUTION)


def expert_error(learners: Sequence[Policy], env: ChallengingPair, seed: int) -> Tensor:
    """E of the sum over an episode of |pi(x_t) - pi*(x_t)| on the expert's states, [learners]."""
    shown = collect(env.expert, env, TRIALS, seed=seed)
    obs, act, _ = shown.flat()
    gap = torch.stack([(learner(obs) - act).norm(dim=1).sum() for learner in learners])
    return gap / TRIALS


def growth(errors: Tensor, times: Tensor | None = None) -> Estimate:
    """Slope of log error in the time, over seeds: errors [seeds, T] at times 1, ..., T."""
    t = torch.arange(1.0, errors.shape[1] + 1) if times is None else times
    return mean_interval([slope_interval(t, row).mean for row in errors.log()])


def level(growth: Result) -> Check:
    """The interval contains 0 or is below, and is not merely wide: it ends below `FLAT`."""
    return growth.below(FLAT) if growth.low <= 0 else False


def band(errors: Tensor) -> list[list[float]]:
    """The mean over seeds of log10 error and its interval, for every column, to be drawn."""
    found = [mean_interval(column) for column in errors.log10().T]
    return [[e.mean, e.low, e.high] for e in found]


def draw(ax: Axes, curves: Mapping[str, Sequence[Sequence[float]]], **colours: str) -> None:
    """Distances against time, one `band` a line, each named at its end; log scale."""
    from ilkit.plots import COLORS, label

    for name, curve in curves.items():
        mean, low, high = 10 ** torch.tensor(curve).T
        t, colour = range(1, len(mean) + 1), colours.get(name, "danger")
        ax.plot(t, mean, color=COLORS[colour])
        ax.fill_between(t, low, high, color=COLORS[colour], alpha=0.2, lw=0)
        label(ax, len(mean), float(mean[-1]), name, colour)
    ax.set(yscale="log", xlabel="steps $t$", ylabel="distance from the expert")
    ax.set_xlim(0, 1.45 * max(map(len, curves.values())))
    ax.set_xticks(range(0, max(map(len, curves.values())) + 2, 6))
