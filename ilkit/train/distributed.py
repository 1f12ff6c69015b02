"""fit_across: train many policies on several devices, a process and a share of them each."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import torch

from ilkit.data import Demos
from ilkit.errors import InputError
from ilkit.policies.base import Policy
from ilkit.train.device import pick_device
from ilkit.train.ensemble import fit_many
from ilkit.train.loop import History


def fit_across(
    policies: Sequence[Policy],
    demos: Sequence[Demos],
    *,
    devices: Sequence[str | torch.device],
    seeds: Sequence[int] | None = None,
    **training: Any,
) -> list[History]:
    """Train `policies` in place, as `fit_many` does, an equal share of them on each device.

    devices   such as ("cuda:0", "cuda:1"); ("cpu", "cpu") are two processes on the CPU
    seeds     of the minibatches of each (default: i)
    training  what else `fit_many` takes: loss, steps, batch, lr, ema

    They end as after `fit_many`, up to rounding, unless the loss draws noise: then each share has
    a generator of its own, and the numbers depend on how many devices there are. Heads and losses
    travel to other processes, where they must be found in a module: a notebook's cell is none. A
    script calls this below `if __name__ == "__main__":`.
    """
    seeds = range(len(policies)) if seeds is None else seeds
    if not len(policies) == len(demos) == len(seeds) > 0 or not devices:
        raise InputError(
            "fit_across: expected at least one device, and as many demos and seeds as policies, "
            f"got {len(devices)} devices, {len(policies)} policies, {len(demos)} demos and "
            f"{len(seeds)} seeds."
        )
    used = [pick_device(device) for device in devices][: len(policies)]
    threads = max(1, torch.get_num_threads() // len(used))
    cuts = [len(policies) * i // len(used) for i in range(len(used) + 1)]
    jobs = []
    for place, a, b in zip(used, cuts, cuts[1:], strict=False):
        options = {**training, "seeds": list(seeds[a:b]), "device": place}
        jobs.append(_packed((list(policies[a:b]), list(demos[a:b]), options, threads)))
    histories = []
    weights = []
    for some, more in _answers(jobs):
        weights += some
        histories += more
    for policy, state in zip(policies, weights, strict=True):
        policy.load_state_dict(state)
        policy.eval()
    return histories


def _packed(job: tuple[list[Policy], list[Demos], dict[str, Any], int]) -> bytes:
    """A job as bytes, which need no shared memory on their way."""
    try:
        return pickle.dumps(job)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise _not_found(error) from None


def _not_found(error: Exception) -> InputError:
    return InputError(
        f"fit_across: expected heads and losses that another process can import, got: {error}; "
        "define them in a module, by def and class."
    )


def _answers(jobs: list[bytes]) -> list[Any]:
    """Weights and histories of each job, in order."""
    try:
        with ProcessPoolExecutor(len(jobs), get_context("spawn")) as pool:
            return [pickle.loads(answer) for answer in pool.map(_train, jobs)]
    except BrokenProcessPool:
        raise InputError(
            "fit_across: expected every process to finish, got one that died; it may have lacked "
            'memory, and a script must call fit_across below `if __name__ == "__main__":`.'
        ) from None


def _train(job: bytes) -> bytes:
    """A share, in a process of its own."""
    try:
        policies, demos, options, threads = pickle.loads(job)
    except (AttributeError, ImportError) as error:
        raise _not_found(error) from None
    torch.set_num_threads(threads)
    histories = fit_many(policies, demos, **options)
    return pickle.dumps(([policy.state_dict() for policy in policies], histories))
