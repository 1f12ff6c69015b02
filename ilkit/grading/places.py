"""Where a student's cells belong in a homework: by grade_id, or after the cell they follow."""

from __future__ import annotations

from collections.abc import Sequence

from ilkit.grading.intake import Cell

FIRST = ""  # stands for the place before a homework's first cell


def places(
    homework: Sequence[Cell], cells: Sequence[Cell]
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Which of a student's cells are answers, and where those belong that the student added.

    homework  its cells as they are released, each with a grade_id
    returns   answer to the position of the student's last copy, one of the right kind if there
              is any; and for each cell of the homework, or FIRST, the positions of what the
              student added after it: earlier copies of answers, and answers to other homeworks,
              among them
    """
    kinds = {cell.grade_id: cell.kind for cell in homework if not cell.locked}
    locked = {cell.grade_id: trimmed(cell.source) for cell in homework if cell.locked}
    texts = {text: id for id, text in reversed(locked.items())}
    chosen = {cell.grade_id: at for at, cell in enumerate(cells) if cell.grade_id in kinds}
    chosen |= {
        cell.grade_id: at for at, cell in enumerate(cells) if kinds.get(cell.grade_id) == cell.kind
    }
    added: dict[str, list[int]] = {}
    after = FIRST
    for at, cell in enumerate(cells):
        id = cell.grade_id
        if chosen.get(id) == at:
            after = id
        elif cell.locked or id in locked:  # known by its text: a mended release may number anew
            text = trimmed(cell.source)
            after = id if locked.get(id) == text else texts.get(text, after)
        else:
            added.setdefault(after, []).append(at)
    return chosen, added


def trimmed(text: str) -> str:
    """The text without blanks at the ends of its lines, which editors take away."""
    return "\n".join(line.rstrip() for line in text.split("\n"))
