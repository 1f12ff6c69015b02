"""Cloning, DAgger and GAIL as `imitation` 1.0 does them: theirs.py TASK.json DEMOS.npz prints JSON.

Runs where `requirements.txt` beside it is installed, and knows nothing of ilkit: the task comes as
JSON (see `compare.py`), the demonstrations as arrays obs_0, act_0, obs_1, ...
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import gymnasium
import numpy as np
from imitation.algorithms import bc
from imitation.algorithms.adversarial.gail import GAIL
from imitation.algorithms.dagger import SimpleDAggerTrainer
from imitation.data import rollout, types
from imitation.data.wrappers import RolloutInfoWrapper
from imitation.policies.base import NonTrainablePolicy
from imitation.rewards.reward_nets import BasicRewardNet
from imitation.util.networks import RunningNorm
from imitation.util.util import make_vec_env
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy


class Expert(NonTrainablePolicy):
    """The task's hand-written controller: right if the weighted sum of the state is positive."""

    weights = np.zeros(4)

    def _choose_action(self, obs):
        return np.array(int(obs @ self.weights > 0))


def trajectories(path):
    arrays = np.load(path)
    count = len(arrays.files) // 2
    return [
        types.Trajectory(arrays[f"obs_{i}"], arrays[f"act_{i}"], infos=None, terminal=True)
        for i in range(count)
    ]


def cloner(venv, demos, task, rng):
    return bc.BC(
        observation_space=venv.observation_space,
        action_space=venv.action_space,
        demonstrations=rollout.flatten_trajectories(demos),
        rng=rng,
        batch_size=task["batch"],
    )


def cloning(venv, demos, task, rng):
    learner = cloner(venv, demos, task, rng)
    learner.train(n_batches=task["updates"], progress_bar=False)
    return learner.policy, task["updates"]


def dagger(venv, demos, task, rng):
    learner = cloner(venv, demos, task, rng)
    with tempfile.TemporaryDirectory() as folder:
        trainer = SimpleDAggerTrainer(
            venv=venv,
            scratch_dir=folder,
            expert_policy=Expert(venv.observation_space, venv.action_space),
            bc_trainer=learner,
            expert_trajs=demos,
            rng=rng,
        )
        while trainer.round_num < task["rounds"]:
            collector = trainer.create_trajectory_collector()
            rollout.generate_trajectories(
                policy=trainer.expert_policy,
                venv=collector,
                sample_until=rollout.make_min_episodes(task["episodes"]),
                deterministic_policy=True,
                rng=rng,
            )
            trainer.extend_and_update({"n_batches": task["updates"], "progress_bar": False})
    return trainer.policy, task["updates"] * task["rounds"]


def gail(venv, demos, task, rng):
    learner = PPO("MlpPolicy", venv, batch_size=64, ent_coef=0.0, learning_rate=4e-4, gamma=0.95,
                  n_epochs=5, seed=int(rng.integers(2**31)))  # fmt: skip
    critic = BasicRewardNet(
        venv.observation_space, venv.action_space, normalize_input_layer=RunningNorm
    )
    trainer = GAIL(
        demonstrations=demos,
        demo_batch_size=min(1024, sum(len(demo) for demo in demos)),
        gen_replay_buffer_capacity=512,
        n_disc_updates_per_round=8,
        venv=venv,
        gen_algo=learner,
        reward_net=critic,
        allow_variable_horizon=True,
    )
    trainer.train(task["gail_steps"])
    return learner, task["gail_steps"]


def main():
    task = json.loads(Path(sys.argv[1]).read_text())
    demos = trajectories(sys.argv[2])
    Expert.weights = np.array(task["weights"])
    gymnasium.register(
        "Task-v0", "gymnasium.envs.classic_control:CartPoleEnv", max_episode_steps=task["horizon"]
    )
    answer = {}
    for name, learn in {"cloning": cloning, "DAgger": dagger, "GAIL": gail}.items():
        returns, took, done = [], 0.0, 0
        for seed in range(task["seeds"]):
            rng = np.random.default_rng(seed)
            venv = make_vec_env(
                "Task-v0",
                rng=rng,
                n_envs=task["episodes"] if name == "DAgger" else 8,
                post_wrappers=[lambda env, _: RolloutInfoWrapper(env)],
            )
            start = time.perf_counter()
            policy, work = learn(venv, demos, task, rng)
            took, done = took + time.perf_counter() - start, done + work
            returns.append(float(evaluate_policy(policy, venv, task["trials"])[0]))
        answer[name] = {"returns": returns, "rate": done / took}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
