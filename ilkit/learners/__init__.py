"""Learners: regimes of data around a policy's loss; each file is an algorithm box."""

from ilkit.learners.bc import bc
from ilkit.learners.dagger import Round, dagger, dagger_rounds

__all__ = ["Round", "bc", "dagger", "dagger_rounds"]
