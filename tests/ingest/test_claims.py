"""A fact bears on the passages that hold the words of the claim which the map names."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.claims import ClaimMap
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Bearing, Corpus, Passage
from tests.fakes import NOTES, write_corpus


def claim_map(corpus: Corpus) -> ClaimMap:
    return ClaimMap(corpus, split_corpus(corpus, max_chars=600))


def passages_with(corpus: Corpus, words: str) -> list[Passage]:
    return [p for p in split_corpus(corpus, max_chars=600) if words in p.text]


def bearing(corpus: Corpus, words: str) -> list[tuple[str, str]]:
    """Return what bears on the first passage with these words: source and plainest fact."""
    [passage, *_] = passages_with(corpus, words)
    facts = claim_map(corpus).bearing_on(passage)
    return [(one.source.id, one.facts[0][0].text) for one in facts]


SHUT = ("record", "The last mill shut in 1934.")
SPRING = ("atlas", "The spring lies north of the town.")


def test_a_fact_bears_on_the_sentence_with_its_claim_only(river: Corpus) -> None:
    assert bearing(river, "closed in 1931") == [SHUT]
    assert bearing(river, "rises in the north") == [SPRING]
    assert bearing(river, "three mills") == []


def test_disputes_come_first_and_then_the_order_of_the_corpus(tmp_path: Path) -> None:
    doubt = {
        "id": "survey",
        "title": "A survey",
        "facts": ["It has no spring.", "It rises in a lake."],
        "bears": [
            {
                "claim": "The river rises in the north",
                "relation": "qualifies",
                "facts": [2],
                "because": "it is a lake",
            }
        ],
    }
    corpus = read_corpus(write_corpus(tmp_path / "corpus", notes=[NOTES[1], doubt, NOTES[0]]))
    assert bearing(corpus, "rises in the north") == [("survey", "It rises in a lake."), SPRING]


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
    record = replace(river.source("record"), bears=(Bearing(claim, "contradicts", (1,), "no"),))
    corpus = replace(river, sources=(river.sources[0], record, river.sources[2]))
    assert (SHUT in bearing(corpus, "closed in 1931")) is bears


def test_a_claim_said_twice_bears_on_both_places(river: Corpus) -> None:
    body = river.body("river")
    again = body.rindex("The mills closed")
    passage = Passage(
        "river", again, again + 24, body[again : again + 24], "paragraph 3", again, again + 24
    )
    assert [one.source.id for one in claim_map(river).bearing_on(passage)] == ["record"]


def test_a_fact_that_disputes_a_claim_knows_where_it_stands(river: Corpus) -> None:
    claims = claim_map(river)
    [shut] = passages_with(river, "shut in 1934")
    [owner] = passages_with(river, "owner had died")
    [spring] = passages_with(river, "spring lies")
    assert [passage.text for passage in claims.disputed_by(shut)] == ["The mills closed in 1931."]
    assert claims.disputed_by(owner) == ()
    assert claims.disputed_by(spring) == ()


def test_nothing_bears_on_a_note(river: Corpus) -> None:
    assert bearing(river, "shut in 1934") == []


def test_the_old_form_gives_context_and_no_relation(tmp_path: Path) -> None:
    old = {
        "id": "record",
        "title": "A record",
        "claim": "The mills closed in 1931",
        "relation": "contradicts",
        "facts": ["The last mill shut in 1934."],
    }
    corpus = read_corpus(write_corpus(tmp_path / "corpus", notes=[old]))
    [facts] = claim_map(corpus).bearing_on(passages_with(corpus, "closed in 1931")[0])
    assert (facts.bearing.relation, facts.disputes) == ("context", False)


def test_every_source_that_ships_bears_on_the_essay() -> None:
    corpus = read_corpus()
    claims = claim_map(corpus)
    bears = {
        facts.source.id
        for passage in split_corpus(corpus, max_chars=600)
        for facts in claims.bearing_on(passage)
    }
    assert bears == {source.id for source in corpus.sources if source.wording == "note"}
