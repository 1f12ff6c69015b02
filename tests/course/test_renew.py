"""A new term's variant: other numbers and seeds in a course of its own, and nothing overwritten."""

import json
import re

import pytest

from ilkit.cli import main
from ilkit.errors import InputError
from ilkit.grading.renew import renew, renewed
from ilkit.grading.source import Homework, homeworks


def test_lines_words_and_seeds_change_and_nothing_else():
    text = (
        "WIDTH = 0.15  # of a bump\n    WIDTH = 0.15\nHALF_WIDTH = 0.15\nx = WIDTH == 0.15\n"
        'print("a bump of {{ WIDTH }}")\nrng = default_rng(student.seed("bump"))\n'
    )
    assert renewed(text, {"WIDTH": 0.2}, 7) == (
        "WIDTH = 0.2  # of a bump\n    WIDTH = 0.2\nHALF_WIDTH = 0.15\nx = WIDTH == 0.15\n"
        'print("a bump of 0.2")\nrng = default_rng(student.seed("term 7: bump"))\n'
    )


def test_the_first_choice_is_what_the_source_says(root):
    for homework in homeworks(root):
        for name, values in homework.choices.items():
            lines = re.findall(rf"^[ \t]*{name} = ([^#\n]*?)[ \t]*(?:#.*)?$", homework.text, re.M)
            assert lines or f"{{{{ {name} }}}}" in homework.text, name
            assert set(lines) <= {repr(values[0])}, name
            assert len({repr(value) for value in values}) >= 3, name


def test_every_homework_has_something_to_renew(root):
    assert all(homework.choices for homework in homeworks(root) if homework.parts)


def test_a_term_is_a_course_of_its_own_and_equal_when_made_again(root, tmp_path):
    made = renew(root, 7, tmp_path / "term")
    files = {path: path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()}
    for homework in homeworks(root):
        new = Homework(made / "solutions" / homework.slug)
        assert [part.id for part in new.parts] == [part.id for part in homework.parts]
        assert (made / "assignments" / homework.slug / f"{homework.slug}.ipynb").is_file()
        assert "{{ " not in json.dumps(new.notebook)
        if homework.parts:
            assert new.text != homework.text
    assert renew(root, 7, tmp_path / "term") == made
    assert {path: path.read_bytes() for path in files} == files
    assert renew(root, 8, tmp_path / "other") != made


def test_a_folder_that_holds_something_else_is_left_alone(root, tmp_path):
    (tmp_path / "thesis.tex").write_text("three years")
    with pytest.raises(InputError, match="new folder"):
        renew(root, 7, tmp_path)
    with pytest.raises(InputError, match="new folder"):
        renew(root, 7, root)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.slow
def test_every_matrix_is_perfect_in_another_term(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(root)
    code = main(["homework", "--renew", "7", "--out", str(tmp_path / "term"), "--json"])
    found = json.loads(capsys.readouterr().out)["homework"]
    assert [each["slug"] for each in found if not each["perfect"]] == []
    assert code == 0
