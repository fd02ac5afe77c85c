"""What stands beside a passage: before and after it in its paragraph, or among the notes on its source."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.types import Corpus, Passage


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The passages of a corpus in the order of their texts, to find what stands beside a passage."""

    passages: tuple[Passage, ...]
    position: dict[Passage, int]
    notes: frozenset[str]

    def before(self, passage: Passage) -> Passage | None:
        """Return the passage before this one: in the same paragraph, or of the same notes.

        None if there is none.
        """
        return self._beside(passage, -1)

    def after(self, passage: Passage) -> Passage | None:
        """Return the passage after this one, as `before` does."""
        return self._beside(passage, +1)

    def _beside(self, passage: Passage, step: int) -> Passage | None:
        at = self.position[passage] + step
        if not 0 <= at < len(self.passages):
            return None
        other = self.passages[at]
        return other if self._together(passage, other) else None

    def _together(self, one: Passage, other: Passage) -> bool:
        if one.source_id != other.source_id:
            return False
        same_paragraph = (one.context_start, one.context_end) == (
            other.context_start,
            other.context_end,
        )
        return same_paragraph or one.source_id in self.notes


def read_neighbours(corpus: Corpus, passages: Iterable[Passage]) -> Neighbours:
    """Return the neighbours among passages that come in the order of their texts."""
    ordered = tuple(passages)
    notes = frozenset(source.id for source in corpus.sources if source.wording == "note")
    return Neighbours(ordered, {passage: i for i, passage in enumerate(ordered)}, notes)
