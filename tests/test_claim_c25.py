"""C25: one network for all heads, equal data and starts, and a rule that can be met and broken."""

from __future__ import annotations

import pytest
import torch
from torch import Generator

from ilkit.envs.insertion import Insertion
from ilkit.executors import OpenLoop
from ilkit.experiments import c25_generative as c25
from ilkit.experiments.claim import Result
from ilkit.experiments.several import Several
from ilkit.policies.deterministic import Deterministic
from ilkit.policies.flow import Flow
from ilkit.rollout import rollout


def invented(flow: float, regression: float, mip: float, ablation: float) -> dict[str, Result]:
    """Differences of success rates with intervals of +- 0.04."""
    rate = {"flow": flow, "regression": regression, "MIP": mip}
    rate |= dict.fromkeys(c25.ABLATIONS, ablation)
    results = {}
    for name, other in c25.compared():
        for expert in c25.EXPERTS:
            gap = rate[name] - rate[other]
            results[f"{name} minus {other}, {expert}"] = Result("", gap, gap - 0.04, gap + 0.04, 20)
    return results


@pytest.mark.parametrize(
    ("rates", "verdict"),
    [
        ((0.78, 0.58, 0.80, 0.70), "holds"),
        ((0.58, 0.78, 0.60, 0.70), "fails"),
        ((0.78, 0.58, 0.60, 0.70), "fails"),
        ((0.78, 0.58, 0.80, 0.40), "fails"),
        ((0.78, 0.58, 0.80, 0.95), "fails"),
        ((0.78, 0.75, 0.80, 0.76), "inconclusive"),
    ],
)
def test_the_rule_is_met_and_broken(rates: tuple[float, ...], verdict: str) -> None:
    checks = c25.checks(invented(*rates)).values()
    found = "fails" if False in checks else "inconclusive" if None in checks else "holds"
    assert found == verdict


def test_every_head_is_one_network() -> None:
    built = {name: build(3) for name, build in c25.heads(Insertion()).items()}
    assert set(built) == {"flow", "regression", "MIP", *c25.ABLATIONS}
    first = built["flow"].state_dict()
    for policy in built.values():
        weights = policy.state_dict()
        assert weights.keys() == first.keys()
        assert all(torch.equal(weights[key], first[key]) for key in first)
    other = c25.heads(Insertion())["flow"](4).state_dict()
    assert any(not torch.equal(other[key], first[key]) for key in first)


def test_demonstrations_end_where_the_peg_is_in() -> None:
    env = Insertion()
    demos = c25.demonstrations(env, 5)
    assert demos.steps == int(demos.total_cost().sum()) + len(demos) - int(demos.mask[:, -1].sum())
    assert (demos.obs[demos.mask][:, 1] > -1.5).all()
    assert (demos.obs[~demos.mask][:, 1] <= -1.5).all()


def test_several_policies_drive_as_each_alone() -> None:
    env = Insertion(horizon=9)
    policies = [Deterministic(env, chunk=3, seed=seed) for seed in range(3)]
    together = rollout(Several(policies), env, 12, executor=OpenLoop())
    for i, policy in enumerate(policies):
        plan = policy.sample(together.obs[4 * i : 4 * i + 4, 3])
        torch.testing.assert_close(together.act[4 * i : 4 * i + 4, 3:6], plan, atol=1e-5, rtol=1e-5)


def test_several_flows_draw_noise_of_their_own() -> None:
    env = Insertion()
    same = Several([Flow(env, seed=0), Flow(env, seed=0)])
    first, second = same.sample(torch.zeros(2, 3), Generator().manual_seed(0))
    assert not torch.equal(first, second)
    again = same.sample(torch.zeros(2, 3), Generator().manual_seed(0))
    assert torch.equal(torch.stack([first, second]), again)


def test_latents_held_or_averaged() -> None:
    env = Insertion()
    flow, obs = (
        Flow(env, chunk=2, seed=1),
        torch.randn(500, 3, generator=Generator().manual_seed(0)),
    )
    zero = c25.LATENT[", latent 0"]
    mean = c25.LATENT[", mean of 8 latents"]
    assert zero is not None
    assert mean is not None
    torch.testing.assert_close(zero(flow, obs, None), flow.carry(obs, torch.zeros(500, 6)))
    one = obs[:1].expand(500, 3)
    drawn = flow.sample(one, Generator().manual_seed(1)).std(0)
    averaged = mean(flow, one, Generator().manual_seed(1)).std(0)
    torch.testing.assert_close(averaged, drawn / c25.LATENTS**0.5, rtol=0.2, atol=0.0)


def test_a_small_run_measures_what_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c25, "TRAINING", {"steps": 2, "batch": 8})
    monkeypatch.setattr(c25, "TRIALS", 4)
    measured = c25.measure(range(900, 902))
    again = c25.measure(range(900, 902))
    assert measured == again
    assert all(len(row) == 2 for rows in measured.data["success"].values() for row in rows)
    names = {result.name for result in measured.results}
    assert len(names) == len(measured.results)
    assert len(c25.checks({result.name: result for result in measured.results})) == 16
    assert len(c25.figure(measured.data).axes) == 2
