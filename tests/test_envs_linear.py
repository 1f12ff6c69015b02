"""Linear systems and the challenging pair do what their theory says."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.challenging_pair import ChallengingPair
from ilkit.envs.linear import LIMIT, Linear
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout
from ilkit.theory.stability import certify, challenging_pair, spectral_radius


def test_linear_steps_are_powers_of_the_closed_loop() -> None:
    env = Linear(b=torch.tensor([[0.0], [1.0]]), horizon=8)
    demos = collect(env.expert, env, 5)
    loop = (env.a + env.b @ env.k).double()
    start = demos.state[:, 0].double()  # type: ignore[index]
    for t in range(8):
        there = start @ torch.linalg.matrix_power(loop, t).T
        torch.testing.assert_close(demos.obs[:, t].double(), there, atol=1e-6, rtol=1e-4)
    paid = demos.obs.square().sum(2) + demos.act.square().sum(2)
    torch.testing.assert_close(demos.cost, paid.clamp(max=1))


def test_noise_has_its_deviation_and_what_explodes_stays_finite() -> None:
    state = torch.zeros(20_000, 2)
    moved, _ = Linear(noise=0.3).step(state, state, torch.Generator().manual_seed(0))
    torch.testing.assert_close(moved.std(0), torch.tensor([0.3, 0.3]), atol=0.01, rtol=0)
    demos = rollout(lambda obs: 10 * obs, Linear(horizon=60))
    assert demos.obs.abs().max() == LIMIT
    assert (demos.cost[:, -1] == 1).all()


def test_linear_settings_are_checked() -> None:
    with pytest.raises(InputError, match="Linear: expected a whole horizon"):
        Linear(noise=-1)
    with pytest.raises(InputError, match=r"k: expected finite numbers of shape \[2, 2\]"):
        Linear(k=torch.zeros(1, 2))
    with pytest.raises(InputError, match=r"a: expected finite numbers.*with NaN"):
        Linear(torch.tensor([[float("nan")]]), k=torch.zeros(1, 1))
    with pytest.raises(InputError, match="lqr: expected a system that some gain stabilises"):
        Linear(torch.tensor([[2.0]]), torch.zeros(1, 1))


def test_demonstrations_of_the_pair_are_the_same_and_stay_on_the_axis() -> None:
    first, second = (collect(env.expert, env, 200) for env in map(ChallengingPair, (0, 1)))
    torch.testing.assert_close(first.obs, second.obs, atol=1e-6, rtol=0)
    torch.testing.assert_close(first.act, second.act, atol=1e-6, rtol=0)
    assert first.obs[..., 0].abs().max() < 1e-6
    assert first.total_cost().max() < 1e-6
    ratio = first.obs[:, 1:5, 1] / first.obs[:, :4, 1]
    torch.testing.assert_close(ratio, torch.full_like(ratio, 0.5), atol=1e-3, rtol=0)


@pytest.mark.parametrize("system", [0, 1])
@pytest.mark.parametrize("closed", [False, True])
def test_both_are_exponentially_stable_with_the_expert_and_without(
    system: int, closed: bool
) -> None:
    """Gaps after the first step obey the certified bound, its inputs plus the change of g."""
    env = ChallengingPair(system, horizon=30)
    loop = env.a + env.k if closed else env.a
    constants = certify(loop)
    generator = torch.Generator().manual_seed(3)
    pushes = 0.1 * torch.randn(2, 30, 50, 2, generator=generator)
    states = [env.reset(50, generator) for _ in range(2)]
    starts = [state.clone() for state in states]
    gaps = []
    for push in pushes.unbind(1):
        for i in range(2):
            act = push[i] + (env.expert(states[i]) if closed else 0)
            states[i], _ = env.step(states[i], act, generator)
        gaps.append((states[0] - states[1]).norm(dim=1))
    inputs = (pushes[0] - pushes[1]).norm(dim=2).T
    if not closed:  # with the expert, g is cancelled
        injected = env.injected(starts[0][:, 2]) - env.injected(starts[1][:, 2])
        inputs[:, 0] = (pushes[0, 0] - pushes[1, 0] - injected).norm(dim=1)
    start = (starts[0] - starts[1])[:, :2].norm(dim=1)
    assert (torch.stack(gaps, 1) <= constants.bound(start, inputs) + 1e-5).all()


def test_the_injection_is_a_smooth_wave_that_vanishes_at_rest() -> None:
    env = ChallengingPair(seed=4)
    z = torch.linspace(0, 1, 1001)
    g = env.injected(z)
    assert (g[:, 1] == 0).all()
    assert g[0, 0] == 0
    assert 0.1 < g.abs().max() <= 1
    slope = g[:, 0].diff() * 1000
    assert slope[0].abs() < 0.05
    assert slope.abs().max() < 10
    assert not torch.equal(g, ChallengingPair(seed=5).injected(z))


def test_a_small_slip_grows_at_the_rate_of_the_pair() -> None:
    """A gain consistent with the data, k = 0 along e1: both systems then grow by 1.5 a step."""
    gain = torch.tensor([[0.0, -1.0], [0.75, 0.5]])
    slip = torch.tensor([1e-3, 0.0])
    for system in (0, 1):
        env = ChallengingPair(system, horizon=12)

        def learner(obs: torch.Tensor, env: ChallengingPair = env) -> torch.Tensor:
            return obs[:, :2] @ gain.T + env.injected(obs[:, 2]) + slip * (obs[:, 2:] > 0)

        x1 = rollout(learner, env, 4).obs[:, 1:, 0]
        rate = x1[:, 1:].abs() / x1[:, :-1].abs()
        torch.testing.assert_close(rate, torch.full_like(rate, 1.5), atol=1e-4, rtol=0)


def test_a_larger_gain_is_unstable_in_open_loop_alone() -> None:
    env, pair = ChallengingPair(gain=2.0), challenging_pair(2.0, -2.0)
    assert float(spectral_radius(env.a)) == pytest.approx(1.5)
    assert float(spectral_radius(env.a + env.k)) == pytest.approx(0.5)
    torch.testing.assert_close(env.a.double(), pair.a[0])


def test_pair_settings_are_checked() -> None:
    with pytest.raises(InputError, match="ChallengingPair: expected system 0 or 1"):
        ChallengingPair(2)
