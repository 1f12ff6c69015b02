"""nbgrader's own page, in a real browser: it shows the grades, and confirms a flagged one."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

TINY = "tiny"
ANSWERS_ALL = """
import sys
answers = sys.modules["ilkit.grading.answer"]
answers.find = lambda name: lambda x=1, *more: 2 * x
def double(x):
    return 2 * x
"""


@pytest.fixture
def formgrader(course):
    """The address of formgrader's page on a Jupyter server in the course's folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}"]
    command += ["--allow-root", "--IdentityProvider.token=secret"]
    command += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    nowhere = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=course, stdout=nowhere, stderr=nowhere)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    while True:
        try:
            urllib.request.urlopen(f"{address}/api")
            break
        except OSError:
            assert time.monotonic() < deadline, "the Jupyter server did not start"
            time.sleep(0.3)
    yield address
    server.terminate()
    server.wait(60)


def test_grades_are_shown_and_a_flagged_one_is_confirmed(
    submit, grade, gradebook, formgrader, browser
):
    submit("ada")
    submit("bob", triple="def triple(x):\n    return 2 * x")
    submit("eve", double=ANSWERS_ALL)
    rows = grade()
    assert rows["eve"]["flags"]
    assert gradebook()["eve"]["open"]
    page = browser.new_page(extra_http_headers={"Authorization": "token secret"})
    page.goto(f"{formgrader}/formgrader/manage_submissions/{TINY}")
    page.locator("tbody td", has_text="ada").first.wait_for()
    told = {name: page.locator("tbody tr", has_text=name).inner_text() for name in rows}
    assert "100 / 100" in told["ada"]
    assert "70 / 100" in told["bob"]
    waiting = {name: "needs manual grading" in text for name, text in told.items()}
    assert waiting == {"ada": False, "bob": False, "eve": True}
    confirm(page, formgrader)
    deadline = time.monotonic() + 30
    while gradebook()["eve"]["open"]:
        assert time.monotonic() < deadline, "what was confirmed by hand is still open"
        time.sleep(0.3)
    page.close()


def confirm(page, formgrader):
    """Give each part of the one that waits its points by hand."""
    page.goto(f"{formgrader}/formgrader/gradebook/{TINY}/{TINY}")
    waiting = page.locator("tbody tr", has=page.locator("td.needs-manual-grade span"))
    waiting.locator("a:visible").click()
    page.locator("input.score").first.wait_for()
    for box in page.locator("input.score").all():
        box.fill("0")
        box.press("Tab")
