"""explore and Figure: what a page carries, what a kernel answers, and what is refused."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch

import ilkit as il
from ilkit import InputError
from ilkit.plots import COLORS
from ilkit.widgets import Figure, explorer


def draw(slope: float, word: str = "up") -> Figure:
    x = np.linspace(0, 1, 5)
    y = slope * x if word == "up" else 1 - slope * x
    figure = Figure(x="x", y="y", ylim=(0, 8)).line(x, y, "learner", word)
    return figure.say(f"{word} by {slope:g}")


def stored(page: str) -> dict:
    found = re.search(r'<script type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def unpool(node, pool):
    """The script's own look-up, in Python."""
    if isinstance(node, dict):
        return pool[node["$"]] if "$" in node else {k: unpool(v, pool) for k, v in node.items()}
    return [unpool(v, pool) for v in node] if isinstance(node, list) else node


SHOWN = il.explore(draw, alt="A line.", slope=[1.0, 2.5, 7.0], word=["up", "down"])


def test_a_page_carries_every_position_in_the_order_of_the_sliders() -> None:
    data = stored(SHOWN.html())
    frames = unpool(data["frames"], data["pool"])
    wanted = [draw(slope, word).data() for slope in (1.0, 2.5, 7.0) for word in ("up", "down")]
    assert frames == [[json.loads(json.dumps(figure))] for figure in wanted]
    assert data["index"] == {"slope": 1, "word": 1}
    assert [slider["words"] for slider in data["sliders"]] == [False, True]


def test_arrays_that_positions_share_stand_in_the_page_once() -> None:
    data = stored(SHOWN.html())
    assert data["pool"].count([0, 0.25, 0.5, 0.75, 1]) == 1


def test_a_kernel_answers_a_moved_slider() -> None:
    widget = explorer._live(SHOWN)
    widget.index = {"slope": 2, "word": 0}
    assert widget.frame == [draw(7.0, "up").data()]


def test_the_book_shows_a_page_and_a_notebook_a_widget(monkeypatch) -> None:
    monkeypatch.delenv(explorer.STATIC, raising=False)
    live = SHOWN._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in (
        live[0] if isinstance(live, tuple) else live
    )
    monkeypatch.setenv(explorer.STATIC, "1")
    assert set(SHOWN._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_every_mark_has_a_still_picture() -> None:
    x = torch.linspace(0, 1, 5)
    figure = (
        Figure(xticks=("a", "b"))
        .line(x, x, "expert")
        .points(x, x, "data")
        .area(x, 0 * x, x, "other")
        .bars([0, 1], [0.5, 1], "danger")
        .drive(x, x, "corrected", "car")
        .image(np.eye(3))
    )
    page = il.explore(lambda: (figure, Figure(bare=True).image(np.eye(2))), alt="All.").html()
    assert '<noscript><img src="data:image/png;base64,' in page
    assert 'alt="All."' in page


def test_the_two_palettes_are_one() -> None:
    light = explorer.stylesheet().split("html[data-theme")[0]
    assert dict(re.findall(r"--il-(\w+): (#\w{6});", light)) == dict(COLORS)


def test_the_static_script_is_no_module() -> None:
    assert not re.search(r"^\s*(import|export)\b", explorer.script(), re.MULTILINE)


def test_numbers_are_short_and_gaps_are_gaps() -> None:
    marks = Figure().line([0, 1, 2], [1 / 3, np.nan, np.inf], "learner").data()["marks"]
    assert marks[0]["y"] == [0.3333, None, None]


def test_text_cannot_end_the_script_that_holds_it() -> None:
    page = il.explore(lambda: Figure(note="</script><b>"), alt="A.").html()
    assert unpool(stored(page)["frames"], [])[0][0]["note"] == "</script><b>"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Figure().line([0, 1], [0], "learner"), "line: expected arrays of one length"),
        (lambda: Figure().line([0], [0], "pink"), "color: expected one of expert, learner"),
        (lambda: Figure().line([[0]], [0], "data"), r"x: expected a vector, got shape \[1, 1\]"),
        (lambda: Figure(xlim=(1, 0)).data(), "xlim: expected low < high"),
        (lambda: Figure(ylim=(0, 1), ylog=True).data(), "ylim: expected low < high and low > 0"),
        (lambda: Figure().image(np.full((2, 2), 3.0)), r"image: expected numbers in \[0, 1\]"),
        (lambda: il.explore(draw, alt=" ", slope=[1.0]), "alt: expected a sentence"),
        (lambda: il.explore(draw, alt="A.", slope=[]), "slope: expected at least one position"),
        (lambda: il.explore(draw, alt="A.", slope=[1.0], start={"slope": 2.0}), "no position"),
        (lambda: il.explore(draw, alt="A.", slope=[1.0], labels={"s": "x"}), "no slider is called"),
    ],
)
def test_bad_input_is_one_sentence(make, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make()


def test_a_page_that_would_grow_too_heavy_is_refused() -> None:
    def noise(seed: int) -> Figure:
        return Figure().line(np.arange(500), np.random.default_rng(seed).random(500), "data")

    with pytest.raises(InputError, match="explore: expected at most 200 kB in the page"):
        il.explore(noise, alt="Noise.", seed=range(100)).html()
