"""Autoregressive bins: the chain rule, one discretised action dimension after the other."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.policies.nets import Network
from ilkit.spaces import HasSpaces

HEADS = 4  # of attention
KINDS = ("mlp", "lstm", "transformer", "independent")


class Autoregressive(Policy):
    """p(a | s) = product over i of p(a_i | s, a_1, ..., a_{i-1}), each factor a histogram.

    bins   per dimension, of equal width over the range of the data, a little widened
    order  "mlp", "lstm" or causal "transformer": what reads the dimensions already chosen;
           "independent" reads none, which is what the chain rule is compared with

    The density is constant inside a bin and zero outside them all.
    """

    low: Tensor
    width: Tensor

    def __init__(
        self,
        like: HasSpaces,
        net: str | Network = "mlp",
        *,
        bins: int = 32,
        order: str = "mlp",
        chunk: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(like, net, chunk=chunk, seed=seed)
        self.need_real_actions()
        if order not in KINDS:
            raise InputError(f"order: expected one of {', '.join(KINDS)}, got {order!r}.")
        self.need(bins=bins)
        self.bins, self.order = bins, order
        size = self.network.hidden[-1]
        if order == "transformer" and size % HEADS:
            raise InputError(
                f"hidden: a transformer with {HEADS} heads expects a width that they divide, got "
                f"{size}."
            )
        self.embed = self.build(size)
        with self.seeded():
            self.place = nn.Parameter(0.1 * torch.randn(self.act_size, size))
            self.reader = _reader(order, self.act_size, size)
            self.head = nn.Linear(size, bins)
        self.register_buffer("low", -torch.ones(self.act_size))
        self.register_buffer("width", torch.full((self.act_size,), 2 / bins))

    @torch.no_grad()
    def set_scale(self, demos: Demos) -> None:
        fresh = not bool(self.scaled)
        super().set_scale(demos)
        if fresh:
            unit = self.to_unit(demos.windows(self.chunk)[1])
            low, high = unit.amin(0), unit.amax(0)
            margin = 0.01 * (high - low) + 1e-3
            self.low.copy_(low - margin)
            self.width.copy_((high - low + 2 * margin) / self.bins)

    def logits(self, obs: Tensor, unit: Tensor) -> Tensor:
        """Scores of the bins of every dimension given the dimensions before: [n, D, bins]."""
        context = self.embed(self.features(obs))[:, None] + self.place
        # Dimension i may see 0, ..., i - 1 only: shift by one, the first sees nothing.
        before = torch.cat([torch.zeros_like(unit[:, :1]), unit[:, :-1]], 1)
        out: Tensor = self.head(self.reader(context, before))
        return out

    def to_bins(self, unit: Tensor) -> Tensor:
        """The bin of each number, [n, D]; what lies outside goes to the outermost."""
        return ((unit - self.low) / self.width).floor().long().clamp(0, self.bins - 1)

    def log_prob(self, obs: Tensor, act: Tensor) -> Tensor:
        unit = self.to_unit(act)
        log_p = torch.log_softmax(self.logits(obs, unit), -1)
        chosen = log_p.gather(-1, self.to_bins(unit)[..., None])[..., 0]
        inside = ((unit >= self.low) & (unit < self.low + self.bins * self.width)).all(1)
        density = (chosen - self.width.log()).sum(1) - self.log_scale()
        return torch.where(inside, density, -torch.inf)

    def loss(self, obs: Tensor, act: Tensor, generator: Generator | None = None) -> Tensor:
        """-log_prob, with what lies outside the bins counted in the outermost one."""
        unit = self.to_unit(act)
        top = self.low + self.bins * self.width
        kept = unit.clamp(self.low, torch.nextafter(top, self.low))
        log_p = torch.log_softmax(self.logits(obs, kept), -1)
        chosen = log_p.gather(-1, self.to_bins(kept)[..., None])[..., 0]
        return -(chosen - self.width.log()).sum(1) + self.log_scale()

    @torch.no_grad()
    def sample(self, obs: Tensor, generator: Generator | None = None) -> Tensor:
        unit = torch.zeros(len(obs), self.act_size, device=obs.device)
        for i in range(self.act_size):
            p = torch.softmax(self.logits(obs, unit)[:, i], -1)
            chosen = torch.multinomial(p, 1, generator=generator)[:, 0]
            within = torch.rand(len(obs), generator=generator, device=obs.device)
            unit[:, i] = self.low[i] + (chosen + within) * self.width[i]
        return self.from_unit(unit)


class _Masked(nn.Module):
    """One MLP, asked for each dimension, over the numbers before it: later ones times zero."""

    mask: Tensor

    def __init__(self, dims: int, size: int, blind: bool) -> None:
        super().__init__()
        mask = torch.zeros(dims, dims) if blind else torch.ones(dims, dims).tril()
        self.register_buffer("mask", mask)
        self.first = nn.Linear(size + dims, size)
        self.second = nn.Linear(size, size)

    def forward(self, context: Tensor, before: Tensor) -> Tensor:
        seen = before[:, None] * self.mask
        hidden = torch.relu(self.first(torch.cat([context, seen], -1)))
        out: Tensor = torch.relu(self.second(hidden))
        return out


class _LSTM(nn.Module):
    """Reads the dimensions in turn; its cell is what it remembers of them.

    Written out, since torch's own cannot be trained for many seeds at once (`fit_many`).
    Source: Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gates = nn.Linear(2 * size + 1, 4 * size)

    def forward(self, context: Tensor, before: Tensor) -> Tensor:
        hidden = cell = torch.zeros_like(context[:, 0])
        steps = []
        for i in range(before.shape[1]):
            gates = self.gates(torch.cat([context[:, i], before[:, i : i + 1], hidden], 1))
            enter, forget, fresh, leave = gates.chunk(4, 1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * fresh.tanh()
            hidden = leave.sigmoid() * cell.tanh()
            steps.append(hidden)
        return torch.stack(steps, 1)


class _Transformer(nn.Module):
    """Two layers of causal attention over the dimensions."""

    mask: Tensor

    def __init__(self, dims: int, size: int) -> None:
        super().__init__()
        self.enter = nn.Linear(size + 1, size)
        layer = nn.TransformerEncoderLayer(size, HEADS, 2 * size, dropout=0.0, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(dims))

    def forward(self, context: Tensor, before: Tensor) -> Tensor:
        tokens = self.enter(torch.cat([context, before[..., None]], -1))
        out: Tensor = self.layers(tokens, mask=self.mask, is_causal=True)
        return out


def _reader(order: str, dims: int, size: int) -> nn.Module:
    if order == "lstm":
        return _LSTM(size)
    if order == "transformer":
        return _Transformer(dims, size)
    return _Masked(dims, size, blind=order == "independent")
