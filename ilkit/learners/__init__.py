"""Learners: regimes of data around a policy's loss; each file is an algorithm box."""

from ilkit.learners.adversarial import Game, adversarial
from ilkit.learners.bc import bc
from ilkit.learners.ccil import Trust, ccil, corrective_labels
from ilkit.learners.dagger import Round, dagger, dagger_rounds
from ilkit.learners.dart import dart, dart_rounds
from ilkit.learners.distill import distill, distill_rounds
from ilkit.learners.dynamics import Dynamics, learn_dynamics
from ilkit.learners.eil import eil, eil_rounds
from ilkit.learners.exploratory import explore_and_relabel
from ilkit.learners.gail import gail, gail_rounds
from ilkit.learners.hg_dagger import hg_dagger, hg_dagger_rounds
from ilkit.learners.offline import IQL, IQLearn, Transitions, offline

__all__ = [
    "IQL",
    "Dynamics",
    "Game",
    "IQLearn",
    "Round",
    "Transitions",
    "Trust",
    "adversarial",
    "bc",
    "ccil",
    "corrective_labels",
    "dagger",
    "dagger_rounds",
    "dart",
    "dart_rounds",
    "distill",
    "distill_rounds",
    "eil",
    "eil_rounds",
    "explore_and_relabel",
    "gail",
    "gail_rounds",
    "hg_dagger",
    "hg_dagger_rounds",
    "learn_dynamics",
    "offline",
]
