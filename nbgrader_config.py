"""The course for nbgrader: `make assignments`, then its commands and formgrader, run from here."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from ilkit.grading.hooks import ForgiveStderr, HideTests, SeedTests

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "imitation-learning"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.ignore = ["*.py", "wrong", "right", ".ipynb_checkpoints", "__pycache__"]

c.Execute.timeout = 300  # seconds a cell; nbgrader's own 30 fail honest answers on a busy machine
steps = Autograde.autograde_preprocessors.default()
at = steps.index(Execute)
c.Autograde.autograde_preprocessors = [
    *steps[:at],
    SeedTests,
    Execute,
    ForgiveStderr,
    *steps[at + 1 :],
]
c.GenerateFeedback.preprocessors = [HideTests, CSSHTMLHeaderPreprocessor]
c.Validator.validate_all = True  # the visible checks too, which are cells of their own
