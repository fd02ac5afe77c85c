"""Fits what reads how a question is phrased: a regression over its words and its vector."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from ingest.embed import load_embeddings
from rag.models.logistic import Multinomial
from rag.models.phrasing import features

STRENGTH = 3.0  # the inverse penalty
RARE = 3  # words and pairs that stand in fewer lines are left out

FeatureRows = list[dict[str, float]]


def rows_of(texts: Sequence[str]) -> FeatureRows:
    """Return the features of these texts."""
    vectors = load_embeddings().embed_documents(list(texts))
    return [features(text, vector) for text, vector in zip(texts, vectors, strict=True)]


def fit_without_each_author(
    lines: Sequence[Mapping[str, str]],
    rows: FeatureRows,
    asks: Sequence[str],
    weights: Sequence[float],
) -> Iterator[tuple[str, Multinomial, FeatureRows]]:
    """Yield each author of lines, the regression without these, and their rows.

    The rows of the lines come first, others after them.
    """
    authors = [line["author"] for line in lines] + [""] * (len(rows) - len(lines))
    for author in sorted({*authors} - {""}):
        learnt = [place for place, other in enumerate(authors) if other != author]
        model = fit(
            [rows[i] for i in learnt], [asks[i] for i in learnt], [weights[i] for i in learnt]
        )
        yield author, model, [row for row, by in zip(rows, authors, strict=True) if by == author]


def fit(rows: FeatureRows, asks: Sequence[str], weights: Sequence[float]) -> Multinomial:
    """Return the regression of these rows."""
    counts = Counter(name for row in rows for name in row)
    common = [{name: v for name, v in row.items() if counts[name] >= RARE} for row in rows]
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform(common)
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(matrix, np.array(asks), sample_weight=np.array(weights))
    coefficients: Any = model.coef_.T
    names = vectorizer.get_feature_names_out()
    by_name = {str(n): tuple(map(float, row)) for n, row in zip(names, coefficients, strict=True)}
    classes = tuple(map(str, model.classes_))
    return Multinomial(classes, tuple(map(float, model.intercept_)), by_name)
