"""ilkit: imitation learning, one readable file per idea.

>>> import ilkit as il
>>> env = il.Track()

Names load when they are first used, so that `import ilkit` and the command line start at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_HOME = {  # public name: the module that defines it; None where the name is itself a module
    "InputError": "ilkit.errors",
    "Discrete": "ilkit.spaces",
    "Box": "ilkit.spaces",
    "Env": "ilkit.envs.base",
    "Gridworld": "ilkit.envs.gridworld",
    "Linear": "ilkit.envs.linear",
    "ChallengingPair": "ilkit.envs.challenging_pair",
    "Tightrope": "ilkit.envs.tightrope",
    "Track": "ilkit.envs.track",
    "Retina": "ilkit.envs.retina",
    "Cosine": "ilkit.envs.cosine",
    "Characters": "ilkit.envs.characters",
    "Pendulum": "ilkit.envs.pendulum",
    "UnknownSign": "ilkit.envs.unknown_sign",
    "Ridge": "ilkit.envs.ridge",
    "Fork": "ilkit.envs.fork",
    "Correlated": "ilkit.envs.correlated",
    "Demos": "ilkit.data",
    "Policy": "ilkit.policies.base",
    "Categorical": "ilkit.policies.categorical",
    "Deterministic": "ilkit.policies.deterministic",
    "Gaussian": "ilkit.policies.gaussian",
    "rollout": "ilkit.rollout",
    "collect": "ilkit.rollout",
    "evaluate": "ilkit.rollout",
    "Estimate": "ilkit.stats",
    "EachStep": "ilkit.executors",
    "OpenLoop": "ilkit.executors",
    "bc": "ilkit.learners.bc",
    "dagger": "ilkit.learners.dagger",
    "fit": "ilkit.train",
    "explore": "ilkit.widgets",
    "envs": None,
    "losses": None,
    "plots": None,
    "stats": None,
    "theory": None,
    "train": None,
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ilkit' has no attribute {name!r}")
    home = _HOME[name]
    value = getattr(import_module(home), name) if home else import_module(f"ilkit.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps `ilkit.rollout` the function: importing the module of that name would hide it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (_HOME.get(name) and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
