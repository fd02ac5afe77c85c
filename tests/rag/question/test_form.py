"""How much a question asks for is read from how it is phrased."""

import pytest

from ingest.embed import load_embeddings
from rag.question.form import ReadForm, likely, read_form
from rag.types import Form


@pytest.fixture(scope="module")
def form() -> ReadForm:
    return read_form(load_embeddings())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When did the mill close?", "one"),
        ("How many children did Russian airstrikes kill?", "one"),
        ("Which country saved the regime in 2013?", "one"),
        ("Which countries took part, and name all the others too", "several"),
        ("What were the three demands of the strikers?", "several"),
        ("Why did the mill close?", "several"),
        ("but why would anybody do that", "several"),
        ("How do the counts of 1931 compare with those of 1935?", "compare"),
        ("How do Reuters and the essay differ on the strikes?", "compare"),
    ],
)
def test_a_question_asks_for_one_thing_or_more(form: ReadForm, question: str, asks: Form) -> None:
    assert form(question) == asks


def test_more_than_one_thing_is_sure_or_it_is_one() -> None:
    assert likely({"one": 0.1, "several": 0.8, "compare": 0.1}) == "several"
    assert likely({"one": 0.3, "several": 0.6, "compare": 0.1}) == "one"
