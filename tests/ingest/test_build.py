"""The index: built once, refreshed by what changed, never half of one thing and half of another."""

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest.build import Built, build, index_folder, is_current, open_index
from ingest.errors import EssayChatError, IndexMismatch, IndexMissing, StoreError
from ingest.index import PassageIndex
from ingest.passages import split_corpus
from ingest.settings import Settings
from ingest.sources import read_corpus
from ingest.types import Voice
from tests.fakes import NOTES, RIVER, WordVectors, files_in, settings_in, word_vector, write_corpus

BROOK = "A brook joins it. The brook is short."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", {"river.txt": RIVER, "brook.txt": BROOK}, notes=NOTES)
    return tmp_path


def built(settings: Settings, model: WordVectors | None = None) -> Built:
    return build(read_corpus(settings.corpus), settings, lambda: model or WordVectors())


def opened(settings: Settings) -> PassageIndex:
    return open_index(read_corpus(settings.corpus), settings)


def everything(index: PassageIndex) -> list[str]:
    """Return the words of every passage that Chroma gives back for its own words, to see that all are there."""
    voices: tuple[Voice, ...] = ("main", "sources")
    own = [(passage, voice) for voice in voices for passage in index.passages(voice)]
    passages = [passage for passage, _ in own]
    found = [index.nearest(word_vector(passage.text), voice, 100) for passage, voice in own]
    assert all(
        passage in [hit for hit, _ in hits] for passage, hits in zip(passages, found, strict=True)
    )
    return [passage.text for passage in passages]


def test_a_build_embeds_every_passage_once(folder: Path) -> None:
    settings, model = settings_in(folder), WordVectors()
    report = built(settings, model)
    corpus = read_corpus(settings.corpus)
    passages = split_corpus(corpus, max_chars=settings.max_chars)
    assert len(model.embedded) == len(passages)
    assert all(
        passage.text in words for passage, words in zip(passages, model.embedded, strict=True)
    )
    assert report == Built(folder / "index", len(passages), len(passages), changed=True)
    assert everything(opened(settings)) == [passage.text for passage in passages]


def test_a_second_build_embeds_nothing_and_loads_no_model(folder: Path) -> None:
    settings = settings_in(folder)
    first = built(settings)

    def no_model() -> WordVectors:
        raise AssertionError("a model was loaded")

    assert build(read_corpus(settings.corpus), settings, no_model) == Built(
        first.folder, first.passages, 0, changed=False
    )


@pytest.mark.parametrize(
    ("change", "embedded"),
    [
        pytest.param({"brook.txt": BROOK + " It is cold."}, ["It is cold."], id="sentence added"),
        pytest.param({"brook.txt": "The brook is short."}, [], id="sentence removed"),
        pytest.param({"brook.txt": "\n\n" + BROOK}, [], id="sentences moved"),
        pytest.param({"lake.txt": "A lake lies below."}, ["A lake lies below."], id="file added"),
        pytest.param({"stream.txt": BROOK}, [], id="same words in another file"),
        pytest.param({"lake.txt": "Deep. Deep. Wide."}, ["Deep.", "Wide."], id="words repeated"),
    ],
)
def test_a_changed_file_embeds_only_what_changed(
    folder: Path, change: Mapping[str, str], embedded: list[str]
) -> None:
    settings, model = settings_in(folder), WordVectors()
    built(settings)
    write_corpus(folder / "corpus", change)
    report = built(settings, model)
    assert model.embedded == embedded
    assert report.embedded == len(embedded)
    everything(opened(settings))


def test_a_removed_source_leaves_the_index(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    (folder / "corpus" / "brook.txt").unlink()
    built(settings)
    index = opened(settings)
    assert not [p for p in index.passages("main") if p.source_id == "brook"]
    assert not [
        p
        for p, _ in index.nearest(word_vector("A brook joins it."), "main", 100)
        if p.source_id == "brook"
    ]


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


def test_a_corpus_without_notes_has_an_empty_second_voice(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    write_corpus(tmp_path / "corpus")
    built(settings)
    assert opened(settings).nearest(word_vector("mills"), "sources", 5) == []


def test_progress_ends_with_everything_done(folder: Path) -> None:
    settings = settings_in(folder)
    seen: list[tuple[int, int]] = []
    report = build(
        read_corpus(settings.corpus),
        settings,
        WordVectors,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[0] == (0, report.passages)
    assert seen[-1] == (report.passages, report.passages)
    assert seen == sorted(seen)


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


def test_another_model_embeds_everything_anew(folder: Path) -> None:
    built(settings_in(folder))
    report = built(settings_in(folder, embedding_model="another-model"))
    assert report.embedded == report.passages
    assert not is_current(read_corpus(folder / "corpus"), settings_in(folder))


def test_going_back_to_the_index_before_embeds_nothing(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    write_corpus(folder / "corpus", {"lake.txt": "A lake lies below."})
    built(settings)
    (folder / "corpus" / "lake.txt").unlink()
    assert built(settings).embedded == 0
    everything(opened(settings))


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


@pytest.mark.parametrize(
    "obstruct",
    [
        pytest.param(lambda index: index.write_text("in the way"), id="a file in its place"),
        pytest.param(
            lambda index: index.parent.joinpath("index").symlink_to(__file__), id="a link to a file"
        ),
        pytest.param(lambda index: (index / ".lock").mkdir(parents=True), id="lock is a folder"),
        pytest.param(
            lambda index: (index.mkdir(), (index / "chroma").write_text("in the way")),
            id="chroma is a file",
        ),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_and_left_alone(
    folder: Path, obstruct: Callable[[Path], object]
) -> None:
    obstruct(folder / "index")
    before = {
        name: content for name, content in files_in(folder).items() if not name.endswith(".lock")
    }
    with pytest.raises(StoreError, match=f"{folder.name}/index") as caught:
        built(settings_in(folder))
    assert "\n" not in str(caught.value)
    assert {
        name: content for name, content in files_in(folder).items() if not name.endswith(".lock")
    } == before


def test_a_model_that_fails_leaves_the_index_in_use(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    old = read_corpus(settings.corpus)
    write_corpus(folder / "corpus", {"lake.txt": "A lake lies below."})

    class Failing(WordVectors):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise EssayChatError("no power")

    with pytest.raises(EssayChatError, match="no power"):
        built(settings, Failing())
    everything(open_index(old, settings))


def test_of_two_builds_at_once_the_second_waits_and_does_nothing(folder: Path) -> None:
    settings, model = settings_in(folder), WordVectors()
    built(settings)
    serving = opened(settings)
    write_corpus(folder / "corpus", {"lake.txt": "A lake lies below."})
    corpus, second = read_corpus(settings.corpus), list[Future[Built]]()
    with ThreadPoolExecutor(1) as pool:

        def start_another(done: int, total: int) -> None:
            if done == 0:
                second.append(pool.submit(build, corpus, settings, lambda: model))

        first = build(corpus, settings, lambda: model, progress=start_another)
    assert (first.changed, second[0].result().changed) == (True, False)
    assert model.embedded == ["A lake lies below."]
    everything(opened(settings))
    everything(serving)  # a server that opened the index before is not cut off


def test_an_index_that_was_rebuilt_twice_since_says_so(folder: Path) -> None:
    settings = settings_in(folder)
    built(settings)
    serving = opened(settings)
    for word in ("A lake.", "A pond."):
        write_corpus(folder / "corpus", {"lake.txt": word})
        built(settings)
    with pytest.raises(StoreError, match="start this program again"):
        serving.nearest(word_vector("mills"), "main", 3)


def test_the_folder_of_an_index_is_named_by_all_that_shapes_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(folder).model_copy(update={"index": None})
    others = [
        settings,
        settings.model_copy(update={"corpus": folder / "other"}),
        settings.model_copy(update={"corpus": None}),
        settings.model_copy(update={"embedding_model": "another-model"}),
        settings.model_copy(update={"max_chars": 100}),
    ]
    assert len({index_folder(s) for s in others}) == len(others)
    assert all(index_folder(s).is_relative_to(os.environ["XDG_DATA_HOME"]) for s in others)
    monkeypatch.chdir(folder)
    assert index_folder(settings.model_copy(update={"corpus": Path("corpus")})) == index_folder(
        settings
    )


def test_a_note_is_embedded_with_the_name_of_who_is_spoken_of(folder: Path) -> None:
    model = WordVectors()
    built(settings_in(folder), model)
    [words] = [words for words in model.embedded if "The last mill shut in 1934." in words]
    assert words.startswith("County Office")


def test_of_many_like_passages_every_one_can_be_found(tmp_path: Path) -> None:
    refrain = [f"Verse {i} of the song stands here." for i in range(100)] + [
        f"Once more, {'o' * i}." for i in range(60)
    ]
    settings = settings_in(tmp_path)
    write_corpus(tmp_path / "corpus", {"song.txt": "\n\n".join(refrain)})
    built(settings)
    found = opened(settings).nearest(word_vector("Verse 7 of the song stands here."), "main", 160)
    assert sorted(passage.text for passage, _ in found) == sorted(refrain)
