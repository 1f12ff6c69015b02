"""Tests of ilkit.theory.bounds: exact processes obey every bound, and meet those that are tight."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ilkit.envs import Tightrope
from ilkit.errors import InputError
from ilkit.theory import bounds
from ilkit.theory.mdp import MDP


def excess(mdp, learner, expert):
    return mdp.total_cost(learner) - mdp.total_cost(expert)


def errors_by_step(mdp, learner, expert):
    """eps_t: the learner's chance, at each step of the expert's, to act unlike it."""
    wrong = (learner * (1 - expert)).sum(-1).expand(mdp.horizon, -1)
    return (mdp.occupancy(expert) * wrong).sum(-1)


def random_problem(seed, horizon):
    """A random process, a deterministic expert and a learner of random quality."""
    generator = torch.Generator().manual_seed(seed)

    def rand(*shape):
        return torch.rand(shape, dtype=torch.float64, generator=generator)

    p, rho0 = rand(4, 3, 4) ** 4, rand(4)
    p, rho0 = p / p.sum(-1, keepdim=True), rho0 / rho0.sum()
    expert = torch.eye(3, dtype=torch.float64)[torch.randint(3, (4,), generator=generator)]
    other = torch.eye(3, dtype=torch.float64)[torch.randint(3, (4,), generator=generator)]
    share = rand(4, 1) * rand(1)
    return MDP(p, rand(4, 3), rho0, horizon=horizon), (1 - share) * expert + share * other, expert


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_cloning_bounds_hold_on_random_processes(seed, horizon):
    mdp, learner, expert = random_problem(seed, horizon)
    eps = errors_by_step(mdp, learner, expert)
    cost = excess(mdp, learner, expert)
    assert cost <= bounds.summed_bound(eps.tolist()) + 1e-12
    assert bounds.summed_bound(eps.tolist()) <= bounds.cloning_bound(float(eps.max()), horizon)
    assert bounds.summed_bound(eps.tolist()) <= horizon * float(eps.sum()) + 1e-12


def test_summed_bound_with_equal_errors_is_the_cloning_bound():
    assert bounds.summed_bound([0.01] * 9) == pytest.approx(bounds.cloning_bound(0.01, 9))
    assert bounds.cloning_bound(0.01, 9) == pytest.approx(0.45)


def test_a_mean_error_alone_does_not_give_half():
    # All mistakes on the first step: mean error 1/H, cost H, which is eps H^2.
    assert bounds.summed_bound([1.0] + [0.0] * 9) == 10 > bounds.cloning_bound(0.1, 10)


@pytest.mark.parametrize("eps", [0.0, 1e-9, 0.03, 0.5, 1.0])
@pytest.mark.parametrize("horizon", [1, 2, 30])
def test_tightrope_cost_is_the_exact_one(eps, horizon):
    env = Tightrope(horizon=horizon)
    exact = env.mdp().total_cost(env.learner(eps))
    assert bounds.tightrope_cost(eps, horizon) == pytest.approx(exact, abs=1e-12)
    assert bounds.tightrope_cost(eps, horizon) <= bounds.cloning_bound(eps, horizon)


def test_tightrope_cost_by_hand_and_for_tiny_errors():
    assert bounds.tightrope_cost(0.5, 2) == 0.5 + 0.75
    tiny = bounds.tightrope_cost(1e-15, 100)
    assert tiny == pytest.approx(bounds.cloning_bound(1e-15, 100), rel=1e-12)


@pytest.mark.parametrize(("eps", "horizon"), [(0.1, 10), (0.001, 50), (0.02, 1), (0.0, 5)])
def test_disjoint_mistakes_attain_the_cloning_bound(eps, horizon):
    mdp, learner, expert = bounds.disjoint_mistakes(eps, horizon)
    assert torch.allclose(errors_by_step(mdp, learner, expert), torch.tensor(eps).double())
    cost = excess(mdp, learner, expert)
    assert cost == pytest.approx(bounds.cloning_bound(eps, horizon), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_on_policy_error_times_u_bounds_the_cost(seed, horizon):
    # One round of DAgger without regret: eps_N is the learner's error on its own states.
    mdp, learner, expert = random_problem(seed, horizon)
    q = mdp.q_values(expert)
    u = float((q - mdp.value(expert)[..., None]).max())
    wrong = (learner * (1 - expert)).sum(-1)
    own = float((mdp.occupancy(learner) * wrong).sum()) / horizon
    assert excess(mdp, learner, expert) <= bounds.dagger_bound(u, horizon, own) + 1e-12


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.floats(0, 1))
def test_the_beta_term_pays_for_the_expert_at_the_wheel(seed, horizon, beta):
    # Errors are measured on the mixture's states, the cost is that of the learner alone.
    mdp, learner, expert = random_problem(seed, horizon)
    u = float((mdp.q_values(expert) - mdp.value(expert)[..., None]).max())
    wrong = (learner * (1 - expert)).sum(-1)
    mixture = beta * expert + (1 - beta) * learner
    seen = float((mdp.occupancy(mixture) * wrong).sum()) / horizon
    bound = bounds.dagger_bound(u, horizon, min(seen, 1.0), betas=[beta])
    assert excess(mdp, learner, expert) <= bound + 1e-12


def test_dagger_bound_is_met_on_the_tightrope():
    # u = 1: after one mistake an expert that can act off the rope pays no more.
    env = Tightrope(horizon=20)
    cost = env.mdp().total_cost(env.corrected(0.01))
    assert cost == pytest.approx(bounds.dagger_bound(1, 20, 0.01), abs=1e-12)


def test_agreeing_policies_have_small_error():
    # A policy with error e agrees with m labels with probability (1 - e)^m.
    policies, labels, delta = 50, 200, 0.1
    error = bounds.error_bound(policies, labels, delta)
    assert policies * (1 - error) ** labels <= delta


def test_labels_needed_grow_with_the_square_of_the_horizon():
    few, many = (bounds.labels_needed(0.5, h, 100, 0.05) for h in (100, 200))
    assert many / few == pytest.approx(4, rel=0.01)
    eps = bounds.error_bound(100, few, 0.05)
    assert bounds.cloning_bound(eps, 100) <= 0.5 < bounds.cloning_bound(eps * 1.001, 100)


def test_log_loss_bound_by_hand_and_by_simulation():
    assert bounds.log_loss_bound(3.0, 10, 100, 0.1) == pytest.approx(0.03 * math.log(100))
    # Policies that leave the path with chances q; the worst one still alive after n episodes.
    q = torch.logspace(-4, 0, 60, dtype=torch.float64)
    alive = torch.rand(4000, 60, generator=torch.Generator().manual_seed(0)) < (1 - q) ** 50
    worst = (alive * q).amax(1)
    broken = (worst > bounds.log_loss_bound(1.0, 60, 50, 0.1)).double().mean()
    assert broken <= 0.1


def test_bad_input_is_named():
    for call, words in [
        (lambda: bounds.cloning_bound(1.5, 3), "eps: expected a probability, got 1.5"),
        (lambda: bounds.cloning_bound(0.5, 0), "horizon: expected at least 1, got 0"),
        (lambda: bounds.disjoint_mistakes(0.2, 10), "eps: expected at most 1 / horizon = 0.1"),
        (lambda: bounds.dagger_bound(-1, 3, 0.1), "u, regret, betas: expected"),
        (lambda: bounds.error_bound(0, 3, 0.1), "policies: expected at least 1, got 0"),
        (lambda: bounds.error_bound(3, 0, 0.1), "labels: expected at least 1, got 0"),
        (lambda: bounds.error_bound(3, 3, 1.0), "delta: expected a probability between"),
        (lambda: bounds.labels_needed(0.0, 3, 3, 0.1), "cost: expected a number above 0"),
        (lambda: bounds.log_loss_bound(-1, 3, 3, 0.1), "cost: expected a number of at least 0"),
    ]:
        with pytest.raises(InputError) as caught:
            call()
        assert words in str(caught.value)
