"""A page as plain Markdown for a notebook: no directives, all references resolved, macros expanded.

What the page numbers is numbered, links lead to the published page, and the place of each code cell
is kept, so that it can be read in Jupyter, Colab and Binder without any extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from claim import fold
from docutils import nodes
from question import choice, choice_label, question

SKIPPED = (nodes.comment, nodes.field_list, nodes.raw, nodes.system_message, nodes.target)
MARKS = {nodes.emphasis: "*", nodes.strong: "**"}

GROUP = r"\{[^{}]*\}"
for _ in range(4):  # braces in braces
    GROUP = rf"\{{(?:[^{{}}]|{GROUP})*\}}"
ARGUMENT = rf"\s*({GROUP}|\\[A-Za-z]+|[^\s{{}}])"  # as TeX takes it: a group or one token

Macros = dict[str, str | list[Any]]
Block = str | int  # a paragraph's worth of Markdown, or the number of a code cell


def expand(tex: str, macros: Macros) -> str:
    """TeX with the book's macros written out: not every notebook knows them."""
    for name, meaning in macros.items():
        body, count = (meaning, 0) if isinstance(meaning, str) else meaning
        command = re.compile(rf"\\{name}(?![A-Za-z])" + ARGUMENT * count)
        while found := command.search(tex):
            text = body
            for k, given in enumerate(found.groups(), 1):
                text = text.replace(f"#{k}", given[1:-1] if given[0] == "{" else given)
            tex = f"{tex[: found.start()]}{text}{'' if count else ' '}{tex[found.end() :]}"
    return tex


class Page:
    """Writes one resolved page; `address` is where it is published."""

    def __init__(self, env: Any, docname: str, address: str, macros: Macros) -> None:
        self.figures = env.toc_fignumbers.get(docname, {})
        self.sections = env.toc_secnumbers.get(docname, {})
        self.address, self.macros = address, macros

    def number(self, kind: str, node: nodes.Element) -> str:
        found = self.figures.get(kind, {})
        return next((dotted(found[name]) for name in node["ids"] if name in found), "")

    # Words in a line

    def line(self, node: nodes.Node) -> str:
        """What stands in a paragraph, as one line."""
        if isinstance(node, nodes.Text):
            return re.sub(r"(?<!\w)[*_]|[`$<]", r"\\\g<0>", " ".join(re.split(r"\s*\n\s*", node)))
        if isinstance(node, nodes.math):
            return f"${expand(node.astext(), self.macros).strip()}$"
        if isinstance(node, nodes.literal):
            return f"`{node.astext()}`"
        if isinstance(node, SKIPPED):
            return ""
        if isinstance(node, nodes.image):
            return f"![{node.get('alt', '')}]({urljoin(self.address, node['uri'])})"
        inside = "".join(map(self.line, node.children))
        if isinstance(node, nodes.reference):
            place = node.get("refuri") or "#" + node.get("refid", "")
            return f"[{inside}]({urljoin(self.address, place)})"
        mark = MARKS.get(type(node), "")
        return f"{mark}{inside.strip()}{mark}" if mark and inside.strip() else inside

    # Blocks

    def blocks(self, node: nodes.Node, depth: int = 0) -> Iterator[Block]:
        """The blocks of a node in their order."""
        if isinstance(node, SKIPPED):
            return
        if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
            yield node["cell_index"]
            for figure in node.findall(nodes.figure):
                yield from (self.caption(figure, it) for it in figure.findall(nodes.caption))
        elif isinstance(node, nodes.section):
            for child in node.children:
                yield from self.blocks(child, depth + 1)
        elif isinstance(node, question):
            yield from self.question(node)
        elif isinstance(node, fold):
            opening = f"<details><summary>{node['summary']}</summary>"
            yield "\n\n".join([opening, self.text(node), "</details>"])
        elif isinstance(node, nodes.Admonition) and not isinstance(node.parent, nodes.Admonition):
            yield from self.box(node)
        elif isinstance(node, nodes.Element):
            yield from self.block(node, depth)

    def block(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        if isinstance(node, nodes.title):
            number = dotted(self.sections.get("#" + next(iter(node.parent["ids"]), ""), ()))
            number = number or (dotted(self.sections.get("", ())) if depth == 1 else "")
            yield f"{'#' * max(depth, 1)} {number and number + '. '}{self.line(node)}"
        elif isinstance(node, nodes.math_block):
            tag = self.number("displaymath", node)
            tag = f" \\tag{{{tag}}}" if tag else ""
            yield f"$$\n{expand(node.astext(), self.macros).strip()}{tag}\n$$"
        elif isinstance(node, nodes.literal_block):
            yield f"```{node.get('language', '')}\n{node.astext()}\n```"
        elif isinstance(node, (nodes.bullet_list, nodes.enumerated_list)):
            yield self.listed(node)
        elif isinstance(node, nodes.table):
            yield self.table(node)
        elif isinstance(node, nodes.figure):
            yield from (self.line(image) for image in node.findall(nodes.image))
            yield from (self.caption(node, it) for it in node.findall(nodes.caption))
        elif isinstance(node, nodes.TextElement):
            if words := self.line(node).strip():
                yield words
        else:
            for child in node.children:
                yield from self.blocks(child, depth)

    def text(self, node: nodes.Element) -> str:
        """A node's blocks as one text; none of them is a code cell."""
        return "\n\n".join(str(block) for child in node.children for block in self.blocks(child, 9))

    def caption(self, figure: nodes.Element, caption: nodes.Element) -> str:
        return f"*Figure {self.number('figure', figure)}.* {self.line(caption)}".replace(" .", ".")

    def listed(self, node: nodes.Element) -> str:
        items = []
        for k, item in enumerate(node.children, node.get("start", 1)):
            mark = "- " if isinstance(node, nodes.bullet_list) else f"{k}. "
            items.append(mark + indented(self.text(item), len(mark)))  # type: ignore[arg-type]
        return "\n".join(items)

    def table(self, node: nodes.table) -> str:
        rows = [
            [" ".join(self.text(entry).split()).replace("|", "\\|") for entry in row.children]  # type: ignore[arg-type]
            for row in node.findall(nodes.row)
        ]
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def box(self, node: nodes.Element) -> Iterator[Block]:
        """A theorem, an exercise, a note: its name in bold; solutions may hold code cells."""
        title = next(node.findall(lambda it: isinstance(it, nodes.title)), None)
        words = self.line(title).strip() if isinstance(title, nodes.Element) else ""
        kind = node.get("realtype") or node.get("type", "")
        number = self.number(node.get("countertype", kind), node)
        if node.get("realtype"):
            words = f"{kind.title()} {number} {words}"
        elif kind == "exercise":
            words = f"Exercise {number} {words.removeprefix('Exercise')}"
        if words.strip():
            yield f"**{' '.join(words.split()).rstrip('. ')}.**"
        for child in node.children:
            if child is not title:
                yield from self.blocks(child, 9)

    def question(self, node: nodes.Element) -> Iterator[Block]:
        """The choices as a list, and the answers folded under it."""
        asked = [child for child in node.children if not isinstance(child, choice)]
        asked_words = " ".join(str(block) for child in asked for block in self.blocks(child, 9))
        yield f"**Question.** {asked_words}"
        choices = list(node.findall(choice))
        labels = [self.line(next(one.findall(choice_label))).strip() for one in choices]
        yield "\n".join(f"{k}. {label}" for k, label in enumerate(labels, 1))
        answers = []
        for k, one in enumerate(choices, 1):
            why = [b for part in one.children[1:] for b in self.blocks(part, 9)]
            verdict = "Right." if one["right"] else "Not quite."
            answers.append(f"{k}. *{verdict}* " + indented("\n\n".join(map(str, why)), 3))
        yield "\n\n".join(["<details><summary>Answers</summary>", *answers, "</details>"])


def dotted(number: tuple[int, ...] | None) -> str:
    return ".".join(map(str, number or ()))


def indented(text: str, by: int) -> str:
    """All lines but the first, moved to the right."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * by, text)
