"""The instructor's guide: its commands are real, and its class of thirty prints what it shows."""

import os
import re
import shlex
import subprocess
from collections import Counter

import pytest
from nbgrader.api import Gradebook

from ilkit.cli import parse
from ilkit.grading.walls import ladder

FOLDER, EXPORT = "_build/class", "ilkit export"
FAILS = ("ilkit collect",)  # two files cannot be mapped


@pytest.fixture(scope="module")
def page(root):
    return (root / "book" / "instructors-guide.md").read_text(encoding="utf-8")


def sessions(text):
    """Each command of the page's consoles, and the lines that it prints there."""
    for console in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for told in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
            command, *lines = told.rstrip("\n").split("\n")
            yield command, lines


def class_of_thirty(page):
    return list(sessions(page.partition("(class-of-thirty)=")[2].partition("\n## When")[0]))


class Shell:
    """Runs commands one after the other, as in one terminal."""

    def __init__(self, root, folder):
        self.root, self.folder, self.state = root, folder, []

    def run(self, command):
        """What it prints, with the page's name for the folder; its exit code is known."""
        command = command.replace(FOLDER, str(self.folder))
        if command.startswith(("cd ", "export ")):
            self.state.append(command)
            return []
        done = subprocess.run(
            ["bash", "-c", " && ".join([*self.state, command])],
            cwd=self.root,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == int(command.startswith(FAILS)), f"{command}\n{done.stdout}"
        return done.stdout.replace(str(self.folder), FOLDER).splitlines()


def alike(shown, printed):
    """Whether a command prints what the page shows; submissions end in any order."""
    found, wanted = (Counter(map(timeless, lines)) for lines in (printed, shown))
    left_out = wanted.pop("...", 0)
    return wanted <= found if left_out else wanted == found


def timeless(line):
    return re.sub(r"\d+\.\d\d s$", "_ s", line)


def confirm(folder, student):
    """Type the grader's own points into each box of formgrader's page."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for grade in book.find_submission("hw1-behavior-cloning", student).notebooks[0].grades:
            grade.manual_score, grade.needs_manual_grade = grade.auto_score, False
        book.db.commit()


@pytest.fixture
def shell(root, tmp_path):
    return Shell(root, tmp_path / "class")


def test_every_command_is_one_that_ilkit_takes(page):
    commands = [command for command, _ in sessions(page) if command.startswith("ilkit ")]
    assert len(commands) > 12
    for command in commands:
        parse(shlex.split(command)[1:])


def test_the_class_is_handed_in_and_collected_as_the_page_shows(page, shell):
    """All that comes before the grading, which takes minutes."""
    for command, shown in class_of_thirty(page):
        if command.startswith("ilkit grade"):
            break
        assert alike(shown, shell.run(command)), command
    assert len(list(shell.folder.glob("submitted/*/*/*.ipynb"))) == 29


@pytest.mark.slow
def test_the_class_of_thirty_is_graded_as_the_page_shows(page, shell, sandboxed):
    if ladder.pick().name != "namespaces":
        pytest.skip("THE CLASS OF THIRTY WAS NOT GRADED: the page shows the rung namespaces")
    exported = 0
    for command, shown in class_of_thirty(page):
        if command.startswith(EXPORT):
            if exported:
                confirm(shell.folder, "mallory")
            exported += 1
        printed = shell.run(command)
        assert alike(shown, printed), f"{command}\n" + "\n".join(printed)
    assert exported == 2


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a 1.00 s", "b"], ["b", "a 23.45 s"], True),
        (["a", "..."], ["b", "a"], True),
        (["a"], ["b", "a"], False),
        (["a", "...", "c"], ["b", "a"], False),
        (["a", "a", "..."], ["a", "b"], False),
    ],
)
def test_a_page_that_shows_something_else_is_noticed(shown, printed, same):
    assert alike(shown, printed) == same
