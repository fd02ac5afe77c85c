"""Measures of the public question sets, so that figures can be compared with those of others."""

from eval.metrics.gold import meets, places_of, refused, shown
from eval.types import Gold, Observed


def evidence_cited_when_answered(seen: Observed) -> float | None:
    """Return whether an answer to a question with an answer cites one of its spans.

    None when it was refused.
    """
    if refused(seen) or seen.case.kind != "answerable":
        return None
    return float(any(_supporting(seen)))


def supporting_first(seen: Observed) -> float | None:
    """Return whether the first citation holds one of the spans; 0 when the question was refused."""
    return float(_supporting(seen)[:1] == [True]) if seen.case.kind == "answerable" else None


def supporting_first_when_answered(seen: Observed) -> float | None:
    """Return whether the first citation holds one of the spans.

    None when the question was refused.
    """
    return None if refused(seen) else supporting_first(seen)


def answer_rate(seen: Observed) -> float | None:
    """Return whether a question with an answer was answered, `partly` not counted."""
    return float(seen.answer.status == "answered") if seen.case.kind == "answerable" else None


def refusal_rate(seen: Observed) -> float | None:
    """Return whether a question without an answer was refused, `partly` counted."""
    return float(seen.answer.status != "answered") if seen.case.kind == "unanswerable" else None


def _supporting(seen: Observed) -> list[bool]:
    """Return, for each citation in the order shown, whether it holds a span."""
    any_span = Gold(tuple(span for item in seen.case.evidence for span in item.spans))
    places = places_of(shown(seen.answer))
    return [meets((place,), any_span) for place in places]
