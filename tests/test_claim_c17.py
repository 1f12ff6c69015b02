"""C17: pairs that are what they should be, the search, the plane; the rule met and broken."""

import dataclasses

import pytest
import torch

from ilkit.experiments import c17_challenging_pair as c17
from ilkit.theory.stability import challenging_pair, spectral_radius


@pytest.fixture(scope="module")
def measured():
    return c17.measure(range(900, 902))


def test_exact_numbers_come_out_on_new_seeds(measured):
    assert c17.CLAIM.verdict(measured.results)[0] == "holds"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("largest |search - closed form|", 1e-2),
        ("share of pairs on the right side", 0.95),
        ("share of pairs with |a1 - a2| > 2", 0.0),
        ("least worse radius of the course's pair", 1.4),
        ("worse radius of the gain 0", 1.2),
    ],
)
def test_each_part_of_the_rule_can_be_broken(measured, name, number):
    change = {"estimate": number, "low": number, "high": number}
    results = [dataclasses.replace(r, **change) if r.name == name else r for r in measured.results]
    assert c17.CLAIM.verdict(results)[0] == "fails"


def test_random_pairs_are_stable_and_alike_on_e2():
    generator = torch.Generator().manual_seed(1)
    for _ in range(100):
        pair = c17.random_pair(generator)
        for a, k in zip(pair.a, pair.k, strict=True):
            assert spectral_radius(a) < 1
            assert spectral_radius(a + k) < 1
        torch.testing.assert_close(pair.a[0][:, 1], pair.a[1][:, 1])
        torch.testing.assert_close(pair.k[0][:, 1], pair.k[1][:, 1])
        assert (pair.a[0] + pair.k[0])[0, 1] == 0  # e2 is invariant


def test_the_search_agrees_with_a_grid():
    pair = challenging_pair(1.2, -0.5)
    side = torch.linspace(-3, 3, 121, dtype=torch.float64)
    gain = torch.zeros(121, 121, 2, 2, dtype=torch.float64)
    gain[..., 0, 0], gain[..., 1, 0] = torch.meshgrid(side, side, indexing="ij")
    gain[..., :, 1] = pair.k[0][:, 1]
    assert c17.least_radius(pair) == pytest.approx(
        float(c17._worse_radius(pair, gain).min()), abs=0.03
    )


def test_radius_from_the_characteristic_polynomial_is_that_of_the_eigenvalues():
    a = torch.randn(500, 2, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    trace, determinant = a[:, 0, 0] + a[:, 1, 1], torch.linalg.det(a)
    torch.testing.assert_close(c17.radius_of(trace, determinant), spectral_radius(a))


def test_the_plane_is_the_worse_radius_of_its_gains():
    pair = challenging_pair()
    plane = c17._plane(pair)
    assert plane.shape == (len(c17.SHRUNK), len(c17.SIDE))
    gain = torch.zeros(len(c17.OTHER), 2, 2, dtype=torch.float64)
    gain[:, 0, 0], gain[:, 1, 0] = c17.SIDE[40], c17.OTHER
    gain[:, :, 1] = (1 - c17.SHRUNK[10]) * pair.k[0][:, 1]
    assert float(plane[10, 40]) == pytest.approx(float(c17._worse_radius(pair, gain).min()))
    assert float(plane[0].min()) == pytest.approx(1.5)
