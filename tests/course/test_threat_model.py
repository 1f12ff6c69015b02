"""The threat model: each test that it names exists, each attack and each miss is listed."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from ilkit.grading.walls.ladder import LADDER

COURSE = Path(__file__).parent
SUITE = COURSE / "grading" / "hostile"
PAGE = COURSE.parents[1] / "book" / "threat-model.md"


def load(path):
    """A module by its file, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"threats_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def threats(root):
    """The part of the book that makes the page's lists."""
    sys.path.insert(0, str(root / "book" / "_ext"))
    yield load(root / "book" / "_ext" / "threats.py")
    sys.path.remove(str(root / "book" / "_ext"))


@pytest.fixture(scope="module")
def rows():
    """Attack, what stops it, and the tests that try it, in words."""
    found = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert found[0] == ("Attack", "What stops it", "Tried by")
    return found[1:]


def test_every_test_that_the_page_names_exists(rows):
    found = {
        node.name
        for path in COURSE.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(rows) > 15
    for _, _, tests in rows:
        for words in tests.split("; "):
            assert re.fullmatch(r"\*[\w ]+\*", words)
            assert f"test_{words.strip('*').replace(' ', '_')}" in found


def test_every_attack_of_the_hostile_suite_is_listed(threats):
    """Whatever the suite's own reader finds in a file, and every case of its notebooks."""
    files = {path: threats.attacks(path) for path in threats.files(SUITE)}
    assert all(title for title, _ in files.values())
    sources = [path for path in files if path.parent.name == "attacks"]
    assert len(sources) > 5
    for path in sources:
        headings = re.findall(r"^# %% (.+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        names = files[path][1]
        assert len(names) == len(headings) > 0
        assert all(map(str.startswith, headings, names))
        assert not any('="' in name for name in names)
    notebooks = load(SUITE / "hostile_notebooks.py")
    assert files[SUITE / "hostile_notebooks.py"][1] == [*notebooks.GRADED, *notebooks.REFUSED]


def test_every_miss_of_every_rung_is_listed(threats):
    listed = threats.missed_on()
    for rung in LADDER:
        assert all(rung.name in listed[missed].split(", ") for missed in rung.misses)
    assert sum(len(names.split(", ")) for names in listed.values()) == sum(
        len(rung.misses) for rung in LADDER
    )
