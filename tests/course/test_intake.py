"""The intake reads plain files alone, and lets through nothing but the text of cells."""

import contextlib
import json
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilkit.grading import intake
from ilkit.grading.intake import Cell, RefusedError, beside, only_plain_files, parse, read

ANSWER = {
    "cell_type": "code",
    "id": "mine",
    "metadata": {"nbgrader": {"grade_id": "a", "solution": True, "points": 99}, "tags": ["x"]},
    "outputs": [{"output_type": "stream", "name": "stdout", "text": "forged"}],
    "execution_count": 1,
    "source": ["x = 1\n", "y = 2"],
}


def notebook(*cells, **more) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells, **more}).encode()


def test_text_and_grade_id_are_all_that_is_let_through():
    words = {"cell_type": "raw", "source": "π", "metadata": [], "attachments": {"a.png": {}}}
    locked = {**ANSWER, "metadata": {"nbgrader": {"grade_id": "b", "solution": "yes"}}}
    assert parse(notebook(ANSWER, words, locked)) == [
        Cell("code", "x = 1\ny = 2", "a"),
        Cell("markdown", "π"),
        Cell("code", "x = 1\ny = 2", "b", locked=True),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + notebook(ANSWER),
        notebook(ANSWER, nbformat_minor=99),
        notebook(ANSWER, nbformat_minor="five", metadata=None),
        notebook(ANSWER).replace(b'"execution_count": 1', b'"execution_count": ' + b"9" * 100_000),
        notebook(ANSWER).replace(b'"execution_count": 1', b'"execution_count": [NaN, -Infinity]'),
    ],
    ids=["mark of byte order", "minor version", "types", "huge number", "no number"],
)
def test_oddities_that_play_no_part_are_passed_over(data):
    assert parse(data) == [Cell("code", "x = 1\ny = 2", "a")]


def test_what_runs_is_what_was_written():
    text = "a\u202eb\x00\r\n\u2028\U0001f600\ufeff"
    assert parse(notebook({**ANSWER, "source": text}))[0].source == text
    assert parse(notebook({**ANSWER, "source": "a\ud800b"}))[0].source == "a\ufffdb"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{\x00", "not UTF-8"),
        (b"\xed\xa0\x80", "not UTF-8"),
        (b"PK\x03\x04", "not JSON"),
        (b'{"a": 1, "a": 2}', "one thing twice"),
        (notebook(ANSWER)[:-2], "not JSON"),
        (b"[1]", "nbformat 4"),
        (b'{"nbformat": true}', "nbformat 4"),
        (b'{"nbformat": 3, "worksheets": []}', "nbformat 4"),
        (b'{"nbformat": 5, "cells": []}', "nbformat 4"),
        (b'{"nbformat": 4}', "list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "list of cells"),
        (notebook(ANSWER, 3), "cell 2"),
        (notebook({"cell_type": "code"}), "cell 1"),
        (notebook({**ANSWER, "cell_type": 3}), "cell 1"),
        (notebook({**ANSWER, "source": ["x", 3]}), "cell 1"),
        (notebook({**ANSWER, "source": {"x": 3}}), "cell 1"),
        (notebook(*[ANSWER] * (intake.MAX_CELLS + 1)), "cells; delete"),
        (notebook({**ANSWER, "source": "x" * intake.MAX_TEXT}, ANSWER), "characters"),
        (b"[" * (intake.MAX_DEPTH + 1), "nests"),
        (b"[" * intake.MAX_BYTES, "nests"),
        (b'{"a":' * (intake.MAX_BYTES // 5), "nests"),
        (b"[" + b"[]," * intake.MAX_BRACKETS + b"1]", "nests or repeats"),
        (b'"' + b'\\"' * (intake.MAX_BYTES // 2 - 1), "not JSON"),
        (b" " * (intake.MAX_BYTES + 1), "larger than 20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_refused_in_one_sentence(data, said):
    with pytest.raises(RefusedError) as refused:
        parse(data)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("inside", ['"[[["', r'"\"[[["', r'"\\\"[[["', r'"[[[\\"'])
def test_brackets_in_texts_do_not_count(inside, monkeypatch):
    monkeypatch.setattr(intake, "MAX_DEPTH", 2)
    with pytest.raises(RefusedError, match="nbformat"):
        parse(f"[[{inside}]]".encode())
    with pytest.raises(RefusedError, match="nests"):
        parse(f"[[{inside}, []]]".encode())


def test_no_depth_reaches_the_parser(monkeypatch):
    monkeypatch.setattr(intake, "MAX_DEPTH", intake.MAX_BYTES)
    with pytest.raises(RecursionError):  # what the count of brackets is there for
        parse(b"[" * 100_000)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    max_leaves=10,
)
cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]) | anything},
    optional={
        "source": st.text() | st.lists(st.text()) | anything,
        "metadata": st.fixed_dictionaries({"nbgrader": st.dictionaries(st.text(), anything)})
        | st.just({"nbgrader": {"grade_id": "a"}})
        | anything,
    },
)
notebooks = st.fixed_dictionaries({"nbformat": st.just(4) | anything, "cells": st.lists(cells)})


@given(st.binary() | (notebooks | anything).map(lambda x: json.dumps(x).encode()))
def test_whatever_comes_is_cells_or_refused(data):
    with contextlib.suppress(RefusedError):
        for cell in parse(data):
            assert cell.kind in {"code", "markdown"}
            assert (type(cell.source), type(cell.grade_id)) == (str, str)
            cell.source.encode()


@pytest.fixture
def work(tmp_path):
    """The folder where a student's homework lies."""
    folder = tmp_path / "submitted" / "student" / "hw"
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    return folder


def test_a_plain_file_is_read(work):
    (work / "hw.ipynb").write_bytes(b"text")
    assert read(work / "hw.ipynb") == b"text"


def link(path):
    path.symlink_to(path.parents[3] / "secret")


def dangling(path):
    path.symlink_to("nowhere")


def hard_link(path):
    os.link(path.parents[3] / "secret", path)


def socket_file(path):
    with socket.socket(socket.AF_UNIX) as sock, contextlib.chdir(path.parent):
        sock.bind(path.name)


def device(path):
    path.symlink_to("/dev/zero")


def large(path):
    with path.open("wb") as file:
        file.truncate(intake.MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (link, "hw.ipynb is a link"),
        (dangling, "hw.ipynb is a link"),
        (hard_link, "hard link"),
        (os.mkfifo, "is no plain file"),
        (os.mkdir, "is no plain file"),
        (socket_file, "is no plain file"),
        (device, "is a link"),
        (large, "larger than 20 MB"),
        (lambda path: None, "is not there"),
    ],
)
def test_nothing_but_a_plain_file_is_read(work, make, said):
    make(work / "hw.ipynb")
    with pytest.raises(RefusedError, match=said):
        read(work / "hw.ipynb")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_a_device_is_not_read(work):
    os.mknod(work / "hw.ipynb", 0o20666, os.makedev(1, 5))  # /dev/zero
    with pytest.raises(RefusedError, match="is no plain file"):
        read(work / "hw.ipynb")


@pytest.mark.parametrize("depth", [0, 1])
def test_no_folder_below_submitted_may_be_a_link(work, depth):
    (work / "hw.ipynb").write_bytes(b"text")
    folder = (work, *work.parents)[depth]
    folder.rename(folder.with_name("other"))
    folder.symlink_to("other")
    with pytest.raises(RefusedError, match=f"{folder.name} is a link"):
        read(work / "hw.ipynb")


def test_a_course_may_lie_behind_a_link(work, tmp_path):
    (work / "hw.ipynb").write_bytes(b"text")
    (tmp_path / "alias").symlink_to("submitted")
    assert read(tmp_path / "alias" / "student" / "hw" / "hw.ipynb") == b"text"


def test_files_beside_the_notebook_are_told(work):
    for name in ("hw.ipynb", "timestamp.txt", "torch.py", "a\nb\u202e"):
        (work / name).touch()
    assert beside(work, {"hw.ipynb"}) == [
        r"a\nb\u202e was not used: only the notebook is graded.",
        "torch.py was not used: only the notebook is graded.",
    ]
    for number in range(20):
        (work / f"{number:02}").touch()
    assert len(beside(work, {"hw.ipynb"})) == 11
    assert beside(work, {"hw.ipynb"})[-1].startswith("12 more files")


@pytest.mark.parametrize("make", [link, hard_link, dangling, os.mkfifo, socket_file])
def test_a_folder_that_stock_nbgrader_would_copy_holds_plain_files(work, make):
    (work / "data").mkdir()
    (work / "data" / "file").touch()
    only_plain_files(work)
    make(work / "odd")
    with pytest.raises(RefusedError, match="odd is a link or no plain file"):
        only_plain_files(work)
