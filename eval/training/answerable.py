"""Fit what decides whether a corpus answers a question: `rag/decide/answerable.json`.

    python -m eval.training.answerable FOLDER

Data: the development half of the cases that ship (without false premises and other languages); the
questions on the corpus in `eval/training/data/essay.jsonl`; of SQuAD 2.0 (FOLDER/squad2) the
questions on the articles that `eval.training.reader` kept for this; and of those again some asked
of the essay, which answers none of them ("elsewhere"). The file written names the sets and how many
questions each gave. Each set weighs the same, and in each the answerable and the unanswerable weigh
the same. The held-out half is never read. The thresholds are quantiles of the answerable questions
on the corpus, each scored by a model that has not seen it.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.run import load_chain
from eval.sets.cases import SHIPPED, load_cases
from eval.training.lines import read_lines
from eval.training.reader import of_documents
from eval.types import ANSWERABLE, Case
from ingest.settings import read_settings
from ingest.sources import read_corpus
from rag.chain import EssayChain
from rag.decide.answerable import COEFFICIENTS
from rag.models.logistic import Logistic

LACKS = (
    "name_missing",
    "year_missing",
    "figure_missing",
    "count_missing",
    "denial_missing",
    "opposite_found",
)
UNREAD = ("paragraph", "dense", *LACKS)
READ = ("answers", "span", "dense", *LACKS)
# Of the answerable questions, below the thresholds: what may be is 4% and 4% + 8%.
REFUSED, DOUBTED = 0.01, 0.08
STRENGTH = (
    0.1  # of the inverse penalty; chosen by cross-validation from 0.03 to 1, which hardly differ
)
FOLDS = 5
ON_CORPUS = ("cases", "essay")
ELSEWHERE = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its set, its key, whether the set's texts answer it, and its features."""

    set: str
    key: str
    answerable: bool
    features: Mapping[str, float]


def rows_of(name: str, cases: Iterable[Case], chain: EssayChain) -> list[Question]:
    """Return a row for each case, with the features that the product's own chain gives it."""
    rows = []
    for case in cases:
        question = chain.standalone(case.question, case.history)
        decision = chain.decide(question, chain.read(question, chain.retrieve(question)))
        if decision.features:
            rows.append(Question(name, case.id, case.kind in ANSWERABLE, decision.features))
    return rows


def fit(rows: Sequence[Question]) -> dict[str, object]:
    """Return the coefficients with and without a reader, and the statement of the data."""
    return {
        "made_by": "python -m eval.training.answerable",
        "data": dict(Counter(row.set for row in rows)),
        "read": _fit(rows, READ).as_json(),
        "unread": _fit(rows, UNREAD).as_json(),
    }


def _fit(rows: Sequence[Question], features: Sequence[str]) -> Logistic:
    on_corpus = [row for row in rows if row.set in ON_CORPUS and row.answerable]
    unseen: list[float] = []
    for fold in range(FOLDS):
        model = _regress([row for row in rows if _fold(row) != fold], features)
        unseen += [model.probability(row.features) for row in on_corpus if _fold(row) == fold]
    model = _regress(rows, features)
    thresholds = {
        "refuse": float(np.quantile(unseen, REFUSED)),
        "partly": float(np.quantile(unseen, DOUBTED)),
    }
    return Logistic(model.intercept, model.weights, thresholds)


def _regress(rows: Sequence[Question], features: Sequence[str]) -> Logistic:
    """Return the regression, its weights on the features' natural scale."""
    columns = itemgetter(*features)
    x = np.array([columns(row.features) for row in rows])
    y = np.array([row.answerable for row in rows])
    counts = Counter(map(_stratum, rows))
    balanced = np.array([len(rows) / len(counts) / counts[_stratum(row)] for row in rows])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit((x - mean) / spread, y, sample_weight=balanced)
    weights = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - weights @ mean)
    return Logistic(intercept, dict(zip(features, weights.tolist(), strict=True)))


def _stratum(row: Question) -> tuple[str, bool]:
    return row.set, row.answerable


def _fold(row: Question) -> int:
    return int(hashlib.sha256(row.key.encode()).hexdigest(), 16) % FOLDS


def on_essay() -> list[Case]:
    """Return the questions of `essay.jsonl`; those of a line share a key, and so a fold."""
    return [
        Case(f"essay-{number}", kind, line[kind], evidence=())
        for number, line in enumerate(read_lines("essay"))
        for kind in ("answerable", "unanswerable")
    ]


def main() -> None:
    """Run the chain over all sets, fit, and write the file."""
    parser = argparse.ArgumentParser(description="Fit rag/decide/answerable.json.")
    parser.add_argument(
        "folder", type=Path, help="holds the public set squad2: corpus/*.txt and questions.jsonl"
    )
    parser.add_argument("--out", type=Path, default=COEFFICIENTS)
    options = parser.parse_args()
    squad = options.folder / "squad2"
    own, public = read_settings(), read_settings(corpus=squad / "corpus")
    cases = [
        c
        for c in load_cases(SHIPPED, read_corpus(), halves=("dev",))
        if c.kind != "false_premise" and not c.language
    ]
    kept = [case for case, _ in of_documents(squad, "fit")]
    elsewhere = [replace(case, kind="unanswerable", evidence=()) for case in kept[:ELSEWHERE]]
    chain = load_chain(read_corpus(), own)
    rows = [
        *rows_of("cases", cases, chain),
        *rows_of("essay", on_essay(), chain),
        *rows_of("elsewhere", elsewhere, chain),
    ]
    rows += rows_of("squad2", kept, load_chain(read_corpus(public.corpus), public))
    options.out.write_text(json.dumps(fit(rows), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
