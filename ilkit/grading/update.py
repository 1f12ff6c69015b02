"""`ilkit update NOTEBOOK --to RELEASE`: a student's work, moved into a homework that was mended.

Answers go into the cells of the new release, cells that the student added after the cells that
they followed. The notebook as it was is kept beside. Needs no Jupyter, and works on Windows.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from ilkit.errors import InputError
from ilkit.grading.intake import Cell, RefusedError, inside, parse
from ilkit.grading.places import FIRST, places

Raw = dict[str, Any]


@dataclass(frozen=True)
class Notebook:
    """A homework as it was saved, and what its cells say."""

    raw: Raw
    cells: list[Cell]

    @property
    def about(self) -> Any:
        """What the homework says of itself: its slug and its parts."""
        return inside(self.raw, "metadata", "ilkit")

    @property
    def answers(self) -> list[str]:
        """The grade_ids of the cells that a student fills in."""
        ids = [cell.grade_id for cell in self.cells if cell.grade_id and not cell.locked]
        return list(dict.fromkeys(ids))


@dataclass
class Report:
    """What became of the answers, by grade_id."""

    moved: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def run(args: argparse.Namespace) -> int:
    """The command: says what moved, what is new and what is gone."""
    path, to = Path(args.notebook), Path(args.to)
    old, new = read(path), read(to)
    if inside(old.about, "slug") != inside(new.about, "slug"):
        raise InputError(
            f"{to}: expected a release of {inside(old.about, 'slug')}, got one of "
            f"{inside(new.about, 'slug')}; take the notebook of the same homework."
        )
    raw, report = merge(old, new)
    texts = [("".join(cell["source"]), _grade_id(cell)) for cell in raw["cells"]]
    same = texts == [(cell.source, cell.grade_id) for cell in old.cells] and new.about == old.about
    kept = None if same else str(_replace(path, raw))
    if args.json:
        print(json.dumps({"schema": 1, "kept": kept, **vars(report)}, indent=2))
    elif kept is None:
        print(f"{path} is of this release already: nothing was changed.")
    else:
        print("\n".join(_told(report)))
        print(f"The notebook as it was is in {kept}.")
    return 0


def read(path: Path) -> Notebook:
    """The homework in this file; InputError if it holds none."""
    try:
        data = path.read_bytes()
        notebook = Notebook(cells=parse(data), raw=json.loads(data.decode("utf-8-sig")))
    except OSError:
        raise InputError(
            f"{path}: expected a notebook, found no file that can be read; check the path."
        ) from None
    except (RefusedError, ValueError) as error:
        raise InputError(f"{path}: expected a notebook, but {error}") from None
    if not isinstance(inside(notebook.about, "slug"), str):
        raise InputError(
            f"{path}: expected a homework, got another notebook; open the one in assignments/."
        )
    return notebook


def merge(old: Notebook, new: Notebook) -> tuple[Raw, Report]:
    """The new release with the old one's answers and additions, and what became of them."""
    answers = set(new.answers)
    chosen, added = places(new.cells, old.cells)
    report = Report(gone=[id for id in old.answers if id not in answers])
    mine = old.raw["cells"]

    def additions(id: str) -> list[Raw]:
        return [_plain(mine[at]) for at in added.pop(id, []) if not _unwritten(mine[at])]

    cells = additions(FIRST)
    for raw, id in zip(new.raw["cells"], (cell.grade_id for cell in new.cells), strict=True):
        given = mine[chosen[id]] if id in answers and id in chosen else None
        if id in answers and given is None:
            report.new.append(id)
        elif given is not None and _unwritten(given):
            report.unwritten.append(id)
        elif given is not None:
            report.moved.append(id)
            pictures = {key: given[key] for key in ("attachments",) if key in given}
            raw = {**raw, **pictures, "source": given["source"]}
        cells += [raw, *additions(id)]
    return {**new.raw, "cells": cells}, report


def _grade_id(cell: Raw) -> str:
    return inside(cell, "metadata", "nbgrader", "grade_id") or ""


def _unwritten(cell: Raw) -> bool:
    """Whether an answer is still the stub of its release, by nbgrader's own checksum of that."""
    given = inside(cell, "metadata", "nbgrader")
    if not isinstance(given, dict):
        return False
    text = "".join(cell["source"]) + str(cell["cell_type"])
    text += "".join(str(given.get(key, False)) for key in ("grade", "solution"))
    text += f"False{given.get('grade_id')}"
    if isinstance(given.get("points"), (int, float)) and given.get("grade"):
        text += str(float(given["points"]))
    found = hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False)
    return found.hexdigest() == given.get("checksum")


def _plain(cell: Raw) -> Raw:
    """A cell of the student's own, without marks of a homework."""
    metadata = cell.get("metadata")
    own = dict(metadata) if isinstance(metadata, dict) else {}
    for mark in ("nbgrader", "deletable", "editable"):
        own.pop(mark, None)
    return {**cell, "id": uuid4().hex[:8], "metadata": own}


def _replace(path: Path, raw: Raw) -> Path:
    """Write the file anew, in one step; where a copy of the old one is kept."""
    text = json.dumps(raw, indent=1, ensure_ascii=False) + "\n"
    path = path.resolve()
    fresh = path.with_name(f".{path.stem}.{uuid4().hex}.ipynb")
    counts = itertools.chain([""], (f"-{n}" for n in itertools.count(2)))
    names = (f"{path.stem}.before-update{count}.ipynb" for count in counts)
    try:
        with fresh.open("wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        kept = next(at for at in map(path.with_name, names) if not at.exists())
        with kept.open("xb") as file:
            file.write(path.read_bytes())
        os.replace(fresh, path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise InputError(
            f"{path}: expected a notebook that can be replaced, but {error.strerror}; "
            "close it in Jupyter, look whether you may write there, and try again."
        ) from None
    return kept


def _told(report: Report) -> Iterator[str]:
    for what, ids in {
        "answers moved": report.moved,
        "not written yet": report.unwritten,
        "new parts": report.new,
        "parts that are gone (what you wrote stays, in a cell of your own)": report.gone,
    }.items():
        if ids:
            yield f"{what}: {', '.join(ids)}"
