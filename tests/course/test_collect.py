"""Collecting: what each system gives out is mapped by the roster, and nothing is ever lost."""

import contextlib
import io
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilkit.cli import main
from ilkit.errors import InputError
from ilkit.grading import downloads
from ilkit.grading.attempts import attempts as counted
from ilkit.grading.course import Course
from ilkit.grading.deadlines import Deadline
from ilkit.grading.intake import MAX_BYTES, RefusedError

SLUG, OTHER = "hw1-behavior-cloning", "hw2-compounding-error"
ROSTER = """id,First Name,last_name,email,canvas_id,moodle_id,SID
ada,Ada,Lovelace,ada@example.org,101,11,s1
bob,Bob,Ångström,bob@example.org,102,12,s2
eve,Eve,Adams,eve@example.org,103,13,s3
eve2,Eve,Adams,eve2@example.org,104,14,s4
"""


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course of two homeworks with a roster; the commands run there."""
    root = tmp_path / "course"
    for slug in (SLUG, OTHER):
        (root / "solutions" / slug).mkdir(parents=True)
        (root / "solutions" / slug / f"{slug}.py").touch()
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    (root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def collect(course, capsys):
    """collect(place) gives the exit code and the JSON document, with what was left by file."""

    def run(place: Path, *more: str):
        code = main(["collect", SLUG, str(place), "--json", *more])
        told = json.loads(capsys.readouterr().out)
        left = {one["file"]: one["reason"] for one in told["left"]}
        return code, {one["student"]: one["new"] for one in told["collected"]}, left, told["notes"]

    return run


@pytest.fixture
def download(tmp_path):
    """download({path: text}) is a folder with these files."""

    def write(files: dict[str, str], name: str = "download") -> Path:
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        return tmp_path / name

    return write


def submitted(course: Path, student: str) -> str:
    return (course / "submitted" / student / SLUG / f"{SLUG}.ipynb").read_text()


def stamp(course: Path, student: str) -> str | None:
    path = course / "submitted" / student / SLUG / "timestamp.txt"
    return path.read_text().strip() if path.exists() else None


def attempts(course: Path, student: str) -> list[str]:
    """The texts of all attempts, the earliest first."""
    folders = sorted((course / "attempts" / student / SLUG).iterdir())
    return [(folder / f"{SLUG}.ipynb").read_text() for folder in folders]


def everything(course: Path) -> dict[str, tuple[bytes, int]]:
    files = [p for p in course.rglob("*") if p.is_file()]
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def test_canvas(course, collect, download):
    files = {
        f"lovelaceada_101_900_{SLUG}-1.ipynb": "ada, second",
        f"lovelaceada_101_700_{SLUG}.ipynb": "ada, first",
        f"angstrombob_LATE_102_800_x_103_1_{SLUG}.ipynb": "bob, whose file claims to be eve's",
        "adamseve_103_801_answer.zip": "",
        "adamseve_104_802_hw2-compounding-error.ipynb": "",
        "stranger_999_803_a.ipynb": "",
        "notes.txt": "",
        "lovelaceada_101_500_Bob Builder_1_assignsubmission_file_x.txt": "a name of Moodle's",
    }
    code, new, left, notes = collect(download(files))
    assert (code, new) == (1, {"ada": 2, "bob": 1})
    assert submitted(course, "ada") == "ada, second"
    assert attempts(course, "ada") == ["ada, first", "ada, second"]
    assert stamp(course, "ada") is None
    assert "archive" in left["adamseve_103_801_answer.zip"]
    assert "named after hw2" in left["adamseve_104_802_hw2-compounding-error.ipynb"]
    assert "nobody in the roster" in left["stranger_999_803_a.ipynb"]
    assert "Canvas" in left["notes.txt"]
    assert len(left) == 5
    assert [note.split(":")[0] for note in notes] == ["bob"]


def test_a_canvas_download_of_before_does_not_replace_a_later_one(course, collect, download):
    collect(download({f"a_101_900_{SLUG}.ipynb": "second"}))
    assert collect(download({f"a_101_700_{SLUG}.ipynb": "first"}, "older"))[:2] == (0, {"ada": 1})
    assert submitted(course, "ada") == "second"
    collect(download({f"a_101_950_{SLUG}.ipynb": "first"}, "newer"))  # as it was at first
    assert submitted(course, "ada") == "first"
    assert attempts(course, "ada") == ["first", "second", "first"]


def test_moodle(course, collect, download):
    part = "assignsubmission"
    files = {
        f"Ada Lovelace_5_{part}_file_/{SLUG}.ipynb": "ada",
        f"Ada Lovelace_5_{part}_file_/scratch.ipynb": "",
        f"Ångström Bob_6_{part}_file_Ada Lovelace_5_{part}_file_x.ipynb": "bob, flat",
        f"Eve Adams_13_{part}_file_/{SLUG}.ipynb": "eve, by number",
        f"Eve Adams_7_{part}_file_/{SLUG}.ipynb": "",
        f"Participant_14_{part}_file_/{SLUG}.ipynb": "eve2, without a name",
        f"Ada Lovelace_5_{part}_onlinetext_/text.html": "",
    }
    code, new, left, _ = collect(download(files))
    assert (code, new) == (1, {"ada": 1, "bob": 1, "eve": 1, "eve2": 1})
    assert submitted(course, "bob") == "bob, flat"
    assert submitted(course, "eve") == "eve, by number"
    assert submitted(course, "eve2") == "eve2, without a name"
    told = {file.split("_")[1] + file[-9:-6]: reason for file, reason in left.items()}
    assert "another file" in told["5tch"]
    assert "two students" in told["7ing"]
    assert "typed into Moodle" in left[f"Ada Lovelace_5_{part}_onlinetext_/text.html"]


def test_gradescope(course, collect, download):
    metadata = """
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: S1
    :email: other@example.org
  - :name: Bob
    :sid: ''
    :email: BOB@example.org
  :created_at: 2026-10-12 20:00:00.000000000 Z
submission_2:
  :submitters:
  - :name: X
    :sid: x9
  - no mapping
  :created_at: 2026-10-12 20:00:00.000000000 -07:00
"""
    files = {"submission_metadata.yml": metadata}
    files |= {f"submission_{n}/answer.ipynb": f"from {n}" for n in (1, 2, 3)}
    files["submission_1/torch.py"] = ""
    code, new, left, _ = collect(download({f"export/{k}": v for k, v in files.items()}))
    assert (code, new, len(left)) == (1, {"ada": 1, "bob": 1}, 3)  # a group hands in for both
    assert submitted(course, "bob") == "from 1"
    assert stamp(course, "bob") == "2026-10-12 20:00:00.000000 UTC"
    assert "nobody" in left["export/submission_2/answer.ipynb"]
    assert "does not say whose" in left["export/submission_3/answer.ipynb"]
    assert "not a notebook" in left["export/submission_1/torch.py"]


def test_metadata_from_a_student_do_not_make_moodle_gradescope(course, collect, download):
    folder = "Ada Lovelace_5_assignsubmission_file_"
    files = {f"{folder}/{SLUG}.ipynb": "ada", f"{folder}/submission_metadata.yml": "ada: no"}
    code, new, left, _ = collect(download(files))
    assert (code, new) == (1, {"ada": 1})
    assert "not a notebook" in left[f"{folder}/submission_metadata.yml"]


def test_a_folder_from_a_student_does_not_make_the_exchange_moodle(course, collect, download):
    folder = f"ada+{SLUG}+2026-10-12 20:00:00 UTC+abc"
    inside = f"{folder}/Bob Builder_1_assignsubmission_file_/draft.ipynb"
    code, new, left, _ = collect(download({f"{folder}/{SLUG}.ipynb": "ada", inside: "no"}))
    assert (code, new) == (1, {"ada": 1})
    assert "another file" in left[inside]


def test_the_exchange(course, collect, download):
    first, second = "2026-10-12 20:00:00.5 UTC", "2026-10-13 20:00:00.5 UTC"
    files = {
        f"ada+{SLUG}+{second}+abc/{SLUG}.ipynb": "second",
        f"ada+{SLUG}+{first}+xyz/{SLUG}.ipynb": "first",
        f"ada+{SLUG}+{first}+xyz/timestamp.txt": "1999-01-01 00:00:00 UTC",
        f"ada+{OTHER}+{first}+xyz/{OTHER}.ipynb": "another homework",
        f"zoe+{SLUG}+{first}+abc/{SLUG}.ipynb": "",
    }
    code, new, left, _ = collect(download(files))
    assert (code, new, len(left)) == (1, {"ada": 2}, 1)
    assert (submitted(course, "ada"), attempts(course, "ada")) == ("second", ["first", "second"])
    assert stamp(course, "ada") == "2026-10-13 20:00:00.500000 UTC"
    assert sorted(p.name for p in (course / "attempts" / "ada" / SLUG).iterdir()) == [
        "2026-10-12T200000Z",
        "2026-10-13T200000Z",
    ]


def test_a_folder_of_another_students_in_the_exchange_is_not_believed(course, tmp_path):
    from ilkit.grading.sources import exchange

    name = f"ada+{SLUG}+2026-10-12 20:00:00 UTC+abc/{SLUG}.ipynb"
    theirs = name.replace("ada", "eve")
    files = [
        downloads.File(downloads.PurePosixPath(path), bytes, owner="eve") for path in (name, theirs)
    ]
    left, found = exchange(files, None, SLUG)
    assert "belongs to eve, not to ada" in left.reason
    assert found.student == "eve"


def test_a_plain_folder_needs_no_roster(course, collect, download):
    (course / "roster.csv").unlink()
    files = {
        "ada.ipynb": "ada",
        f"bob/{SLUG}.ipynb": "bob",
        "bob/timestamp.txt": "2026-10-12 20:00:00 UTC",
        f"eve/{SLUG}/{SLUG}.ipynb": "eve",
        f"eve/{OTHER}/{OTHER}.ipynb": "another homework",
        f"-rf/{SLUG}.ipynb": "",
        f"a b/{SLUG}.ipynb": "",
        f"zoe/{SLUG}.ipynb": "",
        "zoe/timestamp.txt": "some day",
        "two/a.ipynb": "",
        "two/b.ipynb": "",
        # Names of Gradescope, Canvas and Moodle, in one student's folder: they say nothing.
        "bob/submission_metadata.yml": "x: y",
        "bob/lovelaceada_101_900_notes.txt": "",
        "bob/Ada Lovelace_5_assignsubmission_file_/notes.txt": "",
    }
    code, new, left, _ = collect(download(files))
    assert (code, new) == (1, {"ada": 1, "bob": 1, "eve": 1})
    assert stamp(course, "bob") == "2026-10-12 20:00:00.000000 UTC"
    assert "not named after a student" in left[f"-rf/{SLUG}.ipynb"]
    assert "not named after a student" in left[f"a b/{SLUG}.ipynb"]
    assert "time of handing in" in left[f"zoe/{SLUG}.ipynb"]
    assert "several notebooks" in left["two/a.ipynb"]
    assert len(left) == 7


def test_a_time_at_the_end_of_time_is_one_or_is_left(course, collect, download):
    files = {f"{student}/{SLUG}.ipynb": student for student in ("ada", "bob")}
    files["ada/timestamp.txt"] = "9999-12-31 23:59:59 UTC"
    files["bob/timestamp.txt"] = "9999-12-31 23:59:59 -1000"  # in UTC it would be the year 10000
    code, new, left, _ = collect(download(files))
    assert (code, new) == (1, {"ada": 1})
    assert stamp(course, "ada") == "9999-12-31 23:59:59.000000 UTC"
    assert "time of handing in" in left[f"bob/{SLUG}.ipynb"]


def test_who_is_late_without_a_time_is_told_until_there_is_one(course, collect, download):
    names = [f"a_LATE_101_{number}_{SLUG}.ipynb" for number in (900, 901)]
    folder = download(dict.fromkeys(names, "ada"))
    for _ in range(2):
        [note] = collect(folder)[3]
        assert note.startswith("ada: marked as late, and nobody says when")
    (course / "submitted" / "ada" / SLUG / "timestamp.txt").write_text("2026-10-12 20:00:00 UTC")
    assert collect(folder)[3] == []


@pytest.fixture
def closed(monkeypatch):
    """closed(path): nobody may read it, not even root, for whom permissions count nothing."""

    refused = set()

    def refuse(real):
        def opening(place, *more, **named):
            if str(place) in refused:
                raise PermissionError(13, "Permission denied", str(place))
            return real(place, *more, **named)

        return opening

    for module, name in ((os, "scandir"), (io, "open")):
        monkeypatch.setattr(module, name, refuse(getattr(module, name)))
    return lambda path: refused.add(str(path))


def test_what_is_closed_to_us_is_told_and_is_not_empty(course, download, closed, capsys):
    folder = download({f"ada/{SLUG}.ipynb": "ada", f"bob/{SLUG}.ipynb": "bob"})
    closed(folder / "bob")
    assert main(["collect", SLUG, str(folder)]) == 1
    out = capsys.readouterr().out
    assert "1 student, 1 new attempt, 1 file not collected" in out
    assert "not collected: bob: Permission denied; mend the folder's permissions" in out
    archive = course / "download.zip"
    archive.write_bytes(packed([("ada.ipynb", b"ada")]))
    for place in (folder, course / "deadlines.yml", archive, course / "roster.csv"):
        place.exists() or place.touch()
        closed(place)
        assert main(["collect", SLUG, str(folder if place == folder else archive)]) == 1
        assert f"ilkit: {place}: Permission denied; mend its" in capsys.readouterr().err


def test_the_same_twice_changes_nothing(course, collect, download):
    folder = download({f"a_101_900_{SLUG}.ipynb": "ada", f"b_102_901_{SLUG}.ipynb": "bob"})
    assert collect(folder)[:2] == (0, {"ada": 1, "bob": 1})
    (course / "submitted" / "ada" / SLUG / "timestamp.txt").write_text("2026-10-12 20:00:00 UTC")
    before = everything(course)
    assert collect(folder)[:2] == (0, {"ada": 0, "bob": 0})
    assert everything(course) == before


def test_where_the_best_attempt_counts_the_latest_is_not_counted_twice(course, collect, download):
    """Its time is written in submitted/ alone, if a person wrote it."""
    collect(download({f"a_101_{n}_{SLUG}.ipynb": f"attempt {n}" for n in (700, 800, 900)}))
    (course / "submitted" / "ada" / SLUG / "timestamp.txt").write_text("2026-10-12 20:00:00 UTC")
    (course / "attempts" / "ada" / SLUG / ".half-written").mkdir()
    found = list(counted(Course(course), SLUG, "ada", Deadline(attempts="best")))
    assert [attempt.read() for attempt in found] == [b"attempt 900", b"attempt 700", b"attempt 800"]
    assert [attempt.at is None for attempt in found] == [False, True, True]
    [latest] = counted(Course(course), SLUG, "ada", Deadline())
    assert latest.read() == b"attempt 900"


def test_what_was_changed_by_hand_is_kept_and_stays(course, collect, download):
    place = course / "submitted" / "ada" / SLUG / f"{SLUG}.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text("put there by hand")
    os.utime(place, (1, 1))
    folder = download({"ada.ipynb": "collected"})
    collect(folder)
    assert attempts(course, "ada") == ["put there by hand", "collected"]
    place.write_text("mended")
    os.utime(place, (4e9, 4e9))
    collect(folder)
    assert submitted(course, "ada") == "mended"
    assert attempts(course, "ada") == ["put there by hand", "collected", "mended"]


def test_a_time_that_was_written_by_hand_stays_with_what_was_mended(course, collect, download):
    folder = download({"ada.ipynb": "collected"})
    collect(folder)
    place = course / "submitted" / "ada" / SLUG / f"{SLUG}.ipynb"
    (place.parent / "timestamp.txt").write_text("2026-10-05 10:00:00 UTC\n")
    place.write_text("mended")
    os.utime(place, (4e9, 4e9))
    collect(folder)
    assert submitted(course, "ada") == "mended"
    assert "10:00:00" in (place.parent / "timestamp.txt").read_text()


def test_a_run_that_was_killed_is_put_right_by_the_next(course, collect, download):
    files = {f"ada/{SLUG}.ipynb": "ada", "ada/timestamp.txt": "2026-10-12 20:00:00 UTC"}
    folder = download(files)
    collect(folder)
    whole = {path: content for path, (content, _) in everything(course).items()}
    for path in (course / "submitted" / "ada" / SLUG).iterdir():
        path.unlink()
        collect(folder)
        assert {path: content for path, (content, _) in everything(course).items()} == whole
    beside = course / "attempts" / "ada" / SLUG / ".half-written"
    beside.mkdir()
    assert collect(folder)[:2] == (0, {"ada": 0})


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("id,email\nada,a@b\n", "canvas_id: expected this column"),
        ("name\nada\n", "id: expected this column"),
        ("id,canvas_id\nada,1\nADA,2\n", "id: ada stands there twice"),
        ("id,canvas_id\nada,1\nbob,1\n", "canvas_id: 1 stands there twice"),
        ("id,canvas_id\n../x,1\n", "id: expected letters"),
        ("id,canvas_id\n\xff", None),
    ],
)
def test_a_roster_that_will_not_do_is_told_in_one_sentence(course, download, capsys, roster, said):
    folder = download({f"a_101_900_{SLUG}.ipynb": ""})
    (course / "roster.csv").write_text(roster, encoding="latin-1" if said is None else "utf-8")
    assert main(["collect", SLUG, str(folder)]) == 1
    error = capsys.readouterr().err
    assert (said or "expected UTF-8") in error
    assert error.count("\n") == 1
    (course / "roster.csv").unlink()
    assert main(["collect", SLUG, str(folder)]) == 1
    assert "roster.csv: expected one to map what Canvas" in capsys.readouterr().err


def test_a_roster_from_a_spreadsheet_is_read(course, collect, download):
    text = "﻿ID;Canvas ID;First Name\nada;101;Ada\n"
    (course / "roster.csv").write_text(text, encoding="utf-8")
    assert collect(download({f"a_101_900_{SLUG}.ipynb": ""}))[:2] == (0, {"ada": 1})


@pytest.mark.parametrize("stranger", ["adda", "Ada"])
def test_an_extension_for_a_stranger_is_told(course, collect, download, stranger):
    extensions = f"extensions: {{ada: +1 day, {stranger}: +1 day}}"
    text = f"{SLUG}: {{due: 2026-10-12T23:59+02:00, {extensions}}}"
    (course / "deadlines.yml").write_text(text)
    [note] = collect(download({"ada.ipynb": ""}))[3]
    assert note.endswith(f"no student {stranger} stands in the roster")


def test_a_name_in_other_letters_is_the_rosters(course, collect, download):
    code, new, *_ = collect(download({"ADA.ipynb": "", f"Bob/{SLUG}.ipynb": ""}))
    assert (code, new) == (0, {"ada": 1, "bob": 1})


def packed(entries: list[tuple[zipfile.ZipInfo | str, bytes]], **how) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **how) as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return stream.getvalue()


def mode(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


@pytest.fixture
def zipped(tmp_path):
    def write(data: bytes) -> Path:
        (tmp_path / "download.zip").write_bytes(data)
        return tmp_path / "download.zip"

    return write


def test_a_zip_file_is_mapped_as_a_folder_is(course, collect, zipped):
    umlaut = f"Bob Ångström_6_assignsubmission_file_/{SLUG}.ipynb"
    data = packed([(umlaut, b"bob")])
    assert collect(zipped(data))[:2] == (0, {"bob": 1})
    assert submitted(course, "bob") == "bob"
    silent = umlaut.encode().decode("cp437")  # UTF-8 that does not say so
    plain = packed([("x" * len(umlaut.encode()), b"bob again")])
    data = plain.replace(b"x" * len(umlaut.encode()), silent.encode("cp437"))
    assert collect(zipped(data))[:2] == (0, {"bob": 1})
    assert submitted(course, "bob") == "bob again"


@pytest.mark.parametrize("order", [1, -1])
def test_the_outermost_metadata_of_gradescope_say_whose_a_file_is(course, collect, zipped, order):
    says = "{0}:\n  :submitters:\n  - :sid: {1}\n  :created_at: 2026-10-12 20:00:00 Z\n"
    files = [
        ("export/submission_metadata.yml", says.format("submission_1", "s1").encode()),
        (f"export/submission_1/{SLUG}.ipynb", b"ada"),
        (
            "export/submission_1/submission_metadata.yml",
            says.format(f"{SLUG}.ipynb", "s2").encode(),
        ),
    ]
    code, new, left, _ = collect(zipped(packed(files[::order])))
    assert (code, new) == (1, {"ada": 1})
    assert list(left) == ["export/submission_1/submission_metadata.yml"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_zip_file_leads_elsewhere_or_unpacks_for_ever(course, collect, zipped, tmp_path):
    names = ["../evil.ipynb", "/evil.ipynb", "a/../../evil.ipynb", "C:evil.ipynb", "a\\evil.ipynb"]
    entries = [(zipfile.ZipInfo("x"), b"evil") for _ in names]
    for (info, _), name in zip(entries, names, strict=True):
        info.filename = name
    entries += [
        (mode("ada.ipynb", stat.S_IFLNK), b"/etc/passwd"),
        (mode("bob.ipynb", stat.S_IFIFO), b""),
        ("eve.ipynb", b"\0" * 19_000_000),  # a bomb
        ("eve2.ipynb", b"one"),
        ("eve2.ipynb", b"two"),
        ("0ul.ipynb", b""),
        ("\x1b[2Jclear.ipynb", b""),
    ]
    odd = mode("odd.ipynb", stat.S_IFREG)
    odd.compress_type = zipfile.ZIP_LZMA
    entries.append((odd, b""))
    data = packed(entries, compression=zipfile.ZIP_DEFLATED)
    code, new, left, _ = collect(zipped(data.replace(b"0ul", b"\0ul")))
    assert "not named after" in left["\0ul.ipynb"]
    assert "unusual way" in left["odd.ipynb"]
    assert (code, new) == (1, {})
    reasons = sorted(left.values())
    assert sum("leads out" in reason for reason in reasons) == len(names)
    assert "link" in left["ada.ipynb"]
    assert "link or a device" in left["bob.ipynb"]
    assert "far more" in left["eve.ipynb"]
    assert "two files" in left["eve2.ipynb"]
    assert not (course / "submitted").exists()
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_file_that_lies_or_is_damaged_gives_one_sentence(course, collect, zipped, capsys):
    data = packed([("ada.ipynb", b"secret" * 99), ("bob.ipynb", b"well")])
    encrypted = data.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0", 1)
    code, new, left, _ = collect(zipped(encrypted))
    assert (code, new) == (1, {"bob": 1})
    assert "encrypted" in left["ada.ipynb"]
    code, new, left, _ = collect(zipped(data.replace(b"secret", b"sacred", 1)))
    assert (code, new) == (1, {"bob": 0})
    assert "damaged" in left["ada.ipynb"]
    for broken in (b"", b"PK", data[:-30], b"\x1f\x8b"):
        assert main(["collect", SLUG, str(zipped(broken))]) == 1
        assert "expected a folder or a zip file" in capsys.readouterr().err


def test_a_zip_file_has_bounds(course, zipped, capsys, monkeypatch):
    place = zipped(packed([("ada.ipynb", b"x"), ("bob.ipynb", b"x")]))
    for name in ("MAX_FILES", "MAX_TOTAL"):
        monkeypatch.setattr(downloads, name, 1)
        assert main(["collect", SLUG, str(place)]) == 1
        assert "got 2 files" in capsys.readouterr().err
        monkeypatch.undo()
        monkeypatch.chdir(course)


def test_links_in_a_folder_are_not_followed(course, collect, download, tmp_path):
    folder = download({f"bob/{SLUG}.ipynb": "bob"})
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / f"{SLUG}.ipynb").write_text("the reference solution")
    (folder / "ada.ipynb").symlink_to(secret / f"{SLUG}.ipynb")
    (folder / "eve").symlink_to(secret)
    os.link(secret / f"{SLUG}.ipynb", folder / "eve2.ipynb")
    code, new, left, _ = collect(folder)
    assert (code, new) == (1, {"bob": 1})
    assert set(left) == {"ada.ipynb", "eve", "eve2.ipynb"}
    assert "hard link" in left["eve2.ipynb"]


def test_the_report_is_told_in_lines(course, download, capsys):
    assert main(["collect", SLUG, str(download({"ada.ipynb": "", "zoe\x1b.ipynb": ""}))]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"{SLUG}: 1 student, 1 new attempt, 1 file not collected"
    assert out[1].startswith("  not collected: zoe\\x1b.ipynb: ")
    assert main(["collect", SLUG, "nowhere"]) == 1
    assert "nowhere: expected a folder or a zip file" in capsys.readouterr().err
    assert main(["collect", SLUG, ".", "--from", "canvass"]) == 2
    assert "did you mean 'canvas'" in capsys.readouterr().err
    assert main(["collect", SLUG, ".", "--from", "blackboard"]) == 2
    assert "auto" not in capsys.readouterr().err  # no help names it


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 50),
)
def test_no_bytes_of_a_zip_file_do_more_than_be_refused(tmp_path, changes, cut):
    entries = [("a/ada.ipynb", b"x" * 50), (mode("b.ipynb", stat.S_IFLNK), b"y"), ("é/c", b"z")]
    data = bytearray(packed(entries, compression=zipfile.ZIP_DEFLATED))
    for at, value in changes:
        data[at % len(data)] = value
    (tmp_path / "fuzzed.zip").write_bytes(data[: len(data) - cut])
    try:
        found, _ = downloads.files(tmp_path / "fuzzed.zip")
    except InputError:
        return
    for file in found:
        with contextlib.suppress(RefusedError):
            assert len(file.read()) <= MAX_BYTES
