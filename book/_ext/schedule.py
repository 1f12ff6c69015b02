"""{schedule} six: what is read and handed out in each week, from the one table schedule.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from claim import Stored
from docutils import nodes
from sphinx.application import Sphinx

BOOK = Path(__file__).resolve().parents[1]
HEAD = ["Week", "Read", "Homework that opens", "Homework due"]


class Schedule(Stored):
    """A table a week. A homework opens once its last chapter is read, and is due a week later."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        plan = self.read_yaml(BOOK / "schedule.yml")
        weeks = plan["weeks"].get(self.arguments[0])
        if weeks is None:
            known = ", ".join(plan["weeks"])
            raise self.error(f"schedule: expected one of {known}, got {self.arguments[0]}.")
        opens = [self.homework(plan["homework"], chapters) for chapters in weeks]
        rows: list[list[Any]] = [
            [str(week), self.links(chapters), opened, due]
            for week, (chapters, opened, due) in enumerate(
                zip(weeks, opens, ["", *opens[:-1]], strict=True), 1
            )
        ]
        rows.append([f"{len(weeks) + 1}", "", "", opens[-1]] if opens[-1] else [])
        return [self.table([8, 44, 24, 24], HEAD, [row for row in rows if row])]

    def links(self, chapters: list[str]) -> str:
        """The chapters by number, each with its title as a link."""
        titles = self.read_yaml(BOOK / "syllabus.yml")["chapters"]
        files = {path.name[:2]: path.name for path in BOOK.glob("[0-9][0-9]-*.md")}
        return "; ".join(f"{n} [{titles[n]['title']}]({files[n]})" for n in chapters)

    def homework(self, after: dict[str, str], chapters: list[str]) -> str:
        """The homework that the course has and that these chapters complete, by number."""
        there = (slug for slug, last in after.items() if last in chapters)
        here = (slug for slug in there if (BOOK.parent / "solutions" / slug).is_dir())
        return ", ".join(slug.partition("-")[0] for slug in here)


def setup(app: Sphinx) -> None:
    app.add_directive("schedule", Schedule)
