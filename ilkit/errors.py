"""Errors meant for the person at the keyboard: one sentence, no traceback needed."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input, told in one sentence: the field, what was expected, what came, how to mend it."""
