# Answers that misuse the tests' functions, and the tickets that stand for objects.

# %% counts steps it never took part="drive" says="fail|Error|three steps"
import gc, sys


def drive(step, x):
    for each in gc.get_objects():
        if isinstance(each, list) and len(each) < 3:
            each[:] = [x] * 3
    return x


# %% reads what a function closes over part="drive" stock="20"
def drive(step, x):
    step.__globals__["visited"][:] = [x] * 3
    offset = step.__globals__["offset"]
    return 0.125 + 1.75 * offset


# %% calls with a number of its own part="drive" says="range"
def drive(step, x):
    back = step.__closure__[0].cell_contents if step.__closure__ else None
    for name, cell in zip(step.__code__.co_freevars, step.__closure__ or ()):
        if name == "callback":
            for number in (-1, 99, 2**70, True):
                object.__setattr__(cell.cell_contents, "number", number)
                try:
                    x = step(x)
                except BaseException:
                    pass
    return x


# %% calls with a keyword that is none of its part="drive" says="three steps|where it ends"
def drive(step, x):
    return step(x, factor=1e9)


# %% calls with arguments of every kind part="drive" says="Error|three|argument|fail|missing"
def drive(step, x):
    for given in ((), (1, 2, 3), ("x",), ([[[]]],), ({"a": 1},), (np.zeros((9, 9)),), (None,)):
        try:
            step(*given)
        except BaseException:
            pass
    return x


# %% calls with names that no argument has part="drive" says="argument|Error"
def drive(step, x):
    try:
        step(**{"self": 1, "__class__": 2, "": 3, "x": x, "\u202e": 4})
    except BaseException:
        pass
    return x


# %% fails the tests' function with much in hand part="drive" says="three steps"
def drive(step, x):
    big = np.zeros((1 << 22, 1))
    for _ in range(30):
        try:
            step(big, big)
        except BaseException:
            pass
    return x


# %% calls without an end part="drive" says="three steps|took|seconds"
def drive(step, x):
    for _ in range(20_000):
        step(np.zeros(4))
    return x


# %% calls from another thread part="drive" lost="Model last"
import threading, time


def drive(step, x):
    for _ in range(8):
        threading.Thread(target=step, args=(x,), daemon=True).start()
    return x


# %% keeps the tests' function for later part="drive" lost="last" says="three steps|Error"
kept = []


def drive(step, x):
    kept.append(step)
    return x


def last(x):
    return kept[0](x)


# %% calls itself through the tests part="drive" says="Recursion"
def drive(step, x):
    return drive(lambda y: drive(step, y), x)


# %% tickets of the dead part="Model" says="Error|ended"
import os


class Model:
    def __init__(self, factor):
        self.factor = factor

    def act(self, x):
        os._exit(0)


# %% tickets with other numbers part="Model" says="Error|type|Model multiplies"
import gc
from ilkit.grading.answer import Answers, Ticket


class Model:
    def __init__(self, factor):
        pass

    def act(self, x):
        for each in gc.get_objects():
            if type(each) is Answers:
                each.held.clear()
        return Ticket(-1)


# %% a model that deletes itself part="Model" says="Error|type|Model multiplies"
class Model:
    def __new__(cls, factor):
        global Model
        del Model

    def act(self, x):
        return x
