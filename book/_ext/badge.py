"""The badge under a chapter's title: how long, on what machine, after which reading."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

NAMES = {"time": "Time", "hardware": "Hardware", "needs": "Before this", "homework": "Homework"}


class Badge(SphinxDirective):
    """{badge} with the options time, hardware, needs and homework, each a line of Markdown."""

    option_spec: ClassVar = dict.fromkeys(NAMES, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        fields = nodes.field_list(classes=["course-badge"])
        for name, title in NAMES.items():
            if name in self.options:
                text, _ = self.parse_inline(self.options[name])
                body = nodes.field_body("", nodes.paragraph("", "", *text))
                fields += nodes.field("", nodes.field_name("", title), body)
        return [fields]


def setup(app: Sphinx) -> None:
    app.add_directive("badge", Badge)
