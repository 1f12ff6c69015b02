"""Linear: x' = A x + B u, a linear expert, and a quadratic cost that is cut off at 1."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box
from ilkit.theory.linear import lqr

LIMIT = 1e6  # states and actions end here, so that what explodes stays finite
PIXELS = 64  # a picture's side


class Linear(Env):
    """A linear system with linear feedback, the setting of the course's proofs (chapter 11).

    State and observation x [n, d] move by x' = A x + B u + noise * normal. The expert is u = K x.
    The cost of a step is min(1, |x|^2 + |u|^2).

    a      [d, d]; the default is unstable in open loop, with spectral radius 1.1
    b      [d, m]; default: the identity
    k      [m, d]; default: the gain with the least sum of |x|^2 + |u|^2 for ever (`lqr`)
    start  deviations of the normal initial state, one number or [d]
    """

    name = "linear"

    def __init__(
        self,
        a: Tensor | None = None,
        b: Tensor | None = None,
        k: Tensor | None = None,
        horizon: int = 50,
        start: float | Tensor = 0.03,
        noise: float = 0.0,
    ) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and noise >= 0):
            raise InputError(
                f"Linear: expected a whole horizon >= 1 and noise >= 0, got {horizon} and {noise}."
            )
        self.a = (torch.tensor([[1.1, 0.5], [0.0, 0.8]]) if a is None else a).float()
        d = len(self.a)
        self.b = (torch.eye(d) if b is None else b).float()
        m = self.b.shape[-1]
        _check("a", self.a, (d, d))
        _check("b", self.b, (d, m))
        self.k = (lqr(self.a, self.b, torch.eye(d), torch.eye(m)).k if k is None else k).float()
        _check("k", self.k, (m, d))
        self.start = torch.as_tensor(start, dtype=torch.float32).expand(d)
        self.horizon, self.noise = horizon, noise
        self.obs_space, self.act_space = Box((d,), -LIMIT, LIMIT), Box((m,), -LIMIT, LIMIT)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return self.start * torch.randn(n, len(self.a), generator=generator)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        cost = state.square().sum(1) + act.square().sum(1)
        noise = self.noise * torch.randn(state.shape, generator=generator)
        moved = state @ self.a.T + act @ self.b.T + noise
        return moved.clamp(-LIMIT, LIMIT), cost.clamp(max=1.0)

    def expert(self, view: Tensor) -> Tensor:
        return view @ self.k.T

    def render(self, state: Tensor) -> Tensor:
        """The first two coordinates as a dot between the axes, squeezed so that all fits."""
        flat = torch.cat([state, torch.zeros(len(state), 1)], 1)  # a scalar lies on the axis
        return plane(flat[:, :2])


def plane(x: Tensor) -> Tensor:
    """Pictures of points [n, 2] between two axes, uint8 [n, 64, 64, 3]; far points move inward."""
    n, middle = len(x), PIXELS // 2
    image = torch.full((n, PIXELS, PIXELS, 3), 245, dtype=torch.uint8)
    image[:, middle] = image[:, :, middle] = 150
    spot = (middle + (middle - 4) * torch.tanh(x)).round().long()
    rows, columns = torch.meshgrid(torch.arange(PIXELS), torch.arange(PIXELS), indexing="ij")
    across, down = columns - spot[:, 0, None, None], rows - (PIXELS - spot[:, 1, None, None])
    image[across.square() + down.square() <= 9] = torch.tensor([0, 90, 160], dtype=torch.uint8)
    return image


def _check(name: str, x: Tensor, shape: tuple[int, ...]) -> None:
    if tuple(x.shape) != shape or not x.isfinite().all():
        raise InputError(
            f"{name}: expected finite numbers of shape {list(shape)}, got shape {list(x.shape)}"
            f"{'' if x.isfinite().all() else ' with NaN or infinity'}."
        )
