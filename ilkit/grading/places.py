"""Where a student's cells belong in a homework: by grade_id, or after the cell they follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ilkit.grading.intake import Cell

FIRST = ""  # stands for the place before a homework's first cell


def places(
    kinds: Mapping[str, str], answers: set[str], cells: Sequence[Cell]
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Which of a student's cells stand for the homework's, and which are additions.

    kinds    each cell of the homework, grade_id to "code" or "markdown"
    answers  those that the student fills in
    returns  grade_id to the position of the student's last copy, one of the right kind if there
             is any; and for each cell of the homework, or FIRST, the positions of what the
             student added after it: earlier copies of answers, and answers to other homeworks,
             among them; not what other releases lock
    """
    chosen = {cell.grade_id: at for at, cell in enumerate(cells) if cell.grade_id in kinds}
    chosen |= {
        cell.grade_id: at for at, cell in enumerate(cells) if kinds.get(cell.grade_id) == cell.kind
    }
    added: dict[str, list[int]] = {}
    after = FIRST
    for at, cell in enumerate(cells):
        if chosen.get(cell.grade_id) == at:
            after = cell.grade_id
        elif cell.grade_id in answers or not (cell.grade_id in kinds or cell.locked):
            added.setdefault(after, []).append(at)
    return chosen, added
