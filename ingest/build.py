"""The ingest step: a corpus → an index. Embeds only what no earlier build embedded.

Resumes after a kill.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings
from platformdirs import user_data_path

from ingest.errors import StoreError
from ingest.index import IndexStore, Manifest, PassageIndex, Row, describe, text_hash
from ingest.passages import SPLITTER, attributed, split_corpus
from ingest.settings import Settings
from ingest.sources import SHIPPED
from ingest.types import Corpus, Passage

ROWS_A_STEP = 64  # after each the work so far is on disk

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: passages in the index, how many of them it embedded, whether anything changed."""

    folder: Path
    passages: int
    embedded: int
    changed: bool


def index_folder(settings: Settings) -> Path:
    """Return the folder of the index: the setting, else one under the user's data folder named by all that shapes it."""
    if settings.index is not None:
        return settings.index
    corpus = (settings.corpus or SHIPPED).resolve()
    shape = f"{corpus}\n{settings.embedding_model}\n{settings.max_chars}\n{SPLITTER}"
    return (
        user_data_path("essay-chat")
        / "index"
        / f"{corpus.name}-{hashlib.sha256(shape.encode()).hexdigest()[:12]}"
    )


def is_current(corpus: Corpus, settings: Settings) -> bool:
    """Say whether the index in use is of this corpus, splitter and embedding model."""
    try:
        found = IndexStore(index_folder(settings)).manifest()
    except StoreError:
        return False
    return found.collection == _manifest(corpus, settings).collection


def build(
    corpus: Corpus,
    settings: Settings,
    embeddings: Callable[[], Embeddings],
    *,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Build or refresh the index of a corpus.

    `embeddings` is called only if something must be embedded; `progress` gets passages done and in all.
    Raises StoreError if the folder cannot be written; the index in use then stays as it was.
    """
    passages = split_corpus(corpus, max_chars=settings.max_chars)
    store, manifest = IndexStore(index_folder(settings)), _manifest(corpus, settings)
    if is_current(corpus, settings):
        return Built(store.folder, len(passages), 0, changed=False)
    with store.locked():
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
    """Write all rows into the new collection; return how many had to be embedded."""
    sources = {source.id: source for source in corpus.sources}
    known = dict(store.known_vectors(manifest.embedding_model))
    model: Embeddings | None = None
    embedded = 0
    progress(0, len(passages))
    for at in range(0, len(passages), ROWS_A_STEP):
        part = passages[at : at + ROWS_A_STEP]
        words = [attributed(p, sources[p.source_id]) for p in part]
        fresh = list(dict.fromkeys(w for w in words if text_hash(w) not in known))
        if fresh:
            model = model or embeddings()
            vectors = model.embed_documents(fresh)
            known.update(zip(map(text_hash, fresh), vectors, strict=True))
            embedded += len(fresh)
        rows = [
            Row(p, sources[p.source_id].voice, text_hash(w), known[text_hash(w)])
            for p, w in zip(part, words, strict=True)
        ]
        store.put(manifest, rows)
        progress(at + len(part), len(passages))
    return embedded


def open_index(corpus: Corpus, settings: Settings) -> PassageIndex:
    """Open the index of a corpus for reading; errors as `IndexStore.open`."""
    sources = {source.id: source for source in corpus.sources}
    passages = split_corpus(corpus, max_chars=settings.max_chars)
    rows = ((p, sources[p.source_id].voice) for p in passages)
    return IndexStore(index_folder(settings)).open(_manifest(corpus, settings), rows)
