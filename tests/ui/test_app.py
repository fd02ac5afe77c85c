"""The page's way from a question to what it shows, without a browser."""

import logging
from dataclasses import replace

import pytest

from ingest.types import Corpus
from rag.types import Turn
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script
from ui.app import MAX_SHOWN, MAX_TURNS, Conversation, answer_in, header_html, reader_html


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


def test_the_reader_is_told_what_a_source_is(corpus: Corpus) -> None:
    assert "not proof of what the author linked to" in header_html(corpus)
    assert "never quotations of the source" in header_html(corpus)


def test_a_corpus_without_notes_says_nothing_of_notes(corpus: Corpus) -> None:
    assert "Notes on sources" not in header_html(replace(corpus, sources=corpus.sources[:1]))


def test_titles_of_a_corpus_are_escaped(corpus: Corpus) -> None:
    hostile = replace(
        corpus, sources=(replace(corpus.sources[0], title="<img src=x onerror=alert(1)>"),)
    )
    assert "<img" not in header_html(hostile) + reader_html(hostile)
