"""A question about the corpus itself → a draft from what people have written about it.

It comes before anything is searched for an answer. Who wrote the text, when, where, and which
sources there are is told in a sentence of ours that states fields of the sources and is marked as
such ("metadata"); broad questions are answered from the guide (`rag.about.guide`), who disagrees
from the claim map (`rag.about.claims`), and what is said about a topic is a list of quotes
(`rag.about.topics`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.types import Source
from ingest.voices import short_name
from rag.about.claims import ClaimAnswers
from rag.about.guide import GuideAnswers
from rag.about.request import Request
from rag.about.told import not_told, told
from rag.about.topics import Topics
from rag.language.words import stems
from rag.question.standalone import is_social
from rag.types import DraftSentence, Told, Turn

WELCOME = "Ask about {texts}{notes}: an answer quotes them, or says that they do not tell."
LEAD = "From the corpus’ own data: "
# Texts or sources named in one sentence.
NAMED = 50
# Which field of a text a question asks for, and what to say where it is empty.
FIELDS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("author", re.compile(r"\b(?:who|whom|whose|author|writer)\b", re.IGNORECASE), "who wrote it"),
    (
        "date",
        re.compile(r"\b(?:when|date|year|old|recent)\b", re.IGNORECASE),
        "when it was published",
    ),
    (
        "publisher",
        re.compile(r"\b(?:where|publisher|outlet|magazine|newspaper|site)\b", re.IGNORECASE),
        "where it was published",
    ),
)
HOW_MANY = re.compile(r"\b(?:how many|number of|count)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """Answers questions about one corpus."""

    read: Callable[[str, tuple[Turn, ...]], Request | None]
    guide: GuideAnswers
    claims: ClaimAnswers
    topics: Topics

    def __call__(self, question: str, history: tuple[Turn, ...]) -> Told | None:
        """Return what the corpus' own data give; None for a question to the texts.

        Greetings, thanks and "what can you do" get a sentence, and nothing is searched.
        """
        if is_social(question):
            return self._welcome()
        request = self.read(question, history)
        return self._answered(request, question) if request else None

    def _answered(self, request: Request, question: str) -> Told | None:
        match request.asked:
            case "program":
                answer = self._welcome()
            case "work" | "sources":
                answer = self._data(request, question)
            case "disputes" | "supports" as side:
                # A lone word is too little to be asked of, unless it is a name or a source.
                lone = " " not in request.topic and not (
                    self.guide.is_name(request.topic) or self.claims.source(request.topic)
                )
                whole = not request.topic or (request.whole and lone)
                answer = (
                    self.claims.whole(side, question)
                    if whole
                    else self.claims.on(side, question, request.topic)
                )
            case "thesis":
                answer = self.guide.thesis()
            case "conclusion":
                answer = self.guide.conclusion()
            case "sources_on" if not request.topic:
                answer = self._data(request, question)
            case "summary":
                gist = self.guide.gist(stems(request.topic))
                answer = self.guide.on_topic(gist, ()) if gist else self.guide.summary()
            case _:
                return self._on_topic(request) if request.topic else self.guide.summary()
        return answer

    def _on_topic(self, request: Request) -> Told | None:
        """Return what the guide says on a topic with quotes, else quotes that mention it."""
        listed = self.topics(request)
        gist = [] if request.sources else self.guide.gist(stems(request.topic))
        if not gist:
            return listed
        return self.guide.on_topic(gist, listed.draft.sentences if listed else ())

    def _data(self, request: Request, question: str) -> Told:
        mains, notes = self._sources("main"), self._sources("sources")
        if request.asked in ("sources", "sources_on"):
            many = HOW_MANY.search(question) is not None
            return told([counted(mains, notes) if many else listed(mains, notes)])
        asked = [(name, said) for name, words, said in FIELDS if words.search(question)]
        missing = [said for name, said in asked if not any(getattr(s, name) for s in mains)]
        lacking = f"The corpus’ own data do not say {' or '.join(missing)}." if missing else None
        return told([works(mains)], lacking=lacking)

    def _sources(self, voice: str) -> list[Source]:
        return [source for source in self.guide.engine.corpus.sources if source.voice == voice]

    def _welcome(self) -> Told:
        mains, notes = self._sources("main"), self._sources("sources")
        texts = f"“{mains[0].title}”" if len(mains) == 1 else f"{len(mains)} texts"
        on_notes = f" and the notes on {len(notes)} sources" if notes else ""
        words = WELCOME.format(texts=texts, notes=on_notes)
        return not_told(words)


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


def _series(named: Sequence[str], every: Sequence[object]) -> str:
    return "; ".join(named) + ("; and others" if len(every) > len(named) else "")


def _stating(words: str, stated: Sequence[str]) -> DraftSentence:
    return DraftSentence(f"{words}.", (), LEAD, stated=tuple(stated))
