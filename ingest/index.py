"""Passages and their vectors in Chroma; the only module that imports chromadb.

An index folder holds Chroma's files and `index.json`, which names the collection in use and
everything that shaped it. A build fills a collection of its own and then replaces `index.json` in
one step: killed at any moment, the next start finds the old index or the new one. The collection
before the current one is kept, so that a running server is not cut off.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from ingest.errors import IndexMismatch, IndexMissing, StoreError
from ingest.passages import SPLITTER
from ingest.types import Corpus, Passage, Voice

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

FORMAT = 2
MANIFEST = "index.json"
LOCK = ".lock"
LOCK_TIMEOUT_S = 600.0
ROWS_A_CALL = 2000  # Chroma takes 5,461 at most
# With the 16 neighbours that Chroma gives a vector, some of many like vectors (lists, refrains) can
# be reached from none.
HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "max_neighbors": 64, "ef_search": 200}


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that shaped an index. `name` is the folder name of the corpus, for messages."""

    name: str
    corpus: str
    splitter: str
    max_chars: int
    embedding_model: str
    format: int = FORMAT
    previous: str | None = None

    @property
    def collection(self) -> str:
        """The name of the collection that holds these passages."""
        shape = json.dumps(asdict(replace(self, name="", previous=None)), sort_keys=True)
        return f"passages-{hashlib.sha256(shape.encode()).hexdigest()[:32]}"


def describe(corpus: Corpus, *, max_chars: int, embedding_model: str) -> Manifest:
    """Return the manifest that an index of this corpus would have."""
    return Manifest(corpus.name, corpus.fingerprint, SPLITTER, max_chars, embedding_model)


def row_id(passage: Passage) -> str:
    """Return the key of a passage in the index: where it stands."""
    return f"{passage.source_id}:{passage.start}-{passage.end}"


def text_hash(embedded: str) -> str:
    """Return the key under which the vector of a text can be used again."""
    return hashlib.sha256(embedded.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored for a passage: its vector, whose voice it is, and the hash of the words that were embedded."""

    passage: Passage
    voice: Voice
    hash: str
    vector: Sequence[float]


class PassageIndex:
    """An index that is open for reading, over the passages of the corpus it was built from."""

    def __init__(self, collection: "Collection", rows: Iterable[tuple[Passage, Voice]]) -> None:
        """Take Chroma's collection and the passages it holds, with their voices."""
        self._collection = collection
        self._voices: dict[Voice, dict[str, Passage]] = {"main": {}, "sources": {}}
        for passage, voice in rows:
            self._voices[voice][row_id(passage)] = passage

    def passages(self, voice: Voice) -> tuple[Passage, ...]:
        """Return the passages of a voice, in the order of the corpus."""
        return tuple(self._voices[voice].values())

    def nearest(
        self, vector: Sequence[float], voice: Voice, count: int
    ) -> list[tuple[Passage, float]]:
        """Return up to `count` passages of a voice with their cosine similarity, the most similar first.

        Raises StoreError if the collection is gone: a build removes all but the one before it.
        """
        known = self._voices[voice]
        count = min(count, len(known))
        if count == 0:
            return []
        with _chroma_errors(
            "the index cannot be searched",
            "it may have been rebuilt twice since; start this program again",
        ):
            found = self._collection.query(
                query_embeddings=np.asarray([vector], dtype=np.float32),
                n_results=count,
                where={"voice": voice},
                include=["distances"],
            )
        distances = found["distances"] or [[]]
        return [
            (known[i], 1.0 - d)
            for i, d in zip(found["ids"][0], distances[0], strict=True)
            if i in known
        ]


class IndexStore:
    """An index folder: open it, or build a new collection in it and put that into use."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; nothing is read or written yet."""
        self.folder = folder

    def manifest(self) -> Manifest:
        """Return what the index in use was built from.

        Raises IndexMissing if there is none, StoreError if it cannot be read.
        """
        file = self.folder / MANIFEST
        try:
            return Manifest(**json.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexMissing(
                f"no index at {str(self.folder)!r} yet; run `essay-chat ingest`"
            ) from error
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(
                f"index file {str(file)!r} cannot be read; run `essay-chat ingest`"
            ) from error

    def open(self, expected: Manifest, rows: Iterable[tuple[Passage, Voice]]) -> PassageIndex:
        """Open the index for reading.

        Raises IndexMissing or StoreError as `manifest` does, IndexMismatch if it was built from
        something else.
        """
        found = self.manifest()
        for field, what in (
            ("embedding_model", "by embedding model"),
            ("corpus", "from corpus"),
            ("max_chars", "with max_chars"),
        ):
            there, wanted = getattr(found, field), getattr(expected, field)
            if there != wanted:
                raise IndexMismatch(
                    f"index at {str(self.folder)!r} was built {what} {_short(there)}, not {_short(wanted)}; "
                    "run `essay-chat ingest` to rebuild it, or name another folder with --index"
                )
        if found.collection != expected.collection:
            raise IndexMismatch(
                f"index at {str(self.folder)!r} has an older form; run `essay-chat ingest` to rebuild it"
            )
        with self._errors():
            return PassageIndex(
                self._client().get_collection(found.collection, embedding_function=None), rows
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for a build; wait for another process that builds there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / LOCK, timeout=LOCK_TIMEOUT_S):
                yield
        except Timeout as error:
            raise StoreError(
                f"another process is building the index at {str(self.folder)!r}; wait for it to end"
            ) from error
        except OSError as error:
            raise StoreError(
                f"index folder {str(self.folder)!r} cannot be written ({error.strerror}); name another with --index"
            ) from error

    def known_vectors(self, embedding_model: str) -> dict[str, Sequence[float]]:
        """Return the vectors that a build may use again, by text hash: of the index in use and of an unfinished build."""
        with self._errors():
            named = [
                c
                for c in self._client().list_collections()
                if (c.metadata or {}).get("model") == embedding_model
            ]
            return {hash_: vector for collection in named for hash_, vector in _stored(collection)}

    def put(self, manifest: Manifest, rows: Sequence[Row]) -> None:
        """Write rows into the collection of the manifest, which is not in use until `switch`."""
        with self._errors():
            collection = self._client().get_or_create_collection(
                manifest.collection,
                embedding_function=None,
                metadata={"model": manifest.embedding_model},
                configuration={"hnsw": HNSW},
            )
            for at in range(0, len(rows), ROWS_A_CALL):
                part = rows[at : at + ROWS_A_CALL]
                collection.upsert(
                    ids=[row_id(r.passage) for r in part],
                    embeddings=np.asarray([r.vector for r in part], dtype=np.float32),
                    documents=[r.passage.text for r in part],
                    metadatas=[_metadata(r) for r in part],
                )

    def switch(self, manifest: Manifest) -> None:
        """Put the collection of the manifest into use, in one step.

        Keep the one before it, remove any other.
        """
        try:
            before = self.manifest().collection
        except StoreError:
            before = None
        manifest = replace(manifest, previous=before)
        unfinished = self.folder / f"{MANIFEST}.new"
        unfinished.write_text(json.dumps(asdict(manifest), indent=2), encoding="utf-8")
        os.replace(unfinished, self.folder / MANIFEST)
        with self._errors():
            client = self._client()
            for collection in client.list_collections():
                if collection.name not in (manifest.collection, before):
                    client.delete_collection(collection.name)

    def _client(self) -> "ClientAPI":
        # Takes a second to import, so only where an index is touched.
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        return chromadb.PersistentClient(path=str(self.folder / "chroma"), settings=settings)

    def _errors(self) -> AbstractContextManager[None]:
        return _chroma_errors(
            f"index at {str(self.folder)!r} cannot be used",
            "delete that folder and run `essay-chat ingest`",
        )


@contextmanager
def _chroma_errors(problem: str, next_step: str) -> Iterator[None]:
    import chromadb.errors

    try:
        yield
    except (chromadb.errors.ChromaError, ValueError, RuntimeError, OSError) as error:
        raise StoreError(f"{problem} ({_first_line(error)}); {next_step}") from error


def _stored(collection: "Collection") -> Iterator[tuple[str, Sequence[float]]]:
    total = collection.count()
    for at in range(0, total, ROWS_A_CALL):
        page = collection.get(limit=ROWS_A_CALL, offset=at, include=["embeddings", "metadatas"])
        vectors, metadatas = page["embeddings"], page["metadatas"]
        if vectors is None or metadatas is None:
            continue
        for vector, metadata in zip(vectors, metadatas, strict=True):
            yield str(metadata["hash"]), vector


def _metadata(row: Row) -> dict[str, str | int]:
    passage = row.passage
    return {
        "source_id": passage.source_id,
        "start": passage.start,
        "end": passage.end,
        "locator": passage.locator,
        "voice": row.voice,
        "hash": row.hash,
    }


def _short(value: object) -> str:
    return repr(f"{value}"[:19] + "…" if len(f"{value}") > 20 else value)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
