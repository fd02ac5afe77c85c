"""A claim → does the corpus say so, say otherwise, or not say, with citations.

Only passages that stand in their texts, letter for letter, are read, so that whatever is shown can
be cited. What they make of the claim is found in `rag.check.evidence`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.settings import Settings
from ingest.types import Corpus, Passage
from rag.check.evidence import EvidenceSide, Finding, check
from rag.check.quotes import Verifier
from rag.check.support import Scorer
from rag.question.standalone import clean
from rag.types import Citation, Hit


@dataclass(frozen=True, slots=True)
class CitedEvidence:
    """A citation that bears on the claim: how, how well in [0, 1], and what it says otherwise."""

    citation: Citation
    bearing: EvidenceSide
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
