"""C16: the runs against closed forms, the rule met and broken."""

import dataclasses

import pytest
import torch

from ilkit.experiments import c16_stability as c16
from ilkit.theory.stability import spectral_radius


@pytest.fixture(scope="module")
def measured():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(c16, "RATES", torch.linspace(0.1, 0.99, 30))
        return c16.measure(range(900, 903))


def broken(measured, name, number):
    change = {"estimate": number, "low": number, "high": number}
    assert name in {r.name for r in measured.results}
    results = [dataclasses.replace(r, **change) if r.name == name else r for r in measured.results]
    return c16.CLAIM.verdict(results)[0]


def test_a_few_new_seeds_do_not_break_the_rule(measured):
    assert c16.CLAIM.verdict(measured.results)[0] != "fails"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("linear: share of pairs above the bound", 0.02),
        ("linear: largest gap over bound", 2.0),
        ("linear: largest rho", 1.01),
        ("linear: least of it", -0.1),
        ("pendulum down: largest gap (1 - rho) / (C delta)", 1.1),
        ("pendulum down: slope of the gap in delta", 2.0),
        ("2 x + u: growth a step", 1.9),
        ("pendulum up: growth a step", 0.99),
        ("pendulum up: growth over radius", 1.05),
    ],
)
def test_each_part_of_the_rule_can_be_broken(measured, name, number):
    assert broken(measured, name, number) == "fails"


def test_2x_plus_u_is_its_closed_form():
    gap = c16._pushed(c16._doubling, 1, 0.5)
    assert gap[:6].tolist() == pytest.approx([0.5 * (2**t - 1) for t in range(6)])
    assert c16._growth(gap) == pytest.approx(2.0)


def test_random_systems_have_the_radius_that_is_asked_for():
    generator = torch.Generator().manual_seed(0)
    radii = [float(spectral_radius(c16.random_system(generator))) for _ in range(200)]
    assert 0.3 <= min(radii) < 0.35
    assert 0.85 < max(radii) <= 0.9


def test_inputs_are_apart_by_delta():
    """An f that only hands on its input: the gap is the input's."""
    x = torch.zeros(6, 3, dtype=torch.float64)
    u = torch.ones(6, c16.STEPS, 3, dtype=torch.float64)
    gaps = c16._perturbed(lambda _, act: act, x, u, 0.25, torch.Generator().manual_seed(0))
    assert (gaps[:, 0] == 0).all()
    torch.testing.assert_close(gaps[:, 1:], torch.full_like(gaps[:, 1:], 0.25))


def test_gaps_of_linear_pairs_do_not_drown_in_rounding(monkeypatch):
    """0.3^100 is far below the rounding of two states apart, which would look like a larger rho."""
    monkeypatch.setattr(c16, "random_system", lambda _: 0.3 * torch.eye(3, dtype=torch.float64))
    run = c16._stable_run("linear", 0)
    assert run["rho"] == pytest.approx(0.3, abs=1e-6)
    assert run["gap over bound"] == pytest.approx(1.0, abs=1e-3)
