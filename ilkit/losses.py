"""The losses of behavior cloning, for every head that has what they need (chapter 02)."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.categorical import Categorical
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.gaussian import Gaussian


def log_loss(
    policy: Policy, obs: Tensor, act: Tensor, generator: Generator | None = None
) -> Tensor:
    """-log pi(a | s), [n]: maximum likelihood, for heads that have a likelihood."""
    return -policy.log_prob(obs, act)


def squared_error(
    policy: Policy, obs: Tensor, act: Tensor, generator: Generator | None = None
) -> Tensor:
    """|a - mean(s)|^2 in scaled units, summed over the chunk, [n]: for real actions."""
    if isinstance(policy, Gaussian):
        unit = policy.moments(obs)[0]
    elif isinstance(policy, Deterministic):
        unit = policy.predict(obs)
    else:
        raise InputError(
            f"squared_error: expected a Gaussian or Deterministic head, got "
            f"{type(policy).__name__}; distances between discrete actions mean nothing."
        )
    return (unit - policy.to_unit(act)).square().sum(1)


def zero_one(
    policy: Policy, obs: Tensor, act: Tensor, generator: Generator | None = None
) -> Tensor:
    """1[a != argmax pi(. | s)] averaged over the chunk, [n]: to report; its gradient is zero."""
    if not isinstance(policy, Categorical):
        raise InputError(
            f"zero_one: expected a Categorical head, got {type(policy).__name__}; "
            "two real numbers are never equal, so use squared_error."
        )
    return (policy.mode(obs) != act).float().mean(1)


def hinge(policy: Policy, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
    """Multiclass hinge (Crammer and Singer, 2001), [n]: a convex surrogate above the 0-1 loss.

    max(0, 1 + best other score - score of the expert's action): at least 1 on a mistake.
    """
    if not isinstance(policy, Categorical):
        raise InputError(f"hinge: expected a Categorical head, got {type(policy).__name__}.")
    scores = policy.logits(obs)
    right = scores.gather(-1, act[..., None])
    others = scores.scatter(-1, act[..., None], -torch.inf).amax(-1)
    return (1 + others - right[..., 0]).clamp(min=0).mean(1)


def score_matching(
    policy: Policy, obs: Tensor, act: Tensor, generator: Generator | None = None
) -> Tensor:
    """Hyvarinen's objective (2005) for a Gaussian head in scaled units, [n].

    |score|^2 / 2 + divergence of the score, whose expectation equals half the squared distance
    between the model's score and the data's, up to a constant: no normaliser is needed.
    """
    if not isinstance(policy, Gaussian) or policy.covariance != "diagonal":
        raise InputError(
            f"score_matching: expected a diagonal Gaussian head, got {type(policy).__name__}; "
            "use log_loss."
        )
    mean, log_std = policy.moments(obs)
    precision = torch.exp(-2 * log_std)
    score = -(policy.to_unit(act) - mean) * precision
    return (0.5 * score.square() - precision).sum(1)
