"""Steps that the course adds to nbgrader's own, named in nbgrader_config.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import Float
from traitlets.config import Configurable

from ilkit.grading import canary
from ilkit.grading.border import PATIENCE
from ilkit.grading.display import show
from ilkit.grading.intake import Cell, RefusedError, beside, only_plain_files, parse, read
from ilkit.grading.job import starter
from ilkit.grading.rebuild import rebuild
from ilkit.grading.seeds import UNSET, has_secret, secret, seed
from ilkit.grading.source import is_test
from ilkit.grading.split import Split
from ilkit.grading.student import SEED_VARIABLE
from ilkit.grading.walls import ladder
from ilkit.grading.withheld import listed


class SeedTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Before execution: the randomness of hidden tests follows from the student's answers."""

    warned: ClassVar[bool] = False

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if not (has_secret() or SeedTests.warned):
            SeedTests.warned = True
            self.log.warning(UNSET)
        secret_here = secret(resources["nbgrader"]["assignment"])
        os.environ[SEED_VARIABLE] = seed(secret_here, nb)
        return nb, resources


class Rebuilt(NotebookExporter):
    """In the place of nbconvert's exporter: it reads submissions, before anything else opens them.

    Each is taken in as text and rebuilt from the instructor's notebook. One that is refused is
    told and left out, and the others are graded.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.converter = cast(Any, self.parent)
        self.taken: dict[str, list[Cell]] = {}
        handed_in = self.converter.assignments
        for folder, paths in list(handed_in.items()):
            try:
                handed_in[folder] = self._take(Path(folder), paths)
            except RefusedError as refused:
                self.log.error("%s is not graded: %s", Path(folder).parent.name, refused)
                del handed_in[folder]
        if not handed_in:
            raise NbGraderException("No submission could be taken in.")

    def _take(self, folder: Path, paths: list[str]) -> list[str]:
        """Those of a student's notebooks that the homework has, once they are taken in."""
        only_plain_files(folder)
        named = self.converter.init_single_notebook_resources
        known = [path for path in paths if _source(self, named(path)).is_file()]
        if not known:
            raise RefusedError("no notebook has the homework's name; hand it in under its own.")
        for note in beside(folder, {Path(path).name for path in known}):
            self.log.warning("%s: %s", folder.parent.name, note)
        self.taken |= {path: parse(read(Path(path))) for path in known}
        return known

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        cells = self.taken.pop(filename, None)
        if cells is None:  # nbgrader's second pass, over the notebook that was rebuilt
            return super().from_filename(filename, resources, **kwargs)
        notebook, notes = rebuild(nbformat.read(_source(self, resources), 4), cells)
        for note in notes:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], note)
        return self.from_notebook_node(notebook, resources, **kwargs)  # type: ignore[no-untyped-call]


class SplitExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """In the place of nbgrader's Execute: no cell of a student shares a process with a test.

    The student's cells run in a sandbox that holds none of the modules that the homework
    withholds; the tests run here. A warning or a progress bar costs no points, an error does.
    """

    timeout = Float(PATIENCE, help="Seconds by the clock for a cell, or a call of a test.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        source = _source(self, resources)
        homework = nbformat.read(source, 4) if source.is_file() else nb
        withheld = tuple(listed(homework.metadata))
        start = starter(ladder.pick_for(source.parent).name, withheld)
        split = Split(start, self.timeout, ask=canary.flags)
        split.run([cell for cell in nb.cells if cell.cell_type == "code"])
        resources["flags"] = split.flags
        return nb, resources


class FlagGrades(NbGraderPreprocessor):  # type: ignore[misc]
    """After the grades are saved: what was flagged waits for a person, as in `ilkit grade`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        where = (names["notebook"], names["assignment"], names["student"])
        with Gradebook(names["db_url"]) as book:
            work = book.find_submission_notebook(*where)
            work.flagged = bool(resources["flags"])
            for grade in work.grades:
                grade.needs_manual_grade |= work.flagged
            book.db.commit()
        for flag in resources["flags"]:
            self.log.warning("%s is flagged: %s", names["student"], flag)
        return nb, resources


class Shown(NbGraderPreprocessor):  # type: ignore[misc]
    """What a person will look at: nothing in it is invisible or turns around."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        show(nb)
        return nb, resources


class HideTests(GetGrades):  # type: ignore[misc]
    """For feedback: the grades, as ever; a test cell shows which idea failed, none of its code."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        cell, resources = super().preprocess_cell(cell, resources, index)
        if is_test(cell):
            errors = [out for out in cell.outputs if out.output_type == "error"]
            told = "this should hold, and does not:" if errors else "all passed"
            cell.source = f"# Hidden tests: {told}"
            for out in errors:
                out.traceback = [_told(out)]
            cell.outputs = errors
        return cell, resources


def _source(step: Configurable, resources: Any) -> Path:
    """Where the instructor's notebook lies, of the one that is being graded."""
    course, names = CourseDirectory(parent=step), resources["nbgrader"]
    folder = course.format_path(course.source_directory, ".", names["assignment"])
    return Path(folder) / f"{names['notebook']}.ipynb"


def _told(error: NotebookNode) -> str:
    """The message of an assertion or of the student's own exception, without the traceback."""
    return error.evalue or f"{error.ename} while your answer was tested"
