"""What the page says of a corpus, whatever the corpus says."""

from dataclasses import replace

from ingest.types import Corpus
from ui.app import header_html, reader_html


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
