"""(evidence, claim) pairs → how well the evidence supports the claim, in [0, 1].

The default scorer is a logistic regression over features that a person can read: what the
cross-encoder and the embedding say of the nearest sentences, what the entailment model says of the
claim beside them, and which words and facts of the claim the evidence lacks or states otherwise.
Its coefficients lie in `support.json`, made by `eval/training/support.py`. A bigger classifier
takes its place by name (`rag.models.classifier`).
"""

import json
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.embed import load_embeddings
from ingest.errors import ModelError
from ingest.settings import DEFAULT_SUPPORT
from rag.language.compare import FactKind, compare, read_facts
from rag.language.words import WORD, all_stems, split, stems
from rag.models.classifier import load_classifier
from rag.models.entailment import EntailmentModel, load_entailment
from rag.models.logistic import Logistic, read_logistic
from rag.models.rerank import Reranker, load_reranker

COEFFICIENTS = Path(__file__).with_name("support.json")
SUPPORTED = 0.5  # the intercept is set so that this is the threshold
NEAREST = 3  # sentences of the evidence that are read closely, in their order: the window
# Of longer evidence those that share most words with the claim: embedding them is the cost.
MAX_SENTENCES = 20
MAX_CHARS = 1100  # of evidence that the entailment model reads beside a claim
LENGTH = 0.15  # how much of the words that it shares a long sentence owes to its length
NEIGHBOUR = 0.3  # share of a sentence's likeness that those beside it get
# A claim that repeats its evidence nearly word for word scores high on likeness, whatever one word
# more or other does to it: there the entailment model alone can deny it.
REPEATED = 0.9  # of the claim's words of meaning, in their order
DENIED = 0.25
MAX_COUNT = 2  # mismatches of a kind that count: a long claim is not wrong many times over
FACT_KINDS: tuple[FactKind, ...] = ("number", "date", "name", "quotation", "negation", "opposite")

Features = dict[str, float]


class Scorer(Protocol):
    """Anything that tells how well evidence supports a claim."""

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return a score in [0, 1] for each pair, `SUPPORTED` or more for supported.

        Both are of one length.
        """
        ...


class SupportScorer:
    """The default: features of the packaged models and of the facts, weighed by a regression."""

    name = DEFAULT_SUPPORT
    threshold = SUPPORTED

    def __init__(
        self,
        embeddings: Embeddings,
        reranker: Reranker,
        entailment: EntailmentModel,
        weights: Logistic,
    ) -> None:
        """The models are those that the weights were fitted with."""
        self._embeddings = embeddings
        self._reranker = reranker
        self._entailment = entailment
        self._weights = weights

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return a score in [0, 1] for each pair; evidence or a claim without a word scores 0."""
        return [self._score(*pair) for pair in zip(evidence, claims, strict=True)]

    def _score(self, evidence: str, claim: str) -> float:
        if not (WORD.search(evidence) and WORD.search(claim)):
            return 0.0
        features = self.features(evidence, claim)
        score = self._weights.probability(features)
        repeats = features["words_in_order"] >= REPEATED
        return min(score, DENIED) if repeats and features["entailment"] < 0 else score

    def features(self, evidence: str, claim: str) -> Features:
        """Return the features of a pair by name; of the words, means over the claim's sentences."""
        given = split(evidence)
        claims, sentences = split(claim), nearest_by_words(given, claim)
        vectors = np.asarray(self._embeddings.embed_documents([*claims, *sentences]))
        near = vectors[: len(claims)] @ vectors[len(claims) :].T
        rows = [
            self._read(sentence, evidence, sentences, near[number])
            for number, sentence in enumerate(claims)
        ]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        means = {name: fmean(column) for name, column in columns.items()}
        logit = self._entailment.logit(closest(given, claim), claim)
        return means | {"entailment": logit} | fact_features(evidence, claim)

    def _read(self, claim: str, evidence: str, sentences: list[str], near: np.ndarray) -> Features:
        order = np.argsort(-near, kind="stable")[:NEAREST]
        best = sentences[order[0]]
        window = " ".join(sentences[place] for place in sorted(order))
        sentence_logit, window_logit = self._reranker.score([(claim, best), (claim, window)])
        return {
            "similarity": float(near[order[0]]),
            "reranker_sentence": sentence_logit,
            "reranker_window": window_logit,
        } | word_features(claim, evidence, sentences, window)


def word_features(claim: str, evidence: str, sentences: Sequence[str], window: str) -> Features:
    """Return which words of meaning of a claim stand in the evidence, its window, one sentence."""
    words, given, close = stems(claim), frozenset(stems(evidence)), stems(window)
    held = [frozenset(stems(sentence)) for sentence in sentences]
    together = [any({*pair} <= sentence for sentence in held) for pair in pairwise(words)]
    known = frozenset(pairwise(all_stems(evidence)))
    repeated = [pair in known for pair in pairwise(all_stems(claim))]
    return {
        "words_in_evidence": _share(word in given for word in words),
        "words_in_window": _share(word in close for word in words),
        "words_in_best_sentence": max(_share_in(words, sentence) for sentence in held),
        "neighbours_in_one_sentence": _share(together),
        "words_in_order": longest_common(words, close) / max(1, len(words)),
        "novel_bigrams": 1 - _share(repeated),
        "missing_words": float(sum(word not in given for word in words)),
    }


def fact_features(evidence: str, claim: str) -> Features:
    """Return how many facts of each kind the evidence lacks or states otherwise."""
    kinds = [mismatch.kind for mismatch in compare(read_facts(claim), read_facts(evidence))]
    return {f"{kind}_mismatches": float(min(kinds.count(kind), MAX_COUNT)) for kind in FACT_KINDS}


def nearest_by_words(sentences: list[str], claim: str) -> list[str]:
    """Return the sentences that share most words with the claim, in their order.

    All if they are few.
    """
    if len(sentences) <= MAX_SENTENCES:
        return sentences
    shared = [len(words) for words in _shared(sentences, claim)]
    ranked = sorted(range(len(sentences)), key=lambda place: -shared[place])
    return [sentences[place] for place in sorted(ranked[:MAX_SENTENCES])]


def closest(sentences: Sequence[str], claim: str) -> str:
    """Return the sentences that share most words with the claim, in their order.

    As many as `MAX_CHARS` hold; at least one.
    """
    whole = " ".join(sentences)
    if len(whole) <= MAX_CHARS:
        return whole
    like = [
        len(words) / (1 + LENGTH * math.log(1 + len(sentence)))
        for words, sentence in zip(_shared(sentences, claim), sentences, strict=True)
    ]
    beside = [0.0, *like, 0.0]
    weight = [
        own + NEIGHBOUR * max(before, after)
        for own, before, after in zip(like, beside, beside[2:], strict=False)
    ]
    ranked = sorted(range(len(like)), key=lambda place: -weight[place])
    lengths = np.cumsum([len(sentences[place]) + 1 for place in ranked]) - 1
    kept = ranked[: max(1, int(np.searchsorted(lengths, MAX_CHARS, side="right")))]
    return " ".join(sentences[place] for place in sorted(kept))


def _shared(sentences: Sequence[str], claim: str) -> list[frozenset[str]]:
    """Return, for each sentence, the stems that it shares with the claim."""
    words = frozenset(stems(claim))
    return [words & frozenset(stems(sentence)) for sentence in sentences]


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    >>> longest_common("abcd", "xaxcxd")
    3
    """
    row = [0] * (len(other) + 1)
    for word in one:
        previous, row = row, [0]
        for place, candidate in enumerate(other):
            longer = previous[place] + 1
            row.append(longer if word == candidate else max(previous[place + 1], row[-1]))
    return row[-1]


def _share_in(words: Sequence[str], held: frozenset[str]) -> float:
    return _share(word in held for word in words)


def _share(truths: Iterable[bool]) -> float:
    values = list(truths)
    return sum(values) / len(values) if values else 1.0


def load_scorer(
    name: str = DEFAULT_SUPPORT,
    *,
    embeddings: Embeddings | None = None,
    reranker: Reranker | None = None,
) -> Scorer:
    """Load the default scorer, or a classifier by its folder or hub name.

    `embeddings` and `reranker` are the packaged models if they are loaded already: the weights fit
    no others. Raises ModelError if a model cannot be found.
    """
    if name != DEFAULT_SUPPORT:
        return load_classifier(name)
    packaged = reranker or load_reranker()
    if packaged is None:
        raise ModelError("the support score needs the packaged reranker; run `make chat` again")
    return SupportScorer(
        embeddings or load_embeddings(), packaged, load_entailment(), read_weights()
    )


def read_weights() -> Logistic:
    """Return the coefficients that ship with the package."""
    return read_logistic(json.loads(COEFFICIENTS.read_text(encoding="utf-8")))
