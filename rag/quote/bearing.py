"""What bears on quoted words → sentences of a draft: the fact, how it bears, and why.

A fact is shown in a relation only if the claim map gives it that relation. The first that disputes
a claim is quoted, and so is one that was asked for; of the others only what differs is told, in the
clause that the claim map has for it, so that six sources that qualify a figure can be read at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.claims import BearingFacts, ClaimMap
from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage, Relation
from ingest.voices import introduction, speaker
from rag.quote.context import joined
from rag.types import DraftSentence, Part, Quote

UNSEEN = float("-inf")  # the score of a passage that was not found

BRINGS: dict[Relation, str] = {
    "contradicts": "A source disagrees",
    "qualifies": "A source qualifies this",
    "supports": "A source supports this",
    "context": "For context",
}
# The same of a second one.
BRINGS_TOO: dict[Relation, str] = {
    "contradicts": "Another disagrees",
    "qualifies": "Another qualifies this",
    "supports": "Another supports this",
}
# The same where the note speaks first and the claim that it bears on comes after.
BRINGS_FIRST: dict[Relation, str] = {
    "contradicts": "A source that disagrees with the essay",
    "qualifies": "A source that qualifies the essay",
}


@dataclass
class Bearings:
    """A draft as what bears on its quotes is added; `asked` are the passages that answer.

    `scores` are those of the passages found, `borne` what has been shown or told.
    """

    corpus: Corpus
    claims: ClaimMap
    neighbours: Neighbours
    scores: dict[Passage, float]
    sentences: list[DraftSentence] = field(default_factory=list)
    quoted: set[Passage] = field(default_factory=set)
    borne: dict[BearingFacts, None] = field(default_factory=dict)
    asked: set[Passage] = field(default_factory=set)

    def add_bearing(self, passages: Iterable[Passage], part: Part) -> bool:
        """Add the facts that bear on passages, disputes first; say whether there were any.

        What supports the lead is added too, one fact a source, unless it is quoted in its own
        right.
        """
        beside: Part = "sources" if part == "lead" else part
        before = len(self.sentences)
        bearing: dict[BearingFacts, None] = {}
        for passage in passages:
            bearing |= dict.fromkeys(self.claims.bearing_on(passage))
        self.add_disputes(bearing, beside)
        supporting = [facts for facts in bearing if facts.bearing.relation == "supports"]
        if part == "lead":
            for facts in one_a_source(supporting):
                if self.is_asked(facts):
                    self.borne[facts] = None
                else:
                    self.add_facts(facts, BRINGS, beside)
        return len(self.sentences) > before

    def add_disputes(self, bearing: Iterable[BearingFacts], part: Part) -> None:
        """Quote the first dispute among these and those that were asked for, tell the others."""
        first = True
        for facts in self._disputes(bearing):
            if facts in self.borne:
                continue
            if first or self.is_asked(facts):
                self.add_facts(facts, BRINGS if first else BRINGS_TOO, part)
            else:
                self.tell(facts, BRINGS_TOO, part)
            first = False

    def add_facts(self, facts: BearingFacts, brings: dict[Relation, str], part: Part) -> None:
        """Quote the facts that were asked for, else the plainest, with how they bear and why."""
        if facts in self.borne:
            return
        self.borne[facts] = None
        bearing = facts.bearing
        because = f": {bearing.because}" if bearing.because else ""
        intro = f"{brings[bearing.relation]}{because}. {introduced(self.corpus, facts.source.id)}"
        asked = [fact for fact in facts.facts if not self.asked.isdisjoint(fact)]
        where: Part = "lead" if asked and part == "sources" else part
        for fact in asked or facts.facts[:1]:
            for quote in self.quotes(fact):
                self.sentences.append(said(quote, intro, bearing.relation, where, bearing.because))
                intro = ""

    def tell(self, facts: BearingFacts, brings: dict[Relation, str], part: Part) -> None:
        """Say in the map's words what differs, and cite the plainest fact."""
        self.borne[facts] = None
        bearing = facts.bearing
        intro = f"{brings[bearing.relation]} ({speaker(facts.source)}): "
        for quote in joined(facts.facts[0], self.corpus, self.neighbours):
            told = said(quote, intro, bearing.relation, part, bearing.because)
            clause = f"{bearing.because or ''}".rstrip(".")
            self.sentences.append(replace(told, text=f"{clause}."))

    def is_asked(self, facts: BearingFacts) -> bool:
        """Say whether one of these facts answers the question."""
        return any(facts.holds(passage) for passage in self.asked)

    def quotes(self, passages: Sequence[Passage]) -> list[Quote]:
        """Return quotes of what is not quoted yet, the one that holds the first passage first."""
        new = [passage for passage in passages if passage not in self.quoted]
        quotes = joined(new, self.corpus, self.neighbours, self.quoted)
        for quote in quotes:
            self.quoted.update(self.within(quote))
        return sorted(quotes, key=lambda quote: not quote.start <= passages[0].start < quote.end)

    def within(self, quote: Quote) -> list[Passage]:
        """Return the passages that a quote holds."""
        return self.neighbours.within(quote.source_id, quote.start, quote.end)

    def _disputes(self, bearing: Iterable[BearingFacts]) -> list[BearingFacts]:
        """Return the disputes among these: contradictions first, then by the question's scores."""

        def weight(facts: BearingFacts) -> tuple[bool, float]:
            scores = [self.scores.get(piece, UNSEEN) for fact in facts.facts for piece in fact]
            return facts.bearing.relation == "contradicts", max(scores)

        return sorted((one for one in bearing if one.disputes), key=weight, reverse=True)


def one_a_source(bearing: Sequence[BearingFacts]) -> list[BearingFacts]:
    """Return the first of each source."""
    return list({facts.source.id: facts for facts in reversed(bearing)}.values())[::-1]


def said(
    quote: Quote, intro: str, relation: Relation, part: Part, because: str | None = None
) -> DraftSentence:
    """Return the sentence that is a quote, behind who speaks."""
    return DraftSentence(None, (quote,), intro=intro, relation=relation, part=part, because=because)


def introduced(corpus: Corpus, source_id: str) -> str:
    """Return who speaks in a source, before a colon."""
    only = len(corpus.mains) == 1
    return f"{introduction(corpus.source(source_id), only=only)}: "
