"""What every test may use; set before any test imports torch or Matplotlib."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ilkit.doctor import find_chromium

os.environ.setdefault("OMP_NUM_THREADS", "1")  # pytest-xdist already uses every core
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ["PATH"] = os.pathsep.join(  # nbgrader calls alembic by its name
    [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
)


QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser. CI must have one; elsewhere its tests are skipped, loudly."""
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail("no Chromium on this machine, and CI must have one: .ci/run installs it")
    if path is None:
        pytest.skip("NO BROWSER TEST WAS RUN: install Chromium (`ilkit doctor` says how)")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(root: Path) -> Path:
    """The built book, brought up to date; seconds if it is already."""
    subprocess.run([sys.executable, "book/build.py"], cwd=root, check=True)
    return root / "_build" / "html"
