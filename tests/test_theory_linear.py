"""Linear control against scipy's solvers, and against the sums that the formulas stand for."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_are, solve_discrete_lyapunov

from ilkit.errors import InputError
from ilkit.theory.linear import lqr, lyapunov
from ilkit.theory.stability import certify, certify_by_lyapunov, spectral_radius, trajectory_gaps


def system(seed: int, n: int = 3, m: int = 2) -> tuple[torch.Tensor, ...]:
    """A [n, n], B [n, m] and positive definite Q, R."""
    generator = torch.Generator().manual_seed(seed)
    a, b, q, r = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((n, n), (n, m), (n, n), (m, m))
    )
    eye = torch.eye(n, dtype=torch.float64)
    return a, b, q @ q.T + 0.1 * eye, r @ r.T + 0.1 * eye[:m, :m]


@given(st.integers(0, 10_000))
def test_the_regulator_is_scipys(seed: int) -> None:
    a, b, q, r = system(seed)
    found = lqr(a, b, q, r)
    p = solve_discrete_are(*(x.numpy() for x in (a, b, q, r)))
    np.testing.assert_allclose(found.p.numpy(), p, rtol=1e-6)
    assert spectral_radius(a + b @ found.k) < 1


def test_an_ill_conditioned_system_settles_as_far_as_rounding_lets_it() -> None:
    generator = torch.Generator().manual_seed(1)
    a, b = (torch.randn(4, n, generator=generator, dtype=torch.float64) for n in (4, 1))
    q, r = torch.eye(4, dtype=torch.float64), torch.full((1, 1), 0.01, dtype=torch.float64)
    p = solve_discrete_are(*(x.numpy() for x in (4 * a, b, q, r)))
    np.testing.assert_allclose(lqr(4 * a, b, q, r).p.numpy(), p, atol=1e-9 * abs(p).max())


def test_the_regulators_cost_is_what_its_trajectory_pays_and_other_gains_pay_more() -> None:
    a, b, q, r = system(3)
    k, p = lqr(a, b, q, r)

    def paid(gain: torch.Tensor) -> float:
        x, total = torch.ones(3, dtype=torch.float64), 0.0
        for _ in range(400):
            u = gain @ x
            total += float(x @ q @ x + u @ r @ u)
            x = a @ x + b @ u
        return total

    assert paid(k) == pytest.approx(float(p.sum()), rel=1e-9)
    for nudge in torch.eye(6, dtype=torch.float64).view(6, 2, 3):
        assert paid(k + 0.01 * nudge) > paid(k)


@given(st.integers(0, 10_000))
def test_lyapunovs_equation_is_solved_as_scipy_does(seed: int) -> None:
    a, _, q, _ = system(seed)
    a = a * (0.9 / spectral_radius(a))
    p = solve_discrete_lyapunov(a.numpy().T, q.numpy())
    np.testing.assert_allclose(lyapunov(a, q).numpy(), p, rtol=1e-6, atol=1e-8)


def test_lyapunovs_solution_is_positive_just_where_the_system_is_stable() -> None:
    turn = torch.tensor([[0.8, -0.5], [0.5, 0.8]], dtype=torch.float64)  # radius 0.943
    eye = torch.eye(2, dtype=torch.float64)
    assert (torch.linalg.eigvalsh(lyapunov(turn, eye)) > 0).all()
    assert (torch.linalg.eigvalsh(lyapunov(1.1 * turn, eye)) < 0).any()


@given(st.integers(0, 10_000))
def test_the_quadratic_certificate_bounds_every_trajectory(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    a = system(seed)[0]
    a = a * (0.9 / spectral_radius(a))
    x, y = torch.randn(2, 20, 3, generator=generator, dtype=torch.float64)
    u, v = torch.randn(2, 20, 40, 3, generator=generator, dtype=torch.float64)
    gaps, pushes = trajectory_gaps(lambda s, act: s @ a.T + act, (x, y), (u, v))
    constants = certify_by_lyapunov(a)
    assert constants.rho < 1
    assert (gaps[:, 1:] <= constants.bound(gaps[:, 0], pushes) * (1 + 1e-9)).all()


def test_both_certificates_agree_on_a_scalar_system() -> None:
    a = torch.tensor([[0.6]])
    assert certify_by_lyapunov(a) == pytest.approx(certify(a, slack=0.0))


def test_gaps_are_those_of_the_two_trajectories() -> None:
    """x' = 2 x + u from 0, under u = 0 and u = 0.1: apart by (2^t - 1) / 10."""
    start, still = torch.zeros(1, 1), torch.zeros(1, 5, 1)
    gaps, pushes = trajectory_gaps(lambda x, u: 2 * x + u, (start, start), (still, still + 0.1))
    assert gaps[0].tolist() == pytest.approx([(2**t - 1) / 10 for t in range(6)])
    assert pushes[0].tolist() == pytest.approx([0.1] * 5)


def test_systems_beyond_help_are_refused() -> None:
    one = torch.ones(1, 1)
    with pytest.raises(InputError, match="that some gain stabilises"):
        lqr(2 * one, 0 * one, one, one)
    with pytest.raises(InputError, match=r"spectral radius below 1, got 2\.0000"):
        certify_by_lyapunov(2 * one)
