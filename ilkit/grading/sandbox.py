"""Where a student's notebook runs: a process that sees Python, a cut copy of ilkit, and no more.

bubblewrap gives it namespaces of its own: no network, no other process, an empty file system but
for what is bound read-only, a /tmp that goes when it goes. What it does not stop: flaws of the
kernel. Without bubblewrap nothing is graded, unless the variable ILKIT_NO_SANDBOX says so.
"""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import ilkit
from ilkit.errors import InputError
from ilkit.grading.wire import WireError, receive, send

OPEN = "ILKIT_NO_SANDBOX"
CPU = 900  # seconds of computing that a submission may use
INSIDE = "/course"  # where the process finds the cut copy of ilkit
#: What the process knows of the outside: nothing of the grader's own variables.
ENVIRONMENT = {
    "PATH": os.defpath,
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "OMP_NUM_THREADS": "1",
    "HOME": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "MPLBACKEND": "Agg",
}
PACKAGE = Path(ilkit.__file__).parent
STUB = '''"""Withheld: this homework asks you to write it."""


class _Withheld:
    def __init__(self, *args, **kwargs):
        raise ImportError("{name} is what this homework asks you to write")

    __init_subclass__ = classmethod(__init__)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Withheld
'''


def stage(folder: Path, withheld: Sequence[str]) -> None:
    """Copy ilkit to `folder`, without what a homework withholds."""
    copy = folder / "ilkit"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "results"))
    for name in withheld:
        path = folder.joinpath(*name.split("."))
        package = path.is_dir()
        shutil.rmtree(path, ignore_errors=True)
        file = path / "__init__.py" if package else path.with_suffix(".py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(STUB.format(name=name), encoding="utf-8")


@contextmanager
def host(course: Path, withheld: Sequence[str]) -> Iterator[socket.socket]:
    """The socket of a fresh process for one submission; it dies at the end, whatever it does.

    course  the folder that `stage` filled
    """
    ours, theirs = socket.socketpair()
    border = walls(course)
    inside = [sys.executable, "-P", "-m", "ilkit.grading.host", str(theirs.fileno()), str(CPU)]
    child = subprocess.Popen(
        [*border, *inside],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT | {"PYTHONPATH": INSIDE if border else str(course)},
        start_new_session=True,
    )
    theirs.close()
    try:
        send(ours, pickle.dumps(list(withheld)))
        try:
            receive(ours)
        except WireError:
            raise InputError(
                "sandbox: expected a Python that starts in it, and it ended; `ilkit doctor` says "
                "what this machine lacks."
            ) from None
        yield ours
    finally:
        ours.close()
        child.kill()
        child.wait()


def walls(course: Path) -> list[str]:
    """The command that shuts a process in; empty where the instructor gave that up."""
    bwrap = shutil.which("bwrap")
    if os.environ.get(OPEN):
        return []
    if bwrap is None:
        raise InputError(
            "sandbox: expected bubblewrap (bwrap) on this machine, found none; install it (Debian, "
            f"Ubuntu: apt install bubblewrap), or set {OPEN}=1 to grade notebooks that you trust."
        )
    seen = {Path("/usr"), Path(sys.prefix), Path(sys.base_prefix)}
    seen |= {Path(path) for path in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))}
    binds = [word for path in sorted(seen) for word in ("--ro-bind", str(path), str(path))]
    for name in ("bin", "lib", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            binds += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        elif Path("/", name).is_dir():
            binds += ["--ro-bind", f"/{name}", f"/{name}"]
    return [
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--tmpfs", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
        *binds,
        *("--ro-bind", str(course), INSIDE, "--remount-ro", "/"),
        *("--chdir", "/tmp", "--uid", "65534", "--gid", "65534", "--hostname", "grading", "--"),
    ]
