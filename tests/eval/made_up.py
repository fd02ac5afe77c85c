"""A small corpus of two voices, a chain that plays a script, and shorthands for the tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.types import Case, Gold, Kind, Observed
from ingest.types import Bearing, Corpus, Passage, Place, Relation, Source, Text
from rag.chain import EssayChain
from rag.check.quotes import Verifier
from rag.types import (
    Answer,
    Citation,
    Decision,
    Draft,
    DraftSentence,
    Event,
    Found,
    Hit,
    Quote,
    Sentence,
    Status,
    Turn,
)

ESSAY = (
    "Crows hold a grudge for years. They know a face again among thousands.\n\n"
    "In 2011 the council trapped 48 crows at the mill. It says that nobody complained."
)
NOTES = "The trial counted 84 crows, not 48.\nThree farmers did complain about the traps."
# Sentences of both, with their sources.
TRAPPED = ("essay", "In 2011 the council trapped 48 crows at the mill.")
GRUDGE = ("essay", "Crows hold a grudge for years.")
COUNTED = ("gazette", "The trial counted 84 crows, not 48.")
COMPLAIN = ("gazette", "Three farmers did complain about the traps.")
Run = Callable[..., tuple[int, str]]  # the fixture `run`


def _source(source_id: str, voice: Any, wording: Any, *bears: Bearing) -> Source:
    return Source(
        source_id,
        f"About {source_id}",
        None,
        "The Mill Gazette",
        "2012-03-01",
        None,
        None,
        voice,
        wording,
        bears,
    )


DISPUTED = Bearing("trapped 48 crows", "contradicts", (1,), "it counts others")
CORPUS = Corpus(
    name="crows",
    fingerprint="sha256:crows",
    sources=(_source("essay", "main", "verbatim"), _source("gazette", "sources", "note", DISPUTED)),
    texts=(Text("essay", ESSAY), Text("gazette", NOTES)),
)


def span(source_id: str, words: str) -> Place:
    """Return where the words stand in that text."""
    start = CORPUS.body(source_id).index(words)
    return Place(source_id, start, start + len(words))


def gold(*places: tuple[str, str]) -> Gold:
    """Return an item of gold: (source, words) pairs that answer equally well."""
    return Gold(tuple(span(*place) for place in places))


def cite(source_id: str, words: str, number: int = 1) -> Citation:
    """Return the citation of the words."""
    place = span(source_id, words)
    return Citation(number, CORPUS.source(source_id), "paragraph 1", place.start, place.end, words)


def hit(source_id: str, words: str) -> Hit:
    """Return the words as a passage that was found."""
    place = span(source_id, words)
    passage = Passage(
        source_id, place.start, place.end, words, "paragraph 1", place.start, place.end
    )
    return Hit(passage, CORPUS.source(source_id), 0.5)


# What the chain of the fixture `run` finds.
HITS = {
    "How many crows?": [hit(*TRAPPED)],
    "Is 48 right?": [hit(*TRAPPED), hit(*COUNTED)],
    "How many crows? And where?": [hit(*TRAPPED)],
}


def relation_of(source: Source) -> Relation:
    """Return how a source is shown where nothing says how it bears on the essay."""
    return "essay" if source.voice == "main" else "context"


def said(citation: Citation) -> Sentence:
    """Return the sentence that is its citation's words."""
    return Sentence(citation.quote, "quoted", (citation.number,), "", relation_of(citation.source))


def answer(*citations: Citation, status: Status = "answered", **changed: Any) -> Answer:
    """Return an answer that says its citations, one sentence each."""
    values: dict[str, Any] = {
        "question": "?",
        "standalone_question": "?",
        "status": status,
        "sentences": tuple(said(citation) for citation in citations),
        "citations": citations,
        "reason": None,
        "nearest": (),
        "engine": "quote",
        "corpus": CORPUS.fingerprint,
    }
    return Answer(**{**values, **changed})


REFUSAL = answer(status="not_in_corpus", reason="The corpus does not mention it.")


def seen(
    kind: Kind,
    given: Answer,
    *evidence: Gold,
    hits: Sequence[Hit] = (),
    says: Sequence[str] = (),
    never: Sequence[str] = (),
) -> Observed:
    """Return what was observed of a case of that kind."""
    return Observed(
        Case("c", kind, "?", evidence, says=tuple(says), never_says=tuple(never)),
        given,
        tuple(hits),
        CORPUS,
    )


@dataclass
class ScriptedChain:
    """Gives the answer written for a question, or raises it; keeps what it was asked."""

    script: Mapping[str, Answer | Exception]
    hits: Mapping[str, Sequence[Hit]] = field(default_factory=dict)
    corpus: Corpus = CORPUS
    asked: list[Any] = field(default_factory=list)

    def stream(self, input: Any, /) -> Iterator[Event]:
        """Yield the hits, then the answer."""
        self.asked.append(input)
        question = input["question"]
        yield Found(question, tuple(self.hits.get(question, ())))
        played = self.script[question]
        if isinstance(played, Exception):
            raise played
        yield played


def essay_chain(hits: Mapping[str, Sequence[Hit]]) -> EssayChain:
    """Return the product's chain with scripted stages: it quotes all `hits` of a question.

    A follow-up stands alone behind the question before it; a question without hits is refused.
    """

    def standalone(question: str, history: Sequence[Turn]) -> str:
        return " ".join([*(turn.question for turn in history), question])

    def decide(question: str, found: Sequence[Hit]) -> Decision:
        if found:
            return Decision("answered", None, 0.9)
        return Decision("not_in_corpus", "The texts do not say.", 0.1)

    def write(question: str, found: Sequence[Hit], decision: Decision) -> Draft:
        return Draft(tuple(_quoting(hit) for hit in found))

    return EssayChain(
        corpus=CORPUS,
        clean=str.strip,
        standalone=standalone,
        retrieve=lambda question: tuple(hits.get(question, ())),
        decide=decide,
        write=write,
        verify=Verifier(CORPUS),
    )


def _quoting(hit: Hit) -> DraftSentence:
    return DraftSentence(None, (Quote.whole(hit.passage),), relation=relation_of(hit.source))


def write_gate(folder: Path, content: str) -> Path:
    """Write a gate file and return it."""
    file = folder / "gate.toml"
    file.write_text(content, encoding="utf-8")
    return file
