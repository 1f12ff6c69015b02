# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.learners, ilkit.rollout]
#     choices:
#       DECAY: [0.5, 0.6, 0.4]
#       ALARM: [0.3, 0.25, 0.4]
#       HOLD: [10, 8, 12]
#       ALPHA: [2.0, 1.0, 4.0]
#       LIPSCHITZ: [2.0, 2.5, 3.0]
# ---

# %% [markdown]
# # Homework 5: interactive imitation, noise and corrective labels
#
# *After chapters [07]({{ site_url }}/book/07-interactive-imitation.html),
# [08]({{ site_url }}/book/08-noise-injection.html) and
# [09]({{ site_url }}/book/09-corrective-labels.html). Four to five hours; a laptop's CPU is
# enough, a GPU is used where there is one.*
#
# A cloned policy meets states that no demonstration shows, and nobody has told it what to do
# there. Three remedies bring such states into the data, and you will write each of them:
#
# - ask the expert about the states that the *learner* visits: DAgger, and HG-DAgger, where a human
#   takes the wheel;
# - shake the *expert* while it demonstrates: DART and its noise;
# - *compute* labels through a smooth model of the world: corrective labels.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook,
# `hw5-interactive-imitation-written`, carries 10 further points.
#
# Use torch, NumPy and SciPy as you like. What you are asked to write also stands in `ilkit`: while
# your notebook is graded, `ilkit.learners` and `ilkit.rollout` are withheld, and so is what `il`
# takes from them, such as `il.dagger` and `il.collect`. The rest, which the locked cells use, is
# there: environments, networks, `il.fit`.
#
# Shapes are written like $[n, d]$: $n$ episodes or samples, $d$ numbers in an action. Where both
# occur, $[n, H, d]$ has one row an episode and one column a step. Unless a part says otherwise,
# inputs are torch tensors and so are results. Inputs may be in double precision: let what you make
# have the precision of what you are given.

# %% nbgrader={"grade_id": "install"}
# Installs the course's package where it is missing (Colab); does nothing elsewhere.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("ilkit") is None:
    package = "ilkit @ git+{{ repository_url }}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", package], check=True)

# %% nbgrader={"grade_id": "setup"}
import itertools
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

import ilkit as il
from ilkit.envs import Insertion

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
STEPS = 150  # optimiser steps when a policy is fitted
DECAY = 0.5  # of the expert's share of the wheel, from round to round
ALARM = 0.3  # metres off the middle at which the human takes the wheel
HOLD = 10  # quiet steps for which the human keeps it
ALPHA = 2.0  # DART's guess of the final learner's squared error in an episode
LIPSCHITZ = 2.0  # of the learned model

# %% [markdown]
# Two tools for the pictures. An environment of `ilkit` runs $n$ episodes side by side:
# `env.reset(n, generator)` gives their first states, `env.observe(state)` what the policy sees of
# them, `env.expert_view(state)` what the expert sees (often the same, sometimes more), and
# `env.step(state, act, generator)` the next states and the costs $[n]$ of this step. There are
# `env.horizon` steps, and all randomness comes from the `generator`.


# %% nbgrader={"grade_id": "scene"}
def drive(policy, env, n, seed):
    """What a policy sees in n episodes of its own, [n, H, ...], and their total costs, [n]."""
    generator = torch.Generator().manual_seed(seed)
    state, seen, total = env.reset(n, generator), [], torch.zeros(n)
    for _ in range(env.horizon):
        seen.append(env.observe(state))
        state, cost = env.step(state, policy(seen[-1]).detach(), generator)
        total = total + cost
    return torch.stack(seen, 1), total


def clone(obs, act, seed=0):
    """A network fitted to observations [m, ...] and actions [m, d] by squared error."""
    demos = il.Demos(obs[None], act[None])
    policy = il.Deterministic(demos, seed=seed)
    il.fit(policy, demos, steps=STEPS, batch=128, lr=3e-3, seed=seed, device="auto")
    return policy


# %% [markdown]
# ## Part 1: who has the wheel (6 points)
#
# In round $i$ of DAgger the *mixture* $\tilde\pi_i$ drives: at each step of each episode a coin of
# its own decides. With probability $\beta_i$ the expert's action is executed, whole, and else the
# learner's. A good expert at the wheel keeps a poor first learner out of states that no good policy
# ever sees.
#
# What that costs stands in
# [chapter 07's guarantee]({{ site_url }}/book/07-interactive-imitation.html): the data come from
# $\tilde\pi_i$, the policy that is charged is $\pi_i$, and over a horizon of $H$ steps the two
# distributions of states differ by at most $\min(1, H \beta_i)$ in total variation. The price of a
# schedule $\beta_1, \dots, \beta_N$ is the mean
#
# $$\frac1N \sum_{i=1}^{N} \min(1, H \beta_i) .$$


# %% nbgrader={"grade_id": "wheel", "solution": true}
def wheel(expert_act, learner_act, beta, generator):
    """The actions that are executed at one step of n episodes.

    expert_act, learner_act: [n] or [n, d]; beta: the probability that the expert drives
    generator: a torch.Generator, from which all randomness comes (torch.rand takes it)
    returns: shaped like expert_act
    """
    ### BEGIN SOLUTION
    heads = torch.rand(len(expert_act), generator=generator) < beta
    heads = heads.reshape(-1, *[1] * (expert_act.ndim - 1))
    return torch.where(heads, expert_act, learner_act)
    ### END SOLUTION


def schedule_price(betas, horizon):
    """The schedule's term in DAgger's guarantee, in units of u H, with u the recoverability.

    betas: a list of N probabilities, beta_1 first; horizon: H
    returns: a number (the mean above; no array [N])
    """
    ### BEGIN SOLUTION
    return sum(min(1.0, horizon * beta) for beta in betas) / len(betas)
    ### END SOLUTION


# %% nbgrader={"grade_id": "wheel-check"}
def check_wheel():
    expert, learner = torch.ones(4000, 2), torch.zeros(4000, 2)

    def coins(beta, seed=0):
        act = numbers(wheel(expert, learner, beta, torch.Generator().manual_seed(seed)))
        assert act.shape == (4000, 2), f"expected actions shaped [n, d], got {act.shape}"
        return act

    assert (coins(0.0) == 0).all(), "with beta = 0 the learner drives, and it alone"
    assert (coins(1.0) == 1).all(), "with beta = 1 the expert drives, and it alone"
    act = coins(0.25)
    assert np.isin(act, (0, 1)).all(), "one of the two drives: their actions are not blended"
    assert (act[:, 0] == act[:, 1]).all(), "a coin decides over the whole action of an episode"
    share = act[:, 0].mean()
    assert 0 < share < 1, "each episode has a coin of its own; yours share one"
    assert abs(share - 0.25) < 0.05, f"at beta = 0.25 the expert drove in {share:.0%} of episodes"
    assert (coins(0.25) == act).all(), "equal generators must give equal coins"
    assert (coins(0.25, seed=1) != act).any(), "the coins must come from the generator"
    whole = wheel(torch.tensor([3, 4]), torch.tensor([5, 6]), 1.0, torch.Generator())
    assert numbers(whole).tolist() == [3, 4], "discrete actions have shape [n], with no dimension d"
    price = numbers(schedule_price([0.5, 0.01], 20))
    assert price.shape == (), f"expected one number, the mean over rounds, got shape {price.shape}"
    assert price <= 1, "no round costs more than 1: total variation never exceeds it"
    assert np.isclose(price, 0.6), f"rounds of price 1 and 0.2 cost 0.6 on average, got {price:g}"


check_wheel()
print("the wheel: the visible check passes")


# %% nbgrader={"grade_id": "wheel-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_wheel():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    seed = student.seed("wheel")
    rng, n = np.random.default_rng(seed), 20_000
    expert, learner = rng.normal(size=(2, n, 3)).astype(np.float32)

    def coins(beta, seed=seed):
        """Where the expert drove, [n]; every row must be one of the two actions."""
        args = torch.tensor(expert), torch.tensor(learner), beta
        got = student.call("wheel", *args, torch.Generator().manual_seed(seed))
        act = expect.shape(got, (n, 3), "executed actions")
        first, second = (np.isclose(act, x).all(1) for x in (expert, learner))
        assert (first ^ second).all(), "each episode executes one of the two actions, whole"
        return first

    for beta in (0.0, 1.0):
        assert (coins(beta) == beta).all(), "beta is the probability that the EXPERT drives"
    # Hoeffding: 20 000 coins are off by 0.02 with probability 2 exp(-16) = 2e-7 at most.
    for beta in rng.uniform(0.1, 0.9, size=2):
        heads = coins(float(beta))
        assert abs(heads.mean() - beta) < 0.02, "the expert drives with probability beta"
    fair = coins(0.5)
    same = (fair[1:] == fair[:-1]).mean()
    assert abs(same - 0.5) < 0.02, "episodes have independent coins"
    assert (coins(0.5) == fair).all(), "equal generators give equal coins"
    assert (coins(0.5, seed + 1) != fair).any(), "other generators give other coins"
    a, b = np.arange(50), np.arange(50) + 100
    whole = student.call("wheel", torch.tensor(a), torch.tensor(b), 0.5, torch.Generator())
    whole = expect.shape(whole, (50,), "discrete actions")
    assert ((whole == a) | (whole == b)).all(), "discrete actions have shape [n]"

    # beta_i = 2^-i and H = 2^k: k rounds cost 1 each, the later ones 1/2, 1/4, ...
    for _ in range(3):
        k, rounds = int(rng.integers(2, 6)), int(rng.integers(8, 14))
        betas = [0.5**i for i in range(1, rounds + 1)]
        want = (k + 1 - 2.0 ** (k - rounds)) / rounds
        uncapped = 2.0**k * sum(betas) / rounds
        faults = {
            "the price of a round is capped at 1": uncapped,
            "the price is capped round by round, not on average": min(1, uncapped),
            "a mean over the rounds, not a sum": want * rounds,
        }
        got = student.call("schedule_price", betas, 2**k)
        expect.close(got, want, "the mean of min(1, H beta_i)", faults=faults)


hidden_wheel()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: a round of driving, labelled (10 points)
#
# Steps 2 and 3 of DAgger (all four stand in part 3). The mixture drives $n$ episodes; keep what the
# learner sees at each of the $H$ steps, *before* the action of that step. Then ask the expert what
# it would have done there: in **every** state, whoever drove, the label is the expert's action.
# (Label with what was executed, and the learner is taught its own mistakes.)
#
# Mind who sees what: the policy `env.observe(state)`, the expert `env.expert_view(state)`. Toss the
# coins here anew, so that this part stands on its own: a wrong `wheel` would cost both.


# %% nbgrader={"grade_id": "visit", "solution": true}
def visited(policy, expert, env, beta, n, seed):
    """Drive n episodes by the mixture of expert and policy, and have every state labelled.

    policy: from observations [n, ...] to actions [n, ...]; expert: the same, from expert views
    env: an environment of ilkit; beta: the probability, at each step, that the expert drives
    seed: equal seeds give equal episodes; all randomness comes from one torch.Generator
    returns: observations [n, H, ...] and the expert's labels [n, H, ...]
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    state, seen, labels = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        seen.append(env.observe(state))
        labels.append(expert(env.expert_view(state)))
        heads = torch.rand(n, generator=generator) < beta
        heads = heads.reshape(-1, *[1] * (labels[-1].ndim - 1))
        act = torch.where(heads, labels[-1], policy(seen[-1]))
        state, _ = env.step(state, act, generator)
    return torch.stack(seen, 1), torch.stack(labels, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "visit-check"}
def check_visit():
    rope, pegs = il.Tightrope(horizon=6), Insertion(horizon=3, styles=True)
    right, views = rope.right.numpy(), set()

    def fool(obs):  # always one action off: it falls to the ground, rows 8 and up, at once
        return (rope.expert(obs) + 1) % rope.actions

    def walk(beta, n=4, seed=0):
        obs, act = (numbers(x) for x in returned(visited(fool, rope.expert, rope, beta, n, seed)))
        assert obs.shape == (n, 6), f"expected observations [n, H] = ({n}, 6), got {obs.shape}"
        assert act.shape == (n, 6), f"expected a label for each observation, got {act.shape}"
        assert (act == right[obs.astype(int)]).all(), (
            "a label is the expert's action in that very state, whoever drives"
        )
        return obs >= rope.width

    assert not walk(1.0).any(), "at beta = 1 the expert drives, and it never falls"
    ground = walk(0.0)
    assert not ground[:, 0].any(), "the first observation comes before the first action"
    assert ground[:, 1:].all(), "at beta = 0 the learner drives: this one falls at its first step"
    share = 1 - walk(0.5, n=400)[:, 4].mean()
    assert share < 0.25, (
        f"at beta = 0.5, {share:.0%} of the walkers have not fallen after 4 steps, 1 in 16 should: "
        "toss a coin at every step"
    )
    assert share > 0.01, "does each episode have coins of its own?"
    assert (walk(0.5, 50) == walk(0.5, 50)).all(), "equal seeds must give equal episodes"
    assert (walk(0.5, 50) != walk(0.5, 50, seed=1)).any(), "other seeds, other episodes"

    def still(obs):
        views.add(("policy", obs.shape[-1]))
        return torch.zeros(len(obs), 3)

    def expert(view):
        views.add(("expert", view.shape[-1]))
        return torch.ones(len(view), 3)

    visited(still, expert, pegs, 0.5, 4, 0)
    assert ("policy", 8) not in views, "the policy sees env.observe(state), 3 numbers of the peg"
    assert ("expert", 3) not in views, "the expert sees env.expert_view(state), 8 numbers"
    assert ("expert", 8) in views, "labels come from the expert that you are given"


check_visit()
print("a labelled round: the visible check passes")


# %% nbgrader={"grade_id": "visit-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_visit():
    import numpy as np
    import torch

    from ilkit.envs.reaching import Reaching
    from ilkit.grading import expect, student

    seed = student.seed("visit") % 100_000
    rng = np.random.default_rng(seed)
    env, n = Reaching(horizon=int(rng.integers(7, 10))), 600
    a, b = rng.uniform(3, 9, size=2)

    def human(view):  # its side, column 6, is hidden from the learner
        view = torch.as_tensor(view)
        assert view.shape[-1] == 8, "the expert sees env.expert_view(state)"
        each = [0.3 + 0.2 * torch.sin(a * view[:, 1]), 0.4 * torch.cos(b * view[:, 0])]
        return view[:, 6:7] * torch.stack(each, 1)

    def learner(obs):
        obs = torch.as_tensor(obs)
        assert obs.shape[-1] == 6, "the policy sees env.observe(state)"
        each = [-0.7 + 0.1 * torch.cos(b * obs[:, 1]), 0.3 * torch.sin(a * obs[:, 0])]
        return torch.stack(each, 1)

    def round_of(beta, seed=seed):
        got = student.call("visited", learner, human, env, beta, n, seed)
        assert type(got) is list, "expected observations and labels"
        assert len(got) == 2, "expected observations and labels"
        obs = expect.shape(got[0], (n, env.horizon, 6), "observations")
        labels = expect.shape(got[1], (n, env.horizon, 2), "labels")
        assert (obs[:, 0, 2:4] == 0).all(), "the first observation is that of env.reset"
        here, speed = obs[:, :-1, :2], obs[:, :-1, 2:4]
        expect.close(obs[:, 1:, :2], here + speed, "each observation follows from the last one")
        side = np.sign(labels[:, :1, :1]) * np.ones((1, env.horizon, 1))
        view = np.concatenate([obs, side, 0 * side], 2).reshape(-1, 8)
        idea = "the label is the expert's action in each visited state, whoever drives"
        expect.close(labels, human(view).reshape(labels.shape), idea, 1e-3)
        executed = (obs[:, 1:, 2:4] - speed / 4) / 0.12  # of the hand with inertia
        own = learner(obs.reshape(-1, 6)).numpy().reshape(labels.shape)[:, :-1]
        first, second = (abs(executed - x).max(2) < 1e-3 for x in (labels[:, :-1], own))
        assert (first ^ second).all(), "at each step one of the two drives, from what it sees now"
        return obs, first

    assert not round_of(0.0)[1].any(), "at beta = 0 the learner drives"
    assert round_of(1.0)[1].all(), "at beta = 1 the expert drives"
    # Hoeffding: 3000 independent coins are off by 0.06 with probability 2 exp(-21.6) = 8e-10.
    obs, heads = round_of(0.3)
    assert abs(heads.mean() - 0.3) < 0.06, "the expert drives with probability beta"
    fair = round_of(0.5)[1]
    for same, idea in (
        (fair[:, 1:] == fair[:, :-1], "a fresh coin at every step"),
        (fair[1:] == fair[:-1], "each episode has coins of its own"),
    ):
        assert abs(same.mean() - 0.5) < 0.06, idea
    assert (round_of(0.3)[0] == obs).all(), "equal seeds give equal episodes"
    assert (round_of(0.3, seed + 1)[0] != obs).any(), "other seeds give other episodes"


hidden_visit()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: DAgger (10 points)
#
# All four steps, as in [chapter 07]({{ site_url }}/book/07-interactive-imitation.html):
#
# 1. train $\pi_1$ on the expert's demonstrations $\mathcal D_0$;
# 2. for $i = 1, \dots, N$ let the mixture of $\pi_i$ and the expert, with share $\beta_i$, drive;
# 3. have its states labelled: $\mathcal D_i$ (both are done by the function `visit` that you get);
# 4. aggregate, $\mathcal D \leftarrow \mathcal D \cup \mathcal D_i$, and train $\pi_{i+1}$ on all
#    of $\mathcal D$.
#
# The policies are whatever `fit` makes of data and `visit` can drive; your loop only hands them on.


# %% nbgrader={"grade_id": "dagger", "solution": true}
def dagger(fit, visit, demos, beta, rounds):
    """DAgger's four steps.

    fit: fit(obs [m, ...], act [m, ...]) trains a new policy from scratch and returns it
    visit: visit(policy, share, i) drives round i, the expert's share of the wheel given, and
        returns observations [k, ...] and labels [k, ...]
    demos: observations [m, ...] and actions [m, ...] of the expert
    beta: a function of the round, beta(i) for i = 1, ..., N; rounds: N
    returns: a list of the N + 1 policies, pi_1 first
    """
    ### BEGIN SOLUTION
    obs, act = demos
    policies = [fit(obs, act)]
    for i in range(1, rounds + 1):
        new_obs, new_act = visit(policies[-1], beta(i), i)
        obs, act = torch.cat([obs, new_obs]), torch.cat([act, new_act])
        policies.append(fit(obs, act))
    return policies
    ### END SOLUTION


# %% nbgrader={"grade_id": "dagger-check"}
def check_dagger():
    log = []

    def fit(obs, act):
        log.append(("fit", sorted(zip(numbers(obs)[:, 0], numbers(act)))))
        return f"policy {sum(kind == 'fit' for kind, *_ in log)}"

    def visit(policy, share, i):
        log.append(("visit", policy, share, i))
        return torch.full((2, 1), 10.0 * i), torch.full((2,), -10.0 * i)

    demos = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([-1.0, -2.0, -3.0])
    policies = returned(dagger(fit, visit, demos, lambda i: DECAY**i, 3))
    fits, visits = ([e[1:] for e in log if e[0] == kind] for kind in ("fit", "visit"))
    assert [kind for kind, *_ in log[:1]] == ["fit"], "step 1: clone the demonstrations, then drive"
    assert len(visits) == 3, f"3 rounds are driven, yours drove {len(visits)}"
    assert len(fits) == 4, f"3 rounds train 4 policies, the clone among them, got {len(fits)}"
    assert [v[0] for v in visits] == ["policy 1", "policy 2", "policy 3"], (
        "round i is driven by the newest policy, pi_i"
    )
    assert [v[2] for v in visits] == [1, 2, 3], "rounds are numbered from 1"
    assert np.allclose([v[1] for v in visits], [DECAY, DECAY**2, DECAY**3]), (
        f"round i has the share beta(i); got {[v[1] for v in visits]}"
    )
    sizes = [len(data) for (data,) in fits]
    assert sizes == [3, 5, 7, 9], f"aggregate: 3 samples, then 2 more a round; yours had {sizes}"
    assert all((x, -x) in fits[3][0] for x in (1, 2, 3, 10, 20, 30)), (
        "the last policy is trained on the demonstrations and every round's labels"
    )
    assert policies == [f"policy {i}" for i in range(1, 5)], f"expected 4 policies, got {policies}"


check_dagger()
print("DAgger: the visible check passes")


# %% nbgrader={"grade_id": "dagger-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_dagger():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("dagger"))
    for d, rounds in ((3, 4), (1, 0), (2, 1)):
        count = rng.integers(2, 7, size=rounds + 1)
        data = [rng.normal(size=(k, d + 2)).astype(np.float32) for k in count]
        share, tokens = rng.uniform(size=rounds + 1), rng.integers(10**6, size=rounds + 1).tolist()
        trained, drives = [], []

        def beta(i, share=share, rounds=rounds):
            assert 1 <= i <= rounds, "rounds are numbered from 1 to N"
            return float(share[i])

        def train(obs, act, trained=trained, tokens=tokens):
            assert len(trained) < len(tokens), "N rounds train N + 1 policies"
            trained.append(np.concatenate([np.asarray(obs), np.asarray(act)], 1))
            return tokens[len(trained) - 1]

        def labelled(policy, share, i, drives=drives, data=data, d=d, trained=trained):
            assert len(trained) == len(drives) + 1, "train, drive, train, drive: in turn"
            drives.append((policy, share, i))
            assert len(drives) < len(data), "N rounds are driven"
            pairs = torch.tensor(data[len(drives)])
            return pairs[:, :d], pairs[:, d:]

        first = torch.tensor(data[0])
        got = student.call("dagger", train, labelled, (first[:, :d], first[:, d:]), beta, rounds)
        assert len(trained) == rounds + 1, "N rounds train N + 1 policies"
        want = [(tokens[i - 1], float(share[i]), i) for i in range(1, rounds + 1)]
        for told, meant in zip(drives, want):
            assert told[0] == meant[0], "round i is driven by the newest policy"
            assert abs(told[1] - meant[1]) < 1e-6, "round i has the expert's share beta(i)"
            assert told[2] == meant[2], "rounds are numbered from 1"
        assert len(drives) == rounds, "N rounds are driven"
        for i, pairs in enumerate(trained):
            union = np.concatenate(data[: i + 1])
            assert len(pairs) == len(union), "each policy is trained on all the data so far"
            union, pairs = (x[np.lexsort(x.T)] for x in (union, pairs))
            expect.close(pairs, union, "observations keep their labels when data is aggregated")
        assert got == tokens, "the result is the list of all policies, pi_1 first"


hidden_dagger()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what labels buy on the track
#
# Your `dagger`, `visited` and a network on the winding road, from one drive of the expert. Each
# point is a policy: the labels that it has seen, and what a hundred drives of its own cost. The
# dashed line is the expert. The first point is behavior cloning. It should be the worst by far, and
# the last within a factor of ten or so of the expert.


# %% nbgrader={"grade_id": "dagger-picture"}
def dagger_picture():
    env = il.Track(horizon=100)

    def flat(obs, act):
        return obs.flatten(0, 1), act.flatten(0, 1)

    def visit(policy, share, i):
        return flat(*visited(policy, env.expert, env, share, 1, 10 + i))

    demos = flat(*visited(env.expert, env.expert, env, 1.0, 1, seed=1))
    policies = dagger(clone, visit, demos, lambda i: DECAY**i, 3)
    costs = [drive(policy, env, 100, seed=2)[1].mean().item() for policy in policies]
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.semilogy([100, 200, 300, 400], costs, "o-", color="#009E73")
    ax.axhline(drive(env.expert, env, 100, 2)[1].mean().item(), color="black", linestyle="--")
    ax.set(xlabel="labels", ylabel="total cost, learner drives", xticks=[100, 200, 300, 400])
    plt.show()


dagger_picture()

# %% [markdown]
# ## Part 4: no regret (10 points)
#
# Does the chase after the learner's own states end? DAgger trains on the union of all rounds: it
# *follows the leader*. Let there be $M$ policies to choose from, $L_0(j)$ the loss of policy $j$ on
# the demonstrations, and $L_i(j)$ its loss on the states of round $i$, which is driven by the
# policy $j_i$ played in it. The leader before round $i$ is
#
# $$j_i = \arg\min_j \; L_0(j) + L_1(j) + \dots + L_{i-1}(j) .$$
#
# After $N$ rounds, the loss of the best single policy on the states of all *rounds*, and what the
# learner paid more, are
#
# $$\varepsilon_N = \min_j \frac1N \sum_{i=1}^N L_i(j) , \qquad
#   \gamma_N = \frac1N \sum_{i=1}^N L_i(j_i) - \varepsilon_N .$$
#
# The demonstrations help to choose, but are no round: they do not count in $\varepsilon_N$ and
# $\gamma_N$.


# %% nbgrader={"grade_id": "regret", "solution": true}
def follow_the_leader(first, answer, rounds):
    """Play the leader of all losses so far, for N rounds.

    first: [M], the losses L_0 on the demonstrations
    answer: answer(j) says how the world answers to the play of policy j: losses L_i, [M], of every
        policy on the states that j visits; call it once a round
    rounds: N
    returns: the list of the N policies played (whole numbers), eps_N, gamma_N
    """
    ### BEGIN SOLUTION
    total, played, paid = torch.zeros(len(first)), [], 0.0
    for _ in range(rounds):
        leader = int((first + total).argmin())
        losses = answer(leader)
        played.append(leader)
        paid += float(losses[leader]) / rounds
        total = total + losses
    eps = float(total.min()) / rounds
    return played, eps, paid - eps
    ### END SOLUTION


# %% nbgrader={"grade_id": "regret-check"}
def check_regret():
    calls = []
    world = {0: [0.7, 0.6, 0.1], 1: [0.3, 0.9, 0.4], 2: [0.5, 0.5, 0.5]}

    def answer(j):
        calls.append(int(j))
        return torch.tensor(world[int(j)])

    played, eps, gamma = returned(follow_the_leader(torch.tensor([0.5, 0.2, 1.05]), answer, 3))
    assert len(calls) == 3, f"the world answers once a round, 3 times; you asked {len(calls)} times"
    assert calls[0] == 1, "before the first round the demonstrations decide: policy 1 leads there"
    assert [int(j) for j in played] == calls, "return the policies that were played, in their order"
    assert calls[1] == 0, "after one round policy 0 has paid 0.5 + 0.3, the others more"
    assert calls[2] == 0, (
        "after two rounds the sums of ALL losses so far, the demonstrations among them, are 1.5, "
        f"1.7 and 1.55: policy 0 leads, you played {calls[2]}"
    )
    assert not np.isclose(numbers(eps), 1.65 / 3), "eps_N counts the rounds, not the demonstrations"
    assert np.isclose(numbers(eps), 0.6 / 3), (
        f"policy 2 pays 0.4 + 0.1 + 0.1 in three rounds, 0.2 a round; got eps = {eps}"
    )
    assert np.isclose(numbers(gamma), 2.3 / 3 - 0.6 / 3), (
        "the learner paid 0.9, 0.7 and 0.7, each the loss of the policy it had played in that "
        f"round; got gamma = {gamma}"
    )


check_regret()
print("no regret: the visible check passes")


# %% nbgrader={"grade_id": "regret-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_regret():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("regret"))

    def play(first, world, rounds):
        """Let the student play; the losses of each round, [N, M], and what came back."""
        table, asked = [], []

        def answer(j):
            assert len(asked) < rounds, "the world answers once a round"
            asked.append(int(j))
            table.append(world(int(j), len(asked)).astype(np.float32))
            return torch.tensor(table[-1])

        first = first.astype(np.float32)
        got = student.call("follow_the_leader", torch.tensor(first), answer, rounds)
        assert type(got) is list, "expected the plays, eps_N and gamma_N"
        assert len(got) == 3, "expected the plays, eps_N and gamma_N"
        assert len(asked) == rounds, "the world answers once a round"
        played = expect.shape(got[0], (rounds,), "the plays")
        assert (played == asked).all(), "the plays are returned in their order"
        table = np.stack(table)
        before = np.cumsum(np.concatenate([first[None], table]), 0)[:-1]
        best = before.min(1)
        assert (before[np.arange(rounds), asked] <= best + 1e-5).all(), (
            "each round plays the leader of ALL losses so far, the demonstrations' included"
        )
        eps, gamma = (expect.shape(x, (), "eps_N and gamma_N are numbers") for x in got[1:])
        return table, np.array(asked), eps, gamma

    for size, rounds in ((6, 25), (2, 1), (40, 60)):
        noise = rng.uniform(size=(rounds + 1, size, size))
        table, plays, eps, gamma = play(
            rng.uniform(size=size), lambda j, i, noise=noise: noise[i - 1, j], rounds
        )
        want = min(table[:, j].mean() for j in range(size))
        faults = {"eps_N is a mean over rounds, not a sum": want * rounds}
        expect.close(eps, want, "eps_N: the best single policy on the rounds alone", faults=faults)
        paid = np.mean([row[j] for row, j in zip(table, plays)])
        faults = {"gamma_N is what was paid MORE than eps_N": paid}
        expect.close(gamma, paid - want, "gamma_N: each play pays in its own round", faults=faults)

    # Parabolas: the leader is the mean of the past, and mean regret at most (ln(N + 1) + 1) / N.
    grid, rounds = np.linspace(0, 1, 401), 150
    z = rng.uniform(size=rounds + 1)
    _, plays, _, gamma = play((grid - z[0]) ** 2 / 2, lambda j, i: (grid - z[i]) ** 2 / 2, rounds)
    past = np.cumsum(z)[:-1] / np.arange(1, rounds + 1)
    assert abs(grid[plays] - past).max() < 0.004, "with parabolas the leader is the past's mean"
    assert gamma < (np.log(rounds + 1) + 1) / rounds, "losses that curve leave no regret"

    # The blind walker on a beam: straight losses, and a leader that jumps for ever.
    horizon = int(rng.integers(16, 30)) * 2 + 1
    share = (1 + (horizon - 1) * (1 - grid)) / horizon  # of the steps that ask for a push right
    left = (horizon + 1) / 2 / horizon
    _, plays, eps, gamma = play(
        left * (1 - grid) + (1 - left) * grid,
        lambda j, i: share[j] * (1 - grid) + (1 - share[j]) * grid,
        20,
    )
    assert set(plays.tolist()) == {0, 400}, "losses without curvature: the leader jumps"
    assert abs(eps - 0.5) < 0.03, "the best of the blind errs half of the time"
    assert gamma > 0.4, "and the leader on nearly every step"


hidden_regret()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: the human's gate (8 points)
#
# In HG-DAgger the human watches and takes the wheel at an *alarm*, a state that they find
# dangerous. They keep it until all has been quiet for a while: at the alarm itself, and for `hold`
# steps after the *last* alarm. With `hold = 2`, alarms in steps 3 and 5 of an episode put the human
# in control of steps 3 to 7.
#
# What the human lets pass is feedback, too. Expert intervention learning
# ([chapter 07]({{ site_url }}/book/07-interactive-imitation.html)) blames the learner's own steps
# shortly before the human drives: those of which one of the next `blame` steps of the episode is
# under human control. The rest were good enough.


# %% nbgrader={"grade_id": "gate", "solution": true}
def in_control(alarm, hold):
    """Where the human has the wheel.

    alarm: [n, H] bool, one row an episode; hold: whole number, at least 0
    returns: [n, H] bool
    """
    ### BEGIN SOLUTION
    control = alarm.clone()
    for late in range(1, hold + 1):
        control[:, late:] |= alarm[:, :-late]
    return control
    ### END SOLUTION


def takeovers(control):
    """How many times the human takes the wheel in each episode.

    control: [n, H] bool, as from in_control
    returns: [n], whole numbers
    """
    ### BEGIN SOLUTION
    begins = control[:, 1:] & ~control[:, :-1]
    return begins.sum(1) + control[:, 0]
    ### END SOLUTION


def blamed(control, blame):
    """The learner's steps that are held to have caused a takeover.

    control: [n, H] bool; blame: whole number, at least 0
    returns: [n, H] bool
    """
    ### BEGIN SOLUTION
    soon = torch.zeros_like(control)
    for early in range(1, blame + 1):
        soon[:, :-early] |= control[:, early:]
    return soon & ~control
    ### END SOLUTION


# %% nbgrader={"grade_id": "gate-check"}
def check_gate():
    alarm = torch.zeros(2, 12, dtype=torch.bool)
    alarm[0, [3, 5, 10]] = True

    def steps(row):
        return np.flatnonzero(row).tolist()

    control = numbers(in_control(alarm, 2)).astype(bool)
    assert control.shape == (2, 12), f"expected one mark for each step, got {control.shape}"
    assert not control[1].any(), "an episode without alarms stays the learner's: rows are episodes"
    got = steps(control[0])
    assert 3 in got, "the human drives at the alarm itself"
    assert 7 in got, f"the hold runs from the LAST alarm, 5, to step 7; yours drove in {got}"
    assert 8 not in got, f"hold = 2 is two steps after the last alarm, 6 and 7; yours: {got}"
    assert got == [3, 4, 5, 6, 7, 10, 11], f"alarms in 3, 5 and 10, hold 2: got {got}"
    assert steps(numbers(in_control(alarm, 0))[0]) == [3, 5, 10], "hold = 0: the alarms alone"
    assert steps(alarm[0]) == [3, 5, 10], "in_control has changed the alarms that it was given"
    control = torch.zeros(3, 9, dtype=torch.bool)
    control[0, [0, 1, 5, 8]] = control[2, :] = True
    count = numbers(takeovers(control))
    assert count.shape == (3,), f"expected one number an episode, got shape {count.shape}"
    assert count[2] == 1, "an episode that is the human's from its first step has one takeover"
    assert count.tolist() == [3, 0, 1], f"expected 3, 0 and 1 takeovers, got {count}"
    wrong = numbers(blamed(control, 2)).astype(bool)
    assert not (wrong & control.numpy()).any(), "only the learner's own steps are blamed"
    assert 2 not in steps(wrong[0]), "steps BEFORE the human drives are blamed, not those after"
    assert steps(wrong[0]) == [3, 4, 6, 7], (
        "the human has steps 0, 1, 5 and 8: two steps before 5 and before 8 are blamed, "
        f"yours are {steps(wrong[0])}"
    )
    assert not numbers(blamed(control, 0)).any(), "blame = 0 blames nothing"
    control[0, 1:] = False
    assert not numbers(blamed(control, 3)).any(), (
        "before a takeover in the first step there is nothing to blame, least of all the last steps"
    )


check_gate()
print("the gate: the visible check passes")


# %% nbgrader={"grade_id": "gate-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_gate():
    from itertools import groupby

    import numpy as np
    import torch
    from scipy.ndimage import binary_dilation

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("gate"))
    for n, horizon, hold in ((5, 40, 3), (1, 7, 0), (4, 25, 1), (3, 6, 9)):
        alarm = rng.random((n, horizon)) < 0.15
        alarm[0, [0, -1]] = True
        reach = np.zeros((1, 2 * hold + 1), dtype=bool)
        reach[0, hold:] = True  # later steps
        want = binary_dilation(alarm, reach)
        faults = {
            "hold counts the steps after the alarm, which is under control itself": binary_dilation(
                alarm, np.pad(reach, ((0, 0), (1, 1)))[:, :-1]
            ),
            "control follows an alarm, it does not precede it": binary_dilation(
                alarm, reach[:, ::-1]
            ),
        }
        got = student.call("in_control", torch.tensor(alarm), hold)
        expect.close(
            got, want, "the human drives until `hold` steps after the last alarm", 0, faults
        )

        runs = [[mine for mine, _ in groupby(row)] for row in want]
        count = student.call("takeovers", torch.tensor(want))
        expect.close(count, [sum(run) for run in runs], "a takeover is a change of hands", 0)

        blame = hold
        sliding = np.pad(want, ((0, 0), (0, blame)))
        ahead = [[row[t + 1 : t + 1 + blame].any() for t in range(horizon)] for row in sliding]
        faults = {"only the learner's own steps are blamed": np.array(ahead)}
        got = student.call("blamed", torch.tensor(want), blame)
        idea = "blamed are the learner's steps at most `blame` before the human drives"
        expect.close(got, np.array(ahead) & ~want, idea, 0, faults)
    edge = np.zeros((1, 8), dtype=bool)
    edge[0, -1] = True
    got = student.call("in_control", torch.tensor(edge), 2)
    expect.close(got, edge, "an episode ends with its last step", 0)
    got = student.call("blamed", torch.tensor(edge[:, ::-1].copy()), 2)
    expect.close(got, 0 * edge, "before the first step there is none to blame", 0)


hidden_gate()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: HG-DAgger's labels (10 points)
#
# Now live, in an environment. At every step the human looks at `env.expert_view(state)`; `gate`
# says in which episodes this is an alarm. In the episodes where the human has control, by the rule
# of part 5, the *human's* action is executed; in the others the learner's, from
# `env.observe(state)`. So the alarms depend on what was done before, and the whole cannot be
# computed afterwards.
#
# Three distributions meet: the learner's states up to a takeover, the human's states after it, and
# the human's actions there. Only the last two become data: keep the observation and the executed
# action of each step under human control, and nothing else.


# %% nbgrader={"grade_id": "hg-dagger", "solution": true}
def human_steps(policy, human, gate, env, hold, n, seed):
    """Let the learner drive n episodes under a human's eyes; keep what the human did.

    policy: from observations [n, ...] to actions [n, d]
    human, gate: from expert views [n, ...] to actions [n, d], and to alarms [n] bool; the gate is
        asked once at each step
    hold: for how many steps the human keeps the wheel after the last alarm
    seed: seeds the torch.Generator that reset and step draw from
    returns: observations [m, ...] and actions [m, d] of the m steps under human control, in any
        order; with m = 0 both are empty
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    state, obs, act = env.reset(n, generator), [], []
    left = torch.full((n,), -1)  # quiet steps that are still the human's
    for _ in range(env.horizon):
        view, now = env.expert_view(state), env.observe(state)
        left = torch.where(gate(view), hold, left - 1)
        mine = left >= 0
        doing = torch.where(mine[:, None], human(view), policy(now))
        obs.append(now[mine])
        act.append(doing[mine])
        state, _ = env.step(state, doing, generator)
    return torch.cat(obs), torch.cat(act)
    ### END SOLUTION


# %% nbgrader={"grade_id": "hg-dagger-check"}
def check_hg_dagger():
    pegs, views, seen = Insertion(horizon=12, styles=True), [], set()

    def still(obs):
        seen.add(obs.shape[-1])
        return torch.zeros(len(obs), 3)

    def up(view):  # lifts the peg by a tenth of the greatest move and more, the higher the more
        return torch.stack([0 * view[:, 1], 0.1 + 0.01 * view[:, 1], 0 * view[:, 1]], 1)

    def watch(alarms, hold):
        """Two episodes with alarms in these steps of the first; where its peg was lifted."""
        views.clear()

        def gate(view):
            views.append(view)
            return torch.tensor([len(views) - 1 in alarms, False])

        obs, act = (numbers(x) for x in returned(human_steps(still, up, gate, pegs, hold, 2, 0)))
        assert len(views) == 12, (
            f"the gate is asked once in each of 12 steps, not {len(views)} times"
        )
        assert views[0].shape == (2, 8), "the human sees env.expert_view(state), 8 numbers"
        height = numbers(torch.stack(views))[:, :, 1]
        lifted = abs(np.diff(height, axis=0)) > 1e-4
        assert not lifted[:, 1].any(), (
            "an alarm is about one episode; the other stays the learner's"
        )
        assert len(obs) == len(act), f"an action for each observation: {len(obs)} and {len(act)}"
        return obs, act, np.flatnonzero(lifted[:, 0]).tolist()

    obs, act, lifted = watch({3, 5}, 2)
    assert seen == {3}, "the policy sees env.observe(state), 3 numbers of the peg"
    assert lifted, "at an alarm the human's action must be executed, and the peg is lifted"
    assert lifted[0] == 3, f"the human drives at the alarm itself, step 3; yours from {lifted[0]}"
    assert lifted == [3, 4, 5, 6, 7], (
        f"alarms in steps 3 and 5 and hold = 2: the human drives in 3 to 7, yours in {lifted}"
    )
    assert len(obs) == 5, f"5 steps are the human's, and are kept; you kept {len(obs)}"
    assert obs.shape == (5, 3), f"kept are observations, not views: 3 numbers, got {obs.shape}"
    heights = numbers(torch.stack(views))[3:8, 0, 1]
    assert np.allclose(sorted(obs[:, 1]), sorted(heights), atol=1e-5), (
        "an observation is what was seen BEFORE the action of its step"
    )
    assert np.allclose(act[:, 1], 0.1 + 0.01 * obs[:, 1], atol=1e-5), (
        "a label is the human's action in that observation's step"
    )
    assert watch({2}, 0)[2] == [2], "with hold = 0 the human drives at alarms alone"
    obs, act, _ = watch(set(), HOLD)
    assert len(obs) == len(act) == 0, "without an alarm there is nothing to keep"


check_hg_dagger()
print("HG-DAgger: the visible check passes")


# %% nbgrader={"grade_id": "hg-dagger-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_hg_dagger():
    import numpy as np
    import torch
    from scipy.ndimage import binary_dilation

    from ilkit.envs.reaching import Reaching
    from ilkit.grading import expect, student

    seed = student.seed("hg-dagger") % 100_000
    rng = np.random.default_rng(seed)
    env, n = Reaching(horizon=24), 40
    a, far = float(rng.uniform(12, 20)), float(rng.uniform(0.08, 0.12))

    def learner(obs):  # wanders off, each episode its own way
        obs = torch.as_tensor(obs)
        assert obs.shape[-1] == 6, "the policy sees env.observe(state)"
        return torch.stack([0.1 * torch.cos(a * obs[:, 1]), torch.sin(a * obs[:, 0])], 1)

    def helper(view):
        view = torch.as_tensor(view)
        assert view.shape[1] == 8, "the human sees env.expert_view(state)"
        return torch.stack([0.05 * view[:, 6], -view[:, 1] - 3 * view[:, 3]], 1)

    def run(hold, far):
        views = []

        def watching(view):
            views.append(np.array(view))
            assert views[-1].shape == (n, 8), "the gate sees env.expert_view(state)"
            return torch.as_tensor(abs(views[-1][:, 1]) > far)

        got = student.call("human_steps", learner, helper, watching, env, hold, n, seed)
        assert len(views) == env.horizon, "the gate is asked once at every step"
        assert type(got) is list, "expected observations and actions"
        assert len(got) == 2, "expected observations and actions"
        views = np.stack(views, 1)  # [n, H, 8]
        reach = np.zeros((1, 2 * hold + 1), dtype=bool)
        reach[0, hold:] = True
        control = binary_dilation(abs(views[..., 1]) > far, reach)
        flat = views.reshape(-1, 8)
        theirs = helper(flat).numpy().reshape(n, -1, 2)
        own = np.stack([learner(views[:, t, :6]).numpy() for t in range(env.horizon)], 1)
        want = np.where(control[..., None], theirs, own)[:, :-1]
        executed = (views[:, 1:, 2:4] - views[:, :-1, 2:4] / 4) / 0.12  # of the hand with inertia
        assert (views[:, 0, 2:4] == 0).all(), "an episode begins with env.reset"
        idea = "executed is the human's action from an alarm to `hold` quiet steps later"
        faults = {
            "the human drives, and does not only label": own[:, :-1],
            "between alarms the learner drives": theirs[:, :-1],
        }
        expect.close(executed, want, idea, 1e-3, faults)
        m = int(control.sum())
        obs = expect.shape(got[0], (m, 6), "observations of the steps under human control alone")
        act = expect.shape(got[1], (m, 2), "actions of the steps under human control alone")
        mine, right = views[control][:, :6], theirs[control]
        order, same = np.lexsort(mine.T), np.lexsort(obs.T)
        expect.close(obs[same], mine[order], "kept are the observations under human control", 1e-5)
        expect.close(act[same], right[order], "kept are the human's actions", 1e-4)

    for hold in (0, 1, 4):
        run(hold, far)
    run(2, 99.0)  # no alarm: nothing is kept


hidden_hg_dagger()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: taking the wheel
#
# A car that swings from side to side, with the alarm as dashed lines. Orange are the steps under
# human control, from your `in_control`; your `takeovers` counts them in the title. Grey are the
# five steps before, which your `blamed` holds responsible. Expect each orange piece to begin just
# outside a dashed line and to end inside it, a hold after the way back.


# %% nbgrader={"grade_id": "gate-picture"}
def gate_picture():
    t = torch.arange(180.0)
    y = ALARM * (0.9 * torch.sin(0.11 * t) + 0.4 * torch.sin(0.031 * t))
    alarm = y[None].abs() > ALARM
    control = in_control(alarm, HOLD)
    _, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
    ax.plot(y, color="#0072B2")
    ax.plot(np.where(numbers(control)[0] > 0, y, np.nan), color="#D55E00", linewidth=3)
    for step in np.flatnonzero(numbers(blamed(control, 5))[0]):
        ax.axvspan(step - 0.5, step + 0.5, color="0.88")
    for edge in (-ALARM, ALARM):
        ax.axhline(edge, color="black", linestyle="--", linewidth=1)
    ax.set(xlabel="step", ylabel="off the middle (m)")
    ax.set_title(f"takeovers: {int(numbers(takeovers(control))[0])}")
    plt.show()


gate_picture()

# %% [markdown]
# ## Part 7: DART's noise (8 points)
#
# DART shakes the expert as the learner will. Write $e_j = \hat\pi(s_j) - \pi^\star(s_j)$ for the
# learner's error in the expert's states $s_1, \dots, s_m$. Which covariance $\Sigma$ makes the
# learner's actions most likely, if the noisy expert $\mathcal N(\pi^\star(s), \Sigma)$ had produced
# them? Maximise
#
# $$\sum_{j=1}^m \log \mathcal N\big(\hat\pi(s_j);\, \pi^\star(s_j), \Sigma\big)$$
#
# over $\Sigma$ ([chapter 08]({{ site_url }}/book/08-noise-injection.html) derives the answer). The
# mean is given, it is the expert's action: a constant error of the learner counts as if it were
# spread.
#
# The present learner errs more than the final one will. If $\alpha$ is the squared error that is
# expected of the final learner, summed over an episode of $H$ steps, the noise is rescaled so that
# it adds up to the same: $\mathbb E \sum_t \lVert \nu_t \rVert^2 = \alpha$. Its shape stays.


# %% nbgrader={"grade_id": "noise-fit", "solution": true}
def fitted_noise(learner_act, expert_act):
    """The maximum-likelihood covariance of noise around the expert.

    learner_act, expert_act: [m, d], in the same states
    returns: [d, d]
    """
    ### BEGIN SOLUTION
    error = learner_act - expert_act
    return error.mT @ error / len(error)
    ### END SOLUTION


def rescaled(covariance, alpha, horizon):
    """Noise of the same shape whose squares add up to alpha over an episode, in expectation.

    covariance: [d, d], not zero; alpha: a number above 0; horizon: H
    returns: [d, d]
    """
    ### BEGIN SOLUTION
    return covariance * (alpha / (horizon * covariance.trace()))
    ### END SOLUTION


# %% nbgrader={"grade_id": "noise-fit-check"}
def check_noise_fit():
    expert = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])
    error = torch.tensor([[0.2, 0.0], [0.0, 0.1], [-0.2, 0.1]])
    cov = numbers(fitted_noise(expert + error, expert))
    assert cov.shape == (2, 2), f"expected a covariance of 2 actions, [d, d], got {cov.shape}"
    assert np.allclose(cov, cov.T), "a covariance is symmetric"
    by_hand = np.array([[0.08, -0.02], [-0.02, 0.02]])
    assert not np.allclose(cov, by_hand), "the sum of outer products is 3 times the mean"
    assert not np.allclose(cov, by_hand / 2), "the mean is known, not estimated: no divisor m - 1"
    assert abs(cov[0, 1]) > 1e-6, "the directions of the error go together: keep the off-diagonal"
    constant = numbers(fitted_noise(expert + 0.5, expert))
    assert not np.allclose(constant, 0, atol=1e-5), (
        "a constant error is noise around the expert, too: there is no mean to subtract"
    )
    assert np.allclose(cov, by_hand / 3, atol=1e-5), (
        f"errors (0.2, 0), (0, 0.1) and (-0.2, 0.1): got {cov.round(4).tolist()}"
    )
    assert np.allclose(constant, 0.25, atol=1e-5), (
        f"an error of 0.5 in both actions has the square 0.25, got {constant.round(4).tolist()}"
    )
    noise = numbers(rescaled(torch.tensor([[3.0, 1.0], [1.0, 1.0]]), ALPHA, 50))
    assert noise.shape == (2, 2), f"expected a covariance, got shape {noise.shape}"
    assert np.isclose(noise[0, 0], 3 * noise[0, 1]), "rescaling keeps the shape"
    total = 50 * np.trace(noise)
    assert np.isclose(total, ALPHA, rtol=1e-4), (
        f"over 50 steps the squared noise should add up to alpha = {ALPHA:g}, yours to {total:.3g}"
    )


check_noise_fit()
print("DART's noise: the visible check passes")


# %% nbgrader={"grade_id": "noise-fit-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_noise_fit():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    def log_likelihood(error, cov):
        """Of errors [m, d] under N(0, cov), but for a constant."""
        within = np.einsum("md,md->", error, np.linalg.solve(cov, error.T).T)
        return -(len(error) * np.linalg.slogdet(cov)[1] + within) / 2

    rng = np.random.default_rng(student.seed("noise-fit"))
    for m, d in ((12, 3), (40, 2), (5, 1)):
        mix, shift = rng.normal(size=(d, d)), rng.normal(size=d)
        expert = rng.normal(scale=3, size=(m, d)).astype(np.float32)
        learner = (expert + rng.normal(size=(m, d)) @ mix + shift).astype(np.float32)
        error = learner.astype(float) - expert
        got = student.call("fitted_noise", torch.tensor(learner), torch.tensor(expert))
        got = expect.shape(got, (d, d), "the covariance")
        want = np.mean([np.outer(e, e) for e in error], 0)
        biased = np.cov(error.T, ddof=0).reshape(d, d)
        faults = {
            "the noise is centred on the expert: there is no mean to subtract": biased,
            "nor is a mean estimated: the divisor is m": want * m / (m - 1),
            "and there is none that was subtracted": biased * m / (m - 1),
            "errors in different directions go together": np.diag(np.diag(want)),
            "a mean over the states, not a sum": want * m,
        }
        expect.close(got, want, "the most likely covariance around the expert", 1e-3, faults)
        best = log_likelihood(error, got)
        for _ in range(5):  # any other covariance is less likely
            bend = np.eye(d) + 0.2 * rng.normal(size=(d, d))
            assert log_likelihood(error, bend @ got @ bend.T) < best + 1e-6, (
                "no other covariance makes the learner's actions likelier"
            )
        alpha, horizon = float(rng.uniform(0.1, 5)), int(rng.integers(5, 200))
        noise = student.call("rescaled", torch.tensor(want), alpha, horizon)
        noise = expect.shape(noise, (d, d), "rescaled noise")
        faults = {
            "alpha is spread over the H steps of an episode": alpha * horizon,
            "the trace is the whole of the noise, all actions together": alpha * d,
            "the factor is for the covariance, not for the deviation": np.sqrt(
                alpha * horizon * np.trace(want)
            ),
        }
        idea = "E sum_t |nu_t|^2 = H tr Sigma is alpha"
        expect.close(horizon * np.trace(noise), alpha, idea, 1e-3, faults)
        shape = want / np.trace(want)
        expect.close(noise / np.trace(noise), shape, "rescaling keeps the shape", 1e-3)


hidden_noise_fit()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: demonstrations under noise (10 points)
#
# Step 1 of DART. In each state the expert means the action $\pi^\star(s_t)$; executed is
# $\pi^\star(s_t) + \nu_t$ with a fresh $\nu_t \sim \mathcal N(0, \Sigma)$ in every step of every
# episode; recorded is the action *meant*. Recording what was executed would teach the shaking, with
# a bias where actions are clipped.
#
# To draw from $\mathcal N(0, \Sigma)$, multiply standard normal numbers by a root $R$ with
# $R R^\top = \Sigma$. In round 0 the noise is $\Sigma = 0$, and a learner whose errors all point
# one way gives a $\Sigma$ of rank one: `torch.linalg.cholesky` refuses both, while
# `torch.linalg.eigh` takes any (a rounding error below 0 is to be read as 0).


# %% nbgrader={"grade_id": "dart", "solution": true}
def disturbed(expert, env, covariance, n, seed):
    """n episodes of the expert under noise, with clean labels.

    expert: from expert views [n, ...] to actions [n, d]
    covariance: [d, d], symmetric, possibly singular or zero
    seed: equal seeds give equal episodes; all randomness comes from one torch.Generator
    returns: observations [n, H, ...], as the learner sees them (env.observe), and the expert's
        clean actions [n, H, d]
    """
    ### BEGIN SOLUTION
    values, vectors = torch.linalg.eigh(covariance)
    root = vectors * values.clamp(min=0).sqrt()
    generator = torch.Generator().manual_seed(seed)
    state, obs, meant = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        obs.append(env.observe(state))
        meant.append(expert(env.expert_view(state)))
        noise = torch.randn(n, len(root), generator=generator) @ root.mT
        state, _ = env.step(state, meant[-1] + noise, generator)
    return torch.stack(obs, 1), torch.stack(meant, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "dart-check"}
def check_dart():
    env = il.Linear(k=torch.tensor([[-0.8, 0.0], [0.3, -0.5]]), horizon=6, start=1.0)

    def noise_of(cov, n=4000, seed=0):
        """The noise that your episodes were executed with, [n, 5, 2]."""
        obs, act = returned(disturbed(env.expert, env, torch.tensor(cov), n, seed))
        shapes = numbers(obs).shape, numbers(act).shape
        assert shapes == ((n, 6, 2), (n, 6, 2)), f"expected obs and labels [n, 6, 2], got {shapes}"
        obs, act = torch.tensor(numbers(obs)).float(), torch.tensor(numbers(act)).float()
        assert obs.isfinite().all(), "NaN: was a root taken of a rounding error below 0?"
        assert torch.allclose(act, obs @ env.k.T, atol=1e-4), (
            "the label is the clean action that the expert means in that very state"
        )
        return numbers(obs[:, 1:] - obs[:, :-1] @ env.a.T - act[:, :-1])

    none = noise_of([[0.0, 0.0], [0.0, 0.0]], n=5)
    assert np.allclose(none, 0, atol=1e-4), "without covariance there is no noise"
    noise = noise_of([[0.04, 0.0], [0.0, 0.01]])
    assert not np.allclose(noise, 0, atol=1e-4), "the expert was never disturbed: execute the noise"
    assert noise[:, 0, 0].std() > 1e-4, "each episode has noise of its own"
    spread = noise.reshape(-1, 2).std(0)
    assert not np.allclose(spread, [0.04, 0.01], rtol=0.1), (
        "a covariance is in squared units: multiply normal numbers by a root of it"
    )
    assert np.allclose(spread, [0.2, 0.1], rtol=0.1), (
        f"variances 0.04 and 0.01 are deviations 0.2 and 0.1, got {spread.round(3)}"
    )
    assert abs(np.corrcoef(noise[:, 0, 0], noise[:, 1, 0])[0, 1]) < 0.2, "fresh noise at each step"
    noise = noise_of([[0.04, 0.02], [0.02, 0.01 - 1e-8]]).reshape(-1, 2)
    assert np.allclose(noise[:, 0], 2 * noise[:, 1], atol=5e-3), (
        "this covariance has rank one: the noise lies along (2, 1)"
    )
    assert (
        noise_of([[0.04, 0.0], [0.0, 0.01]], 9) == noise_of([[0.04, 0.0], [0.0, 0.01]], 9)
    ).all(), "equal seeds must give equal episodes"
    views, pegs = set(), Insertion(horizon=3, styles=True)

    def expert(view):
        views.add(view.shape[-1])
        return torch.zeros(len(view), 3)

    obs, _ = disturbed(expert, pegs, torch.zeros(3, 3), 4, 0)
    assert views == {8}, "the expert sees env.expert_view(state), 8 numbers of this peg"
    assert numbers(obs).shape == (4, 3, 3), "recorded is env.observe(state), 3 numbers of this peg"


check_dart()
print("demonstrations under noise: the visible check passes")


# %% nbgrader={"grade_id": "dart-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_dart():
    import numpy as np
    import torch

    from ilkit.envs.reaching import Reaching
    from ilkit.grading import expect, student

    seed = student.seed("dart") % 100_000
    rng = np.random.default_rng(seed)
    env, n = Reaching(horizon=16), 300
    a, b = rng.uniform(1, 4, size=2)

    def teacher(view):  # its side, column 6, is hidden from the learner
        view = torch.as_tensor(view)
        assert view.shape[-1] == 8, "the expert sees env.expert_view(state)"
        each = [0.1 + 0.05 * torch.sin(a * view[:, 1]), 0.2 * torch.cos(b * view[:, 0])]
        return view[:, 6:7] * torch.stack(each, 1)

    def episodes(cov, seed=seed):
        """The noise that was executed, [n, H - 1, 2], and the observations."""
        got = student.call("disturbed", teacher, env, torch.tensor(cov).float(), n, seed)
        assert type(got) is list, "expected observations and labels"
        assert len(got) == 2, "expected observations and labels"
        obs = expect.shape(got[0], (n, 16, 6), "observations, as the learner sees them")
        act = expect.shape(got[1], (n, 16, 2), "clean labels")
        assert (obs[:, 0, 2:4] == 0).all(), "the first observation is that of env.reset"
        here, speed = obs[:, :-1, :2], obs[:, :-1, 2:4]
        expect.close(obs[:, 1:, :2], here + speed, "each observation follows from the last one")
        side = np.sign(act[:, :1, :1]) * np.ones((1, 16, 1))
        view = np.concatenate([obs, side, 0 * side], 2).reshape(-1, 8)
        clean = teacher(view).numpy().reshape(act.shape)
        executed = (obs[:, 1:, 2:4] - speed / 4) / 0.12  # of the hand with inertia
        assert np.abs(act - clean)[:, :-1].max() < 1e-3, "labels are the clean actions"
        expect.close(act, clean, "labels are the clean actions, step by step", 1e-3)
        return executed - clean[:, :-1], obs

    still, _ = episodes(np.zeros((2, 2)))
    expect.close(still, 0 * still, "without covariance the clean action is executed", 1e-3)

    turn = float(rng.uniform(0.5, 1.0))
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    root = axes * (0.15, 0.05)
    noise, obs = episodes(root @ root.T)
    z = noise @ axes / (0.15, 0.05)  # standard normal, if all is well
    # Laurent and Massart: the mean square of 4500 normal numbers is off by 0.15 with probability
    # below 1e-9, that of 2100 by 0.25 below 1e-11; a mean product is half a difference of such.
    flat = z.reshape(-1, 2)
    idea = "the executed noise has this covariance, off its diagonal too"
    assert abs(flat.T @ flat / len(flat) - np.eye(2)).max() < 0.15, idea
    assert abs(flat.mean(0)).max() < 0.15, "the noise has mean zero"
    for product, idea in (
        (z[:, 1::2] * z[:, :-1:2], "fresh noise at every step"),
        (z[1::2] * z[::2], "noise of its own in every episode"),
    ):
        assert abs(product.mean((0, 1))).max() < 0.25, idea
    assert (episodes(root @ root.T)[1] == obs).all(), "equal seeds give equal episodes"
    assert (episodes(root @ root.T, seed + 1)[1] != obs).any(), "other seeds give other episodes"

    line = axes[:, 0]
    noise, _ = episodes(0.01 * np.outer(line, line))
    across = noise @ axes[:, 1]
    assert abs(across).max() < 2e-3, "noise of rank one keeps to its line"
    along = (noise @ line / 0.1) ** 2
    assert abs(along.mean() - 1) < 0.15, "and has its variance there"


hidden_dart()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the shape of the noise
#
# Errors of a learner with two actions, as points, and two deviations of the noise fitted to them by
# your `fitted_noise` (black), and of the noise `rescaled` to a fifth of the variance (green). The
# black ellipse should hold six points in seven, its centre at zero although the points' is not; the
# green one has the same shape.


# %% nbgrader={"grade_id": "noise-picture"}
def noise_picture():
    generator = torch.Generator().manual_seed(1)
    error = torch.randn(300, 2, generator=generator) @ torch.tensor([[0.3, 0.1], [0.0, 0.1]])
    error = error + torch.tensor([0.15, 0.0])
    fitted = torch.as_tensor(numbers(fitted_noise(error, torch.zeros(300, 2))))
    level = float(50 * fitted.trace() / 5)
    angle = np.linspace(0, 2 * np.pi, 200)
    _, ax = plt.subplots(figsize=(5, 3), layout="constrained")
    ax.plot(*error.T, ".", color="#0072B2", alpha=0.4)
    for cov, colour in ((fitted, "black"), (rescaled(fitted, level, 50), "#009E73")):
        values, vectors = np.linalg.eigh(numbers(cov))
        ax.plot(*(2 * vectors * np.sqrt(values) @ [np.cos(angle), np.sin(angle)]), color=colour)
    ax.set(xlabel="error in the first action", ylabel="in the second", aspect="equal")
    plt.show()


noise_picture()

# %% [markdown]
# ## Part 9: the state from which an action leads back (8 points)
#
# The expert has gone; what is left is data and a model of the world,
# $s' = s + f(s, a)$, where $f$ is the *increment*. In
# [chapter 09]({{ site_url }}/book/09-corrective-labels.html) a pair $(s, a)$ is a *corrective
# label* if it leads to a state $s'$ of the demonstrations. Fix an action $a$ near the expert's and
# solve for the state:
#
# $$s = s' - f(s, a) .$$
#
# The unknown stands on both sides. Start from $s_0 = s'$ and iterate
# $s_{k+1} = s' - f(s_k, a)$, always with the same $s'$. The first step, $k = 1$, is backward
# Euler's. If $f$ is Lipschitz in the state with a constant $L_s < 1$, the *miss*
# $\lVert s_k + f(s_k, a) - s' \rVert$ shrinks at least by the factor $L_s$ in each step.


# %% nbgrader={"grade_id": "backward-euler", "solution": true}
def label_state(f, target, act, steps=1):
    """The iterate s_k from which `act` leads (nearly) to `target`.

    f: from states [n, d] and actions [n, a] to increments [n, d]; call it once for each step
    target: [n, d], the states s' to be reached; act: [n, a]; steps: k, at least 0
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    state = target
    for _ in range(steps):
        state = target - f(state, act)
    return state
    ### END SOLUTION


def misses(f, state, act, target):
    """How far from its target each label leads, as a Euclidean distance.

    f: as above; state, target: [n, d]; act: [n, a]
    returns: [n]
    """
    ### BEGIN SOLUTION
    return (state + f(state, act) - target).norm(dim=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "backward-euler-check"}
def check_backward_euler():
    calls = []

    def f(state, act):
        calls.append(numbers(state).round(4).tolist())
        return -0.2 * state + 0.5 * act

    target, act = torch.tensor([[0.3]]), torch.tensor([[-0.6]])
    start = numbers(label_state(f, target, act, 0))
    assert np.allclose(start, 0.3), "with no step yet, s_0 is the target itself"
    calls.clear()
    one = numbers(label_state(f, target, act))
    assert one.shape == (1, 1), f"expected a state for each target, [n, d], got {one.shape}"
    assert len(calls) == 1, f"one step asks the model once, yours {len(calls)} times"
    assert calls[0] == [[0.3]], "the first step asks the model at the target"
    assert not np.isclose(one, -0.06), "the state comes BEFORE the target: subtract the increment"
    assert np.isclose(one, 0.66), f"the increment there is -0.36, so s_1 = 0.66, got {one.item():g}"
    two = numbers(label_state(f, target, act, 2))
    assert np.isclose(two, 0.732), (
        f"s_2 = 0.3 - f(0.66, a) = 0.732: the target stays, the state moves; got {two.item():g}"
    )
    many = numbers(label_state(f, target, act, 40))
    assert np.isclose(many, 0.75, atol=1e-5), f"the iteration ends at 0.75, yours at {many.item()}"
    far = numbers(misses(f, torch.tensor([[0.66]]), act, target))
    assert far.shape == (1,), f"expected one distance for each label, got shape {far.shape}"
    assert np.isclose(far, 0.072), (
        f"from 0.66 the increment -0.432 leads to 0.228, 0.072 from the target; got {far.item():g}"
    )
    two = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    wide = numbers(misses(lambda s, a: 0 * s, two, torch.zeros(2, 1), torch.zeros(2, 2)))
    assert np.allclose(wide, [5, 1]), f"(3, 4) and (0, 1) are 5 and 1 from the origin, got {wide}"


check_backward_euler()
print("labels through a model: the visible check passes")


# %% nbgrader={"grade_id": "backward-euler-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_backward_euler():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("backward-euler"))
    for n, d, m in ((5, 3, 2), (4, 1, 1), (3, 2, 3)):
        a, b = rng.normal(size=(d, d)), rng.normal(size=(d, m))
        a *= 0.6 / np.linalg.norm(a, 2)
        target, act = rng.normal(size=(n, d)), rng.normal(size=(n, m))
        args, calls = (torch.tensor(target), torch.tensor(act)), []

        def f(state, act, a=a, b=b, calls=calls):
            calls.append(np.array(state))
            return torch.as_tensor(np.asarray(state) @ a.T + np.asarray(act) @ b.T)

        exact = np.linalg.solve(np.eye(d) + a, (target - act @ b.T).T).T
        for k in (0, 1, 2, 5):
            # The distance to the solution is multiplied by -a in every step.
            want = exact + (target - exact) @ np.linalg.matrix_power(-a, k).T
            faults = {
                "the state comes before the target: subtract the increment": 2 * target - want,
                "k counts the steps from s_0 = s'": exact
                + (target - exact) @ np.linalg.matrix_power(-a, k + 1).T,
            }
            calls.clear()
            got = student.call("label_state", f, *args, k)
            expect.close(got, want, "the iterates s' - f(s_k, a), from s_0 = s'", faults=faults)
            assert len(calls) == k, "k steps ask the model k times"
            expect.close(calls[:1], [target][:k], "the model is asked at s' first")
            left = (exact - target) @ np.linalg.matrix_power(-a, k).T @ (np.eye(d) + a).T
            far = student.call("misses", f, torch.tensor(want), args[1], args[0])
            left = np.linalg.norm(left, axis=1)
            faults = {
                "a distance, not its square": left**2,
                "a distance sums over the dimensions before the root": left / np.sqrt(d),
            }
            expect.close(far, left, "the miss is the distance of s + f(s, a) to s'", faults=faults)
        calls.clear()
        got = student.call("label_state", f, *args)
        backward = target - (target @ a.T + act @ b.T)
        expect.close(got, backward, "by default one step, backward Euler's")

    slope = float(rng.uniform(0.2, 0.5))  # a world that is not linear

    def wave(state, act):
        return torch.as_tensor(slope * np.sin(np.asarray(state) + np.asarray(act)))

    target, act = rng.normal(size=(2, 30, 1))
    tail = torch.tensor(act), torch.tensor(target)
    whole = abs(wave(target, act).numpy()[:, 0])
    for k in (1, 3):
        state = student.call("label_state", wave, tail[1], tail[0], k)
        far = expect.shape(
            student.call("misses", wave, torch.tensor(state), *tail), (30,), "misses"
        )
        assert (far <= slope**k * whole + 1e-5).all(), "each step shrinks the miss by L_s"


hidden_backward_euler()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 10: a model with a Lipschitz constant (10 points)
#
# A label lies beside the data, where the model was not fitted; how wrong it may be there grows with
# the model's Lipschitz constant ([chapter 09]({{ site_url }}/book/09-corrective-labels.html)). So
# we hold the model to one. The spectral norm $\lVert W \rVert$ is the largest singular value of
# $W$. ReLU is 1-Lipschitz and constants of composed maps multiply: a network of layers
# $W_1, \dots, W_D$ has the constant $\prod_i \lVert W_i \rVert$ at most. If each layer acts with
#
# $$\bar W_i = \min\Big\{1, \frac{c}{\lVert W_i \rVert}\Big\} \, W_i , \qquad c = L^{1/D} ,$$
#
# in place of $W_i$, the network is $L$-Lipschitz, *whatever* training does to $W_i$, as long as the
# shrinking is done in every forward pass. It must not be cut out of the gradient: $\lVert W \rVert$
# depends on $W$. Use the exact norm (`torch.linalg.matrix_norm(W, 2)` or your own way to it); these
# matrices are small.


# %% nbgrader={"grade_id": "lipschitz", "solution": true}
def certified(weights):
    """A Lipschitz constant of a ReLU network, from its layers' spectral norms.

    weights: a list of matrices, each [out, in], in their order
    returns: a number
    """
    ### BEGIN SOLUTION
    return math.prod(float(torch.linalg.matrix_norm(weight, 2)) for weight in weights)
    ### END SOLUTION


def shrunk(weight, limit):
    """The matrix with a spectral norm above `limit` scaled down to it, others as they are.

    weight: [out, in]; limit: a number c above 0
    returns: [out, in]; in torch, so that gradients flow, through the norm as well
    """
    ### BEGIN SOLUTION
    return weight * (limit / torch.linalg.matrix_norm(weight, 2)).clamp(max=1)
    ### END SOLUTION


class SmoothNet(nn.Module):
    """A ReLU network that is L-Lipschitz, however it is trained.

    sizes: widths from input to output, [in, hidden, ..., out]; lipschitz: L
    layers: an nn.ModuleList of nn.Linear, whose own weights stay free; there is no ReLU after the
        last one
    """

    def __init__(self, sizes, lipschitz):
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.limit = lipschitz ** (1 / len(self.layers))
        ### END SOLUTION

    def forward(self, x):
        """Outputs [n, out] for inputs [n, in]."""
        ### BEGIN SOLUTION
        for i, layer in enumerate(self.layers):
            x = torch.relu(x) if i else x
            x = x @ shrunk(layer.weight, self.limit).mT + layer.bias
        return x
        ### END SOLUTION


# %% nbgrader={"grade_id": "lipschitz-tools"}
def inflate(net, factor):
    """Multiply all weights of a SmoothNet, as a wild training might."""
    with torch.no_grad():
        for layer in net.layers:
            layer.weight.mul_(factor)


def free_weights(net):
    """The weights and biases that a SmoothNet trains, layer by layer."""
    return [[layer.weight.detach(), layer.bias.detach()] for layer in net.layers]


def slopes_of(net, x):
    """The largest gradient entry of each parameter under the sum of squared outputs."""
    net.zero_grad()
    returned(net(x)).square().sum().backward()
    return [0.0 if p.grad is None else p.grad.abs().max().item() for p in net.parameters()]


def trained(net, x, y, steps=300):
    """The network, fitted to outputs y [n, out] by Adam on all data at once."""
    adam = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(steps):
        adam.zero_grad()
        (net(x) - y).square().mean().backward()
        adam.step()
    return net


# %% nbgrader={"grade_id": "lipschitz-check"}
def check_lipschitz():
    weight = torch.tensor([[3.0, 0.0], [4.0, 5.0]])  # of norm root 45 = 6.708
    bound = numbers(certified([weight, torch.diag(torch.tensor([0.5, 2.0]))]))
    assert bound.shape == (), f"expected one number, got shape {bound.shape}"
    assert not np.isclose(bound, 50**0.5 * 4.25**0.5), "that is the Frobenius norm, which is larger"
    assert not np.isclose(bound, 45**0.5 + 2), "constants of composed maps multiply"
    assert np.isclose(bound, 2 * 45**0.5, rtol=1e-4), (
        f"norms 6.708 and 2 certify 13.416, got {bound:.3f}"
    )
    small = numbers(shrunk(weight, 2.0))
    assert small.shape == (2, 2), f"expected a matrix shaped like the weight, got {small.shape}"
    norm = np.linalg.norm(small, 2)
    assert np.isclose(norm, 2, rtol=1e-3), f"a norm of 6.708 should shrink to 2, got {norm:.3f}"
    assert np.allclose(small / small[0, 0], numbers(weight) / 3, atol=1e-4), "scale all alike"
    kept = numbers(shrunk(weight, 9.0))
    assert np.allclose(kept, numbers(weight)), "a matrix below the limit stays as it is"
    free = weight.clone().requires_grad_()
    slope = torch.autograd.grad(shrunk(free, 2.0).sum(), free)[0]
    assert abs((slope * weight).sum()) < 1e-3, (
        "at the limit, scaling the weight changes nothing, so its gradient is orthogonal to it: "
        "the norm must not be detached"
    )
    torch.manual_seed(0)
    net = SmoothNet([3, 16, 16, 2], LIPSCHITZ)
    shapes = [tuple(layer.weight.shape) for layer in net.layers]
    assert shapes == [(16, 3), (16, 16), (2, 16)], (
        f"sizes [3, 16, 16, 2] are three layers: {shapes}"
    )
    x, y = torch.randn(2, 400, 3)
    assert min(slopes_of(net, x)) > 0, "training stands still: a gradient must reach each parameter"
    for factor in (1.0, 30.0):
        inflate(net, factor)
        rise = numbers(net(x) - net(y))
        assert rise.shape == (400, 2), f"expected outputs [n, 2], got shape {rise.shape}"
        rate = (np.linalg.norm(rise, axis=1) / numbers((x - y).norm(dim=1))).max()
        assert rate <= LIPSCHITZ + 1e-3, (
            f"with weights times {factor:g} the network has a slope of {rate:.2f}, above its "
            "limit: every forward pass shrinks the layers, each to its share of L"
        )
    chain, share = SmoothNet([1, 1, 1], LIPSCHITZ), math.sqrt(LIPSCHITZ)
    with torch.no_grad():
        for layer in chain.layers:
            layer.weight.fill_(50.0)
            layer.bias.fill_(1.0)
    low, high = numbers(chain(torch.tensor([[-3.0], [1.0]])))[:, 0]
    assert np.isclose(high, share * (share + 1) + 1, rtol=1e-3), (
        "two layers of one unit, weights 50, biases 1: each may have the root of L for a weight, "
        f"so that 1 becomes {share * (share + 1) + 1:.3f}; yours gives {high:.3f}"
    )
    assert np.isclose(low, 1, rtol=1e-3), (
        f"there -3 is cut off by the ReLU after the first layer, and 1 comes out; got {low:.3f}"
    )
    line = SmoothNet([2, 2], LIPSCHITZ)
    inflate(line, 100.0)
    rise = numbers(line(torch.eye(2)) - line(torch.zeros(2, 2)))
    assert np.isclose(np.linalg.norm(rise, 2), LIPSCHITZ, rtol=1e-3), (
        "a single layer that is held down keeps all of L, and no ReLU follows it"
    )


check_lipschitz()
print("a smooth model: the visible check passes")


# %% nbgrader={"grade_id": "lipschitz-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_lipschitz():
    import itertools

    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("lipschitz"))
    for widths in ((3, 5, 4, 2), (2, 6), (4, 1, 3)):
        weights = [rng.normal(size=(b, a)) for a, b in itertools.pairwise(widths)]
        top = np.array([np.sqrt(np.linalg.eigvalsh(w.T @ w)[-1]) for w in weights])
        size = np.array([np.linalg.norm(w) for w in weights])
        faults = {
            "the spectral norm, not the Frobenius norm": size.prod(),
            "constants of composed maps multiply": top.sum(),
        }
        got = student.call("certified", [torch.tensor(w).float() for w in weights])
        expect.close(got, top.prod(), "the product of the largest singular values", 1e-3, faults)

        for w, norm in zip(weights, top):
            for share in (0.3, 0.9, 1.5):
                limit = float(share * norm)
                got = expect.shape(
                    student.call("shrunk", torch.tensor(w).float(), limit), w.shape, "shrunk"
                )
                want = w if share > 1 else share * w
                faults = {"a matrix below the limit stays as it is": share * w}
                expect.close(got, want, "norms above the limit are scaled to it", 1e-3, faults)

            def total(x, limit=0.4 * norm):
                return (x * min(1, limit / np.linalg.svd(x)[1][0])).sum()

            slope = np.zeros(w.shape)
            for i, j in np.ndindex(w.shape):
                step = np.zeros(w.shape)
                step[i, j] = 1e-5
                slope[i, j] = (total(w + step) - total(w - step)) / 2e-5
            got = student.grad("shrunk", torch.tensor(w).float(), float(0.4 * norm))
            faults = {"the norm is not to be detached from the gradient": np.full(w.shape, 0.4)}
            expect.close(got, slope, "the gradient flows through the norm", 1e-3, faults)

    for sizes in ([3, 16, 16, 2], [2, 8, 1], [2, 3]):
        lipschitz = float(rng.uniform(0.5, 3))
        net = student.new("SmoothNet", sizes, lipschitz)
        x = rng.normal(size=(40, sizes[0])).astype(np.float32)
        for factor in (1.0, 50.0, 1e-4):  # as it begins, after wild steps, and nearly zero
            student.call("inflate", net, factor)
            free = student.call("free_weights", net)
            shapes = [np.shape(w) for w, _ in free]
            assert shapes == [*zip(sizes[1:], sizes)], "a linear layer between neighbouring sizes"
            c, want = lipschitz ** (1 / len(free)), x.astype(float)
            for i, (w, bias) in enumerate(free):
                w = w * min(1, c / np.linalg.svd(w)[1][0])
                want = (np.maximum(want, 0) if i else want) @ w.T + bias
            got = student.call("SmoothNet.forward", net, torch.tensor(x))
            idea = "each pass uses the layers shrunk to c = L^(1/D), ReLU between them alone"
            expect.close(got, want, idea, 1e-3)
        net = student.new("SmoothNet", sizes, lipschitz)
        student.call("inflate", net, 3.0)
        slopes = student.call("slopes_of", net, torch.tensor(x))
        assert len(slopes) == 2 * len(sizes) - 2, "the parameters are those of the layers"
        assert min(slopes) > 0, "a gradient reaches every weight and bias"


hidden_lipschitz()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what the constant does
#
# A few increments of a smooth world, measured with noise. Your network held to the constant
# {{ LIPSCHITZ }} (green) should stay near the dashed truth; the same network with a constant that
# never binds (orange) bends after the noise and invents slopes that the world does not have.


# %% nbgrader={"grade_id": "lipschitz-picture"}
def lipschitz_picture():
    torch.manual_seed(3)
    x = torch.linspace(-1, 1, 16)[:, None]
    y = torch.sin(2 * x) + 0.3 * torch.randn(16, 1)
    dense = torch.linspace(-1, 1, 300)[:, None]
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(dense, torch.sin(2 * dense), "--", color="black")
    ax.plot(x, y, "o", color="0.6")
    for constant, colour in ((1e9, "#D55E00"), (LIPSCHITZ, "#009E73")):
        net = trained(SmoothNet([1, 32, 32, 1], constant), x, y)
        ax.plot(dense, numbers(net(dense)), color=colour)
    ax.set(xlabel="state", ylabel="increment")
    plt.show()


lipschitz_picture()

# %% [markdown]
# ## Part 11: corrective labels that can be trusted (10 points)
#
# The whole of step 2 of the pipeline of
# [chapter 09]({{ site_url }}/book/09-corrective-labels.html). For each demonstrated step with a
# recorded successor, from $s^\star_t$ by $a^\star_t$ to $s^\star_{t+1}$, make `copies` candidates:
#
# 1. draw $a$ uniformly from the ball of radius $\epsilon_2$ around $a^\star_t$;
# 2. set $s = s^\star_{t+1} - f(s^\star_{t+1}, a)$, backward Euler's label;
# 3. keep $(s, a)$ if, by the model, it misses $s^\star_{t+1}$ by at most $\epsilon$, **and** $s$ is
#    within $\epsilon_1$ of $s^\star_t$.
#
# A centimetre and a radian cannot be compared: both distances of step 3 are Euclidean *after* each
# dimension of the states is divided by its unit, the root mean square of its increments
# $s^\star_{t+1} - s^\star_t$. (Actions are compared in their own units.) To draw from a ball in
# $d$ dimensions, take a normal vector for the direction and $u^{1/d}$ with uniform $u$ for the
# length: volumes grow like the $d$-th power of the radius.


# %% nbgrader={"grade_id": "corrective-labels", "solution": true}
def step_unit(obs):
    """The root mean square increment of each dimension of the states.

    obs: [N, H, d], N episodes
    returns: [d]
    """
    ### BEGIN SOLUTION
    return (obs[:, 1:] - obs[:, :-1]).square().mean((0, 1)).sqrt()
    ### END SOLUTION


def corrective_labels(f, obs, act, unit, trust, copies, seed):
    """Labels that lead back to the demonstrations, as far as the model can be trusted.

    f: the model, from states [n, d] and actions [n, a] to increments [n, d]
    obs: [N, H, d], act: [N, H, a], the demonstrations; unit: [d], for distances of states
    trust: three numbers, eps, eps_1, eps_2; the first two may be math.inf
    copies: candidates for each step that has a successor; seed: equal seeds, equal labels
    returns: states [m, d] and actions [m, a] of the m labels that are kept, in any order
    """
    ### BEGIN SOLUTION
    eps, eps1, eps2 = trust
    generator = torch.Generator().manual_seed(seed)
    near, target, given = (
        x.flatten(0, 1).repeat(copies, 1) for x in (obs[:, :-1], obs[:, 1:], act[:, :-1])
    )
    direction = torch.randn(given.shape, generator=generator)
    length = torch.rand(len(given), 1, generator=generator) ** (1 / given.shape[1])
    tried = given + eps2 * length * direction / direction.norm(dim=1, keepdim=True)
    state = target - f(target, tried)
    missed = ((state + f(state, tried) - target) / unit).norm(dim=1)
    away = ((state - near) / unit).norm(dim=1)
    keep = (missed <= eps) & (away <= eps1)
    return state[keep], tried[keep]
    ### END SOLUTION


# %% nbgrader={"grade_id": "corrective-labels-check"}
def check_corrective_labels():
    obs = torch.tensor(
        [[[0.0, 0.0], [3.0, 0.1], [7.0, 0.2]], [[90.0, 5.0], [90.0, 5.1], [90.0, 5.4]]]
    )
    unit = numbers(step_unit(obs))
    assert unit.shape == (2,), f"expected a unit for each of 2 dimensions, got shape {unit.shape}"
    assert unit.max() < 30, "an increment leads from a step to the next of the SAME episode"
    assert not np.allclose(unit, [1.75, 0.15], atol=1e-3), "root mean SQUARE, not the mean size"
    assert np.allclose(unit, [2.5, 0.03**0.5], atol=1e-3), (
        f"increments 3, 4, 0 and 0 have the root mean square 2.5; got {unit.round(3)}"
    )

    def f(state, act):  # three numbers stay where two actions take them, but for a tenth
        return -0.1 * state + torch.cat([act, act.sum(-1, keepdim=True)], -1)

    generator = torch.Generator().manual_seed(0)
    act = 0.3 * torch.randn(4, 6, 2, generator=generator)
    steps = [torch.randn(4, 3, generator=generator)]
    for t in range(5):
        steps.append(steps[-1] + f(steps[-1], act[:, t]))
    obs, scale = torch.stack(steps, 1), torch.tensor([0.5, 2.0, 1.0])

    def labels(eps, eps1, eps2=0.4, copies=50, seed=0):
        got = returned(corrective_labels(f, obs, act, scale, (eps, eps1, eps2), copies, seed))
        state, tried = (torch.tensor(numbers(x)).float() for x in got)
        shapes = tuple(state.shape), tuple(tried.shape)
        m = len(state)
        assert shapes == ((m, 3), (m, 2)), f"expected states [m, 3], actions [m, 2], got {shapes}"
        return state, tried

    state, tried = labels(math.inf, math.inf)
    assert len(state) != 4 * 6 * 50, "the last step of an episode has no successor to lead to"
    assert len(state) == 4 * 5 * 50, f"4 episodes, 5 steps, 50 copies: 1000, got {len(state)}"
    target, near, meant = (x.flatten(0, 1) for x in (obs[:, 1:], obs[:, :-1], act[:, :-1]))
    off = (state[:, None] - (target - f(target[None], tried[:, None]))).norm(dim=2)
    step = off.argmin(1)
    assert off.min(1).values.max() < 1e-3, (
        "each state is a demonstrated successor less the model's increment there, under the action "
        "that was drawn"
    )
    drawn = (tried - meant[step]).norm(dim=1)
    assert drawn.max() > 0.1, "the action of a label differs from the expert's"
    assert drawn.max() <= 0.4 + 1e-3, f"an action is {drawn.max():.2f} off, eps_2 is 0.4"
    share = (drawn < 0.2).float().mean()
    assert abs(share - 0.25) < 0.08, (
        f"half the radius of a disc holds a quarter of it; {share:.0%} of your actions are there"
    )
    lean = max((tried - meant[step])[step == i].mean(0).norm() for i in range(20))
    assert lean < 0.2, "the actions of a step lean to one side: each copy is a draw of its own"
    for eps, eps1 in ((0.1, math.inf), (math.inf, 0.8), (0.1, 0.8)):
        state, tried = labels(eps, eps1)
        assert 0 < len(state) < 1000, f"eps = {eps}, eps_1 = {eps1} should keep some, not all"
        off = (state[:, None] - (target - f(target[None], tried[:, None]))).norm(dim=2)
        step = off.argmin(1)
        lands = ((state + f(state, tried) - target[step]) / scale).norm(dim=1)
        away = ((state - near[step]) / scale).norm(dim=1)
        assert lands.max() <= eps + 1e-3, "a label misses by more than eps, measured in units"
        assert away.max() <= eps1 + 1e-3, "a state is further than eps_1 away, measured in units"
    assert torch.equal(labels(0.1, 1.0)[0], labels(0.1, 1.0)[0]), "equal seeds, equal labels"


check_corrective_labels()
print("corrective labels: the visible check passes")


# %% nbgrader={"grade_id": "corrective-labels-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_corrective_labels():
    import math

    import numpy as np
    import torch

    from ilkit.grading import expect, student

    seed = student.seed("corrective-labels") % 100_000
    rng = np.random.default_rng(seed)
    for shape in ((3, 5, 2), (1, 9, 4)):
        obs = rng.normal(size=shape) * 3 + 50 * np.arange(shape[0])[:, None, None]
        moves = np.concatenate([np.diff(episode, axis=0) for episode in obs])
        unit = np.linalg.norm(moves, axis=0) / np.sqrt(len(moves))
        faults = {
            "a root mean square, not a deviation from the mean": moves.std(0),
            "a root mean square, not a mean size": abs(moves).mean(0),
            "the root is missing": unit**2,
        }
        got = student.call("step_unit", torch.tensor(obs))
        expect.close(got, unit, "the root mean square increment inside episodes", 1e-3, faults)

    def world(d, m, episodes, horizon):
        """A linear world, its increment as a trusted function, and demonstrations in it."""
        a, b = rng.normal(size=(d, d)), rng.normal(size=(d, m))
        a, b = 0.3 * a / np.linalg.norm(a, 2), b / np.linalg.norm(b, 2)

        def f(state, act):
            state, act = np.asarray(state, dtype=float), np.asarray(act, dtype=float)
            return torch.as_tensor(state @ a.T + act @ b.T, dtype=torch.float32)

        act, obs = rng.normal(size=(episodes, horizon, m)), [2 * rng.normal(size=(episodes, d))]
        for t in range(horizon - 1):
            obs.append(obs[-1] + obs[-1] @ a.T + act[:, t] @ b.T)
        return a, b, f, np.stack(obs, 1).astype(np.float32), act.astype(np.float32)

    # Every label of three numbers and two actions: from which step, and how they fill the ball.
    a, b, f, obs, act = world(3, 2, 4, 6)
    data, unit = (torch.tensor(obs), torch.tensor(act)), np.array([0.5, 2.0, 1.0])
    near, target, meant = (
        x[:, s].reshape(20, -1)
        for x, s in ((obs, slice(-1)), (obs, slice(1, None)), (act, slice(-1)))
    )

    def labels(eps, eps1, radius=0.4, copies=150, seed=seed):
        """The labels, the step that each belongs to, and its action's offset."""
        trust = (eps, eps1, radius)
        got = student.call(
            "corrective_labels", f, *data, torch.tensor(unit).float(), trust, copies, seed
        )
        assert type(got) is list, "expected states and actions"
        assert len(got) == 2, "expected states and actions"
        m = len(got[0])
        state = expect.shape(got[0], (m, 3), "a state for each label")
        tried = expect.shape(got[1], (m, 2), "an action for each label")
        begin = target - target @ a.T - (tried @ b.T)[:, None]  # [m, 20, 3]
        off = np.linalg.norm(state[:, None] - begin, axis=2)
        assert off.min(1, initial=9).max(initial=0) < 1e-3, (
            "each state is a demonstrated successor less the model's increment there"
        )
        step = off.argmin(1)
        assert np.linalg.norm(tried - meant[step], axis=1).max(initial=0) <= radius + 1e-4, (
            "actions lie within eps_2 of the expert's action in that step"
        )
        return state, tried, step, (tried - meant[step]) / radius

    whole = labels(math.inf, math.inf)
    count = np.bincount(whole[2], minlength=20)
    assert (count == 150).all(), "`copies` candidates for each step that has a successor, no other"
    # Hoeffding, 3000 draws: a mean of numbers in [0, 1] is off by 0.06 with probability 8e-10,
    # one of numbers in [-1, 1] by 0.11 with probability 3e-8.
    square = (whole[3] ** 2).sum(1)
    assert abs(square.mean() - 0.5) < 0.06, "actions are uniform in the ball of radius eps_2"
    assert abs(whole[3].mean(0)).max() < 0.11, "actions surround the expert's on all sides"
    assert abs((whole[3][:, 0] ** 2).mean() - 0.25) < 0.06, "the ball is round"
    # The same for 20 steps of 150 draws: a mean is off by 0.6 with probability 8e-11.
    lean = [whole[3][whole[2] == i].mean(0) for i in range(20)]
    assert abs(np.array(lean)).max() < 0.6, "each copy is a draw of its own"
    again = labels(math.inf, math.inf)
    assert (again[0] == whole[0]).all(), "equal seeds give equal labels"
    other = labels(math.inf, math.inf, seed=seed + 1)
    assert (other[0] != whole[0]).any(), "other seeds give other labels"

    def distances(state, tried, step):
        after = state + state @ a.T + tried @ b.T
        lands = np.linalg.norm((after - target[step]) / unit, axis=1)
        return lands, np.linalg.norm((state - near[step]) / unit, axis=1)

    # The radii, set to medians of all candidates' distances. Equal seeds may draw equal actions
    # or fresh ones: by Hoeffding two runs of 3000 differ by 0.09 with probability below 1e-9.
    missed, away = distances(*whole[:3])
    middle = float(np.median(missed)), float(np.median(away))
    for eps, eps1 in ((middle[0], math.inf), (math.inf, middle[1]), middle):
        state, tried, step, _ = labels(eps, eps1)
        one, two = distances(state, tried, step)
        assert one.max(initial=0) <= eps + 1e-3, "no label misses by more than eps, in units"
        assert two.max(initial=0) <= eps1 + 1e-3, "no state is further away than eps_1, in units"
        share = ((missed <= eps) & (away <= eps1)).mean()
        assert abs(len(state) / 3000 - share) < 0.09, "all labels within both radii are kept"

    # One dimension: the length of a ball is uniform there; and one copy of everything.
    a, b, f, obs, act = world(1, 1, 300, 11)
    args = torch.tensor(obs), torch.tensor(act), torch.ones(1), (math.inf, math.inf, 0.5), 1, seed
    got = student.call("corrective_labels", f, *args)
    tried = expect.shape(got[1], (3000, 1), "a label for each step with a successor")
    offset = np.sort(tried, axis=0) - np.sort(act[:, :-1].reshape(-1, 1), axis=0)
    assert abs(offset.mean()) < 0.055, "actions surround the expert's on both sides"
    spread = tried.var() - act[:, :-1].var()
    assert abs(spread - 0.25 / 3) < 0.09, "actions are uniform in the ball of radius eps_2"


hidden_corrective_labels()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: labels around the data
#
# A scalar world, $f(s, a) = 0.3 \sin 2s + 0.2 a$, and four demonstrations that walk to the left
# (dots). Your corrective labels for it, with the three radii: each says how to be back on the data
# one step later. They should fall from the upper left to the lower right, across the dots: who is
# further right steers further left.


# %% nbgrader={"grade_id": "corrective-labels-picture"}
def corrective_labels_picture():
    def world(state, act):
        return 0.3 * torch.sin(2 * state) + 0.2 * act

    generator = torch.Generator().manual_seed(0)
    obs = [1.2 + 0.6 * torch.rand(4, 1, generator=generator)]
    act = -2 + 0.1 * torch.randn(4, 8, 1, generator=generator)
    for t in range(7):
        obs.append(obs[-1] + world(obs[-1], act[:, t]))
    obs = torch.stack(obs, 1)
    unit = torch.as_tensor(numbers(step_unit(obs))).float()
    state, tried = corrective_labels(world, obs, act, unit, (0.5, 3.0, 0.8), 20, 0)
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.plot(numbers(state), numbers(tried), ".", color="#009E73", markersize=3)
    ax.plot(obs[:, :-1].flatten(), act[:, :-1].flatten(), "o", color="black")
    ax.set(xlabel="state", ylabel="action")
    plt.show()


corrective_labels_picture()

# %% [markdown]
# ## Bonus (no points): where no label exists
#
# A label is about one action. In a linear world, $x' = A x + B u$ for deviations from the data,
# one exists for $x$ only if $A x + B u = 0$ has a solution $u$. Write the action that brings the
# next deviation nearest to zero, and the deviation that is left. Try it on the car,
# $A = \begin{pmatrix} 1 & 1 \\ 0 & 1 \end{pmatrix}$ and $B = (0, 1)^\top$: what can it do about an
# offset to the side?


# %% nbgrader={"grade_id": "bonus", "solution": true}
def best_action(a, b, x):
    """The action of least size that leaves the least deviation, and what it leaves.

    a: [d, d]; b: [d, m]; x: [n, d]
    returns: actions [n, m] and next deviations [n, d]
    """
    ### BEGIN SOLUTION
    act = -x @ a.mT @ torch.linalg.pinv(b).mT
    return act, x @ a.mT + act @ b.mT
    ### END SOLUTION
