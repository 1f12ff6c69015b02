"""Figures and questions answer: on the page with no kernel, and under a real one, alike."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, TimeoutError

CHAPTERS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "book").glob("[0-9][0-9]-*.md")
)

#: A figure whose note is a number that Python computes from both sliders.
CELL = """
import numpy as np
import ilkit as il
from ilkit.widgets import Figure

def draw(slope, power):
    x = np.linspace(0, 1, 5)
    figure = Figure(x="x", y="y", xlim=(0, 1), ylim=(0, 8))
    figure.line(x, slope * x**power, "learner", "curve")
    return figure.say(f"area {slope / (power + 1):.4f}")

shown = il.explore(draw, alt="A power of x.", slope=[1.0, 2.5, 7.0], power=[1, 2])
"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_of_a_chapter_moves(chapter: str, pages: Path, visit) -> None:
    it = visit((pages / "book" / f"{chapter}.html").as_uri())
    page = it.page
    figures = page.locator(".il-explore")
    assert figures.count() >= 1
    for figure in figures.all():
        before = picture(figure)
        control = figure.locator(".il-controls input").first
        if control.get_attribute("type") == "radio":
            figure.locator(".il-controls input[type=radio]:not(:checked)").first.check()
        else:
            control.focus()
            page.keyboard.press("ArrowRight" if control.input_value() == "0" else "ArrowLeft")
        assert picture(figure) != before
    assert it.wrongs == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_quick_questions_answer_at_once(chapter: str, pages: Path, visit) -> None:
    it = visit((pages / "book" / f"{chapter}.html").as_uri())
    page = it.page
    questions = page.locator(".question").all()
    assert len(questions) == 3
    for question in questions:
        verdicts = []
        for option in question.locator("input").all():
            option.check()
            reply = question.locator(".reply").inner_text()
            assert len(reply.split()) > 5, "a reply explains"
            verdicts.append(reply.split(".")[0])
        assert verdicts.count("Right") == 1
        assert set(verdicts) == {"Right", "Not quite"}


def test_a_page_without_scripts_shows_the_first_picture(pages: Path, visit) -> None:
    address = (pages / "book" / f"{CHAPTERS[-1]}.html").as_uri()
    image = visit(address, java_script_enabled=False).page.locator(".il-explore img").first
    assert image.is_visible()
    assert len(image.get_attribute("alt") or "") > 40


def test_kernel_and_page_show_the_same_numbers(
    tmp_path: Path, visit, lab: str, lab_folder: Path
) -> None:
    expected = read_all(live_figure(visit, lab, lab_folder))
    page = tmp_path / "page.html"
    code = f"{CELL}\nfrom ilkit.widgets.explorer import script, stylesheet\n" + (
        "print(f'<!doctype html><style>{stylesheet()}</style>{shown.html()}"
        "<script>{script()}</script>')"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=os.environ
    )
    page.write_text(made.stdout)
    assert read_all(visit(page.as_uri()).page.locator(".il-explore")) == expected
    assert expected == [
        f"area {slope / (power + 1):.4f}" for slope in (1.0, 2.5, 7.0) for power in (1, 2)
    ]


def picture(figure: Locator) -> str:
    """What a reader sees of a figure."""
    return figure.locator(".il-panels").inner_html() + figure.locator(".il-note").inner_text()


def read_all(figure: Locator) -> list[str]:
    """The note at every position of both sliders, moved by the keyboard."""
    slope, power = figure.locator(".il-controls input[type=range]").all()[:2]
    notes = []
    for i in range(3):
        for j in range(2):
            for control, at in ((slope, i), (power, j)):
                control.focus()
                control.press("Home")
                for _ in range(at):
                    control.press("ArrowRight")
            wanted = f"area {(1.0, 2.5, 7.0)[i] / (j + 2):.4f}"
            note = figure.locator(".il-note")
            for _ in range(100):  # a kernel takes a moment; ten seconds at the most
                if note.inner_text() == wanted:
                    break
                time.sleep(0.1)
            notes.append(note.inner_text())
    return notes


def live_figure(visit, lab: str, folder: Path) -> Locator:
    """The figure of CELL in JupyterLab, computed by a kernel."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {
        "cells": [{**cell, "source": f"{CELL}shown"}],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "figure.ipynb").write_text(json.dumps(notebook))
    page = visit(f"{lab}/doc/tree/figure.ipynb", host=lab).page
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    idle.wait_for(state="attached", timeout=90_000)
    figure = page.locator(".il-explore")
    dialog = page.locator(".jp-Dialog")
    for _ in range(8):  # JupyterLab forgets a cell that is run before its widgets are ready
        if dialog.is_visible():  # a slow server makes it ask; the test's report tells what
            warnings.warn(f"JupyterLab asked: {dialog.inner_text()!r}", stacklevel=2)
            dialog.locator(".jp-mod-accept").click()
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(TimeoutError):
            figure.wait_for(timeout=15_000)
            break
    return figure


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(chromium: str, lab_folder: Path) -> Iterator[str]:
    """The address of a JupyterLab of our own, on this machine alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {f"JUPYTER_{kind}_DIR": str(lab_folder / kind) for kind in ("CONFIG", "RUNTIME")}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
            f"--ServerApp.root_dir={lab_folder}",
        ],
        env={**os.environ, **home, "JUPYTERLAB_SETTINGS_DIR": str(lab_folder / "settings")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
            break
        except OSError:
            time.sleep(0.2)
    yield address
    server.terminate()
    server.wait(20)
