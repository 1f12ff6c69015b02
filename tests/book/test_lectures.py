"""The lectures' pages, the slide notes and the index leave nothing out and lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

BOOK = Path(__file__).parents[2] / "book"
SYLLABUS = yaml.safe_load((BOOK / "syllabus.yml").read_text())
LECTURES = list(SYLLABUS["lectures"])
TOPICS = {f"{n}/{key}" for n, chapter in SYLLABUS["chapters"].items() for key in chapter["topics"]}
NOTE = re.compile(r"\{admonition\} (.*)\n:class: (?:note )?slide-note\b(.*)")
NOTES = {
    (path.stem, title): lectures.split()
    for path in sorted(BOOK.glob("[0-9][0-9]-*.md"))
    for title, lectures in NOTE.findall(path.read_text())
}


def stops(name: str) -> list[dict[str, object]]:
    lecture = yaml.safe_load((BOOK / "lectures" / f"{name.lower()}.yml").read_text())
    return [stop for part in lecture["parts"] for stop in part["stops"]]


def topics(name: str) -> set[str]:
    return {topic for stop in stops(name) for topic in stop["topics"]}


@cache
def page(pages: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((pages / f"{name}.html").read_text(), "html.parser")


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_leads_to_known_topics_of_all_its_chapters(name: str) -> None:
    assert topics(name) <= TOPICS
    listed = {n for n, chapter in SYLLABUS["chapters"].items() if name in chapter["lectures"]}
    assert listed <= {topic[:2] for topic in topics(name)}
    assert all(stop["topics"] and len(stop["words"].split()) >= 10 for stop in stops(name))


def test_every_topic_is_in_a_lecture() -> None:
    assert set.union(*map(topics, LECTURES)) == TOPICS


@pytest.mark.parametrize("name", LECTURES)
def test_a_page_shows_every_stop_with_all_its_sections(name: str, pages: Path) -> None:
    shown = page(pages, f"book/lecture-{name.lower()}")
    places = shown.select("article p.places")
    assert len(places) == len(stops(name))
    for stop, place in zip(stops(name), places, strict=True):
        said = place.find_previous_sibling("p")
        assert said is not None
        assert said.select_one("strong").text == plain(stop["title"])
        links = {str(link["href"]) for link in place.select("a")}
        for topic in stop["topics"]:
            number, key = topic.split("/")
            row = yaml.safe_load((BOOK / "coverage" / f"{number}.yml").read_text())[key]
            assert any(link.endswith(f"#{row['section']}") for link in links), topic
            for claim in row.get("claims", []):
                assert any(link.endswith(f"#claim-{claim.lower()}") for link in links), topic


def plain(title: object) -> str:
    words = str(title).replace("'", "’")
    return words if words.endswith("?") else f"{words}."


def test_every_slide_note_has_a_title_and_lectures_and_is_collected(pages: Path) -> None:
    sources = "".join(path.read_text() for path in BOOK.glob("[0-9][0-9]-*.md"))
    assert len(NOTES) == len(re.findall(r"^:class:.*\bslide-note\b", sources, re.MULTILINE))
    for (_, title), lectures in NOTES.items():
        assert title.startswith("Slide note: ")
        assert lectures
        assert set(lectures) <= {name.lower() for name in LECTURES}
    collected = page(pages, "book/slide-notes")
    assert f"There are {len(NOTES)} notes" in collected.text
    assert len(collected.select("article p.note-title")) == len(NOTES)
    assert collected.select("article .math")
    assert "mathjax/tex-chtml.js" in str(collected)


def test_the_collected_notes_keep_their_words_and_refer_from_where_they_are(pages: Path) -> None:
    collected = page(pages, "book/slide-notes")
    for head in collected.select("article p.note-title"):
        chapter, address = str(head.a["href"]).split("#")
        note = page(pages, f"book/{chapter.removesuffix('.html')}").find(id=address)
        words = [p.text for p in note.select("p:not(.admonition-title)")]
        assert head.find_next_sibling("p").text == words[0]
        assert [link.text.lower() for link in head.select("a")[1:]] == [
            name for name in map(str.lower, LECTURES) if name in note["class"]
        ]


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_lists_the_notes_on_its_slides(name: str, pages: Path) -> None:
    links = page(pages, f"book/lecture-{name.lower()}").select("#slips-on-these-slides li a")
    assert len(links) == sum(name.lower() in lectures for lectures in NOTES.values())


def test_the_index_has_the_glossary_and_the_theorems(pages: Path) -> None:
    entries = {item.text.strip() for item in page(pages, "genindex").select(".indextable li")}
    sources = {path: path.read_text() for path in BOOK.glob("[0-9][0-9]-*.md")}
    for marked in re.findall(r"\{index\} (.+)", "".join(sources.values())):
        assert {words.replace("'", "’") for words in marked.split(", ")} <= {
            entry.replace("'", "’") for entry in entries
        }
    terms = page(pages, "book/glossary").select("dl.glossary dt")
    assert {term.find(string=True).strip() for term in terms} <= entries
    for path, source in sources.items():
        boxes = re.findall(r"\{prf:(theorem|lemma|definition)\} (.+)", source)
        for kind, name in boxes:
            bare = re.sub("^(A|An|The) ", "", name).replace("'", "’")
            assert f"{bare[0].upper()}{bare[1:]} · {kind}" in entries, path.name
