"""What a student's code does reaches neither the tests, nor the instructor, nor the next part."""

import functools
import os
import socket
import threading
import time
from pathlib import Path

import nbformat.v4 as v4
import pytest

from ilkit.grading import sandbox
from ilkit.grading.source import homeworks
from ilkit.grading.split import Split
from ilkit.grading.withheld import listed

pytestmark = pytest.mark.usefixtures("sandboxed")
ROOT = Path(__file__).parents[2]
HONEST = "def double(x):\n    return 2 * x"
TEST = """
import numpy as np
from ilkit.grading import expect, student
x = np.random.default_rng().normal(size=4)
expect.close(student.call("{name}", x), {factor} * x, "{name}")
"""


def cell(name: str, source: str, **meta):
    made = v4.new_code_cell(source)
    full = {"grade_id": name, "grade": False, "solution": False, **meta}
    made.metadata.nbgrader = full
    return made


def part(name: str, source: str, factor: int):
    test = TEST.format(name=name, factor=factor)
    return [
        cell(name, source, solution=True),
        cell(f"{name}-check", "check_that_nobody_runs()"),
        cell(f"{name}-test", test, grade=True, points=1),
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    sandbox.stage(folder, ["ilkit.losses"])
    return folder


@pytest.fixture
def graded(course):
    """What each cell of a notebook says in the end, by name: an attack between two honest parts."""

    def grade(attack: str, patience: float = 60) -> dict[str, str]:
        triple = "def triple(x):\n    return 3 * x"
        cells = [*part("double", HONEST, 2), *part("attack", attack, 5), *part("triple", triple, 3)]
        start = functools.partial(sandbox.host, course, ["ilkit.losses"])
        Split(start, patience).run(cells)
        return {
            each.metadata.nbgrader.grade_id: "".join(out.evalue for out in each.outputs)
            for each in cells
        }

    return grade


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
    said = graded(ENDS[name], patience=6)
    assert "your code" in said["attack-test"]
    assert said["double-test"] == said["triple-test"] == ""


def test_a_daemon_dies_with_its_submission(graded):
    said = graded(
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(12345.678)'], "
        "start_new_session=True)\ndef attack(x): return 5 * x"
    )
    assert said["attack-test"] == ""
    deadline = time.monotonic() + 10
    while daemons() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert daemons() == []


def daemons() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"12345.678" in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_nothing_of_the_outside_is_seen(graded, root, monkeypatch, tmp_path):
    monkeypatch.setenv("ILKIT_COURSE_SECRET", "a secret")
    (tmp_path / "gradebook.db").write_text("grades")
    asks = {
        "solutions": f"os.path.exists({str(root / 'solutions')!r})",
        "gradebook": f"os.path.exists({str(tmp_path / 'gradebook.db')!r})",
        "home": "os.path.exists(os.path.expanduser('~root/.bashrc'))",
        "secret": "'ILKIT_COURSE_SECRET' in os.environ",
        "others": "len(glob('/proc/[0-9]*')) > 2",  # the sandbox's first process, and this one
        "root": "os.getuid() == 0",
        "losses": "hasattr(importlib.import_module('ilkit.losses'), 'squared_error')",
        "file": "'def squared_error' in open('/course/ilkit/losses.py').read()",
        "writes": "open('/course/ilkit/__init__.py', 'a')",
        "interfaces": "[n for _, n in socket.if_nameindex() if n != 'lo']",
    }
    for what, ask in asks.items():
        said = graded(
            "import importlib, os, socket\nfrom glob import glob\n"
            f"try: found = {ask}\nexcept (OSError, ImportError): found = False\n"
            "def attack(x): return 5 * x if not found else x"
        )
        assert said["attack-test"] == "", what


def test_no_network_is_reached(graded):
    listener = socket.create_server(("127.0.0.1", 0))
    port, met = listener.getsockname()[1], []
    threading.Thread(target=lambda: met.append(listener.accept()), daemon=True).start()
    said = graded(
        "import socket\n"
        f"try: socket.create_connection(('127.0.0.1', {port}), 3); found = True\n"
        "except OSError: found = False\n"
        "def attack(x): return 5 * x if not found else x"
    )
    assert (said["attack-test"], met) == ("", [])


def test_a_file_of_one_submission_is_gone_in_the_next(graded):
    plant = "import os\nos.makedirs('/tmp/a', exist_ok=True); open('/tmp/torch.py', 'w').write('x')"
    look = (
        "import os\nfound = {'a', 'torch.py'} & set(os.listdir('/tmp'))\n"
        "def attack(x): return 5 * x if not found else x"
    )
    assert graded(f"{plant}\ndef attack(x): return 5 * x")["attack-test"] == ""
    assert graded(look)["attack-test"] == ""


@pytest.mark.parametrize("homework", homeworks(ROOT), ids=lambda homework: homework.slug)
@pytest.mark.slow
def test_a_reference_gets_all_its_points_across_the_border(homework, tmp_path):
    withheld = listed(homework.notebook.metadata)
    sandbox.stage(tmp_path, withheld)
    cells = [cell for cell in homework.notebook.cells if cell.cell_type == "code"]
    Split(functools.partial(sandbox.host, tmp_path, withheld)).run(cells)
    assert [out.evalue for cell in cells for out in cell.outputs] == []


def test_without_a_sandbox_nothing_is_graded(course, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Exception, match="bubblewrap"), sandbox.host(course, []):
        pass
    monkeypatch.setenv(sandbox.OPEN, "1")
    assert sandbox.walls(course) == []
    assert os.environ.get("PATH") == ""
