"""The packaged reader tells what a text states from what it is about, and where it states it."""

from pathlib import Path

import pytest
import torch

from ingest.errors import ModelError
from rag.models.encoder import (
    HIDDEN,
    AdaptedEncoder,
    load_adapted,
    load_base,
    load_tokenizer,
    packaged_weights,
)
from rag.models.reader import ADAPTER, NOWHERE, AdaptedReader, load_reader
from rag.models.rerank import load_reranker

TEXT = (
    "The lighthouse on Skerry Point was lit in 1872. Its keeper, Anna Holm, lived in the tower "
    "with three children. "
    "A storm in 1903 wrecked the Marian on the reef, and eleven sailors drowned."
)
SENTENCES = [(0, 47), (48, 110), (111, len(TEXT))]


@pytest.fixture(scope="module")
def reader() -> AdaptedReader:
    return load_reader()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stated", "unstated", "sentence"),
    [
        ("When was the lighthouse lit?", "What did it cost to build the lighthouse?", 0),
        ("Who kept the lighthouse?", "Who built the lighthouse on Skerry Point?", 1),
        ("how many kids did the keeper have", "how many siblings did the keeper have", 1),
        (
            "How many sailors drowned when the Marian was wrecked?",
            "How many passengers did the Marian carry?",
            2,
        ),
        ("What wrecked the Marian?", "Who owned the Marian?", 2),
    ],
)
def test_what_is_stated_is_told_from_what_is_not(
    reader: AdaptedReader, stated: str, unstated: str, sentence: int
) -> None:
    found, missed = (reader.read(question, TEXT, SENTENCES) for question in (stated, unstated))
    assert found.answers > missed.answers
    assert found.parts.index(max(found.parts)) == sentence


@pytest.mark.slow
def test_a_part_beyond_what_is_read_is_nowhere(reader: AdaptedReader) -> None:
    long = TEXT + " The sea was grey and cold." * 400
    reading = reader.read(
        "When was the lighthouse lit?", long, [SENTENCES[0], (len(long) - 20, len(long)), (5, 5)]
    )
    assert reading.parts[0] > NOWHERE
    assert reading.parts[1:] == (NOWHERE, NOWHERE)


@pytest.mark.slow
def test_the_weights_in_torch_are_those_of_the_reranker() -> None:
    reranker = load_reranker()
    assert reranker is not None
    pairs = [
        ("When was it lit?", TEXT),
        ("When was it lit?", "Bread is made of flour."),
        ("who kept it", TEXT[48:110]),
    ]
    weights = {name: torch.from_numpy(values) for name, values in packaged_weights().items()}
    own = {f"pooled.{side}": weights[f"classifier.{side}"] for side in ("weight", "bias")}
    heads = own | {"tokens.weight": torch.zeros(2, HIDDEN), "tokens.bias": torch.zeros(2)}
    encoder = AdaptedEncoder(load_base(), heads, load_tokenizer())
    for (question, text), logit in zip(pairs, reranker.score(pairs), strict=True):
        assert float(encoder.read(question, text).pooled[0]) == pytest.approx(logit, abs=0.5)


def test_an_adapter_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.safetensors.*make chat"):
        load_adapted(tmp_path / "gone.safetensors")


def test_an_adapter_that_is_broken_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.safetensors"
    file.write_bytes(ADAPTER.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"broken\.safetensors"):
        load_adapted(file)
