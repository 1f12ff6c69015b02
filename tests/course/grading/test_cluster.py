"""On a Dask cluster the grades are the same, also when a worker dies in the middle."""

import os
import signal

import distributed
import pytest

from ilkit.cli import main

TINY = "tiny"


@pytest.fixture(scope="module")
def cluster():
    """Two workers in processes of their own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_distributed_equals_serial(submit_many, grade, gradebook, cluster):
    submit_many(6)
    grade("--jobs", "1")
    before = gradebook()
    rows = grade("--force", "--scheduler", cluster.scheduler_address)
    assert not any(row["cached"] for row in rows.values())
    assert gradebook() == before


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    submit_many, grade, gradebook, cluster, disturbed
):
    submit_many(20)
    grade()
    before = gradebook()

    def kill() -> None:
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    assert len(disturbed(kill, "--scheduler", cluster.scheduler_address)) == 20
    assert gradebook() == before


def test_an_address_without_a_scheduler_is_one_sentence(submit, course, capsys):
    submit("ada")
    assert main(["grade", TINY, "--scheduler", "nowhere:1"]) == 2
    assert "--scheduler: expected the address of a Dask scheduler" in capsys.readouterr().err
