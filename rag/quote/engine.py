"""Hits → a draft in the corpus' own words; needs no LLM, so it cannot make anything up.

An answer has three parts. The *lead* quotes the one or two passages that answer. *Sources* are the
facts that bear on what the lead quotes: whatever the claim map says disputes it, always, and first;
then what supports it. *More* is what else the texts say on the question. A disagreement is shown by
construction, not by score: whenever a sentence of a main text is quoted, in whatever part, the
facts that qualify or contradict it stand beside it, and a fact that disputes a claim brings it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.claims import BearingFacts, ClaimMap
from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage, Relation, Voice
from ingest.voices import introduction
from rag.quote.context import joined, with_context
from rag.types import Decision, Draft, DraftSentence, Hit, Part, Quote

# How many hits of a voice are quoted, and how far below the best of its voice one may score (in
# logits); a note no more than so far below the best of both, for the essay answers and notes
# comment. Chosen on the development half and on `eval/training/data/gold.jsonl`.
MAX_HITS: dict[Voice, int] = {"main": 8, "sources": 4}
VOICE_MARGIN = 8.0
NOTE_MARGIN = 12.0
# A note must score this much higher than any sentence of the main text to speak first.
SPEAKS_FIRST = 2.0
LEAD_QUOTES = 2
LEAD_WORDS = 60  # of the lead, unless its first quote alone has more
LEAD_MARGIN = 5.0  # logits below the best hit from which a second one no longer leads

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


@dataclass(frozen=True, slots=True)
class QuoteEngine:
    """Writes drafts by quoting."""

    corpus: Corpus
    claims: ClaimMap
    neighbours: Neighbours

    def __call__(self, question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        """Return the draft; an empty one if the corpus does not answer."""
        if decision.status == "not_in_corpus" or not hits:
            return Draft(())
        main, notes = choose(hits)
        ranked = [*main, *notes]
        if notes and (not main or notes[0].score > main[0].score + SPEAKS_FIRST):
            ranked = [*notes, *main]
        lead = self._lead(ranked)
        return self.compose(lead, [hit for hit in ranked if hit not in lead], hits)

    def compose(
        self, lead: Sequence[Hit], more: Sequence[Hit] = (), hits: Sequence[Hit] = ()
    ) -> Draft:
        """Return the draft that leads with some hits and adds others.

        `hits` are all that were found: their scores tell which words of a disputed claim to quote.
        """
        writing = Writing(self, {hit.passage: hit.score for hit in hits})
        writing.add(lead, "lead")
        writing.add(more, "more")
        return Draft(tuple(writing.sentences))

    def _lead(self, ranked: Sequence[Hit]) -> list[Hit]:
        """Return the hits that lead: the best, and others close to it while there is room."""
        lead = [ranked[0]]
        words = self._words(ranked[0])
        for hit in sorted(ranked[1:], key=lambda hit: -hit.score):
            same_voice = hit.source.voice == lead[0].source.voice
            close = hit.score >= lead[0].score - LEAD_MARGIN
            words += self._words(hit)
            if len(lead) == LEAD_QUOTES or not (same_voice and close) or words > LEAD_WORDS:
                break
            lead.append(hit)
        return lead

    def _words(self, hit: Hit) -> int:
        return sum(len(passage.text.split()) for passage in self.in_context(hit.passage))

    def in_context(self, passage: Passage) -> list[Passage]:
        """Return the passage first, then what it is quoted together with."""
        around = with_context(passage, self.neighbours)
        return [passage, *(other for other in around if other != passage)]

    def introduced(self, source_id: str) -> str:
        """Return who speaks in a source, before a colon."""
        only = len(self.corpus.mains) == 1
        return f"{introduction(self.corpus.source(source_id), only=only)}: "


@dataclass
class Writing:
    """A draft as it is put together: no words twice, no claim without what disputes it."""

    engine: QuoteEngine
    scores: dict[Passage, float]
    sentences: list[DraftSentence] = field(default_factory=list)
    quoted: set[Passage] = field(default_factory=set)

    def add(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote these hits, each voice apart, the voice of the first of them first."""
        voices = dict.fromkeys(hit.source.voice for hit in hits)
        for voice in voices:
            of_voice = [hit for hit in hits if hit.source.voice == voice]
            if voice == "main":
                self.add_claims([hit.passage for hit in of_voice], part)
            else:
                self.add_notes(of_voice, part)

    def add_claims(self, passages: Iterable[Passage], part: Part) -> None:
        """Quote passages of the main texts, the best paragraph first, with what bears on them."""
        groups: dict[tuple[str, int], list[Passage]] = {}
        for passage in passages:
            group = groups.setdefault((passage.source_id, passage.context_start), [])
            group += self.engine.in_context(passage)
        speaker = ""
        for group in groups.values():
            for quote in self._quotes(group):
                intro = self.engine.introduced(quote.source_id)
                self._say(quote, "" if intro == speaker else intro, "essay", part)
                speaker = "" if self._add_bearing(quote, part) else intro

    def add_notes(self, hits: Sequence[Hit], part: Part) -> None:
        """Quote notes: those that dispute a claim bring it, the others are context."""
        for hit in hits:
            if hit.passage in self.quoted:
                continue
            claims = self.engine.claims.disputed_by(hit.passage)
            if not claims or self.quoted & {*claims}:
                self._add_context(hit, part)
                continue
            claim = max(claims, key=lambda passage: self.scores.get(passage, float("-inf")))
            for facts in self.engine.claims.bearing_on(claim):
                if facts.disputes and facts.holds(hit.passage):
                    self._add_facts(facts, BRINGS_FIRST, part, first=hit.passage)
            self.add_claims([claim], part)

    def _add_context(self, hit: Hit, part: Part) -> None:
        passages = with_context(hit.passage, self.engine.neighbours)
        intro = self.engine.introduced(hit.source.id)
        for quote in self._quotes(passages):
            self._say(quote, intro, "context", part)

    def _add_bearing(self, quote: Quote, part: Part) -> bool:
        """Add the facts that bear on a quote, disputes first; say whether there were any.

        What supports it is added to the lead only, one fact a source.
        """
        beside: Part = "sources" if part == "lead" else part
        before = len(self.sentences)
        bearing: dict[BearingFacts, None] = {}
        for passage in self._within(quote):
            bearing |= dict.fromkeys(self.engine.claims.bearing_on(passage))
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
        *,
        first: Passage | None = None,
    ) -> None:
        """Quote the plainest fact, or that of the passage named, with how it bears and why."""
        pieces = next((fact for fact in facts.facts if first in fact), facts.facts[0])
        if self.quoted & {*pieces}:
            return
        bearing = facts.bearing
        because = f": {bearing.because}" if bearing.because else ""
        intro = f"{brings[bearing.relation]}{because}. {self.engine.introduced(facts.source.id)}"
        for quote in self._quotes(pieces):
            self._say(quote, intro, bearing.relation, part, bearing.because)

    def _quotes(self, passages: Sequence[Passage]) -> list[Quote]:
        """Return quotes of what is not quoted yet, the one that holds the first passage first."""
        new = [passage for passage in passages if passage not in self.quoted]
        quotes = joined(new, self.engine.corpus, self.engine.neighbours, self.quoted)
        for quote in quotes:
            self.quoted.update(self._within(quote))
        return sorted(quotes, key=lambda quote: not quote.start <= passages[0].start < quote.end)

    def _within(self, quote: Quote) -> list[Passage]:
        return self.engine.neighbours.within(quote.source_id, quote.start, quote.end)

    def _say(
        self, quote: Quote, intro: str, relation: Relation, part: Part, because: str | None = None
    ) -> None:
        self.sentences.append(
            DraftSentence(
                None, (quote,), intro=intro, relation=relation, part=part, because=because
            )
        )


def choose(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that answer, of the main texts and of the sources, each best first."""
    best = max(hit.score for hit in hits)
    chosen = []
    for voice, most in MAX_HITS.items():
        of_voice = [hit for hit in hits if hit.source.voice == voice]
        ranked = sorted(of_voice, key=lambda hit: -hit.score)[:most]
        floor = ranked[0].score - VOICE_MARGIN if ranked else 0.0
        if voice == "sources":
            floor = max(floor, best - NOTE_MARGIN)
        chosen.append([hit for hit in ranked if hit.score >= floor])
    return chosen[0], chosen[1]
