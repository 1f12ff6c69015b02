"""No line begins with the comma that follows a formula, or ends with a bracket before one."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

AFTER = re.compile(r"[.,;:!?)\]’”%]+")
BEFORE = re.compile(r"[(\[‘“]+$")


class KeepWithFormula(SphinxPostTransform):
    """Put a formula and the punctuation that touches it into one unbreakable span."""

    default_priority = 900

    def run(self) -> None:
        for formula in list(self.document.findall(nodes.math)):
            line, place = formula.parent, formula.parent.index(formula)
            before = line[place - 1] if place else None
            after = line[place + 1] if place + 1 < len(line) else None
            opening = BEFORE.search(before) if isinstance(before, nodes.Text) else None
            closing = AFTER.match(after) if isinstance(after, nodes.Text) else None
            if not opening and not closing:
                continue
            line[place] = span = nodes.inline(classes=["nobreak"])
            if opening:  # by its place: another text of the line may equal this one
                line[place - 1] = nodes.Text(before[: opening.start()])
                span += nodes.Text(opening[0])
            span += formula
            if closing:
                line[place + 1] = nodes.Text(after[closing.end() :])
                span += nodes.Text(closing[0])


def setup(app: Sphinx) -> None:
    app.add_post_transform(KeepWithFormula)
