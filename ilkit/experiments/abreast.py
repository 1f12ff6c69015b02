"""Many seeds at once: policies that drive side by side, and what each of them costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

from ilkit.data import Demos
from ilkit.envs.base import Env
from ilkit.policies.base import Policy
from ilkit.rollout import rollout


def abreast(policies: Sequence[Policy]) -> Callable[[Tensor], Tensor]:
    """One actor for all policies: the first part of a batch is driven by the first, and so on.

    The policies share their architecture and act without chance.
    """
    tables = stack_module_state(list(policies))
    act = vmap(lambda params, buffers, obs: functional_call(policies[0], (params, buffers), obs))
    return lambda obs: act(*tables, obs.view(len(policies), -1, *obs.shape[1:])).flatten(0, 1)


def judged_by(
    metric: Callable[[Demos], Tensor], policies: Sequence[Policy], env: Env, trials: int, seed: int
) -> Tensor:
    """The mean of `metric` over `trials` episodes of each policy, [policies]."""
    drives = rollout(abreast(policies), env, trials * len(policies), seed=seed)
    return metric(drives).view(len(policies), trials).mean(1)
