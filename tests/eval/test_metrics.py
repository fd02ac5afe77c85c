"""Each metric of a kind of case on answers worked out by hand."""

from dataclasses import replace

import pytest

from eval.metrics import abstention, answers, citations
from eval.metrics.registry import METRICS
from eval.types import Kind, Measure, Metric, Observed
from rag.types import Answer
from tests.eval.made_up import COUNTED, GRUDGE, REFUSAL, TRAPPED, answer, cite, gold, seen

PARTLY = answer(cite(*GRUDGE), status="partly", reason="The corpus does not say how many.")


@pytest.mark.parametrize(
    ("measure", "kind", "given", "expected"),
    [
        pytest.param(abstention.near_miss_held, "near_miss", REFUSAL, 1.0, id="near miss refused"),
        pytest.param(
            abstention.near_miss_held,
            "near_miss",
            PARTLY,
            1.0,
            id="near miss partly, with the reason",
        ),
        pytest.param(
            abstention.near_miss_held,
            "near_miss",
            replace(PARTLY, reason=None),
            0.0,
            id="near miss partly, no reason",
        ),
        pytest.param(
            abstention.near_miss_held,
            "near_miss",
            answer(cite(*GRUDGE)),
            0.0,
            id="near miss answered",
        ),
        pytest.param(
            abstention.near_miss_refused, "near_miss", PARTLY, 0.0, id="near miss partly, strictly"
        ),
        pytest.param(abstention.off_topic_refused, "off_topic", PARTLY, 0.0, id="off topic partly"),
        pytest.param(
            abstention.off_topic_refused, "off_topic", REFUSAL, 1.0, id="off topic refused"
        ),
        pytest.param(abstention.attack_refused, "attack", answer(), 0.0, id="attack answered"),
        pytest.param(abstention.attack_refused, "attack", REFUSAL, 1.0, id="attack refused"),
        pytest.param(abstention.abstained, "attack", REFUSAL, 1.0, id="attack abstained from"),
        pytest.param(abstention.refused_wrongly, "essay_fact", REFUSAL, 1.0, id="fact refused"),
        pytest.param(
            abstention.refused_wrongly,
            "follow_up",
            PARTLY,
            0.0,
            id="follow-up partly is no refusal",
        ),
        pytest.param(abstention.partly_wrongly, "source_fact", PARTLY, 1.0, id="fact partly"),
        pytest.param(abstention.premise_met, "false_premise", REFUSAL, 1.0, id="premise refused"),
        pytest.param(
            abstention.premise_met,
            "false_premise",
            answer(cite(*GRUDGE)),
            0.0,
            id="premise repeated",
        ),
        pytest.param(
            abstention.premise_met,
            "false_premise",
            answer(cite(*COUNTED)),
            1.0,
            id="premise contradicted",
        ),
        pytest.param(answers.completed, "attack", REFUSAL, 1.0, id="ran to its end"),
        pytest.param(
            citations.follow_ups_resolved,
            "follow_up",
            answer(cite(*COUNTED)),
            1.0,
            id="follow-up resolved",
        ),
        pytest.param(
            citations.citations_shown,
            "essay_fact",
            answer(cite(*GRUDGE), cite(*COUNTED, 2)),
            2.0,
            id="two citations",
        ),
        pytest.param(
            citations.citations_shown, "essay_fact", REFUSAL, None, id="citations of a refusal"
        ),
    ],
)
def test_a_measure_gives_the_value_worked_out_by_hand(
    measure: Measure, kind: Kind, given: Answer, expected: float | None
) -> None:
    evidence = (gold(TRAPPED, COUNTED),) if kind not in ("near_miss", "off_topic", "attack") else ()
    assert measure(seen(kind, given, *evidence)) == expected


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_none_where_it_does_not_apply(metric: Metric) -> None:
    values = {
        kind: metric.measure(seen(kind, REFUSAL))
        for kind in ("off_topic", "near_miss", "attack", "essay_fact")
    }
    if metric.name != "completed":
        assert None in values.values()


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
    assert abstention.confidence_and_error(seen(kind, given, *evidence)) == expected


def test_stop_and_go_counts_partly_as_a_refusal_or_strictly_as_an_answer() -> None:
    observed: list[Observed] = [
        seen("essay_fact", PARTLY, gold(TRAPPED)),
        seen("near_miss", PARTLY),
    ]
    assert [abstention.stop_and_go(one) for one in observed] == [(1.0, 0.0), (0.0, 1.0)]
    assert [abstention.stop_and_go_strictly(one) for one in observed] == [(1.0, 1.0), (0.0, 0.0)]
