"""C23: growth and times to zero against closed forms, the rule met and broken."""

import dataclasses

import pytest
import torch

from ilkit.experiments import c23_unknown_sign as c23
from ilkit.policies.nonsimple import linear, shell


@pytest.fixture(scope="module")
def measured():
    return c23.measure(range(900, 920))


def test_new_seeds_do_not_break_the_rule(measured):
    assert c23.CLAIM.verdict(measured.results)[0] != "fails"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("least worse growth of linear gains", 1.4),
        ("least worse growth of smooth policies", 1.4),
        ("longest time to 0, alternating", 3.0),
        ("longest time to 0, shell 1.2 rho", 8.0),
        ("slope of log2 P(alive at t), random sign", -0.9),
        ("mean time to 0, random sign", 2.1),
        ("growth of E abs(x_t), random sign", 1.0),
    ],
)
def test_each_part_of_the_rule_can_be_broken(measured, name, number):
    change = {"estimate": number, "low": number, "high": number}
    assert name in {r.name for r in measured.results}
    results = [dataclasses.replace(r, **change) if r.name == name else r for r in measured.results]
    assert c23.CLAIM.verdict(results)[0] == "fails"


def test_growth_of_a_gain_is_its_distance_from_the_far_sign():
    gain = torch.tensor([-1.0, 0.0, 0.5, 2.0], dtype=torch.float64)
    worse = c23._worse_growth(linear(gain.repeat(2)[:, None]), torch.ones_like(gain), 12)
    torch.testing.assert_close(worse, gain.abs() + c23.RHO)


def test_both_signs_are_run_from_every_start():
    states = c23.both_signs(torch.tensor([0.1, -0.2]))
    assert (
        states.tolist()
        == torch.tensor([[0.1, 1, 0], [-0.2, 1, 0], [0.1, -1, 0], [-0.2, -1, 0]]).tolist()
    )


def test_a_trajectory_is_the_recursion_by_hand():
    """rho = 1.5 and shells of ratio 3: from x = 1 the guess is xi = 1; wrong, it is at -3."""
    path = c23.trajectory(shell(1.5, 3.0), c23._environment(), c23.both_signs(torch.ones(1)), 3)
    assert path.tolist() == [[1, 0, 0, 0], [1, -3, 0, 0]]
