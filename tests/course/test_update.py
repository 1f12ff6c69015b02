"""`ilkit update` moves a student's work into a homework that was mended, and loses nothing."""

import copy
import json
import os
import subprocess
import sys

import nbformat
import pytest

from ilkit.cli import main
from ilkit.grading.release import release
from ilkit.grading.update import merge, read

IMAGE = {"plot.png": {"image/png": "aGk="}}


def cell(id: str, source: str, **more):
    """A cell of a release; nbgrader's checksum of a stub is not at hand."""
    given = {"grade_id": id, "grade": False, "solution": False, "locked": True, **more}
    metadata = {"nbgrader": given, "deletable": False, "editable": False}
    made = {"cell_type": "code", "id": id, "metadata": metadata, "source": source}
    return {**made, "outputs": [], "execution_count": None}


def own(source: str, kind: str = "code"):
    return {"cell_type": kind, "metadata": {"tags": ["mine"]}, "source": [source]}


@pytest.fixture
def save(tmp_path):
    """Write a homework of these cells; its path."""

    def write(name: str, *cells, slug: str = "hw", parts: int = 1):
        metadata = {"ilkit": {"slug": slug, "parts": {"a": parts}}}
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
        path = tmp_path / name
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    return write


@pytest.fixture
def update(capsys):
    """Run the command; what it says, as data."""

    def command(path, to):
        assert main(["update", str(path), "--to", str(to), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return command


def texts(path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def answer(id: str, source: str):
    return cell(id, source, solution=True, locked=False)


def test_work_moves_and_the_old_file_stays(save, update):
    old = save(
        "hw.ipynb",
        own("before = 1"),
        cell("setup", "size = 3"),
        answer("a", "a = 'mine π'"),
        own("helper = 1"),
        own("My notes", "markdown"),
        answer("gone", "gone = 1"),
    )
    was = old.read_bytes()
    new = save(
        "new.ipynb",
        cell("setup", "size = 4"),
        cell("text", "more"),
        answer("a", ""),
        answer("b", ""),
    )
    told = update(old, new)
    kept = old.with_name("hw.before-update.ipynb")
    assert told == {
        "schema": 1,
        "kept": str(kept),
        "moved": ["a"],
        "unwritten": [],
        "new": ["b"],
        "gone": ["gone"],
    }
    assert kept.read_bytes() == was
    assert texts(old) == [
        *("before = 1", "size = 4", "more", "a = 'mine π'"),
        *("helper = 1", "My notes", "gone = 1", ""),
    ]
    cells = json.loads(old.read_text("utf-8"))["cells"]
    assert [c["metadata"] for c in cells[4:7]] == [{"tags": ["mine"]}, {"tags": ["mine"]}, {}]
    assert len({c["id"] for c in cells}) == len(cells)
    assert os.listdir(old.parent).count("hw.ipynb") == 1
    assert len(os.listdir(old.parent)) == 3


def test_once_more_changes_nothing_and_another_time_keeps_another_copy(save, update):
    old = save("hw.ipynb", cell("t", "1"), answer("a", "mine"))
    new = save("new.ipynb", cell("t", "2"), answer("a", ""))
    assert update(old, new)["kept"].endswith("hw.before-update.ipynb")
    was = old.read_bytes()
    assert update(old, new)["kept"] is None
    assert old.read_bytes() == was
    newer = save("newer.ipynb", cell("t", "2"), answer("a", ""), parts=2)
    assert update(old, newer)["kept"].endswith("hw.before-update-2.ipynb")
    assert json.loads(old.read_text("utf-8"))["metadata"]["ilkit"]["parts"] == {"a": 2}


def test_a_stub_that_nobody_filled_in_makes_room_for_the_mended_one(hw1, tmp_path):
    old, new = tmp_path / "old.ipynb", tmp_path / "new.ipynb"
    given = release(hw1)
    nbformat.write(given, old)
    mended = copy.deepcopy(given)
    for each in mended.cells:
        if each.id in ("train", "tabular"):
            each.source += "  # mended"
    nbformat.write(mended, new)
    written = json.loads(old.read_text("utf-8"))
    for each in written["cells"]:
        if each["id"] == "tabular":
            each["source"] = "my_table = 1"
    old.write_text(json.dumps(written), encoding="utf-8")
    raw, report = merge(read(old), read(new))
    assert report.moved == ["tabular"]
    assert len(report.unwritten) == len(read(new).answers) - 1
    now = {each["id"]: "".join(each["source"]) for each in raw["cells"]}
    assert now["train"].endswith("# mended")
    assert now["tabular"] == "my_table = 1"


def test_pictures_in_a_written_answer_stay(save, update):
    written = {**answer("a", "![](attachment:plot.png)"), "cell_type": "markdown"}
    old = save("hw.ipynb", {**written, "attachments": IMAGE})
    new = save("new.ipynb", cell("t", "2"), {**written, "source": "YOUR ANSWER HERE"})
    update(old, new)
    assert json.loads(old.read_text("utf-8"))["cells"][1]["attachments"] == IMAGE


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.ipynb", None, "found no file"),
        ("odd.ipynb", "{", "not JSON"),
        ("odd.ipynb", '{"nbformat": 4, "cells": []}', "got another notebook"),
        ("odd.ipynb", '{"nbformat": 4, "cells": [], "x": ' + "1" * 5000 + "}", "integer"),
    ],
)
def test_other_files_are_refused_in_one_sentence(save, capsys, name, content, said):
    new = save("new.ipynb", answer("a", ""))
    path = new.with_name(name)
    if content:
        path.write_text(content)
    for words in ([path, "--to", new], [new, "--to", path]):
        assert main(["update", *map(str, words)]) == 1
        printed = capsys.readouterr().err
        assert said in printed
        assert printed.count("\n") == 1


def test_the_release_of_another_homework_is_refused(save, capsys):
    old, new = save("hw.ipynb", answer("a", "x")), save("new.ipynb", answer("a", ""), slug="other")
    assert main(["update", str(old), "--to", str(new)]) == 1
    assert "expected a release of hw, got one of other" in capsys.readouterr().err


def test_a_file_that_cannot_be_replaced_stays_as_it_was(save, capsys, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    old, new = save("hw.ipynb", answer("a", "x")), save("new.ipynb", cell("t", ""), answer("a", ""))
    was = old.read_bytes()
    monkeypatch.setattr(os, "replace", refuse)
    assert main(["update", str(old), "--to", str(new)]) == 1
    assert "Permission denied; close it in Jupyter" in capsys.readouterr().err
    assert old.read_bytes() == was
    assert not [name for name in os.listdir(old.parent) if name.startswith(".")]


def test_a_student_needs_neither_nbgrader_nor_nbformat_for_it():
    lacking = (
        "import sys; sys.modules |= dict.fromkeys(['nbgrader', 'nbformat', 'jupytext', 'torch'])"
    )
    subprocess.run([sys.executable, "-c", f"{lacking}; import ilkit.grading.update"], check=True)
