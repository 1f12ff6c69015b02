"""A process that answers for names that nobody defined is told from one that does not."""

import pytest

from ilkit.grading import canary, student
from ilkit.grading.answer import Answers
from ilkit.grading.border import GoneError


class Asked:
    """Stands for a border: its host answers as this function does."""

    def __init__(self, answer) -> None:
        self.reply = answer


def gone(request, back):
    raise GoneError("your code ended the process that ran it")


@pytest.mark.parametrize(
    ("answer", "flags"),
    [
        (Answers().reply, []),
        (lambda request, back: ("ok", None), [canary.CHANGED]),
        (lambda request, back: ("error", "NameError", "what?"), [canary.CHANGED]),
        (
            lambda request, back: ("error", "NotImplementedError", "not written yet"),
            [canary.CHANGED],
        ),
        (gone, [canary.ENDED]),
    ],
    ids=["honest", "to all", "other words", "unwritten", "dead"],
)
def test_only_an_honest_process_lacks_a_name_in_the_known_words(answer, flags):
    assert canary.flags(Asked(answer)) == flags
    with pytest.raises(student.StudentError, match="nobody_has_this is not defined"):
        student.call("nobody_has_this")  # the door leads here again


@pytest.mark.parametrize("kind", ["value", "call", "new", "grad"])
def test_each_way_of_asking_is_tried(kind):
    def answer(request, back):
        asked = kind.encode() in request[:40]
        return ("ok", None) if asked else Answers().reply(request, back)

    assert canary.flags(Asked(answer)) == [canary.CHANGED]
