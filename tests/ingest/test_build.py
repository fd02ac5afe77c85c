"""The index: built once, refreshed by what changed, never half of one thing and half of another."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.build import Built, build, index_folder, is_current, open_index
from ingest.errors import EssayChatError, StoreError
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from tests.fakes import WordVectors, files_in, settings_in, word_vector, write_corpus
from tests.ingest.builds import BROOK, built, everything, opened


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
    nearest = index.nearest(word_vector("A brook joins it."), "main", 100)
    assert "brook" not in {passage.source_id for passage in index.passages("main")}
    assert "brook" not in {passage.source_id for passage, _ in nearest}


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


def without_locks(folder: Path) -> dict[str, bytes]:
    files = files_in(folder)
    return {name: content for name, content in files.items() if not name.endswith(".lock")}


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
    before = without_locks(folder)
    with pytest.raises(StoreError, match=f"{folder.name}/index") as caught:
        built(settings_in(folder))
    assert "\n" not in str(caught.value)
    assert without_locks(folder) == before


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
