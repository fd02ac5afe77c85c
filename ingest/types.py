"""The values of the ingest stage: what a corpus is made of.

A span is a pair of character offsets into `Text.body`, end exclusive. It is the lasting identity of
whatever is cited: highlights, gold evidence and stored conversations survive a change of chunking
because all of them are spans.
"""

from dataclasses import dataclass
from typing import Literal

Wording = Literal["verbatim", "note"]
Relation = Literal["essay", "supports", "qualifies", "contradicts", "context"]
DISPUTES: tuple[Relation, ...] = ("contradicts", "qualifies")
Voice = Literal["main", "sources"]
VOICES: tuple[Voice, ...] = ("main", "sources")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a source's text, end exclusive."""

    source_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bearing:
    """How facts of a source bear on a claim: a line of the claim map.

    `claim` is the wording of a main text, `facts` are numbers from 1, the plainest first, and
    `because` says in a clause of ours what differs.
    """

    claim: str
    relation: Relation
    facts: tuple[int, ...]
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One document, or a set of notes on one.

    `voice` says whether it is a main text or comments on one; `wording` whose words the text is in:
    the document's own ("verbatim") or ours about it ("note"). `bears` says on which claims of a
    main text which of its facts bear.
    """

    id: str
    title: str
    author: str | None
    publisher: str | None
    date: str | None
    url: str | None
    licence: str | None
    voice: Voice
    wording: Wording
    bears: tuple[Bearing, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a source. Every span points into `body`."""

    source_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, a fact, or a piece of a sentence too long to embed.

    `body[start:end] == text`, always. `locator` is for people ("paragraph 5", "fact 3").
    `context_start` and `context_end` span the paragraph it stands in.
    """

    source_id: str
    start: int
    end: int
    text: str
    locator: str
    context_start: int
    context_end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of ours about the main texts, and the words of theirs that it rests on."""

    says: str
    rests_on: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a main text, from `start` to the next one, and what it says."""

    title: str
    source_id: str
    start: int
    gist: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of the main texts, by its name and by others, and what they say on it."""

    name: str
    also: tuple[str, ...]
    gist: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question worth asking, and the names of the topics that it belongs to."""

    ask: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What a person has written on the main texts as a whole; each part may be empty."""

    summary: tuple[Statement, ...] = ()
    thesis: tuple[Statement, ...] = ()
    conclusion: tuple[Statement, ...] = ()
    sections: tuple[Section, ...] = ()
    topics: tuple[Topic, ...] = ()
    questions: tuple[Suggestion, ...] = ()

    @property
    def statements(self) -> frozenset[Statement]:
        """Every sentence of it."""
        sections = [section.gist for section in self.sections]
        topics = [topic.gist for topic in self.topics]
        parts = (self.summary, self.thesis, self.conclusion, *sections, *topics)
        return frozenset(statement for part in parts for statement in part)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sources and their texts, read and validated, in the order of the corpus.

    `name` is the name of its folder; `fingerprint` is `sha256:…` over everything in it that can
    reach an answer. `guide` is empty where nobody wrote one.
    """

    name: str
    fingerprint: str
    sources: tuple[Source, ...]
    texts: tuple[Text, ...]
    guide: Guide = Guide()

    @property
    def mains(self) -> tuple[Source, ...]:
        """The sources of the main texts."""
        return tuple(source for source in self.sources if source.voice == "main")

    def source(self, source_id: str) -> Source:
        """Return the source with that id; KeyError if there is none."""
        for source in self.sources:
            if source.id == source_id:
                return source
        raise KeyError(source_id)

    def body(self, source_id: str) -> str:
        """Return the text of the source with that id; KeyError if there is none."""
        for text in self.texts:
            if text.source_id == source_id:
                return text.body
        raise KeyError(source_id)
