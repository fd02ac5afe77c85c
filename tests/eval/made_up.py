"""A small corpus of two voices, a chain that plays a script, and shorthands for what the tests observe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.types import Case, Gold, Kind, Observed, Place
from ingest.types import Corpus, Passage, Source, Text
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
)

ESSAY = (
    "Crows hold a grudge for years. They know a face again among thousands.\n\n"
    "In 2011 the council trapped 48 crows at the mill. It says that nobody complained."
)
NOTES = "The trial counted 84 crows, not 48.\nThree farmers did complain about the traps."


def _source(source_id: str, relation: Any, wording: Any) -> Source:
    return Source(
        source_id,
        f"About {source_id}",
        None,
        "The Mill Gazette",
        "2012-03-01",
        None,
        None,
        None,
        relation,
        wording,
    )


CORPUS = Corpus(
    name="crows",
    fingerprint="sha256:crows",
    sources=(_source("essay", "essay", "verbatim"), _source("gazette", "contradicts", "note")),
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


def said(citation: Citation) -> Sentence:
    """Return the sentence that is its citation's words."""
    return Sentence(citation.quote, "quoted", (citation.number,), "", citation.source.relation)


def answer(*citations: Citation, status: Status = "answered", **changed: Any) -> Answer:
    """Return an answer that says its citations, one sentence each."""
    values: dict[str, Any] = {
        "question": "?", "standalone_question": "?", "status": status, "sentences": tuple(map(said, citations)),
        "citations": citations, "reason": None, "nearest": (), "engine": "quote", "corpus": CORPUS.fingerprint,
    }  # fmt: skip
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
    """Return the product's chain with scripted stages: it finds `hits` for a question, and quotes them all.

    A follow-up stands alone behind the question before it; a question without hits is refused.
    """
    return EssayChain(
        corpus=CORPUS,
        clean=str.strip,
        standalone=lambda question, history: " ".join(
            [*(turn.question for turn in history), question]
        ),
        retrieve=lambda question: tuple(hits.get(question, ())),
        decide=lambda question, found: (
            Decision("answered", None, 0.9)
            if found
            else Decision("not_in_corpus", "The texts do not say.", 0.1)
        ),
        write=lambda question, found, decision: Draft(
            tuple(
                DraftSentence(None, (Quote.whole(h.passage),), relation=h.source.relation)
                for h in found
            )
        ),
        verify=Verifier(CORPUS),
    )
