"""What a reader types is cleaned or refused in one sentence.

A follow-up is asked behind what it leans on.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError
from rag.question.standalone import clean, leans, stand_alone
from rag.types import Turn

LONG = 2000


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("", id="empty"),
        pytest.param(" \t\r\n\u00a0", id="white space"),
        pytest.param("?!… —", id="punctuation"),
        pytest.param("___", id="underscores"),
        pytest.param("🙂🙂", id="emoji"),
        pytest.param("<b></b><br/>", id="markup only"),
        pytest.param("<script>alert(1)</script>", id="script only"),
        pytest.param("<script>alert(1)", id="script without end"),
        pytest.param("<!-- why -->", id="comment only"),
        pytest.param("\x00\x1b\u202e\u200b", id="control characters"),
    ],
)
def test_a_question_without_a_word_is_refused_with_an_example(question: str) -> None:
    with pytest.raises(QuestionError, match="no word"):
        clean(question, max_chars=LONG)


def test_a_question_that_is_too_long_is_told_both_lengths() -> None:
    with pytest.raises(QuestionError, match=r"20,000 characters.*2,000"):
        clean("x" * 20_000, max_chars=LONG)


def test_a_question_of_just_the_length_is_taken() -> None:
    assert clean("x" * LONG, max_chars=LONG) == "x" * LONG


@pytest.mark.parametrize(
    ("question", "cleaned"),
    [
        pytest.param("Why?", "Why?", id="as it is"),
        pytest.param("  Why\r\n\tnow? ", "Why now?", id="white space"),
        pytest.param("Why <b>now</b>?", "Why now ?", id="markup"),
        pytest.param("Who<script>x()</script> won?", "Who won?", id="script"),
        pytest.param("Is 3 < 4 and 5 > 2?", "Is 3 < 4 and 5 > 2?", id="less than"),
        pytest.param("Why\x00now\u202e?", "Why now ?", id="control characters"),
        pytest.param("من سلّح النظام؟", "من سلّح النظام؟", id="Arabic"),
        pytest.param("Où est l’été ?", "Où est l’été ?", id="French"),
        pytest.param("1931", "1931", id="a number"),
    ],
)
def test_markup_and_control_characters_are_left_out(question: str, cleaned: str) -> None:
    assert clean(question, max_chars=LONG) == cleaned


@given(question=st.text(max_size=200))
def test_cleaning_again_changes_nothing(question: str) -> None:
    try:
        once = clean(question, max_chars=LONG)
    except QuestionError:
        return
    assert once.isprintable() or any(not char.isprintable() for char in question)
    assert "\n" not in once
    assert once.strip() == once != ""


def test_a_question_without_a_history_stands_as_it_is() -> None:
    assert stand_alone("And in 2013?", ()) == "And in 2013?"


def test_a_question_that_leans_on_nothing_stands_as_it_is() -> None:
    question = "How many children did Russian airstrikes kill?"
    assert stand_alone(question, (Turn("Who wrote the essay?", "Leila."),)) == question


@pytest.mark.parametrize(
    "question",
    ["And in 2013?", "Why?", "What about Iran?", "How many of them were children?", "Israel?"],
)
def test_a_follow_up_brings_the_words_it_leans_on(question: str) -> None:
    earlier = "Who saved the regime from collapse in 2015?"
    standalone = stand_alone(question, (Turn(earlier, "Putin."),))
    assert leans(question)
    assert all(
        word.strip("?") in standalone
        for word in (*earlier.split()[1:5], question.rsplit(maxsplit=1)[-1])
    )


def test_a_follow_up_leans_on_the_last_question_that_stands_alone() -> None:
    history = (
        Turn("Who wrote the essay?"),
        Turn("Who saved the regime from collapse?"),
        Turn("And in 2013?"),
    )
    standalone = stand_alone("And why?", history)
    assert "saved the regime" in standalone
    assert "wrote" not in standalone
