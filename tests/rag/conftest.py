"""The river corpus with scripted models, and the product's own chain over the corpus that ships."""

from pathlib import Path

import pytest

from ingest.build import build
from ingest.embed import load_embeddings
from ingest.settings import read_settings
from ingest.sources import read_corpus
from rag.chain import EssayChain
from rag.load import load


@pytest.fixture(scope="session")
def essay_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the corpus that ships, built with the default model."""
    folder = tmp_path_factory.mktemp("essay") / "index"
    build(read_corpus(), read_settings(index=folder), load_embeddings)
    return folder


@pytest.fixture(scope="session")
def essay_chain(essay_index: Path) -> EssayChain:
    """The default chain."""
    return load(read_settings(index=essay_index))
