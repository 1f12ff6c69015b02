"""Experts for simulators that others wrote: MuJoCo's Reacher and double pendulum, and Push-T.

Each is a callable from observations to actions, for `collect`, `bc` and `dagger` with the
Gymnasium environment that it names. The extra `sim`: mujoco, imageio, gym-pusht.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray
from torch import Tensor

from ilkit.errors import InputError
from ilkit.theory.linear import lqr

LINKS = (0.1, 0.11)  # of Reacher-v5's arm, in metres
STIFFNESS, DAMPING = 0.8, 0.05  # in action units per radian, and per radian a second
LEAST = 0.01  # square metres added to the squared Jacobian
BALANCE_WEIGHTS = (1.0, 10.0, 10.0, 0.1, 0.1, 0.1)  # of cart, angles and their speeds, squared
EFFORT_WEIGHT = 10.0  # of the squared action
GOAL, GOAL_ANGLE = (256.0, 256.0), math.pi / 4  # of Push-T's block, in pixels and radians
BLOCK_CENTRE = (0.0, 45.0)  # its centre of mass, from the point that observations give
ORBIT, STRIDE = 110.0, 40.0  # pixels: round the block, and the finger's longest push in a step
ARC, ALIGNED = 0.6, 8.0  # radians a step round the block; pixels off the line that are no matter


def reacher(view: Tensor) -> Tensor:
    """Turn the joints of `Reacher-v5` so that the fingertip comes to its target: [n, 10] to [n, 2].

    The wanted turn solves the Jacobian's linear equation by damped least squares, which stays
    finite where the arm is straight (Wampler, 1986); a proportional-derivative law makes it the
    torque. The observation gives the cosines and sines of both joints, their speeds, and the way
    from the target to the fingertip.
    """
    angles = torch.atan2(view[:, 2:4], view[:, :2]).cumsum(1)
    speed, away = view[:, 6:8], view[:, 8:10, None]
    lengths = torch.tensor(LINKS)
    x, y = lengths * angles.cos(), lengths * angles.sin()  # of each link, [n, 2]
    # Row by row: how x and y of the fingertip change with the first and with the second joint.
    dx = torch.stack([-y.sum(1), -y[:, 1]], 1)
    dy = torch.stack([x.sum(1), x[:, 1]], 1)
    jacobian = torch.stack([dx, dy], 1)
    square = jacobian.mT @ jacobian + LEAST * torch.eye(2)
    turn: Tensor = torch.linalg.solve(square, -jacobian.mT @ away)[..., 0]
    return (STIFFNESS * turn - DAMPING * speed).clamp(-1, 1)


class Balance:
    """The linear-quadratic regulator of `InvertedDoublePendulum-v5`: [n, 9] to [n, 1].

    The environment's own step is differentiated at the upright state, x' = a x + b u, and the
    discrete Riccati equation gives the gain K of u = K x. x is cart, both angles, and their speeds.
    """

    def __init__(self) -> None:
        self.a, self.b = upright_dynamics()
        weights, effort = torch.tensor(BALANCE_WEIGHTS).diag(), EFFORT_WEIGHT * torch.eye(1)
        self.gain = lqr(self.a, self.b, weights, effort).k.float()

    def __call__(self, view: Tensor) -> Tensor:
        angles = torch.atan2(view[:, 1:3], view[:, 3:5])
        state = torch.cat([view[:, :1], angles, view[:, 5:8]], 1)
        return (state @ self.gain.T).clamp(-1, 1)


def upright_dynamics(delta: float = 1e-5) -> tuple[Tensor, Tensor]:
    """The step of `InvertedDoublePendulum-v5` linearised where it balances: a [6, 6], b [6, 1]."""
    try:
        env: Any = gymnasium.make("InvertedDoublePendulum-v5").unwrapped
    except (DependencyNotInstalled, ModuleNotFoundError):
        raise InputError("sim: MuJoCo is missing; run pip install mujoco imageio.") from None
    env.reset(seed=0)

    def after(x: NDArray[np.float64]) -> NDArray[np.float64]:
        env.set_state(x[:3], x[3:6])
        env.do_simulation(x[6:], env.frame_skip)
        return np.concatenate([env.data.qpos, env.data.qvel])

    nudges = delta * np.eye(7)
    columns = [(after(nudge) - after(-nudge)) / (2 * delta) for nudge in nudges]
    both = torch.as_tensor(np.stack(columns, 1))
    return both[:, :6], both[:, 6:]


def pusher(view: Tensor) -> Tensor:
    """Push the block of `gym_pusht:gym_pusht/PushT-v0` to its goal, in pixels: [n, 5] to [n, 2].

    The observation is the finger, the block's place and its angle. The finger goes round the block
    to the side away from the goal, then pushes straight through the block's centre of mass. It
    never turns the block on purpose: a demonstrator that helps, not one that solves the task.
    """
    finger, angle = view[:, :2], view[:, 4]
    centre = view[:, 2:4] + _turned(BLOCK_CENTRE, angle)
    way = torch.tensor(GOAL) + _turned(BLOCK_CENTRE, torch.full_like(angle, GOAL_ANGLE)) - centre
    far = way.norm(dim=1, keepdim=True)
    ahead = way / far.clamp(min=1e-6)
    aside = torch.stack([-ahead[:, 1], ahead[:, 0]], 1)
    along, across = ((finger - centre) * ahead).sum(1), ((finger - centre) * aside).sum(1)
    behind = (along < 0) & (across.abs() < ALIGNED)
    # On a circle about the block a step further round; from behind, straight through it.
    bearing = torch.atan2(across, along)
    bearing = bearing + torch.where(bearing >= 0, ARC, -ARC)
    bearing = torch.where(bearing.abs() > math.pi - ARC, torch.tensor(math.pi), bearing)
    around = centre + ORBIT * (bearing.cos()[:, None] * ahead + bearing.sin()[:, None] * aside)
    through = finger + far.clamp(max=STRIDE) * ahead
    return torch.where(behind[:, None], through, around).clamp(0, 512)


def _turned(vector: tuple[float, float], angle: Tensor) -> Tensor:
    """A vector turned by angles [n]: [n, 2]."""
    (x, y), cos, sin = vector, angle.cos(), angle.sin()
    return torch.stack([x * cos - y * sin, x * sin + y * cos], 1)
