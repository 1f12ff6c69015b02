"""The rungs of the sandbox, the safest first: what this machine reaches, what each cannot stop.

Not written, for want of a machine to test them: macOS's sandbox-exec, and runs of Apptainer, Podman
or Docker for each submission; there, grade with "none" in a container that holds nothing else.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ilkit.errors import InputError, unknown
from ilkit.grading.walls import bubblewrap, warm
from ilkit.grading.walls.staged import keep_apart, staged
from ilkit.grading.walls.start import NotStartedError, Start

OPEN = "ILKIT_NO_SANDBOX"  # a variable that asks for the rung "none"
KERNEL = "a flaw of the Linux kernel"
MEMORY = "memory that is shared, or several submissions at once, from filling the machine's"
FORKS = "processes without number, where root grades, until the submission ends"
NAMES = "asking whether a file of this machine exists, how large and how old it is"
DISK = "filling the disk that holds temporary files, until the submission ends"
PROCESSES = "honest code from failing where it starts a process, which no submission may"
USER = "code that gets past Landlock and seccomp from acting as the grader's own user"
ALL = "all that you may do: reading the hidden tests, changing grades, sending them anywhere"


@dataclass(frozen=True)
class Rung:
    """One way to shut a submission in.

    misses  what it cannot stop
    open    starts hosts, given a staged folder and what a homework withholds
    probe   raises NotStartedError where this machine cannot
    mend    the command that lets it
    """

    name: str
    misses: tuple[str, ...]
    open: Callable[[Path, Sequence[str]], AbstractContextManager[Start]]
    probe: Callable[[], None]
    mend: Callable[[], str]

    def lacking(self) -> str:
        """Empty where this machine reaches the rung; else why not, and what raises it to it."""
        return _lacking(self)

    @contextmanager
    def hosts(self, withheld: Sequence[str]) -> Iterator[Start]:
        """What opens a host for a submission to a homework that withholds these modules."""
        with staged(withheld) as course, self.open(course, withheld) as start:
            yield start


@functools.cache
def _lacking(rung: Rung) -> str:
    if rung.name != "none" and sys.platform != "linux":
        return "sandbox: expected Linux; grade on a machine or in a container that runs it"
    try:
        rung.probe()
    except NotStartedError as error:
        return f"{error}; {rung.mend()}"
    return ""


def pick(name: str | None = None) -> Rung:
    """The rung of that name, or else the safest that this machine reaches; InputError if none."""
    if name is None and os.environ.get(OPEN):
        name = "none"
    if name is not None and name not in [rung.name for rung in LADDER]:
        raise unknown("sandbox", name, [rung.name for rung in LADDER])
    for rung in LADDER:
        if rung.name == name or (name is None and rung.name != "none" and not rung.lacking()):
            if rung.lacking():
                raise InputError(rung.lacking())
            return rung
    raise InputError(
        "sandbox: this machine can shut no code in (`ilkit doctor --grading` says what would let "
        "it); --unsafe-no-sandbox grades notebooks that you trust."
    )


def pick_for(course: Path, name: str | None = None) -> Rung:
    """As `pick`; InputError too where that rung lets every submission read the course."""
    rung = pick(name)
    if rung.name != "none":
        keep_apart(course)
    return rung


def _warm(
    kind: Callable[[], str], course: Path, withheld: Sequence[str]
) -> AbstractContextManager[Start]:
    return warm.hosts(kind(), course, withheld)


def _probe(kind: Callable[[], str]) -> None:
    with staged(()) as course, warm.hosts(kind(), course, (), "probe") as start, start():
        pass


def _by_namespaces() -> str:
    return "root" if os.geteuid() == 0 else "user"


def _by_landlock() -> str:
    return "landlock"


def _allow_namespaces() -> str:
    """The command that lets this user make namespaces."""
    for switch, off, on in (
        ("kernel/unprivileged_userns_clone", "0", "1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ("user/max_user_namespaces", "0", "10000"),
    ):
        path = Path("/proc/sys", switch)
        if path.exists() and path.read_text().strip() == off:
            return f"run: sudo sysctl -w {switch.replace('/', '.')}={on}"
    return (
        "start the container with: --cap-add SYS_ADMIN --security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined"
    )


def _get_bubblewrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        return "run: sudo apt-get install bubblewrap"
    told = subprocess.run([found, "--help"], capture_output=True, text=True, check=False)
    if "--size" not in told.stdout + told.stderr:
        return "install bubblewrap 0.7 or newer"
    return _allow_namespaces()


def _boot_landlock() -> str:
    return "start Linux 6.2 or newer with landlock in the kernel's parameter lsm="


LADDER = (
    Rung(
        "namespaces",
        (KERNEL, MEMORY),
        functools.partial(_warm, _by_namespaces),
        functools.partial(_probe, _by_namespaces),
        _allow_namespaces,
    ),
    Rung(
        "bubblewrap",
        (KERNEL, MEMORY, FORKS),
        functools.partial(bubblewrap.hosts, bubblewrap.bwrap),
        bubblewrap.probe,
        _get_bubblewrap,
    ),
    Rung(
        "landlock",
        (KERNEL, MEMORY, NAMES, DISK, PROCESSES, USER),
        functools.partial(_warm, _by_landlock),
        functools.partial(_probe, _by_landlock),
        _boot_landlock,
    ),
    Rung(
        "none",
        (ALL,),
        functools.partial(bubblewrap.hosts, bubblewrap.none),
        lambda: None,
        str,
    ),
)
