"""Are the right words cited: measures of an answer against the gold evidence of its case.

Citation recall and precision follow ALCE (Gao et al. 2023, https://arxiv.org/abs/2305.14627),
counted by gold spans.
"""

from collections.abc import Iterable

from eval.metrics.answers import held
from eval.metrics.gold import cited_by, meets, places_of, refused, share, share_met, voices_met
from eval.types import ANSWERABLE, Gold, Kind, Observed
from ingest.types import Place
from rag.types import Answer, Sentence

FACTS = ("essay_fact", "source_fact")
LEAD_WORDS = 60
SUMMARY_SHARE = 0.5


def evidence_cited(seen: Observed) -> float | None:
    """Return whether an essay or source question got an answer that cites all its gold words."""
    return _all_met(seen, "essay_fact", "essay_reason", "source_fact")


def follow_ups_resolved(seen: Observed) -> float | None:
    """Return whether a follow-up got an answer that cites all its gold words."""
    return _all_met(seen, "follow_up")


def _all_met(seen: Observed, *kinds: str) -> float | None:
    return float(share_met(seen) == 1.0) if seen.case.kind in kinds else None


def independent_answered(seen: Observed) -> float | None:
    """Return whether a question after an unrelated one got an answer that cites its gold words."""
    return _all_met(seen, "independent")


def same_alone(seen: Observed) -> float | None:
    """Return whether an independent question got the answer that it gets without the history."""
    if seen.case.kind != "independent":
        return None
    return float(seen.alone is not None and _said(seen.answer) == _said(seen.alone))


def _said(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.reason, answer.sentences, answer.citations


def disputes_shown(seen: Observed) -> float | None:
    """Return whether the text of an answer cites the gold of a source that disagrees."""
    if seen.case.kind != "disagreement":
        return None
    corpus, places = seen.corpus, _places_shown(seen)
    items = [
        item
        for item in seen.case.evidence
        if corpus.source(item.spans[0].source_id).voice == "sources"
    ]
    return float(all(meets(places, item) for item in items))


def summary_right(seen: Observed) -> float | None:
    """Return whether the text of a broad answer rests on half of the points of its gold."""
    met = _share_shown(seen, "summary")
    return None if met is None else float(met >= SUMMARY_SHARE)


def map_right(seen: Observed) -> float | None:
    """Return whether the text of an answer from the claim map cites every source of its gold."""
    return _all_shown(seen, "map")


def list_right(seen: Observed) -> float | None:
    """Return whether the text of an answer cites every thing that a list asks for."""
    return _all_shown(seen, "list")


def compare_right(seen: Observed) -> float | None:
    """Return whether the text of an answer cites each side of a comparison."""
    return _all_shown(seen, "compare")


def yes_no_right(seen: Observed) -> float | None:
    """Return whether the text of an answer cites the words that decide a yes or a no."""
    return _all_shown(seen, "yes_no")


def _all_shown(seen: Observed, kind: Kind) -> float | None:
    met = _share_shown(seen, kind)
    return None if met is None else float(met == 1.0)


def _share_shown(seen: Observed, kind: Kind) -> float | None:
    """Return the share of the items of gold that the text of an answer cites."""
    if seen.case.kind != kind:
        return None
    places = _places_shown(seen)
    return share([meets(places, item) for item in seen.case.evidence])


def _places_shown(seen: Observed) -> tuple[Place, ...]:
    """Return what the text of an answer cites: nothing where it was refused."""
    return () if refused(seen) else places_of(seen.answer.cited_by(seen.answer.shown))


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
    return _precision(_places_shown(seen), seen)


def lead_precision(seen: Observed) -> float | None:
    """Return the share of what the lead of an answer cites that holds gold words.

    What disputes the lead is shown whatever was asked, so it is left out here.
    """
    return _precision(places_of(seen.answer.cited_by(_lead(seen))), seen)


def _precision(places: Iterable[Place], seen: Observed) -> float | None:
    """Return the share of places that hold gold words, None without gold or after a refusal."""
    items = seen.case.evidence
    if not items or refused(seen):
        return None
    return share([_holds_gold(place, items) for place in places])


def _lead(seen: Observed) -> list[Sentence]:
    return [sentence for sentence in seen.answer.sentences if sentence.part == "lead"]


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
    lead = [] if refused(seen) else _lead(seen)
    places = places_of(seen.answer.cited_by(lead))
    words = sum(len(sentence.text.split()) for sentence in lead)
    return float(words <= LEAD_WORDS and all(meets(places, item) for item in seen.case.evidence))
