"""Hits → a draft in the corpus' own words; needs no LLM, so it cannot make anything up.

An answer has three parts. The *lead* quotes the one or two passages that answer. *Sources* are the
facts that bear on what the lead quotes. *More* is what else the texts say on the question. How they
are put together, disagreement by construction, is in `rag.quote.writing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.claims import ClaimMap
from ingest.neighbours import Neighbours
from ingest.types import Corpus, Voice
from rag.quote.writing import LEAD_WORDS, Writing, lead_context, word_count
from rag.types import Decision, Draft, DraftSentence, Hit, of_voice

# How many hits of a voice are quoted, and how far below the best of its voice one may score (in
# logits); a note no more than so far below the best of both, for the essay answers and notes
# comment. Chosen on the development half and on `eval/training/data/gold.jsonl`.
MAX_HITS: dict[Voice, int] = {"main": 8, "sources": 4}
VOICE_MARGIN = 8.0
NOTE_MARGIN = 12.0
# A note must score this much higher than any sentence of the main text to speak first.
SPEAKS_FIRST = 2.0
LEAD_QUOTES = 2
LEAD_MARGIN = 5.0  # logits below the best hit from which a second one no longer leads


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
        scores = {hit.passage: hit.score for hit in hits}
        writing = Writing(self.corpus, self.claims, self.neighbours, scores)
        writing.add(lead, "lead")
        writing.add(more, "more")
        return Draft(tuple(sorted(writing.sentences, key=_place)))

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
        return word_count(lead_context(hit.passage, self.neighbours))


def _place(sentence: DraftSentence) -> int:
    """Return where a sentence comes: what the text holds, then what supports it, then more."""
    if sentence.part == "more":
        return 2
    return int(sentence.part == "sources" and sentence.relation == "supports")


def choose(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that answer, of the main texts and of the sources, each best first."""
    best = max(hit.score for hit in hits)
    chosen = []
    for voice, most in MAX_HITS.items():
        ranked = sorted(of_voice(hits, voice), key=lambda hit: -hit.score)[:most]
        floor = ranked[0].score - VOICE_MARGIN if ranked else 0.0
        if voice == "sources":
            floor = max(floor, best - NOTE_MARGIN)
        chosen.append([hit for hit in ranked if hit.score >= floor])
    return chosen[0], chosen[1]
