"""The badge under a title: measured times and hardware, what to read before, notebooks."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from claim import fold
from docutils import nodes
from docutils.parsers.rst import directives
from execution import processor
from myst_nb.sphinx_ import NbMetadataCollector
from notebooks import row
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import solution_node

GIVEN = ("hardware", "needs", "homework")  # by the author; the rest is measured
WORDS_A_MINUTE = 100  # careful reading; a formula counts as a word
UNREAD = (nodes.literal_block, nodes.math_block, nodes.raw, nodes.comment, solution_node, fold)


class badge(nodes.General, nodes.Element):
    """Holds what the author wrote, until the rest is measured."""


class Badge(SphinxDirective):
    """{badge} with the options hardware, needs and homework, each a line of Markdown."""

    option_spec: ClassVar = dict.fromkeys(GIVEN, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        whole = badge()
        for name in GIVEN:
            text, _ = self.parse_inline(self.options.get(name, ""))
            whole += nodes.paragraph("", "", *text, name=name)
        return [whole]


class Measure(SphinxPostTransform):
    """Put what was measured beside what the author wrote."""

    default_priority = 900  # references are resolved

    def run(self, **kwargs: Any) -> None:
        for whole in list(self.document.findall(badge)):
            hardware, needs, homework = whole.children
            run = NbMetadataCollector.get_exec_data(self.env, self.env.docname)  # type: ignore[arg-type]
            seconds = run and run["runtime"]
            time = f"{minutes(count_words(self.document))} minutes to read"
            if seconds:
                time += f", {max(1, round(seconds))} seconds to run"
                hardware += nodes.Text(
                    f"{'; ' if hardware.children else ''}measured on {machine()}"
                )
            fields = {"Time": nodes.paragraph("", time), "Hardware": hardware}
            fields |= {"Before this": needs, "Homework": homework}
            if run:
                fields["Notebook"] = row(self.config, Path(self.env.docname).name)
            whole.replace_self(table(fields))


def table(fields: dict[str, Any]) -> nodes.field_list:
    """The fields that hold something."""
    shown = nodes.field_list(classes=["course-badge"])
    for title, body in fields.items():
        if body.astext():
            shown += nodes.field("", nodes.field_name("", title), nodes.field_body("", body))
    return shown


def count_words(node: nodes.Node) -> int:
    """What is read: prose and formulas, without code and what is folded."""
    if isinstance(node, UNREAD):
        return 0
    if isinstance(node, nodes.math):
        return 1
    if isinstance(node, nodes.Text):
        return len(node.split())
    return sum(map(count_words, node.children))


def minutes(words: int) -> int:
    """To the nearest five."""
    return max(5, 5 * round(words / WORDS_A_MINUTE / 5))


@cache
def machine() -> str:
    """The cores, the processor and the graphics card of the machine that builds."""
    cores = os.cpu_count() or 1
    ask = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        cards = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split("\n")
    except OSError:
        cards = [""]
    return f"{cores} core{'s' * (cores > 1)} ({processor()}), {cards[0] or 'no GPU'}"


def setup(app: Sphinx) -> None:
    app.add_node(badge)
    app.add_directive("badge", Badge)
    app.add_post_transform(Measure)
