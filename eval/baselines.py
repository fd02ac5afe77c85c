"""The trivial systems that a figure must beat, as chains of the same interface.

`bm25_first` answers with the one passage that BM25 ranks first, always. `always` is the chain
itself without its decision to stop; `never` refuses everything. `always` gives each answer the same
confidence, so its risk is the plain error rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from eval.types import Answering
from ingest.passages import split_corpus
from ingest.types import VOICES, Corpus, Passage
from rag.chain import EssayChain
from rag.search.keywords import KeywordRanking
from rag.types import Answer, Citation, Decision, Event, Found, Hit, Sentence, of_voice

DEPTH = 20  # hits of each voice, as deep as recall is measured


@dataclass(frozen=True)
class FirstSentence:
    """Answers every question with the passage, of whatever voice, that BM25 scores highest."""

    corpus: Corpus
    passages: tuple[Passage, ...]
    ranking: KeywordRanking

    @classmethod
    def over(cls, corpus: Corpus, *, max_chars: int) -> "FirstSentence":
        """Return the baseline over a corpus, split as the product splits it."""
        passages = split_corpus(corpus, max_chars=max_chars)
        return cls(corpus, passages, KeywordRanking([passage.text for passage in passages]))

    def stream(self, input: Any, /) -> Iterator[Event]:
        """Yield the ranked passages of both voices, then the best as the answer."""
        question = input["question"]
        hits = self._rank(question)
        yield Found(question, hits)
        yield _quoting(question, max(hits, key=lambda hit: hit.score), self.corpus)

    def _rank(self, question: str) -> tuple[Hit, ...]:
        scores = self.ranking.scores(question)
        sources = {source.id: source for source in self.corpus.sources}
        hits = [
            Hit(passage, sources[passage.source_id], float(score))
            for passage, score in zip(self.passages, scores, strict=True)
        ]
        ranked = sorted(hits, key=lambda hit: -hit.score)
        return tuple(hit for voice in VOICES for hit in of_voice(ranked, voice)[:DEPTH])


@dataclass(frozen=True)
class Never:
    """Refuses every question."""

    corpus: Corpus

    def stream(self, input: Any, /) -> Iterator[Event]:
        """Yield the refusal."""
        question = input["question"]
        yield Answer(
            question=question,
            standalone_question=question,
            status="not_in_corpus",
            sentences=(),
            citations=(),
            reason="This system answers nothing.",
            nearest=(),
            engine="quote",
            corpus=self.corpus.fingerprint,
        )


@dataclass(frozen=True)
class Unsure:
    """A chain whose answers all carry the same confidence."""

    chain: Answering

    @property
    def corpus(self) -> Corpus:
        """The corpus of the chain."""
        return self.chain.corpus

    def stream(self, input: Any, /) -> Iterator[Event]:
        """Yield the events of the chain, the answer with confidence 1."""
        for event in self.chain.stream(input):
            yield replace(event, confidence=1.0) if isinstance(event, Answer) else event


def remembering(chain: EssayChain) -> EssayChain:
    """Return the chain with a memory of what it found about the corpus, retrieved and read.

    `always` asks the same and need not do it again.
    """
    memory = lru_cache(maxsize=None)
    return replace(
        chain, about=memory(chain.about), retrieve=memory(chain.retrieve), read=memory(chain.read)
    )


def baselines(chain: EssayChain, *, max_chars: int, always: bool = True) -> dict[str, Answering]:
    """Return the baselines by name, over the corpus of the chain.

    Without `always` where each answer costs a model call.
    """
    chains: dict[str, Answering] = {
        "bm25_first": FirstSentence.over(chain.corpus, max_chars=max_chars)
    }
    if always:
        undecided = replace(chain, decide=lambda question, hits: Decision("answered"))
        chains["always"] = Unsure(undecided)
    chains["never"] = Never(chain.corpus)
    return chains


def _quoting(question: str, hit: Hit, corpus: Corpus) -> Answer:
    passage = hit.passage
    citation = Citation(1, hit.source, passage.locator, passage.start, passage.end, passage.text)
    return Answer(
        question=question,
        standalone_question=question,
        status="answered",
        sentences=(Sentence(passage.text, "quoted", (1,)),),
        citations=(citation,),
        reason=None,
        nearest=(),
        engine="quote",
        corpus=corpus.fingerprint,
        confidence=hit.score / (1 + hit.score),
    )
