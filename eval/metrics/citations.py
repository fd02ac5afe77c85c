"""Are the right words cited: measures of an answer against the gold evidence of its case.

Citation recall and precision follow ALCE (Gao et al. 2023, https://arxiv.org/abs/2305.14627),
counted by gold spans.
"""

from collections.abc import Iterable

from eval.metrics.answers import held
from eval.metrics.gold import cited_by, meets, places_of, refused, share, share_met, voices_met
from eval.types import ANSWERABLE, Gold, Observed, Place

FACTS = ("essay_fact", "source_fact")
LEAD_WORDS = 60


def evidence_cited(seen: Observed) -> float | None:
    """Return whether an essay or source question got an answer that cites all its gold words."""
    return _all_met(seen, "essay_fact", "essay_reason", "source_fact")


def follow_ups_resolved(seen: Observed) -> float | None:
    """Return whether a follow-up got an answer that cites all its gold words."""
    return _all_met(seen, "follow_up")


def _all_met(seen: Observed, *kinds: str) -> float | None:
    return float(share_met(seen) == 1.0) if seen.case.kind in kinds else None


def both_voices(seen: Observed) -> float | None:
    """Return whether the gold of the main text and of a source that disagrees are both cited."""
    return float(len(voices_met(seen)) == 2) if seen.case.kind == "disagreement" else None


def citation_recall(seen: Observed) -> float | None:
    """Return the share of the items of gold that a sentence cites which its citations hold (ALCE).

    None for a case without gold.
    """
    answer = seen.answer
    spoken = () if refused(seen) else answer.sentences
    sentences = [sentence for sentence in spoken if held(sentence, seen)]
    cited = [places_of(cited_by(sentence, answer)) for sentence in sentences]
    return share([_met_by_one(item, cited) for item in seen.case.evidence])


def _met_by_one(item: Gold, cited: Iterable[Iterable[Place]]) -> bool:
    return any(meets(places, item) for places in cited)


def citation_precision(seen: Observed) -> float | None:
    """Return the share of what the text of an answer cites that holds gold words (ALCE).

    None when nothing is cited.
    """
    items = seen.case.evidence
    if not items or refused(seen):
        return None
    cited = seen.answer.cited_by(seen.answer.shown)
    return share([_holds_gold(place, items) for place in places_of(cited)])


def _holds_gold(place: Place, items: Iterable[Gold]) -> bool:
    return any(meets((place,), item) for item in items)


def citations_shown(seen: Observed) -> float | None:
    """Return how many citations stand in the text of an answer: the lead and what disputes it.

    None for a question without an answer, and when it was refused.
    """
    if seen.case.kind not in ANSWERABLE or refused(seen):
        return None
    return float(len(seen.answer.cited_by(seen.answer.shown)))


def words_shown(seen: Observed) -> float | None:
    """Return how many words the text of an answer to a question of fact has."""
    if seen.case.kind not in FACTS or refused(seen):
        return None
    return float(len(seen.answer.text.split()))


def lead_answers(seen: Observed) -> float | None:
    """Return whether a question of fact has its gold words in a lead of at most 60 words."""
    if seen.case.kind not in FACTS:
        return None
    lead = [s for s in seen.answer.sentences if s.part == "lead" and not refused(seen)]
    places = [place for s in lead for place in places_of(cited_by(s, seen.answer))]
    words = sum(len(sentence.text.split()) for sentence in lead)
    return float(words <= LEAD_WORDS and all(meets(places, item) for item in seen.case.evidence))
