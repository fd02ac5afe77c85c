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

from eval.training.lines import LIGHT, read_lines, some_questions
from eval.training.phrasing import fit, fit_without_each_author, rows_of
from rag.question.form import FORMS, WEIGHTS, likely

log = logging.getLogger(__name__)


def main() -> None:
    """Fit, report, and write the file."""
    logging.basicConfig(format="%(message)s")
    log.setLevel(logging.INFO)
    lines = read_lines("forms")
    many = some_questions()
    rows = rows_of([*(line["text"] for line in lines), *many])
    asks = [line["asks"] for line in lines] + ["one"] * len(many)
    weights = [1.0] * len(lines) + [LIGHT] * len(many)
    for author, model, own_rows in fit_without_each_author(lines, rows, asks, weights):
        own_asks = [line["asks"] for line in lines if line["author"] == author]
        read = [likely(model.probabilities(row)) for row in own_rows]
        for form in FORMS:
            pairs = zip(own_asks, read, strict=True)
            right = [one == form for asked, one in pairs if asked == form]
            log.info("%s, %s: %.1f%% of %d", author, form, 100 * np.mean(right), len(right))
    document = {
        "made_by": "python -m eval.training.form",
        "data": {"forms.jsonl": len(lines), "questions.jsonl": len(many)},
        **fit(rows, asks, weights).as_json(),
    }
    WEIGHTS.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
