"""Claims as their stored results say them: {claim} draws one as a box, {claims} all as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RESULTS = Path(__file__).resolve().parents[1] / "results"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
VERDICTS = {"holds": "holds", "fails": "does not hold", "inconclusive": "cannot be told"}


def number(value: float | None) -> str:
    """Three significant digits; a dash for what was not measured."""
    if value is None:
        return "–"
    digits, _, power = f"{value:.3g}".partition("e")
    power = f" · 10{str(int(power)).translate(RAISED)}" if power else ""
    return digits.replace("-", "\N{MINUS SIGN}") + power


def interval(result: dict[str, Any]) -> str:
    if result["n"] == 1:
        return "exact"
    return f"{number(result['low'])} to {number(result['high'])}"


def row_of(result: dict[str, Any]) -> list[Any]:
    count = "" if result["n"] == 1 else str(result["n"])
    return [nodes.Text(result["name"]), number(result["estimate"]), interval(result), count]


class Stored(SphinxDirective):
    """A directive that reads stored results; the page is read again when they change."""

    option_spec: ClassVar = {}

    def read(self, path: Path) -> dict[str, Any]:
        self.env.note_dependency(str(path))
        data: dict[str, Any] = json.loads(path.read_text())
        return data

    def read_yaml(self, path: Path) -> dict[str, Any]:
        self.env.note_dependency(str(path))
        data: dict[str, Any] = yaml.safe_load(path.read_text())
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
        rule = [nodes.strong("", "Rule. "), *self.text(found["rule"])]
        box += nodes.paragraph("", "", *rule, classes=["claim-rule"])
        head_row = ["Measured", "Estimate", "95 % interval", "n"]
        box += self.table([46, 18, 26, 10], head_row, [row_of(r) for r in found["results"]])
        if verdict != "holds":
            reason = found["reason"]
            words = f"{reason[:1].upper()}{reason[1:]}."
            box += nodes.paragraph("", words, classes=["claim-rule"])
        if other := found.get("again"):
            words = f"On other seeds: {VERDICTS[other['verdict']]}."
            box += nodes.paragraph("", words, classes=["claim-rule"])
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
            rows.append([claim["id"], self.chapters(claim["chapter"]), claim["statement"], mark])
        return [self.table([8, 12, 62, 18], ["Claim", "Chapter", "Statement", "Verdict"], rows)]

    def chapters(self, numbers: str) -> str:
        """Links to the chapters "02, 03", where they exist."""
        return ", ".join(
            next((f"[{n}]({path.name})" for path in RESULTS.parent.glob(f"{n}-*.md")), n)
            for n in str(numbers).split(", ")
        )


def setup(app: Sphinx) -> None:
    app.add_directive("claim", Claim)
    app.add_directive("claims", Claims)
