"""Claims: rules, stored results that are fresh, exact claims done again."""

import pytest
import torch
from scipy.stats import binomtest

from ilkit.envs import Retina, Track, retina
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
from ilkit.learners import dagger_rounds
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


@pytest.mark.parametrize("hits", [0, 3, 40])
def test_c03_share_has_the_interval_of_clopper_and_pearson(hits):
    share = c03_log_loss._share(torch.arange(40).reshape(8, 5) < hits)
    interval = binomtest(hits, 40).proportion_ci(0.95, method="exact")
    assert (share.mean, share.n) == (hits / 40, 40)
    assert (share.low, share.high) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_c09_corrects_as_dagger_does(monkeypatch):
    monkeypatch.setattr(c09_few_labels, "TRAINING", {"steps": 20, "batch": 32, "lr": 3e-3})
    monkeypatch.setattr(c09_few_labels, "ROUNDS", 2)
    env, seed = Track(horizon=30), 4
    starts = c09_few_labels.untrained(env, [seed])
    demos = collect(env.expert, env, 2, seed=seed)
    mine = list(c09_few_labels.corrected(env, starts, [demos], [seed]))
    theirs = list(
        dagger_rounds(
            starts[0],
            env,
            demos=demos,
            rounds=2,
            episodes=c09_few_labels.EPISODES,
            seed=1_000_000 + 100 * seed,
            **c09_few_labels.TRAINING,
        )
    )
    obs = demos.flat()[0]
    for (learner,), round_ in zip(mine, theirs, strict=True):
        assert torch.allclose(learner(obs), round_.policy(obs), atol=1e-4)
    assert (mine[0][0](obs) - mine[2][0](obs)).abs().max() > 1e-2


def test_c09_policies_abreast_drive_as_each_alone():
    env = Track()
    policies = c09_few_labels.untrained(env, [0, 1, 2])
    obs = torch.randn(12, 3, generator=torch.Generator().manual_seed(0))
    alone = torch.cat([p(x) for p, x in zip(policies, obs.split(4), strict=True)])
    assert torch.allclose(c09_few_labels.abreast(policies)(obs), alone, atol=1e-6)


def test_seeds_begin_with_weights_of_their_own():
    first, second = c09_few_labels.untrained(Track(), [0, 1])
    assert not torch.equal(first.body[1][0].weight, second.body[1][0].weight)
    first, second = (c14_cures.untrained(Retina(), seed) for seed in (0, 1))
    assert not torch.equal(first.body[1][0].weight, second.body[1][0].weight)


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


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", CLAIMS)
def test_a_claim_that_holds_is_not_broken_when_measured_again(claim_id):
    if store.load(claim_id)["verdict"] == "holds":
        assert store.measure(claim_id)["verdict"] != "fails"
