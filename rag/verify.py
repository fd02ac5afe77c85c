"""Draft → answer: every quote is looked up in its text, letter for letter; what does not stand there is withheld.

The only maker of `Answer`: what has not gone through here cannot be shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.types import Corpus
from rag.types import Answer, Citation, Decision, Draft, DraftSentence, Hit, Quote, Sentence, Status, Verdict

NEAREST = 3
ELLIPSIS = " … "
NOTHING_STANDS = "What was found for this does not stand in the texts as it was quoted, so it is withheld."
NOTHING_SAID = "Nothing was found in the texts to answer this with."


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks drafts against the texts of one corpus."""

    corpus: Corpus

    def __call__(
        self, question: str, standalone_question: str, hits: tuple[Hit, ...], decision: Decision, draft: Draft
    ) -> Answer:
        """Return the checked answer; sentences with a quote that does not stand in its text are withheld."""
        checked = [self._check(sentence) for sentence in draft.sentences]
        kept = [(s, quotes) for s, quotes in checked if s.verdict != "unsupported"]
        numbers = _number(quote for _, quotes in kept for quote in quotes)
        status: Status = decision.status if kept else "not_in_corpus"
        return Answer(
            question=question,
            standalone_question=standalone_question,
            status=status,
            sentences=tuple(_cited(s, quotes, numbers) for s, quotes in kept),
            citations=tuple(self._citation(quote, number) for quote, number in numbers.items()),
            reason=decision.reason if kept or decision.reason else NOTHING_STANDS if checked else NOTHING_SAID,
            nearest=() if kept else self.nearest(hits),
            confidence=decision.confidence,
            engine=draft.engine,
            corpus=self.corpus.fingerprint,
            withheld=tuple(s for s, _ in checked if s.verdict == "unsupported"),
            unknown_markers=draft.unknown_markers,
        )

    def nearest(self, hits: Iterable[Hit]) -> tuple[Citation, ...]:
        """Return citations of the passages that come closest and stand in their texts, whatever their voice, the best first."""
        quotes = [Quote.whole(hit.passage) for hit in sorted(hits, key=lambda hit: -hit.score)]
        best = [quote for quote in quotes if self._stands(quote)][:NEAREST]
        return tuple(self._citation(quote, number) for number, quote in enumerate(best, 1))

    def _check(self, sentence: DraftSentence) -> tuple[Sentence, tuple[Quote, ...]]:
        quoted = ELLIPSIS.join(quote.text for quote in sentence.quotes)
        text = quoted if sentence.text is None else sentence.text
        # Words of its own are no quotation, whatever they cite.
        exact = text == quoted != "" and all(self._stands(quote) for quote in sentence.quotes)
        verdict: Verdict = "quoted" if exact else "unsupported"
        return Sentence(text, verdict, (), sentence.lead, sentence.relation, 1.0 if exact else 0.0), sentence.quotes

    def _stands(self, quote: Quote) -> bool:
        try:
            body = self.corpus.body(quote.source_id)
        except KeyError:
            return False
        return 0 <= quote.start < quote.end <= len(body) and body[quote.start : quote.end] == quote.text

    def _citation(self, quote: Quote, number: int) -> Citation:
        return Citation(number, self.corpus.source(quote.source_id), quote.locator, quote.start, quote.end, quote.text)


def _number(quotes: Iterable[Quote]) -> dict[Quote, int]:
    """Number the quotes in the order in which they come; the same quote keeps its number."""
    return {quote: number for number, quote in enumerate(dict.fromkeys(quotes), 1)}


def _cited(sentence: Sentence, quotes: tuple[Quote, ...], numbers: dict[Quote, int]) -> Sentence:
    return replace(sentence, citations=tuple(numbers[quote] for quote in quotes))
