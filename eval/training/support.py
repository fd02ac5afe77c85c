"""Fit the support scorer: public (evidence, claim, supported) pairs → the coefficients in `rag/check/support.json`.

`python -m eval.training.support FOLDER [--cache FOLDER] [--write]`

Data, none of which ships: `pairs-wice-dev.jsonl.gz` (WiCE dev, ODC-BY), `pairs-factcheck.jsonl.gz`
(Factcheck-GPT, Apache-2.0), `pairs-summedits.jsonl.gz` (SummEdits news, samsum and podcast,
Apache-2.0). One model and one threshold for all three. Pairs that share an evidence text or a claim
form a group; groups go by their hash to the development half or the held-out half. Two groups in
three of the former trained the checker (`eval.training.entailment`), whose logit is a feature:
weights and threshold are chosen on the third, each set and each class counting the same. Its claims
trained nothing, but our own claims about some of its texts did, so that the checker's weight may be
somewhat high. The held-out half is only scored, with intervals from groups drawn again; the
checker's AUROC on it was seen when its training ended.
"""

import argparse
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from eval.metrics.judge import LexicalJudge
from eval.metrics.stats import auroc, balanced_accuracy, bootstrap
from eval.sets.pairs import Pair, read_pairs
from eval.training.lines import PAIRS
from rag.check.support import SUPPORTED, WORD, SupportScorer, Weights, load_scorer

USED = (
    *(
        "checker",
        "similarity",
        "reranker_sentence",
        "reranker_window",
        "words_in_evidence",
        "words_in_window",
    ),
    *(
        "words_in_best_sentence",
        "neighbours_in_one_sentence",
        "words_in_order",
        "novel_bigrams",
        "missing_words",
    ),
    *("number_mismatches", "date_mismatches", "name_mismatches", "quotation_mismatches"),
    *("negation_mismatches", "opposite_mismatches"),
)
REGULARISATION = (
    0.02  # C of the regression: best of 0.001 to 1 in cross-validation on the development half
)
FOLDS = 5
THRESHOLDS = np.linspace(0.2, 0.8, 121)
OUT = Path(__file__).parents[2] / "rag" / "check" / "support.json"

log = logging.getLogger(__name__)
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Part = Literal["train", "fit", "report"]


@dataclass(frozen=True, slots=True)
class Table:
    """Pairs as arrays of one length: features (n, len(USED)), labels, names of sets and groups, the lexical score."""

    features: Floats
    supported: Bools
    sets: NDArray[np.str_]
    groups: NDArray[np.str_]
    lexical: Floats

    def where(self, rows: Bools) -> "Table":
        """Return the rows of a mask."""
        return Table(*(getattr(self, name)[rows] for name in self.__slots__))

    def part(self, part: Part) -> "Table":
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
    parser.add_argument("--write", action="store_true", help=f"write {OUT.name}")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.INFO)
    table = read_table(options.folder, options.cache)
    weights = fit(table.part("fit"))
    figures = report(table, weights)
    for figure in figures:
        log.info("%s", "  ".join(f"{name} {value}" for name, value in figure.items()))
    if options.write:
        OUT.write_text(json.dumps(_document(weights, figures), indent=1) + "\n", encoding="utf-8")


def read_table(folder: Path, cache: Path | None) -> Table:
    """Return the pairs that the checker was not trained on, with their features, computed (minutes) or read from the cache."""
    parts = []
    for name, file in PAIRS.items():
        every = read_pairs(folder / f"{file}.jsonl.gz")
        chosen = [
            (pair, own)
            for pair, own in zip(every, group(every), strict=True)
            if part_of(own) != "train"
        ]
        pairs, groups = [pair for pair, _ in chosen], [own for _, own in chosen]
        rows = _features(pairs, cache / f"{file}.json" if cache else None)
        lexical = LexicalJudge().score(
            [pair.evidence for pair in pairs], [pair.claim for pair in pairs]
        )
        kept = [i for i, row in enumerate(rows) if row]
        parts.append(
            (
                np.array([[rows[i][feature] for feature in USED] for i in kept]),
                np.array([pairs[i].supported for i in kept]),
                np.array([name for _ in kept]),
                np.array([groups[i] for i in kept]),
                np.array([lexical[i] for i in kept]),
            )
        )
    return Table(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _features(pairs: Sequence[Pair], cache: Path | None) -> list[dict[str, float]]:
    """Return the features of each pair; {} where evidence or claim has no word."""
    if cache and cache.is_file():
        found: list[dict[str, float]] = json.loads(cache.read_text(encoding="utf-8"))
        return found
    scorer = load_scorer()
    if not isinstance(scorer, SupportScorer):
        raise TypeError(scorer)
    rows = [_row(scorer, pair) for pair in track(pairs, "Reading pairs")]
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(rows), encoding="utf-8")
    return rows


def _row(scorer: SupportScorer, pair: Pair) -> dict[str, float]:
    return (
        scorer.features(pair.evidence, pair.claim)
        if WORD.search(pair.evidence) and WORD.search(pair.claim)
        else {}
    )


def group(pairs: Sequence[Pair]) -> list[str]:
    """Return for each pair the name of its group: pairs connected by an evidence text or a claim share one."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for pair in pairs:
        parent[root(_hash(pair.claim))] = root(_hash(pair.evidence))
    smallest: dict[str, str] = {}
    for node in sorted(parent):
        smallest.setdefault(root(node), node)
    return [smallest[root(_hash(pair.claim))] for pair in pairs]


def part_of(name: str) -> Part:
    """Return what the pairs of a group are used for: half of the groups for reporting, of the others every third for fitting.

    The rest train the checker, whose logit is one of the features.
    """
    if int(name[:8], 16) % 2:
        return "report"
    return "fit" if int(name[16:24], 16) % 3 == 0 else "train"


def fit(table: Table) -> Weights:
    """Return the coefficients, the intercept moved so that the best threshold of cross-validation is `SUPPORTED`."""
    folds = np.array([int(name[8:16], 16) % FOLDS for name in table.groups])
    scores = np.zeros(len(folds))
    for fold in range(FOLDS):
        weights = _regress(table.where(folds != fold))
        scores[folds == fold] = predict(weights, table.features[folds == fold])
    best = max(THRESHOLDS, key=lambda threshold: _mean_accuracy(table, scores >= threshold))
    weights = _regress(table)
    return Weights(weights.intercept - float(np.log(best / (1 - best))), weights.terms)


def _regress(table: Table) -> Weights:
    mean, scale = table.features.mean(axis=0), table.features.std(axis=0) + 1e-9
    model = LogisticRegression(C=REGULARISATION, max_iter=3000)
    model.fit((table.features - mean) / scale, table.supported, sample_weight=_balance(table))
    columns = zip(USED, mean.tolist(), scale.tolist(), model.coef_[0].tolist(), strict=True)
    return Weights(float(model.intercept_[0]), {name: (m, s, w) for name, m, s, w in columns})


def _balance(table: Table) -> Floats:
    """Return weights by which each class of each set counts the same; their mean is 1."""
    keys = np.array(
        [f"{name} {label}" for name, label in zip(table.sets, table.supported, strict=True)]
    )
    names, index, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(len(keys) / len(names) / sizes[index])


def predict(weights: Weights, features: Floats) -> Floats:
    """Return the scores of rows of features, as `SupportScorer` would but for claims that the checker alone denies."""
    return np.array([weights.score(dict(zip(USED, row, strict=True))) for row in features])


def _mean_accuracy(table: Table, guesses: Bools) -> float:
    own = [table.sets == name for name in np.unique(table.sets)]
    return float(np.mean([balanced_accuracy(table.supported[rows], guesses[rows]) for rows in own]))


def report(table: Table, weights: Weights) -> list[dict[str, Any]]:
    """Return the figures of the held-out half: by set, for the scorer and the lexical baseline."""
    fitted, held_out = table.part("fit"), table.part("report")
    return [figure for name in PAIRS for figure in _figures(name, weights, fitted, held_out)]


def _figures(
    name: str, weights: Weights, fitted: Table, held_out: Table
) -> Iterator[dict[str, Any]]:
    own = held_out.where(held_out.sets == name)
    lexical = max(
        THRESHOLDS, key=lambda threshold: _mean_accuracy(fitted, fitted.lexical >= threshold)
    )
    yield _figure(f"{name}, lexical", own, own.lexical, lexical)
    yield _figure(f"{name}, scorer", own, predict(weights, own.features), SUPPORTED)


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


def _document(weights: Weights, figures: list[dict[str, Any]]) -> dict[str, Any]:
    terms = {
        n: {"weight": round(w, 4), "mean": round(m, 4), "scale": round(s, 4)}
        for n, (m, s, w) in weights.terms.items()
    }
    return {
        "made_by": "python -m eval.training.support",
        "data": "what trained no checker of WiCE dev (ODC-BY), Factcheck-GPT, SummEdits (both Apache-2.0)",
        "held_out": figures,
        "intercept": round(weights.intercept, 4),
        "features": terms,
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
