"""Run tasks in forked children of this warm process, some at a time (Linux and macOS)."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from ilkit.errors import InputError
from ilkit.grading.walls import kernel

Task = Callable[[], Any]
Name = TypeVar("Name")
MEMORY = 4 << 30  # bytes that a task may hold: what students' code sends it may not fill a machine


def forked(tasks: Sequence[Task], jobs: int, *, cpu: int, wall: float) -> list[Any]:
    """What each task returns, in order; see `each_forked`. An InputError of a task is raised."""
    results: list[Any] = [None] * len(tasks)
    for index, result in each_forked(enumerate(tasks), jobs, cpu=cpu, wall=wall):
        results[index] = result
    for result in results:
        if isinstance(result, InputError):
            raise result
    return results


def each_forked(
    tasks: Iterable[tuple[Name, Task]], jobs: int, *, cpu: int, wall: float
) -> Iterator[tuple[Name, Any]]:
    """The name of each task and what it returns, as it ends; None if it died or ran too long.

    Too long is more than `cpu` seconds of its own computing, which a busy machine does not use up,
    or `wall` seconds by the clock, for a task that waits for ever. A task starts from this process
    as it is now, and nothing that it does comes back but its result, or its InputError. Tasks are
    read as they can start. They end with the thread that asks for them, however it ends.
    """
    try:
        context = get_context("fork")
    except ValueError:
        raise InputError(
            "this command forks processes, which this system cannot do; run it on Linux or macOS."
        ) from None
    waiting = iter(tasks)
    running: dict[Connection, tuple[Name, Any, float]] = {}
    try:
        while True:
            for name, task in itertools.islice(waiting, jobs - len(running)):
                ours, theirs = context.Pipe(duplex=False)
                answers = [ours, *running]
                child = context.Process(
                    target=_child, args=(task, theirs, answers, os.getpid(), cpu)
                )
                child.start()
                theirs.close()
                running[ours] = name, child, time.monotonic() + wall
            if not running:
                return
            patience = min(deadline for _, _, deadline in running.values()) - time.monotonic()
            ready = set(connection.wait(list(running), max(patience, 0)))
            for pipe, (name, child, deadline) in list(running.items()):
                if pipe in ready or time.monotonic() >= deadline:
                    result = _receive(pipe) if pipe in ready else None
                    _end(child)
                    del running[pipe]
                    yield name, result
    finally:
        for _, child, _ in running.values():
            _end(child)


def _end(child: Any) -> None:
    child.kill()
    child.join()


def _child(
    task: Task, pipe: Connection, answers: Sequence[Connection], parent: int, cpu: int
) -> None:
    """Answer through the pipe.

    answers  the ends that the parent reads: open here too, they would let the pipe wait for ever
             for a parent that was killed
    """
    import resource  # not on Windows, where nothing forks

    _end_with(parent)
    for end in answers:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this ends it
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    try:
        pipe.send(task())
    except InputError as error:
        pipe.send(error)


def _end_with(parent: int) -> None:
    """Be killed when the thread that forked this process ends, as it does when its own is killed.

    Elsewhere than on Linux, the process ends when it finds nobody to answer.
    """
    if sys.platform == "linux":
        kernel.prctl(kernel.DEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that call
            os._exit(1)


def _receive(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError):  # it died before it had answered in full
        return None
