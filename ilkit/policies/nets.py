"""Networks: from an observation's features to the inputs of a head."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete, Space, flat

KINDS = ("tabular", "linear", "mlp", "cnn")


class Flat(nn.Module):
    """Each row of a batch as one vector; a lone number too."""

    def forward(self, x: Tensor) -> Tensor:
        return flat(x)


@dataclass(frozen=True)
class Network:
    """A kind of network and its sizes; `build` makes it for a space and a number of outputs.

    tabular  one row of outputs per discrete observation, no sharing between rows, starting at 0
    linear   an affine map of the flattened features
    mlp      hidden layers with ReLU
    cnn      two strided convolutions over an image [height, width], then a hidden layer
    """

    kind: str = "mlp"
    hidden: tuple[int, ...] = (64, 64)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                f"net: expected one of {', '.join(KINDS)}, got {self.kind!r}; choose one of them."
            )
        if not self.hidden or min(self.hidden) < 1:
            raise InputError(f"hidden: expected at least one width >= 1, got {self.hidden}.")

    def build(self, space: Space, outputs: int) -> nn.Module:
        if isinstance(space, Discrete):
            return self._on_features(space.n, outputs)
        if self.kind == "tabular":
            raise InputError(
                f"net: a table expects discrete observations, got {space}; use 'linear' or 'mlp'."
            )
        if self.kind == "cnn":
            return self._on_images(space, outputs)
        return nn.Sequential(Flat(), self._on_features(math.prod(space.shape), outputs))

    def _on_features(self, inputs: int, outputs: int) -> nn.Module:
        if self.kind == "cnn":
            raise InputError("net: 'cnn' expects images [height, width]; use 'mlp'.")
        if self.kind == "tabular":
            table = nn.Linear(inputs, outputs, bias=False)
            nn.init.zeros_(table.weight)
            return table
        if self.kind == "linear":
            return nn.Linear(inputs, outputs)
        widths = (inputs, *self.hidden)
        layers: list[nn.Module] = []
        for a, b in itertools.pairwise(widths):
            layers += [nn.Linear(a, b), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(widths[-1], outputs))

    def _on_images(self, space: Box, outputs: int) -> nn.Module:
        if len(space.shape) != 2:
            raise InputError(
                f"net: 'cnn' expects images [height, width], got shape {list(space.shape)}; "
                "use 'mlp', or make the image grey."
            )
        height, width = (math.ceil(math.ceil(side / 2) / 2) for side in space.shape)
        return nn.Sequential(
            nn.Unflatten(1, (1, space.shape[0])),
            nn.Conv2d(1, 8, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(8, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16 * height * width, self.hidden[-1]),
            nn.ReLU(),
            nn.Linear(self.hidden[-1], outputs),
        )


class Conditional(nn.Module):
    """A vector and an observation to a vector: an embedding of the observation, then an MLP.

    embed   the observation's network, [n, *obs] -> [n, width]
    inputs  size of the other vector, such as a noisy action and its time
    """

    def __init__(self, embed: nn.Module, width: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.embed = embed
        self.trunk = nn.Sequential(
            nn.Linear(width + inputs, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, outputs),
        )

    def forward(self, features: Tensor, *vectors: Tensor) -> Tensor:
        out: Tensor = self.trunk(torch.cat([self.embed(features), *vectors], 1))
        return out


TIME_FEATURES = 8


def time_features(t: Tensor) -> Tensor:
    """Sines and cosines of a time in [0, 1], [n] -> [n, 8], at half a turn, one, two and four."""
    angles = torch.pi * t[:, None] * 2.0 ** torch.arange(TIME_FEATURES // 2, device=t.device)
    return torch.cat([angles.sin(), angles.cos()], 1)
