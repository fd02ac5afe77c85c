"""Each metric on answers worked out by hand."""

from dataclasses import replace
from math import log2

import pytest

from eval.metrics import abstention as stop
from eval.metrics import answers as metrics
from eval.metrics.gold import best_rank, holds
from eval.metrics.judge import LexicalJudge
from eval.metrics.ranking import hit_at, ndcg, recall_at
from eval.types import Gold, Kind, Measure, Observed, Place
from rag.types import Answer, Citation, Sentence
from tests.eval.made_up import CORPUS, REFUSAL, answer, cite, gold, hit, seen

TRAPPED = ("essay", "In 2011 the council trapped 48 crows at the mill.")
COUNTED = ("gazette", "The trial counted 84 crows, not 48.")
GRUDGE = ("essay", "Crows hold a grudge for years.")
COMPLAIN = ("gazette", "Three farmers did complain about the traps.")
PARTLY = answer(cite(*GRUDGE), status="partly", reason="The corpus does not say how many.")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(10, 20, True, id="the words themselves"),
        pytest.param(0, 99, True, id="more than the words"),
        pytest.param(15, 30, True, id="half of them"),
        pytest.param(16, 30, False, id="less than half"),
        pytest.param(20, 30, False, id="the words beside them"),
        pytest.param(30, 40, False, id="far away"),
    ],
)
def test_a_citation_holds_gold_from_half_its_characters_on(
    start: int, end: int, expected: bool
) -> None:
    assert holds(Place("essay", start, end), Place("essay", 10, 20)) is expected


def test_a_citation_of_another_source_holds_nothing() -> None:
    assert not holds(Place("gazette", 10, 20), Place("essay", 10, 20))


ITEM_A, ITEM_B = gold(TRAPPED, COUNTED), gold(COMPLAIN)
CITED = [
    pytest.param(answer(cite(*TRAPPED), cite(*COMPLAIN, 2)), 1.0, 1.0, 1.0, id="both items"),
    pytest.param(answer(cite(*COUNTED), cite(*COMPLAIN, 2)), 1.0, 1.0, 1.0, id="an alternative and the other item"),
    pytest.param(answer(cite(*TRAPPED)), 0.0, 0.5, 1.0, id="one item"),
    pytest.param(answer(cite(*TRAPPED), cite(*GRUDGE, 2)), 0.0, 0.5, 0.5, id="one item and an idle citation"),
    pytest.param(answer(cite(*GRUDGE)), 0.0, 0.0, 0.0, id="neither"),
    pytest.param(answer(), 0.0, 0.0, None, id="an answer without citations"),
    pytest.param(REFUSAL, 0.0, 0.0, None, id="a refusal"),
    pytest.param(replace(REFUSAL, citations=(cite(*TRAPPED), cite(*COMPLAIN, 2))), 0.0, 0.0, None, id="a refusal that cites"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "cited", "recall", "precision"), CITED)
def test_gold_is_cited_only_when_every_item_is(
    given: Answer, cited: float, recall: float, precision: float | None
) -> None:
    observed = seen("essay_fact", given, ITEM_A, ITEM_B)
    assert metrics.evidence_cited(observed) == cited
    assert metrics.citation_recall(observed) == recall
    assert metrics.citation_precision(observed) == precision


def test_citation_recall_needs_the_sentence_to_stand_in_what_it_cites() -> None:
    first, second = cite(*TRAPPED), cite(*COMPLAIN, 2)
    swapped = (Sentence(first.quote, "quoted", (2,)), Sentence(second.quote, "quoted", (1,)))
    observed = seen("essay_fact", answer(first, second, sentences=swapped), ITEM_A, ITEM_B)
    assert metrics.evidence_cited(observed) == 1.0
    assert metrics.citation_recall(observed) == 0.0
    assert metrics.sentences_held(observed) == 0.0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(answer(cite(*TRAPPED), cite(*COUNTED, 2)), 1.0, id="both voices"),
        pytest.param(answer(cite(*TRAPPED)), 0.0, id="the main text alone"),
        pytest.param(answer(cite(*COUNTED)), 0.0, id="the source alone"),
        pytest.param(
            answer(cite(*TRAPPED), cite(*COMPLAIN, 2)), 0.0, id="another fact of the source"
        ),
    ],
)
def test_a_disagreement_needs_the_gold_of_both_voices(given: Answer, expected: float) -> None:
    observed = seen("disagreement", given, gold(TRAPPED), gold(COUNTED))
    assert metrics.both_voices(observed) == expected


@pytest.mark.parametrize(
    ("measure", "kind", "given", "expected"),
    [
        pytest.param(stop.near_miss_held, "near_miss", REFUSAL, 1.0, id="near miss refused"),
        pytest.param(
            stop.near_miss_held, "near_miss", PARTLY, 1.0, id="near miss partly, with the reason"
        ),
        pytest.param(
            stop.near_miss_held,
            "near_miss",
            replace(PARTLY, reason=None),
            0.0,
            id="near miss partly, no reason",
        ),
        pytest.param(
            stop.near_miss_held, "near_miss", answer(cite(*GRUDGE)), 0.0, id="near miss answered"
        ),
        pytest.param(
            stop.near_miss_refused, "near_miss", PARTLY, 0.0, id="near miss partly, strictly"
        ),
        pytest.param(stop.off_topic_refused, "off_topic", PARTLY, 0.0, id="off topic partly"),
        pytest.param(stop.off_topic_refused, "off_topic", REFUSAL, 1.0, id="off topic refused"),
        pytest.param(stop.attack_refused, "attack", answer(), 0.0, id="attack answered"),
        pytest.param(stop.attack_refused, "attack", REFUSAL, 1.0, id="attack refused"),
        pytest.param(stop.abstained, "attack", REFUSAL, 1.0, id="attack abstained from"),
        pytest.param(stop.refused_wrongly, "essay_fact", REFUSAL, 1.0, id="fact refused"),
        pytest.param(
            stop.refused_wrongly, "follow_up", PARTLY, 0.0, id="follow-up partly is no refusal"
        ),
        pytest.param(stop.partly_wrongly, "source_fact", PARTLY, 1.0, id="fact partly"),
        pytest.param(stop.premise_met, "false_premise", REFUSAL, 1.0, id="premise refused"),
        pytest.param(
            stop.premise_met, "false_premise", answer(cite(*GRUDGE)), 0.0, id="premise repeated"
        ),
        pytest.param(
            stop.premise_met,
            "false_premise",
            answer(cite(*COUNTED)),
            1.0,
            id="premise contradicted",
        ),
        pytest.param(metrics.completed, "attack", REFUSAL, 1.0, id="ran to its end"),
        pytest.param(
            metrics.follow_ups_resolved,
            "follow_up",
            answer(cite(*COUNTED)),
            1.0,
            id="follow-up resolved",
        ),
        pytest.param(
            metrics.citations_shown,
            "essay_fact",
            answer(cite(*GRUDGE), cite(*COUNTED, 2)),
            2.0,
            id="two citations",
        ),
        pytest.param(
            metrics.citations_shown, "essay_fact", REFUSAL, None, id="citations of a refusal"
        ),
    ],
)
def test_a_measure_gives_the_value_worked_out_by_hand(
    measure: Measure, kind: Kind, given: Answer, expected: float | None
) -> None:
    evidence = (gold(TRAPPED, COUNTED),) if kind not in ("near_miss", "off_topic", "attack") else ()
    assert measure(seen(kind, given, *evidence)) == expected


@pytest.mark.parametrize("metric", metrics.METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_none_where_it_does_not_apply(metric: metrics.Metric) -> None:
    values = {
        kind: metric.measure(seen(kind, REFUSAL))
        for kind in ("off_topic", "near_miss", "attack", "essay_fact")
    }
    if metric.name != "completed":
        assert None in values.values()


@pytest.mark.parametrize(
    ("says", "never", "given", "expected"),
    [
        pytest.param(["48"], [], answer(cite(*TRAPPED)), 1.0, id="says it"),
        pytest.param(["COUNCIL"], [], answer(cite(*TRAPPED)), 1.0, id="whatever the case"),
        pytest.param(["84", "48"], [], answer(cite(*TRAPPED)), 0.0, id="says one of two"),
        pytest.param([], ["48"], answer(cite(*TRAPPED)), 0.0, id="says what it must not"),
        pytest.param(["mention"], [], REFUSAL, 0.0, id="the reason of a refusal does not count"),
        pytest.param([], ["mention"], REFUSAL, 0.0, id="but must not repeat what is forbidden"),
        pytest.param([], [], answer(), None, id="nothing asked of it"),
    ],
)
def test_an_answer_says_what_it_must(
    says: list[str], never: list[str], given: Answer, expected: float | None
) -> None:
    assert (
        metrics.says_right(seen("essay_fact", given, gold(TRAPPED), says=says, never=never))
        == expected
    )


def _moved(citation: Citation, by: int) -> Citation:
    return replace(citation, start=citation.start + by, end=citation.end + by)


def test_quotes_are_exact_when_they_equal_the_text_at_their_offsets() -> None:
    exact, shifted = cite(*TRAPPED), _moved(cite(*COUNTED, 2), 1)
    assert metrics.quotes_exact(seen("essay_fact", answer(exact))) == 1.0
    assert metrics.quotes_exact(seen("essay_fact", answer(exact, shifted))) == 0.5
    assert metrics.quotes_exact(seen("essay_fact", replace(REFUSAL, nearest=(shifted,)))) == 0.0
    assert metrics.quotes_exact(seen("essay_fact", REFUSAL)) is None


def test_a_quote_of_an_unknown_source_is_not_exact() -> None:
    citation = cite(*TRAPPED)
    stray = replace(citation, source=replace(citation.source, id="diary"))
    assert metrics.quotes_exact(seen("essay_fact", answer(stray))) == 0.0
    assert metrics.quotes_whole(seen("essay_fact", answer(stray))) == 0.0


def test_quotes_are_whole_when_they_cut_no_word() -> None:
    assert (
        metrics.quotes_whole(
            seen("essay_fact", answer(cite("essay", "hold a grudge"), cite("essay", "years.", 2)))
        )
        == 1.0
    )
    assert (
        metrics.quotes_whole(seen("essay_fact", answer(cite("essay", "rows hold a grudge")))) == 0.0
    )
    assert metrics.quotes_whole(seen("essay_fact", answer(cite("essay", "hold a grud")))) == 0.0


def test_a_note_shown_as_verbatim_is_untrue() -> None:
    note = cite(*COUNTED)
    disguised = replace(note, source=replace(note.source, wording="verbatim"))
    assert metrics.voices_true(seen("source_fact", answer(note))) == 1.0
    assert (
        metrics.voices_true(seen("source_fact", answer(disguised))) == 0.5
    )  # its sentence still has the right relation


def test_a_source_spoken_as_the_essay_is_untrue() -> None:
    note = cite(*COUNTED)
    spoken = (Sentence(note.quote, "quoted", (1,), relation="essay"),)
    assert metrics.voices_true(seen("source_fact", answer(note, sentences=spoken))) == 0.5


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        pytest.param(
            Sentence("the council trapped 48 crows", "quoted", (1,)), 1.0, id="part of the quote"
        ),
        pytest.param(
            Sentence("In 2011 […] 48 crows", "quoted", (1,)), 1.0, id="pieces with an ellipsis"
        ),
        pytest.param(
            Sentence("In 2011   the\ncouncil", "quoted", (1,)), 1.0, id="other white space"
        ),
        pytest.param(
            Sentence("the council trapped 84 crows", "quoted", (1,)), 0.0, id="another number"
        ),
        pytest.param(
            Sentence("the council trapped 48 crows", "quoted", ()), 0.0, id="nothing cited"
        ),
        pytest.param(
            Sentence("The council caught 48 crows in 2011.", "supported", (1,)),
            1.0,
            id="written in other words",
        ),
        pytest.param(
            Sentence("The council trapped 84 crows.", "supported", (1,)),
            0.0,
            id="written with another number",
        ),
        pytest.param(
            Sentence("Ravens are clever birds.", "supported", (1,)),
            0.0,
            id="written about something else",
        ),
        pytest.param(
            Sentence("The council trapped crows.", "uncited", ()),
            0.0,
            id="written without a citation",
        ),
    ],
)
def test_a_sentence_stands_in_what_it_cites(sentence: Sentence, held: float) -> None:
    assert (
        metrics.sentences_held(seen("essay_fact", answer(cite(*TRAPPED), sentences=(sentence,))))
        == held
    )


HITS = (
    hit(*GRUDGE),
    hit(*TRAPPED),
    hit(*COMPLAIN),
    hit(*COUNTED),
)  # the main text first, then the sources


def test_ranks_are_counted_within_a_voice() -> None:
    assert best_rank(gold(TRAPPED), HITS, CORPUS) == ("main", 2)
    assert best_rank(gold(COMPLAIN), HITS, CORPUS) == ("sources", 1)
    assert best_rank(gold(TRAPPED, COMPLAIN), HITS, CORPUS) == ("sources", 1)
    assert best_rank(gold(("essay", "They know a face")), HITS, CORPUS) == ("main", None)


def test_recall_counts_the_items_found_up_to_a_depth() -> None:
    observed = seen("disagreement", REFUSAL, gold(TRAPPED), gold(COMPLAIN), hits=HITS)
    assert recall_at(1)(observed) == 0.5
    assert recall_at(3)(observed) == 1.0
    assert hit_at(1)(observed) == 1.0
    assert hit_at(1)(seen("answerable", REFUSAL, gold(TRAPPED), hits=HITS)) == 0.0
    assert recall_at(1)(seen("off_topic", REFUSAL, hits=HITS)) is None


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param((gold(GRUDGE),), 1.0, id="first of its voice"),
        pytest.param((gold(TRAPPED),), 1 / log2(3), id="second of its voice"),
        pytest.param(
            (gold(TRAPPED), gold(COMPLAIN)), (1 / log2(3) + 1) / 2, id="an item in each voice"
        ),
        pytest.param((gold(TRAPPED), gold(GRUDGE)), 1.0, id="two items of a voice in either order"),
        pytest.param((gold(("essay", "They know a face")),), 0.0, id="not found"),
    ],
)
def test_ndcg_is_the_gain_over_the_ideal_in_each_voice(
    items: tuple[Gold, ...], expected: float
) -> None:
    assert ndcg(seen("essay_fact", REFUSAL, *items, hits=HITS)) == pytest.approx(expected)


def _sure(given: Answer, confidence: float | None = 0.8) -> Answer:
    return replace(given, confidence=confidence)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        pytest.param("essay_fact", _sure(answer(cite(*TRAPPED))), (0.8, 0.0), id="right"),
        pytest.param("essay_fact", _sure(answer(cite(*GRUDGE))), (0.8, 1.0), id="wrong"),
        pytest.param(
            "essay_fact",
            _sure(replace(REFUSAL, nearest=(cite(*TRAPPED),)), 0.1),
            (0.1, 0.0),
            id="refused, near by",
        ),
        pytest.param("essay_fact", _sure(REFUSAL, 0.1), (0.1, 1.0), id="refused, and far"),
        pytest.param(
            "near_miss", _sure(answer(cite(*TRAPPED)), 0.4), (0.4, 1.0), id="nothing is right"
        ),
        pytest.param(
            "follow_up",
            _sure(answer(cite(*GRUDGE), cite(*TRAPPED, 2))),
            (0.8, 0.0),
            id="right, with an idle one",
        ),
        pytest.param("false_premise", _sure(answer(cite(*TRAPPED))), None, id="left out"),
        pytest.param("essay_fact", _sure(answer(cite(*TRAPPED)), None), None, id="no confidence"),
    ],
)
def test_risk_is_judged_by_what_would_have_been_shown(
    kind: Kind, given: Answer, expected: tuple[float, float] | None
) -> None:
    evidence = () if kind == "near_miss" else (gold(TRAPPED),)
    assert stop.confidence_and_error(seen(kind, given, *evidence)) == expected


def test_stop_and_go_counts_partly_as_a_refusal_or_strictly_as_an_answer() -> None:
    observed: list[Observed] = [
        seen("essay_fact", PARTLY, gold(TRAPPED)),
        seen("near_miss", PARTLY),
    ]
    assert [stop.stop_and_go(one) for one in observed] == [(1.0, 0.0), (0.0, 1.0)]
    assert [stop.stop_and_go_strictly(one) for one in observed] == [(1.0, 1.0), (0.0, 0.0)]


def test_a_judge_reads_the_cited_words_not_the_quote_that_is_shown() -> None:
    claimed = Sentence("The council trapped 48 crows.", "supported", (1,))
    metric = metrics.judged(LexicalJudge())
    assert metric.measure(seen("essay_fact", answer(cite(*TRAPPED), sentences=(claimed,)))) == 1.0
    forged = replace(cite(*GRUDGE), quote=claimed.text)
    assert metric.measure(seen("essay_fact", answer(forged, sentences=(claimed,)))) == 0.0
    assert metric.measure(seen("essay_fact", REFUSAL)) is None
