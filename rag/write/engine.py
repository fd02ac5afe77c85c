"""Hits → a draft written by a language model, whose sentences are checked against their passages.

The model sees what the quote engine would quote, filled up with the next best hits. A reply with
sentences that are not borne out gets one more try, in which the model is told which and why. Of all
replies the one with the best share of borne-out sentences is taken. Where none has such a sentence,
or the model fails, the quote engine answers and says so.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from ingest.errors import ModelError
from ingest.types import Corpus, Relation
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
from rag.write.attempt import Attempt, best_of, make_draft
from rag.write.citations import CitationParser, Cited
from rag.write.prompts import answer_messages, correction_messages
from rag.write.reply import reply

MAX_PASSAGES = 6
# After this many a reply is cut off: the prompt asks for five at most.
MAX_SENTENCES = 8

# The passages that the model is given, in their order, and how each bears on the essay.
Given = Mapping[Quote, Relation]
Check = Callable[[str, str, tuple[Quote, ...]], Checked]


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
        given = {quote: self._relation(quote, quoted) for quote in passages}
        if not given:
            yield quoted
            return
        attempts: list[Attempt] = []
        problem = None
        try:
            yield from self._attempts(question, given, attempts)
        except ModelError as error:
            problem = str(error)
        yield make_draft(attempts, quoted, problem)

    def _attempts(
        self, question: str, given: Given, attempts: list[Attempt]
    ) -> Iterator[Written | Settled]:
        """Add the candidates to `attempts`, then a second try of the best one if it has a fault."""
        messages = answer_messages(question, self._spoken(given), as_data=self.as_data)
        for number in range(self.candidates):
            attempt = yield from self._attempt(number, question, messages, given)
            attempts.append(attempt)
        best = best_of(attempts)
        if best.recall < 1 and not best.refuses:
            again = [*messages, *correction_messages(best.text, best.faults)]
            attempt = yield from self._attempt(len(attempts), question, again, given)
            attempts.append(attempt)

    def _attempt(
        self, number: int, question: str, messages: Sequence[BaseMessage], given: Given
    ) -> Generator[Written | Settled, None, Attempt]:
        parser = CitationParser(len(given))
        said: list[str] = []
        sentences: list[DraftSentence] = []
        checks: list[Checked] = []
        for part in self._parts(messages, parser, said):
            if isinstance(part, str):
                yield Written(part, number)
                continue
            sentence = self._drafted(part, given)
            checked = self.check(question, part.text, sentence.quotes)
            sentences.append(sentence)
            checks.append(checked)
            shown = Sentence(
                part.text,
                checked.verdict,
                citations=(),
                relation=sentence.relation,
                support=checked.support,
            )
            yield Settled(shown, number)
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

    def _drafted(self, cited: Cited, given: Given) -> DraftSentence:
        numbered = list(given)
        quotes = tuple(numbered[number - 1] for number in cited.numbers)
        relations = {given[quote] for quote in quotes}
        relation = relations.pop() if len(relations) == 1 else "essay"
        return DraftSentence(cited.text, quotes, relation=relation)

    def _relation(self, quote: Quote, quoted: Draft) -> Relation:
        """Return how a quote bears on the essay: a model does not decide that."""
        if self.corpus.source(quote.source_id).voice == "main":
            return "essay"
        sentences = (one for one in quoted.sentences if quote in one.quotes)
        return next((one.relation for one in sentences), "context")

    def _spoken(self, passages: Iterable[Quote]) -> list[tuple[str, str]]:
        """Return each passage behind whose words it is."""
        only = len(self.corpus.mains) == 1
        sources = [self.corpus.source(quote.source_id) for quote in passages]
        return [
            (whose_words(source, only=only), quote.text)
            for source, quote in zip(sources, passages, strict=True)
        ]


def choose_passages(quoted: Draft, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return what the model is given: the quotes of a draft, then the next best hits.

    Of too many quotes the best scored are kept, in the order of the draft.
    """
    quotes = list(dict.fromkeys(chain.from_iterable(s.quotes for s in quoted.sentences)))
    best = sorted(quotes, key=lambda quote: _score(quote, hits), reverse=True)[:MAX_PASSAGES]
    kept = [quote for quote in quotes if quote in best]
    ranked = sorted(hits, key=lambda hit: -hit.score)
    others = [Quote.whole(hit.passage) for hit in ranked]
    unquoted = [other for other in others if not any(_overlap(other, quote) for quote in quotes)]
    return (*kept, *unquoted[: MAX_PASSAGES - len(kept)])


def _score(quote: Quote, hits: Sequence[Hit]) -> float:
    """Return the best score of the hits that begin within a quote."""
    scores = [
        hit.score
        for hit in hits
        if hit.passage.source_id == quote.source_id and quote.start <= hit.passage.start < quote.end
    ]
    return max(scores, default=float("-inf"))


def _overlap(one: Quote, other: Quote) -> bool:
    same_text = one.source_id == other.source_id
    return same_text and one.start < other.end and other.start < one.end
