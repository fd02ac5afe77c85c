"""A question → features of how it is phrased, for the regressions that read what it asks.

Its words, their pairs, and its sentence vector, on scales of their own.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.models.logistic import numbered

# How much a word counts beside the sentence vector.
WORD_SCALE, VECTOR_SCALE = 0.7, 2.0
WORD = re.compile(r"[a-z]+|\d+|\?")


def features(question: str, vector: Sequence[float]) -> dict[str, float]:
    """Return the features of a question whose sentence vector is given."""
    words = ["^", *WORD.findall(question.lower()), "$"]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    said = dict.fromkeys((*words, *pairs), WORD_SCALE)
    return {**said, **numbered(VECTOR_SCALE * value for value in vector)}
