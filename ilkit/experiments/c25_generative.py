"""C25: generative policies win without multimodality; injection and iteration say why (chapter 15).

Two experts bring a peg into a hole with 0.2 mm of clearance. One is deterministic: its action is a
function of what the learner sees. The other comes from the left or the right, fast or slowly, with
an unsteady hand. Both always succeed. Regression, flow matching, the minimal iterative policy
(MIP) and its three ablations are one network, trained on the same demonstrations for as many
updates, and paired by seed. Two ways to do without the flow's random latent are reported beside
them: the latent 0, and the mean action over several latents.

Sizes were chosen on seeds from 10 000 on, so that regression succeeds sometimes and fails sometimes
and both seed sets take about a minute. There the flow was below regression already. A network twice
as wide, trained two and a half times as long with twice the batch (ten seeds), left it below for
the deterministic expert (0.95 against 0.99) and raised it above, on average, for the expert of
several styles (0.86 against 0.76, intervals not apart). Why the claim fails here: three numbers
are observed, and what has to be learned is simple, so that regression is exact enough, while the
noise that a flow's few steps leave in its actions is too much for a hole this tight: the latent 0
and the mean over latents both do better than drawing. The margin is half of the 0.20 by which the
lecture's flow beats its regression on the original data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs.insertion import Insertion
from ilkit.executors import OpenLoop
from ilkit.experiments.claim import Check, Claim, Measurement, Result
from ilkit.experiments.several import Draw, Several
from ilkit.policies.base import Policy
from ilkit.policies.flow import Flow
from ilkit.policies.mip import MIP
from ilkit.policies.nets import Network
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval
from ilkit.train.ensemble import fit_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPISODES = 100  # demonstrations of each expert
CHUNK, EXECUTED = 8, 4  # actions predicted, and executed before the next look
NET = Network("mlp", hidden=(32, 32))
TRAINING: dict[str, Any] = {"steps": 1200, "batch": 32, "lr": 3e-3}
TRIALS = 100  # episodes that judge a policy
LATENTS = 8  # over which an action is averaged
MARGIN = 0.1
EXPERTS = ("deterministic expert", "expert of several styles")
ABLATIONS = {"no noise, own guess": "rr", "no noise": "sf", "start from noise": "tsd"}

RULE = """On the insertion task, one run a seed, the same network, demonstrations and number of
updates for all: success rates, differences paired by seed, intervals over seeds. For the
deterministic expert and for the expert of several styles alike: flow minus regression is above 0;
MIP minus flow lies within -0.1 and 0.1; and each of the three ablations lies between regression
and flow: less regression it is above -0.1, and less flow below 0.1."""


def measure(seeds: range) -> Measurement:
    """Success rates by head, expert and seed, and their differences."""
    experts = [Insertion(), Insertion(styles=True)]
    demos = [demonstrations(env, 2 * seed) for env in experts for seed in seeds]
    success: dict[str, Tensor] = {}
    for name, build in heads(experts[0]).items():
        policies = [build(seed) for _ in experts for seed in seeds]
        fit_many(policies, demos, seeds=[*seeds, *seeds], **TRAINING)
        for suffix, draw in (LATENT if name == "flow" else {"": None}).items():
            success[name + suffix] = _successes(policies, draw, 2 * seeds[0] + 1).view(2, -1)
    results = [
        Result.of(f"{name}, {expert}", mean_interval(row))
        for i, expert in enumerate(EXPERTS)
        for name, row in ((name, rows[i]) for name, rows in success.items())
    ]
    for name, other in compared():
        for i, expert in enumerate(EXPERTS):
            gap = mean_interval(success[name][i] - success[other][i])
            results.append(Result.of(f"{name} minus {other}, {expert}", gap))
    shares = {
        name: [[round(x, 2) for x in row] for row in rows.tolist()]
        for name, rows in success.items()
    }
    return Measurement(results, {"experts": EXPERTS, "success": shares})


def compared() -> list[tuple[str, str]]:
    """Which heads the rule compares."""
    pairs = [("flow", "regression"), ("MIP", "flow")]
    return pairs + [(name, other) for name in ABLATIONS for other in ("regression", "flow")]


def checks(results: Mapping[str, Result]) -> dict[str, Check]:
    """The rule."""
    met: dict[str, Check] = {}
    for expert in EXPERTS:
        gap = {pair: results[f"{pair[0]} minus {pair[1]}, {expert}"] for pair in compared()}
        met[f"flow above regression, {expert}"] = gap["flow", "regression"].above(0)
        met[f"MIP as good as flow, {expert}"] = gap["MIP", "flow"].within(-MARGIN, MARGIN)
        for name in ABLATIONS:
            met[f"{name}: not below regression, {expert}"] = gap[name, "regression"].above(-MARGIN)
            met[f"{name}: not above flow, {expert}"] = gap[name, "flow"].below(MARGIN)
    return met


def figure(data: Mapping[str, Any]) -> Figure:
    """Success by head, an expert a panel: a faint point a seed, the mean with its interval."""
    from matplotlib.figure import Figure

    from ilkit.plots import WIDE, seeds, style

    style()
    fig = Figure(figsize=(WIDE, 5.6))
    colours = {"regression": "learner", "flow": "other", "MIP": "corrected"}
    for i, ax in enumerate(fig.subplots(2, 1, sharex=True)):
        for row, (name, shares) in enumerate(data["success"].items()):
            seeds(ax, row, shares[i], colours.get(name, "data"))
        ax.set_yticks(range(len(data["success"])), data["success"])
        ax.invert_yaxis()
        ax.set(title=data["experts"][i], xlabel="share of pegs inserted")
    return fig


def demonstrations(env: Insertion, seed: int) -> Demos:
    """Episodes of the expert, up to the step that inserts the peg: the rest teaches nothing."""
    demos = collect(env.expert, env, EPISODES, seed=seed)
    assert demos.state is not None
    return demos.replace(mask=~env.inserted(demos.state))


def heads(env: Insertion) -> dict[str, Callable[[int], Policy]]:
    """From a seed to an untrained policy, by name."""
    kinds = {"regression": "regression", "MIP": "mip", **ABLATIONS}
    built: dict[str, Callable[[int], Policy]] = {
        name: lambda seed, kind=kind: MIP(env, NET, kind=kind, chunk=CHUNK, seed=seed)  # type: ignore[misc]
        for name, kind in kinds.items()
    }
    return {"flow": lambda seed: Flow(env, NET, chunk=CHUNK, seed=seed), **built}


def _latent_zero(policy: Policy, obs: Tensor, generator: Generator | None) -> Tensor:
    assert isinstance(policy, Flow)
    return policy.carry(obs, torch.zeros(len(obs), policy.act_size))


def _mean_action(policy: Policy, obs: Tensor, generator: Generator | None) -> Tensor:
    return torch.stack([policy.sample(obs, generator) for _ in range(LATENTS)]).mean(0)


LATENT: dict[str, Draw | None] = {
    "": None,
    ", latent 0": _latent_zero,
    ", mean of 8 latents": _mean_action,
}


def _successes(policies: Sequence[Policy], draw: Draw | None, seed: int) -> Tensor:
    """Share of episodes in which each policy inserts the peg."""
    drives = rollout(
        Several(policies, draw),
        Insertion(),
        TRIALS * len(policies),
        seed=seed,
        executor=OpenLoop(EXECUTED),
    )
    return (drives.cost[:, -1] == 0).float().view(len(policies), TRIALS).mean(1)


CLAIM = Claim(
    id="C25",
    chapter="15",
    statement="Generative policies win without multimodality, by injected noise and iteration.",
    rule=" ".join(RULE.split()),
    measure=measure,
    checks=checks,
    figure=figure,
)
