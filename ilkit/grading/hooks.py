"""Steps that the course adds to nbgrader's own, named in nbgrader_config.py."""

from __future__ import annotations

import atexit
import copy
import functools
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Float

from ilkit.grading import sandbox
from ilkit.grading.border import PATIENCE
from ilkit.grading.split import Split
from ilkit.grading.student import SEED_VARIABLE
from ilkit.grading.withheld import listed

SECRET_VARIABLE = "ILKIT_COURSE_SECRET"


class SeedTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Before execution: the randomness of hidden tests follows from the student's answers.

    It is fresh for each submission, equal when graded again, and cannot be foreseen by someone
    who does not know the course's secret.
    """

    warned: ClassVar[bool] = False

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        secret = os.environ.get(SECRET_VARIABLE, "")
        if not (secret or SeedTests.warned):
            SeedTests.warned = True
            self.log.warning(
                "%s is not set: whoever reads this course's code can foresee the inputs of the "
                "hidden tests. Set it to a text of your own, the same for the whole term.",
                SECRET_VARIABLE,
            )
        answers = [cell.source for cell in nb.cells if is_solution(cell)]
        text = "\0".join([secret, *answers])
        os.environ[SEED_VARIABLE] = hashlib.sha256(text.encode()).hexdigest()
        return nb, resources


class OneOfEach(NbGraderPreprocessor):  # type: ignore[misc]
    """While sanitising: each part once, and every test cell that the student took out put back.

    nbgrader keeps the last of two copies, as here, but leaves behind an empty mark on the other
    that ends the grading of the whole class.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        seen: set[str] = set()
        for cell in reversed(nb.cells):
            name = _grade_id(cell)
            if name in seen:
                self.log.warning("%s stands there twice: the last one is graded.", name)
                del cell.metadata["nbgrader"]
            seen |= {name} if name else set()
        source = _source_of(self, resources)
        place = 0  # behind the last cell of the source that the submission has
        for cell in source.cells if source else []:
            found = [i for i, mine in enumerate(nb.cells) if _grade_id(mine) == _grade_id(cell)]
            if _grade_id(cell) and found:
                place = found[-1] + 1
            elif _is_test(cell):
                self.log.warning("%s was taken out and is put back.", _grade_id(cell))
                nb.cells.insert(place, copy.deepcopy(cell))
                place += 1
        return nb, resources


class SplitExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """In the place of nbgrader's Execute: no cell of a student shares a process with a test.

    The student's cells run in a sandbox that holds none of the modules that the homework
    withholds; the tests run here. A warning or a progress bar costs no points, an error does.
    """

    timeout = Float(PATIENCE, help="Seconds by the clock for a cell, or a call of a test.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        homework = _source_of(self, resources) or nb
        withheld = tuple(listed(homework.metadata))
        start = functools.partial(sandbox.host, _staged(withheld), withheld)
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        Split(start, self.timeout).run(code)
        return nb, resources


@functools.cache
def _staged(withheld: tuple[str, ...]) -> Path:
    """A cut copy of ilkit that lasts as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="ilkit-")
    atexit.register(folder.cleanup)
    sandbox.stage(Path(folder.name), withheld)
    return Path(folder.name)


class HideTests(GetGrades):  # type: ignore[misc]
    """For feedback: the grades, as ever; a test cell shows which idea failed, none of its code."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        cell, resources = super().preprocess_cell(cell, resources, index)
        if _is_test(cell):
            errors = [out for out in cell.outputs if out.output_type == "error"]
            told = "this should hold, and does not:" if errors else "all passed"
            cell.source = f"# Hidden tests: {told}"
            for out in errors:
                out.traceback = [_told(out)]
            cell.outputs = errors
        return cell, resources


def _grade_id(cell: NotebookNode) -> str:
    name: str = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name


def _source_of(step: NbGraderPreprocessor, resources: Any) -> NotebookNode | None:
    """The instructor's notebook of the one that is being graded, if it is at hand."""
    course, names = CourseDirectory(parent=step), resources["nbgrader"]
    folder = course.format_path(course.source_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    return nbformat.read(path, 4) if path.is_file() else None


def _told(error: NotebookNode) -> str:
    """The message of an assertion or of the student's own exception, without the traceback."""
    return error.evalue or f"{error.ename} while your answer was tested"


def _is_test(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
