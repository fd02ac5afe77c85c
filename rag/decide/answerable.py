"""A question and its hits → can the corpus answer it, and why not.

A logistic regression over the features of `rag.decide.missing`, foremost what the reader says of
the best passages; coefficients and two thresholds are in `answerable.json`, fitted by
`eval/training/answerable.py`, which says on what. Below the first the corpus does not answer.
Between the two, and up to a third where the question names what no text does, it may, and the
answer is partly one: it opens with what the best passages do not have of what the question names or
counts, or with the doubt. A second set of coefficients serves where nothing was read.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.types import Corpus
from rag.decide.missing import Missing, content, measure, missing, read_vocabulary
from rag.question.orders import Orders, plain_order
from rag.question.scope import Scope, read_scope
from rag.types import Decision, Hit

COEFFICIENTS = Path(__file__).with_name("answerable.json")
# Below this cosine of the best passage the question is about something else: no answerable question
# of the development half or of SQuAD 2.0 and ClapNQ comes so low, nearly every one that is off
# topic does (docs/evaluation.md).
RELATED = 0.26
# A question that names what no text of the corpus does is answered outright from here. On the
# development half the old rule, never, doubted one question that is answered ("EU") and held no
# near miss.
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: `weights` by feature on its natural scale.

    `refuse` and `partly` are thresholds in [0, 1].
    """

    intercept: float
    weights: Mapping[str, float]
    refuse: float
    partly: float

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the estimated probability, in [0, 1], that the corpus answers.

        A feature without a weight counts nothing.
        """
        return 1 / (
            1
            + math.exp(
                -self.intercept
                - sum(w * features.get(name, 0.0) for name, w in self.weights.items())
            )
        )


@dataclass(frozen=True, slots=True)
class Models:
    """The regression for hits that a reader read, and that for hits that none did."""

    read: Model
    unread: Model

    def of(self, features: Mapping[str, float]) -> Model:
        """Return the one for these features."""
        return self.read if "answers" in features else self.unread


def read_models(file: Path = COEFFICIENTS) -> Models:
    """Read the coefficients."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return Models(
        *(Model(**{name: found[key][name] for name in Model.__slots__}) for key in Models.__slots__)
    )


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides whether a question is answered, in part or not, and says why in words."""

    scope: Scope
    vocabulary: frozenset[str]
    models: Models
    has_notes: bool

    def __call__(self, question: str, hits: tuple[Hit, ...]) -> Decision:
        """Return the decision with its reason, its confidence and the features it was made from."""
        out_of_scope = self.scope(question)
        if out_of_scope is not None:
            return Decision("not_in_corpus", out_of_scope, 0.0)
        ranked = sorted(hits, key=lambda hit: -hit.score)
        lacks = missing(question, ranked, self.vocabulary)
        features = measure(ranked, lacks)
        about_it = features["dense"] >= RELATED and not self._foreign(question)
        model = self.models.of(features)
        confidence = model.probability(features) if about_it else 0.0
        if confidence < model.refuse:
            return Decision("not_in_corpus", self._refusal(lacks), confidence, features)
        if confidence < (max(model.partly, SURE) if lacks.names else model.partly):
            return Decision(
                "partly",
                f"The corpus speaks of this, but {not_there(lacks)}.",
                confidence,
                features,
            )
        return Decision("answered", None, confidence, features)

    def _foreign(self, question: str) -> bool:
        """Say whether the corpus knows none of the words that carry the question's meaning."""
        words = content(question)
        return len(words) > 1 and self.vocabulary.isdisjoint(words)

    def _refusal(self, lacks: Missing) -> str:
        speakers = (
            "Neither the essay nor the notes on its sources"
            if self.has_notes
            else "The texts do not"
        )
        return (
            f"{speakers} mention {listed(lacks.names)}."
            if lacks.names
            else f"{speakers} answer this."
        )


def not_there(lacks: Missing) -> str:
    """Return in words what the best passages lack of what was asked for: the plainest thing first."""
    found = (
        (lacks.names, f"it does not mention {listed(lacks.names)}"),
        (lacks.counted, f"the closest passages do not count {lacks.counted}"),
        (lacks.figure, "the closest passages may not give the figure that is asked for"),
        (lacks.years, f"the closest passages are not about {listed(lacks.years)}"),
        (lacks.denied, f"the closest passages do not deny “{lacks.denied}”, as the question does"),
        (lacks.opposite, f"the closest passages say {lacks.opposite}"),
        (True, "the closest passages do not seem to state what is asked for"),
    )
    return next(words for lacking, words in found if lacking)


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def build_decider(corpus: Corpus, *, any_language: bool, is_order: Orders = plain_order) -> Decider:
    """Return the gate of a corpus, which knows all its words.

    `any_language`: the models know more than one.
    """
    has_notes = any(source.wording == "note" for source in corpus.sources)
    return Decider(
        read_scope(corpus, any_language=any_language, is_order=is_order),
        read_vocabulary(corpus),
        read_models(),
        has_notes,
    )
