"""explore: a figure with sliders, computed by the kernel, or beforehand where there is none.

One script draws both (draw.js and explore.js). Under a kernel it is an anywidget, and each move of
a slider calls the function again. While the book is built, the function is called at every
position, and the page carries the answers: it needs no kernel and no network.
"""

from __future__ import annotations

import html
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ilkit.errors import InputError
from ilkit.widgets.figure import Figure

STATIC = "ILKIT_STATIC"  # set in the environment while the book is built
LIMIT = 200_000  # bytes that one figure may add to a page
HERE = Path(__file__).parent

Drawing = Figure | Sequence[Figure]


def explore(
    fn: Callable[..., Drawing],
    *,
    alt: str,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, Any] | None = None,
    **positions: Sequence[Any],
) -> Explore:
    """A figure that follows its sliders.

        explore(draw, alt="Cost of a clone against time", eps=[0.01, 0.05], horizon=[10, 20])

    `fn(**params)` takes one value for each name and returns a `Figure`, or several, which stand
    side by side. `positions` are the values that each slider offers; the book computes all
    their combinations, so a few dozen are plenty. `alt` says what the picture shows, for those
    who cannot see it. `labels` renames sliders for the reader; `start` gives first values, else the
    middle of each slider. Raises InputError on an empty slider or a start that it does not offer.
    """
    return Explore(fn, alt, positions, labels or {}, start or {})


class Explore:
    """What `explore` returns; Jupyter and the book show it through `_repr_mimebundle_`."""

    def __init__(
        self,
        fn: Callable[..., Drawing],
        alt: str,
        positions: Mapping[str, Sequence[Any]],
        labels: Mapping[str, str],
        start: Mapping[str, Any],
    ) -> None:
        if not alt.strip():
            raise InputError("alt: expected a sentence that says what the picture shows, got ''.")
        self.fn, self.alt = fn, alt
        self.positions = {name: _plain(name, values) for name, values in positions.items()}
        unknown = (set(labels) | set(start)) - set(positions)
        if unknown:
            raise InputError(f"labels, start: no slider is called {sorted(unknown)[0]!r}.")
        self.sliders = [
            {
                "name": name,
                "label": labels.get(name, name),
                "texts": [_text(v) for v in values],
                "words": isinstance(values[0], str),
            }
            for name, values in self.positions.items()
        ]
        self.start = {
            name: _find(name, values, start[name]) if name in start else len(values) // 2
            for name, values in self.positions.items()
        }

    def frame(self, index: Mapping[str, int]) -> list[dict[str, Any]]:
        """The panels, as plain data, at these positions of the sliders."""
        params = {name: values[index[name]] for name, values in self.positions.items()}
        drawn = self.fn(**params)
        figures = [drawn] if isinstance(drawn, Figure) else list(drawn)
        return [figure.data() for figure in figures]

    def frames(self) -> list[list[dict[str, Any]]]:
        """The panels at every position, the last slider moving fastest."""
        ranges = [range(len(values)) for values in self.positions.values()]
        every = itertools.product(*ranges)
        return [self.frame(dict(zip(self.positions, at, strict=True))) for at in every]

    def html(self) -> str:
        """The figure as it stands in a page: data for the script, a picture for those without."""
        from ilkit.widgets.still import png

        pool: list[Any] = []
        frames = _share(self.frames(), pool, {})
        data = {"alt": self.alt, "sliders": self.sliders, "index": self.start}
        stored = json.dumps({**data, "frames": frames, "pool": pool}, separators=(",", ":"))
        stored = stored.replace("</", "<\\/")  # a literal "</script>" would end the data
        first = self.frame(self.start)
        page = (
            f'<div class="il-explore" style="--panels:{len(first)}">'
            f'<script type="application/json">{stored}</script>'
            f'<noscript><img src="{png(first)}" alt="{html.escape(self.alt)}"></noscript></div>'
        )
        if len(page.encode()) > LIMIT:
            raise InputError(
                f"explore: expected at most {LIMIT // 1000} kB in the page, got "
                f"{len(page.encode()) // 1000}; offer fewer positions or draw fewer points."
            )
        return page

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if os.environ.get(STATIC):
            return {"text/html": self.html(), "text/plain": self.alt}
        return _live(self)._repr_mimebundle_(**options)


def module() -> str:
    """The front end as one JavaScript module: drawing, then controls."""
    return (HERE / "draw.js").read_text() + (HERE / "explore.js").read_text()


def script() -> str:
    """The module as a classic script, which starts itself on every figure of a static page.

    Browsers load no modules from a file:// address, so the one `export` is taken off.
    """
    body, found, _ = module().partition("export default")
    assert found, "explore.js must end in its one export"
    return f"(() => {{\n{body}\nwhenReady(() => startAll(document));\n}})();\n"


def stylesheet() -> str:
    """explore.css, the same for both hosts."""
    return (HERE / "explore.css").read_text()


@cache
def _widget() -> Any:
    """The anywidget class: made on first use, so that nothing else needs anywidget."""
    import anywidget
    import traitlets

    class Live(anywidget.AnyWidget):
        _esm = module()
        _css = HERE / "explore.css"
        alt: Any = traitlets.Unicode().tag(sync=True)
        sliders: Any = traitlets.List().tag(sync=True)
        index: Any = traitlets.Dict().tag(sync=True)
        frame: Any = traitlets.List().tag(sync=True)

    return Live


def _live(figure: Explore) -> Any:
    """A widget whose frame the kernel computes anew whenever a slider moves."""
    first = figure.frame(figure.start)
    widget = _widget()(alt=figure.alt, sliders=figure.sliders, index=figure.start, frame=first)

    def moved(change: Any) -> None:
        widget.frame = figure.frame(change["new"])

    widget.observe(moved, names="index")
    return widget


def _plain(name: str, values: Sequence[Any]) -> list[Any]:
    """The values of a slider as a list of Python's own numbers and strings."""
    plain = [v.item() if hasattr(v, "item") else v for v in values]
    if not plain:
        raise InputError(f"{name}: expected at least one position, got none.")
    return plain


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _find(name: str, values: list[Any], value: Any) -> int:
    if value not in values:
        raise InputError(f"start: {name} = {value!r} is no position of its slider, {values}.")
    return values.index(value)


def _share(node: Any, pool: list[Any], seen: dict[str, int]) -> Any:
    """A copy of `node` in which every list of numbers stands once, in `pool`, named by {"$": i}.

    Positions share their time axis and their road; this keeps a page small.
    """
    if isinstance(node, dict):
        return {key: _share(value, pool, seen) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    if len(node) < 3 or not all(v is None or isinstance(v, int | float) for v in node):
        return [_share(value, pool, seen) for value in node]
    key = json.dumps(node)
    if key not in seen:
        seen[key] = len(pool)
        pool.append(node)
    return {"$": seen[key]}
