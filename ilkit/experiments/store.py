"""Stored results: run a claim on two disjoint sets of seeds, write it, read it, draw it."""

from __future__ import annotations

import importlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from ilkit.errors import InputError, UsageError, unknown
from ilkit.experiments.provenance import fingerprint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilkit.experiments.claim import Claim, Result

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "book" / "results"  # exists in a checkout, not in an installed wheel
STORED = RESULTS if RESULTS.is_dir() else HERE / "results"  # the wheel carries a copy

Document = dict[str, Any]


def ids() -> list[str]:
    """The claims that there are, such as "C01", in order."""
    return [path.name[:3].upper() for path in sorted(HERE.glob("c[0-9][0-9]_*.py"))]


def source_of(claim_id: str) -> Path:
    """The file of a claim's experiment; a claim is named in capitals or not."""
    if claim_id.upper() not in ids():
        raise unknown("claim", claim_id, ids())
    return next(HERE.glob(f"{claim_id.lower()}_*.py"))


def claim(claim_id: str) -> Claim:
    """The claim itself, imported."""
    module = importlib.import_module(f"ilkit.experiments.{source_of(claim_id).stem}")
    found: Claim = module.CLAIM
    return found


def measure(claim_id: str, full: bool = False) -> Document:
    """Run a claim on its seeds, and on as many others, and judge both by its rule."""
    it = claim(claim_id)
    seeds, others = it.seeds(full)
    start = time.perf_counter()
    first = it.measure(seeds)
    seconds = time.perf_counter() - start
    document: Document = {
        "schema": 1,
        "id": it.id,
        "chapter": it.chapter,
        "statement": it.statement,
        **_judged(it, seeds, first.results),
        "rule": it.rule,
        "seconds": round(seconds, 1),
        "full": full,
        "again": _judged(it, others, it.measure(others).results),
        "fingerprint": fingerprint(source_of(claim_id)),
        "data": first.data,
    }
    return {key: _rounded(value) for key, value in document.items()}


def load(claim_id: str, folder: Path = STORED) -> Document:
    """The stored document of a claim."""
    path = folder / f"{claim_id}.json"
    if not path.is_file():
        raise InputError(f"{claim_id}: no stored result at {path}; run `ilkit claims {claim_id}`")
    document: Document = json.loads(path.read_text())
    return document


def check_writable(folder: Path) -> None:
    """Make the folder if need be, and say so at once if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"--out: expected a folder to write to, got {str(folder)!r} "
            f"({(error.strerror or '').lower()}); name another one."
        ) from None


def save(document: Document, folder: Path) -> Path:
    """Write a document, beside its place first, so that a reader never meets half a file."""
    path = folder / f"{document['id']}.json"
    beside = path.with_suffix(f".{os.getpid()}.part")
    beside.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    beside.replace(path)
    return path


def is_tighter(document: Document, folder: Path) -> bool:
    """Whether the stored result is a `--full` one of the same code, and this one is not."""
    if document["full"] or not (folder / f"{document['id']}.json").is_file():
        return False
    stored = load(document["id"], folder)
    return bool(stored["full"] and stored["fingerprint"] == document["fingerprint"])


def draw(claim_id: str, folder: Path = STORED) -> Figure:
    """The figure of a claim, from its stored data."""
    return claim(claim_id).figure(load(claim_id, folder)["data"])


def _judged(it: Claim, seeds: range, results: Sequence[Result]) -> Document:
    verdict, reason = it.verdict(results)
    return {
        "results": [asdict(result) for result in results],
        "verdict": verdict,
        "reason": reason,
        "seeds": list(seeds),
    }


def _rounded(value: Any) -> Any:
    """Plain data with floats at six significant digits: readable, small, stable in a diff."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
