"""Notebooks and folders that are not what the homework handed out, each made of one that is."""

import os
import zipfile
from pathlib import Path

PASSES = "def attack(x):\n    return x"


def each(change):
    """Change every cell, given its grade_id."""

    def mangle(notebook):
        for cell in notebook["cells"]:
            change(cell, cell["metadata"].get("nbgrader", {}).get("grade_id", ""))

    return mangle


def of_tests(change):
    return each(lambda cell, name: change(cell) if name.endswith("-test") else None)


def of_attack(change):
    return each(lambda cell, name: change(cell) if name.startswith("attack") else None)


def marked(**marks):
    return lambda cell: cell["metadata"]["nbgrader"].update(marks)


def said(*outputs):
    return lambda cell: cell.update(outputs=list(outputs)) if cell["cell_type"] == "code" else None


def code(source, **meta):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": meta,
        "outputs": [],
        "id": "extra",
    } | {"execution_count": None}


def answers(name, source=PASSES):
    return code(
        source, nbgrader={"grade_id": name, "solution": True, "grade": False, "locked": False}
    )


NUMBER = {"output_type": "execute_result", "data": {"text/plain": "40"}, "metadata": {}} | {
    "execution_count": 1
}
SCRIPT = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}} | {
    "metadata": {}
}
MANY = [code(f"x{number} = {number}") for number in range(300)]
#: What each does to a notebook whose answer to one part is wrong, and right to the others.
GRADED = {
    "tests are skipped by a tag": of_tests(lambda c: c["metadata"].update(tags=["skip-execution"])),
    "tests may fail by a tag": of_tests(lambda c: c["metadata"].update(tags=["raises-exception"])),
    "tests are emptied": of_tests(lambda c: c.update(source="")),
    "tests say yes": of_tests(lambda c: c.update(source="40")),
    "tests are text": of_tests(lambda c: c.update(cell_type="markdown")),
    "tests are raw": of_tests(lambda c: c.update(cell_type="raw")),
    "tests are answers": of_tests(marked(solution=True, locked=False)),
    "tests are worth more": of_tests(marked(points=10**6)),
    "tests are worth less than nothing": of_tests(marked(points=-5)),
    "tests are worth no number": of_tests(marked(points="NaN")),
    "tests are not graded": of_tests(marked(grade=False)),
    "tests are gone": lambda nb: nb["cells"].__delitem__(slice(3, 4)),
    "everything is gone": lambda nb: nb["cells"].clear(),
    "answers are tests": of_attack(marked(grade_id="attack-test", solution=True)),
    "answers are other answers": of_attack(marked(grade_id="first")),
    "answers are worth points": of_attack(marked(grade=True, points=40)),
    "answers have no name": of_attack(marked(grade_id=None)),
    "answers have a name that is a list": of_attack(marked(grade_id=["attack"])),
    "answers have a strange name": of_attack(marked(grade_id="../../\u202e\x00")),
    "cells twice": lambda nb: nb["cells"].extend(list(nb["cells"])),
    "cells from the end": lambda nb: nb["cells"].reverse(),
    "an answer twice": lambda nb: nb["cells"].append(answers("attack")),
    "an answer to another homework": lambda nb: nb["cells"].append(answers("other")),
    "an answer that runs after the tests": lambda nb: nb["cells"].append(
        answers("attack-test", "40")
    ),
    "a cell before all others": lambda nb: nb["cells"].insert(
        0, code("import numpy; numpy.all = 1")
    ),
    "hundreds of cells": lambda nb: nb["cells"].extend(MANY),
    "a later schema": each(
        lambda cell, name: cell["metadata"].get("nbgrader", {}).update(schema_version=99)
    ),
    "no schema": each(
        lambda cell, name: cell["metadata"].get("nbgrader", {}).pop("schema_version", 0)
    ),
    "marks that are none": of_tests(lambda c: c["metadata"].update(nbgrader=[1])),
    "a later minor version": lambda nb: nb.update(nbformat_minor=10**9),
    "forged results": each(lambda cell, name: said(NUMBER)(cell)),
    "pages in outputs": each(lambda cell, name: said(SCRIPT)(cell)),
    "attachments": each(
        lambda cell, name: cell.update(attachments={"x.svg": {"image/svg": "<svg>"}})
    ),
    "ids that are one": each(lambda cell, name: cell.update(id="attack-test")),
    "a kernel of its own": lambda nb: nb["metadata"].update(kernelspec={"name": "../../x"}),
    "nothing withheld": lambda nb: nb["metadata"].update(
        ilkit={"withheld": [], "parts": {"attack": 0}}
    ),
    "text that turns around": of_attack(
        lambda c: c.update(source=f"# \u202e\u2066\u200b\x1b[2J\n{PASSES}")
    ),
    "a source that is no text": of_attack(
        lambda c: c.update(source=PASSES.splitlines(keepends=True))
    ),
    "a NUL in an answer": of_attack(lambda c: c.update(source=PASSES + "\x00")),
    "half a character": of_attack(lambda c: c.update(source=PASSES + "  # \ud800")),
    "an answer that does not parse": of_attack(lambda c: c.update(source="(" * 5000)),
    "an answer that takes a parser": of_attack(
        lambda c: c.update(source="x = " + "-" * 50_000 + "1")
    ),
    "magics": of_attack(lambda c: c.update(source="%%bash\ntouch /tmp/x\n")),
    "a shell": of_attack(lambda c: c.update(source=f"!touch /tmp/x\n%run -i x\n{PASSES}")),
}


def to_source(path, target):
    path.unlink()
    path.symlink_to(target.homework.folder / "guarded.ipynb")


def to_neighbour(path, target):
    path.unlink()
    path.symlink_to(target.course / "submitted" / "ada-before" / "guarded" / "guarded.ipynb")


def hard(path, target):
    path.unlink()
    os.link(target.homework.folder / "guarded.ipynb", path)


def folder(path, target):
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(target.homework.folder)


def home(path, target):
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(target.home / ".ssh")


def person(path, target):
    path.unlink()
    path.parent.rmdir()
    path.parents[1].rmdir()
    path.parents[1].symlink_to("ada-before")


def no_folder(path, target):
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("x")


def no_notebook(path, target):
    path.rename(path.with_name("\u202emine.ipynb"))


def packed(path, target):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("guarded.ipynb", bytes(10**7))


def other(make):
    """Put something else in the notebook's place."""

    def mangle(path, target):
        path.unlink()
        make(path)

    return mangle


REFUSED = {
    "a link to the source": to_source,
    "a link to a neighbour": to_neighbour,
    "a link to nowhere": other(lambda path: path.symlink_to("nowhere")),
    "a link to itself": other(lambda path: path.symlink_to(path.name)),
    "a link to what never ends": other(lambda path: path.symlink_to("/dev/zero")),
    "a hard link to the source": hard,
    "a folder that is a link": folder,
    "a folder that is a link home": home,
    "a student who is a link": person,
    "a folder that is a file": no_folder,
    "a FIFO": other(os.mkfifo),
    "a folder for a notebook": other(Path.mkdir),
    "another name": no_notebook,
    "a zip file": packed,
    "nothing": lambda path, target: path.write_bytes(b""),
    "nests": lambda path, target: path.write_bytes(b"[" * 10**6),
    "many lists": lambda path, target: path.write_bytes(b"[" + b"[]," * 5 * 10**6 + b"1]"),
    "too large": lambda path, target: path.write_bytes(b" " * (21 * 10**6)),
    "another format": lambda path, target: path.write_text('{"nbformat": 3, "worksheets": []}'),
    "no text": lambda path, target: path.write_bytes(b"\xff\xfe\x00"),
    "names twice": lambda path, target: path.write_text(
        '{"cells": [], "cells": [], "nbformat": 4}'
    ),
    "cells that are none": lambda path, target: path.write_text('{"nbformat": 4, "cells": [1]}'),
}
BESIDE = (
    "torch.py",
    "conftest.py",
    "sitecustomize.py",
    "x.pth",
    "\u202egpj.py",
    "nbgrader_config.py",
)
NAMES = ("-rf", "--force", "$(touch x)", "a b'\"`;", "%s{0}", "x" * 200)
UNUSABLE = (b"*", b"[ab]", b"\xff", b"\x1b[2J", "\u202eecila".encode(), b"a\nb")
