"""Theorems and their like enter the index under their names; the glossary's terms do so anyway."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ARTICLE = re.compile(r"^(A|An|The) ")


class IndexTheorems(SphinxTransform):
    """An entry before each box that has a kind and a name, without the name's article."""

    default_priority = 840  # before the domains collect their entries

    def apply(self, **kwargs: Any) -> None:
        for box in list(self.document.findall(nodes.Element)):
            kind, title = box.get("realtype"), next(box.findall(nodes.title), None)
            if kind and title is not None and (name := title.astext().strip()[1:-1]):
                bare = ARTICLE.sub("", name)
                words = f"{bare[0].upper()}{bare[1:]} · {kind}"
                entry = ("single", words, box["ids"][0], "", None)
                box.parent.insert(box.parent.index(box), addnodes.index(entries=[entry]))


def setup(app: Sphinx) -> None:
    app.add_transform(IndexTheorems)
