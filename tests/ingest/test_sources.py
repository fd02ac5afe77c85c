"""A corpus is read as it stands."""

from pathlib import Path

import pytest

from ingest.sources import read_corpus
from tests.fakes import NOTES, RIVER, write_corpus


def test_a_text_is_kept_byte_for_byte(tmp_path: Path) -> None:
    body = "\ufeffOne.\r\nTwo.\rThree.\n\ttail \u2028"
    corpus = read_corpus(write_corpus(tmp_path / "corpus", {"a.txt": body}))
    assert corpus.body("a") == body


@pytest.mark.parametrize(
    ("name", "body", "title"),
    [
        pytest.param("a_long_walk.txt", "Words.", "a long walk", id="file name"),
        pytest.param("a.md", "# The walk\n\nWords.", "The walk", id="heading"),
        pytest.param(
            "a.md",
            "\ufeff\n## The walk\r\nWords.",
            "The walk",
            id="heading behind a byte order mark",
        ),
        pytest.param("_.txt", "Words.", "_.txt", id="file name without a letter"),
        pytest.param("a.md", "#  ", "a", id="empty heading"),
    ],
)
def test_a_text_without_metadata_is_titled_by_heading_or_name(
    tmp_path: Path, name: str, body: str, title: str
) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "corpus", {name: body}))
    assert [source.title for source in corpus.sources] == [title]


def test_a_corpus_without_notes_is_all_main_text(tmp_path: Path) -> None:
    corpus = read_corpus(
        write_corpus(tmp_path / "corpus", {"b.md": "B.", "a.txt": "A.", "deep/c.txt": "C."})
    )
    assert [source.id for source in corpus.sources] == ["a", "b", "deep/c"]
    assert {(source.voice, source.wording) for source in corpus.sources} == {("main", "verbatim")}


def test_notes_come_behind_the_texts_one_fact_a_line(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "corpus", notes=NOTES))
    assert [source.id for source in corpus.sources] == ["river", "record", "atlas"]
    assert (
        corpus.body("record") == "The last mill shut in 1934.\nIts owner had died the year before."
    )
    assert corpus.source("record").wording == "note"


def test_a_claim_is_found_whatever_the_white_space(tmp_path: Path) -> None:
    wrapped = RIVER.replace("mills closed in", "mills\r\n  closed in")
    corpus = read_corpus(
        write_corpus(tmp_path / "corpus", {"river.txt": wrapped}, notes=[NOTES[0]])
    )
    assert corpus.source("record").bears[0].claim == "The mills closed in 1931"


@pytest.mark.parametrize(
    "date", ["2016-08-17", "2016-13-45", "2016-08"], ids=["date", "no such date", "month"]
)
def test_a_date_without_quotation_marks_is_words(tmp_path: Path, date: str) -> None:
    folder = write_corpus(tmp_path / "corpus")
    (folder / "corpus.yaml").write_text(f"river.txt:\n  title: The river\n  date: {date}\n")
    assert read_corpus(folder).source("river").date == date


def test_the_fingerprint_follows_everything_that_can_reach_an_answer(tmp_path: Path) -> None:
    variants = [
        write_corpus(tmp_path / "a"),
        write_corpus(tmp_path / "b", {"river.txt": RIVER + " "}),
        write_corpus(tmp_path / "c", {"brook.txt": RIVER}),
        write_corpus(tmp_path / "d", notes=NOTES),
        write_corpus(tmp_path / "e", metadata={"river.txt": {"title": "River"}}),
        write_corpus(tmp_path / "f", metadata={"river.txt": {"title": "river", "licence": "free"}}),
    ]
    assert len({read_corpus(folder).fingerprint for folder in variants}) == len(variants)


def test_the_fingerprint_stays_when_the_folder_moves(tmp_path: Path) -> None:
    one, two = (
        write_corpus(tmp_path / "one", notes=NOTES),
        write_corpus(tmp_path / "two", notes=NOTES),
    )
    assert read_corpus(one).fingerprint == read_corpus(two).fingerprint


def test_an_unknown_source_is_a_key_error(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "corpus"))
    with pytest.raises(KeyError):
        corpus.source("brook")
    with pytest.raises(KeyError):
        corpus.body("brook")
