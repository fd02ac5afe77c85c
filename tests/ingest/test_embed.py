"""The default weights are checked before they are loaded.

Whatever else is named loads, or is one clear error.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests

from ingest.embed import PACKAGE, SHA256, PassageEmbeddings, load_embeddings
from ingest.errors import ModelError
from ingest.weights import check_hash, packaged_folder


@pytest.fixture(scope="module")
def model() -> PassageEmbeddings:
    return load_embeddings()


def test_weights_with_one_byte_changed_are_refused(tmp_path: Path) -> None:
    weights = packaged_folder(*PACKAGE) / "model.safetensors"
    assert check_hash(weights, SHA256) == weights
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors.*not the expected one.*make chat"):
        check_hash(tmp_path / "model.safetensors", SHA256)


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors.*cannot be read"):
        check_hash(tmp_path / "model.safetensors", SHA256)


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModelError, match="'no_such_package'"):
        packaged_folder("no_such_package", "model")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty folder", "cut off weights", "no folder", "hub name"])
def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path, kind: str) -> None:
    name = {
        "empty folder": str(tmp_path),
        "no folder": str(tmp_path / "gone"),
        "hub name": "nobody/nothing",
    }.get(kind)
    if name is None:
        name = str(shutil.copytree(packaged_folder(*PACKAGE), tmp_path / "model"))
        weights = Path(name) / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_embeddings(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_folder_is_a_model(model: PassageEmbeddings) -> None:
    folder = str(packaged_folder(*PACKAGE))
    loaded = load_embeddings(folder)
    assert loaded.name == folder
    expected = model.embed_query("a river")
    np.testing.assert_allclose(loaded.embed_query("a river"), expected, atol=1e-6)


@pytest.mark.slow
def test_vectors_are_of_unit_length_and_near_for_near_meanings(model: PassageEmbeddings) -> None:
    vectors = np.asarray(
        model.embed_documents(["A dog runs.", "A hound is running.", "Bonds fell in May.", ""])
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]


@pytest.mark.slow
def test_a_text_has_one_vector_whatever_it_is_embedded_with(model: PassageEmbeddings) -> None:
    alone = model.embed_query("A dog runs.")
    beside = model.embed_documents(
        ["A dog runs.", "A much longer sentence stands beside it in the batch this time."]
    )[0]
    np.testing.assert_allclose(alone, beside, atol=1e-5)


@pytest.mark.slow
def test_no_texts_have_no_vectors(model: PassageEmbeddings) -> None:
    assert model.embed_documents([]) == []


@pytest.mark.slow
class TestStandard(EmbeddingsIntegrationTests):
    """LangChain's own suite for embeddings."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return PassageEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {}

    @pytest.fixture
    def model(self) -> Embeddings:
        return load_embeddings()


@pytest.mark.slow
def test_a_remembered_question_cannot_be_changed_by_whoever_asked(model: PassageEmbeddings) -> None:
    first = model.embed_query("a river")
    kept = list(first)
    first[0] = 9.0
    assert model.embed_query("a river") == kept
