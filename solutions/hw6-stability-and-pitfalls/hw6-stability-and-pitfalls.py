# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.theory.stability, ilkit.policies.nonsimple, ilkit.learners.exploratory]
#     choices:
#       RATE: [0.95, 0.94, 0.96]
#       GAIN: [1.5, 1.4, 1.6]
#       RHO: [1.5, 1.3, 1.8]
#       HORIZON: [24, 20, 28]
# ---

# %% [markdown]
# # Homework 6: stability and pitfalls
#
# *After chapters [11]({{ site_url }}/book/11-stability.html),
# [12]({{ site_url }}/book/12-pitfalls.html) and
# [13]({{ site_url }}/book/13-beyond-simple-policies.html). Three to five hours; any laptop will do,
# nothing is trained for longer than a linear regression takes.*
#
# Real actions are never exactly right. What a small error leads to is decided by the dynamics, and
# by whose loop they are in. You will write
#
# - the constants of incremental stability: the radius, the bound, a proof by finitely many powers,
#   a fit to pairs of runs;
# - the challenging pair, and the exponential growth that no consistent learner escapes;
# - the ways out: policies that are not simple, action chunks, exploratory data.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook, `hw6-stability-and-pitfalls-written`,
# carries 10 further points.
#
# Inputs are NumPy arrays and plain numbers; return arrays or numbers, from NumPy, SciPy or torch as
# you like. What you are asked to write also stands in `ilkit`: while your notebook is graded,
# `ilkit.theory.stability`, `ilkit.policies.nonsimple` and `ilkit.learners.exploratory` are
# withheld.
#
# The letters are those of chapter 11. A state $x$ has $d$ coordinates, an action $u$ has $m$, and
# $\lvert x \rvert$ is the Euclidean length. A run has the states $x_1, \dots, x_{H+1}$ and the
# actions $u_1, \dots, u_H$; arrays hold them in this order, so that index 0 is step 1. $\lVert A
# \rVert$ is the largest singular value of $A$.

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

np.random.seed(0)
torch.manual_seed(0)


def returned(x):
    """What a function of yours returned, unless it forgot to."""
    assert x is not None, "your function returned None: is there a return?"
    return x


def numbers(x):
    """A plain array of a result, whatever it was computed with."""
    x = returned(x)
    return np.asarray(x.detach().cpu() if isinstance(x, torch.Tensor) else x, dtype=float)


def number(x):
    """A single number of a result."""
    x = numbers(x)
    assert x.size == 1, f"expected a single number, got an array of shape {x.shape}"
    return float(x.reshape(()))


# %% nbgrader={"grade_id": "sizes"}
# What the checks and pictures use: leave it as it is.
RATE = 0.95  # at which the powers of a matrix of radius 0.9 are bounded
GAIN = 1.5  # corner entry of the challenging pair
RHO = 1.5  # growth of the system whose sign is unknown
HORIZON = 24
SYSTEMS = np.array([[[GAIN, 1.0], [-0.75, 0.0]], [[-GAIN, 1.0], [-0.75, 0.0]]])
EXPERTS = np.array([[[-GAIN, -1.0], [0.75, 0.5]], [[GAIN, -1.0], [0.75, 0.5]]])

# %% [markdown]
# ## Part 1: the radius (6 points)
#
# A linear system $x_{t+1} = A x_t + B u_t$ is stable if and only if its **spectral radius** is
# below one,
#
# $$\rho(A) = \max_j \lvert \lambda_j \rvert ,$$
#
# the largest *modulus* of an eigenvalue, real or complex. Beyond one, an error grows by $\rho(A)$ a
# step in the long run. To be `factor` times more precise then buys the number of steps in which the
# error grows by `factor`. At a radius of one or below there is no such growth, and nothing limits
# the steps: return `math.inf`.


# %% nbgrader={"grade_id": "radius", "solution": true}
def spectral_radius(A):
    """The largest modulus of an eigenvalue.

    A: [d, d], real
    returns: a number
    """
    ### BEGIN SOLUTION
    return abs(np.linalg.eigvals(A)).max()
    ### END SOLUTION


def steps_bought(A, factor):
    """How many more steps an error lasts that is smaller by `factor`, not rounded.

    A: [d, d], real; factor: a number above 1
    returns: a number; math.inf if the radius is at most 1
    """
    ### BEGIN SOLUTION
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(factor) / math.log(rate) if rate > 1 else math.inf
    ### END SOLUTION


# %% nbgrader={"grade_id": "radius-check"}
def check_radius():
    turn = np.array([[0.0, -1.1], [1.1, 0.0]])
    flip = np.array([[-1.2, 0.0], [0.0, 0.5]])
    shear = np.array([[0.9, 10.0], [0.0, 0.8]])
    assert number(spectral_radius(flip)) > 1, "-1.2 is at distance 1.2 from zero: take the modulus"
    got = number(spectral_radius(turn))
    assert got > 0, "the eigenvalues of a quarter turn are imaginary: their real part says nothing"
    assert np.isclose(got, 1.1), f"this turn makes every vector longer by 10 %, got {got:g}"
    got = number(spectral_radius(shear))
    assert got < 1, f"that is a norm of A, {got:.1f}; its eigenvalues are 0.9 and 0.8"
    assert np.isclose(got, 0.9), f"eigenvalues 0.9 and 0.8, got {got:g}"
    got = number(spectral_radius(shear.T))
    assert np.isclose(got, 0.9), (
        f"the transpose has the same eigenvalues, got {got:g}: A is general"
    )
    got = number(steps_bought(turn, 1.1))
    assert np.isclose(got, 1), (
        f"an error that grows by 1.1 a step is 1.1 times as large after 1 step, got {got:g}"
    )
    got = number(steps_bought(turn, 1.21))
    assert np.isclose(got, 2), f"and 1.1 squared times as large in 2 steps, got {got:g}"
    got = number(steps_bought(turn, 2.0))
    assert np.isclose(1.1**got, 2), f"1.1 to the power of your {got:g} is not 2: do not round"
    assert number(steps_bought(shear, 10.0)) == math.inf, "a stable system sets no limit: math.inf"
    assert number(steps_bought(np.eye(2), 10.0)) == math.inf, "at a radius of one nothing grows"


check_radius()
print("radius: the visible check passes")


# %% nbgrader={"grade_id": "radius-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_radius():
    import numpy as np
    import scipy.linalg

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("radius"))
    for trial in range(6):
        size, angle, real = rng.uniform(0.5, 2.0), rng.uniform(0.6, 2.4), rng.uniform(-2, 2, size=2)
        turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        inner = scipy.linalg.block_diag(turn, *real[: trial % 3, None, None])
        d = len(inner)
        v = np.linalg.qr(rng.normal(size=(d, d)))[0] + 0.3 * rng.normal(size=(d, d)) / d
        a = v @ inner @ np.linalg.inv(v)
        radius = max([size, *abs(real[: trial % 3])])
        values = np.append(real[: trial % 3], size * np.cos(angle))
        faults = {
            "a complex eigenvalue counts by its modulus, not by its real part": abs(values).max(),
            "a negative eigenvalue counts by its modulus": values.max(),
            "that is the norm of A, which one step can reach, not the radius": np.linalg.norm(a, 2),
        }
        got = student.call("spectral_radius", a)
        expect.close(got, radius, "the largest modulus of an eigenvalue", faults=faults)
        rate, factor = rng.uniform(1.02, 1.8), rng.uniform(1.5, 1e4)
        steps = expect.shape(
            student.call("steps_bought", a * rate / radius, factor), (), "steps bought"
        )
        expect.close(rate**steps / factor, 1.0, "in these steps an error grows by `factor`", 1e-3)
        slow = student.call("steps_bought", a * rng.uniform(0.3, 0.98) / radius, factor)
        assert np.isposinf(expect.shape(slow, (), "steps bought")), (
            "at a radius of one and below, no number of steps is the price"
        )
    one = student.call("steps_bought", np.eye(3), factor)
    assert np.isposinf(expect.shape(one, (), "steps bought")), "at a radius of one nothing grows"


hidden_radius()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: the bound of E-ISS (8 points)
#
# A system is exponentially incrementally input-to-state stable, E-ISS, with constants $C$ and $\rho
# < 1$ if any two runs obey
#
# $$\lvert x_{t+1} - x'_{t+1} \rvert
#   \le C \rho^t \, \lvert x_1 - x'_1 \rvert
#   + C \sum_{k=1}^t \rho^{t-k} \, \lvert u_k - u'_k \rvert ,
#   \qquad t = 1, 2, \dots$$
#
# The start is forgotten at the rate $\rho$, and so is each input: at $t$ the newest input error
# counts in full and the oldest least. Write the right side for $n$ pairs of runs at once. And write
# what is left of it after infinitely many steps, when the inputs differ by $\delta$ at each step.


# %% nbgrader={"grade_id": "eiss-bound", "solution": true}
def eiss_bound(C, rho, start, inputs):
    """The right side at t = 1, ..., H.

    C, rho: numbers; start: [n], gaps of the starts; inputs: [n, H], gaps of the inputs
    returns: [n, H], in column 0 the bound on the gap at step 2, and so on
    """
    ### BEGIN SOLUTION
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.stack(bounds, 1)
    ### END SOLUTION


def settled(C, rho, delta):
    """The limit of the bound for t to infinity, if all inputs differ by delta.

    C, rho, delta: numbers
    returns: a number
    """
    ### BEGIN SOLUTION
    return C * delta / (1 - rho)
    ### END SOLUTION


# %% nbgrader={"grade_id": "eiss-bound-check"}
def check_eiss_bound():
    start, silent = np.array([1.0, 2.0]), np.zeros((2, 3))
    got = numbers(eiss_bound(3.0, 0.5, start, silent))
    assert got.shape == (2, 3), f"2 pairs and 3 steps need shape (2, 3), got {got.shape}"
    assert not np.allclose(got[0], [3, 1.5, 0.75]), (
        "at t = 1 the start has been forgotten once already: C rho^1"
    )
    assert not np.allclose(got[0], [0.5, 0.25, 0.125]), "C stands before both terms"
    assert np.allclose(got[0], [1.5, 0.75, 0.375]), f"3 / 2, 3 / 4, 3 / 8 expected, got {got[0]}"
    assert np.allclose(got[1], 2 * got[0]), "each pair has a start of its own"
    early = numbers(eiss_bound(3.0, 0.5, 0 * start, np.array([[1.0, 0.0, 0.0]] * 2)))[0]
    assert early[0] == 3, (
        f"the newest input error is not discounted: expected C = 3, got {early[0]}"
    )
    assert np.allclose(early, [3, 1.5, 0.75]), (
        f"an input error of step 1 alone is then forgotten, by a half a step: got {early}"
    )
    late = numbers(eiss_bound(3.0, 0.5, 0 * start, np.array([[0.0, 0.0, 1.0]] * 2)))[0]
    assert np.allclose(late, [0, 0, 3]), f"an error of step 3 cannot show before t = 3: got {late}"
    limit = number(settled(3.0, 0.5, 0.1))
    long = numbers(eiss_bound(3.0, 0.5, np.zeros(1), np.full((1, 60), 0.1)))[0, -1]
    assert np.isclose(limit, long), f"after 60 steps your bound is {long:g}, your limit {limit:g}"


check_eiss_bound()
print("bound: the visible check passes")


# %% nbgrader={"grade_id": "eiss-bound-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_eiss_bound():
    import numpy as np
    from scipy.signal import lfilter

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("eiss-bound"))
    for n, steps in ((4, 9), (1, 1), (3, 2), (2, 40)):
        c, rho = rng.uniform(1.5, 4), rng.uniform(0.2, 0.95)
        start, inputs = rng.uniform(0.1, 2, size=n), rng.exponential(size=(n, steps))
        t = np.arange(1, steps + 1)
        driven = c * lfilter([1.0], [1.0, -rho], inputs, axis=1)
        free = c * start[:, None] * rho**t
        lag = c * lfilter([0.0, 1.0], [1.0, -rho], inputs, axis=1)
        faults = {
            "at t = 1 the start has been forgotten once already": free / rho + driven,
            "the newest input error is not discounted": free + rho * driven,
            "the input of step t acts at step t + 1 already": free + lag,
            "C stands before both terms": free / c + driven,
            "the newest input counts in full, the oldest least": free
            + c * np.cumsum(inputs * rho**t, axis=1),
            "inputs are forgotten, too": free + c * np.cumsum(inputs, axis=1),
        }
        got = student.call("eiss_bound", c, rho, start, inputs)
        expect.close(got, free + driven, "the right side of E-ISS at each t", faults=faults)
    c, rho, delta = rng.uniform(1.5, 4), rng.uniform(0.2, 0.9), rng.uniform(0.1, 3)
    series = c * delta * (rho ** np.arange(2000)).sum()
    got = student.call("settled", c, rho, delta)
    faults = {"C belongs to it": series / c, "the errors of all steps add up": c * delta}
    expect.close(got, series, "the limit is the sum of a geometric series", faults=faults)


hidden_eiss_bound()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: a proof by finitely many powers (9 points)
#
# For $x_{t+1} = A x_t + u_t$ the best constant at the rate $\rho$ is the least $C$ with
# $\lVert A^t \rVert \le C \rho^t$ for *all* $t \ge 0$. Those are infinitely many conditions, and
# finitely many suffice. If
#
# $$\lVert A^m \rVert \le \rho^m \quad \text{for some } m \ge 1, \qquad \text{then} \qquad
#   C = \max_{0 \le j < m} \frac{\lVert A^j \rVert}{\rho^j}$$
#
# does, because $\lVert A^{qm + j} \rVert \le \lVert A^m \rVert^q \lVert A^j \rVert$. If $\rho >
# \rho(A)$ there is such an $m$. For a rate that is not above the radius return `math.inf` instead
# of looking for ever.


# %% nbgrader={"grade_id": "certify", "solution": true}
def certify(A, rho):
    """The least C with |A^t| <= C rho^t for every t >= 0.

    A: [d, d], real; rho: a number below 1
    returns: a number, at least 1; math.inf if rho is not above the spectral radius
    """
    ### BEGIN SOLUTION
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    while np.linalg.norm(power, 2) > scale:
        C = max(C, np.linalg.norm(power, 2) / scale)
        power, scale = power @ A, scale * rho
    return C
    ### END SOLUTION


# %% nbgrader={"grade_id": "certify-check"}
def check_certify():
    got = number(certify(np.array([[0.0, -0.5], [0.5, 0.0]]), 0.6))
    assert got >= 1, f"t = 0 counts, too: the identity has the norm 1, got C = {got:g}"
    assert not np.isclose(got, math.sqrt(2)), (
        "the norm is the largest singular value, np.linalg.norm(A, 2)"
    )
    assert np.isclose(got, 1), f"a turn that shrinks by a half never grows: C = 1, got {got:g}"
    jordan = np.array([[0.9, 1.0], [0.0, 0.9]])
    norms = [np.linalg.norm(np.linalg.matrix_power(jordan, t), 2) for t in range(200)]
    for rate in (RATE, 0.92):
        got, bound = number(certify(jordan, rate)), rate ** np.arange(200)
        for t in range(200):
            assert norms[t] <= got * bound[t] * 1.0001, (
                f"at the rate {rate} your C = {got:.3f} does not bound the power t = {t}: the "
                "ratio rises before it falls"
            )
        assert (norms >= 0.9999 * got * bound).any(), (
            f"at the rate {rate} your C = {got:.3f} bounds all powers, but is not the least"
        )
    ring = np.diag([3.0, 0.5, 3.0], -1)
    ring[0, 3] = 0.1
    got = number(certify(ring, 0.85))
    assert np.isclose(got, 4.5 / 0.85**3), (
        "norms of powers may rise again: here they are 3, 1.5, 4.5 and 0.45, and at the rate 0.85 "
        f"only the fourth is below its rho^m; 4.5 / 0.85^3 = 7.33 is the least C, got {got:.2f}"
    )
    got = number(certify(jordan, 0.85))
    assert got == math.inf, f"the radius is 0.9: no C belongs to the rate 0.85, got {got:g}"


check_certify()
print("certificate: the visible check passes")


# %% nbgrader={"grade_id": "certify-test", "points": 9}
# Hidden tests grade this part (9 points).
### BEGIN HIDDEN TESTS
def hidden_certify():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("certify"))
    low, high = rng.uniform(0.3, 0.5), rng.uniform(2.5, 3.5)
    ring = np.roll(np.diag([high, low, high, 0.02]), 1, axis=1)  # ratios rise, fall, rise
    shear = np.array([[0.8, rng.uniform(2, 9)], [0.0, rng.uniform(0.3, 0.7)]])
    mixed = rng.normal(size=(4, 4))
    mixed *= 0.8 / abs(np.linalg.eigvals(mixed)).max()
    turn = 0.7 * np.linalg.qr(rng.normal(size=(3, 3)))[0]
    late = np.array([[0.84, rng.uniform(1, 3)], [0.0, 0.84]])  # its ratio rises for 84 steps
    for a in (ring, shear, mixed, turn, shear.T, late):
        for rho in (0.85, 0.93):
            powers = [np.eye(len(a))]
            for _ in range(400):
                powers.append(powers[-1] @ a)
            norms = np.linalg.norm(np.array(powers), 2, axis=(1, 2))
            ratios = norms / rho ** np.arange(401)
            got = expect.shape(student.call("certify", a, rho), (), "C")
            assert got >= ratios.max() * (1 - 1e-4), (
                "a constant that some power exceeds: follow the powers until |A^m| <= rho^m"
            )
            frobenius = np.sqrt((np.array(powers) ** 2).sum((1, 2))) / rho ** np.arange(401)
            faults = {"the norm is the largest singular value": frobenius.max()}
            idea = "the least constant, which some power attains"
            expect.close(got, ratios.max(), idea, faults=faults)
    grows = mixed * rng.uniform(1.3, 1.6)
    for a, rho in ((shear, 0.75), (grows, 0.99)):
        got = expect.shape(student.call("certify", a, rho), (), "C")
        assert np.isposinf(got), "no constant belongs to a rate below the radius"


hidden_certify()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the same radius, three constants
#
# Three matrices of radius 0.9. Solid, the norms of their powers; dashed, your bounds $C \rho^t$ at
# the rate {{ RATE }}. No solid line may cross its dashed one, and each must touch it where the
# ratio is largest, the turn's at $t = 0$. The radius tells how it ends, $C$ what happens before.


# %% nbgrader={"grade_id": "certify-picture"}
def certify_picture():
    cos, sin = 0.9 * math.cos(0.5), 0.9 * math.sin(0.5)
    matrices = {
        "turn": ([[cos, -sin], [sin, cos]], "#009E73"),
        "one eigenvector": ([[0.9, 1.0], [0.0, 0.9]], "#0072B2"),
        "strong shear": ([[0.9, 10.0], [0.0, 0.8]], "#D55E00"),
    }
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    t = np.arange(61)
    for name, (rows, colour) in matrices.items():
        A = np.array(rows)
        norms = [np.linalg.norm(np.linalg.matrix_power(A, k), 2) for k in t]
        C = number(certify(A, RATE))
        ax.semilogy(t, norms, color=colour, label=f"{name}, C = {C:.1f}")
        ax.semilogy(t, C * RATE**t, "--", color=colour, linewidth=0.9)
    ax.set(xlabel="power t", ylabel="norm of the power", ylim=(1e-3, 300))
    ax.legend(frameon=False)
    plt.show()


certify_picture()

# %% [markdown]
# ## Part 4: constants from runs (10 points)
#
# Nonlinear systems have no radius. Constants can be fitted: run pairs of runs of the same system,
# measure how far apart they are, and look for constants that bound what was seen.
#
# For a given $\rho$ let $b_t$ be the right side of E-ISS with $C = 1$,
#
# $$b_t = \rho^t \, \lvert x_1 - x'_1 \rvert
#   + \sum_{k=1}^t \rho^{t-k} \, \lvert u_k - u'_k \rvert ;$$
#
# the least $C \ge 1$ that bounds all pairs at all $t$ is the largest ratio of gap to $b_t$, or 1 if
# that is larger. Among all candidates for $\rho$ take the one whose constants promise most, with
# the least $C / (1 - \rho)$.


# %% nbgrader={"grade_id": "fit-eiss", "solution": true}
def pair_gaps(f, x, y, u, v):
    """How far n pairs of runs of x' = f(x, u) are apart, and their inputs.

    f: one step of a batch, states [n, d] and inputs [n, m] to states [n, d]
    x, y: the two first states of each pair, [n, d]; u, v: their inputs, [n, H, m]
    returns: gaps of the states [n, H + 1], the starts included, and of the inputs [n, H]
    """
    ### BEGIN SOLUTION
    gaps = [np.linalg.norm(x - y, axis=1)]
    for t in range(u.shape[1]):
        x, y = f(x, u[:, t]), f(y, v[:, t])
        gaps.append(np.linalg.norm(x - y, axis=1))
    return np.array(gaps).T, np.linalg.norm(u - v, axis=2)
    ### END SOLUTION


def fit_eiss(gaps, inputs, rates):
    """The constants with the least C / (1 - rho), C >= 1, that bound all pairs.

    gaps: [n, H + 1]; inputs: [n, H]; the gaps of starts are above 0
    rates: [r], candidates for rho in (0, 1)
    returns: two numbers, C and rho
    """
    ### BEGIN SOLUTION
    best, promise = None, math.inf
    for rho in map(float, rates):
        reach, C = gaps[:, 0], 1.0
        for t in range(inputs.shape[1]):
            reach = rho * reach + inputs[:, t]
            C = max(C, (gaps[:, t + 1] / reach).max())
        if C / (1 - rho) < promise:
            best, promise = (C, rho), C / (1 - rho)
    return best
    ### END SOLUTION


# %% nbgrader={"grade_id": "fit-eiss-check"}
def check_fit_eiss():
    def half(x, u):
        return 0.5 * x + u

    x, y = np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 4.0], [0.0, 1.0]])
    u, v = np.zeros((2, 3, 2)), np.zeros((2, 3, 2))
    v[1, 2] = 0.6, 0.8
    gaps, inputs = map(numbers, returned(pair_gaps(half, x, y, u, v)))
    assert gaps.shape == (2, 4), f"3 steps lead through 4 states: expected (2, 4), got {gaps.shape}"
    assert inputs.shape == (2, 3), f"expected (2, 3) for the inputs, got {inputs.shape}"
    assert gaps[0, 0] == 5, f"(3, 0) and (0, 4) are 5 apart, got {gaps[0, 0]:g}"
    assert np.allclose(gaps[0], [5, 2.5, 1.25, 0.625]), f"each step halves the gap, got {gaps[0]}"
    assert np.allclose(inputs[1], [0, 0, 1]), (
        f"the inputs differ in step 3 alone, by (0.6, 0.8), which has length 1: got {inputs[1]}"
    )
    assert np.isclose(gaps[1, 3], math.hypot(0.6, 0.925)), "does each run get its own inputs?"
    rates = np.array([0.3, 0.5, 0.7])
    starts, silent = np.array([[1, 2, 1, 0.5, 0.25], [1, 1, 0.5, 0.2, 0.1]]), np.zeros((2, 4))
    C, rho = map(number, returned(fit_eiss(starts, silent, rates)))
    assert rho != 0.3, (
        "at the rate 0.3 the first pair needs C = 31 by the last step: C / (1 - rho) is not least"
    )
    assert rho != 0.7, (
        "a larger rho buys a smaller C, but what counts is C / (1 - rho); is C the largest ratio "
        f"over all pairs and all steps? At rho = 0.7 yours is {C:.2f}"
    )
    assert np.isclose(C, 4), (
        "the first pair has gaps 2, 1, 1/2, 1/4 against 1/2, 1/4, 1/8, 1/16, the second is tamer: "
        f"all pairs count, and the largest ratio is 4, got {C:g}"
    )
    driven, pushes = np.array([[1.0, 1.5, 1.5, 0.375]]), np.array([[1.0, 0.0, 0.0]])
    C, rho = map(number, returned(fit_eiss(driven, pushes, rates[1:2])))
    assert np.isclose(C, 2), (
        "a start of 1 and an input error of 1 in step 1 bound the gaps by 1.5, 0.75 and 0.375 at "
        f"the rate 0.5; seen are 1.5, 1.5 and 0.375, so that C = 2, got {C:g}"
    )
    C, rho = map(number, returned(fit_eiss(starts * [1, 0.01, 0.01, 0.01, 0.01], silent, rates)))
    assert C >= 1, f"C is never below 1: at equal inputs t = 0 would be violated, got {C:g}"


check_fit_eiss()
print("fit: the visible check passes")


# %% nbgrader={"grade_id": "fit-eiss-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_fit_eiss():
    import numpy as np
    from scipy.signal import lfilter

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("fit-eiss"))
    n, d, m, steps = 3, 2, 2, 6
    a, b = rng.normal(size=(d, d)) / 2, rng.normal(size=(d, m))
    x, y = rng.normal(size=(2, n, d))
    u, v = rng.normal(size=(2, n, steps, m))

    def step(state, act):
        assert state.shape[1:] == (d,), "f takes a batch of states [n, d]"
        assert act.shape == (len(state), m), "f takes a batch of inputs [n, m]"
        return state @ a.T + act @ b.T

    got = student.call("pair_gaps", step, x, y, u, v)
    assert isinstance(got, list), "pair_gaps returns two arrays"
    assert len(got) == 2, "pair_gaps returns two arrays"
    power = [np.linalg.matrix_power(a, j) for j in range(steps + 1)]
    gap = [x - y]
    for t in range(1, steps + 1):  # unrolled: no step depends on the one before
        driven = [(u - v)[:, k] @ b.T @ power[t - 1 - k].T for k in range(t)]
        gap.append((x - y) @ power[t].T + sum(driven))
    want = np.sqrt((np.array(gap) ** 2).sum(2)).T
    expect.close(got[0], want, "distances of the states, the starts included")
    faults = {"a distance is a Euclidean length": abs(u - v).sum(2)}
    expect.close(got[1], np.sqrt(((u - v) ** 2).sum(2)), "distances of the inputs", faults=faults)

    for trial in range(6):
        n, steps = ((5, 12), (1, 30), (8, 3))[trial % 3]
        c, rho = rng.uniform(1.2, 5), rng.uniform(0.4, 0.9)
        start, inputs = rng.uniform(0.5, 2, size=n), rng.exponential(size=(n, steps))
        inputs *= (trial > 2) * rng.uniform(0.1, 1)
        t = np.arange(1, steps + 1)
        seen = start[:, None] * rho**t + lfilter([1.0], [1.0, -rho], inputs, axis=1)
        seen = c * seen * rng.uniform(0.3, 1, size=(n, steps))
        rates = np.sort(rng.uniform(0.1, 0.98, size=25))
        if trial == 5:
            seen *= 1e-3  # nothing was ever far apart: C = 1 with the least rate
        ratios = []
        for r in rates:
            unit = start[:, None] * r**t + lfilter([1.0], [1.0, -r], inputs, axis=1)
            ratios.append((seen / unit).max())
        ratios = np.array(ratios)
        constants = np.maximum(1, ratios)
        best = (constants / (1 - rates)).argmin()
        least, bare = constants.argmin(), (ratios / (1 - rates)).argmin()
        faults = {
            "what counts is C / (1 - rho), not C alone": (constants[least], rates[least]),
            "C is never below 1": (ratios[bare], rates[bare]),
        }
        gaps = np.column_stack([start, seen])
        got = student.call("fit_eiss", gaps, inputs, rates)
        want = constants[best], rates[best]
        expect.close(got, want, "the constants that promise most among all rates", faults=faults)


hidden_fit_eiss()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the hanging pendulum
#
# Twenty pairs of hanging pendulums with equal inputs, and one bound from your constants, for a pair
# that starts 1 apart. Below it, each pair's gap divided by its first. No line may cross the bound,
# one must touch it. (The constants hold for what was sampled, near the bottom, and prove nothing.)


# %% nbgrader={"grade_id": "fit-eiss-picture"}
def fit_picture():
    def swing(x, u):
        speed = x[:, 1] + 0.1 * (-np.sin(x[:, 0]) - 0.5 * x[:, 1] + 2 * u[:, 0])
        return np.stack([x[:, 0] + 0.1 * speed, speed], 1)

    rng = np.random.default_rng(0)
    x, y = 0.3 * rng.normal(size=(2, 20, 2))
    u = 0.1 * rng.normal(size=(20, 60, 1))
    gaps, inputs = map(numbers, pair_gaps(swing, x, y, u, u))
    C, rho = map(number, fit_eiss(gaps, inputs, np.linspace(0.5, 0.995, 100)))
    t = np.arange(61)
    _, ax = plt.subplots(figsize=(6, 3), layout="constrained")
    ax.semilogy(t, (gaps / gaps[:, :1]).T, color="#0072B2", linewidth=0.6)
    ax.semilogy(t, C * rho**t, "--", color="black")
    ax.set(xlabel="steps", ylabel="gap over the first", title=f"C = {C:.2f}, rho = {rho:.3f}")
    plt.show()


fit_picture()

# %% [markdown]
# ## Part 5: the challenging pair (9 points)
#
# Two systems $x_{t+1} = A_i x_t + u_t$ with experts $u = K_i x$ share what happens on the second
# axis:
#
# $$A_i = \begin{pmatrix} a_i & b \\ c_i & d \end{pmatrix}, \qquad
#   K_i e_2 = \begin{pmatrix} -b \\ q \end{pmatrix}, \qquad i = 1, 2.$$
#
# Demonstrations that begin on this axis stay there, and are the same in both. So a learner knows
# $\hat K e_2$ and nothing else; a gain is **consistent** if $\hat K e_2 = K_i e_2$. Which
# consistent gain has the least *worse* radius $\max_i \rho(A_i + \hat K)$? Its entry $(1, 1)$ is
# what you choose; its entry $(2, 1)$ changes no radius. Look at $A_i + \hat K$: which entries are
# its eigenvalues?
#
# This knows both $A_i$, which is more than any learner from data knows. It is the best that any
# could do.


# %% nbgrader={"grade_id": "pair", "solution": true}
def worse_radius(A, gain):
    """The larger of the two spectral radii of A_i + gain.

    A: [2, 2, 2], the two systems; gain: [2, 2]
    returns: a number
    """
    ### BEGIN SOLUTION
    return abs(np.linalg.eigvals(A + gain)).max()
    ### END SOLUTION


def best_consistent(A, K):
    """A consistent gain with the least worse radius.

    A: [2, 2, 2], the two systems; K: [2, 2, 2], their experts
    returns: [2, 2]
    """
    ### BEGIN SOLUTION
    gain = K[0].copy()
    gain[0, 0] = -(A[0, 0, 0] + A[1, 0, 0]) / 2
    return gain
    ### END SOLUTION


# %% nbgrader={"grade_id": "pair-check"}
def check_pair():
    for i in (0, 1):
        got = number(worse_radius(SYSTEMS, EXPERTS[i]))
        assert not np.isclose(got, 0.5), (
            f"expert {i + 1} in its own system has the radius 0.5; in the other it is worse"
        )
        assert np.isclose(got, 2 * GAIN), (
            f"the gain of expert {i + 1} in the other system multiplies the first coordinate by "
            f"{2 * GAIN:g}: expected that, got {got:g}"
        )
    still = number(worse_radius(SYSTEMS, np.zeros((2, 2))))
    assert np.isclose(still, math.sqrt(0.75)), (
        f"left alone, both have complex eigenvalues of modulus sqrt(0.75) = 0.866, got {still:g}"
    )
    tilted = np.array([[[1.7, 1.0], [-0.75, 0.0]], [[0.1, 1.0], [-0.75, 0.0]]])
    for A in (SYSTEMS, tilted):
        K = np.array([[[0.3 - a, -1.0], [0.75, 0.5]] for a in A[:, 0, 0]])
        gain = numbers(best_consistent(A, K))
        assert gain.shape == (2, 2), f"expected a gain of shape (2, 2), got {gain.shape}"
        assert np.allclose(gain @ [0, 1], [-1, 0.5]), (
            "not consistent: on the second axis your gain must act as both experts do, "
            f"which send (0, 1) to (-1, 0.5); it sends it to {gain @ [0, 1]}"
        )
        rates = [max(abs(np.linalg.eigvals(M + gain))) for M in A]
        assert np.isclose(rates[0], rates[1]), (
            f"your gain has the radii {rates[0]:.3f} and {rates[1]:.3f}: moving the entry (1, 1) "
            "lowers the larger one until they are equal"
        )


check_pair()
print("pair: the visible check passes")


# %% nbgrader={"grade_id": "pair-test", "points": 9}
# Hidden tests grade this part (9 points).
### BEGIN HIDDEN TESTS
def hidden_pair():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("pair"))
    for _ in range(6):
        corner, b, d = rng.uniform(-2, 2, size=2), rng.normal(), rng.uniform(-0.5, 0.5)
        below, q = rng.normal(size=2), rng.uniform(-0.4, 0.4) - d
        corner[1] = corner[0] + rng.choice([-1, 1]) * rng.uniform(2.2, 3.8)
        a = np.array([[[x, b], [y, d]] for x, y in zip(corner, below)])
        left = rng.uniform(-0.9, 0.9, size=2)  # what the experts leave of a_i
        k = np.array([[[z - x, -b], [w, q]] for x, z, w in zip(corner, left, rng.normal(size=2))])
        turn = rng.uniform(0.8, 2.2)  # a loop that turns has complex eigenvalues
        turn = 4 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        for gain in (rng.normal(size=(2, 2)), turn - a[int(rng.integers(2))]):
            loops = a + gain
            traces = np.trace(loops, axis1=1, axis2=2)
            roots = [np.roots([1, -t, np.linalg.det(m)]) for t, m in zip(traces, loops)]
            each = [abs(r).max() for r in roots]
            faults = {
                "the worse of the two systems counts, not the better one": min(each),
                "the worse of the two systems counts, not their mean": sum(each) / 2,
                "an eigenvalue counts by its modulus": max(abs(r.real).max() for r in roots),
            }
            got = student.call("worse_radius", a, gain)
            expect.close(got, max(each), "the larger of the two radii", faults=faults)
        gain = expect.shape(student.call("best_consistent", a, k), (2, 2), "gain")
        told = "a consistent gain acts on the second axis as the experts do"
        expect.close(gain[:, 1], k[0, :, 1], told)
        rates = abs(corner + gain[0, 0])
        idea = "midway between the systems the worse radius is least, half their distance"
        faults = {
            "midway is between the systems, not between the experts": abs(
                corner + k[:, 0, 0].mean()
            ).max(),
            "the gain cancels the mean of the a_i: check its sign": abs(
                corner + corner.mean()
            ).max(),
        }
        expect.close(rates.max(), abs(corner[0] - corner[1]) / 2, idea, faults=faults)


hidden_pair()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: exponential error (10 points)
#
# On the pair, a consistent learner without error never leaves the second axis. What pushes it off
# is something it must estimate: in the first step of chapter 12's
# [embedding]({{ site_url }}/book/12-pitfalls.html#pit-embedding) the system injects
# $-g(z)\, e_1$, the expert cancels it, and the learner cancels it up to an error $e$. From there on
# nobody errs on the expert's states any more:
#
# $$x_1 = \hat x_1 = y\, e_2, \qquad
#   x_{t+1} = (A + K)\, x_t, \qquad
#   \hat x_2 = (A + \hat K)\, \hat x_1 + e\, e_1, \quad \hat x_{t+1} = (A + \hat K)\, \hat x_t
#   \;\; (t \ge 2).$$
#
# Write the gap $\lvert \hat x_{t+1} - x_{t+1} \rvert$ and its growth a step, the number $r$ for
# which $\log \text{gap}_t \approx \alpha + t \log r$ in the sense of least squares over $t = 1,
# \dots, H$.
#
# Then read the lower bound. For learners from $n$ demonstrations and a $g$ with $s$ bounded
# derivatives, the expected cost of the worse system is at least
#
# $$\tfrac1{16} \min\{1, \; \tfrac12\, \beta^{H-1} (2n)^{-s}\} .$$
#
# From which horizon on is the minimum 1, and the number of demonstrations without effect?


# %% nbgrader={"grade_id": "exponential", "solution": true}
def push_gaps(A, K, gain, y, error, H):
    """Gap between learner and expert after one wrong first action.

    A, K, gain: [2, 2], system, expert's gain and learner's gain
    y, error: numbers; both start at (0, y), and the learner's first action is off by (error, 0)
    returns: [H], the gap at the states of steps 2, ..., H + 1
    """
    ### BEGIN SOLUTION
    expert = learner = np.array([0.0, y])
    push, gaps = np.array([error, 0.0]), []
    for _ in range(H):
        expert = (A + K) @ expert
        learner = (A + gain) @ learner + push
        push = 0 * push
        gaps.append(np.linalg.norm(learner - expert))
    return np.array(gaps)
    ### END SOLUTION


def growth(gaps):
    """The factor a step by which gaps grow, by least squares on their logarithms.

    gaps: [H], above 0, at t = 1, ..., H
    returns: a number
    """
    ### BEGIN SOLUTION
    slope, _ = np.polyfit(np.arange(len(gaps)), np.log(gaps), 1)
    return math.exp(slope)
    ### END SOLUTION


def worthless_from(beta, n, s):
    """The least horizon H >= 1 at which beta^(H - 1) (2 n)^-s / 2 is at least 1.

    beta: a number above 1; n, s: whole numbers, at least 1
    returns: a whole number
    """
    ### BEGIN SOLUTION
    H = 1
    while beta ** (H - 1) < 2 * (2 * n) ** s:
        H += 1
    return H
    ### END SOLUTION


# %% nbgrader={"grade_id": "exponential-check"}
def check_exponential():
    A, K = SYSTEMS[0], EXPERTS[0]
    gain = np.array([[0.0, -1.0], [0.75, 0.5]])
    got = numbers(push_gaps(A, K, gain, 0.7, 1e-3, HORIZON))
    assert got.shape == (HORIZON,), f"one gap for each of {HORIZON} steps, got shape {got.shape}"
    assert got[0] > 0, "the first gap is that after the first step, when the push has acted"
    assert not np.isclose(got[0], math.hypot(0.35, 1e-3)), (
        "the gap is the learner's distance from the expert, not from zero"
    )
    assert np.isclose(got[0], 1e-3), (
        f"after one step the learner is off by the push, got {got[0]:g}"
    )
    assert not np.isclose(got[1], 5e-4), "the push is (error, 0), off the axis and not along it"
    assert np.isclose(got[1], 1e-3 * GAIN), (
        f"off the axis this loop multiplies by {GAIN:g}, and nobody pushes again: got {got[1]:g}"
    )
    fine = numbers(push_gaps(A, K, K, 0.7, 1e-3, 5))
    assert np.allclose(fine[1:], 0), "the expert's own gain forgets the push in one step"
    lazy = numbers(push_gaps(A, K, np.zeros((2, 2)), 0.7, 0.0, 1))
    assert np.isclose(lazy[0], math.hypot(0.7, 0.35)), (
        f"each runs with its own gain: (0, 0.7) goes to (0.7, 0) and to (0, 0.35), got {lazy[0]:g}"
    )
    rate = number(growth(np.array([3.0, 6.0, 12.0, 24.0])))
    assert not np.isclose(rate, math.log(2)), (
        "that is the slope; the factor a step is its exponential"
    )
    assert np.isclose(rate, 2), f"3, 6, 12, 24 grows by 2 a step, got {rate:g}"
    rate = number(growth(np.array([1.0, 8.0, 1.0, 1.0])))
    assert np.isclose(rate, 2**-0.3), (
        "1, 8, 1, 1: the bump at the second of four steps tilts the line, to a factor of 0.812 "
        f"a step; the two ends alone would miss it: got {rate:.3f}"
    )
    assert np.isclose(number(growth(got)), GAIN), (
        "the gaps of the pair grow by one factor throughout"
    )
    assert number(worthless_from(2.0, 2, 1)) == 4, (
        "beta = 2, n = 2, s = 1: 2^(H - 1) must reach 2 * 4 = 8, at H = 4, and not later"
    )
    assert number(worthless_from(2.0, 2, 2)) == 6, (
        "beta = 2, n = 2, s = 2: 2^(H - 1) must reach 2 * 16, at H = 6: more derivatives, later"
    )
    assert number(worthless_from(1.5, 1000, 1)) == 22, (
        "chapter 12: 1.5^(H - 1) passes 4000 at H = 22"
    )


check_exponential()
print("exponential error: the visible check passes")


# %% nbgrader={"grade_id": "exponential-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_exponential():
    import numpy as np
    from scipy.stats import linregress

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("exponential"))
    power = np.linalg.matrix_power
    for trial in range(5):
        a, k, gain = rng.normal(size=(3, 2, 2)) * 0.7
        y, error, steps = rng.uniform(0.3, 1), rng.uniform(0.5, 1.0), int(rng.integers(6, 12))
        if trial < 2:  # consistent with the expert, and the axis is invariant
            k[:, 1] = -a[0, 1], rng.uniform(0.2, 0.5) - a[1, 1]
            gain[:, 1], gain[1, 0] = k[:, 1], -a[1, 0]
        start, axis = np.array([0, y]), np.array([error, 0])
        own = [power(a + gain, t) @ axis for t in range(steps)]
        ran = [power(a + gain, t + 1) @ start + x for t, x in enumerate(own)]
        led = [power(a + k, t + 1) @ start for t in range(steps)]
        faults = {
            "the gap is the distance from the expert, not from zero": np.linalg.norm(ran, axis=1),
            "the push acts in the first step alone": np.linalg.norm(
                np.array(ran) - own + np.cumsum(own, 0) - led, axis=1
            ),
        }
        gap = np.linalg.norm(np.array(ran) - led, axis=1)
        got = student.call("push_gaps", a, k, gain, y, error, steps)
        expect.close(got, gap, "the distance between learner and expert", faults=faults)
        if trial < 2:
            rate = abs(a[0, 0] + gain[0, 0])
            expect.close(got, error * rate ** np.arange(steps), "off the axis one number grows")
    for size in (4, 15):
        gaps = np.exp(rng.normal(size=size) + np.arange(size) * rng.normal() / 2)
        slope = linregress(np.arange(size), np.log(gaps)).slope
        faults = {
            "the factor a step is the exponential of the slope": slope,
            "all gaps count in a least-squares slope, not only the ends": (gaps[-1] / gaps[0])
            ** (1 / (size - 1)),
            "exponential growth is a line in t, not in log t": np.exp(
                linregress(np.log(np.arange(1, size + 1)), np.log(gaps)).slope
            ),
        }
        got = student.call("growth", gaps)
        expect.close(got, np.exp(slope), "the factor from a least-squares line", faults=faults)
    for beta, n, s in ((1.5, 1000, 1), (2.0, 8, 2), (2.0, 32, 1), (1.2, 50, 3), (1.9, 1, 1)):
        worst = [0.5 * beta ** (h - 1) * (2.0 * n) ** -s for h in range(1, 400)]
        want = 1 + int(np.argmax(np.array(worst) >= 1 - 1e-12))
        faults = {"the first step only pushes: the power is H - 1": want - 1}
        got = student.call("worthless_from", beta, n, s)
        expect.close(got, want, "the least horizon where the minimum is 1", 1e-6, faults=faults)


hidden_exponential()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: everything is benign, and the clone explodes
#
# A first error of a thousandth in the pair of this course, $a_i = \pm {{ GAIN }}$: left the first
# system, right the second. In each, three consistent gains with the entry $k$ in the corner. Every
# $k$ that is tame on one side is wild on the other. The best compromise, $k = 0$, grows on both
# sides, as steeply as the dashed line of slope $\log {{ GAIN }}$. (A gap of zero is drawn at
# $10^{-6}$.)


# %% nbgrader={"grade_id": "exponential-picture"}
def exponential_picture():
    _, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained", sharey=True)
    t = np.arange(2, HORIZON + 2)
    for A, K, ax in zip(SYSTEMS, EXPERTS, axes):
        for k, colour in ((-GAIN, "#0072B2"), (0.0, "#D55E00"), (GAIN, "#009E73")):
            gain = np.array([[k, -1.0], [0.75, 0.5]])
            gap = numbers(push_gaps(A, K, gain, 0.7, 1e-3, HORIZON))
            ax.semilogy(t, np.maximum(gap, 1e-6), color=colour, label=f"k = {k:g}")
        ax.semilogy(t, 2e-3 * GAIN ** (t - 2), "--", color="0.5")
        ax.set(xlabel="step", title=f"a = {A[0, 0]:g}")
    axes[0].set(ylabel="distance from the expert")
    axes[0].legend(frameon=False)
    plt.show()


exponential_picture()

# %% [markdown]
# ## Part 7: taking turns and shells (9 points)
#
# Off the axis, the pair leaves the learner with a sign that no demonstration shows:
#
# $$x_{t+1} = \xi \rho\, x_t + u_t , \qquad \xi = \pm 1, \quad \rho > 1 .$$
#
# Here $x_0$ is the start. No smooth function of $x$ brings it to zero under both signs (chapter
# [13]({{ site_url }}/book/13-beyond-simple-policies.html)). Two policies that are not simple do.
# Both *suppose* a sign and act as the expert who knows it: $u = -\rho x$ if they suppose $+$, and
# $u = +\rho x$ if they suppose $-$. A wrong guess multiplies $x$ by $2\rho$, up to its sign.
#
# - **In turn**: suppose $+$ at even $t$ and $-$ at odd $t$.
# - **By shells** of ratio $r > 1$: suppose $+$ if $r^j \le \lvert x \rvert < r^{j+1}$ for an even
#   whole number $j$, and $-$ if $j$ is odd; at $x = 0$ do nothing.
#
# How long the shells take depends on $r$. With $\alpha = \log(2\rho) / \log r$ a wrong guess moves
# $x$ by $\alpha$ shells. Let $d$ be the distance from $\alpha$ to the nearest *even* number. Then
# the longest time over all starts and both signs is $\lceil 1/d \rceil + 1$, and some starts never
# arrive if $d = 0$.


# %% nbgrader={"grade_id": "shells", "solution": true}
def in_turn(x, t, rho):
    """The action of the policy that takes turns.

    x: [n], states of n episodes; t: a whole number, 0 in the first step; rho: a number
    returns: [n]
    """
    ### BEGIN SOLUTION
    return (-rho, rho)[t % 2] * x
    ### END SOLUTION


def by_shells(x, rho, ratio):
    """The action of the policy that guesses by shells.

    x: [n], of either sign, or zero; rho, ratio: numbers above 1
    returns: [n]
    """
    ### BEGIN SOLUTION
    size = np.where(x == 0, 1.0, abs(x))
    shell = np.floor(np.log(size) / np.log(ratio))
    return np.where(shell % 2 == 0, -rho, rho) * x
    ### END SOLUTION


def longest_time(rho, ratio):
    """The longest time to zero of the shells; take a d below 1e-9 for zero.

    rho, ratio: numbers above 1
    returns: a whole number, or math.inf
    """
    ### BEGIN SOLUTION
    alpha = math.log(2 * rho) / math.log(ratio)
    d = abs(alpha - 2 * round(alpha / 2))
    return math.ceil(1 / d) + 1 if d > 1e-9 else math.inf
    ### END SOLUTION


# %% nbgrader={"grade_id": "shells-check"}
def check_shells():
    start = np.array([1.0, -0.02])
    for sign in (1, -1):
        x = start
        for t in range(2):
            act = numbers(in_turn(x, t, RHO))
            assert act.shape == (2,), f"2 episodes need 2 actions, got shape {act.shape}"
            x = sign * RHO * x + act
            if sign == 1:
                assert np.allclose(x, 0), "at t = 0 suppose +, and under + the state is then zero"
        assert np.allclose(x, 0), f"one of two guesses in turn is right; under {sign:+d} x is {x}"
    got = numbers(by_shells(np.array([0.0]), RHO, 4.0))
    assert got[0] == 0, f"at zero do nothing; a logarithm of zero leads to {got[0]}"
    inside = np.array([1.5, 6.0, 20.0, 0.5, 0.1])  # ratio 4: j = 0, 1, 2, -1, -2
    want = np.array([-1, 1, -1, 1, -1]) * RHO * inside
    got = numbers(by_shells(inside, RHO, 4.0))
    assert got.shape == (5,), f"5 episodes need 5 actions, got shape {got.shape}"
    assert not np.allclose(got, -want), "in the shells of an even j suppose +, which acts -rho x"
    assert np.allclose(got[:3], want[:3]), (
        "1.5, 6 and 20 lie in the shells j = 0, 1, 2 of ratio 4: log |x| / log r rounded down"
    )
    assert np.allclose(got[3:], want[3:]), (
        "0.5 and 0.1 lie in the shells j = -1 and -2: rounded down"
    )
    assert np.allclose(numbers(by_shells(-inside, RHO, 4.0)), -want), (
        "-x lies in the shell of x, and the action has the other sign"
    )
    for ratio, time, why in (
        (2 * RHO, 2, "alpha = 1 is one away from an even number: two steps"),
        ((2 * RHO) ** 1.5, 3, "alpha = 2/3: two wrong guesses leave the shell, the third is right"),
        ((2 * RHO) ** (1 / 1.7), 5, "alpha = 1.7 is 0.3 from 2, the nearest even number"),
        (math.sqrt(2 * RHO), math.inf, "alpha = 2 skips a shell each time and is wrong for ever"),
    ):
        got = number(longest_time(RHO, ratio))
        assert got == time, f"ratio {ratio:.3g}: {why}; got {got:g}"


check_shells()
print("turns and shells: the visible check passes")


# %% nbgrader={"grade_id": "shells-test", "points": 9}
# Hidden tests grade this part (9 points).
### BEGIN HIDDEN TESTS
def hidden_shells():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("shells"))
    for _ in range(4):
        rho, ratio = rng.uniform(1.1, 2.5), rng.uniform(1.6, 8)
        x = rng.normal(size=6)
        for t in (0, 1, 5, 8):
            got = student.call("in_turn", x, t, rho)
            want = (-1) ** (t + 1) * rho * x
            faults = {"at even steps suppose +, whose expert plays -rho x": -want}
            expect.close(got, want, "the guesses alternate", faults=faults)
        j = rng.integers(-6, 7, size=40)
        y = j + rng.uniform(0.02, 0.98, size=40)  # away from the edges, where rounding decides
        x = rng.choice([-1, 1], size=40) * ratio**y
        x[0], j[0] = 0, 0
        got = student.call("by_shells", x, rho, ratio)
        want = -((-1.0) ** j) * rho * x
        faults = {"in the shells of an even j suppose +": -want}
        idea = "the shell that holds |x| tells which sign to suppose"
        expect.close(got, want, idea, faults=faults)
    for even, side, least in ((0, 1, 0.55), (2, -1, 0.08), (2, 1, 0.08), (4, -1, 0.55)):
        rho, d = rng.uniform(1.1, 2.5), 1.0
        while abs(1 / d - np.round(1 / d)) < 0.02:  # a start at the very edge would decide
            d = rng.uniform(least, least + 0.4)
        alpha = even + side * d
        y = np.linspace(1, 2, 20001)[:-1] + 1e-9  # a wrong guess at first: circle of length 2
        time, wrong = np.ones(len(y)), np.ones(len(y), dtype=bool)
        while wrong.any():
            time += wrong
            y += alpha
            wrong &= np.floor(y) % 2 == 1
        got = student.call("longest_time", rho, float((2 * rho) ** (1 / alpha)))
        longest = time.max()
        faults = {
            "after the wrong guesses there is one right one": longest - 1,
            "the distance to the nearest even number counts": np.ceil(
                1 / abs(alpha - np.round(alpha))
            )
            + 1,
        }
        idea = "the longest time among many starts, wrong until the shell is right"
        expect.close(got, longest, idea, 1e-9, faults=faults)
    for alpha in (2, 4):
        got = student.call("longest_time", 1.5, 3.0 ** (1 / alpha))
        assert np.isposinf(expect.shape(got, (), "longest time")), (
            "if each wrong guess moves by an even number of shells, some starts never arrive"
        )


hidden_shells()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: a coin (9 points)
#
# The same system, $x_{t+1} = \xi\rho\, x_t + u_t$, and a policy whose *noise* depends on the state:
# at each step, in each episode, a fair coin says which sign to suppose, and $u = \mp\rho x$ as
# before. After $t$ steps an episode is still alive, $x_t \ne 0$, if the first $t$ guesses were all
# wrong, and each of those has multiplied $x$ by $2\rho$. So
#
# - $x_t \ne 0$ with probability $2^{-t}$: every episode ends, after two steps on average;
# - $\mathbb E \lvert x_t \rvert^p$ is a geometric sequence in $t$, for each power $p > 0$; for $p =
#   1$ it diverges.
#
# Below which power does it go to zero?


# %% nbgrader={"grade_id": "coin", "solution": true}
def coin_sizes(x0, rho, sign, n, steps, seed):
    """|x_t| of n episodes under the coin policy.

    x0, rho: numbers; sign: +1 or -1, which the policy is not told; n, steps: whole numbers
    seed: equal seeds give equal episodes, other seeds other ones
    returns: [n, steps + 1], the start included
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    x, sizes = np.full(n, float(x0)), []
    for _ in range(steps):
        sizes.append(abs(x))
        guess = np.where(rng.random(n) < 0.5, 1.0, -1.0)
        x = (sign - guess) * rho * x
    return np.stack([*sizes, abs(x)], 1)
    ### END SOLUTION


def mean_power(x0, rho, t, p):
    """E |x_t|^p, exactly.

    x0, rho: numbers; t: a whole number; p: a number above 0
    returns: a number
    """
    ### BEGIN SOLUTION
    return 2.0**-t * (2 * rho) ** (p * t) * abs(x0) ** p
    ### END SOLUTION


def critical_power(rho):
    """The power p at which E |x_t|^p neither grows nor falls.

    rho: a number above 1
    returns: a number
    """
    ### BEGIN SOLUTION
    return math.log(2) / math.log(2 * rho)
    ### END SOLUTION


# %% nbgrader={"grade_id": "coin-check"}
def check_coin():
    for sign in (1, -1):
        sizes = numbers(coin_sizes(-0.1, RHO, sign, 400, 6, seed=0))
        assert sizes.shape == (400, 7), f"400 episodes of 6 steps and a start, got {sizes.shape}"
        assert np.allclose(sizes[:, 0], 0.1), "column 0 is the size of the start"
        alive = (sizes > 1e-6).mean(0)
        assert 0 < alive[1] < 1, (
            f"under {sign:+d}, {alive[1]:.0%} are alive after one step: toss a coin in each "
            "episode, and do not use the sign"
        )
        survivors = sizes[sizes[:, 1] > 1e-6, 1]
        assert not np.allclose(survivors, 0.1 * RHO), "a wrong guess adds to what the system does"
        assert np.allclose(survivors, 0.1 * 2 * RHO), f"a wrong guess multiplies by {2 * RHO:g}"
        assert abs(alive[1] - 0.5) < 0.12, f"half are alive after one step, got {alive[1]:.0%}"
        assert abs(alive[2] - 0.25) < 0.12, (
            f"a quarter is alive after two steps, got {alive[2]:.0%}: is the coin tossed afresh?"
        )
    again, other = (numbers(coin_sizes(-0.1, RHO, -1, 400, 6, seed=seed)) for seed in (0, 1))
    assert (sizes == again).all(), "equal seeds must give equal episodes"
    assert (sizes != other).any(), "other seeds must give other episodes"
    assert np.isclose(number(mean_power(1.0, RHO, 1, 1.0)), RHO), (
        f"after one step half are at zero and half at {2 * RHO:g}: their mean is {RHO:g}"
    )
    assert np.isclose(number(mean_power(1.0, RHO, 1, 2.0)), 2 * RHO**2), (
        "the mean square is half of the square of 2 rho, not the square of the mean"
    )
    assert np.isclose(number(mean_power(3.0, RHO, 0, 2.0)), 9), "at t = 0 it is |x_0|^p"
    got = number(mean_power(-4.0, RHO, 0, 1.0))
    assert np.isclose(got, 4), f"a size is never negative, whatever the sign of x_0: got {got:g}"
    p = number(critical_power(RHO))
    assert p < 1, f"the first power diverges, so the critical one is below 1; got {p:g}"
    means = [number(mean_power(1.0, RHO, t, p)) for t in (1, 8)]
    assert np.isclose(*means), f"at your power {p:.3f} the mean still moves, from {means}"
    p = number(critical_power(2.0))
    assert np.isclose(4**p, 2), (
        f"for rho = 2, half are alive and 4^p times as large: no standstill at your p = {p:.3f}"
    )


check_coin()
print("coin: the visible check passes")


# %% nbgrader={"grade_id": "coin-test", "points": 9}
# Hidden tests grade this part (9 points).
### BEGIN HIDDEN TESTS
def hidden_coin():
    import numpy as np
    from scipy.stats import binom

    from ilkit.grading import expect, student

    seed = student.seed("coin")
    rng = np.random.default_rng(seed)
    seed %= 100_000
    n, steps = 2000, 8
    for sign, side in ((1, 1), (1, -1), (-1, 1), (-1, -1)):  # starts on both sides of zero
        x0, rho = side * rng.uniform(0.1, 2), rng.uniform(1.1, 2)
        got = student.call("coin_sizes", x0, rho, sign, n, steps, seed)
        sizes = expect.shape(got, (n, steps + 1), "sizes")
        alive = sizes > 0.5 * abs(x0)  # who lives is at least as far out as the start
        assert alive[:, 0].all(), "column 0 holds the start"
        assert (abs(sizes[~alive]) < 0.05 * abs(x0)).all(), "a right guess leads to zero"
        assert not (alive[:, 1:] & ~alive[:, :-1]).any(), "an episode at zero stays there"
        grown = abs(x0) * (2 * rho) ** np.arange(steps + 1)
        told = "each wrong guess multiplies by 2 rho"
        faults = {"a wrong guess adds to what the system does": alive * abs(x0)}
        expect.close(np.where(alive, sizes / grown, 0), alive, told, faults=faults)
        # Binomial counts of the living, two-sided at 1e-9: 24 tests and 4 of pairs, below 1e-7.
        for t in range(1, 7):
            low, high = binom.ppf([5e-10, 1 - 5e-10], n, 0.5**t)
            assert low <= alive[:, t].sum() <= high, "alive after t steps with probability 2^-t"
        # Neighbours share no coin: both alive after the first step with probability 1/4.
        both = alive[::2, 1] & alive[1::2, 1]
        low, high = binom.ppf([5e-10, 1 - 5e-10], n // 2, 0.25)
        assert low <= both.sum() <= high, "each episode tosses a coin of its own"
        again = student.call("coin_sizes", x0, rho, sign, n, steps, seed)
        expect.close(again, sizes, "equal seeds give equal episodes")
        other = student.call("coin_sizes", x0, rho, sign, n, steps, seed + 1)
        assert not np.array_equal(np.asarray(other) > 0.5 * abs(x0), alive), (
            "other seeds give other episodes"
        )
        for t, p in ((0, 1.0), (1, 1.0), (3, 2.0), (6, 0.5), (5, rng.uniform(0.3, 2))):
            guesses = np.arange(2**t)  # every sequence of coins; all wrong in one of them
            size = np.where(guesses == 0, abs(x0) * (2 * rho) ** t, 0.0)
            mean = (size**p).mean()
            faults = {
                "the power belongs inside the mean": size.mean() ** p,
                "the start counts by its power, too": mean / abs(x0) ** p,
                "of 2^t sequences of coins one leaves the episode alive": (size**p).sum(),
            }
            got = student.call("mean_power", x0, rho, t, p)
            expect.close(got, mean, "the mean over all sequences of coins", faults=faults)
        p = float(expect.shape(student.call("critical_power", rho), (), "critical power"))
        expect.close((2 * rho) ** p / 2, 1.0, "half alive, each (2 rho)^p times as large")


hidden_coin()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: at zero almost surely, growing on average
#
# Your episodes against the theory, on a logarithmic axis: the share of the living falls along
# $2^{-t}$, and the mean of $\lvert x_t \rvert$ rises along $\rho^t$, for as long as 4000 episodes
# contain one that is alive. All of the mean is in a few of them.


# %% nbgrader={"grade_id": "coin-picture"}
def coin_picture():
    sizes = numbers(coin_sizes(1.0, RHO, 1, 4000, 9, seed=0))
    t = np.arange(10)
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.semilogy(t, 0.5**t, "--", color="#009E73")
    ax.semilogy(t, RHO**t, "--", color="#D55E00")
    ax.semilogy(t, (sizes > 0).mean(0), "o", color="#009E73", label="share alive")
    ax.semilogy(t, sizes.mean(0), "o", color="#D55E00", label="mean size")
    ax.set(xlabel="steps t")
    ax.legend(frameon=False)
    plt.show()


coin_picture()

# %% [markdown]
# ## Part 9: the loop of a chunk (11 points)
#
# A **chunk policy** predicts $k$ actions from one state, $u_i = G_i x$ for $i = 1, \dots, k$, and
# executes all of them before it looks again. Within the chunk the system runs in open loop, $x
# \mapsto A x + B u$, and over the whole chunk $x \mapsto \Phi_k x$.
#
# A linear expert with the loop $M = A + B K$ plays $u_i = K M^{i-1} x$ on its own run. Let its data
# span a subspace, with the orthogonal projection $P$. A learner without training error plays the
# expert's chunk there, and one of least norm does nothing about the rest of $x$:
#
# $$G_i = K M^{i-1} P .$$
#
# Write these gains, the matrix $\Phi_k$ of *any* chunk of gains, and the least length of a chunk
# for which $\rho(\Phi_k) < 1$.


# %% nbgrader={"grade_id": "chunk-loop", "solution": true}
def chunk_gains(A, B, K, P, k):
    """The expert's chunk on the data, nothing off it.

    A: [d, d]; B: [d, m]; K: [m, d]; P: [d, d], a projection; k: a whole number
    returns: [k, m, d], the gains G_1, ..., G_k
    """
    ### BEGIN SOLUTION
    gains = [K @ P]
    for _ in range(k - 1):
        gains.append(K @ np.linalg.matrix_power(A + B @ K, len(gains)) @ P)
    return np.array(gains)
    ### END SOLUTION


def chunk_loop(A, B, gains):
    """The matrix that leads from the state before a chunk to the state after it.

    A: [d, d]; B: [d, m]; gains: [k, m, d], any
    returns: [d, d]
    """
    ### BEGIN SOLUTION
    state = np.eye(len(A))
    for gain in gains:
        state = A @ state + B @ gain
    return state
    ### END SOLUTION


def shortest_chunk(A, B, K, P):
    """The least k with a spectral radius of the chunk's loop below 1; there is one below 50.

    A: [d, d]; B: [d, m]; K: [m, d]; P: [d, d], a projection
    returns: a whole number
    """
    ### BEGIN SOLUTION
    k = 1
    while abs(np.linalg.eigvals(chunk_loop(A, B, chunk_gains(A, B, K, P, k)))).max() >= 1:
        k += 1
    return k
    ### END SOLUTION


# %% nbgrader={"grade_id": "chunk-loop-check"}
def check_chunk_loop():
    A, K, P = SYSTEMS[0], EXPERTS[0], np.diag([0.0, 1.0])
    gains = numbers(chunk_gains(A, np.eye(2), K, P, 3))
    assert gains.shape == (3, 2, 2), f"3 gains of shape (2, 2), got shape {gains.shape}"
    assert np.allclose(gains[:, :, 0], 0), (
        "off the data, on the first axis, the learner does nothing"
    )
    assert np.allclose(gains[0, :, 1], [-1, 0.5]), "the first action is the expert's own, K x"
    assert np.allclose(gains[1, :, 1], [-0.5, 0.25]), (
        "the second action is the expert's one step later on its own loop A + B K, which halves x: "
        f"got {gains[1, :, 1]}"
    )
    B, last = np.array([[0.0], [2.0]]), np.array([[[0.0, 0.0]], [[3.0, 0.0]]])
    single = numbers(chunk_gains(A, B, np.array([[0.0, 0.5]]), P, 2))
    assert single.shape == (2, 1, 2), f"one input and two states: (2, 1, 2), got {single.shape}"
    assert np.allclose(single[:, :, 0], 0), (
        "the policy sees P x, once: what the expert's run does off the data later still counts"
    )
    assert np.allclose(single[:, 0, 1], 0.5), (
        "one input that enters the second state twofold, K = (0, 1/2): on its loop the second "
        f"state stays 1 from (0, 1), and the actions are 0.5 and 0.5; got {single[:, 0, 1]}"
    )
    loop = numbers(chunk_loop(A, B, last))
    assert loop.shape == (2, 2), f"expected a loop of shape (2, 2), got {loop.shape}"
    square = A @ A
    assert np.allclose(loop[:, 1], square[:, 1]), (
        "where all gains are zero nothing acts for two steps: A squared"
    )
    assert not np.allclose(loop, (A + B @ last[1]) @ A), (
        "the policy looks once, before the chunk: its second action depends on the first state"
    )
    assert not np.allclose(loop, A @ (A + B @ last[1])), "the second gain acts in the second step"
    assert np.allclose(loop - square, [[0, 0], [6, 0]]), (
        f"the second action adds B G_2 x and nothing after it: got {loop - square} for B G_2"
    )
    tame = number(shortest_chunk(np.eye(2) / 2, np.eye(2), 0 * K, P))
    assert tame == 1, f"where each step halves the state one action is enough, got {tame:g}"
    for A, K in zip(SYSTEMS, EXPERTS):
        a, k = A[0, 0], 1
        corner = [1.0, a]  # by hand: (A^(k+1))_11 = a (A^k)_11 - 0.75 (A^(k-1))_11
        while abs(corner[-1]) >= 1:
            corner.append(a * corner[-1] - 0.75 * corner[-2])
            k += 1
        got = number(shortest_chunk(A, np.eye(2), K, P))
        assert got == k, (
            f"by hand the shortest stable chunk for the corner {a:g} has {k} actions, got {got:g}"
        )


check_chunk_loop()
print("chunk loop: the visible check passes")


# %% nbgrader={"grade_id": "chunk-loop-test", "points": 11}
# Hidden tests grade this part (11 points).
### BEGIN HIDDEN TESTS
def hidden_chunk_loop():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("chunk-loop"))
    power = np.linalg.matrix_power
    for trial in range(8):
        d = 2 + trial % 3
        q = np.linalg.qr(rng.normal(size=(d, d)))[0]
        p = q[:, :1] @ q[:, :1].T
        loop = np.triu(rng.normal(size=(d, d)))  # the expert keeps the first axis of q
        np.fill_diagonal(loop, rng.uniform(-0.7, 0.7, size=d))
        m = q @ loop @ q.T
        a = rng.normal(size=(d, d))
        a *= rng.uniform(0.75, 0.9) / abs(np.linalg.eigvals(a)).max()
        b = np.eye(d) + 0.3 * rng.normal(size=(d, d))
        k = np.linalg.solve(b, m - a)
        for n in (1, 2, 5):
            gains = student.call("chunk_gains", a, b, k, p, n)
            want = [k @ power(m, i) @ p for i in range(n)]
            faults = {
                "the expert's next actions follow its closed loop, not the open one": [
                    k @ power(a, i) @ p for i in range(n)
                ],
                "off the data the learner does nothing": [k @ power(m, i) for i in range(n)],
                "the first action is the expert's in the present state": [
                    k @ power(m, i + 1) @ p for i in range(n)
                ],
            }
            expect.close(gains, want, "the expert's chunk, projected", faults=faults)
            phi = student.call("chunk_loop", a, b, np.array(want))
            exact = power(a, n) @ (np.eye(d) - p) + power(m, n) @ p
            faults = {
                "between the looks nothing depends on the state": power(a + b @ k @ p, n),
            }
            idea = "on the data the expert's power, off it the open loop's"
            expect.close(phi, exact, idea, faults=faults)
        narrow, chunk = rng.normal(size=(d, 1)), rng.normal(size=(3, 1, d))
        columns = []
        for start in np.eye(d):
            x = start
            for act in chunk @ start:
                x = a @ x + narrow @ act
            columns.append(x)
        got = student.call("chunk_loop", a, narrow, chunk)
        expect.close(got, np.array(columns).T, "run any chunk from each axis in turn")
        off = np.eye(d) - p
        radii = [
            max(abs(np.linalg.eigvals(off @ power(a, n) @ off)).max(), abs(loop[0, 0]) ** n)
            for n in range(1, 200)
        ]
        least = 1 + int(np.argmax(np.array(radii) < 1))
        if min(abs(r - 1) for r in radii[:least]) > 1e-3 and least < 40:
            norms = [np.linalg.norm(power(a, n) @ off + power(m, n) @ p, 2) for n in range(1, 400)]
            faults = {
                "a radius below one is asked for, not a norm": 1
                + int(np.argmax(np.array(norms) < 1))
            }
            got = student.call("shortest_chunk", a, b, k, p)
            expect.close(got, least, "the least length with a radius below 1", 1e-9, faults=faults)
    for corner in rng.uniform(1.05, 1.7, size=4) * [1, -1, 1, -1]:  # a pair needs 2 to 6
        a, k = np.array([[corner, 1], [-0.75, 0]]), np.array([[-corner, -1], [0.75, 0.5]])
        entry = [1.0, corner]
        while abs(entry[-1]) >= 1:
            entry.append(corner * entry[-1] - 0.75 * entry[-2])
        got = student.call("shortest_chunk", a, np.eye(2), k, np.diag([0.0, 1.0]))
        if min(abs(abs(np.array(entry[1:])) - 1)) > 1e-6:
            expect.close(got, len(entry) - 1, "off the axis one entry of the power decides", 1e-9)


hidden_chunk_loop()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: how long must a chunk be?
#
# Growth a step, $\rho(\Phi_k)^{1/k}$, of the chunk's loop against its length: the pair's first
# system (radius 0.87 in open loop) in blue, and one with the corner 1.8, which is unstable in open
# loop, in orange. Your shortest chunk is marked. The orange curve tends to its radius, 1.145: where
# the open loop does not forget, no length helps.


# %% nbgrader={"grade_id": "chunk-loop-picture"}
def chunk_picture():
    P, lengths = np.diag([0.0, 1.0]), range(1, 13)
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    for corner, colour in ((GAIN, "#0072B2"), (1.8, "#D55E00")):
        A = np.array([[corner, 1.0], [-0.75, 0.0]])
        K = np.array([[-corner, -1.0], [0.75, 0.5]])
        rates = []
        for k in lengths:
            loop = numbers(chunk_loop(A, np.eye(2), numbers(chunk_gains(A, np.eye(2), K, P, k))))
            rates.append(max(abs(np.linalg.eigvals(loop))) ** (1 / k))
        ax.plot(lengths, rates, "o-", color=colour, label=f"a = {corner:g}")
        if min(rates) < 1:  # a search where no length helps would not end
            ax.axvline(number(shortest_chunk(A, np.eye(2), K, P)), linestyle=":", color=colour)
    ax.axhline(1, linestyle="--", color="0.5")
    ax.set(xlabel="length of the chunk", ylabel="growth a step", ylim=(0, 1.9))
    ax.legend(frameon=False)
    plt.show()


chunk_picture()

# %% [markdown]
# ## Part 10: a length that suffices (7 points)
#
# For nonlinear systems there is a bound. Let the open loop be E-ISS with $C$ and $\rho$, and let
# the chunks **fade**: two starts $\lvert x - x' \rvert$ apart change the $i$-th action of a chunk
# by at most $L \rho^{i-1} \lvert x - x' \rvert$. A gap $g$ before a chunk without errors is then at
# most
#
# $$\Big( C \rho^i + C \sum_{l=1}^i \rho^{i-l} L \rho^{l-1} \Big) g
#   = C \rho^i \Big( 1 + \frac{L i}{\rho} \Big) g$$
#
# after $i$ of its steps. With $q = C \rho^k (1 + L k / \rho)$ for the whole chunk, $q < 1$ means
# that gaps die out. The errors $e_t$ of the single actions then add up to no more than
#
# $$\sum_{t=1}^H \lvert \hat x_{t+1} - x^\star_{t+1} \rvert
#   \le C_{\mathrm{sys}} \sum_{t=1}^H e_t ,
#   \qquad C_{\mathrm{sys}} = \frac{C}{1 - q} \sum_{i=1}^\infty C \rho^i
#   \Big( 1 + \frac{L i}{\rho} \Big) + \frac{C}{1 - \rho} .$$
#
# Write $q$, the least $k$ with $q < 1$, and $C_{\mathrm{sys}}$ in closed form. (Chapter 13 also has
# a formula for a length. It is larger than the least.) None of them contains the horizon.


# %% nbgrader={"grade_id": "chunk-length", "solution": true}
def contraction(C, rho, L, k):
    """The factor q by which a gap shrinks, or grows, over a chunk.

    C: a number, at least 1; rho: in (0, 1); L: at least 0; k: a whole number
    returns: a number (shape [])
    """
    ### BEGIN SOLUTION
    return C * rho**k * (1 + L * k / rho)
    ### END SOLUTION


def sufficient_length(C, rho, L):
    """The least k >= 1 with q < 1.

    C: a number, at least 1; rho: in (0, 1); L: at least 0
    returns: a whole number (shape [])
    """
    ### BEGIN SOLUTION
    k = 1
    while C * rho**k * (1 + L * k / rho) >= 1:
        k += 1
    return k
    ### END SOLUTION


def system_constant(C, rho, L, k):
    """C_sys, for a k with q < 1.

    C: a number, at least 1; rho: in (0, 1); L: at least 0; k: a whole number
    returns: a number (shape [])
    """
    ### BEGIN SOLUTION
    q = C * rho**k * (1 + L * k / rho)
    series = C * rho / (1 - rho) + C * L / (1 - rho) ** 2
    return C / (1 - q) * series + C / (1 - rho)
    ### END SOLUTION


# %% nbgrader={"grade_id": "chunk-length-check"}
def check_chunk_length():
    for k, want in ((1, 1.5), (2, 1.25), (3, 0.875)):
        got = number(contraction(1.0, 0.5, 1.0, k))
        assert np.isclose(got, want), (
            f"C = 1, rho = 1/2, L = 1: (1 + 2 k) / 2^k is {want:g} at k = {k}, got {got:g}"
        )
    got = number(contraction(2.0, 0.5, 1.0, 1))
    assert np.isclose(got, 3), f"C multiplies the start and the inputs: 2 * 1.5 is 3, got {got:g}"
    got = number(sufficient_length(1.0, 0.5, 1.0))
    assert got == 3, f"1.5, 1.25, 0.875: the third is the first below 1, got {got:g}"
    got = number(sufficient_length(1.0, 0.9, 0.0))
    assert got == 1, "a chunk that does not depend on the state shrinks gaps at any length"
    got = number(sufficient_length(1.0, 0.5, 0.5))
    assert got == 2, f"1, 0.75: a gap that is multiplied by q = 1 does not shrink, got {got:g}"
    got = number(system_constant(1.0, 0.5, 0.0, 1))
    assert not np.isclose(got, 2), "two terms: gaps before chunks, and errors within a chunk"
    assert np.isclose(got, 4), (
        f"C = 1, rho = 1/2, L = 0, k = 1: q = 1/2, the series is 1, so 2 + 2, got {got:g}"
    )
    got = number(system_constant(2.0, 0.5, 1.0, 6))
    series = 2 * sum(0.5**i * (1 + 2 * i) for i in range(1, 60))
    q = 2 * 0.5**6 * 13
    assert np.isclose(got, 2 / (1 - q) * series + 4), (
        f"C = 2, rho = 1/2, L = 1, k = 6: is your closed form of the series {series:.3f}?"
    )
    got = number(system_constant(1.0, 0.99, 0.0, 1))
    assert np.isclose(got, 100 * 99 + 100), (
        f"the series is infinite: 99 for C = 1, rho = 0.99, L = 0, and C_sys 10000; got {got:g}"
    )


check_chunk_length()
print("chunk length: the visible check passes")


# %% nbgrader={"grade_id": "chunk-length-test", "points": 7}
# Hidden tests grade this part (7 points).
### BEGIN HIDDEN TESTS
def hidden_chunk_length():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("chunk-length"))

    def after(c, rho, lip, steps):
        """The gap after 1, ..., steps steps of a chunk that begins 1 apart, step by step."""
        gap, path = c, []
        for i in range(steps):
            gap = rho * gap + c * lip * rho**i
            path.append(gap)
        return np.asarray(path)

    got = student.call("sufficient_length", 1.0, 0.5, 0.5)
    expect.close(got, 2, "at q = 1 a gap stays as it is: the first q BELOW 1", 1e-9)
    for rho in (*rng.uniform(0.3, 0.9, size=5), 0.98):
        c, lip = rng.uniform(1.1, 4), rng.uniform(0.1, 3)
        path = after(c, rho, lip, 3000)
        for k in (1, 2, 7):
            faults = {
                "C stands before the start and before the inputs": path[k - 1] / c,
                "the action i is discounted by rho^(i - 1)": c * rho**k * (1 + lip * k),
                "k actions depend on the start, not one": c * rho**k * (1 + lip / rho),
            }
            got = student.call("contraction", c, rho, lip, k)
            expect.close(got, path[k - 1], "the gap after a chunk, step by step", faults=faults)
        least = 1 + int(np.argmax(path < 1))
        rate = np.log(1 / rho)
        formula = 2 / rate * np.log(c + 2 * c * lip / (np.e * rho * rate))
        faults = {
            "the chapter's formula is safe, and longer than the least": np.ceil(formula),
            "the least length is the first with q < 1": least + 1,
        }
        got = student.call("sufficient_length", c, rho, lip)
        expect.close(got, least, "the first length with q < 1", 1e-9, faults=faults)
        k = least + int(rng.integers(0, 3))
        within = c * (rho ** np.arange(3000)).sum()
        between = c * path.sum() / (1 - path[k - 1])
        faults = {
            "errors within a chunk count, too": between,
            "gaps before chunks count, too": within,
            "gaps before the chunks add up to C / (1 - q) of the errors": path.sum() + within,
        }
        got = student.call("system_constant", c, rho, lip, k)
        expect.close(got, between + within, "the series, summed term by term", faults=faults)


hidden_chunk_length()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 11: exploratory data (12 points)
#
# On unstable dynamics no chunk helps. Other data do: let the expert act *under noise*, and record
# what it would do without. In step $t$ of an episode
#
# $$u_t = K x_t \;\; \text{(recorded)}, \qquad x_{t+1} = A x_t + B (u_t + w_t) ,$$
#
# so that the noise $w_t$ is executed and not imitated. It moves the state in every direction, and
# the expert answers.
#
# A clone is the gain $\hat K$ of least squares, $\sum \lvert \hat K x - u \rvert^2$, and among its
# minimisers the one of least norm: zero in the directions that no data show (`np.linalg.lstsq` and
# `np.linalg.pinv` choose that one). How well the data cover is told by the **spread**: the largest
# $\sigma$ for which $\tfrac1N \sum x x^\top \succeq \sigma^2 I$ over all $N$ recorded states. If
# $\lVert (A + B K)^t \rVert \le C \rho^t$ and $\lVert B \rVert \le 1$, a clone with the mean
# squared error $\eta^2$ is safe as soon as $\eta < \sigma (1 - \rho) / C$.


# %% nbgrader={"grade_id": "exploratory", "solution": true}
def explore(A, B, K, starts, noise):
    """Episodes of an expert under noise, with clean labels.

    A: [d, d]; B: [d, m]; K: [m, d]; starts: [n, d]; noise: [n, H, m], one w for each step
    returns: visited states [n, H, d], the starts first, and recorded actions [n, H, m]
    """
    ### BEGIN SOLUTION
    x, states, acts = starts, [], []
    for t in range(noise.shape[1]):
        act = x @ K.T
        states.append(x)
        acts.append(act)
        x = x @ A.T + (act + noise[:, t]) @ B.T
    return np.stack(states, 1), np.stack(acts, 1)
    ### END SOLUTION


def clone(states, acts):
    """The gain of least squares, of least norm among all that fit best.

    states: [n, H, d]; acts: [n, H, m]
    returns: [m, d]
    """
    ### BEGIN SOLUTION
    x, u = states.reshape(-1, states.shape[2]), acts.reshape(-1, acts.shape[2])
    return np.linalg.lstsq(x, u, rcond=None)[0].T
    ### END SOLUTION


def spread(states):
    """The largest sigma with mean x x^T >= sigma^2 I.

    states: [n, H, d]
    returns: a number
    """
    ### BEGIN SOLUTION
    x = states.reshape(-1, states.shape[2])
    return math.sqrt(max(0.0, np.linalg.eigvalsh(x.T @ x / len(x))[0]))
    ### END SOLUTION


def safe_error(C, rho, sigma):
    """The error eta below which a clone is safe.

    C, rho, sigma: numbers
    returns: a number
    """
    ### BEGIN SOLUTION
    return sigma * (1 - rho) / C
    ### END SOLUTION


# %% nbgrader={"grade_id": "exploratory-check"}
def check_exploratory():
    A, K = np.array([[1.8, 1.0], [-0.75, 0.0]]), np.array([[-1.8, -1.0], [0.75, 0.5]])
    starts, quiet = np.array([[0.0, 1.0], [0.0, -0.4]]), np.zeros((2, 3, 2))
    states, acts = map(numbers, returned(explore(A, np.eye(2), K, starts, quiet)))
    assert states.shape == (2, 3, 2), f"2 episodes of 3 states in the plane, got {states.shape}"
    assert np.allclose(states[:, 0], starts), "the first recorded state is the start"
    assert np.allclose(states[0], [[0, 1], [0, 0.5], [0, 0.25]]), "without noise: (A + B K) x"
    gain = numbers(clone(states, acts))
    assert gain.shape == (2, 2), f"expected a gain of shape (m, d) = (2, 2), got {gain.shape}"
    assert np.allclose(gain @ [0, 1], [-1, 0.5]), f"on the data the clone is the expert, got {gain}"
    assert np.allclose(gain[:, 0], 0), (
        "nothing was shown of the first axis: the gain of least norm is zero there"
    )
    assert number(spread(states)) < 1e-3, "data on one axis have no spread"
    noise = np.random.default_rng(0).normal(size=(40, 10, 2)) / 10
    starts = np.linspace(-1, 1, 80).reshape(40, 2) * [0, 1]
    states, acts = map(numbers, returned(explore(A, np.eye(2), K, starts, noise)))
    assert not np.allclose(states[:, 1, 0], 0), "the noise must be executed: it moves the state"
    assert np.allclose(acts, states @ K.T), (
        "the recorded action is the clean one in the state visited"
    )
    assert np.allclose(states[:, 1:, 0], noise[:, :-1, 0]), (
        "this expert cancels the first coordinate: only the noise of the step before shows there"
    )
    B, narrow, push = np.array([[0.0], [2.0]]), np.array([[0.0, 0.5]]), np.array([[[0.25], [0.0]]])
    moved, played = explore(A, B, narrow, np.array([[0.0, 1.0]]), push)
    assert np.allclose(numbers(played)[0, 0], 0.5), "the recorded action in (0, 1) is K x = 0.5"
    assert np.allclose(numbers(moved)[0, 1], [1, 1.5]), (
        "u = 0.5 and w = 0.25 are executed through B = (0, 2): from (0, 1) to (1, 1.5), "
        f"got {numbers(moved)[0, 1]}"
    )
    gain = numbers(clone(states, acts))
    assert np.allclose(gain, K), f"clean labels of a linear expert give its gain back, got {gain}"
    got = number(clone(np.array([[[1.0]], [[2.0]]]), np.array([[[1.0]], [[3.0]]])))
    assert not np.isclose(got, 1), "all episodes count, not the first alone"
    assert not np.isclose(got, 2), "a gain is all that is fitted: K x, without an offset"
    assert np.isclose(got, 1.4), f"1 in the state 1 and 3 in the state 2: 7 / 5, got {got:g}"
    line = np.array([[[1.0, 1.0], [-1.0, -1.0]]])
    assert number(spread(line)) < 1e-3, "data on a line have no spread, also between the axes"
    got = number(spread(np.array([[[1.5, 2.0], [1.5, -2.0]]])))
    assert not np.isclose(got, 2.25), "the mean of x x^T is compared with sigma squared"
    assert not np.isclose(got, 2), "cover in *every* direction: the least of them counts"
    assert not np.isclose(got, 0), "do not subtract a mean: coverage is around zero"
    assert np.isclose(got, 1.5), f"the mean squares are 2.25 and 4: expected 1.5, got {got:g}"
    got = number(safe_error(2.0, 0.5, 3.0))
    assert np.isclose(got, 0.75), f"sigma (1 - rho) / C is 3 * 0.5 / 2, got {got:g}"


check_exploratory()
print("exploratory data: the visible check passes")


# %% nbgrader={"grade_id": "exploratory-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_exploratory():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("exploratory"))
    power = np.linalg.matrix_power
    for trial in range(4):
        d, m = 2 + trial % 2, 1 + trial % 3
        n, steps = 6, 7
        b, k = rng.normal(size=(d, m)), rng.normal(size=(m, d))
        a = 0.5 * rng.normal(size=(d, d)) - b @ k  # the loop of the expert is half random
        loop = a + b @ k
        starts, noise = rng.normal(size=(n, d)), rng.normal(size=(n, steps, m))
        want = []
        for t in range(steps):  # unrolled: starts and noise, each by its power of the loop
            pushed = [noise[:, s] @ (power(loop, t - 1 - s) @ b).T for s in range(t)]
            want.append(starts @ power(loop, t).T + sum(pushed))
        want = np.stack(want, 1)
        got = student.call("explore", a, b, k, starts, noise)
        assert isinstance(got, list), "explore returns two arrays"
        assert len(got) == 2, "explore returns two arrays"
        quiet = np.stack([starts @ power(loop, t).T for t in range(steps)], 1)
        late = np.concatenate([want[:, 1:], want[:, -1:] @ loop.T + noise[:, -1:] @ b.T], 1)
        faults = {
            "the noise is executed: it moves the state": quiet,
            "record the state in which the action was taken, the start first": late,
        }
        expect.close(got[0], want, "the states that are visited under noise", 1e-3, faults=faults)
        faults = {
            "the noise is executed and not imitated: the label is clean": want @ k.T + noise,
            "an action is recorded beside the state in which it was taken": late @ k.T,
        }
        told = "the expert's clean action in the state visited"
        expect.close(got[1], want @ k.T, told, 1e-3, faults=faults)

        x, u = rng.normal(size=(n, steps, d)) + 1, rng.normal(size=(n, steps, m))
        flat, labels = x.reshape(-1, d), u.reshape(-1, m)
        best = np.linalg.solve(flat.T @ flat, flat.T @ labels).T
        got = student.call("clone", x, u)
        faults = {
            "the policy is linear, without an offset": np.linalg.lstsq(
                np.column_stack([flat, np.ones(len(flat))]), labels, rcond=None
            )[0][:d].T,
        }
        expect.close(got, best, "the residuals of least squares meet no state", faults=faults)
        thin, axis = np.zeros((n, steps, d)), int(rng.integers(d))
        thin[..., axis] = 0.03 * rng.normal(size=(n, steps))
        got = expect.shape(student.call("clone", thin, thin @ k.T), (m, d), "gain")
        shown = np.where(np.arange(d) == axis, k, 0)
        faults = {"what no data show is zero in the gain of least norm": k}
        expect.close(got, shown, "least norm: zero where no data are", faults=faults)

        squares = np.linalg.svd(flat, compute_uv=False) ** 2 / len(flat)
        centred = np.linalg.eigvalsh(np.cov(flat.T, ddof=0))
        faults = {
            "the least covered direction counts, not the best": squares[0] ** 0.5,
            "coverage is around zero: no mean is subtracted": abs(centred[0]) ** 0.5,
            "sigma squared is compared with the mean square": squares[-1],
            "a mean over all N states, not a sum": (squares[-1] * len(flat)) ** 0.5,
        }
        got = student.call("spread", x)
        expect.close(got, squares[-1] ** 0.5, "the spread in the worst direction", faults=faults)
        c, rho, sigma = rng.uniform(1, 5), rng.uniform(0.2, 0.9), rng.uniform(0.1, 2)
        eta = expect.shape(student.call("safe_error", c, rho, sigma), (), "safe error")
        expect.close(rho + c * eta / sigma, 1.0, "there the bound on the loop just loses its decay")
    corner = rng.uniform(1.76, 2.0)  # unstable in open loop; three exact facts of the pair
    a, k = np.array([[corner, 1], [-0.75, 0]]), np.array([[-corner, -1], [0.75, 0.5]])
    starts = rng.uniform(-1, 1, size=(8, 2)) * [0, 1]
    for size in (0.0, 0.3):
        noise = size * rng.normal(size=(8, 12, 2))
        states, acts = student.call("explore", a, np.eye(2), k, starts, noise)
        gain = expect.shape(student.call("clone", states, acts), (2, 2), "gain")
        radius = abs(np.linalg.eigvals(a + gain)).max()
        want = corner if size == 0 else 0.5
        idea = "with clean data the clone explodes, with exploratory data it is the expert"
        expect.close(radius, want, idea, 1e-3)


hidden_exploratory()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the same expert, two kinds of data
#
# The unstable pair with the corner 1.8. Left, recorded states of episodes without noise (orange)
# and with it (blue). Right, the distance from zero of the two clones after a start that is off the
# axis by a thousandth. Both clones have no training error; the blue one must die away, the orange
# one, with a spread of zero, soon grow by 1.8 a step.


# %% nbgrader={"grade_id": "exploratory-picture"}
def exploratory_picture():
    A, K = np.array([[1.8, 1.0], [-0.75, 0.0]]), np.array([[-1.8, -1.0], [0.75, 0.5]])
    rng = np.random.default_rng(0)
    starts = rng.uniform(-1, 1, size=(12, 2)) * [0, 1]
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for size, colour in ((0.2, "#0072B2"), (0.0, "#D55E00")):
        noise = size * rng.uniform(-1, 1, size=(12, HORIZON, 2))
        states, acts = map(numbers, explore(A, np.eye(2), K, starts, noise))
        loop, x, path = A + numbers(clone(states, acts)), np.array([1e-3, 0.3]), []
        for _ in range(HORIZON):
            path.append(max(np.linalg.norm(x), 1e-8))
            x = loop @ x
        left.plot(*states.reshape(-1, 2).T, ".", markersize=3, color=colour)
        right.semilogy(path, color=colour, label=f"spread {number(spread(states)):.3f}")
    left.set(xlabel="first coordinate", ylabel="second coordinate")
    right.set(xlabel="steps", ylabel="distance from zero")
    right.legend(frameon=False)
    plt.show()


exploratory_picture()

# %% [markdown]
# ## Bonus (no points): an unknown rotation
#
# In $d$ dimensions there is more to be unknown than a sign: $x_{t+1} = \rho\, Q x_t + u_t$ with an
# orthogonal $Q$ that nobody tells. A policy with a memory has seen $Q x_s = (x_{s+1} - u_s) / \rho$
# for every past step, hence $Q$ on the span of the past states. Let it cancel what it knows and
# leave the rest alone. For how many steps does the state grow in $d = 4, 16, 64$ dimensions?
# Chapter 13 proves that no policy does much better for $\sqrt d / 2$ steps.


# %% nbgrader={"grade_id": "bonus", "solution": true}
def cancel_known(states, acts, rho):
    """The action of a policy that remembers: minus rho Q times the known part of the last state.

    states: [t, d], x_1 to x_t, the present one last; acts: [t - 1, d], what was played before
    returns: [d]
    """
    ### BEGIN SOLUTION
    past, seen = states[:-1], (states[1:] - acts) / rho  # rows x_s and Q x_s
    weights = np.linalg.lstsq(past.T, states[-1], rcond=1e-9)[0] if len(past) else np.zeros(0)
    return -rho * weights @ seen if len(past) else np.zeros(states.shape[1])
    ### END SOLUTION
