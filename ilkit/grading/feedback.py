"""`ilkit feedback`: a page for each student, by nbgrader's converter and the course's steps."""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from ilkit.errors import InputError, unknown
from ilkit.grading.course import Course
from ilkit.grading.display import one_line
from ilkit.grading.gradebook import opened, told
from ilkit.grading.ledger import Ledger, place, swap
from ilkit.grading.page import refusal
from ilkit.grading.source import homeworks
from ilkit.grading.verdict import REFUSED

UNGRADED = "it is not graded; run `ilkit grade` first"


class _Converter(GenerateFeedback):  # type: ignore[misc]
    """nbgrader's, which keeps why it failed, and copies no other files of a student.

    It writes beside the page's place, since it begins by deleting what is where it writes.
    """

    reason = ""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        pass

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            with told(self.coursedir.db_url):
                super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.reason = _reason(error)
            raise

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        place = Path(super()._format_dest(assignment_id, student_id, escape))
        return str(place.with_name(f".{place.name}.new"))


def run(args: argparse.Namespace) -> int:
    """The command: 1 if a student has no page; the others have theirs."""
    course = Course(Path.cwd())
    [homework] = homeworks(course.root, args.slug)
    slug = homework.slug
    students = graded(course, slug)
    if args.student and args.student not in students:
        raise unknown(f"submission of {slug} by", args.student, students)
    if students:
        with opened(course):
            pass  # one sentence for all of them, if it cannot be opened
    else:
        print(
            f"submitted/: nobody has handed in {slug}; run `ilkit collect` first", file=sys.stderr
        )
    rows = []
    for student in [args.student] if args.student else students:
        reason = make(course, slug, student)
        rows.append(
            {
                "student": student,
                "page": str(_target(course, slug, student)),
                "reason": reason or None,
            }
        )
        if reason:
            print(f"{student}: no page: {one_line(reason)}", file=sys.stderr)
    made = [row for row in rows if not row["reason"]]
    if args.json:
        print(json.dumps({"schema": 1, "slug": slug, "feedback": rows}, indent=2))
    else:
        print(f"{slug}: {len(made)} of {len(rows)} pages, in feedback/")
    return 0 if len(made) == len(rows) else 1


def graded(course: Course, slug: str) -> list[str]:
    """Whoever handed in, or has a graded copy."""
    copies = course.autograded("*", slug).parents[1].glob(f"*/{slug}")
    return sorted({*course.students(slug), *(path.parent.name for path in copies)})


def make(course: Course, slug: str, student: str) -> str:
    """Write one student's page; why there is none, "" if there is."""
    verdict = Ledger(course.root, slug).load(student)
    if verdict and verdict["status"] == REFUSED:
        text = refusal(slug, student, verdict["reason"])
        place(_target(course, slug, student), text.encode())
        return ""
    if not (course.autograded(student, slug) / f"{slug}.ipynb").is_file():
        return UNGRADED
    folder = CourseDirectory(config=course.config, assignment_id=slug, student_id=student)
    converter = _Converter(coursedir=folder, config=course.config, parent=None)
    converter.force = True
    converter.log = logging.getLogger("ilkit.feedback")
    converter.log.setLevel(logging.CRITICAL + 1)  # the reason is told in one sentence
    target = _target(course, slug, student)
    beside = target.parent.with_name(f".{slug}.new")
    try:
        converter.start()
        swap(beside, target.parent)
    except Exception as error:
        shutil.rmtree(beside, ignore_errors=True)
        kept = "; the earlier page is kept" if target.is_file() else ""
        return (converter.reason or _reason(error)).removesuffix(".") + kept
    return ""


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"


def _target(course: Course, slug: str, student: str) -> Path:
    directory = course.directory
    folder = directory.format_path(directory.feedback_directory, student, slug)
    return Path(folder) / f"{slug}.html"
