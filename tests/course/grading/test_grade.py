"""`ilkit grade` and `ilkit regrade`: exact, only what changed, and never zero for unknown."""

import json
import os
import shutil
import time
from dataclasses import replace
from multiprocessing import get_context

import nbformat
import pytest
from nbgrader.api import Gradebook

from ilkit.cli import main
from ilkit.grading import job
from ilkit.grading.attempts import Attempt
from ilkit.grading.intake import RefusedError
from ilkit.grading.ledger import alone, place
from ilkit.grading.verdict import Mark, Verdict, unmarked

TINY = "tiny"
POINTS = {"double": 30, "triple": 30, "negate": 40}
WRONG = "def triple(x):\n    return 2 * x"
MARKS = tuple(Mark(name, worth, worth) for name, worth in POINTS.items())
RIGHT = Verdict("graded", MARKS, notebook='{"cells": []}')
FAULT = unmarked(POINTS, "not_graded", "sandbox: nothing started", lasting=False)
WARNS = "import warnings\ndef double(x):\n    warnings.warn('!')\n    return 2 * x"


def scores(rows):
    return {name: {p["id"]: p["score"] for p in row["parts"]} for name, row in rows.items()}


def test_scores_are_those_known_in_advance_in_the_output_and_in_the_gradebook(
    submit, grade, gradebook
):
    submit("ada")
    submit("bob", triple=WRONG)
    submit("cyd", double="", negate="def negate(x):\n    raise NotImplementedError")
    submit(
        "warner", double="import warnings\ndef double(x):\n    warnings.warn('!')\n    return 2 * x"
    )
    rows = grade("--jobs", "2")
    known = {
        "ada": POINTS,
        "bob": POINTS | {"triple": 0},
        "cyd": POINTS | {"double": 0, "negate": 0},
        "warner": POINTS,
    }
    assert scores(rows) == known
    assert {name: row["score"] for name, row in rows.items()} == {
        name: sum(each.values()) for name, each in known.items()
    }
    assert {name: entry["scores"] for name, entry in gradebook().items()} == known
    assert not any(entry["open"] for entry in gradebook().values())
    reasons = {p["id"]: p["reason"] for p in rows["bob"]["parts"]}
    assert reasons == {"double": "", "triple": "triple multiplies by 3", "negate": ""}


def test_serial_and_parallel_give_the_same_grades(submit, grade, gradebook):
    for number in range(6):
        submit(f"s{number}", **({"triple": WRONG} if number % 2 else {}))
    one = scores(grade("--jobs", "1"))
    before = gradebook()
    assert scores(grade("--jobs", "4", "--force")) == one
    assert gradebook() == before


def test_only_what_changed_is_graded_again(submit, grade, course):
    submit("ada")
    submit("bob")
    assert [row["cached"] for row in grade().values()] == [False, False]
    assert [row["cached"] for row in grade().values()] == [True, True]
    submit("bob", triple=WRONG)
    rows = grade()
    assert (rows["ada"]["cached"], rows["bob"]["cached"], rows["bob"]["score"]) == (True, False, 70)
    assert [row["cached"] for row in grade("--force").values()] == [False, False]
    assert list(grade("--student", "ada")) == ["ada"]


def test_a_lost_gradebook_is_filled_from_the_ledger(submit, grade, gradebook, course):
    submit("ada", double="")
    grade()
    before = gradebook()
    (course / "gradebook.db").unlink()
    assert grade()["ada"]["cached"]
    assert gradebook() == before
    assert before["ada"]["comments"] == {"double": None, "triple": None, "negate": None}


def test_an_untouched_answer_is_told_as_no_response(submit, grade, gradebook, tiny):
    from ilkit.grading.release import release

    stub = next(cell.source for cell in release(tiny).cells if cell.id == "double")
    submit("ada", double=stub)
    grade()
    assert gradebook()["ada"]["comments"]["double"] == "No response."
    assert gradebook()["ada"]["scores"] == POINTS | {"double": 0}


def test_the_graded_copy_is_there_and_holds_the_students_text(submit, grade, course):
    submit("ada", triple=WRONG)
    grade()
    copy = nbformat.read(course / "autograded" / "ada" / TINY / f"{TINY}.ipynb", 4)
    cells = {cell.id: cell for cell in copy.cells}
    assert cells["triple"].source == WRONG
    assert cells["triple-test"].outputs[0].evalue == "triple multiplies by 3"
    assert cells["double-test"].outputs == []


REFUSED = {
    "no notebook": lambda path: path.rename(path.with_name("mine.ipynb")),
    "not JSON": lambda path: path.write_text("hello"),
    "a link": lambda path: (path.unlink(), path.symlink_to(os.devnull)),
    "a FIFO": lambda path: (path.unlink(), os.mkfifo(path)),
    "too deep": lambda path: path.write_text("[" * 10**6),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_in_is_refused_and_never_zero(submit, grade, gradebook, name):
    submit("ada")
    REFUSED[name](submit("bob"))
    rows = grade()
    assert rows["ada"]["score"] == 100
    assert (rows["bob"]["status"], rows["bob"]["score"]) == ("refused", None)
    assert rows["bob"]["reason"].endswith(".")
    entry = gradebook()["bob"]
    assert entry["open"]
    assert set(entry["scores"].values()) == {None}
    assert "Not graded" in entry["comments"]["double"]


def test_time_that_is_used_up_leaves_later_parts_ungraded_and_keeps_earlier_ones(
    submit, grade, gradebook
):
    submit("slow", triple="import time\ntime.sleep(1000)")
    submit("loops", triple="def triple(x):\n    while True: pass")
    rows = grade("--timeout", "20")  # a cell or a call may take a fifth
    assert scores(rows) == {"slow": POINTS | {"triple": 0}, "loops": POINTS | {"triple": 0}}
    slowly = "import time\ntime.sleep(1.9)\ndef {}(x):\n    time.sleep(1.9)\n    return {} * x"
    factors = {"double": 2, "triple": 3, "negate": -1}
    submit("drowsy", **{name: slowly.format(name, by) for name, by in factors.items()})
    row = grade("--timeout", "10", "--student", "drowsy")["drowsy"]
    assert row["status"] == "not_graded"
    assert [part["score"] for part in row["parts"]] == [30, 30, None]
    assert gradebook()["drowsy"]["open"]


def test_a_mended_test_changes_what_it_should_and_says_so(submit, grade, course, capsys):
    submit("ada")
    submit("bob", triple=WRONG)
    grade()
    source = course / "solutions" / TINY / f"{TINY}.py"
    mended = source.read_text().replace(
        'student.call("triple", x), 3 * x', 'student.call("triple", x), 2 * x'
    )
    source.write_text(mended)
    capsys.readouterr()
    assert main(["regrade", TINY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["changes"]
    assert told == [
        {"student": "ada", "part": "triple", "before": 30.0, "after": 0.0},
        {"student": "bob", "part": "triple", "before": 0.0, "after": 30.0},
    ]
    assert main(["regrade", TINY]) == 0
    assert "no grade changed" in capsys.readouterr().out


def test_lateness_costs_what_the_deadline_says(submit, grade, gradebook, course):
    path = submit("late")
    (path.parent / "timestamp.txt").write_text("2026-10-13 12:00:00 UTC")
    (course / "deadlines.yml").write_text(f"{TINY}: {{due: 2026-10-12 23:59 UTC, penalty: 0.1}}\n")
    submit("other")
    row = grade()["late"]
    assert (row["score"], row["penalty"]) == (100, 10)
    assert gradebook()["late"]["penalty"] == 10
    (course / "deadlines.yml").write_text(
        f"{TINY}: {{due: 2026-10-12 23:59 UTC, penalty: 0.1, extensions: {{late: +2 days}}}}\n"
    )
    rows = grade()
    assert rows["late"]["penalty"] == 0
    assert rows["other"]["cached"], "an extension is nobody else's business"
    assert gradebook()["late"]["penalty"] is None


def test_a_time_that_cannot_be_read_is_told_and_counts_as_in_time(submit, grade, tell, course):
    stamp = submit("late").parent / "timestamp.txt"
    stamp.write_text("05.11.2026 10:00\n")
    (course / "deadlines.yml").write_text(f"{TINY}: {{due: 2026-10-12 23:59 UTC, penalty: 0.1}}\n")
    tell(RIGHT)
    row = grade()["late"]
    assert (row["at"], row["penalty"]) == (None, 0)
    [note] = row["notes"]
    assert note == (
        "timestamp.txt: expected 2026-10-13 08:00:00 UTC, got '05.11.2026 10:00'; "
        "counted as in time."
    )
    stamp.unlink()
    row = grade()["late"]
    assert (row["notes"], row["cached"]) == ([], False)


def test_the_best_attempt_counts_where_the_instructor_says_so(submit, grade, course):
    path = submit("ada")
    earlier = course / "attempts" / "ada" / TINY / "1"
    earlier.mkdir(parents=True)
    path.rename(earlier / path.name)
    submit("ada", triple=WRONG)
    assert grade()["ada"]["score"] == 70
    (course / "deadlines.yml").write_text(f"{TINY}: {{attempts: best}}\n")
    assert grade()["ada"]["score"] == 100


@pytest.fixture
def tell(course, empty_gradebook, monkeypatch):
    """tell(verdict, ...) is what comes of a student's attempts, the submission's first."""
    shutil.copy(empty_gradebook, course)

    def say(*verdicts: Verdict) -> None:
        monkeypatch.setattr(job, "starter", lambda rung, withheld: None)
        monkeypatch.setattr(job, "grade_all", lambda jobs, start: list(verdicts)[: len(jobs)])

    return say


@pytest.fixture
def best(submit, course):
    """The folder of ada's submission, of which an equal attempt is kept, where the best counts."""
    folder = submit("ada").parent
    shutil.copytree(folder, course / "attempts" / "ada" / TINY / "1")
    (course / "deadlines.yml").write_text(
        f"{TINY}: {{due: 2026-10-12 23:59 UTC, penalty: 0.1, attempts: best}}\n"
    )
    return folder


@pytest.fixture
def best_of_two(best, submit):
    """The same, and the submission is another one."""
    submit("ada", triple=WRONG)


def test_what_came_in_time_and_again_late_is_not_late_where_the_best_counts(
    best, grade, tell, course
):
    (course / "attempts" / "ada" / TINY / "1" / "timestamp.txt").write_text("2026-10-12 12:00 UTC")
    (best / "timestamp.txt").write_text("2026-10-13 12:00 UTC")
    shutil.copytree(best, course / "attempts" / "ada" / TINY / "2")
    tell(RIGHT, RIGHT)
    assert grade()["ada"]["penalty"] == 0


def test_a_fault_of_the_machine_on_any_attempt_is_tried_again(best_of_two, grade, tell, course):
    for verdicts in ((FAULT, RIGHT), (RIGHT, FAULT)):
        tell(*verdicts)
        row = grade(exit_code=1)["ada"]
        assert (row["score"], row["cached"], _graded(course)) == (100, False, set())
    tell(RIGHT, RIGHT)
    assert not grade()["ada"]["cached"]
    assert grade()["ada"]["cached"]


def test_a_fault_of_the_machine_forgets_what_was_known(submit, grade, tell, course):
    submit("ada")
    tell(RIGHT)
    grade()
    assert _graded(course) == {"ada"}
    tell(FAULT)
    grade("--force", exit_code=1)
    assert _graded(course) == set()


def test_an_attempt_that_waits_for_a_grade_ranks_above_one_that_is_refused(
    best_of_two, grade, tell
):
    waits = unmarked(POINTS, "not_graded", "graded by hand")
    tell(unmarked(POINTS, "refused", "too large"), waits)
    assert grade()["ada"]["status"] == "not_graded"


def test_a_folder_that_may_not_be_entered_is_refused(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError

    attempt = Attempt("ada", tmp_path, f"{TINY}.ipynb", None)
    with pytest.raises(RefusedError, match="rename it"):
        attempt.read()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(RefusedError, match="is not there"):
        attempt.read()
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", denied)
        with pytest.raises(RefusedError, match="hand in the notebook itself"):
            attempt.read()


def test_two_graders_do_not_write_at_once(submit, course, start_grading):
    submit("ada")
    with alone(course):
        _, said = start_grading().communicate(timeout=120)
    assert "expected no other grader at work here" in said


def test_a_process_that_outlives_the_grader_does_not_hold_its_place(course):
    with alone(course):
        left = get_context("fork").Process(target=time.sleep, args=(60,))
        left.start()
    try:
        with alone(course):
            assert left.is_alive()
    finally:
        left.kill()
        left.join()


def test_the_summary_says_what_happened_and_what_the_walls_miss(submit, course, capsys):
    submit("ada")
    submit("bob").write_text("hello")
    assert main(["grade", TINY]) == 0
    out = capsys.readouterr().out
    assert "ada                     100 / 100" in out
    assert "refused: 1 (" in out
    assert "sandbox: " in out


def by_hand(course, student, points):
    """Type points into each box of formgrader's page."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for entry in book.find_submission(TINY, student).notebooks[0].grades:
            entry.manual_score, entry.needs_manual_grade = points, False
        book.db.commit()


def test_what_was_confirmed_is_not_told_as_flagged_any_more(submit, course, capsys):
    forges = "import sys\nsys.modules['ilkit.grading.answer'].find = lambda name: abs\n"
    submit("eve", negate=f"{forges}def negate(x):\n    return x")
    assert main(["grade", TINY]) == 0
    assert "not exported until you confirm them: eve" in capsys.readouterr().out
    by_hand(course, "eve", 0)
    assert main(["grade", TINY]) == 0
    assert "confirm" not in capsys.readouterr().out


def test_who_was_graded_by_hand_is_not_told_as_ungraded_any_more(submit, course, tell, capsys):
    submit("ada")
    submit("bob")
    tell(unmarked(POINTS, "not_graded", "graded by hand", notebook='{"cells": []}'))
    assert main(["grade", TINY]) == 0
    assert "not graded: 2 (waits to be graded by hand): ada, bob" in capsys.readouterr().out
    by_hand(course, "ada", 10)
    assert main(["grade", TINY]) == 0
    assert "not graded: 1 (waits to be graded by hand): bob" in capsys.readouterr().out
    by_hand(course, "bob", 10)
    assert main(["grade", TINY]) == 0
    assert "not graded" not in capsys.readouterr().out


def test_a_grade_that_was_confirmed_and_waits_again_is_told(submit, course, tell, capsys):
    for name in ("ada", "eve", "mallory", "ron"):
        submit(name)
    flagged = replace(RIGHT, flags=("look at it",))
    tell(flagged)
    assert main(["grade", TINY]) == 0
    by_hand(course, "ada", 30)
    by_hand(course, "eve", 30)
    tell(RIGHT)
    assert main(["grade", TINY, "--student", "ron", "--force"]) == 0

    def regrade(*words):
        capsys.readouterr()
        assert main(["regrade", TINY, *words]) == 0
        return capsys.readouterr().out

    assert json.loads(regrade("--json"))["waiting_again"] == []
    source = course / "solutions" / TINY / f"{TINY}.py"
    source.write_text(source.read_text().replace("import torch", "import torch  # mended"))
    tell(flagged)
    told = regrade("--student", "eve")
    assert "wait for you again, not exported until you confirm them: eve\n" in told
    assert "no grade changed" not in told
    assert json.loads(regrade("--json"))["waiting_again"] == ["ada", "ron"]
    source.write_text(source.read_text().replace("mended", "mended again"))
    tell(unmarked(POINTS, "refused", "it is no notebook."))
    told = regrade("--student", "mallory")
    assert "mallory                 double: 30 -> not graded" in told
    assert "refused: 1 (it is no notebook): mallory" in told
    tell(flagged)
    assert regrade("--student", "eve").endswith(
        "no grade changed\nflagged, not exported until you confirm them: eve\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grade", "tinny"], "did you mean 'tiny'?"),
        (["grade", TINY, "--student", "adda"], "did you mean 'ada'?"),
        (["grade", TINY, "--jobs", "0"], "--jobs"),
    ],
)
def test_a_slip_in_the_command_is_told_in_one_sentence(submit, words, said, capsys):
    submit("ada")
    assert main(words) in (1, 2)
    assert said in capsys.readouterr().err


def test_a_served_folder_is_graded_as_it_fills(submit, start_grading, gradebook, course):
    submit("ada")
    grader = start_grading("--serve")
    try:
        for name in ("ada", "bob"):
            deadline = time.monotonic() + 120
            while name not in _graded(course):
                assert grader.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
            submit("bob", triple=WRONG)
    finally:
        grader.terminate()
        grader.wait(60)
    assert gradebook()["bob"]["scores"] == POINTS | {"triple": 0}


def _graded(course):
    return {path.stem for path in (course / "verdicts" / TINY).glob("*.json")}


def test_a_file_that_cannot_be_placed_leaves_nothing_beside(tmp_path):
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(IsADirectoryError):
        place(tmp_path / "grades.csv", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]
