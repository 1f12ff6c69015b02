"""Run a notebook's code cells in this process, as a kernel would: one namespace, cell by cell."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import os
import re
import sys
import traceback
import types
import warnings
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

CELL = "<cell "  # how the file names of cells begin
#: The magics that run their cell, where a cell begins with them; `%%timeit` keeps no name of it.
AROUND = re.compile(r"\s*(?:%%(?:time|timeit|capture|prun)\b.*\n?)+")


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
        shell = _Shell()
        self.names.update(get_ipython=lambda: shell, display=shell.nothing)

    def run(self, source: str, name: str) -> Failure | None:
        """Run one cell, in IPython's syntax; None if all went well."""
        file = f"{CELL}{name}>"
        around = AROUND.match(source)
        names = dict(self.names) if around and "%%timeit" in around[0] else self.names
        if around:  # comments in their place: lines keep their numbers
            source = around[0].replace("%%", "# ") + source[around.end() :]
        try:
            source = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
            linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
            await_too = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(source, file, "exec", flags=await_too, dont_inherit=True)
            with quiet():
                result = eval(code, names)
                if code.co_flags & inspect.CO_COROUTINE:
                    asyncio.run(result)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: a cell must not end the check
            return Failure(error)
        return None


class _Shell:
    """Stands for IPython's: `%time` runs its line; other magics and shell lines do nothing."""

    def nothing(self, *args: object, **kwargs: object) -> None:
        pass

    run_cell_magic = system = nothing

    def run_line_magic(self, name: str, line: str, *_: object) -> object:
        here = sys._getframe(1)
        if name != "time":
            return None
        try:
            return eval(line, here.f_globals, here.f_locals)
        except SyntaxError:  # a statement
            exec(line, here.f_globals, here.f_locals)
            return None

    def getoutput(self, command: str) -> list[str]:
        return []


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
