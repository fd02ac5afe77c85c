"""A topic → the passages that mention it, the best first, each quoted.

"What does the essay say about Iran?" They are found by their words, so that the list is what it
says it is, and ranked by the search.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.types import Passage
from ingest.voices import short_name
from rag.about.request import Request
from rag.about.told import told
from rag.language.words import canonical, stems
from rag.quote.engine import QuoteEngine
from rag.types import DraftSentence, Hit, Told, of_voice

SILENT = "No source of the corpus mentions “{topic}”; the text does."
NO_SOURCES = "The corpus has no notes on sources; this is what the text itself says."
CUT = "More passages mention “{topic}”; these come closest."
# Hits of the voice that is asked, and of the other one: more than in an answer, yet short enough to
# read.
LISTED, OTHERS = 6, 2
LEADING = 3  # of these lead, each with what disputes it
NAMED = 12  # sources quoted where it is asked which deal with a topic
# So that a source with many notes does not crowd out the others.
OF_ONE_SOURCE = 2
# Iran: Iranian; Russia: Russian; Israel: Israeli.
DEMONYM = ("n", "an", "ian", "i", "ish")
# The logit of a passage that mentions the topic and that the search did not bring.
NOT_RANKED = -12.0


@dataclass(frozen=True, slots=True)
class Topics:
    """Lists what one corpus says about a topic; `search` ranks passages."""

    engine: QuoteEngine
    search: Callable[[str], tuple[Hit, ...]]

    def __call__(self, request: Request) -> Told | None:
        """Return the list; None where the voice that was asked does not mention the topic."""
        hits = self._mentioning(request)
        main, notes = of_voice(hits, "main"), of_voice(hits, "sources")
        if (request.sources or request.asked == "sources_on") and not notes and main:
            reason = self._silent(request.topic)
            if reason:
                silent = replace(request, asked="topic")
                return self._told(silent, main[:LISTED], (), main, lacking=reason)
        if request.asked == "sources_on":
            sources = spread(notes if self._has_notes() else main, 1)
            return self._told(request, [], sources[:NAMED], sources)
        if request.sources and self._has_notes():
            return self._told(request, [], spread(notes, OF_ONE_SOURCE)[:LISTED], notes)
        return self._told(request, main[:LISTED], spread(notes, 1)[:OTHERS], main)

    def _mentioning(self, request: Request) -> list[Hit]:
        """Return the passages that hold every word of the topic, best first.

        Where it is asked which sources deal with it, its rarest word and half of all are enough,
        and a source's title counts too.
        """
        corpus, passages = self.engine.corpus, self.engine.neighbours.passages
        deals = request.asked == "sources_on"
        held: dict[Passage, list[str]] = {}
        for passage in passages:
            title = corpus.source(passage.source_id).title if deals else ""
            held[passage] = stems(f"{passage.text} {canonical(passage.text)} {title}")
        topics = [stems(request.topic), stems(canonical(request.topic))]
        enough = [(_rarest(topic, held.values()) if deals else topic, topic) for topic in topics]
        hits = {
            passage: Hit(passage, corpus.source(passage.source_id), NOT_RANKED)
            for passage, words in held.items()
            if any(mentions(words, most) and _half(words, topic) for most, topic in enough)
        }
        for hit in self.search(request.topic):
            if hit.passage in hits:
                hits[hit.passage] = hit
        return sorted(hits.values(), key=lambda hit: -hit.score)

    def _told(
        self,
        request: Request,
        main: Sequence[Hit],
        notes: Sequence[Hit],
        asked: Sequence[Hit],
        *,
        lacking: str | None = None,
    ) -> Told | None:
        """Return the quotes of these hits, out of all that were `asked` for; None if none were."""
        if not asked:
            return None
        shown = (*main, *notes)
        leading = NAMED if request.asked == "sources_on" else LEADING
        lead, more = shown[:leading], shown[leading:]
        sentences = self.engine.compose(lead, more, shown).sentences
        if request.asked == "sources_on":
            sentences = (_named(request.topic, asked), *sentences)
        notice = None if {*asked} <= {*shown} else CUT.format(topic=request.topic)
        return told(sentences, notice=notice, lacking=lacking, hits=shown)

    def _silent(self, topic: str) -> str | None:
        """Return why no source speaks of a topic; None where texts are each other's sources."""
        if self._has_notes():
            return SILENT.format(topic=topic)
        return NO_SOURCES if len(self.engine.corpus.mains) == 1 else None

    def _has_notes(self) -> bool:
        return any(source.voice == "sources" for source in self.engine.corpus.sources)


def mentions(words: Iterable[str], topic: Sequence[str]) -> bool:
    """Say whether stems hold every stem of a topic, as it is or as the adjective of a name.

    >>> mentions(["iranian", "militia"], ["iran"])
    True
    """
    held = set(words)
    return bool(topic) and all(
        stem in held or any(f"{stem}{ending}" in held for ending in DEMONYM) for stem in topic
    )


def _half(words: Iterable[str], topic: Sequence[str]) -> bool:
    """Say whether stems hold half of those of a topic."""
    return 2 * sum(mentions(words, [stem]) for stem in topic) >= len(topic)


def _rarest(topic: Sequence[str], texts: Collection[Iterable[str]]) -> list[str]:
    """Return the stem of a topic that the fewest of these texts have, if any has one."""
    counts = {stem: sum(mentions(words, [stem]) for words in texts) for stem in topic}
    there = [stem for stem in topic if counts[stem]]
    return [min(there, key=counts.__getitem__)] if there else []


def spread(hits: Iterable[Hit], most: int) -> list[Hit]:
    """Return the hits without those that come after `most` of the same source."""
    kept: list[Hit] = []
    for hit in hits:
        if sum(other.source.id == hit.source.id for other in kept) < most:
            kept.append(hit)
    return kept


def _named(topic: str, hits: Iterable[Hit]) -> DraftSentence:
    """Return the sentence that names the sources of hits, with their dates."""
    names, dates, listed = [], [], []
    for source in (hit.source for hit in hits):
        main = source.voice == "main"
        name = source.title if main else short_name(source).strip("“”")
        names.append(name)
        if source.date:
            dates.append(source.date)
        listed.append(f"{name} ({source.date})" if source.date else name)
    words = f"Sources that mention “{topic}”: {'; '.join(listed)}."
    return DraftSentence(words, (), stated=(*names, *dates))
