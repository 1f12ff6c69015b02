"""What a homework asks for cannot be imported while it is graded; the rest of ilkit works."""

import importlib.util

import pytest

from ilkit.grading.execute import Session
from ilkit.grading.fork import forked
from ilkit.grading.source import homeworks
from ilkit.grading.withheld import listed, withhold

GONE = ["ilkit.losses", "ilkit.learners", "ilkit.policies.gaussian"]


WAYS = {  # a cell, and the module that it leans on
    "import ilkit.losses": "ilkit.losses",
    "from ilkit.losses import hinge": "ilkit.losses",
    "from ilkit import losses": "ilkit.losses",
    "import ilkit as il\nil.losses.hinge": "ilkit.losses",
    "import importlib\nimportlib.import_module('ilkit.losses')": "ilkit.losses",
    "import ilkit as il\nil.bc": "ilkit.learners",
    "from ilkit.learners.bc import bc": "ilkit.learners",
    "import ilkit as il\nil.Gaussian": "ilkit.policies.gaussian",
    "from ilkit.policies import Gaussian": "ilkit.policies.gaussian",
    "import ilkit.policies\nilkit.policies.gaussian": "ilkit.policies.gaussian",
    "import ilkit.policies.gaussian as g": "ilkit.policies.gaussian",
}
SCENE = """
import ilkit as il
env = il.Track(horizon=5)
demos = il.collect(env.expert, env, n=2)
policy = il.Deterministic(env)
il.fit(policy, demos, steps=1)
from ilkit.policies import Mixture
Mixture(env)
assert not hasattr(il.policies, "no_such_name")
"""


@pytest.mark.parametrize("before", ["", "import ilkit as il; il.losses, il.bc, il.Gaussian"])
def test_every_way_in_says_what_the_homework_asks_for_and_the_rest_works(before):
    def work() -> list[str]:
        exec(before, {})
        withhold(GONE)
        session = Session()
        return [str(session.run(cell, "cell")) for cell in [*WAYS, SCENE]]

    [told] = forked([work], jobs=1, cpu=300, wall=3600)
    refusal = "ImportError: {} is what this homework asks you to write"
    assert dict(zip(WAYS, told)) == {cell: refusal.format(home) for cell, home in WAYS.items()}
    assert told[-1] == "None", "what a scene needs of ilkit"


def test_homeworks_withhold_modules_that_exist(root):
    names = [name for homework in homeworks(root) for name in listed(homework.notebook.metadata)]
    assert "ilkit.losses" in names
    assert all(importlib.util.find_spec(name) for name in names)


def test_other_metadata_withholds_nothing():
    assert listed({}) == []
    assert listed({"ilkit": {"withheld": ["torch", 3, "ilkit.losses"]}}) == ["ilkit.losses"]
