"""The book as one PDF, printed by Chromium from the built pages: python book/pdf.py."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright
from sphinx_external_toc.parsing import parse_toc_yaml

from ilkit.doctor import find_chromium

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PDF = ROOT / "_build" / "pdf" / "imitation-learning.pdf"
SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text())
SITE = SETTINGS["html"]["baseurl"]

# What only a screen can use: marks beside headings, buttons, folded plumbing, links to notebooks.
SCREEN = ".headerlink, details.hide, button, .il-controls, script, nav, .notebook-links"
PAGE = """\
<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8">
<title>{title}</title>
{head}
<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<article class="bd-article">
<section class="pdf-title"><h1>{title}</h1><p>{author}, {date}<br><a href="{site}">{site}</a></p>
<ol class="pdf-contents">{contents}</ol></section>
{articles}
</article></div></div></main></body></html>
"""
TYPESET = "async () => { await MathJax.startup.promise; await document.fonts.ready; }"
FOOTER = (
    '<div style="width: 100%; font-size: 8px; text-align: center;"><span class="pageNumber">'
    "</span></div>"
)


def article(name: str, included: list[str]) -> Tag:
    """A page's text, its places named after the page, and all links inside the book."""
    page = BeautifulSoup((HTML / f"{name}.html").read_text(), "html.parser").select_one("article")
    assert page is not None, f"{name}: the page has no article"
    for still in page.select("noscript"):  # the first picture of a figure that moves
        still.unwrap()
    for thing in page.select(SCREEN):
        thing.decompose()
    for empty in page.select(".course-badge dd:not(:has(*))"):
        empty.find_previous_sibling("dt").decompose()  # type: ignore[union-attr]
    for fold in page.select("details"):
        fold["open"] = ""
    for thing in page.select("[id]"):
        thing["id"] = f"{name}/{thing['id']}"
    for link in page.select("a[href]"):
        link["href"] = inside(name, str(link["href"]), included)
    for image in page.select("img:not([src^=data])"):
        image["src"] = (HTML / f"{name}.html").parent.joinpath(str(image["src"])).as_uri()
        image["loading"] = "eager"
    page.name = "section"
    page["id"], page["class"] = name, "pdf-page"
    return page


def inside(name: str, href: str, included: list[str]) -> str:
    """A link within the one page that is printed; to the site where it leads out of the book."""
    if urlsplit(href).scheme:
        return href
    place, _, mark = urljoin(f"{name}.html", href).partition("#")
    target = place.removesuffix(".html")
    if target in included:
        return f"#{target}/{mark}" if mark else f"#{target}"
    return urljoin(SITE, place)


def head() -> str:
    """The styles of the pages and MathJax; the scripts that answer a reader are left out."""
    page = BeautifulSoup((HTML / "book" / "intro.html").read_text(), "html.parser")
    styles = page.select("link[rel=stylesheet]")
    scripts = [script for script in page.select("script") if "mathjax" in str(script).lower()]
    return "\n".join(map(str, [*styles, *scripts])).replace('"../_static', '"../html/_static')


def assemble() -> Path:
    """All pages one after the other, in the order of the table of contents."""
    names = list(parse_toc_yaml(ROOT / "_toc.yml"))
    articles = [article(name, names) for name in names]
    titles = [found.select_one("h1") for found in articles]
    contents = "".join(
        f'<li><a href="#{name}">{title.text if title else name}</a></li>'
        for name, title in zip(names, titles)
    )
    PDF.parent.mkdir(parents=True, exist_ok=True)
    book = PDF.with_suffix(".html")
    text = PAGE.format(
        title=SETTINGS["title"],
        author=SETTINGS["author"],
        date=f"{datetime.now(UTC):%B %Y}",
        site=SITE,
        head=head(),
        contents=contents,
        articles="\n".join(map(str, articles)),
    )
    book.write_text(text)
    return book


def printed(book: Path, chromium: str) -> Path:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(book.as_uri())
        page.evaluate(TYPESET)
        page.pdf(
            path=PDF,
            format="A4",
            scale=0.85,
            margin={"top": "20mm", "bottom": "20mm", "left": "25mm", "right": "25mm"},
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER,
            outline=True,
            tagged=True,
        )
        browser.close()
    return PDF


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("A browser prints the book: install Chromium (`ilkit doctor`).", file=sys.stderr)
        return 1
    print(printed(assemble(), chromium))
    return 0


if __name__ == "__main__":
    sys.exit(main())
