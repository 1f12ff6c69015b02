"""Pages that load little, wait for less, and do not move while they load."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PICTURE = re.compile(r'<img (?=[^>]*src="(?:\.\./)*_images/(?P<name>[^"]+\.svg)")(?![^>]*width=)')
SIZE = re.compile(r'<svg[^>]* width="(?P<width>[\d.]+)pt" height="(?P<height>[\d.]+)pt"')
NAMELESS = ' aria-label="Toggle hidden content"'  # hides "Show the code" from a screen reader


def defer_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Leave out thebe, which nobody uses here, and scripts that two extensions both ask for.

    What is left runs once the page can be read, but for the options that a line of it refers to;
    the page that searches needs all at once.
    """
    kept: dict[str, Any] = {}
    for script in context["script_files"]:
        text = str(script.filename or script.attributes.get("body", script))
        if "thebe" not in text.lower():
            kept.setdefault(text, script)
    for text, script in kept.items():
        if page != "search" and script.filename and "documentation_options" not in text:
            attributes = script.attributes | {"defer": "defer"}
            kept[text] = type(script)(script.filename, priority=script.priority, **attributes)
    context["script_files"] = list(kept.values())


def size_pictures(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """A picture's place is kept free until it comes."""
    sources = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}
    context["body"] = PICTURE.sub(
        lambda found: found[0] + size(sources[found["name"]]),
        context.get("body", "").replace(NAMELESS, ""),
    )


@cache
def size(picture: Path) -> str:
    """Its width and height as attributes, in CSS's pixels; nothing if it names none in points."""
    found = SIZE.search(picture.read_text(encoding="utf-8"))
    sides = found.groupdict() if found else {}
    return "".join(f'{side}="{float(points) * 4 / 3:.0f}" ' for side, points in sides.items())


def drop_unused(app: Sphinx, error: Exception | None) -> None:
    """Empty fontawesome.js (1.5 MB), which repeats the icons that the web fonts hold."""
    for script in Path(app.outdir).glob("_static/scripts/fontawesome.js"):
        script.write_text("")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("html-page-context", size_pictures)
    app.connect("build-finished", drop_unused)
