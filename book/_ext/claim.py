"""Claims as their stored results say them: {claim} draws one as a box, {claims} all as a table.

A long table of estimates is folded; in view stay the reason of the verdict and the rows to show.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator

RESULTS = Path(__file__).resolve().parents[1] / "results"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LONG = 12  # rows; a longer table is folded
VERDICTS = {"holds": "holds", "fails": "does not hold", "inconclusive": "cannot be told"}


class fold(nodes.General, nodes.Element):
    """Hidden until its `summary` is clicked."""


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
    """{claim} C01: statement, rule, verdict and the estimates with their 95 % intervals.

    The option `show` names the rows of a long table that stay in view: patterns like
    "success, k = *", with semicolons between them.
    """

    required_arguments = 1
    option_spec: ClassVar = {"show": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        path = RESULTS / f"{name}.json"
        if not path.exists():
            raise self.error(f"claim: no stored result {path.name}; run `ilkit claims {name}`.")
        found = self.read(path)
        verdict, results = found["verdict"], found["results"]
        box = nodes.container(classes=["claim", f"claim-{verdict}"], ids=[f"claim-{name.lower()}"])
        head = nodes.paragraph(classes=["claim-head"])
        head += nodes.strong("", f"Claim {name}")
        head += nodes.inline("", VERDICTS[verdict], classes=["verdict"])
        box += head
        box += nodes.paragraph("", "", *self.text(found["statement"]))
        rule = [nodes.strong("", "Rule. "), *self.text(found["rule"])]
        box += nodes.paragraph("", "", *rule, classes=["claim-rule"])
        long = len(results) > LONG
        if shown := self.shown(results) if long else results:
            box += self.estimates(shown)
        if verdict != "holds" or long:
            reason = found["reason"]
            words = f"{reason[:1].upper()}{reason[1:]}."
            box += nodes.paragraph("", words, classes=["claim-rule"])
        if other := found.get("again"):
            words = f"On other seeds: {VERDICTS[other['verdict']]}."
            box += nodes.paragraph("", words, classes=["claim-rule"])
        if long:
            box += fold("", self.estimates(results), summary=f"All {len(results)} estimates")
        return [box]

    def shown(self, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of a long table that stay in view."""
        patterns = [p.strip() for p in self.options.get("show", "").split(";") if p.strip()]
        for pattern in patterns:
            if not any(fnmatchcase(r["name"], pattern) for r in results):
                raise self.error(f"claim: show: no estimate is called {pattern!r}.")
        return [r for r in results if any(fnmatchcase(r["name"], p) for p in patterns)]

    def estimates(self, results: list[dict[str, Any]]) -> nodes.table:
        head = ["Measured", "Estimate", "95 % interval", "n"]
        return self.table([46, 18, 26, 10], head, [row_of(r) for r in results])


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


def open_fold(self: SphinxTranslator, node: nodes.Element) -> None:
    self.body.append(f'<details><summary class="claim-rule">{node["summary"]}</summary>')


def close_fold(self: SphinxTranslator, node: nodes.Element) -> None:
    self.body.append("</details>")


def setup(app: Sphinx) -> None:
    app.add_node(fold, html=(open_fold, close_fold))
    app.add_directive("claim", Claim)
    app.add_directive("claims", Claims)
