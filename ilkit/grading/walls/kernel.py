"""The calls of Linux that Python lacks. Each that fails raises an OSError that names it."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import struct
from pathlib import Path

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
SIGCHLD = 17
RDONLY, NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 1, 2, 4, 8, 1 << 12, 1 << 14, 1 << 18
DETACH = 2  # of umount2
RECURSIVE = 0x8000  # of mount_setattr
DEATHSIG, SET_SECCOMP, DROP_BOUND, NO_NEW_PRIVS = 1, 22, 24, 38  # of prctl
CAPABILITIES = struct.pack("=II", 0x20080522, 0)  # version 3, this thread
#: What a number without a name in the C library is called by, on each processor.
NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155},
    "aarch64": {"clone": 220, "pivot_root": 41},
}
SAME = {"mount_setattr": 442, "landlock_create": 444, "landlock_add": 445, "landlock_restrict": 446}


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _result(name: str, found: int) -> int:
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return found


def _call(name: str, *args: int | bytes | None) -> int:
    given = [ctypes.c_ulong(x) if isinstance(x, int) else x for x in args]
    return _result(name, getattr(_library(), name)(*given))


def _by_number(name: str, *args: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    number = SAME.get(name) or NUMBERS.get(platform.machine(), {}).get(name)
    if number is None:
        raise OSError(f"{name}: not known on this processor, {platform.machine()}")
    given = [ctypes.c_long(x) if isinstance(x, int) else x for x in args]
    return _result(name, _library().syscall(ctypes.c_long(number), *given))


def clone(flags: int) -> int:
    """Like os.fork, with the child in new namespaces: its number, and 0 in the child.

    Python is not told of it: the child is to fork again before it runs anything else.
    """
    return _by_number("clone", flags | SIGCHLD, 0, 0, 0, 0)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    _call("unshare", flags)


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system of this kind."""
    words = (source.encode(), os.fsencode(target), kind.encode())
    _call("mount", *words, flags, options.encode())


def bind(source: Path, target: Path) -> None:
    """Let what is at `source` be seen at `target`, a folder or file that exists."""
    mount(str(source), target, "", BIND | REC)


def read_only(tree: Path) -> None:
    """Nothing mounted in this tree can be written to, or lends its owner's rights, from now on."""
    attributes = struct.pack("=QQQQ", RDONLY | NOSUID, 0, 0, 0)
    _by_number("mount_setattr", -100, os.fsencode(tree), RECURSIVE, attributes, len(attributes))


def enter(root: Path) -> None:
    """Make this mount the root of the file system, and let go of the one that was."""
    os.chdir(root)
    _by_number("pivot_root", b".", b".")
    _call("umount2", b".", DETACH)
    os.chdir("/")


def prctl(option: int, *args: int) -> None:
    """Change something about this process."""
    _call("prctl", option, *(*args, 0, 0, 0, 0)[:4])


def drop_capabilities(user: int | None = None) -> None:
    """Give up every capability, for good, and become this user on the way, in no other group."""
    for number in range(64):
        try:
            prctl(DROP_BOUND, number)
        except OSError:  # there are no more, or it has none to give up
            break
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _call("capset", CAPABILITIES, bytes(24))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Put this process under a seccomp filter; it and its children keep it for ever."""
    wrapped = _Program(len(program) // 8, program)
    _call("prctl", SET_SECCOMP, 2, ctypes.addressof(wrapped), 0, 0)


def landlock_version() -> int:
    """Which version of Landlock this kernel has; an OSError if none."""
    return _by_number("landlock_create", None, 0, 1)


def landlock_rules(files: int, network: int, scopes: int) -> int:
    """The descriptor of rules that forbid these rights wherever none grants them."""
    version = landlock_version()
    size = 8 if version < 4 else 16 if version < 6 else 24
    return _by_number("landlock_create", struct.pack("=QQQ", files, network, scopes), size, 0)


def landlock_grant(rules: int, path: Path, rights: int) -> None:
    """Grant rights on a file, or on all that a folder holds."""
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _by_number("landlock_add", rules, 1, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def landlock_enforce(rules: int) -> None:
    """Put this process under the rules; it and its children keep them for ever."""
    _by_number("landlock_restrict", rules, 0)
    os.close(rules)
