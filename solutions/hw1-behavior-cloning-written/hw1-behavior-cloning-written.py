# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 1, written part (10 points)
#
# *After [chapter 02]({{ site_url }}/book/02-behavior-cloning.html) and the notebook
# `hw1-behavior-cloning`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: one loss or another (4 points)
#
# An expert drives at a fork. In the same state $s$ it steers $a = -1$ in half of the
# demonstrations and $a = +1$ in the other half. A tree stands straight ahead.
#
# 1. Let the policy be one number $\hat a$, fitted by squared error. Derive the minimiser. Where
#    does the car go?
# 2. Let the policy be a Gaussian with mean $\mu$ and deviation $\sigma$, fitted by the log loss
#    and sampled. Derive both minimisers, and the density that the policy gives to the tree, $a =
#    0$.
# 3. Let the policy be a table over the bins $\{-1, 0, +1\}$, fitted by the log loss and sampled.
#    What does it do, and what have we paid for it?
#
# *Rubric.* One point for the first minimiser with its derivation; one for $\mu$ and $\sigma$ with
# theirs; one for the density at the tree, compared with the density at $a = \pm 1$; one for the
# table, with at least one price of discretising named.

# %% [markdown] nbgrader={"grade_id": "written-losses", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. The mean of the squared error is $\tfrac12 (\hat a + 1)^2 + \tfrac12 (\hat a - 1)^2 = \hat
#    a^2 + 1$, least at $\hat a = 0$, the mean of the actions: into the tree.
# 2. With the mean $m$ and variance $v$ of the data, the mean log loss is $\log \sigma + (v + (m -
#    \mu)^2) / (2 \sigma^2)$ up to a constant. In $\mu$ it is least at $m = 0$; then the
#    derivative $1/\sigma - v / \sigma^3$ vanishes at $\sigma^2 = v = 1$. The density at the tree
#    is $1/\sqrt{2\pi} = 0.40$, larger than $0.24$ at $\pm 1$: the tree is the single most likely
#    place.
# 3. The frequencies: $1/2, 0, 1/2$. Sampled, it never hits the tree. The price: bins are as
#    coarse as they are, their number grows exponentially in the action's dimensions, and
#    neighbouring bins share nothing.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: what a small loss does not say (3 points)
#
# Your cloned drivers of part 11 had squared errors of about 0.01 on new demonstrations, and yet
# those that had seen a single one left the road now and then. Let the expert be deterministic.
#
# 1. Name the two distributions of states that differ, and say under which of them the error of a
#    new demonstration is an expectation.
# 2. Suppose that on the expert's states of step $t$ the policy errs with probability
#    $\varepsilon_t$, on average over the $H$ steps $\varepsilon$, and that nothing is known about
#    it after its first mistake. Bound the probability of a mistake within $H$ steps.
# 3. Would a validation set of expert demonstrations have warned you? Say what would.
#
# *Rubric.* One point each. For 2, the union bound must be applied to expert states, with a reason
# why that is allowed.

# %% [markdown] nbgrader={"grade_id": "written-states", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The expert's states and the states that the learner visits by its own actions. New
#    demonstrations are drawn from the former.
# 2. Up to and including the first mistake, the learner has acted like the expert, so that its
#    states have been the expert's. The event "a first mistake at step $t$" is therefore contained
#    in "the policy errs at the expert's state of step $t$", of probability $\varepsilon_t$;
#    the sum over $t$ is $H \varepsilon$.
# 3. No: it has the same distribution as the training set and shows the same small error. Running
#    the policy and measuring its cost does, or asking the expert for labels on the learner's
#    states.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: language models (3 points)
#
# A language model is pre-trained by the log loss on text that people wrote.
#
# 1. Write the loss as behavior cloning: what is the state, what is the action, what is the
#    transition, and who is the expert?
# 2. Name one respect in which the setting is kinder than a robot's.
# 3. Name one in which compounding errors appear all the same, and a remedy that you know.
#
# *Rubric.* One point each. For 1, all four, the transition with what is known about it.

# %% [markdown] nbgrader={"grade_id": "written-language", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The state is the prefix, the action the next token, the transition appends the token: known
#    and deterministic. The experts are the authors; the loss is $-\log \hat\pi(a_t \mid s_t)$
#    summed over the text.
# 2. The transition needs no learning and no noise enters; or: data is abundant; or: a wrong token
#    breaks nothing and can be followed by a correction, which texts contain.
# 3. In long generations the model conditions on its own tokens, prefixes that no author wrote,
#    and drifts or repeats itself. Remedies: training on its own samples with labels (DAgger,
#    on-policy distillation) or with a reward (reinforcement learning from feedback).
# ### END SOLUTION
