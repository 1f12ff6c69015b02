"""Exports: what is absent or waits for a person is an empty field, where nbgrader writes 0."""

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from ilkit.cli import main
from ilkit.grading.course import Course
from ilkit.grading.export import Csv, harmless, number

HW1, HW2, WRITTEN = "hw1-behavior-cloning", "hw2-compounding-error", "hw2-compounding-error-written"
ROSTER = """id,first_name,last_name,email,canvas_id,sis_id,sis_login,section,sid
zoe,Zoe,Zimmer,zoe@example.org,103,,,,
ada,Ada,"Lovelace, Countess",ada@example.org,101,S1,ada1,A,s1
bob,=cmd|' /C calc'!A1,Ångström,bob@example.org,102,,,,s2
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory, empty_gradebook):
    """The gradebook of five students, in all states that there are.

    ada    all graded, one part by hand, late by a day in both
    bob    one part of the first homework could not be graded
    eve    the first is flagged: it has scores, and waits for a person
    max    a row that nobody ever graded
    zoe    nothing
    """
    path = shutil.copy(empty_gradebook, tmp_path_factory.mktemp("book"))
    with Gradebook(f"sqlite:///{path}") as book:
        for slug, kind in ((HW1, "code"), (HW2, "code"), (WRITTEN, "markdown")):
            book.add_assignment(slug)
            book.add_notebook(slug, slug)
            for part, points in (("one", 80), ("two", 20)):
                book.add_grade_cell(part, slug, slug, max_score=points, cell_type=kind)
        for student in ("ada", "bob", "eve", "max", "zoe"):
            book.add_student(student)
        for student in ("ada", "bob", "eve", "max"):
            book.add_submission(HW1, student, timestamp=datetime(2026, 10, 13, 12))
            book.db.commit()
            if student != "max":
                mark(book, HW1, student, "one", 70.5)
                mark(book, HW1, student, "two", 20)
        for student in ("ada", "bob"):
            book.add_submission(WRITTEN, student, timestamp=datetime(2026, 10, 13, 12))
            book.db.commit()
            mark(book, WRITTEN, student, "one", None, by_hand=60)
            mark(book, WRITTEN, student, "two", None, by_hand=None if student == "bob" else 0)
        mark(book, HW1, "bob", "two", None)
        for part in ("one", "two"):
            book.find_grade(part, HW1, HW1, "eve").needs_manual_grade = True
        book.find_submission_notebook(HW1, HW1, "ada").late_submission_penalty = 10
        book.db.commit()
    return path


def mark(book, slug, student, part, score, by_hand=None) -> None:
    grade = book.find_grade(part, slug, slug, student)
    grade.auto_score, grade.manual_score = score, by_hand
    grade.needs_manual_grade = score is None and by_hand is None


@pytest.fixture
def course(tmp_path, book, monkeypatch):
    """A course with that gradebook; the commands run there."""
    shutil.copy(book, tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def export(course, capsys):
    """export(words) gives the exit code, the rows of the file, and what was said."""

    def run(*words: str):
        code = main(["export", "--json", *words])
        told = json.loads(capsys.readouterr().out)
        text = (course / told["file"]).read_text(encoding="utf-8")
        return code, list(csv.reader(io.StringIO(text))), told

    return run


def test_what_is_not_graded_is_empty_in_totals_too(export):
    code, rows, told = export()
    assert (code, told["file"], told["students"]) == (0, "grades.csv", 5)
    assert rows == [
        ["student_id", "last_name", "first_name", "email", HW1, WRITTEN, "total"],
        ["ada", "", "", "", "80.5", "60", "140.5"],
        ["bob", "", "", "", "", "", ""],
        ["eve", "", "", "", "", "", ""],
        ["max", "", "", "", "", "", ""],
        ["zoe", "", "", "", "", "", ""],
    ]
    assert export(HW1)[1][1:3] == [["ada", "", "", "", "80.5", "80.5"], ["bob", *6 * [""]][:6]]


def test_stock_nbgrader_exports_a_zero_there(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        CsvExportPlugin(to="stock.csv").export(book)
    rows = list(csv.DictReader(io.StringIO((course / "stock.csv").read_text())))
    scores = {row["student_id"]: row["score"] for row in rows if row["assignment"] == HW1}
    assert scores == {"ada": "80.5", "bob": "70.5", "eve": "90.5", "max": "0.0", "zoe": "0.0"}


def test_a_penalty_is_taken_off_of_points_that_a_person_gave_later(course, export):
    rule = "{due: 2026-10-12T12:00:00Z, penalty: 0.1}"
    (course / "deadlines.yml").write_text(f"{HW1}: {rule}\n{WRITTEN}: {rule}\n")
    assert export()[1][1] == ["ada", "", "", "", "81.45", "54", "135.45"]


def test_canvas(course, export):
    (course / "roster.csv").write_text(ROSTER, encoding="utf-8")
    code, rows, told = export(HW1, "--format", "canvas", "--column", f"{HW1}=Homework 1 (4711)")
    assert (code, told["left"]) == (1, ["eve", "max"])  # the roster does not know them
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1 (4711)"],
        ["    Points Possible", "", "", "", "", "100"],
        ["Zimmer, Zoe", "103", "", "", "", ""],  # in the roster's order
        ["Lovelace, Countess, Ada", "101", "S1", "ada1", "A", "80.5"],
        ["Ångström, =cmd|' /C calc'!A1", "102", "", "", "", ""],
    ]


def test_moodle_and_gradescope(course, export, tmp_path):
    (course / "people.csv").write_text(ROSTER, encoding="utf-8")
    named = ("--roster", "people.csv")
    code, rows, _ = export(HW1, "--format", "moodle", "--out", "m.csv", *named)
    assert (code, rows[:3]) == (
        1,
        [["Email address", HW1], ["zoe@example.org", ""], ["ada@example.org", "80.5"]],
    )
    _, rows, told = export(HW1, HW2, "--format", "gradescope", *named)
    assert told["file"] == "grades-gradescope.csv"
    names = ["First Name", "Last Name", "SID", "Email"]
    assert rows[0] == [*names, HW1, f"{HW1} - Max Points", HW2, f"{HW2} - Max Points"]
    _, ada, bob = rows[1:]
    assert ada == ["Ada", "Lovelace, Countess", "s1", "ada@example.org", "80.5", "100", "", "100"]
    assert bob[0] == "'=cmd|' /C calc'!A1"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", " =1"])
def test_no_cell_is_a_formula(text):
    assert harmless(text) == f"'{text.strip()}"
    assert harmless("Ada =1") == "Ada =1"


@pytest.mark.parametrize(
    ("score", "text"),
    [(None, ""), (0.0, "0"), (100.0, "100"), (22.5, "22.5"), (66.666666, "66.67")],
)
def test_numbers_are_short_and_exact_to_a_hundredth(score, text):
    assert number(score) == text


def test_a_mistake_is_told_in_one_sentence(course, capsys):
    for words, said in (
        (["hw1-behaviour-cloning"], "did you mean 'hw1-behavior-cloning'"),
        (["--format", "canvass"], "did you mean 'canvas'"),
        (["--column", "hw1"], "expected SLUG=NAME"),
        (["--column", "hw9=x"], "no homework in the gradebook 'hw9'"),
        (["--roster", "nobody.csv"], "nobody.csv: expected a roster"),
    ):
        assert main(["export", *words]) in (1, 2)
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    assert not list(course.glob("grades*"))


@pytest.mark.parametrize(
    ("format", "keys"), [("canvas", "canvas_id or sis_id or sis_login"), ("moodle", "email")]
)
def test_a_system_that_knows_nobody_without_a_roster_needs_one(course, capsys, format, keys):
    assert main(["export", "--format", format]) == 1
    said = f"roster.csv: expected one with {keys} for {format.title()}, found none; write it"
    assert said in capsys.readouterr().err
    (course / "roster.csv").write_text("id,sid\nada,s1\n")
    assert main(["export", "--format", format]) == 1
    assert f"roster.csv: {keys}: expected this column, got id, sid" in capsys.readouterr().err
    assert not list(course.glob("*grades*"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgres://u:password@h/n", "got postgres://u:***@h/n, for which there is no driver"),
        ("postgresql://u:password@h:59x9/n", "got an address that cannot be read"),
        ("password", "got an address that cannot be read"),
    ],
)
def test_an_address_of_no_database_is_told_without_its_password(course, capsys, address, said):
    line = f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n"
    (course / "nbgrader_config.py").write_text(line)
    assert main(["export"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("ilkit: db_url: expected postgresql://USER@HOST/NAME or sqlite:///FILE")
    assert said in error
    assert error.count("\n") == 1
    assert "password" not in error


def test_a_database_that_does_not_answer_is_told_in_one_sentence(course, capsys):
    address = "postgresql://course:password@127.0.0.1:1/grades"
    line = f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n"
    (course / "nbgrader_config.py").write_text(line)
    assert main(["export"]) == 1
    error = capsys.readouterr().err
    assert "expected a database at postgresql://course:***@127.0.0.1:1/grades" in error
    assert error.endswith("; start the server, or mend db_url in nbgrader_config.py.\n")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("c = get_config()\nc.x = 'password", "got SyntaxError in line 2"),
        ("c = get_config()\nc.x = 'password' / 2", "got TypeError in line 2"),
        ("c = get_config()\nint('password')", "got ValueError in line 2"),
    ],
)
def test_a_configuration_that_does_not_load_is_told_without_its_text(course, capsys, text, said):
    (course / "nbgrader_config.py").write_text(text)
    assert main(["export"]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert "password" not in error


def test_a_folder_is_no_file_to_export_to(course, capsys):
    (course / "out").mkdir()
    assert main(["export", "--out", "out"]) == 1
    assert "--out: expected a file, got the folder out" in capsys.readouterr().err
    assert not [path for path in course.iterdir() if path.name.startswith(".")]
    assert main(["export", "--out", "nbgrader_config.py/grades.csv"]) == 1
    said = "ilkit: nbgrader_config.py/grades.csv: File exists; mend its folder, or name another"
    assert capsys.readouterr().err.startswith(said)


def test_before_anything_is_graded_there_is_nothing_to_export(course, empty_gradebook, capsys):
    shutil.copy(empty_gradebook, course)
    assert main(["export"]) == 1
    assert "gradebook: expected a graded homework, got none" in capsys.readouterr().err


def test_a_failed_export_leaves_the_last_one(course, monkeypatch):
    (course / "grades.csv").write_text("the last one")
    monkeypatch.setattr("ilkit.grading.export.number", lambda score: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["export"])
    assert [p.read_text() for p in course.glob("*grades*")] == ["the last one"]


def test_nbgraders_own_command_uses_these(course, root):
    """By name; and the project's configuration names ours for `nbgrader export` alone."""
    shutil.copy(root / "nbgrader_config.py", course)
    assert Course(course).config.ExportApp.plugin_class is Csv
    (course / "roster.csv").write_text("id,sid\nada,s1\n")
    words = ["--to", "own.csv", "--exporter", "ilkit.grading.export.Gradescope"]
    command = [sys.executable, "-m", "nbgrader", "export", *words, f"--assignment=['{HW1}']"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (course / "own.csv").read_text().startswith(f"First Name,Last Name,SID,Email,{HW1},")
    assert "no row for bob, eve, max, zoe" in done.stderr
