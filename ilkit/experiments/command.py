"""`ilkit claims`: measure what the lectures claim, say what came out, store it for the book."""

from __future__ import annotations

import argparse
import json
import sys

from ilkit.experiments import store

PRINTED = ("id", "chapter", "statement", "results", "rule", "verdict", "reason", "seeds", "seconds")


def run(args: argparse.Namespace) -> int:
    """Measure, store and print; 0 whatever the verdicts are."""
    # A wrong name or folder is said before the first claim is measured.
    for word in args.ids:
        store.source_of(word)
    wanted = [word.upper() for word in args.ids] or store.ids()
    folder = args.out or (store.RESULTS if store.RESULTS.is_dir() else None)
    if folder:
        store.check_writable(folder)
    documents = []
    for claim_id in wanted:
        print(f"measuring {claim_id} ...", file=sys.stderr)
        document = store.measure(claim_id, args.full)
        documents.append({key: document[key] for key in PRINTED})
        if folder and store.is_tighter(document, folder):
            print("kept the stored result, which has more seeds", file=sys.stderr)
        elif folder:
            print(f"stored {store.save(document, folder)}", file=sys.stderr)
        if not args.json:
            print(_in_words(document))
    if args.json:
        print(json.dumps({"schema": 1, "claims": documents}))
    return 0


def _in_words(document: store.Document) -> str:
    lines = [f"{document['id']} {document['verdict']}: {document['statement']}"]
    for result in document["results"]:
        interval = "exact"
        if result["n"] > 1:
            interval = f"[{result['low']:.4g}, {result['high']:.4g}], n = {result['n']}"
        lines.append(f"    {result['name']}: {result['estimate']:.4g} {interval}")
    lines.append(f"    {document['reason']} ({document['seconds']} s)")
    lines.append(f"    on other seeds: {document['again']['verdict']}")
    return "\n".join(lines)
