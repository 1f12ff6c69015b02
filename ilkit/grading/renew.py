"""A new term's variant of each homework: other numbers, other seeds, the same ideas.

A source names in its header what may change, its own value first:

    # jupyter:
    #   ilkit:
    #     choices:
    #       WIDTH: [0.15, 0.12, 0.2]

Each line `WIDTH = ...` of its cells and of its known answers then gets a value of that list, each
`{{ WIDTH }}` in texts and strings too, and every hidden test draws from a seed of the term.
"""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from typing import Any

from ilkit.errors import InputError
from ilkit.grading.release import write_assignments
from ilkit.grading.source import SOLUTIONS, homeworks

RENEWED = Path("_build/renewed")
SETTINGS = ("_config.yml", "nbgrader_config.py")
MARK = "TERM"  # the file that says which term a folder was made for


def renew(root: Path, term: int, out: Path | None = None) -> Path:
    """Write the sources of a term to `out`, by default `_build/renewed/<term>`; returns the folder.

    The folder is a course of its own, with assignments: `ilkit homework` and nbgrader work in it.
    Raises InputError if `out` holds something else.
    """
    target = root / (out or RENEWED / str(term))
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise InputError(
            f"--out: expected a new folder, or one that --renew made, got {target}; name another."
        )
    target.mkdir(parents=True, exist_ok=True)
    (target / MARK).write_text(f"{term}\n", encoding="utf-8")
    made = target / SOLUTIONS
    shutil.rmtree(made, ignore_errors=True)
    for homework in homeworks(root):
        draw = random.Random(f"{term}/{homework.slug}")
        values = {name: draw.choice(among) for name, among in homework.choices.items()}
        for file in sorted(homework.folder.rglob("*.py")):
            copy = made / homework.slug / file.relative_to(homework.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = renewed(file.read_text(encoding="utf-8"), values, term)
            copy.write_text(text, encoding="utf-8", newline="\n")
    for name in SETTINGS:
        if (root / name).is_file():
            shutil.copy2(root / name, target / name)
    write_assignments(target)
    return target


def renewed(text: str, values: dict[str, Any], term: int) -> str:
    """The text of a source, or of an answer, with these values and the term's seeds."""
    for name, value in values.items():
        line = re.compile(rf"^([ \t]*{name} = )[^#\n]*?([ \t]*#.*)?$", re.MULTILINE)
        text = line.sub(lambda found, value=value: f"{found[1]}{value!r}{found[2] or ''}", text)  # type: ignore[misc]
        text = text.replace(f"{{{{ {name} }}}}", str(value))
    return text.replace('student.seed("', f'student.seed("term {term}: ')
