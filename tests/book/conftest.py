"""The cells of a chapter that are tagged from-scratch, run for the tests of that chapter."""

from collections.abc import Iterator
from typing import Any

import jupytext
import pytest


def sources(module: Any) -> Iterator[str]:
    """The from-scratch cells of the test module's CHAPTER, in order."""
    for cell in jupytext.read(module.CHAPTER).cells:
        if "from-scratch" in cell.metadata.get("tags", []):
            yield cell.source


@pytest.fixture(scope="module")
def scratch(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """The names that each cell leaves behind, run alone on those of the test module's GIVEN."""
    found = []
    for source in sources(request.module):
        found.append(dict(request.module.GIVEN))
        exec(source, found[-1])
    return found


@pytest.fixture(scope="module")
def chapter(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The names that the cells leave behind, run one after the other on those of GIVEN."""
    names = dict(request.module.GIVEN)
    for source in sources(request.module):
        exec(source, names)
    return names
