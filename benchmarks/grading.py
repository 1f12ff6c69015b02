"""Our grader beside stock nbgrader, on the same notebooks, in turns: benchmarks/results.json.

    python benchmarks/grading.py            # about twenty minutes
    python benchmarks/grading.py --quick    # a hundred submissions in the place of a thousand

The homework has five parts and one training run, whose steps set how long a notebook computes.
Stock nbgrader starts a kernel for each notebook; `ilkit grade` forks a sandbox from a warm parent.
Speeds are ratios of runs in turns, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from nbgrader.api import Gradebook
from table import row, store

from ilkit.grading.release import release, write_assignments
from ilkit.grading.source import Homework, is_solution, write
from ilkit.stats import mean_interval

ROOT = Path(__file__).resolve().parents[1]
SLUG = "bench"
STEPS_300, STEPS_LONG = 300, 1500  # Adam steps: about 0.1 s and 0.3 s of computing
TURNS = 5  # runs of either, in turns
SAMPLE = 4  # submissions that stock nbgrader grades in a turn
HEAD = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.losses]
# ---

# %% nbgrader={"grade_id": "setup"}
import numpy as np
import torch

torch.manual_seed(0)
torch.set_num_threads(1)
"""
PART = """
# %% nbgrader={{"grade_id": "{name}", "solution": true}}
def {name}(x):
    ### BEGIN SOLUTION
    {answer}
    ### END SOLUTION

# %% nbgrader={{"grade_id": "{name}-test", "points": 20}}
import numpy as np
from ilkit.grading import expect, student
x = np.random.default_rng(student.seed("{name}")).normal(size=(5, 3))
expect.close(student.call("{name}", x), {fact}, "{name} is right")
"""
TRAIN = """
# %% nbgrader={{"grade_id": "train", "solution": true}}
def train(x, y):
    ### BEGIN SOLUTION
    net = torch.nn.Sequential(torch.nn.Linear(3, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    adam = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range({steps}):
        loss = ((net(x)[:, 0] - y) ** 2).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    return loss.item()
    ### END SOLUTION

# %% nbgrader={{"grade_id": "train-test", "points": 20}}
import torch
from ilkit.grading import student
x = torch.linspace(-1, 1, 96).reshape(32, 3)
assert student.call("train", x, x.sum(1)) < 0.1, "training lowers the loss"
"""
PARTS = {
    "total": ("return x.sum()", "x.sum()"),
    "columns": ("return x.mean(0)", "x.mean(0)"),
    "squares": ("return (x**2).sum(1)", "(x**2).sum(1)"),
    "largest": ("return x.max(1)", "x.max(1)"),
}
STOCK = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.db_url = "sqlite:///{root}/stock.db"
c.CourseDirectory.autograded_directory = "stock"
c.CourseDirectory.ignore = ["*.py"]
"""


class Course:
    """A homework that trains for so many steps, handed in by a class, half of it with a mistake."""

    def __init__(self, root: Path, steps: int, students: int) -> None:
        self.root = root
        folder = root / "solutions" / SLUG
        folder.mkdir(parents=True)
        parts = [PART.format(name=n, answer=a, fact=f) for n, (a, f) in PARTS.items()]
        text = HEAD + "".join(parts) + TRAIN.format(steps=steps)
        (folder / f"{SLUG}.py").write_text(text, encoding="utf-8")
        (root / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
        self.configure((ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
        write_assignments(root)
        homework = Homework(folder)
        answers = {cell.id: cell.source for cell in homework.notebook.cells if is_solution(cell)}
        notebook = release(homework)
        for number in range(students):
            for cell in notebook.cells:
                if is_solution(cell):
                    cell.source = f"# student {number}\n{answers[cell.id]}"
                    if cell.id == "columns" and number % 2:
                        cell.source = cell.source.replace("mean(0)", "mean(1)")
            write(notebook, root / "submitted" / name(number) / SLUG / f"{SLUG}.ipynb")

    def only(self, students: int) -> None:
        """Let so many be handed in: the others wait beside the folder."""
        here = [*self.root.glob("submitted/*"), *self.root.glob("waiting/*")]
        for number, path in enumerate(sorted(here, key=lambda path: path.name)):
            place = self.root / ("submitted" if number < students else "waiting") / path.name
            place.parent.mkdir(exist_ok=True)
            path.rename(place)

    def configure(self, text: str) -> None:
        (self.root / "nbgrader_config.py").write_text(text, encoding="utf-8")

    def ours(self, *words: str) -> dict[str, Any]:
        """`ilkit grade`: seconds, and what it said of each student."""
        self.configure((ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "ilkit", "grade", SLUG, "--json", *words]
        seconds, told = self._timed(command)
        return {"seconds": seconds, "rows": json.loads(told)["submissions"]}

    def stock(self, students: str) -> float:
        """`nbgrader autograde` as it comes, on the students that a pattern names; seconds."""
        self.configure(STOCK.format(root=self.root))
        if not (self.root / "stock.db").exists():
            nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment", SLUG, "--force"]
            self._timed(nbgrader)
        words = ["autograde", SLUG, "--student", students, "--force"]
        return self._timed([sys.executable, "-m", "nbgrader", *words])[0]

    def scores(self, database: str) -> dict[str, float]:
        with Gradebook(f"sqlite:///{self.root}/{database}") as book:
            return {work.student.id: work.score for work in book.assignment_submissions(SLUG)}

    def memory(self, jobs: int) -> float:
        """The most MB that grading twenty submissions takes, shared pages counted once."""
        words = ["grade", SLUG, "--force", "--jobs", str(jobs)]
        command = [sys.executable, "-m", "ilkit", *words]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "ILKIT_COURSE_SECRET": "of a benchmark"}
        nowhere = subprocess.DEVNULL
        grader = subprocess.Popen(
            command, cwd=self.root, env=environment, stdout=nowhere, stderr=nowhere
        )
        most = 0.0
        while grader.poll() is None:
            most = max(most, sum(map(share, family(grader.pid))))
            time.sleep(0.05)
        return most

    def _timed(self, command: list[str]) -> tuple[float, str]:
        bin = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
        environment = os.environ | {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
        environment |= {"OMP_NUM_THREADS": "1", "ILKIT_COURSE_SECRET": "of a benchmark"}
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return time.monotonic() - started, done.stdout


def name(number: int) -> str:
    return f"s{number:04}"


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return [pid]
    return [pid, *(each for child in text.split() for each in family(int(child)))]


def share(pid: int) -> float:
    """A process's proportional share of memory, in MB."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(text.partition("Pss:")[2].split()[0]) / 1024


def own_compute(course: Course) -> float:
    """Seconds of the answers alone, in a process that has trained before; the shortest of five."""
    from ilkit.grading.execute import Session

    notebook = Homework(course.root / "solutions" / SLUG).notebook
    sources = [cell.source for cell in notebook.cells if cell.get("cell_type") == "code"]
    session, runs = Session(), []
    for _ in range(6):
        started = time.monotonic()
        for source in sources:
            if failure := session.run(source, "cell"):
                raise SystemExit(str(failure))
        runs.append(time.monotonic() - started)
    return min(runs[1:])


def side_by_side(course: Course, students: int) -> tuple[list[float], list[float]]:
    """Seconds that one more submission costs ours, one at a time, and stock nbgrader, in turns."""
    ours, stock = [], []
    for turn in range(TURNS):
        words = ("--force", "--jobs", "1")
        short = course.ours(*words, "--student", name(turn))["seconds"]
        ours.append((course.ours(*words)["seconds"] - short) / (students - 1))
        stock.append(stock_each(course, turn))
    return ours, stock


def stock_each(course: Course, turn: int) -> float:
    """Seconds that one more submission costs stock nbgrader, the start of the command left out."""
    one = course.stock(name(10 * turn))
    return (course.stock(f"s00{turn}[0-{SAMPLE - 1}]") - one) / (SAMPLE - 1)


def ratio(ours: Sequence[float], other: Sequence[float]) -> dict[str, float]:
    """How many times as fast ours is: the mean of the turns, with its interval."""
    found = mean_interval(
        torch.tensor([theirs / mine for mine, theirs in zip(ours, other, strict=True)])
    )
    return {"ratio": found.mean, "low": found.low, "high": found.high}


def single() -> list[dict[str, Any]]:
    """What one notebook costs: seconds and memory."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / "short", STEPS_300, 50)
        compute = own_compute(course)
        ours, stock = side_by_side(course, 50)
        one, bound = mean(ours), 0.15 + 1.5 * compute
        graded, known = course.scores("gradebook.db"), course.scores("stock.db")
        equal = all(graded[student] == score for student, score in known.items())
        alone, four = course.memory(1), course.memory(4)
        more = (four - alone) / 3
        return [
            row(
                "seconds for a notebook of five parts and 300 Adam steps, beside stock nbgrader",
                one,
                mean(stock),
                **ratio(ours, stock),
                target=0.3,
                reached=one <= 0.3,
                quality_equal=equal,
                note=f"the answers alone take {compute:.2f} s; one at a time, saving included",
            ),
            row(
                "the same beside 0.15 s and 1.5 times the answers alone",
                one,
                bound,
                bound / one,
                target=bound,
                reached=one <= bound,
            ),
            row(
                "MB for one more submission at a time, beside all that one takes",
                more,
                alone,
                target=150,
                reached=more <= 150,
                note="proportional shares of memory",
            ),
        ]


def crowd(students: int) -> list[dict[str, Any]]:
    """A class, all of it with ours and a sample with stock nbgrader; and whether cost is linear."""
    with tempfile.TemporaryDirectory() as folder:
        course, tenth = Course(Path(folder) / "long", STEPS_LONG, students), students // 10
        compute = own_compute(course)
        stock = [stock_each(course, turn) for turn in range(TURNS)]
        course.only(tenth)
        few = course.ours("--force", "--jobs", "2")["seconds"]
        course.only(students)
        found = course.ours("--force", "--jobs", "2")
    each = found["seconds"] / students
    faster = ratio([each] * TURNS, stock)
    right = {(int(r["student"][1:]) % 2, r["score"]) for r in found["rows"]} == {(0, 100), (1, 80)}
    share = each / (few / tenth)
    return [
        row(
            f"seconds each of {students} that compute {compute:.2f} s, two at a time, beside stock",
            each,
            mean(stock),
            **faster,
            target=12,
            reached=faster["ratio"] >= 12,
            quality_equal=right,
            note="start and saving of the whole run included; stock's start left out",
        ),
        row(
            f"seconds each of {students} beside those of {tenth}",
            each,
            few / tenth,
            1 / share,
            target=1,
            reached=share <= 1.1,
            note="linear: the more are no dearer each",
        ),
    ]


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a hundred for a thousand")
    students = 100 if parser.parse_args().quick else 1000
    store("grading", single())
    store("grading a class", crowd(students))


if __name__ == "__main__":
    main()
