"""What a person looks at shows everything that is there."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ilkit.grading.display import one_line, show, shown

TROJAN = "if role != 'user\u202e \u2066# check\u2069 \u2066':"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (TROJAN, r"if role != 'user\u202e \u2066# check\u2069 \u2066':"),
        ("\x00\x1b[31m\x7f", r"\x00\x1b[31m\x7f"),
        ("x = 1\rimport os", r"x = 1\rimport os"),
        ("a\u2028b\u200b\ufeff\u00ad", r"a\u2028b\u200b\ufeff\xad"),
        ("def f(\u3164): pass", r"def f(\u3164): pass"),
        ("\U000e0041\U000e01ef", r"\U000e0041\U000e01ef"),
    ],
)
def test_what_hides_is_written_out(text, seen):
    assert shown(text) == seen


@pytest.mark.parametrize(
    "text", ["x = 1\n\ty\n", "π ≤ 3 — naïve", "\U0001f468\u200d\U0001f469", "שלום"]
)
def test_ordinary_text_stays(text):
    assert shown(text) == text


def test_a_name_takes_one_line():
    assert one_line("a\nb\r\n") == r"a\nb\n"


@given(st.text(st.characters(codec=None)))
def test_nothing_is_left_to_hide_and_nothing_is_lost(text):
    seen = shown(text)
    assert shown(seen) == seen
    left = {c for c in seen if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert left <= set("\n\t\u200c\u200d")
    plain = [
        c for c in text if c.isprintable() and c.isalpha() and c not in "\u115f\u1160\u3164\uffa0"
    ]
    assert not [c for c in plain if c not in seen]


def test_a_notebook_is_shown_with_what_its_errors_say():
    error = new_output("error", ename="E", evalue="\u202e", traceback=["\u202e"])
    cells = [new_code_cell(TROJAN, outputs=[error]), new_markdown_cell("\u202e")]
    notebook = new_notebook(cells=cells)
    show(notebook)
    assert "\u202e" not in str(notebook)
