"""Fit the regression by which `rag.about.request` tells requests about a text from questions to it.

Writes `rag/about/requests.json`.

    python -m eval.training.requests FOLDER

Data: `eval/training/data/requests.jsonl`, by five authors, about texts of every kind, and as
questions to the texts those of `essay.jsonl` and, of less weight, some of `questions.jsonl` and the
orders of `orders.jsonl`.
Reported: each author read by what the other ones' lines teach; and, of the model that is written,
how many questions of SQuAD 2.0 (FOLDER/squad2), to which it is not fitted, it takes for requests.
"""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from eval.sets.public import load_questions
from eval.training.lines import (
    LIGHT,
    MANY,
    read_lines,
    read_questions,
    read_squad_folder,
    some_questions,
)
from eval.training.phrasing import RARE, FeatureRows, fit, fit_without_each_author, rows_of
from ingest.sources import read_corpus
from rag.about.request import OF_A_SUBJECT, OTHER, SAME, SURE, WEIGHTS, likeliest
from rag.language.words import stems
from rag.models.logistic import Multinomial

COMMON = 0.01  # share of lines on different subjects that share a word which is none

log = logging.getLogger(__name__)


def main() -> None:
    """Fit, report, and write the file."""
    squad = read_squad_folder("Fit rag/about/requests.json.", log)
    lines = read_lines("requests")
    own, many = read_questions("essay"), some_questions()
    many += [line["text"] for line in read_lines("orders") if line["order"]]
    asks = [line["asks"] for line in lines] + [OTHER] * (len(own) + len(many))
    weights = [1.0] * (len(lines) + len(own)) + [LIGHT] * len(many)
    rows = rows_of([*(line["text"] for line in lines), *own, *many])
    for author, model, own_rows in fit_without_each_author(lines, rows, asks, weights):
        own_asks = [line["asks"] for line in lines if line["author"] == author]
        report(f"author {author}", model, own_rows, own_asks)
    model = fit(rows, asks, weights)
    public = load_questions(squad, read_corpus(squad / "corpus"))
    report("SQuAD 2.0", model, rows_of([case.question for case in public]), [OTHER] * len(public))
    document = {
        "made_by": "python -m eval.training.requests",
        "data": {"requests.jsonl": len(lines), "essay.jsonl": len(own), "questions.jsonl": MANY},
        "request_words": request_words(lines),
        **model.as_json(),
    }
    WEIGHTS.write_text(json.dumps(document) + "\n", encoding="utf-8")


def request_words(lines: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the stems that several lines have which ask of a text as a whole.

    And those that many have which ask of a subject, for their subjects are many.
    """
    whole = [line["text"] for line in lines if line["asks"] not in (*OF_A_SUBJECT, OTHER)]
    of_a_subject = [line["text"] for line in lines if line["asks"] in OF_A_SUBJECT]
    some, many = counted(whole), counted(of_a_subject)
    common = {stem for stem, count in many.items() if count > COMMON * len(of_a_subject)}
    return sorted(common | {stem for stem, count in some.items() if count >= RARE})


def counted(texts: Sequence[str]) -> Counter[str]:
    """Return in how many of these texts each stem stands."""
    return Counter(stem for text in texts for stem in set(stems(text)))


def report(name: str, model: Multinomial, rows: FeatureRows, asks: Sequence[str]) -> None:
    """Log how many requests are read as what they are, and how many questions as requests."""
    read = [likeliest(model.probabilities(row), SURE) for row in rows]
    pairs = [
        (SAME.get(one, one), SAME.get(asked, asked)) for one, asked in zip(read, asks, strict=True)
    ]
    requests = [(one, asked) for one, asked in pairs if asked != OTHER]
    taken = [one != OTHER for one, asked in zip(read, asks, strict=True) if asked == OTHER]
    if requests:
        right = np.mean([one == asked for one, asked in requests])
        missed = np.mean([one == OTHER for one, _ in requests])
        log.info("%s: %.1f%% of %d requests read as what they are, %.1f%% as a question",
                 name, 100 * right, len(requests), 100 * missed)  # fmt: skip
    log.info(
        "%s: %.2f%% of %d questions taken for requests", name, 100 * np.mean(taken), len(taken)
    )


if __name__ == "__main__":
    main()
