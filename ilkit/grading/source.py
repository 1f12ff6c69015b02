"""A homework's one source: a py:percent script with nbgrader metadata, read as a notebook.

The script writes only what differs from a locked, ungraded cell:

    # %% [markdown]                                   read-only text or code
    # %% nbgrader={"grade_id": "nll", "solution": true}
    # %% nbgrader={"grade_id": "nll-check"}           visible check, plain Python
    # %% nbgrader={"grade_id": "nll-test", "points": 10}

A cell with points is graded: with `solution` by hand, without it by its hidden tests.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

from ilkit.errors import InputError, unknown

SOLUTIONS, ASSIGNMENTS = Path("solutions"), Path("assignments")


@dataclass(frozen=True)
class Part:
    """One graded part: cells `id`, `id`-check and `id`-test, and known answers, name to code."""

    id: str
    points: int
    wrong: dict[str, str] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Homework:
    """The homework in the folder `solutions/<slug>` of a course."""

    folder: Path

    @property
    def slug(self) -> str:
        return self.folder.name

    @cached_property
    def text(self) -> str:
        """The source as it is written."""
        return (self.folder / f"{self.slug}.py").read_text(encoding="utf-8")

    @cached_property
    def choices(self) -> dict[str, list[Any]]:
        """What a new term may change, and the values to choose from, today's first."""
        header = jupytext.reads(self.text, fmt="py:percent").metadata
        return dict(header.get("ilkit", {}).get("choices", {}))

    @cached_property
    def notebook(self) -> NotebookNode:
        """The whole notebook, answers and hidden tests included; equal at every conversion."""
        text = self.text
        for word, address in _addresses(self.folder.parents[1]).items():
            text = text.replace(word, address)
        for name, values in self.choices.items():
            text = text.replace(f"{{{{ {name} }}}}", str(values[0]))
        nb: NotebookNode = jupytext.reads(text, fmt="py:percent")
        for index, cell in enumerate(nb.cells):
            given = cell.metadata.get("nbgrader", {})
            place = hashlib.sha256(f"{self.slug}/{index}".encode()).hexdigest()[:8]
            cell.id = given.get("grade_id", place)
            cell.metadata = NotebookNode(nbgrader=_complete(given, cell.id))
        nb.metadata.pop("jupytext", None)
        nb.metadata.language_info = {"name": "python"}
        header = {**nb.metadata.get("ilkit", {})}
        header.pop("choices", None)
        nb.metadata.ilkit = {
            **header,
            "slug": self.slug,
            "parts": {part_of(c): _points(c) for c in nb.cells if is_test(c)},
        }
        return nb

    @cached_property
    def parts(self) -> list[Part]:
        """The autograded parts in their order, with the wrong and right answers beside them."""
        parts = self.notebook.metadata.ilkit.parts
        return [
            Part(id, points, self._answers("wrong", id), self._answers("right", id))
            for id, points in parts.items()
        ]

    def _answers(self, kind: str, part: str) -> dict[str, str]:
        files = sorted((self.folder / kind).glob(f"{part}__*.py"))
        return {file.stem.split("__", 1)[1]: file.read_text(encoding="utf-8") for file in files}


def homeworks(root: Path, slug: str | None = None) -> list[Homework]:
    """All homeworks of the course in `root`, or the one called `slug`."""
    folders = sorted(path.parent for path in (root / SOLUTIONS).glob("*/*.py") if _is_source(path))
    if not folders:
        raise InputError(
            f"{SOLUTIONS}/: expected the sources of the homeworks in {root}, found none; "
            "run this at the top of a checkout of the course."
        )
    names = [folder.name for folder in folders]
    if slug not in (None, *names):
        begun = [name for name in names if name.startswith(str(slug))]
        raise unknown("homework", str(slug), begun or names)
    return [Homework(folder) for folder in folders if slug in (None, folder.name)]


def write(nb: NotebookNode, path: Path) -> None:
    """Write a notebook with the same bytes each time and on each system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8", newline="\n")


def name_of(cell: NotebookNode) -> str:
    """The grade_id of a cell; of one that a student added, its id."""
    return str(_given(cell).get("grade_id") or cell.get("id", ""))


def is_solution(cell: NotebookNode) -> bool:
    return bool(_given(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    return bool(_given(cell).get("grade")) and not is_solution(cell)


def is_graded(cell: NotebookNode) -> bool:
    """Whether it is worth points: a test, or an answer that is graded by hand."""
    return bool(_given(cell).get("grade"))


def points_of(cell: NotebookNode) -> float:
    """What a graded cell is worth."""
    return float(cell.metadata.nbgrader.points)


def is_check(cell: NotebookNode) -> bool:
    return bool(_given(cell)) and name_of(cell).endswith("-check")


def _given(cell: NotebookNode) -> NotebookNode:
    """nbgrader's metadata; empty for a cell that a student added."""
    return NotebookNode(cell.metadata.get("nbgrader", {}))


def _addresses(root: Path) -> dict[str, str]:
    """What the words for the course's two addresses stand for, from its one settings file."""
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return {
        "{{ repository_url }}": settings["repository"]["url"],
        "{{ site_url }}": settings["html"]["baseurl"].rstrip("/"),
    }


def _is_source(path: Path) -> bool:
    return path.stem == path.parent.name


def _points(cell: NotebookNode) -> int:
    return int(cell.metadata.nbgrader.points)


def _complete(given: NotebookNode, id: str) -> NotebookNode:
    """nbgrader's metadata in full, from the few words that the source writes."""
    solution, graded = bool(given.get("solution")), "points" in given
    full = {"schema_version": 3, "grade_id": id, "task": False}
    full |= {"solution": solution, "grade": graded, "locked": not solution}
    return NotebookNode(full | ({"points": given["points"]} if graded else {}))


def part_of(cell: NotebookNode) -> str | None:
    """The part that a test or a visible check belongs to."""
    if is_test(cell) or is_check(cell):
        return name_of(cell).rsplit("-", 1)[0]
    return None


def dependants(cells: list[NotebookNode]) -> list[str]:
    """Later parts whose tests can see what the first of these cells defines.

    Followed by name, also in `student.call("name")`: a cell that mentions a tainted name taints
    what it defines itself.
    """
    tainted, found = _defined(cells[0].source), []
    for cell in cells[1:]:
        if tainted & _mentioned(cell.source) and not is_check(cell):
            if is_test(cell):
                found.append(str(part_of(cell)))
            else:
                tainted |= _defined(cell.source)
    return found


def _defined(source: str) -> set[str]:
    """Names that a cell binds at its top level."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        else:
            names |= {n.id for n in ast.walk(node) if _binds(n)}
    return names


def _mentioned(source: str) -> set[str]:
    """Names that a cell uses, and strings that could be such names: "Policy.act"."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value.split(".")[0])
    return found


def _binds(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
