"""Measure several claims: one after the other, in processes side by side, or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context

from ilkit.cluster import on_cluster
from ilkit.errors import InputError
from ilkit.experiments import store
from ilkit.experiments.provenance import fingerprint

Outcome = tuple[str, store.Document | Exception]


def measured(
    ids: Sequence[str], full: bool = False, *, jobs: int = 1, scheduler: str | None = None
) -> Iterator[Outcome]:
    """Each claim as soon as it is done: its document, or the error that it died of.

    jobs       processes on this machine
    scheduler  the address of a Dask scheduler, whose workers have the same code
    """
    if scheduler is not None:
        return _on_cluster(ids, full, scheduler)
    return _in_processes(ids, full, jobs) if jobs > 1 else _one_by_one(ids, full)


def _one_by_one(ids: Sequence[str], full: bool) -> Iterator[Outcome]:
    for claim_id in ids:
        yield _outcome(claim_id, partial(store.measure, claim_id, full))


def _in_processes(ids: Sequence[str], full: bool, jobs: int) -> Iterator[Outcome]:
    threads = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _share_cores, (threads,))
    try:
        names = {pool.submit(store.measure, claim_id, full): claim_id for claim_id in ids}
        for future in as_completed(names):
            yield _outcome(names[future], future.result)
    finally:
        pool.shutdown(cancel_futures=True)


def _share_cores(threads: int) -> None:
    """Keep the processes from fighting for the cores."""
    import torch

    torch.set_num_threads(min(threads, torch.get_num_threads()))


def _on_cluster(ids: Sequence[str], full: bool, address: str) -> Iterator[Outcome]:
    calls = [(claim_id, (claim_id, full)) for claim_id in ids]
    for claim_id, result in on_cluster(store.measure, calls, address):
        yield _outcome(claim_id, partial(_same_code, result))


def _same_code(result: Callable[[], store.Document]) -> store.Document:
    """Refuse the numbers of a worker whose copy of the experiment is another one."""
    document = result()
    if document["fingerprint"] != fingerprint(store.source_of(document["id"])):
        raise InputError(
            f"{document['id']}: expected a worker with this version of ilkit, got another; "
            "install the same on every machine."
        )
    return document


def _outcome(claim_id: str, result: Callable[[], store.Document]) -> Outcome:
    """A claim that dies takes no other with it."""
    try:
        return claim_id, result()
    except Exception as error:
        return claim_id, error
