"""Passages → the sentences of a draft, no words twice, no claim without what disputes it.

A disagreement is shown by construction, not by score: whenever a sentence of a main text is quoted,
in whatever part, the facts that qualify or contradict it stand beside it, disputes first; and a
fact that disputes a claim brings the claim. No fact is shown in a relation that the claim map does
not give it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.claims import BearingFacts, ClaimMap
from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage, Relation
from ingest.voices import introduction
from rag.quote.context import joined, with_context
from rag.types import DraftSentence, Hit, Part, Quote, of_voice

LEAD_WORDS = 60  # of the lead, unless its first quote alone has more
# What others say, for the author to reply to.
REPORTED = re.compile(
    r"\b(some|others|many|critics)\b[^.]{0,40}\b(say|said|claim|argu|complain|insist|believe)\w*",
    re.IGNORECASE,
)

BRINGS: dict[Relation, str] = {
    "contradicts": "A source disagrees",
    "qualifies": "A source qualifies this",
    "supports": "A source supports this",
    "context": "For context",
}
# The same where the note speaks first and the claim that it bears on comes after.
BRINGS_FIRST: dict[Relation, str] = {
    "contradicts": "A source that disagrees with the essay",
    "qualifies": "A source that qualifies the essay",
}


@dataclass
class Writing:
    """A draft as it is put together: no words twice, no claim without what disputes it."""

    corpus: Corpus
    claims: ClaimMap
    neighbours: Neighbours
    scores: dict[Passage, float]
    sentences: list[DraftSentence] = field(default_factory=list)
    quoted: set[Passage] = field(default_factory=set)
    borne: dict[BearingFacts, None] = field(default_factory=dict)

    def add(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote these hits, each voice apart, the voice of the first of them first."""
        voices = dict.fromkeys(hit.source.voice for hit in hits)
        for voice in voices:
            if voice == "main":
                self.add_claims([hit.passage for hit in of_voice(hits, voice)], part)
            else:
                self.add_notes(of_voice(hits, voice), part)

    def add_claims(self, passages: Iterable[Passage], part: Part, *, ahead: bool = True) -> None:
        """Quote passages of the main texts, the best paragraph first, with what bears on them.

        `ahead`: and with what leans on them.
        """
        groups: dict[tuple[str, int], list[Passage]] = {}
        for passage in passages:
            group = groups.setdefault((passage.source_id, passage.context_start), [])
            if part == "lead" and ahead:
                group += lead_context(passage, self.neighbours)
            else:
                group += in_context(passage, self.neighbours, ahead=ahead)
        speaker = ""
        for group in groups.values():
            for quote in self._quotes(group):
                intro = introduced(self.corpus, quote.source_id)
                self.sentences.append(said(quote, "" if intro == speaker else intro, "essay", part))
                speaker = "" if self._add_bearing(quote, part) else intro

    def add_notes(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote notes: those that dispute a claim bring it, the others are context."""
        for hit in hits:
            if hit.passage in self.quoted:
                continue
            claims = self.claims.disputed_by(hit.passage)
            if claims and not self.quoted & {*claims}:
                claim = max(claims, key=lambda passage: self.scores.get(passage, float("-inf")))
                for facts in self.claims.bearing_on(claim):
                    if facts.disputes and facts.holds(hit.passage):
                        self._add_facts(facts, BRINGS_FIRST, part, hit.passage)
                self.add_claims([claim], part, ahead=False)
            else:
                self._add_note(hit, part)

    def _add_note(self, hit: Hit, part: Part) -> None:
        """Quote a note in the relation that is shown already, or as context with what it leans on.

        A fact that carries a relation is quoted alone: its neighbours may not carry it. One that
        disputes a claim is never context: it would be missing where the claim is quoted.
        """
        intro = introduced(self.corpus, hit.source.id)
        borne = next((facts.bearing for facts in self.borne if facts.holds(hit.passage)), None)
        if borne is None:
            around = with_context(hit.passage, self.neighbours)
            undisputed = [one for one in around if not self.claims.disputed_by(one)]
            for quote in self._quotes(undisputed or [hit.passage]):
                self.sentences.append(said(quote, intro, "context", part))
        else:
            for quote in self._quotes([hit.passage]):
                self.sentences.append(said(quote, intro, borne.relation, part, borne.because))

    def _add_bearing(self, quote: Quote, part: Part) -> bool:
        """Add the facts that bear on a quote, disputes first; say whether there were any.

        What supports it is added to the lead only, one fact a source.
        """
        beside: Part = "sources" if part == "lead" else part
        before = len(self.sentences)
        bearing: dict[BearingFacts, None] = {}
        for passage in self._within(quote):
            bearing |= dict.fromkeys(self.claims.bearing_on(passage))
        for facts in (facts for facts in bearing if facts.disputes):
            self._add_facts(facts, BRINGS, beside)
        supporting = [facts for facts in bearing if facts.bearing.relation == "supports"]
        if part == "lead":
            for facts in {facts.source.id: facts for facts in reversed(supporting)}.values():
                self._add_facts(facts, BRINGS, beside)
        return len(self.sentences) > before

    def _add_facts(
        self,
        facts: BearingFacts,
        brings: dict[Relation, str],
        part: Part,
        asked: Passage | None = None,
    ) -> None:
        """Quote the plainest fact with how it bears and why, then the one that was asked for."""
        if facts in self.borne:
            return
        self.borne[facts] = None
        bearing = facts.bearing
        because = f": {bearing.because}" if bearing.because else ""
        intro = f"{brings[bearing.relation]}{because}. {introduced(self.corpus, facts.source.id)}"
        chosen = [fact for fact in facts.facts if fact == facts.facts[0] or asked in fact]
        for fact in chosen:
            for quote in self._quotes(fact):
                self.sentences.append(said(quote, intro, bearing.relation, part, bearing.because))
                intro = ""

    def _quotes(self, passages: Sequence[Passage]) -> list[Quote]:
        """Return quotes of what is not quoted yet, the one that holds the first passage first."""
        new = [passage for passage in passages if passage not in self.quoted]
        quotes = joined(new, self.corpus, self.neighbours, self.quoted)
        for quote in quotes:
            self.quoted.update(self._within(quote))
        return sorted(quotes, key=lambda quote: not quote.start <= passages[0].start < quote.end)

    def _within(self, quote: Quote) -> list[Passage]:
        return self.neighbours.within(quote.source_id, quote.start, quote.end)


def said(
    quote: Quote, intro: str, relation: Relation, part: Part, because: str | None = None
) -> DraftSentence:
    """Return the sentence that is a quote, behind who speaks."""
    return DraftSentence(None, (quote,), intro=intro, relation=relation, part=part, because=because)


def introduced(corpus: Corpus, source_id: str) -> str:
    """Return who speaks in a source, before a colon."""
    only = len(corpus.mains) == 1
    return f"{introduction(corpus.source(source_id), only=only)}: "


def lead_context(passage: Passage, neighbours: Neighbours) -> list[Passage]:
    """Return a passage that leads, and what it is quoted together with.

    What leans on it comes too unless that makes it long; but what others say is never quoted
    without the reply.
    """
    whole = in_context(passage, neighbours)
    if word_count(whole) <= LEAD_WORDS or REPORTED.search(passage.text):
        return whole
    return in_context(passage, neighbours, ahead=False)


def in_context(passage: Passage, neighbours: Neighbours, *, ahead: bool = True) -> list[Passage]:
    """Return the passage first, then what it is quoted together with.

    Without `ahead` only what it leans on, not what leans on it.
    """
    around = with_context(passage, neighbours)
    if not ahead:
        around = around[: around.index(passage) + 1]
    return [passage, *(other for other in around if other != passage)]


def word_count(passages: Iterable[Passage]) -> int:
    """Return how many words passages have."""
    return sum(len(passage.text.split()) for passage in passages)
