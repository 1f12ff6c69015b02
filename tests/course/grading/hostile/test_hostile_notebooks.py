"""Notebooks and folders that are not what the homework handed out: graded as it was, or refused."""

import json
import os
import shutil
import threading

import pytest
from hostile_notebooks import BESIDE, GRADED, NAMES, PASSES, REFUSED, UNUSABLE
from hostile_report import POINTS, graded, neighbours
from hostile_target import SLUG

from ilkit.cli import main

ATTACKS = ()
WORDS = ("--timeout", "100")


def slug(name):
    return name.replace(" ", "-")


def hand_in(target):
    for name, change in GRADED.items():
        path = target.submit(slug(name), attack=PASSES)
        notebook = json.loads(path.read_text())
        change(notebook)
        path.write_text(json.dumps(notebook))
    for name, change in REFUSED.items():
        change(target.submit(slug(name)), target)
    for name in NAMES:
        target.submit(name, attack=PASSES)
    path = target.submit("files-beside", attack=PASSES)
    for name in BESIDE:
        (path.parent / name).write_text("raise SystemExit")
    os.mkfifo(path.parent / "pipe")
    (path.parent / "secret").symlink_to(target.home / ".ssh" / "id_rsa")


@pytest.mark.parametrize("name", [*map(slug, GRADED), *NAMES, "files-beside"])
def test_nothing_in_a_notebook_earns_a_point(name, report):
    assert report.rows[name]["status"] == "graded"
    scores = report.scores(name)
    assert scores["attack"] == 0
    parts = {part["id"]: part["max"] for part in report.rows[name]["parts"]}
    assert parts == POINTS
    missing = {"everything-is-gone": set(POINTS)}
    assert {part for part in POINTS if scores[part] != POINTS[part]} == missing.get(
        name, {"attack"}
    )


@pytest.mark.parametrize("name", [slug(name) for name in REFUSED])
def test_what_is_no_notebook_is_refused_and_not_zero(name, report):
    row = report.rows[name]
    assert (row["status"], row["score"]) == ("refused", None)
    assert row["reason"].endswith(".")
    assert not any("id_rsa" in note for note in row["notes"])


def test_what_lies_beside_a_notebook_is_named_and_not_used(report):
    notes = " ".join(report.rows["files-beside"]["notes"])
    assert all(name in notes for name in ("torch.py", "sitecustomize.py", "pipe", "secret"))


def test_it_harms_nobody(check, report):
    assert list(check(report)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_has_its_own_page(name, report, monkeypatch, capsys):
    monkeypatch.chdir(report.target.course)
    assert main(["feedback", SLUG, f"--student={name}"]) == 0
    [page] = report.target.course.glob("feedback/*/*/*.html")
    assert (page.parents[1].name, report.target.canary in page.read_text()) == (name, False)
    shutil.rmtree(report.target.course / "feedback")


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_name_that_will_not_do_is_told_before_anything_is_graded(
    name, report, monkeypatch, capsys
):
    monkeypatch.chdir(report.target.course)
    folder = os.fsencode(report.target.course / "submitted") + b"/" + name
    os.makedirs(folder + b"/" + SLUG.encode())
    assert main(["grade", SLUG]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.isprintable()
    assert said.endswith("rename that folder.")
    shutil.rmtree(folder)


def test_a_notebook_that_is_replaced_while_it_is_graded_harms_nobody(target, walls, report):
    path = target.submit("flips", attack=PASSES)
    data, done = path.read_bytes(), threading.Event()

    def flip():
        beside, away = path.with_name("beside"), path.parents[1] / "away"
        while not done.is_set():
            beside.symlink_to(target.homework.folder / f"{SLUG}.ipynb")
            beside.replace(path)
            path.unlink()
            os.mkfifo(path)
            path.parent.rename(away)
            away.rename(path.parent)
            beside.write_bytes(data)
            beside.replace(path)

    other = threading.Thread(target=flip)
    other.start()
    try:
        again = graded(target, walls, *WORDS)
    finally:
        done.set()
        other.join()
    found = again.rows.get("flips")  # its folder may have been away just then
    assert found is None or found["score"] in (60, None)
    assert found is None or found["score"] in (60, None)
    assert list(neighbours(again)) == []
    assert graded(target, walls, *WORDS).rows["flips"]["score"] == 60
