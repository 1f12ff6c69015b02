"""A class of attackers between honest students, graded once for each file of tests and each rung.

A file of tests says in ATTACKS which of attacks/*.py hand in. There, a cell is an answer:

    # %% equal to everything part="Model" lost="last" says="no number" stock="40"

part   whose answer it is; "attack" unless it says so
lost   parts of its own that the attack breaks
says   what the grader says of the part
beyond words of what a rung says that it cannot stop: there it is left out
stock  points that the attack gets for the part from plain nbgrader: see test_hostile_stock
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ilkit.grading.walls import ladder

sys.path[:0] = [str(Path(__file__).parent)]
from hostile_report import CHECKS, Report, graded  # noqa: E402
from hostile_target import HONEST, Target, attacks  # noqa: E402

RUNGS = ("namespaces", "landlock", "bubblewrap")
SLOW = {"test_hostile_answers", "test_hostile_endings", "test_hostile_notebooks"}  # on bubblewrap


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SLOW and item.callspec.params.get("walls") == "bubblewrap":
            item.add_marker(pytest.mark.slow)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack" in metafunc.fixturenames:
        found = attacks(*metafunc.module.ATTACKS)
        metafunc.parametrize("attack", found, ids=[attack.name for attack in found])
    if "check" in metafunc.fixturenames:
        metafunc.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])


@pytest.fixture(scope="module", params=RUNGS)
def walls(request: pytest.FixtureRequest) -> str:
    """The name of a rung. CI must reach all of them; elsewhere one may be missing, loudly."""
    [lacking] = [rung.lacking() for rung in ladder.LADDER if rung.name == request.param]
    if lacking and os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(f"{request.param} is not reached, and CI must: {lacking}")
    if lacking:
        pytest.skip(f"THE RUNG {request.param} WAS NOT ATTACKED: {lacking}")
    return str(request.param)


@pytest.fixture(scope="module")
def target(root: Path, tmp_path_factory: pytest.TempPathFactory, walls: str) -> Iterator[Target]:
    made = Target(tmp_path_factory.mktemp("hostile"), root)
    yield made
    for listener in made.listeners:
        listener.close()


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest, target: Target, walls: str) -> Report:
    """The class handed in and graded, less what the rung declares that it cannot stop."""
    missed = " ".join(ladder.pick(walls).misses)
    found = [a for a in attacks(*request.module.ATTACKS) if not a.beyond or a.beyond not in missed]
    for student in HONEST:
        target.submit(student)
    for attack in found:
        target.submit(attack.student, **{attack.part: target.known() + attack.source})
    if hasattr(request.module, "hand_in"):
        request.module.hand_in(target)
    return graded(target, walls, *request.module.WORDS)
