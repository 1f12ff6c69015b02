# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld:
#       - ilkit.theory.mdp
#       - ilkit.theory.bounds
#       - ilkit.envs.tightrope
#       - ilkit.envs.gridworld
#       - ilkit.divergences
#     choices:
#       EPSILON: [0.02, 0.01, 0.04]
#       HORIZON: [50, 40, 60]
#       LADDER: [0.2, 0.25, 0.4]
#       DEMOS: [20, 16, 24]
# ---

# %% [markdown]
# # Homework 2: compounding error
#
# *After [chapter 03]({{ site_url }}/book/03-compounding-error.html). Three to five hours; a
# laptop's CPU is enough, a GPU is used where there is one.*
#
# A cloned policy is tested where the expert goes and used where it goes itself. You will measure
# the difference, prove by numbers how dear it can become, and find out when it is cheap:
#
# - the two distributions of states, on tables and on a cloned car;
# - the bound $\varepsilon H(H+1)/2$, the tightrope that nearly meets it, a process that meets it;
# - the performance-difference lemma, exactly and by letting the expert take over;
# - how much data a given cost takes, counted in labels and, by the log loss, in demonstrations.
#
# There are twelve parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook, `hw2-compounding-error-written`,
# carries 10 further points.
#
# Use NumPy, torch and SciPy as you like. What you are asked to write also stands in `ilkit`, in its
# exact theory and its bounds: while your notebook is graded, `ilkit.theory.mdp`,
# `ilkit.theory.bounds`, `ilkit.divergences` and the environments that come with exact tables,
# `ilkit.envs.tightrope` and `ilkit.envs.gridworld`, are withheld. The rest is there: the car,
# rollouts, demonstrations, `il.fit`.

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


# %% nbgrader={"grade_id": "sizes"}
# Sizes of the experiments. The checks rely on them: leave them as they are.
EPSILON = 0.02  # error of the walker in the pictures of the tightrope
HORIZON = 50  # steps of its walk
LADDER = 0.2  # chance that a ladder brings it back
DEMOS = 20  # demonstrations in the last picture
STEPS = 600  # optimiser steps when the car is cloned
BATCH = 128

# %% [markdown]
# ## The notation, as arrays
#
# A finite process has $S$ states and $A$ actions. As NumPy arrays:
#
# - `p`, shape $[S, A, S]$: `p[s, a, z]` is the probability of state $z$ after action $a$ in $s$;
# - `c`, shape $[S, A]$: the cost of a step;
# - `rho`, shape $[S]$: the distribution of the first state;
# - `pi`, shape $[H, S, A]$: a policy's action probabilities, which may change with the step. The
#   horizon $H$ is the length of its first axis;
# - `expert`, shape $[S]$, whole numbers: the expert $\pi^\star$ is deterministic and takes action
#   `expert[s]` in state $s$, at every step.
#
# Row 0 of an array belongs to step $t = 1$. Homework 0 asked for the two computations on which all
# of this rests; here they are given. Occupancy runs forward in time, cost backward.


# %% nbgrader={"grade_id": "tables"}
def occupancy(p, pi, rho):
    """Where a policy is: d [H, S], row t the distribution of the state at step t."""
    rows = [np.asarray(rho, dtype=float)]
    for step in pi[:-1]:
        rows.append(np.einsum("s,sa,saz->z", rows[-1], step, p))
    return np.array(rows)


def q_values(p, c, pi):
    """Q [H, S, A]: the cost of an action at step t and of the policy at all later steps."""
    rows, value = [], np.zeros(len(p))
    for step in pi[::-1]:
        rows.append(c + p @ value)
        value = (step * rows[-1]).sum(1)
    return np.array(rows[::-1])


def as_policy(expert, horizon, actions):
    """The deterministic expert as a table of probabilities, [H, S, A]."""
    return np.repeat(np.eye(actions)[expert][None], horizon, axis=0)


def tightrope(eps, horizon, ladder=0.0, pain=False):
    """The tightrope as p, c, rho, pi, expert: state 0 is the rope, state 1 the ground.

    Action 0 is the expert's, action 1 costs 1 and leaves the rope. The learner errs with
    probability eps on the rope and always on the ground. After a step on the ground a ladder
    brings the walker back with probability `ladder`. With `pain` any step on the ground costs 1.
    """
    back = [ladder, 1 - ladder]
    p = np.array([[[1.0, 0.0], [0.0, 1.0]], [back, back]])
    c = np.array([[0.0, 1.0], [float(pain), 1.0]])
    pi = np.repeat(np.array([[[1 - eps, eps], [0.0, 1.0]]]), horizon, axis=0)
    return p, c, np.array([1.0, 0.0]), pi, np.array([0, 0])


# %% [markdown]
# ## Part 1: two distributions (8 points)
#
# *In the book:
# [Two distributions]({{ site_url }}/book/03-compounding-error.html#two-distributions).*
#
# A *mistake* is an action that is not the expert's. The learner makes one in state $s$ at step $t$
# with probability $\ell_t(s) = 1 - \hat\pi_t(\pi^\star(s) \mid s)$. How often it errs depends on
# where it is asked: if states at step $t$ have distribution $d_t$, a mistake has probability
#
# $$\mathbb E_{s \sim d_t}[\ell_t(s)] = \sum_s d_t(s)\, \ell_t(s) .$$
#
# With the expert's states, $d_t = d_t^{\pi^\star}$, this is the error $\varepsilon_t$ that a
# validation set shows; with the learner's own, $d_t = d_t^{\hat\pi}$, it is what we are charged.
# How far two distributions lie apart is measured by the total variation,
#
# $$D_{\mathrm{TV}}(d, d') = \tfrac12 \sum_s |d(s) - d'(s)| ,$$
#
# the largest difference of probability that any event can show.


# %% nbgrader={"grade_id": "shift", "solution": true}
def mistake_rate(d, pi, expert):
    """The chance of a mistake at each step, if the states at step t have distribution d[t].

    d: [H, S]; pi: [H, S, A]; expert: [S], its action in each state
    returns: [H]
    """
    ### BEGIN SOLUTION
    right = pi[:, np.arange(len(expert)), expert]
    return (d * (1 - right)).sum(1)
    ### END SOLUTION


def total_variation(d, e):
    """Total variation distance of two distributions at each step.

    d, e: [H, S]
    returns: [H]
    """
    ### BEGIN SOLUTION
    return np.abs(d - e).sum(1) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "shift-check"}
def check_shift():
    d = np.array([[0.5, 0.5], [0.9, 0.1], [1.0, 0.0]])
    pi = np.array(
        [
            [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]],
            [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
            [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]],
        ]
    )
    rate = numbers(mistake_rate(d, pi, np.array([0, 1])))
    assert rate.shape == (3,), f"expected one number per step, shape (3,), got {rate.shape}"
    assert not np.allclose(rate, [0.65, 0.9, 0.5]), "that is the chance to be right, not to err"
    assert not np.allclose(rate, [0.6, 0.1, 0.5]), (
        "in state 1 the expert takes action 1, not action 0: each state has its own right action"
    )
    assert not np.allclose(rate, [0.35, 0.5, 0.25]), (
        "you average over states as if all were equally likely; at step 2 state 0 has weight 0.9"
    )
    assert np.allclose(rate, [0.35, 0.1, 0.5]), (
        "by hand: 0.5 * 0.3 + 0.5 * 0.4 = 0.35 at step 1, 0.9 * 0 + 0.1 * 1 = 0.1 at step 2 and "
        f"0.5 at step 3; got {rate}"
    )
    e = np.array([[0.4, 0.1, 0.3, 0.2], [0.0, 0.0, 0.5, 0.5]])
    shift = numbers(total_variation(np.array([[0.5, 0.5, 0.0, 0.0]] * 2), e))
    assert shift.shape == (2,), f"expected one distance per step, shape (2,), got {shift.shape}"
    assert (shift <= 1 + 1e-9).all(), (
        f"no event has probability above 1, so no distance is: got {shift}"
    )
    assert not np.isclose(shift[0], 0.4), (
        "the event may hold several states: sum over states, do not take the largest"
    )
    assert np.allclose(shift, [0.5, 1]), (
        f"the event 'state 0 or 1' has probability 1 against 0.5, then 1 against 0; got {shift}"
    )


check_shift()
print("two distributions: the visible check passes")


# %% nbgrader={"grade_id": "shift-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_shift():
    from itertools import product

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("shift"))
    for horizon, states, actions in ((6, 5, 3), (3, 4, 2), (1, 6, 4)):
        d, e = rng.dirichlet(np.full(states, 0.7), size=(2, horizon))
        pi = rng.dirichlet(np.ones(actions), size=(horizon, states))
        expert = rng.integers(actions, size=states)
        expert[:2] = 1, 0  # not one action everywhere
        places = list(product(range(horizon), range(states)))
        want, first, flat, greedy = np.zeros((4, horizon))
        for t, s in places:  # the wrong actions, one by one
            wrong = [a for a in range(actions) if a != expert[s]]
            want[t] += sum(d[t, s] * pi[t, s, a] for a in wrong)
            first[t] += d[t, s] * (1 - pi[t, s, 0])
            flat[t] += sum(pi[t, s, a] for a in wrong) / states
            greedy[t] += d[t, s] * (pi[t, s].argmax() != expert[s])
        faults = {
            "the chance to err, not to be right": 1 - want,
            "each state has its own right action": first,
            "states count by their probability": flat,
            "a policy that is usually right still errs at times: take its probabilities": greedy,
        }
        got = student.call("mistake_rate", d, pi, expert)
        expect.close(got, want, "the chance of any wrong action", faults=faults)
        events = np.array(list(product((0, 1), repeat=states)))
        want = (events @ (d - e).T).max(0)
        faults = {
            "no event differs by more than half the sum": 2 * want,
            "an event may hold several states": abs(d - e).max(1),
        }
        got = student.call("total_variation", d, e)
        expect.close(got, want, "the largest difference that any event shows", faults=faults)


hidden_shift()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the shift on the tightrope
#
# Your two functions on a walker with error {{ EPSILON }}. The curves must pass through the grey
# rings. On the expert's states nothing happens; on its own the walker errs more and more, because
# it is ever more likely to be on the ground.


# %% nbgrader={"grade_id": "shift-picture"}
def shift_picture():
    p, _, rho, pi, expert = tightrope(EPSILON, HORIZON)
    own, shown = occupancy(p, pi, rho), occupancy(p, as_policy(expert, HORIZON, 2), rho)
    t = np.arange(1, HORIZON + 1)
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    ax.plot(t, numbers(mistake_rate(shown, pi, expert)), label="error on the expert's states")
    ax.plot(t, numbers(mistake_rate(own, pi, expert)), label="error on its own states")
    ax.plot(t, numbers(total_variation(own, shown)), "--", label="total variation")
    some = t[9::10]
    for rings in (0 * some + EPSILON, 1 - (1 - EPSILON) ** some, 1 - (1 - EPSILON) ** (some - 1)):
        ax.plot(some, rings, "o", color="0.5", fillstyle="none", zorder=3)
    ax.set(xlabel="step", ylim=(0, None))
    ax.legend(frameon=False)
    plt.show()


shift_picture()

# %% [markdown]
# ## Part 2: the shift from samples (8 points)
#
# *In the book:
# [Two distributions]({{ site_url }}/book/03-compounding-error.html#two-distributions).*
#
# For a car there are no tables: we see how far from the middle of the road $n$ drives of the
# learner and $n$ drives of the expert are at some step, $a_1, \dots, a_n$ and $b_1, \dots, b_n$.
# Any event shows a difference that is at most the total variation. Take events of the form
# "further out than $x$", and choose the threshold $x$ that shows most.
#
# A threshold chosen on the data on which it is then judged looks better than it is. So split: with
# $n$ even, the first $n/2$ drives of either kind choose the threshold, the last $n/2$ judge it.
#
# 1. The candidates for $x$ are the values of the first half of $a$ and of the first half of $b$.
# 2. Choose the $x$ for which, within the first halves, the share of $a$ above $x$ less the share of
#    $b$ above $x$ is largest ("above" is strict; of several best ones take any).
# 3. Return that difference for this $x$ within the last halves. It may be negative.


# %% nbgrader={"grade_id": "measured", "solution": true}
def threshold_gap(a, b):
    """An honest estimate, from below, of how far the distributions of a and b lie apart.

    a, b: [n], independent numbers, n even; a is the learner's sample, b the expert's
    returns: one number, share of a above x less share of b above x, for the chosen x
    """
    ### BEGIN SOLUTION
    half = len(a) // 2
    candidates = np.concatenate([a[:half], b[:half]])

    def gap(a, b, x):
        return (a > x).mean() - (b > x).mean()

    best = max(candidates, key=lambda x: gap(a[:half], b[:half], x))
    return gap(a[half:], b[half:], best)
    ### END SOLUTION


# %% nbgrader={"grade_id": "measured-check"}
def check_measured():
    a = np.array([1.0, 6.0, 7.0, 8.0, 4.5, 4.6, 9.0, 0.0])
    b = np.array([0.0, 2.0, 3.0, 5.0, 4.2, 6.0, 8.0, 1.0])
    gap = numbers(threshold_gap(a, b))
    assert gap.shape == (), f"expected one number, got shape {gap.shape}"
    assert not np.isclose(gap, 0.75), (
        "x = 5 shows a difference of 3/4 on the first halves, but the last halves must judge it"
    )
    assert not np.isclose(gap, 0.375), "all drives choose and judge: split them into halves first"
    assert not np.isclose(gap, 0.25), (
        "a less b, and the difference may be negative: here the last halves contradict the first"
    )
    assert np.isclose(gap, -0.25), (
        "the first halves choose x = 5; above it lie one of the last four of a and two of b: "
        f"expected 1/4 - 2/4, got {gap:.3f}"
    )
    a = np.array([0.0, 0.0, 0.0, 3.0, 3.0, 3.0, 0.0, 0.0])
    b = np.array([1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0])
    gap = numbers(threshold_gap(a, b))
    assert np.isclose(gap, 0.5), (
        "when x is chosen, too, the difference counts with its sign: beyond 2 lies one of the "
        f"first four of a, none of b, and two and none of the last; expected 2/4, got {gap:.3f}"
    )
    rng = np.random.default_rng(0)
    far = numbers(threshold_gap(rng.normal(9, 1, 200), rng.normal(0, 1, 200)))
    assert far > 0.9, f"two samples that hardly overlap are nearly 1 apart, got {far:.2f}"
    same = [numbers(threshold_gap(*rng.normal(size=(2, 40)))) for _ in range(200)]
    assert abs(np.mean(same)) < 0.06, (
        "of two samples from one distribution the gap should be 0 on average, "
        f"yours is {np.mean(same):.2f}: is a threshold judged by the data that chose it?"
    )


check_measured()
print("shift from samples: the visible check passes")


# %% nbgrader={"grade_id": "measured-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_measured():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("measured"))
    got = [student.call("threshold_gap", *rng.exponential(size=(2, 40))) for _ in range(300)]
    got = expect.shape(got, (300,), "one number for two samples")
    # Each has mean 0 and variance at most 2 / 4 / 20; six deviations of the mean of 300.
    assert abs(got.mean()) < 6 * (0.025 / 300) ** 0.5, (
        "samples of one distribution lie 0 apart on average: who judges the threshold?"
    )
    shift = float(rng.uniform(0.6, 0.8))  # of uniform samples: their total variation
    got = student.call("threshold_gap", shift + rng.random(2000), rng.random(2000))
    # Dvoretzky, Kiefer, Wolfowitz: each of four distribution functions of 1000 numbers is off by
    # more than 0.092 with probability 2 exp(-2 * 1000 * 0.092^2) < 1e-7. Else the threshold loses
    # at most four such errors when it is chosen, and two more when it is judged.
    got = expect.shape(got, (), "one number")
    assert got > shift - 6 * 0.092, "the learner is further out: which of the two comes first?"
    assert got < shift + 2 * 0.092, "no event shows more than the total variation"

    def judged(a, b, above):
        """What every best threshold of the first halves shows on the last."""
        half = len(a) // 2
        at = np.concatenate([a[:half], b[:half]])
        gap = np.array([above(a[:half], x).sum() - above(b[:half], x).sum() for x in at])
        return [above(a[half:], x).mean() - above(b[half:], x).mean() for x in at[gap == max(gap)]]

    for _ in range(40):
        n = 2 * int(rng.integers(4, 30))
        a, b = rng.gamma(2.0, 1.5, size=n), rng.gamma(2.0, 1.0, size=n)
        got = expect.shape(student.call("threshold_gap", a, b), (), "one number")
        known = judged(a, b, np.greater) + judged(a, b, np.greater_equal)
        assert abs(np.array(known) - got).min() < 1e-4, (
            "the best threshold of the first halves, on the last halves"
        )


hidden_measured()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the shift of a cloned car
#
# A car is cloned from two drives of the expert on a winding road, then 200 drives of either are
# compared. Left, how far from the middle they are (ninth decile). Right, your estimate of the total
# variation, which starts at nothing, since both begin in the middle, and rises. The clones that
# stray, stray by metres where the expert keeps to a centimetre; the total variation stays well
# below 1 as long as others do not: it counts cars, not metres. An estimate from half of 200 drives
# is good to about 0.1.


# %% nbgrader={"grade_id": "measured-picture"}
def clone_car(drives, seed=0):
    """A small network fitted by squared error to drives of the expert, and the road."""
    road = il.Track(horizon=200)
    policy = il.Deterministic(road, seed=seed)
    demos = il.collect(road.expert, road, n=drives, seed=seed)
    il.fit(policy, demos, steps=STEPS, batch=BATCH, lr=3e-3, seed=seed, device="auto")
    return policy, road


def measured_picture():
    policy, road = clone_car(2)
    own, shown = il.rollout(policy, road, n=200, seed=1), il.collect(road.expert, road, 200, seed=2)
    a, b = numbers(own.state[..., 0].abs()), numbers(shown.state[..., 0].abs())
    steps = np.r_[1, 10:201:10]
    gaps = [numbers(threshold_gap(a[:, t - 1], b[:, t - 1])) for t in steps]
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.semilogy(np.quantile(a, 0.9, axis=0), label="clone")
    left.semilogy(np.quantile(b, 0.9, axis=0), "--", label="expert")
    left.set(xlabel="step", ylabel="distance from the middle (m)")
    left.legend(frameon=False)
    right.plot(steps, gaps, "o-")
    right.set(xlabel="step", ylabel="total variation, at least", ylim=(-0.2, 1.02))
    plt.show()


measured_picture()

# %% [markdown]
# ## Part 3: the bounds (6 points)
#
# *In the book:
# [One mistake may cost the rest]({{ site_url }}/book/03-compounding-error.html#one-mistake).*
#
# Let $\varepsilon_t$ be the error at step $t$ on the expert's states. By the union bound some
# mistake has happened by the end of step $t$ with probability at most
# $\varepsilon_1 + \dots + \varepsilon_t$, and after a mistake nothing is known. So step $t$ is a
# mistake with at most this probability, which is also at most 1. Added up over the steps, without
# the cap at 1, this is the theorem of chapter 03,
#
# $$J(\hat\pi) - J(\pi^\star) \le \sum_{t=1}^H (H - t + 1)\, \varepsilon_t ,$$
#
# which is $\varepsilon H(H+1)/2$ if every $\varepsilon_t$ is $\varepsilon$. Turned round, it says
# how good a learner must be for a given cost to be certain.


# %% nbgrader={"grade_id": "bounds", "solution": true}
def mistake_bound(eps):
    """The most that the chance of a mistake can be at each step, by the union bound; at most 1.

    eps: [H], the error at each step on the expert's states
    returns: [H]
    """
    ### BEGIN SOLUTION
    return np.minimum(1, np.cumsum(eps))
    ### END SOLUTION


def cost_bound(eps):
    """The bound of the theorem, for costs in [0, 1] a step, not capped.

    eps: [H]
    returns: one number
    """
    ### BEGIN SOLUTION
    return np.cumsum(eps).sum()
    ### END SOLUTION


def error_allowed(cost, horizon):
    """The largest error, the same at each step, for which the theorem promises this excess cost.

    cost: a number of at least 0; horizon: H
    returns: one number, at most 1
    """
    ### BEGIN SOLUTION
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "bounds-check"}
def check_bounds():
    eps = np.array([0.3, 0.1, 0.2])
    step = numbers(mistake_bound(eps))
    assert step.shape == (3,), f"expected one number per step, shape (3,), got {step.shape}"
    assert np.isclose(step[0], 0.3), (
        "at step 1 the learner stands where the expert does: the chance of a mistake is eps_1, "
        f"0.3, got {step[0]:.3f}"
    )
    assert not np.isclose(step[1], 0.37), (
        "1 - 0.7 * 0.9 supposes independent mistakes; a bound must hold for disjoint ones too"
    )
    assert np.allclose(step, [0.3, 0.4, 0.6]), f"expected 0.3, 0.4 and 0.6, got {step}"
    high = numbers(mistake_bound(np.array([0.9, 0.9])))
    assert (high <= 1).all(), f"a probability is at most 1, got {high}"
    first, last = (numbers(cost_bound(np.array(x))) for x in ([0.1, 0, 0], [0, 0, 0.1]))
    assert first.shape == (), f"the bound is one number, got shape {first.shape}"
    assert first > last, "a mistake at the first step can spoil more steps than one at the last"
    assert np.isclose(last, 0.1), "an error at the last step, 0.1, costs one step: 0.1 in all"
    assert np.isclose(first, 0.3), f"a mistake at step 1 of 3 spoils three steps, got {first:.2f}"
    assert np.isclose(numbers(cost_bound(np.array([0.9, 0.9]))), 2.7), "the theorem is not capped"
    allowed = numbers(error_allowed(0.6, 3))
    assert np.isclose(allowed, 0.1), (
        "an error of 0.1 over three steps bounds the cost by 0.1 (3 + 2 + 1) = 0.6; "
        f"got {allowed:.3f}"
    )
    assert numbers(error_allowed(100.0, 3)) <= 1, "an error is a probability"


check_bounds()
print("bounds: the visible check passes")


# %% nbgrader={"grade_id": "bounds-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_bounds():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("bounds"))
    for horizon in (1, 7, 12):
        eps = rng.dirichlet(np.ones(horizon + 1))[:-1]  # room for mistakes that exclude each other
        # The worst case: a fall at step i in the episodes of kind i, and mistakes from then on.
        wrong = np.tril(np.ones((horizon, horizon)))
        each = (wrong * eps).sum(1)
        faults = {
            "mistakes need not be independent: the union bound adds": 1 - np.cumprod(1 - eps),
            "step t counts its own error too": each - eps,
            "after a mistake nothing is known: errors add up": eps,
        }
        got = student.call("mistake_bound", eps)
        expect.close(got, each, "met by mistakes that exclude each other", faults=faults)
        faults = {
            "a mistake at step t spoils step t too": each.sum() - eps.sum(),
            "early mistakes spoil more steps than late ones": (eps * range(1, horizon + 1)).sum(),
            "a mistake at step t cannot spoil the steps before": horizon * eps.sum(),
        }
        got = student.call("cost_bound", eps)
        expect.close(got, each.sum(), "met by mistakes that exclude each other", faults=faults)
        big = rng.uniform(0.5, 1, size=horizon)
        got = student.call("mistake_bound", big)
        expect.close(got, [min(1, sum(big[: t + 1])) for t in range(horizon)], "at most 1")
        i, size = int(rng.integers(horizon)), float(rng.random())
        got = student.call("cost_bound", size * np.eye(horizon)[i])
        expect.close(got, size * (horizon - i), "one error is paid until the end")
        got = student.call("cost_bound", big)
        expect.close(got, sum(range(1, horizon + 1) * big[::-1]), "the theorem has no cap")
        cost = float(rng.uniform(0.1, 0.9)) * sum(range(horizon + 1))
        got = expect.shape(student.call("error_allowed", cost, horizon), (), "error allowed")
        faults = {
            "the bound is eps H (H + 1) / 2: a half": cost / sum(range(horizon + 1)) / 2,
            "a mistake at step t cannot spoil the steps before": cost / horizon**2,
        }
        want = cost / sum(range(horizon + 1))
        expect.close(got, want, "at this error the bound is the cost", 1e-5, faults)
        got = student.call("error_allowed", 2.0 * horizon**2, horizon)
        expect.close(got, 1.0, "no error is above 1")


hidden_bounds()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4: the tightrope (8 points)
#
# *In the book:
# [The bound is met]({{ site_url }}/book/03-compounding-error.html#bound-is-met).*
#
# The walker errs with probability $\varepsilon$ at each step on the rope, independently; one
# mistake puts it on the ground, where it always errs. Step $t$ is free of a mistake if all of the
# first $t$ steps were:
#
# $$J(\hat\pi) = \sum_{t=1}^H \big(1 - (1 - \varepsilon)^t\big) .$$
#
# For an error of $10^{-15}$ the difference of two numbers near 1 has hardly a digit left. Compute
# the cost so that it keeps six digits for any $\varepsilon$ from $10^{-15}$ to 1: there are
# functions for $\log(1 + x)$ and $e^x - 1$ near zero, and there is the recursion over the tables.
#
# How fast does the cost grow? Between two horizons $H_1 < H_2$ the *growth exponent* is the slope
# of $\log J$ against $\log H$. It is near 2 while falls are rare, and tends to 1 once a fall is all
# but certain: a fitted exponent says as much about where it was fitted as about the world.


# %% nbgrader={"grade_id": "tightrope-cost", "solution": true}
def tightrope_cost(eps, horizon):
    """The exact total cost of the walker, to six digits for any eps in [1e-15, 1].

    eps: a number; horizon: H
    returns: one number (shape [])
    """
    ### BEGIN SOLUTION
    if eps == 1:
        return float(horizon)
    return sum(-math.expm1(t * math.log1p(-eps)) for t in range(1, horizon + 1))
    ### END SOLUTION


def growth(eps, low, high):
    """The growth exponent of the cost between the horizons low < high.

    returns: one number
    """
    ### BEGIN SOLUTION
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
    ### END SOLUTION


# %% nbgrader={"grade_id": "tightrope-cost-check"}
def check_tightrope_cost():
    cost = numbers(tightrope_cost(0.1, 3))
    assert cost.shape == (), f"expected one number, got shape {cost.shape}"
    assert not np.isclose(cost, 0.271), "that is the chance to fall; the cost counts every step"
    assert not np.isclose(cost, 0.6), "that is the bound; two mistakes of one walk count as one"
    assert not np.isclose(cost, 0.29), "step 1 can be a mistake, and step 3 too: where t starts"
    assert np.isclose(cost, 0.561), f"0.1 + 0.19 + 0.271 = 0.561, got {cost:.4f}"
    assert np.isclose(numbers(tightrope_cost(1.0, 4)), 4), "eps = 1: every step is a mistake"
    tiny = numbers(tightrope_cost(1e-15, 10)) / 55e-15
    assert abs(tiny - 1) < 1e-5, (
        f"for eps = 1e-15 and H = 10 the cost is 55e-15 to six digits; yours is {tiny:.4f} of it: "
        "1 - (1 - eps)^t loses its digits"
    )
    slow, fast = numbers(growth(1e-6, 100, 200)), numbers(growth(0.5, 2000, 4000))
    far = numbers(growth(1e-6, 10, 1000))
    assert np.isclose(slow, 1.99276, atol=1e-3), (
        "as good as on the bound, H (H + 1) / 2, the exponent between 100 and 200 is 1.993, "
        f"got {slow:.3f}: logarithms of costs, over logarithms of horizons"
    )
    assert np.isclose(fast, 1, atol=1e-2), f"certain falls cost one a step: slope 1, got {fast:.3f}"
    assert np.isclose(far, 1.97945, atol=1e-3), (
        f"horizons need not be a factor of 2 apart: between 10 and 1000 it is 1.979, got {far:.3f}"
    )


check_tightrope_cost()
print("tightrope: the visible check passes")


# %% nbgrader={"grade_id": "tightrope-cost-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_tightrope_cost():
    import math
    from fractions import Fraction

    import numpy as np

    from ilkit.grading import expect, student

    def exact(eps, horizon):
        """H less a geometric sum, in whole numbers; every float is a fraction."""
        stay = 1 - Fraction(eps)
        return float(horizon - stay * (1 - stay**horizon) / Fraction(eps))

    rng = np.random.default_rng(student.seed("tightrope-cost"))
    for low, high in ((-1, -0.3), (-3, -1.5), (-15, -14)):
        eps, horizon = float(10 ** rng.uniform(low, high)), int(rng.integers(8, 40))
        want, bound = exact(eps, horizon), eps * horizon * (horizon + 1) / 2
        got = expect.shape(student.call("tightrope_cost", eps, horizon), (), "cost")
        faults = {
            "every step on the ground costs, not the fall alone": -math.expm1(
                horizon * math.log1p(-eps)
            ),
            "a walk that has fallen cannot fall again: the cost is below the bound": bound,
            "the sum runs from step 1 to step H": exact(eps, horizon - 1),
        }
        faults = {idea: x / want for idea, x in faults.items()}
        idea = "the exact cost, also where 1 - (1 - eps)^t would lose its digits"
        expect.close(got / want, 1.0, idea, 1e-5, faults)
    expect.close(student.call("tightrope_cost", 1.0, 9), 9.0, "a walker that always errs")
    for eps in (float(rng.uniform(1e-4, 2e-4)), float(rng.uniform(0.05, 0.2))):
        low, high = int(rng.integers(10, 30)), int(rng.integers(100, 200))
        want = np.diff(np.log([exact(eps, low), exact(eps, high)]))[0] / np.log(high / low)
        steps = math.log(exact(eps, high) / exact(eps, low)) / (high - low)
        faults = {"logarithms of the horizons too": steps, "which is divided by which": 1 / want}
        expect.close(
            student.call("growth", eps, low, high), want, "slope of logarithms", 1e-4, faults
        )


hidden_tightrope_cost()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the square, and where it ends
#
# Cost against horizon. Your curve must pass through the rings. It follows the bound while
# $\varepsilon H$ is small and then bends towards the line $J = H$, the most that an episode can
# cost.


# %% nbgrader={"grade_id": "tightrope-cost-picture"}
def tightrope_cost_picture():
    horizons = np.unique(np.geomspace(1, 1000, 25).round()).astype(int)
    costs = [numbers(tightrope_cost(EPSILON, int(h))) for h in horizons]
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    ax.loglog(horizons, EPSILON * horizons * (horizons + 1) / 2, ":", color="0.5", label="bound")
    ax.loglog(horizons, horizons, "--", color="0.5", label="a mistake at every step")
    ax.loglog(horizons, costs, color="#0072B2", label="tightrope")
    for h in (10, 100, 1000):
        p, c, rho, pi, _ = tightrope(EPSILON, h)
        ring = (occupancy(p, pi, rho)[..., None] * pi * c).sum()
        ax.plot(h, ring, "o", color="0.5", fillstyle="none", zorder=3)
    ax.set(xlabel="horizon", ylabel="total cost")
    ax.legend(frameon=False)
    plt.show()


tightrope_cost_picture()

# %% [markdown]
# ## Part 5: the survivors (10 points)
#
# *In the book:
# [Two distributions]({{ site_url }}/book/03-compounding-error.html#two-distributions).*
#
# The heart of the proof is to follow the learner's episodes as long as they are free of mistakes.
# Let $g_t(s)$ be the probability that the learner is in state $s$ at step $t$ *and* made no mistake
# at the steps $1, \dots, t - 1$. Then $g_1 = \rho_0$, and chapter 03 shows by induction that
# $g_t(s) \le d_t^{\pi^\star}(s)$. From $g$ follow, for each step,
#
# - the probability that the *first* mistake happens at step $t$, which is at most $\varepsilon_t$;
# - the probability of a mistake at step $t$ *given* that none happened before. Some slides bound
#   this one by $\varepsilon_t$ too, and they are wrong: the survivors are not distributed like the
#   expert. Where nobody survives, let it be 0.


# %% nbgrader={"grade_id": "survivors", "solution": true}
def survivors(p, pi, expert, rho):
    """The probability g of being in a state at step t without a mistake at the steps before t.

    p: [S, A, S]; pi: [H, S, A], the learner; expert: [S]; rho: [S]
    returns: [H, S]
    """
    ### BEGIN SOLUTION
    every = np.arange(len(expert))
    rows = [rho]
    for step in pi[:-1]:
        rows.append((rows[-1] * step[every, expert]) @ p[every, expert])
    return np.array(rows)
    ### END SOLUTION


def first_mistake(p, pi, expert, rho):
    """The probability that the first mistake happens at step t.

    returns: [H]
    """
    ### BEGIN SOLUTION
    wrong = 1 - pi[:, np.arange(len(expert)), expert]
    return (survivors(p, pi, expert, rho) * wrong).sum(1)
    ### END SOLUTION


def conditional_mistake(p, pi, expert, rho):
    """The probability of a mistake at step t, given that there was none before.

    returns: [H], 0 where nobody survives
    """
    ### BEGIN SOLUTION
    alive = survivors(p, pi, expert, rho).sum(1)
    return np.where(alive > 0, first_mistake(p, pi, expert, rho) / np.where(alive > 0, alive, 1), 0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "survivors-check"}
def check_survivors():
    p, _, rho, pi, expert = tightrope(0.1, 3)
    args = p, pi, expert, rho
    g = numbers(survivors(*args))
    assert g.shape == (3, 2), f"expected shape (3, 2): steps by states, got {g.shape}"
    assert np.allclose(g[0], rho), "before step 1 nothing has gone wrong: g starts at rho"
    assert np.allclose(g[:, 1], 0), "whoever is on the ground has made a mistake: no survivor"
    assert not np.allclose(g[:, 0], 1), (
        "g counts the learner's episodes: those that err drop out, nothing is made up for"
    )
    assert np.allclose(g[:, 0], [1, 0.9, 0.81]), (
        f"on the rope after no, one and two chances to err: 1, 0.9, 0.81; got {g[:, 0]}"
    )
    first = numbers(first_mistake(*args))
    assert first.shape == (3,), f"expected one number per step, got shape {first.shape}"
    assert not np.allclose(first, [0.1, 0.19, 0.271]), "a mistake after a fall is not the first"
    assert np.allclose(first, [0.1, 0.09, 0.081]), f"expected 0.1, 0.09, 0.081, got {first}"
    given = numbers(conditional_mistake(*args))
    assert np.allclose(given, 0.1), (
        f"each step on the rope errs with 0.1, whatever the past: given no mistake, got {given}"
    )
    # Two kinds of episode: in one the learner errs at step 1 for certain, in the other at step 2.
    p = np.eye(2)[:, None].repeat(2, axis=1)
    pi = np.array([[[0.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]])
    args = p, pi, np.array([0, 0]), np.array([0.5, 0.5])
    given = numbers(conditional_mistake(*args))
    assert np.isfinite(given).all(), "where nobody survives the quotient is 0 / 0: let it be 0"
    assert not np.isclose(given[1], 0.5), (
        "only episodes of the second kind survive step 1, and all of these err at step 2: "
        "divide by the probability of having survived"
    )
    assert np.allclose(given, [0.5, 1, 0]), f"expected 0.5, 1 and 0, got {given}"


check_survivors()
print("survivors: the visible check passes")


# %% nbgrader={"grade_id": "survivors-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_survivors():
    from itertools import product

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("survivors"))
    for S, A, H in ((3, 2, 4), (2, 3, 4)):
        p, rho = rng.dirichlet(np.ones(S), size=(S, A)), rng.dirichlet(np.ones(S))
        pi, expert = rng.dirichlet(np.ones(A), size=(H, S)), rng.integers(A, size=S)
        expert[:2] = 1, 0
        g, drawn, own, first = np.zeros((H, S)), np.zeros((H, S)), np.zeros(H), np.zeros(H)
        for path in product(product(range(S), range(A)), repeat=H):  # every trajectory
            chance, clean = 1.0, True
            for t, (s, a) in enumerate(path):
                chance *= rho[s] if t == 0 else p[path[t - 1]][s]
                rest = (A * S) ** (H - t - 1) * A  # as many trajectories begin like this one
                g[t, s] += clean * chance / rest
                drawn[t, s] += chance / rest
                chance *= pi[t, s, a]
                first[t] += clean * chance * (a != expert[s]) * A / rest
                own[t] += chance * (a != expert[s]) * A / rest
                clean = clean and a == expert[s]
        alive = g.sum(1)
        args = p, pi, expert, rho
        ahead = np.vstack([g[1:], g[-1:]])
        faults = {
            "episodes that err drop out: these are all of the learner's": drawn,
            "survivors are not scaled up to sum to one": g / alive[:, None],
            "mistakes at the steps before t count, not the one at t": ahead,
        }
        got = expect.shape(student.call("survivors", *args), (H, S), "survivors")
        expect.close(got, g, "every trajectory without a mistake before t", faults=faults)
        faults = {"a mistake after a mistake is not the first": own}
        got = student.call("first_mistake", *args)
        expect.close(got, first, "every trajectory whose first mistake is at t", faults=faults)
        faults = {"divide by the probability of no mistake before": first}
        got = student.call("conditional_mistake", *args)
        expect.close(got, first / alive, "a mistake now, given none before", faults=faults)
    pi[1] = np.eye(A)[(expert + 1) % A]  # nobody survives the second step
    got = student.call("conditional_mistake", p, pi, expert, rho)
    assert got is not None, "your function returned None: is there a return?"
    expect.close(got[1:], [1.0] + [0.0] * (H - 2), "0 where nobody survives")


hidden_survivors()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: a process that meets the bound (10 points)
#
# *In the book:
# [The bound is met]({{ site_url }}/book/03-compounding-error.html#bound-is-met).*
#
# On the tightrope mistakes overlap: a walk that has fallen cannot fall again, so the cost stays
# below $\varepsilon H(H+1)/2$. Build a process on which the bound is met exactly, for any horizon
# and any $\varepsilon$ with $\varepsilon H \le 1$:
#
# - under the *mistake cost*, 1 for any action but the expert's and 0 for the expert's;
# - the expert takes action 0 in every state;
# - on the expert's states the learner's error is $\varepsilon$ at each of the $H$ steps;
# - the learner's total cost is $\varepsilon H (H + 1) / 2$.
#
# The number of states and actions is yours. The first mistakes of the different steps must exclude
# each other, and a mistake must be the beginning of the end. Parts 3 and 5 say why.


# %% nbgrader={"grade_id": "disjoint", "solution": true}
def worst_process(eps, horizon):
    """A process and a learner that attain the bound; the expert takes action 0 everywhere.

    eps: the error at each step; horizon: H, with eps * H at most 1
    returns: p [S, A, S], rho [S], pi [H, S, A]
    """
    ### BEGIN SOLUTION
    states, off = horizon + 2, horizon + 1  # the H kinds of episode, no kind, off the rope
    p = np.zeros((states, 2, states))
    p[:, 0] = np.eye(states)
    p[:, 1, off] = 1
    rho = np.full(states, eps)
    rho[horizon], rho[off] = 1 - eps * horizon, 0
    pi = np.zeros((horizon, states, 2))
    pi[:, :, 0] = 1
    for t in range(horizon):
        pi[t, [t, off]] = [0, 1]
    return p, rho, pi
    ### END SOLUTION


# %% nbgrader={"grade_id": "disjoint-check"}
def check_disjoint():
    eps, horizon = 0.2, 4
    p, rho, pi = (numbers(x) for x in returned(worst_process(eps, horizon)))
    states, actions = p.shape[:2]
    assert p.shape == (states, actions, states), f"p has shape [S, A, S], got {p.shape}"
    assert pi.shape == (horizon, states, actions), f"pi has shape [H, S, A], got {pi.shape}"
    for name, x in {"p": p, "rho": rho, "pi": pi}.items():
        assert (x > -1e-9).all(), f"{name} holds a negative probability"
        assert np.allclose(x.sum(-1), 1), f"rows of {name} must sum to one, got {x.sum(-1)}"
    expert = np.zeros(states, dtype=int)
    shown = occupancy(p, as_policy(expert, horizon, actions), rho)
    error = (shown * (1 - pi[..., 0])).sum(1)
    assert np.allclose(error, eps), (
        f"on the expert's states the error must be {eps} at every step, got {error.round(3)}"
    )
    wrong = (occupancy(p, pi, rho) * (1 - pi[..., 0])).sum(1)
    assert not np.allclose(wrong, eps), (
        "your learner errs as seldom on its own states: a mistake has to have consequences"
    )
    assert np.isclose(wrong.sum(), 2), (
        "the chances of a mistake should be 0.2, 0.4, 0.6 and 0.8, together 2; yours are "
        f"{wrong.round(3)}: do mistakes of one episode overlap, or does it recover?"
    )


check_disjoint()
print("worst process: the visible check passes")


# %% nbgrader={"grade_id": "disjoint-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_disjoint():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("disjoint"))
    for horizon, share in ((3, 1.0), (6, rng.uniform(0.2, 0.9)), (1, 0.3), (17, rng.random())):
        eps = float(share) / horizon
        got = student.call("worst_process", eps, horizon)
        assert isinstance(got, list), "three results: p, rho and pi"
        assert len(got) == 3, "three results: p, rho and pi"
        assert np.ndim(got[0]) == 3, "p has shape [S, A, S]"
        S, A = np.shape(got[0])[:2]
        p = expect.shape(got[0], (S, A, S), "p")
        rho, pi = expect.shape(got[1], (S,), "rho"), expect.shape(got[2], (horizon, S, A), "pi")
        for name, x in (("p", p), ("rho", rho), ("pi", pi)):
            assert (x > -1e-6).all(), f"{name}: no probability is negative"
            expect.close(
                x.sum(-1), np.ones(x.shape[:-1]), f"{name}: probabilities sum to one", 1e-5
            )
        expert, own, error, cost = rho, rho, [], []
        for step in pi:
            error.append(expert @ (1 - step[:, 0]))
            cost.append(own @ (1 - step[:, 0]))
            expert, own = expert @ p[:, 0], (own[:, None] * step).ravel() @ p.reshape(-1, S)
        idea = "the error on the expert's states is eps at every step"
        faults = {
            "the error at each step, not in all": np.divide(error, horizon),
        }
        expect.close(error, np.full(horizon, eps), idea, 1e-5, faults)
        faults = {
            "mistakes must not overlap": horizon
            - sum((1 - eps) ** t for t in range(1, horizon + 1)),
            "a mistake must be the beginning of the end": eps * horizon,
        }
        idea = "the learner pays the whole bound"
        expect.close(sum(cost), eps * sum(range(horizon + 1)), idea, 1e-5, faults)


hidden_disjoint()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 7: the performance-difference lemma (10 points)
#
# *In the book:
# [The performance-difference lemma]({{ site_url }}/book/03-compounding-error.html#any-cost).*
#
# For any two policies and any costs, $J(\hat\pi) - J(\pi^\star)$ is the sum over the steps of
# either of
#
# $$\mathbb E_{s \sim d_t^{\hat\pi},\, a \sim \hat\pi_t(\cdot \mid s)}
#   \big[ Q_t^{\pi^\star}(s, a) - V_t^{\pi^\star}(s) \big]
#   \qquad\text{(the learner's states at the expert's prices)}$$
#
# $$\mathbb E_{s \sim d_t^{\pi^\star},\, a \sim \pi^\star_t(\cdot \mid s)}
#   \big[ V_t^{\hat\pi}(s) - Q_t^{\hat\pi}(s, a) \big]
#   \qquad\text{(the expert's states at the learner's prices)}$$
#
# with $V_t^\pi(s) = \mathbb E_{a \sim \pi_t(\cdot \mid s)}[Q_t^\pi(s, a)]$. The terms
# differ between the forms, their sums do not. Both policies are tables $[H, S, A]$ here, and the
# expert may be random. `occupancy` and `q_values` are given above.


# %% nbgrader={"grade_id": "lemma", "solution": true}
def learner_form(p, c, pi, star, rho):
    """The terms of the first form, step by step: the learner's states at the expert's prices.

    p: [S, A, S]; c: [S, A]; pi: [H, S, A], the learner; star: [H, S, A], the expert; rho: [S]
    returns: [H], summing to J(pi) - J(star)
    """
    ### BEGIN SOLUTION
    where = occupancy(p, pi, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, star)).sum((1, 2))
    ### END SOLUTION


def expert_form(p, c, pi, star, rho):
    """The terms of the second form, step by step: the expert's states at the learner's prices.

    returns: [H], summing to J(pi) - J(star)
    """
    ### BEGIN SOLUTION
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, pi)).sum((1, 2))
    ### END SOLUTION


# %% nbgrader={"grade_id": "lemma-check"}
def check_lemma():
    p, c, rho, pi, expert = tightrope(0.1, 2)
    args = p, c, pi, as_policy(expert, 2, 2), rho
    own, shown = numbers(learner_form(*args)), numbers(expert_form(*args))
    for terms in (own, shown):
        assert terms.shape == (2,), f"expected one term per step, shape (2,), got {terms.shape}"
    assert not np.allclose(own + shown, 0), "one of your forms has the wrong sign"
    assert own.sum() > 0, "the learner pays more than the expert: check the sign of the first form"
    assert shown.sum() > 0, "what the expert saves is V - Q: check the sign of the second form"
    assert not np.allclose(own, [0.19, 0.1]), (
        "your first form is the second: it walks with the learner and asks the expert's prices"
    )
    assert np.allclose(own, [0.1, 0.19]), (
        "first form, by hand: a mistake costs the expert 1, and the learner makes one with "
        f"probability 0.1, then 0.19; got {own}"
    )
    assert np.allclose(shown, [0.19, 0.1]), (
        "second form, by hand: at step 1 a mistake (0.1) costs the learner 2 where it would have "
        f"paid 0.1, at step 2 it costs 1; expected 0.1 * 1.9 and 0.1 * 1, got {shown}"
    )
    p, c, rho, pi, expert = tightrope(0.1, 2, pain=True)
    hurt = numbers(learner_form(p, c, pi, as_policy(expert, 2, 2), rho))
    assert np.allclose(hurt, [0.2, 0.09]), (
        "if the ground hurts, a mistake at step 1 costs the expert two steps, 0.1 * 2; at step 2 "
        "one on the rope costs 0.9 * 0.1, and on the ground nothing more than anyone pays; "
        f"got {hurt}"
    )
    for form in (learner_form, expert_form):
        same = numbers(form(p, c, pi, pi, rho))
        assert np.allclose(same, 0), (
            f"a policy differs from itself by nothing, yet {form.__name__} gives {same}: the "
            "expert may be random, and then its action is an expectation too"
        )


check_lemma()
print("lemma: the visible check passes")


# %% nbgrader={"grade_id": "lemma-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_lemma():
    import numpy as np

    from ilkit.grading import expect, student

    def total(p, c, policy, rho):
        """The total cost, forward in time."""
        d, cost = rho, 0.0
        for step in policy:
            both = d[:, None] * step
            d, cost = np.tensordot(both, p, 2), cost + (both * c).sum()
        return cost

    rng = np.random.default_rng(student.seed("lemma"))
    for S, A, H, sharp in ((4, 3, 5, False), (5, 2, 3, True), (3, 2, 1, False)):
        p, rho = rng.dirichlet(np.full(S, 0.5), size=(S, A)), rng.dirichlet(np.ones(S))
        c = rng.normal(size=(S, A))
        pi, star = rng.dirichlet(np.ones(A), size=(2, H, S))
        if sharp:
            star = np.repeat(np.eye(A)[rng.integers(A, size=S)][None], H, axis=0)
        # Term t of the first form: the expert takes over after step t instead of after step t - 1;
        # of the second form: the learner takes over before step t instead of after it.
        late = [total(p, c, np.vstack([pi[:t], star[t:]]), rho) for t in range(H + 1)]
        early = [total(p, c, np.vstack([star[:t], pi[t:]]), rho) for t in range(H + 1)]
        first, second = np.diff(late), -np.diff(early)
        args = p, c, pi, star, rho
        faults = {
            "this is the other form": second,
            "check the sign": -first,
            "the terms, not their running sum": np.cumsum(first),
        }
        idea = "first form: what one more step of the learner costs before the expert takes over"
        expect.close(student.call("learner_form", *args), first, idea, faults=faults)
        faults = {
            "this is the other form": first,
            "check the sign: what the expert saves": -second,
            "the terms, not their running sum": np.cumsum(second),
        }
        idea = "second form: what one more step of the expert saves before the learner takes over"
        expect.close(student.call("expert_form", *args), second, idea, faults=faults)


hidden_lemma()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: the lemma by taking over (8 points)
#
# *In the book:
# [The performance-difference lemma]({{ site_url }}/book/03-compounding-error.html#any-cost).*
#
# The car has no tables, but the lemma can be driven. Let $J_t$ be the mean cost of a drive in which
# the learner acts for the first $t$ steps and the expert for the others: $J_0 = J(\pi^\star)$ and
# $J_H = J(\hat\pi)$. Up to step $t$ the drives of $J_t$ and of $J_{t-1}$ are the learner's; in step
# $t$ one takes the learner's action, the other the expert's; from then on the expert drives. So
#
# $$J_t - J_{t-1} = \mathbb E_{s \sim d_t^{\hat\pi},\, a \sim \hat\pi}
#   \big[ Q_t^{\pi^\star}(s, a) - V_t^{\pi^\star}(s) \big] ,$$
#
# the $t$-th term of the first form, and the lemma is a telescope. Drive all of them with the same
# random numbers, and most of the noise cancels in the difference.
#
# An environment of `ilkit` runs $n$ drives side by side: `env.reset(n, generator)` gives the first
# states, `env.observe(state)` what a policy sees, `env.step(state, act, generator)` the next states
# and the costs $[n]$ of this step; a drive has `env.horizon` steps. All randomness comes from a
# `torch.Generator`, which a seed determines. (`il.rollout` may do the driving, if you can make it
# change drivers.)


# %% nbgrader={"grade_id": "takeover", "solution": true}
def takeover(first, then, switch, env, n, seed):
    """Total costs of drives in which `first` acts for `switch` steps, and `then` ever after.

    first, then: functions from observations [n, ...] to actions [n, ...]
    switch: a number of steps from 0 to env.horizon; seed: equal seeds give equal randomness
    returns: [n]
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    state, total = env.reset(n, generator), torch.zeros(n)
    for t in range(env.horizon):
        actor = first if t < switch else then
        state, cost = env.step(state, actor(env.observe(state)), generator)
        total = total + cost
    return total
    ### END SOLUTION


def takeover_terms(learner, expert, env, n, seed):
    """The terms of the lemma's first form, estimated from n drives with one seed for all.

    returns: [H]
    """
    ### BEGIN SOLUTION
    switches = range(env.horizon + 1)
    costs = [takeover(learner, expert, t, env, n, seed).mean() for t in switches]
    return torch.stack(costs).diff()
    ### END SOLUTION


# %% nbgrader={"grade_id": "takeover-check"}
def check_takeover():
    road, asked = il.Track(horizon=6), []

    def drifter(obs):
        asked.append("first")
        assert tuple(obs.shape) == (5, 3), "a policy sees env.observe(state), not the state"
        return 0 * obs[:, :1] + 0.8

    def guide(obs):
        asked.append("then")
        return road.expert(obs)

    cost = numbers(takeover(drifter, guide, 2, road, 5, seed=0))
    assert cost.shape == (5,), f"expected one total per drive, shape (5,), got {cost.shape}"
    assert len(asked) == 6, f"a horizon of 6 asks 6 times, got {len(asked)}"
    assert asked == ["first"] * 2 + ["then"] * 4, (
        f"with switch = 2 the first driver acts for 2 of 6 steps; yours: {', '.join(asked)}"
    )
    alone = [numbers(takeover(drifter, drifter, t, road, 5, seed=0)) for t in (1, 4)]
    assert (alone[0] == alone[1]).all(), "if both are the same driver, the switch changes nothing"
    assert (numbers(takeover(drifter, guide, 2, road, 5, seed=1)) != cost).any(), (
        "other seeds must give other drives"
    )
    whole = il.rollout(road.expert, road, n=4000, seed=1).total_cost().mean().item()
    mean = numbers(takeover(guide, guide, 0, road, 4000, seed=0)).mean()
    assert not np.isclose(mean, whole / 6, rtol=0.2), "add the costs of the steps, do not average"
    assert np.isclose(mean, whole, rtol=0.2), f"the expert alone pays {whole:.1e}, got {mean:.1e}"

    def drift(obs):
        return 0 * obs[:, :1] + 0.8

    terms = numbers(takeover_terms(drift, road.expert, road, 50, seed=0))
    assert terms.shape == (6,), f"expected one term per step, shape (6,), got {terms.shape}"
    zero, one, six = (
        numbers(takeover(drift, road.expert, t, road, 50, seed=0)).mean() for t in (0, 1, 6)
    )
    assert not np.isclose(terms.sum(), zero - six), "the learner pays more: check the sign"
    assert np.isclose(terms.sum(), six - zero, atol=1e-4), (
        "with one seed the terms telescope to J(learner) - J(expert) exactly"
    )
    assert np.isclose(terms[0], one - zero, atol=1e-4), (
        "the first term: the learner acts for one step and the expert for the rest, less the "
        "expert alone"
    )


check_takeover()
print("taking over: the visible check passes")


# %% nbgrader={"grade_id": "takeover-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_takeover():
    import numpy as np
    import torch

    from ilkit.envs.track import Track
    from ilkit.grading import expect, student

    seed = student.seed("takeover") % 100_000
    rng = np.random.default_rng(seed)
    horizon = int(rng.integers(9, 14))
    road, drive = Track(horizon=horizon, gust=0.02), []

    def drunk(obs):
        drive.append(("first", obs))
        return torch.as_tensor(0.3 * np.sin(9 * obs[:, :1]) - 0.5)

    def guide(obs):
        drive.append(("then", obs))
        return road.expert(torch.as_tensor(obs)[:, :3])

    def cost(*drivers, switch, seed=seed, n=40):
        drive.clear()
        return expect.shape(
            student.call("takeover", *drivers, switch, road, n, seed), (n,), "total costs"
        )

    for switch in (int(rng.integers(2, horizon - 2)), 0, horizon):
        got = cost(drunk, guide, switch=switch)
        asked = [who for who, _ in drive]
        assert len(asked) == horizon, "a driver is asked once a step, horizon times"
        assert {np.shape(obs) for _, obs in drive} == {(40, 3)}, "policies see observations"
        want = ["first"] * switch + ["then"] * (horizon - switch)
        assert asked == want, "the first driver acts for `switch` steps, the other ever after"
        y = np.stack([obs for _, obs in drive])[1:, :, 0]  # a step costs by where it leads
        known = np.minimum(1, (y / 2) ** 2).sum(0)
        assert (known - 1e-3 <= got).all(), "the costs of all steps are added"
        assert (got <= known + 1 + 1e-3).all(), "the costs of all steps, each once"
    again = cost(drunk, guide, switch=horizon)
    expect.close(again, got, "equal seeds give equal drives")
    assert not np.allclose(cost(drunk, guide, switch=horizon, seed=seed + 1), got), (
        "other seeds give other drives"
    )
    expect.close(cost(drunk, drunk, switch=3), got, "the switch changes no random number")

    terms = student.call("takeover_terms", drunk, guide, road, 40, seed)
    means = np.array([cost(drunk, guide, switch=t).mean() for t in range(horizon + 1)])
    other = np.array([cost(guide, drunk, switch=t).mean() for t in range(horizon + 1)])
    faults = {
        "a term is a difference of neighbours": means[1:] - means[0],
        "the learner pays more: check the sign": -np.diff(means),
        "the learner drives first, the expert takes over": -np.diff(other),
    }
    expect.close(terms, np.diff(means), "what one more step of the learner costs", faults=faults)


hidden_takeover()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what each step of the clone costs
#
# Your terms for a car that steers less than the expert and pulls to the left, on a road with
# gusts, and their running sum divided by $J(\hat\pi) - J(\pi^\star)$, measured by other drives:
# it must end within a few per cent of 1. Early steps are cheap, since the car has hardly left the
# middle and the expert brings it back. Late ones are cheap, since little of the drive is left to
# pay for, and the last costs nothing: steering moves the car one step later. The dear ones lie
# between.


# %% nbgrader={"grade_id": "takeover-picture"}
def takeover_picture():
    road = il.Track(horizon=30, gust=0.02)

    def learner(obs):
        return 0.5 * road.expert(obs) + 0.2

    terms = numbers(takeover_terms(learner, road.expert, road, 4000, seed=0))
    whole = il.evaluate(learner, road, 4000, seed=1).mean
    whole -= il.evaluate(road.expert, road, 4000, seed=2).mean
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.plot(np.arange(1, 31), terms, color="#0072B2")
    left.set(xlabel="step", ylabel="term of the lemma", ylim=(0, None))
    right.plot(np.arange(1, 31), np.cumsum(terms) / whole, color="#0072B2")
    right.axhline(1, color="black", linestyle="--")
    right.set(xlabel="step", ylabel="share of the difference")
    plt.show()


takeover_picture()

# %% [markdown]
# ## Part 9: what a mistake costs (10 points)
#
# *In the book:
# [When errors do not compound]({{ site_url }}/book/03-compounding-error.html#no-compounding).*
#
# The lemma turns errors into costs by a price. If the expert acts after the mistake, it is at most
#
# $$u = \max_{t, s, a} \big[ Q_t^{\pi^\star}(s, a) - V_t^{\pi^\star}(s) \big] ,$$
#
# the *recoverability*, over all steps, states and actions. If the learner goes on by itself, it is
# at most
#
# $$\hat u_t = \max_{a,\; s \,:\, d_t^{\pi^\star}(s) > 0}
#   \big[ Q_t^{\hat\pi}(s, a) - Q_t^{\hat\pi}(s, \pi^\star(s)) \big] ,$$
#
# over the states where the expert can be at step $t$: no others matter, for the second form walks
# with the expert. Hence, with the error $\varepsilon_t$ on the expert's states,
#
# $$J(\hat\pi) - J(\pi^\star) \le \sum_{t=1}^H \hat u_t\, \varepsilon_t .$$
#
# Where a mistake is soon repaired, $\hat u_t$ is small and nothing compounds.


# %% nbgrader={"grade_id": "prices", "solution": true}
def recoverability(p, c, expert, horizon):
    """The most that one wrong action costs if the expert acts from then on.

    p: [S, A, S]; c: [S, A]; expert: [S]; horizon: H
    returns: one number
    """
    ### BEGIN SOLUTION
    q = q_values(p, c, as_policy(expert, horizon, c.shape[1]))
    value = q[:, np.arange(len(expert)), expert]
    return (q - value[..., None]).max()
    ### END SOLUTION


def learner_prices(p, c, pi, expert, rho):
    """The most that one wrong action costs at each step if the learner acts from then on.

    p: [S, A, S]; c: [S, A]; pi: [H, S, A]; expert: [S]; rho: [S]
    returns: [H], over states that the expert can visit at that step
    """
    ### BEGIN SOLUTION
    q = q_values(p, c, pi)
    price = (q - q[:, np.arange(len(expert)), expert][..., None]).max(2)
    visited = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho) > 0
    return np.where(visited, price, -np.inf).max(1)
    ### END SOLUTION


def price_bound(p, c, pi, expert, rho):
    """The bound on J(learner) - J(expert) by prices and errors.

    returns: one number
    """
    ### BEGIN SOLUTION
    shown = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho)
    error = (shown * (1 - pi[:, np.arange(len(expert)), expert])).sum(1)
    return learner_prices(p, c, pi, expert, rho) @ error
    ### END SOLUTION


# %% nbgrader={"grade_id": "prices-check"}
def check_prices():
    p, c, rho, pi, expert = tightrope(0.1, 3)
    u = numbers(recoverability(p, c, expert, 3))
    assert u.shape == (), f"recoverability is one number, got shape {u.shape}"
    assert np.isclose(u, 1), (
        f"on the tightrope the expert pays for the mistake alone: u = 1, got {u:.3f}"
    )
    hurt = tightrope(0.1, 3, pain=True)[1]
    u = numbers(recoverability(p, hurt, expert, 3))
    assert np.isclose(u, 3), (
        f"if the ground hurts, a first mistake costs all 3 steps, whoever acts: u = 3, got {u:.3f}"
    )
    u = numbers(recoverability(p[:, [1, 0]], hurt[:, [1, 0]], 1 - expert, 3))
    assert np.isclose(u, 3), (
        "with the names of the actions exchanged, and an expert who takes action 1, u is 3 as "
        f"before, got {u:.3f}: whose actions follow the mistake?"
    )
    price = numbers(learner_prices(p, c, pi, expert, rho))
    assert price.shape == (3,), f"expected one price per step, shape (3,), got {price.shape}"
    assert not np.allclose(price[:2], [2.439, 1.71]), (
        "compare with Q at the expert's action, not with the learner's own V"
    )
    assert np.isclose(price[2], 1), "at the last step a mistake costs 1 and nothing follows"
    assert not np.allclose(price, [3, 2, 1]), (
        "the price is a difference: after the right action the learner may still fall and pay"
    )
    assert np.allclose(price, [2.71, 1.9, 1]), (
        "by hand: at step 2 a mistake leads to a cost of 1 + 1 instead of 0.1, so its price is "
        f"1.9; at step 1 to 3 instead of 0.29; got {price}"
    )
    dear = np.array([[0.0, 1.0], [0.0, 5.0]])
    there = numbers(learner_prices(p, dear, pi, expert, rho))
    assert np.isclose(there[2], 1), (
        "what a mistake costs on the ground must not count: the expert never goes there; at the "
        f"last step the price is 1, got {there[2]:.3f}"
    )
    line, lost = np.zeros((2, 2, 2)), np.full((3, 2, 2), 0.5)
    line[:, :, 1] = 1  # every action leads to state 1, where a mistake costs 3
    args = line, np.array([[0.0, 1.0], [0.0, 3.0]]), lost, expert, rho
    there = numbers(learner_prices(*args))
    assert np.allclose(there, [1, 3, 3]), (
        "an expert who is in state 0 at step 1 and in state 1 from step 2 on, where mistakes cost "
        f"1 and 3, meets the prices 1, 3 and 3; got {there}"
    )
    u = numbers(recoverability(*args[:2], expert, 3))
    assert np.isclose(u, 3), f"over all states and steps the dearest mistake costs 3, got {u:.3f}"
    stay, dear = np.eye(2)[:, None].repeat(2, axis=1), np.array([[5.0, 0.0], [0.0, 2.0]])
    there = numbers(learner_prices(stay, dear, lost, np.array([1, 0]), np.array([0.5, 0.5])))
    assert np.allclose(there, 5), (
        "an expert who takes action 1 in state 0 and action 0 in state 1, and stays in either, "
        f"meets mistakes that cost 5 and 2: the price is the larger, 5; got {there}"
    )
    u = numbers(recoverability(stay, dear, np.array([1, 0]), 3))
    assert np.isclose(u, 5), f"the same holds if the expert takes over: u = 5, got {u:.3f}"
    stay[0, 1] = [0, 1]  # action 1 pays 1 at once and leads to state 1, where all is free
    args = stay, np.array([[0.5, 1.0], [0.0, 0.0]]), as_policy(expert, 3, 2), expert, rho
    there = numbers(learner_prices(*args))
    assert np.allclose(there, [0, 0, 0.5]), (
        "if the other action is no dearer than the expert's, its price is not above 0: expected 0, "
        f"0 and, at the last step, 0.5; got {there}"
    )
    u = numbers(recoverability(*args[:2], expert, 3))
    assert np.isclose(u, 0.5), f"a mistake may be dearest at a late step: u = 0.5, got {u:.3f}"
    bound = numbers(price_bound(p, c, pi, expert, rho))
    assert np.isclose(bound, 0.561), (
        f"2.71, 1.9 and 1 times an error of 0.1 is 0.561, here the cost itself; got {bound:.3f}"
    )


check_prices()
print("prices: the visible check passes")


# %% nbgrader={"grade_id": "prices-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_prices():
    import numpy as np

    from ilkit.grading import expect, student

    def pays(p, c, policy, t, s, a):
        """Cost from step t on after action a in state s, forward in time."""
        d, cost = p[s, a], c[s, a]
        for step in policy[t + 1 :]:
            both = d[:, None] * step
            d, cost = np.tensordot(both, p, 2), cost + (both * c).sum()
        return cost

    rng = np.random.default_rng(student.seed("prices"))
    # A ladder, in closed form: D is the cost to come on the ground less that on the rope.
    eps, r, H = float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.1, 0.7)), 8
    p = np.array([[[1.0, 0], [0, 1]], [[r, 1 - r], [r, 1 - r]]])
    c, rho, expert = np.array([[0.0, 1], [0, 1]]), np.array([1.0, 0]), np.array([0, 0])
    pi = np.repeat(np.array([[[1 - eps, eps], [0, 1.0]]]), H, axis=0)
    left = np.arange(H)[::-1]
    D = (1 - eps) * (1 - (1 - r - eps) ** left) / (r + eps)
    price = student.call("learner_prices", p, c, pi, expert, rho)
    expect.close(price, 1 + D, "on the rope with a ladder")
    expect.close(student.call("recoverability", p, c, expert, H), 1.0, "the expert pays once")
    got = student.call("price_bound", p, c, pi, expert, rho)
    expect.close(got, eps * (H + D.sum()), "prices times errors, step by step")

    S, A, H = 6, 3, 4
    for _ in range(3):
        expert, pi = rng.integers(A, size=S), rng.dirichlet(np.ones(A), size=(H, S))
        expert[:2] = 2, 0
        p, c = rng.dirichlet(np.ones(S), size=(S, A)), rng.random((S, A))
        rho = np.array([0.3, 0.7, 0, 0, 0, 0])
        for s in range(4):  # the expert goes from {0, 1} to {2, 3} and back, never to {4, 5}
            p[s, expert[s]] = np.roll([0.4, 0.6, 0, 0, 0, 0], 2 if s < 2 else 0)
        c[4:] *= 5
        star = np.repeat(np.eye(A)[expert][None], H, axis=0)
        places = list(np.ndindex(H, S, A))
        theirs = np.array([pays(p, c, star, *x) for x in places]).reshape(H, S, A)
        own = np.array([pays(p, c, pi, *x) for x in places]).reshape(H, S, A)
        s = np.arange(S)
        gap = own - own[:, s, expert][..., None]
        value = own - (pi * own).sum(2)[..., None]
        at = [[0, 1], [2, 3]] * (H // 2)
        want = np.array([gap[t, at[t]].max() for t in range(H)])
        u = (theirs - theirs[:, s, expert][..., None]).max()
        got = student.call("recoverability", p, c, expert, H)
        faults = {"the expert acts after the mistake": gap.max()}
        expect.close(got, u, "over all steps, states and actions", faults=faults)
        advantage = theirs - theirs[:, s, expert][..., None]
        faults = {
            "only states that the expert can visit at that step": gap.max((1, 2)),
            "only states that the expert can visit at that very step": gap[:, :4].max((1, 2)),
            "compare with the expert's action, not with the learner's mean": [
                value[t, at[t]].max() for t in range(H)
            ],
            "the learner acts after the mistake": [advantage[t, at[t]].max() for t in range(H)],
        }
        args = p, c, pi, expert, rho
        got = student.call("learner_prices", *args)
        expect.close(got, want, "the dearest action where the expert can be", faults=faults)
        d, error = rho, []
        for step in pi:
            error.append(d @ (1 - step[s, expert]))
            d = d @ p[s, expert]
        got = student.call("price_bound", *args)
        faults = {
            "each step has its own price and error": want.max() * max(error) * H,
            "every price times its own error": want.sum() * np.mean(error),
        }
        expect.close(got, want @ error, "prices times errors, step by step", faults=faults)


hidden_prices()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the ladder
#
# The same walker with and without a ladder that brings it back with probability {{ LADDER }} a
# step. Your bound lies on the cost: on the tightrope there is one state and one mistake, and
# nothing is lost in the estimate. Without the ladder it grows nearly like the square of the horizon
# while a fall is rare, and bends as in part 4. With the ladder it grows like the horizon itself,
# once that is long against $1/r$, where $r$ is the ladder's chance. The dashed line is
# $(1 + 1/r)\, \varepsilon H$.


# %% nbgrader={"grade_id": "prices-picture"}
def prices_picture():
    horizons = np.unique(np.geomspace(2, 200, 12).round()).astype(int)
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, ladder, colour in (("no way back", 0.0, "#D55E00"), ("a ladder", LADDER, "#0072B2")):
        bounds, costs = [], []
        for h in horizons:
            p, c, rho, pi, expert = tightrope(EPSILON, int(h), ladder)
            bounds.append(numbers(price_bound(p, c, pi, expert, rho)))
            costs.append((occupancy(p, pi, rho)[..., None] * pi * c).sum())
        ax.loglog(horizons, bounds, color=colour, label=name)
        ax.plot(horizons, costs, "o", color="0.5", fillstyle="none", zorder=3)
    ax.loglog(horizons, (1 + 1 / LADDER) * EPSILON * horizons, "--", color="#0072B2")
    ax.set(xlabel="horizon", ylabel="bound; rings: cost")
    ax.legend(frameon=False)
    plt.show()


prices_picture()

# %% [markdown]
# ## Part 10: how much data (6 points)
#
# *In the book:
# [How much data]({{ site_url }}/book/03-compounding-error.html#how-much-data).*
#
# Let $\Pi$ be a finite class of policies that contains the expert. With probability at least
# $1 - \delta$ every deterministic policy of the class that agrees with $m$ independent labels has a
# mean error of at most $\log(|\Pi|/\delta)/m$, and so costs at most
#
# $$\frac{H^2 \log(|\Pi|/\delta)}{m}$$
#
# above the expert. If whole demonstrations are counted instead, the maximiser of the likelihood of
# $n$ of them costs at most $C \log(|\Pi|/\delta)/n$, where $C$ is the most that an episode can
# cost. Logarithms are natural.
#
# Both come from $(1 - x)^m \le e^{-xm}$ and the union bound over the class. If the errors of the
# policies are known one can do better: a policy with error $e$ agrees with all of $m$ labels with
# probability $(1 - e)^m$, so the expected number of *bad* policies that survive, those with an
# error above some tolerance, is the sum of this over the bad ones. As long as it is at most
# $\delta$, no bad policy survives with probability $1 - \delta$.


# %% nbgrader={"grade_id": "labels", "solution": true}
def labels_needed(cost, horizon, policies, delta):
    """The least number m of labels for which H^2 log(|Pi| / delta) / m is at most `cost`.

    policies: the number |Pi|; the other arguments are numbers too
    returns: a whole number (shape []); compute in double precision
    """
    ### BEGIN SOLUTION
    return math.ceil(horizon**2 * math.log(policies / delta) / cost)
    ### END SOLUTION


def demonstrations_needed(cost, most, policies, delta):
    """The least number n of demonstrations for which C log(|Pi| / delta) / n is at most `cost`.

    most: C, the most that an episode can cost
    returns: a whole number; compute in double precision
    """
    ### BEGIN SOLUTION
    return math.ceil(most * math.log(policies / delta) / cost)
    ### END SOLUTION


def labels_for(errors, tolerance, delta):
    """The least m for which the expected number of bad policies that survive is at most delta.

    errors: [K], the error of each policy; bad are those strictly above `tolerance`
    returns: a whole number of at least 0
    """
    ### BEGIN SOLUTION
    bad = np.asarray(errors)[np.asarray(errors) > tolerance]
    m = 0
    while ((1 - bad) ** m).sum() > delta:
        m += 1
    return m
    ### END SOLUTION


# %% nbgrader={"grade_id": "labels-check"}
def check_labels():
    m = numbers(labels_needed(1.0, 100, 1000, 0.05))
    assert m.shape == (), f"expected one number, got shape {m.shape}"
    assert m == round(float(m)), "a number of labels is whole: round up"
    assert m != 50013, "H (H + 1) / 2 needs states that are distributed alike at every step: H^2"
    assert m != 69078, "certainty has its price: log(|Pi| / delta), not log |Pi|"
    assert m != 99034, "one label fewer does not suffice: round up"
    assert m == 99035, f"H = 100, 1000 policies, delta = 0.05: 10 000 * 9.9035 labels, got {m}"
    n = numbers(demonstrations_needed(1.0, 1.0, 1000, 0.05))
    assert n == 10, f"a total cost of at most 1 takes 9.9 nats, hence 10 demonstrations; got {n}"
    assert numbers(demonstrations_needed(0.5, 100.0, 1000, 0.05)) == 1981, (
        "C = 100 and a cost of 0.5 take 200 times 9.9035 demonstrations, rounded up"
    )
    m = numbers(labels_for(np.array([0.5, 0.25, 0.25, 0.1, 0.01]), 0.2, 0.1))
    assert m < 100, f"a policy with an error of 0.01 is good enough and may survive; got {m}"
    assert m != 9, "several bad policies may survive, and their chances add up"
    assert m == 11, (
        "of the three bad policies 0.5^m + 2 * 0.75^m survive on average: 0.114 at m = 10, 0.085 "
        f"at m = 11, the first that is below 0.1; got {m}"
    )
    assert numbers(labels_for(np.array([0.1, 0.2]), 0.2, 0.1)) == 0, "no bad policy, no label"


check_labels()
print("data: the visible check passes")


# %% nbgrader={"grade_id": "labels-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_labels():
    import math

    import numpy as np

    from ilkit.grading import expect, student

    def least(name, *args, need=None, left=None, ideas):
        """The least number that `need` rounds up to, or for which `left` is at most 1."""
        got = expect.shape(student.call(name, *args), (), name)
        assert got == round(float(got)), f"{name}: a whole number, rounded up"
        if left is None:
            kept, before = need <= got + 1e-6, need > got - 1 - 1e-6
        else:
            kept, before = left(got) <= 1 + 1e-9, left(got - 1) > 1 - 1e-9
        if not (kept and before):
            close = (idea for idea, x in ideas.items() if abs(got - x) <= 1)
            raise AssertionError(next(close, f"{name}: the least number that keeps the bound"))

    rng = np.random.default_rng(student.seed("labels"))
    for _ in range(4):
        cost, delta = float(rng.uniform(0.2, 3)), float(rng.uniform(0.01, 0.2))
        H, K = int(rng.integers(5, 80)), int(rng.integers(50, 5000))
        nats = math.log(K) - math.log(delta)
        ideas = {
            "H (H + 1) / 2 supposes that all steps have the same states": H * (H + 1) / 2 * nats,
            "the price of certainty is missing": H**2 * math.log(K),
            "logarithms are natural": H**2 * nats / math.log(10),
            "errors compound: H squared": H * nats,
        }
        ideas = {idea: x / cost for idea, x in ideas.items()}
        least("labels_needed", cost, H, K, delta, need=H**2 * nats / cost, ideas=ideas)
        most = float(rng.uniform(1, 100))
        ideas = {"the most that an episode can cost counts once": most**2 * nats / cost}
        need = most * nats / cost
        least("demonstrations_needed", cost, most, K, delta, need=need, ideas=ideas)

        errors = np.append(rng.uniform(0.03, 0.6, size=K % 60 + 4), [0.2, 0.08, 0.01, 0.0])
        bad = errors[errors > 0.08]
        ideas = {
            "the chances of all bad policies add up": math.log(delta) / math.log1p(-bad.min()),
            "the survivors are counted exactly here": math.log(len(bad) / delta) / bad.min(),
        }

        def left(m, bad=bad, delta=delta):
            return np.exp(m * np.log1p(-bad)).sum() / delta

        least("labels_for", errors, 0.08, delta, left=left, ideas=ideas)
    expect.close(
        student.call("labels_for", np.array([0.1, 0.2]), 0.2, 0.1), 0, "no bad policy, no label"
    )


hidden_labels()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 11: leaving the path (8 points)
#
# *In the book:
# [Counting demonstrations]({{ site_url }}/book/03-compounding-error.html#log-loss-improvement).*
#
# Counting mistakes step by step adds up events that may happen in one and the same episode. Ask
# instead for one number of the whole episode: the probability $q$ that the learner leaves the
# expert's path, by a mistake at any step. For an expert's trajectory let
# $W = \prod_{t=1}^H \hat\pi_t(\pi^\star(s_t) \mid s_t)$ be the likelihood that the learner gives to
# its actions. Chapter 03 shows
#
# $$q = 1 - \mathbb E_{\pi^\star}[W] = D_{\mathrm{TV}}(P^{\hat\pi}, P^{\pi^\star}) ,
#   \qquad D_{\mathrm H}^2 = 2\, \mathbb E_{\pi^\star}\big[1 - \sqrt W\big] ,$$
#
# total variation and squared Hellinger distance between the laws of whole *trajectories*. The
# states of one trajectory depend on each other, so the expectation of the product is not the
# product of expectations: compute it by a recursion over the steps, as in part 5. From
# demonstrations alone, without a model, it is estimated by a mean over the episodes.


# %% nbgrader={"grade_id": "leaving", "solution": true}
def leaving(p, pi, expert, rho):
    """The exact probability q that the learner errs at some step.

    p: [S, A, S]; pi: [H, S, A]; expert: [S]; rho: [S]
    returns: one number (shape [])
    """
    ### BEGIN SOLUTION
    every, stays = np.arange(len(expert)), rho
    for step in pi:
        stays = (stays * step[every, expert]) @ p[every, expert]
    return 1 - stays.sum()
    ### END SOLUTION


def hellinger(p, pi, expert, rho):
    """The exact squared Hellinger distance of the laws of trajectories.

    returns: one number
    """
    ### BEGIN SOLUTION
    every, root = np.arange(len(expert)), rho
    for step in pi:
        root = (root * np.sqrt(step[every, expert])) @ p[every, expert]
    return 2 * (1 - root.sum())
    ### END SOLUTION


def leaving_estimate(prob):
    """An unbiased estimate of q from n demonstrations.

    prob: [n, H], the learner's probability of the expert's action at each recorded step
    returns: one number
    """
    ### BEGIN SOLUTION
    return np.mean(1 - np.prod(prob, axis=1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "leaving-check"}
def check_leaving():
    p, _, rho, pi, expert = tightrope(0.1, 3)
    q = numbers(leaving(p, pi, expert, rho))
    assert q.shape == (), f"expected one number, got shape {q.shape}"
    assert not np.isclose(q, 0.729), "that is the chance to stay on the path"
    assert not np.isclose(q, 0.3), "errors at three steps may fall into one episode: do not add"
    assert np.isclose(q, 0.271), f"1 - 0.9^3 = 0.271 on the tightrope, got {q:.3f}"
    pi[1, 0], pi[2, 0] = [0.8, 0.2], [0.5, 0.5]
    q = numbers(leaving(p, pi, expert, rho))
    assert np.isclose(q, 0.64), (
        "a walker that errs with probability 0.1, 0.2 and 0.5 at the three steps: "
        f"1 - 0.9 * 0.8 * 0.5 = 0.64, got {q:.3f}"
    )
    # Two kinds of episode that never mix: in one the learner errs half of the time, else never.
    kinds = np.eye(2)[:, None].repeat(2, axis=1)
    table = np.repeat(np.array([[[0.5, 0.5], [1.0, 0.0]]]), 3, axis=0)
    args = kinds, table, np.array([0, 0]), np.array([0.5, 0.5])
    q = numbers(leaving(*args))
    assert not np.isclose(q, 1 - 0.75**3), (
        "the mean error is 0.25 at each step, but always in the same half of the episodes: the "
        "states of one episode depend on each other"
    )
    assert np.isclose(q, 0.4375), f"half of the episodes, 1 - 0.5^3 of them: 0.4375, got {q:.4f}"
    far = numbers(hellinger(*args))
    root = 1 - 0.5**1.5
    assert not np.isclose(far, root / 2), "the squared Hellinger distance has a factor of 2"
    assert not np.isclose(far, 2 * (1 - math.sqrt(1 - 0.4375))), (
        "the mean of a root is not the root of the mean"
    )
    assert np.isclose(far, root), f"expected 2 * 0.5 * (1 - sqrt(0.125)) = {root:.4f}, got {far}"
    guess = numbers(leaving_estimate(np.array([[0.9, 0.5], [1.0, 1.0]])))
    assert guess.shape == (), f"the estimate is one number, got shape {guess.shape}"
    assert not np.isclose(guess, 0.2875), (
        "0.95 * 0.75 multiplies the means of the steps: multiply within an episode first"
    )
    assert np.isclose(guess, 0.275), (
        f"two episodes, left with probability 0.55 and 0: 0.275 on average, got {guess:.4f}"
    )


check_leaving()
print("leaving the path: the visible check passes")


# %% nbgrader={"grade_id": "leaving-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_leaving():
    from itertools import product

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("leaving"))
    for S, A, H in ((3, 2, 4), (2, 3, 4), (4, 2, 1)):
        p, rho = rng.dirichlet(np.full(S, 0.6), size=(S, A)), rng.dirichlet(np.ones(S))
        pi, expert = rng.dirichlet(np.ones(A) / 2, size=(H, S)), rng.integers(A, size=S)
        expert[:2] = 1, 0
        laws = []  # of the learner and of the expert, trajectory by trajectory
        for path in product(product(range(S), range(A)), repeat=H):
            world, own, right = rho[path[0][0]], 1.0, 1.0
            for t, (s, a) in enumerate(path):
                world *= 1.0 if t == 0 else p[path[t - 1]][s]
                own, right = own * pi[t, s, a], right * (a == expert[s])
            laws.append((world * own, world * right))
        learner, shown = np.array(laws).T
        apart = abs(learner - shown).sum() / 2
        d, step = rho, []
        for row in pi:
            step.append(d @ (1 - row[np.arange(S), expert]))
            d = d @ p[np.arange(S), expert]
        mixed = 1 - np.prod(1 - np.array(step))
        args = p, pi, expert, rho
        faults = {
            "leaving, not staying": 1 - apart,
            "mistakes of one episode are not counted twice": sum(step),
            "the states of an episode depend on each other": mixed,
            "one of all steps, not of the last": step[-1],
        }
        got = student.call("leaving", *args)
        expect.close(got, apart, "the total variation of whole trajectories", faults=faults)
        far = ((learner**0.5 - shown**0.5) ** 2).sum()
        faults = {
            "a factor of 2": far / 2,
            "the mean of a root is not the root of the mean": 2 * (1 - (1 - apart) ** 0.5),
            "that is q itself": apart,
        }
        got = student.call("hellinger", *args)
        expect.close(got, far, "the Hellinger distance of whole trajectories", faults=faults)
    # Kinds of episode that never mix: nothing averages out.
    H, kinds, rho = 5, np.eye(3)[:, None].repeat(2, axis=1), np.array([0.3, 0.5, 0.2])
    stay = rng.permutation([rng.uniform(0.1, 0.3), rng.uniform(0.5, 0.7), rng.uniform(0.9, 0.98)])
    pi = np.repeat(np.stack([1 - stay, stay], axis=1)[None], H, axis=0)
    args = kinds, pi, np.array([1, 1, 1]), rho
    faults = {"the states of an episode depend on each other": 1 - (rho @ stay) ** H}
    got = student.call("leaving", *args)
    expect.close(got, 1 - rho @ stay**H, "kinds of episode that never mix", faults=faults)
    got = student.call("hellinger", *args)
    expect.close(got, 2 - 2 * rho @ stay ** (H / 2), "kinds of episode that never mix")
    for n, H in ((6, 5), (3, 4000)):
        prob = 1 - rng.random((n, H)) ** (1 if H < 10 else 4) / (1 if H < 10 else 500)
        left = 1 - np.exp(np.log(prob).sum(1))
        faults = {
            "multiply within an episode, then average": 1 - np.exp(np.log(prob.mean(0)).sum()),
            "leaving, not staying": 1 - left.mean(),
            "mistakes of one episode are not counted twice": (1 - prob).sum(1).mean(),
        }
        got = student.call("leaving_estimate", prob)
        expect.close(got, left.mean(), "the mean over episodes of 1 - W", faults=faults)


hidden_leaving()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 12: the likeliest of a class (8 points)
#
# *In the book:
# [Counting demonstrations]({{ site_url }}/book/03-compounding-error.html#log-loss-improvement).*
#
# Maximum likelihood over a finite class scores each policy $k$ by the log-likelihood of $n$
# demonstrations of $H$ steps,
#
# $$L_k = \sum_{i=1}^n \sum_{t=1}^H \log \pi_k(a_{it} \mid s_{it}) ,$$
#
# minus the log loss. A single action to which a policy gives probability 0 makes it $-\infty$, and
# the policy is out. The product of thousands of probabilities underflows long before that: add
# logarithms. A NaN from $0 \cdot \log 0$ must not occur either.
#
# Several policies may attain the maximum; a deterministic class with a deterministic expert is full
# of ties. A bound must hold for the worst of them, so choose the dearest.


# %% nbgrader={"grade_id": "likelihood", "solution": true}
def log_likelihoods(policies, obs, act):
    """The log-likelihood of all demonstrations under each policy; -inf where one is impossible.

    policies: [K, S, A], the same at each step; obs, act: [n, H], whole numbers
    returns: [K]
    """
    ### BEGIN SOLUTION
    with np.errstate(divide="ignore"):
        return np.log(policies[:, obs, act]).sum((1, 2))
    ### END SOLUTION


def most_likely(policies, obs, act, cost):
    """The policy of greatest likelihood; of several that attain it, the dearest.

    cost: [K], what each policy costs
    returns: its index, a whole number from 0 to K - 1
    """
    ### BEGIN SOLUTION
    score = log_likelihoods(policies, obs, act)
    return int(np.argmax(np.where(score == score.max(), cost, -np.inf)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "likelihood-check"}
def check_likelihood():
    policies = np.array(
        [
            [[0.5, 0.5], [0.5, 0.5]],
            [[1.0, 0.0], [0.0, 1.0]],
            [[0.0, 1.0], [0.0, 1.0]],
            [[0.8, 0.2], [0.1, 0.9]],
        ]
    )
    obs, act = np.array([[0, 0, 1], [0, 1, 1]]), np.array([[0, 0, 1], [0, 1, 0]])
    score = numbers(log_likelihoods(policies, obs, act))
    assert score.shape == (4,), f"expected one number per policy, shape (4,), got {score.shape}"
    assert not np.isnan(score).any(), "0 * log 0 is a NaN: take only the actions that were chosen"
    assert not np.isclose(score[0], math.log(0.5)), "the log-likelihood is a sum, not a mean"
    assert score[0] < 0, "probabilities are below 1, their logarithms below 0: check the sign"
    assert np.isneginf(score[1:3]).all(), (
        "the last action, 0 in state 1, is impossible under policies 1 and 2: minus infinity"
    )
    want = [6 * math.log(0.5), 3 * math.log(0.8) + 2 * math.log(0.9) + math.log(0.1)]
    assert np.allclose(score[[0, 3]], want), (
        f"expected {want[0]:.3f} for policy 0 and {want[1]:.3f} for policy 3, got {score[[0, 3]]}"
    )
    many = numbers(log_likelihoods(policies, np.zeros((50, 100), int), np.zeros((50, 100), int)))
    assert np.isclose(many[0], 5000 * math.log(0.5)), (
        f"5000 steps at probability 0.5 are 5000 log 0.5 = -3466, not {many[0]}: add logarithms"
    )
    best = numbers(most_likely(policies, obs, act, np.array([1.0, 9.0, 9.0, 0.0])))
    assert best != 1, "policy 1 is dear, but the data rule it out"
    assert best == 3, f"policy 3 has the greatest likelihood, whatever it costs; got {best}"
    near = np.array([[[0.501, 0.499]], [[0.5, 0.5]]])
    best = numbers(most_likely(near, 0 * obs, 0 * obs, np.array([0.0, 1.0])))
    assert best == 0, "0.501 at each step is likelier than 0.5, if only by a little: no tie"
    tie = numbers(
        most_likely(
            policies[[1, 2, 1]], obs[:, 2:], act[:1, 2:].repeat(2, 0), np.array([0.0, 2.0, 1.0])
        )
    )
    assert tie == 1, f"all three give the data probability 1, and the second is dearest; got {tie}"


check_likelihood()
print("likelihood: the visible check passes")


# %% nbgrader={"grade_id": "likelihood-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_likelihood():
    import numpy as np
    from scipy.special import xlogy
    from scipy.stats import multinomial

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("likelihood"))
    for K, S, A, n, H in ((5, 4, 3, 6, 7), (8, 3, 2, 40, 300), (3, 2, 4, 1, 1)):
        policies = rng.dirichlet(np.full(A, 2.0), size=(K, S))
        obs, act = rng.integers(S, size=(n, H)), rng.integers(A, size=(n, H))
        seen = np.array([[((obs == s) & (act == a)).sum() for a in range(A)] for s in range(S)])
        out = int(rng.integers(K))  # this policy is ruled out by a single step
        s, a = obs[-1, -1], act[-1, -1]
        policies[out, s] = np.delete(np.eye(A), a, axis=0)[0]
        ways = sum(multinomial.logpmf(row, row.sum(), np.ones(A) / A) for row in seen)
        ways += seen.sum() * np.log(A)  # the number of orders, which is no policy's merit
        want = np.array(
            [
                sum(multinomial.logpmf(x, x.sum(), y) for x, y in zip(seen, pi)) - ways
                for pi in policies
            ]
        )
        got = student.call("log_likelihoods", policies, obs, act)
        got = expect.shape(got, (K,), "log-likelihoods")
        assert not np.isnan(got).any(), "no NaN: 0 log 0 does not occur in the likelihood"
        assert np.isneginf(got[out]), "one impossible action rules a policy out"
        rest = np.delete(np.arange(K), out)
        assert np.isfinite(got[rest]).all(), (
            "the product underflows, the sum of logarithms does not"
        )
        faults = {
            "a sum over steps and episodes, not a mean": want[rest] / (n * H),
            "a sum over episodes too": want[rest] / n,
            "minus the log loss: check the sign": -want[rest],
        }
        expect.close(got[rest], want[rest], "the multinomial's likelihood", faults=faults)
        cost = rng.random(K)
        cost[out] = 2
        best = expect.shape(student.call("most_likely", policies, obs, act, cost), (), "index")
        assert best in range(K), "most_likely returns the index of a policy"
        near = 1e-5 * abs(want.max())  # what single precision may confuse
        assert want[int(best)] >= want.max() - near, "the greatest likelihood, whatever it costs"
    chance = float(rng.uniform(0.3, 0.7))
    pair = [[[chance + extra, 1 - chance - extra]] for extra in (0.001, 0.0)]
    zeros = np.zeros((30, 20), dtype=int)
    best = student.call("most_likely", np.array(pair), zeros, zeros, np.array([0.0, 1.0]))
    assert best == 0, "the greatest likelihood, also if another is nearly as great"
    # A class of deterministic policies, each wrong on one state; state 0 is met for certain.
    S, K = 12, 13
    expert = rng.integers(2, size=S)
    acts = np.vstack([expert, (expert + np.eye(S, dtype=int)) % 2])
    policies = np.eye(2)[acts]
    obs = rng.integers(5, size=(6, 4))
    obs[0, 0] = 0
    for _ in range(3):
        cost = rng.permutation(K).astype(float)
        alive = [0] + [k for k in range(1, K) if k - 1 not in obs]
        total = [xlogy(1, policies[k, obs, expert[obs]]).sum() for k in alive]
        assert not np.any(total)  # ties, all of them
        best = student.call("most_likely", policies, obs, expert[obs], cost)
        assert best in alive, "a policy that errs on the data is out"
        assert best == max(alive, key=lambda k: cost[k]), "of several, the dearest"


hidden_likelihood()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what demonstrations are worth
#
# A walker meets one of 24 footholds at each step, some of them rarely. The class holds the expert
# and, for each foothold, the policy that is wrong there alone. Your `most_likely` picks from
# {{ DEMOS }} demonstrations, thirty times for each horizon. Blue: an episode costs 1 if the walker
# ever falls. The cost does not grow with the horizon: longer demonstrations show more footholds, in
# the same proportion as longer episodes need them. Orange: each step after the fall costs 1, and
# the cost grows about like the horizon, not like its square. The dashed lines are the theorem's,
# $C \log(|\Pi|/\delta)/n$ with $\delta = 0.1$ and $C = 1$ or $H$.


# %% nbgrader={"grade_id": "likelihood-picture"}
def likelihood_picture():
    footholds, horizons = 24, np.array([10, 20, 40, 80, 160])
    chance = 0.7 ** np.arange(footholds)
    chance /= chance.sum()
    acts = np.vstack([np.zeros(footholds, int), np.eye(footholds, dtype=int)])
    policies, rng = np.eye(2)[acts], np.random.default_rng(0)
    means = []
    for h in horizons:
        falls = 1 - (1 - chance) ** np.arange(1, h + 1)[:, None]  # by step t, [H, footholds]
        row = []
        for cost in (np.append(0, falls[-1]), np.append(0, falls.sum(0))):
            runs = []
            for _ in range(30):
                obs = rng.choice(footholds, size=(DEMOS, h), p=chance)
                runs.append(cost[int(most_likely(policies, obs, 0 * obs, cost))])
            row.append(np.mean(runs))
        means.append(row)
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    bound = math.log((footholds + 1) / 0.1) / DEMOS
    names = ("1 if it ever falls", "1 a step after a fall")
    for name, colour, mean, most in zip(
        names, ("#0072B2", "#D55E00"), np.transpose(means), (1, horizons)
    ):
        ax.loglog(horizons, mean, "o-", color=colour, label=name)
        ax.loglog(horizons, bound * most + 0 * horizons, "--", color=colour)
    ax.set(xlabel="horizon", ylabel="excess cost")
    ax.legend(frameon=False)
    plt.show()


likelihood_picture()

# %% [markdown]
# ## Bonus (no points): one corrected drive
#
# The first form of the lemma says: train where you go yourself. Clone the car from one drive of
# the expert, let the clone drive once, ask the expert for the right steering in the states it met,
# train on both and compare with a car cloned from two drives, which has the same number of labels.
# Try several seeds. Chapter 07 makes an algorithm of it.


# %% nbgrader={"grade_id": "bonus", "solution": true}
def corrected_car(seed=0):
    """A car trained on one drive of the expert and on the expert's labels of one drive of its own.

    returns: the policy and the road; labels have shape [1, 200, 1], one drive of 200 steps
    """
    ### BEGIN SOLUTION
    policy, road = clone_car(1, seed)
    shown = il.collect(road.expert, road, n=1, seed=seed)
    own = il.rollout(policy, road, n=1, seed=seed)
    labels = road.expert(own.obs.flatten(0, 1)).reshape(1, -1, 1)
    both = torch.cat([shown.obs, own.obs]), torch.cat([shown.act, labels])
    demos = il.Demos(*both, road.obs_space, road.act_space)
    policy = il.Deterministic(road, seed=seed)
    il.fit(policy, demos, steps=STEPS, batch=BATCH, lr=3e-3, seed=seed, device="auto")
    return policy, road
    ### END SOLUTION
