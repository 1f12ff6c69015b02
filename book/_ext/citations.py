"""Citations and bibliography: Ross and Bagnell (2010), and after each entry why to read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pybtex.plugin import register_plugin as register_in_pybtex
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.plain import Style
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


class Annotated(Style):
    """pybtex's plain style, sorted by author and year, with the field `annote` after each entry."""

    default_sorting_style = "author_year_title"

    def format_entry(self, label, entry, bib_data=None):  # type: ignore[no-untyped-def]
        formatted = super().format_entry(label, entry, bib_data)
        if why := entry.fields.get("annote"):
            formatted.text = Text(formatted.text, " ", Tag("em", Text.from_latex(why)))
        return formatted


def round_brackets() -> BracketStyle:
    return BracketStyle(left="(", right=")")


@dataclass
class AuthorYear(AuthorYearReferenceStyle):
    """Author and year in round brackets."""

    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)
    bracket_year: BracketStyle = field(default_factory=round_brackets)


def list_entries(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """An entry in a list is a list item; docutils gives it a role that has been withdrawn."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", list_entries)
    register_in_pybtex("pybtex.style.formatting", "course", Annotated)
    register_plugin("sphinxcontrib.bibtex.style.referencing", "course", AuthorYear)
