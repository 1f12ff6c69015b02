"""The pendulum, the unknown sign and the cosine class: their dynamics, experts and closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from ilkit.envs.cosine import Cosine, features
from ilkit.envs.pendulum import MAX_SPEED, Pendulum
from ilkit.envs.unknown_sign import UnknownSign
from ilkit.errors import InputError
from ilkit.policies import nonsimple
from ilkit.rollout import rollout
from ilkit.theory.stability import spectral_radius

NOBODY = torch.Generator()  # for steps that draw nothing


def test_linearised_pendulum_is_the_jacobian_of_its_step() -> None:
    for up in (False, True):
        env, zero = Pendulum(up), torch.zeros(1, 1)
        a, b = env.linearised()
        state, act = torch.autograd.functional.jacobian(env.swing, (torch.zeros(1, 2), zero))
        torch.testing.assert_close(state[0, :, 0].double(), a, atol=1e-6, rtol=1e-6)
        torch.testing.assert_close(act[0, :, 0].double(), b, atol=1e-6, rtol=1e-6)


def test_down_is_stable_up_is_not_and_the_expert_stabilises_both() -> None:
    for up in (False, True):
        env = Pendulum(up)
        a, b = env.linearised()
        assert (spectral_radius(a) > 1) == up
        assert spectral_radius(a + b @ env.gain.double()) < 1


def test_without_torque_or_damping_energy_is_kept() -> None:
    """omega^2 / 2 plus the height, up to the error of the step, over five swings."""
    env = Pendulum(horizon=314, damping=0.0)
    state = torch.tensor([[2.0, 0.0]])
    energy = []
    for _ in range(env.horizon):
        state, _ = env.step(state, torch.zeros(1, 1), NOBODY)
        energy.append(float(state[0, 1] ** 2 / 2 - state[0, 0].cos()))
    assert max(energy) - min(energy) < 0.15
    assert sum(energy) / len(energy) == pytest.approx(-math.cos(2.0), abs=0.05)


def test_the_expert_brings_the_pendulum_back_from_anywhere() -> None:
    angle, speed = torch.meshgrid(
        torch.linspace(-3.1, 3.1, 21), torch.linspace(-MAX_SPEED, MAX_SPEED, 9), indexing="ij"
    )
    start = torch.stack([angle.flatten(), speed.flatten()], 1)
    for up in (False, True):
        env, state = Pendulum(up), start
        for _ in range(300):
            state, _ = env.step(state, env.expert(env.expert_view(state)), NOBODY)
        assert state.abs().max() < 0.01


def test_the_angle_is_wrapped_and_the_height_is_paid() -> None:
    state, cost = Pendulum().step(torch.tensor([[3.1, 4.0]]), torch.zeros(1, 1), NOBODY)
    speed = 4.0 + 0.1 * (-math.sin(3.1) - 0.5 * 4.0)
    assert state[0].tolist() == pytest.approx([3.1 + 0.1 * speed - 2 * math.pi, speed], abs=1e-5)
    assert float(cost[0]) == pytest.approx((1 - math.cos(3.1 + 0.1 * speed)) / 2, abs=1e-5)


def test_the_bob_is_drawn_where_it_hangs() -> None:
    for up in (False, True):
        image = Pendulum(up).render(torch.tensor([[0.0, 0.0], [math.pi / 2, 0.0]]))
        bob = (image == torch.tensor([0, 90, 160], dtype=torch.uint8)).all(-1)
        rows, columns = (bob[0].nonzero().float().mean(0) - 31.5).tolist()
        assert (rows, columns) == pytest.approx((-24 if up else 24, 0), abs=1)
        assert bob[1].nonzero().float().mean(0)[0] == pytest.approx(31.5, abs=1)


def test_the_sign_is_hidden_drawn_evenly_and_kept() -> None:
    env = UnknownSign(rho=2.0)
    state = env.reset(10_000, torch.Generator().manual_seed(0))
    assert env.observe(state).shape == (10_000, 1)
    assert state[:, 1].mean().abs() < 0.05
    moved, _ = env.step(state, torch.ones(10_000, 1), NOBODY)
    torch.testing.assert_close(moved[:, 0], 2 * state[:, 1] * state[:, 0] + 1)
    assert torch.equal(moved[:, 1], state[:, 1])


def test_a_lost_episode_stays_where_it_was_and_pays_one_a_step() -> None:
    demos = rollout(nonsimple.linear(0.0), UnknownSign(horizon=40, limit=5.0), 20)
    assert demos.state is not None
    assert (demos.state[:, -1, 2] == 1).all()
    assert torch.equal(demos.state[:, -1], demos.state[:, -2])
    assert demos.obs.abs().max() <= 5
    assert (demos.cost[:, -1] == 1).all()


@pytest.mark.parametrize("rho", [1.2, 1.5, 3.0])
def test_memory_or_shells_end_in_two_steps_and_lines_never(rho: float) -> None:
    env = UnknownSign(rho, horizon=8)
    for actor in (nonsimple.alternating(rho), nonsimple.shell(rho), nonsimple.adaptive(rho)):
        x = rollout(actor, env, 500, seed=1).obs[..., 0]
        assert (x[:, 2:] == 0).all()
        assert x[:, 1].abs().max() <= 2 * rho
    for gain in (-rho, 0.0, 1.0, rho):
        x = rollout(nonsimple.linear(gain), env, 500, seed=1).obs[..., 0]
        assert (x[:, -1] / x[:, 0]).abs().max() >= 0.99 * rho**7


def test_shells_of_other_ratios_take_as_long_as_theory_says() -> None:
    """Ratio 2 rho^2: three steps at most; 1.2 rho at rho = 1.5: nine, by way of 3^8 |x_0|."""
    env = UnknownSign(1.5, horizon=12, limit=1e6)
    for ratio, steps, overshoot in ((4.5, 3, 9.0), (1.8, 9, 6561.0)):
        x = rollout(nonsimple.shell(1.5, ratio), env, 200_000, seed=0).obs[..., 0]
        assert int((x != 0).sum(1).max()) == steps
        assert float((x / x[:, :1]).abs().max()) == pytest.approx(overshoot)


def test_random_signs_halve_the_living_and_double_the_dead_ones_distance() -> None:
    n, env = 200_000, UnknownSign(1.5, horizon=5)
    actor = nonsimple.random_sign(1.5, torch.Generator().manual_seed(2))
    x = rollout(actor, env, n).obs[..., 0]
    for t in range(5):
        alive = x[:, t] != 0
        assert float(alive.float().mean()) == pytest.approx(2.0**-t, abs=5 * 0.5 / n**0.5)
        torch.testing.assert_close(x[alive, t].abs(), 3.0**t * x[alive, 0].abs())


def test_the_cosine_class_has_the_norm_that_parseval_gives() -> None:
    env = Cosine(terms=12, seed=5)
    x = (torch.arange(4096, dtype=torch.float64) + 0.5) / 4096
    curve = features(x, 12) @ env.signs
    assert float(curve.square().mean()) == pytest.approx(sum(4.0**-k for k in range(1, 13)) / 2)
    coefficients = 2 * torch.fft.rfft(curve).abs()[1:13] / 4096
    assert coefficients.tolist() == pytest.approx([2.0**-k for k in range(1, 13)])


def test_cosine_signs_come_from_the_seed_and_errors_are_paid_squared() -> None:
    env = Cosine(seed=3)
    assert torch.equal(env.signs, Cosine(seed=3).signs)
    assert not torch.equal(env.signs, Cosine(seed=4).signs)
    assert set(env.signs.tolist()) == {-1.0, 1.0}
    state = torch.tensor([[0.1], [0.7]])
    _, cost = env.step(state, env.expert(state) / 2, torch.Generator())
    torch.testing.assert_close(cost, env.expert(state)[:, 0].square() / 16)


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="Pendulum: expected a whole horizon"):
        Pendulum(horizon=0)
    with pytest.raises(InputError, match="UnknownSign: expected rho > 1"):
        UnknownSign(rho=0.9)
    with pytest.raises(InputError, match="terms from 1 to 1000"):
        Cosine(terms=0)
    with pytest.raises(InputError, match="ratio: expected a shell's ratio above 1"):
        nonsimple.shell(1.5, 1.0)
