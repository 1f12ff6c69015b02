"""Releases: the notebooks that students open, and the tree that a course publishes.

python -m ilkit.grading.release assignments    assignments/<slug>/<slug>.ipynb, and the whole
                                               notebook beside its source, for nbgrader
python -m ilkit.grading.release student        _build/student-release, without solutions
"""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import IncludeHeaderFooter, InstantiateTests, SaveCells

from ilkit.errors import InputError
from ilkit.grading.source import ASSIGNMENTS, Homework, homeworks, write

STUDENT_TREE = Path("_build/student-release")
ANSWERS = ("solutions/", "tests/course/", "nbgrader_config.py", "deadlines.yml")
PUBLISHING = (".github/", ".ci/publish", ".ci/site", "tests/test_workflows.py")
WITHHELD = ANSWERS + PUBLISHING  # from the published tree
NOT_NEEDED = (IncludeHeaderFooter, InstantiateTests, SaveCells)  # files, kernels and databases
STEPS = GenerateAssignment.preprocessors.default()
SAVED = STEPS.index(SaveCells)  # up to here answers go, after it hidden tests


def release(homework: Homework) -> NotebookNode:
    """The notebook that a student opens, by the steps of `nbgrader generate_assignment`."""
    return without_tests(without_answers(homework.notebook))


def without_answers(whole: NotebookNode) -> NotebookNode:
    """What nbgrader keeps in its gradebook: the hidden tests, and stubs for answers."""
    return _after(STEPS[:SAVED], whole)


def without_tests(notebook: NotebookNode) -> NotebookNode:
    """The rest of the way to what a student opens."""
    return _after(STEPS[SAVED:], notebook)


def _after(steps: Sequence[Callable[[], Any]], notebook: NotebookNode) -> NotebookNode:
    """The notebook after these steps of nbgrader's."""
    notebook, resources = copy.deepcopy(notebook), dict[str, str]()
    for step in steps:
        if step not in NOT_NEEDED:
            notebook, resources = step().preprocess(notebook, resources)
    return NotebookNode(notebook)


def write_assignments(root: Path) -> list[Path]:
    """Write every release under `assignments/`, and the notebook with answers for nbgrader.

    The latter lies beside its source, where nbgrader looks for it; git ignores it.
    """
    written = []
    for homework in homeworks(root):
        written.append(root / ASSIGNMENTS / homework.slug / f"{homework.slug}.ipynb")
        write(release(homework), written[-1])
        write(homework.notebook, homework.folder / f"{homework.slug}.ipynb")
    return written


def write_student_tree(root: Path) -> Path:
    """Copy what git tracks, less what gives answers away, to `_build/student-release`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        raise InputError(f"{root}: expected a git checkout of the course; clone it first.")
    target = root / STUDENT_TREE
    shutil.rmtree(target, ignore_errors=True)
    for name in listed.stdout.split("\0"):
        if name and not name.startswith(WITHHELD) and (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    return target


def main(words: list[str]) -> int:
    root = Path.cwd()
    try:
        if words == ["assignments"]:
            print("\n".join(str(path.relative_to(root)) for path in write_assignments(root)))
        elif words == ["student"]:
            print(write_student_tree(root).relative_to(root))
        else:
            print("usage: python -m ilkit.grading.release assignments | student", file=sys.stderr)
            return 2
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
