"""Retina: the same road through a small camera, pixels in and steering out (the ALVINN setting)."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.data import Demos
from ilkit.envs.track import HALF_WIDTH, LOOK_AHEAD, Track, steer_for, turn_of
from ilkit.errors import InputError
from ilkit.spaces import Box

ROWS, COLUMNS = 30, 32
NEAR, FAR = 4.0, 24.0  # distances seen by the lowest and the highest row, in metres
GRAIN = 0.1  # deviation of a pixel's noise
HALF_VIEW = 0.9  # tangent of half the camera's horizontal angle of view


class Retina(Track):
    """`Track` seen by a camera on the bonnet: a grainy grey image [30, 32], values in [0, 1].

    The state [n, 6] adds the light of the day, constant in an episode, and the grain of the film,
    new at every step, to the state of `Track`.

    The expert is a human at the wheel, who knows where the car is: it sees what `Track` shows,
    the policy sees pixels. Pomerleau (1989) drove a van with a retina of this size.
    """

    name = "retina"

    def __init__(self, horizon: int = 200, gust: float = 0.001, assist: float = 0.0) -> None:
        super().__init__(horizon, gust, assist)
        self.obs_space = Box((ROWS, COLUMNS), 0.0, 1.0)

    def reset(self, n: int, generator: Generator) -> Tensor:
        light_and_grain = torch.rand(n, 2, generator=generator)
        return torch.cat([super().reset(n, generator), light_and_grain], 1)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        moved, cost = super().step(state[:, :4], act, generator)
        grain = torch.rand(len(state), 1, generator=generator)
        return torch.cat([moved, state[:, 4:5], grain], 1), cost

    def observe(self, state: Tensor) -> Tensor:
        return camera(state)

    def expert_view(self, state: Tensor) -> Tensor:
        return super().observe(state)

    def moved_camera(
        self, state: Tensor, act: Tensor, shift: float, turn: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """What a camera `shift` m to the left, turned left by `turn` rad, records: (obs, act).

        The action [n, 1] is the driver's, corrected so that the arc from the moved camera meets
        the driver's own path a look-ahead later (pure pursuit); no expert is asked.
        """
        moved = moved_by(state, shift, turn)
        back = 2 * shift / LOOK_AHEAD**2 + 2 * turn / LOOK_AHEAD
        return camera(moved), steer_for(turn_of(act) - back)

    def side_cameras(self, demos: Demos, shift: float = 0.7) -> Demos:
        """The same drives as two more cameras saw them, `shift` m to the left and to the right.

        demos  recorded in this environment, with their states; the result holds them too
        """
        if demos.state is None:
            raise InputError("state: expected drives with their states, got none; use collect.")
        state, act = demos.state.flatten(0, 1), demos.act.flatten(0, 1)
        views = demos
        for name, side in (("left camera", shift), ("right camera", -shift)):
            obs, corrected = self.moved_camera(state, act, side)
            seen = demos.replace(
                obs=obs.view(demos.obs.shape),
                act=corrected.view(demos.act.shape),
                state=moved_by(state, side).view(demos.state.shape),
                source=name,
            )
            views = views.cat(seen)
        return views

    def render(self, state: Tensor) -> Tensor:
        grey = (255 * camera(state)).to(torch.uint8)
        return grey[..., None].expand(-1, -1, -1, 3).contiguous()


def moved_by(state: Tensor, shift: float, turn: float = 0.0) -> Tensor:
    """The state of a car `shift` m further left, turned left by `turn` rad."""
    change = torch.zeros_like(state)
    change[:, 0], change[:, 1] = shift, turn
    return state + change


def camera(state: Tensor) -> Tensor:
    """Images [n, 30, 32] of a bright road on dark ground, by projecting each pixel to the ground.

    A pixel in row r looks at distance d(r) and, in column c, at d(r) * tan(angle) to the left.
    The middle of the road lies at -y - d tan(psi) + kappa d^2 / 2 there.
    """
    y, psi, kappa = (state[:, i, None, None] for i in range(3))
    inverse = torch.linspace(1 / FAR, 1 / NEAR, ROWS, device=state.device)
    d = (1 / inverse)[None, :, None]
    across = d * torch.linspace(HALF_VIEW, -HALF_VIEW, COLUMNS, device=state.device)
    middle = -y - d * torch.tan(psi) + kappa * d**2 / 2
    pixel = d * 2 * HALF_VIEW / COLUMNS  # width of one pixel on the ground: the edge's softness
    edge = (HALF_WIDTH - (across - middle).abs()) / pixel
    light = 0.7 + 0.3 * state[:, 4, None, None]
    return (light * (0.2 + 0.6 * torch.sigmoid(2 * edge)) + GRAIN * _noise(state[:, 5])).clamp(0, 1)


def _noise(key: Tensor) -> Tensor:
    """Roughly normal noise [n, 30, 32], a pure function of keys [n] in [0, 1): observing is pure.

    The sum of three uniforms, each the fractional part of a steep sine of key and pixel.
    """
    pixels = torch.arange(ROWS * COLUMNS, device=key.device, dtype=torch.float64)
    angle = key.double()[:, None] * 9973.0 + pixels * 12.9898
    uniform = [torch.frac(torch.sin(angle + 78.233 * i) * 43758.5453).abs() for i in range(3)]
    return (2 * torch.stack(uniform).sum(0) - 3).view(-1, ROWS, COLUMNS).float()
