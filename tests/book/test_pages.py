"""The built pages as text: pictures have words, links lead somewhere, chapters are whole."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

import ilkit as il

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(path.stem for path in BOOK.glob("[0-9][0-9]-*.md"))


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "html.parser")


def all_pages(pages: Path) -> list[Path]:
    return [path for path in sorted(pages.rglob("*.html")) if "_static" not in path.parts]


def test_every_picture_is_told_in_words(pages: Path) -> None:
    """A sentence, not a file name; and none is told twice in the same words."""
    for path in all_pages(pages):
        told = []
        for image in soup(path).select("article img"):
            alt = str(image.get("alt", ""))
            assert len(alt.split()) >= 5, f"{path.name}: {image}"
            assert not re.search(r"\.(svg|png|jpe?g)\b|/", alt), f"{path.name}: {alt}"
            told.append(alt)
        assert len(told) == len(set(told)), path.name


def test_every_internal_link_leads_somewhere(pages: Path) -> None:
    broken = []
    for path in all_pages(pages):
        for link in soup(path).select("a[href]"):
            parts = urlsplit(str(link["href"]))
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            found = target.is_file() and (
                not parts.fragment
                or target.suffix != ".html"
                or soup(target).find(id=unquote(parts.fragment)) is not None
            )
            if not found:
                broken.append(f"{path.name}: {link['href']}")
    assert broken == []


def test_every_external_link_is_well_formed_and_secure(pages: Path) -> None:
    for path in all_pages(pages):
        for link in soup(path).select("article a[href]"):
            parts = urlsplit(str(link["href"]))
            if parts.scheme in ("http", "https"):
                assert re.fullmatch(r"[\w.-]+\.[a-z]{2,}", parts.netloc), link
                assert parts.scheme == "https", link


def test_pages_name_the_course_and_not_a_stranger(pages: Path) -> None:
    for path in all_pages(pages):
        page = soup(path)
        names = [tag.text for tag in page.select("head > title")]
        names += [str(tag["content"]) for tag in page.select('meta[property="og:site_name"]')]
        assert all("Imitation Learning" in name for name in names), path.name


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_all_its_parts(chapter: str, pages: Path) -> None:
    page = soup(pages / "book" / f"{chapter}.html")

    def count(selector: str) -> int:
        return len(page.select(f"article {selector}"))

    assert count(".course-badge") == 1
    assert count(".objectives li") >= 3
    assert count(".il-explore") >= 1
    assert count(".proof.definition, .proof.theorem, .proof.proposition, .proof.lemma") >= 3
    assert count("#proof, .proof.proof-type-proof, .proof.proof") >= 2
    assert count("div.claim") >= 1 or chapter == "16-frontiers"  # what others found
    assert count(".question") == 3
    assert count("div.exercise") == count("div.solution") >= 3
    assert all(solution.select(".cell") for solution in page.select("div.solution"))
    assert count(".cell_output img") >= 4
    assert count("a[href*='notation']") >= 1
    assert count("table") >= 1


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_numbered_by_its_file(chapter: str, pages: Path) -> None:
    page = soup(pages / "book" / f"{chapter}.html")
    number = int(chapter[:2])
    heading = page.select_one("article h1 .section-number")
    assert heading is not None
    assert heading.text.strip() == f"{number}."
    for caption in page.select(".proof .caption-number, .exercise .caption-number"):
        assert re.search(rf"\b{number}\.\d+", caption.text), caption.text


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_claim_box_says_what_is_stored(chapter: str, pages: Path) -> None:
    """All of it, in order; a long table is folded, the reason and the chosen rows are in view."""
    for box in soup(pages / "book" / f"{chapter}.html").select("div.claim"):
        name = str(box["id"]).removeprefix("claim-").upper()
        stored = json.loads((BOOK / "results" / f"{name}.json").read_text())
        results = stored["results"]
        assert f"claim-{stored['verdict']}" in box["class"]
        folds, tables = box.select("details"), [rows(table) for table in box.select("table")]
        assert len(folds) == (len(results) > 12), name
        assert list(tables[-1]) == [result["name"] for result in results]
        for result in results:
            assert tables[-1][result["name"]] == pytest.approx(result["estimate"], rel=6e-3)
        for fold in folds:
            assert not fold.has_attr("open")
            assert [rows(table) for table in fold.select("table")] == tables[-1:]
            assert fold.select_one("summary").text == f"All {len(results)} estimates"  # type: ignore[union-attr]
        for shown in tables[:-1]:
            assert folds
            assert shown.items() <= tables[-1].items()
        if folds or stored["verdict"] != "holds":
            assert any(stored["reason"][1:] in plain(p) for p in box.select(":scope > p"))


def rows(table: Tag) -> dict[str, float]:
    """The estimates of a claim's table by name."""
    cells = [[plain(cell) for cell in row.select("td")] for row in table.select("tbody tr")]
    return {row[0]: as_number(row[1]) for row in cells}


def plain(tag: Tag) -> str:
    """Its words, with the spaces and the apostrophes of a keyboard."""
    return " ".join(tag.text.replace("’", "'").split())


def as_number(text: str) -> float:
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(plain.replace(" · 10", "e"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_code_fits_its_column(chapter: str, pages: Path) -> None:
    """78 characters; more would hide behind a scroll bar."""
    for block in soup(pages / "book" / f"{chapter}.html").select("article .cell_input pre"):
        assert isinstance(block, Tag)
        for line in block.text.splitlines():
            assert len(line) <= 78, line


def test_the_bibliography_says_why_to_read_each_work(pages: Path) -> None:
    page = soup(pages / "book" / "bibliography.html")
    entries = page.select("div.citation")
    assert len(entries) == (BOOK / "references.bib").read_text().count("\n@")
    assert all(entry.select("em") for entry in entries)


def test_the_api_page_has_every_public_name(pages: Path) -> None:
    page = soup(pages / "book" / "api.html")
    for name in sorted(set(il.__all__) - {"InputError", "__version__"}):
        thing = getattr(il, name)
        if not inspect.ismodule(thing):
            assert page.find(id=f"api-{thing.__module__}.{thing.__name__}"), name
