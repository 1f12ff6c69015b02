"""{lecture} PIT: the stops of a lecture in its slides' order, each with the sections that teach it.

The words come from book/lectures/pit.yml; the sections and claims from book/coverage/NN.yml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from claim import VERDICTS, Stored
from docutils import nodes
from slide_notes import slide_notes
from sphinx.application import Sphinx

BOOK = Path(__file__).resolve().parents[1]


class Lecture(Stored):
    """A section a part of the lecture: at each stop what was said, and where the book goes on."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        self.syllabus = self.read_yaml(BOOK / "syllabus.yml")
        if name not in self.syllabus["lectures"]:
            known = ", ".join(self.syllabus["lectures"])
            raise self.error(f"lecture: expected one of {known}, got {name}.")
        self.env.note_dependency(__file__)
        lecture = self.read_yaml(BOOK / "lectures" / f"{name.lower()}.yml")
        sections = [self.part(part) for part in lecture["parts"]]
        slips = self.section("Slips on these slides")
        slips += nodes.paragraph("", "", *self.text("{ref}`slide-notes` has the words."))
        slips += slide_notes(lecture=name)
        return [*sections, slips]

    def section(self, title: str) -> nodes.section:
        section = nodes.section(ids=[nodes.make_id(title)])
        section += nodes.title("", "", *self.text(title))
        return section

    def part(self, part: dict[str, Any]) -> nodes.section:
        section = self.section(part["title"])
        for stop in part["stops"]:
            end = "" if stop["title"].endswith("?") else "."
            title = nodes.strong("", "", *self.text(stop["title"] + end))
            said = [title, nodes.Text(" "), *self.text(stop["words"])]
            section += nodes.paragraph("", "", *said)
            section += nodes.paragraph("", "", *self.places(stop["topics"]), classes=["places"])
        return section

    def places(self, topics: list[str]) -> list[nodes.Node]:
        """The topics' sections, each chapter's number before its own, then what they measure."""
        rows = [(topic[:2], self.row_of(topic)) for topic in topics]
        chapters: dict[str, dict[str, None]] = {}
        for number, row in rows:
            chapters.setdefault(number, {})[f"{{ref}}`{row['section']}`"] = None
        found = self.text(" · ".join(f"{n} {' · '.join(refs)}" for n, refs in chapters.items()))
        for name in dict.fromkeys(claim for _, row in rows for claim in row.get("claims", [])):
            found += [nodes.Text(" · "), self.claim(name)]
        return found

    def row_of(self, topic: str) -> dict[str, Any]:
        """The row of a topic such as "12/pair" of the syllabus."""
        number, key = topic.split("/")
        row: dict[str, Any] = self.read_yaml(BOOK / "coverage" / f"{number}.yml")[key]
        return row

    def claim(self, name: str) -> nodes.reference:
        """The claim's verdict, linked to the chapter that draws it first."""
        stored = self.read(BOOK / "results" / f"{name}.json")
        drawn = (p for p in sorted(BOOK.glob("[0-9]*.md")) if f"{{claim}} {name}" in p.read_text())
        page = self.env.app.builder.get_relative_uri(self.env.docname, f"book/{next(drawn).stem}")
        words = f"claim {name}: {VERDICTS[stored['verdict']]}"
        return nodes.reference("", words, refuri=f"{page}#claim-{name.lower()}", internal=True)


def setup(app: Sphinx) -> None:
    app.add_directive("lecture", Lecture)
