"""A source bears on the passages that hold the words it names."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.claims import ClaimMap
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus, Passage
from tests.fakes import NOTES, write_corpus


def claim_map(corpus: Corpus) -> ClaimMap:
    return ClaimMap(corpus, split_corpus(corpus, max_chars=600))


def bearing(corpus: Corpus, words: str) -> list[str]:
    """Return the ids of what bears on the first passage of a main text with these words in it."""
    [passage, *_] = [p for p in split_corpus(corpus, max_chars=600) if words in p.text]
    return [source.id for source in claim_map(corpus).bearing_on(passage)]


def test_a_source_bears_on_the_sentence_with_its_claim_only(river: Corpus) -> None:
    assert bearing(river, "closed in 1931") == ["record"]
    assert bearing(river, "rises in the north") == ["atlas"]
    assert bearing(river, "three mills") == []


def test_several_sources_come_in_the_order_of_the_corpus(tmp_path: Path) -> None:
    again = {**NOTES[1], "id": "survey"}
    corpus = read_corpus(write_corpus(tmp_path / "corpus", notes=[again, NOTES[1], NOTES[0]]))
    assert bearing(corpus, "rises in the north") == ["survey", "atlas"]


@pytest.mark.parametrize(
    ("claim", "bears"),
    [
        pytest.param(
            "three mills along the valley. The mills closed", False, id="most of it elsewhere"
        ),
        pytest.param("along the valley. The mills closed in 1931", True, id="most of it here"),
        pytest.param("mills\n closed   in 1931", True, id="other white space"),
        pytest.param("closed (in) 1931", False, id="other characters"),
    ],
)
def test_a_claim_bears_where_a_good_part_of_it_stands(
    river: Corpus, claim: str, bears: bool
) -> None:
    record = replace(river.source("record"), claim=claim)
    corpus = replace(river, sources=(river.sources[0], record, river.sources[2]))
    assert ("record" in bearing(corpus, "closed in 1931")) is bears


def test_a_claim_said_twice_bears_on_both_places(river: Corpus) -> None:
    body = river.body("river")
    again = body.rindex("The mills closed")
    passage = Passage(
        "river", again, again + 24, body[again : again + 24], "paragraph 3", again, again + 24
    )
    assert [source.id for source in claim_map(river).bearing_on(passage)] == ["record"]


def test_a_source_knows_the_passages_it_bears_on(river: Corpus) -> None:
    claims = claim_map(river)
    assert [passage.text for passage in claims.claimed_by(river.source("record"))] == [
        "The mills closed in 1931."
    ]
    assert claims.claimed_by(river.source("river")) == ()


def test_nothing_bears_on_a_note(river: Corpus) -> None:
    assert bearing(river, "shut in 1934") == []


def test_every_source_that_ships_bears_on_the_essay() -> None:
    corpus = read_corpus()
    claims = claim_map(corpus)
    bears = {
        source.id
        for passage in split_corpus(corpus, max_chars=600)
        for source in claims.bearing_on(passage)
    }
    assert bears == {source.id for source in corpus.sources if source.wording == "note"}
