"""The best hits are read in their context, and what was read decides with the ranking."""

from pathlib import Path

from ingest.neighbours import read_neighbours
from ingest.types import Corpus
from rag.search.reading import MAIN_CHARS, READ, ReadingStage
from rag.types import Hit
from tests.fakes import NOTES, ScriptedReader, indexed, write_corpus

QUESTION = "When did the last mill shut?"


def hits_in(
    folder: Path, **files: str
) -> tuple[Corpus, tuple[Hit, ...], ReadingStage, ScriptedReader]:
    """Return every passage as a hit, and a stage whose reader looks for "1934"."""
    write_corpus(
        folder / "corpus",
        {f"{name}.txt": body for name, body in files.items()} or None,
        notes=() if files else NOTES,
    )
    corpus, index = indexed(folder)
    passages = [*index.passages("main"), *index.passages("sources")]
    hits = tuple(
        Hit(p, corpus.source(p.source_id), -float(rank), {"dense": 0.5})
        for rank, p in enumerate(passages)
    )
    reader = ScriptedReader(lambda question: "1934")
    return corpus, hits, ReadingStage(corpus, reader, read_neighbours(corpus, passages)), reader


def test_what_answers_comes_first_in_its_voice(tmp_path: Path) -> None:
    _, hits, stage, _ = hits_in(tmp_path)
    read = stage(QUESTION, hits)
    assert sorted(hit.passage.text for hit in read) == sorted(hit.passage.text for hit in hits)
    notes = [hit for hit in read if hit.source.wording == "note"]
    assert notes[0].passage.text == "The last mill shut in 1934."
    assert [hit.score for hit in notes] == sorted((hit.score for hit in notes), reverse=True)
    assert notes[0].parts["answers"] == notes[0].parts["span"] == 5.0
    assert notes[0].parts["dense"] == 0.5


def test_a_passage_is_read_with_its_paragraph_and_a_note_behind_its_source(tmp_path: Path) -> None:
    _, hits, stage, reader = hits_in(tmp_path)
    stage(QUESTION, hits)
    assert (
        "The river rises in the north. It feeds three mills along the valley." in reader.read_texts
    )
    record = (
        "County Office, A record of the county: The last mill shut in 1934.\n"
        "Its owner had died the year before."
    )
    assert record in reader.read_texts
    assert len(reader.read_texts) == len(set(reader.read_texts)), "a window is read once"


def test_the_sentence_beside_the_answer_has_its_window_but_not_its_span(tmp_path: Path) -> None:
    _, hits, stage, _ = hits_in(tmp_path)
    [beside] = [
        hit
        for hit in stage(QUESTION, hits)
        if hit.passage.text == "Its owner had died the year before."
    ]
    assert (beside.parts["answers"], beside.parts["span"]) == (5.0, -5.0)


def test_only_the_best_are_read_and_the_others_stay_behind_what_answers(tmp_path: Path) -> None:
    paragraphs = [
        f"Mill number {n} stood by the river and ground the corn of the village." for n in range(30)
    ]
    _, hits, stage, reader = hits_in(
        tmp_path, mills="\n\n".join([*paragraphs[:3], "It shut in 1934.", *paragraphs[3:]])
    )
    read = stage(QUESTION, hits)
    assert len(reader.read_texts) == READ["main"]
    assert read[0].passage.text == "It shut in 1934."
    assert ["answers" in hit.parts for hit in read] == [True] * READ["main"] + [False] * (
        len(hits) - READ["main"]
    )


def test_a_window_is_no_longer_than_it_may_be(tmp_path: Path) -> None:
    sentences = " ".join(
        f"Sentence number {n} says something about the mills and the river." for n in range(60)
    )
    _, hits, stage, reader = hits_in(tmp_path, long=sentences)
    stage(QUESTION, hits)
    assert all(len(text) <= MAIN_CHARS for text in reader.read_texts)
    assert max(map(len, reader.read_texts)) > MAIN_CHARS / 2


def test_no_hits_are_no_reading(tmp_path: Path) -> None:
    _, _, stage, reader = hits_in(tmp_path)
    assert stage(QUESTION, ()) == ()
    assert reader.read_texts == []
