"""{coverage}: where the book teaches each topic of the lectures, from syllabus and rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from claim import Stored
from docutils import nodes
from sphinx.application import Sphinx

BOOK = Path(__file__).resolve().parents[1]
WIDTHS, HEAD = [34, 14, 22, 30], ["Topic", "Lectures", "Section", "Code, claim, homework"]


class Coverage(Stored):
    """A table a chapter: topic, lectures, section, and what runs, is measured and is graded."""

    def run(self) -> list[nodes.Node]:
        syllabus = self.read_yaml(BOOK / "syllabus.yml")
        out: list[nodes.Node] = []
        for number, chapter in syllabus["chapters"].items():
            rows = BOOK / "coverage" / f"{number}.yml"
            covered = self.read_yaml(rows) if rows.exists() else {}
            section = nodes.section(ids=[f"coverage-{number}"])
            section += nodes.title("", f"{number} {chapter['title']}")
            section += self.table(WIDTHS, HEAD, self.topics(chapter, covered))
            out.append(section)
        return out

    def topics(self, chapter: dict[str, Any], covered: dict[str, Any]) -> list[list[Any]]:
        lectures = ", ".join(chapter["lectures"])
        return [
            [words, lectures, *self.places(covered.get(topic))]
            for topic, words in chapter["topics"].items()
        ]

    def places(self, row: dict[str, Any] | None) -> list[str]:
        """The section, and what belongs to it."""
        if row is None:
            return ["not written yet", ""]
        code = [f"`{name}`" for name in row.get("code", [])]
        claims = [f"{name}" for name in row.get("claims", [])]
        homework = [f"{part.replace('/', ': ')}" for part in row.get("homework", [])]
        return [f"{{ref}}`{row['section']}`", "; ".join([*code, *claims, *homework])]


def setup(app: Sphinx) -> None:
    app.add_directive("coverage", Coverage)
