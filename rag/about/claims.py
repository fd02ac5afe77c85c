"""Who disagrees, who bears it out → a draft from the claim map: complete, claim by claim.

Of the whole, every claim that a source disputes (or supports); of a subject, the claims that the
search finds, each with all that bears on it. What the map does not hold is said to be missing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.claims import ORDER, BearingFacts
from ingest.types import DISPUTES, Passage, Relation, Source
from ingest.voices import short_name
from rag.about.told import not_told, told
from rag.decide.missing import missing
from rag.language.words import stems
from rag.quote.bearing import BRINGS, BRINGS_TOO, introduced, one_a_source, said
from rag.quote.engine import QuoteEngine, choose
from rag.quote.writing import Writing
from rag.types import Hit, Part, Told, of_voice

NOT_THERE = {
    "disputes": "No source of the corpus contradicts or qualifies the words quoted here.",
    "supports": "No source of the corpus supports the words quoted here.",
}
NO_MAP = "The corpus has no notes on sources, so nothing says who disagrees or agrees with it."
SIDES: dict[str, tuple[Relation, ...]] = {"disputes": DISPUTES, "supports": ("supports",)}
EVERY: tuple[Relation, ...] = (*DISPUTES, "supports")
NOUNS: dict[Relation, str] = {
    "contradicts": "contradiction",
    "qualifies": "qualification",
    "supports": "piece of support",
}
STRICT = re.compile(r"\b(?:contradict|refut|opposite|flatly)", re.IGNORECASE)
# Notes of the search whose claims are looked at beside the sentences that it finds.
NOTES = 3


@dataclass(frozen=True, slots=True)
class ClaimAnswers:
    """Answers from the claim map of one corpus; `search` finds and reads hits."""

    engine: QuoteEngine
    search: Callable[[str], tuple[Hit, ...]]
    vocabulary: frozenset[str]

    def whole(self, asked: str, question: str) -> Told:
        """Return every claim with what disputes or supports it, contradictions first.

        Where it is asked what contradicts the text, what qualifies it is more.
        """
        claims = _claims(self.engine, self.engine.neighbours.passages, SIDES[asked])
        if not claims:
            return not_told(NO_MAP)
        claims.sort(key=lambda row: (_strongest(row[1]), -len(row[1])))
        contradicted = sum(_strongest(of) == ORDER["contradicts"] for _, of in claims)
        strictly = STRICT.search(question) is not None and contradicted > 0
        leading = contradicted if strictly else len(claims)
        writing = self.engine.writing()
        for number, (claim, bearing) in enumerate(claims):
            part: Part = "lead" if number < leading else "more"
            self._add(writing, claim, bearing, part, in_full=("contradicts",))
        bearings = [facts for _, bearing in claims for facts in bearing]
        return told(writing.sentences, notice=_counted(bearings))

    def on(self, asked: str, question: str, topic: str = "") -> Told:
        """Return the claims that a question is about, with what disputes or supports them.

        Where its topic is a source, all that this one bears on. Refused where the question names
        what no text of the corpus does.
        """
        if source := self.source(topic):
            return self._by(source)
        hits = self.search(question)
        lacks = missing(question, hits, self.vocabulary)
        if lacks.names:
            return not_told(f"The texts do not mention {' or '.join(lacks.names)}.", hits)
        if not hits:
            return not_told("The texts do not answer this.")
        lead = self.engine.lead(question, choose(hits))
        found = [hit.passage for hit in of_voice(lead, "main")]
        for hit in of_voice(hits, "sources")[:NOTES]:
            found += self.engine.claims.borne_on(hit.passage)
        claims = _claims(self.engine, dict.fromkeys(found), SIDES[asked])
        writing = self.engine.writing(hits)
        for claim, bearing in claims:
            self._add(writing, claim, bearing, "lead", in_full=SIDES[asked])
        if claims:
            return told(writing.sentences, hits=hits)
        sentences = self.engine.compose(of_voice(hits, "main")[:1], (), hits).sentences
        if any(source.bears for source in self.engine.corpus.sources):
            return told(sentences, notice=NOT_THERE[asked], hits=hits)
        return told(sentences, lacking=NO_MAP, hits=hits)

    def source(self, topic: str) -> Source | None:
        """Return the one source of notes that a topic names and nothing else, None if none is."""
        return _named(topic, self.engine.corpus.sources)

    def _by(self, source: Source) -> Told:
        """Return every claim that a source bears on, with how, disputes first."""
        claims = [
            (claim, [facts for facts in bearing if facts.source == source])
            for claim, bearing in _claims(self.engine, self.engine.neighbours.passages, EVERY)
        ]
        ranked = sorted((row for row in claims if row[1]), key=lambda row: _strongest(row[1]))
        writing = self.engine.writing()
        for claim, bearing in ranked:
            self._add(writing, claim, bearing, "lead", in_full=EVERY)
        if ranked:
            return told(writing.sentences)
        return not_told(f"{short_name(source)} bears on no claim of the texts.")

    def _add(
        self,
        writing: Writing,
        claim: Passage,
        bearing: Sequence[BearingFacts],
        part: Part,
        in_full: Sequence[Relation],
    ) -> None:
        """Quote a claim, then what bears on it: in full, or in the clause that tells why.

        Whatever is asked for, what disputes a claim is told with it.
        """
        for quote in writing.quotes([claim]):
            intro = introduced(self.engine.corpus, quote.source_id)
            writing.sentences.append(said(quote, intro, "essay", part))
        shown: set[Relation] = set()
        others = [
            facts
            for facts in self.engine.claims.bearing_on(claim)
            if facts.disputes and facts not in bearing
        ]
        supporting = one_a_source([facts for facts in bearing if not facts.disputes])
        for facts in (*(one for one in bearing if one.disputes), *supporting, *others):
            relation = facts.bearing.relation
            brings = BRINGS_TOO if relation in shown else BRINGS
            shown.add(relation)
            if relation in in_full or not facts.bearing.because:
                writing.add_facts(facts, brings, part)
            else:
                writing.tell(facts, brings, part)


def _claims(
    engine: QuoteEngine,
    passages: Sequence[Passage] | dict[Passage, None],
    side: tuple[Relation, ...],
) -> list[tuple[Passage, list[BearingFacts]]]:
    """Return the passages that something on this side bears on, with it, each fact once."""
    claims, seen = [], set[BearingFacts]()
    for passage in passages:
        bearing = [
            facts
            for facts in engine.claims.bearing_on(passage)
            if facts.bearing.relation in side and facts not in seen
        ]
        seen.update(bearing)
        if bearing:
            claims.append((passage, bearing))
    return claims


def _named(topic: str, sources: Sequence[Source]) -> Source | None:
    """Return the one source of notes whose title, author and publisher hold a topic's words."""
    words = set(stems(topic))
    named = [
        source
        for source in sources
        if source.voice == "sources" and words and words.issubset(stems(_called(source)))
    ]
    return named[0] if len(named) == 1 else None


def _called(source: Source) -> str:
    return " ".join(filter(None, (source.title, source.author, source.publisher)))


def _strongest(bearing: Sequence[BearingFacts]) -> int:
    return min(ORDER[facts.bearing.relation] for facts in bearing)


def _counted(bearing: Sequence[BearingFacts]) -> str:
    """Return the sentence that says how much the claim map holds."""
    relations = [facts.bearing.relation for facts in bearing]
    counts = [
        _many(relations.count(relation), words)
        for relation, words in NOUNS.items()
        if relation in relations
    ]
    sources = _many(len({facts.source.id for facts in bearing}), "source")
    return f"All that the claim map holds: {' and '.join(counts)}, by {sources}."


def _many(count: int, thing: str) -> str:
    """Return a count with its noun.

    >>> _many(2, "piece of support"), _many(1, "source")
    ('2 pieces of support', '1 source')
    """
    first, _, rest = thing.partition(" ")
    return f"{count} {first}{'' if count == 1 else 's'} {rest}".rstrip()
