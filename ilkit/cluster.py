"""Run a function on the workers of a Dask cluster, a few calls ahead of what they can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ilkit.errors import UsageError

AHEAD = 4  # calls that wait for each thread of the cluster: none idles, and little is held


def on_cluster(
    function: Callable[..., Any], calls: Iterable[tuple[str, tuple[Any, ...]]], address: str
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The name of each call as it ends, and what to call for its result or for its error.

    calls    name and arguments of each; read as they are needed
    address  of a Dask scheduler, whose workers have the same code. A call whose worker dies is
             made again on another one, as Dask does it.
    """
    try:
        import distributed
    except ModuleNotFoundError:
        raise UsageError(
            "--scheduler: expected the package distributed, got none; "
            "install it with `pip install -e '.[cluster]'`."
        ) from None
    try:
        client = distributed.Client(address, timeout=5)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler: expected the address of a Dask scheduler, got {address!r} "
            f"({type(error).__name__}); start one with `dask scheduler`."
        ) from None
    with client:
        waiting, running, names = iter(calls), distributed.as_completed(), {}
        threads = max(1, sum(client.nthreads().values()))

        def submit() -> None:
            for name, arguments in waiting:
                future = client.submit(function, *arguments, pure=False)
                names[future] = name
                running.add(future)
                return

        for _ in range(AHEAD * threads):
            submit()
        for future in running:
            submit()
            yield names.pop(future), future.result
