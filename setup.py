"""What pyproject.toml cannot say: the wheel carries the stored results of the claims."""

from setuptools import find_packages, setup

RESULTS = "ilkit.experiments.results"

setup(
    packages=[*find_packages(include=["ilkit*"]), RESULTS],
    package_dir={RESULTS: "book/results"},
)
