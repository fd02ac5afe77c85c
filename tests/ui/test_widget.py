"""The widget in a real Chromium: on a page that is allowed, and on one that is not."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.ui.chromium import MARKS, SLOW_MS, ask, opened
from tests.ui.scripted_chain import CHILDREN, Script, serving

pytestmark = MARKS
BLOG_POLICY = (
    "default-src 'none'; script-src {server}; frame-src {server}; connect-src {server}; "
    "style-src 'unsafe-inline'; img-src data:"
)
BLOG = """<!doctype html><title>A blog</title><link rel=icon href=data:,>
<style>div, button, iframe {{ display: none !important; }}</style>
<h1>A blog</h1><script src="{server}/widget.js" async></script>"""


class Blog(BaseHTTPRequestHandler):
    """Somebody's page with the widget, under a strict policy and rules that would break it."""

    server_at = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", BLOG_POLICY.format(server=self.server_at))
        self.end_headers()
        self.wfile.write(BLOG.format(server=self.server_at).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Embedding:
    """A server that allows one origin, and a blog that is reached as that origin and as another."""

    server: str
    allowed: str
    forbidden: str


@pytest.fixture
def embedding(one_embedding: Embedding, script: Script) -> Embedding:
    """Return the addresses, the script rewound."""
    return one_embedding


@pytest.fixture(scope="module")
def one_embedding(one_script: Script) -> Iterator[Embedding]:
    blog = ThreadingHTTPServer(("127.0.0.1", 0), type("ThisBlog", (Blog,), {}))
    thread = threading.Thread(target=blog.serve_forever)
    thread.start()
    port = blog.server_address[1]
    allowed, forbidden = f"http://localhost:{port}", f"http://127.0.0.1:{port}"
    try:
        with serving(one_script.chain(), allowed_origins=(allowed,)) as server:
            blog.RequestHandlerClass.server_at = server  # type: ignore[attr-defined]
            yield Embedding(server, allowed, forbidden)
    finally:
        blog.shutdown()
        thread.join()
        blog.server_close()


def widget_button(page: Page) -> dict[str, Any]:
    """Return what assistive technology is told of the widget's button.

    Its shadow root is closed to everything else.
    """
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    button = next(node for node in nodes if node.get("role", {}).get("value") == "button")
    properties = button.get("properties", [])
    told = {item["name"]: item["value"].get("value") for item in properties}
    return told | {"name": button["name"]["value"]}


def open_widget(page: Page) -> Frame:
    """Open the widget with the keyboard; gives its frame."""
    expect(page.locator("#essay-chat")).to_be_attached()
    page.keyboard.press("Tab")
    with page.expect_event("frameattached") as attached:
        page.keyboard.press("Enter")
    frame: Frame = attached.value
    return frame


def test_the_widget_answers_on_an_allowed_page(
    browser: Browser, embedding: Embedding, script: Script
) -> None:
    with opened(browser, f"{embedding.allowed}/") as (page, seen):
        expect(page.locator("#essay-chat")).to_be_attached()
        assert (widget_button(page)["name"], widget_button(page)["expanded"]) == (
            "Ask the essay",
            False,
        )
        chat = open_widget(page)
        ask(chat, CHILDREN)
        chat.locator(".voice .cite").first.click()
        expect(chat.locator("#reader-body mark")).to_have_text(
            script.answers[CHILDREN].citations[0].quote
        )
        assert (widget_button(page)["name"], widget_button(page)["expanded"]) == ("Close", True)
        assert seen.errors == []
        assert seen.elsewhere(embedding.allowed, embedding.server) == []


def test_escape_closes_the_widget_and_gives_the_focus_back(
    browser: Browser, embedding: Embedding
) -> None:
    with opened(browser, f"{embedding.allowed}/") as (page, _):
        chat = open_widget(page)
        expect(chat.locator("#question textarea")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#essay-chat")).to_be_focused()
        assert widget_button(page)["expanded"] is False


def test_the_widget_is_refused_on_another_page(
    browser: Browser, embedding: Embedding, script: Script
) -> None:
    with opened(browser, f"{embedding.forbidden}/") as (page, seen):
        with page.expect_console_message(
            lambda message: message.text.startswith("essay-chat: "), timeout=SLOW_MS
        ) as said:
            open_widget(page)
        assert embedding.forbidden in said.value.text
        assert "allowed_origins" in said.value.text
        assert page.evaluate("window.frames.length") == 0
        assert any("frame-ancestors" in error for error in seen.errors)
        asking = (
            "url => fetch(url, {method: 'POST', body: '{}'}).then(r => r.status, () => 'refused')"
        )
        assert page.evaluate(asking, f"{embedding.server}/api/ask") == "refused"
        blind = "url => fetch(url, {mode: 'no-cors'}).then(() => 'read', () => 'refused')"
        assert page.evaluate(blind, f"{embedding.server}/api/source/essay") == "refused"
    assert script.asked == []


def test_an_allowed_page_may_ask_the_api_itself(
    browser: Browser, embedding: Embedding, script: Script
) -> None:
    asking = """([url, question]) => fetch(url, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({question}),
    }).then((response) => response.json())"""
    with opened(browser, f"{embedding.allowed}/") as (page, _):
        answer = page.evaluate(asking, [f"{embedding.server}/api/ask", CHILDREN])
    assert answer["citations"][0]["quote"] == script.answers[CHILDREN].citations[0].quote
