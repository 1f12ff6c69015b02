"""`ilkit check`: words for each part, and one sentence for a file that is no homework."""

import json

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
    assert "sums over it" in told["gaussian-nll"]["message"]
    assert told["tabular"]["message"].startswith("ZeroDivisionError: division by zero (line 2 of")
    assert "return 1 / (n_obs - n_obs)" in told["tabular"]["message"]
    assert told["log-loss"]["message"].startswith("SyntaxError: ")
    assert {note["id"] for note in document["notes"]} >= {"bonus", "margin-picture"}


def test_a_notebook_that_kills_its_process_loses_the_rest_only(check, submit, hw1, capsys):
    path = submit("dead", {"tabular": "import os\nos._exit(1)"})
    code, printed = check(path, capsys)
    told = reports(printed.out)
    assert code == 1
    assert told["log-loss"] == "passed"
    assert told["tabular"].startswith("not run")
    assert told["evaluation"].startswith("not run")


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
