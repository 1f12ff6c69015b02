"""C15: the learner, exact decoding and both errors against independent facts."""

import dataclasses
import itertools
import math

import pytest
import torch

from ilkit.envs.cosine import Cosine, features
from ilkit.experiments import c15_zero_one as c15


@pytest.fixture(scope="module")
def measured():
    return c15.measure(range(900, 940))


def broken(measured, name, **numbers):
    """The verdict when one result is another."""
    results = [dataclasses.replace(r, **numbers) if r.name == name else r for r in measured.results]
    return c15.CLAIM.verdict(results)[0]


def test_a_few_new_seeds_do_not_break_the_rule(measured):
    assert c15.CLAIM.verdict(measured.results)[0] != "fails"


def test_the_rule_can_be_broken(measured):
    assert broken(measured, "0-1 error, n = 8", estimate=0.9, low=0.8, high=0.95) == "fails"
    flat = {"estimate": -1.0, "low": -1.1, "high": -0.9}
    assert broken(measured, "slope from n = 8 to 16", **flat) == "fails"
    coarse = {"estimate": -40.0, "low": -41.0, "high": -39.0}
    assert broken(measured, "log2 squared error, n = 128", **coarse) == "fails"


def test_squared_error_is_that_of_the_curves():
    """Parseval against the mean over a fine grid, for signs that differ in three places."""
    signs = Cosine(100, seed=1).signs
    wrong = torch.zeros(100, dtype=torch.bool)
    wrong[[0, 3, 6]] = True
    x = (torch.arange(4096, dtype=torch.float64) + 0.5) / 4096
    difference = features(x, 100) @ (torch.where(wrong, -signs, signs) - signs)
    assert float(difference.square().mean()) == pytest.approx(float(c15._squared(wrong)))


def test_0_1_error_is_zero_only_without_a_wrong_sign():
    signs, generator = Cosine(100, seed=1).signs, torch.Generator().manual_seed(0)
    last = torch.arange(100) == 99
    assert c15._zero_one(last, signs, generator) == 1.0
    assert c15._zero_one(torch.zeros(100, dtype=torch.bool), signs, generator) == 0.0


def test_enough_samples_give_the_signs_that_float32_resolves():
    env, generator = Cosine(100, seed=2), torch.Generator().manual_seed(2)
    x = env.reset(128, generator)
    right = c15.cloned(x, env.expert(x)) == env.signs
    assert right[:22].all()
    assert not right[:60].all()


def test_exact_weights_are_the_features():
    x = 0.3456
    weights = c15.exact_weights(round(math.cos(2 * math.pi * x) * 2**c15.BITS))
    ours = [w / 2 ** (54 * c15.TERMS) for w in weights[:20]]
    assert ours == pytest.approx(
        features(torch.tensor([x], dtype=torch.float64), 20)[0].tolist(), abs=1e-12
    )


def test_decoding_finds_all_choices_that_exhaustion_finds():
    weights = [[8, 4, 2, 2], [3, 1, 1, 1]]
    for signs in itertools.product((1, -1), repeat=4):
        sums = [sum(a * w for a, w in zip(signs, row, strict=True)) for row in weights]
        every = {
            other
            for other in itertools.product((1, -1), repeat=4)
            if [sum(a * w for a, w in zip(other, row, strict=True)) for row in weights] == sums
        }
        found = c15.decoded(weights, sums)
        assert len(found) == len(set(found))
        assert set(found) == every
