"""Chapter 02: its from-scratch code equals ilkit, and its theorems and hand-worked numbers hold."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from torch import Tensor

import ilkit as il
from ilkit import losses

CHAPTER = Path(__file__).parents[2] / "book" / "02-behavior-cloning.md"
CELL = r"```\{code-cell\} ipython3\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)(.*?)```"
CELLS = re.findall(CELL, CHAPTER.read_text(), re.S)


def run(*marks: str) -> dict[str, Any]:
    """Execute the chapter's first cell and those that contain the marks; their names."""
    names: dict[str, Any] = {}
    for mark in ("plots.style()", *marks):
        (cell,) = [cell for cell in CELLS if mark in cell]
        exec(cell, names)
    return names


def divergence(p: Tensor, q: Tensor) -> Tensor:
    return torch.where(p > 0, p * (p / q).log(), 0.0).sum(-1)


def some(*shape: int, seed: int = 0) -> Tensor:
    """Random probabilities in float64, the last dimension summing to one."""
    generator = torch.Generator().manual_seed(seed)
    return torch.softmax(torch.randn(*shape, generator=generator, dtype=torch.float64), -1)


# From scratch, then through ilkit


def test_the_loop_from_scratch_equals_bc():
    names = run("def error(", "track = il.Track", "torch.linalg.solve", "def clone(")
    assert names["gap"] < 1e-6


def test_normal_equations_equal_training():
    assert run("def error(", "track = il.Track", "torch.linalg.solve")["gap"] < 1e-3


def test_counts_equal_training_on_the_rope_and_on_text():
    assert run("rope = il.Tightrope")["gap"] < 2e-3
    names = run('text = "to be or not to be"')
    assert (names["writer"].table() - names["pi"]).abs().max() < 0.01
    assert float(names["nats"]) == pytest.approx(12.73 / 17, abs=1e-3)


def test_an_interrupted_run_goes_on_exactly():
    assert run("def error(", "track = il.Track", "class PowerCut")["same"]


# Theorems


def test_divergence_of_trajectories_is_the_sum_over_steps():
    horizon, p, start = 3, some(2, 2, 2), some(2, seed=1)
    expert, clone = some(2, 2, seed=2), some(2, 2, seed=3)
    left = torch.zeros((), dtype=torch.float64)
    for path in itertools.product(range(2), repeat=2 * horizon):
        states, acts = path[::2], path[1::2]
        both = start[states[0]].repeat(2)
        for t in range(horizon):
            both = both * torch.stack([expert[states[t], acts[t]], clone[states[t], acts[t]]])
            if t + 1 < horizon:
                both = both * p[states[t], acts[t], states[t + 1]]
        left += both[0] * (both[0] / both[1]).log()
    right, d = torch.zeros_like(left), start
    for _ in range(horizon):
        right += (d * divergence(expert, clone)).sum()
        d = torch.einsum("s,sa,sap->p", d, expert, p)
    assert torch.isclose(left, right)


def least_hinge(q: list[float]) -> tuple[float, np.ndarray]:
    """The least expected hinge of three actions and its scores, by linear programming."""
    rows, bounds = [], [(0, 0)] + [(None, None)] * 2 + [(0, None)] * 3
    for a, b in itertools.permutations(range(3), 2):  # slack_a >= 1 + z_b - z_a
        row = np.zeros(6)
        row[b], row[a], row[3 + a] = 1, -1, -1
        rows.append(row)
    found = linprog([0, 0, 0, *q], A_ub=rows, b_ub=-np.ones(6), bounds=bounds)
    return found.fun, found.x[:3]


@pytest.mark.parametrize("q", [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [1.0, 0.0, 0.0]])
def test_hinge_with_a_clear_favourite(q):
    least, scores = least_hinge(q)
    assert least == pytest.approx(2 * (1 - max(q)))
    assert scores.argmax() == int(np.argmax(q))
    assert np.sum(scores == scores.max()) == 1


@pytest.mark.parametrize("q", [[0.4, 0.35, 0.25], [0.45, 0.35, 0.2], [1 / 3, 1 / 3, 1 / 3]])
def test_hinge_without_a_favourite_ends_in_a_tie(q):
    least, scores = least_hinge(q)
    assert least == pytest.approx(1)
    assert np.allclose(scores, scores[0])


def test_the_greedy_action_loses_no_more_than_the_divergence_allows():
    q, pi = some(5000, 4, seed=4), some(5000, 4, seed=5)
    lost = q.amax(1) - q.gather(1, pi.argmax(1, keepdim=True))[:, 0]
    assert (lost <= (2 * divergence(q, pi)).sqrt()).all()


def test_score_matching_identity_by_quadrature():
    a = torch.linspace(-12, 12, 20_001, dtype=torch.float64, requires_grad=True)
    log_q = (0.7 * torch.exp(-((a - 1) ** 2) / 2) + 0.3 * torch.exp(-((a + 1) ** 2))).log()
    psi = torch.tanh(a) - a / 2
    (score,) = torch.autograd.grad(log_q.sum(), a)
    (slope,) = torch.autograd.grad(psi.sum(), a)
    weight = log_q.exp() / log_q.exp().sum()

    def mean(x: Tensor) -> float:
        return float((weight * x).sum().detach())

    left = mean((psi - score) ** 2) / 2
    assert left == pytest.approx(mean(psi**2 / 2 + slope) + mean(score**2) / 2, abs=1e-6)


def test_unseen_mass_is_below_its_bound():
    for m, d in itertools.product((1, 5, 50), (some(16, seed=6), torch.ones(8) / 8)):
        assert (d * (1 - d) ** m).sum() <= len(d) / (math.e * m)
    assert math.pow(7 / 8, 20) == pytest.approx(0.069, abs=5e-4)
    assert 8 / (20 * math.e) == pytest.approx(0.147, abs=5e-4)


# Numbers worked by hand


def test_fair_coin_against_a_leaning_expert():
    q, coin = torch.tensor([0.8, 0.2]), torch.tensor([0.5, 0.5])
    assert float(divergence(q, coin)) == pytest.approx(0.193, abs=5e-4)
    assert -float((q * q.log()).sum()) == pytest.approx(0.500, abs=5e-4)


def test_discrete_head_by_hand():
    policy = il.Categorical(il.Demos([[0]], [[1]], il.Discrete(1), il.Discrete(3)), net="tabular")
    weight = next(policy.parameters())
    with torch.no_grad():
        weight[:, 0] = torch.tensor([2.0, 1.0, 0.0])
    obs, act = torch.tensor([0]), torch.tensor([[1]])
    loss = losses.log_loss(policy, obs, act)
    loss.sum().backward()
    assert loss.item() == pytest.approx(1.408, abs=5e-4)
    assert weight.grad[:, 0].tolist() == pytest.approx([0.665, -0.755, 0.090], abs=5e-4)
    assert losses.hinge(policy, obs, act).item() == pytest.approx(2)
    assert losses.zero_one(policy, obs, act).item() == 1


def test_gaussian_head_by_hand():
    mu, log_std = torch.tensor(0.1, requires_grad=True), torch.tensor(0.5).log().requires_grad_()
    loss = -torch.distributions.Normal(mu, log_std.exp()).log_prob(torch.tensor(0.3))
    loss.backward()
    assert loss.item() - 0.5 * math.log(2 * math.pi) == pytest.approx(-0.613, abs=5e-4)
    assert mu.grad.item() == pytest.approx(-0.8)
    assert log_std.grad.item() == pytest.approx(0.84)


def test_score_matching_by_hand():
    a = torch.tensor([-1.0, 1.0])
    at = {v: (a**2 / (2 * v**2) - 1 / v).mean().item() for v in (0.5, 1.0, 2.0)}
    assert at == pytest.approx({0.5: 0.0, 1.0: -0.5, 2.0: -0.375})


def test_noise_on_the_label_hides_how_to_steer_back_by_hand():
    road = il.Track()
    spread = il.collect(road.expert, road, n=20, seed=0).obs[..., 0].std()
    assert float(spread) == pytest.approx(0.005, abs=1e-3)
    back = road.expert(torch.tensor([[0.005, 0.0, 0.0]])).item()
    assert back == pytest.approx(-0.002, abs=2e-4)
    assert 0.05 / abs(back) == pytest.approx(25, rel=0.1)


def test_the_label_of_a_side_camera_by_hand():
    road = il.Retina()
    (act,) = road.moved_camera(torch.zeros(1, 6), torch.zeros(1, 1), 0.7)[1]
    assert act.item() == pytest.approx(-0.25, abs=5e-3)
