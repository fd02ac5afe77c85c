"""Public question sets: strict reading, and their own measures by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.metrics import public
from eval.sets.public import load_questions
from eval.types import Measure
from ingest.errors import CaseError
from rag.types import Answer
from tests.eval.made_up import CORPUS, ESSAY, REFUSAL, answer, cite, gold, seen, span

START = ESSAY.index("48 crows")
SPAN = {"document": "essay", "start": START, "end": START + 8, "text": "48 crows"}
ROW: dict[str, Any] = {"id": "q1", "question": "How many?", "answerable": True, "spans": [SPAN]}


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "questions.jsonl").write_text(f"{lines}\n", encoding="utf-8")
    return folder


def test_rows_become_cases_with_a_gold_item_for_each_span(tmp_path: Path) -> None:
    unanswerable = {"id": "q2", "question": "How many ravens?", "answerable": False, "spans": []}
    first, second = load_questions(write(tmp_path, ROW, unanswerable), CORPUS)
    assert (first.kind, second.kind) == ("answerable", "unanswerable")
    assert [item.spans for item in first.evidence] == [(span("essay", "48 crows"),)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            {"spans": [{**SPAN, "start": START + 1}]},
            r"'q1': essay\[\d+:\d+\] is '8 crows', not '48 crows'",
            id="span",
        ),
        pytest.param(
            {"spans": [{**SPAN, "document": "diary"}]},
            "'q1': the corpus has no document 'diary'",
            id="document",
        ),
        pytest.param(
            {"spans": []}, "'q1': an answerable question has spans", id="answerable without spans"
        ),
        pytest.param({"answerable": "perhaps"}, "line 1", id="no truth value"),
    ],
)
def test_an_invalid_question_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(CaseError, match=message):
        load_questions(write(tmp_path, {**ROW, **change}), CORPUS)


def test_a_folder_without_questions_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"questions\.jsonl"):
        load_questions(tmp_path, CORPUS)


GOLD = cite("essay", "In 2011 the council trapped 48 crows at the mill.")
OTHER = cite("essay", "Crows hold a grudge for years.", 2)
PARTLY = replace(answer(GOLD), status="partly", reason="It does not say how many.")


@pytest.mark.parametrize(
    ("measure", "given", "expected"),
    [
        pytest.param(
            public.evidence_cited_when_answered, answer(OTHER, GOLD), 1.0, id="cited second"
        ),
        pytest.param(public.evidence_cited_when_answered, answer(OTHER), 0.0, id="not cited"),
        pytest.param(
            public.evidence_cited_when_answered, PARTLY, 1.0, id="cited in a partial answer"
        ),
        pytest.param(public.evidence_cited_when_answered, REFUSAL, None, id="refused"),
        pytest.param(public.supporting_first, answer(GOLD, OTHER), 1.0, id="first is first"),
        pytest.param(public.supporting_first, answer(OTHER, GOLD), 0.0, id="second is not first"),
        pytest.param(public.supporting_first, REFUSAL, 0.0, id="refused is not first"),
        pytest.param(
            public.supporting_first_when_answered, REFUSAL, None, id="refused is not counted"
        ),
        pytest.param(
            public.supporting_first_when_answered,
            answer(OTHER, GOLD),
            0.0,
            id="answered with another first",
        ),
        pytest.param(public.answer_rate, PARTLY, 0.0, id="partly is no answer"),
        pytest.param(public.answer_rate, answer(OTHER), 1.0, id="answered"),
        pytest.param(
            public.refusal_rate, REFUSAL, None, id="no refusal rate where there is an answer"
        ),
    ],
)
def test_a_measure_of_an_answerable_question(
    measure: Measure, given: Answer, expected: float | None
) -> None:
    assert measure(seen("answerable", given, gold(("essay", "48 crows")))) == expected


def test_refusing_the_unanswerable_counts_partly_in() -> None:
    given = {"refused": REFUSAL, "partly": PARTLY, "answered": answer(OTHER)}
    rates = {name: public.refusal_rate(seen("unanswerable", one)) for name, one in given.items()}
    assert rates == {"refused": 1.0, "partly": 1.0, "answered": 0.0}
    assert public.answer_rate(seen("unanswerable", REFUSAL)) is None
