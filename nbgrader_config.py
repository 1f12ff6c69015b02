"""The course for nbgrader: `make assignments`, then its commands and formgrader, run from here."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import Autograde
from nbgrader.preprocessors import DeduplicateIds, Execute

from ilkit.grading.hooks import ForgiveStderr, HideTests, OneOfEach, SeedTests, Withhold

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "imitation-learning"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.ignore = ["*.py", "wrong", "right", ".ipynb_checkpoints", "__pycache__"]

# Before you grade, set the variable ILKIT_COURSE_SECRET to a text that only the staff know, the
# same for the whole term: hidden tests draw their inputs from it and from the submission. Without
# it, whoever reads this code can foresee them; the log warns you.

# Seconds a cell, and to start; nbgrader's own 30 and 60 fail honest answers on a busy machine.
c.Execute.timeout = c.Execute.startup_timeout = 300
# The kernel starts without the modules of ilkit that the homework asks for.
start = "from ilkit.grading.withheld import withhold; withhold(); del withhold"
c.Execute.extra_arguments = [f"--IPKernelApp.exec_lines={start}"]
c.Autograde.sanitize_preprocessors = [
    OneOfEach if step is DeduplicateIds else step
    for step in Autograde.sanitize_preprocessors.default()
]
steps = Autograde.autograde_preprocessors.default()
at = steps.index(Execute)
c.Autograde.autograde_preprocessors = [
    *steps[:at],
    SeedTests,
    Withhold,
    Execute,
    ForgiveStderr,
    *steps[at + 1 :],
]
c.GenerateFeedback.preprocessors = [HideTests, CSSHTMLHeaderPreprocessor]
c.Validator.validate_all = True  # the visible checks too, which are cells of their own
