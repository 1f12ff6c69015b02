"""The rebuilt notebook is the instructor's, but for the text of answers and of added cells."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade

from ilkit.grading.intake import Cell, parse
from ilkit.grading.rebuild import rebuild
from ilkit.grading.release import release, without_answers
from ilkit.grading.source import is_solution, name_of

STUB = "def {}():\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def answer(name: str) -> str:
    secret = "\n".join(
        ["    ### BEGIN SOLUTION", f"    return 'SECRET {name}'", "    ### END SOLUTION"]
    )
    return f"def {name}():\n{secret}"


def labelled(cell, id: str, **meta):
    cell.id, given = id, {"schema_version": 3, "grade_id": id, "task": False}
    given |= {"solution": False, "grade": "points" in meta, **meta}
    cell.metadata.nbgrader = given | {"locked": not given["solution"]}
    return cell


def homework(*more):
    """A source: a text, a set-up, two parts with hidden tests, and what else is given."""
    cells = [
        labelled(new_markdown_cell("Read this."), "text"),
        labelled(new_code_cell("size = 3"), "setup"),
    ]
    for part in ("f", "g"):
        test = f"assert {part}()\n### BEGIN HIDDEN TESTS\nassert '{part}'\n### END HIDDEN TESTS"
        cells += [
            labelled(new_code_cell(answer(part)), part, solution=True),
            labelled(new_code_cell(test), f"{part}-test", points=5),
        ]
    return new_notebook(cells=[*cells, *more], metadata={"ilkit": {"slug": "hw"}})


CODE = homework()
WORDS = homework(
    labelled(new_markdown_cell("SECRET essay"), "essay", solution=True, points=5),
    labelled(new_code_cell("plot()"), "plot"),
)
RELEASE = [Cell("markdown", "Read this.", "text", True), Cell("code", "size = 3", "setup", True)]
for part in ("f", "g"):
    RELEASE += [Cell("code", STUB.format(part), part)]
    RELEASE += [Cell("code", f"assert {part}()", f"{part}-test", True)]


def sources(notebook) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook.cells}


def swapped(cells, id, *instead):
    """The cells, with others in the place of one."""
    return [new for cell in cells for new in (instead if cell.grade_id == id else (cell,))]


def test_an_untouched_release_has_stubs_hidden_tests_and_no_notes():
    notebook, notes = rebuild(CODE, RELEASE)
    assert (notebook, notes) == (without_answers(CODE), [])
    assert sources(notebook)["f"] == STUB.format("f")
    assert "HIDDEN" in sources(notebook)["f-test"]
    assert notebook.metadata == CODE.metadata


def test_answers_are_the_students(hw1):
    whole = copy.deepcopy(release(hw1))
    for cell, mine in zip(whole.cells, hw1.notebook.cells, strict=True):
        cell.source = mine.source if is_solution(cell) else cell.source
    notebook, notes = rebuild(hw1.notebook, parse(nbformat.writes(whole).encode()))
    assert notes == []
    assert [c.source for c in notebook.cells] == [c.source for c in hw1.notebook.cells]


def test_a_missing_answer_is_the_stub_and_told():
    notebook, notes = rebuild(CODE, swapped(RELEASE, "f"))
    assert sources(notebook)["f"] == STUB.format("f")
    assert notes == ["f was missing from the notebook: there is no answer to grade."]


def test_tests_taken_out_or_changed_are_the_instructors_and_told():
    cells = swapped(RELEASE, "f-test")
    cells = swapped(cells, "g-test", Cell("code", "pass", "g-test", True))
    cells = swapped(cells, "setup", Cell("code", "size = 1", "setup", True))
    notebook, notes = rebuild(CODE, cells)
    assert notebook == without_answers(CODE)
    assert notes == [
        "f-test was missing from the notebook, and put back.",
        "setup, g-test were changed; the homework's own text was used instead.",
    ]


def test_blanks_at_the_ends_of_lines_are_no_change():
    cells = swapped(RELEASE, "setup", Cell("code", "size = 3  ", "setup", True))
    assert rebuild(CODE, cells)[1] == []


def test_of_two_copies_the_last_is_graded_and_the_first_runs():
    first, last = Cell("code", "first = 1", "f"), Cell("code", "last = 1", "f")
    notebook, notes = rebuild(CODE, [*swapped(RELEASE, "f", first), last])
    assert notes == ["f stands there twice: the last copy is graded."]
    assert list(sources(notebook)) == ["text", "setup", "added-1", "f", "f-test", "g", "g-test"]
    assert sources(notebook)["added-1"] == "first = 1"
    assert sources(notebook)["f"] == "last = 1"


def test_an_answer_in_a_cell_of_another_kind_is_taken_unless_there_is_one_of_its_own():
    words, code = Cell("markdown", "words = 1", "f"), Cell("code", "code = 1", "f")
    notebook, _ = rebuild(CODE, swapped(RELEASE, "f", words))
    cell = next(cell for cell in notebook.cells if cell.id == "f")
    assert (cell.cell_type, cell.source, cell.outputs) == ("code", "words = 1", [])
    assert sources(rebuild(CODE, swapped(RELEASE, "f", code, words))[0])["f"] == "code = 1"


def test_added_code_stays_in_its_place_without_marks():
    helper, elsewhere = Cell("code", "h = 1"), Cell("code", "other", "of-another-homework")
    old = Cell("code", "size = 7", "of-another-release", locked=True)
    note, blank = Cell("markdown", "My notes."), Cell("code", " \n")
    mine = [helper, *swapped(RELEASE, "f", elsewhere, note, RELEASE[2], helper, old, blank)]
    notebook, notes = rebuild(CODE, mine)
    assert notes == []
    order = ["added-1", "text", "setup", "added-2", "f", "added-3", "f-test", "g", "g-test"]
    assert list(sources(notebook)) == order
    assert sources(notebook)["added-2"] == "other"
    assert all(cell.metadata == {} for cell in notebook.cells if cell.id.startswith("added-"))


def test_a_release_that_numbers_anew_knows_its_cells_by_their_text():
    given = [new_markdown_cell("News."), new_markdown_cell("Read this."), new_code_cell("size = 3")]
    first = [labelled(cell, f"h{number}") for number, cell in enumerate(given)]
    source = new_notebook(cells=[*first, *CODE.cells[2:]])
    older = [Cell("markdown", "Read this.", "h0", True), Cell("code", "size = 3", "h1", True)]
    notebook, notes = rebuild(source, [*older, Cell("code", "helper = 1"), *RELEASE[2:]])
    assert notes == []
    assert list(sources(notebook))[:5] == ["h0", "h1", "h2", "added-1", "f"]


def test_where_answers_are_in_words_added_words_are_kept():
    cells = [*RELEASE, Cell("markdown", "Because.", "essay"), Cell("markdown", "And more.")]
    notebook, notes = rebuild(WORDS, cells)
    assert notes == []
    assert list(sources(notebook))[-3:] == ["essay", "added-1", "plot"]
    assert sources(notebook)["essay"] == "Because."
    assert sources(rebuild(WORDS, RELEASE)[0])["essay"] == "YOUR ANSWER HERE"


def test_nbgrader_can_tell_an_untouched_answer_in_words():
    for text, score in {"YOUR ANSWER HERE": 0, "Because.": None}.items():
        notebook, _ = rebuild(WORDS, [Cell("markdown", text, "essay")])
        [cell] = [cell for cell in notebook.cells if cell.id == "essay"]
        assert determine_grade(cell) == (score, 5)


ids = st.sampled_from(["", "other", "added-1", *(name_of(cell) for cell in WORDS.cells)])
texts = st.text(st.characters(exclude_characters="S", exclude_categories=["Cs"]), max_size=20)
kinds = st.sampled_from(["code", "markdown"])
students = st.lists(st.builds(Cell, kinds, texts, ids, st.booleans()), max_size=20)


@pytest.mark.parametrize("source", [CODE, WORDS], ids=["code", "words"])
@given(cells=students)
def test_every_notebook_gives_the_instructors_cells_in_their_order(source, cells):
    before = copy.deepcopy(source)
    notebook, notes = rebuild(source, cells)
    assert source == before
    nbformat.validate(notebook)
    own = [cell for cell in notebook.cells if cell.metadata]
    for cell, stub in zip(own, without_answers(source).cells, strict=True):
        copies = [mine.source for mine in cells if mine.grade_id == name_of(stub)]
        assert cell.source in ((is_solution(stub) and copies) or [stub.source])
        assert cell == {**stub, "source": cell.source}
    added = [cell for cell in notebook.cells if not cell.metadata]
    assert {cell.source for cell in added} <= {cell.source for cell in cells}
    assert "SECRET" not in json.dumps(notebook) + "".join(notes)
