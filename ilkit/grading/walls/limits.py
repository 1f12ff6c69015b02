"""What one submission may use up."""

from __future__ import annotations

from pathlib import Path

GIB = 1 << 30
TEMPORARY = GIB // 4  # bytes of a file, and of all temporary ones
SECONDS = 900  # of computing
PROCESSES = 128  # and threads, where they can be counted for each submission apart


def go_first() -> None:
    """Where the machine's memory runs out, this process ends before the grader."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def limit(processes: int | None) -> None:
    """Bound what this process may use up: computing, memory, files, cores, processes."""
    import resource

    bounds = {
        "RLIMIT_CPU": SECONDS,
        "RLIMIT_DATA": 4 * GIB,
        "RLIMIT_FSIZE": TEMPORARY,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 1,  # too small for a file; unlike 0, it also holds back who catches cores
    }
    if processes is not None:
        bounds["RLIMIT_NPROC"] = processes
    for name, bound in bounds.items():
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)  # nobody may raise what the grader itself was given
        bound = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(kind, (bound, bound))
