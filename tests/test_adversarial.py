"""The game's two gradients are the right ones, it seeks a mode by default, and GAIL drives."""

from __future__ import annotations

import sys

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal

from ilkit import divergences as d
from ilkit.data import Demos
from ilkit.envs import Retina, Tightrope, Track
from ilkit.envs.fork import Fork
from ilkit.envs.gym import FromGym
from ilkit.errors import InputError
from ilkit.learners import adversarial, bc, gail, gail_rounds
from ilkit.learners.adversarial import Critic, Game, against
from ilkit.learners.gail import advantage, blurred, inputs, steepness
from ilkit.policies import Categorical, Deterministic, Gaussian, Mixture, Network
from ilkit.rollout import collect, evaluate, rollout

BLUR = 0.3


def line(n: int = 400, seed: int = 0) -> Demos:
    """One real action of mean 1 and deviation 0.5, whatever the observation."""
    act = 1 + 0.5 * torch.randn(1, n, 1, generator=torch.Generator().manual_seed(seed))
    return Demos(torch.zeros(1, n, 1), act)


def grown(game: Game, obs: Tensor, act: Tensor) -> dict[str, Tensor]:
    """The gradient of the game's mean loss, by name of the weight."""
    game.loss(obs, act, torch.Generator().manual_seed(3)).mean().backward()
    return {name: p.grad for name, p in game.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("div", d.ALL, ids=[div.name for div in d.ALL])
@pytest.mark.parametrize("told", [True, False])
def test_each_player_follows_its_own_gradient(div: d.FDivergence, told: bool) -> None:
    """Against two separate losses, written with torch's distributions."""
    demos = line()
    obs, act, _ = demos.windows(1)
    policy = Gaussian(demos, seed=1)
    policy.set_scale(demos)
    game = Game(policy, div, blur=BLUR, told=told)
    nn.init.normal_(game.critic.body[-1].weight, std=0.1)  # type: ignore[arg-type]
    together = grown(game, obs, act)

    dice = torch.Generator().manual_seed(3)
    mean, log_std = policy.moments(obs)
    std = (log_std.exp().square() + BLUR**2).sqrt()
    fake = mean + std * torch.randn(mean.shape, generator=dice)
    real = policy.to_unit(act) + BLUR * torch.randn(mean.shape, generator=dice)
    density = Normal(mean.detach(), std.detach())

    def value(x: Tensor) -> Tensor:
        v: Tensor = game.critic(policy.features(obs), x)
        return v - density.log_prob(x)[:, 0] if told else v

    def bound(x: Tensor) -> Tensor:
        t = div.activation(value(x))
        return div.activation(value(real)).mean() - div.conjugate(t).mean()

    for player, loss in (("critic", -bound(fake.detach())), ("learner", bound(fake))):
        weights = {n: p for n, p in game.named_parameters() if n.startswith(player)}
        alone = torch.autograd.grad(loss, list(weights.values()), retain_graph=True)
        for name, gradient in zip(weights, alone, strict=True):
            torch.testing.assert_close(together[name], gradient, atol=1e-5, rtol=1e-4)


def test_told_critic_of_the_experts_density_gives_the_gradient_of_reverse_kl() -> None:
    """With the network at log p the learner's gradient is the closed form's, for two Gaussians."""
    demos = line(200_000)
    obs, act, _ = demos.windows(1)
    policy = Gaussian(demos, net="linear", seed=0)
    game = Game(policy, d.REVERSE_KL, blur=0.0)

    class Density(nn.Module):
        def forward(self, features: Tensor, x: Tensor) -> Tensor:
            return Normal(0.5, 0.8).log_prob(x)[:, 0]

    game.critic = Density()  # type: ignore[assignment]
    bias = dict(policy.named_parameters())["body.1.bias"]
    with torch.no_grad():
        bias.copy_(torch.tensor([-0.4, 1.2]))
    game.loss(obs, act, torch.Generator().manual_seed(0)).mean().backward()
    mean, log_std = policy.moments(obs[:1])
    exact = torch.distributions.kl_divergence(Normal(mean, log_std.exp()), Normal(0.5, 0.8)).sum()
    (closed,) = torch.autograd.grad(exact, bias)
    assert bias.grad is not None
    torch.testing.assert_close(bias.grad, closed, atol=0.02, rtol=0.02)


def test_reverse_kl_takes_a_side_and_forward_kl_stays_with_cloning() -> None:
    env = Fork(left=0.7, spread=0.4)
    demos = collect(env.expert, env, 200, seed=1)

    def sides(policy: Gaussian) -> tuple[float, float]:
        drives = rollout(policy, env, 400, seed=9)
        assert drives.state is not None
        hit = drives.cost[:, -1] > 0
        left = env.on_left(drives.state[:, -1]) & ~hit
        return float(left.float().mean()), float(hit.float().mean())

    policy = Gaussian(env, seed=1)
    cloned = sides(bc(policy, demos, steps=300, lr=3e-3, seed=1))
    covering = sides(adversarial(policy, demos, divergence=d.KL, seed=1))
    seeking = sides(adversarial(policy, demos, seed=1))
    assert seeking[0] > 0.95
    assert seeking[1] < 0.02
    assert cloned[1] > 0.25
    assert covering[1] > 0.25
    assert abs(covering[0] - cloned[0]) < 0.15


def test_it_starts_as_the_clone_and_leaves_the_policy_alone() -> None:
    demos = line()
    policy = Gaussian(demos, seed=2)
    before = {name: x.clone() for name, x in policy.state_dict().items()}
    cloned = bc(policy, demos, steps=20, lr=1e-2, seed=4)
    played = adversarial(policy, demos, cloning=20, steps=0, lr=1e-2, seed=4)
    for name, x in cloned.state_dict().items():
        assert torch.equal(x, played.state_dict()[name])
    assert all(torch.equal(x, policy.state_dict()[name]) for name, x in before.items())


def test_a_critic_sees_images_choices_and_vectors() -> None:
    for policy, act in (
        (Gaussian(Retina(horizon=2), Network("cnn")), torch.zeros(3, 1)),
        (Categorical(Tightrope(width=3, actions=4)), torch.eye(4)[:3]),
        (Gaussian(Track(), chunk=2), torch.zeros(3, 2)),
    ):
        space = policy.obs_space
        obs = torch.zeros(3, *space.shape, dtype=space.dtype)
        critic = Critic(policy)
        assert critic(policy.features(obs), act).shape == (3,)
        assert (critic(policy.features(obs), act) == critic.body[-1].bias).all()


def test_the_price_of_gail_is_its_discriminators() -> None:
    """-f*(g(v)) of Jensen-Shannon is log(1 - D), D = sigmoid(v), but for log 2."""
    v = torch.linspace(-4, 4, 9)
    price = -against(d.JENSEN_SHANNON, v)
    torch.testing.assert_close(price, torch.log(1 - torch.sigmoid(v)) + torch.log(torch.tensor(2)))


def test_advantage_is_the_discounted_rest_against_the_other_episodes() -> None:
    price = torch.tensor([[1.0, 2.0, 4.0], [3.0, 2.0, 0.0]])
    rest = torch.tensor([[3.0, 4.0, 4.0], [4.0, 2.0, 0.0]])  # with discount one half
    centred = rest - rest.mean(0)
    torch.testing.assert_close(advantage(price, 0.5), centred / centred.std())


def test_steepness_is_the_squared_slope() -> None:
    act = torch.tensor([[1.0, 2.0], [0.5, -1.0]])
    slope = steepness(lambda features, x: x.square().sum(1), act, act)
    torch.testing.assert_close(slope, (2 * act).square().sum(1))


def test_blur_has_its_size_and_leaves_choices_alone() -> None:
    dice = torch.Generator().manual_seed(0)
    demos = line(20_000)
    moved = blurred(demos, 0.4, dice).act - demos.act
    assert moved.std().item() == pytest.approx(0.4 * 0.5, rel=0.03)
    policy = Gaussian(demos)
    policy.set_scale(demos)
    act = demos.act[0][:, None]
    unit = inputs(policy, (demos.obs[0], demos.act[0]), 0.4, dice)[1] - policy.to_unit(act)
    assert unit.std().item() == pytest.approx(0.4, rel=0.03)
    env = Tightrope()
    choices = collect(env.expert, env, 2)
    assert torch.equal(blurred(choices, 0.4, dice).act, choices.act)


def test_round_zero_of_gail_is_cloning_and_later_rounds_move() -> None:
    env = Tightrope(width=3, horizon=6)
    policy = Categorical(env, net="tabular")
    demos = collect(env.expert, env, 4, seed=3)
    rounds = list(gail_rounds(policy, env, demos=demos, rounds=2, episodes=4, steps=50, seed=3))
    cloned = bc(policy, demos, steps=50, seed=3)
    tables = [r.policy.table() for r in rounds]  # type: ignore[operator]
    torch.testing.assert_close(tables[0], cloned.table())
    assert not torch.equal(tables[0], tables[1])
    assert not torch.equal(tables[1], tables[2])


@pytest.mark.parametrize("seed", [2, 5])
def test_gail_drives_where_cloning_drifts(seed: int) -> None:
    """From four demonstrations that hold the middle of the road within centimetres."""
    env = Track(horizon=80)
    demos = collect(env.expert, env, 4, seed=seed)
    policy = Gaussian(env, seed=seed)
    cloned = evaluate(bc(policy, demos, steps=500, seed=seed), env, 100, seed=7)
    driven = evaluate(gail(policy, env, demos=demos, steps=500, seed=seed), env, 100, seed=7)
    assert driven.high < 5 < 10 < cloned.low


def test_gail_balances_a_pole_of_gymnasium_for_longer() -> None:
    env = FromGym("CartPole-v1", horizon=60)

    def upright(obs: Tensor) -> Tensor:
        return (obs[:, 2] + 0.5 * obs[:, 3] > 0).long()

    demos = collect(upright, env, 1, seed=2)
    first = demos.replace(mask=torch.arange(60)[None] < 20)
    rounds = gail_rounds(
        Categorical(env, seed=2), env, demos=first, rounds=20, episodes=20, steps=100, seed=2
    )
    start, *_, end = rounds
    assert evaluate(end.policy, env, 30).high < evaluate(start.policy, env, 30).low


def test_gail_shows_what_follows_an_early_end_on_both_sides(monkeypatch) -> None:
    env = FromGym("CartPole-v1", horizon=40)
    module, sizes = sys.modules["ilkit.learners.gail"], set()
    whole = module.drawn

    def seen(steps, generator):
        sizes.add(len(steps[0]))
        return whole(steps, generator)

    monkeypatch.setattr(module, "drawn", seen)
    options = {"expert": lambda obs: torch.zeros(len(obs), dtype=torch.int64), "steps": 5}
    *_, last = gail_rounds(Categorical(env, seed=2), env, rounds=1, episodes=3, **options)
    assert last.demos.steps < 3 * 40
    assert sizes == {3 * 40}


def test_what_cannot_be_played_is_refused() -> None:
    env, demos = Track(horizon=5), line(5)
    with pytest.raises(InputError, match="adversarial: expected a Gaussian of diagonal covariance"):
        adversarial(Mixture(demos), demos, cloning=0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="adversarial: expected a Gaussian of diagonal covariance"):
        Game(Gaussian(demos, covariance="full"))
    with pytest.raises(InputError, match="blur: expected a deviation of at least 0, got -1"):
        Game(Gaussian(demos), blur=-1.0)
    with pytest.raises(InputError, match="gail: expected a policy with a log_prob"):
        gail(Deterministic(env), env)
    with pytest.raises(InputError, match="with chunk=2"):
        gail(Gaussian(env, chunk=2), env)
    with pytest.raises(InputError, match="gail: expected rounds >= 0, at least 2 episodes"):
        gail(Gaussian(env), env, episodes=1)
