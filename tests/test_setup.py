"""The project's files agree: pins, ranges, targets, hooks, imports; and the wheel stands alone."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
GRADERS = "ilkit.grading"  # whose modules may need the extra `grade`
TARGETS = {"book", "serve", "test", "test-all", "assignments", "student-release", "lint", "clean"}


def pins() -> dict[str, str]:
    """Name to version, in the file's order."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    found = for_this_machine(line for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in found}


def ranges() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for, by extra; "" is what a student gets."""
    wanted = {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return {extra: for_this_machine(lines) for extra, lines in wanted.items()}


def for_this_machine(lines: Iterable[str]) -> list[Requirement]:
    """Requirements, less those whose marker names another system."""
    return [r for r in map(Requirement, lines) if not r.marker or r.marker.evaluate()]


def closure(requirements: list[Requirement]) -> set[str]:
    """The distributions that pip installs for these, all the way down."""
    found: set[str] = set()
    todo = list(requirements)
    while todo:
        name = canonicalize_name(todo.pop().name)
        if name in found:
            continue
        found.add(name)
        below = map(Requirement, metadata.requires(name) or [])
        todo += [r for r in below if not r.marker or r.marker.evaluate({"extra": ""})]
    return found


def test_every_pin_lies_inside_its_range_and_every_range_has_a_pin():
    fixed = pins()
    wanted = [requirement for extra in ranges().values() for requirement in extra]
    for requirement in wanted:
        assert requirement.specifier.contains(fixed[canonicalize_name(requirement.name)])
    assert {canonicalize_name(r.name) for r in wanted} == set(fixed)


def test_torch_comes_first_and_colab_keeps_its_own():
    assert next(iter(pins().items())) == ("torch", "2.13.0")
    assert PROJECT["dependencies"][0] == "torch>=2.4,<3"


def test_what_is_installed_is_what_is_pinned():
    installed = {name: metadata.version(name).split("+")[0] for name in pins()}
    assert installed == pins()


def test_conda_reads_the_same_pins():
    steps = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    [pip] = [step["pip"] for step in steps if isinstance(step, dict)]
    assert pip == ["-r requirements.txt", "-e ."]
    assert not {re.split("[=<> ]", step)[0] for step in steps if isinstance(step, str)} & set(
        pins()
    )


def test_a_student_gets_nothing_of_the_book_or_the_grader():
    student = closure(ranges()[""])
    others = [
        r
        for extra in ("book", "grade", "data", "cluster", "postgresql", "dev")
        for r in ranges()[extra]
    ]
    shared = {"setuptools", "pillow", "fonttools", "filelock"}
    assert not student & ({canonicalize_name(r.name) for r in others} - shared)


def test_every_target_is_there_and_the_readme_names_only_targets():
    out = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    there = {line.split()[1] for line in out.stdout.splitlines()}
    assert there >= TARGETS
    named = re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert set(named) <= there
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    assert {hook["entry"].split()[1] for hook in hooks[0]["hooks"]} <= there


def test_a_second_run_installs_nothing_and_a_new_pin_does(tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    plan = ["make", "--dry-run", "lint"]
    first = subprocess.run(plan, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "pip install" in first.stdout
    ready = tmp_path / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.touch()
    second = subprocess.run(plan, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "pip install" not in second.stdout
    later = ready.stat().st_mtime + 10
    os.utime(tmp_path / "requirements.txt", (later, later))
    third = subprocess.run(plan, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "pip install" in third.stdout


LAYERS = [  # imports run downward: a module may import from its own layer and those below
    {"errors", "spaces", "progress", "cluster"},
    {"divergences", "theory", "stats"},
    {"data", "readers", "storage"},
    {"policies", "envs"},
    {"losses", "train", "rollout", "executors"},
    {"learners"},
    {"plots", "cli", "doctor", "grading", "experiments", "widgets", "__init__", "__main__"},
]


def imported(path: Path) -> set[str]:
    """The parts of ilkit that a file imports when it runs (not those for type checkers alone)."""
    tree = ast.parse(path.read_text())
    typing_only = [
        n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_" in ast.dump(n.test)
    ]
    skipped = {id(inner) for node in typing_only for inner in ast.walk(node)}
    nodes = [node for node in ast.walk(tree) if id(node) not in skipped]
    names = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    names += [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    return {name.split(".")[1] for name in names if name.startswith("ilkit.")}


FILES = sorted((ROOT / "ilkit").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_says_what_it_is_and_imports_downward(path):
    text = path.read_text()
    assert text.startswith('"""'), "the first line says what the file is"
    assert text.count("\n") <= 300
    level = {part: i for i, parts in enumerate(LAYERS) for part in parts}
    own = path.relative_to(ROOT / "ilkit").parts[0].removesuffix(".py")
    assert {own, *imported(path)} <= set(level), "each module has its place in LAYERS"
    assert not {part for part in imported(path) if level[part] > level[own]}


def readme_example() -> str:
    return re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]


def test_the_readme_goes_from_import_to_an_evaluated_policy_in_five_lines():
    assert len([line for line in readme_example().splitlines() if line]) == 5


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy of the sources, since setuptools leaves its build/ behind."""
    home = tmp_path_factory.mktemp("wheel")
    kinds = ("ilkit/**/*.py", "ilkit/**/*.[jc]s*", "ilkit/py.typed", "book/results/*.json")
    names = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
    for path in [path for kind in (*kinds, *names) for path in ROOT.glob(kind)]:
        copy = home / "source" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    build = ["wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={home}"]
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, *build, str(home / "source")], check=True)
    [wheel] = home.glob("*.whl")
    return wheel


def bare_python(home: Path) -> Path:
    """A Python that holds pip and what the wheel's metadata asks for, and nothing else.

    They are links to the packages of this environment, not fresh downloads.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "venv")], check=True)
    [site] = (home / "venv").rglob("site-packages")
    for name in closure([*ranges()[""], Requirement("pip")]):
        for file in metadata.files(name) or []:
            entry = site / file.parts[0]
            if file.parts[0] != ".." and not entry.exists():
                entry.symlink_to(Path(str(metadata.distribution(name).locate_file(file.parts[0]))))
    return home / "venv" / "bin" / "python"


@pytest.fixture(scope="session")
def clean_python(tmp_path_factory, wheel) -> Path:
    """A bare Python with the wheel."""
    python = bare_python(tmp_path_factory.mktemp("clean"))
    install = [str(python), "-m", "pip", "--quiet", "install", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    return python


def ask(python: Path, code: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-I", "-c", code]
    return subprocess.run(command, cwd=python.parent, capture_output=True, text=True, check=False)


def test_the_wheel_alone_runs_the_readme_example(clean_python):
    out = ask(clean_python, readme_example())
    assert out.returncode == 0, out.stderr
    assert re.match(r"0\.\d+ \[", out.stdout)


def test_the_wheel_imports_without_the_book_and_the_grader(clean_python):
    code = """if True:
        import importlib, pkgutil, ilkit
        assert "clean" in ilkit.__file__, ilkit.__file__
        for found in pkgutil.walk_packages(ilkit.__path__, "ilkit."):
            if not found.name.endswith("__main__"):
                try: importlib.import_module(found.name)
                except ModuleNotFoundError as error: print(found.name, error.name)
    """
    out = ask(clean_python, code)
    assert out.returncode == 0, out.stderr
    lacking = dict(line.split() for line in out.stdout.splitlines())
    assert all(name.startswith(GRADERS) for name in lacking), lacking
    assert not {f"{GRADERS}.check", f"{GRADERS}.student"} & set(lacking)
    extra = {canonicalize_name(r.name) for r in ranges()["grade"]}
    packages = {{"yaml": "pyyaml"}.get(name, name) for name in lacking.values()}
    assert packages <= extra


def first_cell(pages: Path) -> str:
    """The first cell of a chapter's notebook without outputs."""
    path = pages / "notebooks" / "03-compounding-error.ipynb"
    return "".join(json.loads(path.read_text())["cells"][0]["source"])


def test_a_notebook_installs_the_package_by_itself(pages, wheel, tmp_path):
    """Its first cell, where there is no ilkit; the site's address is turned to a folder."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text())
    site = settings["html"]["baseurl"]
    code = first_cell(pages)
    assert f"{site}{wheel.name}" in code
    python = bare_python(tmp_path)
    code = code.replace(f"{site}{wheel.name}", wheel.as_uri())
    shell = f"""if True:
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell.instance()
        shell.run_cell({code!r}).raise_error()
        from ilkit.experiments.store import load
        import ilkit
        print(ilkit.__file__, load("C01")["id"])
    """
    assert "No module named" in ask(python, "import ilkit").stderr
    out = subprocess.run(
        [str(python), "-I", "-c", shell],
        env={**os.environ, "PIP_NO_INDEX": "1", "IPYTHONDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert out.returncode == 0, out.stderr
    assert re.search(rf"{tmp_path}.*ilkit/__init__.py C01", out.stdout), out.stdout


@pytest.mark.slow
def test_a_chapter_runs_with_the_wheel_alone(pages, clean_python, tmp_path, monkeypatch):
    """From its first cell to its last, away from the checkout: stored results come in the wheel."""
    spec = {"argv": [str(clean_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    kernel = tmp_path / "kernels" / "clean" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({**spec, "display_name": "clean", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(pages / "notebooks" / "11-stability.ipynb", 4)
    asked = nbformat.v4.new_code_cell("import ilkit; print(ilkit.__file__)")
    notebook.cells.append(asked)
    NotebookClient(notebook, kernel_name="clean", timeout=300).execute(cwd=tmp_path)
    assert "site-packages" in asked.outputs[0].text


def test_the_wheel_carries_its_data_and_its_command(clean_python):
    script = clean_python.with_name("ilkit")
    out = subprocess.run([script, "doctor"], capture_output=True, text=True, check=False)
    assert "Ready for homework: yes." in out.stdout, out.stdout + out.stderr
    [site] = clean_python.parents[1].rglob("site-packages")
    data = [*(ROOT / "ilkit").rglob("*.[jc]s*"), *ROOT.glob("book/results/*.json")]
    there = {path.name for path in (site / "ilkit").rglob("*.[jc]s*")}
    assert there == {path.name for path in data}
    assert (site / "ilkit" / "py.typed").exists()
