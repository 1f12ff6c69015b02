"""Takes a submission in: reads, never runs, and lets through nothing but the cells' text.

What a student's notebook says of itself (outputs, attachments, tags, points, versions) ends here.
What cannot be taken in is refused in one sentence, which says how to mend it.
"""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ilkit.grading.display import one_line

MAX_BYTES = 20_000_000  # of a file, outputs included
MAX_CELLS = 2_000
MAX_TEXT = 2_000_000  # characters, of all cells together
MAX_DEPTH = 100  # of brackets within brackets; Jupyter's own files have about ten
MAX_BRACKETS = 1_000_000  # a pair takes two bytes of a file, and sixty of memory
MAX_NAMED = 10  # files beside a notebook that are told by name
SAVE_AGAIN = "open it in Jupyter, save it there and hand that in"
#: What courses and systems put beside a notebook themselves.
USUAL = {"timestamp.txt", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db"}


class RefusedError(Exception):
    """A submission that is not taken in; the sentence is for the student and the instructor."""


@dataclass(frozen=True)
class Cell:
    """What a student wrote: the text of a cell, and which of the homework's cells it claims to be.

    grade_id  "" for a cell that the student added
    locked    whether it claims to be the homework's own text, and no answer
    """

    kind: Literal["code", "markdown"]
    source: str
    grade_id: str = ""
    locked: bool = False


def read(path: Path) -> bytes:
    """The bytes of submitted/<student>/<homework>/<notebook>, if it is a plain file of its own.

    No link below `submitted` is followed, and nothing but a plain file is opened for longer than
    it takes to see what it is.
    """
    name = path.name
    file = _open(name, os.O_NONBLOCK | os.O_NOCTTY, _enter(path.parent))
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise RefusedError(f"{one_line(name)} is no plain file; hand in the notebook itself.")
        if found.st_nlink > 1:
            raise RefusedError(
                f"{one_line(name)} is one file under two names (a hard link); hand in a copy."
            )
        return _content(file)
    finally:
        os.close(file)


def parse(data: bytes) -> list[Cell]:
    """The cells of a notebook file, one for one; RefusedError for whatever is no notebook."""
    notebook = _json(data)
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise RefusedError(f"the file is no notebook of today's format (nbformat 4); {SAVE_AGAIN}.")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise RefusedError(f"the file is no notebook: it has no list of cells; {SAVE_AGAIN}.")
    if len(cells) > MAX_CELLS:
        raise RefusedError(f"the notebook has more than {MAX_CELLS} cells; delete what is spare.")
    found = [_cell(cell, number) for number, cell in enumerate(cells, 1)]
    if sum(len(cell.source) for cell in found) > MAX_TEXT:
        raise RefusedError(
            f"the notebook's cells hold more than {MAX_TEXT} characters; take out data that was "
            "pasted into them."
        )
    return found


def beside(folder: Path, allowed: set[str]) -> list[str]:
    """Sentences on what else lies in a submission's folder: told to its student, never used.

    allowed  names that are expected there: the notebook's own
    """
    try:
        here = _enter(folder)
    except RefusedError:  # it is a link or no folder, and its notebook is refused for that
        return []
    try:
        names = set(os.listdir(here))
    finally:
        os.close(here)
    others = sorted(one_line(name) for name in names - allowed - USUAL)
    notes = [f"{name} was not used: only the notebook is graded." for name in others[:MAX_NAMED]]
    if others[MAX_NAMED:]:
        notes.append(f"{len(others) - MAX_NAMED} more files beside the notebook were not used.")
    return notes


def only_plain_files(folder: Path) -> None:
    """RefusedError for links, pipes and devices in it: stock nbgrader would open and copy them."""
    for where, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            found = os.lstat(os.path.join(where, name))
            plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
            if not (plain or stat.S_ISDIR(found.st_mode)):
                raise RefusedError(f"{one_line(name)} is a link or no plain file; take it out.")


def inside(x: Any, *keys: str) -> Any:
    """What lies in nested JSON objects under these keys, or None."""
    for key in keys:
        x = x.get(key) if isinstance(x, dict) else None
    return x


def _enter(folder: Path) -> int:
    """Open submitted/<student>/<homework>, with no link followed below `submitted`."""
    parts = folder.absolute().parts
    names = parts[1:][-2:]
    found = os.open(Path(*parts[: len(parts) - len(names)]), os.O_RDONLY | os.O_DIRECTORY)
    for name in names:
        found = _open(name, os.O_DIRECTORY, found)
    return found


def _open(name: str, flags: int, folder: int) -> int:
    """Open what is called `name` in a folder, unless it is a link; the folder is closed."""
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=folder)
    except OSError:
        kind = _kind(name, folder)
        raise RefusedError(f"{one_line(name)} {kind}; hand in the notebook itself.") from None
    finally:
        os.close(folder)


def _kind(name: str, folder: int) -> str:
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return "is not there"
    if stat.S_ISLNK(mode):
        return "is a link to something else"
    return "may not be read" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "is no plain file"


def _content(file: int) -> bytes:
    """All bytes of an open file, which may still grow."""
    with os.fdopen(os.dup(file), "rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    _not_too_large(data)
    return data


def _not_too_large(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise RefusedError(
            f"the notebook is larger than {MAX_BYTES // 1_000_000} MB; clear its outputs "
            "(in Jupyter: Edit, Clear Outputs of All Cells), save it and hand it in again."
        )


def _json(data: bytes) -> Any:
    """The JSON document of these bytes, within bounds of depth, size and memory.

    Numbers play no part, so they become floats: an integer of a million digits takes no time.
    """
    _not_too_large(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(f"the file is no notebook: not UTF-8 text; {SAVE_AGAIN}.") from None
    _not_too_deep(text)
    try:
        return json.loads(text, parse_int=float, object_pairs_hook=_object)
    except ValueError:
        raise RefusedError(f"the file is no notebook: not JSON; {SAVE_AGAIN}.") from None


def _not_too_deep(text: str) -> None:
    """Count brackets outside of strings, before anything recurses.

    Without its escaped quotes, every second piece between quotes lies outside of a string.
    """
    pieces = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    brackets = re.sub(r"[^][{}]+", "", "".join(pieces))
    depth = deepest = 0
    for bracket in brackets[:MAX_BRACKETS]:
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if len(brackets) > MAX_BRACKETS or deepest > MAX_DEPTH:
        raise RefusedError(
            "the file nests or repeats lists more than any notebook; clear its outputs, "
            "save it and hand it in again."
        )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedError(f"the file says one thing twice (equal keys in JSON); {SAVE_AGAIN}.")
    return found


def _cell(cell: Any, number: int) -> Cell:
    kind, source = inside(cell, "cell_type"), inside(cell, "source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(kind, str) or not isinstance(source, str):
        raise RefusedError(f"cell {number} has no kind or no text; {SAVE_AGAIN}.")
    grade_id = inside(cell, "metadata", "nbgrader", "grade_id")
    named = isinstance(grade_id, str) and bool(grade_id)
    return Cell(
        "code" if kind == "code" else "markdown",
        _whole(source),
        grade_id if named else "",
        named and inside(cell, "metadata", "nbgrader", "solution") is not True,
    )


def _whole(text: str) -> str:
    """A text that can be written: halves of characters, which JSON allows, become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
