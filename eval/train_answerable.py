"""Fit the coefficients by which `rag.answerable` decides whether a corpus answers a question; writes `rag/answerable.json`.

    python -m eval.train_answerable squad2/ clapnq/

Data: the development half of the cases that ship (without false premises and other languages), and public folders of the
form that `essay-chat eval --public` reads, whose questions are also asked of the essay, which answers none of them
("elsewhere"); the file written names the sets and how many questions each gave. Each set weighs
the same, and in each the answerable and the unanswerable weigh the same. The held-out half is never read. The threshold is
a quantile of the development half's answerable questions, each scored by a model that has not seen it.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.cases import SHIPPED, load_cases
from eval.public import load_questions
from eval.types import ANSWERABLE, Case
from ingest.build import build
from ingest.embed import load_embeddings
from ingest.settings import Settings, read_settings
from ingest.sources import read_corpus
from rag.answerable import COEFFICIENTS
from rag.chain import load

FEATURES = ("paragraph", "dense", "name_missing", "year_missing", "figure_missing", "count_missing")
REFUSED = 0.02  # of the answerable questions, below the threshold: half of what may be
STRENGTH = 0.1  # of the inverse penalty; chosen by cross-validation from 0.03 to 1, which hardly differ
FOLDS = 5
SAMPLE = 700
ELSEWHERE = 110
SEED = 7


@dataclass(frozen=True, slots=True)
class Row:
    """A question: the set it is of, its key, whether the set's texts answer it, and its features."""

    set: str
    key: str
    answerable: bool
    features: Mapping[str, float]


def rows_of(name: str, cases: Iterable[Case], settings: Settings) -> list[Row]:
    """Return a row for each case, with the features that the product's own chain gives it."""
    build(read_corpus(settings.corpus), settings, lambda: load_embeddings(settings.embedding_model))
    chain = load(settings)
    rows = []
    for case in cases:
        question = chain.standalone(case.question, case.history)
        decision = chain.decide(question, chain.retrieve(question))
        if decision.features:
            rows.append(Row(name, case.id, case.kind in ANSWERABLE, decision.features))
    return rows


def fit(rows: Sequence[Row]) -> dict[str, object]:
    """Return the coefficients, on the features' natural scale, with the threshold and the statement of the data."""
    weights, intercept = _regress(rows)
    own = [row for row in rows if row.set == "cases" and row.answerable]
    unseen: list[float] = []
    for fold in range(FOLDS):
        w, b = _regress([row for row in rows if _fold(row) != fold])
        unseen += [_probability(row, w, b) for row in own if _fold(row) == fold]
    return {
        "data": {name: sum(row.set == name for row in rows) for name in dict.fromkeys(row.set for row in rows)},
        "refuse": round(float(np.quantile(unseen, REFUSED)), 4),
        "intercept": round(intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)},
    }


def _regress(rows: Sequence[Row]) -> tuple[np.ndarray, float]:
    x = np.array([[row.features[name] for name in FEATURES] for row in rows])
    y = np.array([row.answerable for row in rows])
    counts = {key: sum(_stratum(row) == key for row in rows) for key in {_stratum(row) for row in rows}}
    balanced = np.array([len(rows) / len(counts) / counts[_stratum(row)] for row in rows])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit((x - mean) / spread, y, sample_weight=balanced)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def _stratum(row: Row) -> tuple[str, bool]:
    return row.set, row.answerable


def _fold(row: Row) -> int:
    return int(hashlib.sha256(row.key.encode()).hexdigest(), 16) % FOLDS


def _probability(row: Row, weights: np.ndarray, intercept: float) -> float:
    logit = sum(w * row.features[name] for name, w in zip(FEATURES, weights, strict=True)) + intercept
    return float(1 / (1 + np.exp(-logit)))


def main() -> None:
    """Run the chain over all sets, fit, and write the file."""
    parser = argparse.ArgumentParser(description="Fit rag/answerable.json.")
    parser.add_argument("folders", nargs="+", type=Path, help="public sets: corpus/*.txt and questions.jsonl")
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    options = parser.parse_args()
    settings = read_settings()
    cases = load_cases(SHIPPED, read_corpus(), halves=("dev",))
    rows = rows_of("cases", [c for c in cases if c.kind != "false_premise" and c.language is None], settings)
    elsewhere: list[Case] = []
    for folder in options.folders:
        public = read_settings(corpus=folder / "corpus")
        questions = list(load_questions(folder, read_corpus(public.corpus)))
        random.Random(SEED).shuffle(questions)
        rows += rows_of(folder.name, questions[:SAMPLE], public)
        elsewhere += [replace(case, kind="unanswerable", evidence=()) for case in questions[-ELSEWHERE:]]
    rows += rows_of("elsewhere", elsewhere, settings)
    options.out.write_text(json.dumps(fit(rows), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
