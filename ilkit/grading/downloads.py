"""What lies in a folder or a zip file that others wrote: read entry by entry, never unpacked.

Nothing here writes, so no name in an archive can lead anywhere. What a zip file says of itself is
not believed: bytes are counted as they come.
"""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from ilkit.errors import InputError
from ilkit.grading import intake
from ilkit.grading.display import one_line

MAX_FILES = 20_000
MAX_TOTAL = 4_000_000_000  # bytes, unpacked
MAX_RATIO = 200  # unpacked to packed; notebooks with pictures reach 10
SMALL = 1_000_000  # bytes that may be packed as tightly as one likes
UTF8 = 0x800  # the bit of a zip entry that says how its name is written
ENCRYPTED = 0x1
ARCHIVES = {".zip", ".gz", ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz"}
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


@dataclass(frozen=True)
class File:
    """A file of a download: its path in there, how to read it, and who owns it, if that is known.

    `read` raises RefusedError.
    """

    path: PurePosixPath
    read: Callable[[], bytes]
    owner: str = ""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Left:
    """What was not collected, and why."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{one_line(self.file)}: {self.reason}"


def files(place: Path) -> tuple[list[File], list[Left]]:
    """All files of a folder, or of a zip file; and what is not looked at."""
    if place.is_dir():
        return _walk(Path(os.path.realpath(place)))
    if not place.is_file():
        raise InputError(f"{place}: expected a folder or a zip file, found none; mend the path.")
    try:
        archive = zipfile.ZipFile(place)
    except PermissionError:
        raise  # not what the file is, but who may read it
    except BROKEN:
        raise InputError(f"{place}: expected a folder or a zip file, got neither.") from None
    return _unzip(place.name, archive)


def _walk(top: Path) -> tuple[list[File], list[Left]]:
    found: list[File] = []
    left: list[Left] = []
    closed: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=closed.append):
        folders.sort()
        here = Path(folder)
        for name in sorted([*names, *(f for f in folders if (here / f).is_symlink())]):
            path = here / name
            inside = PurePosixPath(path.relative_to(top).as_posix())
            if path.is_symlink():
                left.append(Left(str(inside), "a link is not followed; ask for the notebook"))
            else:
                found.append(File(inside, partial(intake.read, path), _owner(path)))
        if len(found) > MAX_FILES:
            raise InputError(f"{top}: expected at most {MAX_FILES} files, got more; name another.")
    for error in closed:
        if Path(error.filename) == top:
            raise error
        inside = PurePosixPath(Path(error.filename).relative_to(top).as_posix())
        left.append(Left(str(inside), f"{error.strerror}; mend the folder's permissions"))
    return found, left


def _unzip(name: str, archive: zipfile.ZipFile) -> tuple[list[File], list[Left]]:
    infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_FILES or total > MAX_TOTAL:
        raise InputError(
            f"{name}: expected at most {MAX_FILES} files and {MAX_TOTAL // 10**9} GB, got "
            f"{len(infos)} files and {total / 1e9:.1f} GB; unpack it yourself and name the folder."
        )
    paths = {info: _name(info) for info in infos}
    times = Counter(paths.values())
    found, left = [], []
    for info, path in paths.items():
        reason = "two files have this name" if times[path] > 1 else _refusal(info, path)
        if reason:
            left.append(Left(path, reason))
        else:
            found.append(File(PurePosixPath(path), partial(_content, archive, info)))
    return found, left


def _refusal(info: zipfile.ZipInfo, path: str) -> str:
    """Why an entry is not even looked at; "" if it is."""
    if path.startswith("/") or "\\" in path or path[1:2] == ":" or ".." in path.split("/"):
        return "its name leads out of the zip file"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "it is a link or a device, not a file"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted; ask for it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in an unusual way; ask for it in a plain zip file"
    if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
        return "it unpacks to far more than a notebook holds"
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """As it was meant: many programs write UTF-8 and do not say so."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as stream:
            data = stream.read(intake.MAX_BYTES + 1)
    except BROKEN:
        raise intake.RefusedError("it is damaged in the zip file; download it again") from None
    if len(data) > intake.MAX_BYTES:
        raise intake.RefusedError(f"it is larger than {intake.MAX_BYTES // 10**6} MB")
    return data


def _owner(path: Path) -> str:
    """Who owns the folder that a file lies in; "" where nobody can say."""
    try:
        return path.parent.owner()
    except (KeyError, OSError, NotImplementedError):
        return ""
