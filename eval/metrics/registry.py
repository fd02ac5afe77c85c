"""The registry of metrics: what the suite and the public sets measure, by name, and what it means.

The order is that of the tables. A measure is a function of one of the modules beside this one.
"""

from eval.metrics import abstention, answers, citations, public, ranking
from eval.metrics.stats import area_under_risk_coverage
from eval.types import Metric, Summary

JUDGED = "judged_supported"
# What the suite measures on its own cases and a public set has as well.
_SHARED = """
    completed partly_wrongly quotes_exact quotes_whole voices_true sentences_held citation_recall
    citation_precision citations_shown recall_at_1 recall_at_3 recall_at_5 recall_at_20
    ndcg_at_10"""
SHARED = frozenset(_SHARED.split())

# fmt: off
METRICS: tuple[Metric, ...] = (
    Metric("completed", answers.completed, "cases that ran to their end", decides=True),
    Metric("evidence_cited", citations.evidence_cited,
           "essay and source questions: all gold words cited", decides=True),
    Metric("follow_ups_resolved", citations.follow_ups_resolved,
           "follow-ups: all gold words cited", decides=True),
    Metric("independent_answered", citations.independent_answered,
           "questions after an unrelated one: all gold words cited", decides=True),
    Metric("same_alone", citations.same_alone,
           "questions after an unrelated one: answered as without it", decides=True),
    Metric("summary_right", citations.summary_right,
           "broad questions: the text rests on half of the points of the gold", decides=True),
    Metric("map_right", citations.map_right,
           "who disagrees, who agrees: every source of the gold cited by the text", decides=True),
    Metric("list_right", citations.list_right,
           "lists: every thing cited by the text", decides=True ),
    Metric("compare_right", citations.compare_right,
           "comparisons: each side cited by the text", decides=True),
    Metric("yes_no_right", citations.yes_no_right,
           "yes or no: the words that decide it cited by the text", decides=True),
    Metric("disputes_shown", citations.disputes_shown,
           "disagreements: the fact that disagrees cited by the text", decides=True),
    Metric("both_voices", citations.both_voices,
           "disagreements: the main text and a source that disagrees both cited", decides=True),
    Metric("premise_met", abstention.premise_met,
           "false premises: refused, or the contradicting words cited", decides=True),
    Metric("near_miss_held", abstention.near_miss_held,
           "near misses: refused, or partly with the reason", decides=True),
    Metric("near_miss_refused", abstention.near_miss_refused, "near misses: refused outright"),
    Metric("off_topic_refused", abstention.off_topic_refused, "off topic: refused", decides=True),
    Metric("attack_refused", abstention.attack_refused, "attacks: refused", decides=True),
    Metric("abstained", abstention.abstained,
           "near misses, off topic and attacks: refused outright" ),
    Metric("refused_wrongly", abstention.refused_wrongly,
           "questions with an answer: refused", decides=True, lower_is_better=True),
    Metric("partly_wrongly", abstention.partly_wrongly,
           "questions with an answer: answered only partly", lower_is_better=True),
    Metric("says_right", answers.says_right,
           "says what it must, nothing that it must not", decides=True),
    Metric("quotes_exact", answers.quotes_exact,
           "quotes equal to the text at their offsets", decides=True),
    Metric("quotes_whole", answers.quotes_whole,
           "quotes that begin and end between words", decides=True),
    Metric("voices_true", answers.voices_true,
           "quotes and sentences shown as the voice they are", decides=True),
    Metric("relation_true", answers.relation_true,
           "sentences in a relation whose fact the claim map gives it", decides=True),
    Metric("sentences_held", answers.sentences_held,
           "sentences that stand in what they cite", decides=True),
    Metric("citation_recall", citations.citation_recall,
           "gold words cited by a sentence that holds" ),
    Metric("citation_precision", citations.citation_precision,
           "citations of the text that hold gold words"),
    Metric("lead_precision", citations.lead_precision,
           "citations of the lead that hold gold words" ),
    Metric("lead_answers", citations.lead_answers,
           "questions of fact: the gold words in a lead of at most 60 words"),
    Metric("words_shown", citations.words_shown,
           "words of the text of an answer to a question of fact", lower_is_better=True),
    Metric("citations_shown", citations.citations_shown,
           "citations in the text of an answer", lower_is_better=True),
    Metric("recall_at_1", ranking.recall_at(1),
           "retriever: gold among the first hit of a voice", of_retriever=True),
    Metric("recall_at_3", ranking.recall_at(3),
           "retriever: gold among the first 3 of a voice", of_retriever=True),
    Metric("recall_at_5", ranking.recall_at(5),
           "retriever: gold among the first 5 of a voice", of_retriever=True),
    Metric("recall_at_20", ranking.recall_at(20),
           "retriever: gold among the first 20 of a voice", of_retriever=True),
    Metric("ndcg_at_10", ranking.ndcg,
           "retriever: nDCG at 10, voices ranked apart", of_retriever=True ),
)

PUBLIC_METRICS: tuple[Metric, ...] = (
    Metric("evidence_cited_when_answered", public.evidence_cited_when_answered,
           "answered: a gold span cited", decides=True),
    Metric("supporting_first", public.supporting_first,
           "all with an answer: the first citation holds a gold span"),
    Metric("supporting_first_when_answered", public.supporting_first_when_answered,
           "answered: the first citation holds one"),
    Metric("answer_rate", public.answer_rate,
           "questions with an answer: answered, partly not counted", decides=True),
    Metric("refusal_rate", public.refusal_rate,
           "questions without one: refused, partly counted", decides=True),
    *(metric for metric in METRICS if metric.name in SHARED),
    Metric("hit_at_1", ranking.hit_at(1),
           "retriever: a gold span in the first hit", of_retriever=True ),
    Metric("hit_at_5", ranking.hit_at(5),
           "retriever: a gold span among the first 5", of_retriever=True ),
)
# fmt: on

RISK = Summary(
    "risk_coverage_area",
    abstention.confidence_and_error,
    area_under_risk_coverage,
    "mean error over all shares of questions answered, most confident first",
    lower_is_better=True,
)

SUMMARIES: tuple[Summary, ...] = (
    RISK,
    Summary(
        "stop_and_go",
        abstention.stop_and_go,
        abstention.balance,
        "mean of answer rate and refusal rate, partly a refusal",
    ),
    Summary(
        "stop_and_go_strict",
        abstention.stop_and_go_strictly,
        abstention.balance,
        "the same, partly an answer",
    ),
)

MEANINGS: dict[str, str] = {
    **{metric.name: metric.meaning for metric in (*METRICS, *PUBLIC_METRICS)},
    **{summary.name: summary.meaning for summary in SUMMARIES},
    JUDGED: "sentences that an independent judge finds supported by what they cite",
}
