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

from ingest.collection import HNSW, stored_vectors, write_rows
from ingest.errors import IndexMismatch, IndexMissing, StoreError
from ingest.passages import SPLITTER
from ingest.types import Corpus, Passage, Voice

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

FORMAT = 2
MANIFEST = "index.json"
# What two indexes can differ in, and how a message says it.
DIFFERENCES = {
    "embedding_model": "by embedding model",
    "corpus": "from corpus",
    "max_chars": "with max_chars",
}


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

    def difference(self, other: "Manifest") -> str | None:
        """Return in words what this index was built from and the other was not, if anything."""
        for field, words in DIFFERENCES.items():
            value, other_value = getattr(self, field), getattr(other, field)
            if value != other_value:
                return f"{words} {_short(value)}, not {_short(other_value)}"
        return None


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
    """What is stored for a passage. `hash` is that of the words that were embedded."""

    passage: Passage
    voice: Voice
    hash: str
    vector: Sequence[float]

    @property
    def id(self) -> str:
        """The key of the row."""
        return row_id(self.passage)


class PassageIndex:
    """An index that is open for reading, over the passages of the corpus it was built from."""

    def __init__(self, collection: "Collection", rows: Iterable[tuple[Passage, Voice]]) -> None:
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
        """Return up to `count` passages of a voice and their cosine similarity, the nearest first.

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
            result = self._collection.query(
                query_embeddings=np.asarray([vector], dtype=np.float32),
                n_results=count,
                where={"voice": voice},
                include=["distances"],
            )
        distances = result["distances"] or [[]]
        hits = zip(result["ids"][0], distances[0], strict=True)
        return [(known[key], 1.0 - distance) for key, distance in hits if key in known]


class IndexStore:
    """An index folder: open it, or build a new collection in it and put that into use."""

    def __init__(self, folder: Path) -> None:
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
        manifest = self.manifest()
        difference = manifest.difference(expected)
        if difference:
            raise IndexMismatch(
                f"index at {str(self.folder)!r} was built {difference}; "
                "run `essay-chat ingest` to rebuild it, or name another folder with --index"
            )
        if manifest.collection != expected.collection:
            raise IndexMismatch(
                f"index at {str(self.folder)!r} has an older form; "
                "run `essay-chat ingest` to rebuild it"
            )
        with self._errors():
            collection = self._client().get_collection(manifest.collection, embedding_function=None)
            return PassageIndex(collection, rows)

    def known_vectors(self, embedding_model: str) -> dict[str, Sequence[float]]:
        """Return the vectors that a build may use again, by the hash of their words.

        They are those of the index in use, of the one before it and of an unfinished build.
        """
        vectors: dict[str, Sequence[float]] = {}
        with self._errors():
            for collection in self._client().list_collections():
                if (collection.metadata or {}).get("model") == embedding_model:
                    vectors.update(stored_vectors(collection))
        return vectors

    def put(self, manifest: Manifest, rows: Sequence[Row]) -> None:
        """Write rows into the collection of the manifest, which is not in use until `switch`."""
        with self._errors():
            collection = self._client().get_or_create_collection(
                manifest.collection,
                embedding_function=None,
                metadata={"model": manifest.embedding_model},
                configuration={"hnsw": HNSW},
            )
            write_rows(collection, rows)

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
        first_line = str(error).strip().split("\n")[0][:200]
        raise StoreError(f"{problem} ({first_line}); {next_step}") from error


def _short(value: object) -> str:
    text = f"{value}"
    return repr(value) if len(text) <= 20 else repr(f"{text[:19]}…")
