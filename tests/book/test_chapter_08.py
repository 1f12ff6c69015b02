"""Chapter 08: what it computes from scratch is what `ilkit` computes, and its theorems hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit.learners import dart, explore_and_relabel
from ilkit.learners.dart import gaussian_noise, noise_covariance
from ilkit.rollout import label
from ilkit.theory.stability import challenging_pair, spectral_radius

CHAPTER = Path(__file__).parents[2] / "book" / "08-noise-injection.md"
GIVEN = {"np": np, "torch": torch, "il": il, "gaussian_noise": gaussian_noise}


def linear(a: np.ndarray, k: np.ndarray, **options: Any) -> il.Linear:
    return il.Linear(torch.tensor(a), k=torch.tensor(k), **options)


def test_the_fit_is_that_of_the_package(chapter: dict[str, Any]) -> None:
    env = linear(np.eye(2), np.array([[-0.5, 0.1], [0.0, -0.4]]), start=1.0, horizon=7)
    learner, demos = il.Deterministic(env, seed=1), il.collect(env.expert, env, n=3)
    obs, act, _ = demos.flat()
    errors = (learner(obs) - act).detach()
    ours = chapter["fit_noise"](errors, 0.5, 7)
    torch.testing.assert_close(ours, noise_covariance(learner, demos, alpha=0.5))
    assert ours.trace().item() == pytest.approx(0.5 / 7)


def test_the_loop_is_that_of_the_package(chapter: dict[str, Any]) -> None:
    env = il.Track(horizon=40)
    options = {"alpha": 1.0, "rounds": 2, "episodes": 2, "steps": 40, "batch": 32}
    start = il.Deterministic(env, seed=2)
    ours, theirs = chapter["by_hand"](start, env, **options), dart(start, env, **options)
    at = il.collect(env.expert, env, n=2, seed=9).obs.flatten(0, 1)
    torch.testing.assert_close(ours(at), theirs(at))


def test_the_fit_maximises_the_likelihood() -> None:
    errors = torch.tensor([[0.2, 0.0], [0.0, 0.1], [-0.2, 0.1]], dtype=torch.float64)
    best = errors.T @ errors / 3
    assert best.tolist() == pytest.approx(np.array([[0.08, -0.02], [-0.02, 0.02]]) / 3)

    def likelihood(cov: torch.Tensor) -> float:
        normal = torch.distributions.MultivariateNormal(torch.zeros(2).double(), cov)
        return normal.log_prob(errors).sum().item()

    rng = torch.Generator().manual_seed(0)
    for size in (0.01, 0.1, 0.5):
        for _ in range(20):
            root = torch.linalg.cholesky(best)
            twist = torch.eye(2) + size * torch.randn(2, 2, generator=rng, dtype=torch.float64)
            assert likelihood(root @ twist @ twist.T @ root.T) < likelihood(best)


def test_kl_of_noisy_learner_and_noisy_expert() -> None:
    """The proposition's value per step, and its least, against torch's divergence."""
    own, error = torch.tensor([[0.3, 0.1], [0.1, 0.2]]), torch.tensor([0.4, -0.7])
    spread = own + torch.outer(error, error)

    def kl(noise: torch.Tensor) -> float:
        ours = torch.distributions.MultivariateNormal(error, own)
        theirs = torch.distributions.MultivariateNormal(torch.zeros(2), noise)
        return torch.distributions.kl_divergence(ours, theirs).item()

    least = torch.logdet(torch.eye(2) + torch.linalg.solve(own, torch.outer(error, error))) / 2
    assert kl(spread) == pytest.approx(least.item(), rel=1e-5)
    assert kl(1.2 * spread) > kl(spread) < kl(0.8 * spread)


@pytest.mark.parametrize("place", [il.Track(horizon=60), il.Ridge(horizon=20)])
def test_failures_stay_within_the_error_in_units_of_the_noise(place: Any) -> None:
    """The theorem, for a crooked learner whose error is known: the expert plus a bias."""
    sigma, bias, n = 0.1, 0.02, 4000
    noise = gaussian_noise(torch.tensor([[sigma**2]]))
    lost = place.fallen if isinstance(place, il.Ridge) else place.departed
    fails = [
        lost(il.rollout(actor, place, n, seed=s, override=noise).state[:, -1]).float().mean().item()
        for s, actor in enumerate((place.expert, lambda x: place.expert(x) + bias))
    ]
    bound = place.horizon**0.5 * bias / sigma / 2
    assert abs(fails[1] - fails[0]) <= bound + 3 * (0.5 / n**0.5)


def test_noisy_labels_are_biased_as_computed(chapter: dict[str, Any]) -> None:
    for phi in (-0.7, 0.5, 1.2):
        exact = (1 / (1 + (phi + 1) ** 2) - 1 / (1 + (phi - 1) ** 2)) / 2
        found = chapter["gain_errors"](phi, 2, 200_000, np.random.default_rng(0))
        assert found.mean() == pytest.approx(exact, abs=0.005)
        assert np.sign(exact) == -np.sign(phi)
    assert chapter["exact"] == pytest.approx(-0.246, abs=0.001)


def test_the_pair_is_that_of_the_package_and_noise_finds_its_gain(
    chapter: dict[str, Any],
) -> None:
    pair = challenging_pair(1.8, -1.8)
    a, k = chapter["A"], chapter["K"]
    np.testing.assert_allclose(a, pair.a[0])
    np.testing.assert_allclose(k, pair.k[0])
    off = chapter["cloned_gain"](0.0)
    np.testing.assert_allclose(off, k @ np.diag([0.0, 1.0]), atol=1e-12)
    assert spectral_radius(torch.tensor(a + off)).item() == pytest.approx(1.8)
    np.testing.assert_allclose(chapter["cloned_gain"](0.1), k, atol=1e-9)
    world = linear(a, k, start=torch.tensor([0.0, 1.0]), horizon=12)
    x, u, _ = explore_and_relabel(world.expert, world, 8, sigma=0.1).flat()
    found = np.linalg.lstsq(x.double().numpy(), u.double().numpy(), rcond=1e-5)[0].T
    np.testing.assert_allclose(found, k, atol=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_least_norm_leaves_the_open_loop_off_the_data(seed: int) -> None:
    """The proposition's eigenvalues, on random systems whose closed loop keeps a plane."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    loop = np.triu(rng.standard_normal((4, 4)), 0)
    loop[:2, :2] = rng.standard_normal((2, 2))
    m, a = basis @ loop @ basis.T, rng.standard_normal((4, 4))
    k = m - a  # the input matrix is the identity
    on, off = basis[:, :2], basis[:, 2:]
    clone = a + k @ on @ on.T
    expected = [np.linalg.eigvals(on.T @ m @ on), np.linalg.eigvals(off.T @ a @ off)]
    np.testing.assert_allclose(
        np.sort_complex(np.linalg.eigvals(clone)), np.sort_complex(np.concatenate(expected))
    )


@pytest.mark.parametrize("seed", range(5))
def test_noise_excites_exactly_what_inputs_reach(seed: int) -> None:
    """Two inputs' worth of a chain of three within five dimensions; the rest stays unseen."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    a = np.triu(rng.standard_normal((5, 5)), 0)
    a[:3, :3] = rng.standard_normal((3, 3))
    a[3:, :3] = 0
    b = np.zeros((5, 1))
    b[:3] = rng.standard_normal((3, 1))
    a, b = basis @ a @ basis.T, basis @ b
    k = 0.1 * rng.standard_normal((1, 5))
    x, seen = np.zeros((10, 5)), []
    for _ in range(6):
        seen.append(x)
        x = x @ (a + b @ k).T + 0.3 * rng.standard_normal((10, 1)) @ b.T
    states = np.concatenate(seen)
    assert np.linalg.matrix_rank(states, tol=1e-8) == 3
    found = np.linalg.lstsq(states, states @ k.T, rcond=1e-10)[0].T
    np.testing.assert_allclose(found @ basis[:, :3], k @ basis[:, :3], atol=1e-6)


@pytest.mark.parametrize("eta", [0.05, 0.2, 0.5])
def test_powers_of_a_disturbed_loop(eta: float) -> None:
    m = np.array([[0.5, 1.0], [0.0, 0.4]])
    rho = 0.6
    c = max(np.linalg.norm(np.linalg.matrix_power(m, t), 2) / rho**t for t in range(60))
    rng = np.random.default_rng(0)
    for _ in range(20):
        d = rng.standard_normal((2, 2))
        loop = m + eta * d / np.linalg.norm(d, 2)
        for t in range(25):
            power = np.linalg.norm(np.linalg.matrix_power(loop, t), 2)
            assert power <= c * (rho + c * eta) ** t * (1 + 1e-9)


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.2])
def test_how_far_the_expert_walks_on_the_ridge(noise: float) -> None:
    env = il.Ridge()
    s = (0.25 * noise**2 + 0.0009) ** 0.5
    q = 2 * (1 - torch.distributions.Normal(0.0, 1.0).cdf(torch.tensor(0.15 / s))).item()
    walked = (1 - (1 - q) ** 50) / q
    drives = il.rollout(env.expert, env, 4000, override=gaussian_noise(torch.tensor([[noise**2]])))
    standing = (1 - drives.state[..., 2]).sum(1).mean().item()
    assert standing == pytest.approx(walked, rel=0.05)
    assert torch.equal(
        label(env.expert, env, drives[:2]).flatten(),
        env.expert(drives[:2].obs.flatten(0, 1)).flatten(),
    )
