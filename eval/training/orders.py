"""Fit the regression by which `rag.question.orders` tells orders to the program from questions.

Writes `rag/question/orders.json`.

    python -m eval.training.orders FOLDER

Data: `eval/training/data/orders.jsonl`, and questions in all styles that nobody meant as orders:
those of `essay.jsonl`, and some of `questions.jsonl`, each of a third of the weight. At the
threshold, in cross-validation, neither more than 5% of the look-alikes nor more than 0.5% of the
questions are refused. Reported on `orders-test.jsonl`, by another author, and on SQuAD 2.0
(FOLDER/squad2), neither of which it is fitted to.
"""

import json
import logging
import math
from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from eval.metrics.stats import wilson
from eval.sets.public import load_questions
from eval.training.lines import (
    LIGHT,
    MANY,
    read_lines,
    read_questions,
    read_squad_folder,
    some_questions,
)
from ingest.embed import load_embeddings
from ingest.sources import read_corpus
from rag.models.logistic import Logistic, numbered
from rag.question.orders import WEIGHTS, read_orders

STRENGTH = 3.0  # the inverse penalty; 3 and 10 hardly differ in cross-validation
REFUSED, REFUSED_QUESTIONS = 0.05, 0.005  # of the look-alikes, of the questions
FOLDS = 10

log = logging.getLogger(__name__)


def main() -> None:
    """Fit, report, and write the file."""
    squad = read_squad_folder("Fit rag/question/orders.json.", log)
    lines, test = read_lines("orders"), read_lines("orders-test")
    own, many = read_questions("essay"), some_questions()
    texts = [*(line["text"] for line in lines), *own, *many]
    order = np.array([line["order"] for line in lines] + [False] * (len(texts) - len(lines)))
    weight = np.array([1.0] * (len(texts) - MANY) + [LIGHT] * MANY)
    vectors = embedded(texts)
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    unseen = cross_val_predict(
        model,
        vectors,
        order,
        params={"sample_weight": weight},
        cv=FOLDS,
        method="decision_function",
    )
    alike, asked = unseen[: len(lines)][~order[: len(lines)]], unseen[len(lines) :]
    threshold = float(
        max(np.quantile(alike, 1 - REFUSED), np.quantile(asked, 1 - REFUSED_QUESTIONS))
    )
    model.fit(vectors, order, sample_weight=weight)
    write(
        model,
        threshold,
        {"orders.jsonl": len(lines), "essay.jsonl": len(own), "questions.jsonl": MANY},
    )
    report("orders", [line["text"] for line in test if line["order"]])
    report("look-alikes", [line["text"] for line in test if not line["order"]])
    report(
        "SQuAD 2.0",
        [case.question for case in load_questions(squad, read_corpus(squad / "corpus"))],
    )


def embedded(texts: Sequence[str]) -> np.ndarray:
    """Return the vectors of the packaged model, shape (texts, dimension)."""
    return np.asarray(load_embeddings().embed_documents(list(texts)))


def report(name: str, texts: Sequence[str]) -> None:
    """Log how many of these are taken for orders by the product, with Wilson's interval."""
    is_order = read_orders(load_embeddings())
    found = sum(map(is_order, texts))
    low, high = wilson(found, len(texts))
    log.info(
        "%s: %.1f%% of %d (%.1f to %.1f)",
        name,
        100 * found / len(texts),
        len(texts),
        100 * low,
        100 * high,
    )


def write(model: LogisticRegression, threshold: float, data: dict[str, int]) -> None:
    """Write the coefficients with the statement of the data; the threshold is a logit."""
    fitted = Logistic(
        float(model.intercept_[0]),
        numbered(model.coef_[0]),
        {"order": 1 / (1 + math.exp(-threshold))},
    )
    document = {"made_by": "python -m eval.training.orders", "data": data, **fitted.as_json()}
    WEIGHTS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
