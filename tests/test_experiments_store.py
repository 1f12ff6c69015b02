"""Claims: fingerprints of their code, the store of results, and the command `ilkit claims`."""

import ast
import json
import subprocess
import sys

import pytest

from ilkit.cli import main
from ilkit.errors import InputError
from ilkit.experiments import provenance, store

CLAIMS = store.ids()


def test_fingerprint_sees_code_and_imports_but_no_prose(tmp_path, monkeypatch):
    root = tmp_path / "ilkit"
    (root / "deep").mkdir(parents=True)
    (root / "__init__.py").write_text("names = 1\n")
    (root / "deep" / "__init__.py").write_text("from ilkit.deep.b import B\n")
    (root / "deep" / "b.py").write_text('"""Prose."""\nB = "# no comment"  # why\n')
    (root / "plots.py").write_text("COLOUR = 1\n")
    start = root / "a.py"
    start.write_text("from ilkit import plots\nfrom ilkit.deep import B\n")
    monkeypatch.setattr(provenance, "ROOT", root)
    monkeypatch.setattr(provenance, "DRAWS", root / "plots")
    before = provenance.fingerprint(start)

    def after(name, text):
        old = (root / name).read_text()
        (root / name).write_text(text)
        changed = provenance.fingerprint(start) != before
        (root / name).write_text(old)
        return changed

    assert not after("deep/b.py", '"""Other\nprose."""\n\nB = "# no comment"\n')
    assert after("deep/b.py", '"""Prose."""\nB = "# a comment"  # why\n')
    both = "from ilkit.deep.b import B\nfrom ilkit.deep.c import C\n"
    assert not after("deep/__init__.py", both)
    assert not after("plots.py", "COLOUR = 2\n")
    assert not after("a.py", start.read_text() + "def figure():\n    return 1\n")
    assert after("a.py", start.read_text() + "def number():\n    return 1\n")
    assert not after("__init__.py", "names = 2\n")


def reached(path):
    """The files that a claim runs, as its fingerprint finds them."""
    found, todo = set(), {path}
    while todo:
        path = todo.pop()
        found.add(path)
        todo |= provenance.imported(path) - found
    return found


def test_fingerprint_reaches_what_a_claim_runs():
    names = {path.name for path in reached(store.source_of("C09"))}
    assert {"track.py", "rollout.py", "ensemble.py", "deterministic.py", "stats.py"} <= names
    assert "plots.py" not in names


def test_a_name_is_followed_through_its_package_to_its_home():
    home = provenance.home_of("ilkit.policies", "Gaussian")
    assert home == provenance.ROOT / "policies" / "gaussian.py"
    assert provenance.home_of("ilkit.policies", "flow").name == "flow.py"
    assert provenance.home_of("torch", "Tensor") is None


def test_packages_only_hand_names_on():
    """Or a change of their code would make no claim stale."""
    for file in provenance.ROOT.glob("*/__init__.py"):
        for node in ast.parse(file.read_text()).body:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            names = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            assert docstring or names or isinstance(node, ast.ImportFrom), file


def test_imports_are_such_as_the_fingerprint_can_follow():
    """`import ilkit`, a lazy name of it or a relative import would add nothing to it."""
    files = set(store.HERE.glob("*.py")).union(*(reached(store.source_of(c)) for c in CLAIMS))
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert "ilkit" not in {alias.name for alias in node.names}, file
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                if node.module == "ilkit":
                    names = [f"ilkit.{alias.name}" for alias in node.names]
                    assert all(map(provenance.file_of, names)), file


def test_save_leaves_one_whole_file(tmp_path):
    document = store.load("C01")
    store.save({**document, "seconds": 0.0}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["C01.json"]
    assert store.load("C01", tmp_path)["seconds"] == 0.0
    with pytest.raises(InputError, match="C02: no stored result"):
        store.load("C02", tmp_path)


def test_a_full_result_gives_way_to_new_code_only(tmp_path, capsys, monkeypatch):
    document = store.load("C03")
    store.save({**document, "full": True, "verdict": "full"}, tmp_path)
    for fingerprint, kept in ((document["fingerprint"], True), ("new", False)):
        new = {**document, "full": False, "fingerprint": fingerprint}
        monkeypatch.setattr(store, "measure", lambda claim_id, full, new=new: new)
        assert main(["claims", "C03", "--out", str(tmp_path)]) == 0
        assert (store.load("C03", tmp_path)["verdict"] == "full") is kept
        assert ("kept" in capsys.readouterr().err) is kept


def test_command_prints_one_document_and_stores_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(store, "measure", lambda claim_id, full: store.load(claim_id))
    assert main(["claims", "c01", "C03", "--json", "--out", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["schema"] == 1
    assert [claim["id"] for claim in document["claims"]] == ["C01", "C03"]
    wanted = "id chapter statement results rule verdict reason seeds seconds"
    assert set(document["claims"][0]) == set(wanted.split())
    assert set(document["claims"][0]["results"][0]) == {"name", "estimate", "low", "high", "n"}
    assert "measuring C01" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["C01.json", "C03.json"]


def test_command_outside_a_checkout_stores_nothing(tmp_path, capsys, monkeypatch):
    documents = {"C03": store.load("C03")}
    monkeypatch.setattr(store, "measure", lambda claim_id, full: documents[claim_id])
    monkeypatch.setattr(store, "RESULTS", tmp_path / "site-packages" / "book" / "results")
    assert main(["claims", "C03"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("C03 holds")
    assert "stored" not in err
    assert not list(tmp_path.iterdir())


def test_a_wrong_name_is_met_with_the_nearest_before_anything_runs(capsys, monkeypatch):
    monkeypatch.setattr(store, "measure", lambda *_: pytest.fail("measured"))
    assert main(["claims", "C01", "C26"]) == 2
    assert "no claim 'C26'; did you mean 'C" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["", "*", "**", "/etc", "..", "c0?", "C01_growth"])
def test_a_name_is_never_a_pattern_or_a_path(word, capsys):
    assert main(["claims", word]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"ilkit: no claim {word!r}; did you mean 'C")
    assert err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(store, "measure", lambda *_: pytest.fail("measured"))
    file = tmp_path / "file"
    file.touch()
    for out in (file, file / "below", "/proc/none"):
        assert main(["claims", "C01", "--out", str(out)]) == 2
        assert f"--out: expected a folder to write to, got '{out}'" in capsys.readouterr().err


def test_listing_claims_takes_no_torch():
    code = (
        "import ilkit.experiments.command as c, sys; c.store.ids(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
