"""A claim and the passages found for it → does the corpus say so, say otherwise, or not say?

A passage supports a claim when it states every fact of it and the support score agrees. It
contradicts one when it would support the claim with its facts put right: "killed 2,740 civilians"
with 2,704 in its place. That keeps apart what is denied from what is merely not mentioned, which a
score alone cannot.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.types import Passage
from rag.check.support import SUPPORTED, Scorer
from rag.language.alignment import differences
from rag.language.facts import AFFIRMED, Mismatch, compare, names
from rag.quote.engine import short_name
from rag.types import Hit

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
    def words(self) -> str:
        """What the passage does to the claim, in a clause: "the essay says 2,704 civilians, not 2,740 civilians"."""
        said = [mismatch.words(speaker(self.hit)) for mismatch in self.mismatches]
        return "; ".join(said) if said else f"{speaker(self.hit)} says so"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the corpus makes of a claim. The main text decides.

    Where it is silent, the sources do: the best evidence.

    `evidence` holds what supports and what contradicts, main text first. `reason` says in a sentence why.
    """

    claim: str
    finding: Finding
    evidence: tuple[Evidence, ...]
    reason: str


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
) -> Verdict:
    """Return the verdict on a claim, given the passages retrieved for it: those of the main text first, best first.

    `context` gives the text around a passage, where a name that the passage only means ("It", "the regime") may stand.
    Hits that score below `relevant` are no evidence; the default is for the packaged reranker.
    """
    voices = (
        [hit for hit in hits if hit.source.relation == "essay"],
        [hit for hit in hits if hit.source.relation != "essay"],
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
    return Verdict(claim, _finding(evidence), evidence, _reason(evidence, compared))


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


def speaker(hit: Hit) -> str:
    """Return who speaks in a passage: "the essay", "the note on SNHR"."""
    if hit.source.relation == "essay":
        return "the essay"
    name = short_name(hit.source)
    return f"the note on {name}" if hit.source.wording == "note" else name


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
    voice = [evidence for evidence in found if (evidence.hit.source.relation == "essay") == essay]
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
