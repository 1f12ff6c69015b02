"""Errors meant for the person at the keyboard: one sentence, no traceback needed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


class InputError(ValueError):
    """Bad input, told in one sentence: the field, what was expected, what came, how to mend it."""


class UsageError(InputError):
    """A command was called in a way that it does not know: exit code 2."""


def unknown(what: str, word: str, known: Iterable[str]) -> UsageError:
    """The error for a `word` that names no `what`: it suggests the nearest of the `known` names."""

    def likeness(name: str) -> tuple[float, int]:
        same_place = sum(a == b for a, b in zip(name, word, strict=False))
        return SequenceMatcher(None, name, word).ratio(), same_place

    nearest = max(known, key=likeness, default="")
    return UsageError(f"no {what} {word!r}" + (f"; did you mean {nearest!r}?" if nearest else ""))
