"""A fingerprint of an experiment's code: its file and every module of `ilkit` that it imports."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]  # the package `ilkit`
DRAWS = ROOT / "plots"  # draws stored numbers and changes none: a new colour makes nothing stale


def fingerprint(file: Path) -> str:
    """SHA-256 over the code, without comments and docstrings, that `file` reaches by imports.

    Imports are read from the source, at any depth of nesting; the package's own `__init__`, a
    table of lazy names, is left out.
    """
    reached: set[Path] = set()
    todo = {file.resolve()}
    while todo:
        path = todo.pop()
        reached.add(path)
        todo |= imported(path) - reached
    digest = hashlib.sha256()
    for path in sorted(reached):
        digest.update(
            f"{path.relative_to(ROOT).as_posix()}\n{code_of(path.read_text())}\n".encode()
        )
    return digest.hexdigest()


def imported(path: Path) -> set[Path]:
    """Files of `ilkit` that define what a file imports.

    A package's `__init__` only hands names on, so that an import through it counts as one of the
    module where the name is at home: a new head or learner makes no older claim stale.
    """
    files: set[Path | None] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            files |= {file_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            files |= {home_of(node.module, alias.name) for alias in node.names}
    return {f for f in files if f and DRAWS not in (f.parent, f.with_suffix(""))}


def file_of(module: str) -> Path | None:
    """The file of a module of `ilkit`, or None for others and for `ilkit` itself."""
    first, *parts = module.split(".")
    stem = ROOT.joinpath(*parts)
    candidates = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((f for f in candidates if first == "ilkit" and parts and f.is_file()), None)


def home_of(module: str, name: str) -> Path | None:
    """The file that defines `name` of `module`: a submodule, or where `__init__` has it from."""
    submodule, file = file_of(f"{module}.{name}"), file_of(module)
    if submodule or file is None or file.name != "__init__.py":
        return submodule or file
    for node in ast.parse(file.read_text()).body:
        names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if isinstance(node, ast.ImportFrom) and node.module and name in names:
            return home_of(node.module, name)
    return file


def code_of(source: str) -> str:
    """The source without comments, docstrings, empty lines and the function `figure`.

    What is left decides the numbers; `figure` draws them when they are stored.
    """
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        parts: list[ast.stmt] = []
        if isinstance(node, ast.FunctionDef) and node.name == "figure":
            parts.append(node)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            parts += node.body[: ast.get_docstring(node, clean=False) is not None]
        for part in parts:
            for row in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())
