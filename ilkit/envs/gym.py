"""Gymnasium, both ways: our environments for its users, its environments for our rollouts."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium import spaces as gym_spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Discrete, Space, from_gym_space


def to_gym_space(space: Space) -> gym_spaces.Space[Any]:
    """Our space as Gymnasium's."""
    if isinstance(space, Discrete):
        return gym_spaces.Discrete(space.n)
    return gym_spaces.Box(space.low, space.high, space.shape, np.float32)


class ToGym(gymnasium.Env[Any, Any]):
    """One of our environments as a Gymnasium environment; reward = -cost, truncated at the end."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, env: Env, render_mode: str | None = None) -> None:
        self.env, self.render_mode = env, render_mode
        self.observation_space = to_gym_space(env.obs_space)
        self.action_space = to_gym_space(env.act_space)
        self._generator = torch.Generator()
        self._state: Tensor | None = None
        self._t = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._generator.manual_seed(int(self.np_random.integers(2**62)))
        self._state, self._t = self.env.reset(1, self._generator), 0
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if self._state is None:
            raise InputError("step: expected reset() first, got an environment not yet started.")
        act = torch.as_tensor(np.asarray(action), dtype=self.env.act_space.dtype)[None]
        self._state, cost = self.env.step(self._state, act, self._generator)
        self._t += 1
        return self._seen(), -float(cost[0]), False, self._t >= self.env.horizon, {}

    def render(self) -> Any:
        if self._state is None:
            raise InputError("render: expected reset() first, got an environment not yet started.")
        return self.env.render(self._state)[0].numpy()

    def _seen(self) -> Any:
        assert self._state is not None
        return _to_numpy(self.env.obs_space, self.env.observe(self._state))[0]


class ToGymVector(VectorEnv[Any, Any, Any]):
    """A batch of our environments as a Gymnasium vector environment, in one tensor step.

    All episodes have one horizon, so all end together; the step after that begins new ones
    (Gymnasium's next-step autoreset).
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 (as the base class declares it)
        **ToGym.metadata,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(self, env: Env, num_envs: int = 1, render_mode: str | None = None) -> None:
        self.env, self.num_envs, self.render_mode = env, num_envs, render_mode
        self.single_observation_space = to_gym_space(env.obs_space)
        self.single_action_space = to_gym_space(env.act_space)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._generator = torch.Generator()
        self._state = torch.empty(0)
        self._t = env.horizon  # not begun: a step before reset() begins

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        first = seed[0] if isinstance(seed, list) else seed
        super().reset(seed=first)
        self._generator.manual_seed(int(self.np_random.integers(2**62)))
        return self._begin(), {}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        never = np.zeros(self.num_envs, bool)
        if self._t >= self.env.horizon:
            return self._begin(), np.zeros(self.num_envs), never, never.copy(), {}
        act = torch.as_tensor(np.asarray(actions), dtype=self.env.act_space.dtype)
        self._state, cost = self.env.step(self._state, act, self._generator)
        self._t += 1
        over = np.full(self.num_envs, self._t >= self.env.horizon)
        return self._seen(), -cost.numpy().astype(np.float64), never, over, {}

    def render(self) -> Any:
        return tuple(self.env.render(self._state).numpy())

    def _begin(self) -> Any:
        self._state, self._t = self.env.reset(self.num_envs, self._generator), 0
        return self._seen()

    def _seen(self) -> Any:
        return _to_numpy(self.env.obs_space, self.env.observe(self._state))


class FromGym(Env):
    """A Gymnasium environment as an Env: cost = -reward, one copy per episode of the batch.

    It steps real simulators, so `step` is not pure: run one batch at a time. An episode that
    ends early is frozen at cost 0 and told by `alive`, which becomes the mask of Demos. The state
    [n, obs + 1] is the flattened observation and the flag `alive`.
    """

    name = "gymnasium"

    def __init__(self, env: gymnasium.Env[Any, Any] | str, horizon: int | None = None) -> None:
        made = _made(env) if isinstance(env, str) else env
        if made.spec is None:
            raise InputError("env: expected an environment with a spec; make it by name.")
        self._spec = made.spec
        self.obs_space = from_gym_space("observation_space", made.observation_space)
        self.act_space = from_gym_space("action_space", made.action_space)
        limit = self._spec.max_episode_steps if horizon is None else horizon
        if limit is None or limit < 1:
            raise InputError(
                f"horizon: expected at least 1 step, got {limit} for {self._spec.id}; "
                "give FromGym(env, horizon=...)."
            )
        self.horizon = limit
        self._copies: list[gymnasium.Env[Any, Any]] = [made]

    def reset(self, n: int, generator: Generator) -> Tensor:
        while len(self._copies) < n:
            self._copies.append(_made(self._spec))
        seeds = torch.randint(2**31, (n,), generator=generator).tolist()
        firsts = [copy.reset(seed=s)[0] for copy, s in zip(self._copies, seeds, strict=False)]
        return self._pack(firsts, torch.ones(n))

    def observe(self, state: Tensor) -> Tensor:
        flat = state[:, :-1]
        return flat[:, 0].long() if isinstance(self.obs_space, Discrete) else self._shaped(flat)

    def alive(self, state: Tensor) -> Tensor:
        return state[:, -1] > 0

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        new, cost = state.clone(), torch.zeros(len(state))
        for i in torch.nonzero(self.alive(state))[:, 0].tolist():
            obs, reward, terminated, truncated, _ = self._copies[i].step(self._legal(act[i]))
            new[i] = self._pack([obs], torch.tensor([float(not (terminated or truncated))]))[0]
            cost[i] = -float(reward)
        return new, cost

    def expert(self, view: Tensor) -> Tensor:
        raise InputError(
            f"expert: {self._spec.id} brings no expert; give one: any callable from observations "
            f"[n, {', '.join(map(str, self.obs_space.shape))}] to actions."
        )

    def _legal(self, act: Tensor) -> Any:
        """The action inside the environment's own limits, which may differ by dimension."""
        space = self._copies[0].action_space
        if isinstance(space, gym_spaces.Box):
            return np.clip(act.numpy().astype(space.dtype), space.low, space.high)
        return int(act)

    def _pack(self, obs: list[Any], alive: Tensor) -> Tensor:
        flat = torch.as_tensor(np.stack(obs), dtype=torch.float32).reshape(len(obs), -1)
        return torch.cat([flat, alive[:, None]], 1)

    def _shaped(self, flat: Tensor) -> Tensor:
        return flat.reshape(len(flat), *self.obs_space.shape)


def _made(what: str | EnvSpec) -> gymnasium.Env[Any, Any]:
    try:
        return gymnasium.make(what)
    except (gymnasium.error.Error, ModuleNotFoundError, ValueError) as error:
        name = what if isinstance(what, str) else what.id
        raise InputError(f"env: Gymnasium cannot make {name!r}: {str(error).strip()}") from None


def _to_numpy(space: Space, x: Tensor) -> Any:
    return x.numpy().astype(np.int64 if isinstance(space, Discrete) else np.float32)
