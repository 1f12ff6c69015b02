"""Build the book: python book/build.py [--chapter 03] [--fresh] [--version latest]."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from filelock import FileLock
from jupyter_book.sphinx import build_sphinx

ROOT = Path(__file__).resolve().parents[1]


def build(chapter: str = "", fresh: bool = False, version: str = "") -> Path | None:
    """Execute the chapters and write the pages; the folder of the pages, None after a failure.

    Warnings are errors. With `chapter` ("03"), only that chapter is executed, the others are read
    for their cross-references alone, and the pages go to a folder of their own; then warnings are
    mere words, since the figures of the other chapters are missing. A `version` is what the site
    will call this book among its others; without one there is no version switch.
    """
    out = ROOT / "_build" / (f"chapter-{chapter}" if chapter else "")
    for made in ("html", ".doctrees", ".cache") if fresh else ():
        shutil.rmtree(out / made, ignore_errors=True)
    every = [f"book/{path.name}" for path in (ROOT / "book").glob("*.md")]
    others = [path for path in every if chapter and not path.startswith(f"book/{chapter}-")]
    os.environ["OMP_NUM_THREADS"] = "1"  # two cores: one thread a kernel is three times faster
    out.mkdir(parents=True, exist_ok=True)
    with FileLock(out / ".lock"):  # tests and people may build at the same time
        failed = build_sphinx(
            ROOT,
            out / "html",
            noconfig=True,
            path_config=ROOT / "_config.yml",
            confoverrides={
                "external_toc_path": "_toc.yml",
                "version": version,
                "nb_execution_excludepatterns": others,
                "nitpicky": True,
                "latex_individualpages": False,
            },
            doctreedir=out / ".doctrees",
            quiet=True,
            warningiserror=not chapter,
            keep_going=True,
        )
    return None if failed else out / "html"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapter", default="", metavar="NN", help="execute this page alone")
    parser.add_argument("--fresh", action="store_true", help="forget what was built before")
    parser.add_argument("--version", default="", help="of the site: latest, or a tag")
    options = parser.parse_args()
    pages = build(options.chapter, options.fresh, options.version)
    if pages is None:
        print(
            "The book was not built: its warnings, which are errors, stand above.", file=sys.stderr
        )
        return 1
    chapter = pages.glob(f"book/{options.chapter or 'no'}-*.html")
    print(f"Open {next(chapter, pages / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
