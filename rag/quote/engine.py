"""Hits → a draft in the corpus' own words; needs no LLM, so it cannot make anything up.

The sentences that answer, each voice apart: the main text in its own words, then the notes,
disagreement first. A sentence that cannot be understood alone is quoted with its neighbour. Where a
note that answers qualifies or contradicts a claim of the main text, the claim is quoted too: a
reader never sees one side of a disagreement alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.claims import ClaimMap
from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage, Relation, Voice
from ingest.voices import introduction
from rag.quote.context import joined, with_context
from rag.types import Decision, Draft, DraftSentence, Hit, Quote

# How many hits of a voice are quoted, and how far below the best of its voice one may score (in
# logits); a note no more than so far below the best of both, for the essay answers and notes
# comment. Chosen on the development half of the cases and on `eval/training/data/gold.jsonl` for
# the gold words cited in six citations or fewer (docs/evaluation.md). More of the main text than of
# the notes: what stands close together becomes one citation.
MAX_HITS: dict[Voice, int] = {"main": 8, "sources": 4}
VOICE_MARGIN = 8.0
NOTE_MARGIN = 12.0
DISPUTING = 2  # the best notes whose disagreement brings the claim they dispute
# A note must score this much higher than any sentence of the main text to speak first.
SPEAKS_FIRST = 2.0

DISAGREE: tuple[Relation, ...] = ("contradicts", "qualifies")
ORDER: dict[Relation, int] = {
    "contradicts": 0,
    "qualifies": 1,
    "supports": 2,
    "context": 3,
    "essay": 4,
}
BRINGS: dict[Relation, str] = {
    "contradicts": "A source disagrees. ",
    "qualifies": "A source qualifies this. ",
    "supports": "A source supports this. ",
    "context": "For context. ",
    "essay": "",
}
# The same where the notes speak first and the sentence they bear on comes after.
BRINGS_FIRST: dict[Relation, str] = {
    "contradicts": "A source that disagrees with the essay. ",
    "qualifies": "A source that qualifies the essay. ",
}


@dataclass(frozen=True, slots=True)
class QuoteEngine:
    """Writes drafts by quoting."""

    corpus: Corpus
    claims: ClaimMap
    neighbours: Neighbours

    @property
    def only(self) -> bool:
        """Whether the corpus has one main text."""
        return len(self.corpus.mains) == 1

    def __call__(self, question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        """Return the draft; an empty one if the corpus does not answer."""
        if decision.status == "not_in_corpus" or not hits:
            return Draft(())
        main, notes = choose(hits)
        first_notes = bool(notes) and (not main or notes[0].score > main[0].score + SPEAKS_FIRST)
        return Draft(self.quote(main, notes, hits, notes_first=first_notes))

    def quote(
        self, main: Sequence[Hit], notes: Sequence[Hit], hits: Sequence[Hit], *, notes_first: bool
    ) -> tuple[DraftSentence, ...]:
        """Return sentences that quote these hits, with what cannot be left out.

        `hits` are all that were found: their scores tell which words of a disputed claim to quote.
        """
        passages = self._main_passages(main, notes, hits)
        quoted, noted = self._quoted(passages), self._noted(notes, passages, first=notes_first)
        return (*noted, *quoted) if notes_first else (*quoted, *noted)

    def _main_passages(
        self, main: Sequence[Hit], notes: Sequence[Hit], hits: Sequence[Hit]
    ) -> list[Passage]:
        """Return the passages of the main texts to quote, best first, with what they lean on."""
        passages = [p for hit in main for p in self._in_context(hit.passage)]
        scores = {hit.passage: hit.score for hit in hits}
        for note in notes[:DISPUTING]:
            disputed = (
                self.claims.claimed_by(note.source) if note.source.relation in DISAGREE else ()
            )
            if disputed and not set(disputed) & set(passages):
                claim = max(disputed, key=lambda p: scores.get(p, float("-inf")))
                passages += self._in_context(claim)
        return list(dict.fromkeys(passages))

    def _in_context(self, passage: Passage) -> list[Passage]:
        """Return the passage first, then what it is quoted together with."""
        return [passage, *(p for p in with_context(passage, self.neighbours) if p != passage)]

    def _quoted(self, passages: Sequence[Passage]) -> list[DraftSentence]:
        """Return the quotes of the main texts, the best paragraph first, of each its best quote."""
        groups: dict[tuple[str, int], list[Passage]] = {}
        for passage in passages:
            groups.setdefault((passage.source_id, passage.context_start), []).append(passage)
        quotes = [quote for group in groups.values() for quote in self._best_first(group)]
        sentences = []
        for source_id, run in groupby(quotes, key=lambda quote: quote.source_id):
            source = self.corpus.source(source_id)
            sentences += _spoken(run, f"{introduction(source, only=self.only)}: ", source.relation)
        return sentences

    def _best_first(self, group: Sequence[Passage]) -> list[Quote]:
        """Return the quotes that cover passages of a paragraph, that of the first of them first."""
        quotes = joined(group, self.corpus, self.neighbours)
        return sorted(quotes, key=lambda quote: not quote.start <= group[0].start < quote.end)

    def _noted(
        self, notes: Sequence[Hit], passages: Iterable[Passage], *, first: bool
    ) -> list[DraftSentence]:
        """Return the notes, those that disagree with what is quoted first.

        Each says how it bears on that, if it does.
        """
        bearing = {source.id for passage in passages for source in self.claims.bearing_on(passage)}
        by_source: dict[str, list[Hit]] = {}
        for hit in notes:
            by_source.setdefault(hit.source.id, []).append(hit)
        groups = list(by_source.values())
        if not first:
            groups.sort(
                key=lambda hits: (hits[0].source.id not in bearing, ORDER[hits[0].source.relation])
            )
        brings = {
            i: (BRINGS_FIRST if first else BRINGS).get(self.corpus.source(i).relation, "")
            for i in bearing
        }
        return [
            sentence
            for hits in groups
            for sentence in self._of_source(hits, brings.get(hits[0].source.id, ""))
        ]

    def _of_source(self, hits: Sequence[Hit], brings: str) -> list[DraftSentence]:
        """Return the notes on one source.

        Before the first, how it bears on what is quoted (`brings`) and its name.
        """
        source = hits[0].source
        passages = [p for hit in hits for p in with_context(hit.passage, self.neighbours)]
        quotes = joined(passages, self.corpus, self.neighbours)
        return _spoken(quotes, f"{brings}{introduction(source, only=self.only)}: ", source.relation)


def _spoken(quotes: Iterable[Quote], lead: str, relation: Relation) -> list[DraftSentence]:
    """Return a sentence for each quote of one source.

    The lead, which says who speaks, stands before the first.
    """
    return [
        DraftSentence(None, (quote,), "" if i else lead, relation) for i, quote in enumerate(quotes)
    ]


def choose(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that answer, of the main texts and of the sources, each best first."""
    best = max(hit.score for hit in hits)
    chosen = []
    for voice, most in MAX_HITS.items():
        ranked = sorted(
            (hit for hit in hits if hit.source.voice == voice), key=lambda hit: -hit.score
        )[:most]
        floor = ranked[0].score - VOICE_MARGIN if ranked else 0.0
        floor = max(floor, best - NOTE_MARGIN) if voice == "sources" else floor
        chosen.append([hit for hit in ranked if hit.score >= floor])
    return chosen[0], chosen[1]
