"""Are the right words cited: gold, both voices, citation recall and precision."""

from dataclasses import replace

import pytest

from eval.metrics import answers, citations
from eval.metrics.gold import holds
from eval.types import Kind, Measure
from ingest.types import Place
from rag.types import Answer, Sentence
from tests.eval.made_up import COMPLAIN, COUNTED, GRUDGE, REFUSAL, TRAPPED, answer, cite, gold, seen


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
    pytest.param(
        answer(cite(*COUNTED), cite(*COMPLAIN, 2)), 1.0, 1.0, 1.0, id="an alternative and the other"
    ),
    pytest.param(answer(cite(*TRAPPED)), 0.0, 0.5, 1.0, id="one item"),
    pytest.param(
        answer(cite(*TRAPPED), cite(*GRUDGE, 2)), 0.0, 0.5, 0.5, id="one item and an idle citation"
    ),
    pytest.param(answer(cite(*GRUDGE)), 0.0, 0.0, 0.0, id="neither"),
    pytest.param(answer(), 0.0, 0.0, None, id="an answer without citations"),
    pytest.param(REFUSAL, 0.0, 0.0, None, id="a refusal"),
    pytest.param(
        replace(REFUSAL, citations=(cite(*TRAPPED), cite(*COMPLAIN, 2))),
        0.0,
        0.0,
        None,
        id="a refusal that cites",
    ),
]


@pytest.mark.parametrize(("given", "cited", "recall", "precision"), CITED)
def test_gold_is_cited_only_when_every_item_is(
    given: Answer, cited: float, recall: float, precision: float | None
) -> None:
    observed = seen("essay_fact", given, ITEM_A, ITEM_B)
    assert citations.evidence_cited(observed) == cited
    assert citations.citation_recall(observed) == recall
    assert citations.citation_precision(observed) == precision


def test_citation_recall_needs_the_sentence_to_stand_in_what_it_cites() -> None:
    first, second = cite(*TRAPPED), cite(*COMPLAIN, 2)
    swapped = (Sentence(first.quote, "quoted", (2,)), Sentence(second.quote, "quoted", (1,)))
    observed = seen("essay_fact", answer(first, second, sentences=swapped), ITEM_A, ITEM_B)
    assert citations.evidence_cited(observed) == 1.0
    assert citations.citation_recall(observed) == 0.0
    assert answers.sentences_held(observed) == 0.0


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
    assert citations.both_voices(observed) == expected


@pytest.mark.parametrize(
    ("kind", "measure", "given", "expected"),
    [
        pytest.param("list", citations.list_right, (TRAPPED, GRUDGE), 1.0, id="every thing"),
        pytest.param("list", citations.list_right, (TRAPPED,), 0.0, id="one of two things"),
        pytest.param("compare", citations.compare_right, (TRAPPED,), 0.0, id="one side"),
        pytest.param("map", citations.map_right, (TRAPPED, GRUDGE), 1.0, id="every source"),
        pytest.param("yes_no", citations.yes_no_right, (GRUDGE,), 0.0, id="half of what decides"),
        pytest.param("summary", citations.summary_right, (TRAPPED,), 1.0, id="half of the points"),
        pytest.param("summary", citations.summary_right, (COMPLAIN,), 0.0, id="no point"),
        pytest.param("essay_fact", citations.list_right, (TRAPPED,), None, id="another kind"),
    ],
)
def test_what_a_wider_question_asks_for_is_cited_by_the_text(
    kind: Kind, measure: Measure, given: tuple[tuple[str, str], ...], expected: float | None
) -> None:
    cited = [cite(*where, number) for number, where in enumerate(given, 1)]
    assert measure(seen(kind, answer(*cited), gold(TRAPPED), gold(GRUDGE))) == expected


def test_what_is_folded_is_not_shown() -> None:
    first, second = cite(*TRAPPED), cite(*GRUDGE, 2)
    sentences = (
        Sentence(first.quote, "quoted", (1,)),
        Sentence(second.quote, "quoted", (2,), part="more"),
    )
    observed = seen("list", answer(first, second, sentences=sentences), gold(TRAPPED), gold(GRUDGE))
    assert citations.list_right(observed) == 0.0


def test_the_precision_of_a_lead_leaves_out_what_disputes_it() -> None:
    first, second = cite(*TRAPPED), cite(*COUNTED, 2)
    sentences = (
        Sentence(first.quote, "quoted", (1,)),
        Sentence(second.quote, "quoted", (2,), relation="contradicts", part="sources"),
    )
    observed = seen("essay_fact", answer(first, second, sentences=sentences), gold(TRAPPED))
    assert citations.lead_precision(observed) == 1.0
    assert citations.citation_precision(observed) == 0.5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param((TRAPPED, COUNTED), 1.0, id="the fact that disagrees"),
        pytest.param((TRAPPED,), 0.0, id="the essay alone"),
        pytest.param((TRAPPED, COMPLAIN), 0.0, id="another fact"),
    ],
)
def test_a_dispute_is_shown_by_the_fact_that_disagrees(
    given: tuple[tuple[str, str], ...], expected: float
) -> None:
    cited = [cite(*where, number) for number, where in enumerate(given, 1)]
    observed = seen("disagreement", answer(*cited), gold(TRAPPED), gold(COUNTED))
    assert citations.disputes_shown(observed) == expected


def test_an_independent_question_is_answered_as_it_is_alone() -> None:
    given = answer(cite(*TRAPPED))
    observed = seen("independent", given, gold(TRAPPED))
    assert citations.same_alone(observed) == 0.0, "nobody asked it alone"
    assert citations.same_alone(replace(observed, alone=replace(given, seconds=9.0))) == 1.0
    assert citations.same_alone(replace(observed, alone=answer(cite(*GRUDGE)))) == 0.0
    assert citations.independent_answered(observed) == 1.0
