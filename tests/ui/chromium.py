"""A real Chromium: pages opened in it, questions asked there, and what a page did unasked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

MARKS = [
    pytest.mark.browser,
    # Gradio sums up its queue now and then with an option that pandas 3 has deprecated.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
SLOW_MS = 30_000  # a shared machine; nothing here is a measurement


@dataclass
class Seen:
    """What a page did unasked: errors in the console, and every address it asked for."""

    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def elsewhere(self, *origins: str) -> list[str]:
        return [
            url
            for url in self.asked
            if not url.startswith((*(f"{origin}/" for origin in origins), "data:"))
        ]


@contextmanager
def opened(browser: Browser, url: str, **context: Any) -> Iterator[tuple[Page, Seen]]:
    """Open an address in a browser of its own, which has never been there."""
    values = {"viewport": {"width": 1200, "height": 800}, "reduced_motion": "reduce"} | context
    fresh: BrowserContext = browser.new_context(**values)
    fresh.set_default_timeout(SLOW_MS)
    page, seen = fresh.new_page(), Seen()
    seen.watch(page)
    page.goto(url)
    try:
        yield page, seen
    finally:
        fresh.close()


def ask(page: Any, question: str, status: str = "answered") -> None:
    """Type a question, send it with Enter, wait for the answer."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator(f".exchange:last-child .reply.{status}")).to_be_visible()
