"""A copy of the course to work in, and students who hand in known answers."""

import contextlib
import itertools
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from ilkit.grading.release import release, write_assignments
from ilkit.grading.source import Homework, is_solution, write
from ilkit.grading.split import Split
from ilkit.grading.walls import Start, ladder

HW1 = "hw1-behavior-cloning"


RUNGS = ("namespaces", "bubblewrap", "landlock")


def need(reached: bool, what: str) -> None:
    """CI must have what the walls are made of; elsewhere their tests are skipped, loudly."""
    if not reached and os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must: see `ilkit doctor --grading`")
    if not reached:
        pytest.skip(f"THE SANDBOX WAS NOT TESTED: {what}; see `ilkit doctor --grading`")


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """This machine can shut a student's code in."""
    need(any(not rung.lacking() for rung in ladder.LADDER[:-1]), "no rung is reached")


@pytest.fixture(scope="session", params=RUNGS)
def rung(request) -> ladder.Rung:
    """Each rung that this machine reaches; CI must reach bubblewrap and one other at least."""
    lacking = {rung.name: rung.lacking() for rung in ladder.LADDER}
    others = [name for name in RUNGS if name != "bubblewrap" and not lacking[name]]
    need(request.param != "bubblewrap" or not lacking["bubblewrap"], "no bubblewrap")
    need(bool(others), "neither namespaces nor Landlock")
    if lacking[request.param]:
        pytest.skip(f"THE RUNG {request.param} WAS NOT TESTED: {lacking[request.param]}")
    return ladder.pick(request.param)


@pytest.fixture(scope="session")
def start(rung) -> Iterator[Start]:
    """Opens hosts on that rung, for a homework that withholds `ilkit.losses`."""
    with rung.hosts(["ilkit.losses"]) as start:
        yield start


@pytest.fixture
def graded(start):
    """What each cell of a notebook says in the end, by name: an attack between two honest parts."""

    def grade(attack: str, patience: float = 60) -> dict[str, str]:
        cells = [
            *multiplies("double", "def double(x):\n    return 2 * x", 2),
            *multiplies("attack", attack, 5),
            *multiplies("triple", "def triple(x):\n    return 3 * x", 3),
        ]
        Split(start, patience).run(cells)
        return {cell.id: "".join(out.evalue for out in cell.outputs) for cell in cells}

    return grade


def multiplies(name: str, source: str, factor: int) -> list[NotebookNode]:
    """A part of a homework: an answer, a check that nobody runs, and a test of the answer."""
    test = f"""
import numpy as np
from ilkit.grading import expect, student
x = np.random.default_rng().normal(size=4)
expect.close(student.call("{name}", x), {factor} * x, "{name}")
"""
    return [
        code_cell(name, source, solution=True),
        code_cell(f"{name}-check", "check_that_nobody_runs()"),
        code_cell(f"{name}-test", test, grade=True, points=1),
    ]


def code_cell(name: str, source: str, **marks: object) -> NotebookNode:
    """A code cell with nbgrader's marks."""
    made = new_code_cell(source, id=name)
    made.metadata.nbgrader = {"grade_id": name, "grade": False, "solution": False, **marks}
    return made


@pytest.fixture(scope="session")
def hw1() -> Homework:
    return Homework(Path(__file__).parents[2] / "solutions" / HW1)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory) -> Path:
    """A gradebook to copy: nbgrader takes seconds to make one."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="module")
def course(root, tmp_path_factory) -> Path:
    """The instructor's folder, with sources and releases, and nothing graded yet."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(
        root / "solutions", folder / "solutions", ignore=shutil.ignore_patterns("*.ip*")
    )
    for name in ("_config.yml", "nbgrader_config.py"):
        shutil.copy(root / name, folder)
    write_assignments(folder)
    return folder


@pytest.fixture(scope="module")
def run(course):
    """Run a command in the course's folder; its output once it has succeeded."""
    bin = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    environment = {**os.environ, "PATH": bin + os.pathsep + os.environ["PATH"]}
    environment.pop("MPLBACKEND", None)  # a kernel draws into the notebook

    def command(*words: str) -> str:
        done = subprocess.run(
            words, cwd=course, env=environment, capture_output=True, text=True, timeout=3600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return command


def notebook_with(homework: Homework, answers: dict[str, str]):
    """The release, with these answers in its solution cells."""
    notebook = release(homework)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = answers.get(cell.id, cell.source)
    return notebook


def reference(homework: Homework) -> dict[str, str]:
    return {cell.id: cell.source for cell in homework.notebook.cells if is_solution(cell)}


@pytest.fixture(scope="module")
def submit(course, hw1):
    """Hand in under a student's name: the reference's answers, but for those given; hw1 unless."""

    def hand_in(
        student: str, answers: dict[str, str], homework: Homework = hw1, untouched: bool = False
    ) -> Path:
        path = course / "submitted" / student / homework.slug / f"{homework.slug}.ipynb"
        given = answers if untouched else reference(homework) | answers
        write(notebook_with(homework, given), path)
        return path

    return hand_in


@pytest.fixture(scope="module")
def submit_class(submit):
    """Hand in for a class of synthetic students; what each part of each is worth, in advance."""

    def hand_in(homework: Homework, size: int) -> dict[str, dict[str, float]]:
        known = {}
        for number, (answers, points) in zip(range(size), synthetic(homework), strict=False):
            submit(f"student{number:02}", answers, homework)
            known[f"student{number:02}"] = points
        return known

    return hand_in


def synthetic(homework: Homework) -> Iterator[tuple[dict[str, str], dict[str, float]]]:
    """Per part the reference, a right or a wrong answer, and its points; one student each.

    The same students each time. No answer comes again before all others of its kind came.
    """
    draw = random.Random(homework.slug)

    def dealt(answers: list[str]) -> Iterator[str]:
        while True:
            yield from draw.sample(answers, len(answers))

    decks = {
        part.id: {
            "reference": itertools.repeat(reference(homework)[part.id]),
            "right": dealt(list(part.right.values())),
            "wrong": dealt(list(part.wrong.values())),
        }
        for part in homework.parts
    }
    while True:
        kinds = {part.id: draw.choice(["reference", "right", "wrong"]) for part in homework.parts}
        yield (
            {id: next(decks[id][kind]) for id, kind in kinds.items()},
            {part.id: part.points * (kinds[part.id] != "wrong") for part in homework.parts},
        )


@pytest.fixture(scope="module")
def scores(course):
    """What the gradebook holds for a homework: student to part to points."""

    def read(slug: str) -> dict[str, dict[str, float]]:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            return {
                work.student.id: {
                    g.name.removesuffix("-test"): g.score for g in work.notebooks[0].grades
                }
                for work in book.assignment_submissions(slug)
            }

    return read


@pytest.fixture(scope="module")
def grade_class(sandboxed, submit_class, run, scores):
    """Grade a class of synthetic students: what nbgrader gave each part of each, and was to."""

    def grade(homework: Homework, size: int) -> tuple[dict[str, dict[str, float]], ...]:
        run("nbgrader", "generate_assignment", homework.slug, "--force")
        known = submit_class(homework, size)
        run("nbgrader", "autograde", homework.slug)
        return scores(homework.slug), known

    return grade


@pytest.fixture
def serve():
    """Start a Jupyter server with formgrader in a course's folder; its address, once it answers.

    Requests need the header "Authorization: token secret".
    """
    with contextlib.ExitStack() as stack:

        def start(folder: Path) -> str:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                address = f"http://127.0.0.1:{probe.getsockname()[1]}"
            command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
            command += [f"--port={address.rpartition(':')[2]}", "--IdentityProvider.token=secret"]
            extensions = {"nbgrader.server_extensions.formgrader": True}
            command += [f"--ServerApp.jpserver_extensions={extensions}"]
            nowhere = subprocess.DEVNULL
            server = subprocess.Popen(command, cwd=folder, stdout=nowhere, stderr=nowhere)
            stack.callback(server.wait, 120)
            stack.callback(server.terminate)
            deadline = time.monotonic() + 180
            while True:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/api")
                    return address
                assert time.monotonic() < deadline, "the Jupyter server did not start"
                time.sleep(0.3)

        yield start
