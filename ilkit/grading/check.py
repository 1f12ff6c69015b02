"""`ilkit check NOTEBOOK`: a student's own look before handing in, in words.

The notebook's cells run in order in a fresh process, as they will when they are graded. A cell that
ends this process, or runs for too long, is told; another process goes on without it. Needs no
Jupyter and no make, and works on Windows.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ilkit.errors import InputError
from ilkit.grading.execute import Failure, Session
from ilkit.grading.intake import inside
from ilkit.grading.withheld import listed, withhold

Cell = dict[str, Any]
DEADLINE = 300.0  # seconds for one cell
PICTURE = 6  # times as long: it checks nothing, and trains a lot on what may be a slow machine
LATE = "ran for more than {:g} s and was stopped; is there a loop that never ends?"
DIED = "ended the process that ran it"


def run(args: argparse.Namespace) -> int:
    """The command: a line for each part; 1 unless every visible check passes."""
    path = Path(args.notebook)
    notebook = read(path)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a student's words may not fit its encoding
        sys.stdout.reconfigure(errors="replace")
    points: dict[str, int] = notebook["metadata"]["ilkit"]["parts"]
    told: list[dict[str, Any]] = []

    def tell(report: dict[str, Any]) -> None:
        told.append({"points": points.get(report["id"]), **report})
        if not args.json:
            print(_line(report), flush=True)

    for report in _reports(path):
        tell(report)
    for id in [id for id in points if id not in {report["id"] for report in told}]:
        tell({"id": id, "status": "not_run", "message": "the notebook's process ended before it"})
    parts = [report for report in told if report["id"] in points]
    passed = sum(part["status"] == "passed" for part in parts)
    if args.json:
        notes = [report for report in told if report["id"] not in points]
        slug = inside(notebook, "metadata", "ilkit", "slug")
        print(json.dumps({"schema": 1, "slug": slug, "parts": parts, "notes": notes}, indent=2))
    else:
        print(f"{passed} of {len(parts)} parts pass their visible checks; hidden tests grade.")
    return 0 if passed == len(parts) else 1


def read(path: Path) -> dict[str, Any]:
    """The notebook as it was saved, once it is clear that it is a whole homework."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(
            f"{path}: expected a notebook, found no file that can be read; check the path."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: expected a notebook, got a file that is not JSON ({error}); "
            "save it again in Jupyter."
        ) from None
    cells = inside(notebook, "cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise InputError(
            f"{path}: expected a notebook, got JSON without a list of cells; "
            "save it again in Jupyter."
        )
    parts = inside(notebook, "metadata", "ilkit", "parts")
    if not isinstance(parts, dict) or not parts:
        got = "another notebook; open the one in assignments/."
        if path.stem.endswith("-written"):
            got = "the written part; a person grades it and there is nothing to check."
        raise InputError(f"{path}: expected a homework with checks of its own, got {got}")
    _each_once(
        path, [id for part in parts for id in (part, f"{part}-check", f"{part}-test")], cells
    )
    return notebook


def _each_once(path: Path, needed: list[str], cells: list[Cell]) -> None:
    present = [_grade_id(cell) for cell in cells]
    for what, ids in (
        ("missing", [id for id in needed if id not in present]),
        ("there twice", [id for id in needed if present.count(id) > 1]),
    ):
        if ids:
            raise InputError(
                f"{path}: expected each cell of the homework once, but {', '.join(ids)} "
                f"{'is' if len(ids) == 1 else 'are'} {what}; copy your answers into a fresh copy."
            )


def checks(notebook: dict[str, Any], given_up: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Run the cells here; name each before, and report each part, and each other cell that stops.

    given_up  cells that are not run, and why
    """
    parts = notebook["metadata"]["ilkit"]["parts"]
    tests = {f"{part}-test" for part in parts}
    session, failed = Session(), dict[str, Failure | None]()
    for index, cell in enumerate(notebook["cells"]):
        name = _grade_id(cell) or str(index + 1)
        id = _grade_id(cell) or f"cell {name}"
        if cell.get("cell_type") != "code" or id in tests:
            continue
        yield {"running": id}
        failure = failed[id] = (
            Failure(AssertionError(given_up[id]))
            if id in given_up
            else session.run("".join(cell.get("source", "")), name)
        )
        part = id.removesuffix("-check")
        if part in parts and id != part:
            yield {"id": part, **_verdict(failed.get(part) or failure)}
        elif failure and part not in parts and failure.type != "NotImplementedError":
            yield {"id": id, "status": "stopped", "message": _words(failure)}
    yield {"running": None}


def _verdict(failure: Failure | None) -> dict[str, str]:
    if failure is None:
        return {"status": "passed", "message": ""}
    if failure.type == "NotImplementedError":
        return {"status": "unwritten", "message": ""}
    return {"status": "wrong", "message": _words(failure)}


def _words(failure: Failure) -> str:
    if failure.type == "AssertionError" and failure.message:
        return failure.message
    return f"{failure} ({failure.place})" if failure.place else str(failure)


def _line(report: dict[str, Any]) -> str:
    said = {"unwritten": "not written yet", "not_run": "not run"}.get(report["status"])
    said = said or report["status"]
    return f"{report['id']:<18} {said}" + (f": {report['message']}" if report["message"] else "")


def _grade_id(cell: Cell) -> str:
    return str(inside(cell, "metadata", "nbgrader", "grade_id") or "")


def _reports(path: Path) -> Iterator[dict[str, Any]]:
    """What fresh processes say of the notebook, each thing once, as they say it."""
    given_up, told = dict[str, str](), set[str]()
    running: str | None = ""
    while running is not None:
        running, end = None, DIED
        for message in _process(path, given_up):
            if "running" in message:
                running = message["running"]
                _progress(running)
            elif "late" in message:
                end = LATE.format(_seconds(running, DEADLINE))
            elif message["id"] not in told:
                told.add(message["id"])
                _progress(None)
                yield message
        if running is not None:
            given_up[running] = end


def _seconds(cell: str | None, deadline: float) -> float:
    """How long a cell may run."""
    return deadline * (PICTURE if cell and cell.endswith("-picture") else 1)


def _process(path: Path, given_up: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What one fresh process says until it ends."""
    command = [sys.executable, "-m", "ilkit.grading.check", path.name]
    with subprocess.Popen(
        [*command, str(DEADLINE), json.dumps(given_up)],
        cwd=path.parent,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("{"):
                yield json.loads(line)
            elif line.startswith("Timeout "):  # faulthandler's words
                yield {"late": True}


def _progress(cell: str | None) -> None:
    """Name the cell that runs, on a terminal in a line that the next one overwrites."""
    text = f"running {cell} ..." if cell else ""
    if sys.stderr.isatty():
        print(f"{text:<60}", end="\r", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def _main(path: str, deadline: str, given_up: str) -> None:
    """The fresh process: reports go to the real standard output, all else to nowhere."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    notebook = read(Path(path))
    withhold(listed(notebook["metadata"]))
    for message in checks(notebook, json.loads(given_up)):
        print(json.dumps(message), file=channel, flush=True)
        seconds = _seconds(message.get("running"), float(deadline))
        faulthandler.dump_traceback_later(seconds, exit=True, file=channel)


if __name__ == "__main__":
    _main(*sys.argv[1:])
