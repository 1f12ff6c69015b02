"""Executors: which prediction becomes which action, and what inpainting freezes."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs import Track
from ilkit.errors import InputError
from ilkit.executors import OpenLoop, RealTime, TemporalEnsemble, soft_mask
from ilkit.learners import bc
from ilkit.policies import Deterministic, Flow
from ilkit.rollout import collect, rollout

LIKE = Demos(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))


class Clock(Flow):
    """Asked at time s (its observation), says 100 s + i of the action i steps later."""

    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        return (100 * obs[:, None] + torch.arange(float(self.chunk))[None, :, None]).clone()


def run(executor: object, chunk: int, steps: int) -> list[float]:
    act = executor.start(Clock(LIKE, chunk=chunk), Generator())  # type: ignore[attr-defined]
    return [act(torch.full((1, 1), float(t))).item() for t in range(steps)]


def test_open_loop_and_receding_horizon() -> None:
    assert run(OpenLoop(), 3, 6) == [0, 1, 2, 300, 301, 302]
    assert run(OpenLoop(2), 3, 6) == [0, 1, 200, 201, 400, 401]


def test_the_ensemble_weighs_the_oldest_most() -> None:
    mean = run(TemporalEnsemble(m=0.0), 3, 4)
    assert mean == pytest.approx([0, (1 + 100) / 2, (2 + 101 + 200) / 3, (102 + 201 + 300) / 3])
    oldest = run(TemporalEnsemble(m=50.0), 3, 4)
    assert oldest == pytest.approx([0, 1, 2, 102], abs=1e-6)


def test_a_delayed_plan_takes_over_where_time_has_gone_on() -> None:
    """Asked at step 2, ready at step 3, where its action 1 is due: 201, not 200."""
    assert run(RealTime(2, 1, inpaint=False), 4, 7) == [0, 1, 2, 201, 202, 401, 402]


@pytest.mark.parametrize(
    ("every", "delay", "chunk", "expected"),
    [
        (2, 2, 4, [0, 1, 2, 3, 202, 203, 402, 403, 602]),
        (1, 1, 2, [0, 1, 101, 201, 301]),
        (2, 0, 2, [0, 1, 200, 201, 400]),
    ],
)
def test_plans_follow_one_another(
    every: int, delay: int, chunk: int, expected: list[float]
) -> None:
    """Each plan is asked for `every` actions into the one before, and ready `delay` later."""
    assert run(RealTime(every, delay, inpaint=False), chunk, len(expected)) == expected


def test_the_soft_mask() -> None:
    mask = soft_mask(8, overlap=5, delay=2)
    assert mask[:2].tolist() == [1, 1]
    assert (mask[2:5].diff() < 0).all()
    assert 0 < mask[4] < mask[2] < 1
    assert mask[5:].tolist() == [0, 0, 0]


def test_inpainting_uses_the_true_jacobian() -> None:
    """For v(x, t) = M x the heading is (I + (1 - t) M) x, so J^T is not the identity."""
    m = torch.tensor([[0.3, -0.8], [0.5, 0.1]])

    class Linear(Flow):
        def velocity(self, obs: Tensor, x: Tensor, t: Tensor) -> Tensor:
            return x @ m.T

    policy = Linear(LIKE, chunk=2, steps=4)
    wanted, mask = torch.tensor([[[0.5], [-1.0]]]), torch.tensor([1.0, 0.4])
    x = torch.randn(1, 2, generator=Generator().manual_seed(0))
    for i in range(4):
        t = i / 4
        jacobian = torch.eye(2) + (1 - t) * m
        heading = x @ jacobian.T
        pull = (mask * (wanted[..., 0] - heading)) @ jacobian
        r2 = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
        gain = 5.0 if t == 0 else min((1 - t) / t / r2, 5.0)
        x = x + (x @ m.T + gain * pull) / 4
    found = policy.inpaint(torch.zeros(1, 1), wanted, mask, Generator().manual_seed(0))
    torch.testing.assert_close(found[0, :, 0], x[0])


def test_inpainting_holds_the_frozen_prefix() -> None:
    env = Track(horizon=40, gust=0.02)
    policy = bc(Flow(env, chunk=6), collect(env.expert, env, 10), steps=600)
    obs = collect(env.expert, env, 20, seed=5).obs[:, 10]
    running = policy.sample(obs, Generator().manual_seed(1))
    mask = soft_mask(6, overlap=4, delay=2)
    new = policy.inpaint(obs, running, mask, Generator().manual_seed(2))
    free = policy.sample(obs, Generator().manual_seed(2))
    gap = (new - running).abs().mean((0, 2))
    assert gap[:2].max() < 0.5 * (free - running).abs().mean((0, 2))[:2].min()


def test_a_plan_at_once_with_nothing_left_to_owe_is_a_free_one() -> None:
    policy, obs = Flow(LIKE, chunk=2), torch.zeros(1, 1)
    running = RealTime(2, 0).start(policy, Generator().manual_seed(0))
    free = RealTime(2, 0, inpaint=False).start(policy, Generator().manual_seed(0))
    for _ in range(5):
        assert torch.equal(running(obs), free(obs))


def test_chunks_are_executed_whole_in_an_open_loop() -> None:
    env = Track(horizon=12)
    policy = bc(Deterministic(env, chunk=4), collect(env.expert, env, 2), steps=20)
    demos = rollout(policy, env, 3, executor=OpenLoop(4))
    for start in range(0, 12, 4):
        plan = policy.sample(demos.obs[:, start])
        torch.testing.assert_close(demos.act[:, start : start + 4], plan)
    with pytest.raises(InputError, match="OpenLoop: k: expected 1 to the policy's chunk 4"):
        rollout(policy, env, 1, executor=OpenLoop(5))


def test_requests_that_cannot_be_met() -> None:
    with pytest.raises(InputError, match=r"every \+ delay: expected 1 to the policy's chunk 4"):
        run(RealTime(3, 2), 4, 1)
    with pytest.raises(InputError, match="0 <= delay <= every"):
        run(RealTime(1, 2), 4, 1)
    with pytest.raises(InputError, match="only Flow can inpaint, got Deterministic"):
        RealTime(1, 1).start(Deterministic(LIKE, chunk=2), Generator())
