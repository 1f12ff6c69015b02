"""A finite Markov decision process, solved exactly: occupancy, value, Q, total cost, optimum."""

from typing import Any

import torch
from torch import Tensor

from ilkit.errors import InputError


class MDP:
    """States S, actions A, costs to be minimised; float64 throughout.

    Args:
        p: `[S, A, S]`, `p[s, a, z]` the probability of state z after action a in state s.
        cost: `[S, A]`, any finite unit; the bounds of chapter 03 want it in [0, 1].
        rho0: `[S]`, the distribution of the first state.
        horizon: number of steps H; or else
        discount: gamma in [0, 1). Exactly one of the two.

    A policy is a tensor of action probabilities, `[S, A]`, or `[H, S, A]` where it changes
    with time (finite horizon only). With a horizon, quantities have a leading time axis of
    length H (`value[t]` is the cost still to come from step t on); with a discount they have none.

    Raises:
        InputError: a wrong shape, or rows that are no probability distributions.

    Source: Puterman, Markov Decision Processes (1994), chapters 4 and 6; chapter 03 of the book.
    """

    def __init__(
        self,
        p: Any,
        cost: Any,
        rho0: Any,
        *,
        horizon: int | None = None,
        discount: float | None = None,
    ) -> None:
        self.cost = torch.as_tensor(cost, dtype=torch.float64)
        if self.cost.ndim != 2 or not self.cost.isfinite().all():
            raise InputError(
                "cost: expected finite numbers of shape [S, A], got others or shape "
                f"{list(self.cost.shape)}; give a row a state, a column an action."
            )
        states, actions = self.cost.shape
        self.p = _distribution("p", p, (states, actions, states))
        self.rho0 = _distribution("rho0", rho0, (states,))
        if (horizon is None) == (discount is None):
            raise InputError(
                f"horizon, discount: expected one of the two, got {horizon} and {discount}; "
                "give a horizon or a discount."
            )
        if horizon is not None and horizon < 1:
            raise InputError(f"horizon: expected at least 1, got {horizon}; begin with 1.")
        if discount is not None and not 0 <= discount < 1:
            raise InputError(f"discount: expected a number in [0, 1), got {discount}; try 0.99.")
        self.horizon, self.discount = horizon, discount

    @property
    def states(self) -> int:
        """Number of states S."""
        return self.cost.shape[0]

    @property
    def actions(self) -> int:
        """Number of actions A."""
        return self.cost.shape[1]

    def occupancy(self, policy: Any) -> Tensor:
        """Where the policy is: `[H, S]`, row t the distribution of s_t; each row sums to one.

        With a discount: `[S]`, (1 - gamma) sum_t gamma^t Pr(s_t = s), which sums to one too.
        """
        policy = self._policy(policy)
        if self.discount is not None:
            # d = (1 - gamma) rho0 + gamma P^T d: a linear system.
            return self._fixed_point(self._moves(policy).T, (1 - self.discount) * self.rho0)
        rows = [self.rho0]
        for step in policy[:-1]:
            rows.append(torch.einsum("s,sa,saz->z", rows[-1], step, self.p))
        return torch.stack(rows)

    def q_values(self, policy: Any) -> Tensor:
        """Cost of action a in state s, then the policy: `[H, S, A]`, or `[S, A]` discounted."""
        policy = self._policy(policy)
        if self.discount is not None:
            value = self._fixed_point(self._moves(policy), (policy * self.cost).sum(-1))
            return self.cost + self.discount * (self.p @ value)
        q = [self.cost]  # nothing is left to pay after the last step
        for step in policy.flip(0)[:-1]:
            q.append(self.cost + self.p @ (step * q[-1]).sum(-1))
        return torch.stack(q[::-1])

    def value(self, policy: Any) -> Tensor:
        """Cost still to come from state s: `[H, S]`, or `[S]` discounted."""
        return (self._policy(policy) * self.q_values(policy)).sum(-1)

    def total_cost(self, policy: Any) -> float:
        """J, the expected (discounted) sum of costs from rho0 on."""
        value = self.value(policy)
        return float(self.rho0 @ (value if self.discount is not None else value[0]))

    def value_iteration(self, tolerance: float = 1e-10) -> tuple[Tensor, Tensor]:
        """Least cost to come and a deterministic policy that attains it.

        Returns:
            value `[H, S]` and one-hot policy `[H, S, A]`, exact; or, with a discount, `[S]` and
            `[S, A]`, the value within `tolerance` (sup norm) of the optimum.
        """
        if self.discount is None:
            q = [self.cost]
            for _ in range(self._length - 1):
                q.append(self.cost + self.p @ q[-1].amin(-1))
            table = torch.stack(q[::-1])
            return table.amin(-1), _greedy(table)
        if not tolerance > 0:
            raise InputError(f"tolerance: expected a positive number, got {tolerance}.")
        value = torch.zeros(self.states, dtype=torch.float64)
        while True:
            table = self.cost + self.discount * (self.p @ value)
            change = float((table.amin(-1) - value).abs().max())
            value = table.amin(-1)
            # Contraction: what is left is at most gamma / (1 - gamma) times the last change.
            if change * self.discount <= tolerance * (1 - self.discount):
                return value, _greedy(table)

    @property
    def _length(self) -> int:
        """The leading axis of a policy: H, or 1 where there is only a discount."""
        return 1 if self.horizon is None else self.horizon

    def _moves(self, policy: Tensor) -> Tensor:
        """State-to-state probabilities `[S, S]` under a stationary policy."""
        return torch.einsum("sa,saz->sz", policy, self.p)

    def _fixed_point(self, moves: Tensor, source: Tensor) -> Tensor:
        """The solution x `[S]` of x = source + gamma moves x."""
        assert self.discount is not None
        matrix = torch.eye(self.states, dtype=torch.float64) - self.discount * moves
        solution: Tensor = torch.linalg.solve(matrix, source)
        return solution

    def _policy(self, policy: Any) -> Tensor:
        """The policy checked, as `[H, S, A]` with a horizon and `[S, A]` with a discount."""
        shape: tuple[int, ...] = (self.states, self.actions)
        if self.horizon is not None and torch.as_tensor(policy).ndim == 3:
            shape = (self.horizon, *shape)
        table = _distribution("policy", policy, shape)
        if self.horizon is not None:
            table = table.expand(self.horizon, self.states, self.actions)
        return table


def performance_difference(mdp: MDP, policy: Any, expert: Any) -> tuple[float, float]:
    """J(policy) - J(expert) by the performance-difference lemma, in its two forms.

    Returns:
        (where the learner goes, what its actions cost an expert who takes over:
         sum_t E_{s ~ d_t^policy} [Q_t^expert(s, policy) - V_t^expert(s)],
         where the expert goes, what its actions would save the learner:
         sum_t E_{s ~ d_t^expert} [V_t^policy(s) - Q_t^policy(s, expert)]).
        With a discount the sum is E_{s ~ d} / (1 - gamma). Both are equal: it is an identity.

    Source: Kakade and Langford (2002), lemma 6.1; chapter 03 of the book.
    """
    scale = 1.0 if mdp.discount is None else 1 / (1 - mdp.discount)

    def visited(walker: Any, gap: Tensor) -> float:
        return scale * float((mdp.occupancy(walker) * gap).sum())

    learner_acts, expert_acts = mdp._policy(policy), mdp._policy(expert)
    q_expert, q_policy = mdp.q_values(expert), mdp.q_values(policy)
    gap_q = (learner_acts - expert_acts) * q_expert
    gap_v = (learner_acts - expert_acts) * q_policy
    return visited(policy, gap_q.sum(-1)), visited(expert, gap_v.sum(-1))


def _distribution(name: str, value: Any, shape: tuple[int, ...]) -> Tensor:
    """The value as float64, after a check that its last axis holds probabilities."""
    tensor = torch.as_tensor(value, dtype=torch.float64)
    if tuple(tensor.shape) != shape:
        raise InputError(
            f"{name}: expected shape {list(shape)}, got {list(tensor.shape)}; "
            "count the states and actions as cost does."
        )
    if not (tensor >= 0).all():
        raise InputError(
            f"{name}: expected probabilities, got a negative number or a NaN; clamp and divide."
        )
    if not torch.allclose(tensor.sum(-1), torch.ones((), dtype=torch.float64), rtol=0, atol=1e-8):
        raise InputError(
            f"{name}: expected the last axis to sum to one, got sums from "
            f"{float(tensor.sum(-1).min()):.4g} to {float(tensor.sum(-1).max()):.4g}; "
            "divide by them."
        )
    return tensor


def _greedy(q: Tensor) -> Tensor:
    """The one-hot policy that takes the cheapest action of a Q table."""
    policy: Tensor = torch.eye(q.shape[-1], dtype=torch.float64)[q.argmin(-1)]
    return policy
