"""Deadlines: what a late submission costs, by `deadlines.yml` in the course's folder.

hw1-behavior-cloning:
  due: 2026-10-12 23:59 Europe/Berlin     or 2026-10-12T23:59+02:00
  penalty: 0.1                            share of the score, per begun day (default 0)
  at_most: 0.5                            never more than this share (default 1)
  attempts: latest                        or best
  extensions: {ada: 2026-10-15 23:59 Europe/Berlin, bob: +2 days}

Days are those of the clock on the wall where the deadline is set: a day on which the clock is
turned has 23 or 25 hours. Exactly at the deadline is in time. Without the file nothing is late.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ilkit.errors import InputError, unknown

FILE = "deadlines.yml"
ATTEMPTS = ("latest", "best")
FIELDS = ("due", "penalty", "at_most", "attempts", "extensions")
EXAMPLE = "2026-10-12 23:59 Europe/Berlin"
LAST = 9998  # a year; the calendar ends soon after it
LONGEST = 366  # days of an extension


@dataclass(frozen=True)
class Deadline:
    """Of one homework; without `due` nothing is late.

    due         with the zone in which its days are counted
    share       of the score, lost per begun day
    at_most     the largest share
    attempts    which attempt counts: "latest" or "best"
    extensions  student to a due time of their own
    """

    due: datetime | None = None
    share: float = 0.0
    at_most: float = 1.0
    attempts: str = "latest"
    extensions: Mapping[str, datetime] = field(default_factory=dict)

    def due_for(self, student: str) -> datetime | None:
        """When this student has to hand in."""
        return self.extensions.get(student, self.due)

    def days_late(self, student: str, submitted_at: datetime | None) -> int:
        """Begun days after the deadline; 0 if there is no deadline, or nobody knows the time.

        A time without a zone is in UTC, as nbgrader's are.
        """
        due = self.due_for(student)
        if due is None or submitted_at is None or utc(submitted_at) <= utc(due):
            return 0
        days = max(1, (utc(submitted_at) - utc(due)).days)  # one more if the clock is turned
        with contextlib.suppress(OverflowError):  # in the last year that there is
            while utc(submitted_at) > utc(_later(due, days)):
                days += 1
        return days

    def penalty(self, student: str, submitted_at: datetime | None, score: float) -> float:
        """Points that this student loses of `score`; never more than all of them."""
        share = min(self.days_late(student, submitted_at) * self.share, self.at_most)
        return round(max(score, 0.0) * share, 6)


@dataclass(frozen=True)
class Deadlines:
    """Of a course: homework to deadline."""

    homeworks: Mapping[str, Deadline] = field(default_factory=dict)

    def of(self, slug: str) -> Deadline:
        return self.homeworks.get(slug, Deadline())


def read(root: Path) -> Deadlines:
    """The deadlines of the course in `root`; none if it has no such file."""
    path = root / FILE
    if not path.is_file():
        return Deadlines()
    told = _loaded(path.read_text(encoding="utf-8", errors="replace"))
    slugs = [folder.name for folder in (root / "solutions").glob("*") if folder.is_dir()]
    found = {}
    for slug, fields in _mapping(FILE, told or {}).items():
        if slugs and slug not in slugs:
            raise InputError(f"{FILE}: {unknown('homework', slug, slugs)}")
        found[slug] = _deadline(f"{FILE}: {slug}", fields)
    return Deadlines(found)


def _deadline(place: str, told: Any) -> Deadline:
    fields = _mapping(place, told)
    for name in fields:
        if name not in FIELDS:
            raise InputError(f"{place}: {unknown('field', name, FIELDS)}")
    if "due" not in fields and set(fields) - {"attempts"}:
        raise InputError(f"{place}: due: expected a time such as {EXAMPLE}, got none; add it.")
    due = _time(f"{place}: due", fields["due"]) if "due" in fields else None
    attempts = fields.get("attempts", "latest")
    if attempts not in ATTEMPTS:
        raise InputError(f"{place}: attempts: expected latest or best, got {attempts!r}; mend it.")
    extensions = {}
    if due is not None:
        for student, more in _mapping(f"{place}: extensions", fields.get("extensions", {})).items():
            extensions[student] = _extended(f"{place}: extensions: {student}", due, more)
    return Deadline(
        due,
        _share(f"{place}: penalty", fields.get("penalty", "0")),
        _share(f"{place}: at_most", fields.get("at_most", "1")),
        attempts,
        extensions,
    )


def _mapping(place: str, told: Any) -> dict[str, Any]:
    if told in ("", None):  # a name with nothing behind it
        return {}
    if not isinstance(told, dict) or not all(isinstance(name, str) for name in told):
        raise InputError(f"{place}: expected names and values, got {_inline(told)}; see the guide.")
    return told


def _extended(place: str, due: datetime, told: Any) -> datetime:
    """`+2 days` by the clock on the wall, or a new time; never an earlier one."""
    days = re.fullmatch(r"\+\s*(\d{1,3})\s*(?:d|days?)", told) if isinstance(told, str) else None
    if days and int(days[1]) <= LONGEST:
        return _later(due, int(days[1]))
    new = _time(place, told, "days such as +2 days, or a time with its zone")
    if utc(new) < utc(due):
        raise InputError(
            f"{place}: expected a time after the deadline {due}, got {told}; take the line out or "
            "give a later time."
        )
    return new


def _time(place: str, told: Any, expected: str = "a time with its zone") -> datetime:
    """With a zone, by name or as an offset; of an hour that the clock shows twice, the second."""
    wrong = InputError(
        f"{place}: expected {expected} such as {EXAMPLE}, got {_inline(told)}; mend it."
    )
    if not isinstance(told, str):
        raise wrong
    date, _, zone = told.strip().rpartition(" ")
    by_name = bool(date) and zone[:1].isalpha()
    try:
        time = datetime.fromisoformat(date if by_name else told.strip())
        if by_name and time.tzinfo is None:
            time = time.replace(tzinfo=ZoneInfo(zone), fold=1)
    except (ValueError, OSError):  # ZoneInfo: no such zone, or a folder of zones
        raise wrong from None
    except KeyError:  # ZoneInfoNotFoundError
        raise InputError(
            f"{place}: no time zone {zone!r} is known; write it as {EXAMPLE}"
        ) from None
    if time.tzinfo is None or not 1 < time.year < LAST:
        raise wrong
    if utc(time).astimezone(time.tzinfo).replace(tzinfo=None) != time.replace(tzinfo=None):
        raise InputError(f"{place}: {told} does not exist: the clock is put forward; take another.")
    return time


def _share(place: str, told: Any) -> float:
    """A number from 0 to 1."""
    try:
        share = float(told)
    except (TypeError, ValueError):
        share = math.nan
    if not 0 <= share <= 1:
        raise InputError(
            f"{place}: expected a share from 0 to 1, as 0.1, got {_inline(told)}; mend it."
        )
    return share


def utc(time: datetime) -> datetime:
    """In UTC; a time without a zone is in UTC already."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _later(time: datetime, days: int) -> datetime:
    """So many days later by the clock on the wall; in doubt, when it is turned, the later time."""
    moved = time + timedelta(days=days)
    return max(utc(moved.replace(fold=fold)) for fold in (0, 1)).astimezone(time.tzinfo)


def _inline(told: object) -> str:
    """On one line."""
    return " ".join(str(told).split()) or "nothing"


def _loaded(text: str) -> Any:
    """YAML with every word as it stands, since a student may be called 007; no name twice."""
    import yaml  # of the extra `grade`

    class Loader(yaml.BaseLoader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            names = [str(key.value) for key, _ in node.value]
            for name in names:
                if names.count(name) > 1:
                    raise InputError(f"{FILE}: {name}: expected once, got it twice; take one out.")
            found: dict[Any, Any] = super().construct_mapping(node, deep)
            return found

    try:
        return yaml.load(text, Loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise InputError(
            f"{FILE}:{line} expected YAML, got: {_inline(problem)}; mend it."
        ) from None
