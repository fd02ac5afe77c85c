"""A question and a text → does the text state the answer, and in which part of it: the reader.

A reranker says that a text is about a question. "How many women were killed?" beside a text that
counts the children is about it all the same; whoever reads it finds no answer. The reader was
trained on such pairs (`eval/training/reader.py`). It is the packaged cross-encoder with an adapter
and two heads: one logit for the text as a whole, and, for each token, how well the words that
answer begin and end there, against [CLS] for "nowhere" (Devlin et al. 2019, section 4.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.models.encoder import AdaptedEncoder, Read, load_adapted

ADAPTER = Path(__file__).with_name("reader.safetensors")
MAX_ANSWER_TOKENS = 30
NOWHERE = -20.0  # the logit of a part that was not read


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a text: logits that it states the answer, and of each part."""

    answers: float
    parts: tuple[float, ...]


class Reader(Protocol):
    """Anything that reads a text for the answer to a question."""

    def read(self, question: str, text: str, parts: Sequence[tuple[int, int]]) -> Reading:
        """Return the reading; `parts` are characters of the text, from and to."""
        ...


class AdaptedReader:
    """The packaged reader."""

    def __init__(self, encoder: AdaptedEncoder) -> None:
        """The encoder has the reader's adapter."""
        self._encoder = encoder

    def read(self, question: str, text: str, parts: Sequence[tuple[int, int]]) -> Reading:
        """Return the reading; what lies beyond the encoder's length is read as nowhere."""
        read = self._encoder.read(question, text)
        return Reading(
            float(read.pooled[0]), tuple(_answer_within(read, start, end) for start, end in parts)
        )


def _answer_within(read: Read, start: int, end: int) -> float:
    """Return the logit of the best span between two characters, less that of "nowhere"."""
    inside = [i for i, (begins, ends) in enumerate(read.spans) if start <= begins and ends <= end]
    if not inside:
        return NOWHERE
    begin, finish = read.tokens[inside, 0], read.tokens[inside, 1]
    best = max(
        float(begin[i] + finish[i : i + MAX_ANSWER_TOKENS].max()) for i in range(len(inside))
    )
    return best - float(np.sum(read.first[:2]))


def load_reader(adapter: Path = ADAPTER) -> AdaptedReader:
    """Load the packaged reader.

    Raises ModelError if its weights cannot be found or are not the expected ones.
    """
    return AdaptedReader(load_adapted(adapter))
