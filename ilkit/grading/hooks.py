"""Steps that the course adds to nbgrader's own, named in nbgrader_config.py."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from ilkit.grading import withheld
from ilkit.grading.student import SEED_VARIABLE

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


class Withhold(NbGraderPreprocessor):  # type: ignore[misc]
    """Before execution: tell the kernel what the homework withholds, as its source lists it.

    The kernel calls `ilkit.grading.withheld.withhold` when it starts, by `Execute.extra_arguments`.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, names = CourseDirectory(parent=self), resources["nbgrader"]
        folder = course.format_path(course.source_directory, ".", names["assignment"])
        source = Path(folder) / f"{names['notebook']}.ipynb"
        homework = nbformat.read(source, 4) if source.is_file() else nb
        os.environ[withheld.VARIABLE] = " ".join(withheld.listed(homework.metadata))
        return nb, resources


class ForgiveStderr(NbGraderPreprocessor):  # type: ignore[misc]
    """After execution: a warning or a progress bar costs no points; only an error does."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        if _is_test(cell):
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        return cell, resources


class HideTests(GetGrades):  # type: ignore[misc]
    """For feedback: the grades, as ever; a test cell shows which idea failed, none of its code.

    Pictures get a text in their stead, the heading that they stand under.
    """

    heading = ""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        cell, resources = super().preprocess_cell(cell, resources, index)
        if cell.cell_type == "markdown":
            lines = [line for line in cell.source.split("\n") if line.startswith("#")]
            self.heading = lines[-1].lstrip("# ") if lines else self.heading
        else:
            cell.metadata.alt = f"Drawn under the heading: {self.heading}"
        if _is_test(cell):
            errors = [out for out in cell.outputs if out.output_type == "error"]
            cell.source = "# Hidden tests" + (" found a mistake:" if errors else ": all passed")
            for out in errors:
                out.traceback = [_told(out)]
            cell.outputs = errors
        return cell, resources


def _told(error: NotebookNode) -> str:
    """The message of an assertion or of the student's own exception, without the traceback."""
    return error.evalue or f"{error.ename} while your answer was tested"


def _is_test(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
