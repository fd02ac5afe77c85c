"""A claim → what the corpus makes of it, with citations: the claim check over the hits of the chain's retriever.

Only passages that stand in their texts, letter for letter, are read, so that whatever is shown can
be cited.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.settings import DEFAULT_EMBEDDING, DEFAULT_RERANKER, Settings
from ingest.types import Passage
from rag.chain import EssayChain
from rag.check.claim import RELEVANT, Bearing, Finding, check
from rag.check.quotes import Verifier
from rag.check.support import Scorer, load_scorer
from rag.question.scope import read_scope
from rag.question.standalone import clean
from rag.types import Citation

# Scores of another reranker, or of none, are on a scale of their own: then no more is asked than to
# lean to relevant.
RELEVANT_ELSEWHERE = 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A citation that bears on the claim: how, how well in [0, 1], and in words what it says otherwise."""

    citation: Citation
    bearing: Bearing
    support: float
    words: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the corpus makes of a claim: the finding, why, and what it rests on, the main text first."""

    claim: str
    finding: Finding
    reason: str
    evidence: tuple[Weighed, ...]
    corpus: str


@dataclass(frozen=True, slots=True)
class Assessor:
    """Checks claims against one corpus.

    `relevant` is the score of a hit below which it is no evidence; `foreign` tells which other language a claim is in.
    """

    chain: EssayChain
    clean: Callable[[str], str]
    scorer: Scorer
    relevant: float = RELEVANT
    foreign: Callable[[str], str | None] = lambda claim: None

    def __call__(self, claim: str) -> Assessment:
        """Return the assessment. Raises QuestionError for a claim without words or too long."""
        asked, verifier = self.clean(claim), Verifier(self.chain.corpus)
        if foreign := self.foreign(asked):
            return Assessment(claim, "not_found", foreign, (), self.chain.corpus.fingerprint)
        hits = [hit for hit in self.chain.retrieve(asked) if verifier.cited([hit])]
        verdict = check(asked, hits, self.scorer, context=self._context, relevant=self.relevant)
        citations = verifier.cited(evidence.hit for evidence in verdict.evidence)
        evidence = tuple(
            Weighed(citation, one.bearing, one.support, one.words)
            for one, citation in zip(verdict.evidence, citations, strict=True)
        )
        return Assessment(
            claim, verdict.finding, verdict.reason, evidence, self.chain.corpus.fingerprint
        )

    def _context(self, passage: Passage) -> str:
        return self.chain.corpus.body(passage.source_id)[
            passage.context_start : passage.context_end
        ]


def build_assessor(chain: EssayChain, settings: Settings) -> Assessor:
    """Return the assessor over a chain.

    Loads the support score. Raises ModelError if its model cannot be found.
    """
    relevant = RELEVANT if settings.reranker == DEFAULT_RERANKER else RELEVANT_ELSEWHERE
    scope = read_scope(chain.corpus, any_language=settings.embedding_model != DEFAULT_EMBEDDING)
    return Assessor(
        chain, lambda claim: clean_claim(claim, settings), load_scorer(), relevant, scope.foreign
    )


def clean_claim(claim: str, settings: Settings) -> str:
    """Return the claim as it is searched for.

    Raises QuestionError for one without words or too long.
    """
    return clean(claim, max_chars=settings.max_question_chars, name="claim")
