"""Dynamics: how an observation moves under an action, learned smooth (chapter 09)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.nets import Network
from ilkit.spaces import Box, HasSpaces, Space, flat, one_hot
from ilkit.train.loop import fit

SQUARINGS = 4  # the norm of power 64: at most 7 % above the spectral norm of a 64 x 64 matrix


def learn_dynamics(
    demos: Demos,
    net: str | Network = "mlp",
    *,
    lipschitz: float | None = 2.0,
    seed: int = 0,
    **training: Any,
) -> Dynamics:
    """A model of s' - s, fitted by squared error to the transitions that the data shows.

    lipschitz, net  see `Dynamics`
    training        passed to `ilkit.train.fit`
    """
    model = Dynamics(demos, net, lipschitz=lipschitz, seed=seed)
    fit(model, transitions(demos), seed=seed, **training)
    return model


class Dynamics(Deterministic):
    """A regression f(s, a) = s' - s with a certified Lipschitz constant.

    like       the environment, or Demos of it
    lipschitz  |f(x) - f(y)| <= lipschitz |x - y| for all x = (s, a) and y, both sides in units of
               the data's standard deviations; None for no bound

    The constant of a ReLU network is at most the product of its layers' spectral norms; each
    layer is held to an equal share (Miyato et al., 2018; Ke et al., 2024, CCIL).
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        lipschitz: float | None = 2.0,
        seed: int = 0,
    ) -> None:
        super().__init__(_Transition(like.obs_space, like.act_space), net, seed=seed)
        self.inner = like.act_space
        if lipschitz is not None:
            self.need(lipschitz=lipschitz)
            layers = [layer for layer in self.body.modules() if isinstance(layer, nn.Linear)]
            for layer in layers:
                share = _AtMost(lipschitz ** (1 / len(layers)))
                parametrize.register_parametrization(layer, "weight", share)

    def increment(self, obs: Tensor, act: Tensor) -> Tensor:
        """s' - s for observations [n, *obs] and actions [n, *act], in their own units."""
        moved: Tensor = self(_joined(self.inner, obs, act))
        return moved.reshape(obs.shape)


def transitions(demos: Demos) -> Demos:
    """Every step as (s, a) -> s' - s; the last one of an episode is masked: it shows no s'."""
    obs = flat(demos.obs, 2)
    pair = _joined(demos.act_space, obs.flatten(0, 1), demos.act.flatten(0, 1))
    following = obs.roll(-1, 1)
    return Demos(
        pair.view(*demos.mask.shape, -1),
        following - obs,
        mask=followed(demos),
        source=demos.source,
    )


def followed(demos: Demos) -> Tensor:
    """Steps whose successor was recorded too, [N, H] bool."""
    later = torch.cat([demos.mask[:, 1:], torch.zeros_like(demos.mask[:, :1])], 1)
    return demos.mask & later


def spectral_bound(weight: Tensor) -> Tensor:
    """A number just above the largest singular value of `weight` [m, n], with a gradient.

    The Schatten norm of power p = 64, from the Gram matrix squared four times: at least the
    spectral norm, and at most rank^(1/p) times it. Unlike power iteration it is no estimate from
    below, and it keeps no state, so that many networks can be trained at once.
    """
    gram = weight @ weight.mT if weight.shape[0] < weight.shape[1] else weight.mT @ weight
    scale = gram.norm().clamp(min=1e-12)
    power = gram / scale
    for _ in range(SQUARINGS):
        power = power @ power
    peak = power.abs().amax().clamp(min=1e-30)  # its squares would else underflow in the norm
    bound: Tensor = scale.sqrt() * ((power / peak).norm() * peak) ** (0.5 / 2**SQUARINGS)
    return bound


class _AtMost(nn.Module):
    """Shrinks a weight matrix whose spectral norm exceeds a limit."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def forward(self, weight: Tensor) -> Tensor:
        return weight * (self.limit / spectral_bound(weight)).clamp(max=1)


class _Transition:
    """The spaces of a regression from (s, a) to s' - s."""

    def __init__(self, obs_space: Space, act_space: Space) -> None:
        if not isinstance(obs_space, Box):
            raise InputError(
                f"obs_space: expected real observations, got {obs_space}; the next of a finite "
                "set is no sum of this one and an increment."
            )
        inputs = act_space.size if isinstance(act_space, Box) else act_space.n
        self.obs_space: Space = Box((obs_space.size + inputs,))
        self.act_space: Space = Box((obs_space.size,))


def _joined(space: Space, obs: Tensor, act: Tensor) -> Tensor:
    """(s, a) as one vector each, [n, size of both]."""
    return torch.cat([flat(obs), flat(one_hot(space, act))], 1)
