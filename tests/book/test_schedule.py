"""Both schedules read every chapter once and in order, and hand out each homework after it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

BOOK = Path(__file__).parents[2] / "book"
PLAN = yaml.safe_load((BOOK / "schedule.yml").read_text())
CHAPTERS = list(yaml.safe_load((BOOK / "syllabus.yml").read_text())["chapters"])


@pytest.mark.parametrize(("name", "weeks"), [("six", 6), ("ten", 10)])
def test_every_chapter_is_read_once_and_in_order(name: str, weeks: int) -> None:
    assert len(PLAN["weeks"][name]) == weeks
    assert [chapter for week in PLAN["weeks"][name] for chapter in week] == CHAPTERS


def test_every_homework_has_its_place(root: Path) -> None:
    written = {p.name for p in (root / "solutions").glob("hw*") if not p.name.endswith("-written")}
    assert written <= set(PLAN["homework"])
    assert set(PLAN["homework"].values()) <= set(CHAPTERS)


def test_the_page_shows_each_homework_twice(pages: Path) -> None:
    page = (pages / "book" / "schedules.html").read_text()
    for name in PLAN["homework"]:
        number = name.partition("-")[0]
        shown = page.count(f"{number}<") + page.count(f"{number},")
        there = (BOOK.parent / "solutions" / name).is_dir()
        assert shown == (4 if there else 0)  # it opens and is due, in two schedules
