"""The chapters' slide notes: {slide-notes} collects them all; a lecture's page lists its own.

A note is an admonition of the class slide-note, whose other classes name its lectures: "pit rl26".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from claim import Stored
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

BOOK = Path(__file__).resolve().parents[1]
NOTE = re.compile(r"^:class:.*\bslide-note\b", re.MULTILINE)
LECTURES = ("PHYS", "PIT", "RL24", "RL26", "ROB")


class slide_notes(nodes.General, nodes.Element):
    """Stands for the notes of one `chapter`, or for the titles of those on one `lecture`."""


def notes_of(document: nodes.document) -> Iterator[nodes.admonition]:
    return (it for it in document.findall(nodes.admonition) if "slide-note" in it["classes"])


class NameNotes(SphinxTransform):
    """Give each note an address of its own."""

    default_priority = 870

    def apply(self, **kwargs: Any) -> None:
        for count, note in enumerate(notes_of(self.document), 1):
            note["ids"].append(f"slide-note-{count}")


class SlideNotes(Stored):
    """{slide-notes}: how many there are, then a section a chapter."""

    def run(self) -> list[nodes.Node]:
        titles = self.read_yaml(BOOK / "syllabus.yml")["chapters"]
        sections: list[nodes.Node] = []
        total = 0
        for path in sorted(BOOK.glob("[0-9][0-9]-*.md")):
            self.env.note_dependency(str(path))
            if count := len(NOTE.findall(path.read_text())):
                total += count
                section = nodes.section(ids=[f"notes-{path.stem}"])
                section += nodes.title("", f"{path.stem[:2]} {titles[path.stem[:2]]['title']}")
                section += slide_notes(chapter=f"book/{path.stem}")
                sections.append(section)
        counted = f"There are {total} notes, in {len(sections)} chapters."
        return [nodes.paragraph("", counted), *sections]


class Gather(SphinxPostTransform):
    """Put the notes where their place is kept, before any reference is resolved."""

    default_priority = 3

    def run(self, **kwargs: Any) -> None:
        for place in list(self.document.findall(slide_notes)):
            if "chapter" in place:
                entries = [self.entry(place["chapter"], it) for it in self.notes(place["chapter"])]
                place.replace_self([node for entry in entries for node in entry])
            else:
                place.replace_self(self.titles(place["lecture"]))

    def notes(self, docname: str) -> list[nodes.admonition]:
        return list(notes_of(self.env.get_doctree(docname)))

    def entry(self, docname: str, note: nodes.admonition) -> list[nodes.Node]:
        """The title as a link to the note's place, its lectures, its text."""
        copy = note.deepcopy()
        for node in copy.findall(nodes.Element):
            node["ids"] = []
            if isinstance(node, pending_xref):
                node["refdoc"] = self.env.docname
        title = nodes.strong("", "", self.link(docname, note))
        head = nodes.paragraph("", "", title, classes=["note-title"])
        for name in LECTURES:
            if name.lower() in note["classes"]:
                page = self.uri(f"book/lecture-{name.lower()}")
                head += [nodes.Text(" · "), nodes.reference("", name, refuri=page, internal=True)]
        return [head, *copy.children[1:]]

    def titles(self, lecture: str) -> nodes.bullet_list:
        """The notes on one lecture as a list of links, by chapter."""
        found = nodes.bullet_list()
        for docname in sorted(self.env.found_docs):
            if re.match(r"book/\d\d-", docname):
                for note in self.notes(docname):
                    if lecture.lower() in note["classes"]:
                        words = [nodes.Text(f"{docname[5:7]} "), self.link(docname, note)]
                        found += nodes.list_item("", nodes.paragraph("", "", *words))
        return found

    def link(self, docname: str, note: nodes.admonition) -> nodes.reference:
        title = note[0].astext().removeprefix("Slide note: ")  # type: ignore[union-attr]
        address = f"{self.uri(docname)}#{note['ids'][0]}"
        words = title[:1].upper() + title[1:]
        return nodes.reference("", words, refuri=address, internal=True)

    def uri(self, docname: str) -> str:
        return self.app.builder.get_relative_uri(self.env.docname, docname)


def setup(app: Sphinx) -> None:
    app.add_node(slide_notes)
    app.add_directive("slide-notes", SlideNotes)
    app.add_transform(NameNotes)
    app.add_post_transform(Gather)
