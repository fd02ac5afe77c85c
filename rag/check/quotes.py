"""Draft → answer: every quote is looked up in its text, letter for letter.

What does not stand there is withheld.

The only maker of `Answer`: what has not gone through here cannot be shown.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ingest.passages import sentence_spans
from ingest.types import Corpus, Place, Relation, Source, Statement
from rag.types import (
    WITHHELD,
    Answer,
    Checked,
    Citation,
    Decision,
    Draft,
    DraftSentence,
    Hit,
    Quote,
    Sentence,
    Status,
    Verdict,
)

NEAREST = 3
ELLIPSIS = " … "
NOTHING_STANDS = (
    "What was found for this does not stand in the texts as it was quoted, so it is withheld."
)
NOTHING_SAID = "Nothing was found in the texts to answer this with."


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks drafts against the texts of one corpus.

    `check` is that of written sentences (none: they are withheld).
    """

    corpus: Corpus
    check: Callable[[str, str, tuple[Quote, ...]], Checked] | None = None

    def __call__(
        self,
        question: str,
        standalone_question: str,
        hits: tuple[Hit, ...],
        decision: Decision,
        draft: Draft,
    ) -> Answer:
        """Return the checked answer.

        Sentences that do not stand in the texts, or are not borne out by them, are withheld.
        """
        checked = [self._check(standalone_question, sentence) for sentence in draft.sentences]
        kept = [(s, quotes) for s, quotes in checked if s.verdict not in WITHHELD]
        numbers = _number(quote for _, quotes in kept for quote in quotes)
        relations = {quote: s.relation for s, quotes in reversed(kept) for quote in quotes}
        status: Status = "partly" if draft.reason else decision.status
        reason = decision.reason or draft.reason
        if not kept:
            status = "not_in_corpus"
            reason = decision.reason or (NOTHING_STANDS if checked else NOTHING_SAID)
        return Answer(
            question=question,
            standalone_question=standalone_question,
            status=status,
            sentences=tuple(_cited(s, quotes, numbers) for s, quotes in kept),
            citations=tuple(
                self._citation(quote, number, relations[quote]) for quote, number in numbers.items()
            ),
            reason=reason,
            nearest=() if kept else self.nearest(hits),
            confidence=decision.confidence,
            engine=draft.engine,
            corpus=self.corpus.fingerprint,
            withheld=tuple(s for s, _ in checked if s.verdict in WITHHELD),
            unknown_markers=draft.unknown_markers,
            notice=draft.notice,
        )

    def nearest(self, hits: Iterable[Hit]) -> tuple[Citation, ...]:
        """Return citations of the passages that come closest, whatever their voice, best first."""
        return self.cited(sorted(hits, key=lambda hit: -hit.score))[:NEAREST]

    def cited(self, hits: Iterable[Hit]) -> tuple[Citation, ...]:
        """Return citations of the passages that stand in their texts, numbered from 1."""
        quotes = filter(self._stands, (Quote.whole(hit.passage) for hit in hits))
        return tuple(self._citation(quote, number) for number, quote in enumerate(quotes, 1))

    def _check(self, question: str, sentence: DraftSentence) -> tuple[Sentence, tuple[Quote, ...]]:
        quotes, relation = sentence.quotes, sentence.relation
        quoted = ELLIPSIS.join(quote.text for quote in quotes)
        text = quoted if sentence.text is None else sentence.text
        verdict: Verdict = "unsupported"
        support: float | None = 0.0
        # Words of its own are no quotation, whatever they cite.
        if text == quoted != "" and self._stand(quotes):
            verdict, support = "quoted", 1.0
        elif states_data(sentence, self.corpus):
            verdict, support = "metadata", None
        elif self._stand(quotes) and is_curated(sentence, self.corpus):
            verdict, support = "curated", None
        elif self._is_written(sentence):
            verdict, support = self._borne_out(question, text, quotes)
            holding = tuple(quote for quote in quotes if _says_whole(quote, text))
            if verdict == "supported" and holding:
                verdict, support, quotes = "quoted", 1.0, holding
                relation = shown_as(self.corpus.source(holding[0].source_id), relation)
        checked = Sentence(text, verdict, (), sentence.intro, relation, support)
        return replace(checked, part=sentence.part, because=sentence.because), quotes

    def _is_written(self, sentence: DraftSentence) -> bool:
        return sentence.text is not None and not sentence.stated and self._stand(sentence.quotes)

    def _stand(self, quotes: Iterable[Quote]) -> bool:
        return all(self._stands(quote) for quote in quotes)

    def _borne_out(
        self, question: str, text: str, quotes: tuple[Quote, ...]
    ) -> tuple[Verdict, float | None]:
        checked = self.check(question, text, quotes) if self.check else Checked("unsupported", 0.0)
        return checked.verdict, checked.support

    def _stands(self, quote: Quote) -> bool:
        try:
            body = self.corpus.body(quote.source_id)
        except KeyError:
            return False
        return (
            0 <= quote.start < quote.end <= len(body)
            and body[quote.start : quote.end] == quote.text
        )

    def _citation(self, quote: Quote, number: int, relation: Relation = "context") -> Citation:
        source = self.corpus.source(quote.source_id)
        where = (quote.locator, quote.start, quote.end, quote.text)
        return Citation(number, source, *where, relation=shown_as(source, relation))


def shown_as(source: Source, relation: Relation) -> Relation:
    """Return the relation that a source is shown in: a main text its own, a note never that."""
    if source.voice == "main":
        return "essay"
    return "context" if relation == "essay" else relation


def states_data(sentence: DraftSentence, corpus: Corpus) -> bool:
    """Say whether a sentence states data of the corpus, all of which the corpus has."""
    if not sentence.text or sentence.quotes or not sentence.stated:
        return False
    counts = Counter(source.voice for source in corpus.sources)
    numbers = {str(count) for count in counts.values()}
    rows = [(s.title, s.author, s.publisher, s.date) for s in corpus.sources]
    fields = "\n".join(field for row in rows for field in row if field)
    for value in sentence.stated:
        if not value.strip() or value not in sentence.text:
            return False
        if value not in numbers and value not in fields:
            return False
    return True


def is_curated(sentence: DraftSentence, corpus: Corpus) -> bool:
    """Say whether the guide has a sentence, resting on these quotes, or the claim map its clause.

    Of a fact the map tells why it bears on the claim.
    """
    if not sentence.text or not sentence.quotes:
        return False
    places = tuple(Place(quote.source_id, quote.start, quote.end) for quote in sentence.quotes)
    if Statement(sentence.text, places) in corpus.guide.statements:
        return True
    why = (sentence.text.rstrip("."), sentence.because, sentence.relation)
    return all(why in _clauses(quote, corpus) for quote in sentence.quotes)


def _clauses(quote: Quote, corpus: Corpus) -> list[tuple[str | None, str | None, Relation]]:
    """Return what the claim map says of a fact: why it bears on a claim, also bare, and how."""
    unit, _, number = quote.locator.partition(" ")
    bears = corpus.source(quote.source_id).bears if unit == "fact" else ()
    return [
        ((b.because or "").rstrip("."), b.because, b.relation)
        for b in bears
        if number in map(str, b.facts)
    ]


def _says_whole(quote: Quote, text: str) -> bool:
    """Say whether a text is whole sentences of a quote, letter for letter.

    Half a sentence can say what the whole denies.
    """
    spans = sentence_spans(quote.text, (0, len(quote.text)))
    at = quote.text.find(text)
    return any(start == at for start, _ in spans) and any(end == at + len(text) for _, end in spans)


def _number(quotes: Iterable[Quote]) -> dict[Quote, int]:
    """Number the quotes in the order in which they come; the same quote keeps its number."""
    return {quote: number for number, quote in enumerate(dict.fromkeys(quotes), 1)}


def _cited(sentence: Sentence, quotes: tuple[Quote, ...], numbers: dict[Quote, int]) -> Sentence:
    return replace(sentence, citations=tuple(numbers[quote] for quote in quotes))
