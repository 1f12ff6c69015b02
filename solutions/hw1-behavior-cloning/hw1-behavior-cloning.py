# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.losses, ilkit.learners, ilkit.policies.gaussian, ilkit.policies.categorical]
#     choices:
#       EPISODES: [20, 24, 28]
#       WIDTH: [0.15, 0.13, 0.18]
# ---

# %% [markdown]
# # Homework 1: behavior cloning
#
# *After [chapter 02]({{ site_url }}/book/02-behavior-cloning.html). Three to five hours; a
# laptop's CPU is enough, a GPU is used where there is one.*
#
# Behavior cloning fits a policy $\hat\pi(a \mid s)$ to the actions $a$ that an expert took in the
# states $s$ that the expert met. You will write it from the bottom up:
#
# - the four losses: squared error, 0-1 loss, log loss and score matching;
# - a discrete head, a Gaussian head, and the head that steered the ALVINN van;
# - the loop that trains them on any device;
# - the evaluation that shows what a loss on the expert's states cannot show.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook, `hw1-behavior-cloning-written`, carries
# 10 further points.
#
# Use torch, NumPy and SciPy as you like. What you are asked to write also stands in `ilkit`, in its
# losses, its learners and its Gaussian and categorical heads: while your notebook is graded,
# `ilkit.losses`, `ilkit.learners`, `ilkit.policies.gaussian` and `ilkit.policies.categorical` are
# withheld, and so is what `il` takes from them, such as `il.bc`. The rest, which the locked cells
# use, is there: environments, demonstrations, `il.fit`.
#
# Shapes are written like $[n, d]$: $n$ samples in a batch, $d$ numbers in an action. Unless a part
# says otherwise, inputs are torch tensors and so are results. Inputs may be in double precision:
# let what you make have the precision of what you are given.

# %% nbgrader={"grade_id": "install"}
# Installs the course's package where it is missing (Colab); does nothing elsewhere.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("ilkit") is None:
    package = "ilkit @ git+{{ repository_url }}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", package], check=True)

# %% nbgrader={"grade_id": "setup"}
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import stdtrit
from torch import nn

import ilkit as il
from ilkit.train import pick_device

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


def t_quantile(freedom):
    """The 0.975 quantile of Student's t with that many degrees of freedom."""
    return float(stdtrit(freedom, 0.975))


# %% nbgrader={"grade_id": "sizes"}
# Sizes of the experiments. The checks rely on them: leave them as they are.
EPISODES = 20  # demonstrations of a drive
STEPS = 600  # optimiser steps when a policy is fitted
BATCH = 128
CENTRES = torch.linspace(-1.4, 1.4, 29)  # steering values of ALVINN's output units
WIDTH = 0.15  # of a bump over them

# %% [markdown]
# ## Part 1: squared error (6 points)
#
# For real actions, a policy that predicts one action $\hat a = \hat\pi(s)$ is charged the squared
# distance to the expert's,
#
# $$\ell(\hat a, a) = \lVert \hat a - a \rVert^2 = \sum_{j=1}^{d} (\hat a_j - a_j)^2 ,$$
#
# one number for each sample. The training objective is the mean of $\ell$ over a batch of $n$
# samples. Its gradient is what moves the policy; write that by hand too, and note where the $n$
# goes.


# %% nbgrader={"grade_id": "squared-error", "solution": true}
def squared_error(pred, act):
    """Squared distance of each sample.

    pred, act: [n, d]
    returns: [n]
    """
    ### BEGIN SOLUTION
    return ((pred - act) ** 2).sum(-1)
    ### END SOLUTION


def squared_error_grad(pred, act):
    """Gradient, in pred, of the mean of squared_error over the batch.

    pred, act: [n, d]
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    return 2 * (pred - act) / len(pred)
    ### END SOLUTION


# %% nbgrader={"grade_id": "squared-error-check"}
def check_squared_error():
    pred = torch.tensor([[3.0, 4.0], [1.0, 0.0], [0.0, -2.0]])
    loss = numbers(squared_error(pred, torch.zeros(3, 2)))
    assert loss.shape == (3,), f"expected one number for each of 3 samples, got shape {loss.shape}"
    assert not np.allclose(loss, [12.5, 0.5, 2]), "your loss averages over the action's dimensions"
    assert not np.allclose(loss, [5, 1, 2]), "your loss is the distance, not its square"
    assert np.allclose(loss, [25, 1, 4]), f"(3, 4) is at squared distance 25, got {loss[0]:g}"
    grad = numbers(squared_error_grad(pred, torch.zeros(3, 2)))
    pred = numbers(pred)
    assert grad.shape == (3, 2), f"expected a gradient shaped like pred, got {grad.shape}"
    assert (np.sign(grad) == np.sign(pred)).all(), "moving pred away must raise the loss"
    assert not np.allclose(grad, 2 * pred), "that is the gradient of the sum, not of the mean"
    assert np.allclose(grad, 2 * pred / 3), (
        "nudge one entry of pred: does the mean over samples follow? a square's slope has a factor"
    )


check_squared_error()
print("squared error: the visible check passes")


# %% nbgrader={"grade_id": "squared-error-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_squared_error():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("squared-error"))
    for n, d in ((5, 3), (1, 1), (4, 2)):
        pred, act = rng.normal(size=(2, n, d)).astype(np.float32)
        args = torch.tensor(pred), torch.tensor(act)
        want = np.linalg.norm(pred - act, axis=1) ** 2
        expect.close(student.call("squared_error", *args), want, "squared distance per sample")
        slope = np.zeros((n, d))  # central differences of the mean, exact for a quadratic
        for i, j in np.ndindex(n, d):
            step = np.zeros((n, d))
            step[i, j] = 0.5
            up, down = (np.linalg.norm(pred + s * step - act, axis=1) ** 2 for s in (1, -1))
            slope[i, j] = (up - down).mean()
        got = student.call("squared_error_grad", *args)
        faults = {
            "the gradient of the mean over samples, not of the sum": n * slope,
            "moving a prediction away raises the loss: check the gradient's sign": -slope,
        }
        expect.close(got, slope, "gradient of the mean, by finite differences", faults=faults)
    got = student.call("squared_error_grad", args[1], args[1])
    expect.close(got, np.zeros((4, 2)), "no gradient at the expert's own action")


hidden_squared_error()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: the 0-1 loss and a surrogate (8 points)
#
# For discrete actions a policy gives each action a score, a *logit* $z_a$, and acts by the best
# one. The 0-1 loss asks whether that was the expert's action. A tie for the best score counts as a
# mistake, as in chapter 02:
#
# $$\ell_{01}(z, a) = \mathbb{1}\big[\max_{b \neq a} z_b \geq z_a\big] .$$
#
# It is what chapter 03's bounds count, but its gradient is zero almost everywhere. A *surrogate*
# lies above it and has a useful slope. The multiclass hinge of Crammer and Singer (2001) demands
# that the expert's score beats every rival's by a margin of one:
#
# $$\ell_{\text{hinge}}(z, a) = \max\Big(0,\; 1 + \max_{b \neq a} z_b - z_a\Big) .$$


# %% nbgrader={"grade_id": "zero-one", "solution": true}
def zero_one(logits, act):
    """Whether another action scores at least as much as the expert's.

    logits: [n, A]; act: [n], whole numbers from 0 to A - 1
    returns: [n], 1.0 for a mistake, a tie included, and 0.0 otherwise
    """
    ### BEGIN SOLUTION
    expert = logits.gather(-1, act[:, None])
    return ((logits >= expert).sum(-1) > 1).float()  # one of them is the expert's own
    ### END SOLUTION


def hinge(logits, act):
    """The multiclass hinge loss of each sample; write it in torch, so that gradients flow.

    logits: [n, A]; act: [n]
    returns: [n]
    """
    ### BEGIN SOLUTION
    expert = logits.gather(-1, act[:, None])[:, 0]
    rivals = logits.scatter(-1, act[:, None], -torch.inf)
    return (1 + rivals.max(-1).values - expert).clamp(min=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "zero-one-check"}
def check_zero_one():
    rows = [[2.0, 0.5, 0.0], [2.0, 0.5, 0.0], [0.3, 0.0, 0.1], [-1.0, -3.0, -4.0], [1.0, 1.0, 0.0]]
    logits, act = torch.tensor(rows), torch.tensor([0, 1, 0, 0, 0])
    mistake, loss = numbers(zero_one(logits, act)), numbers(hinge(logits, act))
    assert mistake.shape == (5,), f"expected one 0-1 loss per sample, got shape {mistake.shape}"
    assert not np.allclose(mistake[:3], [1, 0, 1]), "the 0-1 loss is 1 on a mistake, not on a hit"
    assert mistake[4] == 1, "a tie for the best score is a mistake, whichever action comes first"
    assert np.allclose(mistake, [0, 1, 0, 0, 1]), (
        f"the second sample is a mistake, the last is a tie, the others are right: got {mistake}"
    )
    assert loss.shape == (5,), f"expected one hinge loss per sample, got shape {loss.shape}"
    assert loss[0] >= 0, "a margin above one earns nothing: the hinge is never negative"
    assert loss[2] > 0, "being right by 0.2 is not enough: the margin is one"
    assert not np.isclose(loss[0], 1), "the expert's own action is not among its rivals"
    assert loss[3] == 0, "right by 2 costs nothing; note that here all scores are negative"
    assert np.allclose(loss, [0, 2.5, 0.8, 0, 1]), (
        f"expected hinge losses 0, 2.5, 0.8, 0 and 1, got {loss}"
    )


check_zero_one()
print("0-1 loss and hinge: the visible check passes")


# %% nbgrader={"grade_id": "zero-one-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_zero_one():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("zero-one"))
    for n, actions in ((40, 4), (7, 2)):
        logits = rng.normal(scale=1.5, size=(n, actions)).astype(np.float32)
        act = rng.integers(actions, size=n)
        logits[:2, :2], act[:2] = 3, (0, 1)  # two ties
        args = torch.tensor(logits), torch.tensor(act)
        own, rivals = logits[np.arange(n), act], [np.delete(z, a) for z, a in zip(logits, act)]
        rival = np.array([max(z) for z in rivals])
        margin = own - rival
        mistakes = student.call("zero_one", *args)
        faults = {
            "the 0-1 loss is 1 on a mistake, not on a hit": logits.argmax(1) == act,
            "a tie for the best score counts as a mistake": logits.argmax(1) != act,
        }
        expect.close(mistakes, margin <= 0, "the 0-1 loss counts mistakes, and ties", faults=faults)
        loss = expect.shape(student.call("hinge", *args), (n,), "hinge")
        assert (loss >= mistakes - 1e-6).all(), "the hinge lies above the 0-1 loss"
        every = [np.maximum(0, 1 + z - x).sum() for z, x in zip(rivals, own)]
        faults = {
            "the expert's own action is not among its rivals": np.maximum(1, 1 - margin),
            "rivals may all be negative: 0 does not hide the expert's own score": np.maximum(
                0, 1 + np.maximum(rival, 0) - own
            ),
            "only the strongest rival counts in this hinge": every,
        }
        expect.close(
            loss, np.maximum(0, 1 - margin), "the hinge wants a margin of one", faults=faults
        )
        moved = student.call("hinge", args[0] + 7, args[1])
        expect.close(moved, loss, "adding a constant to all scores changes nothing")
        slope = np.zeros((n, actions))
        for i in np.flatnonzero(margin < 1):  # the expert's score up, its strongest rival's down
            others = np.where(np.arange(actions) == act[i], -np.inf, logits[i])
            slope[i, act[i]], slope[i, others.argmax()] = -1, 1
        expect.close(student.grad("hinge", *args), slope, "the hinge's slope moves two scores")


hidden_zero_one()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: the log loss of a discrete head (8 points)
#
# Logits become a distribution by the softmax, $\hat\pi(a \mid s) = e^{z_a} / \sum_b e^{z_b}$.
# Maximum likelihood minimises
#
# $$\ell_{\log}(z, a) = -\log \hat\pi(a \mid s) = \log \sum_b e^{z_b} - z_a .$$
#
# Computed as it stands, $e^{z}$ overflows once $z$ passes 88 in float32, and the logarithm of an
# underflowed probability is $-\infty$. Subtracting $\max_b z_b$ from all logits first changes
# nothing in exact arithmetic and cures both. Write it from the logits: those of $\pm 10^4$ must
# give finite losses. (torch's own `cross_entropy` passes the tests too. Writing the three lines
# yourself is the exercise.)


# %% nbgrader={"grade_id": "log-loss", "solution": true}
def log_loss(logits, act):
    """-log of the probability that softmax(logits) gives to the expert's action, stably.

    logits: [n, A]; act: [n]
    returns: [n]; write it in torch, so that gradients flow
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(-1, keepdim=True).values
    log_sum = shifted.exp().sum(-1).log()
    return log_sum - shifted.gather(-1, act[:, None])[:, 0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "log-loss-check"}
def check_log_loss():
    logits = torch.tensor([[0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0]])
    loss = numbers(log_loss(logits, torch.tensor([2, 3])))
    assert loss.shape == (2,), f"expected one number per sample, got shape {loss.shape}"
    assert loss[0] > 0, "a probability below one has a positive log loss: check the sign"
    assert not np.isclose(loss[0], 2), "that is a logarithm to base 2; the course's is natural"
    assert not np.isclose(loss[0], math.log1p(math.exp(3))), (
        "the softmax runs over actions, not over samples"
    )
    assert np.isclose(loss[0], math.log(4)), f"four equal scores cost log 4, got {loss[0]:g}"
    assert np.isclose(loss[1], 0.44019, atol=1e-4), "the second sample is off: which logit counts?"
    huge, act = torch.tensor([[1e4, 0.0], [0.0, -1e4]]), torch.tensor([1, 0])
    alone = np.ravel([numbers(log_loss(huge[i : i + 1], act[i : i + 1])) for i in range(2)])
    assert np.isfinite(alone).all(), "large logits overflow: subtract each sample's maximum first"
    assert np.allclose(alone, [1e4, 0]), f"logits 0 and 10 000: the worse costs 10 000, got {alone}"
    assert np.allclose(numbers(log_loss(huge, act)), alone), (
        "a sample's loss changes in company: subtract each sample's own maximum"
    )


check_log_loss()
print("log loss: the visible check passes")


# %% nbgrader={"grade_id": "log-loss-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_log_loss():
    import math

    import numpy as np
    import torch
    from scipy.special import logsumexp

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("log-loss"))
    for n, actions in ((30, 5), (3, 2)):
        logits = rng.normal(scale=3, size=(n, actions)).astype(np.float32)
        act = rng.integers(actions, size=n)
        args = torch.tensor(logits), torch.tensor(act)
        want = logsumexp(logits, axis=1) - logits[np.arange(n), act]
        expect.close(student.call("log_loss", *args), want, "log of the softmax, per sample")
        every = [student.call("log_loss", args[0], torch.full((n,), a)) for a in range(actions)]
        total = np.exp(-np.stack(every)).sum(0)
        expect.close(total, np.ones(n), "the probabilities of all actions sum to one")
        softmax = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
        softmax[np.arange(n), act] -= 1
        got = student.grad("log_loss", *args)
        expect.close(got, softmax, "its gradient is softmax minus one-hot")
    huge = torch.tensor([[9e3, -9e3, 0.0], [500.0, 499.0, -2e4]])
    got = student.call("log_loss", huge, torch.tensor([1, 0]))
    expect.close(got, [18e3, math.log1p(math.exp(-1))], "large logits stay finite and right")


hidden_log_loss()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: three losses of one margin
#
# With two actions, all three losses depend on the margin $z_a - z_b$ alone. Your curves must pass
# through the grey rings. The hinge and the log loss divided by $\log 2$ never lie below the 0-1
# loss. Both touch it at zero, where a tie counts as a mistake, and again: the hinge from one on,
# the log loss at infinity.


# %% nbgrader={"grade_id": "margin-picture"}
def margin_picture():
    margin = torch.arange(-40, 61) / 20
    logits, act = torch.stack([margin, 0 * margin], 1), torch.zeros(101, dtype=torch.long)
    curves = {
        "0-1": (zero_one(logits, act), "black"),
        "hinge": (hinge(logits, act), "#0072B2"),
        "log loss / log 2": (log_loss(logits, act) / math.log(2), "#009E73"),
    }
    _, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
    for name, (loss, colour) in curves.items():
        style = "steps-pre" if name == "0-1" else "default"  # a jump just after zero
        ax.plot(margin, numbers(loss), color=colour, label=name, drawstyle=style)
    expected = [(-1, 1), (-1, 2), (-1, 1.895), (0, 1), (1, 0), (1, 0.452), (2.5, 0), (2.5, 0.114)]
    ax.plot(*zip(*expected), "o", color="0.5", fillstyle="none", zorder=3, label="expected")
    ax.set(xlabel="margin of the expert's action", ylabel="loss", ylim=(-0.1, 3.1))
    ax.legend(frameon=False)
    plt.show()


margin_picture()

# %% [markdown]
# ## Part 4: a table of action frequencies (8 points)
#
# When states are few, maximum likelihood needs no gradient. The log-likelihood of a table
# $\hat\pi(a \mid s)$ is maximised, state by state, by the frequencies
#
# $$\hat\pi(a \mid s) = \frac{N(s, a)}{N(s)} , \qquad N(s, a) = \#\{i : s_i = s,\, a_i = a\} .$$
#
# In a state that the expert never met, $N(s) = 0$ and any distribution is a maximiser: the data is
# silent. Take the uniform one there. (What a policy does in such states decides chapter 03.)


# %% nbgrader={"grade_id": "tabular", "solution": true}
def fit_table(obs, act, n_obs, n_act):
    """The maximum-likelihood table of action probabilities.

    obs, act: [m], whole numbers below n_obs and n_act
    returns: [n_obs, n_act], rows sum to one, uniform in rows of states that do not occur
    """
    ### BEGIN SOLUTION
    counts = torch.zeros(n_obs, n_act)
    counts.index_put_((obs, act), torch.ones(len(obs)), accumulate=True)
    total = counts.sum(1, keepdim=True)
    return torch.where(total > 0, counts / total.clamp(min=1), 1 / n_act)
    ### END SOLUTION


# %% nbgrader={"grade_id": "tabular-check"}
def check_tabular():
    table = numbers(fit_table(torch.tensor([0, 0, 0, 0, 1]), torch.tensor([0, 0, 0, 1, 2]), 3, 4))
    assert table.shape == (3, 4), f"expected shape (3, 4): states by actions, got {table.shape}"
    assert np.isfinite(table).all(), "0 / 0 in a state that never occurs: it has a rule of its own"
    assert np.allclose(table.sum(1), 1), f"each state's row must sum to one, got {table.sum(1)}"
    assert not np.allclose(table[0, :2], 0.5), "state 0 saw action 0 three times: repeats count"
    assert table[1, 2] == 1, "state 1 saw action 2 alone: the likelihood leaves nothing to others"
    assert np.allclose(table[0], [0.75, 0.25, 0, 0]), f"3 of 4 is 0.75, got {table[0]}"
    assert np.allclose(table[2], 0.25), "a state without data has a uniform row"


check_tabular()
print("table: the visible check passes")


# %% nbgrader={"grade_id": "tabular-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_tabular():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("tabular"))
    for states, actions, m in ((6, 3, 200), (9, 5, 30), (2, 2, 1)):
        obs, act = rng.integers(states - 1, size=m), rng.integers(actions, size=m)
        args = torch.tensor(obs), torch.tensor(act), states, actions
        table = expect.shape(student.call("fit_table", *args), (states, actions), "table")
        expect.close(table.sum(1), np.ones(states), "each row is a distribution")
        expect.close(table[-1], np.full(actions, 1 / actions), "no data: uniform")
        for s in set(obs.tolist()):
            share = np.bincount(act[obs == s], minlength=actions) / (obs == s).sum()
            expect.close(table[s], share, "the likelihood is maximal at the frequencies")


hidden_tabular()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: the Gaussian negative log-likelihood (10 points)
#
# A Gaussian head predicts a mean $\mu$ and, for each of the $d$ action dimensions, the logarithm of
# a standard deviation, $\log \sigma_j$. Dimensions are independent given the state, so that
#
# $$-\log \hat\pi(a \mid s)
#   = \sum_{j=1}^{d} \Big[ \tfrac12 \Big(\frac{a_j - \mu_j}{\sigma_j}\Big)^2
#     + \log \sigma_j + \tfrac12 \log 2\pi \Big] .$$
#
# With $\sigma$ fixed this is the squared error, scaled and shifted. Learned, $\sigma$ says how much
# the expert varies.


# %% nbgrader={"grade_id": "gaussian-nll", "solution": true}
def gaussian_nll(mean, log_std, act):
    """Negative log-density of each action under a diagonal Gaussian.

    mean, act: [n, d]; log_std: [n, d], or [d] if it is the same for all samples
    returns: [n]; write it in torch, so that gradients flow
    """
    ### BEGIN SOLUTION
    z = (act - mean) * torch.exp(-log_std)
    return (0.5 * z**2 + log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "gaussian-nll-check"}
def check_gaussian_nll():
    zero, half = torch.zeros(1, 2), math.log(2 * math.pi) / 2
    loss = numbers(gaussian_nll(zero, torch.zeros(1, 2), zero))
    assert loss.shape == (1,), f"expected one number per sample, got shape {loss.shape}"
    assert not np.isclose(loss[0], 0), "the density needs its constant, log sqrt(2 pi)"
    assert np.isclose(loss[0], 2 * half), (
        "the log-likelihood, its constant included, sums over the action's dimensions: "
        f"at the mean, with sigma 1 and d = 2, expected log 2 pi = 1.838, got {loss[0]:.3f}"
    )
    wide = numbers(gaussian_nll(zero, torch.full((1, 2), math.log(3.0)), zero))
    assert wide[0] > loss[0], "a wider Gaussian has a lower peak: which sign has log sigma?"
    away = numbers(gaussian_nll(zero, torch.full((1, 2), math.log(2.0)), torch.full((1, 2), 2.0)))
    assert np.isclose(away[0], 2 * (0.5 + math.log(2) + half)), (
        "one deviation away, at sigma 2, the squared term is 1/2 in each dimension: "
        "is log_std taken as the logarithm of a standard deviation?"
    )
    shared = numbers(gaussian_nll(torch.zeros(3, 2), torch.zeros(2), torch.zeros(3, 2)))
    assert shared.shape == (3,), "log_std of shape [d] must be shared by all samples"


check_gaussian_nll()
print("Gaussian: the visible check passes")


# %% nbgrader={"grade_id": "gaussian-nll-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_gaussian_nll():
    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("gaussian-nll"))
    for n, d, shared in ((6, 3, False), (5, 4, True), (1, 1, False)):
        mean, act = rng.normal(scale=2, size=(2, n, d)).astype(np.float32)
        log_std = rng.normal(scale=0.7, size=(d,) if shared else (n, d)).astype(np.float32)
        args = torch.tensor(mean), torch.tensor(log_std), torch.tensor(act)
        want, half = -norm.logpdf(act, mean, np.exp(log_std)).sum(1), np.log(2 * np.pi) / 2
        flipped = want - 2 * (log_std + np.zeros((n, d))).sum(1)
        faults = {
            "the log-likelihood sums over the action's dimensions, it does not average": want / d,
            "the density needs its constant, log sqrt(2 pi)": want - d * half,
            "the constant log sqrt(2 pi) counts once in every dimension": want - (d - 1) * half,
            "a wider Gaussian has a lower peak: check the sign of log sigma": flipped,
            "log_std is the logarithm of a standard deviation, not of a variance": -norm.logpdf(
                act, mean, np.exp(log_std / 2)
            ).sum(1),
        }
        got = student.call("gaussian_nll", *args)
        expect.close(got, want, "minus the log-density, summed", faults=faults)
        z = (act - mean) / np.exp(log_std)
        to_mean, to_log_std = student.grad("gaussian_nll", *args, wrt=(0, 1))
        expect.close(to_mean, -z / np.exp(log_std), "the gradient in the mean")
        slope = (1 - z**2).sum(0) if shared else 1 - z**2
        expect.close(to_log_std, slope, "the gradient in log sigma: a wider bell when surprised")
    log_std = torch.tensor([[float(rng.uniform(-1, 1))]])
    grid = torch.linspace(-30, 30, 6001)[:, None]
    lot = student.call("gaussian_nll", torch.zeros(6001, 1), log_std.expand(6001, 1), grid)
    mass = np.trapezoid(np.exp(-expect.shape(lot, (6001,), "the loss")), dx=0.01)
    expect.close(mass, 1.0, "the density integrates to one")


hidden_gaussian_nll()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: score matching (10 points)
#
# The *score* of a policy is the gradient of its log-density in the action,
# $\psi(a) = \nabla_a \log \hat\pi(a \mid s)$. It does not see the constant that makes a density
# integrate to one, which is why models without that constant are fitted through it. Hyvärinen
# (2005) showed that half the squared distance between the model's score and the data's equals, up
# to a term that does not depend on the model, the mean of
#
# $$\ell_{\text{score}}(a) = \tfrac12 \lVert \psi(a) \rVert^2
#   + \sum_{j=1}^{d} \frac{\partial \psi_j}{\partial a_j}(a) ,$$
#
# in which the data's score does not occur. For a diagonal Gaussian, $\psi_j(a) = -(a_j - \mu_j) /
# \sigma_j^2$: work out the second term. It has the same minimiser as the likelihood, the mean and
# standard deviation of the data.
#
# Vincent's (2011) *denoising* form needs no derivative of $\psi$: add noise of deviation $\tau$ to
# the action and ask the score to point back,
#
# $$\ell_{\text{denoise}}(a, \varepsilon)
#   = \tfrac12 \Big\lVert \psi(a + \tau \varepsilon) + \frac{\varepsilon}{\tau} \Big\rVert^2 ,
#   \qquad \varepsilon \sim \mathcal N(0, I) .$$
#
# Its minimiser is the score of the *noised* data. Diffusion policies (chapter 06) are trained by
# this loss.


# %% nbgrader={"grade_id": "score-matching", "solution": true}
def score_matching(mean, log_std, act):
    """Hyvarinen's loss of a diagonal Gaussian, for each sample.

    mean, act: [n, d]; log_std: [n, d] or [d]
    returns: [n]; write it in torch, so that gradients flow
    """
    ### BEGIN SOLUTION
    precision = torch.exp(-2 * log_std)
    score = -(act - mean) * precision
    return (0.5 * score**2 - precision).sum(-1)
    ### END SOLUTION


def denoising(score, act, noise, tau):
    """The denoising score matching loss of each sample.

    score: a function from actions [n, d] to scores [n, d]; call it once
    act, noise: [n, d]; tau: a number above 0
    returns: [n]
    """
    ### BEGIN SOLUTION
    residual = score(act + tau * noise) + noise / tau
    return 0.5 * (residual**2).sum(-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "score-matching-check"}
def check_score_matching():
    zero, one = torch.zeros(1, 2), torch.ones(1, 2)
    loss = numbers(score_matching(zero, torch.zeros(1, 2), one))
    assert loss.shape == (1,), f"expected one number per sample, got shape {loss.shape}"
    assert loss[0] < 1, "the second term is a derivative of -(a - mu) / sigma^2: check its sign"
    assert not np.isclose(loss[0], -0.5), "sum over the action's dimensions, do not average"
    assert np.isclose(loss[0], -1), (
        f"one deviation away, sigma 1, d = 2: expected -1, got {loss[0]}"
    )
    wide = numbers(score_matching(zero, torch.full((1, 2), math.log(2.0)), 2 * one))
    assert np.isclose(wide[0], -0.25), (
        "at sigma 2, mean 0 and a = (2, 2) the score is -a / 4; its two terms are 0.25 and -0.5, "
        f"together -0.25, got {wide[0]:g}"
    )
    seen = []

    def score(noisy):
        seen.append(numbers(noisy))
        return -noisy

    loss = numbers(denoising(score, one, 2 * one, 0.5))
    assert len(seen) == 1, f"expected one call of the score function, got {len(seen)}"
    assert np.allclose(seen[0], 2), "the score is asked at the noised action, act + tau * noise"
    assert loss.shape == (1,), f"denoising: expected one number per sample, got {loss.shape}"
    assert np.allclose(loss, 4), (
        "in both dimensions the score -2 and its target -eps / tau = -4 differ by 2: "
        f"expected half of 2^2 + 2^2, got {loss[0]:g}"
    )


check_score_matching()
print("score matching: the visible check passes")


# %% nbgrader={"grade_id": "score-matching-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_score_matching():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("score-matching"))
    # By quadrature: E[loss] is half the squared distance of scores, less E[data score^2] / 2.
    node, weight = np.polynomial.hermite_e.hermegauss(20)
    weight = weight / weight.sum()
    for _ in range(3):
        m, mean, s, std = *rng.normal(size=2), *rng.uniform(0.6, 1.6, size=2)
        act = (m + s * node)[:, None].astype(np.float32)
        args = np.full_like(act, mean), np.full_like(act, np.log(std)), act
        got = student.call("score_matching", *map(torch.tensor, args))
        loss = expect.shape(got, (20,), "score matching")
        psi = -(act[:, 0] - mean) / std**2
        gap = psi + (act[:, 0] - m) / s**2
        want = weight @ (0.5 * gap**2) - 0.5 / s**2
        square, narrow = weight @ (0.5 * psi**2), weight @ (0.5 * (std * psi) ** 2)
        faults = {
            "the second term is a derivative of -(a - mu) / sigma^2: where is 1 / sigma^2?": square
            - 1,
            "the second term is a derivative of -(a - mu) / sigma^2: check its sign": square
            + 1 / std**2,
            "the second term, the derivative of the score, is missing": square,
            "the score divides by the variance, not by the deviation": narrow - 1 / std,
        }
        expect.close(
            weight @ loss, want, "the mean loss measures the distance of scores", faults=faults
        )
    data = rng.normal(1.0, 2.0, size=(50, 3)).astype(np.float32)
    best = [np.broadcast_to(x, data.shape).copy() for x in (data.mean(0), np.log(data.std(0)))]
    grads = student.grad("score_matching", *best, torch.tensor(data), wrt=(0, 1))
    for got in grads:
        got = expect.shape(got, (50, 3), "gradient of score matching").sum(0) / 50
        expect.close(got, np.zeros(3), "the data's mean and deviation are the minimiser")
    asked = []

    def true_score(noisy):  # of data N(1, 4) with noise tau, in each dimension
        asked.append(noisy)
        return torch.as_tensor(-(noisy - 1.0) / (4.0 + tau**2))

    tau = float(rng.uniform(0.3, 2.0))
    noise = rng.normal(size=data.shape).astype(np.float32)
    got = student.call("denoising", true_score, torch.tensor(data), torch.tensor(noise), tau)
    assert len(asked) == 1, "the score function is called once"
    noisy = data + tau * noise
    expect.close(asked[0], noisy, "the score is asked at the noised action")
    residual = (data - noisy) / tau**2 + (noisy - 1) / (4 + tau**2)
    want = 0.5 * np.linalg.norm(residual, axis=1) ** 2
    asked_score, back = -(noisy - 1) / (4 + tau**2), noise / tau
    faults = {
        "the target points back, to the clean action: check its sign": asked_score - back,
        "the target is the noise divided by tau": asked_score + noise,
    }
    faults = {idea: 0.5 * (wrong**2).sum(1) for idea, wrong in faults.items()}
    idea = "half the squared distance from the score to the way back to the clean action"
    expect.close(got, want, idea, faults=faults)


hidden_score_matching()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 7: minibatches (6 points)
#
# A step of stochastic gradient descent looks at a few samples. An *epoch* visits every sample
# once, in a fresh random order, so that no sample is favoured and none forgotten; the last
# minibatch is short when the numbers do not divide.


# %% nbgrader={"grade_id": "minibatches", "solution": true}
def minibatches(n, batch, seed):
    """The minibatches of one epoch over n samples.

    n: number of samples; batch: samples a minibatch (the last may have fewer)
    seed: equal seeds give equal epochs, other seeds other orders
    returns: a list of index tensors, [batch] each, with every one of 0, ..., n - 1 exactly once
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    return list(torch.randperm(n, generator=generator).split(batch))
    ### END SOLUTION


# %% nbgrader={"grade_id": "minibatches-check"}
def check_minibatches():
    epoch = [numbers(rows) for rows in returned(minibatches(10, 4, seed=0))]
    sizes = [len(rows) for rows in epoch]
    visited = np.sort(np.concatenate(epoch))
    assert len(visited) == 10, f"10 samples in fours are minibatches of 4, 4 and 2, got {sizes}"
    assert len(set(visited)) == 10, "a sample is visited twice: draw without replacement"
    assert (visited == np.arange(10)).all(), f"expected the indices 0 to 9, got {visited}"
    assert sizes == [4, 4, 2], f"expected minibatches of 4, 4 and 2, got {sizes}"
    again, other = minibatches(10, 4, seed=0), minibatches(10, 4, seed=1)
    same = all((a == numbers(b)).all() for a, b in zip(epoch, again))
    assert same, "equal seeds must give equal epochs"
    differ = any((a != numbers(b)).any() for a, b in zip(epoch, other))
    assert differ, "other seeds must give other orders"
    order = np.concatenate([numbers(rows) for rows in minibatches(40, 4, seed=0)])
    assert len(set(np.diff(order) % 40)) > 12, "neighbours stay together: shuffle single samples"


check_minibatches()
print("minibatches: the visible check passes")


# %% nbgrader={"grade_id": "minibatches-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_minibatches():
    import numpy as np

    from ilkit.grading import student

    start = student.seed("minibatches") % 100_000
    for n, batch in ((23, 5), (12, 4), (3, 8), (7, 1)):
        epoch = student.call("minibatches", n, batch, start)
        sizes = [len(rows) for rows in epoch]
        assert sizes == [min(batch, n - i) for i in range(0, n, batch)], "sizes of minibatches"
        visited = np.sort(np.concatenate(epoch))
        assert (visited == np.arange(n)).all(), "an epoch visits every sample exactly once"
    first = np.concatenate(student.call("minibatches", 50, 7, start))
    again = np.concatenate(student.call("minibatches", 50, 7, start))
    assert (first == again).all(), "equal seeds give equal epochs"
    # Each of the six orders of three samples should come 100 times in 600: chi-squared, 5 degrees
    # of freedom, beyond 45 with probability 1e-8.
    orders = [
        tuple(np.concatenate(student.call("minibatches", 3, 2, start + i)).tolist())
        for i in range(600)
    ]
    counts = [orders.count(order) for order in set(orders)]
    statistic = sum((c - 100) ** 2 / 100 for c in counts) + 100 * (6 - len(counts))
    assert statistic < 45, "every order of the samples must be equally likely"


hidden_minibatches()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: the training loop (12 points)
#
# The loop is the same for every policy that has a `loss(obs, act)` of shape $[n]$: for each
# minibatch, take the mean loss, its gradient, and one step of Adam
# (`torch.optim.Adam`). Where the tensors live is the only thing that a GPU changes.
# `pick_device("auto")`, from `ilkit.train`, names the best device of this machine: move the policy
# there once, and each minibatch (or all data, if it fits). Bring the policy back to the CPU at the
# end.
#
# Here is a policy to train, whose two actions are 0 (right) and 1 (left).


# %% nbgrader={"grade_id": "logistic-policy"}
class LogisticPolicy(nn.Module):
    """Steers left with probability sigmoid(w s); starts from the weights that it is given."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor(weights, dtype=torch.float32))

    def forward(self, obs):
        return obs @ self.weights

    def loss(self, obs, act):
        return nn.functional.softplus((1 - 2 * act) * self(obs))


# %% nbgrader={"grade_id": "train", "solution": true}
def train(policy, obs, act, batches, lr, device="auto"):
    """Train `policy` in place by torch.optim.Adam, one step for each minibatch in turn.

    policy: an nn.Module with policy.loss(obs, act) -> [n]
    obs: [m, ...]; act: [m, ...]; batches: a list of index tensors
    lr: Adam's learning rate; device: for pick_device
    returns: a list, the mean loss on each minibatch just before its step
    """
    ### BEGIN SOLUTION
    device = pick_device(device)
    policy.to(device).train()
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu().eval()
    return losses
    ### END SOLUTION


# %% nbgrader={"grade_id": "train-check"}
def check_train():
    angle = torch.arange(64.0)
    obs = torch.stack([2 * torch.cos(angle), torch.sin(3 * angle)], 1)
    act = (obs[:, 0] > 0).float()
    epoch, policy = list(torch.arange(64).split(24)), LogisticPolicy([2.5, 0.5])
    rows, whole = epoch[0], numbers(policy.loss(obs, act).mean())
    mean = policy.loss(obs[rows], act[rows]).mean()
    (slope,) = torch.autograd.grad(mean, policy.weights)
    losses = numbers([numbers(loss) for loss in returned(train(policy, obs, act, [rows], lr=0.03))])
    assert losses.shape == (1,), f"one minibatch makes one loss, got shape {losses.shape}"
    assert abs(losses[0] - numbers(mean)) < 1e-4, (
        f"before its step the mean loss on the first minibatch of 24 is {numbers(mean):.3f} "
        f"(on all 64 samples it is {whole:.3f}); your first loss is {losses[0]:.3f}"
    )
    step = numbers(policy.weights) - [2.5, 0.5]
    assert step.any(), "the policy that was passed in has not changed"
    assert (np.sign(step) == -np.sign(numbers(slope))).all(), (
        "a step goes downhill on its own minibatch; a weight of yours went uphill"
    )
    assert np.allclose(abs(step), 0.03, atol=1e-4), (
        f"Adam's first step moves each weight by lr, here 0.03, got {abs(step).round(3)}"
    )
    policy = LogisticPolicy([0.0, 0.0])
    losses = numbers([numbers(loss) for loss in train(policy, obs, act, 40 * epoch, lr=0.1)])
    assert losses.shape == (120,), f"120 minibatches make 120 losses, got shape {losses.shape}"
    weights = numbers(policy.weights)
    assert losses[-1] < 0.2, f"the loss should fall below 0.2, got {losses[-1]:.3f}"
    assert abs(weights[0] - 4.01) < 0.05, (
        f"the loss falls, but the first weight ends at {weights[0]:.2f} instead of 4.01: "
        "does every step use the gradient of its own minibatch alone, and is there one optimiser "
        "for all steps?"
    )


check_train()
print("training loop: the visible check passes")


# %% nbgrader={"grade_id": "train-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_train():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    def adam(weights, obs, act, batches, lr, pile=False, forget=False):
        """Kingma and Ba (2015), algorithm 1, or with a fault: the weights, and the losses."""
        w, g, m, v, losses = np.array(weights), 0.0, 0.0, 0.0, []
        for t, rows in enumerate(batches, 1):
            z = obs[rows] @ w
            losses.append(np.logaddexp(0, (1 - 2 * act[rows]) * z).mean())
            g = pile * g + obs[rows].T @ (1 / (1 + np.exp(-z)) - act[rows]) / len(rows)
            if forget:
                m, v, t = 0.0, 0.0, 1
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            w = w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return w, losses

    rng = np.random.default_rng(student.seed("train"))
    for size in (7, 30):
        obs = rng.normal(size=(30, 3)).astype(np.float32)
        act = (obs @ rng.normal(size=3) + rng.normal(size=30) > 0).astype(np.float32)
        rows = np.concatenate([rng.permutation(30) for _ in range(3)])
        batches, lr = np.split(rows, range(size, 90, size)), float(rng.uniform(0.02, 0.1))
        start = rng.normal(size=3).round(2).tolist()
        known = start, obs.astype(float), act
        data = torch.tensor(obs), torch.tensor(act)

        def learned(count, data=data, start=start, batches=batches, lr=lr):
            policy = student.new("LogisticPolicy", start)
            rows = [torch.tensor(b) for b in batches[:count]]
            losses = student.call("train", policy, *data, rows, lr, "cpu")
            return losses, student.call("LogisticPolicy.forward", policy, data[0])

        want, first = adam(*known, batches[:1], lr)
        losses, score = learned(1)
        faults = {
            "the loss is that of the minibatch, not of all data": adam(*known, [rows[:30]], lr)[1],
            "the mean loss of the minibatch, not the sum": np.multiply(first, size),
        }
        idea = "the first loss is the mean over the first minibatch, before its step"
        expect.close(losses, first, idea, 1e-3, faults)
        faults = {
            "the policy that was passed in has not changed": start,
            "the step goes uphill": 2 * np.array(start) - want,
            "a step follows its minibatch's gradient, not all data's": adam(
                *known, [rows[:30]], lr
            )[0],
        }
        faults = {idea: obs @ wrong for idea, wrong in faults.items()}
        idea = "Adam's first step moves each weight by the lr that was passed, against the gradient"
        expect.close(score, obs @ want, idea, 1e-3, faults)

        want, each = adam(*known, batches, lr)
        losses, score = learned(len(batches))
        faults = {
            "old gradients are still there: clear them for each minibatch": (batches, lr, True),
            "one optimiser for all steps: Adam remembers": (batches, lr, False, True),
            "each step takes its own minibatch's gradient": ([rows[:30]] * len(batches), lr),
        }
        faults = {idea: obs @ adam(*known, *how)[0] for idea, how in faults.items()}
        expect.close(score, obs @ want, "one Adam step on each minibatch in turn", 1e-2, faults)
        expect.close(losses, each, "the mean loss of each minibatch, before its step", 1e-3)


hidden_train()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: a policy learns to turn
#
# Your `minibatches` and `train` on an expert that drives along a winding road, ten epochs. The loss
# must start at the upper dashed line, $\log 2$, and end inside the grey band.


# %% nbgrader={"grade_id": "train-picture"}
def train_picture():
    track = il.Track(horizon=100)
    obs, act, _ = il.collect(track.expert, track, n=20, seed=0).flat()
    obs, left = obs / obs.std(0), (act[:, 0] > 0).float()
    batches = [rows for epoch in range(10) for rows in minibatches(len(obs), BATCH, epoch)]
    losses = train(LogisticPolicy([0.0, 0.0, 0.0]), obs, left, batches, lr=0.1)
    _, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
    ax.axhline(math.log(2), color="black", linestyle="--")
    ax.axhspan(0.0, 0.15, color="0.9")
    ax.plot([numbers(loss) for loss in losses], color="#0072B2")
    ax.text(0, 0.075, "expected at the end", va="center", color="0.4")
    ax.set(xlabel="step", ylabel="log loss", ylim=(0, 0.8))
    plt.show()


train_picture()

# %% [markdown]
# ## Part 9: a Gaussian policy (10 points)
#
# Now the head as a module. A network with one hidden layer maps the observation to the mean; the
# logarithm of the standard deviation is a parameter of its own, the same in all states. The policy
# gives densities, $\log \hat\pi(a \mid s)$, and draws actions $a = \mu(s) + \sigma \varepsilon$
# with $\varepsilon \sim \mathcal N(0, I)$. This part is graded on its own: use
# `torch.distributions` if you like, or your `gaussian_nll` once its check passes.


# %% nbgrader={"grade_id": "gaussian-policy", "solution": true}
class GaussianPolicy(nn.Module):
    """A diagonal Gaussian over actions: the mean depends on the observation.

    obs_dim, act_dim: sizes of observations and actions; hidden: width of the hidden layer
    log_std: an nn.Parameter of shape [act_dim], -0.5 at the start
    """

    def __init__(self, obs_dim, act_dim, hidden=64):
        super().__init__()
        ### BEGIN SOLUTION
        self.mean = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh(), nn.Linear(hidden, act_dim))
        self.log_std = nn.Parameter(torch.full((act_dim,), -0.5))
        ### END SOLUTION

    def forward(self, obs):
        """Mean [n, act_dim] and log-deviation [act_dim] for observations [n, obs_dim]."""
        ### BEGIN SOLUTION
        return self.mean(obs), self.log_std
        ### END SOLUTION

    def log_prob(self, obs, act):
        """Log-density [n] of actions [n, act_dim]."""
        ### BEGIN SOLUTION
        mean, log_std = self(obs)
        return torch.distributions.Normal(mean, log_std.exp()).log_prob(act).sum(-1)
        ### END SOLUTION

    def sample(self, obs, generator=None):
        """Actions [n, act_dim], one draw for each observation, all randomness from generator."""
        ### BEGIN SOLUTION
        mean, log_std = self(obs)
        noise = torch.randn(mean.shape, generator=generator)
        return mean + log_std.exp() * noise
        ### END SOLUTION

    def loss(self, obs, act):
        """Negative log-likelihood [n], so that `train` can train it."""
        ### BEGIN SOLUTION
        return -self.log_prob(obs, act)
        ### END SOLUTION


# %% nbgrader={"grade_id": "gaussian-policy-tools"}
def set_log_std(policy, values):
    """Give a GaussianPolicy other deviations."""
    with torch.no_grad():
        policy.log_std.copy_(torch.tensor(values))


def log_std_shape(policy):
    """The shape of a GaussianPolicy's deviations."""
    return list(policy.log_std.shape)


def gradient_sizes(policy, obs, act):
    """The largest gradient entry of each parameter tensor under the policy's loss."""
    policy.zero_grad()
    policy.loss(obs, act).sum().backward()
    return [0.0 if p.grad is None else p.grad.abs().max().item() for p in policy.parameters()]


# %% nbgrader={"grade_id": "gaussian-policy-check"}
def check_gaussian_policy():
    policy = GaussianPolicy(3, 2)
    mean, log_std = returned(policy(torch.randn(5, 3)))
    assert log_std_shape(policy) == [2], (
        "log_std is a parameter of shape [act_dim], a number for each of the 2 action dimensions; "
        f"yours has shape {log_std_shape(policy)}"
    )
    assert tuple(mean.shape) == (5, 2), f"expected means of shape (5, 2), got {tuple(mean.shape)}"
    assert np.allclose(numbers(log_std), -0.5), "log_std starts at -0.5"
    obs = torch.zeros(4000, 3)
    draws = [numbers(policy.sample(obs, torch.Generator().manual_seed(s))) for s in (0, 0, 1)]
    assert draws[0].shape == (4000, 2), f"expected samples [n, 2], got {draws[0].shape}"
    assert (draws[0] == draws[1]).all(), "equal generators must give equal samples"
    assert (draws[0] != draws[2]).any(), "other generators must give other samples"
    assert abs(draws[0].std(0) - math.exp(-0.5)).max() < 0.05, (
        f"samples should spread by exp(-0.5) = 0.61, got {draws[0].std(0).round(2)}"
    )
    assert abs(np.corrcoef(draws[0].T)[0, 1]) < 0.1, "the dimensions must have noise of their own"
    changed = GaussianPolicy(3, 2)
    set_log_std(changed, [-1.5, 0.5])
    spread = numbers(changed.sample(obs, torch.Generator().manual_seed(0))).std(0)
    assert np.allclose(spread, np.exp([-1.5, 0.5]), rtol=0.1), (
        "once log_std has moved to -1.5 and 0.5, samples spread by 0.22 and 1.65; "
        f"got {spread.round(2)}"
    )
    peak = numbers(policy.log_prob(obs[:1], policy(obs[:1])[0]))
    assert np.allclose(peak, 1 - math.log(2 * math.pi), atol=1e-4), (
        "at its mean the log-density of two dimensions is 1 - log 2 pi: a sum over dimensions"
    )
    loss = numbers(policy.loss(torch.zeros(1, 3), policy(obs[:1])[0]))
    assert np.allclose(loss, -peak), "the loss is minus the log-density"
    assert min(gradient_sizes(policy, torch.randn(9, 3), torch.randn(9, 2))) > 0, (
        "the loss must send a gradient to every parameter"
    )


check_gaussian_policy()
print("Gaussian policy: the visible check passes")


# %% nbgrader={"grade_id": "gaussian-policy-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_gaussian_policy():
    import numpy as np
    import torch
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("gaussian-policy"))
    for obs_dim, act_dim in ((4, 3), (2, 1)):
        policy = student.new("GaussianPolicy", obs_dim, act_dim)
        obs, act = rng.normal(size=(6, obs_dim)), rng.normal(size=(6, act_dim))
        obs, act = torch.tensor(obs).float(), torch.tensor(act).float()
        shape = student.call("log_std_shape", policy)
        assert shape == [act_dim], "log_std has shape [act_dim], a number for each dimension"
        mean, log_std = student.call("GaussianPolicy.forward", policy, obs)
        mean = expect.shape(mean, (6, act_dim), "mean")
        expect.close(np.broadcast_to(log_std, mean.shape), np.full(mean.shape, -0.5), "log_std")
        assert np.ptp(mean, axis=0).min() > 1e-4, "the mean depends on the observation"
        log_std = rng.uniform(-1.2, 0.8, size=act_dim)
        student.call("set_log_std", policy, log_std.tolist())
        density = student.call("GaussianPolicy.log_prob", policy, obs, act)
        want = norm.logpdf(act.numpy(), mean, np.exp(log_std)).sum(1)
        expect.close(density, want, "the log-density is summed over the action's dimensions")
        loss = student.call("GaussianPolicy.loss", policy, obs, act)
        expect.close(loss, -want, "the loss is minus the log-density")
        sizes = student.call("gradient_sizes", policy, obs, act)
        assert min(sizes) > 0, "the loss reaches every parameter"
        many = obs[:1].expand(40_000, -1)
        draws = [
            expect.shape(
                student.call("GaussianPolicy.sample", policy, many, generator),
                (40_000, act_dim),
                "samples",
            )
            for generator in (torch.Generator().manual_seed(s) for s in (3, 3, 4))
        ]
        assert (draws[0] == draws[1]).all(), "equal generators give equal samples"
        assert (draws[0] != draws[2]).any(), "other generators give other samples"
        z = (draws[0] - mean[0]) / np.exp(log_std)  # six deviations: false alarms below 1e-8
        assert abs(z.mean(0)).max() < 6 / 200, "samples centre on the mean"
        assert abs((z**2).mean(0) - 1).max() < 6 * 2**0.5 / 200, "samples spread by sigma"
        assert abs((z**4).mean(0) - 3).max() < 6 * 96**0.5 / 200, "samples are Gaussian"
        if act_dim > 1:
            assert abs((z[:, 0] * z[:, 1]).mean()) < 6 / 200, "each dimension has its own noise"
        assert abs((z[:-1] * z[1:]).mean()) < 6 / 200, "each sample has its own noise"


hidden_gaussian_policy()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 10: ALVINN's head, from pixels (12 points)
#
# Pomerleau (1989) taught a van to steer from a camera image of 30 by 32 pixels. His network did
# not output a steering angle. It had a row of output units, each standing for one angle $c_b$, and
# was taught to raise a *bump* around the driver's angle $u$:
#
# $$p_b(u) = \frac{\exp\!\big(-(c_b - u)^2 / (2 w^2)\big)}
#               {\sum_{b'} \exp\!\big(-(c_{b'} - u)^2 / (2 w^2)\big)} .$$
#
# Neighbouring units share credit, so that a near miss is a small mistake, which plain classes
# would not know. The van steered by the centre of mass of the output distribution
# $q = \operatorname{softmax}(z)$, finer than the distance between units:
# $\hat u = \sum_b q_b c_b$. The loss is the cross-entropy from target to output,
# $-\sum_b p_b(u) \log q_b$ (here with a softmax; Pomerleau used squared errors).


# %% nbgrader={"grade_id": "alvinn", "solution": true}
def bump(steer, centres, width):
    """ALVINN's target: a Gaussian bump around the driver's steering that sums to one.

    steer: [n]; centres: [B]; width: a number w
    returns: [n, B]
    """
    ### BEGIN SOLUTION
    distance = steer[:, None] - centres
    return torch.softmax(-(distance**2) / (2 * width**2), -1)
    ### END SOLUTION


def steering(logits, centres):
    """The steering that the output units stand for: the centre of mass of their softmax.

    logits: [n, B]; centres: [B]
    returns: [n]
    """
    ### BEGIN SOLUTION
    return torch.softmax(logits, -1) @ centres
    ### END SOLUTION


def alvinn_loss(logits, steer, centres, width):
    """Cross-entropy from the bump to the softmax of the logits; in torch, finite for any logits.

    logits: [n, B]; steer: [n]; centres: [B]; width: a number
    returns: [n]
    """
    ### BEGIN SOLUTION
    return -(bump(steer, centres, width) * torch.log_softmax(logits, -1)).sum(-1)
    ### END SOLUTION


# %% [markdown]
# The cell below makes your three functions a policy of `ilkit` and lets `il.fit` train it
# on images, on the best device that there is. Read it: this is all that a new head needs.


# %% nbgrader={"grade_id": "alvinn-tools"}
class Alvinn(il.Policy):
    """Output units over the steering angle, behind any network on the retina."""

    def __init__(self, like, net="linear"):
        super().__init__(like, net)
        self.body = self.network.build(self.obs_space, len(CENTRES))
        self.register_buffer("centres", CENTRES.clone())

    def loss(self, obs, act, generator=None):
        logits = self.body(self.features(obs))
        return alvinn_loss(logits, act.flatten(), self.centres, WIDTH)

    def sample(self, obs, generator=None):
        with torch.no_grad():
            steer = steering(self.body(self.features(obs)), self.centres)
        return steer.clamp(-1, 1)[:, None, None]


def clone_driver(images, steer, seed=0):
    """An Alvinn policy fitted to images [m, 30, 32] and steering [m]."""
    demos = il.Demos(images[None], steer[None, :, None])
    torch.manual_seed(seed)  # of the first weights
    policy = Alvinn(demos)
    il.fit(policy, demos, steps=STEPS, batch=BATCH, lr=1e-2, seed=seed, device="auto")
    return policy.cpu()


# %% nbgrader={"grade_id": "alvinn-check"}
def check_alvinn():
    steer = torch.tensor([-0.5, 0.0, 0.33])
    target = numbers(bump(steer, CENTRES, WIDTH))
    assert target.shape == (3, 29), f"expected targets of shape (3, 29), got {target.shape}"
    assert np.allclose(target.sum(1), 1, atol=1e-4), "each sample's bump must sum to one"
    assert (target.argmax(1) == [9, 14, 17]).all(), "the bump peaks at the unit nearest to u"
    ratio = target[1, 15] / target[1, 14]
    fall = math.exp(-0.5 * (0.1 / WIDTH) ** 2)
    assert np.isclose(ratio, fall, atol=1e-3), (
        f"one unit (0.1) from its peak the bump falls to {fall:.2f} of it, got {ratio:.2f}"
    )
    back = numbers(steering(torch.log(torch.as_tensor(target).float()), CENTRES))
    assert back.shape == (3,), f"expected one steering per sample, got shape {back.shape}"
    assert np.allclose(back, steer, atol=1e-3), (
        "the centre of mass of a bump is its middle, even between two units (0.33): "
        f"got {back.round(3)}"
    )
    logits = 3 * torch.cos(torch.arange(87.0)).reshape(3, 29)
    loss = numbers(alvinn_loss(logits, steer, CENTRES, WIDTH))
    assert loss.shape == (3,), f"expected one loss per sample, got shape {loss.shape}"
    assert (loss > 0).all(), "a cross-entropy is positive: check the sign"
    flat = numbers(alvinn_loss(torch.zeros(3, 29), steer, CENTRES, WIDTH))
    assert np.allclose(flat, math.log(29), atol=1e-4), (
        f"equal outputs of 29 units cost log 29 = 3.37, a sum over the units; got {flat[0]:.3f}"
    )


check_alvinn()
print("ALVINN: the visible check passes")


# %% nbgrader={"grade_id": "alvinn-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_alvinn():
    import numpy as np
    import torch
    from scipy.special import log_softmax
    from scipy.stats import norm

    from ilkit.envs.retina import Retina
    from ilkit.grading import expect, student
    from ilkit.rollout import collect

    seed = student.seed("alvinn")
    rng = np.random.default_rng(seed)
    for units, width in ((41, 0.2), (61, 0.1)):
        centres = np.linspace(-2, 2, units).astype(np.float32)
        steer = rng.uniform(-1, 1, size=12).astype(np.float32)
        logits = rng.normal(scale=2, size=(12, units)).astype(np.float32)
        p = norm.pdf(centres, steer[:, None], width)
        p /= p.sum(1, keepdims=True)
        args = torch.tensor(steer), torch.tensor(centres), width
        expect.close(student.call("bump", *args), p, "a normalised Gaussian bump of this width")
        q = np.exp(log_softmax(logits, axis=1))
        expect.close(
            student.call("steering", torch.tensor(logits), args[1]), q @ centres, "centre of mass"
        )
        loss = student.call("alvinn_loss", torch.tensor(logits), *args)
        want = -(p * log_softmax(logits, axis=1)).sum(1)
        expect.close(loss, want, "cross-entropy from the bump to the softmax")
        far = torch.tensor(logits) * 500
        slope = student.grad("alvinn_loss", far, *args)
        want = np.exp(log_softmax(far.numpy().astype(float), axis=1)) - p
        expect.close(slope, want, "for logits of any size its gradient is output minus target")
    env = Retina(horizon=60)
    shown, unseen = (collect(env.expert, env, n=20, seed=seed % 10_000 + i) for i in (1, 2))
    images, steer, _ = shown.flat()
    policy = student.new("clone_driver", images, steer[:, 0], seed % 1000)
    images, steer, _ = unseen.flat()
    got = student.call("Alvinn.forward", policy, images)
    error = expect.shape(got, (len(images), 1), "steering") - steer.numpy()
    spread = float(steer.std())
    assert np.sqrt((error**2).mean()) < 0.5 * spread, "the cloned driver steers from new images"


hidden_alvinn()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: what the van sees, and what it does
#
# Left: the retina in three moments of new drives, the expert's steering above (left is positive).
# Right: your cloned driver's steering against the
# expert's on images that it was not trained on. The dots must lie within about 0.1 of the dashed
# diagonal.


# %% nbgrader={"grade_id": "alvinn-picture"}
def alvinn_picture():
    env = il.Retina(horizon=60)
    images, steer, _ = il.collect(env.expert, env, n=EPISODES, seed=0).flat()
    policy = clone_driver(images, steer[:, 0])
    images, steer, _ = il.collect(env.expert, env, n=5, seed=1).flat()
    shape = {"figsize": (9, 2.6), "layout": "constrained", "width_ratios": [1, 1, 1, 2]}
    _, axes = plt.subplots(1, 4, **shape)
    by_steering = steer[:, 0].argsort().tolist()
    for ax, moment in zip(axes, by_steering[:: len(by_steering) // 2 - 1]):
        ax.imshow(images[moment], cmap="gray", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[], title=f"steering {steer[moment, 0]:+.2f}")
    axes[3].plot([-0.5, 0.5], [-0.5, 0.5], "--", color="black")
    axes[3].plot(steer[:, 0], numbers(policy(images)), ".", markersize=3, color="#0072B2")
    axes[3].set(xlabel="expert's steering", ylabel="cloned steering")
    plt.show()


alvinn_picture()

# %% [markdown]
# ## Part 11: evaluation (10 points)
#
# A loss on the expert's states is computed with the expert at the wheel. What a policy costs shows
# only when *it* drives: its own actions lead to its own states. An environment of `ilkit` runs $n$
# episodes side by side, with methods
#
# - `env.reset(n, generator)`: the first states, one row an episode;
# - `env.observe(state)`: what the policy sees of them;
# - `env.step(state, act, generator)`: the next states, and the costs $[n]$ of this step;
#
# and takes `env.horizon` steps. All their randomness comes from the `generator`, a
# `torch.Generator`. Write the rollout that returns each episode's total cost
# $\sum_{t=1}^{H} c_t$: a loop over steps. (`il.rollout` is such a loop; calling it is not the
# exercise.)
#
# The mean over $n$ episodes is an estimate, and an estimate needs an interval. With the sample's
# standard deviation $s$ (divisor $n - 1$), the 95 % interval of Student is
#
# $$\bar c \pm t_{n-1}\, \frac{s}{\sqrt n} ,$$
#
# where `t_quantile(n - 1)` gives $t_{n-1}$, the 0.975 quantile (1.96 for large $n$, 2.78 for five
# episodes).


# %% nbgrader={"grade_id": "evaluation", "solution": true}
def total_cost(policy, env, n, seed):
    """Let the policy drive n episodes and add up what it pays.

    policy: a function from observations [n, ...] to actions [n, ...]
    env: an environment of ilkit; seed: equal seeds give equal episodes
    returns: [n], the total cost of each episode
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    state, total = env.reset(n, generator), torch.zeros(n)
    for _ in range(env.horizon):
        state, cost = env.step(state, policy(env.observe(state)), generator)
        total = total + cost
    return total
    ### END SOLUTION


def interval(costs):
    """The mean of independent costs and Student's 95 % interval.

    costs: [n]
    returns: three numbers, mean, low and high
    """
    ### BEGIN SOLUTION
    costs = torch.as_tensor(costs, dtype=torch.float64)
    half = t_quantile(len(costs) - 1) * costs.std() / math.sqrt(len(costs))
    return float(costs.mean()), float(costs.mean() - half), float(costs.mean() + half)
    ### END SOLUTION


# %% nbgrader={"grade_id": "evaluation-check"}
def check_evaluation():
    rope = il.Tightrope(horizon=10)
    calls, views = [], []

    def expert(obs):
        calls.append(obs)
        return rope.expert(obs)

    def fool(obs):  # always one action off, so on the ground from the second step on
        views.append(obs)
        return (rope.expert(obs) + 1) % rope.actions

    cost = numbers(total_cost(expert, rope, 5, seed=0))
    assert cost.shape == (5,), f"expected one total per episode, shape (5,), got {cost.shape}"
    assert len(calls) == 10, f"a horizon of 10 asks the policy 10 times, got {len(calls)}"
    assert len({tuple(obs.tolist()) for obs in calls}) > 1, "the policy must see the newest state"
    assert (cost == 0).all(), "the expert never pays on the tightrope: who chose the actions?"
    cost = numbers(total_cost(fool, rope, 5, seed=0))
    assert (numbers(torch.stack(views))[1:] >= rope.width).all(), (
        "a wrong step ends on the ground, yet the policy saw the rope: whose actions were executed?"
    )
    assert not (cost == 1).all(), (
        "ten wrong steps cost 10, yours 1: do you average over the steps, or stop at the first "
        "mistake?"
    )
    assert (cost == 10).all(), f"a policy that is always wrong pays 1 in each of 10 steps: {cost}"
    track, views = il.Track(horizon=4), []

    def straight_on(obs):
        views.append(tuple(obs.shape))
        return torch.zeros(len(obs), 1)

    costs = [numbers(total_cost(straight_on, track, 5, seed=seed)) for seed in (0, 0, 1)]
    assert set(views) == {(5, 3)}, "the policy sees env.observe(state), not the state"
    assert (costs[0] == costs[1]).all(), "equal seeds must give equal episodes"
    assert (costs[0] != costs[2]).any(), "other seeds must give other episodes"
    mean, low, high = returned(interval(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])))
    assert mean == 3, f"the mean of 1 to 5 is 3, got {mean}"
    half = (high - low) / 2
    assert not np.isclose(half, 2.776 * 1.5811, atol=1e-2), "a mean spreads less: divide by sqrt n"
    assert not np.isclose(half, 1.96 * 1.5811 / 5**0.5, atol=1e-2), "five episodes need t, not 1.96"
    assert np.isclose(half, 1.9632, atol=1e-3), f"expected a half-width of 1.963, got {half:.3f}"


check_evaluation()
print("evaluation: the visible check passes")


# %% nbgrader={"grade_id": "evaluation-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_evaluation():
    import numpy as np
    import scipy.stats
    import torch

    from ilkit.envs.tightrope import Tightrope
    from ilkit.envs.track import Track
    from ilkit.grading import expect, student

    seed = student.seed("evaluation") % 100_000
    rng = np.random.default_rng(seed)
    horizon, slip = int(rng.integers(8, 20)), int(rng.integers(2, 6))
    rope = Tightrope(horizon=horizon, seed=seed)
    right, seen = rope.right.numpy(), []

    def walker(obs):  # wrong at step `slip`; on the ground it knows no better
        lost = (obs >= rope.width) | (len(seen) == slip)
        seen.append(obs)
        return torch.as_tensor((right[obs] + lost) % rope.actions)

    cost = student.call("total_cost", walker, rope, 6, seed)
    assert len(seen) == horizon, "the policy is asked once a step, horizon times"
    ground = np.stack(seen) >= rope.width
    want = np.arange(horizon)[:, None] > slip
    assert (ground == want).all(), "the policy meets the states that its own actions led to"
    expect.close(cost, np.full(6, horizon - slip), "every step's cost is added, none is averaged")

    track, drive = Track(horizon=30), []

    def drunk(obs):
        drive.append(obs)
        return torch.as_tensor(np.sin(3 * obs[:, :1]) - 0.4)

    cost = expect.shape(student.call("total_cost", drunk, track, 50, seed), (50,), "total costs")
    seen = {np.shape(obs) for obs in drive}
    assert seen == {(50, 3)}, "the policy sees env.observe(state), not the state"
    y = np.stack(drive)[1:, :, 0]  # the cost of a step is that of the state it leads to
    known = np.minimum(1, (y / 2) ** 2).sum(0)
    assert (known - 1e-3 <= cost).all(), "the costs of all steps"
    assert (cost <= known + 1 + 1e-3).all(), "the costs of all steps, each once"
    again = student.call("total_cost", drunk, track, 50, seed)
    expect.close(again, cost, "equal seeds give equal episodes")
    other = student.call("total_cost", drunk, track, 50, seed + 1)
    assert not np.allclose(other, cost), "other seeds give other episodes"

    for n in (2, 5, 40):
        costs = rng.exponential(3.0, size=n)
        got = student.call("interval", torch.tensor(costs))
        low, high = scipy.stats.t.interval(0.95, n - 1, costs.mean(), scipy.stats.sem(costs))
        mean, wide = costs.mean(), np.array([0, low - high, high - low]) / 2
        faults = {
            "an estimate of the mean spreads less than episodes do: divide by sqrt n": n**0.5,
            "the sample's standard deviation has the divisor n - 1": (1 - 1 / n) ** 0.5,
            "few episodes need t_quantile(n - 1), not 1.96": 1.96 / scipy.stats.t.ppf(0.975, n - 1),
        }
        faults = {idea: mean + factor * wide for idea, factor in faults.items()}
        expect.close(got, mean + wide, "Student's interval of the mean", 1e-3, faults)


hidden_evaluation()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: the expert's states against your own
#
# Drivers cloned from more and more demonstrations, three for each number, each from drives of its
# own. Left, their squared error on new demonstrations, with the expert at the wheel. Right, their
# cost when they drive by themselves, with your intervals; the dashed line is the expert's. Both
# fall, but not together: from one demonstration to five the error falls by about half at most, the
# cost about a hundredfold. Look for two drivers with nearly the same error, one of which costs tens
# of times as much as the other. What an error leads to, the error does not say; chapter 03 does.


# %% nbgrader={"grade_id": "evaluation-picture"}
def evaluation_picture():
    env = il.Retina(horizon=100)
    unseen = il.collect(env.expert, env, n=20, seed=1)
    new_images, new_steer, _ = unseen.flat()
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for size in (1, 2, 5, 20):
        for seed in range(3):
            images, steer, _ = il.collect(env.expert, env, n=size, seed=100 + seed).flat()
            policy = clone_driver(images, steer[:, 0], seed)
            error = numbers(squared_error(policy(new_images), new_steer)).mean()
            mean, low, high = interval(total_cost(policy, env, 40, seed=2))
            place, reach = size * 1.08**seed, [[mean - low], [high - mean]]
            left.loglog(place, error, "o", color="#0072B2")
            right.errorbar(place, mean, reach, marker="o", color="#0072B2", capsize=2)
    right.axhline(unseen.total_cost().mean(), color="black", linestyle="--")
    left.set(xlabel="demonstrations", ylabel="squared error, expert drives")
    right.set(xlabel="demonstrations", ylabel="total cost, learner drives", xscale="log")
    right.set_yscale("log", nonpositive="clip")
    for ax in (left, right):
        ax.set_xticks([1, 2, 5, 20], ["1", "2", "5", "20"])
        ax.minorticks_off()
    plt.show()


evaluation_picture()

# %% [markdown]
# ## Bonus (no points): both sides of the road
#
# A road seen in a mirror bends the other way. Write `mirror`, which doubles a set of images and
# steering for free, and see whether it saves demonstrations: put `clone_driver(*mirror(images,
# steer[:, 0]))` into a copy of the last picture.


# %% nbgrader={"grade_id": "bonus", "solution": true}
def mirror(images, steer):
    """The data and its mirror image.

    images: [m, 30, 32]; steer: [m]
    returns: images [2 m, 30, 32] and steering [2 m]
    """
    ### BEGIN SOLUTION
    return torch.cat([images, images.flip(2)]), torch.cat([steer, -steer])
    ### END SOLUTION
