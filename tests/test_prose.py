"""The prose is spelt in British English; the words of the field stand in tests/words.txt."""

import re
from pathlib import Path

import codespell_lib
import jupytext
import pytest
from spellchecker import SpellChecker

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "book").glob("*.md"))]
ADVICE = "mend the word, or add it to tests/words.txt"
SOURCES = sorted(path for path in ROOT.glob("solutions/*/*.py") if path.stem == path.parent.name)

CODE = re.compile(r"\{(code-cell|code-block|math|eval-rst|bibliography)\}|\w+$")  # in a fence
NOT_PROSE = [  # in this order: what is not English, and may look as if it were
    r"\A---\n(?s:.*?)\n---\n",  # front matter
    r"(?<=\n\n)(?: {4}.*\n)+",  # indented code
    r"^\{api\}.*$",  # modules
    r"\$\$(?s:.*?)\$\$|\$[^$]+\$|\\begin\{(?s:.*?)\\end\{\w+\*?\}",
    r"^ *:[\w-]+:.*$|^ *\([\w:-]+\)=$|^%.*$",  # options, labels, comments
    r"\{(?!term)[\w:-]+\}`[^`<]*`|<[\w:-]+>`|`[^`]*`",  # roles, code spans
    r"<!--(?s:.*?)-->|<[^>]+>|\{[\w:-]+\}|\]\([^)]*\)|https?://\S+|&\w+;",  # tags, names, addresses
]


def prose(text: str) -> str:
    """The English of a Markdown text."""
    text = without_code(text)
    for pattern in NOT_PROSE:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    return text.replace("’", "'")


def without_code(text: str) -> str:
    """The text without blocks of code, and with what directives hold."""
    kept, fence, directives = [], "", []
    for line in text.splitlines():
        mark, info = re.fullmatch(r"\s*(`{3,}|~{3,}|:{3,})?\s*(.*)", line).groups()
        if fence:
            fence = "" if mark == fence and not info else fence
        elif not mark:
            kept.append(line)
        elif not info and mark in directives:
            directives.remove(mark)
        elif not info or CODE.match(info):
            fence = mark
        else:
            directives.append(mark)
            kept.append(info)
    return "\n".join(kept)


def words(text: str) -> set[str]:
    """The words of a text, without acronyms, names in code and the possessive s."""
    found = re.findall(r"(?<![\w.@-])[A-Za-z][a-z]+(?:'[a-z]+)?(?![\w@])", prose(text))
    return {word.removesuffix("'s") for word in found if len(word) > 2}


def variants() -> dict[str, str]:
    """American spelling to British, such as color to colour, from codespell's dictionary."""
    data = Path(codespell_lib.__file__).with_name("data") / "dictionary_en-GB_to_en-US.txt"
    pairs = [line.rstrip(",").split("->") for line in data.read_text().splitlines()]
    return {american: british for british, american in pairs}


@pytest.fixture(scope="module")
def known() -> set[str]:
    british = variants()
    lines = (ROOT / "tests" / "words.txt").read_text().splitlines()
    ours = {line for line in lines if not line.startswith("#")}
    return (
        set(SpellChecker().word_frequency.dictionary) - set(british) | set(british.values()) | ours
    )


def misspelt(text: str, known: set[str]) -> set[str]:
    text = re.sub(
        r"\b[Bb]ehavior(?=(al)?[\s-]+(cloning|clone))", " ", prose(text)
    )  # the field's term
    return {word for word in words(text) if not {word, word.lower()} & known}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_are_spelt_right(path, known):
    wrong = misspelt(path.read_text(), known)
    assert not wrong, ADVICE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_homework_is_spelt_right(path, known):
    cells = jupytext.read(path).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    wrong = misspelt(text, known)
    assert not wrong, ADVICE


def test_the_checker_finds_what_it_should_and_nothing_else(known):
    text = """---\nkernelspec: frnt\n---\n(a-labl)=\n# Behavior cloning in colour\n
The learnner's behavior is `analyzd` in $\\mathbb{R}$; see {ref}`sect` and [here](http://x.yz).\n
```{code-cell}\ncolr = 1\n```\n:::{note}\n:class: tpi\nA recieved color.\n:::\n"""
    assert misspelt(text, known) == {"learnner", "behavior", "recieved", "color"}


def test_the_word_list_is_sorted_and_has_no_word_twice():
    lines = (ROOT / "tests" / "words.txt").read_text().splitlines()
    ours = [line for line in lines if not line.startswith("#")]
    assert ours == sorted(set(ours), key=lambda word: (word.lower(), word))
