"""The ingest step: a corpus → an index.

Embeds only what no earlier build embedded, and resumes after a kill.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from langchain_core.embeddings import Embeddings
from platformdirs import user_data_path

from ingest.errors import StoreError
from ingest.index import IndexStore, Manifest, PassageIndex, Row, describe, text_hash
from ingest.lock import locked
from ingest.passages import SPLITTER, attributed, split_corpus
from ingest.settings import Settings
from ingest.sources import SHIPPED
from ingest.types import Corpus, Passage

ROWS_A_STEP = 64  # after each the work so far is on disk

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: how many passages the index has, how many of them were embedded now."""

    folder: Path
    passages: int
    embedded: int
    changed: bool


def index_folder(settings: Settings) -> Path:
    """Return the folder of the index: the setting, else one under the user's data folder.

    The latter is named by all that shapes the index.
    """
    if settings.index is not None:
        return settings.index
    corpus = (settings.corpus or SHIPPED).resolve()
    shape = f"{corpus}\n{settings.embedding_model}\n{settings.max_chars}\n{SPLITTER}"
    digest = hashlib.sha256(shape.encode()).hexdigest()
    return user_data_path("essay-chat") / "index" / f"{corpus.name}-{digest[:12]}"


def is_current(corpus: Corpus, settings: Settings) -> bool:
    """Say whether the index in use is of this corpus, splitter and embedding model."""
    try:
        manifest = IndexStore(index_folder(settings)).manifest()
    except StoreError:
        return False
    return manifest.collection == _manifest(corpus, settings).collection


def build(
    corpus: Corpus,
    settings: Settings,
    embeddings: Callable[[], Embeddings],
    *,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Build or refresh the index of a corpus.

    `embeddings` is called only if something must be embedded; `progress` gets the number of
    passages done, and in all.
    Raises StoreError if the folder cannot be written; the index in use then stays as it was.
    """
    passages = split_corpus(corpus, max_chars=settings.max_chars)
    store, manifest = IndexStore(index_folder(settings)), _manifest(corpus, settings)
    if is_current(corpus, settings):
        return Built(store.folder, len(passages), 0, changed=False)
    with locked(store.folder):
        if is_current(corpus, settings):  # built by another process while this one waited
            return Built(store.folder, len(passages), 0, changed=False)
        embedded = _fill(store, manifest, corpus, passages, embeddings, progress)
        store.switch(manifest)
    return Built(store.folder, len(passages), embedded, changed=True)


def _manifest(corpus: Corpus, settings: Settings) -> Manifest:
    return describe(corpus, max_chars=settings.max_chars, embedding_model=settings.embedding_model)


def _fill(
    store: IndexStore,
    manifest: Manifest,
    corpus: Corpus,
    passages: tuple[Passage, ...],
    embeddings: Callable[[], Embeddings],
    progress: Progress,
) -> int:
    """Write all rows into the new collection; return how many texts had to be embedded."""
    sources = {source.id: source for source in corpus.sources}
    vectors = store.known_vectors(manifest.embedding_model)
    load_once = cache(embeddings)
    embedded = 0
    progress(0, len(passages))
    for start in range(0, len(passages), ROWS_A_STEP):
        step = passages[start : start + ROWS_A_STEP]
        texts = {passage: attributed(passage, sources[passage.source_id]) for passage in step}
        embedded += _embed_new(texts.values(), vectors, load_once)
        rows = []
        for passage, text in texts.items():
            key = text_hash(text)
            rows.append(Row(passage, sources[passage.source_id].voice, key, vectors[key]))
        store.put(manifest, rows)
        progress(start + len(step), len(passages))
    return embedded


def _embed_new(
    texts: Iterable[str], vectors: dict[str, Sequence[float]], embeddings: Callable[[], Embeddings]
) -> int:
    """Add the vectors of the texts that have none yet, by hash; return how many were added."""
    new_texts = {}
    for text in texts:
        key = text_hash(text)
        if key not in vectors:
            new_texts[key] = text
    if new_texts:
        new_vectors = embeddings().embed_documents(list(new_texts.values()))
        vectors.update(zip(new_texts, new_vectors, strict=True))
    return len(new_texts)


def open_index(corpus: Corpus, settings: Settings) -> PassageIndex:
    """Open the index of a corpus for reading; errors as `IndexStore.open`."""
    sources = {source.id: source for source in corpus.sources}
    passages = split_corpus(corpus, max_chars=settings.max_chars)
    rows = ((passage, sources[passage.source_id].voice) for passage in passages)
    return IndexStore(index_folder(settings)).open(_manifest(corpus, settings), rows)
