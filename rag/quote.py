"""Hits → a draft in the corpus' own words; needs no LLM, so it cannot make anything up.

One to three sentences of the voice that answers best, in the order of the text, then what the claim map brings: the notes
that support, qualify or contradict the sentences quoted, one a source, each marked with what it does and whose it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.index import voice_of
from ingest.types import Corpus, Relation, Source
from rag.claims import ClaimMap
from rag.types import Decision, Draft, DraftSentence, Hit, Quote

MAX_ANSWER = 3
MAX_SOURCES = 3
# A further sentence answers too if its score is at least this share of the best one's.
CLOSE = 0.5
# Disagreement first: it is what a reader must not miss.
ORDER: dict[Relation, int] = {"contradicts": 0, "qualifies": 1, "supports": 2, "context": 3, "essay": 4}
BRINGS: dict[Relation, str] = {
    "contradicts": "A source disagrees. ",
    "qualifies": "A source qualifies this. ",
    "supports": "A source supports this. ",
    "context": "For context. ",
    "essay": "",
}


@dataclass(frozen=True, slots=True)
class QuoteEngine:
    """Writes drafts by quoting."""

    corpus: Corpus
    claims: ClaimMap

    def __call__(self, question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        """Return the draft; an empty one if the corpus does not answer."""
        if decision.status == "not_in_corpus" or not hits:
            return Draft(())
        main = [hit for hit in hits if voice_of(hit.source) == "main"]
        sources = [hit for hit in hits if voice_of(hit.source) == "sources"]
        chosen = best_voice(main, sources)
        answer = self._answer(chosen)
        brought = self._brought(chosen, sources) if chosen and voice_of(chosen[0].source) == "main" else []
        return Draft((*answer, *brought))

    def _answer(self, chosen: Sequence[Hit]) -> list[DraftSentence]:
        """Return the chosen hits in the order of the text, the speaker named where the speaker changes."""
        order = {source.id: i for i, source in enumerate(self.corpus.sources)}
        ordered = sorted(chosen, key=lambda hit: (order[hit.source.id], hit.passage.start))
        sentences: list[DraftSentence] = []
        speaker = None
        for hit in ordered:
            lead = "" if hit.source.id == speaker else f"{speaks(hit.source, self.corpus)}: "
            sentences.append(DraftSentence(None, (Quote.whole(hit.passage),), lead, hit.source.relation))
            speaker = hit.source.id
        return sentences

    def _brought(self, chosen: Sequence[Hit], sources: Sequence[Hit]) -> list[DraftSentence]:
        """Return the best note of each source that bears on a chosen sentence: disagreement first, then by score."""
        bearing = {source.id for hit in chosen for source in self.claims.bearing_on(hit.passage)}
        best: dict[str, Hit] = {}
        for hit in sources:
            if hit.source.id in bearing:
                best.setdefault(hit.source.id, hit)
        ranked = sorted(best.values(), key=lambda hit: (ORDER[hit.source.relation], -hit.score))
        return [self._note(hit) for hit in ranked[:MAX_SOURCES]]

    def _note(self, hit: Hit) -> DraftSentence:
        lead = f"{BRINGS[hit.source.relation]}{speaks(hit.source, self.corpus)}: "
        return DraftSentence(None, (Quote.whole(hit.passage),), lead, hit.source.relation)


def best_voice(main: Sequence[Hit], sources: Sequence[Hit]) -> list[Hit]:
    """Return the hits that answer: of the main texts, unless a note scores higher than every sentence of theirs."""
    voice = sources if sources and (not main or sources[0].score > main[0].score) else main
    return [hit for hit in voice[:MAX_ANSWER] if hit.score >= CLOSE * voice[0].score]


def speaks(source: Source, corpus: Corpus) -> str:
    """Return who speaks: the essay by that name, a note as a note."""
    if source.wording == "note":
        return f"Note on {source.publisher or source.title}" + (f" ({source.date})" if source.date else "")
    mains = [s for s in corpus.sources if s.relation == "essay"]
    return "The essay says" if len(mains) == 1 else f"“{source.title}” says"


def listed(names: Iterable[str]) -> str:
    """Return names as a list in words: "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
