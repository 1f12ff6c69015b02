# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld:
#       - ilkit.policies.mixture
#       - ilkit.policies.cvae
#       - ilkit.policies.autoregressive
#       - ilkit.policies.diffusion
#       - ilkit.policies.flow
#     choices:
#       FAR: [0.6, 0.5, 0.7]
#       TREMOR: [0.1, 0.08, 0.12]
#       LEVELS: [40, 32, 50]
#       BINS: [16, 12, 20]
#       RUNS: [4, 3, 5]
# ---

# %% [markdown]
# # Homework 4: expressive policies
#
# *After [chapter 06]({{ site_url }}/book/06-expressive-policies.html). Four to five hours; a
# laptop's CPU is enough, a GPU is used where there is one.*
#
# Two arms carry a tray towards a post. Both swerve to the right, or both to the left. A Gaussian
# policy averages the two ways and hits the post; independent bins mix them and drop the tray. You
# will write the losses and the samplers of the heads that do neither:
#
# - mixture density, its likelihood and its sampler;
# - the conditional VAE, its lower bound and a tighter one;
# - autoregressive bins, by the chain rule;
# - diffusion, its loss and the way back by DDPM and DDIM;
# - flow matching;
#
# and you will train a head for many seeds at once and compare two heads over seeds.
#
# There are eleven parts and 100 points. Each has one cell for your answer and one *visible check*
# that says in words what is wrong. Hidden tests grade: they try other inputs and hold your results
# against facts. A part's points are given whole or not at all, and each part is graded on its own:
# one that you leave out costs no other. A written notebook, `hw4-expressive-policies-written`,
# carries 10 further points.
#
# Use torch, NumPy and SciPy as you like. What you are asked to write also stands in `ilkit`, in
# `ilkit.policies`: while your notebook is graded, its mixture, CVAE, autoregressive, diffusion and
# flow heads are withheld. The rest, which the locked cells use, is there: `il.Policy`, `il.Demos`,
# `fit_many`.
#
# Shapes are written like $[n, d]$: $n$ samples in a batch, $d$ numbers in an action. Inputs are
# torch tensors and so are results, unless a part says otherwise. The losses of all parts but 4, 5
# and 11 are trained through: write them in torch, so that gradients flow. The pictures train them
# for many seeds at once, which `torch.func.vmap` does: inside a loss make no `.item()`, no `if` on
# a tensor's values, and no NumPy. (The grade does not depend on the pictures.)

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
from scipy.special import stdtrit
from torch import nn

import ilkit as il
from ilkit.policies import Network
from ilkit.train import fit_many

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


def seeded(seed):
    """A fresh source of randomness; equal seeds give equal numbers."""
    return torch.Generator().manual_seed(seed)


def t_quantile(freedom):
    """The 0.975 quantile of Student's t with that many degrees of freedom."""
    return float(stdtrit(freedom, 0.975))


# %% nbgrader={"grade_id": "sizes"}
# Sizes of the experiments. The checks rely on them: leave them as they are.
FAR = 0.6  # how far to a side of the post the arms swerve
TREMOR = 0.1  # deviation of the hands
LEVELS = 40  # of noise, in diffusion
BINS = 16  # for each dimension of an action
RUNS = 4  # seeds that are trained at once
STEPS = 400  # optimiser steps when heads are trained

# %% [markdown]
# The scene, and what trains the heads of the pictures. An observation is the post's place; an
# action is a place for each arm. An action is *astray* if it is farther than three deviations from
# both of the expert's ways; of the expert's own 1.1 % are. `train_heads` makes one head for each
# seed, with data and initial weights of its own, and trains them all together: the networks are
# small, and what a step costs is the call of each tensor operation, which all seeds now share.


# %% nbgrader={"grade_id": "scene"}
def two_arms(n, seed):
    """n demonstrations of one step: the post's place [n, 1], the arms' places [n, 2]."""
    g = seeded(seed)
    post = 0.2 * torch.randn(n, 1, generator=g)
    side = 2.0 * torch.randint(2, (n, 1), generator=g) - 1
    return post, post + FAR * side + TREMOR * torch.randn(n, 2, generator=g)


def astray(post, act):
    """Which actions [n, 2] are on neither of the ways round their posts [n, 1]: [n] bool."""
    gap = torch.minimum((act - post - FAR).norm(dim=1), (act - post + FAR).norm(dim=1))
    return gap > 3 * TREMOR


class Head(il.Policy):
    """The base of the heads: a small network of the observation and another vector."""

    sizes = (0, 2)  # numbers that come in beside the observation, numbers that go out

    def __init__(self, like, seed=0):
        super().__init__(like, Network("mlp", hidden=(32,)), seed=seed)
        self.net = self.build_conditional(*self.sizes)

    def ask(self, obs, *vectors):
        return self.net(self.features(obs), *vectors)


def train_heads(make):
    """One head for each of the first RUNS seeds, trained together."""
    demos = [il.Demos(*(x[None] for x in two_arms(1000, seed))) for seed in range(RUNS)]
    heads = [make(lesson, seed) for seed, lesson in enumerate(demos)]
    fit_many(heads, demos, steps=STEPS, batch=128, lr=3e-2, device="auto")
    return heads


def show_clouds(heads, title):
    """Each seed's samples around posts at 0, the expert's in grey; the share astray above."""
    post = torch.zeros(1000, 1)
    expert = two_arms(200, seed=RUNS)
    expert = expert[1] - expert[0]
    _, axes = plt.subplots(1, RUNS, figsize=(9, 2.6), layout="constrained", sharey=True)
    for seed, (ax, head) in enumerate(zip(axes, heads)):
        act = head(post, seeded(seed))
        share = astray(post, act).float().mean()
        ax.plot(*expert.T, ".", color="0.7", markersize=3)
        ax.plot(*act[:200].T, ".", color="#0072B2", markersize=3)
        ax.set(title=f"seed {seed}: {share:.0%} astray", xlabel="left arm", aspect="equal")
        ax.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5))
    axes[0].set(ylabel=f"{title}\nright arm")
    plt.show()


# %% [markdown]
# ## Part 1: the likelihood of a mixture (10 points)
#
# A mixture density network outputs for each observation $K$ scores $u_k$, and for each of the $K$
# components a mean $\mu_k$ and a log-deviation $\log \sigma_k$ in every one of the $d$ dimensions.
# With weights $w_k = e^{u_k} / \sum_j e^{u_j}$,
#
# $$\pi(a \mid s) = \sum_{k=1}^K w_k \prod_{j=1}^d \mathcal N(a_j; \mu_{kj}, \sigma_{kj}^2) ,
#   \qquad \ell = -\log \pi(a \mid s) .$$
#
# A component is chosen once for the whole action: the product stands inside the sum. That is what
# lets two arms agree. Far from all means every summand rounds to zero, and its logarithm is
# $-\infty$: stay with logarithms to the end.
# ([Chapter 06]({{ site_url }}/book/06-expressive-policies.html#expressive-mixture))


# %% nbgrader={"grade_id": "mixture-nll", "solution": true}
def mixture_nll(logits, mean, log_std, act):
    """Negative log-density of each action under a mixture of diagonal Gaussians.

    logits: [n, K]; mean, log_std: [n, K, d]; act: [n, d]
    returns: [n], finite however far the action is from the means
    """
    ### BEGIN SOLUTION
    z = (act[:, None] - mean) * torch.exp(-log_std)
    log_normal = -(0.5 * z**2 + log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
    return -torch.logsumexp(torch.log_softmax(logits, -1) + log_normal, -1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mixture-nll-check"}
def check_mixture_nll():
    two, peak = torch.zeros(1, 1, 2), math.log(2 * math.pi)
    loss = numbers(mixture_nll(torch.zeros(1, 1), two, two, torch.zeros(1, 2)))
    assert loss.shape == (1,), f"expected one number per sample, got shape {loss.shape}"
    assert np.isclose(loss[0], peak), (
        "one component of deviation 1 is a Gaussian: at its mean, d = 2, the loss is log 2 pi = "
        f"1.838, a sum over the action's dimensions; got {loss[0]:.3f}"
    )
    wide = numbers(mixture_nll(torch.zeros(1, 1), two, two + 1, torch.zeros(1, 2)))
    assert np.isclose(wide[0], peak + 2), (
        "e times as wide in both dimensions raises the loss at the mean by 2: "
        f"how does log_std enter? your rise is {wide[0] - loss[0]:.3f}"
    )
    aside = numbers(mixture_nll(torch.zeros(1, 1), two, two + 1, math.e * torch.ones(1, 2)))
    assert np.isclose(aside[0] - wide[0], 1), (
        "one deviation, e, off the mean in both dimensions costs 1/2 + 1/2 more than at the mean, "
        f"yours {aside[0] - wide[0]:.3f}: log_std is the logarithm of a deviation"
    )
    mean, one = torch.tensor([[[-1.0], [1.0]]]), torch.ones(1, 1)
    loss = [
        numbers(mixture_nll(z, mean, 0 * mean, one))[0]
        for z in torch.tensor([[[0.0, 0]], [[7.0, 7]]])
    ]
    assert not np.isclose(loss[0], 1.919, atol=2e-3), (
        "you average the components' losses; the logarithm belongs outside the sum"
    )
    assert np.isclose(loss[0], 1.485, atol=2e-3), (
        "the example of chapter 06, weights 1/2, means -1 and 1, sigma 1, a = 1: "
        f"expected 1.485, got {loss[0]:.3f}. Are the weights a softmax over components, and do all "
        "components count?"
    )
    assert np.isclose(*loss), "adding 7 to both scores changed the loss: weights must sum to one"
    ways = torch.tensor([[[-3.0, -3.0], [3.0, 3.0]]])
    mixed = numbers(mixture_nll(torch.zeros(1, 2), ways, 0 * ways, torch.tensor([[3.0, -3.0]])))
    assert mixed[0] > 15, (
        "one arm to the right, one to the left is all but impossible here, yet your density gives "
        "it a fair share: is the component chosen once for the whole action?"
    )
    far = numbers(mixture_nll(torch.zeros(1, 2), mean, 0 * mean, 100 * one))
    assert np.isfinite(far).all(), "a far action has probability 0 in floats: stay with logarithms"


check_mixture_nll()
print("mixture likelihood: the visible check passes")


# %% nbgrader={"grade_id": "mixture-nll-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_mixture_nll():
    import numpy as np
    import torch
    from scipy.special import log_softmax, logsumexp, softmax
    from scipy.stats import norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("mixture-nll"))
    for n, k, d in ((6, 3, 2), (5, 1, 1), (4, 5, 3)):
        logits = rng.normal(scale=1.5, size=(n, k)).astype(np.float32)
        mean = rng.normal(scale=1.5, size=(n, k, d)).astype(np.float32)
        log_std = rng.normal(scale=0.5, size=(n, k, d)).astype(np.float32)
        act = rng.normal(scale=1.5, size=(n, d)).astype(np.float32)
        args = [torch.tensor(x) for x in (logits, mean, log_std, act)]
        each = norm.logpdf(act[:, None], mean, np.exp(log_std))
        joint = log_softmax(logits, axis=1) + each.sum(2)
        want = -logsumexp(joint, axis=1)
        alone = log_softmax(logits, axis=1)[:, :, None] + each
        faults = {
            "weights must sum to one": -logsumexp(logits + each.sum(2), axis=1),
            "the logarithm belongs outside the sum over components": -(
                softmax(logits, axis=1) * each.sum(2)
            ).sum(1),
            "a component is chosen once for the whole action": -logsumexp(alone, axis=1).sum(1),
            "log_std is the logarithm of a deviation, not of a variance": -logsumexp(
                log_softmax(logits, axis=1)
                + norm.logpdf(act[:, None], mean, np.exp(log_std / 2)).sum(2),
                axis=1,
            ),
        }
        total = log_softmax(logits, axis=1)
        faults |= {
            "the log-density sums over the action's dimensions": -logsumexp(
                total + each.mean(2), axis=1
            ),
            "the density needs its constant, log sqrt(2 pi)": want - d * np.log(2 * np.pi) / 2,
            "every component counts, not the best alone": -joint.max(1),
        }
        got = student.call("mixture_nll", *args)
        expect.close(got, want, "minus the log of the mixture's density", faults=faults)
        share = np.exp(joint + want[:, None])  # responsibilities
        to_logits, to_mean = student.grad("mixture_nll", *args, wrt=(0, 1))
        expect.close(
            to_logits, softmax(logits, axis=1) - share, "each component answers for its share"
        )
        pull = share[:, :, None] * (mean - act[:, None]) / np.exp(2 * log_std)
        expect.close(to_mean, pull, "a mean is pulled by its share of the action", 1e-3)
    m = 8001
    parts = (
        torch.tensor(rng.normal(size=(1, 3))).float().expand(m, 3),
        torch.tensor(rng.normal(scale=3, size=(1, 3, 1))).float().expand(m, 3, 1),
        torch.tensor(rng.uniform(-1, 0.5, size=(1, 3, 1))).float().expand(m, 3, 1),
    )
    got = student.call("mixture_nll", *parts, torch.linspace(-40, 40, m)[:, None])
    mass = np.trapezoid(np.exp(-expect.shape(got, (m,), "the loss")), dx=0.01)
    expect.close(mass, 1.0, "the density integrates to one", 1e-3)
    far = student.call("mixture_nll", *(x[:1] for x in parts), torch.tensor([[900.0]]))
    logits, mean, log_std = (x[0].numpy().astype(float) for x in parts)
    joint = log_softmax(logits) + norm.logpdf(900.0, mean[:, 0], np.exp(log_std[:, 0]))
    expect.close(far, -logsumexp(joint, keepdims=True), "finite and right far from all means", 1e-3)


hidden_mixture_nll()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: drawing from a mixture (8 points)
#
# To draw, choose one component $k$ by the weights, then a Gaussian number in each dimension:
# $a = \mu_k + \sigma_k \varepsilon$. Each row of the batch has its own mixture and its own draw,
# and all randomness comes from the `generator`.


# %% nbgrader={"grade_id": "mixture-sample", "solution": true}
def mixture_sample(logits, mean, log_std, generator):
    """One action for each row.

    logits: [n, K]; mean, log_std: [n, K, d]; generator: a torch.Generator
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    which = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:, 0]
    rows = torch.arange(len(logits))
    noise = torch.randn(mean[:, 0].shape, generator=generator)
    return mean[rows, which] + log_std[rows, which].exp() * noise
    ### END SOLUTION


# %% nbgrader={"grade_id": "mixture-sample-check"}
def check_mixture_sample():
    n = 4000
    logits = torch.tensor([[0.0, math.log(3.0)]]).expand(n, 2)
    mean = torch.tensor([[[-9.0, -9.0], [9.0, 9.0]]]).expand(n, 2, 2)
    log_std = torch.log(torch.tensor([[[0.2, 0.2], [0.2, 0.4]]])).expand(n, 2, 2)
    draws = [numbers(mixture_sample(logits, mean, log_std, seeded(s))) for s in (0, 0, 1)]
    assert draws[0].shape == (n, 2), f"expected actions of shape (4000, 2), got {draws[0].shape}"
    assert (draws[0] == draws[1]).all(), "equal generators must give equal actions"
    assert (draws[0] != draws[2]).any(), "other generators must give other actions"
    right = draws[0] > 0
    assert (right[:, 0] == right[:, 1]).all(), (
        "the arms part: a component is chosen once for the whole action, not once a dimension"
    )
    assert 0 < right.mean() < 1, (
        "all actions are on one side: draw a component for each row, by the row's weights"
    )
    assert abs(right[:, 0].mean() - 0.75) < 0.04, (
        f"weights 1/4 and 3/4: {right[:, 0].mean():.2f} of your actions are on the right"
    )
    own = draws[0][right[:, 0]]
    spread = own.std(0)
    assert np.allclose(spread, [0.2, 0.4], rtol=0.1), (
        f"around the right mean actions spread by 0.2 and 0.4, got {spread.round(2)}"
    )
    assert abs(np.corrcoef(own.T)[0, 1]) < 0.1, "each dimension needs noise of its own"
    certain = 50.0 * torch.eye(2).repeat(n // 2, 1)  # even rows left, odd rows right
    sides = numbers(mixture_sample(certain, mean, log_std, seeded(0)))[:, 0] > 0
    assert (sides == (np.arange(n) % 2 == 1)).all(), "each row is drawn by its own weights"


check_mixture_sample()
print("mixture sampler: the visible check passes")


# %% nbgrader={"grade_id": "mixture-sample-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_mixture_sample():
    import numpy as np
    import torch
    from scipy.special import softmax
    from scipy.stats import chi2

    from ilkit.grading import expect, student

    seed = student.seed("mixture-sample")
    rng = np.random.default_rng(seed)
    each = 15_000
    for k, d in ((3, 2), (2, 1)):
        # Three rows with mixtures of their own, far apart, each repeated; shuffled together.
        logits = rng.uniform(-1, 1, size=(3, k))
        mean = 20 * rng.permuted(np.tile(np.arange(k), (3, d, 1)), axis=2).transpose(0, 2, 1)
        mean = mean + rng.normal(size=(3, k, d))
        log_std = rng.uniform(-1, 0.5, size=(3, k, d))
        row = rng.permutation(np.repeat(np.arange(3), each))
        args = [torch.tensor(x[row]).float() for x in (logits, mean, log_std)]
        seeds = (seed % 1000, seed % 1000, seed % 1000 + 1)
        draws = [
            expect.shape(
                student.call("mixture_sample", *args, torch.Generator().manual_seed(s)),
                (3 * each, d),
                "samples",
            )
            for s in seeds
        ]
        assert (draws[0] == draws[1]).all(), "equal generators give equal samples"
        assert (draws[0] != draws[2]).any(), "other generators give other samples"
        z = (draws[0][:, None] - mean[row]) / np.exp(log_std[row])
        which = (z**2).sum(2).argmin(1)
        z = z[np.arange(3 * each), which]
        assert abs(z).max() < 8, "each sample belongs whole to one component of its own row"
        for i in range(3):  # false alarms below 1e-8 in each line
            count = np.bincount(which[row == i], minlength=k)
            want = each * softmax(logits[i])
            gap = ((count - want) ** 2 / want).sum()
            assert gap < chi2.isf(1e-8, k - 1), "components are drawn by their weights"
            for j in range(k):
                own = z[(row == i) & (which == j)]
                m = len(own)
                assert abs(own.mean(0)).max() < 6 / m**0.5, "samples centre on the chosen mean"
                assert abs((own**2).mean(0) - 1).max() < 7 * (2 / m) ** 0.5, "they spread by sigma"
        if d > 1:
            assert abs((z[:, 0] * z[:, 1]).mean()) < 6 / (3 * each) ** 0.5, (
                "each dimension has noise of its own"
            )
        assert abs((z[1:] * z[:-1]).mean()) < 6 / (3 * each) ** 0.5, "each row has its own noise"


hidden_mixture_sample()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: mixtures of many seeds
#
# Your two functions make a head; {{ RUNS }} of them are trained at once. Expect two round clouds,
# and 1 to 3 % astray in most seeds: hardly more than of the expert's own. Three components were
# offered for two ways; a third one that finds no work may still put a few actions between.


# %% nbgrader={"grade_id": "mixture-picture"}
class MixtureHead(Head):
    sizes = (0, 3 * 5)

    def __init__(self, like, seed=0):
        super().__init__(like, seed)
        with self.seeded():
            self.centres = nn.Parameter(torch.randn(3, 2))  # apart from the start

    def parts(self, obs):
        logits, mean, raw = self.ask(obs).split([3, 6, 6], 1)
        return logits, self.centres + mean.reshape(-1, 3, 2), raw.reshape(-1, 3, 2).clamp(-4, 1)

    def loss(self, obs, act, generator=None):
        return mixture_nll(*self.parts(obs), self.to_unit(act))

    def sample(self, obs, generator=None):
        with torch.no_grad():
            return self.from_unit(mixture_sample(*self.parts(obs), generator))


def mixture_picture():
    show_clouds(train_heads(MixtureHead), "mixture")


mixture_picture()

# %% [markdown]
# ## Part 3: the evidence lower bound (12 points)
#
# A conditional VAE lets a latent $z \sim \mathcal N(0, I)$ decide, and a decoder $g$ carry the
# decision out, $p(a \mid z) = \mathcal N(a; g(z), \sigma^2 I)$ with a fixed deviation $\sigma$. An
# encoder proposes the latents that could explain an action, $q(z \mid a) = \mathcal N(\mu,
# \operatorname{diag} e^{2\lambda})$ with $\lambda$ its log-deviations. The bound that is maximised
# is
#
# $$\mathrm{ELBO}(a) = \mathbb E_{z \sim q} \log p(a \mid z)
#   - D_{\mathrm{KL}}\big(q(z \mid a) \,\|\, \mathcal N(0, I)\big) \le \log \pi(a) .$$
#
# The divergence has a closed form: in each latent dimension write $\log q - \log p$ and average
# it over $q$. The first term is estimated with one draw, $z = \mu + e^{\lambda} \xi$ with $\xi \sim
# \mathcal N(0, I)$ given to you as `noise`, so that gradients reach the encoder *through* $z$.
# ([Chapter 06]({{ site_url }}/book/06-expressive-policies.html#expressive-latent))


# %% nbgrader={"grade_id": "decoder"}
class LinearDecoder(nn.Module):
    """The decoder of the checks, g(z) = W z + b: with it every quantity has a closed form."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight = torch.as_tensor(weight, dtype=torch.float32)  # [d, l]
        self.bias = torch.as_tensor(bias, dtype=torch.float32)  # [d]

    def forward(self, z):
        return z.to(self.weight.dtype) @ self.weight.T + self.bias


# %% nbgrader={"grade_id": "elbo", "solution": true}
def kl_to_prior(mu, log_sigma):
    """KL divergence from the encoder's Gaussian to N(0, I), in closed form.

    mu, log_sigma: [n, l]
    returns: [n]
    """
    ### BEGIN SOLUTION
    return 0.5 * (mu**2 + torch.exp(2 * log_sigma) - 2 * log_sigma - 1).sum(-1)
    ### END SOLUTION


def elbo(act, mu, log_sigma, decode, std, noise):
    """The lower bound on log pi(a), its first term estimated with one draw.

    act: [n, d]; mu, log_sigma, noise: [n, l]
    decode: a function from latents [n, l] to means [n, d]; call it once
    std: the decoder's deviation, a number
    returns: [n]
    """
    ### BEGIN SOLUTION
    z = mu + torch.exp(log_sigma) * noise
    error = (act - decode(z)) / std
    fit = -(0.5 * error**2 + math.log(std) + 0.5 * math.log(2 * math.pi)).sum(-1)
    return fit - kl_to_prior(mu, log_sigma)
    ### END SOLUTION


# %% nbgrader={"grade_id": "elbo-check"}
def check_elbo():
    zero, one = torch.zeros(1, 2), torch.ones(1, 2)
    gap = numbers(kl_to_prior(zero, zero))
    assert gap.shape == (1,), f"expected one divergence per sample, got shape {gap.shape}"
    assert np.isclose(gap[0], 0), "the divergence from N(0, I) to itself is 0"
    assert np.isclose(numbers(kl_to_prior(one, zero))[0], 1), (
        "moving the mean to (1, 1) costs 1/2 in each of two dimensions, a sum"
    )
    half = numbers(kl_to_prior(one[:, :1], zero[:, :1] - math.log(2)))[0]
    assert half > 0, "a divergence is never negative"
    assert np.isclose(half, 0.818, atol=2e-3), (
        f"mean 1, deviation 1/2: expected 0.818, got {half:.3f}; log_sigma is the logarithm of a "
        "deviation, and the divergence runs from the encoder to the prior"
    )
    seen = []

    def decode(z):
        seen.append(numbers(z))
        return z @ torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])

    act = torch.tensor([[1.0, 2.0, 4.0]])
    bound = numbers(elbo(act, one, zero + math.log(2), decode, 0.5, 0.5 * one))
    assert len(seen) == 1, f"expected one call of the decoder, got {len(seen)}"
    assert np.allclose(seen[0], 2), (
        "mean 1, deviation 2 and noise 1/2 make the latent 2; "
        f"your decoder was asked at {seen[0][0, 0]:g}"
    )
    assert bound.shape == (1,), f"expected one bound per sample, got shape {bound.shape}"
    fit = -0.5 * 4 - 3 * (math.log(0.5) + math.log(2 * math.pi) / 2)
    want = fit - (1 + 4 - 2 * math.log(2) - 1)
    assert not np.isclose(bound[0], 2 * fit - want), "a large divergence lowers the bound: its sign"
    assert np.isclose(bound[0], want), (
        "the decoder's mean is (2, 2, 4) for a = (1, 2, 4) at std 1/2: its log-density sums over "
        f"three dimensions, constants included, to {fit:.3f}, and the divergence is "
        f"{fit - want:.3f}; together {want:.3f}, got {bound[0]:.3f}"
    )
    mu = one.clone().requires_grad_()
    decoder = LinearDecoder([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    (slope,) = torch.autograd.grad(elbo(3 * one, mu, zero, decoder, 1.0, zero).sum(), mu)
    assert not np.allclose(numbers(slope), -1), "no gradient reaches the encoder through the latent"
    assert np.allclose(numbers(slope), 1), (
        "a = 3, latent mean 1: the fit pulls the mean up by 2, the prior down by 1; "
        f"your gradient is {numbers(slope)[0, 0]:g}"
    )
    log_sigma = zero.clone().requires_grad_()
    bound = elbo(3 * one, one, log_sigma, decoder, 1.0, one)
    (slope,) = torch.autograd.grad(bound.sum(), log_sigma)
    assert np.allclose(numbers(slope), 1), (
        "at noise 1 a wider encoder moves the latent, 2, towards the action, 3: the gradient in "
        f"log_sigma is 1 there, yours {numbers(slope)[0, 0]:g}"
    )


check_elbo()
print("lower bound: the visible check passes")


# %% nbgrader={"grade_id": "elbo-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_elbo():
    import numpy as np
    import torch
    from scipy.stats import multivariate_normal, norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("elbo"))
    node, weight = np.polynomial.hermite_e.hermegauss(7)
    weight = weight / weight.sum()
    mu, log_sigma = rng.normal(size=(2, 5, 3)).astype(np.float32)
    sigma = np.exp(log_sigma)
    gap = np.zeros((5, 3))  # by quadrature, exact for a quadratic
    for x, w in zip(node, weight):
        z = mu + sigma * x
        gap += w * (norm.logpdf(z, mu, sigma) - norm.logpdf(z))
    faults = {
        "the divergence sums over latent dimensions": gap.mean(1),
        "check the divergence's sign": -gap.sum(1),
        "the divergence runs from the encoder to the prior": (
            0.5 * ((mu**2 + 1) / sigma**2 + 2 * log_sigma - 1)
        ).sum(1),
        "log_sigma is the logarithm of a deviation, not of a variance": (
            0.5 * (mu**2 + sigma - log_sigma - 1)
        ).sum(1),
    }
    got = student.call("kl_to_prior", torch.tensor(mu), torch.tensor(log_sigma))
    expect.close(got, gap.sum(1), "the divergence, by quadrature", faults=faults)

    for k, d in ((1, 2), (2, 3)):  # averaged over the noise, the bound is known in closed form
        matrix, bias = rng.normal(size=(d, k)).round(2), rng.normal(size=d).round(2)
        std = float(rng.uniform(0.4, 1.2))
        act = rng.normal(size=d)
        decoder = student.new("LinearDecoder", matrix.tolist(), bias.tolist())
        grids = np.meshgrid(*[node] * k, indexing="ij")
        noise = np.stack([g.ravel() for g in grids], 1)
        share = np.prod(np.stack([g.ravel() for g in np.meshgrid(*[weight] * k)], 1), 1)
        evidence = multivariate_normal(bias, matrix @ matrix.T + std**2 * np.eye(d)).logpdf(act)
        precision = np.eye(k) + matrix.T @ matrix / std**2
        centre = np.linalg.solve(precision, matrix.T @ (act - bias) / std**2)
        m, s = rng.normal(size=k), np.exp(rng.normal(scale=0.5, size=k))

        def ask(mu, sigma, how, act=act, noise=noise, decoder=decoder, std=std, **more):
            rows = [np.tile(x, (len(noise), 1)) for x in (act, mu, np.log(sigma))]
            rows = [torch.tensor(x).float() for x in (*rows, noise)]
            return how("elbo", *rows[:3], decoder, std, rows[3], **more)

        miss = 0.5 * (
            np.trace(precision @ np.diag(s**2))
            + (m - centre) @ precision @ (m - centre)
            - k
            - np.linalg.slogdet(precision)[1]
            - 2 * np.log(s).sum()
        )  # the divergence from the encoder to the decoder's posterior
        prior = 0.5 * (m**2 + s**2 - 2 * np.log(s) - 1).sum()
        const = d * (np.log(std) + 0.5 * np.log(2 * np.pi))
        got = share @ expect.shape(ask(m, s, student.call), (len(noise),), "the bound")
        want = evidence - miss
        faults = {
            "a large divergence lowers the bound": want + 2 * prior,
            "the divergence to the prior is missing": want + prior,
            "the decoder's log-density sums over dimensions": (want + prior) / d - prior,
            "the decoder's log-density needs its constants": want + const,
            "the decoder's constant counts once in every dimension": want + const * (1 - 1 / d),
        }
        idea = "the mean bound is log pi(a) less the divergence from encoder to posterior"
        expect.close(got, want, idea, 1e-3, faults)
        to_mu, to_log = ask(m, s, student.grad, wrt=(1, 2))
        slope = -precision @ (m - centre)
        prior_only = share @ np.tile(-m, (len(noise), 1))
        faults = {"the encoder's gradient passes through the latent": prior_only}
        expect.close(share @ to_mu, slope, "the gradient in mu, averaged", 2e-3, faults)
        slope = 1 - np.diag(precision) * s**2
        expect.close(share @ to_log, slope, "the gradient in log_sigma, averaged", 5e-3)


hidden_elbo()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: conditional VAEs of many seeds
#
# Expect two clouds and a *bridge* between them, with 20 to 50 % astray: a decoder is continuous and
# must pass through the middle on its way from one side to the other (chapter 06, "a continuous
# decoder cannot jump"). Longer training thins the bridge and never removes it. If all seeds look
# like one long cloud, the latent is not used.


# %% nbgrader={"grade_id": "cvae-picture"}
class CVAEHead(Head):
    sizes = (2, 2 * 2)  # the encoder: an action in, mean and log-deviation of two latents out

    def __init__(self, like, seed=0):
        super().__init__(like, seed)
        self.decoder = self.build_conditional(2, 2)

    def loss(self, obs, act, generator=None):
        unit, here = self.to_unit(act), self.features(obs)
        mu, log_sigma = self.ask(obs, unit).chunk(2, 1)
        noise = torch.randn(mu.shape, generator=generator, device=mu.device)
        return -elbo(unit, mu, log_sigma, lambda z: self.decoder(here, z), 0.15, noise)

    def sample(self, obs, generator=None):
        with torch.no_grad():
            z, noise = torch.randn(2, len(obs), 2, generator=generator)
            return self.from_unit(self.decoder(self.features(obs), z) + 0.15 * noise)


def cvae_picture():
    show_clouds(train_heads(CVAEHead), "conditional VAE")


cvae_picture()

# %% [markdown]
# ## Part 4: how loose is the bound? (8 points)
#
# The ELBO mixes two failures: a decoder that fits badly, and an encoder that is not the decoder's
# posterior. Burda, Grosse and Salakhutdinov (2016) take $M$ draws $z_j \sim q(z \mid a)$ and
#
# $$\hat L_M(a) = \log \frac1M \sum_{j=1}^M R_j , \qquad
#   R_j = \frac{p(a \mid z_j)\, \mathcal N(z_j; 0, I)}{q(z_j \mid a)} .$$
#
# Its mean lies between the ELBO, at $M = 1$, and $\log \pi(a)$, which it approaches as $M$ grows.
# Here the divergence is not taken in closed form: all three densities are evaluated at the draw.
# $R_j$ itself underflows easily; $\log R_j$ does not.


# %% nbgrader={"grade_id": "importance", "solution": true}
def importance_bound(act, mu, log_sigma, decode, std, noise):
    """The bound from M draws of the encoder.

    act: [n, d]; mu, log_sigma: [n, l]; noise: [M, n, l], of which draw j is noise[j]
    decode: a function from latents [..., l] to means [..., d]; std: a number
    returns: [n], finite however far the action is from the decoder's means
    """
    ### BEGIN SOLUTION
    normal = torch.distributions.Normal
    z = mu + torch.exp(log_sigma) * noise
    log_ratio = normal(decode(z), std).log_prob(act).sum(-1)
    log_ratio = log_ratio + normal(0.0, 1.0).log_prob(z).sum(-1)
    log_ratio = log_ratio - normal(mu, log_sigma.exp()).log_prob(z).sum(-1)
    return torch.logsumexp(log_ratio, 0) - math.log(len(noise))
    ### END SOLUTION


# %% nbgrader={"grade_id": "importance-check"}
def check_importance():
    decoder = LinearDecoder([[1.0]], [0.0])  # a = z + noise of deviation 1, so a ~ N(0, 2)
    act, zero = torch.tensor([[1.0], [-2.0]]), torch.zeros(2, 1)
    noise = torch.randn(500, 2, 1, generator=seeded(0))
    want = -(numbers(act)[:, 0] ** 2) / 4 - math.log(4 * math.pi) / 2
    posterior = act / 2, zero - math.log(2) / 2
    bound = numbers(importance_bound(act, *posterior, decoder, 1.0, noise[:1]))
    assert bound.shape == (2,), f"expected one bound per sample, got shape {bound.shape}"
    assert np.allclose(bound, want, atol=1e-4), (
        "where the encoder is the decoder's posterior, N(a / 2, 1 / 2) here, every draw gives "
        f"log pi(a) exactly: expected {want.round(3)}, got {bound.round(3)}. Have all densities "
        "their constants, and is each on the right side of the fraction?"
    )
    more = numbers(importance_bound(act, *posterior, decoder, 1.0, noise))
    assert not np.allclose(more, want + math.log(500), atol=1e-2), "divide by M in the logarithm"
    assert np.allclose(more, want, atol=1e-4), "it must not matter then how many draws there are"
    seen = []

    def decode(z):
        seen.append(numbers(z).reshape(-1, 2))
        return z

    ones = torch.ones(2, 1)
    importance_bound(act, ones, zero + math.log(2), decode, 1.0, torch.full((3, 2, 1), 0.5))
    assert np.allclose(np.concatenate(seen), 2), (
        "mean 1, deviation 2 and noise 1/2 make the latent 2 in every draw; "
        f"your decoder was asked at {seen[0][0, 0]:g}"
    )
    loose = numbers(importance_bound(act, zero, zero, decoder, 1.0, noise))
    assert np.allclose(loose, want, atol=0.3), (
        "with the prior as encoder, 500 draws should come near log pi(a) = "
        f"{want.round(2)}, got {loose.round(2)}: the mean is taken of R, not of its logarithm"
    )
    far = numbers(importance_bound(act + 100, *posterior, decoder, 1.0, noise))
    assert np.isfinite(far).all(), "R underflows for a far action: stay with logarithms"


check_importance()
print("importance bound: the visible check passes")


# %% nbgrader={"grade_id": "importance-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_importance():
    import numpy as np
    import torch
    from scipy.special import logsumexp
    from scipy.stats import multivariate_normal, norm

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("importance"))
    n = 6
    for k, d, draws in ((1, 2, 40), (2, 1, 7)):
        matrix, bias = rng.normal(size=(d, k)).round(2), rng.normal(size=d).round(2)
        std = float(rng.uniform(0.4, 1.2))
        decoder = student.new("LinearDecoder", matrix.tolist(), bias.tolist())
        act, noise = rng.normal(size=(n, d)), rng.normal(size=(draws, n, k))
        mu, log_sigma = rng.normal(size=(n, k)), rng.normal(scale=0.4, size=(n, k))

        def ask(act, mu, log_sigma, noise, decoder=decoder, std=std):
            args = [torch.tensor(x).float() for x in (act, mu, log_sigma)]
            noise = torch.tensor(noise).float()
            return student.call("importance_bound", *args, decoder, std, noise)

        z = mu + np.exp(log_sigma) * noise
        fit = norm.logpdf(act, z @ matrix.T + bias, std).sum(2)
        prior, code = norm.logpdf(z).sum(2), norm.logpdf(z, mu, np.exp(log_sigma)).sum(2)
        log_r = fit + prior - code
        want = logsumexp(log_r, axis=0) - np.log(draws)
        faults = {
            "the mean is taken of R, not of its logarithm": log_r.mean(0),
            "divide by M inside the logarithm": want + np.log(draws),
            "R divides by the encoder's density": logsumexp(fit + prior, axis=0) - np.log(draws),
            "R has the prior's density at the draw": logsumexp(fit - code, axis=0) - np.log(draws),
        }
        other = norm.logpdf(act, noise @ matrix.T + bias, std).sum(2) + norm.logpdf(noise).sum(2)
        other = other - norm.logpdf(noise, mu, np.exp(log_sigma)).sum(2)
        other = logsumexp(other, axis=0) - np.log(draws)
        faults["draws are the encoder's: its mean plus its deviation times the noise"] = other
        got = ask(act, mu, log_sigma, noise)
        expect.close(got, want, "log of the mean ratio of densities", 1e-3, faults)
        # With a diagonal posterior as encoder the ratio is pi(a), whatever the draws are.
        column = matrix[:, :1]
        exact = student.new("LinearDecoder", column.tolist(), bias.tolist())
        precision = 1 + (column**2).sum() / std**2
        centre = (act - bias) @ column / std**2 / precision
        got = ask(act, centre, 0 * centre - np.log(precision) / 2, noise[:, :, :1], exact)
        marginal = multivariate_normal(bias, column @ column.T + std**2 * np.eye(d))
        known = np.reshape(marginal.logpdf(act), n)
        expect.close(got, known, "exact where the encoder is the posterior", 1e-3)
        far = ask(act + 300, centre, 0 * centre - np.log(precision) / 2, noise[:, :, :1], exact)
        assert np.isfinite(expect.shape(far, (n,), "the bound")).all(), "finite far from all means"


hidden_importance()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: bins (6 points)
#
# To discretise, cut the range $[\text{low}_j, \text{high}_j)$ of each dimension into $B$ bins of
# equal width $w_j = (\text{high}_j - \text{low}_j) / B$, numbered from 0. A number outside goes to
# the outermost bin. Back again, a bin stands for the uniform density on it: draw inside, or all
# actions sit on a grid. (The picture after part 6 calls `to_bins` inside a loss, under `vmap`: it
# needs torch there, too, and no `.item()`.)
# ([Chapter 06]({{ site_url }}/book/06-expressive-policies.html#expressive-autoregressive))


# %% nbgrader={"grade_id": "bins", "solution": true}
def to_bins(act, low, high, count):
    """The bin of every number of an action.

    act: [n, d]; low, high: [d]; count: how many bins, B
    returns: [n, d], whole numbers from 0 to B - 1
    """
    ### BEGIN SOLUTION
    place = (act - low) / (high - low) * count
    return place.floor().long().clamp(0, count - 1)
    ### END SOLUTION


def from_bins(bins, low, high, count, generator):
    """Actions drawn uniformly inside their bins, each number by itself.

    bins: [n, d]; low, high: [d]; count: B; generator: a torch.Generator
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    within = torch.rand(bins.shape, generator=generator)
    return low + (bins + within) * (high - low) / count
    ### END SOLUTION


# %% nbgrader={"grade_id": "bins-check"}
def check_bins():
    low, high = torch.tensor([-1.0, 0.0]), torch.tensor([1.0, 8.0])
    act = torch.tensor([[-1.0, 0.0], [-0.6, 1.9], [0.49, 4.1], [0.99, 7.9], [-3.0, 9.0]])
    bins = numbers(to_bins(act, low, high, 4))
    assert bins.shape == (5, 2), f"expected one bin for each number, shape (5, 2): {bins.shape}"
    assert (bins == bins.round()).all(), "bins are whole numbers"
    assert (bins[0] == 0).all(), f"the lowest numbers lie in bin 0, got {bins[0]}"
    assert (bins[4] == [0, 3]).all(), f"outside numbers go to the outermost bin, got {bins[4]}"
    assert (bins[3] == 3).all(), f"four bins end with number 3: the top is in {bins[3]}"
    assert (bins[1] == 0).all(), "-0.6 in [-1, 1) and 1.9 in [0, 8) lie in the first of four bins"
    assert (bins[2] == 2).all(), "0.49 and 4.1 lie in the third of four bins"
    many = torch.tensor([[1, 2]]).expand(4000, 2)
    draws = [numbers(from_bins(many, low, high, 4, seeded(s))) for s in (0, 0, 1)]
    assert draws[0].shape == (4000, 2), f"expected actions of shape (4000, 2): {draws[0].shape}"
    assert (draws[0] == draws[1]).all(), "equal generators must give equal actions"
    assert (draws[0] != draws[2]).any(), "draw inside the bin: other generators, other actions"
    assert draws[0][:, 0].min() >= -0.5, "an action lies below its bin, [-0.5, 0) and [4, 6) here"
    assert (draws[0].max(0) <= [0, 6]).all(), "an action lies above its bin, [-0.5, 0) and [4, 6)"
    assert draws[0].std(0).min() > 0.01, "all rows sit at one place: draw for each row by itself"
    assert np.allclose(draws[0].mean(0), [-0.25, 5], atol=0.05), "the middle of a bin is its mean"
    outer = (abs((draws[0] - [-0.25, 5]) / [0.25, 1]) > 0.8).mean(0)
    assert np.allclose(outer, 0.2, atol=0.04), (
        "a bin stands for the uniform density on it: a fifth of the actions lie in its outer "
        f"tenths, yours {outer.round(2)}"
    )
    assert abs(np.corrcoef(draws[0].T)[0, 1]) < 0.1, "each number is drawn by itself"


check_bins()
print("bins: the visible check passes")


# %% nbgrader={"grade_id": "bins-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_bins():
    import numpy as np
    import torch
    from scipy.stats import chi2

    from ilkit.grading import expect, student

    seed = student.seed("bins")
    rng = np.random.default_rng(seed)
    for d, count in ((3, 7), (1, 20)):
        low = rng.uniform(-3, 0, size=d).astype(np.float32)
        high = (low + rng.uniform(1, 5, size=d)).astype(np.float32)
        edges = np.linspace(low, high, count + 1)  # [B + 1, d]
        want = rng.integers(count, size=(300, d))
        inside = rng.uniform(0.01, 0.99, size=want.shape)
        column = np.arange(d)
        act = edges[want, column] * (1 - inside) + edges[want + 1, column] * inside
        act[:2], want[:2] = (low - 1, high + 1), ((0,) * d, (count - 1,) * d)
        ends = torch.tensor(low), torch.tensor(high), count
        got = student.call("to_bins", torch.tensor(act).float(), *ends)
        got = expect.shape(got, (300, d), "bins")
        assert ((got >= 0) & (got < count)).all(), "bins are numbered from 0 to B - 1"
        assert (got == want).all(), "the bin between whose edges a number lies"
        many = rng.integers(count, size=(20_000, d))
        draws = [
            expect.shape(
                student.call(
                    "from_bins", torch.tensor(many), *ends, torch.Generator().manual_seed(s)
                ),
                many.shape,
                "actions",
            )
            for s in (seed % 1000, seed % 1000, seed % 1000 + 1)
        ]
        assert (draws[0] == draws[1]).all(), "equal generators give equal actions"
        assert (draws[0] != draws[2]).any(), "other generators give other actions"
        place = (draws[0] - low) / (high - low) * count - many
        assert abs(place - 0.5).max() < 0.5 + 1e-3, "an action lies inside its bin"
        for j in range(d):  # ten cells of 2000: false alarms below 1e-8
            cells = np.bincount((place[:, j] * 10).clip(0, 9.99).astype(int), minlength=10)
            gap = ((cells - 2000) ** 2 / 2000).sum()
            assert gap < chi2.isf(1e-8, 9), "actions are uniform inside a bin"
        if d > 1:
            mixed = np.corrcoef(place.T) - np.eye(d)
            assert abs(mixed).max() < 6 / 20_000**0.5, "each number is drawn by itself"
        assert abs(np.corrcoef(place[1:, 0], place[:-1, 0])[0, 1]) < 6 / 20_000**0.5, (
            "each row is drawn by itself"
        )


hidden_bins()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: the chain rule (12 points)
#
# A joint distribution of $d$ bins is a product of $d$ conditional ones, each a softmax over $B$
# scores that may depend on the bins chosen before, and on no others:
#
# $$\pi(a) = \prod_{i=1}^{d} \frac{p(b_i \mid b_1, \dots, b_{i-1})}{w_i} , \qquad
#   p(b_i = c \mid b_{<i}) = \frac{e^{u_c(b_{<i})}}{\sum_{c'} e^{u_{c'}(b_{<i})}} .$$
#
# The division by the width turns the probability of a bin into a density, whose logarithm can be
# compared with those of other heads. A network `scores` is given: called with the bins
# $[n, i]$ chosen so far (no columns at first), it returns the scores $[n, B]$ of dimension
# $i$, counted from 0. The likelihood of data needs $d$ calls; so does a draw, one dimension after
# the other.


# %% nbgrader={"grade_id": "chain", "solution": true}
def chain_log_prob(scores, bins, width):
    """Log-density of actions whose numbers lie in these bins.

    scores: a function from the bins before, [n, i], to the scores of the next, [n, B]
    bins: [n, d], whole numbers; width: [d], of a bin in each dimension
    returns: [n]
    """
    ### BEGIN SOLUTION
    total = -torch.log(width).sum()
    for i in range(bins.shape[1]):
        log_p = torch.log_softmax(scores(bins[:, :i]), -1)
        total = total + log_p.gather(1, bins[:, i : i + 1])[:, 0]
    return total
    ### END SOLUTION


def chain_sample(scores, n, d, generator):
    """Draw the bins of n actions.

    scores: as above; n, d: numbers; generator: a torch.Generator
    returns: [n, d], whole numbers
    """
    ### BEGIN SOLUTION
    bins = torch.zeros(n, 0, dtype=torch.long)
    for _ in range(d):
        p = torch.softmax(scores(bins), -1)
        bins = torch.cat([bins, torch.multinomial(p, 1, generator=generator)], 1)
    return bins
    ### END SOLUTION


# %% nbgrader={"grade_id": "chain-check"}
def check_chain():
    seen = []

    def follow(before):  # first bin 1 with odds 3 : 1, later ones copy the sum of those before
        before = torch.as_tensor(before).long()
        seen.append(tuple(before.shape))
        n, i = before.shape
        first = torch.tensor([5.0, 5.0 + math.log(3.0)]).expand(n, 2)
        return first if i == 0 else 20.0 * nn.functional.one_hot(before.sum(1) % 2, 2)

    bins = torch.tensor([[0, 0, 0], [1, 1, 0], [1, 0, 1]])
    log_p = numbers(chain_log_prob(follow, bins, torch.ones(3)))
    assert seen == [(3, 0), (3, 1), (3, 2)], (
        f"expected calls with 0, 1 and 2 columns of earlier bins, got shapes {seen}"
    )
    assert log_p.shape == (3,), f"expected one number per sample, got shape {log_p.shape}"
    assert (log_p < 1e-6).all(), (
        "scores are not yet probabilities, nor is a log-probability above 0"
    )
    want = [math.log(0.25), math.log(0.75)]
    assert np.allclose(log_p[:2], want, atol=1e-3), (
        f"expected log 1/4 and log 3/4, a sum over the dimensions; got {log_p[:2].round(3)}; does "
        "each softmax run over a row's bins?"
    )
    assert log_p[2] < -15, "the second arm does not follow the first, yet that looks likely to you"
    fine = numbers(chain_log_prob(follow, bins, torch.tensor([0.5, 0.5, 0.1])))
    assert (fine > log_p).all(), "narrower bins hold the same probability: a higher density"
    assert np.allclose(fine - log_p, math.log(40), atol=1e-3), (
        "each dimension's width counts once: widths 1/2, 1/2 and 1/10 raise the density 40 times"
    )
    seen.clear()
    draws = [numbers(chain_sample(follow, 2000, 3, seeded(s))) for s in (0, 0, 1)]
    assert draws[0].shape == (2000, 3), f"expected bins of shape (2000, 3), got {draws[0].shape}"
    assert seen[:3] == [(2000, 0), (2000, 1), (2000, 2)], (
        f"a draw asks for one dimension after the other, got shapes {seen[:3]}"
    )
    assert (draws[0] == draws[1]).all(), "equal generators must give equal bins"
    assert (draws[0] != draws[2]).any(), "other generators must give other bins"
    assert abs(draws[0][:, 0].mean() - 0.75) < 0.05, "the first bin is 1 with probability 3/4"
    assert (draws[0][:, 0] == draws[0][:, 1]).all(), "the second dimension follows the first"
    assert (draws[0][:, 2] == 0).all(), "the third dimension sees both of those before it"


check_chain()
print("chain rule: the visible check passes")


# %% nbgrader={"grade_id": "chain-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_chain():
    import itertools

    import numpy as np
    import torch
    from scipy.special import log_softmax
    from scipy.stats import chi2

    from ilkit.grading import expect, student

    seed = student.seed("chain")
    rng = np.random.default_rng(seed)
    for d, count in ((3, 3), (2, 4), (1, 5)):
        joint = rng.gamma(1.0, size=(count,) * d) + 0.05
        joint /= joint.sum()
        asked = []

        def scores(before, joint=joint, asked=asked, d=d, count=count):
            before = np.asarray(before).astype(int)
            n, i = before.shape
            assert i < d, "dimension i sees those before it, no more"
            asked.append(before)
            ahead = joint.sum(axis=tuple(range(i + 1, d)))  # of the first i + 1 dimensions
            shift = 3 * np.cos(1.0 + before.sum(1, keepdims=True))  # a softmax does not see it
            table = np.broadcast_to(ahead[tuple(before.T)], (n, count))
            return torch.tensor(np.log(table) + shift).float()

        cells = np.array(list(itertools.product(range(count), repeat=d)))
        width = rng.uniform(0.1, 2.0, size=d).astype(np.float32)
        got = student.call("chain_log_prob", scores, torch.tensor(cells), torch.tensor(width))
        want = np.log(joint[tuple(cells.T)]) - np.log(width).sum()
        for i, before in enumerate(asked[:d]):
            assert np.array_equal(before, cells[:, :i]), "dimension i sees those before it, no more"
        assert len(asked) == d, "one call for each dimension"
        raw = np.stack([scores(cells[:, :i]).numpy() for i in range(d)])
        own = raw[np.arange(d)[:, None], np.arange(len(cells)), cells.T]
        faults = {
            "narrower bins have a higher density: check the width's sign": want
            + 2 * np.log(width).sum(),
            "a density divides by the widths": want + np.log(width).sum(),
            "the log-density sums over dimensions, it does not average": want / d,
            "scores become probabilities by a softmax": own.sum(0) - np.log(width).sum(),
            "the softmax runs over bins, not over samples": log_softmax(raw, axis=1)[
                np.arange(d)[:, None], np.arange(len(cells)), cells.T
            ].sum(0)
            - np.log(width).sum(),
        }
        expect.close(got, want, "the joint density, cell by cell", 1e-3, faults)
        mass = (np.exp(got) * np.prod(width)).sum()
        expect.close(mass, 1.0, "over all cells the density integrates to one", 1e-3)
        draws = []
        n = 300 * len(cells)
        for s in (seed % 1000, seed % 1000, seed % 1000 + 1):
            generator = torch.Generator().manual_seed(s)
            asked.clear()
            bins = expect.shape(
                student.call("chain_sample", scores, n, d, generator), (n, d), "bins"
            )
            for i, before in enumerate(asked[:d]):
                assert np.array_equal(before, bins[:, :i]), "each dimension sees what was drawn"
            draws.append(bins)
        assert (draws[0] == draws[1]).all(), "equal generators give equal bins"
        assert (draws[0] != draws[2]).any(), "other generators give other bins"
        bins = draws[0].astype(int)
        assert ((bins >= 0) & (bins < count)).all(), "bins are numbered from 0 to B - 1"
        place = np.ravel_multi_index(tuple(bins.T), joint.shape)
        seen, wanted = np.bincount(place, minlength=joint.size), n * joint.ravel()
        gap = ((seen - wanted) ** 2 / wanted).sum()  # false alarms below 1e-7
        assert gap < chi2.isf(1e-8, joint.size - 1), "bins are drawn from the joint distribution"


hidden_chain()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: autoregressive bins of many seeds
#
# This one needs parts 5 and 6. The second arm's network sees the first arm's bin. Expect two square
# clouds, in most seeds with 3 to 15 % astray and none between them: a bin of 1/{{ BINS }} of the
# range is coarse beside the tremor, and what is drawn uniformly inside it strays a little.


# %% nbgrader={"grade_id": "bins-picture"}
class BinsHead(Head):
    sizes = (0, BINS)  # the first arm's network

    def __init__(self, like, seed=0):
        super().__init__(like, seed)
        self.second = self.build_conditional(BINS, BINS)  # sees the first arm's bin
        self.register_buffer("low", torch.tensor([-2.0, -2.0]))

    def scores(self, obs):
        def ask(before):
            if before.shape[1] == 0:
                return self.ask(obs)
            first = (before[:, :1] == torch.arange(BINS, device=before.device)).float()
            return self.second(self.features(obs), first)

        return ask

    def loss(self, obs, act, generator=None):
        bins = to_bins(self.to_unit(act), self.low, -self.low, BINS)
        return -chain_log_prob(self.scores(obs), bins, -2 * self.low / BINS)

    def sample(self, obs, generator=None):
        with torch.no_grad():
            bins = chain_sample(self.scores(obs), len(obs), 2, generator)
            return self.from_unit(from_bins(bins, self.low, -self.low, BINS, generator))


def bins_picture():
    show_clouds(train_heads(BinsHead), "bins")


bins_picture()

# %% [markdown]
# ## Part 7: diffusion, the loss (8 points)
#
# Destroy the action by noise, in $T$ levels, and learn to name the noise. Let $\bar\alpha_t$ be
# the share of the action's variance that is kept at level $t$, $\bar\alpha_0 = 1$. In one stride,
#
# $$x_t = \sqrt{\bar\alpha_t}\, a + \sqrt{1 - \bar\alpha_t}\; \varepsilon , \qquad
#   \ell = \lVert \varepsilon - \varepsilon_\theta(x_t, t) \rVert^2 ,$$
#
# with $\varepsilon \sim \mathcal N(0, I)$ and a level of its own for every sample, both given to
# you. The best prediction is $\mathbb E[\varepsilon \mid x_t]$, a score but for a factor.
# ([Chapter 06]({{ site_url }}/book/06-expressive-policies.html#expressive-diffusion))
#
# The schedule of this notebook:

# %% nbgrader={"grade_id": "schedule"}
KEEP = torch.cos(torch.linspace(0, 1.5, LEVELS + 1)) ** 2  # [T + 1], from 1 down to 0.005


# %% nbgrader={"grade_id": "diffusion-loss", "solution": true}
def noised(act, level, keep, noise):
    """The actions at their levels of noise.

    act, noise: [n, d]; level: [n], whole numbers from 0 to T; keep: [T + 1], the schedule
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    kept = keep[level][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise
    ### END SOLUTION


def diffusion_loss(predict, act, level, keep, noise):
    """The squared error of the predicted noise.

    predict: a function from noised actions [n, d] and levels [n] to noise [n, d]; call it once
    act, noise: [n, d]; level: [n]; keep: [T + 1]
    returns: [n]
    """
    ### BEGIN SOLUTION
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "diffusion-loss-check"}
def check_diffusion_loss():
    keep, level = torch.tensor([1.0, 0.64, 0.0]), torch.tensor([0, 1, 2])
    act, noise = torch.full((3, 2), 10.0), torch.full((3, 2), 5.0)
    x = numbers(noised(act, level, keep, noise))
    assert x.shape == (3, 2), f"expected noised actions of shape (3, 2), got {x.shape}"
    assert (x[0] == 10).all(), f"at level 0 everything is kept: expected the action, got {x[0]}"
    assert (x[2] == 5).all(), f"level 2 keeps keep[2], nothing: expected the noise, got {x[2]}"
    assert not np.allclose(x[1], 8.2), "0.64 is the share of the variance: what scales the action?"
    assert np.allclose(x[1], 11), f"0.64 kept: 0.8 of the action and 0.6 of the noise, got {x[1]}"
    seen = []

    def predict(x, level):
        seen.append((numbers(x), numbers(level)))
        return 0 * x + 3

    loss = numbers(diffusion_loss(predict, act, level, keep, noise))
    assert len(seen) == 1, f"expected one call of predict, got {len(seen)}"
    assert np.allclose(seen[0][0], x), "predict is asked about the noised action"
    assert (seen[0][1] == [0, 1, 2]).all(), f"predict needs each sample's level, got {seen[0][1]}"
    assert loss.shape == (3,), f"expected one loss per sample, got shape {loss.shape}"
    assert not np.allclose(loss, 4), "sum the squared error over the action's dimensions"
    assert np.allclose(loss, 8), f"3 predicted for a noise of 5, twice: expected 4 + 4, got {loss}"


check_diffusion_loss()
print("diffusion loss: the visible check passes")


# %% nbgrader={"grade_id": "diffusion-loss-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_diffusion_loss():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("diffusion-loss"))
    node, weight = np.polynomial.hermite_e.hermegauss(6)
    weight = weight / weight.sum()
    for levels in (5, 12):
        step = rng.uniform(0.6, 0.98, size=levels)  # the share kept in each single step
        keep = torch.tensor(np.concatenate([[1.0], np.cumprod(step)])).float()
        kept = keep.numpy().astype(float)
        act, noise = rng.normal(size=(2, 3 * levels, 2)).astype(np.float32)
        level = rng.permutation(np.tile(np.arange(1, levels + 1), 3))
        args = torch.tensor(act), torch.tensor(level), keep, torch.tensor(noise)
        got = student.call("noised", *args)
        got = expect.shape(got, act.shape, "noised actions")
        # A chain of single steps has this mean and, with noise variances added up, this spread.
        mean, var = np.ones(levels + 1), np.zeros(levels + 1)
        for t in range(1, levels + 1):
            mean[t] = mean[t - 1] * step[t - 1] ** 0.5
            var[t] = var[t - 1] * step[t - 1] + 1 - step[t - 1]
        want = mean[level, None] * act + var[level, None] ** 0.5 * noise
        k = kept[level, None]
        faults = {
            "what is kept is a share of the variance: take roots": k * act + (1 - k) * noise,
            "action and noise are exchanged": (1 - k) ** 0.5 * act + k**0.5 * noise,
            "the noise has the variance that is not kept": k**0.5 * act + noise,
            "keep[0] belongs to level 0": kept[level - 1, None] ** 0.5 * act
            + (1 - kept[level - 1, None]) ** 0.5 * noise,
        }
        idea = "one stride equals the chain of its steps in law"
        expect.close(got, want, idea, 1e-3, faults)
        asked, t, spread = [], int(rng.integers(1, levels + 1)), float(rng.uniform(0.5, 2))
        share = (1 - kept[t]) ** 0.5 / (kept[t] * spread**2 + 1 - kept[t])

        def best(x, at, asked=asked, share=share):  # E[noise | x] for actions N(0, spread^2)
            asked.append((np.asarray(x), np.asarray(at)))
            return torch.as_tensor(share * np.asarray(x)).float()

        a, e = (g.ravel()[:, None] for g in np.meshgrid(spread * node, node, indexing="ij"))
        p = np.outer(weight, weight).ravel()
        rows = [torch.tensor(np.tile(g, (1, 2))).float() for g in (a, e)]
        at = torch.full((len(a),), t)
        loss = student.call("diffusion_loss", best, rows[0], at, keep, rows[1])
        assert len(asked) == 1, "predict is called once"
        assert (asked[0][1] == t).all(), "predict is told the level"
        x = kept[t] ** 0.5 * np.tile(a, (1, 2)) + (1 - kept[t]) ** 0.5 * np.tile(e, (1, 2))
        expect.close(asked[0][0], x, "predict is asked about the noised action", 1e-3)
        left = kept[t] * spread**2 / (kept[t] * spread**2 + 1 - kept[t])
        faults = {"the squared error sums over dimensions": left, "a squared error": 0.0}
        got = p @ expect.shape(loss, (len(a),), "one loss for each sample")
        idea = "the mean loss of the best prediction is the noise's variance given x, summed"
        expect.close(got, 2 * left, idea, 1e-3, faults)
        zero = student.call(
            "diffusion_loss", lambda x, at, e=rows[1]: e, rows[0], at, keep, rows[1]
        )
        expect.close(zero, np.zeros(len(a)), "who names the noise pays nothing")


hidden_diffusion_loss()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 8: the way back, DDPM and DDIM (12 points)
#
# At level $t$ the network names the noise $\varepsilon$ in $x$. With it goes a clean action,
# the $\hat a$ for which
# $x = \sqrt{\bar\alpha_t}\, \hat a + \sqrt{1 - \bar\alpha_t}\; \varepsilon$.
# To go to a level $t' < t$, put them together again with less noise, of which a part is
# *fresh*, $\xi \sim \mathcal N(0, I)$:
#
# $$x' = \sqrt{\bar\alpha_{t'}}\; \hat a + \sqrt{1 - \bar\alpha_{t'} - h^2}\; \varepsilon
#   + h\, \xi , \qquad h^2 = \eta^2\; \frac{1 - \bar\alpha_{t'}}{1 - \bar\alpha_t}
#   \Big( 1 - \frac{\bar\alpha_t}{\bar\alpha_{t'}} \Big) .$$
#
# $\eta = 1$ is DDPM, $\eta = 0$ is DDIM, which adds nothing and may take long strides. You write
# one stride; the locked `walk_back` makes them all.
#
# Rounding can make $1 - \bar\alpha_{t'} - h^2$ a little negative where it should be zero.


# %% nbgrader={"grade_id": "ddim", "solution": true}
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    """One stride of the sampler, to a level with less noise.

    x: [n, d], at the present level; eps: [n, d], the noise predicted in it
    keep_now, keep_after: numbers, what the two levels keep, keep_now < keep_after <= 1
    eta: a number from 0 to 1; fresh: [n, d], new noise
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    clean = (x - (1 - keep_now) ** 0.5 * eps) / keep_now**0.5
    spread = (1 - keep_after) / (1 - keep_now) * (1 - keep_now / keep_after)
    h = eta * spread**0.5
    old = max(1 - keep_after - h**2, 0.0) ** 0.5
    return keep_after**0.5 * clean + old * eps + h * fresh
    ### END SOLUTION


# %% nbgrader={"grade_id": "walk-back"}
def walk_back(predict, x, keep, visits, eta, generator=None):
    """All strides, from level visits[0] down to visits[-1]; the x of each level.

    predict: as in part 7; x: [n, d], at the first level; returns: [len(visits), n, d]
    """
    path = [x]
    for now, after in itertools.pairwise(visits):
        eps = predict(x, torch.full((len(x),), now))
        fresh = torch.randn(x.shape, generator=generator)
        x = stride_back(x, eps, float(keep[now]), float(keep[after]), eta, fresh)
        path.append(x)
    return torch.stack(path)


# %% nbgrader={"grade_id": "ddim-check"}
def check_ddim():
    one = torch.ones(1, 1)
    # At 0.36 the action 2 with noise 1 is 0.6 * 2 + 0.8 * 1 = 2.
    end = numbers(stride_back(2 * one, one, 0.36, 1.0, 0.0, 5 * one))
    assert end.shape == (1, 1), f"expected the shape of x, got {end.shape}"
    assert np.allclose(end, 2), (
        "where everything is kept, what is left is the clean action, 2 here, "
        f"got {end[0, 0]:g}: solve the equation of part 7 for it"
    )
    large = numbers(stride_back(30 * one, 0 * one, 0.36, 1.0, 0.0, one))
    assert np.allclose(large, 50), f"no action is too large: expected 50, got {large[0, 0]:g}"
    part = numbers(stride_back(2 * one, one, 0.36, 0.64, 0.0, 5 * one))[0, 0]
    assert not np.isclose(part, 1.6 * 2 / 2 + 0.8), "the new noise has the share of the new level"
    assert np.isclose(part, 2.2, atol=1e-4), (
        f"at 0.64, eta = 0: 0.8 of the action 2 and 0.6 of its noise make 2.2, got {part:g}; "
        "fresh noise must not count"
    )
    zero = torch.zeros(1, 1)
    size = {
        eta: [
            numbers(stride_back(0.6 * a + 0.8 * e, e, 0.36, 0.64, eta, f))[0, 0]
            for a, e, f in ((one, zero, zero), (zero, one, zero), (zero, zero, one))
        ]
        for eta in (0.5, 1.0)
    }
    assert np.allclose(size[1.0][0], 0.8, atol=1e-4), (
        "how much of the action stays must not depend on eta"
    )
    assert np.isclose(size[1.0][2], 0.496, atol=2e-3), (
        "at eta = 1 from 0.36 to 0.64 fresh noise counts by h = 0.496, "
        f"got {size[1.0][2]:.3f}: what is squared, and which level is which?"
    )
    for _, e, f in size.values():
        assert np.isclose(e**2 + f**2, 0.36, atol=1e-3), (
            "old and fresh noise together must have the variance of the new level, 0.36; "
            f"yours have {e**2 + f**2:.3f}"
        )
    assert np.isclose(size[0.5][2], 0.248, atol=2e-3), "half of eta is half of the fresh noise"
    last = numbers(stride_back(zero, one, 0.999, 1.0, 1.0, one))
    assert np.isfinite(last).all(), "the last stride is not a number: a root of something negative?"


check_ddim()
print("way back: the visible check passes")


# %% nbgrader={"grade_id": "ddim-test", "points": 12}
# Hidden tests grade this part (12 points).
### BEGIN HIDDEN TESTS
def hidden_ddim():
    import numpy as np
    import torch

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("ddim"))

    def stride(x, eps, now, after, eta, fresh):
        args = [torch.tensor(np.asarray(z, dtype=np.float32)) for z in (x, eps, fresh)]
        got = student.call("stride_back", args[0], args[1], now, after, eta, args[2])
        return expect.shape(got, np.shape(x), "the stride")

    for _ in range(4):
        alpha = rng.uniform(0.5, 0.97, size=6)
        keep = np.concatenate([[1.0], np.cumprod(alpha)])
        t = int(rng.integers(2, 7))
        now, after = keep[t], keep[t - 1]
        # DDPM by the rule for Gaussians: x_{t-1} given x_t and a, from their joint covariance.
        a, x, fresh = rng.normal(size=(3, 5, 2))
        cross, var = alpha[t - 1] ** 0.5 * (1 - after), 1 - now
        mean = after**0.5 * a + cross / var * (x - now**0.5 * a)
        spread = (1 - after) - cross**2 / var
        eps = (x - now**0.5 * a) / (1 - now) ** 0.5
        still = stride(x, eps, now, after, 1.0, 0 * x)
        moved = stride(x, eps, now, after, 1.0, fresh)
        faults = {
            "old and fresh noise together have the new level's variance": after**0.5 * a
            + (1 - after) ** 0.5 * eps
        }
        idea = "at eta = 1 a single step has the mean of DDPM's posterior"
        expect.close(still, mean, idea, 1e-3, faults)
        faults = {
            "h is a deviation, not a variance": spread * fresh,
            "the fresh noise is that of the posterior, not of the forward step": (1 - alpha[t - 1])
            ** 0.5
            * fresh,
        }
        idea = "at eta = 1 a single step has the spread of DDPM's posterior"
        expect.close(moved - still, spread**0.5 * fresh, idea, 2e-3, faults)
        # A stride of any length and any eta has the law of its level, if the noise is named right.
        i, j = sorted(rng.choice(np.arange(1, 7), size=2, replace=False))
        now, after, eta = keep[j], keep[i], float(rng.uniform(0.1, 1))
        one, zero = np.ones((1, 1)), np.zeros((1, 1))
        of_a = stride(now**0.5 * one, zero, now, after, eta, zero)
        of_eps = stride((1 - now) ** 0.5 * one, one, now, after, eta, zero)
        of_fresh = stride(zero, zero, now, after, eta, one)
        faults = {"what is kept is a share of the variance": after * one}
        expect.close(of_a, after**0.5 * one, "the action's share is the new level's", 1e-3, faults)
        idea = "old and fresh noise together have the new level's variance"
        faults = {"old noise makes room for the fresh": (1 - after) * one + of_fresh**2}
        expect.close(of_eps**2 + of_fresh**2, (1 - after) * one, idea, 1e-3, faults)
        full = stride(zero, zero, now, after, 1.0, one)
        expect.close(of_fresh, eta * full, "eta is the fraction of DDPM's fresh noise", 1e-3)
        assert of_eps.min() > -1e-6, "old noise keeps its sign"
        assert stride(zero, zero, now, after, 0.0, one) == 0, "at eta = 0 no noise is fresh"
        end = stride(x, eps := rng.normal(size=x.shape), now, 1.0, eta, fresh)
        clean = (x - (1 - now) ** 0.5 * eps) / now**0.5
        expect.close(end, clean, "at level 0 the clean action is left", 1e-3)
    # The whole walk: an expert with one action is found from anywhere, in however few strides.
    keep = torch.tensor(np.cos(np.linspace(0, 1.4, 31)) ** 2).float()
    goal, x = rng.normal(size=2), torch.tensor(rng.normal(size=(7, 2))).float()

    def exact(x, level):
        kept = keep.numpy()[np.asarray(level)][:, None].astype(float)
        noise = (np.asarray(x) - kept**0.5 * goal) / (1 - kept) ** 0.5
        return torch.tensor(noise).float()

    for visits, eta in (([30, 17, 4, 0], 0.0), (list(range(30, -1, -1)), 1.0), ([30, 9, 0], 0.6)):
        generator = torch.Generator().manual_seed(5)
        path = student.call("walk_back", exact, x, keep, visits, eta, generator)
        want = np.tile(goal, (7, 1))
        expect.close(path[-1], want, "the walk ends at a deterministic expert's action", 2e-3)


hidden_ddim()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: diffusion heads of many seeds
#
# Left to right, seeds, sampled by DDIM in ten strides. Parts 7 and 8 are needed. Expect two round
# clouds, with about 4 to 12 % astray, most of them on a thin bridge: DDIM maps noise to actions
# continuously, as the decoder did, though much more steeply.


# %% nbgrader={"grade_id": "diffusion-picture"}
def time_features(t):
    """A time in [0, 1], [n], as sines and cosines [n, 6]."""
    angle = math.pi * t[:, None] * torch.tensor([1.0, 2.0, 4.0], device=t.device)
    return torch.cat([angle.sin(), angle.cos()], 1)


class DiffusionHead(Head):
    sizes = (2 + 6, 2)

    def __init__(self, like, seed=0):
        super().__init__(like, seed)
        self.register_buffer("keep", KEEP.clone())

    def predict(self, obs):
        return lambda x, level: self.ask(obs, x, time_features(level / LEVELS))

    def loss(self, obs, act, generator=None):
        a = self.to_unit(act)
        level = torch.randint(1, LEVELS + 1, (len(a),), generator=generator, device=a.device)
        noise = torch.randn(a.shape, generator=generator, device=a.device)
        return diffusion_loss(self.predict(obs), a, level, self.keep, noise)

    def sample(self, obs, generator=None):
        visits = torch.linspace(LEVELS, 0, 11).round().long().tolist()
        x = torch.randn(len(obs), 2, generator=generator)
        with torch.no_grad():
            path = walk_back(self.predict(obs), x, self.keep, visits, 0.0, generator)
        return self.from_unit(path[-1])


def diffusion_picture():
    show_clouds(train_heads(DiffusionHead), "diffusion")


diffusion_picture()

# %% [markdown]
# ## Part 9: flow matching (8 points)
#
# Join noise $z \sim \mathcal N(0, I)$ and action $a$ by a straight line, $I_t = t a + (1 - t) z$,
# and regress a velocity field on the line's velocity,
#
# $$\ell = \lVert v_\theta(I_t, t) - (a - z) \rVert^2 , \qquad t \sim \mathrm{U}[0, 1] ,$$
#
# a time for every sample. Lines cross; the best field is their mean velocity at each place, and its
# solutions carry noise to actions. They are followed by Euler's method in $N$ steps,
#
# $$x \leftarrow x + \tfrac1N\, v_\theta(x, t) \quad \text{at } t = 0, \tfrac1N, \dots,
#   \tfrac{N-1}{N} , \text{ from } x = z .$$
#
# ([Chapter 06]({{ site_url }}/book/06-expressive-policies.html#expressive-flow))


# %% nbgrader={"grade_id": "flow", "solution": true}
def flow_loss(velocity, act, noise, t):
    """The squared error of the velocity on the lines from noise to actions.

    velocity: a function from places [n, d] and times [n] to velocities [n, d]; call it once
    act, noise: [n, d]; t: [n]
    returns: [n]
    """
    ### BEGIN SOLUTION
    place = t[:, None] * act + (1 - t[:, None]) * noise
    return ((velocity(place, t) - (act - noise)) ** 2).sum(-1)
    ### END SOLUTION


def euler(velocity, noise, steps):
    """Where the flow carries the noise.

    velocity: as above; noise: [n, d]; steps: how many steps of Euler's method
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    x = noise
    for i in range(steps):
        x = x + velocity(x, torch.full((len(x),), i / steps)) / steps
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "flow-check"}
def check_flow():
    act, noise = torch.full((3, 2), 4.0), torch.full((3, 2), -4.0)
    t, seen = torch.tensor([0.0, 0.25, 1.0]), []

    def still(x, t):
        seen.append((numbers(x), numbers(t)))
        return torch.as_tensor(0 * x)

    loss = numbers(flow_loss(still, act, noise, t))
    assert len(seen) == 1, f"expected one call of the velocity, got {len(seen)}"
    assert not np.allclose(seen[0][0][:, 0], [4, 2, -4]), "time runs from noise, at 0, to action"
    assert np.allclose(seen[0][0][:, 0], [-4, -2, 4]), (
        f"from -4 to 4 the line is at -4, -2 and 4 for t = 0, 1/4, 1; got {seen[0][0][:, 0]}"
    )
    assert np.allclose(seen[0][1], [0, 0.25, 1]), "the velocity needs each sample's time"
    assert loss.shape == (3,), f"expected one loss per sample, got shape {loss.shape}"
    assert not np.allclose(loss, 64), "sum the squared error over the action's dimensions"
    assert np.allclose(loss, 128), (
        "a line from -4 to 4 moves by 8 in each of two dimensions, at every time: standing still "
        f"costs 64 + 64, got {loss}"
    )
    moving = numbers(flow_loss(lambda x, t: 0 * x + 8.0, act, noise, t))
    assert np.allclose(moving, 0), "who moves with the line, from noise to action, pays nothing"
    seen.clear()
    end = numbers(euler(lambda x, t: still(x, t) + 2.0, noise, 4))
    assert end.shape == (3, 2), f"expected places of shape (3, 2), got {end.shape}"
    assert len(seen) == 4, f"four steps ask four times, got {len(seen)}"
    assert seen[0][1].shape == (3,), f"a time for each sample, shape (3,): {seen[0][1].shape}"
    times = [float(at[0]) for _, at in seen]
    assert np.allclose(times, [0, 0.25, 0.5, 0.75]), f"expected times 0 to 3/4, got {times}"
    assert np.allclose(end, -2), f"at velocity 2 for a time of 1, -4 becomes -2, got {end[0, 0]:g}"
    assert seen[1][0][0, 0] == -3.5, "the second step starts where the first one ended"


check_flow()
print("flow matching: the visible check passes")


# %% nbgrader={"grade_id": "flow-test", "points": 8}
# Hidden tests grade this part (8 points).
### BEGIN HIDDEN TESTS
def hidden_flow():
    import numpy as np
    import torch
    from scipy.integrate import solve_ivp

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("flow"))
    node, weight = np.polynomial.hermite_e.hermegauss(6)
    weight = weight / weight.sum()
    for d in (1, 3):
        n, asked = 9, []

        def standing(x, t, asked=asked):
            asked.append((np.asarray(x), np.asarray(t)))
            return torch.zeros(np.shape(x))

        act, noise = rng.normal(size=(2, n, d)).astype(np.float32)
        t = np.linspace(0, 1, n).astype(np.float32)
        loss = student.call("flow_loss", standing, *map(torch.tensor, (act, noise, t)))
        assert len(asked) == 1, "the velocity is asked once"
        line = noise + t[:, None] * (act - noise)
        back = act + t[:, None] * (noise - act)
        faults = {"time runs from noise, at 0, to action, at 1": back}
        expect.close(asked[0][0], line, "the place on the line at this time", faults=faults)
        expect.close(asked[0][1], t, "the velocity is told the time")
        want = np.linalg.norm(act - noise, axis=1) ** 2
        faults = {"the squared error sums over dimensions": want / d}
        expect.close(loss, want, "standing still costs the squared length", 1e-3, faults)
    # The best field for actions N(m, s^2), by quadrature over the ends of the lines.
    m, s, now = float(rng.normal()), float(rng.uniform(0.5, 2)), float(rng.uniform(0.1, 0.9))

    def best(x, t):  # regression of a - z on t a + (1 - t) z
        x, t = np.asarray(x, dtype=float), np.asarray(t, dtype=float)[:, None]
        slope = (t * s**2 - (1 - t)) / (t**2 * s**2 + (1 - t) ** 2)
        return torch.tensor(m + slope * (x - t * m)).float()

    a, z = (g.ravel()[:, None] for g in np.meshgrid(m + s * node, node, indexing="ij"))
    rows = [torch.tensor(g).float() for g in (a, z)]
    loss = student.call("flow_loss", best, *rows, torch.full((len(a),), now))
    got = np.outer(weight, weight).ravel() @ expect.shape(loss, (len(a),), "the loss")
    left = s**2 / (now**2 * s**2 + (1 - now) ** 2)
    idea = "what the best field cannot know: the variance of a - z at a place"
    expect.close(got, left, idea, 1e-3)
    # Euler's method: its own recursion for a linear field, and the exact solution in the limit.
    x = rng.normal(size=(5, 2)).astype(np.float32)
    rate = float(rng.uniform(-1.5, 1.5))
    for steps in (1, 4, 9):

        def field(x, t):
            x, t = np.asarray(x), np.asarray(t)
            assert np.shape(t) == (len(x),), "a time for each sample"
            return torch.as_tensor(rate * x + 3 * t[:, None]).float()

        got = student.call("euler", field, torch.tensor(x), steps)
        push = sum(3 * i / steps**2 * (1 + rate / steps) ** (steps - 1 - i) for i in range(steps))
        late = sum(
            3 * (i + 1) / steps**2 * (1 + rate / steps) ** (steps - 1 - i) for i in range(steps)
        )
        grown = (1 + rate / steps) ** steps * x
        faults = {
            "a step uses the velocity at its start": grown + late,
            "each step starts where the last one ended": (1 + rate) * x
            + 3 * (steps - 1) / (2 * steps),
        }
        expect.close(got, grown + push, f"{steps} steps of Euler's method", 1e-3, faults)
    got = student.call("euler", best, torch.tensor(x[:, :1]), 400)
    exact = solve_ivp(
        lambda t, y: best(y[:, None], np.full(len(y), t)).numpy()[:, 0], (0, 1), x[:, 0], rtol=1e-8
    ).y[:, -1]
    expect.close(got[:, 0], exact, "many steps follow the flow to its end", 3e-2)


hidden_flow()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 10: a flow head, many seeds at once (10 points)
#
# Now a head as `ilkit` knows it: a `loss` for training, in which it draws its own noise and times,
# and a `sample`. The base below has the network, and from `il.Policy` the scaling: `to_unit` takes
# chunks of actions $[n, 1, d]$ to scaled vectors $[n, d]$, in which the flow runs, and `from_unit`
# takes them back.
#
# One trained network proves little: another seed gives another network. So train several, each on
# its own demonstrations and from its own initial weights. `fit_many`, from `ilkit.train`, stacks
# their weights and trains them together, which takes hardly longer than one:
#
# `fit_many(policies, demos, steps=..., batch=128, lr=3e-2, seeds=seeds, device="auto")`
#
# takes two lists, pairs policy $i$ with data set $i$, and trains in place. Use it: $S$ policies,
# trained one after the other, take $S$ times as long. The loss is run through
# `vmap`: in it, draw with `torch.randn(shape, generator=generator, device=...)` and
# `torch.rand(...)` likewise, on the device of the data.
#
# This part is graded on its own: use your `flow_loss` and `euler` once their check passes, or write
# their lines again.


# %% nbgrader={"grade_id": "flow-network"}
class FlowNetwork(il.Policy):
    """A velocity field in scaled units, seen from an observation."""

    def __init__(self, like, seed=0):
        super().__init__(like, Network("mlp", hidden=(32,)), seed=seed)
        self.net = self.build_conditional(self.act_size + 6, self.act_size)

    def velocity(self, obs, x, t):
        """Velocities [n, d] for observations [n, *obs], places [n, d] and times [n]."""
        angle = math.pi * t[:, None] * torch.tensor([1.0, 2.0, 4.0], device=t.device)
        return self.net(self.features(obs), x, torch.cat([angle.sin(), angle.cos()], 1))


# %% nbgrader={"grade_id": "seeds", "solution": true}
class FlowHead(FlowNetwork):
    """Flow matching on the base's `velocity`, in scaled units."""

    steps = 9  # of Euler's method

    def loss(self, obs, act, generator=None):
        """The flow matching loss, with noise and a time of its own for each sample.

        obs: [n, *obs]; act: [n, 1, d]; all randomness from generator
        returns: [n]
        """
        ### BEGIN SOLUTION
        a = self.to_unit(act)
        z = torch.randn(a.shape, generator=generator, device=a.device)
        t = torch.rand(len(a), generator=generator, device=a.device)
        place = t[:, None] * a + (1 - t[:, None]) * z
        return (self.velocity(obs, place, t) - (a - z)).square().sum(1)
        ### END SOLUTION

    def sample(self, obs, generator=None):
        """Actions in real units, without gradients.

        obs: [n, *obs]; all randomness from generator
        returns: [n, 1, d]
        """
        ### BEGIN SOLUTION
        with torch.no_grad():
            x = torch.randn(len(obs), self.act_size, generator=generator)
            for i in range(self.steps):
                t = torch.full((len(obs),), i / self.steps)
                x = x + self.velocity(obs, x, t) / self.steps
            return self.from_unit(x)
        ### END SOLUTION


def train_seeds(demos, seeds, steps):
    """One FlowHead for each data set, trained together.

    demos: a list of S il.Demos; seeds: a list [S], of initial weights and of minibatches
    steps: how many steps of training
    returns: a list of S policies
    """
    ### BEGIN SOLUTION
    heads = [FlowHead(lesson, seed=seed) for lesson, seed in zip(demos, seeds)]
    fit_many(heads, demos, steps=steps, batch=128, lr=3e-2, seeds=seeds, device="auto")
    return heads
    ### END SOLUTION


# %% nbgrader={"grade_id": "seeds-tools"}
def scaled_head(obs, act):
    """An untrained head for such observations, scaled to actions [m, d], and what it is asked."""
    lesson = il.Demos(torch.zeros(1, len(act), obs.shape[1]), act[None])
    head = FlowHead(lesson)
    head.set_scale(lesson)
    return head, []


def watched_loss(obs, act, seed):
    """The loss where each velocity is 1, and what it was asked: places, times, scaled actions."""
    head, seen = scaled_head(obs, act)

    def steady(obs, x, t):
        seen.append((x, t))
        return torch.ones_like(x)

    head.velocity = steady
    loss = head.loss(obs, act[:, None], seeded(seed))
    return [loss, *seen[0], head.to_unit(act[:, None])]


def straight_sample(obs, act, goal, seed):
    """Samples where the velocity heads straight for a goal in real units, and its times."""
    head, seen = scaled_head(obs, act)

    def heading(obs, x, t):
        seen.append(t)
        return (head.to_unit(goal.expand(len(x), 1, -1)) - x) / (1 - t[:, None])

    head.velocity = heading
    return [head.sample(obs, seeded(seed)), *seen]


def plain_sample(obs, act, seed):
    """Samples of an untrained head, and whether they carry gradients."""
    samples = scaled_head(obs, act)[0].sample(obs, seeded(seed))
    return samples, samples.requires_grad


def trained_samples(obs, act, seeds, steps, here):
    """Train on data sets obs [S, m, o] and act [S, m, d]: samples [S, n, d] at here [n, o]."""
    demos = [il.Demos(o[None], a[None]) for o, a in zip(obs, act)]
    heads = returned(train_seeds(demos, seeds, steps))
    return torch.stack([head.sample(here, seeded(7))[:, 0] for head in heads])


def loss_calls(obs, act, seeds, steps):
    """How often training calls the loss, all policies taken together."""
    own, calls = FlowHead.loss, []

    def counted(self, *args, **kwargs):
        calls.append(self)
        return own(self, *args, **kwargs)

    FlowHead.loss = counted
    try:
        trained_samples(obs, act, seeds, steps, torch.zeros(1, obs.shape[2]))
    finally:
        FlowHead.loss = own
    return len(calls)


# %% nbgrader={"grade_id": "seeds-check"}
def check_seeds():
    obs, act = two_arms(2000, 0)
    act = 5 + 2 * act
    loss, x, t, unit = watched_loss(obs, act, 0)
    loss, x, t, unit = numbers(loss), numbers(x), numbers(t), numbers(unit)
    assert loss.shape == (2000,), f"expected one loss per sample, got shape {loss.shape}"
    assert x.shape == (2000, 2), f"the flow runs on vectors [n, d], got places of shape {x.shape}"
    assert t.shape == (2000,), f"expected a time for each sample, got shape {t.shape}"
    assert t.min() >= 0, "times start at 0"
    assert t.max() <= 1, "times end at 1"
    assert t.std() > 0.1, "times are spread over [0, 1], a draw for each sample"
    assert abs((abs(t - 0.5) > 0.4).mean() - 0.2) < 0.05, (
        "times are uniform: a fifth of them lie below 0.1 or above 0.9"
    )
    early, late = t < 0.05, t > 0.95
    assert abs(x[late] - unit[late]).max() < 0.5, (
        "near time 1 the place is near the action in scaled units: do you use to_unit?"
    )
    assert abs(x[early].std() - 1) < 0.25, "near time 0 the place is standard normal noise"
    z = (x - t[:, None] * unit) / (1 - t[:, None])
    want, back = ((unit - z - 1) ** 2).sum(1), ((z - unit - 1) ** 2).sum(1)
    assert not np.allclose(loss[~late], back[~late], rtol=1e-2), "lines run from noise to action"
    assert np.allclose(loss[~late], want[~late], rtol=1e-2, atol=1e-2), (
        "the loss is the squared distance from the field's velocity to the line's, a sum over "
        f"dimensions: {want[0]:.3f} for the first sample, where the field is 1, got {loss[0]:.3f}"
    )
    again = numbers(watched_loss(obs, act, 0)[0])
    assert (again == loss).all(), "equal generators must give equal losses"
    goal = torch.tensor([6.0, 4.0])
    end, *times = straight_sample(obs[:50], act, goal, 0)
    assert end is not None, "sample returned None: is there a return?"
    assert tuple(end.shape) == (50, 1, 2), f"expected samples [n, 1, d], got {tuple(end.shape)}"
    assert len(times) == 9, f"nine steps of Euler ask nine times, got {len(times)}"
    assert np.allclose(numbers(end), [6, 4], atol=1e-3), (
        "a field that heads for (6, 4) must end there, in real units; got "
        f"{numbers(end)[0, 0].round(2)}: do you use from_unit?"
    )
    plain, graded = plain_sample(obs[:50], torch.cat([act, act[:, :1]], 1), 0)
    assert tuple(plain.shape) == (50, 1, 3), (
        f"actions may have any number of dimensions, here 3: got samples {tuple(plain.shape)}"
    )
    assert not graded, "samples carry no gradients"
    draws = [numbers(plain_sample(obs[:50], act, seed)[0]) for seed in (0, 0, 1)]
    assert (draws[0] == draws[1]).all(), "equal generators must give equal samples"
    assert (draws[0] != draws[2]).any(), "other generators must give other samples: is noise drawn?"
    data = [two_arms(200, seed) for seed in range(2)]
    obs = torch.stack([obs for obs, _ in data])
    act = torch.stack([3 + 0 * data[0][1], -3 + 0.1 * data[1][1]])
    calls = loss_calls(obs, act, [0, 1], 5)
    assert 0 < calls <= 5, (
        f"5 steps of training called your loss {calls} times: the policies are to be trained "
        "together, by fit_many, with as many steps as asked for"
    )
    draws = trained_samples(obs, act, [0, 1], 40, torch.zeros(100, 1))
    assert draws.shape == (2, 100, 2), f"expected two policies, got draws {tuple(draws.shape)}"
    middle = numbers(draws).mean((1, 2))
    assert abs(middle - [3, -3]).max() < 0.5, (
        "policy i learns from data set i: actions near 3 and near -3, "
        f"and your policies act near {middle.round(2)}"
    )
    same = torch.stack([obs[0]] * 3), torch.stack([act[1]] * 3)
    draws = numbers(trained_samples(*same, [5, 5, 6], 0, torch.zeros(9, 1)))
    assert np.allclose(draws[0], draws[1]), "equal seeds must give equal initial weights"
    assert not np.allclose(draws[0], draws[2]), "policies of different seeds begin alike"


check_seeds()
print("many seeds: the visible check passes")


# %% nbgrader={"grade_id": "seeds-test", "points": 10}
# Hidden tests grade this part (10 points).
### BEGIN HIDDEN TESTS
def hidden_seeds():
    import numpy as np
    import torch
    from scipy.stats import kstest

    from ilkit.grading import expect, student

    seed = student.seed("seeds") % 100_000
    rng = np.random.default_rng(seed)
    n, d = 6000, 3
    obs = torch.tensor(rng.normal(size=(n, 2))).float()
    act = torch.tensor(rng.normal(size=(n, d)) * [0.2, 1, 5] + rng.normal(size=d)).float()
    loss, x, t, unit = student.call("watched_loss", obs, act, seed)
    x, t = expect.shape(x, (n, d), "places"), expect.shape(t, (n,), "times")
    loss = expect.shape(loss, (n,), "the loss")
    scaled = (act - act.mean(0)) / act.std(0, correction=0)
    expect.close(unit, scaled, "scaled actions", 1e-3)
    # Kolmogorov and Smirnov's test, each with a false-alarm rate of 1e-8.
    assert kstest(t, "uniform").pvalue > 1e-8, "times are uniform on [0, 1], one for each sample"
    assert abs(np.corrcoef(t[1:], t[:-1])[0, 1]) < 6 / n**0.5, "each sample has its own time"
    known = t < 0.9
    z = ((x - t[:, None] * unit) / (1 - t[:, None]))[known]
    for j in range(d):
        assert kstest(z[:, j], "norm").pvalue > 1e-8, "lines start at standard normal noise"
    spread = np.corrcoef(z.T) - np.eye(d)
    assert abs(spread).max() < 6 / len(z) ** 0.5, "each dimension has noise of its own"
    want = np.linalg.norm(unit[known] - z - 1, axis=1) ** 2
    faults = {
        "the squared distance sums over dimensions": want / d,
        "lines run from noise to action": np.linalg.norm(z - unit[known] - 1, axis=1) ** 2,
    }
    idea = "the loss is the squared distance from the velocity to the line's, summed"
    expect.close(loss[known], want, idea, 1e-2, faults)
    again, other = (student.call("watched_loss", obs, act, s)[0] for s in (seed, seed + 1))
    assert (again == loss).all(), "equal generators give equal losses"
    assert (other != loss).any(), "other generators give other losses"

    goal = act[0] + 1
    end, *times = student.call("straight_sample", obs[:40], act, goal, seed)
    want = np.tile(goal.numpy(), (40, 1, 1))
    expect.close(end, want, "a field that heads for a goal carries there, in real units", 2e-3)
    expect.close(np.stack(times)[:, 0], np.arange(9) / 9, "nine steps, at their starting times")
    plain = [student.call("plain_sample", obs[:40], act, s) for s in (seed, seed, seed + 1)]
    assert not any(graded for _, graded in plain), "samples carry no gradients"
    draws = [samples for samples, _ in plain]
    assert (draws[0] == draws[1]).all(), "equal generators give equal samples"
    assert (draws[0] != draws[2]).any(), "other generators give other samples"
    assert (np.ptp(draws[0], axis=0) > 0).all(), "each sample starts from its own noise"

    # Three lessons that differ in what the expert does, far beyond what training leaves open.
    where, slope = rng.permutation([-4.0, 0.0, 4.0]), 3 * rng.permutation([-1.0, 1.0, 1.0])
    obs = rng.uniform(-1, 1, size=(3, 300, 1))
    act = where[:, None, None] + slope[:, None, None] * obs + 0.1 * rng.normal(size=(3, 300, 2))
    obs, act = torch.tensor(obs).float(), torch.tensor(act).float()
    seeds, here = [seed, seed + 1, seed + 2], torch.linspace(-0.9, 0.9, 200)[:, None]
    draws = student.call("trained_samples", obs, act, seeds, 150, here)
    off = expect.shape(draws, (3, 200, 2), "samples of the three policies") - where[:, None, None]
    expect.close(off.mean((1, 2)), np.zeros(3), "policy i learns from data set i", 0.5)
    off = off - slope[:, None, None] * here.numpy()
    # Untrained, or on another's data, the distance is about 2.5; trained, about 0.3.
    idea = "trained, the policies follow what their expert does at each observation"
    assert np.sqrt((off**2).mean((1, 2))).max() < 1, idea
    calls = student.call("loss_calls", obs, act, seeds, 10)
    assert calls < 20, "all policies are trained together: a step calls the loss once for all"
    same = torch.stack([obs[0]] * 3), torch.stack([act[0]] * 3)
    draws = student.call("trained_samples", *same, [seed, seed, seed + 1], 0, here)
    assert np.allclose(draws[0], draws[1]), "equal seeds give equal initial weights"
    assert not np.allclose(draws[0], draws[2], atol=1e-3), "each seed has its own initial weights"


hidden_seeds()
### END HIDDEN TESTS

# %% [markdown]
# ### Picture: flow heads of many seeds
#
# Expect two round clouds with a thin bridge between, and in most seeds 4 to 15 % astray. A flow is
# continuous in its noise, as a decoder is in its latent; it gets the steep slope by many steps.


# %% nbgrader={"grade_id": "seeds-picture"}
def seeds_picture():
    demos = [il.Demos(*(x[None] for x in two_arms(1000, seed))) for seed in range(RUNS)]
    show_clouds(train_seeds(demos, list(range(RUNS)), STEPS), "flow")


seeds_picture()

# %% [markdown]
# ## Part 11: is one head better than the other? (6 points)
#
# Two heads were trained for the same $S$ seeds, on the same demonstrations seed by seed, and each
# trained policy drew $n$ actions. Let $x_{ij}$ be 1 if action $j$ of the first head's seed $i$ is
# astray, and $y_{ij}$ likewise for the second. What is the difference of the heads, and how sure
# are we?
#
# What was repeated independently is the *training*: the $n$ actions of one network share its
# luck. So each seed counts once, with its mean; and since both heads met the same data, their
# difference is taken within each seed,
#
# $$g_i = \frac1n \sum_j x_{ij} - \frac1n \sum_j y_{ij} , \qquad
#   \bar g \pm t_{S-1} \frac{s}{\sqrt S} ,$$
#
# with the standard deviation $s$ of the $g_i$ (divisor $S - 1$). `t_quantile(S - 1)` gives
# $t_{S-1}$.


# %% nbgrader={"grade_id": "compare", "solution": true}
def paired_gap(first, second):
    """The mean difference of two heads over seeds, and its 95 % interval.

    first, second: [S, n], what each action of each seed scores
    returns: three numbers, mean, low and high
    """
    ### BEGIN SOLUTION
    gap = (first.double().mean(1) - second.double().mean(1)).numpy()
    half = t_quantile(len(gap) - 1) * gap.std(ddof=1) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
    ### END SOLUTION


# %% nbgrader={"grade_id": "compare-check"}
def check_compare():
    first = torch.tensor([[0.0, 0.2], [0.4, 0.6], [0.8, 1.0]])
    gap = returned(paired_gap(first, first - 0.1))
    assert len(gap) == 3, f"expected mean, low and high, got {len(gap)} numbers"
    mean, low, high = map(float, gap)
    assert not np.isclose(mean, -0.1), "the difference is the first less the second"
    assert np.isclose(mean, 0.1), f"the first is higher by 0.1 in each seed, got {mean:g}"
    assert low <= mean <= high, "expected the mean, then the low end, then the high end"
    assert high - low < 1e-5, (
        "the difference is the same in every seed, so that nothing is uncertain: seeds are "
        "difficult or easy for both heads, and pairing removes that"
    )
    mean, low, high = map(
        float, paired_gap(torch.tensor([[2.0] * 50, [4.0] * 50]), torch.zeros(2, 50))
    )
    half = (high - low) / 2
    assert half > 1, (
        f"two seeds, at 2 and 4, and you are sure of their mean to {half:.2f}: fifty actions of "
        "one network are not fifty trainings"
    )
    assert not np.isclose(half, 1.96, atol=0.01), "two seeds need Student's t, not 1.96"
    assert np.isclose(half, 12.706, atol=0.01), f"expected a half-width of 12.71, got {half:.2f}"
    even = float(paired_gap(torch.tensor([[3.0], [0.0]]), torch.tensor([[0.0], [3.0]]))[0])
    assert np.isclose(even, 0), (
        f"better by 3 for one seed and worse by 3 for another is no difference, got {even:g}"
    )


check_compare()
print("comparison: the visible check passes")


# %% nbgrader={"grade_id": "compare-test", "points": 6}
# Hidden tests grade this part (6 points).
### BEGIN HIDDEN TESTS
def hidden_compare():
    import numpy as np
    import torch
    from scipy.stats import norm, t, ttest_rel

    from ilkit.grading import expect, student

    rng = np.random.default_rng(student.seed("compare"))
    for seeds, n in ((5, 30), (2, 7), (20, 4)):
        luck = rng.normal(scale=2, size=(seeds, 1))
        first, second = luck + rng.normal(size=(2, seeds, n)) + rng.normal(size=(2, seeds, 1)) / 2
        x, y = first.mean(1), second.mean(1)
        low, high = ttest_rel(x, y).confidence_interval(0.95)
        mean, half, sign = (x - y).mean(), (high - low) / 2, np.array([0, -1, 1])
        pooled = ttest_rel(first.ravel(), second.ravel()).confidence_interval(0.95)
        apart = t.ppf(0.975, seeds - 1) * ((x.var(ddof=1) + y.var(ddof=1)) / seeds) ** 0.5
        z = norm.ppf(0.975) / t.ppf(0.975, seeds - 1)
        faults = {
            "the difference is the first less the second": -mean + half * sign,
            "actions of one network are not trainings: each seed counts once": [mean, *pooled],
            "the heads met the same data: take the difference within each seed": mean
            + apart * sign,
            "few seeds need Student's t": mean + z * half * sign,
            "the divisor of the variance is S - 1": mean + (1 - 1 / seeds) ** 0.5 * half * sign,
            "a mean over seeds spreads less than a seed": mean + seeds**0.5 * half * sign,
        }
        args = torch.tensor(first).float(), torch.tensor(second).float()
        got = student.call("paired_gap", *args)
        expect.close(got, mean + half * sign, "Student's paired interval", 1e-3, faults)


hidden_compare()
### END HIDDEN TESTS

# %% [markdown]
# ## Bonus (no points): better steps
#
# Euler's method uses the velocity at the start of a step. The midpoint method goes half a step by
# it, and makes the whole step with the velocity found there: two passes through the network for a
# step. Write it, and compare on the exact velocity of an expert of two modes, equal passes
# against equal passes, how many samples end between the modes.


# %% nbgrader={"grade_id": "bonus", "solution": true}
def midpoint(velocity, noise, steps):
    """Where the flow carries the noise, by the midpoint method.

    velocity: a function from places [n, d] and times [n]; noise: [n, d]
    returns: [n, d]
    """
    ### BEGIN SOLUTION
    x = noise
    for i in range(steps):
        t = torch.full((len(x),), i / steps)
        half = x + velocity(x, t) / (2 * steps)
        x = x + velocity(half, t + 1 / (2 * steps)) / steps
    return x
    ### END SOLUTION
