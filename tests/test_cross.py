"""Every head under every regime, on two environments each: a new head or regime needs one line."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Generator, Tensor

from ilkit import policies
from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.envs.fork import Fork
from ilkit.envs.gridworld import Gridworld
from ilkit.envs.tightrope import Tightrope
from ilkit.envs.track import Track
from ilkit.errors import InputError
from ilkit.learners import Round, bc, dagger_rounds, dart_rounds, hg_dagger_rounds
from ilkit.policies import (
    CVAE,
    MIP,
    Autoregressive,
    Categorical,
    Deterministic,
    Diffusion,
    Flow,
    Gaussian,
    Mixture,
    Network,
    Policy,
    Scores,
)
from ilkit.policies.autoregressive import KINDS as ORDERS
from ilkit.policies.mip import KINDS
from ilkit.rollout import collect, label

Make = Callable[[Env], Policy]
SMALL = Network("mlp", hidden=(32,))
TRAINING: dict[str, Any] = {"steps": 25, "batch": 32, "lr": 1e-2}
EPISODES = 3

REAL: dict[str, Make] = {
    "deterministic": lambda env: Deterministic(env, SMALL, chunk=2),
    "linear": lambda env: Deterministic(env, "linear", chunk=2),
    "gaussian": lambda env: Gaussian(env, SMALL, chunk=2),
    "full": lambda env: Gaussian(env, SMALL, covariance="full", chunk=2),
    "mixture": lambda env: Mixture(env, SMALL, components=2, chunk=2),
    "cvae": lambda env: CVAE(env, SMALL, chunk=2),
    "ddpm": lambda env: Diffusion(env, SMALL, levels=10, steps=10, chunk=2),
    "ddim": lambda env: Diffusion(env, SMALL, levels=10, steps=3, eta=0.0, chunk=2),
    "flow": lambda env: Flow(env, SMALL, steps=3, chunk=2),
    **{
        order: lambda env, order=order: Autoregressive(env, SMALL, bins=8, order=order, chunk=2)
        for order in ORDERS
    },
    **{kind: lambda env, kind=kind: MIP(env, SMALL, kind=kind, chunk=2) for kind in KINDS},
}
DISCRETE: dict[str, Make] = {
    "tabular": lambda env: Categorical(env, "tabular", chunk=2),
    "linear": lambda env: Categorical(env, "linear", chunk=2),
    "mlp": lambda env: Categorical(env, SMALL, chunk=2),
    "scores": lambda env: Scores(env, "tabular", chunk=2),
}
TRACK, FORK = Track(horizon=20), Fork()
ROPE, GRID = Tightrope(horizon=10), Gridworld(horizon=10)
CASES = [
    *[
        pytest.param(env, REAL[head], id=f"{env.name}-{head}")
        for env in (TRACK, FORK)
        for head in REAL
    ],
    *[
        pytest.param(env, DISCRETE[head], id=f"{env.name}-{head}")
        for env in (ROPE, GRID)
        for head in DISCRETE
    ],
]


def alarm(view: Tensor) -> Tensor:
    """A human who takes over in every other state or so."""
    first = view if view.dim() == 1 else view.flatten(1)[:, 0]
    return first % 2 == 0 if not view.is_floating_point() else first > 0


def cloning(policy: Policy, env: Env, **options: Any) -> Iterator[Round]:
    demos = collect(env.expert, env, EPISODES)
    yield Round(bc(policy, demos, **options), demos)


def interactive(policy: Policy, env: Env, **options: Any) -> Iterator[Round]:
    return dagger_rounds(policy, env, rounds=1, episodes=EPISODES, **options)


def watched(policy: Policy, env: Env, **options: Any) -> Iterator[Round]:
    return hg_dagger_rounds(policy, env, alarm, rounds=1, hold=2, episodes=EPISODES, **options)


def disturbed(policy: Policy, env: Env, **options: Any) -> Iterator[Round]:
    return dart_rounds(policy, env, alpha=1.0, rounds=1, episodes=EPISODES, **options)


def mean_loss(policy: Policy, demos: Demos) -> float:
    """Over all steps, with the same noise for whoever is judged."""
    obs, act, _ = demos.windows(policy.chunk)
    with torch.no_grad():
        return float(policy.loss(obs, act, Generator().manual_seed(0)).mean())


def weights(policy: Policy) -> Tensor:
    return torch.cat([p.detach().flatten() for p in policy.parameters()])


@pytest.mark.parametrize("regime", [cloning, interactive, watched, disturbed])
@pytest.mark.parametrize(("env", "make"), CASES)
def test_any_head_under_any_regime(env: Env, make: Make, regime: Callable[..., Any]) -> None:
    policy = make(env)
    if regime is disturbed and env in (ROPE, GRID):
        with pytest.raises(InputError, match="dart: expected real actions"):
            list(regime(policy, env))
        return
    before = weights(policy)
    runs = [list(regime(policy, env, seed=3, **TRAINING)) for _ in range(2)]
    learner, demos = runs[0][-1]

    assert type(learner) is type(policy)
    assert torch.equal(weights(policy), before), "a learner trains a copy"
    assert torch.equal(weights(learner), weights(runs[1][-1].policy)), "a seed decides the run"
    assert mean_loss(learner, demos) < mean_loss(bc(policy, demos, steps=0), demos)

    obs, _, _ = demos.flat()
    chunks = learner.sample(obs, Generator().manual_seed(1))
    assert chunks.shape == (len(obs), 2, *env.act_space.shape)
    env.act_space.check("sample", chunks, lead=2)
    assert torch.equal(chunks, learner.sample(obs, Generator().manual_seed(1)))

    assert demos.source[:EPISODES] == ("expert",) * EPISODES
    theirs = label(env.expert, env, demos)[demos.mask]
    torch.testing.assert_close(demos.flat()[1], theirs, msg="labels are the expert's, and clean")


def test_no_head_is_left_out() -> None:
    made = {type(make(TRACK)) for make in REAL.values()}
    made |= {type(make(ROPE)) for make in DISCRETE.values()}
    offered = {getattr(policies, name) for name in policies.__all__}
    heads = {x for x in offered if inspect.isclass(x) and issubclass(x, Policy)}
    assert made == heads - {Policy}
