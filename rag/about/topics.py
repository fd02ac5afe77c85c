"""A topic → the passages that mention it, the best first, each quoted: "What does the essay say about Iran?".

Found by their words, so that the list is what it says it is, and ranked by the search.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.voices import short_name
from rag.about.request import Request
from rag.language.facts import canonical
from rag.quote.engine import DISAGREE, QuoteEngine
from rag.search.keywords import stems, stems_of
from rag.types import Decision, Draft, DraftSentence, Hit, Told

CUT = "More passages mention “{topic}”; these come closest."
# A list is longer than an answer (four hits of a voice), yet short enough to read: of the voice
# asked, of the other one.
LISTED, OTHERS = 6, 2
OF_ONE_SOURCE = 2  # so that a source with many notes does not crowd out the others
DEMONYM = ("n", "an", "ian", "i", "ish")  # Iran: Iranian; Russia: Russian; Israel: Israeli
NOT_RANKED = (
    -12.0
)  # the logit of a passage that mentions the topic and that the search did not bring


@dataclass(frozen=True, slots=True)
class Topics:
    """Lists what one corpus says about a topic; `search` ranks passages."""

    engine: QuoteEngine
    search: Callable[[str], tuple[Hit, ...]]

    def __call__(self, request: Request) -> Told | None:
        """Return the list; None where the voice that was asked does not mention the topic."""
        hits = self._mentioning(request)
        if request.asked == "sources_on":
            hits = spread(hits, 1)
        main = [hit for hit in hits if hit.source.voice == "main"]
        notes = [hit for hit in hits if hit.source.voice == "sources"]
        if request.voices == "sources" and self._has_notes():
            return self._told(request, [], spread(notes, OF_ONE_SOURCE)[:LISTED], notes)
        others = notes if request.voices == "both" else self._disagreeing(main[:LISTED], notes)
        return self._told(request, main[:LISTED], spread(others, 1)[:OTHERS], main)

    def _mentioning(self, request: Request) -> list[Hit]:
        """Return the passages that hold every word of the topic, best first.

        One for a source counts its title too.
        """
        corpus, passages = self.engine.corpus, self.engine.neighbours.passages
        titles = {
            source.id: source.title if request.asked == "sources_on" else ""
            for source in corpus.sources
        }
        held = stems_of([f"{p.text} {canonical(p.text)} {titles[p.source_id]}" for p in passages])
        wanted = (stems(request.topic), stems(canonical(request.topic)))
        found = [
            p
            for p, words in zip(passages, held, strict=True)
            if any(mentions(words, topic) for topic in wanted)
        ]
        ranked = {hit.passage: hit for hit in self.search(request.topic)} if found else {}
        hits = [ranked.get(p) or Hit(p, corpus.source(p.source_id), NOT_RANKED) for p in found]
        return sorted(hits, key=lambda hit: -hit.score)

    def _disagreeing(self, main: Iterable[Hit], notes: Iterable[Hit]) -> list[Hit]:
        """Return the notes that mention the topic and dispute a passage that is listed, nearest to its words first."""
        bearing = {
            source.id for hit in main for source in self.engine.claims.bearing_on(hit.passage)
        }
        disagree = [
            note for note in notes if note.source.id in bearing and note.source.relation in DISAGREE
        ]
        return sorted(
            disagree,
            key=lambda note: (
                -_shared(note.passage.text, note.source.claim or ""),
                note.passage.start,
            ),
        )

    def _told(
        self, request: Request, main: Sequence[Hit], notes: Sequence[Hit], asked: Sequence[Hit]
    ) -> Told | None:
        """Return the quotes of these hits, out of all those that were `asked` for.

        None if there were none.
        """
        if not asked:
            return None
        shown = (*main, *notes)
        sentences = self.engine.quote(main, notes, shown, notes_first=not main)
        if request.asked == "sources_on":
            sentences = (_named(request.topic, asked), *sentences)
        notice = None if {*asked} <= {*shown} else CUT.format(topic=request.topic)
        return Told(shown, Decision("answered", None, 1.0), Draft(sentences, notice=notice))

    def _has_notes(self) -> bool:
        return any(source.voice == "sources" for source in self.engine.corpus.sources)


def mentions(words: Iterable[str], topic: Sequence[str]) -> bool:
    """Say whether stems hold every stem of a topic, as it is or as the adjective of a name."""
    held = set(words)
    return bool(topic) and all(
        not held.isdisjoint((one, *(one + ending for ending in DEMONYM))) for one in topic
    )


def spread(hits: Iterable[Hit], most: int) -> list[Hit]:
    """Return the hits without those that come after `most` of the same source."""
    kept: list[Hit] = []
    for hit in hits:
        if sum(other.source.id == hit.source.id for other in kept) < most:
            kept.append(hit)
    return kept


def _shared(text: str, claim: str) -> int:
    words = stems(text)
    return sum(mentions(words, [word]) for word in set(stems(claim)))


def _named(topic: str, hits: Iterable[Hit]) -> DraftSentence:
    sources = [hit.source for hit in hits]
    names = [short_name(s).strip("“”") if s.voice != "main" else s.title for s in sources]
    dates = [s.date or "" for s in sources]
    listed = "; ".join(
        f"{name} ({date})" if date else name for name, date in zip(names, dates, strict=True)
    )
    return DraftSentence(
        f"Sources that mention “{topic}”: {listed}.", (), stated=(*names, *filter(None, dates))
    )
