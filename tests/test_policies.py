"""Heads against torch.distributions, closed forms and their own samples; any head, any regime."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ilkit import losses
from ilkit.data import Demos
from ilkit.envs import Retina, Tightrope, Track
from ilkit.errors import InputError
from ilkit.learners import bc, dagger
from ilkit.learners.dynamics import learn_dynamics
from ilkit.policies import Categorical, Deterministic, Gaussian, Network, Policy
from ilkit.rollout import collect
from ilkit.spaces import Box


def scaled(policy: Policy) -> Policy:
    """A head with a scale that is not the identity, and weights that are not small."""
    generator = torch.Generator().manual_seed(0)
    obs = 3 + 2 * torch.randn(1, 50, 3, generator=generator)
    act = -1 + 0.5 * torch.randn(1, 50, 2, generator=generator)
    policy.set_scale(Demos(obs, act))
    return policy


@pytest.fixture
def data() -> Demos:
    return Demos(torch.zeros(1, 2, 3), torch.zeros(1, 2, 2))


def test_gaussian_density_is_torchs(data: Demos) -> None:
    policy = scaled(Gaussian(data, chunk=2))
    obs, act = torch.randn(5, 3), torch.randn(5, 2, 2)
    mean, log_std = policy.moments(obs)  # type: ignore[operator]
    unit = torch.distributions.Normal(mean, log_std.exp())
    scale = torch.distributions.AffineTransform(
        policy.act_mean.repeat(2), policy.act_std.repeat(2), event_dim=1
    )
    other = torch.distributions.TransformedDistribution(
        torch.distributions.Independent(unit, 1), [scale]
    )
    torch.testing.assert_close(policy.log_prob(obs, act), other.log_prob(act.flatten(1)))
    torch.testing.assert_close(policy.loss(obs, act), -policy.log_prob(obs, act))


def test_full_covariance_density_is_torchs(data: Demos) -> None:
    policy = scaled(Gaussian(data, covariance="full", chunk=2, seed=5))
    obs, act = torch.randn(5, 3), torch.randn(5, 2, 2)
    mean, _ = policy.moments(obs)  # type: ignore[operator]
    scale = policy.act_std.repeat(2)
    other = torch.distributions.MultivariateNormal(
        mean * scale + policy.act_mean.repeat(2),
        scale_tril=scale[:, None] * policy.cholesky(obs),  # type: ignore[operator]
    )
    torch.testing.assert_close(policy.log_prob(obs, act), other.log_prob(act.flatten(1)))


def test_full_covariance_learns_the_datas_own() -> None:
    """Maximum likelihood in closed form: the mean and the covariance of the sample."""
    generator = torch.Generator().manual_seed(0)
    mix = torch.tensor([[1.0, 0.0], [1.5, 0.4]])
    act = torch.randn(1, 400, 2, generator=generator) @ mix.T + 2
    demos = Demos(torch.zeros(1, 400, 1), act)
    policy = bc(Gaussian(demos, "linear", covariance="full"), demos, steps=1500, batch=400, lr=0.03)
    obs, nearly = torch.zeros(1, 1), {"rtol": 0.05, "atol": 0.05}
    factor = policy.act_std[:, None] * policy.cholesky(obs)[0]
    torch.testing.assert_close(factor @ factor.T, torch.cov(act[0].T, correction=0), **nearly)
    draws = policy.sample(obs.expand(20_000, 1), generator)[:, 0]
    torch.testing.assert_close(torch.cov(draws.T), factor @ factor.T, **nearly)
    diagonal = bc(Gaussian(demos, "linear"), demos, steps=1500, batch=400, lr=0.03)
    unit = torch.corrcoef(act[0].T)
    gain = policy.log_prob(demos.obs[0], act[0][:, None]).mean()
    gain -= diagonal.log_prob(demos.obs[0], act[0][:, None]).mean()
    assert gain.item() == pytest.approx(-0.5 * torch.logdet(unit).item(), abs=0.02)


def test_gaussian_samples_have_its_moments(data: Demos) -> None:
    policy = scaled(Gaussian(data))
    obs = torch.ones(1, 3)
    draws = policy.sample(obs.expand(40_000, 3), torch.Generator().manual_seed(0))[:, 0]
    mean, log_std = policy.moments(obs)  # type: ignore[operator]
    std = log_std.exp()[0] * policy.act_std
    error = (draws.mean(0) - (mean[0] * policy.act_std + policy.act_mean)).abs()
    assert (error < 5 * std / 200).all()
    torch.testing.assert_close(draws.std(0), std, rtol=0.03, atol=0)


def test_categorical_is_torchs_and_its_table_sums_to_one() -> None:
    torch.manual_seed(0)
    env = Tightrope(width=3, actions=4)
    policy = Categorical(env, chunk=2)
    obs, act = torch.tensor([0, 5, 2]), torch.tensor([[0, 3], [1, 1], [2, 0]])
    other = torch.distributions.Categorical(logits=policy.logits(obs))
    torch.testing.assert_close(policy.log_prob(obs, act), other.log_prob(act).sum(1))
    table = Categorical(env).table()
    torch.testing.assert_close(table.sum(1), torch.ones(6, dtype=torch.float64))


def test_categorical_samples_follow_its_probabilities() -> None:
    torch.manual_seed(0)
    policy = Categorical(Tightrope(width=1, actions=3), net="linear")
    draws = policy.sample(torch.zeros(30_000, dtype=torch.int64), torch.Generator().manual_seed(2))
    p = policy.table()[0]
    seen = torch.bincount(draws[:, 0], minlength=3) / 30_000
    assert (seen - p).abs().max() < 5 * 0.5 / 30_000**0.5


def test_a_tabular_policy_learns_the_frequencies() -> None:
    """Maximum likelihood in a table is counting: 1, 2 and 1 times of four."""
    env = Tightrope(width=1, actions=3)
    demos = Demos(torch.zeros(1, 4, dtype=torch.int64), torch.tensor([[0, 1, 1, 2]]),
                  env.obs_space, env.act_space)  # fmt: skip
    policy = bc(Categorical(env, net="tabular"), demos, steps=800, lr=0.05, batch=512)
    torch.testing.assert_close(
        policy.table()[0].float(), torch.tensor([0.25, 0.5, 0.25]), atol=0.03, rtol=0
    )
    torch.testing.assert_close(policy.table()[1], torch.full((3,), 1 / 3, dtype=torch.float64))


def test_a_linear_policy_learns_the_least_squares_solution() -> None:
    generator = torch.Generator().manual_seed(0)
    obs = torch.randn(1, 400, 3, generator=generator)
    act = obs @ torch.tensor([[1.0, 0.0], [-2.0, 0.5], [0.0, 3.0]]) + 0.7
    act = act + 0.3 * torch.randn(act.shape, generator=generator)
    demos = Demos(obs, act)
    policy = bc(Deterministic(demos, net="linear"), demos, steps=3000, lr=0.02, batch=400)
    design = torch.cat([obs[0], torch.ones(400, 1)], 1)
    solution = torch.linalg.lstsq(design, act[0]).solution
    torch.testing.assert_close(policy.mode(obs[0])[:, 0], design @ solution, atol=0.05, rtol=0)


def test_score_matching_is_minimised_by_the_datas_moments() -> None:
    """Its gradient vanishes at mean 0, deviation 1 in scaled units; there the loss is -1/2."""
    generator = torch.Generator().manual_seed(0)
    demos = Demos(torch.zeros(1, 4000, 1), 2 + 0.5 * torch.randn(1, 4000, 1, generator=generator))
    policy = Gaussian(demos, net="linear")
    policy.set_scale(demos)
    obs, act, _ = demos.windows(1)
    bias = policy.body[1].bias
    low, high = -5.0, 2.0

    def loss(mean: float, log_std: float) -> Tensor:
        share = torch.tensor((log_std - low) / (high - low))
        with torch.no_grad():
            bias.copy_(torch.stack([torch.tensor(mean), torch.logit(share)]))
        return losses.score_matching(policy, obs, act).mean()

    at_minimum = loss(0.0, 0.0)
    assert at_minimum.item() == pytest.approx(-0.5, abs=1e-5)
    (gradient,) = torch.autograd.grad(at_minimum, bias)
    assert gradient.abs().max() < 1e-4
    for mean, log_std in ((0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1)):
        assert loss(mean, log_std) > at_minimum


def test_hinge_bounds_the_zero_one_loss_from_above() -> None:
    torch.manual_seed(3)
    policy = Categorical(Tightrope(width=50, actions=4))
    obs = torch.arange(100)
    act = torch.randint(4, (100, 1))
    mistakes = losses.zero_one(policy, obs, act)
    assert (losses.hinge(policy, obs, act) >= mistakes).all()
    assert 0 < mistakes.mean() < 1
    scores = policy.logits(obs)[:, 0]
    reference = torch.nn.functional.multi_margin_loss(scores, act[:, 0], reduction="none")
    assert ((losses.hinge(policy, obs, act) > 0) == (reference > 0)).all()


@pytest.mark.parametrize("loss", [None, losses.log_loss, losses.hinge])
def test_every_loss_clones_the_tightrope_walker(loss: object) -> None:
    env = Tightrope(width=4, horizon=30)
    demos = collect(env.expert, env, 10)
    policy = bc(Categorical(env, net="tabular"), demos, loss=loss, steps=300, lr=0.1)
    obs, act, _ = demos.flat()
    assert losses.zero_one(policy, obs, act[:, None]).max() == 0


HEADS = [
    lambda env: Gaussian(env, net="linear"),
    lambda env: Gaussian(env, seed=1),
    lambda env: Gaussian(env, chunk=3, covariance="full"),
    lambda env: Gaussian(env, chunk=3),
    lambda env: Deterministic(env, net="linear"),
    lambda env: Deterministic(env, chunk=3),
]


@pytest.mark.parametrize("make", HEADS)
def test_any_head_runs_under_any_regime(make: object) -> None:
    env = Track(horizon=40, gust=0.02)
    policy = make(env)  # type: ignore[operator]
    fresh = collect(env.expert, env, 4, seed=50)
    obs, act, _ = fresh.windows(policy.chunk)
    untrained = bc(policy, fresh, steps=0)
    for learned in (
        bc(policy, collect(env.expert, env, 8), steps=300, lr=0.01),
        dagger(policy, env, rounds=1, episodes=8, steps=300, lr=0.01),
    ):
        assert isinstance(learned, type(policy))
        assert learned is not policy
        better = untrained.loss(obs, act).mean() - learned.loss(obs, act).mean()
        assert better > 0.5  # nats, or squared deviations of the actions
    assert not bool(policy.scaled)


def test_pixels_can_be_cloned_by_every_network() -> None:
    env = Retina(horizon=60)
    demos = collect(env.expert, env, 3)
    obs, act, _ = demos.flat()
    for net in ("linear", "mlp", "cnn"):
        policy = bc(Deterministic(env, net=net), demos, steps=150, batch=64)
        error = (policy.mode(obs)[:, 0] - act).square().mean()
        assert error < 0.1 * act.var()


def test_weights_decide_what_is_learned() -> None:
    obs = torch.zeros(2, 50, 1)
    act = torch.stack([torch.zeros(50, 1), torch.ones(50, 1)])
    weight = torch.stack([torch.full((50,), 1.0), torch.full((50,), 3.0)])
    demos = Demos(obs, act, weight=weight)
    policy = bc(Deterministic(demos, net="linear"), demos, steps=1500, batch=512, lr=0.02)
    assert float(policy(obs[0, :1])) == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Categorical(Track()), "Categorical expects discrete"),
        (lambda: Gaussian(Tightrope()), "Gaussian expects real"),
        (lambda: Deterministic(Tightrope()), "Deterministic expects real"),
        (lambda: Gaussian(Track(), net="transformer"), "net: expected one of.*'transformer'"),
        (lambda: Gaussian(Track(), net="tabular"), "a table expects discrete"),
        (lambda: Gaussian(Track(), net="cnn"), "'cnn' expects images"),
        (lambda: Categorical(Tightrope(), net="cnn"), "'cnn' expects images"),
        (lambda: Gaussian(Track(), chunk=0), "chunk: expected at least 1"),
        (lambda: Gaussian(Track(), covariance="banded"), "covariance: expected 'diag.*'banded'"),
    ],
)
def test_heads_that_do_not_fit_are_refused(make: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        make()  # type: ignore[operator]


def test_rows_of_another_size_are_refused_where_broadcasting_would_take_them() -> None:
    policy = Gaussian(Track(), chunk=3)
    with pytest.raises(InputError, match=r"obs: expected shape \[n, 3\], got \[2, 1\]"):
        policy(torch.zeros(2, 1))
    with pytest.raises(InputError, match=r"act: expected shape \[n, 3, 1\], got \[2, 1, 1\]"):
        policy.log_prob(torch.zeros(2, 3), torch.zeros(2, 1, 1))


def test_lone_numbers_are_learned_as_vectors_of_one_are() -> None:
    generator = torch.Generator().manual_seed(0)
    lone = Demos(*torch.randn(2, 4, 5, generator=generator))
    long = Demos(lone.obs[..., None], lone.act[..., None])
    one, other = (bc(Deterministic(data), data, steps=20) for data in (lone, long))
    obs = torch.randn(7, generator=generator)
    assert torch.equal(one(obs), other(obs[:, None])[:, 0])
    model, same = (learn_dynamics(data, steps=20) for data in (lone, long))
    act = torch.randn(7, generator=generator)
    assert torch.equal(model.increment(obs, act), same.increment(obs[:, None], act[:, None])[:, 0])


def test_a_network_of_your_own_size() -> None:
    body = Network("mlp", hidden=(7,)).build(Box((3,)), 2)
    assert sum(p.numel() for p in body.parameters()) == 3 * 7 + 7 + 7 * 2 + 2


def test_losses_name_the_head_they_need() -> None:
    track, rope = Deterministic(Track()), Categorical(Tightrope())
    obs, act = torch.zeros(1, 3), torch.zeros(1, 1, 1)
    for loss in (losses.zero_one, losses.hinge, losses.score_matching):
        with pytest.raises(InputError, match=f"{loss.__name__}: expected"):
            loss(track, obs, act)
    full = Gaussian(Track(), covariance="full")
    with pytest.raises(InputError, match="score_matching: expected a diagonal"):
        losses.score_matching(full, obs, act)
    with pytest.raises(InputError, match="squared_error: expected"):
        losses.squared_error(rope, torch.zeros(1, dtype=torch.int64), torch.zeros(1, 1))


def test_squared_error_is_the_same_for_both_real_heads(data: Demos) -> None:
    torch.manual_seed(0)
    obs, act = torch.randn(4, 3), torch.randn(4, 1, 2)
    for make in (Gaussian, Deterministic):
        policy = scaled(make(data))
        by_hand = ((act[:, 0] - centre(policy, obs)) / policy.act_std).square().sum(1)
        torch.testing.assert_close(losses.squared_error(policy, obs, act), by_hand)


def centre(policy: Policy, obs: Tensor) -> Tensor:
    """The mean action of a head without limits, in real units."""
    return policy.mode(obs)[:, 0]  # type: ignore[operator, no-any-return]


def test_weights_begin_from_the_policys_own_seed() -> None:
    state = torch.get_rng_state()
    one, two, other = Gaussian(Track()), Gaussian(Track()), Gaussian(Track(), seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    obs = torch.ones(2, 3)
    assert torch.equal(one.mode(obs), two.mode(obs))
    assert not torch.equal(one.mode(obs), other.mode(obs))
