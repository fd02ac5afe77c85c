"""The way from a question to what the page shows of it, without a browser."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ingest.sources import read_corpus
from rag.types import Found, Sentence, Settled, Turn, Written
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script, children
from ui.conversation import MAX_SHOWN, MAX_TURNS, STRIDE, Conversation, answer_in


def test_the_question_is_echoed_then_passages_come_then_the_answer(script: Script) -> None:
    (_, echo, _), (_, first, held), (box, last, after) = answer_in(
        script.chain(), CHILDREN, Conversation()
    )
    assert CHILDREN in echo
    assert "Looking for passages" in echo
    assert "Reading the passages found" in first
    assert held == Conversation()
    assert "Reading the passages found" not in last
    assert "2,704 civilians" in last
    assert (box, len(after.shown)) == ("", 1)


def test_a_follow_up_is_asked_with_the_turns_before_it(script: Script) -> None:
    *_, (_, _, held) = answer_in(script.chain(), CHILDREN, Conversation())
    *_, (_, shown, _) = answer_in(script.chain(), GHOUTA, held)
    assert script.asked[-1][1] == (Turn(CHILDREN, script.answers[CHILDREN].text),)
    assert shown.index(CHILDREN) < shown.index(GHOUTA)


def test_a_question_that_cannot_be_answered_shows_why_and_is_no_turn(script: Script) -> None:
    *_, (_, shown, held) = answer_in(script.chain(), "???", Conversation())
    assert "holds no word; ask in words" in shown
    assert held.turns == ()


def test_an_unforeseen_failure_shows_a_sentence_and_logs_the_trace(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script.failure = ZeroDivisionError("secret detail")
    with caplog.at_level(logging.ERROR):
        *_, (_, shown, _) = answer_in(script.chain(), CHILDREN, Conversation())
    assert "something failed in the program" in shown
    assert "secret detail" not in shown
    assert "secret detail" in caplog.text


def test_a_long_conversation_keeps_its_end(script: Script) -> None:
    held = Conversation()
    for _ in range(MAX_SHOWN + 1):
        *_, (_, _, held) = answer_in(script.chain(), CHILDREN, held)
    assert (len(held.turns), len(held.shown)) == (MAX_TURNS, MAX_SHOWN)


ROSE = Sentence("It rose.", "supported", ())


@dataclass
class Streaming:
    """Streams these events, whatever it is asked."""

    events: list[Any]

    def stream(self, input: Any) -> Iterator[Any]:
        yield from self.events


def pages(*events: Any) -> list[str]:
    """Return the transcript after each update, the answer to a question at last."""
    answer = children(read_corpus())
    chain: Any = Streaming([Found(CHILDREN, ()), *events, answer])
    updates = list(answer_in(chain, CHILDREN, Conversation()))
    assert updates[-1][2].turns[-1].answer == answer.text
    return [transcript for _, transcript, _ in updates]


def test_the_page_follows_what_is_written() -> None:
    waiting, found, words, settled, answer = pages(
        Written("It rose. " + "x" * STRIDE), Settled(ROSE)
    )
    assert "It rose." not in found
    assert "(reworded)" not in words
    assert "(reworded)" in settled
    assert "Being written" not in answer
    assert waiting != found


def test_a_second_try_replaces_the_first() -> None:
    sank = Sentence("It sank.", "unsupported", ())
    first = (Written("It sank.", 0), Settled(sank, 0))
    *_, second, _ = pages(*first, Written("It rose.", 1), Settled(ROSE, 1))
    assert "It rose." in second
    assert "It sank." not in second


def test_a_few_words_more_do_not_send_the_page_again() -> None:
    assert len(pages(*[Written("x") for _ in range(STRIDE - 1)])) == len(pages())
