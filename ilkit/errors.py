"""Errors meant for the person at the keyboard: one sentence, no traceback needed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input, told in one sentence: the field, what was expected, what came, how to mend it."""


class UsageError(InputError):
    """A command was called in a way that it does not know: exit code 2."""


def unknown(what: str, word: str, known: Iterable[str]) -> UsageError:
    """The error for a `word` that names no `what`: it suggests the nearest of the `known` names."""
    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=0)
    return UsageError(f"no {what} {word!r}" + "".join(f"; did you mean {n!r}?" for n in nearest))
