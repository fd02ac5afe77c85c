"""The served page in a real Chromium: what a reader sees, and what no text can do with it."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from ingest.types import Corpus, Text
from rag.types import Turn
from tests.ui.chromium import MARKS, ask, opened
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script, answered, cite, serving

pytestmark = MARKS


@pytest.fixture(scope="module")
def one_home(one_script: Script) -> Iterator[str]:
    with serving(one_script.chain()) as url:
        yield url


@pytest.fixture
def home(one_home: str, script: Script) -> str:
    """Return the address of the page, its script rewound."""
    return one_home


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
        page.locator(".to-claim").first.click()
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


def test_a_suggestion_is_asked_with_one_click(browser: Browser, home: str, script: Script) -> None:
    with opened(browser, home) as (page, _):
        ask(page, CHILDREN)
        page.get_by_role("button", name=GHOUTA).click()
        expect(page.locator(".exchange")).to_have_count(2)
        expect(page.locator(".reply.not_in_corpus")).to_be_visible()
        assert script.asked[-1][0] == GHOUTA
        assert [turn.question for turn in script.asked[-1][1]] == [CHILDREN]


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
        while (rgb(getComputedStyle(ground).backgroundColor)[3] === 0)
            ground = ground.parentElement;
        const inks = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
        const pair = inks.map(light).sort();
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
    const image = "<img id=injected src=data:x onerror='window.ran = 2'>";
    document.body.insertAdjacentHTML("beforeend", image);
    const injected = document.getElementById("injected");
    await new Promise((failed) => injected.addEventListener("error", failed));
    return window.ran ?? null;
}"""


def test_injected_markup_could_not_run_either(browser: Browser, home: str) -> None:
    with opened(browser, home) as (page, seen):
        page.locator("#reader-body header").wait_for()
        assert page.evaluate(INJECT) is None
        assert (
            sum("Content Security Policy" in error for error in seen.errors) == 2
        )  # the script, and the onerror
