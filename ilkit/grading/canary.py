"""Asks a student's process for names that nobody defined: one that answers was changed to."""

from __future__ import annotations

import random
import string

from ilkit.grading import student
from ilkit.grading.answer import UNDEFINED
from ilkit.grading.border import Border, GoneError
from ilkit.grading.split import through

CHANGED = (
    "your notebook's process answered for a name that nobody defined: "
    "it was changed to answer everything"
)
ENDED = "your notebook's process ended when it was asked for a name that nobody defined"
_draw = random.SystemRandom()


def flags(border: Border) -> list[str]:
    """Sentences on a process that does not say, in the known words, that it lacks a name."""
    with through(border):
        for ask in (student.value, student.call, student.new, student.grad):
            name = _name()
            try:
                ask(f"{name}.{_name()}" if _draw.random() < 0.5 else name)
            except GoneError:
                return [ENDED]
            except student.StudentError as error:
                if (error.type, error.message) == ("NameError", UNDEFINED.format(name)):
                    continue
            return [CHANGED]
    return []


def _name() -> str:
    """A name as homeworks have them, which no code can know."""
    words = ("".join(_draw.choices(string.ascii_lowercase, k=_draw.randint(4, 8))) for _ in "ab")
    return "_".join(words)
