"""Figures that a reader moves: `explore` and the drawing it shows, `Figure`."""

from ilkit.widgets.explorer import Explore, explore
from ilkit.widgets.figure import Figure

__all__ = ["Explore", "Figure", "explore"]
