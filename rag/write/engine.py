"""Hits → a draft written by a language model, every sentence of which was checked against the passages it cites.

The model sees what the quote engine would quote, filled up with the next best hits. A reply with
sentences that are not borne out gets one more try, in which the model is told which and why. Of all
replies the one with the best share of borne-out sentences is taken. Where none has such a sentence,
or the model fails, the quote engine answers and says so.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from ingest.errors import ModelError
from ingest.types import Corpus
from ingest.voices import whose_words
from rag.types import (
    Checked,
    Decision,
    Draft,
    DraftSentence,
    Hit,
    Quote,
    Sentence,
    Settled,
    Written,
)
from rag.write.markers import CitationParser, Cited
from rag.write.prompts import NO_ANSWER, answer_messages, correction_messages
from rag.write.reply import reply

MAX_PASSAGES = 6
MAX_SENTENCES = 8  # after which a reply is cut off: the prompt asks for five at most

FAILED = "The language model {what}; the texts are quoted instead."
NOTHING_HELD = "Nothing that the language model wrote is borne out by the passages it cites; the texts are quoted instead."
NOTHING_SAID = "The language model wrote nothing; the texts are quoted instead."
QUOTED_INSTEAD = (
    "The language model found no answer in the passages; the closest words are quoted instead."
)
NOT_ANSWERED = "The corpus speaks of this, but a language model that read the closest passages found no answer in them."

Check = Callable[[str, str, tuple[Quote, ...]], Checked]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reply of the model, its sentences and what the check made of each."""

    text: str
    sentences: tuple[DraftSentence, ...]
    checks: tuple[Checked, ...]
    unknown_markers: tuple[str, ...]

    @property
    def held(self) -> int:
        """How many sentences are supported."""
        return sum(check.verdict == "supported" for check in self.checks)

    @property
    def recall(self) -> float:
        """The share of sentences that their citations support (ALCE's citation recall).

        0 where there is none.
        """
        return self.held / len(self.checks) if self.checks else 0.0

    @property
    def refuses(self) -> bool:
        """Whether the model says that the passages do not answer, and nothing else that is borne out."""
        return self.text.strip(" .\n*\"“”'").upper().startswith(NO_ANSWER) and not self.held

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each sentence that is not supported, and what is wrong with it."""
        pairs = zip(self.sentences, self.checks, strict=True)
        return [
            (s.text or "", "; ".join(check.problems))
            for s, check in pairs
            if check.verdict != "supported"
        ]


@dataclass(frozen=True, slots=True)
class WriteEngine:
    """Writes drafts with a chat model; `quote` writes those that no model can be had for."""

    corpus: Corpus
    model: BaseChatModel
    quote: Callable[[str, tuple[Hit, ...], Decision], Draft]
    check: Check
    candidates: int = 1
    timeout_s: float = 120.0
    as_data: bool = False

    def __call__(self, question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        """Return the draft."""
        *_, draft = self.stream(question, hits, decision)
        if not isinstance(draft, Draft):
            raise TypeError(draft)
        return draft

    def stream(
        self, question: str, hits: tuple[Hit, ...], decision: Decision
    ) -> Iterator[Written | Settled | Draft]:
        """Yield the words as they come, each sentence as it is checked, and the draft at last."""
        quoted = self.quote(question, hits, decision)
        passages = () if decision.status == "not_in_corpus" else choose_passages(quoted, hits)
        if not passages:
            yield quoted
            return
        attempts: list[Attempt] = []
        problem = None
        try:
            yield from self._attempts(question, passages, attempts)
        except ModelError as error:
            problem = str(error)
        yield make_draft(attempts, quoted, problem)

    def _attempts(
        self, question: str, passages: tuple[Quote, ...], attempts: list[Attempt]
    ) -> Iterator[Written | Settled]:
        """Add the candidates to `attempts`, then the second try of the best of them, if it has a fault."""
        messages = answer_messages(question, self._spoken(passages), as_data=self.as_data)
        for _ in range(self.candidates):
            attempts.append((yield from self._attempt(len(attempts), question, messages, passages)))
        best = best_of(attempts)
        if best.recall < 1 and not best.refuses:
            again = [*messages, *correction_messages(best.text, best.faults)]
            attempts.append((yield from self._attempt(len(attempts), question, again, passages)))

    def _attempt(
        self,
        number: int,
        question: str,
        messages: Sequence[BaseMessage],
        passages: tuple[Quote, ...],
    ) -> Generator[Written | Settled, None, Attempt]:
        parser = CitationParser(len(passages))
        said: list[str] = []
        sentences: list[DraftSentence] = []
        checks: list[Checked] = []
        for part in self._parts(messages, parser, said):
            if isinstance(part, str):
                yield Written(part, number)
                continue
            sentence = self._drafted(part, passages)
            checked = self.check(question, part.text, sentence.quotes)
            sentences.append(sentence)
            checks.append(checked)
            yield Settled(
                Sentence(part.text, checked.verdict, (), "", sentence.relation, checked.support),
                number,
            )
            if len(sentences) == MAX_SENTENCES:
                break
        return Attempt("".join(said), tuple(sentences), tuple(checks), parser.unknown_markers)

    def _parts(
        self, messages: Sequence[BaseMessage], parser: CitationParser, said: list[str]
    ) -> Iterator[str | Cited]:
        """Yield what the parser gives out, and keep the raw text in `said`."""
        for chunk in reply(self.model, messages, timeout_s=self.timeout_s, as_data=self.as_data):
            said.append(chunk)
            yield from parser.feed(chunk)
        yield from parser.finish()

    def _drafted(self, cited: Cited, passages: tuple[Quote, ...]) -> DraftSentence:
        quotes = tuple(passages[number - 1] for number in cited.numbers)
        relations = {self.corpus.source(quote.source_id).relation for quote in quotes}
        return DraftSentence(
            cited.text, quotes, relation=relations.pop() if len(relations) == 1 else "essay"
        )

    def _spoken(self, passages: Sequence[Quote]) -> list[tuple[str, str]]:
        only = len(self.corpus.mains) == 1
        return [
            (whose_words(self.corpus.source(quote.source_id), only=only), quote.text)
            for quote in passages
        ]


def best_of(attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt with the best citation recall.

    Of equals the one that says more, then the earlier one.
    """
    return max(attempts, key=lambda attempt: (attempt.recall, attempt.held))


def choose_passages(quoted: Draft, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return what the model is given: the quotes of a draft, the best ones if they are many, then the next best hits."""
    scores = {(hit.passage.source_id, hit.passage.start): hit.score for hit in hits}

    def score(quote: Quote) -> float:
        within = [
            s
            for (source, start), s in scores.items()
            if source == quote.source_id and quote.start <= start < quote.end
        ]
        return max(within, default=float("-inf"))

    quotes = list(
        dict.fromkeys(quote for sentence in quoted.sentences for quote in sentence.quotes)
    )
    best = sorted(quotes, key=score, reverse=True)[:MAX_PASSAGES]
    others = [Quote.whole(hit.passage) for hit in sorted(hits, key=lambda hit: -hit.score)]
    fill = [other for other in others if not any(_within(other, quote) for quote in quotes)]
    return (*(quote for quote in quotes if quote in best), *fill[: MAX_PASSAGES - len(best)])


def _within(other: Quote, quote: Quote) -> bool:
    return (
        other.source_id == quote.source_id and other.start < quote.end and quote.start < other.end
    )


def make_draft(attempts: Sequence[Attempt], quoted: Draft, problem: str | None) -> Draft:
    """Return the draft of the best attempt, or the quoted one with a notice that says why, and what was written before it."""
    best = best_of(attempts) if attempts else None
    if best and best.held:
        return Draft(best.sentences, "write", best.unknown_markers)
    if best and best.refuses:
        return Draft(quoted.sentences, notice=QUOTED_INSTEAD, reason=NOT_ANSWERED)
    written = best.sentences if best else ()
    notice = FAILED.format(what=problem) if problem else NOTHING_HELD if written else NOTHING_SAID
    return Draft(
        (*written, *quoted.sentences),
        unknown_markers=best.unknown_markers if best else (),
        notice=notice,
    )
