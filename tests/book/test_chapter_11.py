"""Chapter 11: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import ilkit as il
from ilkit.theory import stability

CHAPTER = Path(__file__).parents[2] / "book" / "11-stability.md"
GIVEN = {"np": np}


def shear_of(a: np.ndarray) -> float:
    """|N|_F of a Schur form: what |A|_F^2 has beyond the squared eigenvalues."""
    excess = np.linalg.norm(a) ** 2 - (abs(np.linalg.eigvals(a)) ** 2).sum()
    return float(np.sqrt(max(excess, 0.0)))


def test_bound_and_fit_are_those_of_the_package(scratch: list[dict[str, Any]]) -> None:
    eiss, _ = scratch
    generator = torch.Generator().manual_seed(0)
    a = torch.tensor([[0.5, 0.6], [-0.2, 0.7]], dtype=torch.float64)
    x, y = torch.randn(2, 50, 2, generator=generator, dtype=torch.float64)
    u, v = torch.randn(2, 50, 20, 2, generator=generator, dtype=torch.float64)
    gaps, inputs = stability.trajectory_gaps(lambda x, u: x @ a.T + u, (x, y), (u, v))
    ours = eiss["bound"](2.0, 0.7, gaps[:, 0].numpy(), inputs.numpy())
    theirs = stability.EISS(2.0, 0.7).bound(gaps[:, 0], inputs)
    np.testing.assert_allclose(ours, theirs.numpy())
    rates = torch.linspace(0.1, 0.99, 50)
    fitted = eiss["fit"](gaps.numpy(), inputs.numpy(), rates.tolist())
    assert fitted == pytest.approx(stability.fit_eiss(gaps, inputs, rates))


def test_the_certificate_is_that_of_the_package(scratch: list[dict[str, Any]]) -> None:
    _, powers = scratch
    found = stability.certify(torch.from_numpy(powers["A"]), slack=0.05)
    assert powers["certify"](powers["A"], 0.95) == pytest.approx(found.c)


def test_two_kinds_of_error_cost_what_the_text_says() -> None:
    """An error of 1e-6 over 40 steps: 21.05 if always there, at most 0.00078 if rare."""
    x, total = 0.0, 0.0
    for _ in range(40):
        total += min(1.0, abs(x))
        x = 2 * x + 1e-6
    assert total == pytest.approx(21.05, abs=0.005)
    t = np.arange(1, 41)
    assert (1 - (1 - 1e-6) ** (t - 1)).sum() == pytest.approx(0.00078, abs=1e-6)


@given(st.integers(0, 10_000))
def test_powers_stay_below_the_constant_of_the_lemma(seed: int) -> None:
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 5))
    a = rng.standard_normal((d, d))
    radius = abs(np.linalg.eigvals(a)).max()
    r = radius + rng.uniform(0.05, 1.0)
    c = max(1.0, shear_of(a) / (r - radius)) ** (d - 1)
    power = np.eye(d)
    for t in range(40):
        assert np.linalg.norm(power, 2) <= c * r**t * (1 + 1e-9)
        power = power @ a


def test_one_eigenvector_by_hand() -> None:
    a = np.array([[0.9, 1.0], [0.0, 0.9]])
    power = np.linalg.matrix_power(a, 10)
    assert power[0, 1] == pytest.approx(3.87, abs=0.005)
    assert shear_of(a) == pytest.approx(1.0)
    assert max(t * 0.9 ** (t - 1) for t in range(100)) == pytest.approx(power[0, 1])
    sheared = [
        np.linalg.norm(np.linalg.matrix_power([[0.9, 10], [0, 0.8]], t), 2) for t in range(9)
    ]
    assert max(sheared) > 20


def test_at_radius_one_errors_that_turn_along_add_up() -> None:
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    values, vectors = np.linalg.eig(turn)
    errors = [values[0] ** k * vectors[:, 0] for k in range(1, 51)]
    parts = []
    for part in (np.real, np.imag):
        gap = np.zeros(2)
        for error in errors:
            assert np.linalg.norm(part(error)) <= 1 + 1e-12
            gap = turn @ gap + part(error)
        parts.append(np.linalg.norm(gap))
    assert max(parts) >= 50 / np.sqrt(2) - 1e-9


def test_the_slide_s_radius_misses_a_growing_turn() -> None:
    turn = torch.tensor([[0.0, -1.1], [1.1, 0.0]])
    assert torch.linalg.eigvals(turn).real.abs().max() < 1e-6
    assert stability.spectral_radius(turn).item() == pytest.approx(1.1)


@given(st.integers(0, 10_000))
def test_rollout_error_is_bounded_by_the_errors_on_the_expert_s_states(seed: int) -> None:
    """The theorem, part 1, and part 2 with the policies exchanged, on random linear systems."""
    rng = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=rng, dtype=torch.float64)  # noqa: E731
    a, k = draw(2, 2), {}
    for name in ("learner", "expert"):  # gains that give the loop a radius of 0.8
        loop = draw(2, 2)
        k[name] = loop * (0.8 / stability.spectral_radius(loop)) - a
    start = draw(2)
    for stable, visited in (("learner", "expert"), ("expert", "learner")):
        constants = stability.certify(a + k[stable])
        x = y = start
        errors, gaps = [], []
        for _ in range(30):
            errors.append(((k["learner"] - k["expert"]) @ y).norm())
            x, y = (a + k[stable]) @ x, (a + k[visited]) @ y
            gaps.append((x - y).norm())
        allowed = constants.bound(torch.zeros(1).double(), torch.stack(errors)[None])[0]
        assert (torch.stack(gaps) <= allowed * (1 + 1e-9) + 1e-12).all()


def test_the_wrong_expert_of_the_pair_triples_deviations() -> None:
    pair = stability.challenging_pair()
    learner = pair.a[0] + pair.k[1]
    torch.testing.assert_close(learner, torch.diag(torch.tensor([3.0, 0.5]).double()))


def test_the_pendulum_by_hand() -> None:
    down, up = (il.Pendulum(up=x).linearised()[0] for x in (False, True))
    for a, trace in ((down, 1.94), (up, 1.96)):
        assert torch.linalg.det(a).item() == pytest.approx(0.95)
        assert torch.trace(a).item() == pytest.approx(trace)
    assert stability.spectral_radius(down).item() == pytest.approx(0.95**0.5)
    values = sorted(torch.linalg.eigvals(up).real.tolist())
    assert values == pytest.approx([0.878, 1.082], abs=5e-4)
    assert round(np.log(2) / -np.log(0.95**0.5)) == 27
    assert np.log(2) / np.log(values[1]) == pytest.approx(8.8, abs=0.05)


@pytest.mark.parametrize("damping", [0.0, 0.5, 3.0, 10.0])
def test_no_damping_saves_the_upright_pendulum(damping: float) -> None:
    a = il.Pendulum(up=True, damping=damping).linearised()[0]
    assert torch.linalg.det(torch.eye(2).double() - a).item() == pytest.approx(-0.01)
    assert stability.spectral_radius(a) > 1


def test_a_position_controller_makes_a_joint_stable() -> None:
    h, kp, kd = 0.02, 25.0, 10.0
    a = np.array([[1 - h * h * kp, h * (1 - h * kd)], [-h * kp, 1 - h * kd]])
    roots = sorted(np.linalg.eigvals(a).real)
    assert roots == pytest.approx([0.863, 0.927], abs=5e-4)
    assert (np.trace(a), np.linalg.det(a)) == pytest.approx((1.79, 0.8))


def test_equal_starts_alone_do_not_make_a_system_forget() -> None:
    """f(x, u) = 2 x has every constant for equal starts, and none otherwise."""
    f = lambda x, u: 2 * x  # noqa: E731
    one, u = torch.ones(1, 1), torch.randn(2, 1, 10, 1)
    equal, _ = stability.trajectory_gaps(f, (one, one), (u[0], u[1]))
    apart, _ = stability.trajectory_gaps(f, (one, 2 * one), (u[0], u[0]))
    assert (equal == 0).all()
    assert apart[0].tolist() == [2.0**t for t in range(11)]


@pytest.mark.parametrize(("gain", "after"), [(0.0, 1.023), (-1.5, 0.001998)])
def test_the_scalar_system_as_an_environment(gain: float, after: float) -> None:
    env = il.Linear(a=torch.tensor([[2.0]]), k=torch.tensor([[gain]]), horizon=11)
    right = il.rollout(env.expert, env, seed=0)
    wrong = il.rollout(lambda x: env.expert(x) + 0.001, env, seed=0)
    assert (wrong.state - right.state)[0, 10, 0].item() == pytest.approx(after, rel=1e-3)
