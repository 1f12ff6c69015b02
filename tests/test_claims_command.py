"""`ilkit claims`: the bar, the table, processes side by side, a cluster, and what goes wrong."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import distributed
import pytest

from ilkit import progress
from ilkit.cli import main
from ilkit.errors import InputError
from ilkit.experiments import parallel, store
from ilkit.progress import Progress


@pytest.fixture
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring takes the stored result; C02 is broken, C03 refuses."""

    def measure(claim_id: str, full: bool) -> store.Document:
        if claim_id == "C02":
            raise ZeroDivisionError("no seeds")
        if claim_id == "C03":
            raise InputError("seeds: expected some, got none; add one.")
        return store.load(claim_id)

    monkeypatch.setattr(store, "measure", measure)


@pytest.mark.usefixtures("instant")
def test_a_claim_that_dies_takes_no_other_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["C03", "C02", "C09", "C01", "C09"]
    assert main(["claims", *asked, "--json", "--out", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["C01", "C09"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["C01.json", "C09.json"]
    assert "C03 could not be measured: seeds: expected some, got none; add one.\n" in err
    assert "C02 could not be measured: Traceback" in err
    assert "ZeroDivisionError: no seeds" in err


@pytest.mark.usefixtures("instant")
def test_the_table_has_a_row_a_claim(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "C09", "C01", "--markdown", "--out", str(tmp_path)]) == 0
    rows = [row.split(" | ") for row in capsys.readouterr().out.strip().splitlines()]
    assert {len(row) for row in rows} == {6}
    assert [row[0] for row in rows] == ["| Claim", "| ---", "| C01", "| C09"]
    first = store.load("C01")
    assert rows[2][1:5] == [
        first["chapter"],
        first["statement"],
        first["verdict"],
        first["again"]["verdict"],
    ]
    numbers = rows[2][5].replace(r"\|", "|")
    assert all(result["name"] in numbers for result in first["results"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--jobs", "0"], "--jobs: expected at least 1 process, got 0"),
        (["--jobs", "two"], "argument --jobs: invalid int value"),
        (["--json", "--markdown"], "--markdown: expected one format"),
        (["--scheduler", "nowhere:1"], "--scheduler: expected the address of a Dask scheduler"),
    ],
)
def test_wrong_words_are_told_before_anything_runs(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(store, "measure", lambda *_: pytest.fail("measured"))
    assert main(["claims", "C01", *words]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


def test_without_dask_its_extra_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["claims", "C01", "--scheduler", "tcp://localhost:1"]) == 2
    assert "pip install -e '.[cluster]'" in capsys.readouterr().err


def test_processes_measure_what_one_would(tmp_path: Path, capsys: Any) -> None:
    """For real: an exact claim, in a fresh process, number for number the stored one."""
    assert main(["claims", "C03", "--jobs", "2", "--json", "--out", str(tmp_path)]) == 0
    [claim] = json.loads(capsys.readouterr().out)["claims"]
    stored = store.load("C03")
    assert claim["results"] == stored["results"]
    assert claim["verdict"] == stored["verdict"]


@pytest.fixture(scope="module")
def cluster() -> Any:
    """A Dask cluster inside this process."""
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as made:
        yield made


@pytest.mark.usefixtures("instant")
def test_a_cluster_measures_and_one_broken_claim_stops_none(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(parallel, "fingerprint", lambda file: store.load("C01")["fingerprint"])
    address = cluster.scheduler_address
    words = ["C01", "C02", "C09", "--scheduler", address, "--json", "--out", str(tmp_path)]
    assert main(["claims", *words]) == 1
    out, err = capsys.readouterr()
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["C01"]
    assert "C02 could not be measured: Traceback" in err
    assert "C09: expected a worker with this version of ilkit, got another" in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_goes_by_the_speed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the work took 100 s, so the other half will; 30 s later 70 are left."""
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    bar = Progress({"a": 30.0, "b": 10.0, "c": 20.0}, at_once=2)
    assert bar.remaining(1000.0) == pytest.approx(30)
    clock[0] = 1100.0
    bar.done("a")
    assert bar.remaining(1100.0) == pytest.approx(100)
    assert bar.line(1130.0) == "[" + "#" * 15 + "." * 9 + "] 1 of 3, about 70 s left"
    assert bar.remaining(1900.0) == 0
    assert bar.line(1900.0) == "[" + "#" * 23 + ".] 1 of 3, longer than expected"
    clock[0] = 1200.0
    bar.done("b")
    bar.done("c")
    assert bar.line(1200.0) == "[" + "#" * 24 + "] 3 of 3, done"


def test_a_terminal_sees_the_bar_and_a_file_only_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, drawn in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with Progress({"a": 300.0}) as bar:
            bar.over.wait(1.3)
            bar.say("a line", stream)
            bar.done("a")
        assert ("0 of 1, about 5 min left" in stream.getvalue()) is drawn
        assert ("\x1b" in stream.getvalue()) is drawn
        assert "a line\n" in stream.getvalue()


def test_expected_times_are_scaled_and_borrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ilkit.experiments import command

    stored = {"C01": {"seconds": 10.0, "full": False}, "C02": {"seconds": 80.0, "full": True}}
    monkeypatch.setattr(store, "RESULTS", Path(__file__).parent / "none")
    assert command._expected(["C01"], False) == {"C01": 60.0}
    monkeypatch.setattr(store, "RESULTS", Path(__file__).parents[1] / "book" / "results")
    monkeypatch.setattr(store, "load", lambda claim_id: stored[claim_id])
    assert command._expected(["C01", "C02"], False) == {"C01": 21.0, "C02": 41.0}
    assert command._expected(["C01", "C02"], True) == {"C01": 81.0, "C02": 161.0}
