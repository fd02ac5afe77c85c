"""A question and its hits → can the corpus answer it, and why not.

A logistic regression over the features of `rag.decide.missing`, foremost what the reader says of
the best passages; coefficients and two thresholds are in `answerable.json`, fitted by
`eval/training/answerable.py`, which says on what. Below the first the corpus does not answer.
Between the two, and up to a third where the question names what no text does, it may, and the
answer is partly one: it opens with what the best passages do not have of what the question names or
counts, or with the doubt. A second set of coefficients serves where nothing was read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.types import Corpus
from rag.decide.missing import Missing, content, measure, missing, read_vocabulary
from rag.language.words import full_names, stems
from rag.models.logistic import Logistic, read_logistic
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
class Regressions:
    """The regression for hits that a reader read, and that for hits that none did.

    Below the threshold "refuse" the corpus does not answer, below "partly" it may.
    """

    read: Logistic
    unread: Logistic

    def of(self, features: Mapping[str, float]) -> Logistic:
        """Return the one for these features."""
        return self.read if "answers" in features else self.unread


def read_regressions(file: Path = COEFFICIENTS) -> Regressions:
    """Read the coefficients."""
    form = json.loads(file.read_text(encoding="utf-8"))
    return Regressions(read_logistic(form["read"]), read_logistic(form["unread"]))


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides whether a question is answered, in part or not, and says why in words."""

    scope: Scope
    vocabulary: frozenset[str]
    regressions: Regressions
    has_notes: bool

    def __call__(self, question: str, hits: tuple[Hit, ...]) -> Decision:
        """Return the decision with its reason, its confidence and the features it was made from."""
        out_of_scope = self.scope(question)
        if out_of_scope is not None:
            return Decision("not_in_corpus", out_of_scope, 0.0)
        ranked = sorted(hits, key=lambda hit: -hit.score)
        lacks = missing(question, ranked, self.vocabulary)
        features = measure(ranked, lacks)
        model = self.regressions.of(features)
        about_it = features["dense"] >= RELATED and not self._foreign(question)
        confidence = model.probability(features) if about_it else 0.0
        refuse, partly = model.thresholds["refuse"], model.thresholds["partly"]
        doubted = confidence < partly or (lacks.names and confidence < SURE)
        if confidence < refuse or (confidence < partly and _subject_missing(question, lacks)):
            return Decision("not_in_corpus", self._refusal(lacks), confidence, features)
        if doubted:
            reason = f"The corpus speaks of this, but {not_there(lacks)}."
            return Decision("partly", reason, confidence, features)
        return Decision("answered", None, confidence, features)

    def _foreign(self, question: str) -> bool:
        """Say whether the corpus knows none of the words that carry the question's meaning."""
        words = content(question)
        return len(words) > 1 and self.vocabulary.isdisjoint(words)

    def _refusal(self, lacks: Missing) -> str:
        speakers = "The texts do not"
        if self.has_notes:
            speakers = "Neither the essay nor the notes on its sources"
        what = f"mention {listed(lacks.names)}" if lacks.names else "answer this"
        return f"{speakers} {what}."


def _subject_missing(question: str, lacks: Missing) -> bool:
    """Say whether a question is about nothing but what it names, and no text mentions that.

    One word beside it is what happens to it ("Who killed JFK?").
    """
    if not lacks.names or len(lacks.names) < len(full_names(question)):
        return False
    named = {stem for name in lacks.names for stem in stems(name)}
    return len([word for word in content(question) if word not in named]) <= 1


def not_there(lacks: Missing) -> str:
    """Return in words what the best passages lack, the plainest thing first."""
    reasons = (
        (lacks.names, f"it does not mention {listed(lacks.names)}"),
        (lacks.counted, f"the closest passages do not count {lacks.counted}"),
        (lacks.figure, "the closest passages may not give the figure that is asked for"),
        (lacks.years, f"the closest passages are not about {listed(lacks.years)}"),
        (lacks.denied, f"the closest passages do not deny “{lacks.denied}”, as the question does"),
        (lacks.opposite, f"the closest passages say {lacks.opposite}"),
        (True, "the closest passages do not seem to state what is asked for"),
    )
    return next(reason for lacking, reason in reasons if lacking)


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def build_decider(corpus: Corpus, *, any_language: bool, is_order: Orders = plain_order) -> Decider:
    """Return the decider of a corpus, which knows all its words.

    `any_language` says that the models know more than one language.
    """
    return Decider(
        scope=read_scope(corpus, any_language=any_language, is_order=is_order),
        vocabulary=read_vocabulary(corpus),
        regressions=read_regressions(),
        has_notes=any(source.wording == "note" for source in corpus.sources),
    )
