"""Frames between a test's process and a student's. What comes from the student is never unpickled.

A frame is its length in eight bytes, then its content. Plain data travels as JSON, with the bytes
of its arrays behind it; lists and dicts are marked, so that nothing can pass for something else.
"""

from __future__ import annotations

import json
import math
import re
import socket
import struct
import time
from typing import Any

import numpy as np

from ilkit.grading.plain import MAX_BYTES, MAX_DEPTH

MAX_FRAME = 2 * MAX_BYTES
MAX_TEXT = 1 << 24  # of JSON, where two bytes may become a list of sixty
MAX_DIMENSIONS = 32
MAX_SHARED = 1000  # keys of a dict whose hash another one has: their cost grows quadratically
NUMBERS = re.compile(r"[<>|][biufc]\d{1,2}")  # that an array may hold, as NumPy writes them
LENGTH = struct.Struct("!Q")


class WireError(Exception):
    """The other side is gone, or sent what no honest one sends; the message says which."""


def send(sock: socket.socket, content: bytes) -> None:
    """Send one frame; WireError if nobody is there any more."""
    try:
        sock.sendall(LENGTH.pack(len(content)) + content)
    except OSError:
        raise WireError("it ended") from None


def receive(sock: socket.socket, deadline: float = math.inf) -> bytes:
    """The next frame, whole; WireError at the end of the line.

    deadline  on the monotonic clock, however the frame drips in; TimeoutError then
    """
    (length,) = LENGTH.unpack(_exactly(sock, LENGTH.size, deadline))
    if length > MAX_FRAME:
        raise WireError("it sent too much")
    return _exactly(sock, length, deadline)


def encode(x: Any) -> bytes:
    """Plain data, as `plain` returns it, in bytes."""
    arrays: list[bytes] = []
    text = json.dumps(_marked(x, arrays)).encode()
    return LENGTH.pack(len(text)) + text + b"".join(arrays)


def decode(data: bytes) -> Any:
    """The plain data of these bytes; WireError unless they are exactly that."""
    try:
        (length,) = LENGTH.unpack_from(data)
        start = LENGTH.size + length
        text = data[LENGTH.size : start]
        if len(text) > MAX_TEXT:
            raise WireError("it sent too much")
        found = _Unmarked(data, start)
        result = found.of(json.loads(text), 0)
        if found.at != len(data):
            raise ValueError
    except (ValueError, TypeError, KeyError, struct.error, RecursionError):
        raise WireError("it sent something else than an answer") from None
    return result


def _marked(x: Any, arrays: list[bytes]) -> Any:
    if type(x) is list:
        return [_marked(item, arrays) for item in x]
    if type(x) is dict:
        return {"pairs": [[key, _marked(item, arrays)] for key, item in x.items()]}
    if type(x) is np.ndarray:
        arrays.append(x.tobytes())
        return {"array": x.dtype.str, "shape": list(x.shape)}
    return x


class _Unmarked:
    """Reads arrays in the order in which they are mentioned."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def of(self, x: Any, depth: int) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise ValueError
        if type(x) is list:
            return [self.of(item, depth + 1) for item in x]
        if type(x) is dict:
            if "pairs" in x:
                numbers = [key for key, _ in x["pairs"] if type(key) in (int, float)]
                if len(numbers) - len(set(map(hash, numbers))) > MAX_SHARED:
                    raise ValueError
                return {key: self.of(item, depth + 1) for key, item in x["pairs"]}
            return self.array(x["array"], x["shape"])
        return x

    def array(self, code: Any, shape: Any) -> np.ndarray[Any, Any]:
        if not (type(code) is str and NUMBERS.fullmatch(code) and len(shape) <= MAX_DIMENSIONS):
            raise ValueError
        if not all(type(n) is int and 0 <= n <= MAX_FRAME for n in shape):
            raise ValueError
        kind = np.dtype(code)
        size = math.prod(shape) * kind.itemsize
        if self.at + size > len(self.data):
            raise ValueError
        flat = np.frombuffer(self.data, kind, size // kind.itemsize, self.at)
        self.at += size
        return flat.reshape(shape).copy()


def _exactly(sock: socket.socket, size: int, deadline: float) -> bytes:
    parts, left = [], size
    while left:
        if deadline < math.inf:
            patience = deadline - time.monotonic()
            if patience <= 0:  # however much lies there already
                raise TimeoutError
            sock.settimeout(patience)
        try:
            part = sock.recv(min(left, 1 << 20))
        except TimeoutError:
            raise
        except OSError:
            part = b""
        if not part:
            raise WireError("it ended")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
