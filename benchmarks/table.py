"""benchmarks/results.json, which `make bench` writes: a row for each measurement beside another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ilkit.grading.ledger import place

RESULTS = Path(__file__).resolve().parent / "results.json"


def row(
    name: str, ours: float, other: float | None, ratio: float | None = None, **more: Any
) -> Any:
    """One measurement; what was not measured is None.

    ratio  how many times better ours is, with `low` and `high` of its 95 % interval
    """
    empty = dict.fromkeys(("low", "high", "target", "reached", "quality_equal"))
    numbers = {"ours": ours, "other": other, "ratio": ratio}
    rounded = {
        key: round(value, 3) if isinstance(value, float) else value
        for key, value in (numbers | empty | more).items()
    }
    return {"row": name, **rounded, "note": more.get("note", "")}


def store(kind: str, rows: Sequence[dict[str, Any]]) -> None:
    """Put these in the place of all rows of that kind, and print them."""
    for each in rows:
        reached = {True: "reached", False: "MISSED", None: "no target"}[each["reached"]]
        interval = f"ratio {each['ratio']} [{each['low']}, {each['high']}]"
        print(f"{each['row']}: {each['ours']} beside {each['other']}, {interval}, {reached}")
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if RESULTS.is_file() else []
    mine = [{**each, "row": f"{kind}: {each['row']}"} for each in rows]
    others = [each for each in kept if not each["row"].startswith(f"{kind}: ")]
    document = {"schema": 1, "rows": [*others, *mine]}
    place(RESULTS, (json.dumps(document, indent=1) + "\n").encode())
