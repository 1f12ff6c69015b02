"""What attackers meet: a course, the instructor's home folder, and what listens on this machine."""

import re
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from ilkit.grading.release import release, write_assignments
from ilkit.grading.source import Homework, is_solution, write

HERE = Path(__file__).parent
SLUG = "guarded"
HONEST = ("ada-before", "mia-between", "zoe-after")


@dataclass(frozen=True)
class Attack:
    """An answer that means harm; see above."""

    name: str
    source: str
    part: str = "attack"
    lost: str = ""
    says: str = ""
    stock: int = 0
    beyond: str = ""

    @property
    def student(self) -> str:
        return re.sub(r"\W+", "-", self.name).lower()


def attacks(*files: str) -> list[Attack]:
    """The attacks of these files."""
    texts = [(HERE / "attacks" / f"{file}.py").read_text() for file in files]
    return [_attack(cell) for text in texts for cell in text.split("\n# %% ")[1:]]


def _attack(cell: str) -> Attack:
    header, source = cell.split("\n", 1)
    words = dict(re.findall(r' (\w+)="(.*?)"', header))
    name = re.split(r' \w+="', header)[0]
    return Attack(name, source, **words | {"stock": int(words.get("stock", 0))})


class Target:
    """A course, the instructor's home folder, and what listens on this machine."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.mark, self.canary = (f"{word}_{secrets.token_hex(6)}" for word in ("mark", "canary"))
        self.home, self.tmp, self.course = (folder / name for name in ("home", "tmp", "course"))
        for path in (self.home / ".ssh", self.tmp, self.course / "solutions" / SLUG):
            path.mkdir(parents=True)
        for path in (self.home / ".ssh" / "id_rsa", self.course / "roster.csv"):
            path.write_text(self.canary)
        text = (HERE / "homework.py").read_text()
        text = text.replace("MARK", self.mark).replace("CANARY", self.canary)
        (self.course / "solutions" / SLUG / f"{SLUG}.py").write_text(text)
        for name in ("_config.yml", "nbgrader_config.py"):
            shutil.copy(root / name, self.course)
        write_assignments(self.course)
        self.homework = Homework(self.course / "solutions" / SLUG)
        self.listeners = self._listen(folder)

    def _listen(self, folder: Path) -> list[socket.socket]:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
            (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.mark}"),
        ]
        made = []
        for family, kind, address in addresses:
            made.append(socket.socket(family, kind))
            made[-1].bind(address)
            made[-1].setblocking(False)
            if kind == socket.SOCK_STREAM:
                made[-1].listen()
        return made

    def heard(self) -> int:
        """On how many of its addresses somebody spoke."""
        count = 0
        for listener in self.listeners:
            try:
                stream = listener.type == socket.SOCK_STREAM
                listener.accept() if stream else listener.recv(1)
                count += 1
            except BlockingIOError:
                pass
        return count

    def known(self) -> str:
        """What an attacker found out beforehand, as the first line of an answer."""
        addresses = [listener.getsockname() for listener in self.listeners]
        told = {
            "MARK": self.mark,
            "HOME": str(self.home),
            "COURSE": str(self.course),
            "ADDRESSES": [*addresses[:3], f"\0{self.mark}"],
        }
        return "".join(f"{name} = {value!r}\n" for name, value in told.items())

    def submit(self, student: str, **answers: str) -> Path:
        """Hand in: right answers, but for those given."""
        notebook = release(self.homework)
        note = f"{self.canary} {student}" if student in HONEST else student
        for cell, right in zip(notebook.cells, self.homework.notebook.cells):
            if is_solution(cell):
                honest = right.source.replace(self.canary, note)
                cell.source = answers.get(cell.id, honest)
        path = self.course / "submitted" / student / SLUG / f"{SLUG}.ipynb"
        write(notebook, path)
        return path

    def files(self) -> dict[str, bytes]:
        """What lies where no submission may write."""
        kept = [self.home, self.course / "submitted", self.course / "solutions"]
        return {
            str(path): path.read_bytes()
            for folder in kept
            for path in folder.rglob("*")
            if path.is_file()
        }
