"""{rungs}: what each rung of the sandbox cannot stop; {attacks}: all that the hostile suite tries.

Both are read from the code itself when the book is built, so that the page cannot fall behind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from claim import Stored, fold
from docutils import nodes
from sphinx.application import Sphinx

from ilkit.grading.walls.ladder import LADDER

ROOT = Path(__file__).resolve().parents[2]
SUITE = Path("tests/course/grading/hostile")
TABLES = ("GRADED", "REFUSED")  # of notebooks, by name
LADDER_FILE = ROOT / "ilkit/grading/walls/ladder.py"


class Rungs(Stored):
    """A table: what is not stopped, and on which rungs."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(LADDER_FILE))
        rows: list[list[Any]] = [[missed, on] for missed, on in missed_on().items()]
        return [self.table([68, 32], ["Cannot be stopped", "On the rungs"], rows)]


class Attacks(Stored):
    """The names of the attacks, folded, a list for each file of the suite."""

    def run(self) -> list[nodes.Node]:
        out: list[nodes.Node] = []
        for path in files(ROOT / SUITE):
            self.env.note_dependency(str(path))
            title, names = attacks(path)
            if names:
                items = (nodes.list_item("", nodes.paragraph("", name)) for name in names)
                summary = f"{title} ({len(names)})"
                out.append(fold("", nodes.bullet_list("", *items), summary=summary))
        if not out:  # a published tree has no hostile suite, since it has no answers
            out.append(nodes.paragraph("", "The list stands in the instructor's book."))
        return out


def missed_on() -> dict[str, str]:
    """What is not stopped, to the names of the rungs that declare it."""
    found: dict[str, list[str]] = {}
    for rung in LADDER:
        for missed in rung.misses:
            found.setdefault(missed, []).append(rung.name)
    return {missed: ", ".join(names) for missed, names in found.items()}


def files(suite: Path) -> list[Path]:
    """The files of the suite that hold attacks: answers as cells, then notebooks in tables."""
    return [*sorted(suite.glob("attacks/*.py")), *suite.glob("hostile_notebooks.py")]


def attacks(path: Path) -> tuple[str, list[str]]:
    """What a file of the suite is about, in its own first words, and the names of its attacks."""
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "attacks":
        title, *cells = text.split("\n# %% ")
        names = [re.split(r' \w+="', cell.partition("\n")[0])[0] for cell in cells]
        return _first(title.lstrip("# ")), names
    module = ast.parse(text)
    return _first(ast.get_docstring(module) or path.stem), list(_keys(module))


def _keys(module: ast.Module) -> Iterator[str]:
    """The keys of a module's tables of attacks."""
    tables = (node for node in module.body if isinstance(node, ast.Assign))
    for table in tables:
        if ast.unparse(table.targets[0]) in TABLES and isinstance(table.value, ast.Dict):
            yield from (str(key.value) for key in table.value.keys if isinstance(key, ast.Constant))


def _first(text: str) -> str:
    """The first sentence, without its full stop."""
    return re.split(r"[.:\n]", text.strip())[0]


def setup(app: Sphinx) -> None:
    app.add_directive("rungs", Rungs)
    app.add_directive("attacks", Attacks)
