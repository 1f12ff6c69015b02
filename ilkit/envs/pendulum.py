"""Pendulum: hold it hanging down, where errors fade, or upright, where they grow."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box
from ilkit.theory.linear import lqr

DT = 0.1  # of a step, in units of sqrt(length / gravity)
MAX_TORQUE = 2.0  # of the motor; the weight's own is 1 at most
MAX_SPEED = 8.0  # in rad a unit of time
START = 0.03  # standard deviation of the first angle and speed


class Pendulum(Env):
    """A damped pendulum with a motor at its pivot, of unit length, mass and gravity.

    State [n, 2]: the angle theta in rad, in (-pi, pi] and measured from where it should be, and
    its speed omega. A step of 0.1 moves
        omega by 0.1 (weight - damping omega + torque), weight = sin(theta) up, -sin(theta) down
        theta by 0.1 omega, with the new omega
    The observation is (cos theta, sin theta, omega). The action in [-1, 1] is half the torque.

    Hanging down, the damped linearised system has its spectral radius below one: errors fade
    whatever the policy does not do. Upright it is above one: 1.08 a step with the default damping.

    The cost of a step is (1 - cos theta) / 2. The expert is the optimal linear regulator of the
    linearised system; its motor is strong enough to bring the pendulum back from anywhere.
    """

    name = "pendulum"
    act_space: Box

    def __init__(self, up: bool = False, horizon: int = 100, damping: float = 0.5) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and 0 <= damping <= 10):
            raise InputError(
                "Pendulum: expected a whole horizon >= 1 and damping in [0, 10], got "
                f"{horizon} and {damping}."
            )
        self.up, self.horizon, self.damping = up, horizon, damping
        self.obs_space = Box((3,), -MAX_SPEED, MAX_SPEED)
        self.act_space = Box((1,), -1.0, 1.0)
        eye = torch.eye(2, dtype=torch.float64)
        self.gain = lqr(*self.linearised(), eye, eye[:1, :1]).k.float()

    def linearised(self) -> tuple[Tensor, Tensor]:
        """A [2, 2] and B [2, 1] of small deviations (theta, omega) from the goal."""
        pull = DT if self.up else -DT
        slow, push = 1 - DT * self.damping, DT * MAX_TORQUE
        a = [[1 + DT * pull, DT * slow], [pull, slow]]
        b = [[DT * push], [push]]
        return torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)

    def reset(self, n: int, generator: Generator) -> Tensor:
        return START * torch.randn(n, 2, generator=generator)

    def observe(self, state: Tensor) -> Tensor:
        theta, omega = state.unbind(1)
        return torch.stack([theta.cos(), theta.sin(), omega], 1)

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        state = self.swing(state, act)
        return state, (1 - state[:, 0].cos()) / 2

    def swing(self, state: Tensor, act: Tensor) -> Tensor:
        """The dynamics alone: states [n, 2] and actions [n, 1] to states [n, 2]."""
        theta, omega = state.unbind(1)
        torque = MAX_TORQUE * self.act_space.clip(act[:, 0])
        weight = theta.sin() if self.up else -theta.sin()
        speed = omega + DT * (weight - self.damping * omega + torque)
        speed = speed.clamp(-MAX_SPEED, MAX_SPEED)
        turned = theta + DT * speed
        wrapped = torch.atan2(turned.sin(), turned.cos())
        return torch.stack([torch.where(turned.abs() > torch.pi, wrapped, turned), speed], 1)

    def expert(self, view: Tensor) -> Tensor:
        deviation = torch.stack([torch.atan2(view[:, 1], view[:, 0]), view[:, 2]], 1)
        return self.act_space.clip(deviation @ self.gain.T)

    def render(self, state: Tensor) -> Tensor:
        """The rod and its weight on a white square, the pivot in the middle."""
        size, length = 64, 24.0
        side = torch.arange(size) - (size - 1) / 2
        down, right = torch.meshgrid(side, side, indexing="ij")
        angle = state[:, 0, None, None] + (torch.pi if self.up else 0.0)
        # Along the rod and across it, from the pivot.
        along = right * angle.sin() + down * angle.cos()
        across = right * angle.cos() - down * angle.sin()
        image = torch.full((len(state), size, size, 3), 245, dtype=torch.uint8)
        rod = (across.abs() < 1.2) & (along > 0) & (along < length)
        image[rod] = torch.tensor([90, 90, 90], dtype=torch.uint8)
        bob = across**2 + (along - length) ** 2 < 36
        image[bob] = torch.tensor([0, 90, 160], dtype=torch.uint8)
        return image
