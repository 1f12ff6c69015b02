# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 0, written part (10 points)
#
# *After [chapter 01]({{ site_url }}/book/01-sequential-decisions.html) and the notebook
# `hw0-warmup`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: no policy is best for every clock (4 points)
#
# A machine has one decision to make: in state $I$ it may *harvest*, which costs nothing and leads
# to a state where every later step costs 1, or *invest*, which costs 2 and leads to a state where
# every later step costs 0. Both later states are absorbing.
#
# 1. There are $H$ steps and no discount. For which $H$ does investing pay? For which is it a tie?
# 2. The horizon is infinite and the discount is $\gamma$. For which $\gamma$ does investing pay?
# 3. A walk ends after each step with probability $1 - \gamma$ and nothing is discounted. Use 1. and
#    2. to explain in two sentences why the best policy of this problem does not depend on how many
#    steps were already taken, while that of 1. depends on how many are left.
#
# *Rubric.* One point for 1 with the tie; one for 2 with the geometric series; two for 3: one for
# the equality of the stopped and the discounted objective (with its reason), one for the lack of
# memory of the geometric law.

# %% [markdown] nbgrader={"grade_id": "written-clock", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. Harvesting costs $0 + (H - 1) \cdot 1$, investing $2$. Investing pays if $H - 1 > 2$, that is
#    from $H = 4$ on; $H = 3$ is a tie.
# 2. Harvesting costs $\sum_{t \ge 2} \gamma^{t-1} = \gamma / (1 - \gamma)$, investing $2$.
#    Investing pays if $\gamma > 2 (1 - \gamma)$, that is $\gamma > 2/3$.
# 3. Step $t$ is reached with probability $\gamma^{t-1}$, whatever the walk does, so the expected
#    undiscounted total is the discounted cost: the problem is that of 2. Given that the walk still
#    runs, the number of steps that are left has the same geometric law at every step, so that
#    what is best in a state does not depend on the past steps; with a fixed horizon the number of
#    steps left shrinks, and the answer of 1 changes with it.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: bias or noise (3 points)
#
# Costs lie in $[0, 1]$. You may simulate $B$ steps in total and want to estimate $J_\gamma(\pi)$:
# with $n = B / H$ walks that are cut after $H$ steps, or with walks that end by chance (part 8),
# each of which takes $1/(1 - \gamma)$ steps on average.
#
# 1. Which of the two is biased, and how does the bias depend on $H$ and on $B$?
# 2. The cost is 1 in every step. Compute the variance of a single walk's estimate for both, and say
#    which of the two is to be preferred for this process.
# 3. Somebody reports the 95 % interval of 400 cut walks with $H = 20$ at $\gamma = 0.99$: $12.1
#    \pm 0.2$. What does the interval promise, and what is the most that $J_\gamma$ may be?
#
# *Rubric.* One point each. For 3 the bias must be added to the upper end, not to the width.

# %% [markdown] nbgrader={"grade_id": "written-bias", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The cut walks: they miss at most $\gamma^H / (1 - \gamma)$, always to the low side. That falls
#    exponentially with $H$ and does not depend on $B$ at all once $H$ is fixed. The others have no
#    bias.
# 2. Cut: every walk gives $(1 - \gamma^H) / (1 - \gamma)$, variance zero. Stopped: the total is the
#    length $T$, geometric, with variance $\gamma / (1 - \gamma)^2$, a spread about as large as the
#    mean. Here cutting is better by far: for a long $H$ its bias is negligible, and there is no
#    noise.
# 3. It promises (for 95 % of such experiments) to contain the mean of the *cut* sum. The rest is
#    between 0 and $0.99^{20} / 0.01 = 81.8$, so that $J_\gamma$ may be as large as $12.3 + 81.8 =
#    94.1$: the interval says little about it.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: a hundred flawless crossings (3 points)
#
# A robot crossed the pier a hundred times and never fell.
#
# 1. Let $q$ be its probability of a fall. For which $q$ would a hundred crossings without a fall
#    have a probability below 5 %? Compare with $3/100$.
# 2. What does Student's interval for the number of falls say, and why?
# 3. The state that was recorded is the robot's place on the pier; the wind comes in gusts of
#    several seconds. Is the record a walk of a Markov decision process? Say what this means for
#    question 1, and what for planning.
#
# *Rubric.* One point each. For 3: the crossings may still be independent of each other, the steps
# of one are not Markov in the place alone; a remedy (wind or past places in the state) must be
# named.

# %% [markdown] nbgrader={"grade_id": "written-falls", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. $(1 - q)^{100} < 0.05$ for $q > 1 - 0.05^{1/100} = 0.0295$. Since $\log 0.05 = -3.0$ and
#    $\log(1 - q) \approx -q$, that is nearly $3/100$: rates below 3 % remain possible.
# 2. The sample has no spread, so its interval is the single point 0: it estimates the spread from
#    the very data that contain no fall, and a normal law for the mean is far off when the expected
#    number of falls is below a few.
# 3. No: given the place, the last displacements still tell of the gust that is blowing. If the
#    crossings are hours apart they are independent, and question 1, which speaks of whole
#    crossings, stands. A plan on a table $p(s' \mid s, a)$ of places would treat each gust as
#    fresh; the wind, or the last places that show it, belongs into the state.
# ### END SOLUTION
