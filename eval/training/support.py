"""Fit the support score: public (evidence, claim, supported) pairs → `rag/check/support.json`.

    python -m eval.training.support FOLDER [--cache FOLDER] [--write]

Data, none of which ships: `pairs-wice-dev.jsonl.gz` (WiCE dev, ODC-BY), `pairs-factcheck.jsonl.gz`
(Factcheck-GPT, Apache-2.0), `pairs-summedits.jsonl.gz` (SummEdits news, samsum and podcast,
Apache-2.0). One model and one threshold for all three. How the pairs are split is said in
`eval.training.splits`. Weights and threshold are chosen on the part "fit", each set and each class
counting the same. Its claims trained nothing, but our own claims about some of its texts trained
the entailment model, so that its weight may be somewhat high. The held-out half is only scored,
with intervals from groups drawn again.
"""

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from eval.metrics.judge import LexicalJudge
from eval.metrics.stats import auroc, balanced_accuracy, bootstrap
from eval.sets.pairs import Pair, read_pairs
from eval.training.lines import PAIRS
from eval.training.splits import PairUse, group, part_of
from rag.check.support import COEFFICIENTS, FACT_KINDS, SUPPORTED, SupportScorer, load_scorer
from rag.language.words import WORD
from rag.models.logistic import Logistic

USED = (
    "entailment",
    "similarity",
    "reranker_sentence",
    "reranker_window",
    "words_in_evidence",
    "words_in_window",
    "words_in_best_sentence",
    "neighbours_in_one_sentence",
    "words_in_order",
    "novel_bigrams",
    "missing_words",
    *(f"{kind}_mismatches" for kind in FACT_KINDS),
)
REGULARISATION = 0.02  # C: best of 0.001 to 1 in cross-validation on the development half
FOLDS = 5
THRESHOLDS = np.linspace(0.2, 0.8, 121)

log = logging.getLogger(__name__)
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Pairs as arrays of one length.

    Features (n, len(USED)), labels, names of sets and groups, the lexical score.
    """

    features: Floats
    supported: Bools
    sets: NDArray[np.str_]
    groups: NDArray[np.str_]
    lexical: Floats

    def where(self, rows: Bools) -> "Table":
        """Return the rows of a mask."""
        return Table(*(getattr(self, name)[rows] for name in self.__slots__))

    def part(self, part: PairUse) -> "Table":
        """Return the rows that are used for this."""
        return self.where(np.array([part_of(group) == part for group in self.groups]))


def main() -> None:
    """Read the pairs, fit, report, and write the coefficients if told to."""
    parser = argparse.ArgumentParser(description="Fit the support scorer to public pairs.")
    parser.add_argument(
        "folder",
        type=Path,
        help="holds " + ", ".join(f"{name}.jsonl.gz" for name in PAIRS.values()),
    )
    parser.add_argument("--cache", type=Path, help="folder to keep the features in")
    parser.add_argument("--write", action="store_true", help=f"write {COEFFICIENTS.name}")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.INFO)
    table = read_table(options.folder, options.cache)
    model = fit(table.part("fit"))
    figures = report(table, model)
    for figure in figures:
        log.info("%s", "  ".join(f"{name} {value}" for name, value in figure.items()))
    if options.write:
        COEFFICIENTS.write_text(
            json.dumps(_document(model, figures), indent=1) + "\n", encoding="utf-8"
        )


def read_table(folder: Path, cache: Path | None) -> Table:
    """Return the pairs that trained no model, with their features: computed, or from the cache."""
    scorer = load_scorer()
    if not isinstance(scorer, SupportScorer):
        raise TypeError(scorer)
    parts = [_read_set(name, folder, cache, scorer) for name in PAIRS]
    return Table(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _read_set(
    name: str, folder: Path, cache: Path | None, scorer: SupportScorer
) -> tuple[NDArray[Any], ...]:
    """Return the columns of a set; pairs without a word on one side are left out."""
    pairs = read_pairs(folder / f"{PAIRS[name]}.jsonl.gz")
    kept = [
        (pair, key)
        for pair, key in zip(pairs, group(pairs), strict=True)
        if part_of(key) != "train" and WORD.search(pair.evidence) and WORD.search(pair.claim)
    ]
    rows = _features([pair for pair, _ in kept], cache and cache / f"{PAIRS[name]}.json", scorer)
    lexical = LexicalJudge().score(
        [pair.evidence for pair, _ in kept], [pair.claim for pair, _ in kept]
    )
    return (
        np.array([itemgetter(*USED)(row) for row in rows]),
        np.array([pair.supported for pair, _ in kept]),
        np.array([name for _ in kept]),
        np.array([key for _, key in kept]),
        np.array(lexical),
    )


def _features(
    pairs: Sequence[Pair], cache: Path | None, scorer: SupportScorer
) -> list[dict[str, float]]:
    if cache and cache.is_file():
        cached: list[dict[str, float]] = json.loads(cache.read_text(encoding="utf-8"))
        return cached
    rows = [scorer.features(pair.evidence, pair.claim) for pair in track(pairs, "Reading pairs")]
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(rows), encoding="utf-8")
    return rows


def fit(table: Table) -> Logistic:
    """Return the coefficients; the best threshold of cross-validation becomes `SUPPORTED`."""
    folds = np.array([int(name[8:16], 16) % FOLDS for name in table.groups])
    scores = np.zeros(len(folds))
    for fold in range(FOLDS):
        model = _regress(table.where(folds != fold))
        scores[folds == fold] = predict(model, table.features[folds == fold])
    best = max(THRESHOLDS, key=lambda threshold: _mean_accuracy(table, scores >= threshold))
    model = _regress(table)
    moved = model.intercept - float(np.log(best / (1 - best)))
    return Logistic(moved, model.weights, {"supported": SUPPORTED})


def _regress(table: Table) -> Logistic:
    """Return the regression, its weights on the features' natural scale."""
    mean, scale = table.features.mean(axis=0), table.features.std(axis=0) + 1e-9
    model = LogisticRegression(C=REGULARISATION, max_iter=3000)
    standardised = (table.features - mean) / scale
    model.fit(standardised, table.supported, sample_weight=_balance(table))
    weights = model.coef_[0] / scale
    intercept = float(model.intercept_[0] - weights @ mean)
    return Logistic(intercept, dict(zip(USED, weights.tolist(), strict=True)))


def _balance(table: Table) -> Floats:
    """Return weights by which each class of each set counts the same; their mean is 1."""
    labels = zip(table.sets, table.supported, strict=True)
    keys = np.array([f"{name} {label}" for name, label in labels])
    names, index, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(len(keys) / len(names) / sizes[index])


def predict(model: Logistic, features: Floats) -> Floats:
    """Return the scores of rows of features.

    As `SupportScorer` would, but for claims that the entailment model alone denies.
    """
    rows = (dict(zip(USED, row, strict=True)) for row in features)
    return np.array([model.probability(row) for row in rows])


def _mean_accuracy(table: Table, guesses: Bools) -> float:
    masks = [table.sets == name for name in np.unique(table.sets)]
    accuracies = [balanced_accuracy(table.supported[rows], guesses[rows]) for rows in masks]
    return float(np.mean(accuracies))


def report(table: Table, model: Logistic) -> list[dict[str, Any]]:
    """Return the figures of the held-out half: by set, for the scorer and the lexical baseline."""
    fitted, held_out = table.part("fit"), table.part("report")
    return [figure for name in PAIRS for figure in _figures(name, model, fitted, held_out)]


def _figures(
    name: str, model: Logistic, fitted: Table, held_out: Table
) -> Iterator[dict[str, Any]]:
    own = held_out.where(held_out.sets == name)
    lexical = max(
        THRESHOLDS, key=lambda threshold: _mean_accuracy(fitted, fitted.lexical >= threshold)
    )
    yield _figure(f"{name}, lexical", own, own.lexical, lexical)
    yield _figure(f"{name}, scorer", own, predict(model, own.features), SUPPORTED)


def _figure(label: str, table: Table, scores: Floats, threshold: float) -> dict[str, Any]:
    names, index = np.unique(table.groups, return_inverse=True)
    members = [np.flatnonzero(index == i) for i in range(len(names))]

    def accuracy(drawn: Floats) -> float:
        rows = np.concatenate([members[int(i)] for i in drawn[:, 0]])
        return balanced_accuracy(table.supported[rows], scores[rows] >= threshold)

    every = np.arange(len(names), dtype=float)[:, None]
    low, high = bootstrap(every, accuracy)
    figures = {
        "balanced_accuracy": accuracy(every),
        "low": low,
        "high": high,
        "auroc": auroc(table.supported, scores),
    }
    rounded = {key: round(value, 3) for key, value in figures.items()}
    return {"what": label, "pairs": len(scores), "groups": len(names)} | rounded


def _document(model: Logistic, figures: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "made_by": "python -m eval.training.support",
        "data": (
            "what trained no entailment model of WiCE dev (ODC-BY), Factcheck-GPT, SummEdits "
            "(both Apache-2.0)"
        ),
        "held_out": figures,
        **model.as_json(),
    }


if __name__ == "__main__":
    main()
