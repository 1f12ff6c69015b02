"""The book's own Sphinx extension: assets, what no setting says, and the parts beside it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import api
import badge
import citations
import claim
import coverage
import execution
import lecture
import light_pages
import nobreak
import notebooks
import numbers_from_files
import pydata_sphinx_theme
import question
import redirects
import schedule
import slide_notes
import theorem_index
import threats
from font_source_serif_pro import font_directory
from sphinx.application import Sphinx

from ilkit.widgets import explorer

BOOK = Path(__file__).resolve().parents[1]
SIDEBAR = ["navbar-logo", "version-switcher", "search-button-field", "sbt-sidebar-nav"]
FACES = ("Regular", "It", "Semibold", "SemiboldIt")
#: chevrons, arrow up, bars, half a circle, list, magnifier, moon, sun, cross: 2 kB instead of 156
ICONS = "--unicodes=F104,F105,F062,F0C9,F042,F03A,F002,F186,F185,F00D"
LETTERS = "--unicodes=20-17F,370-3FF,2010-2026,2030-205E,2070-209C,20AC,2190-2193,2212"
PARTS = (
    api,
    badge,
    citations,
    claim,
    coverage,
    execution,
    lecture,
    light_pages,
    nobreak,
    notebooks,
    numbers_from_files,
    question,
    redirects,
    schedule,
    slide_notes,
    theorem_index,
    threats,
)
VENDOR = BOOK / "_vendor"  # other people's files, and ours that live elsewhere; never committed


def name_the_site(app: Sphinx, config: Any) -> None:
    """Cards know the site's address; a published book can be switched to its other versions."""
    config.ogp_site_url = config.html_baseurl
    if config.version:
        versions = f"{config.html_baseurl}switcher.json"
        switcher = {"json_url": versions, "version_match": config.version}
        config.html_theme_options |= {"switcher": switcher, "check_switcher": False}
        config.html_sidebars = {"**": [f"{part}.html" for part in SIDEBAR]}


def gather_assets() -> None:
    """Copy MathJax out of its package, and the figures' script and style out of ilkit."""
    package = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent  # type: ignore[union-attr,arg-type]
    mathjax = package / "static" / "mathjax"
    for part in ("tex-chtml.js", "input/tex/extensions", "output/chtml/fonts/woff-v2"):
        if not (VENDOR / "mathjax" / part).exists():
            copy = shutil.copytree if (mathjax / part).is_dir() else shutil.copy
            (VENDOR / "mathjax" / part).parent.mkdir(parents=True, exist_ok=True)
            copy(mathjax / part, VENDOR / "mathjax" / part)
    for face in FACES:
        subset_font(Path(font_directory) / f"SourceSerifPro-{face}.ttf", face, LETTERS)
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    subset_font(next(theme.rglob("fa-solid-900.ttf")), "icons", ICONS)
    write_if_new(VENDOR / "explore.js", explorer.script())
    write_if_new(VENDOR / "explore.css", explorer.stylesheet())


def subset_font(source: Path, name: str, letters: str) -> None:
    """These letters of a font as a web font; some 30 kB for Latin and Greek."""
    target = VENDOR / "fonts" / f"{name}.woff"
    if target.exists():
        return
    from fontTools import subset

    target.parent.mkdir(exist_ok=True)
    features = "--layout-features=kern,liga,onum,lnum,tnum"
    subset.main([str(source), letters, features, "--flavor=woff", f"--output-file={target}"])


def write_if_new(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def setup(app: Sphinx) -> dict[str, Any]:
    VENDOR.mkdir(exist_ok=True)
    gather_assets()
    for part in PARTS:
        part.setup(app)
    app.connect("config-inited", name_the_site)
    for sheet in ("course.css", "explore.css"):
        app.add_css_file(sheet)
    for script in ("explore.js", "question.js"):
        app.add_js_file(script, loading_method="defer")
    # another env_version has every page read again: raise it with what is done while they are read
    return {"parallel_read_safe": False, "parallel_write_safe": True, "env_version": 4}
