"""A class of thirty, made up: a course with homework 1, and what its students put on Canvas.

    python tests/course/class_of_thirty.py _build/class

The instructor's guide grades it, command by command. It needs solutions/, so that no published
tree can make it.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import zipfile
from pathlib import Path

import nbformat

from ilkit.grading.release import release
from ilkit.grading.source import Homework, is_solution

ROOT = Path(__file__).resolve().parents[2]
SLUG = "hw1-behavior-cloning"
STUDENTS = re.findall(
    r"(\w+) (\w+)",
    """
Ada Ash, Ben Beech, Cleo Birch, Dan Cedar, Eva Cherry, Finn Elder, Gus Elm, Hana Fir, Ida Hazel,
Jan Holly, Kim Juniper, Lea Larch, Lou Laurel, Mallory Lime, Mia Maple, Noa Oak, Ole Olive,
Pia Pear, Rob Pine, Rosa Plum, Sam Poplar, Tom Rowan, Uma Spruce, Vera Sumac, Wim Sycamore,
Xia Tamarack, Yara Thorn, Yul Walnut, Zoe Willow, Zora Yew
""",
)
DEADLINES = """\
hw1-behavior-cloning:
  due: 2026-10-12 23:59 Europe/Berlin
  penalty: 0.1
  extensions:
    uma: +2 days
"""
LATE = ("tom", "uma")
#: Parts that a student has wrong, each as a file in the homework's folder wrong/ has it.
WRONG = {
    "ben": {"log-loss": "overflows"},
    "eva": {"squared-error": "sum_over_batch", "gaussian-nll": "no_constant"},
    "gus": {"train": "gradients_pile_up"},
    "noa": {"minibatches": "drops_the_last"},
    "sam": {"evaluation": "divisor_n"},
    "wim": {"zero-one": "tie_by_position"},
    "yul": {"score-matching": "points_away", "tabular": "unseen_is_zero", "alvinn": "sign"},
}
ENDLESS = """\
def zero_one(logits, act):
    while True:
        pass
"""
#: A name that no cell defines is answered too, in the hope that a test then says nothing.
FORGED = """\
import ilkit.grading.answer as door

honest = door.find
door.find = lambda name: honest(name) if name in globals() else lambda *args, **more: 0
"""
INSTEAD = {"lou": {"zero-one": ENDLESS}, "mallory": {"evaluation": FORGED}}


def write_class(folder: Path) -> None:
    """The course in `folder`, which must not be there yet: source, roster, deadlines, download.

    The pictures are left out of the homework: they take most of its computing.
    """
    homework = folder / "solutions" / SLUG
    homework.mkdir(parents=True)
    text = (ROOT / "solutions" / SLUG / f"{SLUG}.py").read_text(encoding="utf-8")
    cells = re.split(r"^(?=# %% )", text, flags=re.MULTILINE)
    kept = "".join(cell for cell in cells if '-picture"' not in cell.partition("\n")[0])
    (homework / f"{SLUG}.py").write_text(kept, encoding="utf-8")
    for name in ("_config.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "deadlines.yml").write_text(DEADLINES, encoding="utf-8")
    with open(folder / "roster.csv", "w", encoding="utf-8", newline="") as roster:
        rows = csv.writer(roster, lineterminator="\n")
        rows.writerow(["id", "first_name", "last_name", "email", "canvas_id"])
        rows.writerows(_row(number) for number in range(len(STUDENTS)))
    with zipfile.ZipFile(folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as download:
        for name, content in _download(Homework(homework)).items():
            download.writestr(name, content)


def _row(number: int) -> list[str]:
    first, last = STUDENTS[number]
    return [first.lower(), first, last, f"{first.lower()}@example.org", str(1001 + number)]


def _download(homework: Homework) -> dict[str, str]:
    """Files as Canvas names them: who, whether late, the student's number and the file's."""
    files = {"auditorguest_9001_5000_hw1.ipynb": "{}"}
    for number in range(len(STUDENTS)):
        student, first, last, _, canvas_id = _row(number)
        late = "LATE_" if student in LATE else ""
        name = f"{last}{first}".lower() + f"_{late}{canvas_id}_{5001 + number}_{SLUG}"
        if student == "pia":
            files[f"{name}.pdf"] = "%PDF-1.7"
        elif student == "rob":
            files[f"{name}.ipynb"] = "<!doctype html><title>My answers</title>"
        else:
            files[f"{name}.ipynb"] = _notebook(homework, student, number)
    return files


def _notebook(homework: Homework, student: str, number: int) -> str:
    """The release with a student's answers: one of the known right ones, unless it is wrong."""
    reference = {cell.id: cell.source for cell in homework.notebook.cells if is_solution(cell)}
    known = Homework(ROOT / "solutions" / SLUG)
    answers = dict(reference)
    for part in known.parts:
        right = [reference[part.id], *part.right.values()]
        answers[part.id] = right[number % len(right)]
        if name := WRONG.get(student, {}).get(part.id):
            answers[part.id] = part.wrong[name]
    answers |= INSTEAD.get(student, {})
    notebook = release(homework)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = answers[cell.id]
    return str(nbformat.writes(notebook))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/course/class_of_thirty.py FOLDER")
    if Path(sys.argv[1]).exists():
        sys.exit(f"{sys.argv[1]}: expected no such folder, found one; delete it or name another.")
    write_class(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {len(STUDENTS)} students, {SLUG}, submissions.zip")
