"""A question → hits, the two voices ranked apart.

In one list the notes, which say things plainly, would drown the essay.

For each voice: cosine similarity (Chroma) and BM25, each divided by its best, are added; the best
candidates go through the cross-encoder, which reads a sentence of a main text alone, the best of
them in their paragraph too, and a note behind the name of its source. The weights were chosen on
the development half of the cases (docs/evaluation.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from ingest.index import PassageIndex
from ingest.passages import attributed
from ingest.types import VOICES, Corpus, Passage, Source, Voice
from rag.models.rerank import Reranker
from rag.search.keywords import KeywordRanking
from rag.types import Hit

POOL = 60  # nearest passages asked of Chroma for each voice
DENSE_SHARE = 0.8
PARAGRAPH_SHARE = 0.5
# Logits for a cosine similarity of 1: the cross-encoder looks for the question's words, the
# embedding for its sense.
DENSE_LOGITS = 6.0
# Without a reranker the fused score, in [0, 1], is spread over the range that its logits have.
FUSED_LOGITS = 12.0
# A paragraph costs as much as four sentences: only those of the best sentences are read.
PARAGRAPHS = 10

Floats64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class VoiceRanking:
    """The keyword ranking of one voice and its passages, in the same order."""

    passages: tuple[Passage, ...]
    position: Mapping[Passage, int]
    keywords: KeywordRanking


@dataclass(frozen=True)
class PassageSearch:
    """Finds the passages for a question in an open index."""

    corpus: Corpus
    index: PassageIndex
    embeddings: Embeddings
    reranker: Reranker | None
    rankings: Mapping[Voice, VoiceRanking]
    candidates: int
    dense_share: float = DENSE_SHARE

    def __call__(self, question: str) -> tuple[Hit, ...]:
        """Return the hits of the main texts, best first, then those of the sources, best first."""
        vector = self.embeddings.embed_query(question)
        return tuple(hit for voice in VOICES for hit in self._voice(question, vector, voice))

    def _voice(self, question: str, vector: Sequence[float], voice: Voice) -> list[Hit]:
        ranking = self.rankings[voice]
        if not ranking.passages:
            return []
        dense = np.zeros(len(ranking.passages))
        for passage, similarity in self.index.nearest(vector, voice, POOL):
            dense[ranking.position[passage]] = similarity
        bm25 = ranking.keywords.scores(question).astype(np.float64)
        fused = self.dense_share * _by_best(dense) + (1 - self.dense_share) * _by_best(bm25)
        best = np.argsort(-fused, kind="stable")[: self.candidates]
        passages = [ranking.passages[place] for place in best]
        parts = [
            {"dense": float(dense[at]), "bm25": float(bm25[at]), "fused": float(fused[at])}
            for at in best
        ]
        return self._ranked(question, passages, parts)

    def _ranked(
        self, question: str, passages: Sequence[Passage], parts: Sequence[dict[str, float]]
    ) -> list[Hit]:
        sources = [self.corpus.source(passage.source_id) for passage in passages]
        if self.reranker is None:
            scores = [FUSED_LOGITS * (part["fused"] - 0.5) for part in parts]
        else:
            pairs = list(zip(passages, sources, strict=True))
            logits = self._logits(self.reranker, question, pairs)
            parts = [part | logit for part, logit in zip(parts, logits, strict=True)]
            scores = [_score(part) for part in parts]
        rows = zip(passages, sources, scores, parts, strict=True)
        return sorted((Hit(*row) for row in rows), key=lambda hit: -hit.score)

    def _logits(
        self, reranker: Reranker, question: str, pairs: Sequence[tuple[Passage, Source]]
    ) -> list[dict[str, float]]:
        """Return the logits of each passage alone ("sentence") and in its "paragraph".

        Where a passage is its whole paragraph both are the same. A paragraph that was not read
        counts as no better than the worst that was.
        """
        sentences = reranker.score([(question, attributed(*pair)) for pair in pairs])
        contexts = [self._context(passage) for passage, _ in pairs]
        within = [place for place, context in enumerate(contexts) if context is not None]
        best = sorted(within, key=lambda place: -sentences[place])[:PARAGRAPHS]
        distinct = list(dict.fromkeys(contexts[place] or "" for place in best))
        scored = reranker.score([(question, context) for context in distinct])
        of_context = dict(zip(distinct, scored, strict=True))
        worst = min(scored, default=0.0)
        paragraphs = list(sentences)
        for place in within:
            paragraphs[place] = min(sentences[place], worst)
        for place in best:
            paragraphs[place] = of_context[contexts[place] or ""]
        return [
            {"sentence": sentence, "paragraph": paragraph}
            for sentence, paragraph in zip(sentences, paragraphs, strict=True)
        ]

    def _context(self, passage: Passage) -> str | None:
        """Return the paragraph a passage stands in, None where it is the whole paragraph."""
        if (passage.start, passage.end) == (passage.context_start, passage.context_end):
            return None
        return self.corpus.body(passage.source_id)[passage.context_start : passage.context_end]


class PassageRetriever(BaseRetriever):
    """The search as a LangChain retriever, for anybody's chain."""

    search: Callable[[str], tuple[Hit, ...]]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.search(query)]


def build_search(
    corpus: Corpus,
    index: PassageIndex,
    embeddings: Embeddings,
    reranker: Reranker | None,
    *,
    candidates: int,
) -> PassageSearch:
    """Return a search over an open index; builds the keyword rankings."""
    rankings = {voice: _rank_voice(corpus, index.passages(voice)) for voice in VOICES}
    return PassageSearch(corpus, index, embeddings, reranker, rankings, candidates)


def _rank_voice(corpus: Corpus, passages: tuple[Passage, ...]) -> VoiceRanking:
    texts = [attributed(p, corpus.source(p.source_id)) for p in passages]
    return VoiceRanking(passages, {p: i for i, p in enumerate(passages)}, KeywordRanking(texts))


def _by_best(scores: Floats64) -> Floats64:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def _score(part: Mapping[str, float]) -> float:
    reranked = (part["sentence"] + PARAGRAPH_SHARE * part["paragraph"]) / (1 + PARAGRAPH_SHARE)
    return reranked + DENSE_LOGITS * part["dense"]


def _document(hit: Hit) -> Document:
    passage, source = hit.passage, hit.source
    metadata = {
        "source_id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "wording": source.wording,
        "voice": source.voice,
        "locator": passage.locator,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
    return Document(page_content=passage.text, metadata=metadata)
