"""What the grader says of a submission, and why. Not graded is not the same as zero."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

GRADED, NOT_GRADED, REFUSED = "graded", "not_graded", "refused"


@dataclass(frozen=True)
class Mark:
    """One part: its score, or None if nobody could tell; what is to be had; what went wrong."""

    id: str
    score: float | None
    max: float
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """One submission.

    status    "graded" if every part has a score, "not_graded" if one has none, "refused" if the
              file was not what a student may hand in
    flags     why a person should look at it before its grade counts, in sentences
    notes     what was found and put right: cells that were missing, files that were not used, a
              time that cannot be read
    reason    why there is no grade
    at        when it was handed in: ISO 8601, UTC; None if nobody knows
    penalty   points that lateness costs
    lasting   False where the machine was at fault: another run may tell
    notebook  the graded copy, as JSON
    """

    status: str
    parts: tuple[Mark, ...]
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    at: str | None = None
    penalty: float = 0.0
    lasting: bool = True
    notebook: str = field(default="", repr=False)

    @property
    def score(self) -> float | None:
        """The sum of the parts, if each of them has a score."""
        scores = [part.score for part in self.parts]
        return sum(s for s in scores if s is not None) if self.status == GRADED else None

    @property
    def max_score(self) -> float:
        return sum(part.max for part in self.parts)

    @property
    def counts(self) -> float:
        """Points once lateness is paid for."""
        return (self.score or 0.0) - self.penalty

    def document(self) -> dict[str, Any]:
        """As plain data, without the notebook."""
        found = asdict(self) | {"score": self.score, "max_score": self.max_score}
        del found["notebook"]
        return found


def unmarked(points: dict[str, float], status: str, reason: str, **more: Any) -> Verdict:
    """No part could be graded, for this reason.

    points  what each part is worth
    """
    parts = tuple(Mark(id, None, worth, reason) for id, worth in points.items())
    return Verdict(status, parts, reason=reason, **more)


def read(document: dict[str, Any]) -> Verdict:
    """The verdict that `document` wrote; TypeError or KeyError if it did not."""
    kept = {f.name: document[f.name] for f in fields(Verdict) if f.name != "notebook"}
    kept |= {name: tuple(kept[name]) for name in ("flags", "notes")}
    return Verdict(**kept | {"parts": tuple(Mark(**part) for part in kept["parts"])})
