"""What readers take with them: fresh figures, measured times, notebooks, addresses that last."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from jupytext import reads

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
CHAPTERS = sorted(path.stem for path in BOOK.glob("[0-9][0-9]-*.md"))
SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text())
sys.path[:0] = [str(BOOK), str(BOOK / "_ext")]

import execution  # noqa: E402
import pdf  # noqa: E402
import publish  # noqa: E402
import redirects  # noqa: E402
from badge import count_words, minutes  # noqa: E402
from claim import fold  # noqa: E402
from docutils import nodes  # noqa: E402
from docutils.frontend import get_default_settings  # noqa: E402
from docutils.utils import new_document  # noqa: E402
from nobreak import KeepWithFormula  # noqa: E402
from plain_markdown import expand  # noqa: E402
from sphinx.errors import ConfigError  # noqa: E402


@pytest.fixture
def small_tree(tmp_path, monkeypatch) -> Path:
    """What the figures depend on, made small."""
    for name in ("ilkit/envs/track.py", "book/results/C01.json", "requirements.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["ilkit/envs/track.py", "ilkit/new.py", "book/results/C01.json", "requirements.txt"]
)
def test_outputs_are_made_again_when_what_they_depend_on_changes(small_tree, name):
    before = execution.key_of_outputs()
    (small_tree / "book" / "03-chapter.md").write_text("a chapter has its own hash")
    assert execution.key_of_outputs() == before
    (small_tree / name).write_text("2")
    assert execution.key_of_outputs() != before


def test_outputs_are_made_again_on_another_machine(small_tree, monkeypatch):
    before = execution.key_of_outputs()
    monkeypatch.setattr(execution, "processor", lambda: "another")
    assert execution.key_of_outputs() != before


def test_formulas_and_prose_are_read_what_is_code_or_folded_is_not():
    page = nodes.section()
    page += nodes.paragraph("", "Two words, ", nodes.math("", "x"))
    page += nodes.literal_block("", "no word of code")
    page += nodes.math_block("", "y")
    page += fold("", nodes.paragraph("", "rows of a long table"), summary="All of them")
    assert count_words(page) == 3
    assert [minutes(words) for words in (10, 749, 751, 5000)] == [5, 5, 10, 50]


def test_a_formula_takes_its_own_full_stop_though_the_line_has_an_equal_one():
    page = new_document("page", get_default_settings())
    page += nodes.paragraph("", "", nodes.emphasis("", "differ"), nodes.Text("."))
    page[0].extend([nodes.Text(" Then ("), nodes.math("", "x"), nodes.Text(".")])
    KeepWithFormula(page).run()
    assert page.astext() == "differ. Then (x."
    assert page[0][3].astext() == "(x."


def badge(pages: Path, chapter: str) -> dict[str, str]:
    page = BeautifulSoup((pages / "book" / f"{chapter}.html").read_text(), "html.parser")
    fields = page.select(".course-badge > *")
    return {
        name.text.strip(": "): value for name, value in zip(fields[::2], fields[1::2], strict=True)
    }


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_badge_says_what_was_measured(chapter, pages):
    [record] = (ROOT / "_build" / ".cache").glob("*/global.db")
    rows = sqlite3.connect(record).execute("select uri, data from nbcache").fetchall()
    times = [json.loads(data)["execution_seconds"] for uri, data in rows if chapter in uri]
    shown = badge(pages, chapter)
    reading, running = map(int, re.findall(r"\d+", shown["Time"].text))
    assert 20 <= reading <= 90
    assert running in {max(1, round(seconds)) for seconds in times}
    assert execution.processor() in shown["Hardware"].text


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_badge_leads_to_the_notebooks(chapter, pages):
    [row] = badge(pages, chapter)["Notebook"].select("p")
    places = {link.text: str(link["href"]) for link in row.select("a")}
    repository, branch = SETTINGS["repository"]["url"], SETTINGS["repository"]["branch"]
    owner = repository.removeprefix("https://github.com/")
    file = f"notebooks/{chapter}.ipynb"
    assert places == {
        "executed": f"../notebooks/executed/{chapter}.ipynb",
        "clean": f"../{file}",
        "Colab": f"https://colab.research.google.com/github/{owner}/blob/{branch}/{file}",
        "Binder": f"https://mybinder.org/v2/gh/{owner}/{branch}?urlpath=lab/tree/{file}",
    }
    downloads = [link for link in row.select("a") if link.has_attr("download")]
    assert [link.text for link in downloads] == ["executed", "clean"]


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_a_notebook_with_outputs_and_without(chapter, pages):
    source = code_of(reads((BOOK / f"{chapter}.md").read_text(), fmt="md:myst"))
    source = [re.sub(r"\A(---\n.*?\n---\n|:.*\n)+", "", text, flags=re.S) for text in source]
    for folder, wanted in (("executed", True), ("", False)):
        notebook = nbformat.read(pages / "notebooks" / folder / f"{chapter}.ipynb", 4)
        nbformat.validate(notebook)
        install, *code = code_of(notebook)
        assert "find_spec" in install
        assert [text.strip() for text in code] == [text.strip() for text in source]
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert any(cell.outputs for cell in cells) is wanted
        assert any(cell.execution_count for cell in cells) is wanted


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_notebook_reads_without_the_book_s_tools(chapter, pages):
    """Plain Markdown: no directive, no role, no macro of ours, no relative link; all headings."""
    notebook = nbformat.read(pages / "notebooks" / f"{chapter}.ipynb", 4)
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.findall(r"^:::|^```\{|\{[a-z:]+\}`|\\(?:learner|expert|KL|E|R)\b", text, re.M)
    assert not [place for place in re.findall(r"\]\(([^)]*)\)", text) if "://" not in place]
    page = BeautifulSoup((pages / "book" / f"{chapter}.html").read_text(), "html.parser")
    headings = [h.select_one("a.headerlink").find_parent() for h in page.select("article h2")]
    assert len(re.findall(r"^## ", text, re.M)) == len(headings) > 5
    for box in page.select("article .proof .caption-number"):
        name = " ".join(box.text.split())
        assert not re.search(r"\d", name) or f"**{name}" in text, name


def test_macros_are_written_out():
    macros = {"E": r"\mathbb{E}", "KL": [r"D(#1 \,\|\, #2)", 2], "abs": [r"|#1|", 1]}
    assert expand(r"\E[x]", macros) == r"\mathbb{E} [x]"
    assert expand(r"\KL{p_{\theta}}{q}", macros) == r"D(p_{\theta} \,\|\, q)"
    assert expand(r"\abs{\abs{x}} + \abs a", macros) == "||x|| + |a|"
    assert expand(r"\Eta", macros) == r"\Eta"


ADDRESSES = (BOOK / "addresses.txt").read_text().split()


def test_published_addresses_are_listed_once_in_order():
    assert sorted(set(ADDRESSES)) == ADDRESSES
    assert "book/03-compounding-error.html" in ADDRESSES


def test_every_published_address_still_leads_somewhere(pages):
    """A page that was renamed or removed needs a line in book/redirects.yml."""
    gone = [address for address in ADDRESSES if not (pages / address).is_file()]
    assert gone == []


def test_a_redirect_leads_from_a_free_address_to_a_page():
    there = {"book/03-compounding-error", "book/intro"}
    redirects.check({"book/errors": "book/03-compounding-error"}, there)
    with pytest.raises(ConfigError, match="is a page"):
        redirects.check({"book/intro": "book/03-compounding-error"}, there)
    with pytest.raises(ConfigError, match="no page"):
        redirects.check({"book/errors": "book/4"}, there)


def test_a_redirect_page_names_the_new_address(tmp_path, monkeypatch):
    monkeypatch.setattr(redirects, "read", lambda: {"old/errors": "book/errors"})
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"),
        env=SimpleNamespace(found_docs={"book/errors"}),
        config=SimpleNamespace(html_baseurl="https://a.org/", project="Imitation Learning"),
        outdir=str(tmp_path),
    )
    redirects.write(app, None)
    old = tmp_path / "old" / "errors.html"
    assert 'href="https://a.org/book/errors.html"' in old.read_text()
    assert 'url=../book/errors.html"' in old.read_text()


def test_a_site_keeps_its_versions_apart(tmp_path):
    """Publishing one version replaces that version alone; the switch lists the newest tag first."""
    html, site = tmp_path / "html", tmp_path / "site"
    for folder in (html / "book", html / "_static", site):
        folder.mkdir(parents=True)
    (site / "CNAME").write_text("course.org")
    for place, name in (("v0.9", "a"), ("v0.10", "b"), ("latest", "c"), ("latest", "d")):
        (html / "book" / f"{name}.html").write_text(name)
        publish.lay(html, site, place)
        (html / "book" / f"{name}.html").unlink()
    found = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    pages = {"v0.9/book/a.html", "v0.10/book/b.html", "book/d.html"}
    assert found == {*pages, "CNAME", ".nojekyll", "switcher.json"}
    switch = json.loads((site / "switcher.json").read_text())
    assert [entry["version"] for entry in switch] == ["latest", "v0.10", "v0.9"]
    assert switch[1]["url"] == f"{SETTINGS['html']['baseurl']}v0.10/"


def test_addresses_are_only_added(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "new.html").write_text("")
    (tmp_path / "search.html").write_text("the theme's own")
    file = tmp_path / "addresses.txt"
    file.write_text("book/old.html\nindex.html\n")
    publish.list_addresses(tmp_path, file)
    assert file.read_text().split() == ["book/new.html", "book/old.html", "index.html"]


def test_the_page_and_the_file_cite_alike():
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    page = " ".join((BOOK / "how-to-cite.md").read_text().split())
    fields = dict(re.findall(r"(\w+) = \{+(.*?)\}+,? (?=\w+ =|\})", page))
    assert fields["title"] == cff["title"]
    assert fields["author"] == cff["authors"][0]["name"]
    assert fields["version"] == cff["version"] == version("ilkit")
    assert fields["year"] == str(cff["date-released"].year)
    assert fields["url"] == SETTINGS["html"]["baseurl"]


def test_links_of_the_pdf_stay_inside_it():
    book = ["book/intro", "book/03-compounding-error"]
    assert pdf.inside("book/intro", "#top", book) == "#book/intro/top"
    place = pdf.inside("book/intro", "03-compounding-error.html#thm", book)
    assert place == "#book/03-compounding-error/thm"
    assert pdf.inside("book/intro", "../genindex.html", book) == f"{pdf.SITE}genindex.html"
    assert pdf.inside("book/intro", "https://a.org/b#c", book) == "https://a.org/b#c"


@pytest.mark.slow
def test_the_pdf_holds_pages_and_figures(pages, chromium):
    """Many pages, and the figures on them as pictures."""
    made = pdf.printed(pdf.assemble(), chromium)
    data = made.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Subtype /Image") >= len(CHAPTERS)  # plots are drawn, stills are pictures
    assert data.count(b"/Type /Page\n") > 10 * len(CHAPTERS)
