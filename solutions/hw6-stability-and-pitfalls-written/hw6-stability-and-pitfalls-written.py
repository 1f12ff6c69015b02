# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 6, written part (10 points)
#
# *After chapters [11]({{ site_url }}/book/11-stability.html),
# [12]({{ site_url }}/book/12-pitfalls.html) and
# [13]({{ site_url }}/book/13-beyond-simple-policies.html), and the notebook
# `hw6-stability-and-pitfalls`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: whose loop? (4 points)
#
# A scalar system $x_{t+1} = 2 x_t + u_t$ has the expert $u = -2x$. A learner plays $u = k x +
# \delta$ with constants $k$ and $\delta$. Both start at $x_1 = 0$.
#
# 1. What is the learner's error $\lvert \hat\pi - \pi^\star \rvert$ on the expert's states?
# 2. For which $k$ is the learner's loop stable? Give the gap in the limit for these $k$, and as a
#    function of $t$ for $k = 0$.
# 3. For these $k$, check the bound "error on the expert's states, learner's loop stable" of chapter
#    11: is it attained?
# 4. The expert's loop is as stable as can be. Why does this not help for $k = 0$, and in which
#    other theorem would it?
#
# *Rubric.* One point each. For 2, both formulas must be derived, by unrolling or by a fixed point.
# For 4, the answer must say on whose states the error is then taken.

# %% [markdown] nbgrader={"grade_id": "written-loop", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. The expert stays at zero, where the learner plays $\delta$: the error is $\lvert \delta \rvert$
#    at every step, whatever $k$ is.
# 2. The learner's loop is $x_{t+1} = (2 + k) x_t + \delta$, stable for $\lvert 2 + k \rvert < 1$,
#    that is $-3 < k < -1$. Unrolled, $x_{t+1} = \delta \sum_{j < t} (2 + k)^j$, which converges for
#    these $k$ to $\delta / (1 - (2 + k)) = -\delta / (1 + k)$. For $k = 0$ the gap is $\lvert
#    \delta \rvert (2^t - 1)$.
# 3. With $C = 1$ and $\rho = \lvert 2 + k \rvert$ the bound is $\lvert \delta \rvert / (1 - \lvert
#    2 + k \rvert)$. It is attained in the limit for $-2 \le k < -1$. For $-3 < k < -2$ the signs
#    alternate and errors partly cancel: the gap $\lvert \delta \rvert / (1 + \lvert 2 + k \rvert)$
#    is below the bound.
# 4. The learner runs in its own loop, and with $k = 0$ that is the open loop, of radius 2. The
#    stability of the expert's loop enters the second form of the theorem, where the error is taken
#    on the *learner's* states. There it is $\lvert \delta + 2 \hat x_t \rvert$, which explodes: the
#    theorem is right, and no data of the expert make this error small.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: what an exact sign costs (3 points)
#
# The cosine class of chapter 12 has the experts $\pi_\alpha(x) = \sum_{k=1}^K \alpha_k 2^{-k}
# \cos(2 \pi k x)$ with signs $\alpha_k = \pm 1$.
#
# 1. A learner has all signs right but number $k$. What are its 0-1 error and its squared error?
# 2. Labels are rounded to $b$ bits after the point. Which signs can a learner with few samples not
#    know, and what does this mean for a theorem whose $\varepsilon$ is the chance of not acting
#    exactly as the expert?
# 3. Somebody proposes to count an action as right if it is within $\tau$ of the expert's. Does the
#    chance of a mistake now fall with data? Do the bounds of chapter 03 then hold for control?
#
# *Rubric.* One point each. For 1, why a nonzero sum of cosines vanishes at finitely many points, or
# a reference to it, is part of the answer. For 3, both questions must be answered.

# %% [markdown] nbgrader={"grade_id": "written-signs", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The difference is $2 \cdot 2^{-k} \cos(2 \pi k x)$ up to its sign, with finitely many zeros, so
#    the actions differ with probability one: the 0-1 error is 1. Its mean square is $4 \cdot 4^{-k}
#    \cdot \tfrac12 = 2 \cdot 4^{-k}$.
# 2. All terms beyond $m$ together move an action by at most $2^{-m}$. If $m$ is well above $b$, a
#    label changes by them with a chance of about $2^{b - m}$, so that $n$ labels hardly tell
#    anything about the signs beyond $b + \log_2 n$. One wrong sign is enough for an error of 1, so
#    $\varepsilon$ stays at 1 and every such bound is empty.
# 3. Yes: by Markov's inequality the chance is at most the squared error over $\tau^2$, and the
#    squared error vanishes fast. No: those proofs use that a learner without a mistake *is* the
#    expert, in the same state. A learner within $\tau$ is elsewhere after one step, and the
#    dynamics decide how far that leads.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: which remedy? (3 points)
#
# For each robot say which of these you would try first, and why the others would fail or are not
# needed: action chunks, exploratory data, a policy with several modes, cloning as it is.
#
# 1. An arm that is commanded by positions, with a stiff controller underneath. The clone drifts
#    off in long episodes although its validation error is small.
# 2. A drone whose motors are commanded directly. A pilot is at hand and can fly under disturbance.
# 3. A cart whose left and right motors may be exchanged, from one day to the next. Nothing that the
#    policy sees tells which, and the demonstrations begin where no correction is needed.
#
# *Rubric.* One point each, for a choice with its reason. The stability of the open loop must decide
# 1 and 2.

# %% [markdown] nbgrader={"grade_id": "written-remedy", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. Chunks. The controller makes the open loop forget, so that during a chunk deviations fade,
#    while the clone's own loop evidently does not let them. Exploratory data would help, too, but
#    need the expert again and are not needed.
# 2. Exploratory data: execute the pilot's command plus noise, record the pilot's. The open loop is
#    unstable, so chunks only mean flying blind while errors grow. Cloning as it is leaves the gain
#    off the demonstrations to chance.
# 3. A policy that is not simple: several modes, supposing one order of the motors at random and
#    afresh at each step, or better a memory that looks at what the last action did. A simple policy
#    fails under one of the two orders, whether the open loop forgets or not. With an expert who
#    knows the order of the day, exploratory data show contradictory labels, whose mean is no policy
#    for either.
# ### END SOLUTION
