"""The wire carries plain data both ways unchanged, and refuses all that no honest side sends."""

import contextlib
import json
import math
import pickle
import socket
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ilkit.grading import wire
from ilkit.grading.border import Border, GoneError
from ilkit.grading.student import CallbackError
from ilkit.grading.wire import LENGTH, WireError, decode, encode

keys = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
numbers = st.sampled_from(["<f4", "<f8", "<i8", "|b1", "<c16"])
tables = numbers.flatmap(lambda kind: arrays(kind, array_shapes(min_dims=0, min_side=0)))
data = st.recursive(
    leaves | tables, lambda x: st.lists(x) | st.dictionaries(keys, x), max_leaves=20
)


def same(x, y) -> bool:
    if type(x) is not type(y):
        return False
    if isinstance(x, np.ndarray):
        return x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()
    if isinstance(x, list):
        return len(x) == len(y) and all(map(same, x, y))
    if isinstance(x, dict):
        return list(x) == list(y) and all(map(same, x.values(), y.values()))
    return x == y


@given(data)
def test_plain_data_arrives_as_it_was(x):
    assert same(decode(encode(x)), x)


def test_numbers_that_are_none_arrive_too():
    assert math.isnan(decode(encode(math.nan)))
    assert decode(encode([math.inf, "\ud800"])) == [math.inf, "\ud800"]
    assert decode(encode({1 << 60: 1})) == {1 << 60: 1}


def framed(text: str, rest: bytes = b"") -> bytes:
    return LENGTH.pack(len(text)) + text.encode() + rest


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"abc",
        pickle.dumps({"a": 1}),
        framed("{"),
        framed("1", b"more"),
        framed("[" * 10_000 + "]" * 10_000),
        framed("1" * 10_000),
        framed('{"array": "<f8", "shape": [2]}', b"short"),
        framed('{"array": "<f8", "shape": [-1]}', b"8 bytes."),
        framed('{"array": "|O", "shape": [1]}', b"8 bytes."),
        framed('{"array": "<f8", "shape": [99999999, 99999999, 99999999]}'),
        framed('{"array": "<04", "shape": [1]}', b"8 bytes."),
        framed('{"array": "<f8,<f8", "shape": []}', b"8 bytes.8 bytes."),
        framed('{"array": "<f8", "shape": [Infinity]}', b"8 bytes."),
        framed('{"array": "<f8", "shape": [true]}', b"8 bytes."),
        framed('{"array": "<f8", "shape": "1"}', b"8 bytes."),
        framed('{"array": "<f8", "shape": [0' + ", 99999999" * 100_000 + "]}"),
        framed('{"other": 1}'),
        framed('{"pairs": [[[], 1]]}'),
        framed('{"pairs": 3}'),
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(WireError, match="something else"):
        decode(content)


def test_numbers_that_share_one_hash_are_no_keys():
    pairs = [[number * sys.hash_info.modulus, 0] for number in range(1, 5000)]
    with pytest.raises(WireError, match="something else"):
        decode(framed(json.dumps({"pairs": pairs})))


def test_a_text_that_would_fill_the_memory_is_refused():
    with pytest.raises(WireError, match="too much"):
        decode(framed("[" + "[]," * (wire.MAX_TEXT // 3) + "[]]"))


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(content):
    for attempt in (content, framed(json.dumps(content.decode("latin1")), content)):
        with contextlib.suppress(WireError):
            decode(attempt)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def says(theirs, *answers: bytes) -> None:
    """The other side reads a request and sends these frames."""

    def work() -> None:
        wire.receive(theirs)
        for answer in answers:
            wire.send(theirs, answer)

    threading.Thread(target=work, daemon=True).start()


@pytest.mark.parametrize(
    "answer",
    [
        ["ok"],
        ["ok", 1, 2],
        ["error", "ValueError"],
        ["error", 1, 2],
        ["back", 0, [], {}],
        {"ok": 1},
        "ok",
        ["ran", ["a", "b"]],
    ],
)
def test_a_cell_never_gets_an_answer_of_another_kind(pair, answer):
    ours, theirs = pair
    says(theirs, encode(answer))
    with pytest.raises(GoneError, match="something else"):
        Border(ours).run("x = 1", "cell")


def test_who_hangs_up_drips_or_sends_too_much_is_told_apart(pair):
    ours, theirs = pair
    with pytest.raises(GoneError, match="more than 0 seconds"):
        Border(ours, patience=0.1).run("x = 1", "cell")
    theirs.sendall(LENGTH.pack(wire.MAX_FRAME + 1))
    with pytest.raises(GoneError, match="too much"):
        Border(ours).run("x = 1", "cell")
    theirs.close()
    with pytest.raises(GoneError, match="ended the process"):
        Border(ours).run("x = 1", "cell")


def test_what_lies_there_already_comes_too_late_after_the_deadline(pair):
    ours, theirs = pair
    wire.send(theirs, b"answer")
    with pytest.raises(TimeoutError):
        wire.receive(ours, time.monotonic())


def test_callbacks_that_never_let_the_line_rest_use_up_the_patience(pair):
    ours, theirs = pair
    for answer in [["back", 0, [], {}]] * 50 + [["ok", 5]]:
        wire.send(theirs, encode(answer))
    called = []

    def back(number, args, kwargs):
        called.append(number)
        time.sleep(0.02)
        return b""

    with pytest.raises(GoneError, match="more than 0 seconds"):
        Border(ours, patience=0.1).reply(b"", back)
    assert len(called) < 50


def test_a_callback_is_asked_with_plain_data_and_a_failed_one_sends_nothing(pair):
    ours, theirs = pair
    says(theirs, encode(["back", 0, [1], {}]), encode(["back", 7, [], {}]), encode(["ok", 5]))

    def back(number, args, kwargs):
        if number:
            raise CallbackError
        return pickle.dumps(args)

    assert Border(ours).reply(b"", back) == ("ok", 5)
    assert pickle.loads(wire.receive(theirs)) == [1]
    assert wire.receive(theirs) == b""
