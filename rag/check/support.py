"""(evidence, claim) pairs → how well the evidence supports the claim, in [0, 1].

0.5 is the product's threshold.

The default scorer is a logistic regression over features that a person can read: what the
cross-encoder and the embedding say of the nearest sentences, what the checker says of the claim
beside them, and which words and facts of the claim the evidence lacks or states otherwise. Its
coefficients lie in `support.json`, made by `eval/training/support.py`. A bigger classifier takes
its place by name.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Protocol, get_args

import numpy as np
import sentencex
from langchain_core.embeddings import Embeddings

from ingest.embed import load_embeddings
from ingest.errors import ModelError
from rag.language.english import FUNCTION_WORDS
from rag.language.facts import Kind, compare, extract, names, stem
from rag.models.entailment import Checker, load_checker
from rag.models.rerank import Reranker, load_reranker

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

DEFAULT_SCORER = "features"
SUPPORTED = 0.5  # the intercept is set so that this is the threshold
NEAREST = 3  # sentences of the evidence that are read closely: together, in their order, they are the window
MAX_SENTENCES = (
    20  # of longer evidence those that share most words with the claim: embedding them is the cost
)
MAX_CHARS = 1100  # of evidence that the checker reads beside a claim
LENGTH = 0.15  # how much of the words that it shares a long sentence owes to its length
NEIGHBOUR = 0.3  # share of a sentence's likeness that those beside it get
# A claim that repeats its evidence nearly word for word scores high on likeness, whatever one word
# more or other does to it: there the checker alone can deny it. No supported pair that the
# regression was fitted to, or is reported on, is denied so.
REPEATED = 0.9  # of the claim's words of meaning, in their order
DENIED = 0.25
MAX_COUNT = 2  # mismatches of a kind that count: a long claim is not wrong many times over
MAX_TOKENS = 512
WORD = re.compile(r"\w+")
SUPPORT_LABEL = re.compile(r"entail\w*|support\w*|consistent|yes|label_1", re.IGNORECASE)
# https://github.com/derenlei/FactCG: its model reads the pair as one text.
FACTCG = (
    '{evidence}\n\nChoose your answer: based on the paragraph above can we conclude that "{claim}"?'
    "\n\nOPTIONS:\n- Yes\n- No\nI think the answer is "
)

Features = dict[str, float]


class Scorer(Protocol):
    """Anything that tells how well evidence supports a claim."""

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return a score in [0, 1] for each pair, `SUPPORTED` or more for supported.

        Both are of one length.
        """
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: `terms` maps the name of a feature to its mean, scale and weight."""

    intercept: float
    terms: Mapping[str, tuple[float, float, float]]

    def score(self, features: Mapping[str, float]) -> float:
        """Return the probability in [0, 1]; features without a term are left out."""
        logit = self.intercept + sum(
            w * (features[name] - mean) / scale for name, (mean, scale, w) in self.terms.items()
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


class SupportScorer:
    """The default: features of the packaged models and of `rag.language.facts`, weighed by a logistic regression."""

    name = DEFAULT_SCORER
    threshold = SUPPORTED

    def __init__(
        self, embeddings: Embeddings, reranker: Reranker, checker: Checker, weights: Weights
    ) -> None:
        """Take the models that the weights were fitted with."""
        self._embeddings, self._reranker, self._checker, self._weights = (
            embeddings,
            reranker,
            checker,
            weights,
        )

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return a score in [0, 1] for each pair; evidence or a claim without a word scores 0."""
        return [
            self._score(one, claim) if WORD.search(one) and WORD.search(claim) else 0.0
            for one, claim in zip(evidence, claims, strict=True)
        ]

    def _score(self, evidence: str, claim: str) -> float:
        features = self.features(evidence, claim)
        score = self._weights.score(features)
        return (
            min(score, DENIED)
            if features["words_in_order"] >= REPEATED and features["checker"] < 0
            else score
        )

    def features(self, evidence: str, claim: str) -> Features:
        """Return the features of a pair by name: means over the sentences of the claim, the checker's logit, facts."""
        given = split(evidence)
        claims, sentences = split(claim), nearest_by_words(given, claim)
        vectors = np.asarray(self._embeddings.embed_documents([*claims, *sentences]))
        near = vectors[: len(claims)] @ vectors[len(claims) :].T
        rows = [self._read(one, evidence, sentences, near[i]) for i, one in enumerate(claims)]
        means = {name: fmean(row[name] for row in rows) for name in rows[0]}
        checked = {"checker": self._checker.check(closest(given, claim), claim)}
        return means | checked | fact_features(evidence, claim)

    def _read(self, claim: str, evidence: str, sentences: list[str], near: np.ndarray) -> Features:
        order = np.argsort(-near, kind="stable")[:NEAREST]
        window = " ".join(sentences[i] for i in sorted(order))
        sentence_logit, window_logit = self._reranker.score(
            [(claim, sentences[order[0]]), (claim, window)]
        )
        return {
            "similarity": float(near[order[0]]),
            "reranker_sentence": sentence_logit,
            "reranker_window": window_logit,
        } | word_features(claim, evidence, sentences, window)


def word_features(claim: str, evidence: str, sentences: Sequence[str], window: str) -> Features:
    """Return which content words of a claim sentence stand in the evidence, its window, one sentence, and how."""
    words, given, close = content(claim), frozenset(content(evidence)), content(window)
    pairs = list(pairwise(words))
    held = [frozenset(content(sentence)) for sentence in sentences]
    together = [
        any(one in sentence and other in sentence for sentence in held) for one, other in pairs
    ]
    bigrams, known = list(pairwise(stems(claim))), frozenset(pairwise(stems(evidence)))
    return {
        "words_in_evidence": _share(word in given for word in words),
        "words_in_window": _share(word in close for word in words),
        "words_in_best_sentence": max(
            _share(word in sentence for word in words) for sentence in held
        ),
        "neighbours_in_one_sentence": _share(together),
        "words_in_order": longest_common(words, close) / max(1, len(words)),
        "novel_bigrams": 1 - _share(bigram in known for bigram in bigrams),
        "missing_words": float(sum(word not in given for word in words)),
    }


def fact_features(evidence: str, claim: str) -> Features:
    """Return, for each kind of fact, how many the claim states, and how many the evidence lacks or states otherwise."""
    stated = extract(claim, frozenset(names(evidence)))
    found = compare(claim, evidence)
    counts = {"number": len(stated.numbers), "date": len(stated.dates), "name": len(stated.names)}
    features = {f"{kind}s": float(min(count, MAX_COUNT)) for kind, count in counts.items()}
    for kind in get_args(Kind):
        own = [mismatch for mismatch in found if mismatch.kind == kind]
        features[f"{kind}_mismatches"] = float(min(len(own), MAX_COUNT))
        if kind in counts:
            features[f"{kind}_otherwise"] = float(
                min(sum(one.evidence is not None for one in own), MAX_COUNT)
            )
            features[f"{kind}_mismatch_share"] = len(own) / max(1, counts[kind])
    return features


def split(text: str) -> list[str]:
    """Return the sentences of a text, line by line; at least one, which may be empty."""
    lines = (line for line in text.splitlines() if line.strip())
    return [
        s.strip() for line in lines for s in sentencex.segment("en", line) if WORD.search(s)
    ] or [text.strip()]


def nearest_by_words(sentences: list[str], claim: str) -> list[str]:
    """Return the sentences that share most words with the claim, in their order.

    All if they are few.
    """
    if len(sentences) <= MAX_SENTENCES:
        return sentences
    words = frozenset(content(claim))
    ranked = sorted(
        range(len(sentences)), key=lambda i: -len(words & frozenset(content(sentences[i])))
    )
    return [sentences[i] for i in sorted(ranked[:MAX_SENTENCES])]


def closest(sentences: Sequence[str], claim: str) -> str:
    """Return the sentences that share most words with the claim, in their order, as many as `MAX_CHARS` hold; at least one."""
    if len(whole := " ".join(sentences)) <= MAX_CHARS:
        return whole
    words = frozenset(content(claim))
    like = [
        len(words & frozenset(content(one))) / (1 + LENGTH * math.log(1 + len(one)))
        for one in sentences
    ]
    beside = [0.0, *like, 0.0]
    ranked = sorted(
        range(len(like)), key=lambda i: -(like[i] + NEIGHBOUR * max(beside[i], beside[i + 2]))
    )
    lengths = np.cumsum([len(sentences[i]) + 1 for i in ranked]) - 1
    kept = ranked[: max(1, int(np.searchsorted(lengths, MAX_CHARS, side="right")))]
    return " ".join(sentences[i] for i in sorted(kept))


def content(text: str) -> list[str]:
    """Return the stems of the words that carry meaning."""
    return [stem(word) for word in WORD.findall(text) if word.lower() not in FUNCTION_WORDS]


def stems(text: str) -> list[str]:
    """Return the stems of all words."""
    return [stem(word) for word in WORD.findall(text)]


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        previous = row
        row = [0]
        for j, candidate in enumerate(other):
            row.append(previous[j] + 1 if word == candidate else max(previous[j + 1], row[-1]))
    return row[-1]


def _share(held: Iterable[bool]) -> float:
    values = list(held)
    return sum(values) / len(values) if values else 1.0


class ClassifierScorer:
    """A sequence classifier made for this (MiniCheck, FactCG, any NLI cross-encoder), through sentence-transformers."""

    threshold = SUPPORTED

    def __init__(self, model: "CrossEncoder", name: str) -> None:
        """Take the model; `name` decides how it reads a pair."""
        self._model, self.name = model, name

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return the probability of the label that means "supported": by its name, else the last one."""
        from torch.nn import Identity

        pairs: list[Any] = [
            self._pair(one, claim) for one, claim in zip(evidence, claims, strict=True)
        ]
        if not pairs:
            return []
        logits = np.asarray(
            self._model.predict(pairs, activation_fn=Identity(), show_progress_bar=False)
        )
        if logits.ndim == 1:
            return [1 / (1 + math.exp(-float(logit))) for logit in logits]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return [
            float(share) for share in (odds / odds.sum(axis=1, keepdims=True))[:, self._label()]
        ]

    def _pair(self, evidence: str, claim: str) -> str | tuple[str, str]:
        return (
            FACTCG.format(evidence=evidence, claim=claim)
            if "factcg" in self.name.lower()
            else (evidence, claim)
        )

    def _label(self) -> int:
        config: Any = self._model.config
        labels: dict[int, str] = config.id2label
        return next(
            (i for i, label in sorted(labels.items()) if SUPPORT_LABEL.fullmatch(label)),
            max(labels),
        )


def load_scorer(
    name: str = DEFAULT_SCORER,
    *,
    embeddings: Embeddings | None = None,
    reranker: Reranker | None = None,
) -> Scorer:
    """Load the default scorer, or a checker by its folder or hub name.

    `embeddings` and `reranker` are the packaged models if they are loaded already: the weights fit no others.
    Raises ModelError if a model cannot be found.
    """
    if name != DEFAULT_SCORER:
        return _load_classifier(name)
    found = reranker or load_reranker()
    if found is None:
        raise ModelError("the support score needs the packaged reranker; run `make chat` again")
    return SupportScorer(embeddings or load_embeddings(), found, load_checker(), read_weights())


def read_weights() -> Weights:
    """Return the coefficients that ship with the package."""
    table = json.loads(files("rag.check").joinpath("support.json").read_text(encoding="utf-8"))
    terms = {
        name: (term["mean"], term["scale"], term["weight"])
        for name, term in table["features"].items()
    }
    return Weights(table["intercept"], terms)


def _load_classifier(name: str) -> ClassifierScorer:
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(
            name, device="cpu", max_length=MAX_TOKENS, local_files_only=Path(name).is_dir()
        )
    except (OSError, ValueError, RuntimeError) as error:
        first_line = str(error).strip().split("\n")[0]
        raise ModelError(
            f"checker {name!r} cannot be loaded ({first_line}); name a folder or a hub model"
        ) from error
    return ClassifierScorer(model, name)
