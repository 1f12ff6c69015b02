"""Stability: spectral radius, incremental input-to-state stability, and the challenging pair.

A system x' = f(x, u) is exponentially incrementally input-to-state stable (E-ISS) with constants
C and rho < 1 if any two trajectories satisfy

    |x_{t+1} - x'_{t+1}| <= C rho^t |x_1 - x'_1| + C sum_{k <= t} rho^(t - k) |u_k - u'_k|

(Angeli, 2002; Pfrommer et al., 2022; chapter 11). For x' = A x + u this holds if and only if the
spectral radius of A is below one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ilkit.errors import InputError
from ilkit.theory.linear import lyapunov


def spectral_radius(a: Tensor) -> Tensor:
    """The largest modulus of an eigenvalue of A [..., n, n]."""
    if a.dim() < 2 or a.shape[-1] != a.shape[-2] or not torch.isfinite(a).all():
        raise InputError(
            f"A: expected finite numbers of shape [..., n, n], got shape {list(a.shape)}"
            f"{'' if torch.isfinite(a).all() else ' with NaN or infinity'}."
        )
    radius: Tensor = torch.linalg.eigvals(a.double()).abs().amax(-1)
    return radius


class EISS(NamedTuple):
    """Constants of incremental stability; rho < 1 or the system has none."""

    c: float
    rho: float

    def bound(self, start: Tensor, inputs: Tensor) -> Tensor:
        """The right-hand side at t = 1, ..., H: [n, H], for gaps start [n] and inputs [n, H]."""
        gaps, reach = [], self.c * start
        for gap in inputs.unbind(1):
            # C rho^t |x_1 - x'_1| + C sum rho^(t - k) gap_k, one step further
            reach = self.rho * reach + self.c * gap
            gaps.append(reach)
        return torch.stack(gaps, 1)


def certify(a: Tensor, slack: float = 0.05) -> EISS:
    """Constants that hold for x' = A x + u for ever, proved by finitely many powers of A.

    With rho = spectral radius + slack < 1, C is the largest |A^t| / rho^t. Powers are followed
    until |A^m| <= rho^m for some m, from where submultiplicativity bounds all later ones.

    Raises InputError if the spectral radius is not below 1 - slack.
    """
    radius = float(spectral_radius(a))
    rho = radius + slack
    if slack < 0 or rho == 0:
        raise InputError(f"slack: expected at least 0, and radius + slack > 0, got {slack}.")
    if rho >= 1:
        raise InputError(
            f"A: expected a spectral radius below {1 - slack:g}, got {radius:.4f}; an unstable "
            "system has no constants, and one this close needs a smaller slack."
        )
    power, worst, scale = a.double(), 1.0, 1.0
    for _ in range(100_000):
        scale *= rho
        if scale < 1e-290:  # float64 holds no smaller powers
            break
        norm = float(torch.linalg.matrix_norm(power, 2))
        worst = max(worst, norm / scale)
        if norm <= scale:
            return EISS(worst, rho)
        power = power @ a.double()
    raise InputError("A: its powers did not fall below rho^m in float64; raise slack.")


def certify_by_lyapunov(a: Tensor) -> EISS:
    """Constants for x' = A x + u from a quadratic form: looser than `certify`, found in one solve.

    With A'P A - P = -I the length |x|_P = sqrt(x'P x) shrinks by rho = sqrt(1 - 1 / max eig P) a
    step, and |x|_P is |x| up to factors whose ratio is C = sqrt(cond P).

    Raises InputError if the spectral radius is not below one.
    """
    if float(spectral_radius(a)) >= 1:
        raise InputError(
            f"A: expected a spectral radius below 1, got {float(spectral_radius(a)):.4f}; an "
            "unstable system has no constants."
        )
    values = torch.linalg.eigvalsh(lyapunov(a, torch.eye(len(a))))
    rho = (1 - 1 / values[-1]).clamp(min=0).sqrt()
    return EISS(float((values[-1] / values[0]).sqrt()), float(rho))


def trajectory_gaps(
    f: Callable[[Tensor, Tensor], Tensor],
    starts: tuple[Tensor, Tensor],
    inputs: tuple[Tensor, Tensor],
) -> tuple[Tensor, Tensor]:
    """How far pairs of trajectories of x' = f(x, u) are apart, and their inputs, for `fit_eiss`.

    f       one step of a batch: states [n, d] and inputs [n, m] to states [n, d]
    starts  x_1 and x'_1, each [n, d]
    inputs  u and u', each [n, H, m]

    Returns |x_t - x'_t| [n, H + 1] and |u_t - u'_t| [n, H].
    """
    x, y = starts
    gaps = [(x - y).norm(dim=1)]
    for u, v in zip(inputs[0].unbind(1), inputs[1].unbind(1), strict=True):
        x, y = f(x, u), f(y, v)
        gaps.append((x - y).norm(dim=1))
    return torch.stack(gaps, 1), (inputs[0] - inputs[1]).norm(dim=2)


def fit_eiss(gaps: Tensor, inputs: Tensor, rates: Tensor | None = None) -> EISS:
    """The constants with the least C / (1 - rho) that bound pairs of trajectories.

    gaps    [n, H + 1]: |x_t - x'_t| for t = 1, ..., H + 1
    inputs  [n, H]: |u_t - u'_t|
    rates   candidates for rho in (0, 1)
    """
    if gaps.dim() != 2 or inputs.shape != (gaps.shape[0], gaps.shape[1] - 1):
        raise InputError(
            f"inputs: expected shape [n, H] beside gaps [n, H + 1], got {list(inputs.shape)} and "
            f"{list(gaps.shape)}."
        )
    if not (gaps.isfinite().all() and inputs.isfinite().all()):
        raise InputError("gaps, inputs: expected finite numbers, got NaN or infinity.")
    candidates = torch.linspace(0.02, 0.995, 196) if rates is None else rates
    if not ((candidates > 0) & (candidates < 1)).all():
        raise InputError(f"rates: expected candidates in (0, 1), got {candidates.tolist()}.")
    best = EISS(float("inf"), 1.0)
    for rho in candidates.tolist():
        unit = EISS(1.0, rho).bound(gaps[:, 0], inputs)
        pushed = unit > 0
        c = float((gaps[:, 1:][pushed] / unit[pushed]).max()) if pushed.any() else 0.0
        found = EISS(max(c, 1.0), rho)
        if found.c / (1 - rho) < best.c / (1 - best.rho + 1e-12):
            best = found
    return best


class Pair(NamedTuple):
    """Two systems x' = A_i x + u with experts u = K_i x, each [2, 2]."""

    a: tuple[Tensor, Tensor]
    k: tuple[Tensor, Tensor]


def challenging_pair(a1: float = 1.5, a2: float = -1.5) -> Pair:
    """Two stable systems whose demonstrations on the axis e2 look alike (chapter 12).

    Both send e2 to the same place and both experts answer alike there, so demonstrations on e2
    tell neither which system it is nor what to do along e1. The defaults have spectral radius
    0.866 in open loop and 0.5 in closed loop.
    """
    b, c, q = 1.0, -0.75, 0.5
    systems = [torch.tensor([[x, b], [c, 0.0]], dtype=torch.float64) for x in (a1, a2)]
    experts = [torch.tensor([[-x, -b], [-c, q]], dtype=torch.float64) for x in (a1, a2)]
    return Pair((systems[0], systems[1]), (experts[0], experts[1]))


def best_worst_case(a1: float, a2: float) -> float:
    """min over gains consistent with the data of max_i of the radius along e1: |a1 - a2| / 2.

    A gain that agrees with the experts on e2 has K e2 = (-b, q), which makes A_i + K lower
    triangular with eigenvalue a_i + k along e1, k free. The largest |a_i + k| is least midway.
    """
    return abs(a1 - a2) / 2


def q_lipschitz(a: Tensor, horizon: int) -> float:
    """How far Q can move with the first action: the sum over t < H of |A^t|.

    A is the closed loop and the cost is 1-Lipschitz in the state: a change d of one action moves
    the state t + 1 steps later by A^t d, and its cost by at most |A^t| |d|.
    """
    power, total = torch.eye(len(a), dtype=torch.float64), 0.0
    for _ in range(horizon):
        total += float(torch.linalg.matrix_norm(power, 2))
        power = power @ a.double()
    return total
