"""On a Dask cluster the grades are the same, also when a worker dies in the middle."""

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor

import distributed
import pytest

TINY = "tiny"
WRONG = "def triple(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def cluster():
    """Two workers in processes of their own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_distributed_equals_serial(submit, grade, gradebook, cluster):
    for number in range(6):
        submit(f"s{number}", **({"triple": WRONG} if number % 2 else {}))
    grade("--jobs", "1")
    before = gradebook()
    rows = grade("--force", "--scheduler", cluster.scheduler_address)
    assert not any(row["cached"] for row in rows.values())
    assert gradebook() == before


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    submit, grade, gradebook, cluster, once_begun, course
):
    for number in range(20):
        submit(f"s{number:02}", **({"triple": WRONG} if number % 2 else {}))
    grade()
    before = gradebook()
    shutil.rmtree(course / "verdicts")

    def kill() -> int:
        done = once_begun(2)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        return done

    with ThreadPoolExecutor() as other:
        killed = other.submit(kill)
        rows = grade("--scheduler", cluster.scheduler_address)
        assert killed.result() < 20
    assert not any(row["cached"] for row in rows.values())
    assert gradebook() == before


def test_an_address_without_a_scheduler_is_one_sentence(submit, course, capsys):
    from ilkit.cli import main

    submit("ada")
    assert main(["grade", TINY, "--scheduler", "nowhere:1"]) == 2
    assert "--scheduler: expected the address of a Dask scheduler" in capsys.readouterr().err
