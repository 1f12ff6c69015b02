"""The walls around a student's code, weaker or stronger as the machine allows: see `ladder`."""

from ilkit.grading.walls.start import NotStartedError, Start

__all__ = ["NotStartedError", "Start"]
