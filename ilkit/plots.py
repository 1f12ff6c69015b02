"""The one look of every figure: `style()`, the palette `COLORS` and the width that fits a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from ilkit.stats import Estimate

#: A colour keeps its meaning through the whole course. Told apart by the colour-blind (after
#: Okabe and Ito's palette), and never by colour alone: the expert is dashed as well.
COLORS: Mapping[str, str] = MappingProxyType(
    {
        "expert": "#1b1b1b",  # dashed
        "learner": "#0072b2",  # blue: whatever was cloned
        "corrected": "#00845f",  # green: a learner whose errors were corrected
        "data": "#85888c",  # grey: demonstrations, bounds, anything in the background
        "danger": "#c94f00",  # vermilion: falls, departures, what the text warns of
        "other": "#8b5a9e",  # purple: a second learner beside the first
    }
)
DASHED = (0, (5, 2.5))
WIDE = 5.2  # inches: wide enough for a page, and its letters legible on a phone


def style() -> None:
    """Set Matplotlib to the course's look; in a notebook, figures become vector graphics.

    Call it once, at the top of a chapter. `plt.subplots(figsize=(plots.WIDE, 2.6))` then fits.
    """
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg")
    mpl.rcParams.update(
        {
            "figure.figsize": (WIDE, 2.8),
            "figure.constrained_layout.use": True,
            "savefig.bbox": "standard",
            "savefig.dpi": 160,
            "svg.hashsalt": "ilkit",  # the same figure gives the same file
            "font.family": "STIXGeneral",
            "mathtext.fontset": "stix",
            "font.size": 11,
            "axes.titlesize": 11,
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.7,
            "axes.edgecolor": "#55585c",
            "axes.titlelocation": "left",
            "axes.prop_cycle": cycler(
                color=[COLORS[k] for k in ("learner", "danger", "corrected", "other", "data")]
            ),
            "xtick.major.width": 0.7,
            "ytick.major.width": 0.7,
            "xtick.color": "#55585c",
            "ytick.color": "#55585c",
            "xtick.labelcolor": "#1b1b1b",
            "ytick.labelcolor": "#1b1b1b",
            "lines.linewidth": 1.6,
            "lines.markersize": 4,
            "patch.linewidth": 0.7,
            "grid.color": "#d9dbde",
            "grid.linewidth": 0.5,
            "image.cmap": "gray",
        }
    )


def label(ax: Axes, x: float, y: float, text: str, color: str = "expert", **kw: object) -> Text:
    """Write `text` beside a line, at the data point (x, y), in a colour of the palette.

    A label where the eye already is saves the way to a legend. `ha`, `va` and whatever else
    `Axes.annotate` takes may follow; the text keeps four points of distance to the right.
    """
    options: dict[str, object] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center"}
    return ax.annotate(text, (x, y), color=COLORS[color], **{**options, **kw})  # type: ignore[arg-type]


def seeds(
    ax: Axes, row: float, values: Sequence[float], color: str, least: float = -math.inf
) -> Estimate:
    """A row of results: a faint point a seed, and their mean with its 95 % interval, returned.

    least  where the interval is cut, for axes that cannot show what lies below
    """
    from ilkit.stats import mean_interval

    mean, paint = mean_interval(values), COLORS[color]
    ax.plot(values, [row] * len(values), "o", color=paint, alpha=0.2, mew=0)
    spread = [[mean.mean - max(mean.low, least)], [mean.high - mean.mean]]
    ax.errorbar([mean.mean], [row], xerr=spread, fmt="s", color=paint, capsize=3)
    return mean
