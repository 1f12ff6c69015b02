"""What a submission sees of the machine, and which calls of the system it may make."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ilkit.errors import InputError
from ilkit.grading.walls import seccomp, staged
from ilkit.grading.walls.bubblewrap import bwrap
from ilkit.grading.walls.landlock import around

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def test_the_copy_holds_nothing_withheld_and_everyone_may_read_it():
    with staged.staged(["ilkit.losses", "ilkit.learners"]) as folder:
        text = "".join(path.read_text() for path in folder.rglob("*.py"))
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
        modes = {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert "def squared_error" not in text
    assert {"ilkit/losses.py", "ilkit/learners/__init__.py", "ilkit/rollout.py"} <= files
    assert "ilkit/learners/bc.py" not in files
    assert modes == {0o755, 0o644}
    assert not folder.exists()


def test_python_is_seen_once_and_a_whole_copy_of_ilkit_in_it_is_not(tmp_path, monkeypatch):
    whole = tmp_path / "lib" / "python3.11" / "site-packages" / "ilkit"
    (whole / "learners").mkdir(parents=True)
    (whole.parent / "numpy").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    found = staged.seen()
    assert tmp_path in found
    assert not [one for one in found for other in found if one in other.parents]
    assert staged.hidden() == [whole]
    paths = list(around(tmp_path, [whole]))
    assert paths == [whole.parent / "numpy"]
    assert list(around(tmp_path, [])) == [tmp_path]


def whole_copy(prefix: Path) -> Path:
    """A file of a whole copy of ilkit in a Python under `prefix`."""
    file = prefix / "lib" / "python3.11" / "site-packages" / "ilkit" / "losses.py"
    file.parent.mkdir(parents=True)
    file.write_text("secret")
    return file


TRIES = "ls -A {0}; cat {0}/losses.py || touch {0}/new || echo shut"
NAMESPACES = """
import os, sys
from pathlib import Path
from ilkit.grading.walls import kernel, namespaces
sys.prefix, root, course, tries = sys.argv[1:]
kernel.unshare(kernel.NEWNS)
namespaces.build(Path(root), Path(course))
kernel.enter(Path(root))
os.execvp("sh", ["sh", "-c", tries])
"""


@pytest.mark.parametrize("rung", ["bubblewrap", "namespaces"], indirect=True)
def test_a_whole_copy_is_an_empty_folder_and_stays_one(rung, tmp_path, monkeypatch):
    whole = whole_copy(tmp_path / "python").parent
    tries, root = TRIES.format(whole), tmp_path / "root"
    root.mkdir()
    with staged.staged(()) as course, monkeypatch.context() as there:
        there.setattr(sys, "prefix", str(tmp_path / "python"))
        if rung.name == "bubblewrap":
            words = [*bwrap(course), "sh", "-c", tries]
        elif os.geteuid() == 0:
            words = [sys.executable, "-c", NAMESPACES, sys.prefix, str(root), str(course), tries]
        else:
            pytest.skip("a name space of mounts alone is root's to make")
        found = subprocess.run(words, capture_output=True, text=True)
    assert (found.stdout, "Read-only" in found.stderr) == ("shut\n", True), found.stderr


def test_a_course_that_every_submission_would_see_is_not_graded(tmp_path, monkeypatch):
    staged.keep_apart(tmp_path / "course")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "link").symlink_to("course")
    for name in ("", "course", "link"):
        with pytest.raises(InputError, match="outside of"):
            staged.keep_apart(tmp_path / name)


def test_what_a_submission_wrote_goes_however_it_is_made(tmp_path):
    home = tmp_path / "home"
    here = home
    here.mkdir()
    descriptor = os.open(home, os.O_RDONLY)
    for _ in range(1100):  # deeper than Python recurses, and than a path may be long
        os.mkdir("d" * 99, 0o700, dir_fd=descriptor)
        inner = os.open("d" * 99, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    (home / "shut").mkdir(0o300)
    (home / "link").symlink_to(tmp_path)
    (tmp_path / "kept").touch()
    staged.remove(home)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_of_calls_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip("no headers of Linux on this machine")
    text = HEADERS[machine].read_text()
    found = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", text)
    kernel = {name: int(number) for name, number in reversed(found)}
    tables = (seccomp.WALLED, seccomp.ALONE, seccomp.ASKED)
    ours = {name: n for table in tables for name, n in seccomp.numbers(table, machine).items()}
    known = ours.keys() & kernel.keys()
    assert len(known) > 90
    assert {name: ours[name] for name in known} == {name: kernel[name] for name in known}
    absent = {name for name in kernel if name not in ours}
    assert not absent & {"ptrace", "kill", "unshare", "chmod", "fchmodat", "setns"}


def test_a_processor_whose_calls_are_not_known_has_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        seccomp.program()
