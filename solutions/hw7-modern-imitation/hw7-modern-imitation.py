# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld:
#       - ilkit.executors
#       - ilkit.policies.flow
#       - ilkit.policies.mip
#       - ilkit.learners
#       - ilkit.divergences
#     choices:
#       CHUNK: [8, 10, 12]
#       DECAY: [0.1, 0.2, 0.3]
#       BETA: [5.0, 4.0, 6.0]
#       T_STAR: [0.9, 0.8, 0.85]
#       ROUNDS: [6, 5, 7]
# ---

# %% [markdown]
# # Homework 7: modern imitation
#
# *After chapters [10]({{ site_url }}/book/10-on-policy-distillation.html),
# [14]({{ site_url }}/book/14-action-chunking.html) and
# [15]({{ site_url }}/book/15-why-generative-policies.html). Three to five hours; a laptop's CPU is
# enough, a GPU is used where there is one.*
#
# Policies of today predict many actions at once, draw them by a flow, take time to compute, are
# trained in low precision over days, and learn from larger ones. You will write
#
# - the executors: chunks, the temporal ensemble, real-time chunking with its inpainting;
# - the exact flow of a few actions, and the minimal iterative policy (MIP);
# - training in mixed precision, and training that survives a power failure;
# - on-policy distillation, under either direction of the Kullback-Leibler divergence.
#
# There are twelve parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook, `hw7-modern-imitation-written`, carries
# 10 further points.
#
# Use torch, NumPy and SciPy as you like. While your notebook is graded, `ilkit.executors`,
# `ilkit.policies.flow`, `ilkit.policies.mip`, `ilkit.learners` and `ilkit.divergences` are
# withheld, and so is what `il` takes from them. The rest is there: `il.fit`, and the device,
# precision and checkpoint helpers of `ilkit.train`.
#
# Shapes are written like $[n, h, d]$: $n$ episodes side by side, $h$ actions in a plan, $d$ numbers
# in an action. Unless a part says otherwise, inputs are torch tensors and so are results. Inputs
# may be in double precision: let what you make have the precision of what you are given.

# %% nbgrader={"grade_id": "install"}
# Installs the course's package where it is missing (Colab); does nothing elsewhere.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("ilkit") is None:
    package = "ilkit @ git+{{ repository_url }}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", package], check=True)

# %% nbgrader={"grade_id": "setup"}
import contextlib
import math
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

import ilkit as il
from ilkit.train import autocast, load, pick_device, save

torch.manual_seed(0)
np.random.seed(0)


def returned(x):
    """What a function of yours returned, unless it forgot to."""
    assert x is not None, "your function returned None: is there a return?"
    return x


def numbers(x):
    """A plain array of a result, whatever it was computed with."""
    x = returned(x)
    return np.asarray(x.detach().cpu().double() if isinstance(x, torch.Tensor) else x, dtype=float)


# %% nbgrader={"grade_id": "sizes"}
# Sizes of the experiments. The checks rely on them: leave them as they are.
CHUNK = 8  # actions in a plan
DECAY = 0.1  # m of the temporal ensemble
BETA = 5.0  # the largest gain of the guidance
T_STAR = 0.9  # flow time of MIP's second step
ROUNDS = 6  # of distillation

# %% [markdown]
# ## Part 1: action chunks (6 points)
#
# A chunk policy predicts the next $h$ actions at once; such a prediction is a *plan*. An *executor*
# decides when a plan is drawn and which action is executed. The simplest executes the first
# $k \leq h$ actions of each plan without looking, then asks again: plans are drawn at the steps
# $0, k, 2k, \dots$ (steps and places are counted from 0 in this notebook), and the action of step
# $t$ is
#
# $$u_t = \hat u^{(\tau)}_{t - \tau} , \qquad \tau = k \lfloor t / k \rfloor ,$$
#
# place $t - \tau$ of the plan drawn at step $\tau$. A longer $k$ means fewer decisions, so that
# errors have fewer occasions to compound; it also means more steps without looking.
#
# In this part and in two later ones you write the whole loop. The policy and the world are
# functions: `plan(obs)` draws plans $[n, h, d]$, and `step(act)` executes actions $[n, d]$ and
# returns the next observations $[n, o]$. The world remembers its own state.


# %% nbgrader={"grade_id": "chunks", "solution": true}
def run_chunks(plan, step, obs, horizon, k):
    """Execute the first k actions of each plan, then ask for the next.

    plan: a function from observations [n, o] to plans [n, h, d], h at least k
    step: a function from actions [n, d] to the next observations [n, o]; call it once a step
    obs: [n, o], the first observations; horizon: number of steps
    returns: [n, horizon, d], the executed actions
    """
    ### BEGIN SOLUTION
    executed = []
    for t in range(horizon):
        if t % k == 0:
            current = plan(obs)
        executed.append(current[:, t % k])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "chunks-check"}
def check_chunks():
    asked, clock = [], [0]

    def plan(obs):  # place i of episode j's plan that was drawn at step t says 100 t + i + 10 j
        asked.append(int(obs[0, 0]))
        rows = 10.0 * torch.arange(len(obs))[:, None, None]
        return 100.0 * obs[:, :, None] + torch.arange(6.0)[None, :, None] + rows

    def step(act):
        clock[0] += 1
        return torch.full((2, 1), float(clock[0]))

    act = numbers(run_chunks(plan, step, torch.zeros(2, 1), 7, 3))
    assert clock[0] <= 7, f"7 steps were to be taken, your loop took {clock[0]}"
    assert act.shape == (2, 7, 1), f"expected the actions [n, horizon, d], got shape {act.shape}"
    assert asked != list(range(7)), "you ask at every step: execute k actions of each plan"
    assert len(asked) > 2, "a plan is drawn every k steps, not every h"
    assert asked != [0, 0, 0], "the policy must see the newest observation when it is asked"
    assert asked == [0, 3, 6], f"with k = 3 plans are drawn at steps 0, 3 and 6, got {asked}"
    assert act[0, 1, 0] != 0, "the second action of a plan follows the first"
    assert np.allclose(act[0, :, 0], [0, 1, 2, 300, 301, 302, 600]), (
        f"expected places 0, 1, 2 of the plans of steps 0, 3 and 6, got {act[0, :, 0]}"
    )
    assert (act[1] == act[0] + 10).all(), "every episode executes its own row of the plan"


check_chunks()
print("chunks: the visible check passes")


# %% nbgrader={"grade_id": "chunks-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_chunks():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("chunks"))
    for n, h, k, d, horizon in ((3, 6, 4, 2, 18), (1, 5, 5, 1, 10), (4, 3, 1, 2, 5)):
        plans = rng.normal(size=(horizon, n, h, d)).astype(np.float32)  # what each step would say
        asked, done = [], []

        def plan(obs, plans=plans, asked=asked):
            asked.append(int(obs[0, 0]))
            return torch.tensor(plans[int(obs[0, 0])])

        def step(act, n=n, done=done):
            done.append(act)
            return torch.full((n, 1), float(len(done)))

        got = student.call("run_chunks", plan, step, torch.zeros(n, 1), horizon, k)
        looks = list(range(0, horizon, k))
        assert asked == looks, "a plan is drawn every k steps, from the newest observation"
        time = np.arange(horizon)
        want = plans[time // k * k, :, time % k].swapaxes(0, 1)
        idea = "the action of step t is place t mod k of the newest plan"
        faults = {
            "each plan is executed from its first action on": plans[time // k * k, :, k - 1]
            .swapaxes(0, 1)
            .copy(),
            "a plan has more places than its first": plans[time // k * k, :, 0].swapaxes(0, 1),
        }
        expect.close(got, want, idea, faults=faults)
        assert horizon - 1 <= len(done) <= horizon, "the world is stepped once a step"
        expect.close(np.stack(done, 1), want[:, : len(done)], "what is returned was executed")


hidden_chunks()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: the weights of an ensemble (6 points)
#
# Ask at *every* step, and up to $h$ plans speak about the present. Number the $n$ live plans from
# the **oldest**, $i = 0$, to the newest, $i = n - 1$. The temporal ensemble of Zhao et al. (2023)
# executes their mean with the weights
#
# $$w_i = \frac{e^{-m i}}{\sum_{j=0}^{n-1} e^{-m j}} .$$
#
# Two numbers say what a set of weights does. If the plans err independently with equal variance,
# the mean's variance is that of one divided by the *effective number* $1 / \sum_i w_i^2$. And plan
# $i$ was drawn $n - 1 - i$ steps ago, so that the *mean age* of what is executed is
# $\sum_i w_i (n - 1 - i)$ steps.
#
# Which weights are best? If plan $i$ errs independently with variance $v_i$, the weighted mean has
# the variance $\sum_i w_i^2 v_i$. Find the weights of sum one that make it least (a Lagrange
# multiplier does it), and note what they say about old plans.


# %% nbgrader={"grade_id": "weights", "solution": true}
def ensemble_weights(n, m):
    """The weights of n live plans, from the oldest to the newest.

    n: a whole number; m: a number of either sign
    returns: [n], of sum one
    """
    ### BEGIN SOLUTION
    return torch.softmax(-m * torch.arange(n, dtype=torch.float64), 0)
    ### END SOLUTION


def number_and_age(w):
    """The effective number of plans and their mean age in steps.

    w: [n], weights of sum one, from the oldest plan to the newest
    returns: two numbers
    """
    ### BEGIN SOLUTION
    ages = torch.arange(len(w) - 1, -1, -1).to(w)
    return 1 / (w**2).sum(), w @ ages
    ### END SOLUTION


def best_weights(variance):
    """The weights of sum one whose weighted mean of independent predictions varies least.

    variance: [n], all above 0
    returns: [n]
    """
    ### BEGIN SOLUTION
    return (1 / variance) / (1 / variance).sum()
    ### END SOLUTION


# %% nbgrader={"grade_id": "weights-check"}
def check_weights():
    w = numbers(ensemble_weights(3, math.log(2)))
    assert w.shape == (3,), f"expected one weight for each of 3 plans, got shape {w.shape}"
    assert np.isclose(w.sum(), 1), f"the weights sum to one, yours to {w.sum():.3f}"
    assert not np.allclose(w, [1 / 7, 2 / 7, 4 / 7]), (
        "with m above 0 the newest plan weighs least: which plan has the number 0?"
    )
    assert np.allclose(w, [4 / 7, 2 / 7, 1 / 7]), f"expected weights 4 : 2 : 1, got {w.round(3)}"
    w = numbers(ensemble_weights(2, -math.log(2)))
    assert np.allclose(w, [1 / 3, 2 / 3]), (
        f"with m below 0 the newest weighs most, got {w.round(3)}"
    )
    number, age = (float(x) for x in returned(number_and_age(torch.tensor([0.5, 0.25, 0.25]))))
    assert not np.isclose(number, 0.375), "that is the sum of squares: the number is one over it"
    assert np.isclose(number, 8 / 3), f"weights 1/2, 1/4, 1/4 count as 2.667 plans, got {number:g}"
    assert not np.isclose(age, 0.75), "the newest plan, the last, has age 0"
    assert np.isclose(age, 1.25), f"ages 2, 1, 0 have the mean 1.25 there, got {age:g}"
    best = numbers(best_weights(torch.tensor([4.0, 1.0])))
    assert best.shape == (2,), f"expected one weight per prediction, got shape {best.shape}"
    assert best[0] < best[1], "a prediction that varies more must count less"
    assert not np.allclose(best, [1 / 3, 2 / 3]), (
        "weigh by the deviation and the variance is 0.889; 0.8 can be reached"
    )
    assert np.allclose(best, [0.2, 0.8]), f"the variance could be 0.8 here; your weights: {best}"


check_weights()
print("weights: the visible check passes")


# %% nbgrader={"grade_id": "weights-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_weights():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("weights"))
    for n, m in ((2, 0.5), (7, -0.3), (30, float(rng.uniform(0.02, 0.4)))):
        w = expect.shape(student.call("ensemble_weights", n, m), (n,), "ensemble weights")
        expect.close(w.sum(), 1.0, "the weights sum to one")
        fall = np.full(n - 1, np.exp(-m))
        faults = {"plan 0 is the oldest: for m above 0 it weighs most": 1 / fall}
        expect.close(w[1:] / w[:-1], fall, "each weight is exp(-m) times the last", faults=faults)
        number, age = student.call("number_and_age", torch.tensor(w).float())
        want = np.tanh(m * n / 2) / np.tanh(m / 2)
        faults = {"the effective number is one over the sum of squares": (w**2).sum()}
        expect.close(number, want, "tanh(mn/2) / tanh(m/2), chapter 14", faults=faults)
        other = student.call("ensemble_weights", n, -m)
        turned = student.call("number_and_age", torch.tensor(np.array(other)).float())[1]
        expect.close(age + turned, n - 1.0, "the sign of m turns the mean age around")
        assert (age > (n - 1) / 2) == (m > 0), "for m above 0 the executed mean is older"
    expect.close(student.call("ensemble_weights", 5, 0.0), np.full(5, 0.2), "m = 0: plain mean")
    for n in (2, 6):
        w = rng.dirichlet(np.ones(n))
        age = student.call("number_and_age", torch.tensor(w).float())[1]
        expect.close(age, n - 1 - w @ np.arange(n), "the newest plan has age 0, the oldest n - 1")
        v = rng.uniform(0.2, 4, size=n)
        best = student.call("best_weights", torch.tensor(v).float())
        best = expect.shape(best, (n,), "best weights")
        expect.close(best.sum(), 1.0, "the best weights sum to one")
        expect.close(best * v, np.full(n, best @ (best * v)), "no shift of weight lowers it")


hidden_weights()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: the temporal ensemble (8 points)
#
# Now the executor. At every step $t$ it draws a plan. Alive are the plans of the steps
# $\tau = \max(0, t - h + 1), \dots, t$, and the plan of step $\tau$ speaks about the present in its
# place $t - \tau$. Execute
#
# $$u_t = \sum_i w_i \, \hat u^{(\tau_i)}_{t - \tau_i} ,$$
#
# oldest first, with the weights of part 2. Compute the weights here anew, so that this part stands
# on its own. There are fewer than $h$ plans in the first steps.


# %% nbgrader={"grade_id": "ensemble", "solution": true}
def run_ensemble(plan, step, obs, horizon, m):
    """Ask at every step and execute the weighted mean of what all live plans say.

    plan: a function from observations [n, o] to plans [n, h, d]; call it once a step
    step: a function from actions [n, d] to the next observations [n, o]; call it once a step
    obs: [n, o], the first observations; horizon: number of steps; m: decay of the weights
    returns: [n, horizon, d], the executed actions
    """
    ### BEGIN SOLUTION
    live, executed = [], []
    for _ in range(horizon):
        live.append(plan(obs))
        live = live[-live[0].shape[1] :]
        n = len(live)
        said = torch.stack([one[:, n - 1 - i] for i, one in enumerate(live)])
        w = torch.softmax(-m * torch.arange(n).to(said), 0)
        executed.append((w[:, None, None] * said).sum(0))
        obs = step(executed[-1])
    return torch.stack(executed, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "ensemble-check"}
def check_ensemble():
    def drive(says, m, horizon=5, h=3):
        clock, asked = [0], []

        def plan(obs):
            asked.append(int(obs[0, 0]))
            rows = [says(int(obs[0, 0]), place) for place in range(h)]
            return torch.tensor(rows)[None, :, None].float()

        def step(act):
            clock[0] += 1
            return torch.full((1, 1), float(clock[0]))

        act = numbers(run_ensemble(plan, step, torch.zeros(1, 1), horizon, m))
        assert act.shape == (1, horizon, 1), f"expected [n, horizon, d], got shape {act.shape}"
        assert asked == list(range(horizon)), f"ask once a step, with the newest: got {asked}"
        return act[0, :, 0]

    same = drive(lambda t, place: t + place, DECAY)
    assert np.allclose(same, range(5)), (
        "all plans agree that the action of step t is t, so their mean is t; which place of an "
        "older plan speaks about the present, do the weights sum to one, and is a plan over after "
        f"h steps? got {same.round(2)}"
    )
    plain = drive(lambda t, place: t, 0.0)
    assert not np.allclose(plain, np.arange(5) / 2), "a plan of 3 places is over after 3 steps"
    assert np.allclose(plain, [0, 0.5, 1, 2, 3]), (
        f"the mean age of three live plans is one step when m = 0, got {plain.round(2)}"
    )
    older = drive(lambda t, place: t, 1.0)
    assert older[-1] < plain[-1], "for m above 0 the oldest plan weighs most"
    assert np.allclose(older[1], 1 / (1 + math.e)), (
        f"weights sum to one: expected 0.269, got {older[1]:.3f}"
    )


check_ensemble()
print("ensemble: the visible check passes")


# %% nbgrader={"grade_id": "ensemble-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_ensemble():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("ensemble"))
    for n, h, d, horizon, m in ((2, 5, 2, 12, 0.4), (3, 4, 1, 3, -0.7), (1, 1, 2, 4, 0.3)):
        plans = rng.normal(size=(horizon, n, h, d)).astype(np.float32)
        asked, done = [], []

        def plan(obs, plans=plans, asked=asked):
            asked.append(int(obs[0, 0]))
            return torch.tensor(plans[int(obs[0, 0])])

        def step(act, n=n, done=done):
            done.append(act)
            return torch.full((n, 1), float(len(done)))

        got = student.call("run_ensemble", plan, step, torch.zeros(n, 1), horizon, m)
        assert asked == list(range(horizon)), "one plan a step, from the newest observation"

        def mean(grow, span, plans=plans, shape=(n, horizon, d)):
            out = np.zeros(shape)
            for t in range(shape[1]):
                born = np.arange(max(0, t - span + 1), t + 1)
                share = np.exp(-grow * born) / np.exp(-grow * born).sum()
                out[:, t] = sum(p * plans[b, :, t - b] for p, b in zip(share, born))
            return out

        faults = {
            "plan 0 is the oldest: for m above 0 the newest weighs least": mean(-m, h),
            "the weights decay by the m that was passed": mean(0.0, h),
            "all live plans speak, not the newest alone": mean(m, 1),
        }
        expect.close(got, mean(m, h), "the weighted mean of all live plans", faults=faults)
        assert horizon - 1 <= len(done) <= horizon, "the world is stepped once a step"
        executed = np.stack(done, 1)
        expect.close(executed, got[:, : len(done)], "what is returned was executed")


hidden_ensemble()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what the two executors do to noise
#
# Each plan is right but for a constant of its own. Grey rings: what is right. With `run_chunks` and
# $k = 1$ the executed action jumps at every step; the plain ensemble removes the jumps, whose mean
# size the title gives: the second must be smaller by a factor of {{ CHUNK }}, give or take three.
# Chapter 14 says why, and what is paid for it when the plans do *not* have a common mean.


# %% nbgrader={"grade_id": "ensemble-picture"}
def ensemble_picture():
    horizon, ahead = 60, torch.arange(CHUNK)
    _, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
    ax.plot(np.sin(np.arange(horizon) / 8), "o", color="0.6", fillstyle="none", label="right")
    jumps = []
    for name, run, how, colour in (
        ("one action of each plan", run_chunks, 1, "#0072B2"),
        ("ensemble", run_ensemble, 0.0, "#009E73"),
    ):
        rng, clock = torch.Generator().manual_seed(0), [0]

        def plan(obs, rng=rng):
            off = 0.3 * torch.randn(1, generator=rng)
            return (torch.sin((obs + ahead) / 8) + off)[:, :, None]

        def step(act, clock=clock):
            clock[0] += 1
            return torch.full((1, 1), float(clock[0]))

        act = numbers(run(plan, step, torch.zeros(1, 1), horizon, how))[0, :, 0]
        error = act - np.sin(np.arange(horizon) / 8)
        jumps.append(abs(np.diff(error[CHUNK:])).mean())
        ax.plot(act, color=colour, label=name)
    ax.set(xlabel="step", ylabel="executed action")
    ax.set_title(f"mean jump of the error: {jumps[0]:.3f} and {jumps[1]:.3f}")
    ax.legend(frameon=False)
    plt.show()


ensemble_picture()

# %% [markdown]
# ## Part 4: the soft mask (6 points)
#
# A large network takes time: a plan that is asked for now is ready $d$ steps later (the *delay*;
# in shapes $d$ remains the size of an action). The running plan goes on meanwhile, so the first
# $d$ actions of the new plan are decided already.
# Real-time chunking (Black, Galliker and Levine, 2025) draws the new plan *given* them, and softly
# given the rest of the running plan. When $o$ actions of the running plan are left, the *overlap*,
# place $i$ of the new plan owes to the running one
#
# $$
# W_i = \begin{cases}
#   1 & i < d , \\
#   c_i \, \dfrac{e^{c_i} - 1}{e - 1} , \quad c_i = \dfrac{o - i}{o - d + 1} & d \leq i < o , \\
#   0 & i \geq o .
# \end{cases}
# $$
#
# Where does the 0 to 1 come from? Take the old action as a noisy look at the new one, with noise of
# variance $\nu_i$: then chapter 14 derives $W_i = r^2 / (r^2 + \nu_i)$, where $r^2$ is the variance
# that the new action still has at flow time $t$,
#
# $$r^2 = \frac{(1 - t)^2}{t^2 + (1 - t)^2} .$$
#
# Write both directions of the trade: the mask, and the noise that a given mask supposes at time
# $t$. The noise is infinite where $W_i = 0$.


# %% nbgrader={"grade_id": "mask", "solution": true}
def soft_mask(h, overlap, delay):
    """How much each action of a new plan owes to the running one.

    h: places of a plan; overlap: actions of the running plan that are left, at most h
    delay: the first of them, which will have been executed, at most overlap
    returns: [h], from 0 to 1
    """
    ### BEGIN SOLUTION
    i = torch.arange(h, dtype=torch.float64)
    c = (overlap - i) / (overlap - delay + 1)
    falling = c * (torch.exp(c) - 1) / (math.e - 1)
    return torch.where(i < delay, 1.0, torch.where(i < overlap, falling, 0.0))
    ### END SOLUTION


def supposed_noise(mask, t):
    """The variance of the noise with which a mask takes the old actions for the new ones.

    mask: [h], from 0 to 1; t: flow time, below 1
    returns: [h], 0 where the mask is 1 and infinite where it is 0
    """
    ### BEGIN SOLUTION
    left = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
    return left * (1 - mask) / mask
    ### END SOLUTION


# %% nbgrader={"grade_id": "mask-check"}
def check_mask():
    mask = numbers(soft_mask(8, 6, 2))
    assert mask.shape == (8,), f"expected one number for each of 8 places, got {mask.shape}"
    assert (mask[:2] == 1).all(), f"the first two actions are decided: 1, got {mask[:2]}"
    assert (mask[6:] == 0).all(), f"the last two have no counterpart: 0, got {mask[6:]}"
    assert not np.isclose(mask[2], 1), "the first action that is not decided owes less than 1"
    assert (np.diff(mask[1:7]) < 0).all(), f"in between the mask falls, got {mask.round(3)}"
    assert not np.allclose(mask[2:6], [0.8, 0.6, 0.4, 0.2]), "that is c: it is bent once more"
    assert np.allclose(mask, [1, 1, 0.571, 0.287, 0.114, 0.026, 0, 0], atol=1e-3), (
        f"by hand: 1, 1, 0.571, 0.287, 0.114, 0.026, 0, 0; got {mask.round(3)}"
    )
    noise = numbers(supposed_noise(torch.tensor([1.0, 0.5, 0.25]), 0.5))
    assert noise[0] == 0, "a mask of 1 takes the old action for exact"
    assert not np.allclose(noise, [0, 1, 3]), "at t = 0.5 the new action still varies by r^2 = 1/2"
    assert np.allclose(noise, [0, 0.5, 1.5]), f"expected 0, 0.5, 1.5 from W and r^2, got {noise}"
    assert np.isinf(numbers(supposed_noise(torch.tensor([0.0]), 0.2))), "W = 0: infinite noise"
    early = numbers(supposed_noise(torch.tensor([0.5]), 0.2))
    assert np.allclose(early, 0.941, atol=1e-3), (
        f"W = 1/2 supposes as much noise as the new action varies, 0.941 at t = 0.2; got {early}"
    )


check_mask()
print("mask: the visible check passes")


# %% nbgrader={"grade_id": "mask-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_mask():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("mask"))
    cases = [(10, 7, 0), (5, 5, 5), (6, 3, 3), (9, 9, 2), (4, 0, 0)]
    for _ in range(4):
        h = int(rng.integers(4, 20))
        overlap = int(rng.integers(1, h + 1))
        cases.append((h, overlap, int(rng.integers(0, overlap + 1))))
    for h, overlap, delay in cases:
        mask = expect.shape(student.call("soft_mask", h, overlap, delay), (h,), "soft mask")
        assert (mask[:delay] == 1).all(), "what is decided already is owed in full"
        assert (mask[overlap:] == 0).all(), "places without a counterpart owe nothing"
        soft = mask[delay:overlap]
        # Solve W(c) = mask for c by bisection: c must fall in equal steps and end one step above 0.
        low, high = np.zeros(len(soft)), np.ones(len(soft))
        for _ in range(60):
            c = (low + high) / 2
            above = c * np.expm1(c) / np.expm1(1) > soft
            low, high = np.where(above, low, c), np.where(above, c, high)
        want = np.arange(overlap - delay, 0, -1) / (overlap - delay + 1)
        faults = {
            "c has the denominator o - d + 1, so that it starts below 1": np.arange(
                overlap - delay, 0, -1
            )
            / max(overlap - delay, 1),
        }
        expect.close(c, want, "c falls in equal steps from the delay to the end", 1e-3, faults)
    for t in (0.0, 0.3, 0.8):
        noise = rng.uniform(0.1, 3, size=5)
        # The posterior mean's weight on the look, by conditioning a two-dimensional Gaussian.
        joint = np.linalg.inv([[t**2 + (1 - t) ** 2, t], [t, 1.0]])
        left = 1 / (joint[1, 1])
        mask = left / (left + noise)
        got = student.call("supposed_noise", torch.tensor(mask).float(), t)
        expect.close(got, noise, "W = r^2 / (r^2 + noise), solved for the noise")
    got = student.call("supposed_noise", torch.tensor([1.0, 0.0]), 0.4)
    assert list(got) == [0, np.inf], "a mask of 1 is exact, a mask of 0 knows nothing"


hidden_mask()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: inpainting with a flow (12 points)
#
# A flow policy carries noise to a plan: from $x_0 = z$ it follows a velocity $v(x, t)$ for flow
# time $t$ from 0 to 1, by $N$ Euler steps of length $1/N$ at the times $t = 0, 1/N, \dots$ The
# observation is kept fixed and not written; a plan is one vector of $D$ numbers. At each time the
# flow heads for
#
# $$\hat a(x) = x + (1 - t) \, v(x, t) .$$
#
# To draw a plan that agrees with $y$ where the mask $W$ is near 1, bend the velocity towards it,
#
# $$v(x, t) + g_t \, J^\top W \big( y - \hat a(x) \big) , \qquad
#   J = \frac{\partial \hat a}{\partial x} , \qquad
#   g_t = \min \Big\{ \frac{t^2 + (1 - t)^2}{t \, (1 - t)} , \; \beta \Big\} ,$$
#
# with $g_0 = \beta$. Chapter 14 derives it. $J$ is the *true* Jacobian: it carries the pull from
# the decided actions to the others. It is never formed: `torch.autograd.grad(heading, x, vector)`
# gives $J^\top$ times the vector for all rows at once, if $v$ was computed while $x$ required a
# gradient. (If it was not, the Jacobian comes out as the identity, and nothing complains.)
#
# Some velocities to try, all differentiable: that of plans with a Gaussian distribution, that of
# plans with two modes $\pm \mu$, and a linear one that is no flow of anything, to try your algebra.


# %% nbgrader={"grade_id": "velocities"}
def gaussian_velocity(cov):
    """The exact velocity of plans drawn from N(0, cov)."""
    cov = torch.as_tensor(cov, dtype=torch.float32)
    eye = torch.eye(len(cov))

    def velocity(x, t):
        heading = x @ (t * cov @ torch.linalg.inv(t**2 * cov + (1 - t) ** 2 * eye)).T
        return (heading - x) / (1 - t)

    return velocity


def fork_velocity(mu, spread):
    """The exact velocity of plans that are mu or -mu, each with deviation `spread` an entry."""
    mu = torch.as_tensor(mu, dtype=torch.float32)

    def velocity(x, t):
        total = (spread * t) ** 2 + (1 - t) ** 2
        side = torch.tanh(t * (x @ mu)[:, None] / total) * mu
        heading = side + spread**2 * t / total * (x - t * side)
        return (heading - x) / (1 - t)

    return velocity


def linear_velocity(matrix):
    """v(x, t) = matrix x."""
    matrix = torch.as_tensor(matrix, dtype=torch.float32)
    return lambda x, t: x @ matrix.T


# %% nbgrader={"grade_id": "inpaint", "solution": true}
def inpaint(velocity, noise, wanted, mask, steps, beta):
    """Carry noise to plans that agree with `wanted` where the mask is near 1.

    velocity: a function of x [n, D] and a number t that returns [n, D]; differentiable in x
    noise, wanted: [n, D]; mask: [D]; steps: Euler steps; beta: the largest gain
    returns: [n, D], without a gradient
    """
    ### BEGIN SOLUTION
    x = noise
    for i in range(steps):
        t = i / steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        heading = x + (1 - t) * v
        (pull,) = torch.autograd.grad(heading, x, mask * (wanted - heading).detach())
        gain = beta if t == 0 else min((t**2 + (1 - t) ** 2) / (t * (1 - t)), beta)
        x = x + (v + gain * pull) / steps
    return x.detach()
    ### END SOLUTION


# %% nbgrader={"grade_id": "inpaint-check"}
def check_inpaint():
    noise = torch.tensor([[0.5, -1.0], [2.0, 0.3]])
    wanted, mask = torch.tensor([[1.0, 9.0], [-1.0, 9.0]]), torch.tensor([1.0, 0.0])
    plain = gaussian_velocity(torch.eye(2))
    free = numbers(inpaint(plain, noise, wanted, 0 * mask, 5, BETA))
    assert free.shape == (2, 2), f"expected plans [n, D], got shape {free.shape}"
    x = noise
    for i in range(5):
        x = x + plain(x, i / 5) / 5
    assert np.allclose(free, x, atol=1e-4), (
        "with a mask of 0 nothing is pulled: Euler's steps of the velocity at t = 0, 0.2, ... 0.8"
    )
    found = numbers(inpaint(plain, noise, wanted, mask, 4, 1e6))
    free = numbers(inpaint(plain, noise, wanted, 0 * mask, 4, 1e6))
    assert np.allclose(found[:, 1], free[:, 1], atol=1e-4), (
        "entries are independent here, yet the pull reached one whose mask is 0"
    )
    assert np.allclose(found[:, 0], wanted[:, 0], atol=1e-3), (
        "independent Gaussian entries with W = 1 land on `wanted` exactly: check the gain, the "
        "heading, the Jacobian and the sign of the pull; expected 1 and -1, got "
        f"{found[:, 0].round(3)}"
    )
    tied = gaussian_velocity([[1.0, 0.9], [0.9, 1.0]])
    zero = torch.zeros(1, 2)
    both = numbers(inpaint(tied, zero, zero + 1, mask, 5, BETA))[0]
    assert both[1] > 0.5, (
        f"the second entry goes along with the first at 0.9, yet the pull gave it {both[1]:.2f}: "
        "is the Jacobian the true one?"
    )
    weak = numbers(inpaint(plain, noise, wanted, mask, 4, 0.5))
    assert not np.allclose(weak[:, 0], found[:, 0], atol=0.05), "the gain is cut at beta"
    turned = numbers(inpaint(linear_velocity([[0.0, 1.0], [0.0, 0.0]]), zero, zero + 1, mask, 1, 1))
    still = linear_velocity([[0.0, 0.0], [0.0, 0.0]])
    half = numbers(inpaint(still, zero, zero + 1, torch.tensor([0.5, 0.2]), 1, 1))
    assert np.allclose(half, [[0.5, 0.2]], atol=1e-4), (
        f"without a velocity, one step of gain 1 goes the share W of the way; got {half.round(2)}"
    )
    assert np.allclose(turned, [[1, 1]], atol=1e-4), (
        f"J = [[1, 1], [0, 1]] here: J^T W (1, 1) is (1, 1), not (1, 0); got {turned.round(2)}"
    )


check_inpaint()
print("inpainting: the visible check passes")


# %% nbgrader={"grade_id": "inpaint-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_inpaint():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    def guided(heading, jacobian, x, y, w, steps, beta, point=None):
        """The guided flow with a Jacobian in closed form, [n, D, D] at (x, t)."""
        for i in range(steps):
            t = i / steps
            a, J = heading(x, t), jacobian(x, t)
            gain = beta if t == 0 else min(t / (1 - t) + (1 - t) / t, beta)
            away = w * (y - (a if point is None else point(x, a)))
            x = x + ((a - x) / (1 - t) + gain * np.einsum("nij,ni->nj", J, away)) / steps
        return x

    rng = np.random.default_rng(student.seed("inpaint"))
    n, size = 4, 5
    eye = np.broadcast_to(np.eye(size), (n, size, size))
    root = rng.normal(size=(size, size))
    cov, mu = root @ root.T / size + 0.1 * np.eye(size), rng.uniform(0.2, 1.2, size=size)
    matrix, spread = rng.normal(size=(size, size)) / 2, 0.3

    def gaussian(x, t):
        return t * cov @ np.linalg.inv(t**2 * cov + (1 - t) ** 2 * np.eye(size))

    def fork(x, t):
        total = (spread * t) ** 2 + (1 - t) ** 2
        side = np.tanh(t * x @ mu / total)[:, None]
        share = spread**2 * t / total
        within = spread**2 * (1 - t) ** 2 / total * np.eye(size)
        between = ((1 - t) ** 2 / total) ** 2 * (1 - side[..., None] ** 2) * np.outer(mu, mu)
        # The Jacobian of the heading is a covariance: chapter 14, heading, score and Jacobian.
        return side * mu + share * (x - t * side * mu), t / (1 - t) ** 2 * (within + between)

    worlds = {
        "gaussian_velocity": (
            (cov.tolist(),),
            lambda x, t: x @ gaussian(x, t).T,
            lambda x, t: np.broadcast_to(gaussian(x, t), eye.shape),
        ),
        "fork_velocity": (
            (mu.tolist(), spread),
            lambda x, t: fork(x, t)[0],
            lambda x, t: np.broadcast_to(fork(x, t)[1], eye.shape),
        ),
        "linear_velocity": (
            (matrix.tolist(),),
            lambda x, t: x + (1 - t) * x @ matrix.T,
            lambda x, t: eye + (1 - t) * matrix,
        ),
    }
    for name, (made, heading, jacobian) in worlds.items():
        noise, y = rng.normal(size=(2, n, size)).astype(np.float32)
        w = np.array([1, 1, 0.5, 0.1, 0], dtype=np.float32)
        velocity = student.new(name, *made)
        for steps, beta in ((5, 5.0), (3, 1e3), (8, float(rng.uniform(2.2, 4)))):
            args = torch.tensor(noise), torch.tensor(y), torch.tensor(w), steps, beta
            got = student.call("inpaint", velocity, *args)
            known = noise.astype(float), y, w, steps, beta
            want = guided(heading, jacobian, *known)
            faults = {
                "the Jacobian is that of the heading, not the identity": guided(
                    heading, lambda x, t: eye, *known
                ),
                "the pull is J^T times the vector, not J": guided(
                    heading, lambda x, t, j=jacobian: j(x, t).swapaxes(1, 2), *known
                ),
                "the pull leads from the heading to what is wanted, not from x": guided(
                    heading, jacobian, *known, point=lambda x, a: x
                ),
                "the gain is cut at beta": guided(heading, jacobian, *known[:4], 1e9),
            }
            expect.close(got, want, "the velocity bent along J^T W (y - heading)", 2e-3, faults)


hidden_inpaint()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what two decided actions say about the rest
#
# Plans of {{ CHUNK }} actions with a Gaussian distribution, neighbours alike over about four steps.
# The first two are decided, at 1. Dashed: the exact conditional mean. Your inpainted plans (dots:
# their mean, thin: ten of them) must follow it closely.


# %% nbgrader={"grade_id": "inpaint-picture"}
def inpaint_picture():
    place = torch.arange(float(CHUNK))
    cov = torch.exp(-(place[:, None] - place).abs() / 4)
    decided = (place < 2).float()
    noise = torch.randn(2000, CHUNK, generator=torch.Generator().manual_seed(0))
    wanted = decided.expand(2000, -1)
    plans = numbers(inpaint(gaussian_velocity(cov), noise, wanted, decided, 5, BETA))
    exact = cov[:, :2] @ torch.linalg.solve(cov[:2, :2], torch.ones(2))
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(place, plans[:10].T, color="0.8", linewidth=0.8)
    ax.plot(place, exact, "--", color="black", label="exact mean")
    ax.plot(place, plans.mean(0), "o", color="#009E73", label="mean of your plans")
    ax.set(xlabel="place in the plan", ylabel="action", ylim=(-1.5, 2.5))
    ax.legend(frameon=False)
    plt.show()


inpaint_picture()

# %% [markdown]
# ## Part 6: the timetable of real-time chunking (12 points)
#
# Now the executor that plans while it moves. It has two numbers, `every` $= s$ and `delay` $= d$,
# with $0 \leq d \leq s$ and $h \geq s + d$. (In shapes $d$ remains the size of an action.)
#
# - At step 0 a first plan is there at once.
# - At the steps $s, 2s, 3s, \dots$ a new plan is asked for, by
#   `replan(obs, left)`: it gets the newest observation, and what is left of the running plan from
#   the present step on, its actions that stand for the steps $t, t + 1, \dots$ up to its end. Of
#   these the first $d$ will be executed before the new plan is ready.
# - A plan asked for at step $t$ stands for the steps $t, t + 1, \dots$, but takes over only at step
#   $t + d$, with its place $d$. Until then the running plan goes on.
#
# So the first $d$ actions of a new plan are never executed, and with $d = 0$ it takes over at once.
# `replan` stands for part 5 with the mask of part 4: you need neither here.


# %% nbgrader={"grade_id": "real-time", "solution": true}
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    """Ask for a new plan every few steps, and execute the running one until it is ready.

    plan: a function from observations [n, o] to plans [n, h, d]; it is called once, at step 0
    replan: a function of observations [n, o] and of what is left of the running plan from the
        present step on, [n, h - every, d], that returns plans [n, h, d]
    step: a function from actions [n, d] to the next observations [n, o]; call it once a step
    obs: [n, o], the first observations; horizon: number of steps
    every, delay: whole numbers, 0 <= delay <= every and every + delay <= h
    returns: [n, horizon, d], the executed actions
    """
    ### BEGIN SOLUTION
    running, begun, ready, executed = plan(obs), 0, None, []
    for t in range(horizon):
        if t == ready:
            running, begun = coming, t - delay
        if t > 0 and t % every == 0:
            coming, ready = replan(obs, running[:, t - begun :]), t + delay
            if delay == 0:
                running, begun = coming, t
        executed.append(running[:, t - begun])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "real-time-check"}
def check_real_time():
    def drive(every, delay, horizon=9, h=6):
        clock, questions = [0], []

        def plan(obs):  # place i of a plan that was asked for at step t says 100 t + i
            return 100.0 * obs[:, :, None] + torch.arange(float(h))[None, :, None]

        def replan(obs, left):
            questions.append((int(obs[0, 0]), [int(x) for x in left[0, :, 0]]))
            return plan(obs)

        def step(act):
            clock[0] += 1
            return torch.full((1, 1), float(clock[0]))

        act = numbers(run_real_time(plan, replan, step, torch.zeros(1, 1), horizon, every, delay))
        assert act.shape == (1, horizon, 1), f"expected [n, horizon, d], got shape {act.shape}"
        return act[0, :, 0].tolist(), questions

    act, _ = drive(3, 0)
    assert act == [0, 1, 2, 300, 301, 302, 600, 601, 602], (
        "without delay a new plan takes over when it is asked for, at its place 0; does each "
        f"question see the newest observation? got {act}"
    )
    act, questions = drive(3, 1)
    times = [time for time, _ in questions]
    assert times[:2] == [3, 6], f"with every = 3 ask at steps 3 and 6, got {times}"
    assert act[3] == 3, "the running plan goes on while the new one is computed"
    assert act[4] != 300, "a plan that is one step late starts with its place 1: place 0 is over"
    assert act == [0, 1, 2, 3, 301, 302, 303, 601, 602], f"every = 3 and delay = 1: got {act}"
    assert questions[0][1] != [4, 5], "what is left begins with the action of the present step"
    assert questions[0][1] == [3, 4, 5], f"at step 3 places 3 to 5 are left, got {questions[0][1]}"
    assert questions[1][1] == [303, 304, 305], (
        f"at step 6 the plan of step 3 is at its place 3, got {questions[1][1]}"
    )
    act, questions = drive(2, 2, horizon=8)
    assert act == [0, 1, 2, 3, 202, 203, 402, 403], f"with delay = every: got {act}"
    assert questions[1] == (4, [202, 203, 204, 205]), (
        "with delay = every a plan takes over in the step of the next question: it is the one "
        f"that is running then; got {questions[1]}"
    )


check_real_time()
print("real-time chunking: the visible check passes")


# %% nbgrader={"grade_id": "real-time-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_real_time():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("real-time"))
    cases = [(7, 3, 1, 20), (8, 4, 4, 21), (5, 1, 1, 6), (6, 2, 0, 9), (9, 5, 3, 4), (10, 4, 2, 30)]
    for h, every, delay, horizon in cases:
        n, d = 2, 2
        plans = rng.normal(size=(horizon + 1, n, h, d)).astype(np.float32)
        first, asked, done = [], [], []

        def plan(obs, plans=plans, first=first):
            first.append(int(obs[0, 0]))
            return torch.tensor(plans[0])

        def replan(obs, left, plans=plans, asked=asked):
            asked.append((int(obs[0, 0]), np.array(left)))
            return torch.tensor(plans[int(obs[0, 0])])

        def step(act, done=done):
            done.append(act)
            return torch.full((2, 1), float(len(done)))

        start = torch.zeros(n, 1)
        got = student.call("run_real_time", plan, replan, step, start, horizon, every, delay)
        assert first == [0], "the first plan is drawn once, at step 0"
        time = np.arange(horizon)

        def executed(late, early=0, plans=plans, time=time, every=every):
            born = np.maximum(0, (time - late) // every * every)
            place = np.where(born > 0, time - born - early, time)
            return plans[born, :, np.minimum(place, plans.shape[2] - 1)].swapaxes(0, 1)

        want = executed(delay)
        faults = {
            "the running plan goes on until the new one is ready": executed(0),
            "a late plan starts with the place that stands for the present": executed(delay, delay),
        }
        expect.close(got, want, "each step's action: which plan, and which place", faults=faults)
        times = [t for t, _ in asked]
        needed = [t for t in range(every, horizon, every) if t + delay < horizon]
        every_time = list(range(every, horizon, every))
        assert times[: len(needed)] == needed, "a new plan is asked for at every, 2 every, ..."
        assert times == every_time[: len(times)], "one question at a time, and no other"
        for t, left in asked:
            rest = plans[t - every][:, every:]
            expect.close(left, rest, "what is left of the running plan, from the present step on")
        assert horizon - 1 <= len(done) <= horizon, "the world is stepped once a step"
        expect.close(np.stack(done, 1), want[:, : len(done)], "what is returned was executed")


hidden_real_time()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: a plan must know what is already decided
#
# The world is $x_{t+1} = x_t + u_t$, with one push at step 0 and a delay of one step. Both planners
# want to be at rest in the step in which their action is executed. One applies $-x$ to what it sees
# (orange); the other adds the action that will be executed meanwhile (green), which your executor
# tells it. The first must swing for ever with period six, the second be at rest from step 3 on.


# %% nbgrader={"grade_id": "real-time-picture"}
def real_time_picture():
    _, ax = plt.subplots(figsize=(6, 2.8), layout="constrained")
    for knows, colour in ((0.0, "#D55E00"), (1.0, "#009E73")):
        path = [torch.ones(1, 1)]

        def plan(obs, left=None, knows=knows):
            act = torch.zeros(1, 3, 1)
            if left is not None:
                act[:, 1] = -(obs + knows * left[:, 0])
            return act

        def step(act, path=path):
            path.append(path[-1] + act)
            return path[-1]

        run_real_time(plan, plan, step, path[0], 20, 1, 1)
        ax.plot(numbers(torch.cat(path)), "o-", color=colour)
    ax.set(xlabel="step", ylabel="position", xticks=range(0, 21, 2))
    plt.show()


real_time_picture()

# %% [markdown]
# ## Part 7: the exact flow of a few actions (10 points)
#
# What would a flow do if it were trained to the optimum? Where the expert takes action $a_j$ with
# probability $p_j$, and $I_t = t a + (1 - t) z$ mixes it with noise $z \sim \mathcal N(0, I)$, the
# best guess of the action is the conditional mean
#
# $$m_t(x) = \mathbb E[a \mid I_t = x]
#   = \sum_j \omega_j a_j , \qquad
#   \omega_j \propto p_j \exp\Big(-\frac{\lVert x - t a_j \rVert^2}{2 (1 - t)^2}\Big) , \qquad
#   \sum_j \omega_j = 1 .$$
#
# Near $t = 1$ all the exponentials may underflow together. Subtract the largest exponent first.
#
# The best velocity is $(m_t(x) - x) / (1 - t)$. Carry latents along it by $N$ Euler steps at
# $t = 0, 1/N, \dots, (N - 1)/N$, and you have an optimally trained flow policy in one state.


# %% nbgrader={"grade_id": "flow", "solution": true}
def best_guess(x, t, actions, prob):
    """The mean action, given a noisy look x = t a + (1 - t) z at it.

    x: [n, d]; t: a number from 0 to below 1; actions: [k, d]; prob: [k], of sum one
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    away = ((x[:, None] - t * actions) ** 2).sum(-1)
    return torch.softmax(prob.log() - away / (2 * (1 - t) ** 2), 1) @ actions
    ### END SOLUTION


def carry(latent, actions, prob, steps):
    """Where the exact flow takes latents, by Euler steps.

    latent: [n, d]; actions: [k, d]; prob: [k]; steps: a whole number
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    x = latent
    for i in range(steps):
        t = i / steps
        x = x + (best_guess(x, t, actions, prob) - x) / ((1 - t) * steps)
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "flow-check"}
def check_flow():
    signs, half = torch.tensor([[1.0], [-1.0]]), torch.tensor([0.5, 0.5])
    x = torch.tensor([[0.0], [0.1], [-0.3]])
    guess = numbers(best_guess(x, 0.5, signs, half))
    assert guess.shape == (3, 1), f"expected one action per look, [3, 1], got {guess.shape}"
    assert np.allclose(guess[0], 0), "half way between two equally likely actions: 0"
    assert not np.allclose(guess, 0), "the look tells the actions apart: at x = 0.1, t = 0.5"
    assert np.allclose(guess[:, 0], np.tanh(2 * numbers(x)[:, 0]), atol=1e-4), (
        "equal odds of +1 and -1 at t = 0.5 give tanh(2 x): is the noise's deviation 1 - t, and is "
        "the distance that from t a?"
    )
    odds = numbers(best_guess(torch.zeros(1, 1), 0.0, signs, torch.tensor([0.7, 0.3])))
    assert np.allclose(odds, 0.4), f"at t = 0 nothing is known but the odds: 0.4, got {odds}"
    sharp = numbers(best_guess(torch.tensor([[3.0], [0.99]]), 0.99, signs, half))
    assert np.isfinite(sharp).all(), (
        "all weights of a look underflow at t = 0.99: subtract the largest first, each look its own"
    )
    pair = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
    guess = numbers(best_guess(torch.tensor([[0.1, 0.1]]), 0.5, pair, half))
    assert np.allclose(guess, math.tanh(0.4), atol=1e-4), (
        "two numbers in an action, (1, 1) or (-1, -1): the look (0.1, 0.1) at t = 0.5 says 0.380; "
        f"is the distance squared, and summed over the entries? got {guess.round(3)}"
    )
    latent = torch.tensor([[-2.0], [0.3]])
    for steps in (1, 4):
        end = numbers(carry(latent, torch.tensor([[0.6]]), torch.ones(1), steps))
        assert end.shape == (2, 1), f"expected one end per latent, got {end.shape}"
        assert np.allclose(end, 0.6, atol=1e-4), (
            f"with a single action every latent ends on it, with {steps} steps too: got {end}"
        )
    end = numbers(carry(latent, signs, torch.tensor([0.7, 0.3]), 1))
    assert np.allclose(end, 0.4, atol=1e-4), (
        f"one step, at t = 0, takes every latent to the mean action, 0.4 at these odds: got {end}"
    )
    end = numbers(carry(latent, signs, half, 100))
    assert np.allclose(end, [[-1], [1]], atol=0.05), f"the latent picks the side: got {end}"


check_flow()
print("exact flow: the visible check passes")


# %% nbgrader={"grade_id": "flow-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_flow():
    import numpy as np
    import torch
    from scipy.special import ndtri

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("flow"))
    for d, k in ((1, 3), (3, 5)):
        actions, prob = rng.normal(size=(k, d)), rng.dirichlet(np.ones(k))
        for t in (0.0, 0.4, 0.8):
            x = rng.normal(size=(6, d))
            density = [np.exp(-((x - t * a) ** 2).sum(1) / 2 / (1 - t) ** 2) for a in actions]
            joint = np.stack(density, 1) * prob
            rows = [torch.tensor(each).float() for each in (x, actions, prob)]
            flat = np.stack(density, 1) / np.sum(density, 0)[:, None] @ actions
            faults = {"likely actions count more: prob is their prior": flat}
            want = joint / joint.sum(1, keepdims=True) @ actions
            got = student.call("best_guess", rows[0], t, *rows[1:])
            expect.close(got, want, "Bayes' rule", 1e-3, faults)
    # Bayes' rule for a fine grid of a Gaussian: the share of a guess that is kept, chapter 15.
    grid = np.linspace(-4, 4, 801)
    for t in (0.5, 0.9):
        std = float(rng.uniform(0.2, 0.8))
        weight = np.exp(-0.5 * (grid / std) ** 2)
        x = np.array([[0.3], [-0.5]])
        rows = [torch.tensor(each).float() for each in (t * x, grid[:, None], weight)]
        got = student.call("best_guess", rows[0], t, rows[1], rows[2] / rows[2].sum())
        share = (t * std) ** 2 / ((t * std) ** 2 + (1 - t) ** 2)
        expect.close(got, share * x, "a Gaussian expert's variation is kept by this share", 1e-3)
    far = torch.tensor([[40.0], [-3.0]]), 0.995, torch.tensor([[1.0], [-1.0]])
    got = student.call("best_guess", *far, torch.tensor([0.5, 0.5]))
    expect.close(got, [[1.0], [-1.0]], "far from all actions the nearest one wins, without NaN")

    one = rng.normal(size=(1, 3))
    latent = torch.tensor(rng.normal(size=(5, 3))).float()
    for steps in (1, 3, 10):
        got = student.call("carry", latent, torch.tensor(one).float(), torch.ones(1), steps)
        expect.close(got, np.repeat(one, 5, 0), "one action: exact with any number of steps", 1e-3)
    middle = np.repeat(prob[None] @ actions, 5, 0)
    known = torch.tensor(actions).float(), torch.tensor(prob).float()
    got = student.call("carry", latent, *known, 1)
    expect.close(got, middle, "one step, at t = 0, heads for the mean action", 1e-3)
    # In one dimension paths do not cross: the upper share p of the latents ends at the action +1.
    p = float(rng.uniform(0.6, 0.8))
    cut = ndtri(1 - p)
    latent = torch.tensor([[cut - 0.15], [cut + 0.15], [cut - 1], [cut + 1]]).float()
    args = latent, torch.tensor([[1.0], [-1.0]]), torch.tensor([p, 1 - p]), 300
    got = student.call("carry", *args)
    faults = {"likely actions count more: prob is their prior": np.sign(latent.numpy())}
    idea = "a flow turns the odds of actions into shares of latents"
    expect.close(got, [[-1], [1], [-1], [1]], idea, 0.1, faults)


hidden_flow()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the latent decides, with the right odds
#
# Paths of your flow where the expert goes to $+1$ with probability 0.7. The dashed line cuts the
# latents at the standard normal's quantile of 0.3: paths from above must end at $+1$, the others at
# $-1$. Latent 0 goes to one action and not between the two.


# %% nbgrader={"grade_id": "flow-picture"}
def flow_picture():
    actions, prob = torch.tensor([[1.0], [-1.0]]), torch.tensor([0.7, 0.3])
    latent = torch.linspace(-2, 2, 17)[:, None]
    steps = 40
    paths = [latent]
    for i in range(steps):
        ahead = returned(best_guess(paths[-1], i / steps, actions, prob)) - paths[-1]
        paths.append(paths[-1] + ahead / (steps - i))
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(np.linspace(0, 1, steps + 1), numbers(torch.cat(paths, 1)).T, color="#0072B2", lw=1)
    ax.plot(np.ones(17), numbers(carry(latent, actions, prob, steps)), "o", color="black")
    ax.axhline(-0.5244, color="0.5", linestyle="--")
    ax.set(xlabel="flow time", ylabel="x")
    plt.show()


flow_picture()

# %% [markdown]
# ## Part 8: the minimal iterative policy (8 points)
#
# Pan et al. (2025) ask what of a flow is needed, and arrive at two supervised steps. A network
# $\pi(s, x, t)$ predicts the action, first from nothing, then from a noisy look at it:
#
# $$\ell = \lVert \pi(s, 0, 0) - a \rVert^2
#   + \lVert \pi(s, I, t^\star) - a \rVert^2 , \qquad I = t^\star a + (1 - t^\star) z ,$$
#
# and it acts by a guess and a second look at it,
#
# $$a_0 = \pi(s, 0, 0) , \qquad a_1 = \pi(s, t^\star a_0, t^\star) .$$


# %% nbgrader={"grade_id": "mip", "solution": true}
def mip_loss(net, obs, act, noise, t_star):
    """The loss of each pair of observation and action.

    net: a function of obs [n, o], x [n, d] and a number t that returns actions [n, d]; two calls
    obs: [n, o]; act, noise: [n, d]; t_star: a number between 0 and 1
    returns: [n], differentiable in whatever the network depends on
    """
    ### BEGIN SOLUTION
    between = t_star * act + (1 - t_star) * noise
    looks = net(obs, torch.zeros_like(act), 0.0), net(obs, between, t_star)
    return sum(((look - act) ** 2).sum(-1) for look in looks)
    ### END SOLUTION


def mip_act(net, obs, d, t_star):
    """The action of each observation.

    net, obs, t_star: as above; d: numbers in an action
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    guess = net(obs, torch.zeros(len(obs), d), 0.0)
    return net(obs, t_star * guess, t_star)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mip-check"}
def check_mip():
    calls = []

    def net(obs, x, t):
        calls.append((numbers(x), float(t)))
        return obs + 10.0 * t

    obs, act = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, -1.0]])
    noise = torch.tensor([[5.0, -5.0]])
    loss = numbers(mip_loss(net, obs, act, noise, T_STAR))
    assert len(calls) == 2, f"two looks are two calls of the network, got {len(calls)}"
    (blank, first), (between, second) = sorted(calls, key=lambda call: call[1])
    assert (first, second) == (0, T_STAR), f"the looks are at times 0 and t*: {first}, {second}"
    assert (blank == 0).all(), "the first look sees nothing: x is 0, neither noise nor the action"
    clean = T_STAR * numbers(act) + (1 - T_STAR) * numbers(noise)
    assert np.allclose(between, clean), (
        f"the second look sees mostly the action and a little noise, got {between.round(2)}"
    )
    assert loss.shape == (1,), f"expected one number per pair, got shape {loss.shape}"
    want = 1 + 9 + (1 + 10 * T_STAR) ** 2 + (3 + 10 * T_STAR) ** 2
    assert not np.isclose(loss[0], want / 2), "sum over the action's dimensions and both looks"
    assert np.isclose(loss[0], want), f"both looks are charged by the squared distance: {loss}"
    start = obs.clone().requires_grad_()
    total = mip_loss(lambda obs, x, t: obs + 10.0 * t, start, act, noise, T_STAR).sum()
    (slope,) = torch.autograd.grad(total, start)
    both = [4 + 20 * T_STAR, 12 + 20 * T_STAR]
    assert np.allclose(slope, both), "the gradient flows through both looks"
    calls.clear()
    chosen = numbers(mip_act(net, obs, 2, T_STAR))
    assert len(calls) == 2, f"acting takes two calls of the network, got {len(calls)}"
    assert np.allclose(calls[0][0], 0), "the first guess is made from x = 0"
    assert not np.allclose(calls[1][0], [[1, 2]]), "the second look sees the guess times t*"
    assert np.allclose(calls[1][0], [[T_STAR, 2 * T_STAR]]), "the second look sees t* a0, no noise"
    assert np.allclose(chosen, [[1 + 10 * T_STAR, 2 + 10 * T_STAR]]), (
        f"the second look is the action, got {chosen.round(2)}"
    )


check_mip()
print("MIP: the visible check passes")


# %% nbgrader={"grade_id": "toy-net"}
def toy_net(keep, look):
    """pi(s, x, t) = keep s + look x + t, a network that one can differentiate by hand."""
    return lambda obs, x, t: keep * obs + look * x + t


# %% nbgrader={"grade_id": "mip-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_mip():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("mip"))
    for n, d, t_star in ((4, 3, 0.9), (6, 1, 0.7)):
        said, seen = rng.normal(size=(2, n, d)), []
        obs, act, noise = rng.normal(size=(3, n, d)).astype(np.float32)

        def net(obs, x, t, said=said, seen=seen):
            seen.append((float(np.ravel(t)[0]), np.array(x)))
            return torch.tensor(said[int(seen[-1][0] > 0)])

        args = torch.tensor(obs), torch.tensor(act), torch.tensor(noise), t_star
        got = student.call("mip_loss", net, *args)
        times = sorted(seen, key=lambda call: call[0])
        assert [t for t, _ in times] == [0.0, t_star], "two looks, at times 0 and t*"
        expect.close(times[0][1], np.zeros((n, d)), "the first look sees nothing")
        between = t_star * act + (1 - t_star) * noise
        faults = {
            "the weights of action and noise are exchanged": (1 - t_star) * act + t_star * noise,
            "noise is mixed into what the second look sees": t_star * act,
            "noise is mixed in with the weight 1 - t*": t_star * act + noise,
        }
        idea = "the second look sees t* a + (1 - t*) z"
        expect.close(times[1][1], between, idea, faults=faults)
        each = ((said - act) ** 2).sum(2)
        faults = {
            "both looks are charged": each[0],
            "both looks are charged, the first guess too": each[1],
            "sum over the action's dimensions": each.sum(0) / d,
            "the two charges are added, not averaged": each.sum(0) / 2,
            "both looks aim at the action": each[0] + ((said[1] - said[0]) ** 2).sum(1),
        }
        expect.close(got, each.sum(0), "the squared distance of both looks", faults=faults)
        seen.clear()
        got = student.call("mip_act", net, torch.tensor(obs), d, t_star)
        assert [t for t, _ in seen] == [0.0, t_star], "acting looks at time 0, then at t*"
        expect.close(seen[0][1], np.zeros((n, d)), "acting starts from nothing")
        expect.close(seen[1][1], t_star * said[0], "the second look sees t* times the guess")
        expect.close(got, said[1], "the second look is the action")
        keep, look = rng.uniform(0.5, 1.5, size=2)
        made = student.new("toy_net", float(keep), float(look))
        slope = student.grad("mip_loss", made, *args, wrt=1)
        first, second = keep * obs - act, keep * obs + look * between + t_star - act
        faults = {
            "the second look has a gradient too": 2 * keep * first,
            "the first look has a gradient too": 2 * keep * second,
        }
        want = 2 * keep * (first + second)
        expect.close(slope, want, "the gradient flows through both looks", 1e-3, faults)


hidden_mip()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: iterating does not choose between equals
#
# A small network trained with your loss through `il.fit`, on a GPU where there is one. For $s < 0$
# the expert has one action for each state; for $s > 0$ it is at $+1$ or $-1$ with equal odds. Your
# MIP (green) must follow the expert on the left. On the right it goes between the two, like a
# regression: there the mean is exact, and a second look at it has nothing to hold on to. (Where it
# happens to guess on one side, the second look may carry it further that way.)


# %% nbgrader={"grade_id": "mip-picture"}
class Iterated(il.Policy):
    """A network for your loss: the plumbing of observation, x and t."""

    def __init__(self, like):
        super().__init__(like, "mlp", seed=0)
        self.body = self.build_conditional(self.act_size + 1, self.act_size)

    def look(self, obs, x, t):
        return self.body(self.features(obs), x, torch.full_like(x[:, :1], t))

    def loss(self, obs, act, generator=None):
        noise = torch.randn(len(act), self.act_size, generator=generator, device=act.device)
        return mip_loss(self.look, obs, self.to_unit(act), noise, T_STAR)


def mip_picture():
    rng = torch.Generator().manual_seed(0)
    obs = 2 * torch.rand(400, 1, 1, generator=rng) - 1
    side = torch.where(torch.rand(400, 1, 1, generator=rng) < 0.5, -1.0, 1.0)
    demos = il.Demos(obs, torch.where(obs < 0, torch.sin(6 * obs), side))
    policy = Iterated(demos)
    il.fit(policy, demos, steps=200, batch=64, lr=1e-2, device="auto")
    state = torch.linspace(-1, 1, 101)[:, None]
    with torch.no_grad():
        act = policy.from_unit(returned(mip_act(policy.look, state, 1, T_STAR)))
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(demos.obs.flatten(), demos.act.flatten(), ".", color="0.7", label="expert")
    ax.plot(state[:, 0], numbers(act).reshape(-1), color="#009E73", label="your MIP")
    ax.set(xlabel="observation", ylabel="action")
    ax.legend(frameon=False)
    plt.show()


mip_picture()

# %% [markdown]
# ## Part 9: mixed precision (6 points)
#
# A bfloat16 number takes half the memory of a float32 and multiplies several times as fast on a
# GPU, with 8 bits of precision instead of 24. Near 1 its neighbours are 0.004 and 0.008 away, so a
# weight kept in bfloat16 does not notice a step of 0.001. Hence *mixed* precision:
#
# - the forward pass runs inside `autocast(device, True)` (from `ilkit.train`): what multiplies
#   matrices does so in bfloat16;
# - the weights, their gradients, Adam's averages and the mean loss stay in float32. Nothing is
#   converted by hand.
#
# Write the loop of homework 1 with it: for each minibatch the mean loss, its gradient, one step of
# Adam. `pick_device(device)` names the best device; move the policy there, and back at the end.
# A CPU computes in bfloat16 too, only not faster.
#
# The policy below notes the precision in which it was asked to compute.


# %% nbgrader={"grade_id": "probe"}
class Probe(nn.Module):
    """A linear policy that notes, at each loss, the precision of its prediction and weights."""

    def __init__(self, weights):
        super().__init__()
        self.layer = nn.Linear(len(weights), 1, bias=False)
        self.layer.weight.data = torch.tensor([weights], dtype=torch.float32)
        self.seen = []

    def forward(self, obs):
        return self.layer(obs)[:, 0]

    def loss(self, obs, act):
        pred = self(obs)
        self.seen.append([str(pred.dtype), str(self.layer.weight.dtype), len(pred)])
        return (pred - act) ** 2

    def report(self):
        """Precisions and rows of each loss; then the weights' type and device now."""
        weight = self.layer.weight
        return [*self.seen, [str(weight.dtype), weight.device.type]]


# %% nbgrader={"grade_id": "mixed", "solution": true}
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    """Train `policy` in place by torch.optim.Adam in mixed precision, a step for each minibatch.

    policy: an nn.Module with policy.loss(obs, act) -> [n]
    obs: [m, o]; act: [m]; batches: a list of index tensors; lr: Adam's learning rate
    device: for pick_device
    returns: a list, the mean loss on each minibatch just before its step
    """
    ### BEGIN SOLUTION
    place = pick_device(device)
    policy.to(place)
    optimiser, losses = torch.optim.Adam(policy.parameters(), lr=lr), []
    for rows in batches:
        with autocast(place, True):
            each = policy.loss(obs[rows].to(place), act[rows].to(place))
        mean = each.float().mean()
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
        losses.append(mean.item())
    policy.cpu()
    return losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "mixed-check"}
def check_mixed():
    obs, act = 0.5 + torch.rand(64, 2), torch.full((64,), 10.0)
    policy, batches = Probe([1.0, -1.0]), list(torch.arange(64).split(16)) * 10
    first = float(((obs[:16, 0] - obs[:16, 1] - 10) ** 2).mean())
    losses = numbers([numbers(x) for x in returned(train_mixed(policy, obs, act, batches, 1e-3))])
    assert losses.shape == (40,), f"40 minibatches make 40 losses, got shape {losses.shape}"
    *seen, now = policy.report()
    assert len(seen) == 40, f"the policy's loss is asked for once a minibatch, got {len(seen)}"
    forward, weights, rows = ({noted[i] for noted in seen} for i in range(3))
    assert rows == {16}, f"a loss is asked for on the 16 rows of its minibatch, yours on {rows}"
    assert weights == {"torch.float32"}, f"the weights stay in float32, yours were {weights}"
    assert forward == {"torch.bfloat16"}, f"the forward pass is to run in bfloat16, got {forward}"
    assert now == ["torch.float32", "cpu"], f"afterwards: float32 on the CPU, got {now}"
    assert np.isclose(losses[0], first, rtol=2e-2), (
        f"the first mean loss is about {first:.1f}, got {losses[0]:.2f}"
    )
    assert (numbers(torch.tensor(losses).bfloat16()) != losses).any(), (
        "the mean loss stays in float32: yours has the precision of bfloat16"
    )
    weights = numbers(policy(torch.eye(2)))
    assert not np.allclose(weights, [1, -1]), "small steps were lost, or the policy not trained"
    assert np.allclose(weights, [1.04, -0.96], atol=4e-3), (
        f"40 steps of about lr = 0.001 lead to 1.04 and -0.96, got {weights.round(3)}: does each "
        "step have a gradient of its own?"
    )
    policy, act = Probe([0.0]), torch.tensor([9.0] * 8 + [-9.0] * 8)
    train_mixed(policy, torch.ones(16, 1), act, [*torch.arange(16).split(8)] * 10, 1e-3)
    weight = numbers(policy(torch.ones(1, 1))).item()
    assert abs(weight - 0.0017) < 4e-4, (
        "gradients of +18 and -18 in turn: Adam's averages, kept from step to step, add up to a "
        f"weight of 0.0017 if each step has a gradient of its own; got {weight:.4f}"
    )


check_mixed()
print("mixed precision: the visible check passes")


# %% nbgrader={"grade_id": "mixed-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_mixed():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("mixed"))
    for d, size, count in ((3, 32, 30), (1, 24, 20)):
        start = rng.choice([-1.0, 1.0], size=d).tolist()
        obs = rng.uniform(0.5, 1.5, size=(64, d)).astype(np.float32)
        goal = float(rng.choice([-9.0, 9.0]))
        act = (goal + rng.normal(size=64)).astype(np.float32)
        batches = [rng.permutation(64)[:size] for _ in range(count)]
        rate = float(rng.uniform(1e-3, 1.5e-3))
        policy = student.new("Probe", start)
        rows = [torch.tensor(b) for b in batches]
        data = torch.tensor(obs), torch.tensor(act)
        losses = student.call("train_mixed", policy, *data, rows, rate)
        *seen, now = student.call("Probe.report", policy)
        assert len(seen) == count, "one loss for each minibatch"
        assert all(noted[2] == size for noted in seen), "each loss is that of its own minibatch"
        assert all(noted[1] == "torch.float32" for noted in seen), "the weights stay in float32"
        assert all(noted[0] == "torch.bfloat16" for noted in seen), "the forward pass: bfloat16"
        assert now == ["torch.float32", "cpu"], "afterwards the policy is in float32 on the CPU"
        # The weights move by count * rate at most, which changes a loss by less than 5 per cent.
        want = [((obs[b] @ start - act[b]) ** 2).mean() for b in batches]
        faults = {"the mean loss of the minibatch, not the sum": size * np.array(want)}
        expect.close(losses, want, "the mean loss on each minibatch", 0.1, faults)
        expect.close(losses[0], want[0], "the first loss, to bfloat16's precision", 0.02)
        rounded = torch.tensor(losses).bfloat16().tolist()
        assert (np.array(rounded) != losses).any(), "the mean loss stays in float32"
        # The gradient has one sign throughout, so each Adam step is about as long as the rate.
        weights = student.call("Probe.forward", policy, torch.eye(d))
        moved = (np.array(weights) - start) / (rate * count * np.sign(goal))
        faults = {
            "small steps are lost, or another policy was trained": np.zeros(d),
            "the step goes uphill": -np.ones(d),
        }
        expect.close(moved, np.ones(d), "every small step of Adam counts", 0.05, faults)

    # Gradients of one size and either sign: Adam's steps are their running mean, by its formula.
    sign = np.repeat([1.0, -1.0], rng.integers(6, 15, size=2))
    step, mean, way = np.arange(1, len(sign) + 1), 0.0, 0.0
    for s, t in zip(sign, step):
        mean = 0.9 * mean + 0.1 * s
        way += mean / (1 - 0.9**t)
    policy, rate = student.new("Probe", [0.0]), 1e-3
    data = torch.ones(32, 1), 9 * torch.tensor([1.0, -1.0]).repeat_interleave(16)
    rows = [torch.arange(16) + 16 * (s < 0) for s in sign.tolist()]
    student.call("train_mixed", policy, *data, rows, rate)
    weight = student.call("Probe.forward", policy, torch.ones(1, 1))
    faults = {"Adam's averages go on from step to step": sign.sum() * np.ones(1)}
    idea = "a gradient of its own for each step of one Adam"
    expect.close(np.array(weight) / rate, way * np.ones(1), idea, 0.05, faults)


hidden_mixed()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 10: a training run that survives (8 points)
#
# A long run is stopped: the power fails, or the cluster wants its GPU back. It must then *go on
# exactly*, as if nothing had happened. So a checkpoint holds all that the rest of the run depends
# on: the policy's weights, but also the optimiser's averages, the generator that draws the
# minibatches, and what is to be returned at the end.
#
# `ilkit.train` has the file format. `save(path, policy, name=value, ...)` writes the policy's
# weights and any further plain data (numbers, lists, tensors, an optimiser's or a generator's
# state), whole or not at all. `load(path, policy)` puts the weights back and returns a dictionary
# of what was saved, by name. `optimiser.state_dict()` and `optimiser.load_state_dict(...)`,
# `generator.get_state()` and `generator.set_state(...)` are torch's.
#
# Train for `steps` steps of Adam in all. The minibatch of each step is
# `torch.randint(len(obs), (batch,), generator=generator)`, from one `torch.Generator` that starts
# at `seed`. Write the checkpoint whenever the number of finished steps is a multiple of `every`. If
# the file is there when you are called, go on from it, whatever weights the policy that you are
# given has; if the run was finished, there is nothing left to do.
#
# The policy below stands on a machine whose power fails.


# %% nbgrader={"grade_id": "fragile"}
class Fragile(nn.Module):
    """A linear policy on a machine that fails at its loss number `fails`, counted from 0."""

    def __init__(self, weights, fails=None):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor(weights, dtype=torch.float32))
        self.fails, self.seen = fails, []

    def forward(self, obs):
        return obs @ self.weights

    def loss(self, obs, act):
        if self.fails == len(self.seen):
            raise RuntimeError("the power failed")
        self.seen.append(act.tolist())
        return (self(obs) - act) ** 2

    def report(self):
        """The actions of each minibatch that it was trained on."""
        return self.seen


def new_file():
    """The path of a checkpoint that does not exist yet."""
    return str(Path(tempfile.mkdtemp()) / "run.pt")


# %% nbgrader={"grade_id": "resume", "solution": true}
def train_on(policy, obs, act, steps, batch, lr, seed, path, every, device="auto"):
    """Train `policy` in place by torch.optim.Adam, going on from the checkpoint if there is one.

    policy: an nn.Module with policy.loss(obs, act) -> [n]; obs: [m, o]; act: [m]
    steps: in all, those before a failure included; batch: rows a minibatch; lr: Adam's rate
    seed: of the minibatches; path: of the checkpoint, written after each `every` finished steps
    returns: a list, the mean loss of each of the `steps` minibatches, just before its step
    """
    ### BEGIN SOLUTION
    place = pick_device(device)
    policy.to(place)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    generator, losses = torch.Generator().manual_seed(seed), []
    if Path(path).exists():
        saved = load(path, policy)
        optimiser.load_state_dict(saved["optimiser"])
        generator.set_state(saved["generator"])
        losses = saved["losses"]
    while len(losses) < steps:
        rows = torch.randint(len(obs), (batch,), generator=generator)
        loss = policy.loss(obs[rows].to(place), act[rows].to(place)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if len(losses) % every == 0:
            state = {"optimiser": optimiser.state_dict(), "generator": generator.get_state()}
            save(path, policy, losses=losses, **state)
    policy.cpu()
    return losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "resume-check"}
def check_resume():
    obs = torch.randn(40, 2, generator=torch.Generator().manual_seed(0))
    act, how = obs @ torch.tensor([1.0, -1.0]), {"steps": 12, "batch": 6, "lr": 0.1, "seed": 3}
    whole, path = Fragile([0.0, 0.0]), new_file()
    want = numbers(train_on(whole, obs, act, **how, path=new_file(), every=4))
    assert want.shape == (12,), f"12 steps make 12 losses, got shape {want.shape}"
    sizes = {len(rows) for rows in whole.report()}
    assert sizes == {6}, f"each minibatch has 6 rows, got {sizes}"
    draws = torch.Generator().manual_seed(3)
    drawn = [act[torch.randint(40, (6,), generator=draws)].tolist() for _ in range(12)]
    assert whole.report() == drawn, (
        "each minibatch is drawn as the text says, from one generator that starts at the seed 3"
    )
    assert abs(numbers(whole.weights)).min() > 0.1, "the weights were not trained"
    first = Fragile([0.0, 0.0], fails=6)
    ended = False
    with contextlib.suppress(RuntimeError):  # the power fails
        train_on(first, obs, act, **how, path=path, every=4)
        ended = True
    assert not ended, "the power failed, yet your function returned: catch no errors"
    assert len(first.report()) == 6, "the run went on without power"
    assert Path(path).exists(), "after 4 of 12 steps there must be a checkpoint"
    second = Fragile([5.0, 5.0])
    got = numbers(train_on(second, obs, act, **how, path=path, every=4))
    done = len(second.report())
    assert done != 12, "the second run began anew: is the checkpoint read?"
    assert done != 6, "a checkpoint holds 4 finished steps; steps 5 and 6 were lost with the power"
    assert done == 8, f"from the checkpoint after step 4, 8 steps are left; you did {done}"
    assert second.report() == whole.report()[4:], (
        "the minibatches after the failure differ from those of a run without one: what draws them?"
    )
    assert got.shape == (12,), f"the losses before the failure are returned too, got {got.shape}"
    assert abs(got[4] - want[4]) < 1e-5, "the weights of the checkpoint are not those after step 4"
    assert np.allclose(got, want), (
        "the losses drift apart after the failure: what does Adam remember from step to step?"
    )
    assert np.allclose(numbers(second.weights), numbers(whole.weights)), "the weights differ"
    third = Fragile([5.0, 5.0])
    got = numbers(train_on(third, obs, act, **how, path=path, every=4))
    done = len(third.report())
    assert done == 0, f"the run was finished, its last step a multiple of 4; you did {done} steps"
    assert np.allclose(got, want), "a finished run returns its losses, too"


check_resume()
print("resume: the visible check passes")


# %% nbgrader={"grade_id": "resume-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_resume():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("resume"))
    for steps, every, fails in ((20, 6, 13), (15, 5, 4), (9, 3, 9)):
        truth = rng.choice([-1.0, 1.0], size=3) * rng.uniform(0.8, 1.2, size=3)
        obs = rng.normal(size=(30, 3)).astype(np.float32)
        act = (obs @ truth).astype(np.float32)
        data = torch.tensor(obs), torch.tensor(act)
        seed, batch, rate = int(rng.integers(1000)), 7, float(rng.uniform(0.05, 0.1))
        start, other = rng.normal(size=(2, 3)).round(2).tolist()

        def run(weights, path, stop=None, data=data, how=(steps, batch, rate, seed), every=every):
            policy, failure, losses = student.new("Fragile", weights, stop), False, None
            try:
                losses = student.call("train_on", policy, *data, *how, path, every)
            except student.StudentError:
                failure = True
            weights = None if failure else student.call("Fragile.forward", policy, torch.eye(3))
            return failure, losses, weights, student.call("Fragile.report", policy)

        failure, want, weights, rows = run(start, student.call("new_file"))
        assert not failure, "a run whose power does not fail ends without an error"
        assert np.shape(rows) == (steps, batch), "one minibatch of `batch` rows in each step"
        assert len({tuple(row) for row in rows}) == steps, "each step draws a minibatch of its own"
        draws = torch.Generator().manual_seed(seed)
        drawn = [torch.randint(30, (batch,), generator=draws).tolist() for _ in range(steps)]
        told = "the minibatches are those of one generator that starts at the seed"
        assert rows == [[act.tolist()[i] for i in row] for row in drawn], told
        number = {value: i for i, value in enumerate(act.tolist())}
        at = [[number[value] for value in row] for row in rows]
        expect.close(
            want[0], ((obs[at[0]] @ start - act[at[0]]) ** 2).mean(), "first mean loss", 1e-3
        )
        slope = obs[at[0]].T @ (obs[at[0]] @ start - act[at[0]])
        moved = np.array(start) - rate * np.sign(slope)  # Adam's first step
        idea = "the second loss is that after Adam's first step"
        expect.close(want[1], ((obs[at[1]] @ moved - act[at[1]]) ** 2).mean(), idea, 1e-2)

        path = student.call("new_file")
        failure, _, _, before = run(start, path, fails)
        assert failure == (fails < steps), "a failure stops the run"
        assert before == rows[:fails], "until the failure the run is the same"
        failure, got, after, rest = run(other, path)
        assert not failure, "a run that goes on ends without an error"
        kept = fails // every * every
        if kept:
            assert len(rest) == steps - kept, "go on after the last checkpoint, not before or later"
            assert rest == rows[kept:], "the generator of minibatches goes on where it was"
            expect.shape(got, (steps,), "the losses of all steps, those before the failure too")
            idea = "losses as if there had been no failure: does Adam remember its averages?"
            expect.close(got, want, idea)
            expect.close(after, weights, "weights as if there had been no failure")
        else:
            assert rest == rows, "without a checkpoint the run starts at its beginning"


hidden_resume()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 11: two divergences at one prefix (8 points)
#
# A teacher $\pi^\star$ and a student $\pi_\theta$ give every next character a probability. Distance
# comes in two directions (chapter 10),
#
# $$
# D_{\mathrm F} = \sum_a \pi^\star(a) \log \frac{\pi^\star(a)}{\pi_\theta(a)} , \qquad
# D_{\mathrm R} = \sum_a \pi_\theta(a) \log \frac{\pi_\theta(a)}{\pi^\star(a)} ,
# $$
#
# the forward and the reverse KL, at each prefix of a batch. The student is given by logits $z$,
# $\pi_\theta = \operatorname{softmax}(z)$; large ones must give finite results. In the forward
# direction the teacher may rule characters out, $\log \pi^\star(a) = -\infty$: as
# $x \log x \to 0$ for $x \to 0$, such a character adds nothing. In the reverse direction you may
# take all of the teacher's probabilities for positive.


# %% nbgrader={"grade_id": "divergences", "solution": true}
def forward_kl(log_p, logits):
    """KL from teacher to student at each prefix.

    log_p: [n, A], the teacher's log-probabilities, -inf allowed; logits: [n, A], the student's
    returns: [n]; write it in torch, so that gradients flow to the logits
    """
    ### BEGIN SOLUTION
    gap = log_p - torch.log_softmax(logits, -1)
    return torch.where(log_p > -math.inf, log_p.exp() * gap, 0.0).sum(-1)
    ### END SOLUTION


def reverse_kl(log_p, logits):
    """KL from student to teacher at each prefix.

    log_p: [n, A], finite; logits: [n, A]
    returns: [n]; write it in torch, so that gradients flow to the logits
    """
    ### BEGIN SOLUTION
    log_q = torch.log_softmax(logits, -1)
    return (log_q.exp() * (log_q - log_p)).sum(-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "divergences-check"}
def check_divergences():
    log_p = torch.tensor([[0.9, 0.1], [0.5, 0.5]]).log()
    logits = torch.zeros(2, 2)
    forward, reverse = numbers(forward_kl(log_p, logits)), numbers(reverse_kl(log_p, logits))
    assert forward.shape == (2,), f"expected one number per prefix, got shape {forward.shape}"
    assert reverse.shape == (2,), f"expected one number per prefix, got shape {reverse.shape}"
    assert np.allclose([forward[1], reverse[1]], 0, atol=1e-6), "equal distributions: distance 0"
    assert min(forward[0], reverse[0]) > 0, "a divergence is positive: check the sign"
    assert not np.isclose(forward[0], 0.5108, atol=1e-3), "forward: the teacher stands on the left"
    assert np.isclose(forward[0], 0.3681, atol=1e-3), (
        f"teacher (0.9, 0.1), student (0.5, 0.5): forward 0.368 nats, got {forward[0]:.4f}"
    )
    assert np.isclose(reverse[0], 0.5108, atol=1e-3), (
        f"teacher (0.9, 0.1), student (0.5, 0.5): reverse 0.511 nats, got {reverse[0]:.4f}"
    )
    leaf = torch.zeros(2, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(returned(reverse_kl(log_p, leaf)).sum(), leaf)
    assert np.isclose(slope[0, 0], -0.5493, atol=1e-3), (
        "reverse: the student's probabilities stand outside the logarithm too, with a gradient"
    )
    shifted = numbers(forward_kl(log_p, logits + 300))
    assert np.allclose(shifted, forward, atol=1e-4), (
        "adding a constant to all logits changes nothing"
    )
    wide = numbers(forward_kl(log_p[1:], torch.tensor([[0.0, 100.0]])))
    assert np.allclose(wide, 50 - math.log(2), atol=1e-3), (
        f"logits 0 and 100 under a fair teacher are 49.307 nats away, got {wide[0]:.3f}"
    )
    sure = numbers(forward_kl(torch.tensor([[0.0, -math.inf]]), torch.zeros(1, 2)))
    assert np.isfinite(sure).all(), "a character that the teacher rules out adds 0, not NaN"
    assert np.isclose(sure[0], math.log(2)), f"a sure teacher and a fair coin: log 2, got {sure[0]}"


check_divergences()
print("divergences: the visible check passes")


# %% nbgrader={"grade_id": "divergences-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_divergences():
    import numpy as np
    import torch
    from scipy.special import log_softmax, rel_entr, softmax

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("divergences"))
    for n, actions in ((6, 4), (1, 9)):
        log_p = log_softmax(rng.normal(scale=1.5, size=(n, actions)), axis=1)
        logits = rng.normal(scale=2, size=(n, actions))
        p, q = np.exp(log_p), softmax(logits, axis=1)
        args = torch.tensor(log_p).float(), torch.tensor(logits).float()
        forward, reverse = rel_entr(p, q).sum(1), rel_entr(q, p).sum(1)
        got = student.call("forward_kl", *args)
        faults = {
            "in the forward direction the teacher stands on the left": reverse,
            "the teacher's entropy belongs to the divergence": -(p * np.log(q)).sum(1),
            "sum over the characters, do not average": forward / actions,
        }
        expect.close(got, forward, "the forward KL of each prefix", faults=faults)
        got = student.call("reverse_kl", *args)
        faults = {
            "in the reverse direction the student stands on the left": forward,
            "the student's entropy belongs to the divergence": -(q * log_p).sum(1),
            "sum over the characters, do not average": reverse / actions,
        }
        expect.close(got, reverse, "the reverse KL of each prefix", faults=faults)
        slope = student.grad("forward_kl", *args, wrt=1)
        expect.close(slope, q - p, "the forward gradient is student minus teacher")
        slope = student.grad("reverse_kl", *args, wrt=1)
        want = q * (np.log(q) - log_p - reverse[:, None])
        idea = "the reverse gradient: the student's probability moves inside and outside the log"
        faults = {"the student's own probabilities have a gradient too": 0 * q}
        expect.close(slope, want, idea, faults=faults)
    rules_out = torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]).log()
    logits = torch.tensor([[1.0, 0.0, -1.0], [0.0, 2.0, 0.0]])
    q = softmax(logits.numpy(), axis=1)
    want = np.log([0.25 / (q[0, 0] * q[0, 1]), 1 / q[1, 0] ** 2]) / 2
    expect.close(student.call("forward_kl", rules_out, logits), want, "0 log 0 adds nothing")
    slope = student.grad("forward_kl", rules_out, logits, wrt=1)
    want = q - np.exp(rules_out.numpy())
    expect.close(slope, want, "nor does it spoil the gradient")
    far = torch.tensor([[2e3, -2e3]]), torch.tensor([[0.5, 0.5]]).log()
    got = student.call("forward_kl", far[1], far[0]), student.call("reverse_kl", far[1], far[0])
    expect.close(got, [[2e3 - np.log(2)], [np.log(2)]], "large logits stay finite and right", 1e-3)


hidden_divergences()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 12: on-policy distillation (10 points)
#
# Put it together: DAgger with a divergence. The states are numbered $0, \dots, S - 1$, and a policy
# is a table $[S, A]$ of probabilities. The student is small: it cannot tell all states apart. It
# sees only the group of a state, `group[s]`, and has one distribution $q_g$ for each group.
#
# 1. Let the teacher write texts, and keep the states that it met, $\mathcal D$.
# 2. Fit: in each group, $q_g$ minimises the mean over the group's states in $\mathcal D$ (a state
#    that was met twice counts twice) of $D_{\mathrm F}$ or of $D_{\mathrm R}$, between the
#    teacher's distribution *in that state* and $q_g$. The first fit is round 0.
# 3. In each further round let the *student* write, add the states that it met to $\mathcal D$, and
#    fit again on all of $\mathcal D$.
#
# Fit by gradient descent on logits, or take from chapter 10 what the minimisers are (its two means;
# one of them must be normalised). A group of which no state was met yet has the uniform
# distribution. The function `write(table)` lets a policy write and returns the states that it met.


# %% nbgrader={"grade_id": "distil", "solution": true}
def distil(write, teacher, group, direction, rounds):
    """On-policy distillation of a teacher into a student that sees only groups of states.

    write: a function from a policy's table [S, A] to the states that it met, [N] whole numbers
    teacher: [S, A], probabilities above 0; group: [S], whole numbers from 0, of each state
    direction: "forward" or "reverse", the KL that is minimised; rounds: after round 0
    returns: [S, A], the student's table after the last round, equal rows for states of a group
    """
    ### BEGIN SOLUTION
    counts = torch.zeros(len(teacher)).to(teacher)
    student = teacher
    for _ in range(rounds + 1):
        met = torch.as_tensor(write(student))
        counts = counts + torch.bincount(met, minlength=len(teacher)).to(teacher)
        said = teacher if direction == "forward" else teacher.log()
        total = torch.zeros(int(group.max()) + 1, teacher.shape[1]).to(teacher)
        total.index_add_(0, group, counts[:, None] * said)
        share = torch.zeros(len(total)).to(teacher).index_add_(0, group, counts)[:, None]
        mean = total / share.clamp(min=1)
        answer = mean if direction == "forward" else torch.softmax(mean, 1)
        answer = torch.where(share > 0, answer, 1 / teacher.shape[1])
        student = answer[group]
    return student
    ### END SOLUTION


# %% nbgrader={"grade_id": "distil-check"}
def check_distil():
    teacher = torch.tensor(
        [[0.70, 0.29, 0.01], [0.01, 0.29, 0.70], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]]
    )
    group = torch.tensor([0, 0, 1, 2])
    tables = []

    def write(table):
        tables.append(numbers(table))
        met = [0] if len(tables) == 1 else [1, 1, 1, 2]
        return torch.tensor(met)

    found = numbers(distil(write, teacher, group, "forward", 1))
    assert found.shape == (4, 3), f"expected a table [S, A], got shape {found.shape}"
    assert len(tables) == 2, (
        f"round 0 and one more write twice in all, you wrote {len(tables)} times"
    )
    assert np.allclose(tables[0], teacher), "in round 0 the teacher writes"
    assert not np.allclose(tables[1], teacher), "after round 0 the student writes, not the teacher"
    assert np.allclose(tables[1][1], tables[1][0]), (
        "the student cannot tell states of a group apart"
    )
    assert np.allclose(tables[1][0], teacher[0], atol=5e-3), (
        "after round 0 only state 0 was met, so its group answers as the teacher does there"
    )
    assert np.allclose(found[3], 1 / 3, atol=5e-3), "a group that was never met is uniform"
    assert np.allclose(found.sum(1), 1, atol=1e-3), f"each row sums to one, got {found.sum(1)}"
    assert not np.allclose(found[0], teacher[1], atol=5e-3), "the states of round 0 still count"
    assert not np.allclose(found[0], [0.355, 0.29, 0.355], atol=5e-3), (
        "state 0 was met once and state 1 three times: each meeting counts"
    )
    assert np.allclose(found[0], [0.1825, 0.29, 0.5275], atol=5e-3), (
        "state 0 was met once and state 1 three times; the forward KL wants the arithmetic mean "
        f"(0.18, 0.29, 0.53) of the teacher's answers, got {found[0].round(3)}"
    )
    tables.clear()
    found = numbers(distil(write, teacher, group, "reverse", 1))
    assert np.allclose(found.sum(1), 1, atol=1e-3), f"each row sums to one, got {found.sum(1)}"
    assert np.allclose(found[0], [0.0516, 0.517, 0.4314], atol=5e-3), (
        "the reverse KL wants what all answers allow: (0.05, 0.52, 0.43) here, "
        f"got {found[0].round(3)}"
    )


check_distil()
print("distillation: the visible check passes")


# %% nbgrader={"grade_id": "distil-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_distil():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("distil"))
    for direction in ("forward", "reverse"):
        for groups, each, actions, rounds in ((3, 3, 4, 3), (2, 2, 3, 0)):
            states = groups * each
            teacher = rng.dirichlet(np.ones(actions), size=states) * 0.9 + 0.1 / actions
            group = rng.permutation(states) % groups
            tables, met = [], []
            lots = rng.integers(states, size=(rounds + 1, 12))
            lots[group[lots] == 0] = np.flatnonzero(group == 1)[0]  # group 0 is met in none but ...
            if rounds:
                lots[-1, :5] = rng.choice(np.flatnonzero(group == 0), size=5)  # ... the last round

            def write(table, tables=tables, met=met, lots=lots):
                tables.append(np.array(table))
                met.append(lots[len(met)])
                return torch.tensor(met[-1])

            args = torch.tensor(teacher).float(), torch.tensor(group), direction, rounds
            got = student.call("distil", write, *args)
            assert len(tables) == rounds + 1, "each round writes once, round 0 included"

            def fitted(data, how, teacher=teacher, group=group, actions=actions):
                want = np.full(teacher.shape, 1 / actions)
                for g in set(group[data].tolist()):
                    heard = teacher[[s for s in data if group[s] == g]]
                    answer = np.exp(np.log(heard).mean(0)) if how == "reverse" else heard.mean(0)
                    want[group == g] = answer / answer.sum()
                return want

            other = {"forward": "reverse", "reverse": "forward"}[direction]
            expect.close(tables[0], teacher, "in round 0 the teacher writes")
            for i, table in enumerate([*tables[1:], got]):
                data = np.concatenate(met[: i + 1])
                faults = {
                    "after round 0 the student writes": teacher,
                    "the other direction of the KL": fitted(data, other),
                    "old states stay in the data": fitted(met[i], direction),
                    "a state met twice counts twice": fitted(np.unique(data), direction),
                    "each round writes with the newest student": fitted(met[0], direction),
                }
                idea = "the student minimises the divergence on all states met so far"
                expect.close(table, fitted(data, direction), idea, 5e-3, faults)


hidden_distil()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: a student that counts its letters
#
# The language of chapter 10, `il.Characters`: 24 words, and a teacher whose finger slips once in a
# hundred characters. The student is tiny. It is told how many letters it has written since the last
# space, and not which; letters that begin no word look like three to it, as a whole short word may.
# Lines: the share of wrong characters in its texts, round by round. In the teacher's texts three
# letters are hardly ever a misspelt word. So after round 0, distillation off-policy, the student
# goes on where it should end the word, and both lines must start near 0.75. From round 1 on its own
# misspelt words are in the data: both must fall to about 0.3, the reverse KL (green) somewhat
# lower. That is not the teacher's level, which a student so small cannot reach.


# %% nbgrader={"grade_id": "distil-picture"}
def distil_picture():
    env = il.Characters(typos=0.01)
    teacher, following = env.author, env.following
    place, letter = (following > 1).nonzero(as_tuple=True)
    letters = torch.zeros(len(following), dtype=torch.long)  # since the last space, at each place
    for _ in range(5):
        letters[following[place, letter]] = letters[place] + 1
    letters[1] = 3  # the place of letters that begin no word

    def texts(table, seed, n=100):
        rng, here, met, wrong = torch.Generator().manual_seed(seed), torch.zeros(n).long(), [], []
        for _ in range(env.horizon):
            act = torch.multinomial(table[here], 1, generator=rng)[:, 0]
            met.append(here)
            wrong.append(~env.right[here, act])
            here = following[here, act]
        return torch.cat(met), torch.cat(wrong).float().mean()

    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    for direction, colour in (("forward", "#0072B2"), ("reverse", "#009E73")):
        tables = []

        def write(table, tables=tables):
            tables.append(torch.as_tensor(table))
            return texts(tables[-1], len(tables))[0]

        last = distil(write, teacher, letters, direction, ROUNDS)
        wrong = [texts(torch.as_tensor(table), 99, 500)[1] for table in [*tables[1:], last]]
        ax.plot(wrong, "o-", color=colour, label=f"{direction} KL")
    ax.axhline(texts(teacher, 99, 500)[1], color="black", linestyle="--", label="teacher")
    ax.set(xlabel="round", ylabel="share that is wrong", ylim=(0, 0.9))
    ax.legend(frameon=False)
    plt.show()


distil_picture()

# %% [markdown]
# ## Bonus (no points): what the second look is for
#
# Chapter 15 takes MIP apart by changing what its second look sees in training. Write the inputs of
# the ablations, put each into a copy of `Iterated`, and look at the noise-free one on the
# deterministic half of the last picture but one: why may its second look simply copy?


# %% nbgrader={"grade_id": "bonus", "solution": true}
def second_input(kind, act, guess, noise, t_star):
    """What the second look sees in training.

    kind: "mip", "sf" (no noise), or "rr" (the network's own guess, without a gradient)
    act, guess, noise: [n, d]; t_star: a number
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    clean = guess.detach() if kind == "rr" else act
    return t_star * clean + ((1 - t_star) * noise if kind == "mip" else 0)
    ### END SOLUTION
