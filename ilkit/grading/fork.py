"""Run tasks in forked children of this warm process, some at a time (Linux and macOS)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from typing import Any

from ilkit.errors import InputError

Task = Callable[[], Any]


def forked(tasks: Sequence[Task], jobs: int, *, cpu: int, wall: float) -> list[Any]:
    """What each task returns, in order; None for one that died or ran too long.

    Too long is more than `cpu` seconds of its own computing, which a busy machine does not use up,
    or `wall` seconds by the clock, for a task that waits for ever. A task starts from this process
    as it is now, and nothing that it does comes back but its result, or its InputError.
    """
    try:
        context = get_context("fork")
    except ValueError:
        raise InputError(
            "this command forks processes, which this system cannot do; run it on Linux or macOS."
        ) from None
    results: list[Any] = [None] * len(tasks)
    waiting = list(enumerate(tasks))[::-1]
    running: dict[Connection, tuple[int, Any, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            index, task = waiting.pop()
            ours, theirs = context.Pipe(duplex=False)
            child = context.Process(target=_child, args=(task, theirs, cpu))
            child.start()
            theirs.close()
            running[ours] = index, child, time.monotonic() + wall
        patience = min(deadline for _, _, deadline in running.values()) - time.monotonic()
        ready = set(connection.wait(list(running), max(patience, 0)))
        for pipe, (index, child, deadline) in list(running.items()):
            if pipe in ready or time.monotonic() >= deadline:
                results[index] = _receive(pipe) if pipe in ready else None
                child.kill()
                child.join()
                del running[pipe]
    for result in results:
        if isinstance(result, InputError):
            raise result
    return results


def _child(task: Task, pipe: Connection, cpu: int) -> None:
    import resource  # not on Windows, where nothing forks

    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        pipe.send(task())
    except InputError as error:
        pipe.send(error)


def _receive(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:  # it died before it could answer
        return None
