"""f-divergences: generator, convex conjugate, output activation; exact values and lower bounds.

D_f(p, q) = E_q[f(p / q)] with p the expert and q the learner, f convex and f(1) = 0. For every
function T whose values f* allows (Nguyen, Wainwright and Jordan, 2010; Nowozin et al., 2016),

    D_f(p, q) >= E_p[T] - E_q[f*(T)],    with equality at T = f'(p / q).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ilkit.errors import InputError

Map = Callable[[Tensor], Tensor]
FAR = 600.0  # of log p/q: float64 ends at e^709


@dataclass(frozen=True)
class FDivergence:
    """One divergence.

    f           the generator, on u >= 0
    slope       f', which is the optimal T at u = p / q
    conjugate   f*(t) = sup over u >= 0 of u t - f(u)
    activation  g, from any real v into the values that f* allows: T = g(V)
    at_zero     f(0), the price of mass that the learner has and the expert lacks
    at_infinity lim f(u) / u, the price of mass that the expert has and the learner lacks
    """

    name: str
    f: Map
    slope: Map
    conjugate: Map
    activation: Map
    at_zero: float
    at_infinity: float

    def exact(self, p: Tensor, q: Tensor) -> Tensor:
        """D_f between categoricals p, q [..., A]; infinite where support is missing and must be.

        Raises InputError unless both are distributions of one shape.
        """
        p, q = _categorical("p", p), _categorical("q", q)
        if p.shape != q.shape:
            raise InputError(f"q: expected shape {list(p.shape)} like p, got {list(q.shape)}.")
        both = (p > 0) & (q > 0)
        ratio = torch.where(both, p / q.clamp(min=1e-300), 1.0)
        inside = torch.where(both, q * self.f(ratio), 0.0)
        only_q = _priced(torch.where(p == 0, q, 0.0), self.at_zero)
        only_p = _priced(torch.where(q == 0, p, 0.0), self.at_infinity)
        return (inside + only_q + only_p).sum(-1)

    def quadrature(self, log_p: Map, log_q: Map, low: float, high: float, n: int = 20_001) -> float:
        """D_f between two densities on the line, by the trapezium rule on [low, high].

        log_p, log_q  log-densities of points [n], both with (nearly) all their mass inside

        Where their ratio, or f of it, leaves float64, mass has its limit price; InputError for mass
        whose limit price is infinite.
        """
        x = torch.linspace(low, high, n, dtype=torch.float64)
        lp, lq = log_p(x), log_q(x)
        for name, log in (("log_p", lp), ("log_q", lq)):
            mass = float(torch.trapezoid(log.exp(), x))
            if not abs(mass - 1) < 1e-3:
                raise InputError(
                    f"{name}: expected a density with mass 1 on [{low:g}, {high:g}], got "
                    f"{mass:.4f}; widen the interval, or refine it with a larger n."
                )
        log_u = lp - lq
        value = self.f(torch.where(log_u.abs() <= FAR, log_u, 0.0).exp())
        near = (log_u.abs() <= FAR) & value.isfinite()
        inside = torch.where(near, lq.exp() * torch.where(near, value, 0.0), 0.0)
        only_q = self._apart(x, lq, lp, (log_u < 0) & ~near, self.at_zero)
        only_p = self._apart(x, lp, lq, (log_u > 0) & ~near, self.at_infinity)
        return float(torch.trapezoid(inside + only_q + only_p, x))

    def _apart(self, x: Tensor, log: Tensor, other: Tensor, far: Tensor, price: float) -> Tensor:
        """What mass pays where the other density is `far` smaller, [n]: its limit price."""
        if math.isinf(price):
            lost = float(torch.trapezoid(torch.where(far & other.isfinite(), log.exp(), 0.0), x))
            if lost > 1e-9:
                raise InputError(
                    f"log_p, log_q: {self.name} expects densities whose ratio float64 can hold "
                    f"where they have mass, got {lost:.2g} of mass beyond it; bring them nearer."
                )
            far = far & ~other.isfinite()
        return _priced(torch.where(far, log.exp(), 0.0), price)

    def bound(self, t_p: Tensor, t_q: Tensor) -> Tensor:
        """The variational bound from T on the expert's samples [n] and on the learner's [m]."""
        return t_p.mean() - self.conjugate(t_q).mean()


def _kl() -> FDivergence:
    return FDivergence(
        "KL",
        f=lambda u: torch.xlogy(u, u),
        slope=lambda u: 1 + u.log(),
        conjugate=lambda t: (t - 1).exp(),
        activation=lambda v: v,
        at_zero=0.0,
        at_infinity=math.inf,
    )


def _reverse_kl() -> FDivergence:
    return FDivergence(
        "reverse KL",
        f=lambda u: -u.log(),
        slope=lambda u: -1 / u,
        conjugate=lambda t: torch.where(t < 0, -1 - (-t).log(), math.inf),
        activation=lambda v: -(-v).exp(),
        at_zero=math.inf,
        at_infinity=0.0,
    )


def _jensen_shannon() -> FDivergence:
    return FDivergence(
        "Jensen-Shannon",  # twice the textbook's: KL of both to their mean, added
        f=lambda u: torch.xlogy(u, u) - (u + 1) * ((1 + u) / 2).log(),
        slope=lambda u: math.log(2) - torch.log1p(1 / u),
        conjugate=lambda t: torch.where(t < math.log(2), -(2 - t.exp()).log(), math.inf),
        activation=lambda v: math.log(2) - torch.nn.functional.softplus(-v),
        at_zero=math.log(2),
        at_infinity=math.log(2),
    )


def _total_variation() -> FDivergence:
    return FDivergence(
        "total variation",
        f=lambda u: (u - 1).abs() / 2,
        slope=lambda u: torch.sign(u - 1) / 2,
        conjugate=lambda t: torch.where(t <= 0.5, t.clamp(min=-0.5), math.inf),
        activation=lambda v: torch.tanh(v) / 2,
        at_zero=0.5,
        at_infinity=0.5,
    )


def _chi_squared() -> FDivergence:
    return FDivergence(
        "chi-squared",  # Pearson's: E_q[(p / q - 1)^2]
        f=lambda u: (u - 1).square(),
        slope=lambda u: 2 * (u - 1),
        conjugate=lambda t: torch.where(t >= -2, t + t.square() / 4, -1.0),
        activation=lambda v: v,
        at_zero=1.0,
        at_infinity=math.inf,
    )


def alpha(a: float) -> FDivergence:
    """The alpha family (Cressie and Read, 1984): a = 2 is half of chi-squared.

    f(u) = (u^a - a u + a - 1) / (a (a - 1)); KL and reverse KL are its limits at 1 and 0;
    a = 1/2 is twice the squared Hellinger distance, the sum of (sqrt p - sqrt q)^2.
    """
    if a in (0.0, 1.0):
        raise InputError(f"alpha: {a:g} is the limit called {'KL' if a else 'reverse KL'}; use it.")

    def conjugate(t: Tensor) -> Tensor:
        """The supremum is attained where u^(a - 1) = 1 + (a - 1) t, or at u = 0 for a > 1."""
        power = 1 + (a - 1) * t
        value = (power.clamp(min=0) ** (a / (a - 1)) - 1) / a
        return value if a > 1 else torch.where(power >= 0, value, math.inf)

    return FDivergence(
        f"alpha = {a:g}",
        f=lambda u: (u**a - a * u + a - 1) / (a * (a - 1)),
        slope=lambda u: (u ** (a - 1) - 1) / (a - 1),
        conjugate=conjugate,
        activation=(lambda v: v) if a > 1 else (lambda v: -torch.expm1(-(1 - a) * v) / (1 - a)),
        at_zero=1 / a if a > 0 else math.inf,
        at_infinity=math.inf if a > 1 else 1 / (1 - a),
    )


KL, REVERSE_KL, JENSEN_SHANNON = _kl(), _reverse_kl(), _jensen_shannon()
TOTAL_VARIATION, CHI_SQUARED = _total_variation(), _chi_squared()
HELLINGER = alpha(0.5)
ALL = (KL, REVERSE_KL, JENSEN_SHANNON, TOTAL_VARIATION, CHI_SQUARED, HELLINGER)


def _categorical(name: str, p: Tensor) -> Tensor:
    p = torch.as_tensor(p, dtype=torch.float64)
    if (p < 0).any() or not torch.allclose(p.sum(-1), torch.ones((), dtype=torch.float64)):
        raise InputError(
            f"{name}: expected probabilities that sum to 1 along the last dimension, got "
            f"{p.tolist()}; normalise them."
        )
    return p


def _priced(mass: Tensor, price: float) -> Tensor:
    """mass * price with 0 * infinity = 0."""
    return torch.where(mass > 0, mass * price, 0.0)
