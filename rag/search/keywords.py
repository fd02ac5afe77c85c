"""Passages → a BM25 ranking (Robertson and Zaragoza 2009), over stems, through bm25s."""

from collections.abc import Sequence

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

Scores = npt.NDArray[np.float32]


def stems(text: str) -> list[str]:
    """Return the stems of the words of a text that carry meaning, in order."""
    return stems_of([text])[0]


def stems_of(texts: Sequence[str]) -> list[list[str]]:
    """Return the stems of each text, as `stems` does; many at once cost a tenth of one by one."""
    # bm25s knows no curly apostrophe: "Assad’s" would be another word than "Assad".
    plain = [text.replace("’", "'").replace("'s", "") for text in texts]
    tokens = bm25s.tokenize(
        plain,
        stopwords="en_plus",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
        token_pattern=r"(?u)\b\w[\w,.]*\w\b|\b\w\b",
    )
    return [list(t) for t in tokens]


class KeywordRanking:
    """BM25 over a fixed list of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index the texts."""
        self._count = len(texts)
        self._bm25 = bm25s.BM25()
        tokens = stems_of(texts)
        self._empty = not any(tokens)
        if not self._empty:
            self._bm25.index(tokens, show_progress=False)

    def scores(self, question: str) -> Scores:
        """Return the BM25 score of each text for the question.

        Shape (len(texts),), 0 where no word is shared.
        """
        words = [w for w in stems(question) if not self._empty and w in self._bm25.vocab_dict]
        if not words:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(words), dtype=np.float32)
