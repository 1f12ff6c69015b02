"""The rung "namespaces": a fork of a warm parent, in namespaces of its own, as a user of its own.

The parent first enters a file system that holds Python, the system's libraries and the cut copy of
ilkit, all read-only: python -m ilkit.grading.walls.namespaces COURSE ROOT FD KIND ... So a fork
needs little: new namespaces, an empty /tmp, another user.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from ilkit.grading.walls import kernel, seccomp
from ilkit.grading.walls.limits import PROCESSES, TEMPORARY, go_first, limit
from ilkit.grading.walls.staged import ENVIRONMENT, INSIDE, hidden, links, seen

APART = (
    *(kernel.NEWNS, kernel.NEWPID, kernel.NEWNET),
    *(kernel.NEWIPC, kernel.NEWUTS, kernel.NEWCGROUP),
)
NOBODY = 65534
SIZE = f"mode=1777,size={TEMPORARY},nr_inodes=20000"  # of /tmp
FILES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/etc/ld.so.cache")
TMP, PROC, AGAIN = Path("/tmp"), Path("/proc"), Path("/again")


class Namespaces:
    """Walls for a fork of the warm parent.

    root  the parent is root: each submission runs as a user whose number no other one has.
          Otherwise all run as nobody in a user namespace, which is the parent's user outside.
    """

    def __init__(self, root: bool) -> None:
        self.root = root

    def fork(self) -> int:
        """A process in new namespaces: its number, and 0 in the process itself."""
        return kernel.clone(sum(APART))

    def shut(self, user: int, folder: str) -> None:
        """Return in a second process behind the walls; the first one waits, and ends with it."""
        empty_tmp(Path("/"))
        kernel.mount("proc", PROC, "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
        socket.sethostname("grading")
        os.chdir(TMP)
        os.setsid()
        kernel.prctl(kernel.DEATHSIG, 9)
        go_first()
        if second := os.fork():
            os.closerange(0, 4)
            os.waitpid(second, 0)
            os._exit(0)
        if not self.root:
            kernel.unshare(kernel.NEWUSER)
            be(NOBODY, 0, 0)
        kernel.drop_capabilities(user if self.root else None)
        kernel.prctl(kernel.NO_NEW_PRIVS, 1)
        limit(PROCESSES)
        kernel.filter_calls(seccomp.program())


def main() -> None:
    """Enter the file system and become the warm parent; what fails is told through the socket."""
    course, root, *words = sys.argv[1:]
    os.umask(0o022)
    try:
        if words[1] == "user":
            user, group = os.geteuid(), os.getegid()
            kernel.unshare(kernel.NEWUSER)
            be(0, user, group)
        kernel.unshare(kernel.NEWNS)
        build(Path(root), Path(course))
        kernel.enter(Path(root))
        command = [sys.executable, "-P", "-m", "ilkit.grading.walls.parent", *words]
        os.execve(command[0], command, ENVIRONMENT | {"PYTHONPATH": INSIDE})
    except OSError as error:
        socket.socket(fileno=int(words[0])).send(str(error).encode())


def build(root: Path, course: Path) -> None:
    """Mount on the folder `root` all that submissions may see."""
    kernel.mount("none", Path("/"), "", kernel.REC | kernel.PRIVATE)
    kernel.mount("tmpfs", root, "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=755")
    kept = {path: AGAIN / path.relative_to("/") for path in covered()}
    shown = (*seen(), *map(Path, FILES), PROC)
    binds = {kept.get(path, path): path for path in shown if path.exists()} | {Path(INSIDE): course}
    for target, source in binds.items():
        place = root / target.relative_to("/")
        if source.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        kernel.bind(source, place)
    for path in hidden():
        place = AGAIN / path.relative_to("/") if path.is_relative_to(TMP) else path
        kernel.mount("tmpfs", root / place.relative_to("/"), "tmpfs", 0)
    for text, name in links():
        (root / name.relative_to("/")).symlink_to(text)
    (root / "dev" / "shm").symlink_to(TMP)
    (root / "tmp").mkdir(exist_ok=True)
    kernel.read_only(root)
    empty_tmp(root)  # the parent's own; each submission mounts another one


def empty_tmp(root: Path) -> None:
    """Mount an empty /tmp, but for what of Python lies there."""
    kept = covered()
    kernel.mount("tmpfs", root / "tmp", "tmpfs", kernel.NOSUID | kernel.NODEV, SIZE)
    for path in kept:
        place = path.relative_to("/")
        (root / place).mkdir(parents=True)
        kernel.bind(root / AGAIN.name / place, root / place)


def covered() -> list[Path]:
    """What of Python lies under /tmp; it is kept elsewhere too, since an empty /tmp covers it."""
    return [path for path in seen() if path.is_relative_to(TMP)]


def be(inside: int, user: int, group: int) -> None:
    """In a new user namespace, stand as `inside` for a user and a group of the one before."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{inside} {group} 1")


if __name__ == "__main__":
    main()
