"""Claims as their stored results say them: {claim} draws one as a box, {claims} all as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RESULTS = Path(__file__).resolve().parents[1] / "results"
VERDICTS = {"holds": "holds", "fails": "does not hold", "inconclusive": "cannot be told"}


def number(value: float | None) -> str:
    """Four significant digits; a dash for what was not measured."""
    return "–" if value is None else f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def interval(result: dict[str, Any]) -> str:
    if result["low"] is None or result["low"] == result["high"]:
        return "exact"
    return f"{number(result['low'])} to {number(result['high'])}"


class Stored(SphinxDirective):
    """A directive that reads stored results; the page is read again when they change."""

    option_spec: ClassVar = {}

    def read(self, path: Path) -> dict[str, Any]:
        self.env.note_dependency(str(path))
        data: dict[str, Any] = json.loads(path.read_text())
        return data

    def text(self, words: str) -> list[nodes.Node]:
        parsed, messages = self.parse_inline(words)
        return [*parsed, *messages]

    def table(self, widths: list[int], head: list[str], rows: list[list[Any]]) -> nodes.table:
        group = nodes.tgroup("", *(nodes.colspec(colwidth=w) for w in widths), cols=len(widths))
        group += nodes.thead("", self.row(head))
        group += nodes.tbody("", *(self.row(row) for row in rows))
        return nodes.table("", group)

    def row(self, cells: list[Any]) -> nodes.row:
        entries = [self.text(cell) if isinstance(cell, str) else [cell] for cell in cells]
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *e)) for e in entries))


class Claim(Stored):
    """{claim} C01: statement, rule, verdict and the estimates with their 95 % intervals."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        path = RESULTS / f"{name}.json"
        if not path.exists():
            raise self.error(f"claim: no stored result {path.name}; run `ilkit claims {name}`.")
        found = self.read(path)
        verdict = found["verdict"]
        box = nodes.container(classes=["claim", f"claim-{verdict}"], ids=[f"claim-{name.lower()}"])
        head = nodes.paragraph(classes=["claim-head"])
        head += nodes.strong("", f"Claim {name}")
        head += nodes.inline("", VERDICTS[verdict], classes=["verdict"])
        box += head
        box += nodes.paragraph("", "", *self.text(found["statement"]))
        rule = [nodes.strong("", "Holds when "), *self.text(found["rule"])]
        box += nodes.paragraph("", "", *rule, classes=["claim-rule"])
        rows = [
            [r["name"], number(r["estimate"]), interval(r), number(r["n"])]
            for r in found["results"]
        ]
        box += self.table([46, 18, 26, 10], ["Measured", "Estimate", "95 % interval", "n"], rows)
        if found["reason"]:
            box += nodes.paragraph("", "", *self.text(found["reason"]), classes=["claim-reason"])
        return [box]


class Claims(Stored):
    """{claims}: every stored result in one table, with the chapter that argues it."""

    def run(self) -> list[nodes.Node]:
        found = [self.read(path) for path in sorted(RESULTS.glob("C[0-9][0-9].json"))]
        self.env.note_dependency(str(RESULTS))
        rows = []
        for claim in found:
            verdict = claim["verdict"]
            mark = nodes.inline("", VERDICTS[verdict], classes=["verdict", f"verdict-{verdict}"])
            rows.append([claim["id"], str(claim["chapter"]), claim["statement"], mark])
        return [self.table([8, 12, 62, 18], ["Claim", "Chapter", "Statement", "Verdict"], rows)]


def setup(app: Sphinx) -> None:
    app.add_directive("claim", Claim)
    app.add_directive("claims", Claims)
