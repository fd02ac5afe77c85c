"""A sequence classifier made to tell whether evidence supports a claim, by its folder or hub name.

MiniCheck, FactCG and any NLI cross-encoder, through sentence-transformers.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

MAX_TOKENS = 512
SUPPORT_LABEL = re.compile(r"entail\w*|support\w*|consistent|yes|label_1", re.IGNORECASE)
# https://github.com/derenlei/FactCG: its model reads the pair as one text.
FACTCG = (
    '{evidence}\n\nChoose your answer: based on the paragraph above can we conclude that "{claim}"?'
    "\n\nOPTIONS:\n- Yes\n- No\nI think the answer is "
)


class ClassifierScorer:
    """Scores pairs by the probability of the label that means "supported"."""

    threshold = 0.5

    def __init__(self, model: "CrossEncoder", name: str) -> None:
        """The name decides how the model reads a pair."""
        self._model, self.name = model, name

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return the probability of that label: by its name, else the last one."""
        from torch.nn import Identity

        pairs: list[Any] = [self._pair(*pair) for pair in zip(evidence, claims, strict=True)]
        if not pairs:
            return []
        logits = np.asarray(
            self._model.predict(pairs, activation_fn=Identity(), show_progress_bar=False)
        )
        if logits.ndim == 1:
            return [1 / (1 + math.exp(-float(logit))) for logit in logits]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = odds / odds.sum(axis=1, keepdims=True)
        return [float(share) for share in shares[:, self._label()]]

    def _pair(self, evidence: str, claim: str) -> str | tuple[str, str]:
        if "factcg" in self.name.lower():
            return FACTCG.format(evidence=evidence, claim=claim)
        return evidence, claim

    def _label(self) -> int:
        config: Any = self._model.config
        labels: dict[int, str] = config.id2label
        named = (place for place, name in sorted(labels.items()) if SUPPORT_LABEL.fullmatch(name))
        return next(named, max(labels))


def load_classifier(name: str) -> ClassifierScorer:
    """Load a classifier; raises ModelError if it cannot be found."""
    from sentence_transformers import CrossEncoder

    local = Path(name).is_dir()
    try:
        model = CrossEncoder(name, device="cpu", max_length=MAX_TOKENS, local_files_only=local)
    except (OSError, ValueError, RuntimeError) as error:
        first_line = str(error).strip().split("\n")[0]
        raise ModelError(
            f"classifier {name!r} cannot be loaded ({first_line}); name a folder or a hub model"
        ) from error
    return ClassifierScorer(model, name)
