"""A claim → does the corpus say so, say otherwise, or not say, with citations.

A passage supports a claim when it states every fact of it and the support score agrees. It
contradicts one when it would support the claim with its facts put right: "killed 2,740 civilians"
with 2,704 in its place. That keeps apart what is denied from what is merely not mentioned, which a
score alone cannot. Only passages that stand in their texts, letter for letter, are read, so that
whatever is shown can be cited.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.settings import Settings
from ingest.types import Corpus, Passage
from ingest.voices import speaker
from rag.check.quotes import Verifier
from rag.check.support import SUPPORTED, Scorer
from rag.language.alignment import differences
from rag.language.facts import AFFIRMED, Mismatch, compare, names
from rag.question.standalone import clean
from rag.types import Citation, Hit

Bearing = Literal["supports", "contradicts"]
Finding = Literal["supported", "contradicted", "not_found"]

RELEVANT = 6.0  # logit of the hit below which a passage shares words of the claim, not its subject
CLEARLY_RELEVANT = 7.5  # logit of the hit from which it speaks for a passage; both set by hand on 30 claims of our own
RELEVANCE_WEIGHT = 0.25  # what a point of the hit's logit adds to the logit of the support score
MAX_HITS = (
    5  # passages of each voice that are read: the retriever's best 5 hold the right sentence in 99%
)
MAX_EVIDENCE = 3  # passages of each voice that are shown


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that bears on the claim; its span is that of `hit.passage`.

    `support` in [0, 1] is that of the claim, put right where the passage contradicts it, with the retriever's word on
    the passage added; `mismatches` are the facts that the passage states otherwise.
    """

    hit: Hit
    bearing: Bearing
    support: float
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def _speaker(self) -> str:
        return f"the {speaker(self.hit.source)}"

    @property
    def words(self) -> str:
        """What the passage does to the claim, in a clause: "the essay says 2,704 civilians, not 2,740 civilians"."""
        said = [mismatch.words(self._speaker) for mismatch in self.mismatches]
        return "; ".join(said) if said else f"{self._speaker} says so"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the corpus makes of a claim. The main text decides.

    Where it is silent, the sources do: the best evidence.

    `evidence` holds what supports and what contradicts, main text first. `reason` says in a sentence why.
    """

    finding: Finding
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class CitedEvidence:
    """A citation that bears on the claim: how, how well in [0, 1], and what it says otherwise."""

    citation: Citation
    bearing: Bearing
    support: float
    words: str


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What the corpus makes of a claim, why, and what that rests on, the main text first."""

    claim: str
    finding: Finding
    reason: str
    evidence: tuple[CitedEvidence, ...]
    corpus: str


@dataclass(frozen=True, slots=True)
class ClaimChecker:
    """Checks claims against one corpus; `retrieve` finds passages for a claim as for a question.

    `relevant` is the score of a hit below which it is no evidence; `foreign` tells which other
    language a claim is in.
    """

    corpus: Corpus
    retrieve: Callable[[str], Sequence[Hit]]
    scorer: Scorer
    clean: Callable[[str], str]
    relevant: float
    foreign: Callable[[str], str | None] = lambda claim: None

    def __call__(self, claim: str) -> ClaimVerdict:
        """Return the verdict. Raises QuestionError for a claim without words or too long."""
        asked, verifier = self.clean(claim), Verifier(self.corpus)
        if foreign := self.foreign(asked):
            return ClaimVerdict(claim, "not_found", foreign, (), self.corpus.fingerprint)
        hits = [hit for hit in self.retrieve(asked) if verifier.cited([hit])]
        found = check(asked, hits, self.scorer, context=self._context, relevant=self.relevant)
        citations = verifier.cited(one.hit for one in found.evidence)
        evidence = tuple(
            CitedEvidence(citation, one.bearing, one.support, one.words)
            for one, citation in zip(found.evidence, citations, strict=True)
        )
        return ClaimVerdict(claim, found.finding, found.reason, evidence, self.corpus.fingerprint)

    def _context(self, passage: Passage) -> str:
        body = self.corpus.body(passage.source_id)
        return body[passage.context_start : passage.context_end]


def clean_claim(claim: str, settings: Settings) -> str:
    """Return the claim as it is searched for.

    Raises QuestionError for one without words or too long.
    """
    return clean(claim, max_chars=settings.max_question_chars, name="claim")


def alone(passage: Passage) -> str:
    """Return no more context than the passage itself."""
    return passage.text


def check(
    claim: str,
    hits: Sequence[Hit],
    scorer: Scorer,
    *,
    context: Callable[[Passage], str] = alone,
    relevant: float = RELEVANT,
) -> Findings:
    """Return the verdict on a claim, given the passages retrieved for it: those of the main text first, best first.

    `context` gives the text around a passage, where a name that the passage only means ("It", "the regime") may stand.
    Hits that score below `relevant` are no evidence; the default is for the packaged reranker.
    """
    voices = (
        [hit for hit in hits if hit.source.voice == "main"],
        [hit for hit in hits if hit.source.voice != "main"],
    )
    read = [hit for voice in voices for hit in voice[:MAX_HITS]]
    known = frozenset(name for hit in read for name in names(_spoken(hit)))
    compared = [(hit, _compare(claim, hit, known, context(hit.passage))) for hit in read]
    repaired = [
        (hit, mismatches, None if _elsewhen(claim, hit, mismatches) else mend(claim, mismatches))
        for hit, mismatches in compared
    ]
    bearing = [
        (hit, mismatches, mended)
        for hit, mismatches, mended in repaired
        if mended is not None and hit.score >= relevant
    ]
    scores = scorer.score(
        [_spoken(hit) for hit, _, _ in bearing], [mended for _, _, mended in bearing]
    )
    found = [
        Evidence(
            hit, "contradicts" if mismatches else "supports", weigh(score, hit.score), mismatches
        )
        for (hit, mismatches, _), score in zip(bearing, scores, strict=True)
    ]
    found = [evidence for evidence in found if evidence.support >= SUPPORTED]
    evidence = tuple(_best(found, essay=True) + _best(found, essay=False))
    return Findings(_finding(evidence), _reason(evidence, compared), evidence)


def mend(claim: str, mismatches: Iterable[Mismatch]) -> str | None:
    """Return the claim with its facts put right, or None where the evidence has nothing to put in their place.

    A denial that the evidence lacks is left alone: "did not target ISIS" and "targets lay outside
    its areas" agree.
    """
    for mismatch in mismatches:
        if mismatch.evidence is None or mismatch.evidence == AFFIRMED:
            return None
        if mismatch.kind == "role":
            claim = _exchange(claim, mismatch.claim, mismatch.evidence)
            continue
        right = f"not {mismatch.claim}" if mismatch.kind == "negation" else mismatch.evidence
        claim = _replace(claim, mismatch.claim, right)
    return claim


def weigh(support: float, relevance: float) -> float:
    """Return a support score in [0, 1] with the retriever's word on the passage added, a logit.

    The score knows which words and facts are there; the retriever read the passage beside its
    paragraph and its title.
    """
    odds = math.log(max(support, 1e-6) / max(1 - support, 1e-6))
    return 1 / (1 + math.exp(-odds - RELEVANCE_WEIGHT * (relevance - CLEARLY_RELEVANT)))


def _compare(claim: str, hit: Hit, known: frozenset[str], context: str) -> tuple[Mismatch, ...]:
    """Return the mismatches of a claim with a passage, less the names that stand around it or in its title."""
    around = " ".join(
        filter(None, [context, hit.source.title, hit.source.publisher, hit.source.author])
    )
    return differences(claim, hit.passage.text, known, around=around)


def _elsewhen(claim: str, hit: Hit, mismatches: Iterable[Mismatch]) -> bool:
    """Tell whether a passage gives another number for another time, which contradicts nothing."""
    counts = any(mismatch.kind == "number" for mismatch in mismatches)
    return counts and any(mismatch.kind == "date" for mismatch in compare(hit.passage.text, claim))


def _spoken(hit: Hit) -> str:
    """Return a passage as it is scored: a note under the title of its source, which says what the note is about."""
    return (
        hit.passage.text
        if hit.source.wording == "verbatim"
        else f"{hit.source.title}. {hit.passage.text}"
    )


def _replace(claim: str, stated: str, given: str) -> str:
    return re.sub(r"\s+".join(map(re.escape, stated.split())), lambda _: given, claim, count=1)


def _exchange(claim: str, one: str, other: str) -> str:
    """Return a claim with two names in each other's place."""
    found = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in (one, other)))
    return found.sub(lambda match: other if match.group() == one else one, claim)


def _best(found: Iterable[Evidence], *, essay: bool) -> list[Evidence]:
    voice = [evidence for evidence in found if (evidence.hit.source.voice == "main") == essay]
    return sorted(voice, key=lambda evidence: -evidence.support)[:MAX_EVIDENCE]


def _finding(evidence: Sequence[Evidence]) -> Finding:
    """Return what the best evidence says: that of the main text, which comes first, or else of the sources."""
    if not evidence:
        return "not_found"
    return "supported" if evidence[0].bearing == "supports" else "contradicted"


def _reason(
    evidence: Sequence[Evidence], compared: Sequence[tuple[Hit, tuple[Mismatch, ...]]]
) -> str:
    if evidence:
        return "; ".join(dict.fromkeys(one.words for one in evidence))
    if not compared:
        return "no passage was found"
    _, mismatches = max(compared, key=lambda pair: pair[0].score)
    lacking = [mismatch.words("it") for mismatch in mismatches if mismatch.evidence is None]
    return f"the nearest passage does not say so{': ' if lacking else ''}{', '.join(lacking)}"
