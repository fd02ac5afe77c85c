"""A passage of a main text ↔ the sources that support, qualify or contradict it.

Each source of notes names the words of a main text that it bears on. Where a passage holds those
words, or a good part of them, the source bears on the passage.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.types import Corpus, Passage, Source

# A claim may run over the end of a passage: this much of it must stand inside.
OVERLAP = 0.5


class ClaimMap:
    """Where in the main texts the claims of the sources stand."""

    def __init__(self, corpus: Corpus, passages: Iterable[Passage]) -> None:
        """Find every claim in every main text, and the passages it stands in.

        A claim may stand in several places.
        """
        self._spans: dict[str, list[tuple[int, int, Source]]] = {}
        mains = [t for s, t in zip(corpus.sources, corpus.texts, strict=True) if s.voice == "main"]
        for source in corpus.sources:
            for text in mains:
                for start, end in _occurrences(text.body, source.claim):
                    self._spans.setdefault(text.source_id, []).append((start, end, source))
        self._passages: dict[str, tuple[Passage, ...]] = {}
        for passage in passages:
            for source in self.bearing_on(passage):
                self._passages[source.id] = (*self._passages.get(source.id, ()), passage)

    def claimed_by(self, source: Source) -> tuple[Passage, ...]:
        """Return the passages of the main texts that a source bears on, in their order."""
        return self._passages.get(source.id, ())

    def bearing_on(self, passage: Passage) -> tuple[Source, ...]:
        """Return the sources that bear on a passage of a main text, in the order of the corpus."""
        found = {
            source.id: source
            for start, end, source in self._spans.get(passage.source_id, [])
            if min(end, passage.end) - max(start, passage.start) >= OVERLAP * (end - start)
        }
        return tuple(found.values())


def _occurrences(body: str, claim: str | None) -> Iterator[tuple[int, int]]:
    if claim:
        pattern = r"\s+".join(map(re.escape, claim.split()))
        yield from (match.span() for match in re.finditer(pattern, body))
