"""Ours beside `imitation` 1.0: cloning, DAgger and GAIL on one task, from the same demonstrations.

    python benchmarks/imitation/compare.py      # prints a table; installs the neighbour once

Both learn to balance CartPole-v1 for 200 steps from two drives of a hand-written controller, with
the same number of updates, batches, rounds and environment steps. `imitation` needs an older
Gymnasium, so it lives in an environment of its own, `_build/neighbours/imitation`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ilkit.data import Demos
from ilkit.envs.gym import FromGym
from ilkit.learners import bc, dagger
from ilkit.learners.gail import gail
from ilkit.policies import Categorical
from ilkit.policies.base import Policy
from ilkit.rollout import collect, rollout
from ilkit.stats import mean_interval

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from table import row, store  # noqa: E402 (a neighbour, no package)

HOME = HERE.parents[1] / "_build" / "neighbours" / "imitation"
TASK: dict[str, Any] = {
    "weights": [0.05, 0.1, 1.0, 0.5],  # the controller goes right where weights . state > 0
    "horizon": 200,
    "demonstrations": 2,
    "seeds": 8,
    "trials": 20,  # episodes that judge a policy
    "updates": 300,  # of cloning, and of each of DAgger's rounds
    "batch": 32,
    "rounds": 4,
    "episodes": 3,  # a round
    "gail_steps": 60_000,  # of the environment, at most
    "gail_rounds": 15,  # of ours
}


def expert(view: Tensor) -> Tensor:
    return (view @ torch.tensor(TASK["weights"]) > 0).long()


def ours(demos: Demos) -> dict[str, dict[str, Any]]:
    """Returns by method, one a seed, and updates (GAIL: environment steps) a second."""
    training = {"steps": TASK["updates"], "batch": TASK["batch"]}
    drives = TASK["gail_steps"] // (TASK["gail_rounds"] * TASK["horizon"])

    def cloned(env: FromGym, seed: int) -> Policy:
        return bc(Categorical(env, seed=seed), demos, seed=seed, **training)

    def corrected(env: FromGym, seed: int) -> Policy:
        rounds = {"rounds": TASK["rounds"], "episodes": TASK["episodes"], "expert": expert}
        return dagger(
            Categorical(env, seed=seed), env, demos=demos, seed=seed, **rounds, **training
        )

    def adversarial(env: FromGym, seed: int) -> Policy:
        rounds = {"rounds": TASK["gail_rounds"], "episodes": drives}
        return gail(Categorical(env, seed=seed), env, demos=demos, seed=seed, **rounds, **training)

    work = {
        "cloning": (cloned, TASK["updates"]),
        "DAgger": (corrected, TASK["updates"] * (TASK["rounds"] + 1)),
        "GAIL": (adversarial, TASK["gail_steps"]),
    }
    return {name: judged(learn, units) for name, (learn, units) in work.items()}


def judged(learn: Callable[[FromGym, int], Policy], units: int) -> dict[str, Any]:
    """Train and judge a policy for each seed."""
    returns, took = [], 0.0
    for seed in range(TASK["seeds"]):
        env = FromGym("CartPole-v1", horizon=TASK["horizon"])
        start = time.perf_counter()
        policy = learn(env, seed)
        took += time.perf_counter() - start
        greedy = getattr(policy, "mode", policy)
        shown = rollout(lambda view, act=greedy: act(view)[:, 0], env, TASK["trials"], seed=seed)
        returns.append(-float(shown.total_cost().mean()))
    return {"returns": returns, "rate": units * TASK["seeds"] / took}


def theirs(demos: Demos) -> dict[str, dict[str, Any]]:
    """The same from `imitation`, in a process of its own."""
    python = HOME / "bin" / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True)
        wanted = str(HERE / "requirements.txt")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
        (HOME / "ready").touch()
    with tempfile.TemporaryDirectory() as folder:
        task, data = Path(folder, "task.json"), Path(folder, "demos.npz")
        task.write_text(json.dumps(TASK))
        np.savez(data, **arrays(demos))
        command = [python, HERE / "theirs.py", task, data]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answer: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def arrays(demos: Demos) -> dict[str, Any]:
    """Each drive as obs_i [T + 1, 4] and act_i [T]; the last action is left out for its result."""
    found = {}
    for i in range(len(demos)):
        steps = int(demos.mask[i].sum())
        found[f"obs_{i}"] = demos.obs[i, :steps].numpy()
        found[f"act_{i}"] = demos.act[i, : steps - 1].numpy()
    return found


def demonstrations() -> Demos:
    env = FromGym("CartPole-v1", horizon=TASK["horizon"])
    return collect(expert, env, TASK["demonstrations"], seed=0)


def compare() -> dict[str, dict[str, dict[str, Any]]]:
    """{"ours" | "theirs": {method: {"returns": one a seed, "rate": a second}}}."""
    demos = demonstrations()
    return {"ours": ours(demos), "theirs": theirs(demos)}


def main() -> None:
    answer = compare()
    print(f"{'':10}{'ours: return':>28}{'theirs: return':>28}{'ours/s':>10}{'theirs/s':>10}")
    for name in answer["ours"]:
        one, two = answer["ours"][name], answer["theirs"][name]
        texts = [str(mean_interval(torch.tensor(x["returns"]))).split(" (")[0] for x in (one, two)]
        print(f"{name:10}{texts[0]:>28}{texts[1]:>28}{one['rate']:>10.0f}{two['rate']:>10.0f}")
    store("imitation", [measured for name in answer["ours"] for measured in rows(name, answer)])


def rows(name: str, answer: dict[str, dict[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """A method's return and speed, for benchmarks/results.json."""
    one, two = answer["ours"][name], answer["theirs"][name]
    mine, other = (mean_interval(torch.tensor(x["returns"])) for x in (one, two))
    equal, speed = mine.high >= other.low, one["rate"] / two["rate"]
    said = f"ours {mine}, theirs {other}"
    return [
        row(f"{name}, return", mine.mean, other.mean, quality_equal=equal, note=said),
        row(f"{name}, updates a second", one["rate"], two["rate"], speed, quality_equal=equal),
    ]


if __name__ == "__main__":
    main()
