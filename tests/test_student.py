"""The door to a student's code: what passes, what is refused, and how trouble arrives."""

import functools
import sys
import types
import warnings

import numpy as np
import pytest
import torch

from ilkit.grading import plain, student
from ilkit.grading.student import StudentError


@pytest.fixture
def notebook(monkeypatch):
    """Run source as a student's cell; the door looks it up in `__main__`."""
    module = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    return lambda source: exec("import sys, torch\nimport numpy as np\n" + source, vars(module))


def test_plain_data_comes_back(notebook):
    notebook(
        "def f(x): return {'a': [None, True, 2, 2.5, 's'], 'b': (x, x.numpy(), np.float32(1.5))}\n"
        "rate = torch.tensor(0.5, requires_grad=True)"
    )
    got = student.call("f", torch.arange(3))
    assert got["a"] == [None, True, 2, 2.5, "s"]
    assert all(type(x) is np.ndarray and x.tolist() == [0, 1, 2] for x in got["b"][:2])
    assert type(got["b"]) is list
    assert type(got["b"][2]) is float
    assert student.value("rate").shape == ()


@pytest.mark.parametrize(
    "result",
    [
        "object()",
        "type('Equal', (float,), {'__eq__': lambda *_: True})(1)",
        "type('Tensor', (torch.Tensor,), {})()",
        "np.ma.array([1.0])",
        "np.array([object()])",
        "(i for i in range(3))",
        "{(1, 2): 3}",
        "torch.eye(2).to_sparse()",
        "np.zeros(2**24)",
        "[x for x in [[]] for _ in range(40) for x in [[x]]][-1]",
    ],
)
def test_anything_else_is_refused_in_words(notebook, result):
    notebook(f"def f(): return {result}")
    with pytest.raises(StudentError, match=r"f: NotPlainError: returned") as caught:
        student.call("f")
    assert caught.value.type == "NotPlainError"


def test_an_endless_nest_ends(notebook):
    notebook("loop = []\nloop.append(loop)")
    with pytest.raises(StudentError, match=f"deeper than {plain.MAX_DEPTH}"):
        student.value("loop")


def test_arguments_are_copies(notebook):
    notebook("def f(x, y, z):\n    x += 1; y += 1; z['k'].append(1)")
    x, y, z = torch.zeros(2), np.zeros(2), {"k": [0]}
    student.call("f", x, y, z)
    assert not x.any()
    assert not y.any()
    assert z == {"k": [0]}


def test_gradients_with_closed_forms(notebook):
    notebook("def f(x, y): return x ** 2 * y\ndef cut(x, y): return (x * y).detach()")
    x, y = np.array([1.0, 2.0]), torch.tensor([3.0, 4.0])
    assert np.allclose(student.grad("f", x, y), [6, 16])
    for got, want in zip(student.grad("f", x, y, wrt=(0, 1)), ([6, 16], [1, 4]), strict=True):
        assert np.allclose(got, want)
    with pytest.raises(StudentError, match="cut off from its arguments"):
        student.grad("cut", x, y)


def test_a_ticket_stands_for_an_object_and_never_shows_it(notebook):
    notebook(
        "class Counter:\n"
        "    def __init__(self, start): self.n = start\n"
        "    def add(self, k): self.n += k; return self.n"
    )
    ticket = student.new("Counter", 2)
    assert vars(type(ticket)).keys().isdisjoint({"n", "add"})
    assert student.call("Counter.add", ticket, 3) == 5
    assert student.call("Counter.add", ticket, 3) == 8, "the object itself is kept, not a copy"


def test_a_trusted_function_becomes_a_callback_with_plain_data(notebook):
    notebook("def f(expert): return expert(torch.ones(2)) + 1\ndef g(expert): return expert(f)")
    seen = []

    def expert(obs):
        seen.append(obs)
        return torch.as_tensor(obs * 3)

    assert student.call("f", expert).tolist() == [4, 4]
    assert type(seen[0]) is np.ndarray
    assert student.call("f", functools.partial(lambda k, obs: k * obs, 2)).tolist() == [3, 3]
    with pytest.raises(StudentError, match="passed an object of type function"):
        student.call("g", expert)


def test_a_callback_that_fails_is_the_tests_own_error_even_if_swallowed(notebook):
    notebook("def f(expert):\n    try: expert(1)\n    except Exception: return 7")

    def expert(obs):
        raise AssertionError("asked at the wrong place")

    with pytest.raises(AssertionError, match="wrong place"):
        student.call("f", expert)


def test_errors_arrive_with_type_and_message_cut_and_escaped(notebook):
    notebook(
        "class Silent(Exception):\n    def __str__(self): raise RuntimeError\n"
        "def long(): raise ValueError('\\x1b[31m\\u202e' + 'x' * 1000)\n"
        "def silent(): raise Silent\n"
        "def leaves(): sys.exit(0)\n"
        "def stub(): raise NotImplementedError()"
    )
    with pytest.raises(StudentError) as caught:
        student.call("long")
    assert caught.value.type == "ValueError"
    assert len(caught.value.message) < 330
    assert caught.value.message.isprintable()
    for name, said in {
        "silent": "Silent: .no message.",
        "leaves": "SystemExit",
        "stub": "not written yet",
        "missing": "not defined",
    }.items():
        with pytest.raises(StudentError, match=said):
            student.call(name)


def test_prints_and_warnings_go_nowhere(notebook, capfd):
    notebook(
        "import warnings\n"
        "def f():\n    print('a'); print('b', file=sys.stderr); warnings.warn('c'); return 1"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert student.call("f") == 1
    assert capfd.readouterr() == ("", "")


def test_generators_are_lent_as_copies(notebook):
    notebook("def f(generator): return torch.rand(2, generator=generator)")
    generator = torch.Generator().manual_seed(1)
    first, second = (student.call("f", generator) for _ in range(2))
    assert (first == second).all()


def test_seeds_follow_from_the_submission(monkeypatch):
    seeds = []
    for submission in ("a", "a", "b"):
        monkeypatch.setenv(student.SEED_VARIABLE, submission)
        seeds.append([student.seed("nll"), student.seed("other")])
    assert seeds[0] == seeds[1]
    assert len({*seeds[0], *seeds[2]}) == 4
