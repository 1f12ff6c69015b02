"""Chapter numbers come from file names: 03-compounding-error.md is chapter 3, whatever exists."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles as Collector

count_chapters = Collector.assign_section_numbers


def number_of(docname: str) -> int | None:
    found = re.fullmatch(r"book/(\d\d)-.*", docname)
    return int(found[1]) if found else None


def assign_section_numbers(self: Any, env: BuildEnvironment) -> list[str]:
    """Let the collector count, then put the file's number in place of the first part."""
    rewrite: list[str] = count_chapters(self, env)
    for docname, numbers in env.toc_secnumbers.items():
        if chapter := number_of(docname):
            for anchor, number in numbers.items():
                numbers[anchor] = (chapter, *number[1:]) if number else number  # type: ignore[index]
            for node in (*env.tocs[docname].findall(nodes.reference), env.titles[docname]):
                if node.get("secnumber"):
                    node["secnumber"] = [chapter, *node["secnumber"][1:]]
    return rewrite


def setup(app: Sphinx) -> None:
    Collector.assign_section_numbers = assign_section_numbers
