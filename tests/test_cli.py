"""The command line: starts at once, exits as documented, and answers bad usage in one sentence."""

import dataclasses
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ilkit import cli, doctor
from ilkit.errors import InputError
from ilkit.grading.walls import NotStartedError, ladder

COMMANDS = ["doctor", "claims", "homework", "check"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ilkit", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_takes_neither_torch_nor_numpy():
    code = "import sys, ilkit.cli\ntry: ilkit.cli.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(sorted({'torch', 'numpy', 'gymnasium', 'matplotlib'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.endswith("[]\n")
    assert all(f"\n    {name} " in out.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main([name, "--help"])
    assert f"example: ilkit {name}" in capsys.readouterr().out


def test_an_example_can_be_copied_from_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    with pytest.raises(SystemExit, match="0"):
        cli.main(["export", "--help"])
    assert "--column 'hw1-behavior-cloning=Homework 1 (4711)'\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["claim"], "no command 'claim'; did you mean 'claims'?"),
        (["doctr"], "no command 'doctr'; did you mean 'doctor'?"),
        (["--hlp"], "no option '--hlp'; did you mean '--help'?"),
        (["claims", "--jsn"], "no option '--jsn'; did you mean '--json'?"),
        (["claims", "CO1"], "no claim 'CO1'; did you mean 'C01'?"),
        (["check"], "the following arguments are required: NOTEBOOK; see `ilkit check --help`"),
        (["check", "a", "b"], "one argument too many: 'b'; see `ilkit check --help`"),
        ([], "the following arguments are required: COMMAND; see `ilkit --help`"),
    ],
)
def test_wrong_usage_is_one_sentence_with_the_nearest_match(words, said, capsys, monkeypatch, root):
    monkeypatch.chdir(root)
    assert cli.main(words) == 2
    captured = capsys.readouterr()
    assert captured.err == f"ilkit: {said}\n"
    assert captured.out == ""


def test_bad_input_is_one_sentence_and_exit_code_1(capsys, monkeypatch):
    def fail(args):
        raise InputError("obs: expected finite numbers, got 3 NaN; repair the recording")

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=fail))
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err.startswith("ilkit: obs: expected finite numbers")


@pytest.mark.parametrize("bug", [ZeroDivisionError(), OSError(22, "Invalid argument")])
def test_a_bug_keeps_its_traceback(monkeypatch, bug):
    def fail(args):
        raise bug

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=fail))
    with pytest.raises(type(bug)):
        cli.main(["doctor"])


@pytest.mark.parametrize("more", [(), (None, "grades.csv")])
def test_a_file_that_is_closed_to_us_is_one_sentence_and_exit_code_1(capsys, monkeypatch, more):
    """Of a renaming, the sentence names the file that was wanted."""

    def fail(args):
        raise PermissionError(13, "Permission denied", ".beside" if more else "grades.csv", *more)

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=fail))
    assert cli.main(["doctor"]) == 1
    said = "ilkit: grades.csv: Permission denied; mend its permissions or name another.\n"
    assert capsys.readouterr().err == said


def test_the_module_runs_as_the_script_does():
    assert run("--version").stdout == f"ilkit {cli.__version__}\n"
    assert run("claim").returncode == 2


def test_doctor_prints_one_document():
    out = run("doctor", "--json")
    found = json.loads(out.stdout)
    assert found["schema"] == 1
    assert found["ready"] is (out.returncode == 0) is True
    assert found["versions"]["torch"].startswith("2.13.0")
    assert found["device"]["type"] in {"cpu", "cuda", "mps"}


def test_doctor_names_what_is_missing_and_the_command_that_gets_it(monkeypatch, capsys):
    absent = {"torch", "nbgrader", "sphinx-proof", "jupyter-book"}
    version = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda n: None if n in absent else version(n))
    monkeypatch.setattr(doctor, "find_chromium", lambda: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None if name == "bwrap" else name)
    monkeypatch.setattr(sys, "platform", "linux")
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "Missing for homework: torch. Get it: python -m pip install" in out
    assert "Missing for the book: jupyter-book, sphinx-proof. Get it: python -m pip install" in out
    assert "chromium. Get it: sudo apt-get install chromium" in out
    assert "Missing for grading: bubblewrap. Get it: sudo apt-get install bubblewrap" in out
    assert "Ready for homework: no." in out


def test_doctor_says_how_code_would_be_shut_in_and_what_lets_it(monkeypatch, capsys):
    def refuse():
        raise NotStartedError("sandbox: unshare: not permitted")

    shut = [dataclasses.replace(rung, probe=refuse) for rung in ladder.LADDER[:-1]]
    monkeypatch.setattr(ladder, "LADDER", [*shut, ladder.LADDER[-1]])
    monkeypatch.setattr(sys, "platform", "linux")
    assert cli.main(["doctor", "--grading"]) == 1
    out = capsys.readouterr().out
    assert "\nlandlock: sandbox: unshare: not permitted; start Linux 6.2 or newer" in out
    assert "it cannot stop: a flaw of the Linux kernel" in out
    assert "Ready for grading: no." in out
    monkeypatch.setattr(sys, "platform", "darwin")
    ladder._lacking.cache_clear()
    assert cli.main(["doctor", "--grading", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["rung"] is None
    assert "expected Linux" in found["rungs"][0]["lacking"]


def test_doctor_asks_nothing_of_windows_but_pip(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert doctor._missing_tools() == []


def test_a_reader_that_stops_early_sees_no_traceback():
    script = f"{sys.executable} -m ilkit doctor | head -1"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("python")
    assert ended.stderr == ""
