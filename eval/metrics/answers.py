"""What an answer is worth: pure functions of what was observed → a number, or None where the metric does not apply.

Citation recall and precision follow ALCE (Gao et al. 2023, https://arxiv.org/abs/2305.14627),
counted by gold spans. None of these functions asks the verifier that checks answers at run time.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from eval.metrics import abstention as stop
from eval.metrics.gold import (
    cited_by,
    meets,
    places_of,
    refused,
    share,
    share_met,
    shown,
    voices_met,
)
from eval.metrics.judge import LEXICAL_THRESHOLD, Judge, lexical_support
from eval.metrics.ranking import ndcg, recall_at
from eval.metrics.stats import Rows, area_under_risk_coverage
from eval.types import ANSWERABLE, Measure, Observed
from ingest.types import Corpus
from rag.types import Citation, Sentence

JUDGED = "judged_supported"
ELLIPSIS = re.compile(r"\s*(?:\[…\]|\[\.\.\.\]|…|\.\.\.)\s*")


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure, its meaning in a line, and whether a value short of the best fails the case."""

    name: str
    measure: Measure
    meaning: str
    decides: bool = False
    lower_is_better: bool = False
    of_retriever: bool = False

    def fails(self, value: float) -> bool:
        """Say whether this value fails its case."""
        return self.decides and value != (0.0 if self.lower_is_better else 1.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure that is no mean of its cases: a row of each case, and a statistic of all rows."""

    name: str
    row: Callable[[Observed], tuple[float, float] | None]
    statistic: Callable[[Rows], float]
    meaning: str
    lower_is_better: bool = False


def completed(seen: Observed) -> float:
    """Return 0 for a case that raised."""
    return float(seen.error is None)


def evidence_cited(seen: Observed) -> float | None:
    """Return whether an essay or source question got an answer that cites all its gold words."""
    return _all_met(seen, "essay_fact", "essay_reason", "source_fact")


def follow_ups_resolved(seen: Observed) -> float | None:
    """Return whether a follow-up got an answer that cites all its gold words."""
    return _all_met(seen, "follow_up")


def both_voices(seen: Observed) -> float | None:
    """Return whether the gold words of the main text and of a source that disagrees are both cited."""
    return float(len(voices_met(seen)) == 2) if seen.case.kind == "disagreement" else None


def says_right(seen: Observed) -> float | None:
    """Return whether the spoken words match every `says`, and nothing that is shown matches a `never_says`."""
    case, answer = seen.case, seen.answer
    if not (case.says or case.never_says):
        return None
    spoken = "" if refused(seen) else " ".join(f"{s.lead}{s.text}" for s in answer.sentences)
    told = all(re.search(pattern, spoken, re.IGNORECASE) for pattern in case.says)
    return float(
        told
        and not any(re.search(pattern, answer.text, re.IGNORECASE) for pattern in case.never_says)
    )


def quotes_exact(seen: Observed) -> float | None:
    """Return the share of quotes, nearest passages included, that equal the text at their offsets."""
    return share([_in_text(c, seen) == c.quote for c in _all_citations(seen)])


def quotes_whole(seen: Observed) -> float | None:
    """Return the share of quotes that begin and end between words, not inside one."""
    return share([_whole(c, seen) for c in _all_citations(seen)])


def voices_true(seen: Observed) -> float | None:
    """Return the share of quotes and quoted sentences that are shown as what they are.

    A citation carries its source as the corpus has it (a note is a note); a quoted sentence has the
    relation of one of its sources, so that a source that disagrees is never shown as the essay's
    own voice.
    """
    known = {source.id: source for source in seen.corpus.sources}
    quotes = [known.get(c.source.id) == c.source for c in _all_citations(seen)]
    quoted = [s for s in seen.answer.sentences if s.verdict == "quoted" and s.citations]
    relations = [
        s.relation
        in {known[c.source.id].relation for c in cited_by(s, seen.answer) if c.source.id in known}
        for s in quoted
    ]
    return share([*quotes, *relations])


def sentences_held(seen: Observed) -> float | None:
    """Return the share of the sentences whose own cited set holds them.

    Quoted words must stand in it letter for letter; of a written sentence every number and half the
    content words.
    """
    return share([_held(s, seen) for s in seen.answer.sentences])


def citation_recall(seen: Observed) -> float | None:
    """Return the share of the items of gold that are cited by a sentence which its own cited set holds (ALCE)."""
    items = seen.case.evidence
    if not items:
        return None
    held = [s for s in seen.answer.sentences if not refused(seen) and _held(s, seen)]
    places = [places_of(cited_by(s, seen.answer)) for s in held]
    return share([any(meets(own, item) for own in places) for item in items])


def citation_precision(seen: Observed) -> float | None:
    """Return the share of the citations that hold gold words (ALCE); None when nothing is cited."""
    if not seen.case.evidence:
        return None
    return share(
        [
            any(meets((place,), item) for item in seen.case.evidence)
            for place in places_of(shown(seen.answer))
        ]
    )


def citations_shown(seen: Observed) -> float | None:
    """Return how many citations an answer to a question with an answer has.

    None when it was refused.
    """
    return (
        None
        if seen.case.kind not in ANSWERABLE or refused(seen)
        else float(len(seen.answer.citations))
    )


def judged(judge: Judge) -> Metric:
    """Return the metric: share of the sentences of an answer that an independent judge finds supported by what they cite."""

    def supported(seen: Observed) -> float | None:
        sentences = [s for s in seen.answer.sentences if s.citations]
        evidence = [_cited_words(s, seen) for s in sentences]
        scores = judge.score(evidence, [s.text for s in sentences]) if sentences else []
        return share([score >= judge.threshold for score in scores])

    return Metric(JUDGED, supported, f"sentences that the judge ({judge.name}) finds supported")


def _all_met(seen: Observed, *kinds: str) -> float | None:
    return float(share_met(seen) == 1.0) if seen.case.kind in kinds else None


def _all_citations(seen: Observed) -> tuple[Citation, ...]:
    return (*seen.answer.citations, *seen.answer.nearest)


def _in_text(citation: Citation, seen: Observed) -> str | None:
    try:
        return seen.corpus.body(citation.source.id)[citation.start : citation.end]
    except KeyError:
        return None


def _whole(citation: Citation, seen: Observed) -> bool:
    if _in_text(citation, seen) is None:
        return False
    body = seen.corpus.body(citation.source.id)
    return not any(
        0 < at < len(body) and body[at - 1].isalnum() and body[at].isalnum()
        for at in (citation.start, citation.end)
    )


def _cited_words(sentence: Sentence, seen: Observed) -> str:
    return " ".join(_in_text(c, seen) or "" for c in cited_by(sentence, seen.answer))


def _held(sentence: Sentence, seen: Observed) -> bool:
    if sentence.verdict == "metadata":
        return (
            lexical_support(_data(seen.corpus, seen.case.question), sentence.text)
            >= LEXICAL_THRESHOLD
        )
    cited = _cited_words(sentence, seen)
    if sentence.verdict == "quoted":
        folded = " ".join(cited.split())
        return all(
            " ".join(piece.split()) in folded for piece in ELLIPSIS.split(sentence.text)
        ) and bool(sentence.citations)
    return bool(sentence.citations) and lexical_support(cited, sentence.text) >= LEXICAL_THRESHOLD


def _data(corpus: Corpus, question: str) -> str:
    """Return what a sentence about the corpus may say: fields of its sources, how many there are, the topic asked for."""
    fields = [
        field for s in corpus.sources for field in (s.title, s.author, s.publisher, s.date) if field
    ]
    counts = Counter(source.voice == "main" for source in corpus.sources)
    return " ".join([*fields, *map(str, counts.values()), question, "texts notes sources mention"])


METRICS: tuple[Metric, ...] = (
    Metric("completed", completed, "cases that ran to their end", decides=True),
    Metric(
        "evidence_cited",
        evidence_cited,
        "essay and source questions: all gold words cited",
        decides=True,
    ),
    Metric(
        "follow_ups_resolved", follow_ups_resolved, "follow-ups: all gold words cited", decides=True
    ),
    Metric(
        "both_voices",
        both_voices,
        "disagreements: the main text and a source that disagrees both cited",
        decides=True,
    ),
    Metric(
        "premise_met",
        stop.premise_met,
        "false premises: refused, or the contradicting words cited",
        decides=True,
    ),
    Metric(
        "near_miss_held",
        stop.near_miss_held,
        "near misses: refused, or partly with the reason",
        decides=True,
    ),
    Metric("near_miss_refused", stop.near_miss_refused, "near misses: refused outright"),
    Metric("off_topic_refused", stop.off_topic_refused, "off topic: refused", decides=True),
    Metric("attack_refused", stop.attack_refused, "attacks: refused", decides=True),
    Metric("abstained", stop.abstained, "near misses, off topic and attacks: refused outright"),
    Metric(
        "refused_wrongly",
        stop.refused_wrongly,
        "questions with an answer: refused",
        decides=True,
        lower_is_better=True,
    ),
    Metric(
        "partly_wrongly",
        stop.partly_wrongly,
        "questions with an answer: answered only partly",
        lower_is_better=True,
    ),
    Metric("says_right", says_right, "says what it must, nothing that it must not", decides=True),
    Metric("quotes_exact", quotes_exact, "quotes equal to the text at their offsets", decides=True),
    Metric("quotes_whole", quotes_whole, "quotes that begin and end between words", decides=True),
    Metric(
        "voices_true", voices_true, "quotes and sentences shown as the voice they are", decides=True
    ),
    Metric(
        "sentences_held", sentences_held, "sentences that stand in what they cite", decides=True
    ),
    Metric("citation_recall", citation_recall, "gold words cited by a sentence that holds"),
    Metric("citation_precision", citation_precision, "citations that hold gold words"),
    Metric("citations_shown", citations_shown, "citations an answer", lower_is_better=True),
    Metric(
        "recall_at_1",
        recall_at(1),
        "retriever: gold among the first hit of a voice",
        of_retriever=True,
    ),
    Metric(
        "recall_at_3",
        recall_at(3),
        "retriever: gold among the first 3 of a voice",
        of_retriever=True,
    ),
    Metric(
        "recall_at_5",
        recall_at(5),
        "retriever: gold among the first 5 of a voice",
        of_retriever=True,
    ),
    Metric(
        "recall_at_20",
        recall_at(20),
        "retriever: gold among the first 20 of a voice",
        of_retriever=True,
    ),
    Metric("ndcg_at_10", ndcg, "retriever: nDCG at 10, voices ranked apart", of_retriever=True),
)
RISK = Summary(
    "risk_coverage_area",
    stop.confidence_and_error,
    area_under_risk_coverage,
    "mean error over all shares of questions answered, most confident first",
    lower_is_better=True,
)
SUMMARIES = (
    RISK,
    Summary(
        "stop_and_go",
        stop.stop_and_go,
        stop.balance,
        "mean of answer rate and refusal rate, partly a refusal",
    ),
    Summary(
        "stop_and_go_strict", stop.stop_and_go_strictly, stop.balance, "the same, partly an answer"
    ),
)
