"""The claim map: a passage of a main text ↔ the facts that support, qualify or contradict it.

A relation holds between a fact and a claim, not between two documents: `Source.bears` says which
facts carry it. A claim stands wherever a main text has its words, and bears on the passages that
hold a good part of them. Nothing here is scored: what the map does not say, nobody says.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ingest.types import DISPUTES, Bearing, Corpus, Passage, Place, Relation, Source, Span

# A claim may run over the end of a passage: this much of it must stand inside.
OVERLAP = 0.5
ORDER: dict[Relation, int] = {
    "contradicts": 0,
    "qualifies": 1,
    "supports": 2,
    "context": 3,
    "essay": 4,
}


@dataclass(frozen=True, slots=True)
class BearingFacts:
    """The facts of a source that bear on a passage, in one relation, the plainest first.

    A fact is a passage, or several where it was too long for one.
    """

    source: Source
    bearing: Bearing
    facts: tuple[tuple[Passage, ...], ...]

    @property
    def disputes(self) -> bool:
        """Whether they qualify or contradict the claim."""
        return self.bearing.relation in DISPUTES

    def holds(self, passage: Passage) -> bool:
        """Say whether a passage is one of the facts, or a piece of one."""
        return any(passage in pieces for pieces in self.facts)


class ClaimMap:
    """Where in the main texts the claims stand, and the facts that bear on them."""

    def __init__(self, corpus: Corpus, passages: Iterable[Passage]) -> None:
        """Find every claim in every main text, in each place where it stands."""
        by_source: dict[str, list[Passage]] = {}
        for passage in passages:
            by_source.setdefault(passage.source_id, []).append(passage)
        self._claims: dict[str, list[tuple[int, int, BearingFacts]]] = {}
        for source in corpus.sources:
            facts = _facts(by_source.get(source.id, ()))
            for bearing in source.bears:
                carrying = tuple(facts[number] for number in bearing.facts if number in facts)
                if carrying:
                    self._place(corpus, BearingFacts(source, bearing, carrying))
        mains = [passage for main in corpus.mains for passage in by_source.get(main.id, ())]
        # By fact: the passages that it bears on, and whether it disputes them.
        self._borne: dict[Passage, dict[Passage, bool]] = {}
        for passage in mains:
            for bearing_facts in self.bearing_on(passage):
                for piece in chain.from_iterable(bearing_facts.facts):
                    borne = self._borne.setdefault(piece, {})
                    borne[passage] = borne.get(passage, False) or bearing_facts.disputes

    def _place(self, corpus: Corpus, facts: BearingFacts) -> None:
        for main in corpus.mains:
            places = self._claims.setdefault(main.id, [])
            for start, end in occurrences(corpus.body(main.id), facts.bearing.claim):
                places.append((start, end, facts))

    def bearing_on(self, place: Passage | Place) -> tuple[BearingFacts, ...]:
        """Return what bears on words of a main text: disputes first, then what supports them."""
        bearing = [
            facts
            for start, end, facts in self._claims.get(place.source_id, [])
            if min(end, place.end) - max(start, place.start) >= OVERLAP * (end - start)
        ]
        return tuple(sorted(dict.fromkeys(bearing), key=lambda one: ORDER[one.bearing.relation]))

    def disputed_by(self, fact: Passage) -> tuple[Passage, ...]:
        """Return the passages of the main texts that a fact qualifies or contradicts."""
        return tuple(one for one, disputes in self._borne.get(fact, {}).items() if disputes)

    def borne_on(self, fact: Passage) -> tuple[Passage, ...]:
        """Return the passages of the main texts that a fact bears on, in any relation."""
        return tuple(self._borne.get(fact, ()))


def _facts(passages: Iterable[Passage]) -> dict[int, tuple[Passage, ...]]:
    """Return the facts of a set of notes by number, each as its passages."""
    facts: dict[int, tuple[Passage, ...]] = {}
    for passage in passages:
        unit, _, number = passage.locator.partition(" ")
        if unit == "fact":
            facts[int(number)] = (*facts.get(int(number), ()), passage)
    return facts


def occurrences(body: str, words: str) -> Iterator[Span]:
    """Yield where words stand in a text, white space folded."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    for match in re.finditer(pattern, body):
        yield match.span()
