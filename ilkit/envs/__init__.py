"""Environments: batched, pure, one file each, the expert included."""

from ilkit.envs.base import Env
from ilkit.envs.challenging_pair import ChallengingPair
from ilkit.envs.characters import Characters
from ilkit.envs.correlated import Correlated
from ilkit.envs.cosine import Cosine
from ilkit.envs.fork import Fork
from ilkit.envs.gridworld import Gridworld
from ilkit.envs.insertion import Insertion
from ilkit.envs.linear import Linear
from ilkit.envs.pendulum import Pendulum
from ilkit.envs.reaching import Reaching
from ilkit.envs.retina import Retina
from ilkit.envs.ridge import Ridge
from ilkit.envs.tightrope import Tightrope
from ilkit.envs.track import Track
from ilkit.envs.unknown_sign import UnknownSign

__all__ = [
    "ChallengingPair",
    "Characters",
    "Correlated",
    "Cosine",
    "Env",
    "Fork",
    "Gridworld",
    "Insertion",
    "Linear",
    "Pendulum",
    "Reaching",
    "Retina",
    "Ridge",
    "Tightrope",
    "Track",
    "UnknownSign",
]
