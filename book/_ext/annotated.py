"""The bibliography's style: authors first, then the field `annote`, which says why to read it."""

from __future__ import annotations

from pybtex.plugin import register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.plain import Style
from sphinx.application import Sphinx


class Annotated(Style):
    """pybtex's plain style, sorted by author and year, an annotation after each entry."""

    default_sorting_style = "author_year_title"

    def format_entry(self, label, entry, bib_data=None):  # type: ignore[no-untyped-def]
        formatted = super().format_entry(label, entry, bib_data)
        if why := entry.fields.get("annote"):
            formatted.text = Text(formatted.text, " ", Tag("em", Text.from_latex(why)))
        return formatted


def setup(app: Sphinx) -> None:
    register_plugin("pybtex.style.formatting", "course", Annotated)
