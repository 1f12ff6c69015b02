"""What a student's code does reaches neither the tests, nor the instructor, nor the next part."""

from pathlib import Path

import pytest

from ilkit.grading.source import homeworks
from ilkit.grading.split import Split
from ilkit.grading.walls import ladder
from ilkit.grading.withheld import listed

ROOT = Path(__file__).parents[2]


EVASIONS = {
    "equal to everything": """
        class Any(float):
            __eq__ = __le__ = __ge__ = lambda *_: True
            __array__ = lambda self, *_, **__: self
            __sub__ = __rsub__ = __abs__ = lambda self, *_: self
        def attack(x): return Any(0)""",
    "an array that agrees": """
        class Yes(np.ndarray):
            def __array_ufunc__(self, *a, **k): return np.array(True)
            def __array_function__(self, *a, **k): return True
        def attack(x): return x.view(Yes)""",
    "a tensor that agrees": """
        class Yes(torch.Tensor):
            @classmethod
            def __torch_function__(cls, *a, **k): return torch.tensor(True)
        def attack(x): return torch.as_tensor(x).as_subclass(Yes)""",
    "a metaclass that lies": """
        class Meta(type):
            __name__ = property(lambda cls: "float")
            __instancecheck__ = __subclasscheck__ = lambda *_: True
        class Liar(metaclass=Meta): pass
        def attack(x): return Liar()""",
    "patched NumPy": """
        np.allclose = lambda *a, **k: True
        np.testing.assert_allclose = lambda *a, **k: None
        np.isfinite = lambda x: np.array(True)
        def attack(x): return x""",
    "patched builtins": """
        import builtins
        builtins.AssertionError = builtins.ValueError = type("Quiet", (Exception,), {})
        builtins.all = lambda *a: True
        def attack(x): return x""",
    "patched grading": """
        import ilkit.grading.expect, ilkit.grading.student, ilkit.grading.plain
        import ilkit.grading.answer
        ilkit.grading.expect.close = lambda *a, **k: None
        ilkit.grading.student.call = lambda *a, **k: 0
        ilkit.grading.answer.plain = lambda x: x
        def attack(x): return x""",
    "asks the tests' frame": """
        import gc, inspect
        def attack(x):
            for frame in inspect.stack():
                for value in frame.frame.f_locals.values():
                    if isinstance(value, dict) and "factor" in value: return value["factor"] * x
            texts = [o for o in gc.get_objects() if isinstance(o, str) and "expect.close" in o]
            return texts""",
    "pickles that run": """
        import os
        class Run:
            def __reduce__(self): return os.system, ("touch /tmp/ran",)
        def attack(x): return Run()""",
    "forged frames": """
        import socket, os
        for fd in range(3, 64):
            try:
                sock = socket.socket(fileno=fd)
                sock.sendall(b"\\0" * 7 + b"\\x18" + b"\\0" * 7 + b"\\x0a" + b'["ran", 0]')
            except OSError: pass
        def attack(x): return x""",
    "an exception that misbehaves": """
        class Bad(BaseException):
            def __str__(self): raise Bad
            __repr__ = __str__
        def attack(x): raise Bad""",
    "a generator without an end": """
        import itertools
        def attack(x): return itertools.count()""",
    "too much": "def attack(x): return np.zeros(2**27)",
    "a silent stand-in": """
        import sys, types
        sys.modules["ilkit.grading"] = types.ModuleType("ilkit.grading")
        sys.modules["numpy"] = types.ModuleType("numpy")
        def attack(x): return x""",
}


def dedent(attack: str) -> str:
    import textwrap

    return "import numpy as np, torch\n" + textwrap.dedent(attack)


@pytest.mark.parametrize("name", EVASIONS)
def test_no_evasion_earns_a_point(graded, name):
    said = graded(dedent(EVASIONS[name]))
    assert said["attack-test"]
    assert said["double-test"] == ""
    if name not in ("patched builtins", "a silent stand-in"):  # they break what comes after them
        assert said["triple-test"] == ""


ENDS = {
    "leaves": "import os\ndef attack(x): os._exit(0)",
    "leaves at once": "import os; os._exit(0)",
    "kills itself": "import os\ndef attack(x): os.kill(os.getpid(), 9)",
    "closes its files": "import os\ndef attack(x): os.closerange(0, 256)",
    "crashes": "import ctypes\ndef attack(x): ctypes.string_at(0)",
    "loops": "def attack(x):\n    while True: pass",
    "sleeps at once": "import time; time.sleep(1e6)",
    "drips": (
        "import socket, time\n"
        "def attack(x):\n"
        "    for fd in range(3, 64):\n"
        "        try: socket.socket(fileno=fd).sendall(b'\\0' * 7 + b'\\xff')\n"
        "        except OSError: pass\n"
        "    time.sleep(1e6)"
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_who_ends_the_process_loses_that_part_alone(graded, name):
    said = graded(ENDS[name], patience=4)
    assert "your code" in said["attack-test"]
    assert said["double-test"] == said["triple-test"] == ""


@pytest.mark.parametrize("homework", homeworks(ROOT), ids=lambda homework: homework.slug)
@pytest.mark.slow
def test_a_reference_gets_all_its_points_across_the_border(homework, sandboxed):
    withheld = listed(homework.notebook.metadata)
    cells = [cell for cell in homework.notebook.cells if cell.cell_type == "code"]
    with ladder.pick().hosts(withheld) as start:
        Split(start).run(cells)
    assert [out.evalue for cell in cells for out in cell.outputs] == []
