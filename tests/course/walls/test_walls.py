"""What the walls alone must stop, on every rung: first shown to work without them."""

import platform
import textwrap
import threading
import time
from pathlib import Path

import pytest

from ilkit.grading.walls import ladder, seccomp
from ilkit.grading.walls.namespaces import covered

#: Code that runs to its end only if the attack works; it does so, harmlessly, without walls.
ATTACKS = {
    "TCP": "socket.create_connection(('127.0.0.1', PORT), 3)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "IPv6": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "an abstract socket": "socket.socket(socket.AF_UNIX).connect(ABSTRACT)",
    "a socket with a path": "socket.socket(socket.AF_UNIX).connect(DOOR)",
    "reads a file": "open(FILE).read()",
    "reads through a link": """
        link = tempfile.mkdtemp() + '/link'
        os.symlink(FILE, link); open(link).read()""",
    "a hard link": "os.link(FILE, os.path.dirname(FILE) + f'/{time.monotonic_ns()}')",
    "reads a folder": "os.listdir(os.path.dirname(FILE))",
    "asks for a file": "os.stat(FILE)",
    "opens to write": "open(FILE, 'a')",
    "cuts a file": "os.truncate(FILE, os.path.getsize(FILE))",
    "changes a mode": "os.chmod(FILE, 0o644)",
    "changes times": "os.utime(FILE)",
    "changes an owner": "os.chown(FILE, os.getuid(), os.getgid())",
    "writes beside": "open(os.path.dirname(FILE) + f'/{time.monotonic_ns()}', 'w')",
    "changes the course": "import ilkit; open(ilkit.__file__, 'a')",
    "another's variables": "assert b'SECRET' in open(f'/proc/{VICTIM}/environ', 'rb').read()",
    "another's memory": "open(f'/proc/{VICTIM}/mem', 'rb')",
    "another's command": "open(f'/proc/{VICTIM}/cmdline').read()",
    "signals a process": "os.kill(VICTIM, 0)",
    "signals all processes": "os.kill(-1, 0)",
    "signals by descriptor": "os.pidfd_open(VICTIM)",
    "signals by F_SETOWN": "import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, VICTIM)",
    "signals by F_SETOWN_EX": """
        import fcntl, struct
        fcntl.fcntl(0, 15, struct.pack('ii', 1, VICTIM))""",
    "signals by FIOSETOWN": """
        import fcntl, struct
        fcntl.ioctl(socket.socketpair()[0], 0x8901, struct.pack('i', VICTIM))""",
    "signals by SIOCSPGRP": """
        import fcntl, struct
        fcntl.ioctl(socket.socketpair()[0], 0x8902, struct.pack('i', VICTIM))""",
    "traces a process": """
        call('ptrace', 16, VICTIM, 0, 0)
        os.waitpid(VICTIM, 1 << 30)
        call('ptrace', 17, VICTIM, 0, 0)""",
    "slows a process": "os.setpriority(os.PRIO_PROCESS, VICTIM, 1)",
    "moves a process": "os.sched_setaffinity(VICTIM, os.sched_getaffinity(VICTIM))",
    "limits a process": "resource.prlimit(VICTIM, resource.RLIMIT_CORE, (0, 0))",
    "shared memory": "call('shmget', MEMORY, 0, 0)",
    "shared memory by name": "open(SHARED).read()",
    "a user namespace": """
        if not call('clone', 0x10000011, 0, 0, 0, 0): os._exit(0)""",
}
ALLOWED = {"asks for a file": ladder.NAMES}  # what allows an attack where a rung declares it
#: What honest code does, and must go on doing.
HONEST = {
    "threads": """
        torch.set_num_threads(2); torch.ones(300, 300) @ torch.ones(300, 300)
        import threading; t = threading.Thread(target=print); t.start(); t.join()""",
    "asynchronous code": "asyncio.run(asyncio.sleep(0))",
    "a temporary file": """
        with tempfile.TemporaryDirectory() as d:
            torch.save(torch.ones(2), d + '/x'); assert torch.load(d + '/x').sum() == 2""",
    "a picture": """
        import io, matplotlib.pyplot as plt
        plt.plot([1, 2]); plt.savefig(io.BytesIO()); plt.close()""",
    "a late import": "import scipy.stats, sqlite3, ilkit.theory",
    "a pipe": """
        import fcntl, struct, termios
        out, into = os.pipe(); os.set_blocking(out, False); os.write(into, b'abc')
        assert fcntl.fcntl(out, fcntl.F_GETFL) & os.O_NONBLOCK
        assert fcntl.fcntl(out, fcntl.F_GETOWN) == 0
        assert os.read(fcntl.fcntl(out, fcntl.F_DUPFD_CLOEXEC, 3), 1) == b'a'
        left = fcntl.ioctl(out, termios.FIONREAD, bytes(4))
        assert struct.unpack('i', left) == (2,)""",
    "a locked file": """
        import fcntl
        with tempfile.TemporaryFile() as f: fcntl.lockf(f, fcntl.LOCK_EX)""",
    "the clock": "assert time.time() > 1.7e9; time.sleep(0)",
    "a process": "assert subprocess.run(['true']).returncode == 0",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_that_works_without_walls_is_stopped(name, rung, host, unsafe):
    source = textwrap.dedent(ATTACKS[name])
    assert unsafe.runs(source)
    assert host.runs(source) == (ALLOWED.get(name) in rung.misses)


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_runs(name, rung, host):
    if name != "a process" or ladder.PROCESSES not in rung.misses:
        assert host.runs(textwrap.dedent(HONEST[name]))


def test_calls_that_no_homework_needs_are_not_permitted(rung, host):
    names = list(seccomp.numbers(seccomp.WALLED, "x86_64"))
    if rung.name == "landlock":
        names += seccomp.numbers(seccomp.ALONE, "x86_64")
    ask = """
        said = {}
        for name in NAMES:
            try:
                if name in CALLS: said[name] = call(name, *[-1] * 6)
            except OSError as error: said[name] = error.errno
        permitted = [name for name, code in said.items() if code != 1]"""
    assert host.runs(f"NAMES = {names}" + textwrap.dedent(ask))
    assert host.value("len(said)") > 50
    assert host.value("permitted") == []


@pytest.mark.parametrize("high", [0, 1 << 32])  # the kernel reads the lower half alone
def test_where_no_namespace_keeps_it_apart_no_file_is_told_whom_to_signal(rung, host, high):
    ask = """
        said = []
        asked = [('fcntl', x) for x in (8, 10, 15)] + [('ioctl', x) for x in (0x8901, 0x8902)]
        for name, what in asked:
            try: said.append(call(name, 0, HIGH | what, 0))
            except OSError as error: said.append(error.errno)"""
    assert host.runs(f"HIGH = {high}" + textwrap.dedent(ask))
    assert host.value("[code == 1 for code in said]") == [rung.name == "landlock"] * 5


@pytest.mark.skipif(platform.machine() != "x86_64", reason="it has no second set of calls")
def test_a_call_from_another_set_of_calls_ends_the_process(start, opened):
    with opened(start) as host:
        assert host.runs("1")
        assert not host.runs("ctypes.CDLL(None).syscall((1 << 30) | 39)")
        assert not host.runs("1")


def test_it_knows_no_variable_of_the_grader(host):
    ours = {"PATH", "HOME", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE"}
    ours |= {"OMP_NUM_THREADS", "MPLCONFIGDIR", "MPLBACKEND", "LC_CTYPE", "PWD"}
    assert set(host.value("list(os.environ)")) <= ours | {"TORCHINDUCTOR_CACHE_DIR"}


def test_it_inherits_one_descriptor(start, opened):
    held = """
        held = []
        for number in range(256):
            try: held.append(stat.S_IFMT(os.fstat(number).st_mode))
            except OSError: pass"""
    with opened(start) as host:
        assert host.runs(textwrap.dedent(held))
        assert host.value("held") == [0o020000] * 3 + [0o140000]  # the host's socket


def test_it_has_no_right_of_root(rung, host):
    assert not host.runs("os.mknod(tempfile.mkdtemp() + '/x', 0o60600, os.makedev(7, 0))")
    assert not host.runs("os.chroot('/usr')")
    assert not host.runs("time.clock_settime(time.CLOCK_REALTIME, time.time())")
    if ladder.USER not in rung.misses:
        assert host.value("os.getuid()") != 0
        assert not host.runs("os.setuid(0)")


def test_it_ends_before_the_grader_where_memory_runs_out(rung, host):
    if rung.name == "landlock":  # it reads nothing of /proc, and has a number that we know
        found = Path(f"/proc/{host.value('os.getpid()')}/oom_score_adj").read_text()
    else:
        found = host.value("open('/proc/self/oom_score_adj').read()")
    assert found == "1000\n"


@pytest.mark.parametrize(
    "source",
    [
        "bytearray(5 << 30)",
        "open(tempfile.mkdtemp() + '/x', 'wb').truncate(300 << 20)",
        "[os.dup(0) for _ in range(300)]",
    ],
)
def test_memory_files_and_descriptors_are_bounded(host, source):
    assert not host.runs(source)
    assert host.value("1") == 1


def test_a_crash_leaves_no_core(host):
    assert host.value("list(resource.getrlimit(resource.RLIMIT_CORE))") == [1, 1]


def test_a_fork_bomb_stops_soon_and_starves_nobody(rung, start, opened):
    bomb = """
        born = 0
        try:
            while born < 300:
                if not os.fork(): time.sleep(600)
                born += 1
        except OSError: pass"""
    with opened(start) as host, opened(start) as neighbour:
        assert host.runs(textwrap.dedent(bomb))
        assert host.value("born") < 128 or ladder.FORKS in rung.misses
        assert neighbour.runs(textwrap.dedent(HONEST["threads"]))


def test_what_is_in_tmp_is_bounded_and_gone_in_the_next(rung, start, opened):
    with opened(start) as first:
        assert first.runs("open('/tmp/torch.py', 'w').write('x')") == (rung.name != "landlock")
        assert first.runs("open(tempfile.gettempdir() + '/torch.py', 'w').write('x')")
        full = "for i in range(3): open(f'/tmp/{i}', 'wb').write(bytes(100 << 20))"
        if rung.name != "landlock":
            assert not first.runs(full)
    python = {path.relative_to("/tmp").parts[0] for path in covered()}  # a checkout under /tmp
    with opened(start) as second:
        assert set(second.value("os.listdir(tempfile.gettempdir())")) <= python


def test_two_at_once_do_not_meet(rung, start, opened):
    with opened(start) as first, opened(start) as second:
        first.runs("s = socket.socket(socket.AF_UNIX); s.bind('\\0meet'); s.listen()")
        first.runs("call('shmget', 77, 4096, 0o1666)")
        first.runs("open('/tmp/meet', 'w')")
        assert not second.runs("socket.socket(socket.AF_UNIX).connect('\\0meet')")
        assert not second.runs("call('shmget', 77, 0, 0)")
        assert not second.runs("open('/tmp/meet')")
        if rung.name == "namespaces":
            assert first.value("os.getuid()") != second.value("os.getuid()")
        if rung.name == "landlock":  # elsewhere they do not know each other's number
            assert not second.runs(f"os.kill({first.value('os.getpid()')}, 0)")


def test_all_that_it_started_dies_with_it(rung, start, opened):
    daemon = (
        "subprocess.Popen([sys.executable, '-c', 'import signal, time; "
        "signal.signal(15, signal.SIG_IGN); time.sleep(12345.678)'], start_new_session=True)"
    )
    with opened(start) as host:
        assert host.runs(daemon) == (ladder.PROCESSES not in rung.misses)
    deadline = time.monotonic() + 60
    while _daemons() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _daemons() == []


def _daemons() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"12345.678" in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_many_at_once_each_have_a_host(start, opened):
    worth = []

    def ask(number):
        with opened(start) as host:
            worth.append(host.value(f"{number} ** 2"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(worth) == [0, 1, 4, 9]
