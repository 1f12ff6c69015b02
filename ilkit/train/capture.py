"""fit_captured: train one policy by steps that are recorded once and replayed whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.train.device import pick_device
from ilkit.train.ema import POWER, Average
from ilkit.train.loop import History, check_settings, read, weighted_mean

Loss = Callable[[Policy, Tensor, Tensor, None], Tensor]

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # Adam's, as in `fit`


def fit_captured(
    policy: Policy,
    demos: Demos,
    *,
    loss: Loss | None = None,
    steps: int = 1000,
    batch: int = 256,
    lr: float = 1e-3,
    ema: float | None = None,
    seed: int = 0,
    device: str | torch.device = "cpu",
) -> History:
    """Train `policy` in place, as `fit` does, by a step that `torch.compile` has recorded.

    Loss, gradient, Adam and the moving average of the weights become one CUDA graph on a GPU, and
    fused C++ on a CPU. Recording takes some ten seconds and serves all policies of the same
    architecture, loss and `batch` in this process, whatever their data, rate and steps.

    loss  (policy, obs, act, None) -> [n], and nothing but tensor operations inside

    It ends where `fit` would have, up to rounding. A loss that draws noise draws it from PyTorch's
    own generator, begun anew from `seed`: repeatable, but not number for number that of `fit`.
    Needs a C++ compiler. There are no checkpoints: what runs for long is not bound by launches.
    """
    check_settings(policy, demos, steps, batch, lr, ema)
    place, home = pick_device(device), next(policy.parameters()).device
    policy.set_scale(demos)
    policy.to(place).train()
    data = [x.to(place) for x in demos.windows(policy.chunk)]
    generator = torch.Generator(place).manual_seed(seed)
    average = Average(policy.parameters(), ema)
    step = _Step(_Mean(policy, loss), average, steps, lr).to(place)
    replay = torch.compile(step, mode="reduce-overhead", dynamic=False, fullgraph=True)
    seen: list[Tensor] = []
    with _own_noise(seed, place), _clear_errors():
        _try(step.mean, [x[:1] for x in data])
        with torch.no_grad():
            for _ in range(steps):
                rows = torch.randint(len(data[0]), (batch,), generator=generator, device=place)
                torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
                mean = replay(*(x[rows] for x in data))
                seen.append(mean.clone())  # the next replay overwrites it
    average.swap()
    policy.to(home).eval()
    return History(read(seen) if seen else [])


class _Mean(nn.Module):
    """The weighted mean of a policy's loss as a forward pass, which has a functional gradient."""

    def __init__(self, policy: Policy, loss: Loss | None) -> None:
        super().__init__()
        self.policy, self.loss = policy, loss

    def forward(self, obs: Tensor, act: Tensor, weight: Tensor) -> Tensor:
        if self.loss is None:
            each = self.policy.loss(obs, act)
        else:
            each = self.loss(self.policy, obs, act, None)
        return weighted_mean(each, weight)


class _Step(nn.Module):
    """A step of `fit`, and all that it must remember.

    What changes is a parameter or a buffer, since a graph needs fixed addresses; what differs from
    run to run is a tensor, since a number would be recorded with the rest.
    """

    lr: Tensor
    steps: Tensor
    decay: Tensor
    done: Tensor

    def __init__(self, mean: _Mean, average: Average, steps: int, lr: float) -> None:
        super().__init__()
        self.mean = mean
        self.first, self.second = (
            _fixed([torch.zeros_like(w) for w in mean.parameters()]) for _ in range(2)
        )
        self.means = _fixed(average.means)
        numbers = {"lr": lr, "steps": steps, "decay": average.decay, "done": 0}
        for name, number in numbers.items():
            self.register_buffer(name, torch.tensor(float(number)))

    def forward(self, *minibatch: Tensor) -> Tensor:
        weights = dict(self.mean.named_parameters())
        mean: Tensor
        of = grad_and_value(lambda w: functional_call(self.mean, w, minibatch))
        grads, mean = of(weights)
        rate = self.lr * (1 + torch.cos(torch.pi * self.done / self.steps)) / 2
        kept = torch.minimum(self.decay, 1 - (1 + self.done) ** -POWER)
        self.done += 1
        bias1, bias2 = (-torch.expm1(self.done * math.log(beta)) for beta in (BETA1, BETA2))
        rows = zip(weights.values(), grads.values(), self.first, self.second, strict=True)
        for weight, grad, first, second in rows:
            first.lerp_(grad, 1 - BETA1)
            second.lerp_(grad.square(), 1 - BETA2)
            weight.sub_(rate / bias1 * first / ((second / bias2).sqrt() + EPS))
        for average, weight in zip(self.means, weights.values(), strict=False):  # none without ema
            average.lerp_(weight, 1 - kept)
        return mean


def _fixed(tensors: list[Tensor]) -> nn.ParameterList:
    """Tensors that a module owns and nobody differentiates; they share memory with those given."""
    return nn.ParameterList(nn.Parameter(x, requires_grad=False) for x in tensors)


def _try(mean: _Mean, minibatch: list[Tensor]) -> None:
    """One plain evaluation: the loss's own complaints are heard as such."""
    if not mean(*minibatch).requires_grad:
        raise InputError(
            "loss: expected one that depends smoothly on the weights, got one without a gradient; "
            "zero_one is to report: train with hinge or log_loss."
        )


@contextmanager
def _own_noise(seed: int, place: torch.device) -> Iterator[None]:
    """Begin PyTorch's generator anew, and leave it afterwards as it was."""
    with torch.random.fork_rng([place] if place.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Say in a sentence why a step cannot be recorded."""
    errors = torch._dynamo.exc
    try:
        yield
    except errors.TorchDynamoException as error:
        reason = str(error).strip().splitlines()[0].rstrip(".;")
        raise InputError(
            "fit_captured: expected a loss of tensor operations alone and a working C++ compiler "
            f"(on a GPU also Triton), got: {reason}; mend that, or train with fit."
        ) from None
    except errors.FailOnRecompileLimitHit:
        raise InputError(
            "fit_captured: expected fewer kinds of step (architecture, loss, batch) in one "
            "process; forget those recorded so far by torch.compiler.reset()."
        ) from None
