"""Are the right words cited: gold, both voices, citation recall and precision."""

from dataclasses import replace

import pytest

from eval.metrics import answers, citations
from eval.metrics.gold import holds
from eval.types import Place
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
