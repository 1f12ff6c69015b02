"""Characters: tables that follow from the lexicon, texts that are spelt as they say."""

from __future__ import annotations

import pytest
import torch

from ilkit.envs.characters import ALPHABET, LOST, ROOT, SPACE, Characters
from ilkit.errors import InputError
from ilkit.rollout import collect, rollout


def typed(env: Characters, text: str) -> tuple[list[float], list[int]]:
    """The cost of each character of a text, and the place in the lexicon after it."""
    generator = torch.Generator().manual_seed(0)
    state, costs, places = env.reset(1, generator), [], []
    for letter in text:
        state, cost = env.step(state, torch.tensor([ALPHABET.index(letter)]), generator)
        costs.append(float(cost))
        places.append(int(env.place(state)))
    return costs, places


def test_a_careful_author_writes_words_of_the_lexicon_alone() -> None:
    env = Characters(horizon=60)
    demos = collect(env.expert, env, 50)
    assert demos.cost.sum() == 0
    written = [word for text in env.text(demos.act) for word in text.split(" ")[:-1]]
    assert set(written) <= set(env.lexicon)
    assert len(set(written)) > 20


def test_words_come_as_often_as_their_rank_says() -> None:
    env = Characters(horizon=5, words=5, seed=3)
    first = [text.split(" ")[0] for text in env.text(collect(env.expert, env, 20_000).act)]
    shares = torch.tensor([first.count(word) / len(first) for word in env.lexicon])
    wanted = 1 / torch.arange(1.0, 6)
    assert torch.allclose(shares, wanted / wanted.sum(), atol=0.015)


def test_right_characters_are_those_that_go_on_or_end_a_word() -> None:
    """Against the definition, from the list of words, for every prefix of up to three letters."""
    env = Characters(words=6, seed=1)
    prefixes = {word[:i] for word in env.lexicon for i in range(len(word) + 1)}
    for prefix in prefixes:
        place = typed(env, prefix)[1][-1] if prefix else ROOT
        for key, letter in enumerate(ALPHABET):
            right = prefix in env.lexicon if letter == " " else prefix + letter in prefixes
            assert bool(env.right[place, key]) == right


def test_a_slip_costs_until_the_space_that_ends_it() -> None:
    env = Characters(words=1)
    [word] = env.lexicon
    wrong = "a" if word[0] != "a" else "b"
    costs, places = typed(env, f"{wrong}ab {word} ")
    assert costs == [1, 1, 1, 0] + [0] * (len(word) + 1)
    assert places[:4] == [LOST, LOST, LOST, ROOT]
    assert typed(env, word[0] + " ")[0] == [0, 1]  # a word cut short
    assert typed(env, " ")[0] == [1]  # no word at all


def test_the_observation_tells_the_place() -> None:
    """What the policy sees determines the author's distribution, also after slips."""
    env = Characters(horizon=100, typos=0.3)
    demos = collect(env.expert, env, 100)
    place = env.place(demos.state.flatten(0, 1))  # type: ignore[union-attr]
    seen = [bytes(row.tolist()) for row in demos.obs.flatten(0, 1).argmax(-1)]
    told: dict[bytes, int] = {}
    assert all(told.setdefault(s, p) == p for s, p in zip(seen, place.tolist(), strict=True))
    assert (place == LOST).any()


def test_typos_come_as_often_as_they_should() -> None:
    env = Characters(horizon=40, typos=0.2)
    demos = collect(env.expert, env, 1000)
    state = demos.state.flatten(0, 1)  # type: ignore[union-attr]
    careful = Characters().right[env.place(state)].sum(1)
    expected = (0.2 * (9 - careful) / 9).mean()
    assert demos.cost.mean() == pytest.approx(float(expected), abs=0.005)


def test_lost_letters_are_drawn_in_another_colour() -> None:
    env = Characters()
    demos = rollout(lambda obs: torch.full((len(obs),), 1), env, 1)  # "bbbb..."
    assert demos.state is not None
    image = env.render(demos.state[0, [0, 8]])
    assert (image[0] == 245).all()
    assert {tuple(p) for p in image[1].reshape(-1, 3).tolist()} == {(245,) * 3, (213, 94, 0)}


def test_sizes_are_checked() -> None:
    assert len(set(Characters(words=40).lexicon)) == 40
    assert len(ALPHABET) - 1 == SPACE
    for words in (0, 37_377):
        with pytest.raises(InputError, match=r"1 to 37376 words, got 32 and"):
            Characters(words=words)
    with pytest.raises(InputError, match=r"Characters: expected typos in \[0, 1\)"):
        Characters(typos=1.0)
