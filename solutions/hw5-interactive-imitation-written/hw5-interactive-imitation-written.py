# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 5, written part (10 points)
#
# *After chapters [07]({{ site_url }}/book/07-interactive-imitation.html),
# [08]({{ site_url }}/book/08-noise-injection.html) and
# [09]({{ site_url }}/book/09-corrective-labels.html), and the notebook
# `hw5-interactive-imitation`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: what DAgger promises, and to whom (4 points)
#
# DAgger has run $N = 50$ rounds of $K = 4$ episodes of $H = 100$ steps, with $\beta_i = 0$ and
# recoverability $u = 1$. The mean of the mistakes that were observed, each round's policy on the
# states of its own round, is $0.004$ a step.
#
# 1. Explain why this number may be used as an estimate without a validation set, although the same
#    labels are later trained on.
# 2. Give a bound, with confidence 95 %, on the mean excess cost of the 50 policies. (One of the two
#    of chapter 07; say which, and why it is the better one here.)
# 3. A colleague ships the last policy and quotes your bound. What may be said of that policy, and
#    what would you ship?
# 4. Suppose that the expert could not get the car back from where the learner took it. Which
#    quantity in the bound tells, and what becomes of the promise?
#
# *Rubric.* One point each. For 1, the order of testing and training must be named. For 2, the unit
# of the count must be the episode. For 3, at least one policy to which the bound applies. For 4,
# the quantity, its size, and the order of the bound with it.

# %% [markdown] nbgrader={"grade_id": "written-dagger", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. In round $i$ the states are drawn by $\pi_i$, which was trained on earlier rounds alone: it is
#    tested on states that it has not seen, before they are added to the data. The conditional
#    expectation of an episode's loss, given the past, is that policy's own error, and that is all
#    that the proof needs.
# 2. $NK = 200$ episodes. The second bound, $\frac{e}{e-1}(\hat L + \ln(1/\delta)/(NK)) = 1.582
#    (0.004 + 2.996/200) = 0.030$, times $uH = 100$: 3.0. The first has $\sqrt{2.996/400} = 0.087$,
#    together 9.1. Where the observed loss is small, a term in $1/(NK)$ beats one in its root.
# 3. The bound is about a mean over the rounds; of the last policy it says only that its excess is
#    at most $N$ times that, if no excess is negative. Ship one drawn at random and kept for the
#    whole episode, or the best of all on fresh episodes; or test the last one afresh.
# 4. $u$, the most that one mistake costs if the expert acts from then on. It becomes the rest of
#    the episode, about $H$; the bound is then of order $H^2 \varepsilon$, no better than cloning's.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: how much noise (3 points)
#
# A robot has two actions. Its learner errs with the covariance
# $\hat\Sigma = \operatorname{diag}(0.04, 0.01)$ on the expert's states.
#
# 1. Compute DART's noise for $\alpha = 0.5$ and $H = 20$. What of $\hat\Sigma$ has it used?
# 2. Two students argue. One records what was executed, since noise of mean zero "averages out"; the
#    other records what the expert meant. Who is right, and what goes wrong for the other one? Name
#    two things.
# 3. Name a task on which DART does harm however the noise is chosen among useful sizes, and say
#    which assumption fails.
#
# *Rubric.* One point each. For 1, the shape must be named. For 2, two of: clipping, learned spread,
# variance or bias on finite data.

# %% [markdown] nbgrader={"grade_id": "written-noise", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The trace is to be $\alpha / H = 0.025$; that of $\hat\Sigma$ is $0.05$. So $\Sigma =
#    \operatorname{diag}(0.02, 0.005)$. Only the shape, the ratio of 4 to 1, is used; the size is
#    set by $\alpha$.
# 2. The second. Executed labels have the right mean as long as nothing is clipped, but at a limit
#    clipping moves the mean for ever; a head with a spread of its own learns the noise and shakes
#    when deployed; and on finite data the noise scatters the fit, and biases it, since it moves the
#    next state.
# 3. The narrow ridge: one wrong step is a fall. The expert cannot act under noise, so that the
#    demonstrations end early, and the states beyond are never shown.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: labels that bring you back (3 points)
#
# A cart has position $y$ and velocity $v$ and commands its acceleration: $y' = y + v$,
# $v' = v + u$, as deviations from the demonstrations.
#
# 1. Which deviations $(y, v)$ have a corrective label, and which action is it?
# 2. A linear learner $u = k_1 y + k_2 v$ fits all of them exactly. What does that say about $k_1$
#    and $k_2$, and what does it leave open?
# 3. The model of the cart was learned from demonstrations in which the expert hardly varied its
#    action. The miss that the model computes for its labels is tiny. Why may they be wrong all the
#    same, and which two of the quantities $\epsilon, \epsilon_1, \epsilon_2, \hat L$ would you
#    reduce?
#
# *Rubric.* One point each. For 2, the free eigenvalue must be found, or two learners be shown of
# which one diverges. For 3, the computed miss must be told apart from the true one.

# %% [markdown] nbgrader={"grade_id": "written-labels", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. Both next deviations must vanish: $y + v = 0$ and $v + u = 0$. So $v = -y$ and $u = y$: those
#    on a line. A cart beside its path with the right velocity has none.
# 2. $k_1 y - k_2 y = y$ for all $y$: $k_1 - k_2 = 1$. The loop has the matrix with rows $(1, 1)$
#    and $(k_1, k_1)$, of determinant 0 and trace $1 + k_1$, so that one eigenvalue is $1 + k_1$ and
#    may be any number: with $k_1 = -1$ the cart is back after two steps, with $k_1 = 1$ the
#    deviation doubles.
# 3. The miss by the model compares the model with itself. It does not see the error of the model
#    beside the data, which grows as $(L + \hat L) \sqrt{\epsilon_1^2 + \epsilon_2^2}$; the slope in
#    the action was never shown. Reduce $\epsilon_2$ (and $\epsilon_1$), and $\hat L$; $\epsilon$
#    does not help.
# ### END SOLUTION
