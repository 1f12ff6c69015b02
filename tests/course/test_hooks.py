"""The steps that the course adds to nbgrader's."""

import logging
import os

import nbformat
import nbformat.v4 as v4
import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ilkit.grading.hooks import Rebuilt, SeedTests, SplitExecute
from ilkit.grading.seeds import SECRET_VARIABLE
from ilkit.grading.student import SEED_VARIABLE

NAMES = {"nbgrader": {"assignment": "hw", "notebook": "hw"}}


def cell(source: str, **meta):
    made = v4.new_code_cell(source)
    made.metadata.nbgrader = {"grade_id": source, "grade": False, "solution": False, **meta}
    return made


@pytest.fixture
def seed_of(monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, "")

    def seed(answer: str, scene: str = "") -> str:
        cells = [cell(scene), cell(answer, solution=True)]
        SeedTests().preprocess(v4.new_notebook(cells=cells), NAMES)
        return os.environ[SEED_VARIABLE]

    return seed


def test_the_seed_follows_from_the_answers_and_the_secret(seed_of, monkeypatch):
    first = seed_of("return 1")
    assert seed_of("return 1", scene="a cell of the student's own") == first
    assert seed_of("return 2") != first
    monkeypatch.setenv(SECRET_VARIABLE, "of this term")
    assert seed_of("return 1") != first


def test_a_missing_secret_is_told_once(monkeypatch, caplog):
    monkeypatch.setattr(SeedTests, "warned", False)
    monkeypatch.setenv(SEED_VARIABLE, "")
    log, notebook = logging.getLogger("nbgrader-log"), v4.new_notebook()
    monkeypatch.setenv(SECRET_VARIABLE, "of this term")
    SeedTests(log=log).preprocess(notebook, NAMES)
    assert caplog.messages == []
    monkeypatch.delenv(SECRET_VARIABLE)
    for _ in range(2):
        SeedTests(log=log).preprocess(notebook, NAMES)
    [said] = caplog.messages
    assert said.startswith("ILKIT_COURSE_SECRET is not set")


def test_a_test_passes_through_warnings_and_fails_by_an_error(sandboxed):
    noisy = (
        "import warnings, sys\n"
        "def f():\n    warnings.warn('w'); print(1, file=sys.stderr); return 2"
    )
    ask = "from ilkit.grading import student\nassert student.call('f') == {}, 'f() is 2'"
    cells = [cell(noisy, solution=True)]
    cells += [cell(ask.format(n), grade=True, points=1) for n in (2, 3)]
    notebook, _ = SplitExecute().preprocess(v4.new_notebook(cells=cells), NAMES)
    assert [[out.evalue for out in each.outputs] for each in notebook.cells] == [
        [],
        [],
        ["f() is 2"],
    ]


def test_the_source_says_what_is_withheld_and_not_the_submission(tmp_path, sandboxed):
    config = Config({"CourseDirectory": {"root": str(tmp_path), "source_directory": "solutions"}})
    meta = {"ilkit": {"withheld": ["ilkit.losses"]}}
    (tmp_path / "solutions" / "hw").mkdir(parents=True)
    nbformat.write(v4.new_notebook(metadata=meta), tmp_path / "solutions" / "hw" / "hw.ipynb")
    asked = v4.new_notebook(cells=[cell("import ilkit.losses", solution=True)])
    notebook, _ = SplitExecute(config=config).preprocess(asked, NAMES)
    [out] = notebook.cells[0].outputs
    assert (out.ename, "asks you to write" in out.evalue) == ("ImportError", True)
    other = {"nbgrader": NAMES["nbgrader"] | {"notebook": "other"}}
    notebook, _ = SplitExecute(config=config).preprocess(asked, other)
    assert notebook.cells[0].outputs == []


@pytest.fixture
def exporter(tmp_path):
    """What nbgrader reads submissions with, for the class whose folders these functions make."""
    answer = v4.new_code_cell("x = 'the reference'", id="x")
    given = {"grade_id": "x", "solution": True, "grade": False, "locked": False, "task": False}
    answer.metadata.nbgrader = {**given, "schema_version": 3}
    (tmp_path / "solutions" / "hw").mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=[answer]), tmp_path / "solutions" / "hw" / "hw.ipynb")
    config = Config({"CourseDirectory": {"root": str(tmp_path), "source_directory": "solutions"}})

    def make(**students):
        converter = Autograde(CourseDirectory(config=config), config=config)
        for student, hand_in in students.items():
            folder = tmp_path / "submitted" / student / "hw"
            folder.mkdir(parents=True)
            hand_in(folder)
            converter.assignments[str(folder)] = sorted(map(str, folder.glob("*.ipynb")))
        return Rebuilt(parent=converter, config=config)

    return make


def honest(folder):
    answer = cell("x", solution=True, schema_version=99, points=1000)
    answer.source, answer.metadata.tags = "x = 1", ["skip-execution"]
    nbformat.write(v4.new_notebook(cells=[answer]), folder / "hw.ipynb")


def careless(folder):
    honest(folder)
    (folder / "torch.py").touch()
    (folder / "Untitled.ipynb").write_text("no notebook")


def linked(folder):
    (folder / "hw.ipynb").symlink_to(folder.parents[2] / "solutions" / "hw" / "hw.ipynb")


def piped(folder):
    honest(folder)
    os.mkfifo(folder / "data.csv")


def renamed(folder):
    honest(folder)
    (folder / "hw.ipynb").rename(folder / "mine.ipynb")


def test_a_refused_submission_is_left_out_and_told(exporter, caplog):
    made = exporter(honest=honest, linked=linked, piped=piped, renamed=renamed)
    [path] = made.taken
    assert [path.split("/")[-2] for path in made.converter.assignments] == ["honest"]
    told = dict(message.split(" is not graded: ") for message in caplog.messages)
    assert told == {
        "linked": "hw.ipynb is a link or no plain file; take it out.",
        "piped": "data.csv is a link or no plain file; take it out.",
        "renamed": "no notebook has the homework's name; hand it in under its own.",
    }
    resources = made.converter.init_single_notebook_resources(path)
    graded = nbformat.reads(made.from_filename(path, resources)[0], 4)
    assert [c.source for c in graded.cells] == ["x = 1"]
    assert "tags" not in graded.cells[0].metadata
    assert graded.cells[0].metadata.nbgrader.schema_version == 3


def test_files_that_are_not_used_are_told(exporter, caplog):
    made = exporter(careless=careless)
    assert [path.split("/")[-1] for path in made.taken] == ["hw.ipynb"]
    assert caplog.messages == [
        "careless: Untitled.ipynb was not used: only the notebook is graded.",
        "careless: torch.py was not used: only the notebook is graded.",
    ]


def test_when_nothing_is_left_nbgrader_says_so(exporter):
    with pytest.raises(NbGraderException, match="No submission could be taken in"):
        exporter(linked=linked)
