"""Stability: closed forms, certified constants that bound every trajectory, the pair by search."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ilkit.errors import InputError
from ilkit.theory.stability import (
    EISS,
    best_worst_case,
    certify,
    challenging_pair,
    fit_eiss,
    q_lipschitz,
    spectral_radius,
)


def trajectories(a: torch.Tensor, n: int, h: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    """Gaps of n pairs of trajectories with random starts and inputs: [n, h + 1] and [n, h]."""
    generator = torch.Generator().manual_seed(seed)
    gap = torch.randn(n, len(a), generator=generator, dtype=torch.float64)
    gaps, inputs = [gap.norm(dim=1)], []
    for _ in range(h):
        push = torch.randn(gap.shape, generator=generator, dtype=torch.float64)
        push = push * (torch.rand(n, 1, generator=generator) < 0.3)
        gap = gap @ a.T + push
        gaps.append(gap.norm(dim=1))
        inputs.append(push.norm(dim=1))
    return torch.stack(gaps, 1), torch.stack(inputs, 1)


def test_the_radius_is_the_modulus_and_not_the_real_part() -> None:
    turn = 0.9 * torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    assert spectral_radius(turn).item() == pytest.approx(0.9)
    assert torch.linalg.eigvals(turn).real.abs().max() < 1e-6


@given(st.integers(0, 10_000))
def test_certified_constants_bound_trajectories_nobody_fitted(seed: int) -> None:
    a = torch.randn(3, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    a = a * (0.85 / spectral_radius(a))
    constants = certify(a)
    gaps, inputs = trajectories(a, 20, 40, seed)
    assert (gaps[:, 1:] <= constants.bound(gaps[:, 0], inputs) * (1 + 1e-9)).all()


def test_unstable_systems_have_no_constants() -> None:
    with pytest.raises(InputError, match=r"spectral radius below 0\.95, got 2\.0000"):
        certify(torch.tensor([[2.0]]))


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="A: expected finite numbers"):
        spectral_radius(torch.full((2, 2), float("nan")))
    with pytest.raises(InputError, match="gaps, inputs: expected finite"):
        fit_eiss(torch.full((1, 3), float("nan")), torch.zeros(1, 2))
    with pytest.raises(InputError, match="slack: expected at least 0"):
        certify(torch.eye(2) / 2, slack=-0.1)
    with pytest.raises(InputError, match="in float64; raise slack"):
        certify(torch.tensor([[0.5, 1.0], [0.0, 0.5]]), slack=0.0)
    with pytest.raises(InputError, match=r"rates: expected candidates in \(0, 1\)"):
        fit_eiss(torch.ones(3, 5), torch.ones(3, 4), torch.tensor([0.5, 1.5]))


def test_a_scalar_system_has_its_own_rate_and_constant_one() -> None:
    constants = certify(torch.tensor([[0.6]]), slack=0.0)
    assert constants == pytest.approx((1.0, 0.6))
    gaps, inputs = trajectories(torch.tensor([[0.6]], dtype=torch.float64), 200, 30)
    assert fit_eiss(gaps, inputs).rho == pytest.approx(0.6, abs=0.03)


def test_fitted_constants_bound_the_other_half() -> None:
    a = torch.tensor([[0.5, 0.6], [-0.2, 0.7]], dtype=torch.float64)
    gaps, inputs = trajectories(a, 400, 40)
    fitted = fit_eiss(gaps[:200], inputs[:200])
    bound = fitted.bound(gaps[200:, 0], inputs[200:])
    assert (gaps[200:, 1:] <= 1.05 * bound).all()
    assert spectral_radius(a).item() < fitted.rho + 0.1 < 1


def test_the_bound_unrolls_to_its_definition() -> None:
    constants = EISS(2.0, 0.5)
    start, inputs = torch.tensor([3.0]), torch.tensor([[1.0, 0.0, 4.0]])
    by_hand = [
        2 * 0.5**t * 3 + 2 * sum(0.5 ** (t - k) * float(inputs[0, k - 1]) for k in range(1, t + 1))
        for t in (1, 2, 3)
    ]
    assert constants.bound(start, inputs)[0].tolist() == pytest.approx(by_hand)


def test_the_challenging_pair_is_stable_and_indistinguishable() -> None:
    pair = challenging_pair()
    e2 = torch.tensor([0.0, 1.0], dtype=torch.float64)
    for a, k in zip(pair.a, pair.k, strict=True):
        assert spectral_radius(a).item() == pytest.approx(0.75**0.5)
        assert spectral_radius(a + k).item() == pytest.approx(0.5)
        torch.testing.assert_close((a + k) @ e2, 0.5 * e2)
    torch.testing.assert_close(pair.a[0] @ e2, pair.a[1] @ e2)
    torch.testing.assert_close(pair.k[0] @ e2, pair.k[1] @ e2)


@pytest.mark.parametrize(("a1", "a2"), [(1.5, -1.5), (1.25, -1.25), (0.9, -0.6)])
def test_no_consistent_gain_does_better_than_the_closed_form(a1: float, a2: float) -> None:
    pair = challenging_pair(a1, a2)
    side = torch.linspace(-3, 3, 241, dtype=torch.float64)
    k11, k21 = torch.meshgrid(side, side, indexing="ij")
    gain = torch.zeros(241, 241, 2, 2, dtype=torch.float64)
    gain[..., 0, 0], gain[..., 1, 0] = k11, k21
    gain[..., :, 1] = pair.k[0][:, 1]
    worst = torch.maximum(*(spectral_radius(a + gain) for a in pair.a))
    floor = max(best_worst_case(a1, a2), 0.5)  # the eigenvalue along e2 is 0.5 whatever the gain
    assert worst.min().item() == pytest.approx(floor, abs=0.02)


def test_an_inconsistent_gain_stabilises_both() -> None:
    for a in challenging_pair().a:
        assert spectral_radius(a + torch.zeros(2, 2)) < 1


def test_q_moves_with_the_action_as_the_sum_of_powers_says() -> None:
    assert q_lipschitz(torch.tensor([[0.5]]), 4) == pytest.approx(1 + 0.5 + 0.25 + 0.125)
    assert q_lipschitz(torch.tensor([[2.0]]), 10) == pytest.approx(2**10 - 1)


@given(st.integers(0, 10_000))
def test_no_first_action_moves_q_by_more_than_its_lipschitz_constant(seed: int) -> None:
    """Q(x, u) = sum over the next six states of |x_t|, under the closed loop A."""
    generator = torch.Generator().manual_seed(seed)
    a = torch.randn(2, 2, generator=generator, dtype=torch.float64)
    x, u, v = torch.randn(3, 50, 2, generator=generator, dtype=torch.float64)

    def q(act: torch.Tensor) -> torch.Tensor:
        state, total = x @ a.T + act, torch.zeros(50, dtype=torch.float64)
        for _ in range(6):
            total = total + state.norm(dim=1)
            state = state @ a.T
        return total

    slope = (q(u) - q(v)).abs() / (u - v).norm(dim=1)
    assert slope.max() <= q_lipschitz(a, 6) * (1 + 1e-9)
