# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.theory.mdp, ilkit.envs.gridworld, ilkit.envs.tightrope, ilkit.rollout]
#     choices:
#       WIND: [0.1, 0.15, 0.2]
#       LENGTH: [9, 8, 10]
#       DISCOUNT: [0.95, 0.9, 0.97]
#       CURRENT: [0.2, 0.15, 0.3]
# ---

# %% [markdown]
# # Homework 0: warm-up
#
# *After [chapter 01]({{ site_url }}/book/01-sequential-decisions.html). Three to four hours; any
# laptop will do, and no GPU is needed.*
#
# Everything later in this course is said in the words of a Markov decision process. In this
# homework you make each of these words compute:
#
# - the chain that a policy makes of a process, and where it goes: the occupancy;
# - walks drawn from it, and what can be counted on them;
# - values, solved exactly, and the best policy, by two kinds of dynamic programming;
# - Monte-Carlo estimates: their bias, their intervals, and estimates for a policy that never
#   walked;
# - an environment of your own, in the form that all later homeworks use.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other, as long as no other calls it. A written notebook,
# `hw0-warmup-written`, carries 10 further points.
#
# Use NumPy, SciPy and torch as you like; results may be arrays or tensors. What you are asked to
# write also stands in `ilkit`: while your notebook is graded, `ilkit.theory.mdp`, `ilkit.rollout`
# and the two environments with exact tables, `il.Gridworld` and `il.Tightrope`, are withheld.
#
# **Tables.** A process with $S$ states and $A$ actions is three arrays: `p` $[S, A, S]$, where
# `p[s, a, z]` is the probability of state $z$ after action $a$ in state $s$; `cost` $[S, A]$; and
# `rho0` $[S]$, the distribution of the first state. A policy is an array `pi` $[S, A]$ of action
# probabilities, one row a state. Costs are to be small. Steps are counted $t = 1, 2, \dots$ in
# formulas as in the chapter, and from 0 in arrays.

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
from ilkit.envs.gym import ToGym

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


def two(x):
    """The two arrays that a function of yours returned."""
    x = returned(x)
    assert len(x) == 2, f"expected two results, got {len(x)}"
    return numbers(x[0]), numbers(x[1])


def walks(*args, **kwargs):
    """The states and actions of your sample_paths, as arrays of integers."""
    return (x.astype(int) for x in two(sample_paths(*args, **kwargs)))


# %% nbgrader={"grade_id": "sizes"}
# Sizes of the experiments. The checks rely on them: leave them as they are.
WIND = 0.1  # probability of a gust on the pier
LENGTH = 9  # planks from the shore to the boat
DISCOUNT = 0.95
CURRENT = 0.2  # the strongest stream that part 11's ferry meets

# %% [markdown]
# ## Two small worlds
#
# The checks use a **machine** with three states and two actions. It works (0), is worn (1) or
# broken (2); the actions are to run (0) or to repair it (1). Run, a machine that works wears with
# probability 0.2, and one that is worn breaks with probability 0.4. Repair mends a worn machine
# with probability 0.9 and a broken one with 0.5; otherwise it stays as it was. Running costs 0, 0.1
# and 1 in the three states, repair 0.3, 0.3 and 0.6.
#
# The pictures show a **pier** of {{ LENGTH }} planks, three lanes wide. You start at the shore in
# the middle lane. The actions are: one plank ahead (0), one lane to the left (1), one lane to the
# right (2). With probability {{ WIND }} a gust comes with the move and carries you two lanes
# further to the right. Beside the pier there is water, and in the left lane a plank is missing.
# Each step costs 0.2 until you reach the far end, where a boat takes you in and nothing costs any
# more; in the water you stay, and pay 1 a step.


# %% nbgrader={"grade_id": "worlds"}
def machine():
    """The machine: p [3, 2, 3], cost [3, 2], rho0 [3]."""
    run = [[0.8, 0.2, 0.0], [0.0, 0.6, 0.4], [0.0, 0.0, 1.0]]
    repair = [[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.5, 0.0, 0.5]]
    cost = np.array([[0.0, 0.3], [0.1, 0.3], [1.0, 0.6]])
    return np.stack([run, repair], 1), cost, np.array([1.0, 0.0, 0.0])


def pier(wind=WIND, length=LENGTH):
    """The pier; plank (column, lane) is state 3 column + lane, the water is the last state."""
    water, hole = 3 * length, 3 * (length // 2)
    p, cost = np.zeros((water + 1, 3, water + 1)), np.full((water + 1, 3), 0.2)
    for column, lane, act in np.ndindex(length - 1, 3, 3):
        ahead, aside = [(1, 0), (0, -1), (0, 1)][act]
        for gust, chance in ((0, 1 - wind), (2, wind)):
            to = lane + aside + gust
            there = 3 * (column + ahead) + to
            wet = not 0 <= to < 3 or there == hole
            p[3 * column + lane, act, water if wet else there] += chance
    for end in range(water - 3, water + 1):  # the three planks of the boat, and the water
        p[end, :, end] = 1
    cost[water - 3 : water], cost[water] = 0, 1
    return p, cost, np.eye(water + 1)[1]


def draw_pier(ax, shade, title, text=None):
    """The pier from above, ahead to the right; planks shaded, the hole and the water left out."""
    columns = (len(shade) - 1) // 3
    plank = np.array(shade[:-1], dtype=float).reshape(columns, 3).T
    plank[0, columns // 2] = np.nan
    ax.imshow(plank, cmap="Blues", vmin=0, vmax=np.nanmax(plank) * 1.3 + 1e-9)
    for (lane, column), x in np.ndenumerate(plank):
        if text is not None and np.isfinite(x):
            ax.text(column, lane, text[3 * column + lane], ha="center", va="center")
    ax.set(xticks=[], yticks=[], title=title)


P_CHECK = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]])  # a policy for the machine

# %% [markdown]
# ## Part 1: the chain of a policy (6 points)
#
# Fix a policy, and the process loses its choices. What is left is a Markov chain with a cost on
# each state,
#
# $$p^\pi(z \mid s) = \sum_a \pi(a \mid s) \, p(z \mid s, a), \qquad
# c^\pi(s) = \sum_a \pi(a \mid s) \, c(s, a) .$$
#
# All that can be asked about the policy's states and its expected costs is a question about this
# chain.


# %% nbgrader={"grade_id": "chain", "solution": true}
def state_chain(p, pi):
    """Transition probabilities from state to state under a policy.

    p: [S, A, S]; pi: [S, A]
    returns: [S, S], row s the distribution of the state after s
    """
    ### BEGIN SOLUTION
    return np.einsum("sa,saz->sz", pi, p)
    ### END SOLUTION


def state_cost(cost, pi):
    """Expected cost of a step from each state under a policy.

    cost: [S, A]; pi: [S, A]
    returns: [S]
    """
    ### BEGIN SOLUTION
    return (pi * cost).sum(1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "chain-check"}
def check_chain():
    p, cost, _ = machine()
    chain = numbers(state_chain(p, P_CHECK))
    assert chain.shape == (3, 3), f"expected a chain of shape (3, 3), got {chain.shape}"
    assert np.allclose(chain.sum(1), 1), (
        f"each row is a distribution of the next state and sums to one; yours: {chain.sum(1)}"
    )
    assert not np.allclose(chain, p.mean(1)), "actions are weighted by the policy, not all alike"
    assert np.allclose(chain[2], [0.4, 0, 0.6]), (
        "a broken machine is repaired with probability 0.8, which works half of the time: "
        f"it works next with probability 0.4, got {chain[2, 0]:g}"
    )
    assert np.allclose(chain, [[0.82, 0.18, 0], [0.45, 0.35, 0.2], [0.4, 0, 0.6]]), (
        f"one row is off; the chain of a worn machine is 0.45, 0.35, 0.2, yours {chain[1]}"
    )
    paid = numbers(state_cost(cost, P_CHECK))
    assert paid.shape == (3,), f"expected one cost per state, shape (3,), got {paid.shape}"
    assert np.allclose(paid, [0.03, 0.2, 0.68]), (
        f"the mean cost in the broken state is 0.2 * 1 + 0.8 * 0.6 = 0.68, got {paid[2]:g}"
    )


check_chain()
print("chain: the visible check passes")


# %% nbgrader={"grade_id": "chain-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_chain():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("chain"))
    for size, actions in ((5, 3), (3, 4)):
        p = rng.dirichlet(np.ones(size), (size, actions))
        cost = rng.random((size, actions))
        mixed, paid = np.zeros((size, size)), np.zeros(size)
        pi = np.zeros((size, actions))
        for weight in rng.dirichlet(np.ones(4)):  # a mixture of deterministic policies
            acts = rng.integers(actions, size=size)
            sure = np.eye(actions)[acts]
            rows, own = p[range(size), acts], cost[range(size), acts]
            got = student.call("state_chain", p, sure)
            expect.close(got, rows, "with one action in each state, its row of p is the chain's")
            got = student.call("state_cost", cost, sure)
            expect.close(got, own, "with one action in each state, its cost is the state's")
            pi, mixed, paid = pi + weight * sure, mixed + weight * rows, paid + weight * own
        faults = {"row s is where s leads to, not where it comes from": mixed.T}
        got = student.call("state_chain", p, pi)
        expect.close(got, mixed, "the chain is linear in the policy", faults=faults)
        expect.close(student.call("state_cost", cost, pi), paid, "costs are averaged over actions")


hidden_chain()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: occupancy (10 points)
#
# Let $d_t$ be the distribution of the state at step $t$, $d_1 = \rho_0$. A chain moves
# distributions forward, $d_{t+1}(z) = \sum_s d_t(s) \, p^\pi(z \mid s)$. With a discount $\gamma$,
# the [discounted occupancy]({{ site_url }}/book/01-sequential-decisions.html#seq-two-views)
#
# $$d_\gamma(s) = (1 - \gamma) \sum_{t=1}^\infty \gamma^{t-1} d_t(s)$$
#
# solves the flow equation $d(z) = (1 - \gamma) \rho_0(z) + \gamma \sum_s d(s) \, p^\pi(z \mid s)$,
# a linear system with one unknown a state. Solve it rather than add up the series: for
# $\gamma = 0.9999$ the series needs a hundred thousand terms.


# %% nbgrader={"grade_id": "occupancy", "solution": true}
def state_laws(chain, rho0, horizon):
    """The distributions of the state at the first steps.

    chain: [S, S], rows sum to one; rho0: [S]
    returns: [horizon, S], row 0 the distribution of the first state
    """
    ### BEGIN SOLUTION
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(laws[-1] @ chain)
    return np.stack(laws)
    ### END SOLUTION


def discounted_occupancy(chain, rho0, gamma):
    """The discounted occupancy of the states.

    chain: [S, S]; rho0: [S]; gamma: in [0, 1)
    returns: [S], sums to one
    """
    ### BEGIN SOLUTION
    return np.linalg.solve(np.eye(len(rho0)) - gamma * chain.T, (1 - gamma) * rho0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "occupancy-check"}
def check_occupancy():
    chain = np.array([[0.82, 0.18, 0], [0.45, 0.35, 0.2], [0.4, 0, 0.6]])
    start = np.array([1.0, 0.0, 0.0])
    laws = numbers(state_laws(chain, start, 3))
    assert laws.shape == (3, 3), f"three steps and three states: expected (3, 3), got {laws.shape}"
    assert np.allclose(laws.sum(1), 1), (
        "each row must sum to one: does your product run along the chain's rows or columns?"
    )
    assert np.allclose(laws[0], start), "row 0 is the first state's law, before any move"
    assert np.allclose(laws[1], [0.82, 0.18, 0]), f"after one move: 0.82, 0.18, 0; got {laws[1]}"
    assert np.allclose(laws[2], [0.7534, 0.2106, 0.036]), f"two moves are off: {laws[2]}"
    d = numbers(discounted_occupancy(chain, start, 0.5))
    assert d.shape == (3,), f"expected one number per state, got shape {d.shape}"
    assert not np.isclose(d.sum(), 2), "that sums to 1 / (1 - gamma): a distribution sums to one"
    assert np.isclose(d.sum(), 1), f"the occupancy is a distribution; yours sums to {d.sum():g}"
    assert d[0] > 0.5, "with gamma = 1/2 the first step alone has the weight 1/2"
    assert np.allclose(d, [0.88915, 0.09700, 0.01386], atol=1e-4), (
        f"put yours into the flow equation: does it hold in each state? Got {d.round(5)}"
    )
    slow = numbers(discounted_occupancy(np.array([[0.999, 0.001], [0.0, 1.0]]), start[:2], 0.9999))
    assert np.isclose(slow[1], 0.90908, atol=1e-3), (
        f"at gamma = 0.9999 a slow leak must still be right, 0.90908; got {slow[1]:.5f}"
    )


check_occupancy()
print("occupancy: the visible check passes")


# %% nbgrader={"grade_id": "occupancy-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_occupancy():
    from itertools import pairwise, product

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("occupancy"))
    for size, horizon in ((3, 5), (4, 3), (2, 1)):
        chain = rng.dirichlet(np.ones(size), size)
        start = rng.dirichlet(np.ones(size))
        want = np.zeros((horizon, size))
        for path in product(range(size), repeat=horizon):  # every path there is
            chance = start[path[0]] * np.prod([chain[s, z] for s, z in pairwise(path)])
            want[range(horizon), path] += chance
        faults = {
            "the first row is the law of the first state": want @ chain,
            "mass moves along the rows of the chain": np.stack(
                [np.linalg.matrix_power(chain, t) @ start for t in range(horizon)]
            ),
        }
        got = student.call("state_laws", chain, start, horizon)
        expect.close(
            got, want, "each row is the law of the state after so many moves", 1e-4, faults
        )
        for gamma in (0.0, float(rng.uniform(0.4, 0.95)), 0.999):
            power, d = gamma * chain, np.eye(size)
            for _ in range(17):  # (1 + x) (1 + x^2) (1 + x^4) ... is the series
                d, power = d @ (np.eye(size) + power), power @ power
            series = start @ d
            faults = {
                "the occupancy sums to one: a factor 1 - gamma is missing": series,
                "the first step has the weight 1 - gamma, not gamma times that": (
                    (1 - gamma) * gamma * series
                ),
                "the first state belongs to the occupancy": (1 - gamma) * series @ chain,
                "mass moves along the rows of the chain": (1 - gamma) * d @ start,
            }
            want = (1 - gamma) * series
            got = student.call("discounted_occupancy", chain, start, gamma)
            expect.close(got, want, "the occupancy of every gamma below one", 1e-4, faults)
    leak, gamma = rng.uniform(0.001, 0.01), 0.9999
    chain, start = np.array([[1 - leak, leak], [0.0, 1.0]]), np.array([1.0, 0.0])
    good = (1 - gamma) / (1 - gamma * (1 - leak))
    got = student.call("discounted_occupancy", chain, start, gamma)
    expect.close(got, [good, 1 - good], "a slow leak's occupancy, in closed form", 3e-3)


hidden_occupancy()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: where two walkers are
#
# Your occupancy on the pier, in percent of all discounted time, for a walker who keeps to the left
# and mostly goes ahead, and for one who does anything. The share of the water is in the title. The
# row on top is the left lane; the gap is the missing plank. Expect both to be in the water most of
# the time, the second longer, and the planks to grow pale from the shore onwards. The boat, the
# three planks at the far end, holds the first walker now and then, and the second hardly ever.


# %% nbgrader={"grade_id": "occupancy-picture"}
def occupancy_picture():
    p, _, start = pier()
    steady, drunk = np.tile([0.6, 0.3, 0.1], (len(start), 1)), np.full((len(start), 3), 1 / 3)
    _, axes = plt.subplots(2, 1, figsize=(7, 4.4), layout="constrained")
    for ax, pi, name in zip(axes, (steady, drunk), ("mostly ahead and left", "any move alike")):
        chain = sum(pi[:, a, None] * p[:, a] for a in range(3))
        d = numbers(discounted_occupancy(chain, start, DISCOUNT))
        labels = [f"{100 * x:.1f}" for x in d]
        draw_pier(ax, d, f"{name}: {d[-1]:.0%} of the time in the water", labels)
    plt.show()


occupancy_picture()

# %% [markdown]
# ## Part 3: walks (12 points)
#
# The trajectory view needs no linear algebra. Draw the first state from $\rho_0$; in each state,
# draw an action from the policy's row; then draw the next state from the process's row *for that
# action*. The walks of a batch are independent of each other, and all their randomness comes from
# one seed.
#
# To draw an index with given probabilities, compare one uniform number with their cumulative sums,
# or let NumPy's `Generator.choice` or torch's `multinomial` do it. A batch of thousands is quick
# if each step is taken for all walks at once.


# %% nbgrader={"grade_id": "paths", "solution": true}
def sample_paths(p, rho0, pi, horizon, n, seed):
    """Draw n independent walks of a policy.

    p: [S, A, S]; rho0: [S]; pi: [S, A]; seed: equal seeds give equal walks
    returns: states [n, horizon] and actions [n, horizon], whole numbers
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)

    def draw(rows):
        above = rng.random((len(rows), 1)) >= rows.cumsum(1)[:, :-1]
        return above.sum(1)

    state, states, actions = draw(np.tile(rho0, (n, 1))), [], []
    for _ in range(horizon):
        act = draw(pi[state])
        states.append(state)
        actions.append(act)
        state = draw(p[state, act])
    return np.stack(states, 1), np.stack(actions, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "paths-check"}
def check_paths():
    p, _, start = machine()
    states, acts = two(sample_paths(p, start, P_CHECK, 4, 5000, seed=0))
    for name, x in (("states", states), ("actions", acts)):
        assert x.shape == (5000, 4), f"expected {name} of shape (5000, 4), got {x.shape}"
        assert (x == x.round()).all(), f"{name} are whole numbers"
    assert (states[:, 0] == 0).all(), "the machine works at first: record a state before you move"
    assert set(states.ravel()) <= {0, 1, 2}, "states are numbered 0, 1, 2"
    assert set(acts.ravel()) <= {0, 1}, "actions are numbered 0, 1"
    assert len(np.unique(states[:, 1])) > 1, "all walks are alike: each needs draws of its own"
    repaired = acts[:, 0] == 1
    assert 0.07 < repaired.mean() < 0.13, (
        f"a machine that works is repaired with probability 0.1, yours in {repaired.mean():.0%}"
    )
    assert (states[repaired, 1] == 0).all(), (
        "a working machine that is repaired never wears: draw the next state for the drawn action"
    )
    worn = (states[~repaired, 1] == 1).mean()
    assert 0.16 < worn < 0.24, f"run, it wears with probability 0.2, yours in {worn:.0%}"
    first = two(sample_paths(p, np.array([0, 0.5, 0.5]), P_CHECK, 1, 5000, seed=0))[0][:, 0]
    assert 0.45 < (first == 1).mean() < 0.55, "the first state is drawn from rho0, for each walk"
    long, moves = two(sample_paths(p, start, P_CHECK, 40, 200, seed=0))
    assert len(np.unique(2 * long + moves, axis=0)) == 200, (
        "of 200 walks of 40 steps some are the same in every step: each is drawn by itself"
    )
    again, other = (two(sample_paths(p, start, P_CHECK, 4, 5000, seed=s))[0] for s in (0, 1))
    assert (again == states).all(), "equal seeds must give equal walks"
    assert (other != states).any(), "other seeds must give other walks"


check_paths()
print("walks: the visible check passes")


# %% nbgrader={"grade_id": "paths-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_paths():
    from itertools import product

    import numpy as np
    from scipy.stats import binom

    from ilkit.grading import expect, student

    seed = student.seed("paths") % 100_000
    rng = np.random.default_rng(seed)

    def drawn(p, start, pi, horizon, n, seed):
        both = student.call("sample_paths", p, start, pi, horizon, n, seed)
        assert both is not None, "your function returned None: is there a return?"
        assert len(both) == 2, "two results: states and actions"
        states, acts = (expect.shape(x, (n, horizon), "walks") for x in both)
        for x, top in ((states, len(start)), (acts, pi.shape[1])):
            assert ((x == x.round()) & (x >= 0) & (x < top)).all(), "whole numbers in their range"
        return states.astype(int), acts.astype(int)

    turn = rng.permutation(5)  # a world without chance: the walk is known
    p = np.zeros((5, 2, 5))
    p[range(5), 0, turn] = p[range(5), 1, range(5)] = 1
    pi = np.eye(2)[[0, 0, 0, 0, 0]]
    pi[turn[turn[2]]] = [0, 1]
    states, acts = drawn(p, np.eye(5)[2], pi, 6, 3, seed)
    want = [2]
    for _ in range(5):
        want.append(int(turn[want[-1]] if pi[want[-1], 0] else want[-1]))
    assert (states == want).all(), "without chance a walk goes from state to state as p says"
    assert (acts == pi.argmax(1)[states]).all(), "without chance the actions are the policy's"

    # Counts of independent walks are binomial. Below: at most 300 cells, each tested on both sides
    # at 1e-9, so a right answer fails with probability below 6e-7 (and in the rest below 1e-20).
    n, size, actions = 8000, 3, 2
    p, favourite = rng.dirichlet(np.ones(size), (size, actions)) / 2, rng.permutation(size)
    for act in range(actions):  # where an action leads depends on it, and both are likely
        p[range(size), act, (favourite + act) % size] += 0.5
    start = 0.1 + 0.7 * rng.dirichlet(np.ones(size))
    pi = 0.15 + 0.7 * rng.dirichlet(np.ones(actions), size)
    states, acts = drawn(p, start, pi, 3, n, seed)
    seen = np.stack([states[:, 0], acts[:, 0], states[:, 1], acts[:, 1], states[:, 2], acts[:, 2]])
    chances = {}
    for path in product(*[range(size), range(actions)] * 3):
        s, a, z, b, y, c = path
        chances[path] = start[s] * pi[s, a] * p[s, a, z] * pi[z, b] * p[z, b, y] * pi[y, c]
    ideas = {
        1: "the first state follows rho0",
        2: "an action follows the policy's row of its state",
        3: "the next state follows p for the state and the action that were drawn",
        6: "draws are independent of each other, along a walk and between walks",
    }
    for length, idea in ideas.items():
        law, count = {}, {}
        for path, chance in chances.items():
            law[path[:length]] = law.get(path[:length], 0) + chance
        for path in map(tuple, seen[:length].T.tolist()):
            count[path] = count.get(path, 0) + 1
        k, chance = np.transpose([(count.get(path, 0), chance) for path, chance in law.items()])
        tails = np.minimum(binom.cdf(k, n, chance), binom.sf(k - 1, n, chance))
        assert (tails > 1e-9).all(), idea
    again, other = (drawn(p, start, pi, 3, n, x)[0] for x in (seed, seed + 1))
    assert (again == states).all(), "equal seeds give equal walks"
    assert (other != states).any(), "other seeds give other walks"
    even = np.full((3, 2, 3), 1 / 3), np.full(3, 1 / 3), np.full((3, 2), 1 / 2)
    states, acts = drawn(*even, 40, 60, seed)
    every = {tuple(row) for row in np.concatenate([states, acts], 1).tolist()}
    assert len(every) == 60, "each walk of a batch has draws of its own"


hidden_paths()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4: what can be counted on walks (8 points)
#
# Walks are recorded: states $s_t^i$ and costs $c_t^i$ for $i = 1, \dots, n$ and
# $t = 1, \dots, H$. Two things are computed from such records again and again. The *cost to go*
# from step $t$ on,
#
# $$G_t^i = \sum_{k=t}^{H} \gamma^{k-t} c_k^i ,$$
#
# which begins its discount afresh at each $t$; and the *counted occupancy*, the share of each state
# in the record when step $t$ counts with the weight $\gamma^{t-1}$,
#
# $$\hat d(s) = \frac{\sum_i \sum_t \gamma^{t-1} \, \mathbb{1}[s_t^i = s]}
# {\sum_i \sum_t \gamma^{t-1}} .$$
#
# Both are meant for $\gamma = 1$, too. The two views of chapter 01 agree on a record exactly: if
# the costs depend on the state alone, the mean of $G_1^i$ is
# $\sum_t \gamma^{t-1} \sum_s \hat d(s) \, c(s)$.


# %% nbgrader={"grade_id": "counting", "solution": true}
def costs_to_go(costs, gamma):
    """Discounted sum of the costs from each step on, that step included.

    costs: [n, H]; gamma: in [0, 1]
    returns: [n, H]
    """
    ### BEGIN SOLUTION
    left, rows = np.zeros(len(costs)), []
    for now in costs.T[::-1]:
        left = now + gamma * left
        rows.append(left)
    return np.stack(rows[::-1], 1)
    ### END SOLUTION


def count_occupancy(states, size, gamma):
    """Discounted share of each state in recorded walks.

    states: [n, H], whole numbers from 0 to size - 1; gamma: in (0, 1]
    returns: [size], sums to one
    """
    ### BEGIN SOLUTION
    n, horizon = states.shape
    weight = np.tile(gamma ** np.arange(horizon), n)
    return np.bincount(states.ravel(), weight, minlength=size) / weight.sum()
    ### END SOLUTION


# %% nbgrader={"grade_id": "counting-check"}
def check_counting():
    go = numbers(costs_to_go(np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 8.0]]), 0.5))
    assert go.shape == (2, 3), f"expected a cost to go for each cost, shape (2, 3), got {go.shape}"
    assert not np.allclose(go[1], [2, 2, 2]), "the discount begins afresh at each step"
    assert not np.allclose(go[:, 2], 0), "the cost of step t itself counts, undiscounted"
    assert np.allclose(go[:, 2], [4, 8]), "from the last step on only the last cost is to come"
    assert np.allclose(go, [[3, 4, 4], [2, 4, 8]]), (
        f"1 + 2/2 + 4/4 = 3: expected 3 4 4, got {go[0]}"
    )
    states = np.array([[0, 1, 1], [0, 0, 3]])
    d = numbers(count_occupancy(states, 5, 0.5))
    assert d.shape == (5,), f"five states, also those never met: expected (5,), got {d.shape}"
    assert not np.allclose(d, [0.5, 1 / 3, 0, 1 / 6, 0]), "step t weighs gamma^(t-1), not 1"
    assert np.isclose(d.sum(), 1), (
        f"shares sum to one, yours to {d.sum():g}: divide by the sum of all weights, which is not "
        "1 / (1 - gamma) if the walks end"
    )
    assert np.allclose(d, [2.5 / 3.5, 0.75 / 3.5, 0, 0.25 / 3.5, 0]), (
        f"the weights are 1, 1/2, 1/4 in both walks; state 0 has 2.5 of 3.5, yours {d[0] * 3.5:g}"
    )
    d = numbers(count_occupancy(states, 5, 1.0))
    assert np.allclose(d, [0.5, 1 / 3, 0, 1 / 6, 0]), "with gamma = 1 all steps weigh the same"


check_counting()
print("counting: the visible check passes")


# %% nbgrader={"grade_id": "counting-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_counting():
    import numpy as np
    from scipy.signal import lfilter

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("counting"))
    for n, horizon, size in ((6, 9, 4), (1, 5, 3), (3, 1, 5)):
        for gamma in (float(rng.uniform(0.3, 0.95)), 1.0):
            costs = rng.random((n, horizon))
            want = lfilter([1], [1, -gamma], costs[:, ::-1], axis=1)[:, ::-1]
            faults = {
                "the discount begins afresh at each step": want * gamma ** np.arange(horizon),
                "costs to come, not costs paid so far": lfilter([1], [1, -gamma], costs, axis=1),
                "the cost of the step itself is undiscounted": gamma * want,
                "the cost of the step itself belongs to what is to come": want - costs,
            }
            got = student.call("costs_to_go", costs, gamma)
            expect.close(got, want, "the discounted cost from each step on", faults=faults)
            states = rng.integers(size - 1, size=(n, horizon))  # the last state is never met
            got = student.call("count_occupancy", states, size, gamma)
            d = expect.shape(got, (size,), "counted occupancy")
            assert abs(d.sum() - 1) < 1e-4, "shares sum to one, also where the walks end"
            weights = gamma ** np.arange(horizon)
            for _ in range(3):  # the two views agree on the record, for any cost of states
                price = rng.random(size)
                mean = float(np.mean([np.polyval(price[walk[::-1]], gamma) for walk in states]))
                one = "both views of the record agree: the share of a state prices its cost"
                expect.close(weights.sum() * float(d @ price), mean, one)


hidden_counting()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: counted against computed
#
# The occupancy of the pier, counted on your walks, against the one that you solved for, a dot a
# state. With more walks the dots close in on the diagonal, like one over the root of their number.


# %% nbgrader={"grade_id": "counting-picture"}
def counting_picture():
    p, _, start = pier()
    pi = np.tile([0.8, 0.15, 0.05], (len(start), 1))
    exact = numbers(discounted_occupancy(numbers(state_chain(p, pi)), start, DISCOUNT))
    _, axes = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
    for ax, n in zip(axes, (50, 2000)):
        states, _ = walks(p, start, pi, 300, n, seed=0)
        ax.plot([1e-4, 1], [1e-4, 1], "--", color="black")
        ax.loglog(exact, numbers(count_occupancy(states, len(start), DISCOUNT)), "o")
        ax.set(xlabel="solved", ylabel="counted", title=f"{n} walks")
    plt.show()


counting_picture()

# %% [markdown]
# ## Part 5: values (10 points)
#
# The value of a state is the discounted cost from there on, that of an action the same with this
# action first ([chapter 01]({{ site_url }}/book/01-sequential-decisions.html#seq-values)):
#
# $$V^\pi(s) = \sum_a \pi(a \mid s) \, Q^\pi(s, a), \qquad
# Q^\pi(s, a) = c(s, a) + \gamma \sum_z p(z \mid s, a) \, V^\pi(z) .$$
#
# Insert one into the other, and $V^\pi$ is the solution of a linear system. The objective
# $J_\gamma(\pi)$ is the mean of $V^\pi$ over the first state; it is also
# $\frac{1}{1 - \gamma} \sum_s d_\gamma(s) \, c^\pi(s)$. Either way will do.


# %% nbgrader={"grade_id": "values", "solution": true}
def policy_values(p, cost, pi, gamma):
    """The exact values of a policy.

    p: [S, A, S]; cost: [S, A]; pi: [S, A]; gamma: in [0, 1)
    returns: V [S] and Q [S, A]
    """
    ### BEGIN SOLUTION
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.linalg.solve(np.eye(len(paid)) - gamma * chain, paid)
    return value, cost + gamma * p @ value
    ### END SOLUTION


def objective(p, cost, rho0, pi, gamma):
    """The expected discounted cost of a policy from the first state on.

    p: [S, A, S]; cost: [S, A]; rho0: [S]; pi: [S, A]
    returns: one number
    """
    ### BEGIN SOLUTION
    return float(rho0 @ policy_values(p, cost, pi, gamma)[0])
    ### END SOLUTION


# %% nbgrader={"grade_id": "values-check"}
def check_values():
    p, cost, _ = machine()
    value, q = two(policy_values(p, cost, P_CHECK, 0.9))
    assert (value.shape, q.shape) == ((3,), (3, 2)), (
        f"expected V of shape (3,) and Q of shape (3, 2), got {value.shape} and {q.shape}"
    )
    right = np.array([1.05511, 1.52122, 2.30400])
    assert not np.allclose(value, 0.1 * right, atol=1e-4), "V is a sum of costs, not an average"
    assert not np.allclose(value, 0.9 * right, atol=1e-4), "the first cost is not discounted"
    assert np.allclose(value, right, atol=1e-4), (
        f"V solves V = c + gamma P V with the policy's chain; expected 1.05511 first, got {value}"
    )
    assert not np.allclose(q, cost + p @ value), "in Q, what comes a step later is discounted once"
    assert np.allclose(q[2], [3.07360, 2.11160], atol=1e-4), (
        "running a broken machine costs 1 and leaves it broken: 1 + 0.9 V = 3.0736, "
        f"got {q[2, 0]:.4f}"
    )
    assert np.allclose((P_CHECK * q).sum(1), value, atol=1e-4), (
        "V is the policy's mean of Q in each state: yours do not fit together"
    )
    got = numbers(objective(p, cost, np.array([0.0, 0.5, 0.5]), P_CHECK, 0.9))
    assert got.size == 1, f"the objective is one number, got shape {got.shape}"
    got = got.item()
    assert not np.isclose(got, 0.19126, atol=1e-4), "the mean over occupancy lacks 1 / (1 - gamma)"
    assert not np.isclose(got, 1.05511, atol=1e-4), "the first state is drawn from rho0"
    assert np.isclose(got, 1.91261, atol=1e-4), (
        f"worn or broken at first, each with probability 1/2, the cost is 1.91261, got {got:.5f}"
    )
    value, _ = two(policy_values(p, np.ones((3, 2)), P_CHECK, 0.99))
    assert np.allclose(value, 100, atol=0.1), (
        f"a cost of 1 for ever at gamma = 0.99 is worth 100, got {value[0]:.0f}: solve exactly"
    )


check_values()
print("values: the visible check passes")


# %% nbgrader={"grade_id": "values-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_values():
    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("values"))
    for size, actions in ((4, 3), (2, 5), (6, 2)):
        p = rng.dirichlet(np.ones(size), (size, actions))
        cost, start = rng.normal(size=(size, actions)), rng.dirichlet(np.ones(size))
        pi = rng.dirichlet(np.ones(actions), size)
        for gamma in (0.0, float(rng.uniform(0.3, 0.9)), 0.99):
            # The chain of pairs (state, action), and its series by doubling: no system is solved.
            pairs = (p[..., None] * pi).reshape(size * actions, size * actions)
            power, series = gamma * pairs, np.eye(size * actions)
            for _ in range(16):
                series, power = series @ (np.eye(size * actions) + power), power @ power
            q = (series @ cost.ravel()).reshape(size, actions)
            value = np.array([weights @ row for weights, row in zip(pi, q)])
            both = student.call("policy_values", p, cost, pi, gamma)
            assert both is not None, "your function returned None: is there a return?"
            assert len(both) == 2, "two results: V and Q"
            faults = {
                "a value counts the first cost undiscounted": gamma * value,
                "a value is a discounted sum, not an average": (1 - gamma) * value,
                "the best action is not the policy's: V averages Q over the policy": q.min(1),
            }
            expect.close(
                both[0], value, "V is the discounted cost from each state on", 1e-4, faults
            )
            faults = {
                "in Q, what comes a step later is discounted": cost + p @ value,
                "Q takes its own action first and the policy's afterwards": np.repeat(
                    value[:, None], actions, 1
                ),
            }
            expect.close(both[1], q, "Q is the cost of an action and of what follows", 1e-4, faults)
            total = float(start @ value)
            faults = {
                "a mean under the occupancy lacks the factor 1 / (1 - gamma)": (1 - gamma) * total,
                "the first state is drawn from rho0": value[0],
                "the first state is drawn from rho0, not from all alike": value.mean(),
            }
            got = student.call("objective", p, cost, start, pi, gamma)
            assert np.size(got) == 1, "the objective is one number"
            got = np.reshape(got, ())
            expect.close(got, total, "J is the mean value of the first state", 1e-4, faults)


hidden_values()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: a horizon, from its end (10 points)
#
# With a horizon $H$ and no discount, the best action depends on how many steps are left. After the
# last step nothing is to come, $V_{H+1} = 0$. Go backwards:
#
# $$Q_t(s, a) = c(s, a) + \sum_z p(z \mid s, a) \, V_{t+1}(z), \qquad
# V_t(s) = \min_a Q_t(s, a), \qquad a_t(s) = \arg\min_a Q_t(s, a) .$$
#
# One sweep from $t = H$ down to $t = 1$ is exact. A worn machine that will be scrapped tomorrow is
# not repaired today.


# %% nbgrader={"grade_id": "backward", "solution": true}
def backward_induction(p, cost, horizon):
    """The least cost to come at each step, and actions that attain it.

    p: [S, A, S]; cost: [S, A]
    returns: value [horizon, S] and actions [horizon, S], row 0 for the first step
    """
    ### BEGIN SOLUTION
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left
        left = q.min(1)
        value.append(left)
        actions.append(q.argmin(1))
    return np.stack(value[::-1]), np.stack(actions[::-1])
    ### END SOLUTION


# %% nbgrader={"grade_id": "backward-check"}
def check_backward():
    p, cost, _ = machine()
    value, acts = two(backward_induction(p, cost, 3))
    assert (value.shape, acts.shape) == ((3, 3), (3, 3)), (
        f"three steps, three states: expected two arrays (3, 3), got {value.shape}, {acts.shape}"
    )
    assert not np.allclose(value[2], 0), "the last step still costs something"
    assert not np.allclose(value[0], [0, 0.1, 0.6]), "row 0 is the first step: three are to come"
    assert np.allclose(value[2], [0, 0.1, 0.6]), (
        f"with one step left take the cheapest action: 0, 0.1, 0.6; got {value[2]}"
    )
    assert acts[2, 1] == 0, "in the last step nobody repairs a worn machine: 0.1 against 0.3"
    assert np.allclose(value[1], [0.02, 0.31, 0.9]), (
        "with two steps left, a broken machine costs 0.6 + 0.5 * 0 + 0.5 * 0.6 = 0.9, a worn one "
        f"0.31; got {value[1]}"
    )
    assert acts[1, 1] == 1, "with two steps left the repair of a worn machine pays"
    assert np.allclose(value[0], [0.078, 0.349, 1.06]), f"the first step is off: {value[0]}"
    dearer = two(backward_induction(p, cost + 1, 3))[0]
    assert np.allclose(dearer - value, [[3], [2], [1]]), (
        "if each step costs 1 more, three steps cost 3 more, two 2 and the last 1; yours "
        f"{(dearer - value)[:, 0].round(3)}: how many steps do you count?"
    )


check_backward()
print("backward induction: the visible check passes")


# %% nbgrader={"grade_id": "backward-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_backward():
    from itertools import product

    import numpy as np
    from scipy.optimize import linprog

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("backward"))

    def solve(p, cost, horizon):
        both = student.call("backward_induction", p, cost, horizon)
        assert both is not None, "your function returned None: is there a return?"
        assert len(both) == 2, "two results: values and actions"
        size, actions = cost.shape
        value, acts = (expect.shape(x, (horizon, size), "values and actions") for x in both)
        good = (acts == acts.round()) & (acts >= 0) & (acts < actions)
        assert good.all(), "actions are whole numbers in their range"
        return value, acts.astype(int)

    def price(p, cost, plan):
        """What a table of actions [H, S] costs from each state, by following distributions."""
        size = len(cost)
        law, total = np.eye(size), np.zeros(size)
        for acts in plan:
            total = total + law @ cost[range(size), acts]
            law = law @ p[range(size), acts]
        return total

    for _ in range(3):  # all 64 tables of two states, two actions and three steps
        p, cost = rng.dirichlet(np.ones(2), (2, 2)), rng.random((2, 2))
        tables = [np.reshape(x, (3, 2)) for x in product(range(2), repeat=6)]
        best = np.min([price(p, cost, plan) for plan in tables], axis=0)
        worst = np.max([price(p, cost, plan) for plan in tables], axis=0)
        value, plan = solve(p, cost, 3)
        shorter = np.min([price(p, cost, plan[1:]) for plan in tables], axis=0)
        faults = {
            "costs are to be small": worst,
            "the last step still costs something": shorter,
            "the first row is the first step": cost.min(1),
        }
        expect.close(value[0], best, "no table of actions costs less", 1e-4, faults)
        expect.close(price(p, cost, plan), best, "the actions attain the value: they may change")
    size, actions, horizon = 4, 3, 5  # the largest V with V_t <= c + p V_(t+1), by a linear program
    p, cost = rng.dirichlet(np.ones(size) / 2, (size, actions)), rng.random((size, actions))
    rows, bound = [], []
    for t, s, a in product(range(horizon), range(size), range(actions)):
        row = np.zeros((horizon, size))
        row[t, s] = 1
        if t + 1 < horizon:
            row[t + 1] -= p[s, a]
        rows.append(row.ravel())
        bound.append(cost[s, a])
    done = linprog(-np.ones(horizon * size), rows, bound, bounds=(None, None))
    value, plan = solve(p, cost, horizon)
    expect.close(value, done.x.reshape(horizon, size), "each row is the least cost to come")
    expect.close(price(p, cost, plan), value[0], "the actions attain the value")
    for last in range(1, 4):  # invest early, harvest late: with few steps left it does not pay
        gain, pay = float(rng.uniform(0.5, 0.9)), float(rng.uniform(1.2, 1.4))
        p = np.zeros((2, 2, 2))
        p[0, 0, 0] = p[0, 1, 1] = p[1, :, 1] = 1
        cost = np.array([[gain, pay], [0.0, 0.0]])
        _, plan = solve(p, cost, last + 2)
        want = [pay < gain * left for left in range(last + 2, 0, -1)]
        assert (plan[:, 0] == want).all(), "how many steps are left decides whether to invest"


hidden_backward()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 7: value iteration, and when to stop (12 points)
#
# With a discount there is no end to start from. The operator
# $(\mathcal T V)(s) = \min_a \{ c(s, a) + \gamma \sum_z p(z \mid s, a) V(z) \}$ is a contraction:
# $\lVert \mathcal T V - \mathcal T W \rVert \le \gamma \lVert V - W \rVert$ in the largest
# difference over states. So $\mathcal T^k V$ tends to $V^\star$ from any $V$. A program stops
# somewhere, and should say how far off it is. Show for yourself, with the triangle inequality, that
#
# $$\lVert V_{k+1} - V^\star \rVert \le \frac{\gamma}{1 - \gamma} \lVert V_{k+1} - V_k \rVert ,$$
#
# so that a small change alone is no promise: at $\gamma = 0.99$ the error may be 99 times as large.
#
# Return values that are *guaranteed* to lie within `tol` of $V^\star$ in every state, and the
# actions that are best for them. (If you prefer policy iteration or a linear program, do.)


# %% nbgrader={"grade_id": "value-iteration", "solution": true}
def value_iteration(p, cost, gamma, tol):
    """The least discounted cost, within tol in every state, and the actions that are best for it.

    p: [S, A, S]; cost: [S, A]; gamma: in [0, 1); tol: the largest error allowed,
    down to 1e-7: compute in double precision, as the inputs are
    returns: value [S] and actions [S], whole numbers
    """
    ### BEGIN SOLUTION
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (cost + gamma * p @ value).min(1)
        error = np.abs(new - value).max() * gamma / (1 - gamma)
        value = new
    return value, (cost + gamma * p @ value).argmin(1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "value-iteration-check"}
def check_value_iteration():
    p, cost, _ = machine()
    value, acts = two(value_iteration(p, cost, 0.9, 1e-6))
    assert (value.shape, acts.shape) == ((3,), (3,)), (
        f"expected values and actions of shape (3,), got {value.shape} and {acts.shape}"
    )
    assert value[2] < 5, "that is the worst policy: costs are to be small"
    assert np.allclose(value, [0.495413, 0.770642, 1.496247], atol=1e-5), (
        f"expected 0.495413, 0.770642, 1.496247, got {value.round(6)}"
    )
    assert (acts == [0, 1, 1]).all(), f"run it while it works, repair it else; got {acts}"
    rough = two(value_iteration(np.eye(2)[:, None], np.array([[1.0], [0.0]]), 0.99, 0.5))[0]
    assert abs(rough[0] - 100) <= 0.5, (
        "a cost of 1 a step for ever is worth 100 at gamma = 0.99. With tol = 0.5 yours is "
        f"{rough[0]:.2f}: a small change from sweep to sweep does not yet mean a small error"
    )
    fine = two(value_iteration(np.eye(2)[:, None], np.array([[1.0], [0.0]]), 0.99, 1e-5))[0]
    assert abs(fine[0] - 100) <= 1e-5, (
        f"with tol = 1e-5 the same cost is off by {abs(fine[0] - 100):.1e}: how many sweeps it "
        "takes depends on gamma and on tol"
    )
    p = np.zeros((3, 2, 3))  # pay 1 at once, or 1.5 a step later, and rest
    p[0, 0, 2] = p[0, 1, 1] = p[1, :, 2] = p[2, :, 2] = 1
    _, acts = two(value_iteration(p, np.array([[1, 0], [1.5, 1.5], [0, 0]]), 0.5, 1e-6))
    assert acts[0] == 1, "at gamma = 0.5 a cost of 1.5 a step later is less than a cost of 1 now"


check_value_iteration()
print("value iteration: the visible check passes")


# %% nbgrader={"grade_id": "value-iteration-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_value_iteration():
    from itertools import product

    import numpy as np
    from scipy.optimize import linprog

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("value-iteration"))

    def solve(p, cost, gamma, tol):
        both = student.call("value_iteration", p, cost, gamma, tol)
        assert both is not None, "your function returned None: is there a return?"
        assert len(both) == 2, "two results: values and actions"
        size, actions = cost.shape
        value, acts = (expect.shape(x, (size,), "values and actions") for x in both)
        good = (acts == acts.round()) & (acts >= 0) & (acts < actions)
        assert good.all(), "actions are whole numbers in their range"
        return value, acts.astype(int)

    def priced(p, cost, gamma, acts):
        """The values of these actions, by the series, doubled."""
        rows = range(len(cost))
        power, series = gamma * p[rows, acts], np.eye(len(cost))
        for _ in range(14):
            series, power = series @ (np.eye(len(cost)) + power), power @ power
        return series @ cost[rows, acts]

    for size, actions in ((5, 3), (7, 4), (3, 2), (8, 5)):
        p = rng.dirichlet(np.ones(size) / 2, (size, actions))
        cost, gamma = rng.random((size, actions)), float(rng.uniform(0.8, 0.98))
        rows, bound = [], []  # V* is the largest V with V <= c + gamma p V: a linear program
        for s, a in product(range(size), range(actions)):
            rows.append(np.eye(size)[s] - gamma * p[s, a])
            bound.append(cost[s, a])
        best = linprog(-np.ones(size), rows, bound, bounds=(None, None)).x
        value, acts = solve(p, cost, gamma, 1e-7)
        expect.close(value, best, "no policy costs less, and one costs no more")
        expect.close(priced(p, cost, gamma, acts), best, "the actions attain the least cost")
        rough, _ = solve(p, cost, gamma, 0.1)
        assert np.abs(rough - best).max() <= 0.1 + 1e-5, "the error is at most tol in every state"
    for gamma in (0.9, 0.99, 0.997):  # costs for ever, and a ring that one walks around
        tol = float(rng.uniform(0.02, 0.2))
        price = float(rng.uniform(0.5, 1))
        value, _ = solve(np.ones((1, 1, 1)), np.full((1, 1), price), gamma, tol)
        off = abs(value[0] - price / (1 - gamma))
        assert off <= tol * 1.001, "a small change from sweep to sweep does not mean a small error"
        costly = np.where(np.arange(9) == rng.integers(9), price, 0)[:, None]
        value, _ = solve(np.eye(9)[:, None, :], costly, gamma, tol)
        off = np.abs(value - costly[:, 0] / (1 - gamma)).max()
        assert off <= tol * 1.001, "the error is at most tol in every state, not on average"
        ring = np.roll(np.eye(6), 1, 1)[:, None, :]
        tolls = rng.random((6, 1))
        value, _ = solve(ring, tolls, gamma, tol)
        once = [np.polyval(np.roll(tolls[:, 0], -s)[::-1], gamma) for s in range(6)]
        off = np.abs(value - np.array(once) / (1 - gamma**6)).max()
        assert off <= tol * 1.001, "the error is at most tol in every state, also where tolls vary"
    for _ in range(3):  # later costs count less: pay late
        gamma = float(rng.uniform(0.7, 0.9))
        later = float(rng.uniform(1.02, 0.98 / gamma))
        p = np.eye(3)[[[2, 1], [2, 2], [2, 2]]]
        cost = np.array([[1.0, 0.0], [later, later], [0.0, 0.0]])
        _, acts = solve(p, cost, gamma, 1e-6)
        assert acts[0] == 1, "what comes a step later is discounted when the action is chosen too"
        p = np.zeros((4, 3, 4))  # to state 2 at a risk, or surely to 3, which one may overpay
        p[0, 1, [1, 2]], p[0, [0, 2], 3] = [0.8, 0.2], 1
        p[range(1, 4), :, range(1, 4)] = 1
        rest = float(rng.uniform(0.2, 0.5))
        cost = np.array([[0.6, 0.0, 0.02], [1.0] * 3, [0.0] * 3, [rest] * 3])
        _, acts = solve(p, cost, gamma, 1e-6)
        assert acts[0] == 2, "an action is judged by its cost and by all states it may lead to"


hidden_value_iteration()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the way along the pier
#
# The best action on each plank, and the least cost from there. With hardly any wind you go straight
# ahead; with more, the left lane is safe and the middle is not. Where do the walkers leave it and
# return to it? The numbers alone do not tell the actions: it takes the wind, too.


# %% nbgrader={"grade_id": "value-iteration-picture"}
def value_iteration_picture():
    _, axes = plt.subplots(2, 1, figsize=(8, 4.8), layout="constrained")
    for ax, wind in zip(axes, (0.001, WIND)):
        p, cost, _ = pier(wind)
        value, acts = two(value_iteration(p, cost, DISCOUNT, 1e-6))
        labels = [f"{'→↑↓'[int(a)]}\n{v:.1f}" for v, a in zip(value, acts)]
        labels[-4:-1] = ["boat"] * 3
        draw_pier(ax, value, f"a gust with probability {wind:.2g}", labels)
    plt.show()


value_iteration_picture()

# %% [markdown]
# ## Part 8: an estimate without bias (8 points)
#
# A simulation has to end, and the discounted sum does not. If costs lie in $[0, 1]$, stopping after
# $H$ steps loses at most $\sum_{t > H} \gamma^{t-1} = \gamma^H / (1 - \gamma)$: a *bias* that no
# number of walks removes.
#
# There is a way without bias. At each step, after its cost was paid, end the walk with probability
# $1 - \gamma$, and add up the costs *without* discount. Step $t$ is reached with probability
# $\gamma^{t-1}$, so chance discounts for us:
#
# $$\mathbb E \sum_{t=1}^{T} c(s_t, a_t) = \sum_{t=1}^\infty \Pr(T \ge t) \,
# \mathbb E [c(s_t, a_t)] = J_\gamma(\pi), \qquad \Pr(T = t) = (1 - \gamma) \gamma^{t-1} .$$
#
# Write both: the horizon that keeps the bias small, and the walks that end by chance.


# %% nbgrader={"grade_id": "random-stop", "solution": true}
def horizon_for(gamma, bias):
    """The least number of steps, at least 1, after which at most `bias` is lost.

    gamma: in (0, 1); bias: positive; costs of a step lie in [0, 1]; compute in double precision
    returns: one whole number, H with gamma^H / (1 - gamma) <= bias
    """
    ### BEGIN SOLUTION
    return max(1, math.ceil(math.log(bias * (1 - gamma)) / math.log(gamma)))
    ### END SOLUTION


def stopped_costs(p, cost, rho0, pi, gamma, n, seed):
    """Undiscounted total costs of n independent walks that end with probability 1 - gamma a step.

    p: [S, A, S]; cost: [S, A]; rho0: [S]; pi: [S, A]; seed: equal seeds give equal walks
    returns: [n]
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)

    def draw(rows):
        return (rng.random((len(rows), 1)) >= rows.cumsum(1)[:, :-1]).sum(1)

    state, total, alive = draw(np.tile(rho0, (n, 1))), np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        act = draw(pi[state])
        total += alive * cost[state, act]
        alive &= rng.random(n) < gamma
        state = draw(p[state, act])
    return total
    ### END SOLUTION


# %% nbgrader={"grade_id": "random-stop-check"}
def check_random_stop():
    steps = float(numbers(horizon_for(0.9, 0.5)))
    assert steps == int(steps), f"a number of steps is a whole number, got {steps}"
    assert steps != 7, "what is lost is a whole tail of costs, gamma^H / (1 - gamma)"
    assert steps == 29, f"28 steps lose up to 0.52 at gamma = 0.9, 29 steps 0.47; got {steps:g}"
    assert float(numbers(horizon_for(0.9, 100))) == 1, "a walk has at least one step"
    p, cost, start = machine()
    total = numbers(stopped_costs(p, np.ones((3, 2)), start, P_CHECK, 0.8, 5000, seed=0))
    assert total.shape == (5000,), f"expected one total per walk, shape (5000,), got {total.shape}"
    assert total.min() >= 1, "the first step is always paid: a walk ends after a cost, not before"
    assert total.std() > 0, "each walk ends by a chance of its own"
    assert (total == total.round()).all(), "chance discounts already: add the costs as they are"
    short = (total == 1).mean()
    assert 0.16 < short < 0.24, f"one walk in five ends after one step, yours: {short:.0%}"
    mean = numbers(stopped_costs(p, cost, start, P_CHECK, 0.9, 20000, seed=0)).mean()
    assert 0.95 < mean < 1.16, f"the mean is the discounted cost, 1.055 here; yours is {mean:.3f}"
    total = numbers(stopped_costs(p, cost, start, P_CHECK, 0.01, 2000, seed=0))
    assert not np.isclose(total, 0.03).any(), (
        "0.03 is the policy's mean cost in the first state; a walk pays for the action it takes"
    )
    fork = np.zeros((3, 2, 3))  # pay 1000 and be free for ever, or nothing and 1 a step later
    fork[0, 0, 1] = fork[0, 1, 2] = fork[1, :, 1] = fork[2, :, 2] = 1
    toll = np.array([[1000.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    total = numbers(stopped_costs(fork, toll, start, np.full((3, 2), 0.5), 0.8, 500, seed=0))
    assert (total <= 1000).all(), "the action that a walk pays for also decides where it goes"
    total = numbers(stopped_costs(p, np.ones((3, 2)), start, P_CHECK, 0.99, 100, seed=0))
    assert total.max() > 150, (
        "at gamma = 0.99 some of 100 walks should last for hundreds of steps; "
        f"your longest has {total.max():g}: only chance may end a walk"
    )
    one, again, other = (stopped_costs(p, cost, start, P_CHECK, 0.9, 50, seed=s) for s in (0, 0, 1))
    assert (numbers(one) == numbers(again)).all(), "equal seeds must give equal walks"
    assert (numbers(one) != numbers(other)).any(), "other seeds must give other walks"


check_random_stop()
print("random stop: the visible check passes")


# %% nbgrader={"grade_id": "random-stop-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_random_stop():
    import math

    import numpy as np

    from ilkit.grading import expect, student

    seed = student.seed("random-stop") % 100_000
    rng = np.random.default_rng(seed)
    for _ in range(20):
        gamma, bias = float(rng.uniform(0.3, 0.999)), float(10 ** rng.uniform(-4, 2))
        got = float(np.reshape(student.call("horizon_for", gamma, bias), ()))
        assert got == max(1, round(got)), "a whole number of steps, at least 1"
        assert gamma**got / (1 - gamma) <= bias * (1 + 1e-9), "more than the bias is lost"
        enough = got == 1 or gamma ** (got - 1) / (1 - gamma) > bias * (1 - 1e-9)
        assert enough, "fewer steps would do"

    # The law of the total is computed exactly. By the inequality of Dvoretzky, Kiefer and
    # Wolfowitz, with Massart's constant, n independent totals differ from it by more than the
    # bound with probability at most 1e-7; four samples: 4e-7.
    n = 8000
    bound = math.sqrt(math.log(2e7) / (2 * n))
    size, actions, top = 3, 2, 600
    for gamma in (0.6, 0.85, 0.9, 0.8):
        p = rng.dirichlet(np.ones(size), (size, actions))
        cost = rng.permutation([0, 0, 1, 1, 2, 3]).reshape(size, actions).astype(float)
        start, pi = rng.dirichlet(np.ones(size)), rng.dirichlet(np.ones(actions), size)
        if gamma == 0.8:  # the first action decides what every later step costs
            start, pi = np.eye(3)[0], np.tile([0.5, 0.5], (3, 1))
            p[0], p[1], p[2] = np.eye(3)[1:], np.eye(3)[1], np.eye(3)[2]
            cost = np.array([[0.0, 2.0], [0.0, 0.0], [2.0, 3.0]])
        alive, law = np.zeros((top, size)), np.zeros(top)
        alive[0] = start  # [total so far, state]
        for _ in range(400):
            moved = np.zeros((top, size))
            for s, a in np.ndindex(size, actions):
                c = int(cost[s, a])
                paid = np.concatenate([np.zeros(c), alive[: top - c, s]]) * pi[s, a]
                law += (1 - gamma) * paid
                moved += gamma * paid[:, None] * p[s, a]
            alive = moved
        got = student.call("stopped_costs", p, cost, start, pi, gamma, n, seed)
        total = expect.shape(got, (n,), "totals")
        assert np.abs(total - total.round()).max() < 1e-6, "costs are added without discount"
        count = np.bincount(total.round().astype(int).clip(0, top - 1), minlength=top)
        gap = np.abs(count.cumsum() / n - law.cumsum()).max()
        crafted = "the action that was paid for also decides where the walk goes"
        assert gap < bound, (
            crafted if gamma == 0.8 else "the total of a walk that ends by chance has another law"
        )
    same = p, cost, start, pi, gamma, n
    again, other = (student.call("stopped_costs", *same, x) for x in (seed, seed + 1))
    # Of 200 walks none is longer than 250 steps with probability (1 - 0.99^250)^200 < 1e-7.
    ever = student.call("stopped_costs", p, np.ones((3, 2)), start, pi, 0.99, 200, seed)
    assert np.max(ever) > 250, "only chance ends a walk, however long it lasts"
    expect.close(again, total, "equal seeds give equal walks")
    assert not np.allclose(other, total), "other seeds give other walks"


hidden_random_stop()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 9: an interval, and whether it keeps its promise (8 points)
#
# An interval of confidence 0.95 promises to contain the true mean in 95 % of all experiments. One
# that keeps the promise for *any* costs in $[l, h]$ and any $n$ is Hoeffding's,
#
# $$\bar c \pm (h - l) \sqrt{\frac{\log(2 / \alpha)}{2 n}}, \quad \alpha = 1 - \text{confidence} .$$
#
# It depends on no estimated variance, and pays for that in width. Turned around, it says how many
# episodes are needed for a half-width $w$.
#
# Whether an interval keeps its promise can be tried out: repeat the whole experiment, each time
# with fresh data, and count how often the interval contains the truth (its ends included).


# %% nbgrader={"grade_id": "coverage", "solution": true}
def hoeffding(costs, low, high, confidence=0.95):
    """The mean of independent costs and Hoeffding's interval.

    costs: [n], each between low and high
    returns: three numbers: mean, lower end, upper end
    """
    ### BEGIN SOLUTION
    mean = float(np.mean(np.asarray(costs)))
    half = (high - low) * math.sqrt(math.log(2 / (1 - confidence)) / (2 * len(costs)))
    return mean, mean - half, mean + half
    ### END SOLUTION


def episodes_for(half_width, low, high, confidence=0.95):
    """The least number of episodes for which Hoeffding's half-width is at most half_width.

    returns: one whole number; compute in double precision, so that it is the least
    """
    ### BEGIN SOLUTION
    alpha = 1 - confidence
    return math.ceil(math.log(2 / alpha) / 2 * ((high - low) / half_width) ** 2)
    ### END SOLUTION


def coverage(interval, draw, truth, repeats):
    """The share of repeated experiments whose interval contains the truth.

    interval: a function of costs [n] that returns mean, lower end, upper end
    draw: a function without arguments that returns the fresh costs [n] of one experiment
    truth: the true mean; repeats: the number of experiments
    returns: one number between 0 and 1
    """
    ### BEGIN SOLUTION
    hits = 0
    for _ in range(repeats):
        _, low, high = interval(draw())
        hits += bool(low <= truth <= high)
    return hits / repeats
    ### END SOLUTION


# %% nbgrader={"grade_id": "coverage-check"}
def check_coverage():
    mean, low, high = (float(x) for x in returned(hoeffding(np.array([0.0, 2, 2, 4]), 0, 4, 0.9)))
    assert mean == 2, f"the mean of 0, 2, 2, 4 is 2, got {mean}"
    half = (high - low) / 2
    assert not np.isclose(half, 0.612, atol=1e-3), "costs between 0 and 4 spread 4 times as far"
    assert not np.isclose(half, 2.146, atol=1e-3), "two ends can fail: log(2 / alpha)"
    assert np.isclose(half, 2.4477, atol=1e-3), f"expected a half-width of 2.4477, got {half:.4f}"
    n = float(numbers(episodes_for(0.1, 0, 1)))
    assert n == 185, f"a half-width of 0.1 for costs in [0, 1] takes 185 episodes, got {n:g}"
    n = float(numbers(episodes_for(0.1, 1, 4, 0.9)))
    assert n != 150, "the range of the costs counts as the half-width does: both are squared"
    assert n == 1349, (
        f"for costs in [1, 4] and a confidence of 0.9 it takes 1349 episodes, got {n:g}: do the "
        "range and the confidence count?"
    )
    rows = [np.array([0.0, 1.0]), np.array([2.0, 2.5]), np.array([0.5, 0.5]), np.array([3.0, 4.0])]
    rows.append(np.array([0.4, 0.6]))
    left, seen = list(rows), []

    def ends(costs):
        seen.append(costs)
        return float(np.mean(costs)), float(np.min(costs)), float(np.max(costs))

    share = float(numbers(coverage(ends, lambda: left.pop(0), 0.5, 5)))
    assert not left, f"each experiment draws fresh data: 5 draws, yours made {5 - len(left)}"
    assert len(seen) == 5, f"each experiment has its own interval: 5 of them, yours {len(seen)}"
    assert not np.isclose(share, 0.4), (
        "that leaves out an interval that ends at the truth, or counts the misses"
    )
    assert np.isclose(share, 0.6), (
        f"three of the five intervals contain 0.5, a share of 0.6; got {share}"
    )


check_coverage()
print("coverage: the visible check passes")


# %% nbgrader={"grade_id": "coverage-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_coverage():
    import math

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("coverage"))
    for n in (1, 7, 300):
        low, wide = float(rng.uniform(-3, 3)), float(rng.uniform(0.5, 8))
        sure = float(rng.uniform(0.6, 0.999))
        costs = low + wide * rng.random(n)
        got = expect.shape(student.call("hoeffding", costs, low, low + wide, sure), (3,), "three")
        mean = math.fsum(costs) / n
        expect.close(got[0], mean, "the first number is the mean")
        expect.close(got[2] - mean, mean - got[1], "both ends are equally far from the mean")
        # The bound 2 exp(-2 n h^2 / (high - low)^2) that the half-width h must bring to alpha.
        half = (got[2] - got[1]) / 2 / wide
        alpha = math.exp(-2 * n * half**2)
        faults = {
            "the deviation can go to two sides: log(2 / alpha)": 1 - sure,
            "alpha is one minus the confidence": sure / 2,
        }
        expect.close(
            alpha, (1 - sure) / 2, "Hoeffding's bound at the half-width is alpha", 1e-4, faults
        )
        width = float(rng.uniform(0.02, 0.5))
        count = float(np.reshape(student.call("episodes_for", width, low, low + wide, sure), ()))
        assert count == round(count), "a whole number of episodes"
        fails = [2 * math.exp(-2 * k * (width / wide) ** 2) for k in (count, count - 1)]
        assert fails[0] <= (1 - sure) * (1 + 1e-9), "too few episodes for this half-width"
        assert fails[1] > (1 - sure) * (1 - 1e-9), "fewer episodes would do"
    got = student.call("hoeffding", np.array([0.5]), 0.0, 1.0)
    expect.close(got[2] - got[1], 2 * math.sqrt(math.log(40) / 2), "0.95 unless said otherwise")
    for repeats in (1, 40):
        data, ends = rng.random((repeats, 5)), np.sort(rng.normal(size=(repeats, 2)), 1)
        ends[0] = [0.1, 0.7]
        truth, drawn, asked = 0.1, [], []  # the first interval ends at the truth

        def draw(data=data, drawn=drawn):
            drawn.append(len(drawn))
            return data[drawn[-1]]

        def interval(costs, data=data, ends=ends, asked=asked):
            which = int(np.abs(data - np.asarray(costs)).sum(1).argmin())
            asked.append(which)
            return [0.0, float(ends[which, 0]), float(ends[which, 1])]  # its mean is no help

        share = student.call("coverage", interval, draw, truth, repeats)
        assert len(drawn) == repeats, "each experiment draws fresh data once"
        assert sorted(asked) == list(range(repeats)), "each experiment has an interval of its own"
        want = np.mean([low <= truth <= high for low, high in ends.tolist()])
        expect.close(np.reshape(share, ()), want, "the share of intervals with the truth inside")


hidden_coverage()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: a promise that breaks
#
# A fall costs 1 and happens in one episode of fifty; all else is free. Student's interval
# (`il.stats.mean_interval`) leans on the spread that it saw. If it saw no fall, it says "0, and I
# am sure". Your coverage of both, against the number of episodes: the dashed line is the promise.
# Later homeworks compare rare failures; look at this picture again then.


# %% nbgrader={"grade_id": "coverage-picture"}
def coverage_picture():
    rng, sizes = np.random.default_rng(0), (10, 30, 100, 300)

    def students(costs):
        found = il.stats.mean_interval(costs)
        return found.mean, found.low, found.high

    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, interval in (
        ("Student", students),
        ("Hoeffding", lambda costs: hoeffding(costs, 0, 1)),
    ):
        share = [
            coverage(interval, lambda n=n: (rng.random(n) < 0.02).astype(float), 0.02, 300)
            for n in sizes
        ]
        ax.semilogx(sizes, share, "o-", label=name)
    ax.axhline(0.95, color="black", linestyle="--")
    ax.set(xlabel="episodes of an experiment", ylabel="coverage", ylim=(0, 1.05))
    ax.legend(frameon=False)
    plt.show()


coverage_picture()

# %% [markdown]
# ## Part 10: estimates for a policy that never walked (8 points)
#
# The walks on record are those of a policy $\mu$; what would another one, $\pi$, have cost over the
# same $H$ steps? In the ratio of the two probabilities of a path, the world's factors cancel:
#
# $$\frac{P_\pi(\tau)}{P_\mu(\tau)} = \prod_{t=1}^H w_t , \qquad
# w_t = \frac{\pi(a_t \mid s_t)}{\mu(a_t \mid s_t)} .$$
#
# So the average of $w_1 \cdots w_H \sum_t c_t$ over walks of $\mu$ estimates $J(\pi)$ without bias,
# and no model is needed (if $\mu$ can take every action that $\pi$ takes). This is *importance
# weighting* by whole paths. A cost is not changed by the actions after it, so it needs only the
# ratios up to its own step, its own included:
#
# $$\sum_{t=1}^H w_1 \cdots w_t \, c_t ,$$
#
# the *per-step* estimate: the same mean, and as a rule less noise. Return one number for each walk.


# %% nbgrader={"grade_id": "importance", "solution": true}
def path_estimates(states, actions, costs, pi, mu):
    """Costs of pi over H steps, estimated from walks of mu, weighted by whole paths.

    states, actions: [n, H], whole numbers; costs: [n, H]; pi, mu: [S, A]
    returns: [n], one estimate a walk
    """
    ### BEGIN SOLUTION
    ratio = pi[states, actions] / mu[states, actions]
    return ratio.prod(1) * costs.sum(1)
    ### END SOLUTION


def step_estimates(states, actions, costs, pi, mu):
    """The same, each cost weighted by the ratios up to its own step.

    states, actions: [n, H], whole numbers; costs: [n, H]; pi, mu: [S, A]
    returns: [n], one estimate a walk
    """
    ### BEGIN SOLUTION
    ratio = pi[states, actions] / mu[states, actions]
    return (ratio.cumprod(1) * costs).sum(1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "importance-check"}
def check_importance():
    mu, pi = np.array([[0.5, 0.5], [0.8, 0.2]]), np.array([[0.25, 0.75], [0.4, 0.6]])
    states, acts = np.array([[0, 1, 1], [0, 0, 1]]), np.array([[1, 0, 1], [0, 0, 0]])
    costs = np.array([[1.0, 0.0, 2.0], [0.0, 4.0, 0.0]])
    whole = numbers(path_estimates(states, acts, costs, pi, mu))
    assert whole.shape == (2,), f"expected one estimate per walk, shape (2,), got {whole.shape}"
    assert not np.isclose(whole[0], 3 / 2.25), "the ratio is upside down: pi over mu"
    shares = whole / np.array([6.75, 0.5]) * (2.25 + 0.125)
    assert not any(np.allclose(shares, count) for count in (1, 2)), (
        "weights that are divided by their sum, or by their mean, estimate with a bias"
    )
    assert np.isclose(whole[0], 6.75), (
        "the first walk has the ratios 3/2, 1/2, 3, together 2.25, and costs 3: 6.75, "
        f"got {whole[0]:g}"
    )
    assert np.isclose(whole[1], 0.5), f"the second has 1/2, 1/2, 1/2 and costs 4: got {whole[1]:g}"
    step = numbers(step_estimates(states, acts, costs, pi, mu))
    assert step.shape == (2,), f"expected one estimate per walk, shape (2,), got {step.shape}"
    assert not np.allclose(step, whole), "a cost is not weighted by actions that come after it"
    assert not np.isclose(step[0], 7.5), "all ratios up to the step count, not its own alone"
    assert not np.isclose(step[0], 2.5), "the ratio of the step itself counts too"
    assert np.allclose(step, [6, 1]), f"the first walk: 3/2 * 1 + 2.25 * 2 = 6, got {step}"
    same = numbers(step_estimates(states, acts, costs, mu, mu))
    assert np.allclose(same, [3, 4]), "a policy's own walks have the weight one"


check_importance()
print("importance weights: the visible check passes")


# %% nbgrader={"grade_id": "importance-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_importance():
    from itertools import product

    import numpy as np

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("importance"))
    for size, actions, horizon in ((2, 2, 3), (3, 2, 2), (2, 3, 2), (2, 2, 1)):
        p = rng.dirichlet(np.ones(size), (size, actions))
        cost, start = rng.random((size, actions)) + 0.1, rng.dirichlet(np.ones(size))
        pi, mu = rng.dirichlet(np.full(actions, 2), (2, size))
        pi[0] = np.eye(actions)[0]  # an action that pi never takes has the ratio zero
        every = product(*[range(size), range(actions)] * horizon)
        paths = [np.reshape(x, (horizon, 2)) for x in every]
        chance = {}  # of every prefix of a path, under both, with the world's factors
        for name, policy in (("pi", pi), ("mu", mu)):
            rows = np.zeros((len(paths), horizon))
            for i, path in enumerate(paths):
                so_far = start[path[0, 0]]
                for t, (s, a) in enumerate(path):
                    so_far = so_far * policy[s, a]
                    rows[i, t] = so_far
                    if t + 1 < horizon:
                        so_far = so_far * p[s, a, path[t + 1, 0]]
            chance[name] = rows
        states, acts = np.stack([x[:, 0] for x in paths]), np.stack([x[:, 1] for x in paths])
        paid = np.stack([[cost[s, a] for s, a in path] for path in paths])
        truth = float(chance["pi"][:, -1] @ paid.sum(1))
        args = states, acts, paid, pi, mu
        whole = expect.shape(student.call("path_estimates", *args), (len(paths),), "estimates")
        step = expect.shape(student.call("step_estimates", *args), (len(paths),), "estimates")
        ratio = chance["pi"] / chance["mu"]
        faults = {
            "weights are not divided by their sum": paid.sum(1) * ratio[:, -1] / ratio[:, -1].sum()
        }
        want = ratio[:, -1] * [sum(x) for x in paid]
        idea = "a path weighs as much as it is likelier under pi"
        expect.close(whole, want, idea, 1e-4, faults)
        for t in range(horizon):  # a cost at one step alone
            only = np.zeros_like(paid)
            only[:, t] = paid[:, t]
            got = student.call("step_estimates", states, acts, only, pi, mu)
            faults = {
                "a cost is not weighted by what comes after it": paid[:, t] * ratio[:, -1],
                "the ratio of the step itself counts too": (
                    paid[:, t] * (ratio[:, t - 1] if t else 1)
                ),
            }
            want = paid[:, t] * ratio[:, t]
            expect.close(got, want, "a cost weighs as much as the path up to it", 1e-4, faults)
        for got in (whole, step):
            mean = chance["mu"][:, -1] @ got
            expect.close(mean, truth, "the mean over all paths of mu is exactly the cost of pi")
        own = student.call("path_estimates", states, acts, paid, mu, mu)
        expect.close(own, [sum(x) for x in paid], "a policy's own walks have the weight one")


hidden_importance()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the price of walking in other shoes
#
# The spread of both estimates of a careful walker's cost on the pier, from 8000 walks of a
# careless one, relative to the spread on its own walks (dashed, 1). It grows with the horizon,
# roughly exponentially: the reason why chapter 03 measures a policy by its own walks whenever it
# can.


# %% nbgrader={"grade_id": "importance-picture"}
def importance_picture():
    p, cost, start = pier()
    mu, pi = (np.tile(row, (len(start), 1)) for row in ([0.6, 0.25, 0.15], [0.8, 0.15, 0.05]))
    spread, horizons = {"whole path": [], "per step": []}, range(2, 13)
    for horizon in horizons:
        states, acts = walks(p, start, mu, horizon, 8000, seed=horizon)
        mine, moves = walks(p, start, pi, horizon, 8000, seed=horizon)
        own = numbers(cost[mine, moves]).sum(1).std()
        args = states, acts, cost[states, acts], pi, mu
        spread["whole path"].append(numbers(path_estimates(*args)).std() / own)
        spread["per step"].append(numbers(step_estimates(*args)).std() / own)
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, curve in spread.items():
        ax.semilogy(list(horizons), curve, "o-", label=name)
    ax.axhline(1, color="black", linestyle="--")
    ax.set(xlabel="horizon", ylabel="spread, relative to own walks")
    ax.legend(frameon=False)
    plt.show()


importance_picture()

# %% [markdown]
# ## Part 11: an environment of your own (8 points)
#
# All learners of this course see a world through one interface, `il.Env`: a batch of $n$ episodes,
# advanced by *pure* functions on torch tensors. Whatever changes is in `state`, a tensor with one
# row an episode; whatever is random comes from the `generator`, a `torch.Generator`. An episode
# never stops early: it waits in an absorbing state until the horizon is over.
#
# A ferry crosses a river. Its state is a row $(x, y, u)$: how far it has come, from 0 at this bank
# to 1 at the other; how far it is downstream of the line between the two jetties; and the stream's
# strength, which the pilot cannot see.
#
# - **Start.** $x = 0$; $y$ uniform in $[-0.5, 0.5]$; $u$ uniform in $[0, \texttt{CURRENT}]$ (it is
#   {{ CURRENT }}), independent of $y$. Each episode has draws of its own.
# - **Observation.** $(x, y)$.
# - **Step.** The rudder $a$ is clipped to $[-1, 1]$. While $x < 1$, with $z$ standard normal,
#
#   $$y' = y + 4 x (1 - x) \, u + \tfrac14 a + \texttt{noise} \cdot z, \qquad
#   x' = x + \tfrac18, \qquad u' = u .$$
#
#   Once $x \ge 1$ the ferry is moored: nothing changes any more, whatever the rudder.
# - **Cost** of a step: $\min(1, y'^2)$ with the $y'$ to which it leads, on the water and moored
#   alike.
#
# States are float32 tensors. `torch.rand(..., generator=generator)` and
# `torch.randn(..., generator=generator)` draw.


# %% nbgrader={"grade_id": "environment", "solution": true}
class Ferry(il.Env):
    """A ferry across a river with an unseen stream: states [n, 3], observations [n, 2].

    noise: the deviation of y in a step on the water
    """

    obs_space, act_space = il.Box((2,)), il.Box((1,), -1.0, 1.0)
    horizon = 12

    def __init__(self, noise=0.02):
        self.noise = noise

    def reset(self, n, generator):
        """n first states.

        returns: [n, 3]
        """
        ### BEGIN SOLUTION
        y, u = torch.rand(2, n, generator=generator)
        return torch.stack([torch.zeros(n), y - 0.5, CURRENT * u], 1)
        ### END SOLUTION

    def observe(self, state):
        """What the pilot sees.

        state: [n, 3]
        returns: [n, 2]
        """
        ### BEGIN SOLUTION
        return state[:, :2]
        ### END SOLUTION

    def step(self, state, act, generator):
        """Advance every episode by one step.

        state: [n, 3]; act: [n, 1]
        returns: the next states [n, 3] and the costs of this step [n]
        """
        ### BEGIN SOLUTION
        x, y, u = state.unbind(1)
        z = torch.randn(len(state), generator=generator)
        drift = 4 * x * (1 - x) * u + act[:, 0].clamp(-1, 1) / 4 + self.noise * z
        moored = x >= 1
        y = torch.where(moored, y, y + drift)
        x = torch.where(moored, x, x + 1 / 8)
        return torch.stack([x, y, u], 1), (y**2).clamp(max=1)
        ### END SOLUTION


# %% nbgrader={"grade_id": "environment-check"}
def check_environment():
    calm, draw = Ferry(noise=0.0), torch.Generator()
    first = returned(calm.reset(1000, draw.manual_seed(0)))
    assert getattr(first, "dtype", None) == torch.float32, "states are float32 tensors"
    assert first.shape == (1000, 3), f"expected states of shape (1000, 3), got {tuple(first.shape)}"
    low, high = first.amin(0).tolist(), first.amax(0).tolist()
    assert low[0] == high[0] == 0, "every crossing begins at x = 0"
    assert len(first[:, 2].unique()) > 900, "each episode has a stream of its own"
    ends = np.array([low[1], high[1], low[2], high[2]]).round(3)
    off = np.abs(ends - [-0.5, 0.5, 0, CURRENT])
    assert (off[:2] < 0.05).all(), f"y is uniform in [-0.5, 0.5], yours from {ends[0]} to {ends[1]}"
    assert (off[2:] < 0.1 * CURRENT).all(), f"u is uniform in [0, {CURRENT}], yours up to {ends[3]}"
    below = (first[:, 1:] < torch.tensor([0.0, CURRENT / 2])).double().mean(0)
    assert (abs(below - 0.5) < 0.1).all(), "y and u are uniform: half of them lie below the middle"
    tied = np.corrcoef(first[:, 1:].T)[0, 1]
    assert abs(tied) < 0.15, "u is drawn independently of y, and yours goes with it"
    assert (first == calm.reset(1000, draw.manual_seed(0))).all(), (
        "equal generators must give equal states: draw with generator=generator"
    )
    state = torch.tensor([[0.5, 0.1, 0.2], [0.25, 0.0, 0.0], [1.0, 0.5, 0.2], [0.0, 1.5, 0.1]])
    kept = state.clone()
    seen = numbers(calm.observe(state))
    assert seen.shape == (4, 2), "the pilot sees x and y only"
    assert np.allclose(seen, state[:, :2]), f"the pilot sees x and y, 0.5 and 0.1; got {seen[0]}"
    rudder = torch.tensor([[0.0], [-3.0], [1.0], [0.0]])
    after, cost = returned(calm.step(state, rudder, draw))
    assert after.shape == (4, 3), f"expected next states of shape (4, 3), got {tuple(after.shape)}"
    assert cost.shape == (4,), f"expected one cost per episode, shape (4,), got {tuple(cost.shape)}"
    assert (state == kept).all(), "a step is pure: it must not write into the state that it got"
    often = [calm.step(state, rudder, draw)[0] for _ in range(20)]
    assert all((each == after).all() for each in often), (
        "a step is pure: without noise it leads to the same place, however often it is taken"
    )
    after, cost = numbers(after), numbers(cost)
    assert np.allclose(after[0], [0.625, 0.3, 0.2]), (
        f"at x = 1/2 the stream carries the ferry by all of u, 0.1 + 0.2 = 0.3; got {after[0]}"
    )
    assert np.allclose(after[1], [0.375, -0.25, 0]), (
        f"a rudder of -3 is clipped to -1 and moves y by -1/4; got {after[1, 1]:g}"
    )
    assert np.allclose(after[2], [1, 0.5, 0.2]), "a moored ferry stays where it is"
    assert np.allclose(after[3], [0.125, 1.5, 0.1]), "at the bank, x = 0, there is no stream"
    assert cost[3] == 1, f"a step costs at most 1, got {cost[3]:g}"
    assert not np.isclose(cost[0], 0.01), "a step costs what it leads to, y' and not y"
    assert np.allclose(cost, [0.09, 0.0625, 0.25, 1]), (
        f"expected costs 0.09, 0.0625, 0.25 and 1, got {cost}"
    )
    wild, same = Ferry(noise=0.1), torch.zeros(500, 3)
    y, again = (
        numbers(wild.step(same, torch.zeros(500, 1), draw.manual_seed(1))[0])[:, 1] for _ in (0, 1)
    )
    assert (y == again).all(), "equal generators must give equal steps: draw noise from it alone"
    assert len(np.unique(y)) > 400, "each episode has noise of its own"
    assert 0.08 < y.std() < 0.12, f"noise is the deviation of y, 0.1 here; got {y.std():.3f}"


check_environment()
print("environment: the visible check passes")


# %% nbgrader={"grade_id": "environment-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_environment():
    import math

    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.grading import expect, student

    CURRENT = 0.2  # the strongest stream that part 11's ferry meets
    seed = student.seed("environment")
    rng = np.random.default_rng(seed)
    calm = student.new("Ferry", 0.0)

    def draw(extra=0):
        return torch.Generator().manual_seed(seed + extra)

    def step(ferry, state, act, extra=0):
        state, act = torch.tensor(state).float(), torch.tensor(act).float()
        both = student.call("Ferry.step", ferry, state, act, draw(extra))
        assert both is not None, "your function returned None: is there a return?"
        assert len(both) == 2, "two results: next states and costs"
        after = expect.shape(both[0], tuple(state.shape), "next states")
        return after, expect.shape(both[1], (len(state),), "costs")

    # Drift without noise has a closed form: 4 x (1 - x) sums to 21/4 over x = 0, 1/8, ..., 7/8.
    state = np.stack([np.zeros(9), rng.uniform(-0.4, 0.4, 9), rng.uniform(0, 0.5, 9)], 1)
    first, rudder = state.copy(), rng.uniform(-2, 2, (12, 9, 1))
    moved = np.clip(rudder[:, :, 0], -1, 1).cumsum(0) / 4
    stream = np.cumsum([4 * x * (1 - x) for x in np.arange(8) / 8])
    for t in range(12):
        state, cost = step(calm, state, rudder[t])
        last = min(t, 7)
        y = first[:, 1] + moved[last] + stream[last] * first[:, 2]
        clear = t < 8  # past the eighth step the ferry is moored
        idea = "stream and rudder move the ferry" if clear else "a moored ferry stays where it is"
        faults = {
            "the rudder is clipped to [-1, 1]": y
            + (rudder[: last + 1, :, 0].sum(0) / 4 - moved[last])
        }
        expect.close(state[:, 1], y, idea, 1e-3, faults)
        expect.close(state[:, 0], np.full(9, min(1, (t + 1) / 8)), "x takes 1/8 a step, and ends")
        expect.close(state[:, 2], first[:, 2], "the stream of an episode does not change")
        faults = {"a cost is at most 1": y**2}
        expect.close(cost, np.minimum(1, y**2), "a step costs what it leads to", 1e-3, faults)
    seen = student.call("Ferry.observe", calm, torch.tensor(state).float())
    expect.close(seen, state[:, :2], "the pilot sees x and y, and not the stream")

    # Samples against their laws by the inequality of Dvoretzky, Kiefer and Wolfowitz: each of the
    # four fails a right answer with probability at most 1e-7, the quadrant with 1e-7 (Hoeffding).
    n = 20_000
    bound = math.sqrt(math.log(2e7) / (2 * n))

    def off(sample, law):
        ranks = law(np.sort(sample))
        return max(
            np.abs(ranks - np.arange(n) / n).max(), np.abs(ranks - np.arange(1, n + 1) / n).max()
        )

    first = expect.shape(student.call("Ferry.reset", calm, n, draw()), (n, 3), "first states")
    assert (first[:, 0] == 0).all(), "every crossing begins at x = 0"
    uniform = off(first[:, 1], lambda y: np.clip(y + 0.5, 0, 1))
    assert uniform < bound, "y is uniform in [-0.5, 0.5] at first"
    uniform = off(first[:, 2], lambda u: np.clip(u / CURRENT, 0, 1))
    assert uniform < bound, "u is uniform from 0 to CURRENT at first"
    both = ((first[:, 1] > 0) & (first[:, 2] > CURRENT / 2)).mean()
    assert abs(both - 0.25) < bound, "the stream is independent of the place"
    again, other = (student.call("Ferry.reset", calm, n, draw(i)) for i in (0, 1))
    expect.close(again, first, "equal generators give equal first states")
    assert not np.allclose(other, first), "other generators give other first states"
    for noise in (0.05, 0.3):
        wild = student.new("Ferry", noise)
        start = np.tile([0.5, 0.1, 0.2], (n, 1))
        after, _ = step(wild, start, np.zeros((n, 1)))
        spread = off(after[:, 1], lambda y, noise=noise: norm.cdf(y, 0.3, noise))
        assert spread < bound, "each episode has normal noise of this deviation, of its own"
        again, other = (step(wild, start, np.zeros((n, 1)), i)[0] for i in (0, 1))
        expect.close(again, after, "a step is a pure function: equal generators, equal steps")
        assert not np.allclose(other, after), "noise comes from the generator"
        start[:, 0] = 1
        after, _ = step(wild, start, np.ones((n, 1)))
        expect.close(after, start, "noise does not move a moored ferry")
    kept = student.new("Ferry.reset", calm, 50, draw())  # on the student's side, where a step is
    before = student.call("Ferry.observe", calm, kept)
    student.call("Ferry.step", calm, kept, torch.ones(50, 1), draw())
    after = student.call("Ferry.observe", calm, kept)
    expect.close(after, before, "a step is pure: it must not write into the state that it got")


hidden_environment()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: your ferry, steered through Gymnasium
#
# With its two spaces and its horizon, your environment is complete: `ToGym` makes it one of
# Gymnasium's, with rewards in place of costs, and any program that knows that interface can drive
# it. A pilot that steers against what it sees, $a = -4y$, arrives a little downstream: it never
# sees the stream, only what the stream has done.


# %% nbgrader={"grade_id": "environment-picture"}
def environment_picture():
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    for seed in range(8):
        env = ToGym(Ferry())
        obs, _ = env.reset(seed=seed)
        track, over = [obs], False
        while not over:
            obs, _, _, over, _ = env.step(np.clip(-4 * obs[1:], -1, 1))
            track.append(obs)
        ax.plot(*np.transpose(track), "o-", markersize=3, color="#0072B2")
    ax.axhline(0, color="black", linestyle="--")
    ax.set(xlabel="across the river", ylabel="downstream")
    plt.show()


environment_picture()

# %% [markdown]
# ## Bonus (no points): shaping
#
# Chapter 01 shows that a cost $c(s, a) + \gamma \, \mathbb E[\Phi(s')] - \Phi(s)$ has the same best
# policies as $c$, whatever the potential $\Phi$. Write it for tables. On the pier, which $\Phi$
# makes value iteration stop after one sweep? And which natural-looking bonus, no difference of
# potentials, sends the walker back and forth for ever?


# %% nbgrader={"grade_id": "bonus", "solution": true}
def shaped_cost(p, cost, potential, gamma):
    """Costs with the potential-based term.

    p: [S, A, S]; cost: [S, A]; potential: [S]
    returns: [S, A]
    """
    ### BEGIN SOLUTION
    return cost + gamma * p @ potential - potential[:, None]
    ### END SOLUTION
