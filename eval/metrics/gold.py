"""What an answer cites, and when a citation or a passage counts as the gold evidence.

A span satisfies gold words when it holds at least half of their characters, in the same text. An
item of gold is met when one of its spans (the author's choice or an alternative) is satisfied by
one citation: several crumbs do not add up.
"""

from collections.abc import Iterable, Sequence

from eval.types import Gold, Observed
from ingest.types import VOICES, Corpus, Passage, Place, Voice
from rag.types import Answer, Citation, Hit, Sentence, of_voice


def holds(place: Place, gold: Place) -> bool:
    """Say whether `place` holds at least half of the characters of the gold words.

    >>> holds(Place("essay", 15, 30), Place("essay", 10, 20))
    True
    >>> holds(Place("essay", 16, 30), Place("essay", 10, 20))
    False
    """
    overlap = min(place.end, gold.end) - max(place.start, gold.start)
    return place.source_id == gold.source_id and 2 * overlap >= gold.end - gold.start


def meets(places: Iterable[Place], item: Gold) -> bool:
    """Say whether one of the places holds one of the spans of the item."""
    return any(holds(place, span) for place in places for span in item.spans)


def places_of(citations: Iterable[Citation]) -> tuple[Place, ...]:
    """Return where the citations stand."""
    return tuple(Place(c.source.id, c.start, c.end) for c in citations)


def place_of(passage: Passage) -> Place:
    """Return where a passage stands."""
    return Place(passage.source_id, passage.start, passage.end)


def shown(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that the reader sees as the answer: none when it was refused."""
    return () if answer.status == "not_in_corpus" else answer.citations


def share_met(seen: Observed) -> float | None:
    """Return the share of the items of gold that the answer cites; None for a case without gold."""
    places = places_of(shown(seen.answer))
    return share([meets(places, item) for item in seen.case.evidence])


def voices_met(seen: Observed) -> set[Voice]:
    """Return the voices whose gold words the answer cites."""
    places = places_of(shown(seen.answer))
    spans = [span for item in seen.case.evidence for span in item.spans]
    cited = [span.source_id for span in spans if meets(places, Gold((span,)))]
    return {seen.corpus.source(source_id).voice for source_id in cited}


def cited_by(sentence: Sentence, answer: Answer) -> tuple[Citation, ...]:
    """Return the citations of a sentence."""
    return answer.cited_by([sentence])


def cited_words(sentence: Sentence, seen: Observed) -> str:
    """Return the words of the texts that a sentence cites, whatever its quotes show."""
    return " ".join(words_at(c, seen) or "" for c in cited_by(sentence, seen.answer))


def words_at(citation: Citation, seen: Observed) -> str | None:
    """Return the words of the text at the offsets of a citation, None of a source that is none."""
    try:
        return seen.corpus.body(citation.source.id)[citation.start : citation.end]
    except KeyError:
        return None


def best_rank(item: Gold, hits: Sequence[Hit], corpus: Corpus) -> tuple[Voice, int | None]:
    """Return the voice, and the rank within it (from 1), of the first hit that holds the item.

    The voices are ranked apart, so the better of the two ranks counts. (voice of the first span,
    None) if no hit does.
    """
    ranks: list[tuple[int, Voice]] = []
    for voice in VOICES:
        passages = [hit.passage for hit in of_voice(hits, voice)]
        rank = _first_rank(item, passages)
        if rank is not None:
            ranks.append((rank, voice))
    if not ranks:
        return corpus.source(item.spans[0].source_id).voice, None
    rank, voice = min(ranks, key=lambda ranked: ranked[0])
    return voice, rank


def _first_rank(item: Gold, passages: Sequence[Passage]) -> int | None:
    for rank, passage in enumerate(passages, 1):
        if meets((place_of(passage),), item):
            return rank
    return None


def refused(seen: Observed) -> bool:
    """Say whether the question was refused."""
    return seen.answer.status == "not_in_corpus"


def share(truths: Sequence[bool]) -> float | None:
    """Return the share of the truths that hold; None of none."""
    return sum(truths) / len(truths) if truths else None
