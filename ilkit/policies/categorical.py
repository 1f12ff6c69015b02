"""Categorical: a probability for each discrete action."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import Discrete, HasSpaces


class Categorical(Policy):
    """Softmax over the actions; the loss is the log loss, -log pi(a | s) (chapter 02).

    The k actions of a chunk are independent given the observation.
    """

    act_space: Discrete

    def __init__(
        self, like: HasSpaces, net: str | Network = "mlp", *, chunk: int = 1, seed: int = 0
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        if not isinstance(self.act_space, Discrete):
            raise InputError(
                f"act_space: Categorical expects discrete actions, got {self.act_space}; "
                "use Gaussian or Deterministic."
            )
        self.body = self.build(chunk * self.act_space.n)

    def logits(self, obs: Tensor) -> Tensor:
        """Unnormalised log-probabilities, [n, k, n_actions]."""
        logits: Tensor = self.body(self.features(obs))
        return logits.reshape(len(obs), self.chunk, self.act_space.n)

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        log_p = torch.log_softmax(self.logits(obs), -1)
        return log_p.gather(-1, act[..., None])[..., 0].sum(1)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        return -self.log_prob(obs, act)

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        p = torch.softmax(self.logits(obs), -1)
        draws = torch.multinomial(p.flatten(0, 1), 1, generator=generator)
        return draws.view(len(obs), self.chunk)

    @torch.no_grad()
    def mode(self, obs: Tensor) -> Tensor:
        """The most probable chunk, [n, k]."""
        return self.logits(obs).argmax(-1)

    @torch.no_grad()
    def table(self) -> Tensor:
        """pi(a | s) for every discrete observation, float64 [S, A]: for `ilkit.theory`."""
        if not isinstance(self.obs_space, Discrete):
            raise InputError("table: expected discrete observations; only those can be listed.")
        logits = self.logits(torch.arange(self.obs_space.n))[:, 0]
        return torch.softmax(logits.double(), -1)
