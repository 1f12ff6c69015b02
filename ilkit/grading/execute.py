"""Run a notebook's code cells in this process, as a kernel would: one namespace, cell by cell."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import re
import sys
import traceback
import types
import warnings
from collections.abc import Iterator

CELL = "<cell "  # how the file names of cells begin
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


class Failure:
    """An exception in a cell: its type, its message, and the innermost line of a cell that ran."""

    def __init__(self, error: BaseException) -> None:
        self.type, self.message = type(error).__name__, message(error)
        self.place = ""
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith(CELL):
                self.place = f"line {frame.lineno} of {frame.filename[1:-1]}: {frame.line}"
        if isinstance(error, SyntaxError):
            self.message = f"{error.msg}, line {error.lineno}: {(error.text or '').strip()}"

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


class Session:
    """A fresh namespace that is `__main__` from now on, silent and without a display."""

    def __init__(self) -> None:
        os.environ["MPLBACKEND"] = "Agg"
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.names = vars(module)

    def run(self, source: str, name: str) -> Failure | None:
        """Run one cell; None if all went well. IPython's magic lines are left out."""
        file = f"{CELL}{name}>"
        source = MAGIC.sub(r"\1pass", source)
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            with quiet():
                exec(compile(source, file, "exec", dont_inherit=True), self.names)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: a cell must not end the check
            return Failure(error)
        return None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow prints and warnings: nbgrader gives nothing to a test cell that writes to stderr."""
    sink = _Sink()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
    ):
        warnings.simplefilter("ignore")
        yield


def message(error: BaseException) -> str:
    """What an exception says, even if its str() misbehaves."""
    try:
        return str(error)
    except BaseException:
        return "(no message)"


class _Sink(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
