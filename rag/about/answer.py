"""A question about the corpus itself → a draft from the corpus' own data, before anything is searched for an answer.

Who wrote the text, when, where, and which sources there are is told in a sentence of ours that
states fields of the sources and is marked as such ("metadata"); what is said about a topic is a
list of quotes (`rag.about.topics`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.types import Passage, Source
from ingest.voices import short_name
from rag.about.request import Asked, Request, read_request
from rag.quote.context import joined
from rag.quote.engine import QuoteEngine
from rag.types import Decision, Draft, DraftSentence, Told, Turn

LEAD = "From the corpus’ own data: "
NAMED = 50  # texts or sources named in one sentence
OPENING, TEXTS_OPENED = (
    4,
    6,
)  # sentences of a paragraph, and texts, quoted to say what a corpus is about
EPIGRAPH_CHARS = 200  # a shorter paragraph at the start is a heading or a motto
UNSAID: dict[Asked, tuple[str, str]] = {
    "author": ("author", "who wrote it"),
    "date": ("date", "when it was published"),
    "publisher": ("publisher", "where it was published"),
}


@dataclass(frozen=True, slots=True)
class About:
    """Answers questions about one corpus; `on_topic` lists what it says about a topic."""

    engine: QuoteEngine
    on_topic: Callable[[Request], Told | None]

    def __call__(self, question: str, history: tuple[Turn, ...]) -> Told | None:
        """Return what the corpus' own data give; None for a question to the texts."""
        request = read_request(question, history, self._authors())
        if request is None:
            return None
        return self.on_topic(request) if request.topic else self._on_corpus(request.asked)

    def _on_corpus(self, asked: Asked) -> Told:
        mains, notes = self._sources("main"), self._sources("sources")
        if asked == "count":
            return _told([counted(mains, notes)])
        if asked == "list":
            return _told([listed(mains, notes)])
        field, words = UNSAID.get(asked, ("title", ""))
        known = any(getattr(source, field) for source in mains)
        opening = self._openings(mains) if asked == "subject" else []
        return _told(
            [works(mains), *opening], None if known else f"The corpus’ own data do not say {words}."
        )

    def _openings(self, mains: Sequence[Source]) -> list[DraftSentence]:
        """Return how the texts open: with the first paragraph that is no heading or motto."""
        paragraphs: dict[str, dict[int, list[Passage]]] = {
            source.id: {} for source in mains[:TEXTS_OPENED]
        }
        for passage in self.engine.neighbours.passages:
            if passage.source_id in paragraphs:
                paragraphs[passage.source_id].setdefault(passage.context_start, []).append(passage)
        firsts = [_first_long(list(own.values())) for own in paragraphs.values()]
        quotes = [
            q
            for first in firsts
            for q in joined(first[:OPENING], self.engine.corpus, self.engine.neighbours)
        ]
        return [
            DraftSentence(None, (quote,), f"“{self._title(quote.source_id)}” opens: ")
            for quote in quotes
        ]

    def _title(self, source_id: str) -> str:
        return self.engine.corpus.source(source_id).title

    def _sources(self, voice: str) -> list[Source]:
        return [source for source in self.engine.corpus.sources if source.voice == voice]

    def _authors(self) -> frozenset[str]:
        """Return the names by which the authors of the main texts are spoken of, in lower case."""
        authors = [source.author.casefold() for source in self._sources("main") if source.author]
        return frozenset([*authors, *(author.split()[-1] for author in authors)])


def works(mains: Sequence[Source]) -> DraftSentence:
    """Return the sentence that says of each text what it is called, who wrote it, where and when it was published."""
    described = [
        f"“{s.title}”{f' by {s.author}' if s.author else ''}{''.join(f', {part}' for part in _place(s))}"
        for s in mains[:NAMED]
    ]
    return _stating(
        _series(described, mains),
        [part for s in mains[:NAMED] for part in (s.title, s.author, *_place(s)) if part],
    )


def counted(mains: Sequence[Source], notes: Sequence[Source]) -> DraftSentence:
    """Return the sentence that says how many texts and sources there are."""
    texts = "1 text" if len(mains) == 1 else f"{len(mains)} texts"
    sources = "1 source" if len(notes) == 1 else f"{len(notes) or 'no'} sources"
    return _stating(
        f"{texts}, and notes on {sources}",
        [str(count) for count in map(len, (mains, notes)) if count],
    )


def listed(mains: Sequence[Source], notes: Sequence[Source]) -> DraftSentence:
    """Return the sentence that names the sources, or the texts of a corpus that has no notes on sources."""
    names = list(
        dict.fromkeys(short_name(s).strip("“”") for s in notes)
        if notes
        else (s.title for s in mains)
    )
    kind = f"notes on {len(notes)} sources, from" if notes else "the texts"
    return _stating(f"{kind} {_series(names[:NAMED], names)}", names[:NAMED])


def _first_long(paragraphs: Sequence[list[Passage]]) -> list[Passage]:
    longest = max(paragraphs, key=lambda own: own[-1].end - own[0].start, default=[])
    return next(
        (own for own in paragraphs if own[-1].end - own[0].start >= EPIGRAPH_CHARS), longest
    )


def _place(source: Source) -> list[str]:
    return [part for part in (source.publisher, source.date) if part]


def _series(named: Sequence[str], every: Sequence[object]) -> str:
    return "; ".join(named) + ("; and others" if len(every) > len(named) else "")


def _stating(words: str, stated: Sequence[str]) -> DraftSentence:
    return DraftSentence(f"{words}.", (), LEAD, stated=tuple(stated))


def _told(sentences: Sequence[DraftSentence], lacking: str | None = None) -> Told:
    return Told(
        (), Decision("partly" if lacking else "answered", lacking, 1.0), Draft(tuple(sentences))
    )
