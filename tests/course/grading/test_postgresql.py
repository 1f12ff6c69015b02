"""Where the gradebook is: in PostgreSQL the same grades; and what cannot be opened is told."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from ilkit.cli import main


class Server:
    """A PostgreSQL server of the tests' own, in a folder of its own."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self.folder, self.bin = folder, bin
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.run("initdb", "-D", "data", "-A", "trust", "-U", "course", "--no-sync")
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "course", "grades")

    @property
    def address(self) -> str:
        return f"postgresql://course@127.0.0.1:{self.port}/grades"

    def run(self, name: str, *words: str) -> None:
        """As `postgres`, where this is root: the server refuses to be root."""
        command = [str(self.bin / name), *words]
        if os.geteuid() == 0:
            command = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                *command,
            ]
        with open(self.folder / "log", "ab") as log:
            subprocess.run(command, cwd=self.folder, check=True, stdout=log, stderr=log)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        self.run("pg_ctl", "-D", "data", "-w", "-l", "server.log", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def server():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found and os.environ.get("CI"):
        pytest.fail("no PostgreSQL on this machine, and CI must have it: .ci/run installs it")
    if not found:
        pytest.skip("THE GRADEBOOK IN POSTGRESQL WAS NOT TESTED: apt install postgresql")
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are for one user alone
        if os.geteuid() == 0:
            shutil.chown(name, "postgres", "postgres")
        made = Server(Path(name), found[-1])
        yield made
        made.stop()


@pytest.fixture
def in_postgresql(course, server):
    """The course's gradebook is this server's."""
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {server.address!r}\n")


def test_the_grades_are_those_of_sqlite(submit_many, grade, gradebook, server, request):
    submit_many(12)
    grade()
    in_sqlite = gradebook()
    request.getfixturevalue("in_postgresql")
    grade()  # from the ledger
    assert gradebook(server.address) == in_sqlite
    grade("--force")
    assert gradebook(server.address) == in_sqlite


def test_a_database_that_is_not_there_is_told_without_its_password(
    course, server, monkeypatch, capsys
):
    address = server.address.replace("course@", "course:password@") + "-of-another-year"
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    monkeypatch.chdir(course)
    monkeypatch.setattr("ilkit.grading.gradebook.PATIENCE", 3)
    assert main(["grade", "tiny"]) == 1
    waits, told = capsys.readouterr().err.splitlines()
    shown = f"postgresql://course:***@127.0.0.1:{server.port}/grades-of-another-year"
    assert waits == f"gradebook: no answer from {shown}, trying for 0.05 minutes"
    assert told.startswith(f"ilkit: gradebook: expected a database at {shown}, got")
    assert told.endswith("; start the server, or mend db_url in nbgrader_config.py.")
    assert "does not exist" in told
    assert "password" not in told


def test_a_gradebook_that_cannot_be_written_is_told_at_once(
    course, submit, empty_gradebook, monkeypatch, capsys
):
    submit("ada")
    shutil.copy(empty_gradebook, course)
    address = f"sqlite:///file:{course}/gradebook.db?mode=ro&uri=true"
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    monkeypatch.setattr("ilkit.grading.gradebook.PATIENCE", 5)
    assert main(["grade", "tiny"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "attempt to write a readonly database; mend the permissions of that file" in told


def test_formgrader_is_told_the_names_that_the_roster_has(course, submit, grade):
    submit("ada")
    (course / "roster.csv").write_text("id,first_name,email\nADA,Ada,ada@example.org\n")
    grade()
    submit("bob")
    (course / "roster.csv").write_text("id,last_name,email\nada,Lovelace,\nbob,Brook,\n")
    grade()  # what was graded before, too
    (course / "roster.csv").write_text("not a roster")
    grade("--force")  # which grades do not need
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        people = [(s.first_name, s.last_name, s.email) for s in book.students]
    assert sorted(people, key=str) == [
        ("Ada", "Lovelace", "ada@example.org"),
        (None, "Brook", None),
    ]


def test_a_server_that_starts_again_in_the_middle_costs_nothing(
    submit_many, grade, gradebook, server, in_postgresql, disturbed
):
    submit_many(12)
    grade()
    before = gradebook(server.address)

    def restart() -> None:
        server.stop()
        time.sleep(1)
        server.start()

    assert len(disturbed(restart, "--jobs", "1")) == 12
    assert gradebook(server.address) == before
