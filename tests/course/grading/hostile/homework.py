# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   ilkit:
#     withheld: [ilkit.losses, ilkit.MARK]
# ---

# %% nbgrader={"grade_id": "setup"}
import numpy as np
import torch


# %% nbgrader={"grade_id": "first", "solution": true}
### BEGIN SOLUTION
def first(x):
    return 2 * x  # CANARY


### END SOLUTION

# %% nbgrader={"grade_id": "first-check"}
assert first(1) == 2

# %% nbgrader={"grade_id": "first-test", "points": 10}
### BEGIN HIDDEN TESTS
import numpy as np  # CANARY
from ilkit.grading import expect, student

x = np.random.default_rng(student.seed("first")).normal(size=4)
expect.close(student.call("first", x), 2 * x, "first doubles")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "attack", "solution": true}
### BEGIN SOLUTION
def attack(x):
    return 3 * x  # CANARY


### END SOLUTION

# %% nbgrader={"grade_id": "attack-check"}
assert attack(1) == 3

# %% nbgrader={"grade_id": "attack-test", "points": 40}
### BEGIN HIDDEN TESTS
import numpy as np  # CANARY

from ilkit.grading import expect, student

x = np.random.default_rng(student.seed("attack")).normal(size=4)
expect.close(student.call("attack", x), 3 * x, "attack triples")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "drive", "solution": true}
### BEGIN SOLUTION
def drive(step, x):
    for _ in range(3):
        x = step(x)
    return x  # CANARY


### END SOLUTION

# %% nbgrader={"grade_id": "drive-test", "points": 20}
### BEGIN HIDDEN TESTS
import numpy as np  # CANARY

from ilkit.grading import expect, student

offset = np.random.default_rng(student.seed("drive")).normal(size=4)
visited = []


def step(x, factor=0.5):
    visited.append(x)
    return factor * np.asarray(x) + offset


got = student.call("drive", step, np.ones(4))
expect.close(len(visited), 3, "drive takes three steps")
expect.close(got, 0.125 + 1.75 * offset, "drive returns where it ends")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "Model", "solution": true}
### BEGIN SOLUTION
class Model:
    def __init__(self, factor):
        self.factor = factor

    def act(self, x):
        return self.factor * x  # CANARY


### END SOLUTION

# %% nbgrader={"grade_id": "Model-test", "points": 20}
### BEGIN HIDDEN TESTS
import numpy as np  # CANARY

from ilkit.grading import expect, student

x, factor = np.random.default_rng(student.seed("Model")).normal(size=(2, 4))
model = student.new("Model", factor)
expect.close(student.call("Model.act", model, x), factor * x, "Model multiplies")
### END HIDDEN TESTS


# %% nbgrader={"grade_id": "last", "solution": true}
### BEGIN SOLUTION
def last(x):
    return -x  # CANARY


### END SOLUTION

# %% nbgrader={"grade_id": "last-test", "points": 10}
### BEGIN HIDDEN TESTS
import numpy as np  # CANARY

from ilkit.grading import expect, student

x = np.random.default_rng(student.seed("last")).normal(size=4)
expect.close(student.call("last", x), -x, "last negates")
### END HIDDEN TESTS
