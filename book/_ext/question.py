"""Quick questions: a list of choices, each with an explanation, that answer at once.

Without scripts every choice is a fold that opens on its explanation; question.js turns the folds
into radio buttons.
"""

from __future__ import annotations

import re
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator

BOX = re.compile(r"\[([ xX])\]\s+")


class question(nodes.General, nodes.Element):
    """The whole: the question's text, then the choices."""


class choice(nodes.General, nodes.Element):
    """One choice: its label, then its explanation; `right` says which it is."""


class choice_label(nodes.General, nodes.Element):
    """What stands beside the radio button."""


class QuickQuestion(SphinxDirective):
    """{question}: a text and a list whose items start with [ ] or [x], each with an explanation."""

    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        whole = question(number=self.env.new_serialno("question") + 1)
        self.state.nested_parse(self.content, self.content_offset, whole)
        lists = list(whole.findall(nodes.bullet_list))
        if not lists:
            raise self.error("question: expected a list of choices, got none.")
        items = [self.read_choice(item) for item in lists[0].children]
        if sum(item["right"] for item in items) != 1:
            raise self.error("question: expected exactly one choice marked [x].")
        lists[0].replace_self(items)
        return [whole]

    def read_choice(self, item: nodes.Node) -> choice:
        first = item.children[0] if item.children else None
        text = first.children[0] if isinstance(first, nodes.paragraph) else nodes.Text("")
        mark = BOX.match(text.astext())
        if mark is None or len(item.children) < 2:
            raise self.error(
                f"question: expected '[ ] choice' or '[x] choice' and, after an empty line, "
                f"its explanation; got {item.astext()[:60]!r}."
            )
        first.replace(text, nodes.Text(text.astext()[mark.end() :]))  # type: ignore[union-attr]
        label = choice_label("", *first.children)  # type: ignore[union-attr]
        return choice("", label, *item.children[1:], right=mark[1] != " ")


def visit_question(self: SphinxTranslator, node: nodes.Element) -> None:
    self.body.append(f'<div class="question" data-name="question-{node["number"]}">')


def visit_choice(self: SphinxTranslator, node: nodes.Element) -> None:
    right = " data-right" if node["right"] else ""
    self.body.append(f'<details class="choice"{right}>')


def close(text: str):  # type: ignore[no-untyped-def]
    return lambda self, node: self.body.append(text)


def setup(app: Sphinx) -> None:
    app.add_node(question, html=(visit_question, close("</div>")))
    app.add_node(choice, html=(visit_choice, close("</div></details>")))
    opening = "<summary>"
    app.add_node(choice_label, html=(close(opening), close('</summary><div class="answer">')))
    app.add_directive("question", QuickQuestion)
