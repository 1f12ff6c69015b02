# Answers that take all there is, or say too much.

# %% drips for ever says="more than"
import socket, struct, time


def attack(x):
    socks = []
    for number in range(3, 64):
        try:
            socks.append(socket.socket(fileno=number))
        except OSError:
            pass
    for byte in struct.pack("!Q", 1 << 20) + b"[" * (1 << 20):
        for sock in socks:
            sock.sendall(bytes([byte]))
        time.sleep(0.2)


# %% drips questions for ever part="drive" says="seconds|three steps"
def drive(step, x):
    while True:
        step(x)


# %% prints for ever says="seconds"
import sys


def attack(x):
    while True:
        print("x" * 100_000)
        print("x" * 100_000, file=sys.stderr)
        sys.__stdout__.write("x" * 100_000)


# %% prints much and fails says="Error"
import os


def attack(x):
    for number in (1, 2):
        for _ in range(200):
            try:
                os.write(number, b"x" * 1_000_000)
            except OSError:
                pass
    raise RuntimeError("x" * 200_000)


# %% fails with much to say
raise RuntimeError("\u202ecanary" * 300_000)


# %% fails under a name of its own
class Error(Exception):
    pass


Error.__name__ = "x\n\u202e" * 300_000
raise Error("\u202e")

# %% fails in a line that never ends
exec(
    compile("\n" * 10 + "raise ValueError('x')  # " + "\u202e" * 1_000_000, "<cell attack>", "exec")
)


# %% calls itself says="RecursionError|ended"
def attack(x):
    return attack(x)


# %% calls itself without a bound says="ended|RecursionError|seconds|Memory"
import sys

sys.setrecursionlimit(10**9)


def attack(x):
    return attack(x)


# %% takes all memory says="Memory|ended|allocate"
def attack(x):
    return bytearray(1 << 33)


# %% takes all memory bit by bit says="Memory|ended|allocate|seconds"
def attack(x):
    found = []
    while True:
        found.append(bytes(1 << 26))


# %% takes all memory to sort says="Memory|ended|seconds|allocate"
import torch


def attack(x):
    return torch.zeros(1 << 34)


# %% forks for ever beyond="processes without number" lost="drive Model last" says="seconds|Error|ended"
import os


def attack(x):
    while True:
        try:
            os.fork()
        except OSError:
            pass


# %% makes threads for ever lost="drive Model last" says="seconds|Error|ended|thread"
import threading, time


def attack(x):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()


# %% fills its disk beyond="filling the disk" says="Error|ended|seconds"
import os


def attack(x):
    for name in range(4):
        with open(f"/tmp/{name}", "wb") as file:
            for _ in range(80):
                file.write(bytes(1 << 20))
    raise RuntimeError("done")


# %% makes a hundred thousand files says="Error|seconds|returned None"
import tempfile


def attack(x):
    for name in range(100_000):
        open(f"{tempfile.gettempdir()}/{name}", "x").close()


# %% makes a hundred thousand folders says="Error|seconds|returned None"
import os, tempfile


def attack(x):
    os.chdir(tempfile.gettempdir())
    for _ in range(100_000):
        os.mkdir("x")
        os.chdir("x")


# %% opens files for ever says="Error|ended"
def attack(x):
    found = []
    while True:
        found.append(open("/dev/null"))
