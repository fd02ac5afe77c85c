"""Hits → a draft in the corpus' own words; needs no LLM, so it cannot make anything up.

An answer has three parts. The *lead* quotes what answers, in as many words as a person reads at
once. *Sources* are the facts that bear on what the lead quotes. *More* is what else the texts say
on the question. How they are put together, disagreement by construction, is in `rag.quote.writing`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.claims import ClaimMap
from ingest.neighbours import Neighbours
from ingest.passages import attributed
from ingest.types import Corpus, Voice
from rag.language.words import stems
from rag.quote.context import LEAD_WORDS, lead_context, word_count
from rag.quote.writing import Writing
from rag.types import Decision, Draft, DraftSentence, Form, Hit, of_voice

# How many hits of a voice are quoted, and how far below the best of its voice one may score (in
# logits); a note no more than so far below the best of both, for the essay answers and notes
# comment. Chosen on the development half and on `eval/training/data/gold.jsonl`.
MAX_HITS: dict[Voice, int] = {"main": 8, "sources": 6}
VOICE_MARGIN = 8.0
NOTE_MARGIN = 12.0
YES_NO = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)(?:n[’']?t)?\b",
    re.IGNORECASE,
)
# Notes comment on the essay, so one must score this much higher than a sentence of it to speak
# first.
ESSAY_AHEAD = 4.0


@dataclass(frozen=True, slots=True)
class Room:
    """How much may lead: so many quotes and words, none so far below the first (in logits).

    A hit beside the first, in its paragraph or among the notes on its source, counts `together`
    more: what a list names stands together as a rule.
    """

    quotes: int
    words: int
    margin: float
    together: float = 0.0


# What a further quote gains that has all the words of the question which those before it have not.
NEW_WORDS = 4.0
# Chosen like the margins above.
ROOM: dict[Form, Room] = {
    "one": Room(2, LEAD_WORDS - 10, 4.0),  # a dispute needs room beside it
    "several": Room(5, 120, 8.0, together=4.0),
    "compare": Room(5, 100, 6.0),
}


@dataclass(frozen=True, slots=True)
class QuoteEngine:
    """Writes drafts by quoting; `form` says how much a question asks for."""

    corpus: Corpus
    claims: ClaimMap
    neighbours: Neighbours
    form: Callable[[str], Form] = lambda question: "one"

    def __call__(self, question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        """Return the draft; an empty one if the corpus does not answer."""
        if decision.status == "not_in_corpus" or not hits:
            return Draft(())
        ranked = choose(hits)
        lead = self.lead(question, ranked, self.form(question))
        if YES_NO.match(question):
            lead = [*self._contradicting(lead), *lead]
        return self.compose(lead, [hit for hit in ranked if hit not in lead], hits)

    def compose(
        self, lead: Sequence[Hit], more: Sequence[Hit] = (), hits: Sequence[Hit] = ()
    ) -> Draft:
        """Return the draft that leads with some hits and adds others.

        `hits` are all that were found: their scores tell which words of a disputed claim to quote.
        """
        writing = self.writing(hits)
        writing.add(lead, "lead")
        writing.add(more, "more")
        return Draft(tuple(sorted(writing.sentences, key=_place)))

    def writing(self, hits: Sequence[Hit] = ()) -> Writing:
        """Return an empty draft to put together; `hits` are all that were found."""
        scores = {hit.passage: hit.score for hit in hits}
        return Writing(self.corpus, self.claims, self.neighbours, scores)

    def lead(self, question: str, ranked: Sequence[Hit], form: Form = "one") -> list[Hit]:
        """Return the hits that lead: the first, and others close to it for which there is room.

        One with words of the question that those before it have not comes first.
        """
        room, first = ROOM[form], ranked[0]
        floor = _standing(first) - room.margin
        lead, words, rest = [first], self._words(first), list(ranked[1:])
        asked = frozenset(stems(question))
        told = asked & _said(first)

        def standing(hit: Hit) -> float:
            together = room.together if _together(hit, first) else 0.0
            new = len((asked & _said(hit)) - told) / max(1, len(asked))
            return _standing(hit) + together + NEW_WORDS * new

        while rest and len(lead) < room.quotes:
            best = max(rest, key=standing)
            rest.remove(best)
            if standing(best) < floor:
                break
            more = self._words(best)
            if words + more <= room.words:
                lead.append(best)
                words += more
                told |= asked & _said(best)
        return lead

    def _contradicting(self, lead: Sequence[Hit]) -> list[Hit]:
        """Return the fact that contradicts what leads, to be told first.

        Whoever asks whether something is so should not read a yes before the no.
        """
        for hit in lead:
            for facts in self.claims.bearing_on(hit.passage):
                if facts.bearing.relation == "contradicts":
                    return [Hit(facts.facts[0][0], facts.source, hit.score)]
        return []

    def _words(self, hit: Hit) -> int:
        """Return how many words are quoted where a hit leads: a dispute brings its claim."""
        claims = self.claims.disputed_by(hit.passage)[:1]
        quoted = [hit.passage] if claims else lead_context(hit.passage, self.neighbours)
        return word_count([*quoted, *claims])


def _place(sentence: DraftSentence) -> int:
    """Return where a sentence comes: what the text holds, then what supports it, then more."""
    if sentence.part == "more":
        return 2
    return int(sentence.part == "sources" and sentence.relation == "supports")


def _said(hit: Hit) -> frozenset[str]:
    return frozenset(stems(attributed(hit.passage, hit.source)))


def _together(one: Hit, other: Hit) -> bool:
    """Say whether two hits stand in one paragraph, or among the notes on one source."""
    same = one.source.id == other.source.id
    return same and (
        one.source.wording == "note" or one.passage.context_start == other.passage.context_start
    )


def _standing(hit: Hit) -> float:
    """Return the score of a hit, higher in the main text."""
    return hit.score + (ESSAY_AHEAD if hit.source.voice == "main" else 0.0)


def choose(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that answer, best first, those of the main texts ahead of the notes."""
    best = max(hit.score for hit in hits)
    chosen: list[Hit] = []
    for voice, most in MAX_HITS.items():
        ranked = sorted(of_voice(hits, voice), key=lambda hit: -hit.score)[:most]
        floor = ranked[0].score - VOICE_MARGIN if ranked else 0.0
        if voice == "sources":
            floor = max(floor, best - NOTE_MARGIN)
        chosen += [hit for hit in ranked if hit.score >= floor]
    return sorted(chosen, key=_standing, reverse=True)
