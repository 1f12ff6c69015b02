"""Pages load what they use, settle their colours at once, and keep the places of pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

CHAPTER = "book/04-mode-averaging.html"
LOOK = """() => [
  document.documentElement.dataset.theme,
  getComputedStyle(document.querySelector("article h1")).fontFamily.split(",")[0],
  getComputedStyle(document.body).backgroundColor,
]"""
LIGHT, DARK = "rgb(253, 253, 251)", "rgb(21, 24, 27)"
PICTURES = """() => [...document.querySelectorAll("article img[src$='.svg']")].map((image) => [
  image.getAttribute("width") / image.getAttribute("height"),
  image.naturalWidth / image.naturalHeight,
])"""


@pytest.fixture
def look(pages: Path, browser):
    """look(scheme, **more): theme, font and paper of a page whose theme's scripts never come."""

    def open_page(scheme: str, **more: bool) -> list[str]:
        context = browser.new_context(color_scheme=scheme, **more)
        context.route("**/scripts/*.js*", lambda route: route.abort())
        page = context.new_page()
        page.goto((pages / CHAPTER).as_uri())
        found = page.evaluate(LOOK)
        context.close()
        return found

    return open_page


@pytest.mark.parametrize(("scheme", "paper"), [("light", LIGHT), ("dark", DARK)])
def test_colours_and_font_are_settled_before_the_theme_comes(look, scheme, paper) -> None:
    assert look(scheme) == [scheme, '"Course Serif"', paper]


def test_colours_and_font_need_no_script(look) -> None:
    assert look("light", java_script_enabled=False) == ["auto", '"Course Serif"', LIGHT]


def test_only_the_page_that_searches_loads_the_index(pages: Path, visit) -> None:
    loaded = {}
    for name in (CHAPTER, "search.html"):
        page, asked = visit("about:blank").page, []
        page.on("request", lambda request, asked=asked: asked.append(Path(request.url).name))
        page.goto((pages / name).as_uri())
        page.evaluate("document.fonts.ready")
        loaded[name] = {name.partition("?")[0] for name in asked}
    assert "searchindex.js" in loaded["search.html"]
    assert "icons.woff" in loaded[CHAPTER]
    assert not loaded[CHAPTER] & {"searchindex.js", "fa-solid-900.woff2", "thebe.js"}


def test_pictures_keep_their_place_free(pages: Path, visit) -> None:
    page = visit((pages / CHAPTER).as_uri()).page
    page.wait_for_load_state("load")
    pictures = page.evaluate(PICTURES)
    assert len(pictures) > 3
    for said, true in pictures:
        assert said == pytest.approx(true, rel=0.01)
