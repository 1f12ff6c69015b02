# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Homework 4, written part (10 points)
#
# *After [chapter 06]({{ site_url }}/book/06-expressive-policies.html) and the notebook
# `hw4-expressive-policies`. About 45 minutes; paper will do.*
#
# Answer in the cells below, in words and formulas. A person grades them by the rubric under each
# question. An argument counts, a bare result does not.

# %% [markdown]
# ## Question 1: misfit in advance (4 points)
#
# Three arms carry a plate past a post. All three swerve to the right, at $a_1 = a_2 = a_3 = m$, or
# all three to the left, at $-m$, with equal odds, and every arm has a tremor of its own with
# deviation $\sigma$, much smaller than $m$.
#
# 1. What is the misfit, in nats, of a head that draws the three arms independently, each from its
#    own marginal? Derive it.
# 2. What is the misfit of the best full-covariance Gaussian? Give it as a function of $m / \sigma$,
#    and its value for $m / \sigma = 6$.
# 3. With which probability does each of the two heads drop the plate, or hit the post? Take as
#    hitting or dropping every action that is farther than $3 \sigma$ from both ways in some arm;
#    a rough value with its reason is enough.
#
# *Rubric.* One point for the first misfit with its derivation; two for the second, one of them for
# the determinant; one for two probabilities that agree with the densities used.

# %% [markdown] nbgrader={"grade_id": "written-misfit", "solution": true, "points": 4}
# ### BEGIN SOLUTION
# 1. The misfit is the total correlation, the sum of the marginals' entropies less the joint one. A
#    marginal has the entropy $\log 2 + \tfrac12 \log (2 \pi e \sigma^2)$, the joint $\log 2 +
#    \tfrac32 \log (2 \pi e \sigma^2)$, since the ways do not overlap. The difference is $3 \log 2 -
#    \log 2 = 2 \log 2 = 1.386$ nats.
# 2. The best Gaussian matches moments: mean 0, covariance $\sigma^2 I + m^2 \mathbf 1 \mathbf
#    1^\top$ with determinant $\sigma^6 (1 + 3 m^2 / \sigma^2)$. The misfit is $\tfrac12 \log \det
#    (2 \pi e \Sigma)$ less the joint entropy, $\tfrac12 \log (1 + 3 m^2 / \sigma^2) - \log 2$. For
#    $m / \sigma = 6$: $\tfrac12 \log 109 - \log 2 = 2.346 - 0.693 = 1.653$ nats.
# 3. Independent arms choose one of eight combinations of sides, two of which are right: they go
#    astray with probability $6/8$ (and a little more for the tremor). The Gaussian's main axis has
#    the deviation $\sqrt{\sigma^2 + 3 m^2} \approx 10.4\, \sigma$ along the diagonal, on which
#    the ways lie at $\pm \sqrt 3 m \approx \pm 10.4\, \sigma$; only within about $3 \sqrt 3
#    \sigma = 5.2\, \sigma$ of them, half a deviation, can the actions be good. $\Pr(0.5 < \lvert Z
#    \rvert < 1.5) \approx 0.48$, so that at least one half goes astray. The tremor across the
#    diagonal must keep all three arms within $3 \sigma$ too and takes about $\sigma$ off the
#    window: nearer to two thirds (0.65 by simulation). Either value counts with its reason.
# ### END SOLUTION

# %% [markdown]
# ## Question 2: an idle latent (3 points)
#
# 1. Show that if $q(z \mid a) = p(z)$ for every action, then the ELBO is at most the log-likelihood
#    of the best decoder that does not see $z$.
# 2. A colleague lets the decoder predict its own deviation, and finds that the divergence term
#    falls to zero within the first hundred steps. Explain what happened with the two terms of the
#    bound, and name two remedies.
# 3. Your importance bound of part 4, at 200 draws, lies 0.6 nats above the ELBO, and 0.1 nats above
#    its value at 50 draws. What does each of the two numbers tell about encoder and decoder?
#
# *Rubric.* One point each. For 1, Jensen's inequality or an equivalent must be used. For 3, it must
# be said that the bound cannot exceed $\log \pi(a)$.

# %% [markdown] nbgrader={"grade_id": "written-latent", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. Then the divergence is zero and the bound is $\mathbb E_{z \sim p} \log p(a \mid z)$. By Jensen
#    it is at most $\log \mathbb E_z\, p(a \mid z)$; and averaged over the data, $\mathbb E_z
#    \mathbb E_a \log p(a \mid z)$ is at most its value at the single best $z$, which is a
#    decoder that sees no latent.
# 2. Early on the decoder cannot read $z$, but it can widen until it covers all the data, as a
#    Gaussian does. The fit then gains nothing from the latent, while the divergence is paid for
#    every nat that $z$ tells: the cheapest encoder is the prior. Remedies: a fixed deviation of
#    the decoder, a divergence term that is phased in, a part of it that is free of charge.
# 3. Every bound is at most $\log \pi(a)$, so the ELBO was at least 0.6 nats too low: this part of
#    the apparent misfit was the encoder's, which is far from the posterior. That 150 further draws
#    still gain 0.1 says that the bound has not come to rest: some of what is left is the
#    encoder's too, and only the remainder the decoder's.
# ### END SOLUTION

# %% [markdown]
# ## Question 3: choose a head (3 points)
#
# A robot with two arms of seven joints is to be cloned from 300 demonstrations, in chunks of 50
# actions. A chunk must be ready within 20 ms; one pass through the network takes 2 ms.
#
# 1. How many components would a mixture need if each arm may independently do each of three
#    sub-tasks in one of two ways? How many passes would autoregressive bins need for a chunk?
# 2. Choose between diffusion with 100 levels and a flow. Say how many passes you allow, what the
#    sampler does, and what error this leaves.
# 3. Your head's held-out loss is fine and yet the robot drifts off after a few seconds. Which of
#    the chapter's heads would mend this?
#
# *Rubric.* One point each. For 2, DDIM with few strides and a flow with few steps are both right if
# the budget of ten passes is kept and the error of long strides is named. For 3, the reason counts.

# %% [markdown] nbgrader={"grade_id": "written-choice", "solution": true, "points": 3}
# ### BEGIN SOLUTION
# 1. A component describes a whole chunk: $2^6 = 64$ combinations (two arms, three sub-tasks, two
#    ways), each to be learned from five demonstrations or so. Bins need a pass for each number: $50
#    \cdot 14 = 700$, or 1.4 s.
# 2. Ten passes at most. Either a flow with nine Euler steps, or diffusion sampled by DDIM in ten
#    strides with $\eta = 0$: DDPM through all 100 levels would take 200 ms. Long strides treat the
#    prediction as constant on the way and leave samples between the ways; with one stride either
#    is regression. Measure the share astray against the passes and take what is enough.
# 3. None. The loss is measured on the expert's states; what the robot meets are its own. This is
#    covariate shift, of which every head suffers alike; on-policy data, noise in the
#    demonstrations or corrective labels help, a finer density does not.
# ### END SOLUTION
