"""A question about the corpus itself → a draft from the corpus' own data.

It comes before anything is searched for an answer. Who wrote the text, when, where, and which
sources there are is told in a sentence of ours that states fields of the sources and is marked as
such ("metadata"); what is said about a topic is a list of quotes (`rag.about.topics`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.types import Passage, Source
from ingest.voices import short_name
from rag.about.request import Asked, Request, read_request
from rag.question.standalone import is_social
from rag.quote.context import joined
from rag.quote.engine import QuoteEngine
from rag.types import Decision, Draft, DraftSentence, Told, Turn

WELCOME = "Ask a question about the texts, such as “Who wrote this?”; the answer is in their words."
LEAD = "From the corpus’ own data: "
# Texts or sources named in one sentence.
NAMED = 50
# Sentences of a paragraph, and texts, quoted to say what a corpus is about.
OPENING, TEXTS_OPENED = 4, 6
# A shorter paragraph at the start is a heading or a motto.
EPIGRAPH_CHARS = 200
# The field of a text that is asked for, and what to say where it is empty.
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
        """Return what the corpus' own data give; None for a question to the texts.

        Greetings and thanks get a sentence, and nothing is searched.
        """
        if is_social(question):
            return Told((), Decision("not_in_corpus", WELCOME, 0.0), Draft(()))
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
        lacking = None if known else f"The corpus’ own data do not say {words}."
        opening = self._openings(mains) if asked == "subject" else []
        return _told([works(mains), *opening], lacking)

    def _openings(self, mains: Sequence[Source]) -> list[DraftSentence]:
        """Return how the texts open: with the first paragraph that is no heading or motto."""
        corpus, neighbours = self.engine.corpus, self.engine.neighbours
        sentences = []
        for source in mains[:TEXTS_OPENED]:
            paragraph = _first_long(self._paragraphs(source))
            for quote in joined(paragraph[:OPENING], corpus, neighbours):
                sentences.append(DraftSentence(None, (quote,), f"“{source.title}” opens: "))
        return sentences

    def _paragraphs(self, source: Source) -> list[list[Passage]]:
        """Return the passages of a source, a list a paragraph."""
        paragraphs: dict[int, list[Passage]] = {}
        for passage in self.engine.neighbours.by_source.get(source.id, ()):
            paragraphs.setdefault(passage.context_start, []).append(passage)
        return list(paragraphs.values())

    def _sources(self, voice: str) -> list[Source]:
        return [source for source in self.engine.corpus.sources if source.voice == voice]

    def _authors(self) -> frozenset[str]:
        """Return the names by which the authors of the main texts are spoken of, in lower case."""
        authors = [source.author.casefold() for source in self._sources("main") if source.author]
        surnames = [author.split()[-1] for author in authors]
        return frozenset([*authors, *surnames])


def works(mains: Sequence[Source]) -> DraftSentence:
    """Return the sentence that says of each text its title, its author, where and when it came."""
    described: list[str] = []
    stated: list[str] = []
    for source in mains[:NAMED]:
        by_author = f" by {source.author}" if source.author else ""
        place = [part for part in (source.publisher, source.date) if part]
        described.append(", ".join([f"“{source.title}”{by_author}", *place]))
        stated += [part for part in (source.title, source.author, *place) if part]
    return _stating(_series(described, mains), stated)


def counted(mains: Sequence[Source], notes: Sequence[Source]) -> DraftSentence:
    """Return the sentence that says how many texts and sources there are."""
    texts = "1 text" if len(mains) == 1 else f"{len(mains)} texts"
    sources = "1 source" if len(notes) == 1 else f"{len(notes) or 'no'} sources"
    stated = [str(count) for count in (len(mains), len(notes)) if count]
    return _stating(f"{texts}, and notes on {sources}", stated)


def listed(mains: Sequence[Source], notes: Sequence[Source]) -> DraftSentence:
    """Return the sentence that names the sources, or the texts where there are no notes."""
    if notes:
        kind = f"notes on {len(notes)} sources, from"
        names = [short_name(source).strip("“”") for source in notes]
    else:
        kind = "the texts"
        names = [source.title for source in mains]
    names = list(dict.fromkeys(names))
    return _stating(f"{kind} {_series(names[:NAMED], names)}", names[:NAMED])


def _first_long(paragraphs: Sequence[list[Passage]]) -> list[Passage]:
    """Return the first paragraph that is no heading or motto, or the longest."""
    for paragraph in paragraphs:
        if _chars(paragraph) >= EPIGRAPH_CHARS:
            return paragraph
    return max(paragraphs, key=_chars, default=[])


def _chars(paragraph: list[Passage]) -> int:
    return paragraph[-1].end - paragraph[0].start


def _series(named: Sequence[str], every: Sequence[object]) -> str:
    return "; ".join(named) + ("; and others" if len(every) > len(named) else "")


def _stating(words: str, stated: Sequence[str]) -> DraftSentence:
    return DraftSentence(f"{words}.", (), LEAD, stated=tuple(stated))


def _told(sentences: Sequence[DraftSentence], lacking: str | None = None) -> Told:
    decision = Decision("partly" if lacking else "answered", lacking, 1.0)
    return Told((), decision, Draft(tuple(sentences)))
