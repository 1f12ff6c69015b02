"""Linear control: the optimal gain (Riccati) and the quadratic certificate (Lyapunov)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ilkit.errors import InputError


class Regulator(NamedTuple):
    """The optimal policy u = K x, and its cost to go x'P x."""

    k: Tensor
    p: Tensor


def lqr(a: Tensor, b: Tensor, q: Tensor, r: Tensor) -> Regulator:
    """The gain K [m, n] that minimises sum_t (x'Q x + u'R u) under x' = A x + B u.

    a, b  [n, n] and [n, m]
    q, r  [n, n] and [m, m], symmetric; Q at least zero and R positive definite

    Backward dynamic programming over an ever longer horizon: P <- Q + A'P (A + B K), with
    K = -(R + B'P B)^-1 B'P A (Bertsekas, Dynamic Programming and Optimal Control, section 3.1).

    Raises InputError if P does not settle, as where no gain stabilises the system.
    """
    a, b, q, r = (x.double() for x in (a, b, q, r))
    p = q
    for _ in range(10_000):
        k = -torch.linalg.solve(r + b.T @ p @ b, b.T @ p @ a)
        new = q + a.T @ p @ (a + b @ k)
        new = (new + new.T) / 2  # rounding would else make P unsymmetric
        moved, size, p = (new - p).abs().max(), new.abs().max(), new
        if moved <= 1e-13 * size or not size.isfinite():
            break
    # Rounding may keep P of an ill-conditioned system moving in its last digits.
    if size.isfinite() and moved <= 1e-9 * size:
        return Regulator(k, p)
    raise InputError("lqr: expected a system that some gain stabilises; the cost did not settle.")


def lyapunov(a: Tensor, q: Tensor) -> Tensor:
    """P = sum_t (A^t)' Q A^t, the solution of A'P A - P + Q = 0: [n, n].

    x'P x is what the quadratic cost x'Q x adds up to along x' = A x. For Q > 0 the solution is
    positive definite if and only if the spectral radius of A is below one.
    """
    a, q = a.double(), q.double()
    n = len(a)
    eye = torch.eye(n * n, dtype=torch.float64)
    p: Tensor = torch.linalg.solve(eye - torch.kron(a.T, a.T), q.reshape(-1)).reshape(n, n)
    return (p + p.T) / 2
