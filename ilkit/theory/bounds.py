"""What imitation may cost: the bounds of chapter 03, and the processes on which they are met.

Costs of a step lie in [0, 1], H is the horizon; all costs are totals over an episode, above the
expert's. The error eps of a learner is the chance that its action is not the expert's in a state
that the expert visits.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ilkit.errors import InputError
from ilkit.theory.mdp import MDP


def cloning_bound(eps: float, horizon: int) -> float:
    """eps H (H + 1) / 2: no cloned policy whose error is at most eps at each step costs more.

    Where eps is only the mean error over the steps, mistakes may crowd at the start: then the
    bound is eps H^2 (see `summed_bound`).
    Source: Ross and Bagnell (2010), theorem 2.1, whose constant is that of eps H^2; this one is
    proved in chapter 03.
    """
    _check(eps=eps, horizon=horizon)
    return eps * horizon * (horizon + 1) / 2


def summed_bound(errors: Sequence[float]) -> float:
    """sum_t (H - t + 1) eps_t for errors eps_1 ... eps_H: a mistake costs what is left.

    At most H times the summed error, which is how the bound is called linear in the horizon;
    with eps_t = eps it is `cloning_bound`. Source: chapter 03; Ross and Bagnell (2010).
    """
    for eps in errors:
        _check(eps=eps)
    return math.fsum(eps * left for eps, left in zip(errors, range(len(errors), 0, -1)))


def tightrope_cost(eps: float, horizon: int) -> float:
    """H - sum_t (1 - eps)^t: the cost of falling at a rate eps, independently at each step.

    The exact total cost on `Tightrope` of a learner that errs with probability eps on the rope
    and always off it; eps H (H + 1) / 2 to first order in eps. Source: chapter 03.
    """
    _check(eps=eps, horizon=horizon)
    if eps == 1:
        return float(horizon)
    return math.fsum(-math.expm1(t * math.log1p(-eps)) for t in range(1, horizon + 1))


def disjoint_mistakes(eps: float, horizon: int) -> tuple[MDP, Tensor, Tensor]:
    """The process on which `cloning_bound` is attained: mistakes that exclude one another.

    An episode is of type i = 1 ... H with probability eps each, else of none. The learner
    errs at step t in the episodes of type t; every mistake is off the rope for good, at cost 1
    a step. So its error is eps at each step, and its cost is exactly eps H (H + 1) / 2.

    Returns:
        (mdp, learner `[H, S, 2]`, expert `[S, 2]`); action 0 is the expert's. States: the H
        types, "none", "off".

    Raises:
        InputError: eps H > 1, which leaves no room for H disjoint mistakes.

    Source: ours; chapter 03.
    """
    _check(eps=eps, horizon=horizon)
    if eps * horizon > 1 + 1e-12:
        raise InputError(
            f"eps: expected at most 1 / horizon = {1 / horizon:.4g}, got {eps}; "
            "make one of them smaller."
        )
    states, off = horizon + 2, horizon + 1
    stay, fall = torch.eye(states, dtype=torch.float64), torch.zeros(states, states)
    fall[:, off] = 1
    cost = torch.zeros(states, 2, dtype=torch.float64)
    cost[:, 1] = cost[off] = 1
    rho0 = torch.full((states,), eps, dtype=torch.float64)
    rho0[-2], rho0[-1] = max(0.0, 1 - eps * horizon), 0.0
    expert = torch.tensor([1.0, 0.0], dtype=torch.float64).repeat(states, 1)
    learner = expert.repeat(horizon, 1, 1)
    types = torch.arange(horizon)
    learner[types, types] = torch.tensor([0.0, 1.0], dtype=torch.float64)
    return MDP(torch.stack([stay, fall], 1), cost, rho0, horizon=horizon), learner, expert


def dagger_bound(
    u: float, horizon: int, eps: float, regret: float = 0.0, betas: Sequence[float] = ()
) -> float:
    """u H (eps_N + gamma_N), for the mean cost of the policies of N rounds of DAgger.

    Args:
        u: recoverability: the most that one wrong action adds to the cost when the expert acts
            from then on, max Q*(s, a) - V*(s). It is H where a fall is for good.
        eps: eps_N, the least 0-1 error of one policy of the class on the aggregated states.
        regret: gamma_N, by how much the learner's mean error on each round's own states exceeds
            eps_N; a no-regret learner sends it to zero.
        betas: beta_1 ... beta_N, the chance that the expert drives a step of round i. Its data
            then differ from the learner's own states by at most min(1, H beta_i) in total
            variation, which adds u H mean_i min(1, H beta_i).

    The mean over rounds is the cost of drawing one round's policy and keeping it for an episode,
    so the best round costs no more. Nothing is said of the last.

    Source: Ross, Gordon and Bagnell (2011), theorem 3.2, with our constant (total variation
    instead of the L1 distance); chapter 07.
    """
    _check(eps=eps, horizon=horizon)
    if u < 0 or regret < 0 or not all(0 <= beta <= 1 for beta in betas):
        raise InputError(
            f"u, regret, betas: expected u, regret >= 0 and probabilities betas, got {u}, {regret} "
            f"and {list(betas)}; take absolute values, or clamp."
        )
    drift = sum(min(1.0, horizon * beta) for beta in betas) / max(1, len(betas))
    return u * horizon * (eps + regret + drift)


def error_bound(policies: int, labels: int, delta: float) -> float:
    """log(|Pi| / delta) / m: the error of any policy that agrees with m independent labels.

    With probability at least 1 - delta, for a finite class that holds the expert.
    Source: Shalev-Shwartz and Ben-David, Understanding Machine Learning (2014), corollary 2.3.
    """
    return min(1.0, _nats(policies, delta) / _count("labels", labels))


def labels_needed(cost: float, horizon: int, policies: int, delta: float) -> int:
    """Independent labels m that bring `cloning_bound` down to `cost`: quadratic in H.

    The least m with H (H + 1) / 2 * log(|Pi| / delta) / m <= cost, for an expert whose states are
    distributed alike at every step; without that, H^2 takes the place of H (H + 1) / 2.
    Source: chapter 03.
    """
    if cost <= 0:
        raise InputError(
            f"cost: expected a number above 0, got {cost}; 0 takes infinitely many labels."
        )
    return math.ceil(cloning_bound(1.0, horizon) * _nats(policies, delta) / cost)


def log_loss_bound(cost: float, policies: int, trajectories: int, delta: float) -> float:
    """R log(|Pi| / delta) / n: what maximum likelihood on n whole trajectories may cost.

    R is the most that an episode can cost. With probability at least 1 - delta over the data,
    for a finite class that holds the deterministic expert; free of H where R and |Pi| are.

    Why: the expert's likelihood is one, so the winner's is one too. A policy that leaves the
    expert's path with probability q in an episode has likelihood one on n episodes with
    probability at most (1 - q)^n; hence q <= log(|Pi| / delta) / n, and leaving costs at most R.

    Source: Foster, Block and Misra (2024), for the rate; the proof is in chapter 03.
    """
    if cost < 0:
        raise InputError(
            f"cost: expected a number of at least 0, got {cost}; add a constant to it."
        )
    return cost * min(1.0, _nats(policies, delta) / _count("trajectories", trajectories))


def _check(*, eps: float, horizon: int = 1) -> None:
    if not 0 <= eps <= 1:
        raise InputError(
            f"eps: expected a probability, got {eps}; divide the mistakes by the steps."
        )
    _count("horizon", horizon)


def _count(name: str, number: int) -> int:
    if number < 1:
        raise InputError(f"{name}: expected at least 1, got {number}; begin with 1.")
    return number


def _nats(policies: int, delta: float) -> float:
    """log(|Pi| / delta), the size of a class in nats plus the price of certainty."""
    if not 0 < delta < 1:
        raise InputError(f"delta: expected a probability between 0 and 1, got {delta}; try 0.05.")
    return math.log(_count("policies", policies) / delta)
