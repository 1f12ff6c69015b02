"""Tests of ilkit.experiments: rules, stored results that are fresh, exact claims done again."""

import ast
import json
import subprocess
import sys

import pytest
import torch

from ilkit.cli import main
from ilkit.envs import Retina, retina
from ilkit.errors import InputError
from ilkit.experiments import (
    c01_growth,
    c02_performance_difference,
    c03_log_loss,
    c09_few_labels,
    c14_cures,
    provenance,
    store,
)
from ilkit.experiments.claim import Claim, Measurement, Result
from ilkit.rollout import collect

CLAIMS = store.ids()


def judged_again(claim_id, part):
    """The verdict that the rule of today gives to stored results."""
    results = [Result(**result) for result in part["results"]]
    return store.claim(claim_id).verdict(results)[0]


def test_an_interval_decides_or_leaves_open():
    result = Result("x", 2, 1, 3, 20)
    assert (result.below(4), result.below(0.5), result.below(2)) == (True, False, None)
    assert (result.above(0.5), result.above(4), result.above(2)) == (True, False, None)
    assert (result.within(0, 4), result.within(5, 6), result.within(2, 4)) == (True, False, None)
    other = Result("y", 5, 4, 6, 20)
    assert (result.less_than(other), other.less_than(result)) == (True, False)
    assert result.less_than(result) is None


@pytest.mark.parametrize(
    ("checks", "verdict", "reason"),
    [
        ({"a": True, "b": True}, "holds", "met: a; b"),
        ({"a": True, "b": None}, "inconclusive", "left open by its interval: b"),
        ({"a": None, "b": False}, "fails", "broken: b"),
    ],
)
def test_one_broken_check_fails_and_one_open_check_leaves_open(checks, verdict, reason):
    empty = Measurement([], {})
    claim = Claim("C00", "00", "s", "r", lambda _: empty, lambda _: checks, lambda _: None)
    assert claim.verdict([]) == (verdict, reason)


def test_seeds_are_disjoint_and_full_takes_four_times_as_many():
    for claim_id in CLAIMS:
        claim = store.claim(claim_id)
        for full in (False, True):
            seeds, others = claim.seeds(full)
            assert not set(seeds) & set(others)
            assert len(seeds) == len(others) == claim.count * (4 if full else 1) >= 20


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_stored_result_is_whole_fresh_and_follows_from_its_rule(claim_id):
    path = store.RESULTS / f"{claim_id}.json"
    assert path.stat().st_size <= 200_000
    document, claim = store.load(claim_id), store.claim(claim_id)
    assert document["schema"] == 1
    assert (document["id"], document["rule"]) == (claim.id, claim.rule) == (claim_id, claim.rule)
    assert document["fingerprint"] == provenance.fingerprint(store.source_of(claim_id)), (
        f"{claim_id} was measured with other code; run `ilkit claims {claim_id}`"
    )
    for part in (document, document["again"]):
        assert part["verdict"] == judged_again(claim_id, part)
    assert not set(document["seeds"]) & set(document["again"]["seeds"])


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_figure_is_drawn_from_stored_data_with_labelled_axes(claim_id):
    figure = store.draw(claim_id)
    assert figure.axes
    assert all(ax.get_xlabel() for ax in figure.axes)


def test_c01_exact_numbers_come_out_again(monkeypatch):
    monkeypatch.setattr(c01_growth, "EPISODES", 200)
    stored = {result["name"]: result for result in store.load("C01")["results"]}
    for result in c01_growth.measure(range(2)).results:
        if result.n == 1:
            assert result.estimate == pytest.approx(stored[result.name]["estimate"], abs=1e-5)


def test_c02_identity_comes_out_again(monkeypatch):
    monkeypatch.setattr(c02_performance_difference, "EPISODES", 200)
    results = c02_performance_difference.measure(range(500, 503)).results
    assert all(result.below(1e-10) for result in results if result.n == 1)


def test_c03_holds_on_a_few_new_seeds():
    assert store.claim("C03").verdict(c03_log_loss.measure(range(900, 925)).results)[0] == "holds"


def test_c03_costs_are_the_closed_forms():
    mass = torch.full((c03_log_loss.FOOTHOLDS,), 1 / c03_log_loss.FOOTHOLDS, dtype=torch.float64)
    stay = 1 - 1 / c03_log_loss.FOOTHOLDS
    once = c03_log_loss._costs(mass, 6, fall_only=True)
    every = c03_log_loss._costs(mass, 6, fall_only=False)
    assert once == pytest.approx([1 - stay**6] * c03_log_loss.FOOTHOLDS, abs=1e-12)
    falls = sum(1 - stay**t for t in range(1, 7))
    assert every == pytest.approx([falls] * c03_log_loss.FOOTHOLDS, abs=1e-12)


def test_c09_compares_at_equal_labels(monkeypatch):
    monkeypatch.setattr(c09_few_labels, "TRAINING", {"steps": 2})
    monkeypatch.setattr(c09_few_labels, "TRIALS", 2)
    data = c09_few_labels.measure(range(2)).data
    assert set(data["labels"]["cloning"]) <= set(data["labels"]["DAgger"])
    for name, labels in data["labels"].items():
        assert torch.tensor(data["cost"][name]).shape == (2, len(labels))


def test_c14_shifted_pictures_look_like_those_of_a_turned_car(monkeypatch):
    monkeypatch.setattr(retina, "GRAIN", 0.0)  # each picture has its own: it would hide the road
    env = Retina(horizon=20)
    demos = collect(env.expert, env, 4, seed=0)
    views = c14_cures.shifted_views(demos)
    right, left = views[4:8], views[8:12]
    turn = c14_cures.SHIFT * 2 * c14_cures.HALF_VIEW / (c14_cures.COLUMNS - 1)
    state, act = demos.state.flatten(0, 1), demos.act.flatten(0, 1)
    for view, angle in ((right, -turn), (left, turn)):
        real, corrected = env.moved_camera(state, act, 0.0, turn=angle)
        assert torch.allclose(view.act.flatten(0, 1), corrected, atol=1e-5)
        far = (demos.obs.flatten(0, 1) - real).abs().mean()
        assert (view.obs.flatten(0, 1) - real).abs().mean() < 0.5 * far


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


def test_fingerprint_reaches_what_a_claim_runs():
    reached, todo = set(), {store.source_of("C09")}
    while todo:
        path = todo.pop()
        reached.add(path.name)
        todo |= {p for p in provenance.imported(path) if p.name not in reached}
    assert {"track.py", "dagger.py", "bc.py", "loop.py", "deterministic.py", "stats.py"} <= reached
    assert "plots.py" not in reached


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
    assert main(["claims", "C01", "C08"]) == 2
    assert "no claim 'C08'; did you mean 'C0" in capsys.readouterr().err


def test_listing_claims_takes_no_torch():
    code = (
        "import ilkit.experiments.command as c, sys; c.store.ids(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", CLAIMS)
def test_a_claim_that_holds_is_not_broken_when_measured_again(claim_id):
    if store.load(claim_id)["verdict"] == "holds":
        assert store.measure(claim_id)["verdict"] != "fails"
