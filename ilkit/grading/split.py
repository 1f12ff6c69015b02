"""Grade one notebook: the student's cells run in a host, the tests here, and nothing crosses over.

A cell that ends the host, or runs too long, costs its own part: another host runs all cells again
but that one. So the results of earlier parts survive, and later ones are still graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from socket import socket

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ilkit.grading import student
from ilkit.grading.answer import Answers
from ilkit.grading.border import PATIENCE, Border, GoneError
from ilkit.grading.execute import message, quiet
from ilkit.grading.source import is_check, is_test, name_of, part_of

Start = Callable[[], AbstractContextManager[socket]]


@dataclass
class Split:
    """Runs a rebuilt notebook's cells in order.

    start     opens a fresh host, as `sandbox.host` does
    patience  seconds by the clock for one cell or one request of a test
    """

    start: Start
    patience: float = PATIENCE
    fatal: set[str] = field(default_factory=set)  # cells after which no host was left

    def run(self, cells: Sequence[NotebookNode]) -> None:
        """Fill in the outputs: an error where a cell or a test failed, else nothing."""
        with ExitStack() as stack:
            border: Border | None = None
            for index, cell in enumerate(cells):
                cell.outputs = []
                if border is None:
                    border = self._again(cells[:index], stack)
                try:
                    failure = self._one(cell, border)
                except GoneError as gone:
                    self.fatal.add(part_of(cell) or name_of(cell))
                    failure, border = ("GoneError", str(gone), ""), None
                if failure:
                    cell.outputs = [error(*failure)]

    def _one(self, cell: NotebookNode, border: Border) -> tuple[str, str, str] | None:
        """Run a test here, any other cell in the host; what went wrong."""
        if is_test(cell):
            if str(part_of(cell)) in self.fatal:
                raise GoneError("your code ended the process that ran it, or ran too long")
            return test(cell.source, border)
        if is_check(cell) or name_of(cell) in self.fatal:
            return None
        return border.run(cell.source, name_of(cell))

    def _again(self, cells: Sequence[NotebookNode], stack: ExitStack) -> Border:
        """A fresh host that has run these cells, less those that are fatal."""
        stack.close()
        border = Border(stack.enter_context(self.start()), self.patience)
        for cell in cells:
            if not (is_test(cell) or is_check(cell) or name_of(cell) in self.fatal):
                border.run(cell.source, name_of(cell))
        return border


def test(source: str, border: Border) -> tuple[str, str, str] | None:
    """Run a hidden test in this process, with the student's code behind the border."""
    with through(border), quiet():
        try:
            exec(compile(source, "<hidden test>", "exec"), {"__name__": "hidden_test"})
        except GoneError:
            raise
        except Exception as error:
            return type(error).__name__, message(error), ""
    return None


@contextmanager
def through(border: Border) -> Iterator[None]:
    """Requests of tests go through this border, for a while."""
    student.connect(border.reply)
    try:
        yield
    finally:
        student.connect(Answers().reply)


def error(type_: str, text: str, place: str) -> NotebookNode:
    """The output of a cell that failed."""
    where = [place] if place else []
    found: NotebookNode = new_output(
        "error", ename=type_, evalue=text, traceback=[*where, f"{type_}: {text}"]
    )
    return found
