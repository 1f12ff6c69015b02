"""`ilkit claims`: measure what the lectures claim, say what came out, store it for the book."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from ilkit.errors import InputError, UsageError
from ilkit.experiments import store
from ilkit.experiments.parallel import measured
from ilkit.progress import Progress

PRINTED = ("id", "chapter", "statement", "results", "rule", "verdict", "reason", "seeds", "seconds")


def run(args: argparse.Namespace) -> int:
    """Measure, store and print; 0 whatever the verdicts are, 1 if a measurement died."""
    # What is wrong with the words of the command is said before the first claim is measured.
    for word in args.ids:
        store.source_of(word)
    if args.jobs < 1:
        raise UsageError(f"--jobs: expected at least 1 process, got {args.jobs}; leave it out.")
    if args.json and args.markdown:
        raise UsageError("--markdown: expected one format, got --json too; leave one out.")
    folder = args.out or (store.RESULTS if store.RESULTS.is_dir() else None)
    if folder:
        store.check_writable(folder)
    wanted = sorted({word.upper() for word in args.ids}) or store.ids()
    documents = _measure(wanted, args, folder)
    if args.json:
        claims = [{key: document[key] for key in PRINTED} for document in documents]
        print(json.dumps({"schema": 1, "claims": claims}))
    if args.markdown:
        print(_as_markdown(documents))
    return 0 if len(documents) == len(wanted) else 1


def _measure(
    wanted: Sequence[str], args: argparse.Namespace, folder: Path | None
) -> list[store.Document]:
    """The documents of all claims that could be measured, stored as soon as they are there."""
    seconds = _expected(wanted, args.full)
    # Side by side the longest goes first, or it may end alone.
    several = args.jobs > 1 or args.scheduler
    order = sorted(wanted, key=lambda name: -seconds[name]) if several else wanted
    documents = []
    with Progress(seconds, args.jobs) as progress:
        progress.say(f"measuring {', '.join(wanted)} ...", sys.stderr)
        for claim_id, outcome in measured(
            order, args.full, jobs=args.jobs, scheduler=args.scheduler
        ):
            progress.done(claim_id)
            if isinstance(outcome, Exception):
                progress.say(_died(claim_id, outcome), sys.stderr)
                continue
            documents.append(outcome)
            if folder:
                progress.say(_stored(outcome, folder), sys.stderr)
            if not (args.json or args.markdown):
                progress.say(_in_words(outcome), sys.stdout)
    return sorted(documents, key=lambda document: str(document["id"]))


def _expected(ids: Sequence[str], full: bool) -> dict[str, float]:
    """How long each may take, by its stored result; the others as long as these at the median."""
    known = {}
    for claim_id in ids:
        if (store.RESULTS / f"{claim_id}.json").is_file():
            stored = store.load(claim_id)
            more = (4 if full else 1) / (4 if stored["full"] else 1)
            known[claim_id] = 2 * more * stored["seconds"] + 1  # two sets of seeds, and the start
    typical = statistics.median(known.values()) if known else 60.0
    return {claim_id: known.get(claim_id, typical) for claim_id in ids}


def _stored(document: store.Document, folder: Path) -> str:
    """Store a document, unless that would lose a better one; what was done, in words."""
    if store.is_tighter(document, folder):
        return "kept the stored result, which has more seeds"
    return f"stored {store.save(document, folder)}"


def _died(claim_id: str, error: Exception) -> str:
    """What a measurement died of: a sentence if it is one, else where it happened."""
    words = (
        str(error) if isinstance(error, InputError) else "".join(traceback.format_exception(error))
    )
    return f"{claim_id} could not be measured: {words}"


def _in_words(document: store.Document) -> str:
    lines = [f"{document['id']} {document['verdict']}: {document['statement']}"]
    lines += [f"    {numbers}" for numbers in _numbers(document)]
    lines.append(f"    {document['reason']} ({document['seconds']} s)")
    lines.append(f"    on other seeds: {document['again']['verdict']}")
    return "\n".join(lines)


def _numbers(document: store.Document) -> list[str]:
    """Each result with its interval."""
    lines = []
    for result in document["results"]:
        interval = "exact"
        if result["n"] > 1:
            interval = f"[{result['low']:.4g}, {result['high']:.4g}], n = {result['n']}"
        lines.append(f"{result['name']}: {result['estimate']:.4g} {interval}")
    return lines


def _as_markdown(documents: Sequence[store.Document]) -> str:
    """A table, a row a claim."""
    head = ["Claim", "Chapter", "Statement", "Verdict", "On other seeds", "Numbers"]
    rows = [head, ["---"] * len(head)]
    for document in documents:
        row = [document[key] for key in ("id", "chapter", "statement", "verdict")]
        rows.append([*row, document["again"]["verdict"], "; ".join(_numbers(document))])
    return "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows
    )
