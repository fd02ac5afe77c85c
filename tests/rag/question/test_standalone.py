"""What a reader types is cleaned or refused in one sentence.

A follow-up is asked behind what it leans on.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QuestionError
from rag.question.standalone import clean, is_social, leans, stand_alone
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


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Why does Egypt want the canal to close?", id="why with a subject"),
        pytest.param("Is Norway mentioned?", id="short with a name"),
        pytest.param("Was the engine broken?", id="short without a name"),
        pytest.param("Who is Nasser?", id="who is"),
        pytest.param("What is mercantilism?", id="what is"),
        pytest.param("bridges closed 1931", id="words to look for"),
        pytest.param("Who says that Egypt lost money?", id="that opens a clause"),
        pytest.param("Is there a toll at Corinth?", id="there is"),
        pytest.param("Is it legal to swim across?", id="it stands for a clause"),
        pytest.param("Was it Egypt that closed the canal?", id="it stands before a name"),
        pytest.param("Did Nasser keep his promise?", id="his, of a name before it"),
        pytest.param("Can one swim across?", id="one is anybody"),
        pytest.param("Thanks a lot!", id="thanks"),
        pytest.param("Who wrote this report?", id="this report"),
    ],
)
def test_a_question_with_its_own_subject_is_left_alone(question: str) -> None:
    assert stand_alone(question, (Turn("How long are the locks?", "366 m."),)) == question


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Is that true?", id="that behind a verb"),
        pytest.param("Who paid for that in the end?", id="that behind a preposition"),
        pytest.param("When was it built to this depth?", id="it"),
        pytest.param("What does Egypt think of him?", id="him is not who is named"),
        pytest.param("Which ones?", id="ones"),
        pytest.param("What happened next?", id="next"),
        pytest.param("how many ships", id="too few words"),
        pytest.param("Why?", id="one word"),
    ],
)
def test_a_question_that_points_back_leans(question: str) -> None:
    assert leans(question)


def test_thanks_what_was_refused_and_the_same_question_are_not_leaned_on() -> None:
    history = (
        Turn("Who dug the canal?", "Workers."),
        Turn("Thank you!"),
        Turn("What is the capital of France?", "Not said.", "not_in_corpus"),
        Turn("When was it finished?", "In 1869."),
    )
    assert stand_alone("When was it finished?", history) == (
        "Who dug the canal? When was it finished?"
    )


@given(words=st.lists(st.sampled_from(["hi", "good", "morning", "thanks", "x"]), max_size=300))
def test_only_greetings_and_thanks_are_social(words: list[str]) -> None:
    told = is_social(" ".join(words))
    assert not (told and "x" in words)
