# Answers that reach for processes, memory and files. What one could do, it says.

# %% leaves a daemon lost="drive Model last"
import os, time


def attack(x):
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
    return x


# %% leaves a daemon of another program lost="drive Model last"
import subprocess, sys


def attack(x):
    code = f"import time; time.sleep(1000)  # {MARK}"
    for command in (
        ["setsid", sys.executable, "-c", code],
        ["nohup", sys.executable, "-c", code],
        ["sh", "-c", f"(sleep 1000; : {MARK}) &"],
    ):
        subprocess.Popen(command, start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
    return x


# %% leaves threads
import threading, time

for _ in range(20):
    threading.Thread(target=time.sleep, args=(1000,)).start()


def attack(x):
    return x


# %% signals everybody
import os, signal


def attack(x):
    for target in (-1, 0, -os.getppid()):
        for number in (signal.SIGUSR1, signal.SIGKILL):
            try:
                os.kill(target, number)
            except OSError:
                pass
    try:
        os.killpg(0, signal.SIGKILL)
    except OSError:
        pass
    os._exit(0)


# %% signals whatever number there is
import os, signal


def wall(number):
    """The program of its own walls, alone with it."""
    try:
        return open(f"/proc/{number}/comm").read() == "bwrap\n"
    except OSError:
        return False


def attack(x):
    for number in range(1, 70_000):
        if number != os.getpid() and not wall(number):
            try:
                os.kill(number, signal.SIGUSR1)
                raise RuntimeError(f"canary {number}")
            except OSError:
                pass
    return x


# %% leaves memory for its neighbours
import ctypes, mmap, os
from multiprocessing import shared_memory


def attack(x):
    libc = ctypes.CDLL(None)
    key = libc.shmget(0x6D61726B, 4096, 0o1666)
    libc.msgget(0x6D61726B, 0o1666), libc.semget(0x6D61726B, 1, 0o1666)
    for make in (
        lambda: shared_memory.SharedMemory(MARK, True, 4096),
        lambda: open(f"/dev/shm/{MARK}", "w"),
        lambda: libc.mq_open(f"/{MARK}".encode(), 66, 0o666, None),
        lambda: os.memfd_create(MARK),
    ):
        try:
            make()
        except Exception:
            pass
    return x


# %% writes start-up files
import os, site, sys


def attack(x):
    own = {
        HOME,
        COURSE,
        "/tmp",
        os.path.expanduser("~"),
        os.getcwd(),
        f"{HOME}/.ipython/profile_default/startup",
    }
    others = {"/etc", "/usr/lib", "/course", "/root", *sys.path, *site.getsitepackages()}
    names = [
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
        "torch.py",
        "nbgrader_config.py",
        ".bashrc",
        "x.pth",
    ]
    paths = [f"{folder}/{name}" for folder in own for name in names]
    for path in [*paths, *(f"{folder}/{MARK}.pth" for folder in own | others)]:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "a").write("# canary")
        except OSError:
            pass
    return x


# %% changes what its children will see
import os, sys

os.environ.update(
    LD_PRELOAD=f"/tmp/{MARK}.so",
    PYTHONSTARTUP=f"/tmp/{MARK}.py",
    PYTHONPATH="/tmp",
    PYTHONHOME="/tmp",
    ILKIT_NO_SANDBOX="1",
    ILKIT_GRADING_SEED="0",
    ILKIT_COURSE_SECRET="0",
    BASH_ENV=f"/tmp/{MARK}",
    PATH="/tmp",
    LD_LIBRARY_PATH="/tmp",
)
sys.executable = "/tmp/python"


def attack(x):
    return x


# %% writes into the course
import os, sqlite3


def attack(x):
    for name in (
        "gradebook.db",
        "autograded/ada-before/guarded/guarded.ipynb",
        "submitted/zoe-after/guarded/guarded.ipynb",
        f"submitted/{MARK}",
        f"autograded/{MARK}",
        f"verdicts/guarded/{MARK}.json",
        "solutions/guarded/guarded.py",
    ):
        try:
            open(f"{COURSE}/{name}", "a").write("canary")
        except OSError:
            pass
    sqlite3.connect(f"{COURSE}/gradebook.db").execute("update grade set auto_score = 40")


# %% writes over Python and ilkit
import os

import ilkit, torch


def attack(x):
    for module in (os, ilkit, torch, np):
        path = module.__file__
        for do in (
            lambda: os.chmod(path, 0o777),
            lambda: open(path, "a").write("#"),
            lambda: os.rename(path, path + "x"),
            lambda: os.utime(path),
            lambda: os.link(path, f"/tmp/{MARK}"),
            lambda: os.truncate(path, os.path.getsize(path)),
        ):
            try:
                do()
                raise SystemExit(f"canary {path}")
            except OSError:
                pass
    return x


# %% dumps its core
import os, resource, signal


def attack(x):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
    except (OSError, ValueError):
        pass
    os.chdir("/tmp")
    os.kill(os.getpid(), signal.SIGSEGV)
    os.abort()
