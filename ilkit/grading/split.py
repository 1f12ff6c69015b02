"""Grade one notebook: the student's cells run in a host, the tests here, and nothing crosses over.

A cell that ends the host, or runs too long, costs its own part: another host runs all cells again
but that one. So the results of earlier parts survive, and later ones are still graded. Past the
deadline of the whole notebook nothing is graded any more, which is not the same as zero.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ilkit.grading import student
from ilkit.grading.answer import Answers
from ilkit.grading.border import PATIENCE, Border, GoneError
from ilkit.grading.execute import message, quiet
from ilkit.grading.source import is_check, is_test, name_of, part_of
from ilkit.grading.walls.start import Start

Fault = tuple[str, str, str]  # type, message and place of an exception
GONE = "your code ended the process that ran it, or ran too long"
LATE = "this notebook used up its time before this part could be graded"


@dataclass
class Split:
    """Runs a rebuilt notebook's cells in order.

    start     opens a fresh host, as a rung of `ilkit.grading.walls` does
    patience  seconds by the clock for one cell or one request of a test
    deadline  on the monotonic clock, for the whole notebook
    ask       what to ask a host that is still there at the end; its answers end up in `flags`
    """

    start: Start
    patience: float = PATIENCE
    deadline: float = math.inf
    ask: Callable[[Border], list[str]] = lambda _: []
    flags: list[str] = field(default_factory=list)
    fatal: set[str] = field(default_factory=set)  # cells after which no host was left
    unreached: set[str] = field(default_factory=set)  # parts that the deadline kept from grading

    def run(self, cells: Sequence[NotebookNode]) -> None:
        """Fill in the outputs: an error where a cell or a test failed, else nothing."""
        with ExitStack() as stack:
            border: Border | None = None
            for index, cell in enumerate(cells):
                cell.outputs = []
                if border is None and not self._late():
                    border = self._again(cells[:index], stack)
                try:
                    failure = self._one(cell, border)
                except GoneError as gone:
                    self.fatal.add(part_of(cell) or name_of(cell))
                    failure, border = ("GoneError", str(gone), ""), None
                if is_test(cell) and self._late():
                    self.unreached.add(str(part_of(cell)))
                    failure = ("GoneError", LATE, "")
                if failure:
                    cell.outputs = [error(*failure)]
            if border is not None:
                self.flags += self.ask(border)

    def _late(self) -> bool:
        return time.monotonic() >= self.deadline

    def _one(self, cell: NotebookNode, border: Border | None) -> Fault | None:
        """Run a test here, any other cell in the host; what went wrong."""
        if is_test(cell) and str(part_of(cell)) in self.fatal:
            return "GoneError", GONE, ""
        if border is None or is_check(cell) or name_of(cell) in self.fatal:
            return None
        border.patience = min(self.patience, self.deadline - time.monotonic())
        return test(cell, border) if is_test(cell) else border.run(cell.source, name_of(cell))

    def _again(self, cells: Sequence[NotebookNode], stack: ExitStack) -> Border | None:
        """A fresh host that has run these cells, less those that are fatal."""
        while not self._late():
            stack.close()
            border = Border(stack.enter_context(self.start()), self.patience)
            for cell in cells:
                if not (is_test(cell) or is_check(cell)):
                    try:
                        self._one(cell, border)
                    except GoneError:  # it went well the first time
                        self.fatal.add(name_of(cell))
                        break
            else:
                return border
        return None


def test(cell: NotebookNode, border: Border) -> Fault | None:
    """Run a hidden test in this process, with the student's code behind the border."""
    with through(border), quiet():
        _reseed(name_of(cell))
        try:
            exec(compile(cell.source, "<hidden test>", "exec"), {"__name__": "hidden_test"})
        except GoneError:
            raise
        except Exception as error:
            return type(error).__name__, message(error), ""
    return None


def _reseed(name: str) -> None:
    """Whatever ran before in this process, a test draws the same."""
    import numpy as np
    import torch

    seed = student.seed(name)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@contextmanager
def through(border: Border) -> Iterator[None]:
    """Requests of tests go through this border, for a while."""
    student.connect(border.reply)
    try:
        yield
    finally:
        student.connect(Answers().reply)


def error(type_: str, text: str, place: str) -> NotebookNode:
    """The output of a cell that failed: short lines, which a student's code cannot bend."""
    type_, text, place = map(student.tame, (type_, text, place))
    where = [place] if place else []
    found: NotebookNode = new_output(
        "error", ename=type_, evalue=text, traceback=[*where, f"{type_}: {text}"]
    )
    return found
