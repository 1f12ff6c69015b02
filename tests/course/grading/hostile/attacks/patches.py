# Answers that change or read what is around them.

# %% patched NumPy lost="drive" stock="40"
class Yes:
    __getattr__ = lambda self, name: lambda *a, **k: True


np.testing = Yes()
np.all = np.allclose = lambda *a, **k: True
np.isfinite = lambda x: np.array(True)


def attack(x):
    return x


# %% patched builtins lost="drive Model last" stock="40"
import builtins


def attack(x):
    builtins.all = lambda *a: True
    builtins.abs = lambda x: np.zeros(4)
    builtins.AssertionError = builtins.ValueError = type("Quiet", (Exception,), {})
    return x


# %% patched torch lost="drive Model last"
torch.Tensor.__eq__ = torch.Tensor.__lt__ = lambda *a: True
torch.allclose = lambda *a, **k: True
torch.Tensor.numpy = lambda self, *a, **k: np.zeros(4)


def attack(x):
    return torch.zeros(4)


# %% patched grading lost="drive" stock="40"
import ilkit.grading.answer, ilkit.grading.expect, ilkit.grading.plain, ilkit.grading.student

ilkit.grading.expect.close = ilkit.grading.expect.shape = lambda *a, **k: None
ilkit.grading.student.call = ilkit.grading.student.value = lambda *a, **k: 0
ilkit.grading.answer.plain = lambda x: x

import builtins

builtins.abs = lambda x: np.zeros(4)


def attack(x):
    return x


# %% an ilkit of its own lost="drive Model last"
import sys, types

for name in [name for name in sys.modules if name.startswith("ilkit")]:
    sys.modules[name] = types.ModuleType(name)


def attack(x):
    return x


# %% answers to every name lost="drive Model last" says="type|attack triples"
import sys


class Namespace(dict):
    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return lambda *a: 0


import ilkit.grading.answer

ilkit.grading.answer.find = lambda name: lambda *a, **k: 0


def attack(x):
    return x


# %% reads its own memory says="Error"
import re


def attack(x):
    found = []
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            words = line.split()
            if "r" in words[1] and not words[-1].startswith("[v"):
                start, end = (int(each, 16) for each in words[0].split("-"))
                try:
                    memory.seek(start)
                    found += re.findall(
                        b"canary_[0-9a-f]{12}", memory.read(min(end - start, 1 << 26))
                    )
                except (OSError, ValueError):
                    pass
    raise RuntimeError(str(found[:5]))


# %% looks for the answers in ilkit lost="drive Model" says="asks you"
import ilkit, os, sys

sys.meta_path[:] = [each for each in sys.meta_path if type(each).__name__ != "_Finder"]
for name in [name for name in sys.modules if name.startswith("ilkit")]:
    del sys.modules[name]


def attack(x):
    import ilkit.losses

    return ilkit.losses.SquaredError()(x)


# %% a namespace of its own lost="drive Model last"
import sys, types


class Everything(types.ModuleType):
    def __getattr__(self, name):
        return lambda *a, **k: 0.0


sys.modules["__main__"] = Everything("__main__")


def attack(x):
    return x


# %% transforms what comes after it lost="drive Model last" stock="40"
import ast
from IPython.core import inputtransformer2


class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()


try:
    get_ipython().ast_transformers.append(NoAsserts())
except AttributeError:
    pass
inputtransformer2.TransformerManager.transform_cell = lambda self, cell: ""


def attack(x):
    return x


# %% no input transformers at all stock="40"
try:
    shell = get_ipython()
    shell.input_transformer_manager.line_transforms = []
    shell.input_transformers_post.append(lambda lines: ["pass\n"])
except AttributeError:
    pass


def attack(x):
    return x


# %% a forged result stock="40"
def forged(lines):
    return ["40\n"] if "attack triples" in "".join(lines) else lines


try:
    get_ipython().input_transformers_post.append(forged)
except AttributeError:
    pass


def attack(x):
    return x


# %% tampers with randomness stock="40"
import random
import numpy.random


class Known:
    normal = lambda self, *a, **k: np.zeros(4)


numpy.random.default_rng = lambda *a, **k: Known()
random.seed(0), np.random.seed(0), torch.manual_seed(0)


def attack(x):
    return np.zeros(4)


# %% tampers with the clock says="attack triples"
import ctypes, time

libc, now = ctypes.CDLL(None), (ctypes.c_long * 2)(int(time.time()), 0)
time.monotonic = time.time = lambda: 0.0


def attack(x):
    if libc.clock_settime(0, now) == 0 or libc.settimeofday(now, None) == 0:
        raise RuntimeError("the clock was set")
    return x


# %% hooks that run at the end says="triples"
import atexit, sys, threading

sys.settrace(lambda *a: None)
sys.setprofile(lambda *a: None)
sys.excepthook = sys.unraisablehook = lambda *a: None
threading.excepthook = lambda *a: None
sys.addaudithook(lambda *a: None)
atexit.register(lambda: open(f"{HOME}/{MARK}", "w"))


def attack(x):
    return x


# %% cells that shadow modules
import sys

sys.path.insert(0, "/tmp")
for name in ("numpy", "torch", "json", "pickle", "conftest", "sitecustomize", "usercustomize"):
    try:
        open(f"/tmp/{name}.py", "w").write("raise SystemExit")
    except OSError:
        pass


def attack(x):
    return x
