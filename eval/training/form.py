"""Fit the regression by which `rag.question.form` reads how much a question asks for.

Writes `rag/question/form.json`.

    python -m eval.training.form

Data: `eval/training/data/forms.jsonl`, by two authors, about texts of every kind, and, of less
weight, some of `questions.jsonl` as questions that ask for one thing. Reported: each author read by
what the other one's lines teach.
"""

import json
import logging

import numpy as np

from eval.training.lines import by_hash, read_lines
from eval.training.orders import questions
from eval.training.phrasing import fit, rows_of
from rag.question.form import FORMS, WEIGHTS, likely

LIGHT, MANY = 0.3, 1500  # weight of a question of `questions.jsonl`, and how many of them

log = logging.getLogger(__name__)


def main() -> None:
    """Fit, report, and write the file."""
    logging.basicConfig(format="%(message)s")
    log.setLevel(logging.INFO)
    lines = read_lines("forms")
    many = by_hash(questions("questions"))[:MANY]
    rows = rows_of([*(line["text"] for line in lines), *many])
    asks = [line["asks"] for line in lines] + ["one"] * len(many)
    weights = [1.0] * len(lines) + [LIGHT] * len(many)
    for author in sorted({line["author"] for line in lines}):
        learnt = [i for i in range(len(rows)) if i >= len(lines) or lines[i]["author"] != author]
        others = [i for i, line in enumerate(lines) if line["author"] == author]
        model = fit(
            [rows[i] for i in learnt], [asks[i] for i in learnt], [weights[i] for i in learnt]
        )
        read = [likely(model.probabilities(rows[i])) for i in others]
        for form in FORMS:
            right = [one == form for i, one in zip(others, read, strict=True) if asks[i] == form]
            log.info("%s, %s: %.1f%% of %d", author, form, 100 * np.mean(right), len(right))
    document = {
        "made_by": "python -m eval.training.form",
        "data": {"forms.jsonl": len(lines), "questions.jsonl": len(many)},
        **fit(rows, asks, weights).as_json(),
    }
    WEIGHTS.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
