"""The whole way as one LangChain `Runnable`: a question in, a checked answer out.

`invoke`, `batch` and their async forms give an `Answer`; `stream` gives `Found` (the passages)
first, then, where a language model writes, its words and each sentence with its verdict, and the
`Answer` last. The stages are plain callables, so that any of them can be replaced with
`dataclasses.replace`.
"""

import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypedDict, runtime_checkable

from langchain_core.runnables import Runnable, RunnableConfig, run_in_executor

from ingest.types import Corpus
from rag.search.retrieve import PassageRetriever
from rag.types import Answer, Decision, Draft, Event, Found, Hit, Settled, Told, Turn, Written


class Ask(TypedDict, total=False):
    """The input of the chain; a plain string stands for a question without a history."""

    question: str
    history: Sequence[Turn]


@runtime_checkable
class Streaming(Protocol):
    """A writing stage that shows what it writes while it does."""

    def stream(
        self, question: str, hits: tuple[Hit, ...], decision: Decision
    ) -> Iterator[Written | Settled | Draft]:
        """Yield words and settled sentences, then the draft."""
        ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer and what it was made from."""

    hits: tuple[Hit, ...]
    decision: Decision
    answer: Answer


@dataclass(frozen=True)
class EssayChain(Runnable[Ask | str, Answer]):
    """Question → stand-alone question → hits → hits read → decision → draft → answer.

    About the corpus itself, a draft. Every answer gets questions to go on with.
    """

    corpus: Corpus
    clean: Callable[[str], str]
    standalone: Callable[[str, tuple[Turn, ...]], str]
    retrieve: Callable[[str], tuple[Hit, ...]]
    decide: Callable[[str, tuple[Hit, ...]], Decision]
    write: Callable[[str, tuple[Hit, ...], Decision], Draft]
    verify: Callable[[str, str, tuple[Hit, ...], Decision, Draft], Answer]
    about: Callable[[str, tuple[Turn, ...]], Told | None] = lambda question, history: None
    read: Callable[[str, tuple[Hit, ...]], tuple[Hit, ...]] = lambda question, hits: hits
    suggest: Callable[[Answer, tuple[Turn, ...]], tuple[str, ...]] = lambda answer, history: ()

    @property
    def retriever(self) -> PassageRetriever:
        """The retrieval stage alone, as a LangChain retriever."""
        return PassageRetriever(search=self.retrieve)

    def invoke(
        self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """Return the checked answer.

        Raises QuestionError for a question without words or too long.
        """
        return self._call_with_config(self._answer, input, config, run_type="chain")

    def stream(
        self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Any]:
        """Yield `Found` at once, what a language model writes as it comes, then the `Answer`."""
        # The base class types a stream's chunks as parts of the output; ours are events that end in
        # it.
        events: Callable[[Iterator[Ask | str]], Iterator[Any]] = self._events
        yield from self._transform_stream_with_config(
            iter([input]), events, config, run_type="chain"
        )

    async def astream(
        self, input: Ask | str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        """Yield what `stream` does; the steps run in a thread."""
        events = self.stream(input, config)
        while (event := await run_in_executor(config, next, events, None)) is not None:
            yield event

    def explain(self, ask: Ask | str) -> Explanation:
        """Return the checked answer with the hits and the decision it was made from.

        Raises QuestionError as `invoke`.
        """
        *_, explanation = self._steps(ask)
        if not isinstance(explanation, Explanation):
            raise TypeError(explanation)
        return explanation

    def _answer(self, ask: Ask | str) -> Answer:
        return self.explain(ask).answer

    def _events(self, asks: Iterator[Ask | str]) -> Iterator[Event]:
        for ask in asks:
            for step in self._steps(ask):
                yield step.answer if isinstance(step, Explanation) else step

    def _steps(self, ask: Ask | str) -> Iterator[Found | Written | Settled | Explanation]:
        began = time.perf_counter()
        question, history = _unpack(ask)
        asked = self.clean(question)
        told = self.about(asked, history)
        standalone = asked if told else self.standalone(asked, history)
        hits = told.hits if told else self.read(standalone, self.retrieve(standalone))
        yield Found(standalone, hits)
        decision = told.decision if told else self.decide(standalone, hits)
        draft = told.draft if told else (yield from self._drafted(standalone, hits, decision))
        answer = self.verify(question, standalone, hits, decision, draft)
        suggestions = self.suggest(answer, history)
        seconds = time.perf_counter() - began
        answer = replace(answer, suggestions=suggestions, seconds=seconds)
        yield Explanation(hits, decision, answer)

    def _drafted(
        self, question: str, hits: tuple[Hit, ...], decision: Decision
    ) -> Generator[Written | Settled, None, Draft]:
        """Yield what the writing stage shows while it writes, if it does; return the draft."""
        if not isinstance(self.write, Streaming):
            return self.write(question, hits, decision)
        for step in self.write.stream(question, hits, decision):
            if isinstance(step, Draft):
                return step
            yield step
        raise TypeError(self.write)


def _unpack(ask: Ask | str) -> tuple[str, tuple[Turn, ...]]:
    return (ask, ()) if isinstance(ask, str) else (ask["question"], tuple(ask.get("history", ())))
