"""Every topic of the lectures has its place in the book, and no row points nowhere."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
SYLLABUS = yaml.safe_load((BOOK / "syllabus.yml").read_text())
WRITTEN = {path.stem[:2]: path for path in sorted(BOOK.glob("[0-9][0-9]-*.md"))}


def rows(number: str) -> dict[str, dict[str, object]]:
    return yaml.safe_load((BOOK / "coverage" / f"{number}.yml").read_text())


def resolve(name: str) -> object:
    """The object of a dotted name: the longest importable module, then attributes."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return found
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("number", WRITTEN)
def test_every_topic_of_a_chapter_has_a_row_and_no_other_has(number: str) -> None:
    assert set(rows(number)) == set(SYLLABUS["chapters"][number]["topics"])


@pytest.mark.parametrize("number", WRITTEN)
def test_no_row_points_nowhere(number: str) -> None:
    labels = re.findall(r"^\(([a-z0-9-]+)\)=$", WRITTEN[number].read_text(), re.MULTILINE)
    for topic, row in rows(number).items():
        assert row.keys() <= {"section", "code", "claims", "homework"}, topic
        assert row["section"] in labels, topic
        for name in row.get("code", []):
            assert resolve(name) is not None
        for claim in row.get("claims", []):
            assert (BOOK / "results" / f"{claim}.json").is_file(), topic
        for part in row.get("homework", []):
            slug, cell = part.split("/")
            source = (ROOT / "solutions" / slug / f"{slug}.py").read_text()
            assert f'"grade_id": "{cell}"' in source, part


def test_every_written_chapter_is_in_the_syllabus_under_its_lectures() -> None:
    assert set(WRITTEN) <= set(SYLLABUS["chapters"])
    for chapter in SYLLABUS["chapters"].values():
        assert set(chapter["lectures"]) <= set(SYLLABUS["lectures"])
