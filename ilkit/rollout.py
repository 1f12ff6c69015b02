"""Rollouts: run a policy or an expert, record it, and say what it costs with an interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.executors import EachStep, Executor
from ilkit.policies.base import Policy
from ilkit.spaces import Box, check_alike
from ilkit.stats import Estimate, mean_interval

if TYPE_CHECKING:
    import gymnasium

    AnyEnv = Env | gymnasium.Env[Any, Any] | str

Actor = Policy | Callable[[Tensor], Tensor]
Override = Callable[[Tensor, Tensor, Generator], Tensor]


@torch.no_grad()
def rollout(
    actor: Actor,
    env: AnyEnv,
    n: int = 1,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    override: Override | None = None,
    view: bool = False,
    source: str = "rollout",
) -> Demos:
    """Run `n` episodes at once and record observations, actions taken, costs and states.

    actor     a Policy, or any callable from observations [n, *obs] to actions [n, *act]
    env       an Env, a Gymnasium environment or the name of one, such as "CartPole-v1"
    executor  how a Policy's chunks are executed (default: EachStep)
    override  (state, act, generator) -> act: what is executed, and recorded, in place of the
              actor's choice (an expert who takes over, noise)
    view      give the actor what the expert sees, `env.expert_view`, instead of observations
    """
    env = as_env(env)
    if n < 1:
        raise InputError(f"n: expected at least 1 episode, got {n}; ask for more.")
    generator = torch.Generator().manual_seed(seed)
    if isinstance(actor, Policy):
        check_alike("the environment", actor, env)
        act_on = (executor or EachStep()).start(actor, generator)
    elif executor is None:
        act_on = actor
    else:
        raise InputError("executor: only a Policy predicts chunks; leave it out for a callable.")
    state = env.reset(n, generator)
    steps: dict[str, list[Tensor]] = {k: [] for k in ("obs", "act", "mask", "cost", "state")}
    for _ in range(env.horizon):
        obs, alive = env.observe(state), env.alive(state)
        act = act_on(env.expert_view(state) if view else obs)
        if override:
            act = override(state, act, generator)
        act = as_action(act, env, n, source)
        before, (state, cost) = state, env.step(state, act, generator)
        for name, x in zip(steps, (obs, act, alive, cost, before), strict=True):
            steps[name].append(x)
    fields = {name: torch.stack(xs, 1) for name, xs in steps.items()}
    return Demos(obs_space=env.obs_space, act_space=env.act_space, source=source, **fields)


def collect(expert: Callable[[Tensor], Tensor], env: AnyEnv, n: int = 1, *, seed: int = 0) -> Demos:
    """Demonstrations: `n` episodes of an expert, any callable from what it sees to actions."""
    return rollout(expert, env, n, seed=seed, view=True, source="expert")


def evaluate(
    actor: Actor,
    env: AnyEnv,
    n: int = 100,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    metric: Callable[[Demos], Tensor] = Demos.total_cost,
) -> Estimate:
    """Mean and 95 % interval, over `n` episodes, of `metric`: the total cost, or yours.

    `metric` maps the recorded episodes to one number each, [n].
    """
    if n < 2:
        raise InputError(f"n: expected at least 2 episodes for an interval, got {n}; ask for more.")
    return mean_interval(metric(rollout(actor, env, n, seed=seed, executor=executor)))


def label(expert: Callable[[Tensor], Tensor], env: Env, demos: Demos) -> Tensor:
    """The expert's actions [N, H, *act] at every state that was visited, whoever went there."""
    if demos.state is None:
        raise InputError("state: expected recorded states to label, got none; use rollout.")
    view = env.expert_view(demos.state.flatten(0, 1))
    act = as_action(expert(view), env, len(view), "expert")
    return act.reshape(*demos.mask.shape, *act.shape[1:])


def as_env(env: AnyEnv) -> Env:
    """An Env: ours as it is, a Gymnasium environment or name behind the adapter."""
    if isinstance(env, Env):
        return env
    from ilkit.envs.gym import FromGym

    return FromGym(env)


def as_action(act: Any, env: Env, n: int, who: str) -> Tensor:
    """Check what an actor returned; real actions are clipped to the limits of the space."""
    if not isinstance(act, Tensor):
        raise InputError(
            f"{who}: expected actions as a torch tensor, got {type(act).__name__}; "
            "return torch.as_tensor(...)."
        )
    checked: Tensor = act
    shape = (n, *env.act_space.shape)
    if tuple(act.shape) != shape:
        raise InputError(
            f"{who}: expected actions of shape {list(shape)}, one row an observation, got "
            f"{list(act.shape)}; keep the batch dimension first."
        )
    if isinstance(env.act_space, Box):
        checked = env.act_space.clip(checked.to(env.act_space.dtype))
    env.act_space.check(who, checked)
    return checked.to(env.act_space.dtype)
