"""BM25 ranks the text with the question's rarer words first, whatever their endings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.words import stems
from rag.search.keywords import KeywordRanking

TEXTS = [
    "The river feeds three mills.",
    "The mills closed in 1931.",
    "A heron stood in the river.",
    "Über die Brücke ging er.",
]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        pytest.param("When did the mills close?", 1, id="other ending"),
        pytest.param("heron", 2, id="one word"),
        pytest.param("HERONS", 2, id="capitals"),
        pytest.param("the heron’s river", 2, id="curly apostrophe"),
        pytest.param("What of 1931?", 1, id="number"),
        pytest.param("BRÜCKE", 3, id="another alphabet's letters"),
    ],
)
def test_the_text_that_shares_the_words_comes_first(question: str, best: int) -> None:
    assert int(np.argmax(KeywordRanking(TEXTS).scores(question))) == best


def test_a_text_that_shares_no_word_scores_nothing() -> None:
    scores = KeywordRanking(TEXTS).scores("heron")
    assert [i for i, score in enumerate(scores) if score > 0] == [2]


@pytest.mark.parametrize("question", ["", "?!", "zebra", "the of and", "🙂"])
def test_a_question_without_known_words_scores_nothing(question: str) -> None:
    assert KeywordRanking(TEXTS).scores(question).tolist() == [0.0] * len(TEXTS)


@pytest.mark.parametrize(
    "texts", [[], ["..."], ["the", "of"]], ids=["none", "punctuation", "stop words"]
)
def test_texts_without_words_score_nothing(texts: list[str]) -> None:
    assert KeywordRanking(texts).scores("heron").tolist() == [0.0] * len(texts)


@given(texts=st.lists(st.text(max_size=40), max_size=6), question=st.text(max_size=40))
def test_there_is_a_score_for_each_text_and_none_is_below_zero(
    texts: list[str], question: str
) -> None:
    scores = KeywordRanking(texts).scores(question)
    assert scores.shape == (len(texts),)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


def test_stems_leave_out_endings_and_words_without_meaning() -> None:
    assert stems("The mills were closing") == stems("mill closed")
