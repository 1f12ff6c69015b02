"""A claim: what a lecture says, how it is measured, and the rule, written first, that judges it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilkit.stats import Estimate

Check = bool | None  # met, broken, or None: the interval leaves it open


@dataclass(frozen=True)
class Result:
    """One number of a claim and its 95 % interval; an exact number is its own interval, n = 1."""

    name: str
    estimate: float
    low: float
    high: float
    n: int = 1

    @classmethod
    def of(cls, name: str, estimate: Estimate) -> Result:
        return cls(name, estimate.mean, estimate.low, estimate.high, estimate.n)

    @classmethod
    def exact(cls, name: str, number: float) -> Result:
        return cls(name, number, number, number)

    def below(self, limit: float) -> Check:
        """Is the quantity below the limit, as far as its interval can tell?"""
        return True if self.high < limit else False if self.low > limit else None

    def above(self, limit: float) -> Check:
        return True if self.low > limit else False if self.high < limit else None

    def within(self, low: float, high: float) -> Check:
        """Is it between the two limits?"""
        if low <= self.low and self.high <= high:
            return True
        return False if self.high < low or self.low > high else None

    def less_than(self, other: Result) -> Check:
        """Is it less than another: are the intervals apart, and in this order?"""
        return True if self.high < other.low else False if self.low > other.high else None


@dataclass(frozen=True)
class Measurement:
    """What one run yields: the numbers that are judged, and the data that its figure draws."""

    results: Sequence[Result]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """One row of the table of claims.

    rule     in words; `checks` is the same rule as code: from results by name to checks by name
    measure  from seeds to a Measurement; equal seeds give equal numbers
    figure   from the stored data of a measurement to its Matplotlib figure
    count    how many seeds by default; `--full` takes four times as many
    first    the first of the seeds
    """

    id: str
    chapter: str
    statement: str
    rule: str
    measure: Callable[[range], Measurement]
    checks: Callable[[Mapping[str, Result]], Mapping[str, Check]]
    figure: Callable[[Mapping[str, Any]], Figure]
    count: int = 20
    first: int = 0

    def seeds(self, full: bool) -> tuple[range, range]:
        """Two disjoint sets of seeds: for the verdict, and for asking once more."""
        count = self.count * (4 if full else 1)
        middle = self.first + count
        return range(self.first, middle), range(middle, middle + count)

    def verdict(self, results: Sequence[Result]) -> tuple[str, str]:
        """("holds" | "fails" | "inconclusive", the reason in words)."""
        checks = self.checks({result.name: result for result in results})
        broken = [name for name, check in checks.items() if check is False]
        open_ = [name for name, check in checks.items() if check is None]
        if broken:
            return "fails", "broken: " + "; ".join(broken)
        if open_:
            return "inconclusive", "left open by its interval: " + "; ".join(open_)
        return "holds", "met: " + "; ".join(checks)
