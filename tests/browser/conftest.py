"""A browser without a network, and a page that keeps a record of what goes wrong on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page


@dataclass
class Visit:
    """An open page and its sins: requests to elsewhere, failed requests, console messages."""

    page: Page
    wrongs: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """visit(address, width=, scheme=, host=) opens a page that can reach files and `host` alone."""
    contexts = []

    def open_page(
        address: str, width: int = 1280, scheme: str = "light", host: str = "file://", **more: bool
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **more
        )
        context.set_default_timeout(120_000)  # a machine may be busy
        contexts.append(context)
        visit = Visit(context.new_page())
        local = (host, host.replace("http:", "ws:"), "file://", "data:", "blob:", "about:")

        def gate(route) -> None:
            if route.request.url.startswith(local):
                return route.continue_()
            visit.wrongs.append(f"asks for {route.request.url}")
            return route.abort()

        context.route("**/*", gate)
        page = visit.page
        page.on("requestfailed", lambda request: visit.wrongs.append(f"lacks {request.url}"))
        page.on("pageerror", lambda error: visit.wrongs.append(f"raises {error}"))
        page.on(
            "console",
            lambda message: (
                visit.wrongs.append(f"logs {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.goto(address)
        return visit

    yield open_page
    for context in contexts:
        context.close()
