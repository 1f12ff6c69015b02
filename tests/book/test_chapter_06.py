"""Chapter 06: its losses and samplers from scratch are ilkit's, and its theorems' numbers hold."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import ilkit as il
from ilkit.experiments.c08_joint_actions import total_correlation
from ilkit.policies import CVAE, Autoregressive, Diffusion, Flow, Mixture, Network
from ilkit.policies.diffusion import squared_cosine

CHAPTER = Path(__file__).parents[2] / "book" / "06-expressive-policies.md"


def two_modes() -> il.Demos:
    g = torch.Generator().manual_seed(2)
    side = 2.0 * torch.randint(2, (300, 1), generator=g) - 1
    act = 0.6 * side + 0.1 * torch.randn(300, 2, generator=g)
    return il.Demos(torch.zeros(1, 300, 1), act[None])


GIVEN = {
    "math": math,
    "torch": torch,
    "il": il,
    "net": Network("mlp", hidden=(32, 32)),
    "lesson": two_modes(),
    "squared_cosine": squared_cosine,
    **{head.__name__: head for head in (CVAE, Autoregressive, Diffusion, Flow, Mixture)},
}


# From scratch, then through ilkit


def test_losses_are_those_of_the_package(chapter: dict[str, Any]) -> None:
    assert chapter["mixture_gap"] < 1e-4
    assert chapter["elbo_gap"] < 1e-3  # of some hundreds, while the encoder is untrained


def test_the_mixture_loss_survives_far_actions(chapter: dict[str, Any]) -> None:
    near = torch.zeros(1, 2), torch.zeros(1, 2, 1), torch.ones(1, 2, 1)
    far = chapter["mixture_loss"](*near, torch.full((1, 1), 100.0))
    assert far.item() == pytest.approx(5000 + 0.5 * math.log(2 * math.pi))


def test_the_chain_rule_is_the_package_s_and_nothing_leaks(chapter: dict[str, Any]) -> None:
    assert max(chapter["chain_gap"].values()) < 1e-4
    assert set(chapter["leaks"].values()) == {0.0}


def test_samplers_are_those_of_the_package(chapter: dict[str, Any]) -> None:
    assert max(chapter["ddim_gap"].values()) < 1e-4
    assert chapter["flow_gap"] < 1e-5
    assert chapter["one_step"] < 1e-6


def test_the_exact_denoiser_is_the_conditional_mean(chapter: dict[str, Any]) -> None:
    a = torch.linspace(-2, 2, 40_001, dtype=torch.float64)
    q = torch.exp(-((a - 1) ** 2) / 0.02) + torch.exp(-((a + 1) ** 2) / 0.02)
    for x, c, e in ((0.3, 0.5, 0.8), (-0.1, 0.9, 0.2), (1.4, 0.2, 0.9)):
        weight = q * torch.exp(-((x - c * a) ** 2) / (2 * e**2))
        mean = (weight * a).sum() / weight.sum()
        ours = chapter["denoised"](torch.tensor(x, dtype=torch.float64), c, e)
        assert ours.item() == pytest.approx(mean.item(), abs=1e-6)


# Theorems


def entropy_of_two_modes(m: float, s: float) -> float:
    """Of two Gaussians at -m and m, by quadrature."""
    a = torch.linspace(-m - 12 * s, m + 12 * s, 200_001, dtype=torch.float64)
    q = torch.exp(-((a - m) ** 2) / (2 * s**2)) + torch.exp(-((a + m) ** 2) / (2 * s**2))
    q = q / (2 * s * math.sqrt(2 * math.pi))
    return -float(torch.xlogy(q, q).sum() * (a[1] - a[0]))


@pytest.mark.parametrize(("m", "misfit"), [(0.6, 1.452), (0.15, 0.16)])
def test_misfit_of_the_gaussian(m: float, misfit: float) -> None:
    rough = 0.5 * math.log(1 + 2 * m**2 / 0.01) - math.log(2)
    assert rough == pytest.approx(misfit, abs=5e-3)
    # Along the diagonal the modes are m sqrt 2 from the middle; across it there is nothing to fit.
    along = m * math.sqrt(2)
    exact = 0.5 * math.log(2 * math.pi * math.e * (0.01 + along**2))
    exact -= entropy_of_two_modes(along, 0.1)
    assert exact >= rough - 1e-6
    assert (exact - rough < 1e-6) == (m == 0.6)


def test_gradients_of_the_mixture_by_autograd_and_by_hand(chapter: dict[str, Any]) -> None:
    logits = torch.zeros(1, 2, requires_grad=True)
    mean = torch.tensor([[[-1.0], [1.0]]], requires_grad=True)
    log_std = torch.zeros(1, 2, 1, requires_grad=True)
    loss = chapter["mixture_loss"](logits, mean, log_std.exp(), torch.ones(1, 1))
    loss.sum().backward()
    share = torch.softmax(torch.tensor([-2.0, 0.0]), 0)
    assert share.tolist() == pytest.approx([0.119, 0.881], abs=5e-4)
    assert loss.item() == pytest.approx(1.485, abs=5e-4)
    assert torch.allclose(logits.grad[0], 0.5 - share, atol=1e-6)
    assert torch.allclose(mean.grad[0, :, 0], share * torch.tensor([-2.0, 0.0]), atol=1e-6)
    assert torch.allclose(log_std.grad[0, :, 0], share * torch.tensor([-3.0, 1.0]), atol=1e-6)


def test_divergence_of_a_code_from_the_prior() -> None:
    normal = torch.distributions.Normal
    exact = torch.distributions.kl_divergence(normal(1.0, 0.5), normal(0.0, 1.0))
    assert float(exact) == pytest.approx(0.818, abs=5e-4)


def test_total_correlation_by_hand() -> None:
    joint = il.Correlated(shelves=4, agree=0.9).joint()
    assert total_correlation(joint).tolist() == pytest.approx([0.773] * 4, abs=5e-4)
    given = -0.9 * math.log(0.9) - 0.1 * math.log(0.1 / 3)
    assert given == pytest.approx(0.435, abs=5e-4)
    right = joint[0].sum(0)
    assert right.tolist() == pytest.approx([0.1 / 3, *[0.3222] * 3], abs=1e-4)
    assert -float(torch.xlogy(right, right).sum()) == pytest.approx(1.208, abs=5e-4)


def test_independence_costs_the_total_correlation() -> None:
    generator = torch.Generator().manual_seed(0)
    q = torch.rand(3, 4, generator=generator, dtype=torch.float64)
    q = q / q.sum()
    p = [torch.softmax(torch.randn(n, generator=generator).double(), 0) for n in (3, 4)]

    def divergence(x: Tensor, y: Tensor) -> float:
        return float((x * (x / y).log()).sum())

    left = divergence(q, p[0][:, None] * p[1])
    right = float(total_correlation(q[None])) + divergence(q.sum(1), p[0])
    assert left == pytest.approx(right + divergence(q.sum(0), p[1]))


@pytest.mark.parametrize("bins", [8, 32, 128])
def test_bias_of_the_bins_is_below_its_bound(bins: int) -> None:
    fine = 1024
    a = (torch.arange(bins * fine, dtype=torch.float64) + 0.5) / (bins * fine)
    q = torch.exp(3 * torch.sin(5 * a))  # of [0, 1]; its logarithm is 15-Lipschitz
    q = q / q.mean()
    flat = q.view(bins, fine).mean(1).repeat_interleave(fine)
    bias = float((q * (q / flat).log()).mean())
    assert 0 < bias <= (math.exp(15 / bins) - 1) ** 2
    fisher = float((q * (15 * torch.cos(5 * a)) ** 2).mean())
    if bins == 128:
        assert bias == pytest.approx(fisher / (24 * bins**2), rel=0.01)


def test_posterior_of_a_step_back() -> None:
    """The lemma's mean and variance, against the joint Gaussian of two levels; and DDIM's form."""
    keep = squared_cosine(20).double()
    t, a, x = 7, 0.8, -0.4
    alpha, now, before = keep[t] / keep[t - 1], keep[t], keep[t - 1]
    cov = alpha.sqrt() * (1 - before)  # of x_{t-1} and x_t, given a
    mean = before.sqrt() * a + cov / (1 - now) * (x - now.sqrt() * a)
    var = (1 - before) - cov**2 / (1 - now)
    eps = (x - now.sqrt() * a) / (1 - now).sqrt()
    tilde = (1 - alpha) * (1 - before) / (1 - now)
    assert tilde.item() == pytest.approx(var.item())
    by_noise = (x - (1 - alpha) / (1 - now).sqrt() * eps) / alpha.sqrt()
    assert by_noise.item() == pytest.approx(mean.item())
    by_ddim = before.sqrt() * a + (1 - before - tilde).sqrt() * eps
    assert by_ddim.item() == pytest.approx(mean.item())


def test_a_step_back_by_hand() -> None:
    assert math.sqrt(0.5) * 0.5 / 0.75 == pytest.approx(0.471, abs=5e-4)
    assert math.sqrt(2) * 0.5 / math.sqrt(0.75) * 0.5 / math.sqrt(0.75) == pytest.approx(
        0.471, abs=5e-4
    )


def test_the_bound_s_weight_is_the_gaussians_divergence() -> None:
    keep = squared_cosine(20).double()
    for t in (2, 9, 20):
        alpha, now, before = keep[t] / keep[t - 1], keep[t], keep[t - 1]
        v = (1 - alpha) * (1 - before) / (1 - now)
        apart = (1 - alpha) / (alpha * (1 - now)).sqrt() * 0.3  # noises that differ by 0.3
        weight = (1 - alpha) ** 2 / (2 * v * alpha * (1 - now))
        assert (apart**2 / (2 * v)).item() == pytest.approx((weight * 0.09).item())


def test_conditional_and_marginal_flow_losses_have_one_gradient(chapter: dict[str, Any]) -> None:
    g = torch.Generator().manual_seed(0)
    n = 400_000
    side = 2.0 * torch.randint(2, (n,), generator=g) - 1
    a = side + 0.1 * torch.randn(n, generator=g)
    z, t = torch.randn(n, generator=g), 0.9 * torch.rand(n, generator=g)
    x = t * a + (1 - t) * z
    v = (chapter["denoised"](x, t, 1 - t) - x) / (1 - t)
    theta = torch.tensor([0.3, -0.2, 0.5], requires_grad=True)
    model = theta[0] * x + theta[1] * t + theta[2] * x * t
    slopes = [
        torch.autograd.grad((model - target).square().mean(), theta, retain_graph=True)[0]
        for target in (a - z, v)
    ]
    assert torch.allclose(*slopes, atol=0.02)
    assert slopes[0].abs().max() > 0.2


def test_velocity_by_hand(chapter: dict[str, Any]) -> None:
    assert (math.tanh(0.2) - 0.1) / 0.5 == pytest.approx(0.195, abs=5e-4)


def test_the_flow_carries_noise_to_both_modes(chapter: dict[str, Any]) -> None:
    end = chapter["euler"](torch.randn(20_000, generator=torch.Generator().manual_seed(1)), 200)[-1]
    assert (end > 0).float().mean().item() == pytest.approx(0.5, abs=0.02)
    assert end.abs().mean().item() == pytest.approx(1, abs=0.01)
    assert end[end > 0].std().item() == pytest.approx(0.1, abs=0.02)
