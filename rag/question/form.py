"""A question → how much it asks for: one thing, several, or things side by side.

It says how long the lead of an answer may be. A regression over words and sentence vector, as for
requests; its weights, in `form.json`, are fitted by `eval/training/form.py` on questions to texts
of every kind.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import get_args

from langchain_core.embeddings import Embeddings

from rag.models.logistic import read_multinomial
from rag.models.phrasing import features
from rag.types import Form

WEIGHTS = Path(__file__).with_name("form.json")
# What is asked for with reasons has several as a rule.
WHY = re.compile(r"^\W*(?:\w+\W+){0,2}(?:why|how come|what for)\b", re.IGNORECASE)

# A long answer to a short question is worse than a short one to a long question.
SURE = 0.8
FORMS: tuple[Form, ...] = get_args(Form)
ReadForm = Callable[[str], Form]


def likely(found: Mapping[str, float]) -> Form:
    """Return the form with these probabilities: more than one thing only where that is sure.

    >>> likely({"one": 0.3, "several": 0.4, "compare": 0.3})
    'one'
    """
    best = max(FORMS, key=found.__getitem__)
    return best if found[best] >= SURE else "one"


def read_form(embeddings: Embeddings, file: Path = WEIGHTS) -> ReadForm:
    """Return what reads the form of a question; `embeddings` are the packaged ones."""
    model = read_multinomial(json.loads(file.read_text(encoding="utf-8")))

    def form(question: str) -> Form:
        if WHY.search(question):
            return "several"
        found = model.probabilities(features(question, embeddings.embed_query(question)))
        return likely(found)

    return form
