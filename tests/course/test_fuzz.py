"""Bytes that nobody thought of: a fuzzer led by coverage, on all that reads what students send."""

import json
import platform
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

SECONDS = 60
HERE = (platform.system(), platform.machine()) == ("Linux", "x86_64")


def on_intake():
    """What to feed, and good examples to start from."""
    from ilkit.grading.intake import RefusedError, parse

    def one(data: bytes) -> None:
        with suppress(RefusedError):
            for cell in parse(data):
                cell.source.encode()

    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "a"}}, "source": ["x"]}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return one, [json.dumps(notebook).encode()]


def on_wire():
    """What to feed, and good examples to start from."""
    import numpy as np

    from ilkit.grading.wire import LENGTH, WireError, decode, encode

    def one(data: bytes) -> None:
        text, _, arrays = data.partition(b"\n")  # a length that fits is more than luck
        for frame in (data, LENGTH.pack(len(text)) + text + arrays):
            with suppress(WireError):
                decode(frame)

    given = ["ok", {"a": np.arange(6.0).reshape(2, 3), 1: [None, True, 1.5]}]
    frame = encode(given)
    end = LENGTH.size + LENGTH.unpack_from(frame)[0]
    return one, [frame, frame[LENGTH.size : end] + b"\n" + frame[end:]]


@pytest.mark.slow
@pytest.mark.skipif(not HERE, reason="atheris has no wheel for this machine")
@pytest.mark.parametrize("target", ["intake", "wire"])
def test_a_minute_of_fuzzing_finds_nothing(target, tmp_path):
    command = [sys.executable, __file__, target, str(tmp_path), str(SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    [runs] = re.findall(r"Done (\d+) runs", done.stderr)
    assert int(runs) > 10_000


def fuzz(target: str, folder: str, seconds: str) -> None:
    """Run in a process of its own, which the fuzzer ends; a finding is left in the folder."""
    import atheris

    modules = ["ilkit.grading.intake", "ilkit.grading.wire", "json.decoder"]
    with atheris.instrument_imports(include=modules):
        one, examples = {"intake": on_intake, "wire": on_wire}[target]()
    corpus = Path(folder) / "corpus"
    corpus.mkdir()
    for number, example in enumerate(examples):
        (corpus / str(number)).write_bytes(example)
    limits = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=100000", "-seed=1"]
    atheris.Setup([target, str(corpus), f"-max_total_time={seconds}", *limits], one)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(*sys.argv[1:])
