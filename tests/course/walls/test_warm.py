"""The warm parent: what forks share with it and with each other, who ends it, what ends with it."""

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ilkit.errors import InputError
from ilkit.grading.walls import NotStartedError, ladder, warm
from ilkit.grading.walls.staged import staged

KINDS = {"namespaces": ladder._by_namespaces(), "user": "user", "landlock": "landlock"}


@pytest.fixture(scope="module", params=KINDS)
def parent(request, sandboxed):
    """A warm parent of each kind; "user" is what namespaces are to one who is not root."""
    kind = KINDS[request.param]
    with staged(["ilkit.losses", "ilkit.learners"]) as course:
        try:
            with warm.hosts(kind, course, (), "probe") as start, start():
                pass
        except NotStartedError as error:
            pytest.skip(f"THE RUNG {request.param} WAS NOT TESTED: {error}")
        with warm.hosts(kind, course, ["ilkit.losses", "ilkit.learners"]) as start:
            yield start.__self__


DRAWN = "[__import__('random').random(), np.random.rand(), torch.rand(()).item()]"


def test_no_two_forks_draw_the_same(parent, opened):
    with opened(parent.start) as first, opened(parent.start) as second:
        one, other = first.value(DRAWN), second.value(DRAWN)
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_a_fork_knows_torch_and_the_course_less_what_is_withheld(parent, opened):
    with opened(parent.start) as host:
        assert host.value(
            "'torch._dynamo' in sys.modules"
        )  # the first step of an optimiser took it
        assert host.value("'ilkit.policies' in sys.modules")
        assert not host.runs("import ilkit.losses")
        assert host.runs("text = open(sys.modules['ilkit'].__path__[0] + '/losses.py').read()")
        assert not host.value("'def squared_error' in text")


def test_nothing_in_its_memory_comes_from_the_whole_package(parent, opened, root):
    held = f"""
import gc, types
functions = [x for x in gc.get_objects() if type(x) is types.FunctionType]
files = {{f.__code__.co_filename for f in functions}}
held = [file for file in files if file.startswith({str(root / "ilkit")!r})]
"""
    with opened(parent.start) as host:
        assert host.runs("import gc; gc.unfreeze()" + held)
        assert host.value("len(functions)") > 10_000
        assert host.value("held") == []


def test_it_is_no_root_and_has_an_own_place_to_write(parent, opened):
    with opened(parent.start) as host:
        assert host.runs("tempfile.TemporaryFile().write(b'x')")
        assert host.value("os.getpid()") == 2 or parent.kind == "landlock"
        assert host.value("os.getuid()") == 65534 or parent.kind != "user"


def test_a_parent_that_died_is_started_again(parent, opened):
    with opened(parent.start) as host:
        parent.parents[-1][0].kill()
        assert not host.runs("time.sleep(60)")  # it went with its parent
    with opened(parent.start) as host:
        assert host.runs("1")
    with opened(parent.start) as host:
        assert host.runs("1")
    assert len(parent.parents) == 2


def test_processes_forked_from_one_share_its_parent(parent, opened):
    before = len(parent.parents)
    workers = []
    for number in range(3):
        pid = os.fork()
        if not pid:
            try:
                with opened(parent.start) as host:
                    os._exit(host.value(f"{number} + 1"))
            finally:
                os._exit(0)
        workers.append(pid)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers]
    assert codes == [1, 2, 3]
    assert len(parent.parents) == before


def test_a_submission_dies_with_the_worker_that_started_it(parent, opened):
    told, tell = os.pipe()
    worker = os.fork()
    if not worker:
        with opened(parent.start) as host:
            os.write(tell, b"%d" % _children(parent)[-1])
            host.runs("time.sleep(600)")
        os._exit(0)
    child = int(os.read(told, 10))
    assert child in _children(parent)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    deadline = time.monotonic() + 60
    while child in _children(parent) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child not in _children(parent)


def _children(parent) -> list[int]:
    pid = parent.parents[-1][0].pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_who_cannot_start_says_so_in_one_sentence(tmp_path):
    (tmp_path / "ilkit").mkdir()
    (tmp_path / "ilkit" / "__init__.py").touch()  # a copy of ilkit that holds nothing
    with (
        pytest.raises(NotStartedError, match=r"^sandbox: .+"),
        warm.hosts("landlock", tmp_path, ()),
    ):
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_a_python_that_lives_under_tmp_is_seen(kind, sandboxed, root):
    code = f"from ilkit.grading.walls import ladder; ladder._probe(lambda: {KINDS[kind]!r})"
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        venv = f"{folder}/venv"  # others than its owner cannot enter the folder itself
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        subprocess.run(
            [f"{venv}/bin/python", "-c", code],
            env=os.environ | {"PYTHONPATH": str(root)},
            check=True,
        )


def test_a_landlock_that_lets_files_be_emptied_is_none(sandboxed, monkeypatch):
    @contextlib.contextmanager
    def on_an_old_kernel(withheld):
        with staged(withheld) as course:
            with (course / "ilkit/grading/walls/kernel.py").open("a") as kernel:
                kernel.write("\n\ndef landlock_version():\n    return 2\n")
            yield course

    monkeypatch.setattr(ladder, "staged", on_an_old_kernel)
    [rung] = [rung for rung in ladder.LADDER if rung.name == "landlock"]
    told = dataclasses.replace(rung, name="landlock of an old kernel").lacking()
    assert "expected version 3 of Landlock" in told
    assert "start Linux 6.2" in told


def test_a_bubblewrap_that_bounds_no_tmp_is_to_be_replaced(sandboxed, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    [rung] = [rung for rung in ladder.LADDER if rung.name == "bubblewrap"]
    assert "apt-get install" in rung.mend()
    bwrap = tmp_path / "bwrap"
    for option, replaced in (("--size BYTES", False), ("--tmpfs DEST", True)):
        bwrap.write_text(f"#!/bin/sh\necho '    {option}'\nexit 1\n")
        bwrap.chmod(0o755)
        assert ("install bubblewrap 0.7" in rung.mend()) == replaced
    told = dataclasses.replace(rung, name="an old bubblewrap").lacking()
    assert told == "sandbox: bwrap failed; install bubblewrap 0.7 or newer"


def test_a_rung_is_asked_for_by_name_or_the_best_is_taken(monkeypatch):
    def refuse():
        raise NotStartedError("sandbox: no")

    assert ladder.pick("none").name == "none"
    with pytest.raises(InputError, match="did you mean 'landlock'"):
        ladder.pick("landlok")
    first, *others = ladder.LADDER
    monkeypatch.setattr(
        ladder, "LADDER", [first.__class__("a", (), first.open, refuse, str), *others]
    )
    assert ladder.pick().name == next(rung.name for rung in others if not rung.lacking())
    with pytest.raises(InputError, match="sandbox: no"):
        ladder.pick("a")
    monkeypatch.setattr(ladder, "LADDER", [ladder.LADDER[0], ladder.LADDER[-1]])
    with pytest.raises(InputError, match="--unsafe-no-sandbox"):
        ladder.pick()
    monkeypatch.setenv(ladder.OPEN, "1")
    assert ladder.pick().name == "none"
