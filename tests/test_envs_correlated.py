"""Two arms and a tray: the plan follows its table, and agreeing is what counts."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.correlated import Correlated
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout


@pytest.mark.parametrize(("shelves", "agree"), [(4, 0.9), (3, 1.0), (2, 0.5)])
def test_experts_follow_the_table(shelves: int, agree: float) -> None:
    env = Correlated(shelves=shelves, agree=agree)
    joint = env.joint()
    torch.testing.assert_close(joint.sum((1, 2)), torch.ones(shelves, dtype=torch.float64))
    demos = collect(env.expert, env, 2000)
    tray, (left, right) = demos.obs.flatten(), env.shelf(demos.act).flatten(0, 1).unbind(1)
    code = (tray * shelves + left) * shelves + right
    count = torch.bincount(code, minlength=shelves**3).view(joint.shape).double()
    seen = count / count.sum((1, 2), keepdim=True)
    assert torch.equal(seen > 0, joint > 0)
    # Five standard deviations of a share.
    assert (seen - joint).abs().max() < 5 * (0.25 / float(count.sum((1, 2)).min())) ** 0.5
    assert float(demos.cost.mean()) == pytest.approx(1 - agree, abs=0.02)


def test_heights_and_shelves_are_inverse_and_the_nearest_counts() -> None:
    env = Correlated(shelves=5)
    shelf = torch.arange(5)
    assert torch.equal(env.shelf(env.height(shelf)), shelf)
    height = torch.linspace(-1, 1, 400)  # no point lies half way between two shelves
    nearest = (height[:, None] - env.height(shelf)).abs().argmin(1)
    assert torch.equal(env.shelf(height), nearest)


def test_the_tray_goes_with_its_left_end_and_tilts_if_the_arms_differ() -> None:
    env = Correlated(horizon=2, shelves=4)
    target = env.height(torch.tensor([3, 1]))
    demos = rollout(lambda obs: target.expand(len(obs), 2), env, 10)
    assert (demos.obs[:, 1] == 3).all()
    assert (demos.cost == 1).all()
    demos = rollout(lambda obs: target[:1].expand(len(obs), 2), env, 10)
    assert (demos.cost == 0).all()


def test_pictures_show_the_tray_and_the_plan() -> None:
    env = Correlated(shelves=4)
    image = env.render(torch.tensor([[0, 3, 3], [2, 1, 0]]))
    blue = (image == torch.tensor([0, 90, 160], dtype=torch.uint8)).all(-1)
    rows = [picture.any(1).nonzero().float().mean().item() for picture in blue]
    assert rows[0] > rows[1]  # the lowest shelf is drawn lowest


def test_bad_settings_are_named() -> None:
    with pytest.raises(InputError, match="shelves >= 2"):
        Correlated(shelves=1)
