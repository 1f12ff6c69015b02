"""A Figure drawn by Matplotlib: what readers see whose browser runs no script, and on paper."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ilkit.plots import COLORS, DASHED, WIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def png(panels: list[dict[str, Any]]) -> str:
    """The panels side by side, as a data: address."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDE, 2.8), layout="constrained")
    for i, panel in enumerate(panels):
        draw(canvas.add_subplot(1, len(panels), i + 1), panel)
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", dpi=100)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def draw(ax: Axes, panel: dict[str, Any]) -> None:
    """One panel (`Figure.data()`) on Matplotlib axes."""
    ax.set(xlabel=panel["x"]["label"], ylabel=panel["y"]["label"], title=panel["title"])
    if panel["x"]["log"]:
        ax.set_xscale("log")
    if panel["y"]["log"]:
        ax.set_yscale("log")
    if panel["names"]:
        ax.set_xticks(range(len(panel["names"])), panel["names"])
    if panel["bare"]:
        ax.set_axis_off()
    for mark in panel["marks"]:
        _draw_mark(ax, mark, (*panel["x"]["lim"], *panel["y"]["lim"]))
    ax.set(xlim=panel["x"]["lim"], ylim=panel["y"]["lim"])
    if panel["equal"]:
        ax.set_aspect("equal")
    if any(mark["label"] for mark in panel["marks"]):
        ax.legend()


def _draw_mark(ax: Axes, mark: dict[str, Any], extent: tuple[float, ...]) -> None:
    options: dict[str, Any] = {"color": COLORS[mark["color"]], "label": mark["label"] or None}
    x, y = (np.array(mark.get(name, []), dtype=float) for name in ("x", "y"))
    match mark["kind"]:
        case "line":
            ax.plot(x, y, linestyle=DASHED if mark["dashed"] else "-", **options)
        case "drive":
            ax.plot(x, y, **options)
            ax.plot(x[-1:], y[-1:], "o", color=options["color"])
        case "points":
            ax.plot(x, y, ".", **options)
        case "bars":
            ax.bar(x, y, mark["width"], **options)
        case "area":
            low, high = (np.array(mark[name], dtype=float) for name in ("low", "high"))
            ax.fill_between(x, low, high, alpha=0.18, linewidth=0, **options)
        case "image":
            pixels = np.frombuffer(base64.b64decode(mark["pixels"]), dtype=np.uint8)
            grid = pixels.reshape(mark["rows"], mark["columns"])
            ax.imshow(grid, "gray", vmin=0, vmax=255, extent=extent, aspect="auto")  # type: ignore[arg-type]
