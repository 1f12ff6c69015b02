# Answers that end the process, or never end.

# %% leaves at once says="ended"
import os

os._exit(0)

# %% leaves when it is asked says="ended"
import os


def attack(x):
    os._exit(0)


# %% raises the exit says="not defined"
raise SystemExit(0)

# %% kills itself says="ended"
import os, signal


def attack(x):
    os.kill(os.getpid(), signal.SIGKILL)


# %% stops itself says="seconds|ended"
import os, signal


def attack(x):
    os.kill(os.getpid(), signal.SIGSTOP)


# %% closes its files says="ended|Error"
import os


def attack(x):
    os.closerange(0, 1024)


# %% shuts the socket says="ended"
import socket


def attack(x):
    for number in range(3, 64):
        try:
            socket.socket(fileno=number).shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


# %% crashes says="ended"
import ctypes


def attack(x):
    ctypes.string_at(0)


# %% becomes another program says="ended|seconds|Error"
import os


def attack(x):
    os.execv("/bin/sleep", ["sleep", "1000"])


# %% loops says="seconds"
def attack(x):
    while True:
        pass


# %% loops in C says="seconds"
import re


def attack(x):
    re.match(r"(a*)*b", "a" * 60)


# %% loops in an integer says="seconds"
def attack(x):
    return 9**9**9**9


# %% sleeps at once says="seconds|ended"
import time

time.sleep(10**6)


# %% swallows what would end it says="seconds"
def attack(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


# %% reads nothing any more lost="drive" says="shape"
import socket, struct, time


def attack(x):
    for number in range(3, 64):
        try:
            body = struct.pack("!Q", 12) + b'["ok", [0]] '
            socket.socket(fileno=number).sendall(struct.pack("!Q", len(body)) + body)
        except OSError:
            pass
    time.sleep(1000)


# %% asks for what is slow part="drive" says="seconds|ended"
def drive(step, x):
    while True:
        step(np.zeros((1 << 20, 4)))


# %% asks for more than there is part="drive" says="allocate|Memory|seconds|ended"
def drive(step, x):
    while True:
        x = step(np.zeros((1 << 22, 1)))


# %% holds the door while it leaves says="ended|Error|seconds"
import os, threading, time


def attack(x):
    threading.Thread(target=lambda: time.sleep(0.2) or os._exit(0)).start()
    time.sleep(1000)


# %% ends in a destructor says="ended"
import os


class Last:
    def __del__(self):
        os._exit(0)


def attack(x):
    Last()
    return x


# %% ends when nobody looks lost="drive Model last" says="triples"
import os, signal

signal.signal(signal.SIGALRM, lambda *_: os._exit(0))


def attack(x):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    return x
