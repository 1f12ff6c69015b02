"""Networks: from an observation's features to the inputs of a head."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from torch import nn

from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete, Space

KINDS = ("tabular", "linear", "mlp", "cnn")


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

    def build(self, space: Space, outputs: int) -> nn.Module:
        if isinstance(space, Discrete):
            return self._on_features(space.n, outputs)
        if self.kind == "tabular":
            raise InputError(
                f"net: a table expects discrete observations, got {space}; use 'linear' or 'mlp'."
            )
        if self.kind == "cnn":
            return self._on_images(space, outputs)
        return nn.Sequential(nn.Flatten(), self._on_features(math.prod(space.shape), outputs))

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
