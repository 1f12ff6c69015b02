"""What is told to a person: what a student wrote, with nothing invisible in it, and counts."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

#: Joiners make one sign of several, in emoji and in many scripts. They cannot hide anything.
JOINERS = "\u200c\u200d"
#: Letters that may stand in a name and show nothing.
FILLERS = "\u115f\u1160\u3164\uffa0"
#: Beyond ASCII, whatever may be invisible stands here; the rest of a text is passed over quickly.
SUSPECT = re.compile(r"[^\n\t -~]")


def shown(text: str) -> str:
    r"""The text with control and format characters written out, as `\u202e`.

    Bidirectional controls would show the lines of a program in another order than they run in.
    Line ends, tabs and the joiners of emoji stay.
    """
    return SUSPECT.sub(_escaped, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text, with its line ends written out too: a file's name, for a sentence."""
    return shown(text).replace("\n", r"\n")


def counted(number: int, noun: str) -> str:
    """`1 student`, `2 students`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def show(notebook: Any) -> None:
    """Write them out in a notebook that has run: in all cells, and in what errors say."""
    for cell in notebook.cells:
        cell.source = shown(cell.source)
        for out in cell.get("outputs", []):
            if out.output_type == "error":
                out.evalue = shown(out.evalue)
                out.traceback = [shown(line) for line in out.traceback]


def _escaped(found: re.Match[str]) -> str:
    c = found[0]
    hides = unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c not in JOINERS
    tag = 0xE0000 <= ord(c) < 0xF0000  # a plane of signs that are all invisible
    return ascii(c)[1:-1] if hides or tag or c in FILLERS else c
