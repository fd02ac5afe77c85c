"""Rows in a collection of Chroma: written a batch at a time, their vectors read back."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from ingest.index import Row

ROWS_A_CALL = 2000  # Chroma takes 5,461 at most
# With the 16 neighbours that Chroma gives a vector, some of many like vectors (lists, refrains) can
# be reached from none.
HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "max_neighbors": 64, "ef_search": 200}


def write_rows(collection: "Collection", rows: Sequence["Row"]) -> None:
    """Write rows into the collection, in place of those with the same ids."""
    for start in range(0, len(rows), ROWS_A_CALL):
        batch = rows[start : start + ROWS_A_CALL]
        collection.upsert(
            ids=[row.id for row in batch],
            embeddings=np.asarray([row.vector for row in batch], dtype=np.float32),
            documents=[row.passage.text for row in batch],
            metadatas=[_metadata(row) for row in batch],
        )


def stored_vectors(collection: "Collection") -> Iterator[tuple[str, Sequence[float]]]:
    """Yield the vectors of the collection, each with the hash of the words it stands for."""
    for start in range(0, collection.count(), ROWS_A_CALL):
        batch = collection.get(limit=ROWS_A_CALL, offset=start, include=["embeddings", "metadatas"])
        vectors, metadatas = batch["embeddings"], batch["metadatas"]
        if vectors is None or metadatas is None:
            continue
        for vector, metadata in zip(vectors, metadatas, strict=True):
            yield str(metadata["hash"]), vector


def _metadata(row: "Row") -> dict[str, str | int]:
    """Return what is stored beside the words of a passage and their vector."""
    return {
        "source_id": row.passage.source_id,
        "start": row.passage.start,
        "end": row.passage.end,
        "locator": row.passage.locator,
        "voice": row.voice,
        "hash": row.hash,
    }
