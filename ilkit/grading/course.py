"""The folders and the gradebook of a course, as nbgrader_config.py names them."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ilkit.errors import InputError

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """The course in the folder `root`."""

    root: Path

    @cached_property
    def config(self) -> Config:
        """nbgrader's configuration, with this course's root."""
        if not (self.root / CONFIG).is_file():
            raise InputError(
                f"{CONFIG}: expected it in {self.root}, found none; run this at the top of a "
                "checkout of the course."
            )
        bin = str(Path(sys.executable).parent)  # nbgrader calls alembic by its name
        os.environ["PATH"] = os.pathsep.join([bin, os.environ.get("PATH", os.defpath)])
        try:
            config: Config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        except Exception as error:  # it is a program; a traceback would show its passwords
            raise InputError(
                f"{CONFIG}: expected a configuration that loads, got {type(error).__name__}"
                f"{_line(error)}; mend it."
            ) from None
        config.CourseDirectory.setdefault("root", str(self.root))
        return config

    @cached_property
    def directory(self) -> CourseDirectory:
        """nbgrader's own view of the course."""
        return CourseDirectory(config=self.config)

    @property
    def database(self) -> str:
        """The address of the gradebook."""
        return str(self.directory.db_url)

    @property
    def id(self) -> str:
        return str(self.directory.course_id)

    def submitted(self, student: str, slug: str) -> Path:
        """Where a student's submission lies."""
        return self._path(self.directory.submitted_directory, student, slug)

    def autograded(self, student: str, slug: str) -> Path:
        """Where its graded copy goes."""
        return self._path(self.directory.autograded_directory, student, slug)

    def attempts(self, student: str, slug: str) -> Path:
        """Where all that was collected of a student is kept."""
        return self.root / "attempts" / student / slug

    def students(self, slug: str) -> list[str]:
        """Whoever has handed in this homework."""
        found = self._path(self.directory.submitted_directory, "*", slug)
        parents = found.parents[1].glob(f"*/{slug}")
        names = [name for p in parents if not (name := p.parent.name).startswith(".")]
        for name in names:
            if not name.isprintable() or set("*?[") & set(name):  # patterns, for nbgrader
                raise InputError(
                    "submitted/: expected students' names that can be printed, without * ? and [, "
                    f"got {name!a}; rename that folder."
                )
        return sorted(names)

    def _path(self, step: str, student: str, slug: str) -> Path:
        return Path(self.directory.format_path(step, student, slug))


def _line(error: Exception) -> str:
    """Where in the configuration it went wrong; "" if that is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == CONFIG]
    if isinstance(error, SyntaxError) and Path(error.filename or "").name == CONFIG:
        lines.append(error.lineno)
    return f" in line {lines[-1]}" if lines else ""
