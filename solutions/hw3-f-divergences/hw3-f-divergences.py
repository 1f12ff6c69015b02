# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.divergences, ilkit.learners, ilkit.experiments]
#     choices:
#       ALPHA: [0.5, 0.3, 0.7]
#       SHARE: [0.6, 0.65, 0.7]
#       WIDTH: [0.3, 0.25, 0.2]
#       LEFT: [0.85, 0.86, 0.88]
# ---

# %% [markdown]
# # Homework 3: f-divergences and the adversarial learner
#
# *After [chapter 04]({{ site_url }}/book/04-mode-averaging.html) and
# [chapter 05]({{ site_url }}/book/05-adversarial-reverse-kl.html). Three to five hours; a laptop's
# CPU is enough, a GPU is used where there is one.*
#
# A clone with one hump, shown two ways around a tree, drives into the tree. One way out is another
# objective. In this homework you will write
#
# - the generators of six f-divergences, their exact values, and their values by quadrature;
# - the Gaussian that is nearest to an expert: in forward KL by a formula, in any divergence by a
#   search, and in reverse KL by a gradient that needs the expert's likelihood;
# - conjugates, output activations and the variational bound, which need samples alone;
# - a critic that makes the bound tight, and the game that a Gaussian learner plays against it.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. (The pictures between the parts use several of your
# answers; they are not graded.) A written notebook, `hw3-f-divergences-written`, carries 10 further
# points.
#
# Use torch, NumPy and SciPy as you like. While your notebook is graded, `ilkit.divergences`,
# `ilkit.learners` and `ilkit.experiments` are withheld, and so is what `il` takes from them, such
# as `il.bc`. The rest, which the locked cells use, is there: environments, demonstrations,
# `il.Gaussian`, `il.fit`.
#
# As in the chapters, $p$ is the expert's distribution of actions in a state and $q$ the learner's.
# Shapes are written like $[n, d]$. Unless a part says otherwise, inputs are torch tensors of double
# precision; results may be tensors or arrays, of double or single precision.

# %% nbgrader={"grade_id": "install"}
# Installs the course's package where it is missing (Colab); does nothing elsewhere.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("ilkit") is None:
    package = "ilkit @ git+{{ repository_url }}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", package], check=True)

# %% nbgrader={"grade_id": "setup"}
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.optimize import minimize
from torch import nn
from torch.func import functional_call

import ilkit as il

torch.manual_seed(0)
np.random.seed(0)


def returned(x):
    """What a function of yours returned, unless it forgot to."""
    assert x is not None, "your function returned None: is there a return?"
    return x


def numbers(x):
    """A plain array of a result, whatever it was computed with."""
    x = returned(x)
    return np.asarray(x.detach().cpu() if isinstance(x, torch.Tensor) else x, dtype=float)


def double(x):
    """Numbers as a tensor of double precision."""
    return torch.tensor(x, dtype=torch.float64)


# %% nbgrader={"grade_id": "sizes"}
# What is compared, and sizes of the experiments. The checks rely on them: leave them as they are.
NAMES = ["KL", "reverse KL", "Jensen-Shannon", "total variation", "chi-squared", "alpha"]
ALPHA = 0.5  # of the alpha family's member, between 0 and 1
SHARE = 0.6  # of an expert's actions near -1; the others are near +1
WIDTH = 0.3  # deviation of the expert's actions around each
LEFT = 0.85  # share of the experts that pass the tree on the left
EPISODES = 200  # demonstrations at the tree
CLONING, PLAYING = 200, 300  # optimiser steps of cloning, and of the game under each blur
BATCH = 128
BLURS = 0.6, 0.3  # one after the other, in scaled units

# %% [markdown]
# ## Part 1: generators (8 points)
#
# An f-divergence charges the learner's actions for their ratio $u = p/q$,
#
# $$D_f(p, q) = \mathbb E_{a \sim q}\Big[ f\Big(\frac{p(a)}{q(a)}\Big) \Big] ,
#   \qquad f \text{ convex}, \quad f(1) = 0 .$$
#
# Every comparison that can be written so has the properties of chapter 04's theorem: it is never
# negative, and no processing of the actions makes it larger. Find the generator $f$ of each, and
# its slope $f'$:
#
# | name | $D_f(p, q)$ |
# |---|---|
# | `KL` | $\sum p \log \frac pq$ |
# | `reverse KL` | $\sum q \log \frac qp$ |
# | `Jensen-Shannon` | $\sum p \log \frac pm + \sum q \log \frac qm$ with $m = \frac12 (p + q)$ |
# | `total variation` | $\frac12 \sum \lvert p - q \rvert$ |
# | `chi-squared` | $\sum (p - q)^2 / q$ |
# | `alpha` | $\big( \sum p^\alpha q^{1 - \alpha} - 1 \big) / (\alpha (\alpha - 1))$, with `ALPHA` |
#
# A generator is fixed up to a multiple of $u - 1$, which adds $\sum p - \sum q = 0$: any that gives
# this divergence will do. At $u = 0$, an action that the expert never takes, $f$ is its limit,
# infinite where the limit is.


# %% nbgrader={"grade_id": "generators", "solution": true}
def f_of(name, u):
    """f(u), entry by entry.

    name: one of NAMES; u: [n], at least 0
    returns: [n]; at u = 0 the limit, which may be math.inf but never NaN
    """
    ### BEGIN SOLUTION
    if name == "KL":
        return torch.xlogy(u, u)
    if name == "reverse KL":
        return -u.log()
    if name == "Jensen-Shannon":
        return torch.xlogy(u, u) - (1 + u) * ((1 + u) / 2).log()
    if name == "total variation":
        return (u - 1).abs() / 2
    if name == "chi-squared":
        return (u - 1) ** 2
    return (u**ALPHA - ALPHA * u + ALPHA - 1) / (ALPHA * (ALPHA - 1))
    ### END SOLUTION


def slope_of(name, u):
    """The derivative f'(u), entry by entry, of your own generator.

    name: one of NAMES; u: [n], above 0, and not 1 for total variation
    returns: [n]
    """
    ### BEGIN SOLUTION
    if name == "KL":
        return 1 + u.log()
    if name == "reverse KL":
        return -1 / u
    if name == "Jensen-Shannon":
        return (2 * u / (1 + u)).log()
    if name == "total variation":
        return torch.sign(u - 1) / 2
    if name == "chi-squared":
        return 2 * (u - 1)
    return (u ** (ALPHA - 1) - 1) / (ALPHA - 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "generators-check"}
def check_generators():
    p, q = np.array([0.8, 0.2]), np.array([0.5, 0.5])
    scale = ALPHA * (ALPHA - 1)
    by_hand = [0.1927, 0.2231, 0.1013, 0.3, 0.36, ((p**ALPHA @ q ** (1 - ALPHA)) - 1) / scale]
    for_p_01 = [0.6931, math.inf, 0.4315, 0.5, 1.0, (0.5 ** (1 - ALPHA) - 1) / scale]
    for name, want, edge in zip(NAMES, by_hand, for_p_01):
        f = numbers(f_of(name, double(p / q)))
        assert f.shape == (2,), f"{name}: expected a number for each ratio, got shape {f.shape}"
        one, zero = numbers(f_of(name, double([1.0, 0.0])))
        assert np.isclose(one, 0), f"{name}: equal distributions cost nothing, yet f(1) is not 0"
        fits = np.isclose(q @ f, want, atol=1e-3)
        swapped = np.isclose(p @ numbers(f_of(name, double(q / p))), want, atol=1e-3)
        assert fits or not swapped, (
            f"{name}: yours is the divergence of q from p. The mean is over q, and u is p / q"
        )
        assert fits, (
            f"{name}: for p = (0.8, 0.2) and q = (0.5, 0.5) the table gives {want:.4f}, "
            f"your f {q @ f:.4f}: write the sum as one over q f(p / q)"
        )
        assert not np.isnan(zero), f"{name}: f(0) is NaN; what is the limit of f as u falls to 0?"
        total = q @ numbers(f_of(name, double([0.0, 2.0])))
        assert np.isclose(total, edge, atol=1e-3), (
            f"{name}: for p = (0, 1) and q = (0.5, 0.5) the table gives {edge:.4f}, your f "
            f"{total:.4f}: is f(0) the limit?"
        )
        u = double([0.3, 2.5])
        rise = numbers(f_of(name, u + 1e-3)) - numbers(f_of(name, u - 1e-3))
        assert np.allclose(numbers(slope_of(name, u)), rise / 2e-3, rtol=1e-2, atol=1e-2), (
            f"{name}: slope_of is not the derivative of your generator at u = 0.3 and 2.5"
        )


check_generators()
print("generators: the visible check passes")


# %% nbgrader={"grade_id": "generators-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_generators():
    import numpy as np
    import torch
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    from ilkit.grading import expect, student

    ALPHA = 0.5
    known = {
        "KL": lambda p, q: entropy(p, q),
        "reverse KL": lambda p, q: entropy(q, p),
        "Jensen-Shannon": lambda p, q: 2 * jensenshannon(p, q) ** 2,
        "total variation": lambda p, q: np.maximum(p - q, 0).sum(),
        "chi-squared": lambda p, q: (p**2 / q).sum() - 1,
        "alpha": lambda p, q: ((p**ALPHA * q ** (1 - ALPHA)).sum() - 1) / ALPHA / (ALPHA - 1),
    }
    rng = np.random.default_rng(student.seed("generators"))
    node, weight = np.polynomial.legendre.leggauss(30)
    for name, exact in known.items():
        for missing in (False, False, True):
            p, q = rng.dirichlet([2.0] * 5, size=2)
            if missing:  # an action that the expert never takes
                p[1:], p[0] = p[1:] / p[1:].sum(), 0
            f = expect.shape(student.call("f_of", name, torch.tensor(p / q)), (5,), name)
            if missing and name == "reverse KL":
                assert f[0] == np.inf, "reverse KL: the limit of f at 0"
                continue
            faults = {} if missing else {f"{name}: expert and learner exchanged": exact(q, p)}
            faults[f"{name}: by this course's convention, without the half"] = exact(p, q) / 2
            expect.close(q @ f, exact(p, q), f"{name}: the mean of f(p/q) over q", faults=faults)
        f = student.call("f_of", name, torch.ones(1, dtype=torch.float64))
        expect.close(f, [0.0], f"{name}: f(1) = 0")
        for low, high in ((rng.uniform(0.2, 0.4), 0.9), (1.1, rng.uniform(2, 4))):
            u = low + (high - low) * (node + 1) / 2  # a slope's integral is the rise of f
            ends = student.call("f_of", name, torch.tensor([low, high]).double())
            got = expect.shape(student.call("slope_of", name, torch.tensor(u)), (30,), name)
            rise = (high - low) / 2 * weight @ got
            expect.close(rise, ends[1] - ends[0], f"{name}: slope_of is the derivative of f")


hidden_generators()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: six generators
#
# Your generators, tilted such that all have slope 0 at $u = 1$, which changes no divergence. All
# must touch zero at 1 and lie above it elsewhere. On the left of 1 is what only the learner does:
# reverse KL climbs to infinity there. On the right is what only the expert does: KL and chi-squared
# climb faster than any line. The rest charge both sides a bounded price per action.


# %% nbgrader={"grade_id": "generators-picture"}
def generators_picture():
    u = torch.linspace(0.01, 4, 400, dtype=torch.float64)
    colours = ["#0072B2", "#D55E00", "#CC79A7", "0.5", "#E69F00", "#009E73"]
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, colour in zip(NAMES, colours):
        at_one = 0.0 if name == "total variation" else numbers(slope_of(name, double([1.0])))[0]
        tilted = numbers(f_of(name, u)) - at_one * (numbers(u) - 1)
        ax.plot(u, tilted, color=colour, label=name)
    ax.axhline(0, color="black", linewidth=0.7)
    ax.set(xlabel="ratio u = p / q", ylabel="f(u)", ylim=(-0.1, 2))
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(0.12, 1))
    plt.show()


generators_picture()

# %% [markdown]
# ## Part 2: exact values (8 points)
#
# With finitely many actions a divergence is a sum, once missing mass has its price. Let
# $f_0 = \lim_{u \to 0} f(u)$ and $f_\infty = \lim_{u \to \infty} f(u) / u$:
#
# $$D_f(p, q) = \sum_{a :\, p, q > 0} q(a) \, f\Big(\frac{p(a)}{q(a)}\Big)
#   + f_0 \cdot q(p = 0) + f_\infty \cdot p(q = 0) .$$
#
# Here $q(p = 0)$ is the learner's probability of actions that the expert never takes, $p(q = 0)$
# the expert's of those that the learner never takes. Prices may be infinite, and
# $\infty \cdot 0 = 0$: a price that nobody owes costs nothing.


# %% nbgrader={"grade_id": "exact", "solution": true}
def divergence(f, f_zero, f_infinity, p, q):
    """D_f between categorical distributions, one for each state.

    f: a function of positive ratios, tensor in and tensor of the same shape out
    f_zero, f_infinity: its two prices, numbers or math.inf
    p, q: [n, A], rows sum to one, entries may be zero
    returns: [n], math.inf where the divergence is infinite
    """
    ### BEGIN SOLUTION
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p / torch.where(both, q, 1.0), 1.0)
    total = torch.where(both, q * f(ratio), 0.0).sum(-1)
    for mass, price in ((q * (p == 0), f_zero), (p * (q == 0), f_infinity)):
        mass = mass.sum(-1)
        total = total + torch.where(mass > 0, mass * price, 0.0)
    return total
    ### END SOLUTION


# %% nbgrader={"grade_id": "exact-check"}
def check_exact():
    def le_cam(u):
        """Generates the sum of (p - q)^2 / (p + q); both prices are 1."""
        return (1 - u) ** 2 / (1 + u)

    p, q = double([[0.8, 0.2], [0.3, 0.7]]), double([[0.5, 0.5], [0.3, 0.7]])
    d = numbers(divergence(le_cam, 1.0, 1.0, p, q))
    assert d.shape == (2,), f"expected one number for each of 2 states, got shape {d.shape}"
    owed = numbers(divergence(le_cam, math.inf, math.inf, p, q))
    assert not np.isnan(owed).any(), "NaN where no mass is missing: 0 times infinity is 0 here"
    assert np.isclose(d[1], 0), f"equal distributions have divergence 0, got {d[1]:g}"
    assert np.isclose(d[0], 0.1978, atol=1e-3), (
        f"(0.8, 0.2) against (0.5, 0.5): 0.09 / 1.3 + 0.09 / 0.7 = 0.198, got {d[0]:.4f}"
    )
    d = numbers(divergence(lambda u: u**2 - u, 0.0, math.inf, p, q))
    assert np.isclose(d[0], 0.36), (
        f"with f(u) = u^2 - u: 0.5 f(1.6) + 0.5 f(0.4) = 0.36, got {d[0]:.4f}: the mean is over q"
    )
    p, q = double([[0.5, 0.5, 0.0, 0.0]]), double([[0.25, 0.0, 0.75, 0.0]])
    d = numbers(divergence(le_cam, 1.0, 1.0, p, q))[0]
    assert not np.isnan(d), "NaN: 0 / 0, or 0 times infinity, must not reach the sum"
    assert np.isclose(d, 0.0625 / 0.75 + 0.5 + 0.75), (
        f"p = (.5, .5, 0, 0), q = (.25, 0, .75, 0): expected .0833 + .75 f_0 + .5 f_inf, got {d:g}"
    )
    d = numbers(divergence(le_cam, 10.0, 100.0, p, q))[0]
    assert np.isclose(d, 0.0625 / 0.75 + 50 + 7.5), (
        "f_zero is the price of what only the learner does, f_infinity of what only the expert does"
    )
    assert np.isclose(owed, [0.1978, 0], atol=1e-3).all(), "prices that nobody owes cost nothing"


check_exact()
print("exact values: the visible check passes")


# %% nbgrader={"grade_id": "exact-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_exact():
    import numpy as np
    import torch
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    from ilkit.grading import expect, student

    def lent(f):
        """A generator as the answer gets it: tensors out, whatever comes in."""

        def back(u):
            with np.errstate(all="ignore"):
                return torch.as_tensor(f(np.asarray(u, dtype=float)))

        return back

    def cases(p, q):
        """Generator, prices, and what other people's code or the definition says."""
        with np.errstate(all="ignore"):
            shannon = 2 * jensenshannon(p, q, axis=1) ** 2
            pearson = np.where(((q == 0) & (p > 0)).any(1), np.inf, 0)
            pearson += np.nansum(np.where(q > 0, (p - q) ** 2 / q, 0), 1)
        half = np.log(2)
        return {
            "KL": (lambda u: u * np.log(u), 0.0, np.inf, entropy(p, q, axis=1)),
            "reverse KL": (lambda u: -np.log(u), np.inf, 0.0, entropy(q, p, axis=1)),
            "Jensen-Shannon": (
                lambda u: u * np.log(u) - (1 + u) * np.log((1 + u) / 2),
                half,
                half,
                shannon,
            ),
            "total variation": (lambda u: abs(u - 1) / 2, 0.5, 0.5, abs(p - q).sum(1) / 2),
            "tilted": (lambda u: 2 * u - 2, -2.0, 2.0, np.zeros(len(p))),
            "chi-squared": (lambda u: (u - 1) ** 2, 1.0, np.inf, pearson),
        }

    rng = np.random.default_rng(student.seed("exact"))
    full = rng.dirichlet([1.0] * 4, size=(2, 6))
    gaps = np.where(rng.random((2, 40, 5)) < 0.3, 0, rng.dirichlet([1.0] * 5, size=(2, 40)))
    gaps = gaps[:, (gaps.sum(2) > 0).all(0)]
    gaps[:, :2, 4] = 0  # an action that neither takes
    gaps[:, :2, 0] += 1
    gaps /= gaps.sum(2, keepdims=True)
    whole = rng.dirichlet([1.0] * 5, size=2)
    gaps[0, 2], gaps[1, 2] = whole[0], whole[1]  # beside infinite rows, one that is finite
    for p, q in (full, gaps):
        for name, (f, zero, infinity, want) in cases(p, q).items():
            args = lent(f), zero, infinity, torch.tensor(p), torch.tensor(q)
            got = expect.shape(student.call("divergence", *args), want.shape, name)
            assert not np.isnan(got).any(), f"{name}: missing mass must not become NaN"
            endless = np.isinf(want)
            assert (np.isposinf(got) == endless).all(), f"{name}: infinite where a price is owed"
            swapped = entropy(q, p, axis=1) if name == "KL" else got + 1
            faults = {"expert and learner exchanged": swapped[~endless]}
            idea = f"{name}: q f(p / q), summed over actions, and the prices of missing mass"
            expect.close(got[~endless], want[~endless], idea, 1e-4, faults)


hidden_exact()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: what a Gaussian clone learns (8 points)
#
# Cloning minimises the forward KL. Among Gaussians $q$ on $\mathbb R^d$ the nearest to any $p$ in
# $D_{\mathrm{KL}}(p \Vert q)$ has the mean and the covariance of $p$, whatever else $p$ looks like.
# An expert with several ways is a mixture: with probability $w_i$ it acts by
# $\mathcal N(m_i, S_i)$. Work out the mean and the covariance of the mixture; the covariance
# has a part *within* the ways and a part *between* them.
#
# How far another Gaussian is from that one, chapter 04's theorem says too:
#
# $$D_{\mathrm{KL}}\big(\mathcal N(m, S) \,\Vert\, \mathcal N(\mu, \Sigma)\big)
#   = \tfrac12 \Big[ \operatorname{tr}(\Sigma^{-1} S) - d
#   + (\mu - m)^\top \Sigma^{-1} (\mu - m)
#   + \log \frac{\det \Sigma}{\det S} \Big] .$$


# %% nbgrader={"grade_id": "moments", "solution": true}
def nearest_in_kl(shares, means, covs):
    """The Gaussian q with the least KL(p || q) to a mixture p of Gaussians.

    shares: [k], sum to one; means: [k, d]; covs: [k, d, d]
    returns: mean [d] and covariance [d, d]
    """
    ### BEGIN SOLUTION
    mean = shares @ means
    away = means - mean
    within = torch.einsum("k,kij->ij", shares, covs)
    between = torch.einsum("k,ki,kj->ij", shares, away, away)
    return mean, within + between
    ### END SOLUTION


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    """KL(p || q) between two Gaussians.

    mean_p, mean_q: [d]; cov_p, cov_q: [d, d]
    returns: a number
    """
    ### BEGIN SOLUTION
    away = mean_q - mean_p
    inverse = torch.linalg.inv(cov_q)
    spread = torch.trace(inverse @ cov_p) - len(mean_p) + torch.logdet(cov_q) - torch.logdet(cov_p)
    return (spread + away @ inverse @ away) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "moments-check"}
def check_moments():
    shares, means = double([0.75, 0.25]), double([[1.0], [-1.0]])
    mean, cov = (numbers(x) for x in returned(nearest_in_kl(shares, means, double([[[0.01]]] * 2))))
    assert mean.shape == (1,), f"expected a mean of shape (1,), got {mean.shape}"
    assert cov.shape == (1, 1), f"expected a covariance of shape (1, 1), got {cov.shape}"
    assert np.isclose(mean[0], 0.5), f"three in four at 1, the rest at -1: mean 0.5, got {mean[0]}"
    assert not np.isclose(cov[0, 0], 0.01), "that is the variance within a way; ways differ too"
    assert not np.isclose(cov[0, 0], 0.75), "that is the variance between ways; each varies too"
    assert np.isclose(cov[0, 0], 0.76), f"expected 0.01 + 0.75, got {cov[0, 0]:g}"
    means, covs = double([[1.0, 0.0], [0.0, 2.0]]), double([[[1.0, 0.0], [0.0, 1.0]]] * 2)
    _, cov = nearest_in_kl(double([0.5, 0.5]), means, covs)
    assert np.allclose(numbers(cov), [[1.25, -0.5], [-0.5, 2.0]]), (
        "ways at (1, 0) and (0, 2): their actions' two dimensions vary together"
    )
    zero, one, eye = double([0.0, 0.0]), double([1.0, 0.0]), torch.eye(2, dtype=torch.float64)
    assert np.isclose(numbers(gaussian_kl(one, eye, one, eye)), 0), "KL from itself must be 0"
    assert np.isclose(numbers(gaussian_kl(zero, eye, one, eye)), 0.5), "means 1 apart: KL is 1/2"
    wide = numbers(gaussian_kl(zero, eye, zero, 4 * eye))
    assert not np.isclose(wide, 3 - math.log(4)), "expert and learner exchanged: whose inverse?"
    assert np.isclose(wide, math.log(4) - 0.75), (
        f"a learner twice as wide in two dimensions: log 4 - 3/4 = 0.636, got {wide:.3f}"
    )
    aside = numbers(gaussian_kl(zero, eye, 2 * one, 4 * eye))
    assert np.isclose(aside, math.log(4) - 0.25), (
        "means 2 apart, which is one deviation of that learner, add 1/2: expected 1.136, "
        f"got {aside:.3f}: in whose units does the gap between the means count?"
    )


check_moments()
print("moments: the visible check passes")


# %% nbgrader={"grade_id": "moments-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_moments():
    import numpy as np
    import torch
    from torch.distributions import MultivariateNormal, kl_divergence

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("moments"))
    for k, d in ((2, 1), (3, 2), (4, 3)):
        shares = rng.dirichlet([2.0] * k)
        means, roots = rng.normal(scale=2, size=(k, d)), rng.normal(size=(k, d, d))
        covs = roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(d)
        args = [torch.tensor(x) for x in (shares, means, covs)]
        mean, cov = student.call("nearest_in_kl", *args)
        # 2 d points per way that have its mean and covariance; then NumPy's weighted moments.
        reach = np.sqrt(d) * np.linalg.cholesky(covs).transpose(0, 2, 1)
        points = (means[:, None] + np.concatenate([reach, -reach], 1)).reshape(-1, d)
        weight = np.repeat(shares, 2 * d) / (2 * d)
        expect.close(mean, weight @ points, "the mixture's mean")
        want = np.cov(points.T, aweights=weight, ddof=0).reshape(d, d)
        within = np.tensordot(shares, covs, 1)
        faults = {
            "each way varies by itself, and the ways differ": within,
            "the ways differ, and each varies by itself": want - within,
        }
        expect.close(cov, want, "the mixture's covariance", faults=faults)
        a, b = (MultivariateNormal(args[1][i], args[2][i]) for i in (0, 1))
        got = student.call("gaussian_kl", args[1][0], args[2][0], args[1][1], args[2][1])
        faults = {
            "expert and learner exchanged": kl_divergence(b, a),
            "half of it": 2 * kl_divergence(a, b),
        }
        idea = "KL between two Gaussians: half of four terms, with the learner's inverse"
        expect.close(got, kl_divergence(a, b), idea, faults=faults)


hidden_moments()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4: quadrature (10 points)
#
# Between densities the sum is an integral, and in one dimension the trapezium rule does it: for
# knots $x_1 < \dots < x_n$, not always evenly spaced,
#
# $$\int h \, dx \approx \sum_{i=1}^{n-1} (x_{i+1} - x_i) \, \frac{h(x_i) + h(x_{i+1})}{2} .$$
#
# The integrand is $h = q \, f(p / q)$, and in its far tails both densities underflow: $e^{-800}$ is
# zero in double precision, and $0 / 0$ is NaN. The logarithms are harmless. Take the ratio as
# $e^{\log p - \log q}$, and clamp the difference to $[-600, 600]$, so that neither it nor
# $u \log u$ overflows; where the clamp matters here, $q$ has long vanished. A wrong integral
# looks as plausible as a right one: the checks compare with closed forms.


# %% nbgrader={"grade_id": "quadrature-tools"}
def log_normal(x, mean, std):
    """Log-density of a Gaussian."""
    return -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))


# %% nbgrader={"grade_id": "quadrature", "solution": true}
def quadrature(f, log_p, log_q, x):
    """D_f between two densities on the line, from their logarithms at knots.

    f: a function of positive ratios, tensor in and tensor of the same shape out
    log_p, log_q, x: [n], in double precision; the knots x rise, with spaces of any width
    returns: a number
    """
    ### BEGIN SOLUTION
    ratio = (log_p - log_q).clamp(-600, 600).exp()
    return torch.trapezoid(log_q.exp() * f(ratio), x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "quadrature-check"}
def check_quadrature():
    def neyman(u):
        """Generates the integral of (p - q)^2 / p."""
        return (1 - u) ** 2 / u

    x = torch.linspace(-9, 9, 1201, dtype=torch.float64)
    log_p, log_q = log_normal(x, 0.0, 1.0), log_normal(x, 0.8, 1.0)
    got = numbers(quadrature(neyman, log_p, log_q, x))
    assert got.shape == (), f"expected one number, got shape {got.shape}"
    want = math.exp(0.64) - 1
    assert np.isclose(got, want, rtol=1e-3), (
        f"two Gaussians of deviation 1, 0.8 apart: expected e^0.64 - 1 = {want:.4f}, got {got:.4f}"
    )
    swapped = numbers(quadrature(lambda u: u**3 - 1, log_p, log_q, x))
    assert np.isclose(swapped, math.exp(3 * 0.64) - 1, rtol=1e-3), (
        "f(u) = u^3 - 1: is the mean over q, and u = p / q?"
    )
    x = torch.linspace(-3, 3, 1201, dtype=torch.float64)
    x = torch.sign(x) * x**2
    got = numbers(quadrature(neyman, log_normal(x, 0.0, 1.0), log_normal(x, 0.8, 1.0), x))
    assert np.isclose(got, want, rtol=1e-3), (
        f"uneven knots change the value to {got:.4f}: does each space count by its own width?"
    )
    far = torch.linspace(-50, 50, 5001, dtype=torch.float64)
    got = numbers(quadrature(neyman, log_normal(far, 0.0, 1.0), log_normal(far, 0.8, 1.0), far))
    assert np.isfinite(got), "far tails give NaN or infinity: take the ratio from the logarithms"
    assert np.isclose(got, want, rtol=1e-3), f"far tails change the value to {got:.4f}"

    def le_cam(u):
        return (u - 1) * ((u - 1) / (u + 1))

    knots = double([0.0, 1.0, 3.0])
    got = numbers(quadrature(lambda u: u**2, 0 * knots, -double([1.0, 2.0, 4.0]).log(), knots))
    assert np.isclose(got, 1.5 + 6), (
        "three knots 0, 1 and 3 where q f(p / q) is 1, 2 and 4: 1 * 3/2 + 2 * 6/2 = 7.5 by the "
        f"rule, got {got:g}"
    )
    near = torch.linspace(-9, 9, 901, dtype=torch.float64)
    got, want = (
        numbers(quadrature(le_cam, log_normal(x, 0.0, 1.0), log_normal(x, 0.0, 0.5), x))
        for x in (far, near)
    )
    assert np.isclose(got, want, rtol=1e-3), (
        f"knots beyond -9 and 9, where nothing is left, change {want:.4f} to {got:.4f}: a narrow "
        "learner's log-ratio overflows there; clamp it"
    )
    got = numbers(quadrature(lambda u: u**2 - 1, *(log_normal(far, m, 1.0) for m in (-6, 0)), far))
    assert np.isclose(got, math.expm1(36), rtol=1e-3), (
        "two Gaussians 6 apart: ratios above e^50 count; is your clamp at 600?"
    )


check_quadrature()
print("quadrature: the visible check passes")


# %% nbgrader={"grade_id": "quadrature-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_quadrature():
    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.grading import expect, student

    def lent(f):
        def back(u):
            with np.errstate(all="ignore"):
                return torch.as_tensor(f(np.asarray(u, dtype=float)))

        return back

    def kl(m, s, mean, std):
        return np.log(std / s) + (s**2 + (m - mean) ** 2) / (2 * std**2) - 0.5

    rng = np.random.default_rng(student.seed("quadrature"))
    for reach in (12, 60):  # the second: log-densities down to -1800
        m, mean, s, std = *rng.uniform(-1, 1, size=2), *rng.uniform(0.8, 1.25, size=2)
        even = np.linspace(-reach, reach, 6_001)
        uneven = np.sinh(np.linspace(-1, 1, 6_001) * np.arcsinh(reach))
        overlap = np.sqrt(2 * s * std / (s**2 + std**2))
        overlap *= np.exp(-((m - mean) ** 2) / (s**2 + std**2) / 4)
        known = {
            "KL": (lambda u: u * np.log(u), s, std, kl(m, s, mean, std)),
            "reverse KL": (lambda u: -np.log(u), s, std, kl(mean, std, m, s)),
            "Hellinger": (lambda u: (np.sqrt(u) - 1) ** 2, s, std, 2 - 2 * overlap),
            "chi-squared": (lambda u: (u - 1) ** 2, s, s, np.expm1((m - mean) ** 2 / s**2)),
            "total variation": (
                lambda u: abs(u - 1) / 2,
                s,
                s,
                2 * norm.cdf(abs(m - mean) / 2 / s) - 1,
            ),
        }
        for x in (even, uneven):
            for name, (f, of_p, of_q, want) in known.items():
                logs = norm.logpdf(x, m, of_p), norm.logpdf(x, mean, of_q)
                args = lent(f), *(torch.tensor(each) for each in (*logs, x))
                got = student.call("quadrature", *args)
                faults = {}
                if name == "KL":
                    faults["expert and learner exchanged"] = known["reverse KL"][3]
                idea = f"{name} between Gaussians" + (", far tails" if reach > 12 else "")
                idea += ", uneven knots" if x is uneven else ""
                expect.close(got, want, idea, 1e-3, faults)
    apart, x = float(rng.uniform(18, 22)), np.linspace(-40, 60, 20_001)
    args = (torch.tensor(each) for each in (norm.logpdf(x), norm.logpdf(x, apart), x))
    got = student.call("quadrature", lent(lambda u: u * np.log(u)), *args)
    expect.close(got, apart**2 / 2, "KL where one density underflows at the other's mode", 1e-3)
    # A straight integrand, which the trapezium rule integrates exactly on any knots.
    ends = rng.uniform(0.5, 3, size=2)
    x = np.concatenate([[0], rng.random(5).cumsum()])
    h = np.interp(x, x[[0, -1]], ends)
    logs = (torch.tensor(each) for each in (0 * x, -np.log(h), x))
    got = student.call("quadrature", lent(lambda u: u**2), *logs)
    expect.close(got, x[-1] * ends.mean(), "a space counts with the mean of both its ends", 1e-3)


hidden_quadrature()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: the nearest Gaussian (10 points)
#
# Now the learner: a Gaussian, nearest to the expert in any divergence. There is a formula for
# forward KL alone. Otherwise one searches over mean and deviation, and a search finds the bottom of
# the *valley* it starts in: reverse KL, for an expert with two modes, has a valley at each mode and
# one over both (chapter 04). So start in several places, go down from each, and keep the lowest
# end.
#
# Each search is local: any descent that needs no derivatives will do, such as SciPy's `minimize`
# with `method="Nelder-Mead"`, imported above. A deviation must stay above zero; a search over its
# logarithm cannot leave.


# %% nbgrader={"grade_id": "nearest", "solution": true}
def nearest_gaussian(loss, starts):
    """The bottoms of the valleys that the starts lie in, and the lowest of them.

    loss: a function of two floats, mean and deviation (above 0), to a number
    starts: a list of pairs (mean, deviation), k of them
    returns: ends [k, 2], one (mean, deviation) for each start in turn, and best [2]
    """
    ### BEGIN SOLUTION
    ends, depths = [], []
    for mean, std in starts:
        found = minimize(
            lambda x: float(loss(float(x[0]), math.exp(x[1]))),
            [mean, math.log(std)],
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-10},
        )
        ends.append([found.x[0], math.exp(found.x[1])])
        depths.append(found.fun)
    return np.array(ends), np.array(ends[int(np.argmin(depths))])
    ### END SOLUTION


# %% nbgrader={"grade_id": "nearest-check"}
def check_nearest():
    def loss(mean, std):
        assert std > 0, f"your search asked for the deviation {std:g}: search over its logarithm"
        return (mean**2 - 1) ** 2 + 0.3 * mean + (math.log(std) + mean) ** 2

    right = max(np.roots([4, 0, -4, 0.3]).real)
    left = min(np.roots([4, 0, -4, 0.3]).real)
    ends, best = returned(nearest_gaussian(loss, [(0.8, 1.0), (-0.9, 1.0), (1.2, 0.2)]))
    ends, best = numbers(ends), numbers(best)
    assert ends.shape == (3, 2), f"expected an end for each of 3 starts, got shape {ends.shape}"
    assert (ends[:, 1] > 0).all(), "a deviation is positive: ends hold it, not its logarithm"
    want = np.array([[m, math.exp(-m)] for m in (right, left, right)])
    assert np.allclose(ends[:, 0], want[:, 0], atol=0.01), (
        f"the valleys' bottoms have the means {want[:, 0].round(3)}, your ends "
        f"{ends[:, 0].round(3)}: does each search begin at its own start and go to the end?"
    )
    assert np.allclose(ends, want, atol=0.01), (
        f"the bottoms' deviations are {want[:, 1].round(3)}, yours {ends[:, 1].round(3)}"
    )
    assert np.allclose(best, want[1], atol=0.01), (
        f"the lowest of the three is the second, at {want[1].round(3)}; got {best.round(3)}"
    )


check_nearest()
print("nearest Gaussian: the visible check passes")


# %% nbgrader={"grade_id": "nearest-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_nearest():
    import numpy as np
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("nearest"))
    x = np.linspace(-7, 7, 701)

    def forward(mean, std):
        return np.trapezoid(-p * norm.logpdf(x, mean, std), x)

    def reverse(mean, std):
        log_q = norm.logpdf(x, mean, std)
        return np.trapezoid(np.exp(log_q) * (log_q - np.log(p)), x)

    for larger in (0, 1):  # the lower valley is now the first, now the second
        share = float(rng.uniform(0.2, 0.35))
        share = 1 - share if larger == 0 else share
        apart, width = rng.uniform(1.4, 1.8), rng.uniform(0.3, 0.4)
        p = share * norm.pdf(x, -apart, width) + (1 - share) * norm.pdf(x, apart, width)
        modes = [-apart, apart]
        starts = [[modes[i] + rng.uniform(-0.1, 0.1), width * 1.3] for i in (0, 1)]
        starts.append([modes[1 - larger] + 0.1, width * 0.8])
        ends, best = student.call("nearest_gaussian", reverse, starts)
        ends, best = expect.shape(ends, (3, 2), "ends"), expect.shape(best, (2,), "best")
        assert (ends[:, 1] > 0).all(), "deviations are positive"
        # Modes of mass w that do not overlap: the valleys are the modes, of depths log 1/w.
        for end, mode in zip(ends, [*modes, modes[1 - larger]]):
            expect.close(end, [mode, width], "each search ends in its own valley", 0.02)
            bottom = reverse(*end)
            for step in rng.normal(size=(12, 2)) * 0.03:
                beside = reverse(end[0] + step[0], end[1] * np.exp(step[1]))
                assert bottom < beside + 1e-6, "each search goes down to the bottom"
        expect.close(best, [modes[larger], width], "the lowest end is the best", 0.02)
        mean = (1 - 2 * share) * apart
        want = [mean, np.sqrt(width**2 + 4 * share * (1 - share) * apart**2)]
        start = [[float(rng.choice([-1, 1]) * rng.uniform(0.4, 1)), float(rng.uniform(1.4, 2.5))]]
        ends, best = student.call("nearest_gaussian", forward, start)
        expect.close(best, want, "forward KL: the moments, from anywhere", 5e-3)


hidden_nearest()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: who covers, who seeks
#
# Your generators, quadrature and search together, on an expert of two modes with shares {{ SHARE }}
# at $-1$ and the rest at $+1$. For each divergence a bar shows the nearest Gaussian, its mean and
# one deviation to each side. That of KL must match the hollow bar, your `nearest_in_kl`: it lies
# between the modes (dotted) and spans the gap, and so does that of chi-squared. That of reverse KL
# must lie around $-1$, as wide as one mode. Where do the others go, and why?


# %% nbgrader={"grade_id": "nearest-picture"}
def nearest_picture():
    x = torch.linspace(-8, 8, 401, dtype=torch.float64)
    modes = torch.stack([log_normal(x, -1.0, WIDTH), log_normal(x, 1.0, WIDTH)])
    log_p = torch.logsumexp(modes + double([SHARE, 1 - SHARE]).log()[:, None], 0)
    starts = [(-1.0, WIDTH), (1.0, WIDTH), (0.0, 1.2)]
    _, ax = plt.subplots(figsize=(5.5, 2.8), layout="constrained")
    for row, name in enumerate(NAMES):

        def loss(mean, std, name=name):
            log_q = log_normal(x, mean, max(std, 0.02))
            return float(quadrature(lambda u: f_of(name, u), log_p, log_q, x))

        _, (mean, std) = nearest_gaussian(loss, starts)
        ends = [mean - std, mean + std]
        ax.plot(ends, [row, row], color="#0072B2", linewidth=7, solid_capstyle="butt")
        ax.plot(mean, row, "o", color="white", markersize=4)
    ways = double([SHARE, 1 - SHARE]), double([[-1.0], [1.0]]), double([[[WIDTH**2]]] * 2)
    mean, cov = (numbers(each).item() for each in nearest_in_kl(*ways))
    ax.barh(0, 2 * cov**0.5, 0.5, mean - cov**0.5, fill=False, edgecolor="black")
    for mode in (-1, 1):
        ax.axvline(mode, color="0.5", linestyle=":")
    ax.set_yticks(range(len(NAMES)), NAMES)
    ax.invert_yaxis()
    ax.set(xlabel="action")
    plt.show()


nearest_picture()

# %% [markdown]
# ## Part 6: reverse KL, if the expert lends its likelihood (8 points)
#
# A policy is trained by gradients on samples. Forward KL needs the expert's samples and the
# learner's density. Reverse KL is the other way round,
#
# $$D_{\mathrm{KL}}(q \Vert p) = \mathbb E_{a \sim q} \big[ \log q(a) - \log p(a) \big] ,$$
#
# an expectation over the *learner's* actions. Its gradient must go through them: write
# $a = \mu + \sigma \varepsilon$ with $\varepsilon \sim \mathcal N(0, 1)$, so that moving $\mu$ or
# $\sigma$ moves the samples. For once the expert tells its density: `log_mixture` below.


# %% nbgrader={"grade_id": "reverse-kl-tools"}
def log_mixture(act, shares, modes, widths):
    """The expert's log-density [n] at actions [n]: Gaussians at modes [k] with widths [k]."""
    z = (act[:, None] - modes) / widths
    each = -(z**2) / 2 - torch.log(widths * math.sqrt(2 * math.pi)) + torch.log(shares)
    return torch.logsumexp(each, 1)


# %% nbgrader={"grade_id": "reverse-kl", "solution": true}
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    """Terms whose mean over samples estimates KL(q || p), q = N(mean, exp(log_std)^2).

    mean, log_std: tensors without dimensions, the learner's parameters
    noise: [n], standard normal, one for each sample
    shares, modes, widths: [k], the expert, for log_mixture
    returns: [n]; in torch, so that the gradient in mean and log_std estimates that of KL(q || p)
    """
    ### BEGIN SOLUTION
    act = mean + log_std.exp() * noise
    log_q = -(noise**2) / 2 - log_std - math.log(2 * math.pi) / 2
    return log_q - log_mixture(act, shares, modes, widths)
    ### END SOLUTION


# %% nbgrader={"grade_id": "reverse-kl-check"}
def check_reverse_kl():
    noise = torch.linspace(-2, 2, 401, dtype=torch.float64)
    noise = noise / noise.pow(2).mean().sqrt()  # mean 0 and mean square 1, as of many samples
    one = double([1.0])

    def at(mean, log_std):
        mean, log_std = (double(x).requires_grad_() for x in (mean, log_std))
        terms = returned(reverse_kl(mean, log_std, noise, one, 0 * one, one))
        slopes = torch.autograd.grad(terms.mean(), (mean, log_std), allow_unused=True)
        return numbers(terms), [0.0 if each is None else float(each) for each in slopes]

    terms, slopes = at(0.0, 0.0)
    assert terms.shape == (401,), f"expected one term for each sample, got shape {terms.shape}"
    assert np.allclose(terms, 0), (
        "a learner that equals the expert has log q - log p = 0 everywhere"
    )
    terms, slopes = at(1.0, 0.0)
    assert terms.mean() > 0, "the divergence is negative: which density has the minus sign?"
    assert np.isclose(terms.mean(), 0.5), f"means 1 apart, deviations 1: 0.5, got {terms.mean():g}"
    assert abs(slopes[0]) > 1e-6, "no gradient in the mean: do the samples still depend on it?"
    assert np.isclose(slopes[0], 1), f"d/d mean of mean^2 / 2 at 1 is 1, got {slopes[0]:g}"
    terms, slopes = at(0.0, math.log(2))
    want = 1.5 - math.log(2)
    assert np.isclose(terms.mean(), want), (
        f"a learner twice as wide as the expert: 3/2 - log 2 = {want:.3f}, got {terms.mean():.3f}"
    )
    assert np.isclose(slopes[1], 3), (
        f"there d/d log_std is sigma^2 - 1 = 3, got {slopes[1]:g}: does the learner's own density "
        "count, and is log_std the logarithm of a deviation?"
    )


check_reverse_kl()
print("reverse KL: the visible check passes")


# %% nbgrader={"grade_id": "reverse-kl-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_reverse_kl():
    import numpy as np
    import torch
    from scipy.special import logsumexp
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("reverse-kl"))
    for k in (1, 2, 3):
        # Noise of mean 0 and mean square 1: then an estimator that drops the score of q, whose
        # mean is zero, has the same gradient as one that keeps it.
        noise = rng.normal(size=200)
        noise = (noise - noise.mean()) / noise.std()
        shares, modes = rng.dirichlet([3.0] * k), rng.normal(scale=1.5, size=k)
        widths = rng.uniform(0.5, 1.2, size=k)
        mean, log_std = float(rng.normal()), float(rng.uniform(-0.7, 0.5))
        std = np.exp(log_std)

        def log_p(act, shares=shares, modes=modes, widths=widths):
            each = norm.logpdf(act[:, None], modes, widths)
            return logsumexp(each, b=shares, axis=1)

        act = mean + std * noise
        args = [torch.tensor(x) for x in (mean, log_std, noise, shares, modes, widths)]
        args[:2] = [arg.double() for arg in args[:2]]
        want = norm.logpdf(act, mean, std) - log_p(act)
        got = student.call("reverse_kl", *args)
        faults = {
            "log q - log p, not the other way": -want,
            "the learner's own density counts too": -log_p(act),
        }
        expect.close(got, want, "log q - log p at the learner's samples", faults=faults)
        if k == 1:  # for a Gaussian expert such noise gives the closed form
            gap = mean - modes[0]
            exact = (std**2 + gap**2) / (2 * widths[0] ** 2) - np.log(std / widths[0]) - 0.5
            expect.close(np.mean(got), exact, "KL between two Gaussians")
        h = 1e-5
        to_mean = (log_p(act + h) - log_p(act - h)) / (2 * h)
        slopes = [-to_mean.sum(), -(1 + to_mean * std * noise).sum()]
        each = student.grad("reverse_kl", *args, wrt=(0, 1))
        faults = {"the gradient goes through the samples": 0.0}
        expect.close(each[0], slopes[0], "the gradient in the mean", 1e-3, faults)
        faults = {"log q depends on log_std too": slopes[1] + 200}
        expect.close(each[1], slopes[1], "the gradient in log_std", 1e-3, faults)


hidden_reverse_kl()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 7: conjugates (10 points)
#
# From here on the expert gives samples and nothing else. What makes that possible is the
# *conjugate* of the generator,
#
# $$f^*(t) = \sup_{u \geq 0} \big( u t - f(u) \big) , \qquad
#   f(u) \geq u t - f^*(t) \ \text{ for all } u, t :$$
#
# the highest line of slope $t$ below $f$ has the intercept $-f^*(t)$. A multiple of $u - 1$ added
# to $f$ shifts $f^*$, so take the generators as chapter 04 has them:
#
# | name | $f(u)$ |
# |---|---|
# | `KL` | $u \log u$ |
# | `reverse KL` | $-\log u$ |
# | `Jensen-Shannon` | $u \log u - (1 + u) \log \frac{1 + u}2$ |
# | `total variation` | $\frac12 \lvert u - 1 \rvert$ |
# | `chi-squared` | $(u - 1)^2$ |
# | `alpha` | $(u^\alpha - \alpha u + \alpha - 1) / (\alpha (\alpha - 1))$, with `ALPHA` |
#
# Solve $t = f'(u)$ for $u$ and put it in. Then look at the slopes that $f$ does not have. If $t$ is
# steeper than $f$ ever gets, the supremum is infinite. If $t$ is below the slope at
# $u = 0$, the supremum is attained at $u = 0$, and is $-f(0)$.


# %% nbgrader={"grade_id": "conjugates", "solution": true}
def conjugate(name, t):
    """f*(t), entry by entry.

    name: one of NAMES; t: [n], any real numbers
    returns: [n]; math.inf where the supremum is infinite, never NaN
    """
    ### BEGIN SOLUTION
    if name == "KL":
        return (t - 1).exp()
    if name == "reverse KL":
        return torch.where(t < 0, -1 - (-t).log(), math.inf)
    if name == "Jensen-Shannon":
        return torch.where(t < math.log(2), -(2 - t.exp()).log(), math.inf)
    if name == "total variation":
        return torch.where(t <= 0.5, t.clamp(min=-0.5), math.inf)
    if name == "chi-squared":
        return torch.where(t >= -2, t + t**2 / 4, -1.0)
    power = 1 + (ALPHA - 1) * t
    value = (power.clamp(min=0) ** (ALPHA / (ALPHA - 1)) - 1) / ALPHA
    return torch.where(power > 0, value, math.inf)
    ### END SOLUTION


# %% nbgrader={"grade_id": "conjugates-check"}
def check_conjugates():
    u = np.concatenate([[0.0], np.geomspace(1e-7, 1e5, 100_001)])
    with np.errstate(all="ignore"):
        log = np.where(u > 0, np.log(np.maximum(u, 1e-300)), -np.inf)
        u_log_u = np.where(u > 0, u * log, 0.0)
    generators = [
        u_log_u,
        -log,
        u_log_u - (1 + u) * np.log((1 + u) / 2),
        abs(u - 1) / 2,
        (u - 1) ** 2,
        (u**ALPHA - ALPHA * u + ALPHA - 1) / (ALPHA * (ALPHA - 1)),
    ]
    limits = [math.inf, 0, math.log(2), 0.5, math.inf, 1 / (1 - ALPHA)]
    for name, f, limit in zip(NAMES, generators, limits):
        t = np.array([-3.1, -1.2, -0.4, -0.05, 0.3, 1.7, 3.6])
        found = numbers(conjugate(name, double(t)))
        assert found.shape == t.shape, f"{name}: expected a number for each t, got {found.shape}"
        assert not np.isnan(found).any(), (
            f"{name}: NaN at t = {t[np.isnan(found)]}; where lines of this slope leave f behind, "
            "the supremum is infinite"
        )
        inside = t < limit
        assert np.isinf(found[~inside]).all(), (
            f"{name}: f never gets as steep as t = {t[~inside]}, so u t - f(u) has no bound"
        )
        search = np.array([np.max(u * each - f) for each in t[inside]])
        wrong = ~np.isclose(found[inside], search, atol=1e-3)
        assert not wrong.any(), (
            f"{name}: at t = {t[inside][wrong]} a search over u finds the suprema "
            f"{search[wrong].round(3)}, you {found[inside][wrong].round(3)}"
            + ("; is the highest point at u = 0 there?" if (t[inside][wrong] < -0.5).all() else "")
        )


check_conjugates()
print("conjugates: the visible check passes")


# %% nbgrader={"grade_id": "conjugates-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_conjugates():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    ALPHA = 0.5
    rng = np.random.default_rng(student.seed("conjugates"))
    u = np.geomspace(1e-9, 1e6, 200_001)  # a step of 1.7e-4 in log u: errors of its square
    steepest = 1 / (1 - ALPHA)
    power = (u**ALPHA - ALPHA * u + ALPHA - 1) / (ALPHA * (ALPHA - 1))
    known = {  # the generator, f(0), and the slopes of interest: down to `low`, none above `high`
        "KL": (u * np.log(u), 0.0, -4, 4, np.inf),
        "reverse KL": (-np.log(u), np.inf, -6, -0.02, 0),
        "Jensen-Shannon": (u * np.log(u) - (1 + u) * np.log((1 + u) / 2), None, -5, 0.65, 0.694),
        "total variation": (abs(u - 1) / 2, 0.5, -3, 0.48, 0.5),
        "chi-squared": ((u - 1) ** 2, 1.0, -6, 6, np.inf),
        "alpha": (power, 1 / ALPHA, -5, 0.9 * steepest, steepest),
    }
    for name, (f, at_zero, low, high, limit) in known.items():
        at_zero = np.log(2) if at_zero is None else at_zero
        t = np.concatenate([rng.uniform(low, high, size=25), [low, high]])
        want = np.array([max(np.max(u * each - f), -at_zero) for each in t])
        got = expect.shape(student.call("conjugate", name, torch.tensor(t)), t.shape, name)
        assert not np.isnan(got).any(), f"{name}: the supremum is never NaN"
        above = got - want
        faults = {}
        if name in ("total variation", "chi-squared"):
            beyond = t if name == "total variation" else t + t**2 / 4
            faults[f"{name}: slopes below those of f: the supremum is at u = 0"] = beyond
        assert (above > -1e-3).all() or name in ("total variation", "chi-squared"), (
            f"{name}: some line of slope t lies above f"
        )
        expect.close(got, want, f"{name}: the largest u t - f(u)", 1e-3, faults)
        if limit < np.inf:
            t = limit + rng.uniform(0.01, 3, size=5)
            got = expect.shape(student.call("conjugate", name, torch.tensor(t)), (5,), name)
            assert np.isposinf(got).all(), f"{name}: infinite where t is steeper than f ever gets"


hidden_conjugates()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: output activations (8 points)
#
# A critic is a network whose output $V$ can be any real number, while the slope $T$ that it
# proposes must stay where $f^*$ is finite. So $T = g(V)$ with a smooth, increasing map $g$ from the
# real line into those slopes. Several will do. These are demanded:
#
# - $g$ increases everywhere, and sends a gradient at every $V$ (write it in torch);
# - $f^*(g(V))$ is finite, with the conjugates of part 7, for all $V$ in $[-10, 10]$;
# - no slope that the bound may need is out of reach: for every ratio $u > 0$ there is an output
#   $V^\star(u)$ with $g(V^\star(u)) = f'(u)$. That is the output of the best critic, and you write
#   it too. (For total variation $f'$ is $\pm\frac12$ and $V^\star$ infinite: there $g$ must come
#   within 0.01 of both ends on $[-10, 10]$, and `best_output` is not asked.)
#
# Chapter 05 has a table of such maps, chosen such that most of the best critics are
# $\log (p/q)$.


# %% nbgrader={"grade_id": "activations", "solution": true}
def activation(name, v):
    """g(v), entry by entry, in torch.

    name: one of NAMES; v: [n], any real numbers
    returns: [n], slopes that the conjugate allows
    """
    ### BEGIN SOLUTION
    if name == "reverse KL":
        return -(-v).exp()
    if name == "Jensen-Shannon":
        return math.log(2) - nn.functional.softplus(-v)
    if name == "total variation":
        return torch.tanh(v) / 2
    if name == "alpha":
        return -torch.expm1(-(1 - ALPHA) * v) / (1 - ALPHA)
    return 1 * v
    ### END SOLUTION


def best_output(name, u):
    """The output V at which g(V) = f'(u), entry by entry.

    name: one of NAMES but total variation; u: [n], above 0, the ratio p / q
    returns: [n]
    """
    ### BEGIN SOLUTION
    if name == "KL":
        return 1 + u.log()
    if name == "chi-squared":
        return 2 * (u - 1)
    return u.log()
    ### END SOLUTION


# %% nbgrader={"grade_id": "activations-check"}
def check_activations():
    limits = [math.inf, 0, math.log(2), 0.5, math.inf, 1 / (1 - ALPHA)]
    slopes = [
        lambda u: 1 + np.log(u),
        lambda u: -1 / u,
        lambda u: np.log(2 * u / (1 + u)),
        None,
        lambda u: 2 * (u - 1),
        lambda u: (u ** (ALPHA - 1) - 1) / (ALPHA - 1),
    ]
    for name, limit, f_slope in zip(NAMES, limits, slopes):
        v = torch.linspace(-10, 10, 201, dtype=torch.float64, requires_grad=True)
        t = returned(activation(name, v))
        assert t.shape == v.shape, f"{name}: expected a slope for each output, got {tuple(t.shape)}"
        assert t.requires_grad, f"{name}: no gradient flows through your activation"
        (rise,) = torch.autograd.grad(t.sum(), v)
        t = numbers(t)
        allowed = t <= limit if name == "total variation" else t < limit
        assert allowed.all(), f"{name}: f* is infinite beyond {limit:.3g}, yet T = {t.max():.3g}"
        assert t[-1] > t[0], f"{name}: a higher output must mean a larger slope"
        assert (numbers(rise) > 0).all(), f"{name}: the critic gets no gradient at some outputs"
        if f_slope is None:
            assert t[-1] > 0.49, f"{name}: slopes up to 1/2 are needed, yours end at {t[-1]:.3f}"
            assert t[0] < -0.49, (
                f"{name}: slopes down to -1/2 are needed, yours begin at {t[0]:.3f}"
            )
            continue
        u = np.array([0.2, 1.0, 3.0])
        best = returned(best_output(name, double(u)))
        back = numbers(activation(name, torch.as_tensor(best)))
        assert np.allclose(back, f_slope(u), atol=1e-3), (
            f"{name}: at u = {u} the best slopes are {f_slope(u).round(3)}; your best outputs, "
            f"through your activation, give {back.round(3)}"
        )


check_activations()
print("activations: the visible check passes")


# %% nbgrader={"grade_id": "activations-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_activations():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    ALPHA = 0.5
    known = {  # f', and the largest slope that f* allows
        "KL": (lambda u: 1 + np.log(u), np.inf),
        "reverse KL": (lambda u: -1 / u, 0.0),
        "Jensen-Shannon": (lambda u: np.log(2 * u / (1 + u)), np.log(2)),
        "total variation": (None, 0.5),
        "chi-squared": (lambda u: 2 * u - 2, np.inf),
        "alpha": (lambda u: (u ** (ALPHA - 1) - 1) / (ALPHA - 1), 1 / (1 - ALPHA)),
    }
    rng = np.random.default_rng(student.seed("activations"))
    for name, (f_slope, limit) in known.items():
        v = np.sort(np.concatenate([rng.uniform(-10, 10, size=60), [-10, 10]]))
        t = expect.shape(student.call("activation", name, torch.tensor(v)), v.shape, name)
        assert np.isfinite(t).all(), f"{name}: slopes are finite"
        open_end = name != "total variation"
        assert (t < limit if open_end else t <= limit).all(), f"{name}: f* is finite at g(V)"
        assert (np.diff(t) >= 0).all(), f"{name}: a higher output means a larger slope"
        rise = student.grad("activation", name, v, wrt=1)
        rise = expect.shape(rise, v.shape, f"{name}: gradient")
        assert (np.isfinite(rise) & (rise > 0)).all(), f"{name}: every output gets a gradient"
        if f_slope is None:
            expect.close(t[[0, -1]], [-0.5, 0.5], f"{name}: no slope out of reach", 0.01)
            continue
        u = np.exp(rng.uniform(-3, 3, size=40))
        best = student.call("best_output", name, torch.tensor(u))
        best = torch.tensor(expect.shape(best, (40,), f"{name}: best outputs"))
        back = student.call("activation", name, best)
        expect.close(back, f_slope(u), f"{name}: the best output leads to f'(u)", 1e-3)


hidden_activations()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 9: the bound, from samples (8 points)
#
# Put $u = p(a) / q(a)$ and $t = T(a)$ into $f(u) \geq u t - f^*(t)$ and take the mean over $q$:
#
# $$D_f(p, q) \geq \mathbb E_{a \sim p}[T(a)] - \mathbb E_{a \sim q}[f^*(T(a))] ,$$
#
# for any function $T$, with equality at $T = f'(p/q)$. Both means can be estimated: $n$ actions of
# the expert, $m$ of the learner. The two samples are independent, so the variances of the two means
# add up: with $s^2$ the sample variances (divisors $n - 1$ and $m - 1$), the estimate has the
# standard error
#
# $$\sqrt{\frac{s^2_{T}}{n} + \frac{s^2_{f^*(T)}}{m}} .$$
#
# An honest bound is computed on actions that $T$ was not fitted to. Otherwise it may lie far above
# the divergence (chapter 05's last exercise).


# %% nbgrader={"grade_id": "bound", "solution": true}
def bound(critic, f_star, expert, learner):
    """The variational bound on D_f(p, q) from samples, and its standard error.

    critic: T, a function from actions [k] to slopes [k]
    f_star: f*, a function from slopes [k] to numbers [k]
    expert: [n] actions from p; learner: [m] actions from q
    returns: two numbers, the estimate and its standard error
    """
    ### BEGIN SOLUTION
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = (gain.var() / len(gain) + price.var() / len(price)).sqrt()
    return float(gain.mean() - price.mean()), float(error)
    ### END SOLUTION


# %% nbgrader={"grade_id": "bound-check"}
def check_bound():
    def cubic(t):
        """The conjugate of (2/3) (u^(3/2) - 1) is t^3 / 3 + 2/3 for t >= 0."""
        return t**3 / 3 + 2 / 3

    # Eight of ten experts take action 0, half of the learners do: p = (.8, .2), q = (.5, .5).
    expert, learner = double([0.0] * 8 + [1.0] * 2), double([0.0, 1.0, 1.0, 0.0])

    def best(act):
        return torch.where(act == 0, 1.6, 0.4).double() ** 0.5

    value, error = (float(x) for x in returned(bound(best, cubic, expert, learner)))
    p, q = np.array([0.8, 0.2]), np.array([0.5, 0.5])
    exact = (q * 2 / 3 * ((p / q) ** 1.5 - 1)).sum()
    assert value < exact + 1e-4 or value > 1, (
        f"your value, {value:.3f}, exceeds the divergence, {exact:.3f}, which no T can do: is f* "
        "applied, and to each sample before the mean?"
    )
    assert np.isclose(value, exact), (
        f"with the best T the bound is the divergence, {exact:.4f}; got {value:.4f}: "
        "T counts on the expert's actions, f*(T) on the learner's"
    )
    value, error = (float(x) for x in bound(lambda act: 1 + act, cubic, expert, learner))
    assert np.isclose(value, 1.2 - (1 + 10 / 3) / 2), f"T = 1 + a: expected -0.967, got {value:.3f}"
    parts = np.var([1.0] * 8 + [2.0] * 2, ddof=1) / 10, np.var([1, 1, 10 / 3, 10 / 3], ddof=1) / 4
    assert not np.isclose(error, sum(parts)), "that is the variance; its root is the error"
    assert not np.isclose(error, sum(part**0.5 for part in parts)), (
        "variances add up, errors do not"
    )
    assert np.isclose(error, sum(parts) ** 0.5), (
        f"standard error: expected {sum(parts) ** 0.5:.4f}, got {error:.4f}: each sample has its "
        "own size, and divisors n - 1"
    )


check_bound()
print("bound: the visible check passes")


# %% nbgrader={"grade_id": "bound-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_bound():
    import numpy as np
    import torch
    from scipy.stats import entropy, sem

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("bound"))
    cases = {  # f*, f', and the divergence by SciPy or its definition
        "KL": (lambda t: np.exp(t - 1), lambda u: 1 + np.log(u), entropy),
        "reverse KL": (
            lambda t: -1 - np.log(-t),
            lambda u: -1 / u,
            lambda p, q: entropy(q, p),
        ),
        "chi-squared": (
            lambda t: t + t**2 / 4,
            lambda u: 2 * (u - 1),
            lambda p, q: ((p - q) ** 2 / q).sum(),
        ),
    }
    for name, (f_star, f_slope, exact) in cases.items():
        counts = rng.integers(3, 30, size=(2, 4))  # samples that are as frequent as p and q say
        p, q = counts / counts.sum(1, keepdims=True)
        drawn = [torch.tensor(rng.permutation(np.repeat(np.arange(4), c))) for c in counts]
        for trust in (1.0, 0.6):  # the best critic, and one that doubts
            table = f_slope((p / q) ** trust)
            asked = []

            def critic(act, table=table, asked=asked):
                asked.append(len(np.asarray(act)))
                return torch.as_tensor(table[np.asarray(act).astype(int)])

            def price(t, f_star=f_star):
                return torch.as_tensor(f_star(np.asarray(t)))

            value, error = student.call("bound", critic, price, *drawn)
            want = p @ table - q @ f_star(table)
            faults = {
                "f* belongs to the learner's actions, T to the expert's": q @ table
                - p @ f_star(table),
                "the learner's part counts with a minus": p @ table + q @ f_star(table),
                "the learner's part is f*(T), not T": p @ table - q @ table,
            }
            expect.close(value, want, f"{name}: the bound", faults=faults)
            if trust == 1:
                expect.close(value, exact(p, q), f"{name}: the bound is tight at f'(p/q)")
            assert value < exact(p, q) + 1e-4, f"{name}: a bound from below"
            gain, paid = (x[each.numpy()] for x, each in zip((table, f_star(table)), drawn))
            want = np.hypot(sem(gain), sem(paid))
            faults = {
                "variances add up, errors do not": sem(gain) + sem(paid),
                "the standard error is the root of the variance": want**2,
                "both samples count": sem(gain),
            }
            expect.close(error, want, f"{name}: standard error of the bound", faults=faults)
            assert max(asked) <= sum(map(len, drawn)), "each sample counts by itself"


hidden_bound()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 10: a critic that makes the bound tight (10 points)
#
# Write the bound for reverse KL in the output $V$ of the critic, with $g(V) = -e^{-V}$:
#
# $$B(V) = 1 - \mathbb E_p\big[ e^{-V(a)} \big] - \mathbb E_q\big[ V(a) \big] .$$
#
# (Chapter 05 arrives here from both forms of the bound.) Let $V(a) = h(a) + \varphi(a)^\top w$: a
# part $h$ that is known, and a sum of features $\varphi$ with weights $w$. Then $B$ is *concave* in
# $w$, and the best critic of this kind is found without any luck: where the gradient
#
# $$\nabla_w B = \mathbb E_p\big[ e^{-V} \varphi \big] - \mathbb E_q\big[ \varphi \big]$$
#
# vanishes, that is, where the expert's samples, weighted by $e^{-V} \approx q/p$, have the
# learner's mean features. Maximise $B$ with sample means in place of both expectations. Any
# optimiser will do that gets the gradient below $10^{-3}$ in each entry; $e^{-V}$ grows fast, so
# beware of long first steps.


# %% nbgrader={"grade_id": "critic-tools"}
def features(act):
    """A constant, the action, its square, and two waves: [n, 5] for actions [n]."""
    return torch.stack([0 * act + 1, act, act**2, torch.sin(2 * act), torch.cos(2 * act)], 1)


def samples(n, seed):
    """Actions of an expert with two broad ways, [n], and of its Gaussian clone, [n]."""
    rng = torch.Generator().manual_seed(seed)
    side = torch.where(torch.rand(n, generator=rng) < SHARE, -1.0, 1.0).double()
    noise = torch.randn(2, n, generator=rng, dtype=torch.float64)
    spread = math.sqrt(0.25 + 4 * SHARE * (1 - SHARE))
    return side + 0.5 * noise[0], 1 - 2 * SHARE + spread * noise[1]


# %% nbgrader={"grade_id": "critic", "solution": true}
def fit_critic(expert, learner, known_expert, known_learner):
    """The weights w that maximise the sampled bound for reverse KL.

    expert: [n, k], features of the expert's actions; learner: [m, k], of the learner's
    known_expert: [n], known_learner: [m], the part h of V at the same actions
    returns: [k]
    """
    ### BEGIN SOLUTION
    expert, learner, known = (numbers(x) for x in (expert, learner, known_expert))

    def loss(w):  # minus the bound, up to a constant, and its gradient
        weight = np.exp(np.minimum(-known - expert @ w, 300))
        slope = learner.mean(0) - (weight[:, None] * expert).mean(0)
        return weight.mean() + learner.mean(0) @ w, slope

    start = np.zeros(expert.shape[1])
    return minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-6}).x
    ### END SOLUTION


# %% nbgrader={"grade_id": "critic-check"}
def check_critic():
    act, none = double([0.0, 1.0] * 5), torch.zeros(10, dtype=torch.float64)
    one = torch.ones(10, 1, dtype=torch.float64)
    w = numbers(fit_critic(one, one[:4], none + 0.7, none[:4] + 0.7))
    assert w.shape == (1,), f"expected one weight for one feature, got shape {w.shape}"
    assert np.isclose(w[0], -0.7, atol=1e-3), (
        f"a constant critic is best at V = 0; with h = 0.7 its weight is -0.7, got {w[0]:.3f}"
    )
    table = torch.stack([1 - act, act], 1)
    learner = table[[0, 1, 1, 1]]
    w = numbers(fit_critic(table, learner, none, none[:4]))
    want = np.log([0.5 / 0.25, 0.5 / 0.75])
    assert not np.allclose(w, -want, atol=0.01), "yours is log q/p: the sign is flipped"
    assert np.allclose(w, want, atol=0.01), (
        "with a weight for each of two actions, p = (.5, .5) and q = (.25, .75): expected "
        f"V = log p/q = {want.round(3)}, got {w.round(3)}"
    )
    expert, learner = samples(500, seed=0)
    phi, other, none = features(expert), features(learner), torch.zeros(500, dtype=torch.float64)
    for known in ((none, none), (expert**2 / 2, learner**2 / 2)):
        w = torch.as_tensor(numbers(fit_critic(phi, other, *known)))
        weight = torch.exp(-known[0] - phi @ w)
        gap = numbers((weight[:, None] * phi).mean(0) - other.mean(0))
        assert (abs(gap) < 1e-3).all(), (
            f"at your weights the gradient of B is {gap.round(4)}: not a maximum yet, or that of "
            "another function" + ("" if known[0] is none else "; does the known part h count?")
        )


check_critic()
print("critic: the visible check passes")


# %% nbgrader={"grade_id": "critic-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_critic():
    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("critic"))
    for n, m, told in ((400, 300, False), (300, 500, True)):
        side = np.where(rng.random(n) < rng.uniform(0.5, 0.7), -1, 1)
        width, mean, std = rng.uniform(0.4, 0.5), rng.uniform(-0.3, 0.3), rng.uniform(0.7, 0.9)
        expert, learner = side + width * rng.normal(size=n), mean + std * rng.normal(size=m)
        known = [-told * norm.logpdf(act, mean, std) for act in (expert, learner)]
        # A constant, a wave and three bumps, none of them beyond 1: the maximum exists because
        # both samples lie on both sides of every bump.
        phi, other = (
            np.stack([0 * a + 1, np.sin(a)] + [np.exp(-2 * (a - c) ** 2) for c in (-1, 0, 1)], 1)
            for a in (expert, learner)
        )
        args = [torch.tensor(x) for x in (phi, other, *known)]
        w = expect.shape(student.call("fit_critic", *args), (5,), "weights")

        def gradient(w, known=known[0], phi=phi, other=other):
            return (np.exp(-known - phi @ w)[:, None] * phi).mean(0) - other.mean(0)

        # e^-V, or q/p, is the weight that makes the expert's samples look like the learner's.
        idea = "the expert's features, weighted by exp(-V), have the learner's mean"
        with np.errstate(all="ignore"):
            gap = gradient(w)
            if told and np.abs(gradient(w, known=0)).max() < 3e-3:
                idea = "the known part of V counts"
            elif np.abs(gradient(-w)).max() < 3e-3:
                idea = "V is log p/q, not log q/p"
        expect.close(gap, np.zeros(5), idea, 3e-3)


hidden_critic()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what the critic learned
#
# Your critic on 2000 samples of either side, here of an expert whose two ways are broad. It must
# follow the true $\log (p/q)$ (dashed) where there are samples: high at the expert's modes, low
# between and outside, where the learner is and the expert hardly. The title has your bound, on
# samples that the critic has not seen, and the divergence itself: the bound may exceed it only by
# sampling error.


# %% nbgrader={"grade_id": "critic-picture"}
def critic_picture():
    expert, learner = samples(2000, seed=1)
    none = torch.zeros(2000, dtype=torch.float64)
    w = double(numbers(fit_critic(features(expert), features(learner), none, none)))
    x = torch.linspace(-4, 4, 1001, dtype=torch.float64)
    ways, spread = double([SHARE, 1 - SHARE]), math.sqrt(0.25 + 4 * SHARE * (1 - SHARE))
    log_p = log_mixture(x, ways, double([-1.0, 1.0]), double([0.5, 0.5]))
    log_q = log_normal(x, 1 - 2 * SHARE, spread)
    fresh = samples(2000, seed=2)
    value, error = bound(
        lambda act: -torch.exp(-features(act) @ w), lambda t: -1 - torch.log(-t), *fresh
    )
    exact = float(torch.trapezoid(log_q.exp() * (log_q - log_p), x))
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(x, log_p - log_q, "--", color="black", label="log p/q")
    ax.plot(x, features(x) @ w, color="#0072B2", label="your critic")
    ax.plot(numbers(expert[:100]), np.full(100, 2.1), "|", color="#009E73", label="expert")
    ax.plot(numbers(learner[:100]), np.full(100, 1.7), "|", color="#D55E00", label="learner")
    ax.set(xlabel="action", ylabel="V", xlim=(-2.6, 2.6), ylim=(-4, 2.5))
    ax.set_title(f"bound {value:.3f} +- {2 * error:.3f}, divergence {exact:.3f}")
    ax.legend(frameon=False, loc="lower center", fontsize="small")
    plt.show()


critic_picture()

# %% [markdown]
# ## Part 11: the adversarial learner (12 points)
#
# Now in many states, with networks on both sides. In each state of a minibatch the learner is a
# Gaussian $q = \mathcal N(\mu, \sigma^2)$, one deviation for each of $d$ dimensions, and the
# expert's action is given. One move of the game for reverse KL:
#
# 1. **Blur.** Between two modes the expert has no density, and reverse KL is infinite there. So
#    both sides get the same noise, of deviation $b$. The expert's actions become
#    $a^\star + b \, \varepsilon'$. The learner's *distribution* becomes
#    $q_b = \mathcal N(\mu, \sigma^2 + b^2)$, and its actions
#    $\hat a = \mu + \sqrt{\sigma^2 + b^2} \; \varepsilon$.
# 2. **Tell the critic.** The best critic is $\log p - \log q_b$, and the learner knows its part:
#    $V(a) = N(a) - \log q_b(a)$, where $N$ is a network and $\log q_b$ a sum over the $d$
#    dimensions. Here $q_b$ is taken as it stands: it sends no gradient to $\mu$ and $\sigma$.
# 3. **The critic's loss** of a sample is minus its term of the bound,
#    $e^{-V(a^\star + b \varepsilon')} + V(\hat a) - 1$. Its gradient must reach the critic's
#    weights and nothing else: $\hat a$ is an action like any other here.
# 4. **The learner's loss** of a sample is the price of its action, $1 - V(\hat a)$, and its
#    gradient goes to $\mu$ and $\sigma$ *through the action*. The critic is held fixed: use its
#    frozen copy.
#
# The two losses are then added up and one optimiser moves both players, which is why neither
# gradient may reach the other's weights.


# %% nbgrader={"grade_id": "game", "solution": true}
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    """One move of the game for reverse KL: both players' losses.

    critic: the network N, a function from actions [n, d] to [n] (it sees the states already)
    frozen: the same function, whose weights get no gradient
    mean, log_std: [n, d], the learner's Gaussian in each state, before the blur
    expert: [n, d], the expert's actions
    noise: [2, n, d], standard normal; noise[0] for the learner's actions, noise[1] for the expert's
    blur: a number b, at least 0
    returns: two tensors [n], the critic's loss and the learner's; write them in torch, from these
    arguments alone, and they run on a GPU as well
    """
    ### BEGIN SOLUTION
    std = (torch.exp(2 * log_std) + blur**2).sqrt()
    fake = mean + std * noise[0]
    real = expert + blur * noise[1]
    blurred = torch.distributions.Normal(mean.detach(), std.detach())

    def value(network, act):
        return network(act) - blurred.log_prob(act).sum(-1)

    judged = torch.exp(-value(critic, real)) + value(critic, fake.detach()) - 1
    return judged, 1 - value(frozen, fake)
    ### END SOLUTION


# %% [markdown]
# The cell below makes your two losses a policy of `ilkit` whose loss is a move of both players, and
# lets `il.fit` play: first it clones, then it plays under a coarse blur and under a finer one, on
# the best device that there is. `probe` reads off where the gradients of your losses go.


# %% nbgrader={"grade_id": "game-tools"}
class Game(il.Policy):
    """A Gaussian learner and its critic; the loss of a minibatch is a move of both."""

    def __init__(self, learner, seed=0):
        super().__init__(learner, learner.network, seed=seed)
        self.learner, self.blur = learner, 0.0
        with self.seeded():
            first, second = nn.Linear(math.prod(learner.obs_space.shape) + 1, 64), nn.Linear(64, 64)
            for layer in (first, second):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.uniform_(layer.bias, -1, 1)
            last = nn.Linear(64, 1)
            nn.init.zeros_(last.weight)
        self.critic = nn.Sequential(first, nn.SiLU(), second, nn.SiLU(), last)

    def set_scale(self, demos):
        self.learner.set_scale(demos)

    def loss(self, obs, act, generator=None):
        seen = self.learner.features(obs)
        mean, log_std = self.learner.moments(obs)
        noise = torch.randn(2, *mean.shape, generator=generator, device=mean.device)
        fixed = {name: weight.detach() for name, weight in self.critic.named_parameters()}

        def critic(x):
            return self.critic(torch.cat([seen, x], 1))[:, 0]

        def frozen(x):
            return functional_call(self.critic, fixed, torch.cat([seen, x], 1))[:, 0]

        expert = self.learner.to_unit(act)
        return sum(game_losses(critic, frozen, mean, log_std, expert, noise, self.blur))


def clone(obs, act, seed=0):
    """A Gaussian cloned from observations [N, H, 3] and actions [N, H, 1]."""
    demos, policy = il.Demos(obs, act), il.Gaussian(il.Demos(obs, act), seed=seed)
    il.fit(policy, demos, steps=CLONING, batch=BATCH, lr=3e-3, seed=seed, device="auto")
    return policy


def play(obs, act, seed=0):
    """The clone, after the game."""
    demos, game = il.Demos(obs, act), Game(clone(obs, act, seed), seed)
    for game.blur in BLURS:
        il.fit(game, demos, steps=PLAYING, batch=BATCH, lr=3e-3, seed=seed, device="auto")
    return game.learner


def steer(policy, obs, seed):
    """Actions [n, 1] of a policy in observations [n, 3]."""
    return policy.sample(obs, torch.Generator().manual_seed(seed))[:, 0]


def probe(weights, mean, log_std, expert, noise, blur):
    """Both losses [n] for a small critic, and the gradients of their sums.

    The critic is N(a) = sum over dimensions and j of weights[j] sin((j + 1) a); the learner's
    gradients are those by a shift common to all means, [d], and to all log-deviations, [d].
    """
    weights = weights.clone().requires_grad_()
    shifts = [torch.zeros(mean.shape[1], dtype=mean.dtype, requires_grad=True) for _ in "ms"]

    def critic(weights):
        order = 1 + torch.arange(len(weights))
        return lambda act: (torch.sin(order * act[..., None]) @ weights).sum(-1)

    critics = critic(weights), critic(weights.detach())
    means, log_stds = mean + shifts[0], log_std + shifts[1]
    both = returned(game_losses(*critics, means, log_stds, expert, noise, blur))
    told = {}
    for name, loss in zip(("critic", "learner"), both):
        told[name] = loss.detach()
        total = loss.sum() + 0 * (weights.sum() + sum(each.sum() for each in shifts))
        slopes = torch.autograd.grad(total, [weights, *shifts], retain_graph=True)
        told |= {f"{name} to {x}": s for x, s in zip(("weights", "mean", "log_std"), slopes)}
    return told


# %% nbgrader={"grade_id": "game-check"}
def check_game():
    noise = torch.stack([torch.linspace(-1.5, 1.5, 51), torch.linspace(1, -1, 51)]).double()
    noise = (noise / noise.pow(2).mean(1, keepdim=True).sqrt())[..., None]
    mean, log_std = torch.full((51, 1), 0.2).double(), torch.full((51, 1), -0.5).double()
    expert, weights = torch.full((51, 1), -0.4).double(), double([0.7, -0.3])
    half = math.log(2 * math.pi) / 2

    told = {k: numbers(x) for k, x in probe(0 * weights, mean, log_std, expert, noise, 0.0).items()}
    assert told["critic"].shape == (51,), (
        f"expected losses of shape [n], got {told['critic'].shape}"
    )
    assert told["learner"].shape == (51,), f"expected losses [n], got {told['learner'].shape}"
    z = numbers(noise[0, :, 0])
    assert np.allclose(told["learner"], 1 - (z**2 / 2 - 0.5 + half)), (
        "a critic N = 0, no blur: V = -log q at the learner's actions, and the price is 1 - V"
    )
    away = -0.6 / math.exp(-0.5)
    want = math.exp(-(away**2) / 2 + 0.5 - half) + (z**2 / 2 - 0.5 + half) - 1
    assert np.allclose(told["critic"], want), (
        "a critic N = 0, no blur: e^-V = q at the expert's action, V = -log q at the learner's"
    )
    twice = (torch.cat([x, x], -1) for x in (mean, log_std, expert, noise))
    wide = numbers(probe(0 * weights, *twice, 0.0)["learner"])
    assert np.allclose(wide, 1 - 2 * (z**2 / 2 - 0.5 + half)), (
        "actions of two dimensions: the log-density is a sum over them"
    )
    told = {k: numbers(x) for k, x in probe(weights, mean, log_std, expert, noise, 0.5).items()}
    for name in ("mean", "log_std"):
        assert abs(told[f"critic to {name}"]).max() < 1e-9, (
            f"the critic's loss sends a gradient to the learner's {name}: detach what it judges, "
            "and the density that it is told"
        )
        assert abs(told[f"learner to {name}"]).max() > 1e-3, (
            f"the learner's loss sends no gradient to its {name}: it must go through the action"
        )
    assert abs(told["learner to weights"]).max() < 1e-9, (
        "the learner's loss sends a gradient to the critic: use the frozen copy there"
    )
    assert abs(told["critic to weights"]).max() > 1e-3, "the critic's loss must reach its weights"
    spread = math.sqrt(math.exp(-1) + 0.25)
    fake, real = 0.2 + spread * z, -0.4 + 0.5 * numbers(noise[1, :, 0])

    def value(a):
        network = 0.7 * np.sin(a) - 0.3 * np.sin(2 * a)
        return network + ((a - 0.2) / spread) ** 2 / 2 + math.log(spread) + half

    assert np.allclose(told["learner"], 1 - value(fake)), (
        "with a blur of 0.5 the learner's loss is off: its deviation becomes the root of "
        "sigma^2 + b^2, in its actions and in the density that the critic is told"
    )
    assert np.allclose(told["critic"], np.exp(-value(real)) + value(fake) - 1), (
        "with a blur of 0.5 the critic's loss is off: the expert's actions get b times noise[1]"
    )
    weight = np.exp(-value(real))
    up = [(np.sin(k * fake) - weight * np.sin(k * real)).sum() for k in (1, 2)]
    assert np.allclose(told["critic to weights"], up), (
        "the critic learns from both sides, the expert's actions and the learner's: does each of "
        "its two terms reach its weights?"
    )
    steep = 0.7 * np.cos(fake) - 0.6 * np.cos(2 * fake) + z / spread
    assert np.allclose(told["learner to mean"], -steep.sum()), (
        "the learner descends along the slope of the whole V at its actions, -log q included"
    )


check_game()
print("game: the visible check passes")


# %% nbgrader={"grade_id": "game-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_game():
    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.envs.fork import Fork
    from ilkit.grading import expect, student
    from ilkit.rollout import collect, rollout

    seed = student.seed("game")
    rng = np.random.default_rng(seed)
    for n, d, blur in ((40, 1, 0.0), (30, 3, 0.4), (50, 2, 0.7)):
        weights, mean, expert = rng.normal(size=3), rng.normal(size=(n, d)), rng.normal(size=(n, d))
        log_std = np.broadcast_to(rng.uniform(-0.6, 0.3, size=d), (n, d)).copy()
        noise = rng.normal(size=(2, n, d))
        # Mean 0 and mean square 1: the score of q, whose mean is zero, then changes no gradient.
        noise = (noise - noise.mean(1, keepdims=True)) / noise.std(1, keepdims=True)
        args = [torch.tensor(x) for x in (weights, mean, log_std, expert, noise)]
        told = student.call("probe", *args, blur)
        std = np.sqrt(np.exp(2 * log_std) + blur**2)
        fake, real = mean + std * noise[0], expert + blur * noise[1]
        order = np.arange(1, 4)

        def waves(a, order=order):
            return np.sin(a[..., None] * order).sum(1)

        def value(a, mean=mean, std=std, weights=weights, waves=waves):
            return waves(a) @ weights - norm.logpdf(a, mean, std).sum(1)

        price, own = 1 - value(fake), np.exp(log_std)
        sharp = mean + own * noise[0]
        faults = {
            "the critic is told the learner's density: V = N - log q": 1 - waves(fake) @ weights,
            "log q enters V with a minus": 1 - 2 * waves(fake) @ weights + value(fake),
            "the price is 1 - V: an action that V likes is cheap": 2 - price,
        }
        if blur:
            faults |= {
                "the learner's actions are blurred too": 1 - value(sharp),
                "its density is blurred too: sigma^2 + b^2": 1 - value(sharp, std=own),
            }
        idea = "the learner's loss is 1 - V at its blurred actions, all dimensions added"
        expect.close(told["learner"], price, idea, faults=faults)
        weight = np.exp(-value(real))
        want = weight + value(fake) - 1
        faults = {"the critic ascends the bound, and descends its loss": -want}
        if blur:
            faults["the expert's actions are blurred too"] = np.exp(-value(expert)) - price
        idea = (
            "the critic's loss is exp(-V) at the expert's blurred actions, and V at the learner's"
        )
        expect.close(told["critic"], want, idea, faults=faults)

        up = (waves(fake) - weight[:, None] * waves(real)).sum(0)
        expect.close(told["critic to weights"], up, "the critic's gradient in its weights", 1e-3)
        zero = np.zeros(d)
        expect.close(told["critic to mean"], zero, "the critic's loss leaves the learner alone")
        expect.close(told["critic to log_std"], zero, "the critic's loss leaves the learner alone")
        expect.close(
            told["learner to weights"], np.zeros(3), "the learner's loss leaves the critic alone"
        )
        h, steep = 1e-5, np.zeros((n, d))  # the slope of V, by differences
        for j in range(d):
            step = h * (np.arange(d) == j)
            steep[:, j] = (value(fake + step) - value(fake - step)) / (2 * h)
        idea = "the learner's gradient goes through its actions, along the slope of V"
        expect.close(told["learner to mean"], -steep.sum(0), idea, 1e-3)
        by_std = -(steep * noise[0] * np.exp(2 * log_std) / std).sum(0)
        expect.close(told["learner to log_std"], by_std, "likewise for its deviation", 1e-3)

    # The game, played at the tree. Of 400 seeds at this share none failed, so that a game fails
    # with probability below 0.008, independently of games from other seeds: three in a row, below
    # 1e-6. A right answer plays one game.
    LEFT = 0.85
    env = Fork(left=LEFT, spread=0.4)
    fates = []
    for attempt in range(3):
        start = seed % 100_000 + attempt
        demos = collect(env.expert, env, n=200, seed=start)
        learner = student.new("play", demos.obs, demos.act, start % 1000)

        def driver(obs, learner=learner, start=start):
            return torch.as_tensor(student.call("steer", learner, obs, start))

        drive = rollout(driver, env, n=200, seed=start)
        hit = drive.cost[:, -1] > 0
        left = env.on_left(drive.state[:, -1]) & ~hit
        fates.append((float(left.float().mean()), float(hit.float().mean())))
        if fates[-1][0] >= 0.9 and fates[-1][1] <= 0.05:
            return
    raise AssertionError("the game ends on the side that more experts take, clear of the tree")


hidden_game()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the tree, before and after the game
#
# Where 400 cars are beside the tree (shaded), by their distance from it sideways: experts, a
# clone, and the same clone after your game. The clone's cars must lie on both sides and in the
# tree's band; the player's must be one hill on the left, nearly all clear of it.


# %% nbgrader={"grade_id": "game-picture"}
def game_picture():
    env = il.Fork(left=LEFT, spread=0.4)
    shown = il.collect(env.expert, env, n=EPISODES, seed=0)
    drives = {"expert": il.collect(env.expert, env, n=400, seed=1)}
    for name, learner in (("clone", clone), ("game", play)):
        drives[name] = il.rollout(learner(shown.obs, shown.act), env, n=400, seed=1)
    _, axes = plt.subplots(3, 1, figsize=(5.5, 3.6), sharex=True, layout="constrained")
    for ax, (name, drive) in zip(axes, drives.items()):
        beside = drive.obs[:, 3]
        hit = (drive.cost[:, -1] > 0).float().mean()
        ax.axvspan(-0.4, 0.4, color="#009E73", alpha=0.2)
        ax.hist(numbers(beside[:, 1] - beside[:, 2]), bins=60, range=(-1.6, 1.6), color="#0072B2")
        ax.set(yticks=[], ylabel=name, xlim=(1.6, -1.6))
        ax.text(-0.6, 0.7 * ax.get_ylim()[1], f"{hit:.0%} hit the tree")
    axes[2].set(xlabel="metres to the left of the tree")
    plt.show()


game_picture()

# %% [markdown]
# ## Bonus (no points): a game that covers
#
# Every divergence has its game. For KL take $g(V) = V$, so that the critic's loss of a sample is
# $-V(a^\star + b \varepsilon') + e^{V(\hat a) - 1}$ and the price of an action
# $-e^{V(\hat a) - 1}$, with $V = 1 + N - \log q_b$. Write its losses, put them in the place of
# `game_losses` in a copy of the locked cell, and see where it ends: the same players, samples and
# networks, and another $f$.


# %% nbgrader={"grade_id": "bonus", "solution": true}
def covering_losses(critic, frozen, mean, log_std, expert, noise, blur):
    """One move of the game for KL: both players' losses.

    Arguments and results as in game_losses: two tensors [n].
    """
    ### BEGIN SOLUTION
    std = (torch.exp(2 * log_std) + blur**2).sqrt()
    fake = mean + std * noise[0]
    real = expert + blur * noise[1]
    blurred = torch.distributions.Normal(mean.detach(), std.detach())

    def value(network, act):
        return 1 + network(act) - blurred.log_prob(act).sum(-1)

    judged = torch.exp(value(critic, fake.detach()) - 1) - value(critic, real)
    return judged, -torch.exp(value(frozen, fake) - 1)
    ### END SOLUTION
