# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 3, written part (10 points)
#
# *After [chapter 04]({{ site_url }}/book/04-mode-averaging.html),
# [chapter 05]({{ site_url }}/book/05-adversarial-reverse-kl.html) and the notebook
# `hw3-f-divergences`. About an hour; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: generator, family, expert (4 points)
#
# An expert has three actions, left, straight and right, with probabilities $p = (1 - \eta)(w, 0,
# 1 - w) + \eta (\frac13, \frac13, \frac13)$, where $\frac12 < w < 1$ and $\eta$ is small.
#
# 1. A learner may be any distribution on the three actions. Which one minimises forward KL, which
#    reverse KL, which total variation? What becomes of "covering" and "seeking"?
# 2. Now the learner must be one of three: $q_L$, which goes left with probability $0.98$ and takes
#    each other action with $0.01$; $q_R$, its mirror image; and $q_M = (0.3, 0.4, 0.3)$, the one
#    hump over both. Let $\eta \to 0$. Which does forward KL choose for $w = 0.6$, and which does
#    reverse KL?
# 3. Explain both choices by the prices $f_0$ and $f_\infty$.
#
# *Rubric.* One point for the first question, with the remark that generator, family and expert
# decide together; one for forward KL and one for reverse KL in the second, each with the decisive
# terms compared (numbers need not be exact); one for the prices.

# %% [markdown] nbgrader={"grade_id": "written-decide", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. All of them: $q = p$. Each generator has a line of support that touches at $u = 1$ alone, so
#    that the divergence is zero for equal distributions and for no others. A family that contains
#    the expert leaves nothing to cover or to seek; generator, family and expert decide together.
# 2. Forward KL, up to the expert's entropy, is $-\sum p \log q$. For $q_M$: $-\log 0.3 = 1.20$, as
#    both sides have $0.3$. For $q_L$: $-0.6 \log 0.98 - 0.4 \log 0.01 = 0.01 + 1.84 = 1.85$, and
#    more for $q_R$. It chooses $q_M$. Reverse KL has the term $q(\text{straight}) \log (q / p)$
#    with $p(\text{straight}) = \eta / 3 \to 0$: $0.4 \log (1 / \eta)$ for $q_M$ against
#    $0.01 \log (1 / \eta)$ for the other two, and the rest is bounded. So not $q_M$ once $\eta$ is
#    small enough. Between the two, the larger mode: $0.98 \log (0.98 / 0.6)$ is less than
#    $0.98 \log (0.98 / 0.4)$, and the terms with $0.01$ are negligible. It chooses $q_L$.
# 3. Forward KL has $f_\infty = \infty$: what the expert does and the learner hardly ever does is
#    dear, and $f_0 = 0$: going straight costs nothing by itself. Reverse KL has $f_0 = \infty$,
#    which prices going straight, and $f_\infty = 0$: leaving the smaller side out is free.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: a bound that one minimises (3 points)
#
# The critic maximises the variational bound, the learner minimises it.
#
# 1. After training, a friend's critic shows a bound of 0.02 on the minibatch that it was last
#    trained on. Name two reasons why the divergence may be larger, and one why the number may even
#    be too *large* as an estimate of the bound.
# 2. Describe a measurement that would settle it, with an interval.
# 3. Suppose the critic is the best one for the learner as it is now. Why is it right to treat the
#    critic as a constant when the learner takes its gradient, although the best critic depends on
#    the learner?
#
# *Rubric.* One point each. In 1, at least one reason must be that every $T$ gives a *lower* bound.
# In 3, the argument must use that the difference of divergence and bound is at its minimum.

# %% [markdown] nbgrader={"grade_id": "written-bound", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. Any critic gives a lower bound, and this one may be far from the best: too few steps, too few
#    features. Also the learner descends along this very critic, so it moves to where the critic is
#    wrong. Too large: on samples that the critic was fitted to, it may have learned them by heart.
# 2. Freeze the learner. Draw fresh actions of it and take expert actions that were held out. Train
#    a new critic to the end on one half, compute the bound on the other, with the standard error
#    of part 9. That is an unbiased estimate of a true lower bound. (Several critics of growing
#    size show how tight it is.)
# 3. Let $V_\theta$ be the best critic at $\theta$. For all $\theta'$ the divergence minus the bound
#    with $V_\theta$ is at least zero, and it is zero at $\theta' = \theta$. At this minimum its
#    gradient vanishes, so divergence and bound have the same gradient there, with $V_\theta$ held
#    fixed.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: who is told what (3 points)
#
# In the smallest game the expert is $\mathcal N(0, 1)$ and the learner $\mathcal N(m, 1)$; the
# critic is $V(x) = w x + b$, with the best $b$. The bound for reverse KL is then $-w m - w^2 / 2$.
#
# 1. Let the learner follow its gradient, $m' = w$, and the critic its own, $w' = -(m + w)$. Compute
#    the eigenvalues of this linear system. Does it settle, and how does the path look?
# 2. Tell the critic the learner's density: $V(x) = N(x) - \log q(x)$ with $N(x) = c x - x^2/2 + b$.
#    Then $w = c - m$. The learner still treats $V$ as a given function of $x$, and the critic's
#    gradient in $c$ is that in $w$. Write the system in $m$ and $c$, and compute its eigenvalues.
# 3. What does the network $N$ have to learn in the second game, what in the first, and why is one
#    of them easier to follow?
#
# *Rubric.* One point each. In 3, it must be said that the target of $N$ stands still.

# %% [markdown] nbgrader={"grade_id": "written-told", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The matrix is $\begin{pmatrix} 0 & 1 \\ -1 & -1 \end{pmatrix}$, with characteristic polynomial
#    $\lambda^2 + \lambda + 1$ and eigenvalues $-\frac12 \pm \frac{\sqrt 3}2 i$. It settles, for the
#    real part is negative, along a spiral: the mean overshoots and comes back.
# 2. $m' = w = c - m$ and $c' = -(m + w) = -c$. The matrix
#    $\begin{pmatrix} -1 & 1 \\ 0 & -1 \end{pmatrix}$ has the eigenvalue $-1$ twice: no turning.
# 3. In the first game the critic learns $\log (p/q)$, which moves whenever the learner moves, so
#    that each player chases where the other has been. In the second the network learns $\log p$,
#    which stands still; what moves, $\log q$, is computed exactly.
# ### END SOLUTION
