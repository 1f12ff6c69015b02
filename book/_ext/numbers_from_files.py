"""Chapter numbers come from file names: 03-compounding-error.md is chapter 3, whatever exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector


def number_of(docname: str) -> int | None:
    found = re.fullmatch(r"book/(\d\d)-.*", docname)
    return int(found[1]) if found else None


def renumbered(assign: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """`assign` as before, and then the first part of each number replaced."""

    def assign_section_numbers(self: TocTreeCollector, env: BuildEnvironment) -> list[str]:
        rewrite = assign(self, env)
        for docname, numbers in env.toc_secnumbers.items():
            chapter = number_of(docname)
            if chapter is None:
                continue
            for anchor, number in numbers.items():
                numbers[anchor] = (chapter, *number[1:]) if number else number  # type: ignore[index]
            marked = [*env.tocs[docname].findall(nodes.reference), env.titles[docname]]
            for node in marked:
                if node.get("secnumber"):
                    node["secnumber"] = (chapter, *node["secnumber"][1:])
        return rewrite

    return assign_section_numbers


def install(app: Sphinx) -> None:
    """After sphinx-multitoc-numbering, which replaces the same method, has been set up."""
    collector: Any = TocTreeCollector
    if collector.assign_section_numbers.__qualname__.startswith("renumbered"):
        return
    collector.assign_section_numbers = renumbered(collector.assign_section_numbers)


def setup(app: Sphinx) -> None:
    app.connect("env-before-read-docs", lambda app, *_: install(app))
