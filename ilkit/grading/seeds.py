"""What the inputs of hidden tests are drawn from: the course's secret, the homework, the answers.

They are fresh for each set of answers, whatever cells a student adds, equal when that is graded
again, and cannot be foreseen by someone who does not know the secret.
"""

from __future__ import annotations

import hashlib
import os

from nbformat import NotebookNode

from ilkit.grading.source import is_solution

SECRET_VARIABLE = "ILKIT_COURSE_SECRET"
UNSET = (
    f"{SECRET_VARIABLE} is not set: whoever reads this course's code can foresee the inputs of the "
    "hidden tests. Set it to a text of your own, the same for the whole term."
)


def has_secret() -> bool:
    return bool(os.environ.get(SECRET_VARIABLE))


def secret(slug: str) -> str:
    """The secret of one homework; a machine that knows it does not know the course's."""
    text = f"{os.environ.get(SECRET_VARIABLE, '')}\0{slug}"
    return hashlib.sha256(text.encode()).hexdigest()


def seed(secret: str, notebook: NotebookNode) -> str:
    """What `ilkit.grading.student.seed` draws from while this notebook is graded."""
    answers = [cell.source for cell in notebook.cells if is_solution(cell)]
    return hashlib.sha256("\0".join([secret, *answers]).encode()).hexdigest()
