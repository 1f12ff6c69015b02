"""`ilkit ...`: says what the commands are, and hands over to the module that does the work.

That module loads only when its command runs, so that `ilkit --help` comes at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from ilkit import __version__
from ilkit.errors import InputError, UsageError, unknown


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises UsageError instead of printing and leaving."""

    def __init__(self, **more: Any) -> None:
        # Examples are copied: they stand on one line, however narrow the terminal is.
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **more)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")


def build() -> tuple[_Parser, dict[str, _Parser]]:
    """The parser of `ilkit`, and those of its commands by name."""
    top = _Parser(
        prog="ilkit",
        description="The tools of the imitation learning course.",
        epilog="example: ilkit doctor",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"ilkit {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name, module, summary, example, add_arguments in COMMANDS:
        parser = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example: {example}",
            allow_abbrev=False,
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.set_defaults(module=module)
        add_arguments(parser)
    return top, commands.choices


def _doctor_arguments(parser: _Parser) -> None:
    parser.add_argument(
        "--grading", action="store_true", help="say how this machine would shut students' code in"
    )


def _claims_arguments(parser: _Parser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="claims (default: all)")
    parser.add_argument("--full", action="store_true", help="four times the seeds")
    parser.add_argument("--markdown", action="store_true", help="print a table in Markdown")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="claims at once, in processes of their own"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDR", help="measure on a Dask cluster (needs ilkit[cluster])"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to store (default: book/results, if there)"
    )


def _homework_arguments(parser: _Parser) -> None:
    parser.add_argument("slug", nargs="?", metavar="SLUG", help="one homework (default: all)")
    parser.add_argument(
        "--renew", type=int, metavar="SEED", help="first write a new term's variant, then hold that"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to (default: _build/renewed/SEED)"
    )


def _check_arguments(parser: _Parser) -> None:
    parser.add_argument("notebook", metavar="NOTEBOOK", help="the notebook with your answers")


def _grade_arguments(parser: _Parser) -> None:
    _regrade_arguments(parser)
    parser.add_argument("--force", action="store_true", help="also what has not changed")
    parser.add_argument("--serve", action="store_true", help="go on, and grade what comes in")


def _regrade_arguments(parser: _Parser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="the homework")
    parser.add_argument("--student", metavar="ID", help="one submission (default: all)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="submissions side by side (default: one for each core)",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=600.0,
        metavar="S",
        help="seconds by the clock for a submission (default: 600)",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDR", help="grade on a Dask cluster (needs ilkit[cluster])"
    )
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run students' code as you, in no sandbox",
    )
    parser.set_defaults(force=False, serve=False)


def _collect_arguments(parser: _Parser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="the homework")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder, or a zip file")
    parser.add_argument(
        "--from",
        dest="source",
        default="auto",
        metavar="SOURCE",
        help="canvas, moodle, gradescope, exchange or folder (default: by the files' names)",
    )
    parser.add_argument(
        "--roster", type=Path, metavar="FILE", help="who is who (default: roster.csv, if there)"
    )


def _export_arguments(parser: _Parser) -> None:
    parser.add_argument(
        "slugs", nargs="*", metavar="SLUG", help="homeworks (default: all that were handed in)"
    )
    parser.add_argument(
        "--format",
        default="csv",
        metavar="FORMAT",
        help="csv, canvas, moodle or gradescope (default: csv)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to (default: grades.csv)")
    parser.add_argument(
        "--roster", type=Path, metavar="FILE", help="who is who (default: roster.csv, if there)"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="SLUG=NAME",
        help="what the other system calls a homework",
    )


def _update_arguments(parser: _Parser) -> None:
    parser.add_argument("notebook", metavar="NOTEBOOK", help="the notebook with your answers")
    parser.add_argument(
        "--to", required=True, metavar="RELEASE", help="the homework's notebook as it is given now"
    )


def _feedback_arguments(parser: _Parser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="the homework")
    parser.add_argument("--student", metavar="ID", help="one student (default: all)")


COMMANDS = (  # name, module with `run`, summary, example, its own arguments
    (
        "doctor",
        "ilkit.doctor",
        "say what is installed and what is missing",
        "ilkit doctor",
        _doctor_arguments,
    ),
    (
        "claims",
        "ilkit.experiments.command",
        "measure the claims of the book, judge each by its rule, store the results",
        "ilkit claims C01 C02 --json",
        _claims_arguments,
    ),
    (
        "homework",
        "ilkit.grading.homework",
        "hold each homework against its known right and wrong answers",
        "ilkit homework hw1-behavior-cloning",
        _homework_arguments,
    ),
    (
        "check",
        "ilkit.grading.check",
        "run the visible checks of a homework notebook before handing it in",
        "ilkit check hw1-behavior-cloning.ipynb",
        _check_arguments,
    ),
    (
        "update",
        "ilkit.grading.update",
        "move your answers into a homework that was mended",
        "ilkit update hw1-behavior-cloning.ipynb --to Downloads/hw1-behavior-cloning.ipynb",
        _update_arguments,
    ),
    (
        "collect",
        "ilkit.grading.collect",
        "put what students handed in elsewhere where the grader looks for it",
        "ilkit collect hw1-behavior-cloning downloads.zip --roster roster.csv",
        _collect_arguments,
    ),
    (
        "grade",
        "ilkit.grading.grade",
        "grade what students have handed in, and only what changed",
        "ilkit grade hw1-behavior-cloning --jobs 2",
        _grade_arguments,
    ),
    (
        "regrade",
        "ilkit.grading.regrade",
        "grade again after a test was mended, and list the grades that changed",
        "ilkit regrade hw1-behavior-cloning",
        _regrade_arguments,
    ),
    (
        "export",
        "ilkit.grading.export",
        "write the grades for another system; what is not graded stays empty",
        "ilkit export --format canvas --column 'hw1-behavior-cloning=Homework 1 (4711)'",
        _export_arguments,
    ),
    (
        "feedback",
        "ilkit.grading.feedback",
        "write a page for each student: points, and what failed",
        "ilkit feedback hw1-behavior-cloning --student ada",
        _feedback_arguments,
    ),
)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, or a UsageError that names the nearest command or option."""
    top, commands = build()
    for word in argv[:1]:
        option = word.startswith("-")
        known = list(top._option_string_actions if option else commands)
        if word not in known:
            raise unknown("option" if option else "command", word, known)
    args, extra = top.parse_known_args(argv)
    for word in extra:
        parser = commands.get(argv[0], top)
        if word.startswith("-"):
            raise unknown("option", word, parser._option_string_actions)
        parser.error(f"one argument too many: {word!r}")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 something failed, 2 wrong usage."""
    try:
        args = parse(sys.argv[1:] if argv is None else argv)
        return int(import_module(args.module).run(args))
    except InputError as error:
        print(f"ilkit: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, a pager or `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        file = error.filename2 or error.filename  # of a renaming, the name that was wanted
        if file is None:
            raise  # no file that a person could mend
        print(
            f"ilkit: {file}: {error.strerror}; mend its permissions or name another.",
            file=sys.stderr,
        )
        return 1
