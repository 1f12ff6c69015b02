"""EIL: verdicts are what the human showed, hinges what they should be; without them HG-DAgger."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from ilkit import losses
from ilkit.data import Demos
from ilkit.envs import Tightrope, Track
from ilkit.envs.choices import Choices
from ilkit.envs.gym import FromGym
from ilkit.errors import InputError
from ilkit.learners import eil, eil_rounds, hg_dagger_rounds
from ilkit.learners.eil import BAD, GOOD, HUMAN, Judged, drawn, implicit, judged, with_verdicts
from ilkit.policies import Categorical, Scores
from ilkit.rollout import collect, evaluate
from ilkit.spaces import Discrete
from ilkit.train import fit, fit_many


def strayed(view: Tensor) -> Tensor:
    return view[:, 0].abs() > 0.3


@pytest.mark.parametrize("loss", [losses.log_loss, losses.hinge])
def test_without_trust_in_its_own_steps_it_is_hg_dagger(loss) -> None:  # type: ignore[no-untyped-def]
    env = Choices(Track(horizon=60), 21)
    options = {"rounds": 2, "episodes": 2, "seed": 5, "steps": 60, "batch": 32, "loss": loss}
    policy = Scores(env, seed=3)
    mine = list(eil_rounds(policy, env, strayed, trust=0.0, **options))
    theirs = list(hg_dagger_rounds(policy, env, strayed, **options))
    assert theirs[-1].demos.steps > theirs[0].demos.steps  # the human did take over
    for ours, other in zip(mine, theirs, strict=True):
        assert torch.equal(ours.demos.obs, other.demos.obs)
        assert torch.equal(ours.demos.mask, other.demos.mask)
        for a, b in zip(ours.policy.parameters(), other.policy.parameters(), strict=True):
            assert torch.equal(a, b)
    trusting = list(eil_rounds(policy, env, strayed, trust=1.0, **options))
    assert not torch.equal(
        trusting[-1].policy.body[1][0].weight, theirs[-1].policy.body[1][0].weight
    )


def test_steps_just_before_a_takeover_are_bad_and_all_others_good() -> None:
    control = torch.rand(6, 30, generator=Generator().manual_seed(0)) < 0.2
    visited = Demos(
        torch.zeros(6, 30, 2), torch.ones(6, 30, dtype=torch.long), act_space=Discrete(4)
    )
    own = implicit(visited, control, blame=3, trust=0.5)
    assert torch.equal(own.mask, ~control)
    assert (own.weight == 0.5).all()
    for i in range(6):
        for t in range(30):
            if not control[i, t]:
                bad = bool(control[i, t + 1 : t + 4].any())
                assert own.act[i, t] == 1 + 4 * (BAD if bad else GOOD)


def test_hinges_and_margin_by_hand() -> None:
    """One observation with scores 2, -1 and 0.5, hence costs -2, 1 and -0.5; B = 0.25."""
    env = Tightrope(width=1, actions=3)
    policy = Scores(env, net="tabular")
    with torch.no_grad():
        policy.body.weight[:, 0] = torch.tensor([2.0, -1.0, 0.5])  # type: ignore[index, union-attr]
    learner = Judged(policy, bound=0.25)
    obs = torch.zeros(6, dtype=torch.long)
    verdict = torch.tensor([GOOD, GOOD, BAD, BAD, BAD, HUMAN])
    act = torch.tensor([0, 1, 0, 1, 2, 1])
    loss = learner.loss(obs, (act + 3 * verdict)[:, None])
    surprise = torch.logsumexp(torch.tensor([2.0, -1.0, 0.5]), 0) + 1.0
    expected = torch.tensor([0.0, 0.75, 2.25, 0.0, 0.75, float(surprise)])
    torch.testing.assert_close(loss, expected)
    assert policy.sample(obs)[0].item() == 0  # the least cost


def test_training_moves_costs_to_their_side_of_the_bound() -> None:
    env = Tightrope(width=2, actions=3)
    obs = torch.tensor([[0, 0, 1, 1]])
    human = Demos(obs[:, :1], torch.tensor([[0]]), env.obs_space, env.act_space)
    own = Demos(obs, torch.tensor([[1, 2, 0, 1]]), env.obs_space, env.act_space)
    verdict = torch.tensor([[GOOD, BAD, GOOD, BAD]])
    learner = Judged(Scores(env, net="tabular"), bound=-1.0)
    data = with_verdicts(human, torch.tensor([[HUMAN]]))
    both = Demos.from_list(
        [(d.obs[0], d.act[0]) for d in (data, with_verdicts(own, verdict))],
        obs_space=env.obs_space,
        act_space=Discrete(9),
    )
    fit(learner, both, steps=500, lr=0.1)
    cost = learner.policy.costs(obs[0], own.act[0][:, None])[:, 0]
    assert (cost[[0, 2]] < -1 + 0.05).all()
    assert (cost[[1, 3]] > -1 - 0.05).all()
    assert learner.policy.mode(torch.tensor([0])).item() == 0  # the human's, above the good one


def test_good_steps_do_not_outnumber_the_humans_and_bad_ones_all_stay() -> None:
    act = torch.zeros(2, 40, dtype=torch.long)
    visited = Demos(torch.zeros(2, 40, 1), act, act_space=Discrete(3))
    control = torch.zeros(2, 40, dtype=torch.bool)
    control[0, 20:30] = True
    data = visited.replace(mask=control)
    all_ = judged(data, [implicit(visited, control, blame=4)], Generator().manual_seed(0))
    verdict = all_.act[all_.mask] // 3
    assert torch.bincount(verdict, minlength=3).tolist() == [10, 10, 4]


def test_a_draw_is_random_without_repeats_and_never_too_large() -> None:
    mask = torch.rand(5, 20, generator=Generator().manual_seed(1)) < 0.5
    dice = Generator().manual_seed(0)
    first, second = drawn(mask, 7, dice), drawn(mask, 7, dice)
    assert first.sum() == second.sum() == 7
    assert (first <= mask).all()
    assert not torch.equal(first, second)
    assert torch.equal(drawn(mask, 10_000, dice), mask)
    assert not drawn(mask, -1, dice).any()


def test_many_at_once_end_where_each_alone_does() -> None:
    env = Choices(Track(horizon=20), 5)
    sets = []
    for seed in (1, 2):
        data = collect(env.expert, env, 1, seed=seed)
        own = implicit(data, data.obs[..., 0] > 0.01, blame=2)
        sets.append(judged(data, [own], Generator().manual_seed(seed)))
    alone, together = ([Judged(Scores(env, seed=s)) for s in (1, 2)] for _ in range(2))
    for i in (0, 1):
        fit(alone[i], sets[i], steps=20, batch=16, seed=i)
    fit_many(together, sets, steps=20, batch=16)
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(
            one.policy.body[1][0].weight, other.policy.body[1][0].weight, atol=1e-5, rtol=1e-4
        )
        torch.testing.assert_close(one.policy.obs_mean, other.policy.obs_mean)


def test_it_drives_where_cloning_leaves_the_road() -> None:
    env = Choices(Track(), 21)
    options = {"rounds": 2, "episodes": 2, "steps": 300, "batch": 128, "lr": 3e-3}
    policy = Scores(env, seed=1)
    first = next(eil_rounds(policy, env, strayed, trust=0.1, **options)).policy
    learned = eil(policy, env, strayed, trust=0.1, **options)
    assert evaluate(first, env, 50).low > 10
    assert evaluate(learned, env, 50).high < 5


def test_settings_are_checked() -> None:
    env = Choices(Track(horizon=5))
    with pytest.raises(InputError, match="eil: expected hold, blame and trust of at least 0"):
        eil(Scores(env), env, strayed, blame=-1)
    with pytest.raises(InputError, match="eil: expected a policy of Scores, got Categorical"):
        eil(Categorical(env), env, strayed)  # type: ignore[type-var]


def test_an_early_end_that_the_human_drove_to_leaves_nothing_to_judge() -> None:
    env = FromGym("CartPole-v1", horizon=40)

    def to_the_left(obs: Tensor) -> Tensor:
        return torch.zeros(len(obs), dtype=torch.int64)

    def always(obs: Tensor) -> Tensor:
        return torch.ones(len(obs), dtype=torch.bool)

    policy = Scores(env, seed=1)
    options = {"expert": to_the_left, "rounds": 1, "episodes": 2, "steps": 5, "seed": 1}
    *_, last = eil_rounds(policy, env, always, **options)
    assert last.demos.steps < last.demos.mask.numel()
    assert torch.equal(last.demos.act[last.demos.mask], torch.zeros(last.demos.steps).long())
