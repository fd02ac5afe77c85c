"""A corpus is read as it stands, or refused in one sentence that names the file or the entry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.errors import CorpusError
from ingest.sources import read_corpus
from tests.fakes import NOTES, RIVER, write_corpus

ENTRY = dict(NOTES[0])


def raw_notes(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "sources.yaml").write_text(text, encoding="utf-8")


def notes(*entries: Any) -> Callable[[Path], object]:
    return raw_notes(yaml.safe_dump(list(entries)))


def metadata(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "corpus.yaml").write_text(text, encoding="utf-8")


def file(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in ENTRY.items() if key not in keys}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        pytest.param(file("b.txt", b""), "b.txt", id="empty file"),
        pytest.param(
            file("b.txt", "\ufeff \r\n\u00a0".encode()), "b.txt", id="file of white space"
        ),
        pytest.param(file("b.md", b"caf\xe9"), r"b\.md.*not UTF-8 \(byte 3\)", id="file not UTF-8"),
        pytest.param(
            file("river.md", b"# A river"),
            "two sources have the id 'river'",
            id="two files of one name",
        ),
        pytest.param(
            lambda folder: (folder / "b.txt").mkdir(), "b.txt", id="folder named like a text"
        ),
        pytest.param(
            lambda folder: (folder / "b.txt").symlink_to("gone"), "b.txt", id="broken link"
        ),
        pytest.param(raw_notes(""), r"sources\.yaml.*must be a list", id="notes empty"),
        pytest.param(
            raw_notes("record: 1"), r"sources\.yaml.*must be a list", id="notes not a list"
        ),
        pytest.param(
            raw_notes("- {id: a\n- b"),
            r"sources\.yaml.*not valid YAML \(line 2",
            id="notes not YAML",
        ),
        pytest.param(
            raw_notes("[" * 500), r"sources\.yaml.*not valid YAML", id="notes nested without end"
        ),
        pytest.param(
            raw_notes("- 0x_"),
            r"sources\.yaml.*not valid YAML",
            id="notes with a number that is none",
        ),
        pytest.param(
            raw_notes("- \x07"),
            r"sources\.yaml.*not valid YAML",
            id="notes with a control character",
        ),
        pytest.param(
            raw_notes("- !!python/object:os.system x"),
            r"sources\.yaml.*not valid YAML",
            id="notes with a Python tag",
        ),
        pytest.param(
            file("sources.yaml", b"- \xff"), r"sources\.yaml.*not UTF-8", id="notes not UTF-8"
        ),
        pytest.param(notes("words"), r"sources\.yaml.*entry 'number 1'", id="entry not a mapping"),
        pytest.param(
            notes(NOTES[1], without("id")), r"entry 'number 2'.*'id'", id="entry without id"
        ),
        pytest.param(notes(without("claim")), "entry 'record'.*'claim'", id="entry without claim"),
        pytest.param(notes(without("facts")), "entry 'record'.*'facts'", id="entry without facts"),
        pytest.param(notes(ENTRY | {"facts": []}), "entry 'record'.*'facts'", id="no facts"),
        pytest.param(
            notes(ENTRY | {"facts": ["One.", " "]}), r"entry 'record'.*'facts\.1'", id="empty fact"
        ),
        pytest.param(
            notes(ENTRY | {"tone": "dry"}), "entry 'record'.*unknown key 'tone'", id="unknown key"
        ),
        pytest.param(
            notes(ENTRY | {"relation": "proves"}),
            "entry 'record'.*'relation'",
            id="unknown relation",
        ),
        pytest.param(notes(ENTRY | {"id": "a b"}), "entry 'a b'.*'id'", id="unusable id"),
        pytest.param(
            notes(ENTRY | {"url": "javascript:alert(1)"}),
            "entry 'record'.*'url'",
            id="address not of the web",
        ),
        pytest.param(
            notes(ENTRY | {"claim": "The mills opened"}),
            "entry 'record'.*'The mills opened'",
            id="claim nowhere",
        ),
        pytest.param(notes(ENTRY, ENTRY), "two sources have the id 'record'", id="doubled id"),
        pytest.param(
            notes(ENTRY | {"id": "river"}), "two sources have the id 'river'", id="id of a text"
        ),
        pytest.param(
            raw_notes("- id: a\n  id: b\n"),
            r"sources\.yaml.*line 2.*'id' stands twice",
            id="doubled key",
        ),
        pytest.param(
            metadata("river.txt: {title: A, colour: blue}"),
            r"corpus\.yaml.*river\.txt\.colour",
            id="metadata key",
        ),
        pytest.param(
            metadata("gone.txt: {title: A}"), r"corpus\.yaml.*'gone\.txt'", id="metadata of no file"
        ),
        pytest.param(
            metadata("river.txt: {author: A}"),
            r"corpus\.yaml.*river\.txt\.title",
            id="metadata without title",
        ),
        pytest.param(metadata("[]"), r"corpus\.yaml", id="metadata not a mapping"),
        pytest.param(metadata("{"), r"corpus\.yaml.*not valid YAML", id="metadata not YAML"),
    ],
)
def test_a_bad_file_is_named_in_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], named: str
) -> None:
    folder = write_corpus(tmp_path / "corpus")
    spoil(folder)
    with pytest.raises(CorpusError, match=named) as caught:
        read_corpus(folder)
    assert "\n" not in str(caught.value)


def test_a_file_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    try:
        Path(f"{folder}/caf\udce9.txt").write_text("Words.")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    with pytest.raises(CorpusError, match="not UTF-8"):
        read_corpus(folder)


@pytest.mark.parametrize(
    "folder",
    [Path("nowhere"), Path("a" * 5000), Path(__file__)],
    ids=["missing", "name too long", "a file"],
)
def test_a_corpus_that_is_no_folder_is_named(folder: Path) -> None:
    with pytest.raises(CorpusError, match=str(folder)[:50]):
        read_corpus(folder)


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("1,2")
    (tmp_path / ".hidden.txt").write_text("Words.")
    with pytest.raises(CorpusError, match=r"no \.txt or \.md file"):
        read_corpus(tmp_path)


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
    assert {(source.relation, source.wording) for source in corpus.sources} == {
        ("essay", "verbatim")
    }


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
    assert corpus.source("record").claim == "The mills closed in 1931"


@pytest.mark.parametrize(
    "date", ["2016-08-17", "2016-13-45", "2016-08"], ids=["date", "no such date", "month"]
)
def test_a_date_without_quotation_marks_is_words(tmp_path: Path, date: str) -> None:
    folder = write_corpus(tmp_path / "corpus")
    metadata(f"river.txt:\n  title: The river\n  date: {date}\n")(folder)
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


def test_the_shipped_corpus_is_the_essay_and_64_sources() -> None:
    corpus = read_corpus()
    assert [source.id for source in corpus.sources if source.voice == "main"] == ["essay"]
    assert corpus.source("essay").author == "Leila Al-Shami"
    assert len(corpus.sources) == 65
    assert all(source.licence for source in corpus.sources)
