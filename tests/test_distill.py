"""Distillation: losses that are the divergences, states that are the student's."""

from __future__ import annotations

import pytest
import torch

from ilkit.divergences import ALL, KL, REVERSE_KL
from ilkit.envs import Characters, Track
from ilkit.envs.characters import LOST
from ilkit.errors import InputError
from ilkit.learners.bc import bc
from ilkit.learners.distill import distill, distill_rounds, log_probs, matching, sampler
from ilkit.policies import Categorical, Deterministic, Network
from ilkit.rollout import rollout


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
def test_the_loss_is_the_divergence_from_teacher_to_student(divergence) -> None:
    env = Characters()
    teacher, student = (Categorical(env, Network(hidden=(16,)), seed=i) for i in range(2))
    obs = rollout(teacher, env, 5).obs.flatten(0, 1)
    loss = matching(log_probs(teacher), divergence)(student, obs)
    p, q = (log_probs(each)(obs).double().exp() for each in (teacher, student))
    p, q = p / p.sum(1, keepdim=True), q / q.sum(1, keepdim=True)
    assert torch.allclose(loss.double(), divergence.exact(p, q), atol=1e-5)
    assert float(matching(log_probs(teacher), divergence)(teacher, obs).detach().abs().max()) < 1e-6


@pytest.mark.parametrize("divergence", [KL, REVERSE_KL], ids=lambda d: d.name)
def test_a_blind_student_takes_the_mean_that_its_divergence_prefers(divergence) -> None:
    """It cannot see which of two distributions is due. KL is least at their arithmetic mean,
    reverse KL at their normalised geometric mean."""
    env = Characters(horizon=2)
    student = Categorical(env, "linear")
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.zero_()
    rows = torch.full((2, 9), 0.001)
    rows[:, :2] = torch.tensor([[0.70, 0.293], [0.02, 0.973]])
    obs = torch.zeros(2, 6, 9)  # both alike to the student

    def teacher(obs: torch.Tensor) -> torch.Tensor:
        return rows.log()

    optimiser = torch.optim.Adam(student.parameters(), 0.05)
    for _ in range(400):
        loss = matching(teacher, divergence)(student, obs).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found = log_probs(student)(obs[:1])[0].exp()
    mean = rows.mean(0) if divergence is KL else rows.log().mean(0).exp()
    assert torch.allclose(found, mean / mean.sum(), atol=2e-3)


def test_later_rounds_visit_what_the_student_writes() -> None:
    env = Characters()
    teacher = Categorical(env, seed=1)
    student = Categorical(env, Network(hidden=(4,)), seed=2)
    rounds = list(
        distill_rounds(student, env, teacher, rounds=2, episodes=3, seed=7, steps=20, batch=16)
    )
    data = rounds[-1].demos
    assert data.source == ("teacher",) * 3 + ("student 1",) * 3 + ("student 2",) * 3
    assert [each.demos.steps for each in rounds] == [96, 192, 288]
    first = rollout(rounds[0].policy, env, 3, seed=8)
    assert torch.equal(data[3:6].obs, first.obs)


def test_a_teachers_texts_are_drawn_from_its_distribution() -> None:
    env = Characters(horizon=1)
    teacher = log_probs(Categorical(env, seed=5))
    act = rollout(sampler(teacher), env, 20_000).act[:, 0]
    shares = torch.bincount(act, minlength=9) / len(act)
    wanted = teacher(env.observe(env.reset(1, torch.Generator())))[0].exp()
    assert torch.allclose(shares, wanted, atol=0.012)


def test_the_author_can_be_the_teacher() -> None:
    """Any callable teaches: here the exact distribution, looked up by what is seen."""
    env = Characters(words=3)
    texts = rollout(env.expert, env, 200, view=True)
    assert texts.state is not None
    code = 9 ** torch.arange(6)
    place = torch.full((9**6,), LOST)
    place[texts.obs.flatten(0, 1).argmax(-1) @ code] = env.place(texts.state.flatten(0, 1))

    def author(obs: torch.Tensor) -> torch.Tensor:
        return (env.author[place[obs.argmax(-1) @ code]] + 1e-6).log()

    student = distill(
        Categorical(env), env, author, divergence=KL, rounds=1, steps=300, lr=3e-3, batch=64
    )
    assert rollout(student, env, 50, seed=9).cost.mean() < 0.02


def test_students_must_be_categorical() -> None:
    env = Characters()
    with pytest.raises(InputError, match="expected a Categorical student with chunk=1"):
        distill(Categorical(env, chunk=2), env, Categorical(env), steps=1)
    with pytest.raises(InputError, match=r"teacher: expected log-probabilities \[2, 9\], got"):
        matching(lambda obs: torch.zeros(len(obs), 1), KL)(Categorical(env), torch.zeros(2, 6, 9))
    track = Track(horizon=3)
    with pytest.raises(InputError, match="got Deterministic"):
        bc(
            Deterministic(track),
            rollout(track.expert, track, 1),
            loss=matching(log_probs(Categorical(env)), KL),
            steps=1,
        )
