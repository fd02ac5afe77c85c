"""Evidence and a claim → does the evidence bear the claim out in full: the checker.

Words in common say little when one of them is "not", or when buyer and seller have changed places.
The checker was trained on such pairs (`eval/training/entailment.py`). It is, like
`rag.models.reader`, the packaged cross-encoder with an adapter, and gives one logit of the pair, a
feature of `rag.check.support`.
"""

from pathlib import Path
from typing import Protocol

from rag.models.encoder import AdaptedEncoder, load_adapted

ADAPTER = Path(__file__).with_name("entailment.safetensors")


class Checker(Protocol):
    """Anything that reads a claim beside its evidence."""

    def check(self, evidence: str, claim: str) -> float:
        """Return the logit that the evidence bears the claim out."""
        ...


class AdaptedChecker:
    """The packaged checker."""

    def __init__(self, encoder: AdaptedEncoder) -> None:
        """Take the encoder with the checker's adapter."""
        self._encoder = encoder

    def check(self, evidence: str, claim: str) -> float:
        """Return the logit; of longer evidence what the encoder holds is read."""
        return float(self._encoder.read(claim, evidence).pooled[0])


def load_checker(adapter: Path = ADAPTER) -> AdaptedChecker:
    """Load the packaged checker.

    Raises ModelError if its weights cannot be found or are not the expected ones.
    """
    return AdaptedChecker(load_adapted(adapter))
