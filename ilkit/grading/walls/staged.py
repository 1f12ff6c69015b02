"""What a submission sees of the machine: Python, the system's libraries, a cut copy of ilkit."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import ilkit
from ilkit.errors import InputError

TOP = [Path("/", name) for name in ("bin", "lib", "lib64", "sbin")]
INSIDE = "/course"  # where the copy stands for a process that has a file system of its own
PACKAGE = Path(ilkit.__file__).parent
#: What a process knows of the outside: nothing of the grader's own variables.
ENVIRONMENT = {
    "PATH": os.defpath,
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "OMP_NUM_THREADS": "1",
    "HOME": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "MPLBACKEND": "Agg",
}
STUB = '''"""Withheld: this homework asks you to write it."""


class _Withheld:
    def __init__(self, *args, **kwargs):
        raise ImportError("{name} is what this homework asks you to write")

    __init_subclass__ = classmethod(__init__)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Withheld
'''


def stage(folder: Path, withheld: Sequence[str]) -> None:
    """Copy ilkit to `folder`, without what a homework withholds, for every user to read."""
    copy = folder / "ilkit"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "results"))
    for name in withheld:
        path = folder.joinpath(*name.split("."))
        package = path.is_dir()
        shutil.rmtree(path, ignore_errors=True)
        file = path / "__init__.py" if package else path.with_suffix(".py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(STUB.format(name=name), encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def staged(withheld: Sequence[str]) -> Iterator[Path]:
    """A folder with the cut copy, for a while."""
    with TemporaryDirectory(prefix="ilkit-") as folder:
        stage(Path(folder), withheld)
        yield Path(folder)


def seen() -> list[Path]:
    """The folders with Python and the system's programs and libraries, none inside another."""
    roots = {Path("/usr"), Path(sys.prefix), Path(sys.base_prefix)}
    roots |= {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    roots |= {root.resolve() for root in roots}
    roots |= {path for path in TOP if not path.is_symlink()}
    there = {root for root in roots if root.is_dir()}
    return sorted(root for root in there if not there & set(root.parents))


def keep_apart(course: Path) -> None:
    """InputError if the course lies in a folder that every submission sees."""
    place = course.resolve()
    for root in seen():
        if place.is_relative_to(root):
            raise InputError(
                f"{place}: expected a course outside of {root}, which every submission may read; "
                "move it to a folder of yours."
            )


def links() -> list[tuple[str, Path]]:
    """What stands at the top of the file system for another, as /bin for usr/bin."""
    return [(os.readlink(path), path) for path in TOP if path.is_symlink()]


def hidden() -> list[Path]:
    """Whole copies of ilkit, with what is withheld, in the folders that are seen."""
    kinds = ("lib*/python3*/*-packages/ilkit", "local/lib*/python3*/*-packages/ilkit")
    return sorted({path for root in seen() for kind in kinds for path in root.glob(kind)})


def remove(folder: Path) -> None:
    """Delete a folder that a submission wrote to, however deep it is, and whatever its modes."""
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry)
                continue
            os.chmod(entry, 0o700)
            for inner in os.scandir(entry):
                os.rename(inner, folder / secrets.token_hex(16))
            os.rmdir(entry)
    folder.rmdir()
