"""What stands beside a passage.

That is the passage before or after it in its paragraph, or among the notes on its source.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.types import Corpus, Passage


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The passages of a corpus in the order of their texts.

    `position` is where a passage stands among them; `notes` are the ids of sources of notes.
    """

    passages: tuple[Passage, ...]
    position: dict[Passage, int]
    notes: frozenset[str]
    by_source: dict[str, tuple[Passage, ...]]

    def within(self, source_id: str, start: int, end: int) -> list[Passage]:
        """Return the passages that stand wholly between two characters of a text."""
        passages = self.by_source.get(source_id, ())
        return [one for one in passages if start <= one.start and one.end <= end]

    def before(self, passage: Passage) -> Passage | None:
        """Return the passage before this one: in the same paragraph, or of the same notes.

        None if there is none.
        """
        return self._beside(passage, -1)

    def after(self, passage: Passage) -> Passage | None:
        """Return the passage after this one, as `before` does."""
        return self._beside(passage, +1)

    def _beside(self, passage: Passage, step: int) -> Passage | None:
        position = self.position[passage] + step
        if not 0 <= position < len(self.passages):
            return None
        other = self.passages[position]
        return other if self._together(passage, other) else None

    def _together(self, one: Passage, other: Passage) -> bool:
        if one.source_id != other.source_id:
            return False
        paragraph = (one.context_start, one.context_end)
        other_paragraph = (other.context_start, other.context_end)
        return paragraph == other_paragraph or one.source_id in self.notes


def read_neighbours(corpus: Corpus, passages: Iterable[Passage]) -> Neighbours:
    """Return the neighbours among passages that come in the order of their texts."""
    ordered = tuple(passages)
    position = {passage: index for index, passage in enumerate(ordered)}
    notes = frozenset(source.id for source in corpus.sources if source.wording == "note")
    by_source: dict[str, list[Passage]] = {}
    for passage in ordered:
        by_source.setdefault(passage.source_id, []).append(passage)
    grouped = {source_id: tuple(own) for source_id, own in by_source.items()}
    return Neighbours(ordered, position, notes, grouped)
