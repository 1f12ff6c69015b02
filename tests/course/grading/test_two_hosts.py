"""A cluster of two hosts, each in a network of its own: nothing is lost when one of them dies."""

import contextlib
import os
import shutil
import subprocess
import sys

import distributed
import pytest

HERE = "10.213.0.1"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@pytest.fixture(scope="module")
def networks():
    """The names of two network namespaces that reach this one through a bridge."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail("no `ip` on this machine, and CI must have it: .ci/run installs iproute2")
        pytest.skip("TWO HOSTS WERE NOT TESTED: this needs root and iproute2")
    tag = f"il{os.getpid() % 10000}"
    names = [f"{tag}a", f"{tag}b"]
    with contextlib.ExitStack() as stack:
        ip("link", "add", tag, "type", "bridge")
        stack.callback(ip, "link", "del", tag)
        ip("addr", "add", f"{HERE}/24", "dev", tag)
        ip("link", "set", tag, "up")
        for number, name in enumerate(names, 2):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{name}0", "master", tag, "up")
            ip("-n", name, "addr", "add", f"10.213.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "link", "set", "eth0", "up")
        yield names


@pytest.fixture
def hosts(networks, tmp_path):
    """The scheduler's address, and a worker's process on each host."""
    with contextlib.ExitStack() as stack:

        def start(words: list[str], network: str = "") -> subprocess.Popen:
            inside = ["ip", "netns", "exec", network] if network else []
            command = [*inside, sys.executable, "-m", "dask", *words]
            with open(tmp_path / "dask.log", "ab") as log:
                process = subprocess.Popen(
                    command, stdout=log, stderr=log, cwd=tmp_path, start_new_session=True
                )
            stack.callback(process.wait, 60)
            stack.callback(process.kill)
            return process

        start(["scheduler", "--host", HERE, "--port", "8786", "--no-dashboard"])
        address = f"tcp://{HERE}:8786"
        options = ["worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        workers = [start(options, network) for network in networks]
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, workers


@pytest.mark.slow
def test_two_hosts_of_which_one_dies_give_the_grades_of_one(
    submit_many, grade, gradebook, hosts, disturbed
):
    submit_many(24)
    grade()
    before = gradebook()
    address, workers = hosts
    assert len(disturbed(workers[0].kill, "--scheduler", address)) == 24
    assert gradebook() == before
