"""C11: noise is in what is executed and not in the labels; the rule can be met and broken."""

import pytest
import torch

from ilkit.envs import Ridge, Track
from ilkit.experiments import c11_noise as c11
from ilkit.experiments.claim import Result


@pytest.mark.parametrize("env", [Track(), Ridge()], ids=lambda env: env.name)
def test_labels_are_clean_and_data_are_equal(env):
    quiet, noisy = (c11.demonstrated(env, noise, seed=3) for noise in (0.0, 0.2))
    assert quiet.steps == noisy.steps
    for demos in (quiet, noisy):
        labels = env.expert(demos.obs.flatten(0, 1)).view(demos.act.shape)
        torch.testing.assert_close(demos.act, labels)
    assert noisy.obs[:, 1].std() > quiet.obs[:, 1].std()


def test_under_noise_the_far_end_of_the_ridge_is_never_shown():
    env = Ridge()
    assert (c11.demonstrated(env, c11.JUDGED, seed=1).obs[..., 0].amax(1) < 0.5).all()
    assert (c11.ended_well(env, c11.demonstrated(env, c11.JUDGED, seed=1)) == 0).all()
    assert (c11.ended_well(Track(), c11.demonstrated(Track(), c11.JUDGED, seed=1)) == 1).all()


def test_few_new_seeds_come_out_as_stored(monkeypatch):
    monkeypatch.setattr(c11, "TRIALS", 20)
    seeds = range(900, 904)
    ridge = [sum(c11.succeeded(Ridge(), noise, seeds)) / 4 for noise in (0.0, c11.JUDGED)]
    assert ridge[0] > 0.9 > 0.3 > ridge[1]
    assert min(c11.succeeded(Track(), c11.JUDGED, seeds)) > 0.9


def test_the_rule_is_met_and_broken():
    names = {"track, noise 0.0": 0.6, "track, noise 0.2": 0.9}
    names |= {"ridge, noise 0.0": 0.9, "ridge, noise 0.2": 0.1}

    def judged(numbers):
        made = {
            f"success on the {n}": Result(n, x, x - 0.1, x + 0.1, 20) for n, x in numbers.items()
        }
        return list(c11.checks(made).values())

    assert judged(names) == [True, True]
    assert judged(names | {"track, noise 0.2": 0.7}) == [None, True]
    assert judged(names | {"ridge, noise 0.2": 1.2}) == [True, False]
