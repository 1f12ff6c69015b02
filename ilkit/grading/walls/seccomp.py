"""Which system calls a student's code may not make, as a filter for the kernel.

What is denied answers "not permitted", as it would to someone without the right; clone3 answers
"not known", since a filter cannot read its flags and the C library then takes clone.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import struct

#: Name of a call, its number on x86_64 and, where it is another one, on aarch64; "-" for none.
WALLED = """unshare 272 97 setns 308 268 ptrace 101 117 process_vm_readv 310 270
process_vm_writev 311 271 process_madvise 440 process_mrelease 448 pidfd_getfd 438 kcmp 312 272
mount 165 40 umount2 166 39 pivot_root 155 41 chroot 161 51 move_mount 429 open_tree 428
open_tree_attr 467 fsopen 430 fsconfig 431 fsmount 432 fspick 433 mount_setattr 442 swapon 167 224
swapoff 168 225 quotactl 179 60 quotactl_fd 443 name_to_handle_at 303 264
open_by_handle_at 304 265 fanotify_init 300 262 add_key 248 217 request_key 249 218 keyctl 250 219
bpf 321 280 perf_event_open 298 241 userfaultfd 323 282 io_uring_setup 425 io_uring_enter 426
io_uring_register 427 kexec_load 246 104 kexec_file_load 320 294 reboot 169 142
init_module 175 105 finit_module 313 273 delete_module 176 106 acct 163 89 settimeofday 164 170
clock_settime 227 112 clock_adjtime 305 266 adjtimex 159 171 sethostname 170 161
setdomainname 171 162 vhangup 153 58 syslog 103 116 ioperm 173 - iopl 172 - modify_ldt 154 -
personality 135 92"""
#: Without namespaces too: other processes, shared memory, and what Landlock leaves open of files.
ALONE = """fork 57 - vfork 58 - execve 59 221 execveat 322 281 socket 41 198 tkill 200 130
rt_sigqueueinfo 129 138 rt_tgsigqueueinfo 297 240 pidfd_open 434 pidfd_send_signal 424
setpriority 141 140 sched_setscheduler 144 119 sched_setparam 142 118 sched_setattr 314 274
sched_setaffinity 203 122 ioprio_set 251 30 migrate_pages 256 238 move_pages 279 239
shmget 29 194 shmat 30 196 shmctl 31 195 semget 64 190 semop 65 193 semtimedop 220 192
semctl 66 191 msgget 68 186 msgsnd 69 189 msgrcv 70 188 msgctl 71 187 mq_open 240 180
mq_unlink 241 181 chmod 90 - fchmod 91 52 fchmodat 268 53 fchmodat2 452 chown 92 - fchown 93 55
lchown 94 - fchownat 260 54 setxattr 188 5 lsetxattr 189 6 fsetxattr 190 7 setxattrat 463
removexattr 197 14 lremovexattr 198 15 fremovexattr 199 16 removexattrat 466 file_setattr 469
utime 132 - utimes 235 - futimesat 261 - utimensat 280 88 truncate 76 45 inotify_init 253 -
inotify_init1 294 26"""
ASKED = """clone 56 220 clone3 435 socket 41 198 kill 62 129 tgkill 234 131 prctl 157 167
prlimit64 302 261 fcntl 72 25 ioctl 16 29"""  # these depend on their arguments
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEW, THREAD = 0x7E020000, 0x10000  # of clone: new namespaces; a thread and no process
UNIX, DEATHSIG = 1, 1
OWNERS, OWNED = [8, 10, 15], [0x8901, 0x8902]  # of fcntl, of ioctl: whom a file signals

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, ARGUMENT = 0, 4, 16  # where the filter finds them; an argument has eight bytes
KILL, ALLOW = 0x80000000, 0x7FFF0000
DENY, UNKNOWN = 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS


def numbers(table: str, machine: str) -> dict[str, int]:
    """The numbers of the calls in a table on that processor."""
    rows = re.findall(r"([a-z]\w*)\s+(\d+)(?:\s+(\d+|-))?", table)
    found = {
        name: (other or first) if machine == "aarch64" else first for name, first, other in rows
    }
    return {name: int(number) for name, number in found.items() if number != "-"}


def program(alone: bool = False) -> bytes:
    """The filter for this processor; `alone`, for a process that no namespace keeps apart.

    OSError if the calls of this processor are not known.
    """
    machine = platform.machine()
    if machine not in MACHINES:
        raise OSError(f"seccomp: the calls of this processor, {machine}, are not known")
    asked, own = numbers(ASKED, machine), os.getpid()
    parts = [
        _step(LOAD, MACHINE) + _step(EQUAL, MACHINES[machine], 1, 0) + _step(RETURN, KILL),
        _step(LOAD, NUMBER) + _step(AT_LEAST, 1 << 30, 0, 1) + _step(RETURN, KILL),  # x32
        _answer(asked["clone3"], UNKNOWN),
        *(_answer(number, DENY) for number in numbers(WALLED, machine).values()),
        _unless(asked["clone"], 0, ANY_BIT, [NEW]),
    ]
    if alone:
        parts += [
            *(_answer(number, DENY) for number in numbers(ALONE, machine).values()),
            _only(asked["clone"], 0, ANY_BIT, [THREAD]),
            _only(asked["kill"], 0, EQUAL, [own]),
            _only(asked["tgkill"], 0, EQUAL, [own]),
            _only(asked["prlimit64"], 0, EQUAL, [0, own]),
            _unless(asked["prctl"], 0, EQUAL, [DEATHSIG]),
            _unless(asked["fcntl"], 1, EQUAL, OWNERS),
            _unless(asked["ioctl"], 1, EQUAL, OWNED),
        ]
    else:
        parts.append(_only(asked["socket"], 0, EQUAL, [UNIX]))
    return b"".join(parts) + _step(RETURN, ALLOW)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `then` and `otherwise` say how many to pass over after a comparison."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _answer(number: int, answer: int) -> bytes:
    """Answer this call so, whatever its arguments."""
    return _step(EQUAL, number, 0, 1) + _step(RETURN, answer)


def _only(number: int, argument: int, test: int, values: list[int]) -> bytes:
    """Deny this call unless the argument passes the test with one of the values."""
    tests = [_step(test, x, len(values) - i) for i, x in enumerate(values)]
    return _asking(number, argument, tests)


def _unless(number: int, argument: int, test: int, values: list[int]) -> bytes:
    """Deny this call if the argument passes the test with one of the values."""
    last = len(values) - 1
    tests = [_step(test, x, last - i, int(i == last)) for i, x in enumerate(values)]
    return _asking(number, argument, tests)


def _asking(number: int, argument: int, tests: list[bytes]) -> bytes:
    body = [_step(LOAD, ARGUMENT + 8 * argument), *tests, _step(RETURN, DENY)]
    return (
        _step(LOAD, NUMBER)
        + _step(EQUAL, number, 0, len(body))
        + b"".join(body)
        + _step(LOAD, NUMBER)
    )
