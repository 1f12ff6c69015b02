"""The gate: every built page, in a browser whose network is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

# Findings in the theme's own furniture, which we do not write: rule, then a part of its HTML.
THEME = [("region", "logo__image"), ("region", "logo__title")]

TYPESET = """async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
}"""
UNRENDERED = """() => [...document.querySelectorAll(".math")]
  .filter((node) => !node.querySelector("mjx-container") || node.querySelector("mjx-merror"))
  .map((node) => "mathematics: " + node.textContent.slice(0, 80))"""
CUT = """() => {
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  document.querySelectorAll(".toggle-hidden").forEach((fold) => {
    fold.classList.remove("toggle-hidden");
  });
  const right = (node) => node.getBoundingClientRect().right;
  return [...document.querySelectorAll(".math")]
    .filter((node) => node.getClientRects().length
      && [...node.querySelectorAll("mjx-c")].some((sign) => right(sign) > right(node) + 4))
    .map((node) => "cut at the right: " + node.textContent.slice(0, 80));
}"""
SIDEWAYS = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 0 ? [`scrolls sideways by ${wide} px`] : [];
}"""


def addresses(pages: Path) -> list[str]:
    """Every page but the one that only sends the browser to the first."""
    files = [path for path in sorted(pages.rglob("*.html")) if "_static" not in path.parts]
    return [path.as_uri() for path in files if 'http-equiv="Refresh"' not in path.read_text()]


def faults(pages: Path, visit, *checks: str, **how) -> dict[str, list[str]]:
    """What is wrong on which page, when opened so; {} is what we want."""
    found = {}
    for address in addresses(pages):
        it = visit(address, **how)
        it.page.evaluate(TYPESET)
        wrongs = [*it.wrongs, *(wrong for check in checks for wrong in it.page.evaluate(check))]
        if wrongs:
            found[Path(address).name] = wrongs
        it.page.context.close()
    return found


def test_pages_ask_for_nothing_and_typeset_all(pages: Path, visit) -> None:
    assert faults(pages, visit, UNRENDERED, CUT) == {}


def test_a_phone_needs_no_sideways_scroll_and_cuts_no_formula(pages: Path, visit) -> None:
    assert faults(pages, visit, SIDEWAYS, CUT, width=390) == {}


@pytest.mark.parametrize(
    ("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})]
)
def test_pages_are_accessible(pages: Path, visit, scheme: str, rules: dict) -> None:
    found = {}
    for address in addresses(pages):
        page = visit(address, scheme=scheme).page
        page.evaluate(TYPESET)
        page.wait_for_timeout(300)  # the quick questions and figures have built themselves
        result = Axe().run(page, options=rules).response["violations"]
        wrongs = [
            f"{rule['id']}: {node['html'][:150]} {node['failureSummary'][-150:]}"
            for rule in result
            for node in rule["nodes"]
            if not any(rule["id"] == known and part in node["html"] for known, part in THEME)
        ]
        if wrongs:
            found[Path(address).name] = wrongs
        page.context.close()
    assert found == {}
