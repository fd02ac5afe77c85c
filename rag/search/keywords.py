"""Passages → a BM25 ranking (Robertson and Zaragoza 2009), over stems, through bm25s."""

from collections.abc import Sequence

import bm25s
import numpy as np
import numpy.typing as npt

from rag.language.words import stems

Scores = npt.NDArray[np.float32]


class KeywordRanking:
    """BM25 over a fixed list of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index the texts."""
        self._count = len(texts)
        self._bm25 = bm25s.BM25()
        tokens = [stems(text) for text in texts]
        self._empty = not any(tokens)
        if not self._empty:
            self._bm25.index(tokens, show_progress=False)

    def scores(self, question: str) -> Scores:
        """Return the score of each text, shape (len(texts),); 0 where no word is shared."""
        known = {} if self._empty else self._bm25.vocab_dict
        words = [word for word in stems(question) if word in known]
        if not words:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(words), dtype=np.float32)
