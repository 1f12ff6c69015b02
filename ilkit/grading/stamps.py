"""timestamp.txt: when a submission was handed in, as nbgrader writes it beside the notebook."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from ilkit.grading import intake
from ilkit.grading.deadlines import utc
from ilkit.grading.display import one_line

STAMP = "timestamp.txt"
EXAMPLE = "2026-10-13 08:00:00 UTC"
#: As nbgrader and Gradescope write it; whatever else it may mean is not guessed.
WRITTEN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)"
    r" ?(?P<zone>UTC|Z|[+-]\d\d(:?\d\d)?)?",
    re.ASCII,
)
LONGEST = 60  # characters that a note repeats


def time_of(text: str) -> datetime | None:
    """In UTC, as is a time without a zone; None if it is no time that is written as it should."""
    told = WRITTEN.fullmatch(text.strip())
    if told is None:
        return None
    zone = told["zone"] or "UTC"
    try:
        return utc(datetime.fromisoformat(told["time"] + ("Z" if zone == "UTC" else zone)))
    except (ValueError, OverflowError):  # there is no such day, or none in UTC
        return None


def stamped(folder: Path) -> datetime | None:
    """When what lies in submitted/<student>/<homework> was handed in; None if nobody says."""
    try:
        return time_of(_text(folder))
    except (intake.RefusedError, OSError):
        return None


def misread(folder: Path) -> list[str]:
    """A sentence on a file that is there and tells no time; else none."""
    if stamped(folder) or not os.path.lexists(folder / STAMP):
        return []
    try:
        got = f"'{one_line(_text(folder).strip()[:LONGEST])}'"
    except (intake.RefusedError, OSError):
        got = "what may not be read"
    return [f"{STAMP}: expected {EXAMPLE}, got {got}; counted as in time."]


def _text(folder: Path) -> str:
    return intake.read(folder / STAMP).decode(errors="replace")


def text_of(at: datetime) -> str:
    """What the file says of that time."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n"
