"""Notebooks and folders that are not what the homework handed out: graded as it was, or refused."""

import json
import os

import pytest
from hostile_notebooks import BESIDE, GRADED, NAMES, PASSES, REFUSED
from hostile_report import POINTS

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


@pytest.mark.parametrize("name", map(slug, REFUSED))
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
