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
from ilkit.grading.places import FIRST, places
from ilkit.grading.release import without_answers, without_tests
from ilkit.grading.source import is_solution, is_test, name_of


def rebuild(source: NotebookNode, cells: Sequence[Cell]) -> tuple[NotebookNode, list[str]]:
    """The notebook to grade, and notes on what was put right, for student and instructor.

    Code cells that the student added run where they stood. Text cells that the student added are
    kept, in their places, in a homework that has answers in words; elsewhere nobody reads them.

    source  the instructor's notebook, answers and hidden tests included; it is not changed
    """
    stubs, released = _forms(json.dumps(source))
    notebook = copy.deepcopy(stubs)
    kinds = {name_of(cell): str(cell.cell_type) for cell in notebook.cells}
    answers = {name_of(cell) for cell in notebook.cells if is_solution(cell)}
    in_words = any(kinds[id] == "markdown" for id in answers)
    chosen, added = places(kinds, answers, cells)
    kept = _Kept(cells, in_words)
    result = kept.of(added.get(FIRST, []))
    for cell in notebook.cells:
        id = name_of(cell)
        if id in answers and id in chosen:
            cell.source = cells[chosen[id]].source
        result += [cell, *kept.of(added.get(id, []))]
    notebook.cells = result
    given = {id: cells[at] for id, at in chosen.items()}
    return notebook, _notes(stubs, released, given) + _twice(answers, added, cells)


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
def _forms(source: str) -> tuple[NotebookNode, dict[str, str]]:
    """The notebook with stubs for answers, and what each cell says in the release."""
    stubs = without_answers(nbformat.from_dict(json.loads(source)))
    return stubs, {name_of(cell): cell.source for cell in without_tests(stubs).cells}


def _notes(stubs: NotebookNode, released: dict[str, str], given: dict[str, Cell]) -> list[str]:
    """What the student's copy lacks, and what in it is not the homework's own."""
    code = [cell for cell in stubs.cells if cell.cell_type == "code"]
    locked = [name_of(cell) for cell in code if not is_solution(cell)]
    answers = [name_of(cell) for cell in stubs.cells if is_solution(cell)]
    tests = {name_of(cell) for cell in code if is_test(cell)}
    lost = [id for id in answers if id not in given]
    gone = [id for id in locked if id in tests and id not in given]
    other = [id for id in locked if id in given and not _same(given[id].source, released[id])]
    found = {
        "missing from the notebook: there is no answer to grade.": lost,
        "missing from the notebook, and put back.": gone,
        "changed; the homework's own text was used instead.": other,
    }
    return [f"{_listed(ids)} {what}" for what, ids in found.items() if ids]


def _twice(answers: set[str], added: dict[str, list[int]], cells: Sequence[Cell]) -> list[str]:
    """Answers of which an earlier copy is left: it runs in its place, and is not graded."""
    spare = {cells[at].grade_id for positions in added.values() for at in positions} & answers
    return [f"{id} stands there twice: the last copy is graded." for id in sorted(spare)]


def _listed(ids: Sequence[str]) -> str:
    return f"{', '.join(ids)} {'was' if len(ids) == 1 else 'were'}"


def _same(text: str, other: str) -> bool:
    """Equal but for blanks at the ends of lines, which editors take away."""
    return [line.rstrip() for line in text.split("\n")] == [x.rstrip() for x in other.split("\n")]
