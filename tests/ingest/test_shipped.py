"""The corpus that ships: the essay byte for byte, and the notes on its sources."""

import hashlib

from ingest.passages import split_text
from ingest.sources import SHIPPED, read_corpus
from ingest.types import Text

ESSAY_SHA256 = "f22bbcd724705ee200aa177db3786a8b9ecb2f66382182526cb9f518add4d1fc"


class TestTheShippedEssay:
    def test_is_byte_for_byte_the_one_that_offsets_point_into(self) -> None:
        assert hashlib.sha256((SHIPPED / "essay.txt").read_bytes()).hexdigest() == ESSAY_SHA256

    def test_pull_quotes_are_indexed_once_where_they_are_sentences(self) -> None:
        corpus = read_corpus()
        passages = split_text(
            corpus.source("essay"), Text("essay", corpus.body("essay")), max_chars=600
        )
        for words in (
            "help it regain lost territory, and it’s worked",
            "build a sustained anti-war movement",
        ):
            assert corpus.body("essay").count(words) == 2
            assert [p.text[-1] for p in passages if words in p.text] == ["."]

    def test_every_fact_of_the_notes_is_one_passage(self) -> None:
        corpus = read_corpus()
        notes = [
            (s, t) for s, t in zip(corpus.sources, corpus.texts, strict=True) if s.wording == "note"
        ]
        assert len(notes) == 64
        assert sum(len(split_text(s, t, max_chars=600)) for s, t in notes) == 387


def test_the_shipped_corpus_is_the_essay_and_64_sources() -> None:
    corpus = read_corpus()
    assert [source.id for source in corpus.sources if source.voice == "main"] == ["essay"]
    assert corpus.source("essay").author == "Leila Al-Shami"
    assert len(corpus.sources) == 65
    assert all(source.licence for source in corpus.sources)
