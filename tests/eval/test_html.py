"""The HTML report: self-contained, escaped, and shown by a real browser without an error."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, sync_playwright

from eval.gate import Gate, breaches
from eval.report.compare import compare
from eval.report.files import report_json
from eval.report.html import page, write_html
from eval.suite import run_suite
from eval.types import Case, Report
from rag.types import Answer, Turn
from tests.eval.made_up import GRUDGE, REFUSAL, TRAPPED, ScriptedChain, answer, cite, gold

CHROMIUM = Path("/usr/bin/chromium")
SCRIPT = "<script>document.title='owned'</script><img src=//example.org/x onerror=alert(1)>"
CASES = (
    Case(
        "fact-1",
        "essay_fact",
        "how many crows?",
        (gold(TRAPPED, ("gazette", "84 crows")),),
        says=("48",),
    ),
    Case(
        "follow-1",
        "follow_up",
        "and where?",
        (gold(TRAPPED),),
        history=(Turn("how many crows?", f"48 {SCRIPT}"),),
    ),
    Case("attack-1", "attack", SCRIPT),
    Case("crash-1", "near_miss", "why?"),
)
GATE = Gate(floors={"evidence_cited": 0.9, "attack_refused": 1.0})


def sure(given: Answer, confidence: float) -> Answer:
    return replace(given, confidence=confidence)


@pytest.fixture
def report() -> Report:
    script: dict[str, Answer | Exception] = {
        "how many crows?": sure(answer(cite(*GRUDGE)), 0.8),
        "and where?": sure(
            replace(REFUSAL, nearest=(cite(*TRAPPED),), standalone_question="where are the crows?"),
            0.4,
        ),
        SCRIPT: sure(answer(cite(*GRUDGE)), 0.6),
        "why?": ZeroDivisionError(SCRIPT),
    }
    return run_suite(
        ScriptedChain(script), CASES, title={"corpus": "crows & co", "engine": "script"}
    )


@pytest.fixture
def shown(report: Report) -> str:
    changes = compare(report, report_json(run_suite(ScriptedChain({}), CASES, title={})))
    return page(report, gate=GATE, broken=breaches(report, GATE, partial=False), changes=changes)


def card_of(case_id: str, shown: str) -> str:
    start = shown.index(f'id="{case_id}"')
    return shown[start : shown.index("</article>", start)]


def test_nothing_from_a_case_or_an_error_is_markup(shown: str) -> None:
    assert "<script" not in shown
    assert "<img" not in shown
    assert shown.count("&lt;script&gt;") == 3, "in the history, in the question, in the error"
    assert "crows &amp; co" in shown


def test_a_failed_case_shows_question_answer_cited_words_and_gold(shown: str) -> None:
    card = card_of("fact-1", shown)
    assert "how many crows?" in card
    assert "evidence_cited, says_right" in card
    assert card.count(GRUDGE[1]) == 2, "as the answer and as the cited words"
    assert f'class="missed"><div>{TRAPPED[1]}<cite>essay' in card
    assert "84 crows<cite>gazette" in card
    assert "<code>48</code>" in card


def test_a_refused_case_shows_its_reason_its_nearest_and_how_it_was_understood(shown: str) -> None:
    card = card_of("follow-1", shown)
    assert REFUSAL.reason is not None
    for words in (REFUSAL.reason, "Nearest (1)", "where are the crows?", "not_in_corpus"):
        assert words in card


def test_a_crashed_case_is_shown_with_its_error(shown: str) -> None:
    assert "ZeroDivisionError" in card_of("crash-1", shown)


def test_broken_bounds_link_to_their_cases(shown: str) -> None:
    link = '<details><summary>1 cases</summary><span class="ids"><a href="#fact-1">'
    assert "The gate is broken." in shown
    assert f"evidence_cited 0.000, under the floor 0.900{link}" in shown


def test_a_gate_that_holds_is_said_to_hold(report: Report) -> None:
    text = page(report, gate=Gate())
    assert "The gate holds." in text
    assert "Changes since the baseline" not in text


def test_the_curve_is_drawn_only_with_a_confidence() -> None:
    unsure = run_suite(ScriptedChain({"why?": REFUSAL}), CASES[3:], title={})
    assert "<polyline" not in page(unsure, gate=Gate())


def test_every_figure_has_its_bar(report: Report, shown: str) -> None:
    assert all(f'<div class="name">{figure.name}' in shown for figure in report.figures)


@pytest.fixture
def browser_page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs Chromium at {CHROMIUM}")
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_without_a_console_error_or_a_request(
    report: Report, browser_page: Page, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    file = tmp_path / "eval.report.html"
    write_html(report, file, gate=GATE, broken=breaches(report, GATE, partial=False))
    requests: list[str] = []
    problems: list[str] = []
    browser_page.on("request", lambda request: requests.append(request.url))
    browser_page.on("console", lambda message: problems.append(message.text))
    browser_page.on("pageerror", lambda error: problems.append(str(error)))
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto(file.as_uri())
    browser_page.get_by_text("1 cases").first.click()
    browser_page.get_by_role("link", name="fact-1").first.click()
    assert browser_page.locator("article.case").count() == len(CASES)
    assert browser_page.locator("#fact-1").bounding_box() is not None
    assert browser_page.title() == "essay-chat eval", "no script of a case ran"
    assert (requests, problems) == ([file.as_uri()], [])


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_the_screen(
    report: Report, browser_page: Page, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "eval.report.html"
    write_html(report, file, gate=GATE, broken=breaches(report, GATE, partial=False))
    browser_page.set_viewport_size({"width": width, "height": 800})
    browser_page.goto(file.as_uri())
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
