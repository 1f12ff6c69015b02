"""Training: the loop, devices and checkpoints, so that a learner's file is its algorithm."""

from ilkit.train.capture import fit_captured
from ilkit.train.checkpoint import load, save
from ilkit.train.device import autocast, pick_device
from ilkit.train.distributed import fit_across
from ilkit.train.ensemble import fit_many
from ilkit.train.loop import History, fit

__all__ = [
    "History",
    "autocast",
    "fit",
    "fit_across",
    "fit_captured",
    "fit_many",
    "load",
    "pick_device",
    "save",
]
