"""Characters: write words of a small lexicon, one character a step; a slip may be mended."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ilkit.envs.base import Env
from ilkit.errors import InputError
from ilkit.spaces import Box, Discrete

ALPHABET = "abcdefgh "
SPACE = len(ALPHABET) - 1
LONGEST = 5  # letters of a word; the shortest have 3
WORDS = sum(SPACE**length for length in range(3, LONGEST + 1))  # that can be told apart
CONTEXT = LONGEST + 1  # characters that a writer sees
ROOT, LOST = 0, 1  # places in the lexicon: between words, and in what begins no word
FONT = ("25755", "65656", "34443", "65556", "74647", "74644", "34553", "55755", "00000")


class Characters(Env):
    """A language model's problem: state = prefix, action = next character (chapter 10).

    The lexicon holds `words` words of 3 to 5 letters, drawn from `seed`, the k-th with frequency
    proportional to 1 / k. A text is words with one space after each. A character is right if it
    goes on a word, or is the space after a whole one; once the letters since the last space begin
    no word, the space alone is right: it ends the misspelt word.

    The cost of a step is 1 if the character is not right, else 0.

    State [n, 8]: the last six characters as numbers, the place in the lexicon that they lead to,
    and a uniform number for the author. The observation [6, 9] is the six characters, a row each
    with a 1 in the character's column: as words are shorter, nothing earlier matters.

    The expert is an author who draws the next word by its frequency. With probability `typos` a
    step it hits any key at all, and so its texts show how slips are mended.
    """

    name = "characters"

    def __init__(
        self, horizon: int = 32, words: int = 24, typos: float = 0.0, seed: int = 0
    ) -> None:
        if not (isinstance(horizon, int) and horizon >= 1 and 1 <= words <= WORDS):
            raise InputError(
                f"Characters: expected a whole horizon >= 1 and 1 to {WORDS} words, got "
                f"{horizon} and {words}."
            )
        if not 0 <= typos < 1:
            raise InputError(f"Characters: expected typos in [0, 1), got {typos}.")
        self.horizon, self.typos = horizon, typos
        self.obs_space, self.act_space = Box((CONTEXT, SPACE + 1), 0.0, 1.0), Discrete(SPACE + 1)
        self.lexicon = _lexicon(words, seed)
        self.following, careful = _tables(self.lexicon)
        self.right = careful > 0
        self.author = (1 - typos) * careful + typos / len(ALPHABET)

    def reset(self, n: int, generator: Generator) -> Tensor:
        blank = torch.full((n, CONTEXT), float(SPACE))
        return self._packed(blank, torch.full((n,), ROOT), generator)

    def observe(self, state: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(state[:, :CONTEXT].long(), SPACE + 1).float()

    def expert_view(self, state: Tensor) -> Tensor:
        return state

    def step(self, state: Tensor, act: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        place = self.place(state)
        seen = torch.cat([state[:, 1:CONTEXT], act[:, None].float()], 1)
        cost = 1 - self.right[place, act].float()
        return self._packed(seen, self.following[place, act], generator), cost

    def expert(self, view: Tensor) -> Tensor:
        """A draw from the author's distribution, by the uniform number in its view."""
        below = self.author[self.place(view)].cumsum(1) <= view[:, -1:]
        return below.sum(1).clamp(max=SPACE)

    def place(self, state: Tensor) -> Tensor:
        """Where in the lexicon the letters since the last space lead, [n] int64.

        The rows of the tables `following` (next place), `right` and `author` (probability), all
        [places, 9].
        """
        return state[..., CONTEXT].long()

    def text(self, act: Tensor) -> list[str]:
        """What was written: a string for each row of [n, H]."""
        return ["".join(ALPHABET[i] for i in row) for row in act.tolist()]

    def render(self, state: Tensor) -> Tensor:
        """The last six characters, in vermilion once they begin no word."""
        glyphs = torch.tensor([[[int(c) >> b & 1 for b in (2, 1, 0)] for c in g] for g in FONT])
        ink = torch.zeros(len(state), 9, 4 * CONTEXT + 1, dtype=torch.bool)
        for i in range(CONTEXT):
            ink[:, 2:7, 4 * i + 1 : 4 * i + 4] = glyphs[state[:, i].long()] > 0
        image = torch.full((*ink.shape, 3), 245, dtype=torch.uint8)
        colours = torch.tensor([[0, 90, 160], [213, 94, 0]], dtype=torch.uint8)
        colour = colours[(self.place(state) == LOST).long()][:, None, None]
        image = torch.where(ink[..., None], colour, image)
        return image.repeat_interleave(4, 1).repeat_interleave(4, 2)

    def _packed(self, seen: Tensor, place: Tensor, generator: Generator) -> Tensor:
        chance = torch.rand(len(seen), 1, generator=generator)
        return torch.cat([seen, place[:, None].float(), chance], 1)


def _lexicon(words: int, seed: int) -> list[str]:
    """Different random words, the most frequent first."""
    generator = torch.Generator().manual_seed(seed)
    found: dict[str, None] = {}
    while len(found) < words:
        length = int(torch.randint(3, LONGEST + 1, (), generator=generator))
        letters = torch.randint(SPACE, (length,), generator=generator).tolist()
        found["".join(ALPHABET[i] for i in letters)] = None
    return list(found)


def _tables(lexicon: list[str]) -> tuple[Tensor, Tensor]:
    """Next places and a careful author's probabilities, both [places, 9]."""
    begun = {word[:i] for word in lexicon for i in range(1, len(word) + 1)}
    places = {"": ROOT, **{letters: i for i, letters in enumerate(sorted(begun), LOST + 1)}}
    following = torch.full((len(places) + 1, SPACE + 1), LOST)
    following[:, SPACE] = ROOT
    weight = torch.zeros(following.shape)
    weight[LOST, SPACE] = 1
    for rank, word in enumerate(lexicon, 1):
        for i, letter in enumerate(word + " "):
            place, key = places[word[:i]], ALPHABET.index(letter)
            weight[place, key] += 1 / rank
            if letter != " ":
                following[place, key] = places[word[: i + 1]]
    return following, weight / weight.sum(1, keepdim=True)
