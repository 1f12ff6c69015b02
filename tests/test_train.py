"""The loop minimises, repeats, resumes to the bit, and says what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs import Tightrope, Track
from ilkit.errors import InputError
from ilkit.losses import zero_one
from ilkit.policies import MIP, Categorical, Deterministic, Flow, Gaussian, Policy
from ilkit.rollout import collect
from ilkit.train import fit, fit_captured, fit_many, load, pick_device, save

ENV = Track(horizon=30)
DEMOS = collect(ENV.expert, ENV, 2)


def test_the_loss_falls_and_a_seed_repeats_it() -> None:
    one, two, other = Deterministic(ENV), Deterministic(ENV), Deterministic(ENV)
    first, again = fit(one, DEMOS, steps=60, seed=1), fit(two, DEMOS, steps=60, seed=1)
    assert first.loss == again.loss
    assert len(first.loss) == 60
    assert first.loss[-1] < 0.5 * first.loss[0]
    assert fit(other, DEMOS, steps=60, seed=2).loss != first.loss


def test_a_run_that_was_stopped_ends_as_if_it_had_not(tmp_path: Path) -> None:
    whole, parts = Gaussian(ENV), Gaussian(ENV)
    undisturbed = fit(whole, DEMOS, steps=40)
    file = tmp_path / "run.pt"

    class Stop(Exception):
        pass

    def stop_at_25(*args: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) > 25:
            raise Stop
        return parts.loss(*args[1:])  # type: ignore[arg-type]

    calls: list[int] = []
    with pytest.raises(Stop):
        fit(parts, DEMOS, steps=40, loss=stop_at_25, checkpoint=file, every=10)
    fresh = Gaussian(ENV, seed=9)
    resumed = fit(fresh, DEMOS, steps=40, checkpoint=file, every=10)
    assert resumed.loss == undisturbed.loss
    for a, b in zip(fresh.parameters(), whole.parameters(), strict=True):
        assert torch.equal(a, b)


def seen_weights(steps: int, **training: float) -> list[torch.Tensor]:
    """The weights of a linear policy after each step, as its own loss sees them."""
    policy, seen = Deterministic(ENV, net="linear"), []

    def watched(p: Policy, *data: torch.Tensor) -> torch.Tensor:
        seen.append(torch.cat([x.detach().flatten().clone() for x in policy.parameters()]))
        return p.loss(*data)

    fit(policy, DEMOS, steps=steps, loss=watched, **training)  # type: ignore[arg-type]
    return [*seen[1:], torch.cat([x.detach().flatten() for x in policy.parameters()])]


@pytest.mark.parametrize("decay", [0.0, 0.6, 0.9999])
def test_the_average_of_the_weights_is_the_published_one(decay: float) -> None:
    """Step by step by hand: the power warm-up keeps nothing of the initial weights."""
    path = seen_weights(12)
    mean = torch.full_like(path[0], 1e6)
    for t, weights in enumerate(path):
        kept = min(decay, 1 - (1 + t) ** -0.75)
        mean = kept * mean + (1 - kept) * weights
    averaged = seen_weights(12, ema=decay)
    torch.testing.assert_close(torch.stack(averaged[:-1]), torch.stack(path[:-1]))
    torch.testing.assert_close(averaged[-1], mean)


def test_an_averaged_run_that_was_stopped_ends_as_if_it_had_not(tmp_path: Path) -> None:
    whole, resumed, read = (Gaussian(ENV, seed=s) for s in range(3))
    fit(whole, DEMOS, steps=40, ema=0.9)
    parts, calls, file = Gaussian(ENV), [], tmp_path / "run.pt"

    def stop_at_25(*args: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) > 25:
            raise KeyboardInterrupt
        return parts.loss(*args[1:])  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        fit(parts, DEMOS, steps=40, ema=0.9, loss=stop_at_25, checkpoint=file, every=10)
    fit(resumed, DEMOS, steps=40, ema=0.9, checkpoint=file, every=10)
    load(file, read)
    for a, b, c in zip(*(p.parameters() for p in (whole, resumed, read)), strict=True):
        assert torch.equal(a, b)
        assert torch.equal(a, c)
    with pytest.raises(InputError, match=r"expected ema = 0.9.*got None"):
        fit(Gaussian(ENV), DEMOS, steps=40, checkpoint=file)


def test_weights_and_scale_survive_a_file(tmp_path: Path) -> None:
    policy, other = Gaussian(ENV), Gaussian(ENV, seed=4)
    fit(policy, DEMOS, steps=5)
    save(tmp_path / "policy.pt", policy)
    load(tmp_path / "policy.pt", other)
    obs = DEMOS.obs[0]
    assert torch.equal(policy.mode(obs), other.mode(obs))
    assert bool(other.scaled)


def test_bad_files_are_refused_in_a_sentence(tmp_path: Path) -> None:
    policy = Gaussian(ENV)
    with pytest.raises(InputError, match="got no file"):
        load(tmp_path / "none.pt", policy)
    save(tmp_path / "whole.pt", policy)
    cut = tmp_path / "cut.pt"
    cut.write_bytes((tmp_path / "whole.pt").read_bytes()[:200])
    with pytest.raises(InputError, match="cut short"):
        load(cut, policy)
    with pytest.raises(InputError, match="do not fit this policy"):
        load(tmp_path / "whole.pt", Gaussian(ENV, net="linear"))
    with pytest.raises(InputError, match="got weights alone"):
        fit(Gaussian(ENV), DEMOS, checkpoint=tmp_path / "whole.pt")
    torch.save({"version": 0, "weights": {}}, tmp_path / "old.pt")
    with pytest.raises(InputError, match="version 2, got 0"):
        load(tmp_path / "old.pt", policy)


def test_mixed_precision_still_learns() -> None:
    policy = Deterministic(ENV)
    history = fit(policy, DEMOS, steps=60, mixed_precision=True)
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert all(p.dtype == torch.float32 for p in policy.parameters())


def test_devices() -> None:
    assert pick_device("cpu").type == "cpu"
    with pytest.raises(InputError, match="device: expected 'auto'"):
        pick_device("abacus")
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="'cuda' was asked for"):
            pick_device("cuda")


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"batch": 0}, {"lr": 0.0}])
def test_settings_are_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="fit: expected steps >= 0"):
        fit(Deterministic(ENV), DEMOS, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("ema", [1.0, -0.1])
def test_an_average_forgets_and_does_not_overshoot(ema: float) -> None:
    with pytest.raises(InputError, match="ema: expected a decay from 0 to below 1"):
        fit(Deterministic(ENV), DEMOS, ema=ema)


@pytest.mark.parametrize("ema", [None, 0.9])
def test_many_at_once_end_where_each_alone_would(ema: float | None) -> None:
    sets = [collect(ENV.expert, ENV, n, seed=n) for n in (1, 2, 3)]
    alone, together = ([Gaussian(ENV, seed=s) for s in range(3)] for _ in range(2))
    histories = [
        fit(p, d, steps=30, seed=s, ema=ema)
        for s, (p, d) in enumerate(zip(alone, sets, strict=True))
    ]
    for one, many in zip(histories, fit_many(together, sets, steps=30, ema=ema), strict=True):
        assert many.loss == pytest.approx(one.loss, abs=1e-4)
    for one, many in zip(alone, together, strict=True):
        torch.testing.assert_close(
            one.mode(sets[0].obs[0]), many.mode(sets[0].obs[0]), atol=1e-3, rtol=0
        )


def test_a_full_covariance_trains_with_others() -> None:
    demos = Demos(torch.zeros(1, 50, 1), torch.randn(1, 50, 3))
    alone, together = (
        [Gaussian(demos, covariance="full", seed=s) for s in (3, 4)] for _ in range(2)
    )
    for seed, policy in enumerate(alone):
        fit(policy, demos, steps=10, seed=seed)
    fit_many(together, [demos, demos], steps=10)
    for one, many in zip(alone, together, strict=True):
        factors = one.cholesky(demos.obs[0]), many.cholesky(demos.obs[0])
        torch.testing.assert_close(*factors, atol=1e-3, rtol=0)


def test_many_repeat_even_where_the_loss_draws_noise() -> None:
    runs = [[Flow(ENV, seed=s) for s in range(2)] for _ in range(2)]
    first, again = (fit_many(policies, [DEMOS, DEMOS], steps=5) for policies in runs)
    assert [h.loss for h in first] == [h.loss for h in again]
    assert first[0].loss != first[1].loss


def test_a_run_goes_on_only_with_its_own_settings(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    fit(Gaussian(ENV), DEMOS, steps=10, checkpoint=file, every=5)
    with pytest.raises(InputError, match=r"run.pt: expected steps = 10.*got 20"):
        fit(Gaussian(ENV), DEMOS, steps=20, checkpoint=file, every=5)
    with pytest.raises(InputError, match="expected a folder that exists"):
        fit(Gaussian(ENV), DEMOS, steps=1, checkpoint=tmp_path / "no" / "run.pt", every=1)


def test_what_cannot_be_trained_is_told_before_anything_changes() -> None:
    rope = Tightrope()
    walks = collect(rope.expert, rope, 2)
    with pytest.raises(InputError, match=r"obs_space: the policy was built for Box.*has Discrete"):
        fit(Gaussian(ENV), walks)
    with pytest.raises(InputError, match="act_space: the policy was built for Discrete"):
        fit(Categorical(Tightrope(actions=2)), walks)
    with pytest.raises(InputError, match="zero_one is to report"):
        fit(Categorical(rope), walks, loss=zero_one)
    with pytest.raises(InputError, match="diverged; lower lr"):
        fit(Deterministic(ENV, net="linear"), DEMOS, lr=1e30, steps=5)
    for train in (fit, fit_captured, lambda p, d, **how: fit_many([p], [d], **how)):
        with pytest.raises(InputError, match=r"loss: expected one number a sample, \[\d+\], got"):
            train(Deterministic(ENV), DEMOS, loss=per_dimension, steps=1)


def per_dimension(policy: Policy, obs: Tensor, act: Tensor, _: Generator | None) -> Tensor:
    """A loss that forgot to sum."""
    assert isinstance(policy, Deterministic)
    return (policy.predict(obs) - policy.to_unit(act)).square()


def test_a_rate_from_numpy_survives_a_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    rate = np.float64(1e-3)
    first = fit(Deterministic(ENV), DEMOS, steps=4, lr=rate, checkpoint=file)
    assert fit(Deterministic(ENV), DEMOS, steps=4, lr=rate, checkpoint=file).loss == first.loss


def test_many_need_as_many_of_each() -> None:
    with pytest.raises(InputError, match="got 1 policies, 2 demos"):
        fit_many([Gaussian(ENV)], [DEMOS, DEMOS])
    heads = [MIP(ENV, kind=kind) for kind in ("regression", "mip")]
    for others in (heads, [Gaussian(ENV), Gaussian(ENV, net="linear")]):
        with pytest.raises(InputError, match="of one kind with the same settings"):
            fit_many(others, [DEMOS, DEMOS])
