"""Makes the notebook that is graded: the instructor's cells, the student's text in the answers.

Nothing of a submission is sanitised, since nothing of it is kept but the text of answers and of
cells that the student added. A reference answer never gets in: a missing answer is the stub that
the release has.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Sequence

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from ilkit.grading.intake import Cell
from ilkit.grading.places import FIRST, places, trimmed
from ilkit.grading.release import without_answers, without_tests
from ilkit.grading.source import is_solution, name_of


def rebuild(source: NotebookNode, cells: Sequence[Cell]) -> tuple[NotebookNode, list[str]]:
    """The notebook to grade, and notes on what was put right, for student and instructor.

    Code cells that the student added run where they stood. Text cells that the student added are
    kept, in their places, in a homework that has answers in words; elsewhere nobody reads them.

    source  the instructor's notebook, answers and hidden tests included; it is not changed
    """
    stubs, released = _forms(json.dumps(source))
    notebook = copy.deepcopy(stubs)
    chosen, added = places(released, cells)
    in_words = any(cell.kind == "markdown" and not cell.locked for cell in released)
    kept = _Kept(cells, in_words)
    result = kept.of(added.get(FIRST, []))
    for cell in notebook.cells:
        id = name_of(cell)
        if id in chosen:
            cell.source = cells[chosen[id]].source
        result += [cell, *kept.of(added.get(id, []))]
    notebook.cells = result
    twice = {cells[at].grade_id for positions in added.values() for at in positions} & set(chosen)
    notes = [f"{id} stands there twice: the last copy is graded." for id in sorted(twice)]
    return notebook, _notes(released, cells) + notes


class _Kept:
    """Makes cells of what a student added, numbered through the notebook."""

    def __init__(self, cells: Sequence[Cell], in_words: bool) -> None:
        self.cells, self.in_words, self.count = cells, in_words, 0

    def of(self, positions: Sequence[int]) -> list[NotebookNode]:
        """The cells at these positions, less what is empty or read by nobody."""
        found = []
        for cell in (self.cells[at] for at in positions):
            if cell.source.strip() and (cell.kind == "code" or self.in_words):
                self.count += 1
                id = f"added-{self.count}"
                found.append(
                    new_code_cell(cell.source, id=id)
                    if cell.kind == "code"
                    else new_markdown_cell(cell.source, id=id)
                )
        return found


@functools.lru_cache(maxsize=16)
def _forms(source: str) -> tuple[NotebookNode, list[Cell]]:
    """The notebook with stubs for answers, and its cells as they are released."""
    stubs = without_answers(nbformat.from_dict(json.loads(source)))
    released = without_tests(stubs).cells
    return stubs, [
        Cell(cell.cell_type, cell.source, name_of(cell), locked=not is_solution(cell))
        for cell in released
    ]


def _notes(released: Sequence[Cell], cells: Sequence[Cell]) -> list[str]:
    """What the student's copy lacks, and what in it is not the homework's own."""
    given = {cell.grade_id: trimmed(cell.source) for cell in cells}
    own = {trimmed(cell.source) for cell in released}
    code = [cell.grade_id for cell in released if cell.locked and cell.kind == "code"]
    found = {
        "missing from the notebook: there is no answer to grade.": [
            cell.grade_id for cell in released if not cell.locked and cell.grade_id not in given
        ],
        "missing from the notebook, and put back.": [
            id for id in code if id.endswith("-test") and id not in given
        ],
        "changed; the homework's own text was used instead.": [
            id for id in code if id in given and given[id] not in own
        ],
    }
    return [f"{_listed(ids)} {what}" for what, ids in found.items() if ids]


def _listed(ids: Sequence[str]) -> str:
    return f"{', '.join(ids)} {'was' if len(ids) == 1 else 'were'}"
