"""The page of feedback: points, the idea that failed, what waits for a person, and the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets import default

from ilkit.grading import deadlines
from ilkit.grading.export import number
from ilkit.grading.grades import Final, finals
from ilkit.grading.ledger import Ledger
from ilkit.grading.markup import element, markdown, output, page, pre
from ilkit.grading.source import is_solution, is_test, name_of

NO_ZERO = "That is not a zero: it counts nowhere until it is graded."
BY_HAND = "waits to be graded by hand"
SHORT = 300  # characters, in the table
LOOK = "a person looks at it before it counts"


@dataclass(frozen=True)
class Judged:
    """A graded cell: what it is worth, its score or None, what is to be said."""

    worth: float
    score: float | None
    said: str = ""


class Page(Exporter):
    """For `nbgrader generate_feedback`, after its steps: a page in which nothing runs."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **more: Any) -> Any:
        nb, resources = super().from_notebook_node(nb, resources, **more)
        names = resources["nbgrader"]
        slug, student = names["assignment"], names["student"]
        root = Path(CourseDirectory(parent=self).root)
        told = Ledger(root, slug).load(student) or {}
        with Gradebook(names["db_url"]) as book:
            work = book.find_submission_notebook(names["notebook"], slug, student)
            judged = {grade.name: _judged(grade, told) for grade in work.grades}
            final = finals(book, slug, deadlines.read(root).of(slug), student)[student]
        body = [*_head(slug, student), *_score(judged, final), *_notes(told)]
        body += [*_table(nb, judged), *(part for cell in nb.cells for part in _cell(cell, judged))]
        return page(f"{slug}, {student}", "".join(body)), resources


def refusal(slug: str, student: str, reason: str) -> str:
    """The page of a submission of which nothing could be graded."""
    said = f"This submission could not be graded: {reason}"
    return page(f"{slug}, {student}", "".join([*_head(slug, student), _p(said), _p(NO_ZERO)]))


def _judged(grade: Grade, told: Mapping[str, Any]) -> Judged:
    """`told` says why a part has no score; the gradebook, that it has none."""
    by_hand = grade.cell.cell_type == "markdown"
    if grade.auto_score is None and grade.manual_score is None:
        reasons = {part["id"]: part["reason"] for part in told.get("parts", [])}
        reason = reasons.get(grade.name.removesuffix("-test"))
        said = BY_HAND if by_hand else "not graded" + (f": {reason}" if reason else "")
        return Judged(grade.max_score, None, said)
    return Judged(grade.max_score, grade.score, LOOK if grade.needs_manual_grade else "")


def _head(slug: str, student: str) -> Iterator[str]:
    yield element("h1", slug)
    yield _p(f"Feedback for {student}")


def _score(judged: Mapping[str, Judged], final: Final) -> Iterator[str]:
    """The score, once there is one; else what is known of it, and what is waited for."""
    whole = sum(part.worth for part in judged.values())
    if final.score is not None:
        yield _p(f"Score: {number(final.score)} of {number(whole)} points.")
        if final.penalty:
            yield _p(f"{number(final.penalty)} points are taken off, since it came late.")
        return
    known = [part for part in judged.values() if part.score is not None]
    so_far, of = sum(part.score or 0 for part in known), sum(part.worth for part in known)
    yield _p(f"There is no score yet. So far: {number(so_far)} of {number(of)} points.")
    if of < whole:
        yield _p(f"{number(whole - of)} points are not graded. {NO_ZERO}")
    if any(part.said == LOOK for part in known):
        yield _p("A person looks at this submission before its points count.")


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    """What the grader found and put right."""
    notes = [element("li", note) for note in told.get("notes", [])]
    if notes:
        yield f"<h2>Notes</h2>\n<ul>\n{''.join(notes)}</ul>\n"


def _table(nb: NotebookNode, judged: Mapping[str, Judged]) -> Iterator[str]:
    yield "<h2>Parts</h2>\n<table>\n<tr><th>Part</th><th>Points</th><th>What to know</th></tr>\n"
    for cell in nb.cells:
        if name_of(cell) in judged:
            part = judged[name_of(cell)]
            said = [part.said] if part.said else [_failed(out) for out in cell.get("outputs", [])]
            name = element("td", name_of(cell).removesuffix("-test"))
            yield f"<tr>{name}{element('td', _points(part))}{element('td', ' '.join(said))}</tr>\n"
    yield "</table>\n<h2>The notebook</h2>\n"


def _cell(cell: NotebookNode, judged: Mapping[str, Judged]) -> Iterator[str]:
    """A test cell says what came of it; everything else is shown as it is written."""
    part = judged.get(name_of(cell))
    if is_test(cell) and part:
        yield "<section>\n"
        yield element("h3", f"{name_of(cell).removesuffix('-test')}: {_points(part)}")
        yield _p(part.said or cell.source.removeprefix("# "))
        yield from (map(output, cell.outputs) if part.score is not None else ())
        yield "</section>\n"
        return
    mine = is_solution(cell)
    yield "<section>\n" + element("h3", "Your answer") if mine else ""
    yield markdown(cell.source) if cell.cell_type == "markdown" else pre(cell.source)
    yield from map(output, cell.get("outputs", []))
    if part:
        yield _p(f"Points: {_points(part)}. {part.said}")
    if comment := cell.metadata.get("nbgrader", {}).get("comment"):
        yield element("h3", "Comment") + markdown(comment)
    yield "</section>\n" if mine else ""


def _points(part: Judged) -> str:
    if part.score is None:
        return f"not graded, of {number(part.worth)}"
    return f"{number(part.score)} of {number(part.worth)}"


def _failed(out: NotebookNode) -> str:
    """What did not hold, in short; the whole stands below."""
    text = str(out.get("evalue") or out.get("ename") or "")
    return text if len(text) <= SHORT else f"{text[:SHORT]}..."


def _p(text: str) -> str:
    return element("p", text)
