"""Behavior cloning: supervised learning on the expert's own states (chapter 02)."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from ilkit.data import Demos
from ilkit.policies.base import Policy
from ilkit.train.loop import fit

P = TypeVar("P", bound=Policy)


def bc(policy: P, demos: Demos, **training: Any) -> P:
    """Fit a copy of `policy` to demonstrations and return it; `policy` itself stays as it is.

    training  passed to `ilkit.train.fit`: loss (`ilkit.losses`; default the head's own), steps,
              batch, lr, seed, device, ...

    Source: Pomerleau (1989); Bain and Sammut (1995).
    """
    learner = copy.deepcopy(policy)
    fit(learner, demos, **training)
    return learner
