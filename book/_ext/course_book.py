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
import nobreak
import notebooks
import numbers_from_files
import question
import redirects
import schedule
import slide_notes
import theorem_index
import threats
from sphinx.application import Sphinx

from ilkit.widgets import explorer

BOOK = Path(__file__).resolve().parents[1]
SIDEBAR = ["navbar-logo", "version-switcher", "search-button-field", "sbt-sidebar-nav"]
FACES = ("Regular", "It", "Semibold", "SemiboldIt")
LETTERS = "--unicodes=20-17F,370-3FF,2010-2026,2030-205E,2070-209C,20AC,2190-2193,2212"
PARTS = (
    api,
    badge,
    citations,
    claim,
    coverage,
    execution,
    lecture,
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
        subset_font(face)
    write_if_new(VENDOR / "explore.js", explorer.script())
    write_if_new(VENDOR / "explore.css", explorer.stylesheet())


def subset_font(face: str) -> None:
    """The Latin and Greek letters of one face of Source Serif as a web font of some 30 kB."""
    target = VENDOR / "fonts" / f"{face}.woff"
    if target.exists():
        return
    from font_source_serif_pro import font_directory
    from fontTools import subset

    target.parent.mkdir(exist_ok=True)
    source = Path(font_directory) / f"SourceSerifPro-{face}.ttf"
    features = "--layout-features=kern,liga,onum,lnum,tnum"
    subset.main([str(source), LETTERS, features, "--flavor=woff", f"--output-file={target}"])


def write_if_new(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def trim_page(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Leave out thebe, which nobody uses here, and scripts that two extensions both ask for."""
    kept: dict[str, Any] = {}
    for script in context["script_files"]:
        text = str(script.filename or script.attributes.get("body", script))
        if "thebe" not in text.lower():
            kept.setdefault(text, script)
    context["script_files"] = list(kept.values())


def drop_unused(app: Sphinx, error: Exception | None) -> None:
    """Empty fontawesome.js (1.5 MB), which repeats the icons that the web fonts hold."""
    for script in Path(app.outdir).glob("_static/scripts/fontawesome.js"):
        script.write_text("")


def setup(app: Sphinx) -> dict[str, Any]:
    VENDOR.mkdir(exist_ok=True)
    gather_assets()
    for part in PARTS:
        part.setup(app)
    app.connect("config-inited", name_the_site)
    app.connect("html-page-context", trim_page, priority=900)
    app.connect("build-finished", drop_unused)
    for sheet in ("course.css", "explore.css"):
        app.add_css_file(sheet)
    for script in ("explore.js", "question.js"):
        app.add_js_file(script, loading_method="defer")
    # another env_version has every page read again: raise it with what is done while they are read
    return {"parallel_read_safe": False, "parallel_write_safe": True, "env_version": 4}
