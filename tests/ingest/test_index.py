"""An index that is open gives the nearest passages; one of something else is refused, untouched."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import IndexMismatch, IndexMissing, StoreError
from tests.fakes import RIVER, files_in, settings_in, word_vector, write_corpus
from tests.ingest.builds import built, everything, opened


def test_a_corpus_without_notes_has_an_empty_second_voice(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    write_corpus(tmp_path / "corpus")
    built(settings)
    assert opened(settings).nearest(word_vector("mills"), "sources", 5) == []


def test_voices_are_searched_apart_and_the_nearest_comes_first(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    index = opened(settings)
    [(passage, similarity), *rest] = index.nearest(
        word_vector("Nobody knows why they closed."), "main", 100
    )
    assert passage.text == "Nobody knows why they closed."
    assert similarity == pytest.approx(1.0, abs=1e-5)
    assert all(-1 <= s <= similarity for _, s in rest)
    assert {p.source_id for p, _ in index.nearest(word_vector("mills"), "sources", 100)} == {
        "record",
        "atlas",
    }
    assert len(index.nearest(word_vector("mills"), "main", 2)) == 2


def test_of_many_like_passages_every_one_can_be_found(tmp_path: Path) -> None:
    refrain = [f"Verse {i} of the song stands here." for i in range(100)] + [
        f"Once more, {'o' * i}." for i in range(60)
    ]
    settings = settings_in(tmp_path)
    write_corpus(tmp_path / "corpus", {"song.txt": "\n\n".join(refrain)})
    built(settings)
    found = opened(settings).nearest(word_vector("Verse 7 of the song stands here."), "main", 160)
    assert sorted(passage.text for passage, _ in found) == sorted(refrain)


def test_an_index_that_is_not_there_names_the_command(folder: Path) -> None:
    with pytest.raises(IndexMissing, match="essay-chat ingest"):
        opened(settings_in(folder))


@pytest.mark.parametrize(
    ("other", "named"),
    [
        pytest.param(
            {"embedding_model": "another-model"},
            "embedding model 'all-MiniLM-L6-v2', not 'another-model'",
            id="model",
        ),
        pytest.param({"max_chars": 100}, "max_chars 600, not 100", id="size"),
    ],
)
def test_an_index_of_other_settings_is_refused_and_untouched(
    folder: Path, other: Mapping[str, Any], named: str
) -> None:
    built(settings_in(folder))
    before = files_in(folder)
    with pytest.raises(IndexMismatch, match=named) as caught:
        opened(settings_in(folder, **other))
    assert "essay-chat ingest" in str(caught.value)
    assert files_in(folder) == before
    everything(opened(settings_in(folder)))


def test_an_index_of_another_corpus_is_refused_and_untouched(folder: Path) -> None:
    built(settings_in(folder))
    write_corpus(folder / "other", {"river.txt": RIVER + "More."})
    before = files_in(folder / "index")
    with pytest.raises(IndexMismatch, match=r"from corpus 'sha256:.*essay-chat ingest"):
        opened(settings_in(folder, corpus=folder / "other"))
    assert files_in(folder / "index") == before


def test_an_index_of_another_splitter_is_refused(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    manifest = folder / "index" / "index.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"splitter": "lines/0"}))
    with pytest.raises(IndexMismatch, match="essay-chat ingest"):
        opened(settings)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"null", b'{"name": 1}', b"\xff\xfe"],
    ids=lambda content: content.decode("latin-1") or "empty",
)
def test_an_unreadable_index_file_is_named_and_mended_by_a_build(
    folder: Path, content: bytes
) -> None:
    settings = settings_in(folder)
    built(settings)
    (folder / "index" / "index.json").write_bytes(content)
    with pytest.raises(StoreError, match=r"index\.json.*essay-chat ingest"):
        opened(settings)
    assert built(settings).embedded == 0
    everything(opened(settings))


def test_a_broken_database_is_named(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    broken = settings_in(folder, index=folder / "broken")
    (folder / "broken" / "chroma").mkdir(parents=True)
    (folder / "broken" / "index.json").write_bytes((folder / "index" / "index.json").read_bytes())
    (folder / "broken" / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(
        StoreError, match=r"broken.*cannot be used.*delete that folder and run `essay-chat ingest`"
    ):
        opened(broken)


def test_an_index_that_was_rebuilt_twice_since_says_so(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    serving = opened(settings)
    for word in ("A lake.", "A pond."):
        write_corpus(folder / "corpus", {"lake.txt": word})
        built(settings)
    with pytest.raises(StoreError, match="start this program again"):
        serving.nearest(word_vector("mills"), "main", 3)
