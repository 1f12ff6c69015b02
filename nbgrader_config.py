"""The course for nbgrader: `make assignments`, then its commands and formgrader, run from here."""

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, Execute, OverwriteCells

from ilkit.grading.export import Csv
from ilkit.grading.hooks import FlagGrades, HideTests, Rebuilt, SeedTests, Shown, SplitExecute
from ilkit.grading.late import AssignDeadlines, LatePenalty
from ilkit.grading.markup import markdown
from ilkit.grading.page import Page

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "imitation-learning"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.ignore = ["*.py", "wrong", "right", ".ipynb_checkpoints", "__pycache__"]

# Before you grade, set the variable ILKIT_COURSE_SECRET to a text that only the staff know, the
# same for the whole term: hidden tests draw their inputs from it and from the submission. Without
# it, whoever reads this code can foresee them; the log warns you.

# A submission is read as text and rebuilt from the source: nothing of it is left to clean.
c.Autograde.exporter_class = Rebuilt
c.Autograde.sanitize_preprocessors = [OverwriteCells, CheckCellMetadata]
# Students' cells run in a sandbox, the hidden tests outside of it; seconds for a cell or a call.
c.SplitExecute.timeout = 300
steps = Autograde.autograde_preprocessors.default()
at = steps.index(Execute)
steps = [*steps[:at], SeedTests, SplitExecute, *steps[at + 1 :], FlagGrades, Shown]
c.Autograde.autograde_preprocessors = [
    AssignDeadlines if step is AssignLatePenalties else step for step in steps
]
c.AssignLatePenalties.plugin_class = LatePenalty  # by deadlines.yml
c.GenerateFeedback.preprocessors = [HideTests, Shown]
c.GenerateFeedback.exporter_class = Page

# Formgrader's pages show what students wrote, in your browser: as text, so that none of it runs.
c.HTMLExporter.filters = {"markdown2html": markdown}
c.HTMLExporter.sanitize_html = True
c.ExportApp.plugin_class = Csv  # what is not graded is an empty field
c.Validator.validate_all = True  # the visible checks too, which are cells of their own
