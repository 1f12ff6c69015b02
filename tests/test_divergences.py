"""Divergences: Fenchel's inequality, tightness, closed forms, scipy, and the two reverse KLs."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from ilkit import divergences as d
from ilkit.errors import InputError

FAMILY = [*d.ALL, d.alpha(-0.5), d.alpha(2.0), d.alpha(3.0)]
ids = [f.name for f in FAMILY]
number = st.floats(-6, 6)


def categorical(weights: list[float]) -> torch.Tensor:
    w = torch.tensor(weights, dtype=torch.float64)
    return w / w.sum()


weights = st.lists(st.floats(0.02, 1), min_size=4, max_size=4).map(categorical)


@pytest.mark.parametrize("div", FAMILY, ids=ids)
@given(v=number, log_u=number)
def test_fenchel_young(div: d.FDivergence, v: float, log_u: float) -> None:
    """f(u) + f*(t) >= u t for every u > 0 and every t that the activation can produce."""
    u = torch.tensor(math.exp(log_u), dtype=torch.float64)
    t = div.activation(torch.tensor(v, dtype=torch.float64))
    gap = div.f(u) + div.conjugate(t) - u * t
    assert gap >= -1e-9 * (1 + abs(float(u * t)))


@pytest.mark.parametrize("div", FAMILY, ids=ids)
@given(p=weights, q=weights)
def test_the_bound_is_tight_at_the_slope(
    div: d.FDivergence, p: torch.Tensor, q: torch.Tensor
) -> None:
    t = div.slope(p / q)
    value = (p * t).sum() - (q * div.conjugate(t)).sum()
    assert value.item() == pytest.approx(div.exact(p, q).item(), abs=1e-9)


@pytest.mark.parametrize("div", FAMILY, ids=ids)
def test_generators_are_normalised_convex_and_their_slope_is_the_derivative(
    div: d.FDivergence,
) -> None:
    u = torch.linspace(0.05, 6, 200, dtype=torch.float64)
    assert div.f(torch.ones(1)).item() == pytest.approx(0, abs=1e-7)
    assert (div.f(u)[2:] - 2 * div.f(u)[1:-1] + div.f(u)[:-2] >= -1e-12).all()
    x = torch.tensor([0.3, 0.8, 2.5], dtype=torch.float64, requires_grad=True)
    (derivative,) = torch.autograd.grad(div.f(x).sum(), x)
    torch.testing.assert_close(div.slope(x), derivative)


@pytest.mark.parametrize("div", FAMILY, ids=ids)
def test_missing_support_is_the_limit_of_little_support(div: d.FDivergence) -> None:
    tiny = 1e-13
    for at, p, q in (
        (div.at_zero, [tiny, 1 - tiny], [0.5, 0.5]),
        (div.at_infinity, [0.5, 0.5], [tiny, 1 - tiny]),
    ):
        near = div.exact(torch.tensor(p), torch.tensor(q)).item()
        gone = div.exact(torch.tensor(p).round(decimals=6), torch.tensor(q).round(decimals=6))
        if math.isinf(at):
            assert gone.item() == math.inf
            assert near > 5
        else:
            assert gone.item() == pytest.approx(near, abs=1e-4)


@given(p=weights, q=weights)
def test_categorical_values_agree_with_scipy(p: torch.Tensor, q: torch.Tensor) -> None:
    assert d.KL.exact(p, q).item() == pytest.approx(entropy(p, q), abs=1e-9)
    assert d.REVERSE_KL.exact(p, q).item() == pytest.approx(entropy(q, p), abs=1e-9)
    twice = 2 * jensenshannon(p, q) ** 2
    assert d.JENSEN_SHANNON.exact(p, q).item() == pytest.approx(twice, abs=1e-7)
    assert d.TOTAL_VARIATION.exact(p, q).item() == pytest.approx(0.5 * float((p - q).abs().sum()))
    chi = float(((p - q).square() / q).sum())
    assert d.CHI_SQUARED.exact(p, q).item() == pytest.approx(chi)
    assert d.alpha(2.0).exact(p, q).item() == pytest.approx(chi / 2)
    hellinger = float((p.sqrt() - q.sqrt()).square().sum())
    assert d.HELLINGER.exact(p, q).item() == pytest.approx(2 * hellinger, abs=1e-12)


@given(p=weights, q=weights)
def test_the_alpha_family_tends_to_both_kls(p: torch.Tensor, q: torch.Tensor) -> None:
    for near, limit in ((1 + 1e-6, d.KL), (1e-6, d.REVERSE_KL)):
        assert d.alpha(near).exact(p, q).item() == pytest.approx(
            limit.exact(p, q).item(), rel=1e-3, abs=1e-5
        )


@pytest.mark.parametrize("div", FAMILY, ids=ids)
def test_the_conjugate_is_the_supremum_everywhere(div: d.FDivergence) -> None:
    """Against a search over u, for t of any size: infinite exactly where the search runs away."""
    u = torch.cat([torch.tensor([1e-300]), torch.logspace(-12, 6, 40_000)]).double()
    for t in (-3.0, -1.0, -0.3, 0.0, 0.2, 0.45, 0.6, 3.0):
        value = div.conjugate(torch.tensor(t, dtype=torch.float64)).item()
        found, at = (u * t - div.f(u)).max(0)
        if math.isinf(value):
            assert at == len(u) - 1
        else:
            assert value == pytest.approx(found.item(), abs=1e-3, rel=1e-3)


@pytest.mark.parametrize(("a", "value"), [(-0.5, 2.0), (-1.0, 1.0), (0.5, math.inf)])
def test_the_conjugate_at_the_end_of_its_range(a: float, value: float) -> None:
    """The supremum over u is a limit there, -1/a for a < 0; beyond, it is infinite for a < 1."""
    end = torch.tensor(1 / (1 - a), dtype=torch.float64)
    assert d.alpha(a).conjugate(end).item() == pytest.approx(value)
    assert d.alpha(a).conjugate(end + 1e-6).item() == math.inf


def test_densities_without_common_support_pay_for_it() -> None:
    def uniform(low: float, high: float) -> d.Map:
        return lambda x: torch.where((x >= low) & (x <= high), -math.log(high - low), -math.inf)

    p, q = uniform(0.0, 1.0), uniform(0.5, 1.5)
    assert d.TOTAL_VARIATION.quadrature(p, q, -1, 2) == pytest.approx(0.5, abs=1e-3)
    assert d.JENSEN_SHANNON.quadrature(p, q, -1, 2) == pytest.approx(math.log(2), abs=1e-3)
    assert d.KL.quadrature(p, q, -1, 2) == math.inf


def test_quadrature_is_the_closed_form_of_two_gaussians() -> None:
    def normal(mean: float, std: float) -> d.Map:
        return torch.distributions.Normal(
            torch.tensor(mean, dtype=torch.float64), torch.tensor(std, dtype=torch.float64)
        ).log_prob

    p, q = normal(0.0, 1.0), normal(1.0, 2.0)
    kl = math.log(2) + (1 + 1) / 8 - 0.5
    assert d.KL.quadrature(p, q, -20, 20) == pytest.approx(kl, abs=1e-9)
    assert d.REVERSE_KL.quadrature(q, p, -20, 20) == pytest.approx(kl, abs=1e-9)
    affinity = math.sqrt(2 * 1 * 2 / (1 + 4)) * math.exp(-1 / (4 * 5))
    assert d.HELLINGER.quadrature(p, q, -20, 20) == pytest.approx(4 * (1 - affinity), abs=1e-9)
    with pytest.raises(InputError, match="log_p: expected a density with mass 1"):
        d.KL.quadrature(p, q, 0, 1)


def test_the_slides_reverse_kl_is_the_other_one() -> None:
    """Learner first and f*(T) on the expert estimates D_f(q, p): with f = -log u, forward KL."""
    p = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
    q = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)
    t = d.REVERSE_KL.slope(q / p)
    as_on_the_slide = (q * t).sum() - (p * d.REVERSE_KL.conjugate(t)).sum()
    assert as_on_the_slide.item() == pytest.approx(d.KL.exact(p, q).item())
    t = d.KL.slope(q / p)  # the generator that makes it reverse KL after all
    mended = (q * t).sum() - (p * d.KL.conjugate(t)).sum()
    assert mended.item() == pytest.approx(d.REVERSE_KL.exact(p, q).item())


def test_sampled_bound_stays_below_and_comes_near() -> None:
    p, q = (torch.distributions.Normal(m, 1.0) for m in (0.0, 0.7))
    torch.manual_seed(0)
    x, y = p.sample((200_000,)), q.sample((200_000,))
    for div in (d.KL, d.REVERSE_KL, d.JENSEN_SHANNON):
        best = lambda z, div=div: div.slope((p.log_prob(z) - q.log_prob(z)).exp())  # noqa: E731
        exact = div.quadrature(p.log_prob, q.log_prob, -9, 10)
        assert div.bound(best(x), best(y)).item() == pytest.approx(exact, abs=0.01)
        assert div.bound(0.5 * best(x), 0.5 * best(y)) < exact


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="sum to 1"):
        d.KL.exact(torch.tensor([0.5, 0.6]), torch.tensor([0.5, 0.5]))
    with pytest.raises(InputError, match="like p"):
        d.KL.exact(torch.tensor([0.5, 0.5]), torch.tensor([1.0]))
    near, far = (
        torch.distributions.Normal(torch.tensor(mean, dtype=torch.float64), 0.1).log_prob
        for mean in (0.0, 10.0)
    )
    for div in (d.KL, d.REVERSE_KL, d.CHI_SQUARED):  # 5000 for KL
        with pytest.raises(InputError, match="whose ratio float64 can hold"):
            div.quadrature(near, far, -8, 14)
    for div in (d.JENSEN_SHANNON, d.TOTAL_VARIATION, d.HELLINGER):
        apart = div.quadrature(near, far, -8, 14)
        assert apart == pytest.approx(div.at_zero + div.at_infinity, rel=1e-6)
    with pytest.raises(InputError, match="limit called KL"):
        d.alpha(1.0)
