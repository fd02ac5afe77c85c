"""A run: each case once, crashes kept, figures with intervals and baselines, the same twice."""

import json
from dataclasses import replace

import pytest

from eval.baselines import FirstSentence, Never, Unsure
from eval.gate import Gate, breaches
from eval.report.compare import compare
from eval.report.files import report_json
from eval.suite import observe, run_suite
from eval.types import Case, Report
from ingest.errors import QuestionError
from rag.types import Turn
from tests.eval.made_up import (
    CORPUS,
    COUNTED,
    REFUSAL,
    TRAPPED,
    ScriptedChain,
    answer,
    cite,
    gold,
    hit,
)

CASES = (
    Case("fact", "essay_fact", "how many crows?", (gold(TRAPPED),), says=("48",)),
    Case("both", "disagreement", "is 48 right?", (gold(TRAPPED), gold(COUNTED))),
    Case(
        "next", "follow_up", "and who did it?", (gold(TRAPPED),), history=(Turn("how many crows?"),)
    ),
    Case("pizza", "off_topic", "best pizza?"),
    Case("ravens", "near_miss", "how many ravens?"),
)
SCRIPT = {
    "how many crows?": replace(answer(cite(*TRAPPED)), confidence=0.9),
    "is 48 right?": replace(answer(cite(*TRAPPED), cite(*COUNTED, 2)), confidence=0.8),
    "and who did it?": replace(answer(cite(*TRAPPED)), confidence=0.7),
    "best pizza?": replace(REFUSAL, confidence=0.1),
    "how many ravens?": replace(REFUSAL, confidence=0.2),
}
HITS = {"how many crows?": [hit(*TRAPPED)]}


def run(**changed: object) -> Report:
    """Run the suite over the script, with some of its answers changed."""
    script = {**SCRIPT, **changed}
    return run_suite(ScriptedChain(script, HITS), CASES, title={"engine": "script"})  # type: ignore[arg-type]


def value(report: Report, name: str) -> float:
    figure = report.figure(name)
    assert figure is not None, name
    return figure.value


def test_a_perfect_script_gets_perfect_figures() -> None:
    report = run()
    perfect = (
        "evidence_cited",
        "both_voices",
        "follow_ups_resolved",
        "off_topic_refused",
        "near_miss_held",
        "quotes_exact",
        "says_right",
        "citation_recall",
        "stop_and_go",
    )
    assert {name: value(report, name) for name in perfect} == dict.fromkeys(perfect, 1.0)
    assert value(report, "refused_wrongly") == 0.0
    assert not any(outcome.failures for outcome in report.outcomes)


def test_the_chain_is_asked_question_and_history() -> None:
    chain = ScriptedChain(SCRIPT)
    run_suite(chain, CASES, title={})
    assert chain.asked[2] == {"question": "and who did it?", "history": (Turn("how many crows?"),)}
    assert len(chain.asked) == len(CASES)


def test_a_crash_is_a_failed_case_and_the_run_goes_on() -> None:
    report = run(**{"how many crows?": ZeroDivisionError("boom")})
    outcome = report.outcomes[0]
    assert outcome.observed.error == "ZeroDivisionError: boom"
    assert outcome.failures == ("completed", "evidence_cited", "says_right")
    assert value(report, "completed") == 0.8
    assert len(report.outcomes) == len(CASES)


def test_a_crash_is_no_refusal() -> None:
    report = run(**{"best pizza?": ZeroDivisionError("boom")})
    assert value(report, "off_topic_refused") == 0.0


def test_a_question_turned_away_is_a_refusal_with_its_reason() -> None:
    seen = observe(ScriptedChain({"best pizza?": QuestionError("ask in words")}), CASES[3])
    assert (seen.error, seen.answer.status, seen.answer.reason) == (
        None,
        "not_in_corpus",
        "ask in words",
    )


def test_a_figure_has_its_interval_and_its_count() -> None:
    figure = run(**{"and who did it?": REFUSAL}).figure("refused_wrongly")
    assert figure is not None
    assert figure.n == 3
    assert figure.value == pytest.approx(1 / 3)
    assert figure.low < figure.value < figure.high


def test_two_runs_are_equal_but_for_the_seconds() -> None:
    first, second = report_json(run()), report_json(run())
    del first["seconds"], second["seconds"]
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_the_curve_and_its_area_come_from_the_confidence() -> None:
    report = run()
    coverages = [coverage for coverage, _ in report.curve]
    risks = [risk for _, risk in report.curve]
    assert coverages == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert risks == pytest.approx([0, 0, 0, 0.25, 0.4]), "pizza and ravens have no right answer"
    assert value(report, "risk_coverage_area") == pytest.approx((0.25 + 0.4) / 5)


def test_without_a_confidence_there_is_no_curve() -> None:
    report = run_suite(ScriptedChain({"best pizza?": REFUSAL}), CASES[3:4], title={})
    assert report.curve == ()
    assert report.figure("risk_coverage_area") is None


def test_every_baseline_stands_beside_the_figure() -> None:
    first = FirstSentence.over(CORPUS, max_chars=600)
    report = run_suite(
        ScriptedChain(SCRIPT),
        CASES,
        title={},
        baselines={"bm25_first": first, "never": Never(CORPUS)},
    )
    refused = report.figure("refused_wrongly")
    assert refused is not None
    assert refused.baselines == {"bm25_first": 0.0, "never": 1.0}
    recall = report.figure("recall_at_20")
    assert recall is not None
    assert recall.baselines == {"bm25_first": pytest.approx(1.0)}, (
        "a baseline without a retriever has no recall"
    )


def test_bm25_answers_with_the_sentence_that_shares_most_words() -> None:
    seen = observe(
        FirstSentence.over(CORPUS, max_chars=600), Case("q", "essay_fact", "council trapped crows")
    )
    assert seen.answer.text == TRAPPED[1]
    assert [h.source.id for h in seen.hits] == ["essay"] * 4 + ["gazette"] * 2


def test_an_unsure_chain_has_the_plain_error_rate_as_its_risk() -> None:
    report = run_suite(
        ScriptedChain(SCRIPT), CASES, title={}, baselines={"always": Unsure(ScriptedChain(SCRIPT))}
    )
    risk = report.figure("risk_coverage_area")
    assert risk is not None
    assert risk.baselines["always"] == pytest.approx(2 / 5)


def test_progress_moves_once_for_each_case_of_each_chain() -> None:
    steps: list[None] = []
    run_suite(
        ScriptedChain(SCRIPT),
        CASES,
        title={},
        baselines={"never": Never(CORPUS)},
        advance=lambda: steps.append(None),
    )
    assert len(steps) == 2 * len(CASES)


def test_changes_name_what_began_to_fail_and_what_was_mended() -> None:
    before = report_json(run(**{"is 48 right?": answer(cite(*TRAPPED))}))
    after = run(**{"how many ravens?": answer(cite(*TRAPPED))})
    changes = compare(after, before)
    assert (changes.regressed, changes.mended) == (("ravens",), ("both",))
    assert changes.figures["both_voices"] == (0.0, 1.0)
    assert "quotes_exact" not in changes.figures


def test_a_part_is_compared_with_the_same_part_of_the_whole() -> None:
    whole = report_json(run(**{"how many crows?": REFUSAL}))
    part = run_suite(ScriptedChain(SCRIPT), CASES[1:], title={})
    assert value(part, "refused_wrongly") != whole["figures"]["refused_wrongly"]["value"]
    assert compare(part, whole).figures == {}


def test_changes_name_the_cases_that_came_and_went() -> None:
    before = report_json(run())
    before["cases"] = [case for case in before["cases"] if case["id"] != "fact"] + [
        {"id": "old", "failures": [], "values": {}}
    ]
    changes = compare(run(), before)
    assert (changes.added, changes.removed) == (("fact",), ("old",))


def test_a_breach_names_metric_figure_bound_and_cases() -> None:
    report = run(**{"and who did it?": REFUSAL})
    gate = Gate(
        floors={"follow_ups_resolved": 0.88, "both_voices": 0.9}, ceilings={"refused_wrongly": 0.04}
    )
    found = [str(breach) for breach in breaches(report, gate, partial=False)]
    assert found == [
        "follow_ups_resolved 0.000, under the floor 0.880: next",
        "refused_wrongly 0.333, over the ceiling 0.040: next",
    ]


def test_a_figure_on_the_bound_holds() -> None:
    gate = Gate(floors={"both_voices": 1.0}, ceilings={"refused_wrongly": 0.0})
    assert breaches(run(), gate, partial=False) == ()


def test_a_bound_that_nothing_measured_is_broken_unless_a_part_was_asked_for() -> None:
    gate = Gate(floors={"attack_refused": 1.0})
    (breach,) = breaches(run(), gate, partial=False)
    assert str(breach) == "attack_refused: not measured by any case, floor 1.000"
    assert breaches(run(), gate, partial=True) == ()
