"""timestamp.txt: when a submission was handed in, as nbgrader writes it beside the notebook."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from ilkit.grading import intake
from ilkit.grading.deadlines import utc

STAMP = "timestamp.txt"
LONGEST = 100  # characters


def time_of(text: str) -> datetime | None:
    """In UTC; None if it is no time."""
    text = re.sub(r"\s+(?=Z$|[+-]\d\d:?\d\d$)", "", text.strip()[:LONGEST])  # Ruby's to ISO's
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    try:
        return utc(parse_utc(text))
    except (ValueError, OverflowError, TypeError):
        return None


def stamped(folder: Path) -> datetime | None:
    """When what lies in submitted/<student>/<homework> was handed in; None if nobody says."""
    try:
        return time_of(intake.read(folder / STAMP).decode(errors="replace"))
    except (intake.RefusedError, OSError):
        return None


def text_of(at: datetime) -> str:
    """What the file says of that time."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n"
