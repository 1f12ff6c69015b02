"""Draws the README's picture: the drives of a clone and of a corrected learner, from above."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import torch

import ilkit as il
from ilkit import plots
from ilkit.envs.track import HALF_WIDTH

CARS = 12


def main() -> None:
    env = il.Track(horizon=200)
    one = il.collect(env.expert, env, n=1, seed=1)
    two = il.collect(env.expert, env, n=2, seed=1)
    net = il.Deterministic(env, seed=1)
    learners = {
        ("learner", "cloned from two drives of the expert"): il.bc(net, two, seed=1),
        ("corrected", "one drive of the expert, and its advice on one of the learner's own"): (
            il.dagger(net, env, demos=one, rounds=1, episodes=1, seed=1)
        ),
    }
    plots.style()
    fig, axes = plt.subplots(2, 1, figsize=(plots.WIDE, 3.4), sharex=True)
    for ax, ((color, title), policy) in zip(axes, learners.items(), strict=True):
        y = il.rollout(policy, env, n=CARS, seed=1).state[:, :, 0]
        ax.axhspan(-HALF_WIDTH, HALF_WIDTH, color="#eceef0", lw=0)
        for car in y:
            off = torch.nonzero(car.abs() > HALF_WIDTH)
            end = int(off[0]) + 1 if len(off) else len(car)
            ax.plot(range(end), car[:end], color=plots.COLORS[color], lw=1)
            if len(off):
                ax.plot(end - 1, car[end - 1], "x", color=plots.COLORS["danger"], ms=6, mew=1.5)
        ax.set(title=f"{title}: 400 labels", ylim=(-2.8, 2.8), ylabel="m from the middle")
    axes[1].set_xlabel("distance along the road (m)")
    fig.savefig(Path(__file__).with_name("two-drivers.png"), dpi=144)


if __name__ == "__main__":
    main()
