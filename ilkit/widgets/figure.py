"""Figure: a drawing as plain data, which a browser and Matplotlib both know how to draw."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ilkit.errors import InputError
from ilkit.plots import COLORS

DIGITS = 4  # significant ones, of every number drawn: a pixel needs no more


@dataclass
class Figure:
    """One pair of axes and what is drawn in it. Methods add a mark and return the figure.

        Figure(x="step t", y="cost", xlim=(0, 20), ylim=(0, 1)).line(t, cost, "learner", "cloned")

    Give the limits: a picture whose axes jump under the slider cannot be compared. Colours are
    names of `plots.COLORS`. Labels are plain text ("ε", "H²"). A NaN leaves a gap in a line.
    Arrays may be lists, NumPy arrays or tensors; all arrays of a mark have one length.
    """

    x: str = ""
    y: str = ""
    xlim: tuple[float, float] = (0.0, 1.0)
    ylim: tuple[float, float] = (0.0, 1.0)
    xlog: bool = False
    ylog: bool = False
    xticks: Sequence[str] = ()  # names for the positions 0, 1, 2, ... in place of numbers
    title: str = ""
    equal: bool = False  # one unit is as long across as it is up
    bare: bool = False  # no axes: a picture
    note: str = ""
    marks: list[dict[str, Any]] = field(default_factory=list)

    def line(
        self, x: ArrayLike, y: ArrayLike, color: str, label: str = "", *, dashed: bool = False
    ) -> Figure:
        """A line through the points. The expert's is dashed always."""
        dashed = dashed or color == "expert"
        return self._add("line", color, label, {"x": x, "y": y}, dashed=dashed)

    def points(self, x: ArrayLike, y: ArrayLike, color: str, label: str = "") -> Figure:
        """A dot per point."""
        return self._add("points", color, label, {"x": x, "y": y})

    def area(
        self, x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str, label: str = ""
    ) -> Figure:
        """A pale band between `low` and `high`: an interval, or a road."""
        return self._add("area", color, label, {"x": x, "low": low, "high": high})

    def bars(
        self, x: ArrayLike, y: ArrayLike, color: str, label: str = "", *, width: float = 0.8
    ) -> Figure:
        """A bar from 0 to `y` around each `x`; `width` in units of x."""
        return self._add("bars", color, label, {"x": x, "y": y}, width=width)

    def drive(
        self, x: ArrayLike, y: ArrayLike, color: str, label: str = "", *, car: bool = True
    ) -> Figure:
        """A car (else a dot) that the reader plays along the path, a point at each time step."""
        return self._add("drive", color, label, {"x": x, "y": y}, car=car)

    def image(self, grey: ArrayLike) -> Figure:
        """A grey picture [rows, columns] with values in [0, 1] that fills the axes."""
        pixels = np.asarray(grey, dtype=float)
        if pixels.ndim != 2 or not np.all((pixels >= 0) & (pixels <= 1)):
            raise InputError(
                f"image: expected numbers in [0, 1] of shape [rows, columns], got "
                f"{list(pixels.shape)}; scale the picture."
            )
        code = base64.b64encode((255 * pixels).round().astype(np.uint8).tobytes()).decode()
        shape = {"rows": pixels.shape[0], "columns": pixels.shape[1]}
        self.marks.append({"kind": "image", "label": "", "color": "data", **shape, "pixels": code})
        return self

    def say(self, note: str) -> Figure:
        """The sentence below the picture: the numbers that the reader should take away."""
        self.note = note
        return self

    def data(self) -> dict[str, Any]:
        """The figure as JSON takes it."""
        axis = {
            "x": {"label": self.x, "lim": _limits("xlim", self.xlim, self.xlog), "log": self.xlog},
            "y": {"label": self.y, "lim": _limits("ylim", self.ylim, self.ylog), "log": self.ylog},
        }
        shape = {"equal": self.equal, "bare": self.bare, "names": list(self.xticks)}
        return {**axis, **shape, "title": self.title, "note": self.note, "marks": self.marks}

    def _add(
        self, kind: str, color: str, label: str, arrays: dict[str, ArrayLike], **options: Any
    ) -> Figure:
        if color not in COLORS:
            raise InputError(f"color: expected one of {', '.join(COLORS)}, got {color!r}.")
        plain = {name: _numbers(name, values) for name, values in arrays.items()}
        lengths = {name: len(values) for name, values in plain.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"{kind}: expected arrays of one length, got {lengths}.")
        self.marks.append({"kind": kind, "color": color, "label": label, **plain, **options})
        return self


def _numbers(name: str, values: ArrayLike) -> list[float | None]:
    """A flat list of short numbers; None for what is not finite."""
    array: NDArray[np.float64] = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise InputError(f"{name}: expected a vector, got shape {list(array.shape)}.")
    return [_short(v) if np.isfinite(v) else None for v in array.tolist()]


def _short(value: float) -> float:
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e6 else rounded


def _limits(name: str, lim: tuple[float, float], log: bool) -> list[float]:
    low, high = lim
    if not low < high or (log and low <= 0):
        raise InputError(
            f"{name}: expected low < high{' and low > 0 on a log axis' if log else ''}, got {lim}."
        )
    return [float(low), float(high)]
