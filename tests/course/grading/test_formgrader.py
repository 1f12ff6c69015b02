"""nbgrader's own page, in a real browser: it shows the grades, and confirms a flagged one."""

import subprocess
import sys

TINY = "tiny"
ANSWERS_ALL = """
import sys
answers = sys.modules["ilkit.grading.answer"]
answers.find = lambda name: lambda x=1, *more: 2 * x
def double(x):
    return 2 * x
"""


def test_grades_are_shown_and_a_flagged_one_is_confirmed(
    submit, grade, gradebook, course, serve, browser
):
    submit("ada")
    submit("bob", triple="def triple(x):\n    return 2 * x")
    submit("eve", double=ANSWERS_ALL)
    rows = grade()
    assert rows["eve"]["flags"]
    assert gradebook()["eve"]["open"]
    formgrader = f"{serve(course)}/formgrader"
    page = browser.new_page(extra_http_headers={"Authorization": "token secret"})
    page.set_default_timeout(120_000)  # a machine may be busy
    page.goto(f"{formgrader}/manage_submissions/{TINY}")
    page.locator("tbody td", has_text="ada").first.wait_for()
    told = {name: page.locator("tbody tr", has_text=name).inner_text() for name in rows}
    assert "100 / 100" in told["ada"]
    assert "70 / 100" in told["bob"]
    waiting = {name: "needs manual grading" in text for name, text in told.items()}
    assert waiting == {"ada": False, "bob": False, "eve": True}
    confirm(page, formgrader)
    assert not gradebook()["eve"]["open"]
    page.close()


def confirm(page, formgrader):
    """Give each part of the one that waits its points by hand."""
    page.goto(f"{formgrader}/gradebook/{TINY}/{TINY}")
    waiting = page.locator("tbody tr", has=page.locator("td.needs-manual-grade span"))
    waiting.locator("a:visible").click()
    page.locator("input.score.needs_manual_grade").first.wait_for()  # the page listens from then
    for box in page.locator("input.score").all():
        with page.expect_response("**/api/grade/*") as saved:
            box.fill("0")
            box.press("Tab")
        assert saved.value.ok


def test_stock_autograde_flags_the_same(submit, course, gradebook):
    submit("ada")
    submit("eve", double=ANSWERS_ALL)
    for words in (["generate_assignment", TINY, "--force"], ["autograde", TINY]):
        subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=course, check=True)
    found = gradebook()
    assert {name: entry["flagged"] for name, entry in found.items()} == {"ada": False, "eve": True}
    assert {name: entry["open"] for name, entry in found.items()} == {"ada": False, "eve": True}
    assert found["ada"]["scores"] == {"double": 30, "triple": 30, "negate": 40}
