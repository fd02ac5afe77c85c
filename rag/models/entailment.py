"""Evidence and a claim → does the evidence bear the claim out in full, as one logit.

Words in common say little when one of them is "not", or when buyer and seller have changed places.
The model was trained on such pairs (`eval/training/entailment.py`). It is, like the reader, the
packaged cross-encoder with an adapter; its logit is a feature of the support score.
"""

from pathlib import Path
from typing import Protocol

from rag.models.encoder import AdaptedEncoder, load_adapted

ADAPTER = Path(__file__).with_name("entailment.safetensors")


class EntailmentModel(Protocol):
    """Anything that reads a claim beside its evidence."""

    def logit(self, evidence: str, claim: str) -> float:
        """Return the logit that the evidence bears the claim out."""
        ...


class AdaptedEntailment:
    """The packaged model."""

    def __init__(self, encoder: AdaptedEncoder) -> None:
        """The encoder has the adapter of this model."""
        self._encoder = encoder

    def logit(self, evidence: str, claim: str) -> float:
        """Return the logit; of longer evidence what the encoder holds is read."""
        return float(self._encoder.read(claim, evidence).pooled[0])


def load_entailment(adapter: Path = ADAPTER) -> AdaptedEntailment:
    """Load the packaged model.

    Raises ModelError if its weights cannot be found or are not the expected ones.
    """
    return AdaptedEntailment(load_adapted(adapter))
