"""Training on a GPU: the page's arithmetic, and that it says what `ilkit.train` really does."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

import ilkit as il
from ilkit.train.capture import _Mean, _Step
from ilkit.train.ema import Average

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "book" / "training-on-a-gpu.md"
GIVEN = {
    "functional_call": functional_call,
    "stack_module_state": stack_module_state,
    "vmap": vmap,
}
TAU, PHI = 5e-6, 50e12


class Squared(nn.Module):
    """A small network whose forward pass is its loss of each sample."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.body = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, obs: Tensor, act: Tensor) -> Tensor:
        squared: Tensor = (self.body(obs) - act).square().sum(1)
        return squared


def test_the_gradient_of_the_sum_is_that_of_each_alone(scratch: list[dict[str, Any]]) -> None:
    modules = [Squared(seed) for seed in range(3)]
    obs, act = torch.randn(3, 20, 3), torch.randn(3, 20, 1)
    losses, weights = scratch[0]["losses_at_once"](modules, obs, act)
    losses.sum().backward()
    for i, module in enumerate(modules):
        alone = module(obs[i], act[i]).mean()
        alone.backward()
        torch.testing.assert_close(losses[i], alone)
        for name, weight in module.named_parameters():
            torch.testing.assert_close(weights[name].grad[i], weight.grad)


@pytest.mark.parametrize("work", [1e-7, 1e-6, 7e-6])
def test_the_gain_of_the_proposition(work: float) -> None:
    for seeds in (1, 3, 50, 5000):
        gain = seeds * max(TAU, work) / max(TAU, seeds * work)
        assert gain == pytest.approx(min(seeds, TAU / work) if work < TAU else 1)


def test_numbers_by_hand() -> None:
    layer = 2 * 256 * 64**2
    assert layer == pytest.approx(2.1e6, rel=0.01)
    assert layer / PHI == pytest.approx(0.04e-6, rel=0.1)
    assert pytest.approx(120, rel=0.05) == TAU / 0.04e-6
    assert layer / 5e10 == pytest.approx(42e-6, rel=0.01)
    assert (4096 // 64) ** 2 == 4096
    assert 4096 * layer / PHI == pytest.approx(0.17e-3, rel=0.02)
    assert 1000 * 400 * 20 * 4 == 32_000_000
    assert pytest.approx(44e9, rel=0.01) == 1000 * 400 * 96 * 96 * 3 * 4
    policy = il.Deterministic(il.Track())
    assert sum(p.numel() for p in policy.parameters()) == pytest.approx(4500, rel=0.01)


def test_bfloat16_has_eight_significant_bits() -> None:
    x = torch.rand(100_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 1
    error = ((x.to(torch.bfloat16).double() - x) / x).abs()
    assert 0.99 * 2**-8 < error.max() <= 2**-8
    one = torch.tensor(1.0, dtype=torch.bfloat16)
    assert one + 0.0039 == one
    assert one + 0.004 > one
    assert torch.finfo(torch.bfloat16).max == pytest.approx(3.4e38, rel=0.01)


def test_a_recorded_step_reads_nothing_back_and_moves_nothing() -> None:
    """What a CUDA graph needs; on the meta device there are no numbers to read."""
    policy = il.Deterministic(il.Track())
    step = _Step(_Mean(policy, None), Average(policy.parameters(), 0.9), 10, 1e-3)
    state = {**dict(step.named_parameters()), **dict(step.named_buffers())}
    before = {name: (x.data_ptr(), x.clone()) for name, x in state.items()}
    obs, act = torch.ones(256, *policy.obs_space.shape), torch.ones(256, 1, 1)
    with torch.no_grad():
        step(obs, act, torch.ones(256))
        step.to("meta")(*(x.to("meta") for x in (obs, act, torch.ones(256))))
    assert all(state[name].data_ptr() == address for name, (address, _) in before.items())
    changed = {name.split(".")[0] for name, (_, x) in before.items() if not x.equal(state[name])}
    assert changed == {"mean", "first", "second", "means", "done"}


def test_when_a_recording_and_a_second_gpu_pay() -> None:
    assert pytest.approx(60_000, rel=0.05) == 20 / (80 * 5e-6 - 12 * 5e-6)
    link, latency = 100e9, 20e-6

    def saved_over_paid(weights: float, batch: int) -> float:
        one = 6 * weights * batch / PHI
        two = one / 2 + latency + 8 * (2 - 1) * weights / (2 * link)
        assert (one > two) == (weights * (3 * batch / PHI - 4 / link) > latency)
        return (one - one / 2) / (two - one / 2)

    assert saved_over_paid(4481, 256) < 0.01
    assert saved_over_paid(4481, 65_536) < 1
    assert saved_over_paid(1e12, 666) < 1 < saved_over_paid(1e12, 668)
    assert saved_over_paid(1e6, 256) < 1 < saved_over_paid(1e6, 2048) < saved_over_paid(1e8, 2048)


def test_the_page_says_what_the_package_leaves_out() -> None:
    """Whoever teaches ilkit.train to load from a disk or to split a policy mends the page too."""
    source = "".join(path.read_text() for path in (ROOT / "ilkit" / "train").glob("*.py"))
    for word in ("DataLoader", "DistributedDataParallel"):
        assert word not in source, word
    text = CHAPTER.read_text()
    assert "`ilkit` has no answer beyond a larger device" in text
    assert "This `ilkit` does not do" in text
