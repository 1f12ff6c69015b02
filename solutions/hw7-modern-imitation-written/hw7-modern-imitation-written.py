# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 7, written part (10 points)
#
# *After chapters [10]({{ site_url }}/book/10-on-policy-distillation.html),
# [14]({{ site_url }}/book/14-action-chunking.html) and
# [15]({{ site_url }}/book/15-why-generative-policies.html), and the notebook
# `hw7-modern-imitation`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: smooth is not safe (3 points)
#
# A flow policy with plans of $h = 8$ actions drives at a fork. Each plan goes left or right, each
# with probability $1/2$ and independently of the others, as long as the car is far away.
#
# 1. The temporal ensemble with $m = 0$ averages eight such plans. With what probability does its
#    mean lie between $-1/2$ and $1/2$ (both included), if left is $-1$ and right is $+1$?
# 2. A colleague proposes $m = 2$, "so that old plans count less". What happens to the mean age, and
#    what to the answer of 1? Give the executed action's approximate distribution.
# 3. Real-time chunking draws each plan by inpainting. Say in two or three sentences why it does not
#    average the two sides, and name one thing that it needs and the ensemble does not.
#
# *Rubric.* One point each. For 2, the direction of the weights must be right; for 3, that the new
# plan is *conditioned* on the running one.

# %% [markdown] nbgrader={"grade_id": "written-smooth", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The mean is $(2 R - 8)/8$ for $R$ plans to the right. It lies in $[-1/2, 1/2]$ for $2 \leq R
#    \leq 6$: probability $1 - 2 (1 + 8)/256 = 0.93$. The car nearly always goes straight on, into
#    the obstacle.
# 2. Plan 0 is the oldest, with the weight $1 - e^{-2} = 0.86$, up to $e^{-16}$. The mean age rises
#    from 3.5 to nearly 7 steps: the car reacts to what it saw seven steps ago. The mean is at
#    least $0.73$ from zero, with the side of the oldest plan, so that it is never between $-1/2$
#    and $1/2$. But the oldest plan is another one in each step, and the side is drawn anew with it:
#    the action is about $\pm 0.73$ to $\pm 1$ with equal odds, and the car dithers.
# 3. A new plan is drawn from the conditional distribution, given the actions that are decided and
#    softly given the rest of the running plan: a plan that began to the right is continued to the
#    right, because plans that start right and end left are unlikely under the policy. Only one plan
#    is executed at a time. It needs a policy that can be guided: a differentiable velocity, and a
#    backward pass in each flow step.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: what the second look can learn (4 points)
#
# MIP's second look sees $I = t^\star a + (1 - t^\star) z$ in training, and $t^\star a_0$ when it
# acts. Let the network be free to represent any function.
#
# 1. The expert's action in state $s$ is Gaussian with mean $\mu$ and variance $\sigma^2$ in one
#    dimension. Derive the optimal second look $m(x) = \mathbb E[a \mid I = x]$.
# 2. The guess is off, $a_0 = \mu + \delta$. By how much is the action off? Compute the share for
#    $t^\star = 0.9$ and $\sigma = 1$, $0.1$ and $0.01$, and say in words what it means.
# 3. Leave out the noise ($z = 0$). Which second look has loss zero, and what happens to $\delta$?
# 4. In state $s$ the expert does $+1$ or $-1$ with equal odds, and the first look is exact. What
#    does MIP do? What would a flow do, and what has it that MIP has not?
#
# *Rubric.* One point each. For 1, the covariance and the variance of $I$ must be derived; for 4,
# the latent must be named.

# %% [markdown] nbgrader={"grade_id": "written-second", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. $(a, I)$ is jointly Gaussian, $\operatorname{Cov}(a, I) = t^\star \sigma^2$ and
#    $\operatorname{Var}(I) = t^{\star 2} \sigma^2 + (1 - t^\star)^2$, since $z$ is independent of
#    $a$. So $m(x) = \mu + t^\star \sigma^2 (x - t^\star \mu) / (t^{\star 2} \sigma^2 + (1 -
#    t^\star)^2)$.
# 2. With $x = t^\star (\mu + \delta)$ the action is off by $\delta \, t^{\star 2} \sigma^2 /
#    (t^{\star 2} \sigma^2 + (1 - t^\star)^2)$: shares $81/82 = 0.988$, $0.81/1.81 = 0.448$ and
#    $0.0081/1.0081 = 0.008$. An error in a direction in which the expert never moves is erased, one
#    along the expert's own variation stays.
# 3. $x / t^\star$, a copy: the input determines the target. If it copies off the data too, $\delta$
#    stays as it is, and nothing about $s$ was learned.
# 4. The first look is the mean, 0. By symmetry the second look at 0 is 0 as well: MIP goes between
#    the two actions. A flow starts from a random latent, whose side decides; it draws $+1$ or $-1$
#    with the right odds.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: whose texts, which direction (3 points)
#
# A student policy $\pi_\theta$ and a teacher $\pi^\star$ write texts of $H$ characters, with
# probabilities $P_\theta(\tau)$ and $P^\star(\tau)$.
#
# 1. Show that $\mathrm{KL}(P_\theta \,\|\, P^\star)$ is a sum over the steps of an expected
#    divergence at one prefix. Under whose prefixes is the expectation, and in which direction is
#    the divergence?
# 2. On-policy distillation writes with frozen parameters, and minimises the mean reverse KL on
#    those prefixes. Which term of the gradient of the divergence in 1 does it leave out, and when
#    does this do no harm?
# 3. A company has a million of the teacher's texts on disk and no more access to it. Somebody
#    proposes to weigh them by $P_\theta(\tau)/P^\star(\tau)$ and train "on-policy" all the same.
#    Give the reason why this fails for long texts, with a formula.
#
# *Rubric.* One point each. For 1, the logarithm of the ratio must be split into steps and the
# conditional expectation taken; for 3, the growth must be exponential in $H$.

# %% [markdown] nbgrader={"grade_id": "written-texts", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. The logarithm of $P_\theta(\tau)/P^\star(\tau)$ is the sum of the logarithms of $\pi_\theta(a_t
#    \mid s_t)/\pi^\star(a_t \mid s_t)$. Under $P_\theta$ the character $a_t$ has, given the prefix
#    $s_t$, the distribution $\pi_\theta(\cdot \mid s_t)$, so its conditional mean is
#    $\mathrm{KL}(\pi_\theta(\cdot \mid s_t) \,\|\, \pi^\star(\cdot \mid s_t))$, the reverse KL.
#    Then average over $s_t$, a prefix of the *student's*.
# 2. The one that changes which prefixes come: the sum of $\mathbb E[R_{t+1} \nabla \log
#    \pi_\theta(a_t \mid s_t)]$, with $R_{t+1}$ the divergence still to come. No harm if the student
#    can equal the teacher at every prefix, since both terms vanish there.
# 3. The weight is a product of $H$ ratios. If at every prefix the second moment of one ratio is
#    $1 + x$, that of the weight is $(1 + x)^H$, while its mean is 1: a few texts get all the
#    weight, and the effective number falls exponentially in $H$.
# ### END SOLUTION
