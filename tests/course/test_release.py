"""What students get: up to date, without answers, hidden tests or outputs."""

import json
import subprocess
import sys

import pytest

from ilkit.grading.release import WITHHELD, release, write_student_tree
from ilkit.grading.source import homeworks, is_solution, write

AGAIN = "run `make assignments` and commit what it writes"


@pytest.fixture(scope="module")
def all_homeworks(root):
    return homeworks(root)


def secret_lines(homework) -> set[str]:
    """Lines of solutions and hidden tests that stand nowhere else in the notebook."""
    secret, shown = set(), set()
    for cell in homework.notebook.cells:
        inside = False
        for line in cell.source.split("\n"):
            inside = (inside or "### BEGIN" in line) and "### END" not in line
            (secret if inside else shown).add(line.strip())
    return {line for line in secret - shown if len(line) > 12}


def test_assignments_are_up_to_date(all_homeworks, root, tmp_path):
    for homework in all_homeworks:
        write(release(homework), tmp_path / "now.ipynb")
        committed = root / "assignments" / homework.slug / f"{homework.slug}.ipynb"
        assert committed.is_file(), AGAIN
        assert committed.read_bytes() == (tmp_path / "now.ipynb").read_bytes(), AGAIN
    listed = subprocess.run(
        ["git", "ls-files", "assignments"], cwd=root, capture_output=True, text=True, check=True
    )
    want = {f"assignments/{h.slug}/{h.slug}.ipynb" for h in all_homeworks}
    assert set(listed.stdout.split()) == want


def test_releases_hold_no_secret_and_no_output(all_homeworks, root):
    for homework in all_homeworks:
        secrets = secret_lines(homework)
        assert len(secrets) > 5, "the test looks for something"
        path = root / "assignments" / homework.slug / f"{homework.slug}.ipynb"
        cells = json.loads(path.read_text())["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        assert not [line for line in secrets if line in text]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_stubs_raise_and_say_the_shapes(all_homeworks):
    for homework in all_homeworks:
        for cell in filter(is_solution, release(homework).cells):
            if cell.cell_type == "code":
                assert "raise NotImplementedError()" in cell.source
                assert '"""' in cell.source
                assert "[" in cell.source, f"{cell.id}: the docstring gives shapes"


def test_everything_but_answers_is_locked(all_homeworks):
    for homework in all_homeworks:
        for cell in release(homework).cells:
            assert cell.metadata.deletable is False
            assert cell.metadata.get("editable", True) is is_solution(cell)


def test_the_student_tree_holds_no_answers(all_homeworks, root, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", root, clone], check=True)
    # It names students, and git ignores it until somebody insists.
    (clone / "deadlines.yml").write_text("hw0-python: {due: 2026-10-12 23:59 UTC}\n")
    subprocess.run(["git", "add", "-f", "deadlines.yml"], cwd=clone, check=True)
    tree = write_student_tree(clone)
    files = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert not [name for name in files if name.startswith((*WITHHELD, "deadlines.yml"))]
    assert {f"assignments/{h.slug}/{h.slug}.ipynb" for h in all_homeworks} <= files
    assert {"README.md", "pyproject.toml", "ilkit/data.py"} <= files
    secrets = {line for homework in all_homeworks for line in secret_lines(homework)}
    for name in files:  # the book may share a line of its own, but no more
        if name.endswith((".py", ".md", ".ipynb", ".json")):
            text = (tree / name).read_text(encoding="utf-8")
            assert len([line for line in secrets if line in text]) < 8, name


def test_the_command_says_how_it_is_used(root, tmp_path):
    command = [sys.executable, "-m", "ilkit.grading.release"]
    usage = subprocess.run([*command, "nothing"], cwd=root, capture_output=True, text=True)
    assert (usage.returncode, usage.stderr.split(":")[0]) == (2, "usage")
    outside = subprocess.run([*command, "student"], cwd=tmp_path, capture_output=True, text=True)
    assert outside.returncode == 1
    assert "expected a git checkout" in outside.stderr
