"""Offline learners: inverse RL and RL on the expert's transitions alone (chapter 12)."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Generator, Tensor

from ilkit.data import FIELDS, Demos
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces

P = TypeVar("P", bound=Deterministic)


def offline(policy: P, demos: Demos, **training: Any) -> P:
    """Fit a copy of an `IQL` or `IQLearn` policy to the transitions of demonstrations.

    Nothing is rolled out: both see the states that the expert led to, and no others.
    `training` is passed to `ilkit.train.fit`.
    """
    if not isinstance(policy, IQL | IQLearn):
        raise InputError(f"offline: expected IQL or IQLearn, got {type(policy).__name__}; use bc.")
    return bc(policy, Transitions.of(demos), **training)


class Transitions(Demos):
    """Demonstrations whose samples are transitions: (s, s') [M, 2, *obs], (a, cost) [M, 1, a + 1].

    The last step of each trajectory has no next state and is left out.
    """

    @classmethod
    def of(cls, demos: Demos) -> Transitions:
        """The same data, to be learned from by transitions."""
        if demos.horizon < 2 or demos.act.dim() != 3 or not demos.act.is_floating_point():
            raise InputError(
                "demos: expected at least 2 steps and actions [N, H, a] of real numbers, got "
                f"shape {list(demos.act.shape)} of {demos.act.dtype}; flatten the actions."
            )
        fields = {name: getattr(demos, name) for name in FIELDS}
        return cls(
            obs_space=demos.obs_space, act_space=demos.act_space, source=demos.source, **fields
        )

    def windows(self, k: int) -> tuple[Tensor, Tensor, Tensor]:
        """Transitions, for chunks of one action."""
        if k != 1:
            raise InputError(f"chunk: expected 1, since transitions are single steps, got {k}.")
        both = self.mask[:, 1:] & self.mask[:, :-1]
        if not both.any():
            raise InputError("demos: expected two steps in a row to learn from, got none.")
        obs = torch.stack([self.obs[:, :-1], self.obs[:, 1:]], 2)[both]
        act = torch.cat([self.act, self.cost[..., None]], 2)[:, :-1][both]
        return obs, act[:, None], self.weight[:, :-1][both]


class IQLearn(Deterministic):
    """Inverse RL: the soft Q function whose implied reward explains the expert (chapter 12).

    Q is quadratic in the action, V(s) - precision |a - pi(s)|^2 / 2 in scaled units. Its soft
    maximum over actions is V(s) up to a constant, and its soft optimal policy is Gaussian around
    pi(s) with one variance everywhere: exactly a simple policy, run at its mean.

    alpha  strength of the chi-squared regulariser of the reward: large is weak

    Source: Garg et al. (2021), IQ-Learn, offline; the quadratic Q: Gu et al. (2016).
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        precision: float = 1.0,
        alpha: float = 0.5,
        discount: float = 0.99,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, seed=seed)
        self.need(precision=precision, alpha=alpha, discount=discount)
        _at_most_one(discount=discount)
        self.precision, self.alpha, self.discount = precision, alpha, discount
        self.value = self.build(1)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        now, later, unit, _ = _parts(self, obs, act)
        # Step 1: how far the soft Q of the expert's action lies below the soft value, -log pi.
        below = self.precision / 2 * (self.predict(now) - unit).square().sum(1)
        # Step 2: the reward that Q implies, by the inverse Bellman operator.
        v, next_v = self.value(self.features(now))[:, 0], self.value(self.features(later))[:, 0]
        reward = v - below - self.discount * next_v
        # Step 3: raise Q above V at the expert's actions, with a reward no larger than need be.
        loss: Tensor = below + reward.square() / (4 * self.alpha)
        return loss


class IQL(Deterministic):
    """Offline RL that never asks about an action outside the data: implicit Q-learning.

    expectile    of Q over the data's actions that V estimates; 1 would be the largest
    temperature  inverse: how much an action that pays is weighted up when it is cloned

    The slow copy of Q and the second Q of the paper are left out: data of one expert, whose
    actions have no rival, do not need them.

    Source: Kostrikov, Nair and Levine (2022).
    """

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        expectile: float = 0.7,
        temperature: float = 3.0,
        discount: float = 0.99,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, seed=seed)
        self.need(expectile=expectile, temperature=temperature, discount=discount)
        _at_most_one(expectile=expectile, discount=discount)
        self.expectile, self.temperature, self.discount = expectile, temperature, discount
        self.value, self.q = self.build(1), self.build_conditional(self.act_size, 1)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        now, later, unit, cost = _parts(self, obs, act)
        q, v = self.q(self.features(now), unit)[:, 0], self.value(self.features(now))[:, 0]
        advantage = q.detach() - v
        # Step 1: V is an upper expectile of Q over the actions in the data.
        side = torch.where(advantage > 0, self.expectile, 1 - self.expectile)
        value_loss = side * advantage.square()
        # Step 2: Q is the reward and the discounted V of the next state.
        backup = -cost + self.discount * self.value(self.features(later))[:, 0].detach()
        q_loss = (q - backup).square()
        # Step 3: clone, with weights that grow with the advantage.
        weight = (self.temperature * advantage.detach()).exp().clamp(max=100.0)
        cloning = weight * (self.predict(now) - unit).square().sum(1)
        loss: Tensor = value_loss + q_loss + cloning
        return loss


def _at_most_one(**numbers: float) -> None:
    for name, number in numbers.items():
        if number > 1:
            raise InputError(f"{name}: expected at most 1, got {number}.")


def _parts(
    policy: Deterministic, obs: Tensor, act: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A minibatch of `Transitions`: s, s', the scaled action [n, a] and the cost [n]."""
    return obs[:, 0], obs[:, 1], policy.to_unit(act[..., :-1]), act[:, 0, -1]
