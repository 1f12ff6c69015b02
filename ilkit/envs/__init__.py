"""Environments: batched, pure, one file each, the expert included."""

from ilkit.envs.base import Env
from ilkit.envs.gridworld import Gridworld
from ilkit.envs.retina import Retina
from ilkit.envs.tightrope import Tightrope
from ilkit.envs.track import Track

__all__ = ["Env", "Gridworld", "Retina", "Tightrope", "Track"]
