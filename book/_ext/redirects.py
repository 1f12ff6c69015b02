"""Pages that send a reader from an old address to the new one, made from book/redirects.yml."""

from __future__ import annotations

import posixpath
from pathlib import Path

import yaml
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

MOVED = Path(__file__).resolve().parents[1] / "redirects.yml"
PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{canonical}">
<meta http-equiv="Refresh" content="0; url={place}">
<script>location.replace("{place}" + location.hash)</script>
<p>This page has moved: <a href="{place}">read it there</a>.</p>
"""


def read(path: Path = MOVED) -> dict[str, str]:
    """Old path to new path, both without .html."""
    found: dict[str, str] = yaml.safe_load(path.read_text()) or {}
    return found


def check(moved: dict[str, str], pages: set[str]) -> None:
    """Each old path is free, and each new one is a page."""
    for old, new in moved.items():
        if old in pages:
            raise ConfigError(f"redirects.yml: {old}: is a page; take the line out.")
        if new not in pages:
            raise ConfigError(f"redirects.yml: {old}: leads to {new!r}, which is no page.")


def write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.name != "html":
        return
    moved = read()
    check(moved, set(app.env.found_docs))
    for old, new in moved.items():
        place = posixpath.relpath(f"{new}.html", posixpath.dirname(old) or ".")
        canonical = f"{app.config.html_baseurl}{new}.html"
        page = Path(app.outdir) / f"{old}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.format(title=app.config.project, place=place, canonical=canonical))


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write)
