"""A guide is read with the words that it rests on, or refused by name."""

from pathlib import Path
from typing import Any

import pytest

from ingest.errors import CorpusError
from ingest.sources import read_corpus
from ingest.types import Guide, Statement
from tests.fakes import GUIDE, write_corpus


def test_every_sentence_of_a_guide_rests_on_words_of_the_text(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", guide=GUIDE))
    assert len(corpus.guide.statements) == 8
    for statement in corpus.guide.statements:
        for place in statement.rests_on:
            words = corpus.body(place.source_id)[place.start : place.end]
            assert any(words in line for line in corpus.body("river").splitlines())
    assert corpus.guide.sections[0].start == 0
    assert corpus.guide.topics[0].also == ("milling in the valley",)


def test_a_corpus_without_a_guide_has_an_empty_one(tmp_path: Path) -> None:
    assert read_corpus(write_corpus(tmp_path / "c")).guide == Guide()


def test_another_guide_makes_another_corpus(tmp_path: Path) -> None:
    with_guide = read_corpus(write_corpus(tmp_path / "a", guide=GUIDE))
    without = read_corpus(write_corpus(tmp_path / "b"))
    assert with_guide.fingerprint != without.fingerprint


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        pytest.param(
            {"summary": [{"says": "It burnt.", "rests_on": ["The mill burnt down"]}]},
            "'The mill burnt down' stands in no text of the corpus",
            id="words that stand nowhere",
        ),
        pytest.param(
            {"summary": [{"says": "It burnt.", "rests_on": []}]}, "summary.0.rests_on", id="none"
        ),
        pytest.param({"summery": []}, "unknown key 'summery'; remove it", id="a key misspelt"),
        pytest.param(["summary"], "valid dictionary", id="a list"),
        pytest.param(
            {"questions": [{"ask": "Why?", "topics": ["Bees"]}]},
            "question 'Why?' names the topic 'Bees', which is not there",
            id="a topic that is not there",
        ),
    ],
)
def test_a_guide_that_rests_on_nothing_is_refused(tmp_path: Path, guide: Any, words: str) -> None:
    folder = write_corpus(tmp_path / "c", guide=guide)
    with pytest.raises(CorpusError, match=r"guide\.yaml") as error:
        read_corpus(folder)
    assert words in str(error.value)


def test_the_guide_that_ships_is_whole() -> None:
    guide = read_corpus().guide
    assert len(guide.summary) == 6
    assert len(guide.questions) == 30
    assert len(guide.topics) >= 12
    assert all(topic.gist for topic in guide.topics)
    assert all(isinstance(one, Statement) and one.rests_on for one in guide.statements)
    assert all(question.topics for question in guide.questions)
