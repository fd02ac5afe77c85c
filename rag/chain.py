"""The whole way as one LangChain `Runnable`: a question in, a checked answer out.

`invoke`, `batch` and their async forms give an `Answer`; `stream` gives `Found` (the passages) first, then the `Answer`.
The stages are plain callables, so that any of them can be replaced with `dataclasses.replace`.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from langchain_core.runnables import Runnable, RunnableConfig, run_in_executor

from ingest.build import open_index
from ingest.embed import load_embeddings
from ingest.settings import DEFAULT_EMBEDDING, Settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.answerable import build_gate
from rag.claims import ClaimMap
from rag.context import read_neighbours
from rag.question import clean, stand_alone
from rag.quote import QuoteEngine
from rag.rerank import load_reranker
from rag.retrieve import PassageRetriever, build_search
from rag.types import Answer, Decision, Draft, Event, Found, Hit, Turn
from rag.verify import Verifier


class Ask(TypedDict, total=False):
    """The input of the chain; a plain string stands for a question without a history."""

    question: str
    history: Sequence[Turn]


@dataclass(frozen=True)
class EssayChain(Runnable[Ask | str, Answer]):
    """Question → stand-alone question → hits → decision → draft → answer."""

    corpus: Corpus
    clean: Callable[[str], str]
    standalone: Callable[[str, tuple[Turn, ...]], str]
    retrieve: Callable[[str], tuple[Hit, ...]]
    decide: Callable[[str, tuple[Hit, ...]], Decision]
    write: Callable[[str, tuple[Hit, ...], Decision], Draft]
    verify: Callable[[str, str, tuple[Hit, ...], Decision, Draft], Answer]

    @property
    def retriever(self) -> PassageRetriever:
        """The retrieval stage alone, as a LangChain retriever."""
        return PassageRetriever(search=self.retrieve)

    def invoke(self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Return the checked answer. Raises QuestionError for a question without words or too long."""
        return self._call_with_config(self._answer, input, config, run_type="chain")

    def stream(self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Yield `Found` as soon as the passages are there, then the `Answer`."""
        # The base class types a stream's chunks as parts of the output; ours are events that end in it.
        events: Callable[[Iterator[Ask | str]], Iterator[Any]] = self._events
        yield from self._transform_stream_with_config(iter([input]), events, config, run_type="chain")

    async def astream(self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Yield what `stream` does; the steps run in a thread."""
        events = self.stream(input, config)
        while (event := await run_in_executor(config, next, events, None)) is not None:
            yield event

    def _answer(self, ask: Ask | str) -> Answer:
        *_, answer = self._steps(ask)
        if not isinstance(answer, Answer):
            raise TypeError(answer)
        return answer

    def _events(self, asks: Iterator[Ask | str]) -> Iterator[Event]:
        for ask in asks:
            yield from self._steps(ask)

    def _steps(self, ask: Ask | str) -> Iterator[Event]:
        began = time.perf_counter()
        question, history = _unpack(ask)
        asked = self.clean(question)
        standalone = self.standalone(asked, history)
        hits = self.retrieve(standalone)
        yield Found(standalone, hits)
        decision = self.decide(standalone, hits)
        draft = self.write(standalone, hits, decision)
        answer = self.verify(question, standalone, hits, decision, draft)
        yield replace(answer, seconds=time.perf_counter() - began)


def _unpack(ask: Ask | str) -> tuple[str, tuple[Turn, ...]]:
    return (ask, ()) if isinstance(ask, str) else (ask["question"], tuple(ask.get("history", ())))


def load(settings: Settings) -> EssayChain:
    """Read the corpus, open its index and load the models: the one place where models load.

    Raises CorpusError, StoreError or ModelError, each naming the thing and the next step.
    """
    corpus = read_corpus(settings.corpus)
    index = open_index(corpus, settings)
    passages = [*index.passages("main"), *index.passages("sources")]
    embeddings = load_embeddings(settings.embedding_model)
    reranker = load_reranker(settings.reranker)
    return EssayChain(
        corpus=corpus,
        clean=lambda question: clean(question, max_chars=settings.max_question_chars),
        standalone=stand_alone,
        retrieve=build_search(corpus, index, embeddings, reranker, candidates=settings.candidates),
        decide=build_gate(corpus, any_language=settings.embedding_model != DEFAULT_EMBEDDING),
        write=QuoteEngine(corpus, ClaimMap(corpus, passages), read_neighbours(corpus, passages)),
        verify=Verifier(corpus),
    )
