"""`ilkit check`: words for each part, and one sentence for a file that is no homework."""

import json
import os
import subprocess
import sys

import pytest

from ilkit.cli import main


@pytest.fixture(scope="module")
def check():
    """Run the command: exit code, and what it printed."""

    def command(path, capsys, *options):
        code = main(["check", str(path), *options])
        return code, capsys.readouterr()

    return command


def reports(printed: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in printed.splitlines()[:-1])


def test_the_reference_passes(check, submit, hw1, capsys):
    code, printed = check(submit("reference", {}), capsys)
    assert code == 0
    assert reports(printed.out) == {part.id: "passed" for part in hw1.parts}
    assert printed.out.splitlines()[-1].startswith("11 of 11 parts pass")


def test_the_untouched_release_is_not_written_yet(check, submit, hw1, capsys):
    code, printed = check(submit("untouched", {}, untouched=True), capsys)
    assert code == 1
    assert reports(printed.out) == {part.id: "not written yet" for part in hw1.parts}


def test_what_is_wrong_is_said_in_words(check, submit, hw1, capsys):
    parts = {part.id: part for part in hw1.parts}
    answers = {
        "gaussian-nll": parts["gaussian-nll"].wrong["mean_over_dimensions"],
        "tabular": "def fit_table(obs, act, n_obs, n_act):\n    return 1 / (n_obs - n_obs)",
        "log-loss": "def log_loss(logits, act:",
        "train": parts["train"].right["closure_and_warnings"],
        "bonus": "print('x' * 100)\n%matplotlib inline\n!ls\nraise ValueError('mine')",
    }
    code, printed = check(submit("mixed", answers), capsys, "--json")
    document = json.loads(printed.out)
    assert (code, document["schema"], document["slug"]) == (1, 1, hw1.slug)
    told = {part["id"]: part for part in document["parts"]}
    assert list(told) == [part.id for part in hw1.parts]
    assert told["train"] == {"id": "train", "points": 12, "status": "passed", "message": ""}
    assert "sums over the action's dimensions" in told["gaussian-nll"]["message"]
    assert told["tabular"]["message"].startswith("ZeroDivisionError: division by zero (line 2 of")
    assert "return 1 / (n_obs - n_obs)" in told["tabular"]["message"]
    assert told["log-loss"]["message"].startswith("SyntaxError: ")
    assert {note["id"] for note in document["notes"]} >= {"bonus", "margin-picture"}


@pytest.fixture
def small(tmp_path):
    """A homework of two parts, with these answers, and cells without a name before them."""

    def write(one: str, *before: str, two: str = "two = lambda: 2"):
        cell = {"cell_type": "code", "outputs": [], "execution_count": None}
        sources = {"one": one, "one-check": "one()", "one-test": "0 / 0"}
        sources |= {"two": two, "two-check": "assert two() == 2, 'π is not 2'", "two-test": "0 / 0"}
        cells = [{**cell, "source": source, "metadata": {}} for source in before]
        for id, source in sources.items():
            cells.append({**cell, "source": source, "metadata": {"nbgrader": {"grade_id": id}}})
        parts = {"slug": "small", "parts": {"one": 1, "two": 2}, "withheld": ["ilkit.losses"]}
        path = tmp_path / "small.ipynb"
        path.write_text(json.dumps({"cells": cells, "metadata": {"ilkit": parts}}))
        return path

    return write


def test_a_cell_that_kills_its_process_costs_itself_only(check, small, capsys):
    code, printed = check(small("import os\nos._exit(1)"), capsys)
    assert code == 1
    assert reports(printed.out) == {
        "one": "wrong: ended the process that ran it",
        "two": "passed",
    }


def test_a_loop_that_never_ends_is_told_and_the_rest_runs(check, small, capsys, monkeypatch):
    monkeypatch.setattr("ilkit.grading.check.DEADLINE", 3.0)
    endless = "def one():\n    while True:\n        try: one_more = 1\n        except: pass"
    code, printed = check(small(endless), capsys)
    assert code == 1
    told = reports(printed.out)
    assert told["one"].startswith("wrong: ran for more than 3 s and was stopped")
    assert told["two"] == "passed"


def test_a_picture_may_take_longer(check, small, capsys, monkeypatch):
    monkeypatch.setattr("ilkit.grading.check.DEADLINE", 1.0)
    path = small("one = int", "import time\ntime.sleep(2)")
    _, printed = check(path, capsys)
    assert "ran for more than 1 s" in printed.out
    path.write_text(path.read_text().replace("{}}", '{"nbgrader": {"grade_id": "a-picture"}}}', 1))
    code, printed = check(path, capsys)
    assert "a-picture" in printed.err
    assert (code, reports(printed.out)) == (0, {"one": "passed", "two": "passed"})


def test_the_running_cell_is_named_on_stderr(check, small, capsys):
    _, printed = check(small("one = int", "x = 1"), capsys, "--json")
    assert json.loads(printed.out)["parts"][0]["status"] == "passed"
    cells = ["cell 1", "one", "one-check", "two", "two-check"]
    assert printed.err.splitlines() == [f"running {cell} ..." for cell in cells]


def test_a_cell_without_a_name_is_told_by_its_number(check, small, capsys):
    _, printed = check(small("one = int", "1 +", "x = (1\n    / 0)"), capsys, "--json")
    notes = {note["id"]: note["message"] for note in json.loads(printed.out)["notes"]}
    assert list(notes) == ["cell 1", "cell 2"]
    assert "(line 1 of cell 2: x = (1)" in notes["cell 2"]


def test_a_withheld_module_is_refused_as_when_graded(check, small, capsys):
    _, printed = check(small("from ilkit.losses import hinge\none = int"), capsys)
    said = "wrong: ImportError: ilkit.losses is what this homework asks you to write (line 1 of"
    assert reports(printed.out)["one"].startswith(said)


def test_words_that_the_console_cannot_show_do_not_stop_the_check(small):
    path = small("one = int", two="two = lambda: 3.14")
    done = subprocess.run(
        [sys.executable, "-m", "ilkit", "check", str(path)],
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        encoding="cp1252",
    )
    assert "Traceback" not in done.stderr
    assert "wrong: ? is not 2" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "got a file that is not JSON"),
        ("[1]", "got JSON without a list of cells"),
        ('{"cells": [3]}', "got JSON without a list of cells"),
        ('{"cells": [], "metadata": {}}', "got another notebook"),
        ('{"cells": [], "metadata": {"ilkit": {"slug": "s", "parts": {"p": 1}}}}', "are missing"),
        ('{"cells": [], "metadata": 3}', "got another notebook"),
        ("\ud800", "not JSON"),
    ],
)
def test_other_files_are_refused_in_one_sentence(check, tmp_path, capsys, text, said):
    path = tmp_path / "odd.ipynb"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    code, printed = check(path, capsys)
    assert code == 1
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_a_written_part_has_nothing_to_check(check, tmp_path, capsys):
    path = tmp_path / "hw0-warmup-written.ipynb"
    path.write_text('{"cells": [], "metadata": {}}')
    code, printed = check(path, capsys)
    assert code == 1
    assert "got the written part; a person grades it and there is nothing to check" in printed.err


def test_a_missing_file_is_told(check, tmp_path, capsys):
    code, printed = check(tmp_path / "none.ipynb", capsys)
    assert code == 1
    assert "found no file" in printed.err


def test_a_cell_that_is_there_twice_is_told(check, submit, capsys):
    path = submit("twice", {})
    notebook = json.loads(path.read_text())
    notebook["cells"].append(notebook["cells"][3])
    cell = next(c for c in notebook["cells"] if c["id"] == "train")
    notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook))
    code, printed = check(path, capsys)
    assert code == 1
    assert "train is there twice" in printed.err
