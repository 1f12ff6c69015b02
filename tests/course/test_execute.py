"""Cells run as a kernel would run them, without IPython's powers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ilkit.grading import execute


@pytest.fixture
def run(monkeypatch):
    """Run cells in one session: its names, or the failure of the last cell in words."""
    monkeypatch.setitem(execute.sys.modules, "__main__", execute.sys.modules["__main__"])
    session = execute.Session()
    # A thread of its own: a browser's tests in this worker leave an event loop in the main one.
    with ThreadPoolExecutor(1) as thread:

        def cells(*sources: str):
            failures = [
                thread.submit(session.run, source, f"part-{i}").result()
                for i, source in enumerate(sources)
            ]
            return str(failures[-1]) if failures[-1] else session.names

        yield cells


@pytest.mark.parametrize(
    ("source", "x"),
    [
        ("x = (17\n    % 5)", 2),
        ('x = """\n% a\n! b\n%%c\n"""', "\n% a\n! b\n%%c\n"),
        ("%matplotlib inline\n!exit 1\nx = 1", 1),
        ("def f():\n    !ls\n    %time 1\nx = f()", None),
        ("x = !ls", []),
        ("x = %timeit -o 1", None),
        ("%time x = 1", 1),
        ("y = 2\nx = %time y + 1", 3),
        ("x = 1\nx?", 1),
        ("?x\nx = 1\n??x", 1),
        ("import asyncio\nawait asyncio.sleep(0)\nx = 3", 3),
        ("display(1)\nget_ipython().system('ls')\nx = 4", 4),
    ],
)
def test_ipythons_syntax_is_understood_and_does_nothing(run, source, x):
    names = run(source)
    assert names["x"] == x


@pytest.mark.parametrize(
    "magic", ["%%time", "\n%%time", "%%capture said", "%%capture\n%%time", "%%prun -q"]
)
def test_a_magic_that_times_or_captures_runs_its_cell(run, magic):
    assert run("x = 1", f"{magic}\n%matplotlib inline\nx = 2")["x"] == 2


def test_what_a_repeated_cell_assigns_is_lost_as_in_ipython(run):
    assert run("x = 1", "%%timeit -n1 -r1\nx = 2")["x"] == 1
    assert run("x = 1", "%%timeit -n1 -r1\nx / 0") == "ZeroDivisionError: division by zero"


def test_another_cell_magic_skips_its_cell(run):
    names = run("x = 1", "%%bash\nx=2; exit 1", "%%javascript\nalert(")
    assert names["x"] == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n    % 3", "SyntaxError: "),
        ("x = 'open", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("\x00", "SyntaxError: "),
        ("1 + %", "SyntaxError: "),
    ],
)
def test_what_is_no_python_is_told(run, source, said):
    assert run(source).startswith(said)


def test_the_line_that_failed_is_named(run, monkeypatch):
    monkeypatch.setitem(execute.sys.modules, "__main__", execute.sys.modules["__main__"])
    failure = execute.Session().run("%time 1\nx = (17\n     % 0)", "5")
    assert failure.type == "ZeroDivisionError"
    assert failure.place == "line 2 of cell 5: x = (17"
    failure = execute.Session().run("%%capture\n%%time\nx = (17\n     % 0)", "5")
    assert failure.place == "line 3 of cell 5: x = (17"
