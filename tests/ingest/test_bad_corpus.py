"""A corpus that cannot be used is refused in one sentence that names the file or the entry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.errors import CorpusError
from ingest.sources import read_corpus
from tests.fakes import NOTES, write_corpus

ENTRY = {
    **{key: value for key, value in NOTES[0].items() if key != "bears"},
    "claim": "The mills closed in 1931",
    "relation": "contradicts",
}
BEARS = dict(NOTES[0]["bears"][0])


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
        pytest.param(
            notes(without("claim")), "entry 'record'.*give bears", id="entry without claim"
        ),
        pytest.param(
            notes(ENTRY | {"bears": [BEARS]}), "entry 'record'.*give bears", id="both forms"
        ),
        pytest.param(
            notes(dict(NOTES[0]) | {"bears": [BEARS | {"facts": [3]}]}),
            "entry 'record'.*fact 3",
            id="fact that is not there",
        ),
        pytest.param(
            notes(dict(NOTES[0]) | {"bears": [BEARS | {"because": None}]}),
            "entry 'record'.*because",
            id="dispute without a reason",
        ),
        pytest.param(
            notes(dict(NOTES[0]) | {"bears": [BEARS | {"claim": "The mills opened"}]}),
            "entry 'record'.*'The mills opened'",
            id="claim of a fact nowhere",
        ),
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
