"""Chapter 13: what it computes from scratch is what `ilkit` computes, and its proofs' numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import ilkit as il
from ilkit.policies import nonsimple
from ilkit.theory import stability

CHAPTER = Path(__file__).parents[2] / "book" / "13-beyond-simple-policies.md"
GIVEN = {"np": np}
RHO = 1.5


def test_policies_are_those_of_the_package(scratch: list[dict[str, Any]]) -> None:
    ours = scratch[0]
    x = np.append(np.random.default_rng(0).standard_normal(1000), 0.0)
    obs = torch.from_numpy(x)[:, None]
    in_turn = nonsimple.alternating(RHO)
    for t in range(3):
        np.testing.assert_allclose(ours["alternate"](x, t, RHO), in_turn(obs)[:, 0])
    for ratio in (1.2 * RHO, 2 * RHO, 2 * RHO**2):
        theirs = nonsimple.shell(RHO, ratio)(obs)[:, 0]
        np.testing.assert_allclose(ours["shells"](x, RHO, ratio), theirs)
    coin = nonsimple.random_sign(RHO, torch.Generator().manual_seed(0))
    for act in (ours["coin"](x, RHO, np.random.default_rng(0)), coin(obs)[:, 0].numpy()):
        np.testing.assert_allclose(abs(act), RHO * abs(x))
        assert 0.4 < (act[x != 0] / x[x != 0] > 0).mean() < 0.6


@pytest.mark.parametrize("sign", [1, -1])
@given(rho=st.floats(1.01, 3), ratio=st.floats(1.3, 30), seed=st.integers(0, 9999))
def test_shells_take_the_time_of_the_proposition(
    scratch: list[dict[str, Any]], sign: int, rho: float, ratio: float, seed: int
) -> None:
    alpha = np.log(2 * rho) / np.log(ratio)
    d = abs(alpha - 2 * np.round(alpha / 2))
    if d < 0.02:
        return
    x = np.exp(np.random.default_rng(seed).uniform(-9, 9, 100))
    steps = int(np.ceil(1 / d)) + 1
    path = scratch[0]["run"](lambda x, t: scratch[0]["shells"](x, rho, ratio), x, sign, rho, steps)
    assert (path[-1] <= 1e-9 * path.max(0)).all()
    assert (path.max(0) <= (2 * rho) ** (steps - 1) * x * (1 + 1e-9)).all()


def test_shells_by_hand() -> None:
    """rho = 1.5: two, three and nine steps; the longest times are attained."""
    for ratio, steps in ((3.0, 2), (4.5, 3), (1.8, 9)):
        alpha = np.log(3) / np.log(ratio)
        assert np.ceil(1 / abs(alpha - 2 * round(alpha / 2)) - 1e-12) + 1 == steps
    assert 3**8 == 6561
    assert pytest.approx(57.7, abs=0.05) == 1.5**10 == 3**10 / 1024


def test_alternating_stays_close_under_disturbances() -> None:
    rng = np.random.default_rng(0)
    for sign in (1, -1):
        x = rng.standard_normal(500)
        for t in range(30):
            x = sign * RHO * x - (-1) ** t * RHO * x + rng.choice([-0.1, 0.1], 500)
            assert t < 1 or (abs(x) <= (2 * RHO + 1) * 0.1 + 1e-12).all()


def test_the_signs_of_the_continuous_theorem_are_not_alike() -> None:
    mu = lambda x: -0.5 * x if x > 0 else 1.25 * x  # noqa: E731
    step = lambda sign, x: sign * RHO * x + mu(x)  # noqa: E731
    assert (step(-1, 1), step(-1, -1)) == (-2, 0.25)
    assert (step(1, 1), step(1, -1)) == (1, -2.75)


@given(st.integers(0, 9999), st.integers(1, 8))
def test_the_loop_of_a_chunk_is_that_of_the_theorem(
    scratch: list[dict[str, Any]], seed: int, k: int
) -> None:
    """On a random subspace that the expert's loop maps into itself."""
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.standard_normal((4, 4)))
    block = rng.standard_normal((4, 4)) / 2
    block[2:, :2] = 0
    loop, shown = basis @ block @ basis.T, basis[:, :2] @ basis[:, :2].T
    a = rng.standard_normal((4, 4)) / 2
    gains = scratch[1]["chunk_gains"](a, loop - a, shown, k)
    found = scratch[1]["chunk_loop"](a, gains)
    power = np.linalg.matrix_power
    off = np.eye(4) - shown
    np.testing.assert_allclose(found, power(a, k) @ off + power(loop, k) @ shown, atol=1e-9)
    radii = [
        abs(np.linalg.eigvals(m)).max()
        for m in (found, off @ power(a, k) @ off, power(block[:2, :2], k))
    ]
    assert radii[0] == pytest.approx(max(radii[1:]), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("system", [0, 1])
def test_four_actions_are_the_fewest_for_the_pair(
    scratch: list[dict[str, Any]], system: int
) -> None:
    pair = stability.challenging_pair()
    a, k = pair.a[system].numpy(), pair.k[system].numpy()
    for length, by_hand in enumerate((1.5, 1.5, 1.125, 0.5625), start=1):
        gains = scratch[1]["chunk_gains"](a, k, np.diag([0.0, 1.0]), length)
        loop = scratch[1]["chunk_loop"](a, gains)
        assert abs(loop[0, 0]) == pytest.approx(by_hand)
        assert abs(np.linalg.eigvals(loop)).max() == pytest.approx(by_hand)


class Chunks(il.Policy):
    """Predicts G_1 x, ..., G_k x."""

    def __init__(self, env: il.Env, gains: list[np.ndarray]) -> None:
        super().__init__(env, "linear", chunk=len(gains))
        self.gains = torch.tensor(np.array(gains)).float()

    def sample(self, obs: torch.Tensor, generator: object = None) -> torch.Tensor:
        return torch.einsum("kij,nj->nki", self.gains, obs)


def test_executed_chunks_move_as_the_loop_says(scratch: list[dict[str, Any]]) -> None:
    pair = stability.challenging_pair()
    a, k = pair.a[0].numpy(), pair.k[0].numpy()
    env = il.Linear(a=pair.a[0], k=pair.k[0], horizon=13, start=1.0)
    gains = scratch[1]["chunk_gains"](a, k, np.diag([0.0, 1.0]), 4)
    loop = scratch[1]["chunk_loop"](a, gains)
    went = il.rollout(Chunks(env, gains), env, n=5, seed=0, executor=il.OpenLoop()).state.numpy()
    for j in range(3):
        np.testing.assert_allclose(went[:, 4 * j + 4], went[:, 4 * j] @ loop.T, atol=1e-5)


@given(st.integers(0, 9999))
def test_chunks_do_not_compound(seed: int) -> None:
    """The theorem's bound on a random scalar system with fading chunks."""
    rng = np.random.default_rng(seed)
    rho, gain = rng.uniform(0.1, 0.9), rng.uniform(0, 3)
    k = next(k for k in range(1, 1000) if rho**k * (1 + gain * k / rho) < 1)
    q = rho**k * (1 + gain * k / rho)
    allowed = (rho / (1 - rho) + gain / (1 - rho) ** 2) / (1 - q) + 1 / (1 - rho)
    fade = gain * rho ** np.arange(k) * rng.choice([-1, 1])
    x, gaps, errors = 0.0, [], []  # the expert rests at 0
    for _ in range(20):
        error = rng.uniform(-1, 1, k)  # of the chunk predicted at 0
        for u in fade * x + error:
            x = rho * x + u
            gaps.append(abs(x))
        errors.extend(abs(error))
    assert sum(gaps) <= allowed * sum(errors) * (1 + 1e-9)
    longest = 2 / np.log(1 / rho) * np.log(1 + 2 * gain / (np.e * rho * np.log(1 / rho)))
    assert k <= int(longest) + 1


def test_the_length_by_hand() -> None:
    assert [(1 + 2 * k) / 2**k for k in (1, 2, 3)] == [1.5, 1.25, 0.875]
    assert 2 / np.log(2) * np.log(1 + 4 / (np.e * np.log(2))) == pytest.approx(3.3, abs=0.05)


@pytest.mark.parametrize("d", [4, 16, 64, 1000])
def test_the_product_of_the_impossibility_theorem(d: int) -> None:
    t = np.arange(1, int(np.sqrt(d) / 2) + 1)
    assert np.prod(1 - t / (d - t + 1)) >= 2 / 3


@given(st.integers(0, 9999))
def test_a_small_error_of_the_gain_is_harmless(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, delta = rng.standard_normal((3, 3)), 0.05 * rng.standard_normal((3, 3))
    m *= 0.7 / abs(np.linalg.eigvals(m)).max()
    c, rho = stability.certify(torch.from_numpy(m), slack=0.1)
    power = np.eye(3)
    for t in range(30):
        bound = c * (rho + c * np.linalg.norm(delta, 2)) ** t
        assert np.linalg.norm(power, 2) <= bound * (1 + 1e-9)
        power = (m + delta) @ power


def test_the_unstable_pair_by_hand() -> None:
    a = stability.challenging_pair(1.8, -1.8).a[0]
    assert stability.spectral_radius(a).item() == pytest.approx(0.9 + np.sqrt(0.06))
    fourth = torch.linalg.matrix_power(a, 4)[0, 0].item()
    assert fourth == pytest.approx(3.77, abs=0.005)
    assert np.log(fourth) / 4 == pytest.approx(0.332, abs=5e-4)
