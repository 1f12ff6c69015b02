"""Deadlines: begun days, extensions, the turned clock; and that nbgrader takes off the same."""

import re
import shutil
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from ilkit.errors import InputError
from ilkit.grading import deadlines, stamps
from ilkit.grading.late import AssignDeadlines

SLUG = "hw1-behavior-cloning"
BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 10, 12, 23, 59, tzinfo=BERLIN)


@pytest.fixture
def course(tmp_path):
    """A course whose deadlines are those written by course(text)."""
    (tmp_path / "solutions" / SLUG).mkdir(parents=True)

    def write(text: str):
        (tmp_path / "deadlines.yml").write_text(text, encoding="utf-8")
        return deadlines.read(tmp_path)

    return write


@pytest.fixture
def deadline(course):
    """deadline(lines) is that of the one homework, with these fields."""

    def of(*lines: str) -> deadlines.Deadline:
        return course(f"{SLUG}:\n" + "".join(f"  {line}\n" for line in lines)).of(SLUG)

    return of


def test_without_the_file_or_without_a_time_nothing_is_late(tmp_path, course):
    none = deadlines.read(tmp_path).of(SLUG)
    assert none.penalty("ada", datetime(2100, 1, 1, tzinfo=UTC), 100) == 0
    assert course(f"{SLUG}: {{attempts: best}}").of(SLUG).attempts == "best"
    due = course(f"{SLUG}: {{due: 2026-10-12 23:59 Europe/Berlin, penalty: 0.1}}").of(SLUG)
    assert due.due == DUE
    assert due.penalty("ada", None, 100) == 0


@pytest.mark.parametrize(
    ("late", "points"),
    [
        (timedelta(days=-9), 0),
        (timedelta(0), 0),  # exactly at the deadline is in time
        (timedelta(microseconds=1), 8),
        (timedelta(days=1), 8),
        (timedelta(days=1, microseconds=1), 16),
        (timedelta(days=3), 24),
        (timedelta(days=40), 40),  # at most half
    ],
)
def test_a_begun_day_costs_a_share_of_the_score_and_not_more_than_allowed(deadline, late, points):
    found = deadline(f"due: {DUE.isoformat()}", "penalty: 0.1", "at_most: 0.5")
    assert found.penalty("ada", DUE + late, 80) == points
    naive = (DUE + late).astimezone(UTC).replace(tzinfo=None)  # as nbgrader's gradebook has it
    assert found.penalty("ada", naive, 80) == points
    elsewhere = (DUE + late).astimezone(timezone(timedelta(hours=-11)))
    assert found.penalty("ada", elsewhere, 80) == points


def test_never_more_than_all_the_points(deadline):
    found = deadline("due: 2026-10-12T23:59+02:00", "penalty: 0.7")
    assert found.penalty("ada", DUE + timedelta(days=9), 80) == 80
    assert found.penalty("ada", DUE + timedelta(days=9), 0) == 0
    assert found.penalty("ada", DUE + timedelta(days=9), -5) == 0


def test_days_are_those_of_the_clock_on_the_wall(deadline):
    """The clock goes back on 25 October 2026 in Berlin, and forward on 28 March 2027."""
    autumn = deadline("due: 2026-10-24 23:59 Europe/Berlin", "penalty: 0.1")
    next_day = datetime(2026, 10, 25, 23, 59, tzinfo=BERLIN)  # 25 hours later
    assert (next_day.astimezone(UTC) - autumn.due.astimezone(UTC)) == timedelta(hours=25)
    assert autumn.days_late("ada", next_day) == 1
    assert autumn.days_late("ada", next_day + timedelta(minutes=1)) == 2
    spring = deadline("due: 2027-03-27 23:59 Europe/Berlin", "extensions: {ada: +1 day}")
    assert spring.due_for("ada") == datetime(2027, 3, 28, 23, 59, tzinfo=BERLIN)
    after = spring.due.astimezone(UTC) + timedelta(hours=23, minutes=1)
    assert (spring.days_late("ada", after), spring.days_late("bob", after)) == (1, 2)
    offset = deadline("due: 2026-10-24T23:59+02:00", "penalty: 0.1")  # a zone that never turns
    assert offset.days_late("ada", next_day) == 2


@pytest.mark.parametrize("due", ["2026-10-12 23:59 Europe/Berlin", "2026-10-12T00:00-10:00"])
def test_the_last_second_that_there_is_is_late(deadline, due):
    found = deadline(f"due: {due}", "penalty: 0.1")
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert found.days_late("ada", last) == (last - found.due).days + 1
    assert found.penalty("ada", last, 80) == 80


def test_of_an_hour_that_the_clock_shows_twice_the_second_counts(deadline):
    found = deadline("due: 2026-10-25 02:30 Europe/Berlin")
    assert found.due.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    day_before = deadline("due: 2026-10-24 02:30 Europe/Berlin", "extensions: {ada: +1 day}")
    assert day_before.due_for("ada").astimezone(UTC) == found.due.astimezone(UTC)


def test_an_extension_is_for_one_student(deadline):
    found = deadline(
        f"due: {DUE.isoformat()}",
        "penalty: 0.5",
        "extensions: {'007': 2026-10-15 23:59 Europe/Berlin, bob: +2 days}",
    )
    for student, days in (("007", 3), ("bob", 2), ("nobody", 0)):
        own = found.due_for(student)
        assert own == DUE + timedelta(days=days)
        assert found.penalty(student, own, 10) == 0
        assert found.penalty(student, own + timedelta(seconds=1), 10) == 5


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["due: 2026-10-12 23:59"], "due: expected a time with its zone"),
        (["due: 9999-12-31T23:59-10:00"], "due: expected a time with its zone"),
        (["due: 0001-01-01T00:00+10:00"], "due: expected a time with its zone"),
        (["due: [1, 2]"], "due: expected a time with its zone"),
        (["due: tomorrow"], "due: expected a time with its zone"),
        (["due: 2026-10-12 23:59 Europe/Berlyn"], "due: no time zone 'Europe/Berlyn'"),
        (["due: 2026-10-12 23:59 Europe"], "due: "),
        (["due: 2026-10-12 23:59 ../../etc/passwd"], "due: expected a time with its zone"),
        (["due: 2027-03-28 02:30 Europe/Berlin"], "does not exist: the clock is put forward"),
        (["penalty: 0.1"], "due: expected a time"),
        (["due: DUE", "penalty: 10"], "penalty: expected a share from 0 to 1"),
        (["due: DUE", "penalty: nan"], "penalty: expected a share from 0 to 1"),
        (["due: DUE", "at_most: half"], "at_most: expected a share from 0 to 1"),
        (["due: DUE", "attempts: first"], "attempts: expected latest or best"),
        (["due: DUE", "grace: 1"], "no field 'grace'"),
        (["due: DUE", "due: DUE"], "due: expected once"),
        (["due: DUE", "extensions: {ada: 2026-10-11T23:59+02:00}"], "ada: expected a time after"),
        (
            ["due: DUE", "extensions: {ada: 2 days}"],
            "ada: expected days such as +2 days, or a time with",
        ),
        (["due: DUE", "extensions: {ada: +999 days}"], "ada: expected days such as +2 days, or a"),
        (
            ["due: DUE", "extensions: {ada: +36 hours}"],
            "or a time with its zone such as 2026-10-12 23:59 Europe/Berlin, got +36 hours",
        ),
        (["due: DUE", "extensions: [ada]"], "extensions: expected names and values"),
        (["due: {"], "expected YAML"),
        (
            ["due: DUE", "\tpenalty: 0.1"],
            r"deadlines.yml: line 3: expected YAML, got: found character '\t' that cannot start "
            "any token; mend it.",
        ),
        (["due: \a"], "expected YAML, got: special characters are not allowed; mend it."),
    ],
)
def test_a_mistake_is_told_in_one_sentence_that_names_the_field(deadline, lines, said):
    with pytest.raises(InputError, match=re.escape(said)) as error:
        deadline(*[line.replace("DUE", DUE.isoformat()) for line in lines])
    assert str(error.value).startswith("deadlines.yml: ")
    assert "\n" not in str(error.value)


def test_a_homework_that_does_not_exist_is_named(course):
    with pytest.raises(InputError, match=f"did you mean '{SLUG}'"):
        course("hw1-behaviour-cloning: {due: 2026-10-12T23:59+02:00}")
    with pytest.raises(InputError, match="expected names and values"):
        course("[1, 2]")
    assert course("").homeworks == {}


@pytest.fixture
def gradebook(tmp_path, empty_gradebook):
    """One homework worth 100, which ada has handed in 25 hours late, for 80."""
    address = f"sqlite:///{shutil.copy(empty_gradebook, tmp_path)}"
    with Gradebook(address) as book:
        book.add_assignment(SLUG)
        book.add_notebook(SLUG, SLUG)
        book.add_grade_cell("nll-test", SLUG, SLUG, max_score=100, cell_type="code")
        book.add_student("ada")
        at = (DUE + timedelta(hours=25)).astimezone(UTC).replace(tzinfo=None)
        book.add_submission(SLUG, "ada", timestamp=at)
        book.find_grade("nll-test", SLUG, SLUG, "ada").auto_score = 80
        book.db.commit()
    return address


@pytest.mark.parametrize(
    ("extension", "points"), [("", 16), ("bob: +9 days", 16), ("ada: +1 day", 8)]
)
def test_nbgrader_takes_off_the_same(deadline, gradebook, tmp_path, root, extension, points):
    deadline(f"due: {DUE.isoformat()}", "penalty: 0.1", f"extensions: {{{extension}}}")
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    config.CourseDirectory.root = str(tmp_path)
    assert AssignDeadlines in config.Autograde.autograde_preprocessors
    step = AssignDeadlines(parent=CourseDirectory(config=config))
    names = {"assignment": SLUG, "notebook": SLUG, "student": "ada", "db_url": gradebook}
    for _ in range(2):  # graded again, the same
        step.preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})
    with Gradebook(gradebook) as book:
        work = book.find_submission(SLUG, "ada")
        assert work.late_submission_penalty == points
        assert work.assignment.duedate == DUE.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-10-13 08:00:00 UTC\n", 8),
        ("2026-10-13 08:00:00.500000 UTC", 8),  # nbgrader
        ("2026-10-13 08:00:00.000000000 Z", 8),  # Gradescope
        ("2026-10-13 08:00:00 -07:00", 15),
        ("2026-10-13 10:00 +0200", 8),
        ("2026-10-13T10:00+02", 8),
        ("2026-10-13T08:00:00Z", 8),
        ("2026-10-13 08:00", 8),
    ],
)
def test_a_time_of_handing_in_is_read_as_it_is_written(text, hour):
    found = stamps.time_of(text)
    assert found.utcoffset() == timedelta(0)
    assert (found.month, found.day, found.hour) == (10, 13, hour)


@pytest.mark.parametrize(
    "text",
    [
        "05.11.2026 10:00",  # of May or November?
        "11/05/2026 10:00",
        "5 Nov 2026 10:00",
        "2026-10-13 10:00 CEST",
        "2026-10-13 10:00 EST",
        "2026-10-13",  # at which end of the day?
        "10:00",
        "20261013T1000",
        "2026-02-30 10:00",
        "2026-10-13 08:00 UTC or so",
        "٢٠٢٦-10-13 08:00",
        "",
    ],
)
def test_a_time_that_could_mean_another_one_is_not_guessed(tmp_path, text):
    (tmp_path / "timestamp.txt").write_text(text, encoding="utf-8")
    assert stamps.stamped(tmp_path) is None
    [note] = stamps.misread(tmp_path)
    assert f"got '{text}'; counted as in time." in note


def test_what_stands_in_a_timestamp_is_told_in_one_short_line(tmp_path):
    assert stamps.misread(tmp_path) == []  # none is there
    (tmp_path / "timestamp.txt").write_text("\x1b[2J\n" + "x" * 10**6)
    [note] = stamps.misread(tmp_path)
    assert r"got '\x1b[2J\nxxx" in note
    assert len(note) < 200
    (tmp_path / "timestamp.txt").unlink()
    (tmp_path / "timestamp.txt").symlink_to("/etc/hostname")
    assert "got what may not be read; counted" in stamps.misread(tmp_path)[0]
    (tmp_path / "timestamp.txt").unlink()
    (tmp_path / "timestamp.txt").write_text("2026-10-13 08:00:00 UTC")
    assert stamps.misread(tmp_path) == []
