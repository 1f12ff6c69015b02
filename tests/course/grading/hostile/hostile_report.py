"""A class of attackers is graded, and what came of it is held against what may come of it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from hostile_target import HONEST, SLUG, Attack, Target
from nbgrader.api import Gradebook

from ilkit.grading.display import shown

POINTS = {"first": 10, "attack": 40, "drive": 20, "Model": 20, "last": 10}
ON_RUNG = """
import sys
from ilkit.cli import main
from ilkit.grading.walls import ladder
rung, pick = sys.argv[1], ladder.pick
ladder.pick = lambda name=None: pick(name or rung)
sys.exit(main(["grade", *sys.argv[2:]]))
"""
LINE = 400  # characters of a sentence
COPY = 100_000  # characters of a graded copy


@dataclass
class Report:
    """What came of grading a class of attackers."""

    target: Target
    rows: dict[str, dict]
    said: str
    before: dict[str, bytes]

    def expect(self, attack: Attack) -> None:
        """The attack earned nothing, and cost no part but those that it breaks itself."""
        if attack.beyond and attack.student not in self.rows:
            pytest.skip(f"this rung declares that it cannot stop {attack.beyond}")
        scores, reason = self.scores(attack.student), self.reason(attack.student, attack.part)
        assert scores[attack.part] == 0
        lost = {part for part in POINTS if scores[part] != POINTS[part]}
        assert lost <= {attack.part, *attack.lost.split()}
        assert re.search(attack.says, reason), reason
        assert "canary" not in reason

    def scores(self, student: str) -> dict[str, float | None]:
        return {part["id"]: part["score"] for part in self.rows[student]["parts"]}

    def reason(self, student: str, part: str) -> str:
        return next(p["reason"] for p in self.rows[student]["parts"] if p["id"] == part)

    def copy(self, student: str) -> Path:
        return self.target.course / "autograded" / student / SLUG / f"{SLUG}.ipynb"


def graded(target: Target, walls: str, *words: str) -> Report:
    before = target.files()
    done = subprocess.run(
        [sys.executable, "-c", ON_RUNG, walls, SLUG, "--json", "--force", "--jobs", "2", *words],
        cwd=target.course,
        env=os.environ
        | {"HOME": str(target.home), "TMPDIR": str(target.tmp), "OMP_NUM_THREADS": "1"}
        | {"ILKIT_COURSE_SECRET": target.canary},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    document = json.loads(done.stdout)
    assert document["rung"] == walls
    rows = {row["student"]: row for row in document["submissions"]}
    return Report(target, rows, done.stdout + done.stderr, before)


def neighbours(report: Report) -> Iterator[str]:
    """Honest students have all points, and their own work as their graded copy."""
    sources = []
    for student in HONEST:
        if report.scores(student) != POINTS or report.rows[student]["flags"]:
            yield f"{student}: {report.rows[student]}"
        cells = nbformat.read(report.copy(student), 4).cells
        sources.append([(cell.id, cell.source.replace(student, "")) for cell in cells])
        if any(cell.get("outputs") for cell in cells):
            yield f"{student}: a cell has outputs"
    if any(each != sources[0] for each in sources):
        yield "their graded copies differ"


def gradebook(report: Report) -> Iterator[str]:
    """It holds what the grader said, and nobody else."""
    with Gradebook(f"sqlite:///{report.target.course}/gradebook.db") as book:
        for work in book.assignment_submissions(SLUG):
            student = work.student.id
            held = {g.name.removesuffix("-test"): g.auto_score for g in work.notebooks[0].grades}
            if held != report.scores(student):
                yield f"{student}: {held}"


def secret(report: Report) -> Iterator[str]:
    """Nothing of what only the instructor has reached what a student gets to see."""
    told = {"the output": report.said}
    told |= {
        str(path): path.read_text() for path in report.target.course.glob("verdicts/**/*.json")
    }
    for student in set(report.rows) - set(HONEST):
        if report.copy(student).is_file():
            text = report.copy(student).read_text()
            cells = nbformat.reads(text, 4).cells
            answers = [
                c for c in cells if not c.get("metadata", {}).get("nbgrader", {}).get("grade")
            ]
            told[student] = json.dumps([*answers, *(c.get("outputs", []) for c in cells)])
    return (name for name, text in told.items() if report.target.canary in text)


def network(report: Report) -> Iterator[str]:
    if heard := report.target.heard():
        yield f"{heard} connections"


def processes(report: Report) -> Iterator[str]:
    """Whoever was started for a submission has the mark in its command line or environment."""
    deadline = time.monotonic() + 60
    while (left := list(_marked(report.target.mark))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return iter(left)


def _marked(mark: str) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = b"".join(
                (process / name).read_bytes() for name in ("cmdline", "environ", "comm")
            )
        except OSError:
            continue
        if mark.encode() in told or mark[:15].encode() in told:
            yield f"{process.name}: {told[:300]!r}"


def files(report: Report) -> Iterator[str]:
    """Nothing was written, changed or left anywhere."""
    if report.target.files() != report.before:
        yield "the course or the home folder"
    places = ["/tmp", "/dev/shm", "/var/tmp", "/", str(report.target.course)]
    yield from (
        name for place in places for name in os.listdir(place) if report.target.mark in name
    )
    yield from map(str, report.target.tmp.iterdir())


def sentences(report: Report) -> Iterator[str]:
    """What is told is short, on one line, and printable."""
    for student, row in report.rows.items():
        told = [row["reason"], *row["flags"], *row["notes"], *(p["reason"] for p in row["parts"])]
        for text in told:
            if len(text) > LINE or not text.isprintable() or "Traceback" in text:
                yield f"{student}: {text[:LINE]!r}"
        for part in row["parts"]:
            if part["score"] != part["max"] and not part["reason"]:
                yield f"{student}: {part}"


def copies(report: Report) -> Iterator[str]:
    """Graded copies hold text and errors alone, without anything that hides or turns around."""
    for student in report.rows:
        if not report.copy(student).is_file():
            yield f"{student}: none"
            continue
        text = report.copy(student).read_text()
        notebook = nbformat.reads(text, 4)
        outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
        if len(text) > COPY or any(out.output_type != "error" for out in outputs):
            yield f"{student}: {len(text)} characters, {outputs}"[:LINE]
        told = [cell.source for cell in notebook.cells]
        told += [line for out in outputs for line in (out.ename, out.evalue, *out.traceback)]
        if any(shown(line) != line for line in told):
            yield f"{student}: something invisible"


CHECKS = (neighbours, gradebook, secret, network, processes, files, sentences, copies)
