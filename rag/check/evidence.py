"""A claim and passages found for it → which of them bear it out, and which say otherwise.

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

from ingest.types import VOICES, Passage, Voice
from ingest.voices import speaker
from rag.check.support import SUPPORTED, Scorer
from rag.language.alignment import differences
from rag.language.compare import AFFIRMED, Facts, Mismatch, compare, read_facts
from rag.language.words import names
from rag.types import Hit, of_voice

EvidenceSide = Literal["supports", "contradicts"]
Finding = Literal["supported", "contradicted", "not_found"]

# Logits of a hit, set by hand on 30 claims of our own: below the first a passage shares words of
# the claim, not its subject; from the second it speaks for the passage.
RELEVANT = 6.0
CLEARLY_RELEVANT = 7.5
RELEVANCE_WEIGHT = 0.25  # what a point of the hit's logit adds to the logit of the support score
# Passages of each voice that are read: the best five hold the right sentence in 99%.
MAX_HITS = 5
MAX_EVIDENCE = 3  # passages of each voice that are shown


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that bears on the claim; its span is that of `hit.passage`.

    `support` in [0, 1] is that of the claim, put right where the passage contradicts it, with the
    retriever's word on the passage added; `mismatches` are the facts that the passage states
    otherwise.
    """

    hit: Hit
    bearing: EvidenceSide
    support: float
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def _speaker(self) -> str:
        return f"the {speaker(self.hit.source)}"

    @property
    def words(self) -> str:
        """What the passage does to the claim, in a clause: "the essay says 746, not 764"."""
        said = [mismatch.words(self._speaker) for mismatch in self.mismatches]
        return "; ".join(said) if said else f"{self._speaker} says so"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the corpus makes of a claim. The main text decides.

    Where it is silent, the sources do: the best evidence.

    `evidence` holds what supports and what contradicts, main text first. `reason` says in a
    sentence why.
    """

    finding: Finding
    reason: str
    evidence: tuple[Evidence, ...]


def check(
    claim: str,
    hits: Sequence[Hit],
    scorer: Scorer,
    *,
    context: Callable[[Passage], str] | None = None,
    relevant: float = RELEVANT,
) -> Findings:
    """Return what the passages found for a claim make of it.

    `hits` are those of the main text first, best first. `context` gives the text around a passage,
    where a name that the passage only means ("It", "the regime") may stand. Hits that score below
    `relevant` are no evidence; the default is for the packaged reranker.
    """
    read = [hit for voice in VOICES for hit in of_voice(hits, voice)[:MAX_HITS]]
    known = frozenset(name for hit in read for name in names(_spoken(hit)))
    facts = read_facts(claim)
    stated = {hit.passage: read_facts(hit.passage.text) for hit in read}
    compared = [
        (hit, differences(facts, stated[hit.passage], known, around=_around(hit, context)))
        for hit in read
    ]
    bearing = [
        (hit, mismatches, mended)
        for hit, mismatches in compared
        if (mended := mend(claim, mismatches)) is not None
        and not _elsewhen(facts, stated[hit.passage], mismatches)
        and hit.score >= relevant
    ]
    scores = scorer.score(
        [_spoken(hit) for hit, _, _ in bearing], [mended for _, _, mended in bearing]
    )
    evidence: list[Evidence] = []
    for (hit, mismatches, _), score in zip(bearing, scores, strict=True):
        support = weigh(score, hit.score)
        if support >= SUPPORTED:
            bears: EvidenceSide = "contradicts" if mismatches else "supports"
            evidence.append(Evidence(hit, bears, support, mismatches))
    shown = tuple(one for voice in VOICES for one in _best(evidence, voice))
    return Findings(_finding(shown), _reason(shown, compared), shown)


def mend(claim: str, mismatches: Iterable[Mismatch]) -> str | None:
    """Return the claim with its facts put right, or None where the evidence has no others.

    A denial that the evidence lacks is left alone: "did not target ISIS" and "targets lay outside
    its areas" agree.
    """
    for mismatch in mismatches:
        if mismatch.evidence is None or mismatch.evidence == AFFIRMED:
            return None
        if mismatch.kind == "role":
            claim = _exchange(claim, mismatch.claim, mismatch.evidence)
        else:
            denied = mismatch.kind == "negation"
            right = f"not {mismatch.claim}" if denied else mismatch.evidence
            claim = _replace(claim, mismatch.claim, right)
    return claim


def weigh(support: float, relevance: float) -> float:
    """Return a support score in [0, 1] with the retriever's word on the passage added, a logit.

    The score knows which words and facts are there; the retriever read the passage beside its
    paragraph and its title.
    """
    odds = math.log(max(support, 1e-6) / max(1 - support, 1e-6))
    return 1 / (1 + math.exp(-odds - RELEVANCE_WEIGHT * (relevance - CLEARLY_RELEVANT)))


def _around(hit: Hit, context: Callable[[Passage], str] | None) -> Facts:
    """Return the facts of what stands around a passage and in its title: their names count."""
    source = hit.source
    paragraph = context(hit.passage) if context else ""
    around = [paragraph, source.title, source.publisher, source.author]
    return read_facts(" ".join(filter(None, around)))


def _elsewhen(claim: Facts, evidence: Facts, mismatches: Iterable[Mismatch]) -> bool:
    """Tell whether a passage gives another number for another time: it contradicts nothing."""
    if all(mismatch.kind != "number" for mismatch in mismatches):
        return False
    backwards = compare(evidence, claim)
    return any(mismatch.kind == "date" for mismatch in backwards)


def _spoken(hit: Hit) -> str:
    """Return a passage as it is scored: a note under the title, which says what it is about."""
    if hit.source.wording == "verbatim":
        return hit.passage.text
    return f"{hit.source.title}. {hit.passage.text}"


def _replace(claim: str, stated: str, right: str) -> str:
    pattern = r"\s+".join(map(re.escape, stated.split()))
    return re.sub(pattern, lambda _: right, claim, count=1)


def _exchange(claim: str, one: str, other: str) -> str:
    """Return a claim with two names in each other's place."""
    either = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in (one, other)))
    return either.sub(lambda match: other if match.group() == one else one, claim)


def _best(evidence: Iterable[Evidence], voice: Voice) -> list[Evidence]:
    in_voice = [one for one in evidence if one.hit.source.voice == voice]
    return sorted(in_voice, key=lambda one: -one.support)[:MAX_EVIDENCE]


def _finding(evidence: Sequence[Evidence]) -> Finding:
    """Return what the best evidence says: of the main text, which comes first, or the sources."""
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
    missing = f": {', '.join(lacking)}" if lacking else ""
    return f"the nearest passage does not say so{missing}"
