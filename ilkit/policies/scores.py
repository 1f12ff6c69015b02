"""Scores: a number for each discrete action; the policy takes the best."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.policies.categorical import Categorical


class Scores(Categorical):
    """A score for each action, the best of which is taken; cost Q(s, a) = -score.

    Training sees the softmax of the scores: its log loss is a smooth margin between the expert's
    action and the others (`ilkit.losses.hinge` is the sharp one). `log_prob` and `table` are the
    softmax's too.
    """

    def costs(self, obs: Tensor, act: Tensor) -> Tensor:
        """Q(s, a) of every action of the chunks act [n, k]: [n, k]."""
        return -self.logits(obs).gather(-1, act[..., None])[..., 0]

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        return self.mode(obs)
