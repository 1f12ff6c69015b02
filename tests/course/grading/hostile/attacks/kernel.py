# Answers that ask the kernel for what nobody gave them. What one could do, it says.

# %% traces its parent
import ctypes, os


def attack(x):
    libc, done = ctypes.CDLL(None, use_errno=True), []
    for number in {1, os.getppid(), os.getpid()}:
        done += [libc.ptrace(16, number, 0, 0) == 0, libc.ptrace(0x4206, number, 0, 0) == 0]
        buffer = ctypes.create_string_buffer(8)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
        done.append(libc.process_vm_readv(number, vector, 1, vector, 1, 0) > 0)
        done.append(libc.syscall(438, number, 0, 0) >= 0)
    raise RuntimeError("canary" if any(done) else "none")


# %% makes namespaces
import ctypes


def attack(x):
    libc, done = ctypes.CDLL(None, use_errno=True), []
    for kind in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x10020000):
        done += [libc.unshare(kind) == 0, libc.syscall(56, kind | 17, 0, 0, 0, 0) == 0]
    libc.mount(b"none", b"/nowhere", b"tmpfs", 0, None)
    done += [libc.setns(0, 0) == 0, libc.chroot(b"/tmp") == 0, ctypes.get_errno() != 1]
    raise RuntimeError("canary" if any(done) else "none")


# %% asks the kernel for rings, rules and keys
import ctypes


def attack(x):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(512)
    calls = {
        "io_uring": (425, 8, buffer),
        "bpf": (321, 0, buffer, 64),
        "add_key": (248, b"user", b"canary", b"x", 1, -3),
        "keyctl": (250, 0, -3, 1),
        "request_key": (249, b"user", b"canary", None, -3),
        "perf": (298, buffer, 0, -1, -1, 0),
        "userfaultfd": (323, 0),
        "kcmp": (312, 1, 1, 0, 0, 0),
        "open_by_handle": (304, 3, buffer, 0),
        "reboot": (169, 0, 0, 0),
        "swapon": (167, b"/tmp", 0),
        "personality": (135, 0x0040000),
        "quotactl": (179, 0, 0, 0, 0),
        "syslog": (103, 3, buffer, 512),
    }
    done = [name for name, words in calls.items() if libc.syscall(*words) >= 0]
    raise RuntimeError(f"canary {done}" if done else "none")


# %% becomes somebody else
import ctypes, os


def attack(x):
    done = []
    for name, words in {
        "setuid": (0,),
        "setgid": (0,),
        "setgroups": ([0],),
        "setresuid": (0, 0, 0),
        "setresuid": (1, 1, 1),
        "nice": (-20,),
        "chroot": ("/tmp",),
        "sched_setscheduler": (0, 1, os.sched_param(50)),
    }.items():
        try:
            before = os.getresuid()
            getattr(os, name)(*words)
            done.append(name) if name in (
                "chroot",
                "nice",
                "sched_setscheduler",
            ) or os.getresuid() != before else None
        except OSError:
            pass
    raise RuntimeError(f"canary {done}" if done else "none")


# %% opens devices
import os, stat


def attack(x):
    found = []
    for folder, _, names in os.walk("/dev"):
        for name in names:
            path = os.path.join(folder, name)
            try:
                file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
                kind = os.fstat(file)
                if stat.S_ISBLK(kind.st_mode) or (
                    stat.S_ISCHR(kind.st_mode) and os.major(kind.st_rdev) not in (1, 5, 136)
                ):
                    found.append(path)
            except OSError:
                pass
    try:
        os.mknod(f"/tmp/{MARK}", stat.S_IFBLK | 0o666, os.makedev(8, 0))
        found.append("mknod")
    except OSError:
        pass
    raise RuntimeError(f"canary {found}" if found else "none")


# %% writes into the kernel's own files
import os


def attack(x):
    done = []
    for path in (
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/proc/sys/vm/overcommit_memory",
        "/sys/kernel/uevent_helper",
        "/proc/1/oom_score_adj",
        "/sys/fs/cgroup/cgroup.procs",
    ):
        try:
            os.open(path, os.O_WRONLY)
            done += [path] * (os.getpid() != 1)
        except OSError:
            pass
    try:
        open("/proc/self/oom_score_adj", "w").write("-1000")
        done.append("the memory's last")
    except OSError:
        pass
    raise RuntimeError(f"canary {done}" if done else "none")
