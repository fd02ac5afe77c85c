"""What a question has that its best passages have not: a denial, an opposite."""

from pathlib import Path

import pytest

from ingest.passages import split_corpus
from ingest.sources import read_corpus
from rag.decide.missing import Missing, missing
from rag.types import Hit
from tests.fakes import write_corpus

AFFIRMS = "Nine countries signed the treaty after the war."
DENIES = (
    "Italy refused to sign the treaty. Exports increased sharply in the north. "
    "Italy bought ten ships."
)


def lacking(folder: Path, question: str, body: str) -> Missing:
    """Return what a question has that the passages of a text have not."""
    corpus = read_corpus(write_corpus(folder / "corpus", {"river.txt": body}))
    return missing(
        question,
        [Hit(p, corpus.source("river"), 0.0) for p in split_corpus(corpus, max_chars=600)],
        frozenset(),
    )


@pytest.mark.parametrize(
    ("question", "body", "denied"),
    [
        ("Which countries did not sign the treaty?", AFFIRMS, "sign"),
        ("who never signed the treaty", AFFIRMS, "signed"),
        ("How many countries failed to ratify it?", AFFIRMS, "ratify"),
        ("Who did not sign the treaty?", DENIES, ""),
        ("Where did exports not increase?", DENIES, "increase"),
        ("Which countries signed the treaty?", AFFIRMS, ""),
        ("Why did Italy not sign the treaty?", AFFIRMS, ""),
        ("For what reason did they not sign?", AFFIRMS, ""),
        ("Didn’t nine countries sign the treaty?", AFFIRMS, ""),
        ("did nine countries not sign, and which ones", AFFIRMS, ""),
        ("What did Doctors Without Borders sign?", AFFIRMS, ""),
        ("What shows that they did not sign freely?", AFFIRMS, ""),
    ],
)
def test_a_thing_asked_for_is_denied_where_the_passages_do_not_deny_it(
    tmp_path: Path, question: str, body: str, denied: str
) -> None:
    assert lacking(tmp_path, question, body).denied == denied


@pytest.mark.parametrize(
    ("question", "opposite"),
    [
        ("Where did exports decrease sharply?", "“increased”, not “decrease”"),
        ("Where did exports increase sharply?", ""),
        ("Who saw a decrease in rents for the town?", ""),
        ("Who accepted the treaty?", ""),
        ("Who sold Italy ten ships?", ""),
    ],
    ids=[
        "turned round",
        "as it is",
        "about something else",
        "no opposite there",
        "the other side of it",
    ],
)
def test_an_opposite_counts_where_the_rest_of_the_question_stands(
    tmp_path: Path, question: str, opposite: str
) -> None:
    assert lacking(tmp_path, question, DENIES).opposite == opposite
