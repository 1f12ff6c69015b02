# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 2, written part (10 points)
#
# *After [chapter 03]({{ site_url }}/book/03-compounding-error.html) and the notebook
# `hw2-compounding-error`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: a proof with a hole (4 points)
#
# A lecture proves the bound on cloning in two lines. "Let $G_t$ be the event that no mistake
# happened before step $t$. Given $G_t$ the learner's state is distributed like the expert's, so
# $\mathbb E[\ell(s_t) \mid G_t] \le \varepsilon$; hence $\mathbb E[\ell(s_t)] \le \varepsilon
# \Pr(G_t) + \Pr(G_t^{\mathrm c})$."
#
# 1. Give a process with two kinds of episode and two steps in which the second sentence is false:
#    state the errors $\varepsilon_1, \varepsilon_2$ and the conditional probability of a mistake.
# 2. Which inequality about the survivors $g_t$ is true, and why? One step of the induction is
#    enough.
# 3. Repair the proof: derive $\mathbb E[\ell(s_t)] \le \varepsilon_1 + \dots + \varepsilon_t$.
# 4. Is the lecture's conclusion $J \le \varepsilon H (H+1)/2$ true? Is the inequality that the
#    quotation ends with?
#
# *Rubric.* One point each. For 1, the numbers must be consistent. For 2, it must be said where
# mistakes lose mass. For 4, both answers, the second with a reason or an example.

# %% [markdown] nbgrader={"grade_id": "written-hole", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. Two kinds, each with probability $1/2$, shown by the state, which never changes. The learner
#    errs at step 1 in kind 1 only, at step 2 in kind 2 only. Then $\varepsilon_1 = \varepsilon_2 =
#    1/2$. Given no mistake at step 1 the episode is of kind 2, and a mistake at step 2 is certain:
#    $1 > 1/2$.
# 2. $g_t(s) \le d_t^{\pi^\star}(s)$. To survive step $t$ is to take the expert's action, with
#    probability $1 - \ell(s) \le 1$, and then the world moves as it does under the expert:
#    $g_{t+1}(s') = \sum_s g_t(s) (1 - \ell(s)) p(s' \mid s, \pi^\star(s)) \le \sum_s
#    d_t^{\pi^\star}(s) p(s' \mid s, \pi^\star(s)) = d_{t+1}^{\pi^\star}(s')$.
# 3. $\mathbb E[\ell(s_t) \mathbf 1[G_t]] = \sum_s g_t(s) \ell(s) \le \varepsilon_t$, without a
#    division by $\Pr(G_t)$. A first mistake at step $i$ has probability $\sum_s g_i(s) \ell(s) \le
#    \varepsilon_i$, these events exclude each other, so $\Pr(G_t^{\mathrm c}) \le \varepsilon_1 +
#    \dots + \varepsilon_{t-1}$. Add the two.
# 4. The conclusion is true, by 3 and a sum over $t$. The quoted inequality is false in general: if
#    in 1 a mistake leads to a third state, where the learner always errs, step 2 is a mistake
#    for certain, and it would say $1 \le \tfrac12 \cdot \tfrac12 + \tfrac12 = \tfrac34$.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: quadratic or linear (3 points)
#
# One paper says that the cost of cloning grows quadratically with the horizon, another that it
# grows linearly, a third that it need not grow at all. All three are right.
#
# 1. For each say what is held fixed while $H$ grows.
# 2. A colleague fits a line to $\log J$ against $\log H$ on the tightrope, with $\varepsilon =
#    0.05$ and $H$ from 100 to 1000, finds the slope 1.08, and concludes that cloning is linear.
#    What has been measured?
# 3. Under the mistake cost a learner can be corrected, so that it errs with $\varepsilon$ on the
#    ground too. Now let every step on the ground cost 1, whoever acts. What becomes of $u$, and
#    what of the corrected learner's cost?
#
# *Rubric.* One point each. For 1, three different quantities must be named. For 2, the
# explanation must use the numbers given. For 3, $u$ and the growth of the cost.

# %% [markdown] nbgrader={"grade_id": "written-growth", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. Quadratic: the error of a step $\varepsilon$, $J \le \varepsilon H (H+1)/2$. Linear: the error
#    summed over a demonstration, $J \le H \cdot \mathcal R_{\mathrm{expert}}$ (or the number of
#    demonstrations, if an episode can cost $H$). Not at all: the number of demonstrations, with one
#    policy for all steps and a total cost bounded by a constant, $J \le C \log(|\Pi|/\delta)/n$.
# 2. Saturation. With $\varepsilon H$ from 5 to 50 a fall is all but certain, and an episode
#    cannot cost more than $H$: $J \approx H - 1/\varepsilon$. The square shows where
#    $\varepsilon H$ is small.
# 3. A first mistake now costs the expert all remaining steps as well: $u = H$. The corrected
#    learner falls as often and pays from then on, so its cost is quadratic while $\varepsilon H$ is
#    small; labels on the ground buy nothing.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: where it bites (3 points)
#
# You have cloned three controllers, each with a validation error of one wrong action in 500 steps:
# (a) an autopilot for a lane with a controller beneath it that pulls the car back to the middle,
# (b) a biped that cannot get up after a fall, and (c) a chess program that imitates a grandmaster
# and plays games of 40 moves.
#
# 1. For each estimate the learner's price $\hat u_t$ of one wrong action, in words or numbers, and
#    say whether errors compound.
# 2. For which of them would labels on the learner's own states help, and for which states?
# 3. For a fourth one, a robot arm with real-valued torques, the validation error is "never exactly
#    right". What do the bounds of this chapter say, and what would you measure instead?
#
# *Rubric.* One point each. For 2, states before and after the damage must be told apart for (b).

# %% [markdown] nbgrader={"grade_id": "written-bite", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. (a) A few steps, the time in which the controller brings the car back: $\hat u_t$ does not grow
#    with $H$, errors add up and do not compound. (b) All the steps that are left, $H - t + 1$, and
#    for an expert too. (c) In between: a weak move leads to positions that masters seldom reach and
#    the program knows less well, so the price is up to the rest of the game, but many slips can be
#    repaired by good play.
# 2. (a) hardly needed; (c) yes, the positions that its own moves lead to; (b) not after a fall,
#    where no action is better than another, but in the stumbling states before it, from which a
#    fall can still be averted.
# 3. $\varepsilon = 1$, and every bound is void. Measure a distance between the actions together
#    with how far a small deviation moves the later states: the sensitivity of the closed loop, or
#    simply the cost of rolling out.
# ### END SOLUTION
