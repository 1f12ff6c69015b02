"""Tests of ilkit.theory.mdp: closed forms, enumeration of trajectories, Monte Carlo, identities."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ilkit.errors import InputError
from ilkit.theory.mdp import MDP, performance_difference


def probabilities(*shape, generator):
    """Random distributions along the last axis."""
    table = torch.rand(shape, dtype=torch.float64, generator=generator) + 0.01
    return table / table.sum(-1, keepdim=True)


def random_mdp(seed, states=3, actions=2, **length):
    generator = torch.Generator().manual_seed(seed)
    return MDP(
        probabilities(states, actions, states, generator=generator),
        torch.rand(states, actions, dtype=torch.float64, generator=generator),
        probabilities(states, generator=generator),
        **length,
    )


def random_policy(mdp, seed, *, moving=False):
    generator = torch.Generator().manual_seed(1000 + seed)
    lead = (mdp.horizon,) if moving else ()
    return probabilities(*lead, mdp.states, mdp.actions, generator=generator)


def enumerate_cost(mdp, policy):
    """Expected total cost by summing over every trajectory: slow, and sure."""
    policy = policy.expand(mdp.horizon, -1, -1)
    pairs = list(itertools.product(range(mdp.states), range(mdp.actions)))
    total = 0.0
    for path in itertools.product(pairs, repeat=mdp.horizon):
        chance, cost = float(mdp.rho0[path[0][0]]), 0.0
        for t, (s, a) in enumerate(path):
            chance *= float(policy[t, s, a])
            cost += float(mdp.cost[s, a])
            if t + 1 < mdp.horizon:
                chance *= float(mdp.p[s, a, path[t + 1][0]])
        total += chance * cost
    return total


def test_two_state_chain_by_hand():
    # State 0 costs 1 and is left with probability 1/2 a step; state 1 is free for ever.
    mdp = MDP([[[0.5, 0.5]], [[0.0, 1.0]]], [[1.0], [0.0]], [1.0, 0.0], horizon=3)
    only = [[1.0], [1.0]]
    assert mdp.occupancy(only).tolist() == [[1, 0], [0.5, 0.5], [0.25, 0.75]]
    assert mdp.value(only)[:, 0].tolist() == [1.75, 1.5, 1.0]
    assert mdp.total_cost(only) == 1.75


def test_discounted_chain_by_hand():
    # V = 1 + gamma V / 2, so V = 1 / (1 - 0.45) with gamma = 0.9.
    mdp = MDP([[[0.5, 0.5]], [[0.0, 1.0]]], [[1.0], [0.0]], [1.0, 0.0], discount=0.9)
    only = [[1.0], [1.0]]
    assert mdp.total_cost(only) == pytest.approx(1 / 0.55, abs=1e-12)
    assert float(mdp.occupancy(only)[0]) == pytest.approx(0.1 / 0.55, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_total_cost_is_the_sum_over_all_trajectories(seed, moving):
    mdp = random_mdp(seed, states=2, actions=2, horizon=3)
    policy = random_policy(mdp, seed, moving=moving)
    assert mdp.total_cost(policy) == pytest.approx(enumerate_cost(mdp, policy), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.booleans())
def test_forward_and_backward_give_the_same_total(seed, horizon, moving):
    mdp = random_mdp(seed, states=4, actions=3, horizon=horizon)
    policy = random_policy(mdp, seed, moving=moving)
    occupancy = mdp.occupancy(policy)
    assert torch.allclose(occupancy.sum(-1), torch.ones(horizon, dtype=torch.float64))
    spent = (policy.expand(horizon, -1, -1) * mdp.cost).sum(-1)
    assert mdp.total_cost(policy) == pytest.approx(float((occupancy * spent).sum()), abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.99))
def test_discounted_occupancy_gives_the_total(seed, discount):
    mdp = random_mdp(seed, discount=discount)
    policy = random_policy(mdp, seed)
    occupancy = mdp.occupancy(policy)
    assert float(occupancy.sum()) == pytest.approx(1, abs=1e-10)
    forward = float(occupancy @ (policy * mdp.cost).sum(-1)) / (1 - discount)
    assert mdp.total_cost(policy) == pytest.approx(forward, abs=1e-9)


def test_a_long_horizon_approaches_the_discounted_process():
    # gamma as survival: an absorbing free state entered with probability 1 - gamma a step.
    inner = random_mdp(3, discount=0.8)
    p = torch.zeros(4, 2, 4, dtype=torch.float64)
    p[:3, :, :3], p[:3, :, 3], p[3, :, 3] = 0.8 * inner.p, 0.2, 1
    cost = torch.cat([inner.cost, torch.zeros(1, 2)])
    outer = MDP(p, cost, torch.cat([inner.rho0, torch.zeros(1)]), horizon=200)
    policy = random_policy(inner, 3)
    padded = torch.cat([policy, torch.full((1, 2), 0.5)])
    assert outer.total_cost(padded) == pytest.approx(inner.total_cost(policy), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_performance_difference_is_an_identity(seed, discounted):
    mdp = random_mdp(seed, **({"discount": 0.9} if discounted else {"horizon": 7}))
    policy, expert = random_policy(mdp, seed), random_policy(mdp, seed + 1)
    gap = mdp.total_cost(policy) - mdp.total_cost(expert)
    assert performance_difference(mdp, policy, expert) == pytest.approx((gap, gap), abs=1e-10)


def test_occupancy_agrees_with_simulation():
    mdp = random_mdp(5, horizon=4)
    policy = random_policy(mdp, 5, moving=True)
    generator = torch.Generator().manual_seed(0)
    n = 40_000
    state = torch.multinomial(mdp.rho0, n, replacement=True, generator=generator)
    for t in range(4):
        seen = torch.bincount(state, minlength=3) / n
        expected = mdp.occupancy(policy)[t]
        assert ((seen - expected).abs() < 5 * (expected * (1 - expected) / n).sqrt()).all()
        action = torch.multinomial(policy[t, state], 1, generator=generator)[:, 0]
        state = torch.multinomial(mdp.p[state, action], 1, generator=generator)[:, 0]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_value_iteration_beats_every_deterministic_policy(seed):
    mdp = random_mdp(seed, states=2, actions=2, horizon=2)
    value, best = mdp.value_iteration()
    tables = torch.eye(2, dtype=torch.float64)
    costs = [
        mdp.total_cost(tables[list(choice)].reshape(2, 2, 2))
        for choice in itertools.product(range(2), repeat=4)
    ]
    assert mdp.total_cost(best) == pytest.approx(min(costs), abs=1e-12)
    assert float(mdp.rho0 @ value[0]) == pytest.approx(min(costs), abs=1e-12)


def test_value_iteration_returns_the_value_of_its_policy():
    for length in ({"horizon": 6}, {"discount": 0.95}):
        mdp = random_mdp(7, **length)
        value, policy = mdp.value_iteration()
        assert torch.allclose(mdp.value(policy), value, atol=1e-9)


def test_bad_input_is_named():
    good = {"p": torch.full((2, 1, 2), 0.5), "cost": torch.zeros(2, 1), "rho0": [0.5, 0.5]}
    cases = [
        ({"p": torch.zeros(2, 2)}, "p: expected shape [2, 1, 2], got [2, 2]"),
        ({"p": torch.ones(2, 1, 2)}, "p: expected the last axis to sum to one"),
        ({"p": torch.tensor([[[1.5, -0.5]]] * 2)}, "p: expected probabilities"),
        ({"p": torch.full((2, 1, 2), torch.nan)}, "p: expected probabilities"),
        ({"cost": torch.zeros(2)}, "cost: expected finite numbers of shape [S, A]"),
        ({"cost": torch.full((2, 1), torch.nan)}, "cost: expected finite numbers"),
        ({"rho0": [0.5, 0.6]}, "rho0: expected the last axis to sum to one"),
        ({"horizon": 0}, "horizon: expected at least 1, got 0"),
        ({"discount": 0.5}, "horizon, discount: expected one of the two"),
        ({"horizon": None, "discount": 1.0}, "discount: expected a number in [0, 1), got 1.0"),
    ]
    for change, words in cases:
        with pytest.raises(InputError) as caught:
            MDP(**({"horizon": 3} | good | change))
        assert words in str(caught.value)
    with pytest.raises(InputError, match="tolerance: expected a positive number, got -1"):
        MDP(**good, discount=0.5).value_iteration(tolerance=-1.0)
    with pytest.raises(InputError, match="policy: expected shape"):
        MDP(**good, horizon=3).value(torch.ones(4, 2, 1))
    with pytest.raises(InputError, match="policy: expected shape"):
        MDP(**good, discount=0.5).value(torch.ones(3, 2, 1))
