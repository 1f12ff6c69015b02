"""Expressive heads: two modes are kept apart, densities integrate to one, equations are pinned."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs import Track
from ilkit.errors import InputError
from ilkit.learners import bc, dagger
from ilkit.policies import (
    CVAE,
    MIP,
    Autoregressive,
    Deterministic,
    Diffusion,
    Flow,
    Gaussian,
    Mixture,
    Policy,
)
from ilkit.policies.diffusion import squared_cosine
from ilkit.policies.mip import T_STAR
from ilkit.rollout import collect


def fork(n: int = 2000) -> Demos:
    """At a fork the expert goes left (-1) or right (+1), a little noisily, with equal odds."""
    generator = torch.Generator().manual_seed(0)
    side = 2.0 * torch.randint(2, (1, n, 1), generator=generator) - 1
    return Demos(torch.zeros(1, n, 1), side + 0.1 * torch.randn(1, n, 1, generator=generator))


EXPRESSIVE = {
    "mixture": lambda like, **kw: Mixture(like, **kw),
    "cvae": lambda like, **kw: CVAE(like, **kw),
    "autoregressive": lambda like, **kw: Autoregressive(like, **kw),
    "lstm": lambda like, **kw: Autoregressive(like, order="lstm", **kw),
    "transformer": lambda like, **kw: Autoregressive(like, order="transformer", **kw),
    "ddpm": lambda like, **kw: Diffusion(like, levels=50, steps=50, **kw),
    "ddim": lambda like, **kw: Diffusion(like, levels=50, steps=10, eta=0.0, **kw),
    "flow": lambda like, **kw: Flow(like, **kw),
}


STEPS = {"cvae": 3000, "ddpm": 3000, "ddim": 3000, "flow": 3000, "lstm": 600, "transformer": 300}
#: A continuous latent variable joins its modes by a thin bridge; ten steps of DDIM smear a little.
IN_THE_TREE = {"cvae": 0.2, "ddim": 0.1}


@pytest.mark.parametrize("name", EXPRESSIVE)
def test_both_ways_at_the_fork_and_seldom_the_tree(name: str) -> None:
    demos = fork()
    policy = bc(EXPRESSIVE[name](demos), demos, steps=STEPS.get(name, 1000), lr=5e-3)
    act = policy.sample(torch.zeros(600, 1), torch.Generator().manual_seed(1))[:, 0, 0]
    assert (act.abs() < 0.5).float().mean() < IN_THE_TREE.get(name, 0.05)
    assert 0.35 < (act > 0).float().mean() < 0.65


def test_one_gaussian_drives_into_the_tree() -> None:
    demos = fork()
    policy = bc(Gaussian(demos), demos, steps=300)
    assert abs(policy.mode(torch.zeros(1, 1)).item()) < 0.2


DENSITIES = ["mixture", "autoregressive", "lstm", "transformer"]


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_integrate_to_one(name: str) -> None:
    generator = torch.Generator().manual_seed(3)
    demos = Demos(torch.zeros(1, 200, 1), 0.6 * torch.randn(1, 200, 2, generator=generator))
    policy = bc(EXPRESSIVE[name](demos), demos, steps=50)
    axis = torch.linspace(-6, 6, 601)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 1, 2)
    with torch.no_grad():
        mass = policy.log_prob(torch.zeros(len(grid), 1), grid).exp().sum() * 0.02**2
    assert mass.item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("order", ["mlp", "lstm", "transformer"])
def test_the_chain_rule_looks_back_only(order: str) -> None:
    like = Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 4))
    policy = Autoregressive(like, order=order).eval()
    obs, unit = torch.zeros(1, 1), torch.randn(1, 4, generator=torch.Generator().manual_seed(0))
    before = policy.logits(obs, unit)
    for i in range(4):
        nudged = unit.clone()
        nudged[0, i] += 1
        moved = (policy.logits(obs, nudged) - before).abs().amax(-1)[0] > 1e-6
        assert not moved[: i + 1].any()
        assert moved[i + 1 :].all()


def test_the_lstm_is_torchs() -> None:
    like = Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 4))
    ours = Autoregressive(like, order="lstm").reader
    theirs = torch.nn.LSTM(65, 64, batch_first=True)
    weight = ours.gates.weight.data  # type: ignore[union-attr]
    theirs.weight_ih_l0.data, theirs.weight_hh_l0.data = weight[:, :65], weight[:, 65:]
    theirs.bias_ih_l0.data = ours.gates.bias.data  # type: ignore[union-attr]
    theirs.bias_hh_l0.data.zero_()
    context, before = torch.randn(5, 4, 64), torch.randn(5, 4)
    expected = theirs(torch.cat([context, before[..., None]], -1))[0]
    torch.testing.assert_close(ours(context, before), expected)


def test_mixture_density_is_torchs() -> None:
    like = Demos(torch.zeros(1, 1, 2), torch.zeros(1, 1, 3))
    policy = Mixture(like, components=4)
    obs, act = torch.randn(6, 2), torch.randn(6, 1, 3)
    log_weight, mean, log_std = policy.parts(obs)
    other = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=log_weight),
        torch.distributions.Independent(torch.distributions.Normal(mean, log_std.exp()), 1),
    )
    torch.testing.assert_close(policy.log_prob(obs, act), other.log_prob(act[:, 0]))


def test_the_elbo_is_below_the_likelihood() -> None:
    """The integral over the latent variable by quadrature, for a decoder that uses it."""
    demos = fork(500)
    policy = bc(CVAE(demos, latent=1), demos, steps=600, lr=5e-3)
    obs, act, _ = demos.windows(1)
    obs, act = obs[:50], act[:50]
    generator = torch.Generator().manual_seed(0)
    z = torch.linspace(-6, 6, 2001)
    with torch.no_grad():
        elbo = torch.stack([policy.elbo(obs, act, generator) for _ in range(300)]).mean(0)
        mean = policy.decode(torch.zeros(len(z), 1), z[:, None])[:, 0]
        likelihood = torch.distributions.Normal(mean, policy.std).log_prob(policy.to_unit(act))
        prior = torch.distributions.Normal(0.0, 1.0).log_prob(z)
        exact = torch.logsumexp(likelihood + prior, 1) + math.log(12 / 2000)
    gap = exact - elbo
    assert (gap > -0.15).all()  # Monte-Carlo error of the average of 300
    assert gap.median() < 1.5


def test_the_noise_schedule_and_the_forward_process() -> None:
    """abar falls from 1 to about 0, and the loss of a perfect predictor of zero data is zero."""
    keep = squared_cosine(100)
    assert keep[0] == 1
    assert keep[-1] < 1e-4
    assert (keep[1:] < keep[:-1]).all()

    class Perfect(Diffusion):
        def noise(self, obs: Tensor, x: Tensor, level: Tensor) -> Tensor:
            return x / (1 - self.alpha_bar[level]).sqrt()[:, None]

    policy = Perfect(Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 2)))
    assert policy.loss(torch.zeros(64, 1), torch.zeros(64, 1, 2)).max() < 1e-6
    assert policy.sample(torch.zeros(64, 1)).abs().max() < 1e-4


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_the_samplers_are_exact_for_gaussian_data(eta: float) -> None:
    """For data N(0, s^2) the best eps is linear in x; both samplers must then return N(0, s^2)."""
    s = 0.5

    class Known(Diffusion):
        def noise(self, obs: Tensor, x: Tensor, level: Tensor) -> Tensor:
            keep = self.alpha_bar[level][:, None]
            return (1 - keep).sqrt() * x / (keep * s**2 + 1 - keep)

    policy = Known(
        Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1)), levels=200, steps=200, eta=eta
    )
    draws = policy.sample(torch.zeros(20_000, 1), torch.Generator().manual_seed(0))
    assert draws.std().item() == pytest.approx(s, rel=0.04)
    assert draws.mean().item() == pytest.approx(0, abs=0.02)


def test_flow_follows_a_known_velocity_to_the_data() -> None:
    """For one data point a, v(x, t) = (a - x) / (1 - t) carries any noise to a exactly."""

    class Known(Flow):
        def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
            return (0.7 - x) / (1 - t[:, None])

    policy = Known(Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1)))
    torch.testing.assert_close(policy.sample(torch.zeros(5, 1)), torch.full((5, 1, 1), 0.7))
    loss = policy.loss(torch.zeros(64, 1), torch.full((64, 1, 1), 0.7))
    assert loss.max() < 1e-6


def test_mip_is_its_equations() -> None:
    seen: list[tuple[Tensor, float]] = []

    class Spy(MIP):
        def predict(self, obs: Tensor, x: Tensor, t: float) -> Tensor:
            seen.append((x, t))
            return torch.full_like(x, 0.25, requires_grad=True)

    like = Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))
    obs, act = torch.zeros(1000, 1), torch.full((1000, 1, 1), 0.5)
    z = torch.randn(1000, 1, generator=torch.Generator().manual_seed(5))
    generator = torch.Generator().manual_seed(5)
    loss = Spy(like).loss(obs, act, generator)
    (first, t0), (second, t1) = seen
    assert (t0, t1) == (0.0, T_STAR)
    assert (first == 0).all()
    torch.testing.assert_close(second, 0.9 * 0.5 + 0.1 * z)
    torch.testing.assert_close(loss.detach(), torch.full((1000,), 2 * 0.25**2))
    seen.clear()
    Spy(like, kind="sf").loss(obs, act)
    torch.testing.assert_close(seen[1][0], torch.full((1000, 1), 0.45))
    seen.clear()
    Spy(like, kind="rr").loss(obs, act)
    assert not seen[1][0].requires_grad
    torch.testing.assert_close(seen[1][0], torch.full((1000, 1), 0.9 * 0.25))
    seen.clear()
    assert Spy(like, kind="regression").loss(obs, act).shape == (1000,)
    assert len(seen) == 1
    seen.clear()
    Spy(like).sample(obs)
    torch.testing.assert_close(seen[1][0], torch.full((1000, 1), 0.9 * 0.25))
    with pytest.raises(InputError, match="kind: expected one of"):
        MIP(like, kind="flow")


def test_mip_and_regression_agree_with_deterministic_on_a_deterministic_expert() -> None:
    env = Track(horizon=40, gust=0.02)
    demos = collect(env.expert, env, 8)
    obs, act, _ = collect(env.expert, env, 4, seed=9).flat()
    for make in (Deterministic, MIP, lambda e: MIP(e, kind="regression")):
        policy: Policy = bc(make(env), demos, steps=600)
        assert (policy(obs) - act).square().mean() < 0.05 * act.var()


@pytest.mark.parametrize("name", EXPRESSIVE)
def test_any_head_runs_under_any_regime_in_chunks(name: str) -> None:
    env = Track(horizon=16, gust=0.02)
    policy = EXPRESSIVE[name](env, chunk=3)
    demos = collect(env.expert, env, 8, seed=1)
    for learned in (
        bc(policy, demos, steps=10),
        dagger(policy, env, rounds=1, episodes=2, steps=10),
    ):
        assert learned.sample(demos.obs[:, 0]).shape == (8, 3, 1)
