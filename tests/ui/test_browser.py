"""The served page and the widget in a real Chromium: what a reader sees, and what others cannot do with it."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright

from ingest.types import Corpus, Text
from rag.types import Turn
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script, answered, cite, serving

pytestmark = [
    pytest.mark.browser,
    # Gradio sums up its queue now and then with an option that pandas 3 has deprecated.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
]

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
SLOW_MS = 30_000  # a shared machine; nothing here is a measurement


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; of this module alone, because Playwright's loop runs on in the main thread until it is stopped."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = f"no Chromium found on PATH (looked for {', '.join(NAMES)}); install one to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    expect.set_options(timeout=SLOW_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Seen:
    """What a page did that nobody asked it to: errors in the console, and every address it asked for."""

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


@pytest.fixture(scope="module")
def one_home(one_script: Script) -> Iterator[str]:
    with serving(one_script.chain()) as url:
        yield url


@pytest.fixture
def home(one_home: str, script: Script) -> str:
    """Return the address of the page, its script rewound."""
    return one_home


def ask(page: Any, question: str, status: str = "answered") -> None:
    """Type a question, send it with Enter, wait for the answer."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator(f".exchange:last-child .reply.{status}")).to_be_visible()


def test_a_click_on_a_citation_marks_its_words_where_they_stand(
    browser: Browser, home: str, script: Script
) -> None:
    with opened(browser, home) as (page, seen):
        ask(page, CHILDREN)
        for citation in script.answers[CHILDREN].citations:
            page.locator(f".voice .cite >> text=[{citation.number}]").click()
            marks = page.locator("#reader-body mark")
            expect(marks).to_have_text(citation.quote.split("\n"))  # one in each paragraph or fact
            expect(marks.first).to_be_in_viewport()
        assert seen.errors == []
        assert seen.elsewhere(home) == []


def test_the_essay_is_beside_the_chat_from_the_start(browser: Browser, home: str) -> None:
    with opened(browser, home) as (page, _):
        expect(page.locator("#reader-body")).to_contain_text("As liberated Aleppo was falling")
        expect(page.get_by_role("heading", level=1)).to_have_text("The tyrants bring the invaders")


def test_a_note_leads_to_the_words_it_bears_on(browser: Browser, home: str, script: Script) -> None:
    with opened(browser, home) as (page, _):
        ask(page, CHILDREN)
        page.locator(".voice .cite").nth(1).click()
        expect(page.locator("#reader-body")).to_contain_text(
            "in our own words. None of it is a quotation."
        )
        page.locator(".to-claim").click()
        expect(page.locator("#reader-body mark")).to_have_text(
            "Russian airstrikes killed 2,704 civilians, including 746 children"
        )


def test_a_follow_up_brings_its_history(browser: Browser, home: str, script: Script) -> None:
    with opened(browser, home) as (page, _):
        ask(page, CHILDREN)
        ask(page, GHOUTA, "not_in_corpus")
        expect(page.locator(".exchange")).to_have_count(2)
    assert script.asked == [
        (CHILDREN, ()),
        (GHOUTA, (Turn(CHILDREN, script.answers[CHILDREN].text),)),
    ]


def test_two_readers_are_answered_at_once_and_apart(
    browser: Browser, home: str, script: Script
) -> None:
    script.meeting = threading.Barrier(2)
    with opened(browser, home) as (one, _), opened(browser, home) as (other, _):
        one.locator("#question textarea").fill(CHILDREN)
        one.locator("#question textarea").press("Enter")
        ask(other, GHOUTA, "not_in_corpus")
        expect(one.locator(".reply.answered")).to_be_visible()
        assert (one.locator(".exchange").count(), other.locator(".exchange").count()) == (1, 1)


def test_an_example_is_asked_with_one_click(browser: Browser, home: str) -> None:
    with opened(browser, home) as (page, _):
        page.get_by_role("button", name=CHILDREN).click()
        expect(page.locator(".reply.answered")).to_be_visible()
        expect(page.locator("#examples")).to_be_hidden()


def test_the_keyboard_reaches_the_cited_words(browser: Browser, home: str, script: Script) -> None:
    with opened(browser, home) as (page, _):
        ask(page, CHILDREN)
        cite_button = page.get_by_role(
            "button", name="Citation 1: The tyrants bring the invaders, paragraph 4"
        ).first
        cite_button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#reader-body mark")).to_be_in_viewport()
        expect(cite_button).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#status")).to_contain_text("including 746 children")


def test_on_a_phone_the_text_comes_over_the_chat_and_goes_again(
    browser: Browser, home: str, script: Script
) -> None:
    with opened(browser, home, viewport={"width": 390, "height": 780}) as (page, seen):
        ask(page, CHILDREN)
        expect(page.locator("#reader")).to_be_hidden()
        cite_button = page.locator(".voice .cite").first
        cite_button.click()
        expect(page.locator("#reader-body mark")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()
        expect(cite_button).to_be_focused()
        expect(page.locator("#question textarea")).to_be_in_viewport()
        assert seen.errors == []


SMALL_PRINT = (
    "#reader-body mark",
    "#reader-body p",
    ".asked",
    ".voice .lead",
    ".voice .cite",
    ".origin",
    ".about-notes",
    ".relation",
    "#question textarea",
    "#question .submit-button",
    ".engine",
    ".by",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, home: str, scheme: str) -> None:
    contrast = """(selector) => {
        const element = document.querySelector(selector);
        const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = (colour) => rgb(colour).slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        let ground = element;
        while (rgb(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
        const pair = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)].sort();
        return (pair[1] + 0.05) / (pair[0] + 0.05);
    }"""
    with opened(browser, home, color_scheme=scheme) as (page, _):
        ask(page, CHILDREN)
        page.locator(".voice .cite").first.click()
        page.locator("#reader-body mark").wait_for()
        for selector in SMALL_PRINT:
            assert page.evaluate(contrast, selector) >= 4.5, selector


def hostile_script(corpus: Corpus) -> Script:
    """Return a script whose question, texts and titles try to run code or to fetch."""
    attack = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"
    first = f"{attack} These words **are** quoted. <svg onload='window.ran=1'></svg>"
    body = f"😀 {first}\n\n<b>More</b> of it. ![a](https://evil.example.com/a.png)"
    source = replace(corpus.sources[0], title=attack, author=attack, licence=attack)
    hostile = replace(corpus, sources=(source,), texts=(Text(source.id, body),))
    quote = cite(hostile, 1, source.id, body.split("\n", maxsplit=1)[0], attack)
    asked = f"What {attack} says?\n\n# heading ![a](https://evil.example.com/b.png) $$x$$"
    return Script(hostile, {asked: answered(hostile, asked, [quote], reason=attack, notice=attack)})


def test_no_text_runs_as_code_or_fetches(browser: Browser, corpus: Corpus) -> None:
    script = hostile_script(corpus)
    [(asked, answer)] = script.answers.items()
    with serving(script.chain()) as url, opened(browser, url) as (page, seen):
        ask(page, asked)
        expect(page.locator(".asked")).to_contain_text(asked.split("\n")[0])
        page.locator(".voice .cite").click()
        expect(page.locator("#reader-body mark")).to_have_text(answer.citations[0].quote)
        expect(page.locator("#reader-body")).to_contain_text("<b>More</b>")
        assert page.evaluate("window.ran") is None
        assert page.locator("gradio-app :is(img, script)").count() == 0
        assert seen.elsewhere(url) == []
        assert seen.errors == []


INJECT = """async () => {
    const script = document.createElement("script");
    script.textContent = "window.ran = 1";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", "<img id=injected src=data:x onerror='window.ran = 2'>");
    await new Promise((failed) => document.getElementById("injected").addEventListener("error", failed));
    return window.ran ?? null;
}"""


def test_injected_markup_could_not_run_either(browser: Browser, home: str) -> None:
    with opened(browser, home) as (page, seen):
        page.locator("#reader-body header").wait_for()
        assert page.evaluate(INJECT) is None
        assert (
            sum("Content Security Policy" in error for error in seen.errors) == 2
        )  # the script, and the onerror


BLOG_POLICY = (
    "default-src 'none'; script-src {server}; frame-src {server}; connect-src {server}; "
    "style-src 'unsafe-inline'; img-src data:"
)
BLOG = """<!doctype html><title>A blog</title><link rel=icon href=data:,>
<style>div, button, iframe {{ display: none !important; }}</style>
<h1>A blog</h1><script src="{server}/widget.js" async></script>"""


class Blog(BaseHTTPRequestHandler):
    """Somebody's page, with the widget, a strict policy, and rules of its own that would break it."""

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
    told = [{p["name"]: p["value"].get("value") for p in n.get("properties", [])} | {"name": n["name"]["value"]}
            for n in nodes if n.get("role", {}).get("value") == "button"]  # fmt: skip
    return told[0]


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
    asking = """([url, question]) => fetch(url, {method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({question})}).then((response) => response.json())"""
    with opened(browser, f"{embedding.allowed}/") as (page, _):
        answer = page.evaluate(asking, [f"{embedding.server}/api/ask", CHILDREN])
    assert answer["citations"][0]["quote"] == script.answers[CHILDREN].citations[0].quote
