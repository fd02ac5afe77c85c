"""What is told of the corpus itself: in place of what is found, decided and written."""

from collections.abc import Iterable

from rag.types import Decision, Draft, DraftSentence, Hit, Told


def told(
    sentences: Iterable[DraftSentence],
    *,
    notice: str | None = None,
    lacking: str | None = None,
    hits: tuple[Hit, ...] = (),
) -> Told:
    """Return an answer of these sentences, partly one where something is `lacking`."""
    decision = Decision("partly" if lacking else "answered", lacking, 1.0)
    return Told(hits, decision, Draft(tuple(sentences), notice=notice))


def not_told(reason: str, hits: tuple[Hit, ...] = ()) -> Told:
    """Return an answer that says why there is none."""
    return Told(hits, Decision("not_in_corpus", reason, 0.0), Draft(()))
