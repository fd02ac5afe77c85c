"""Case files are validated to the last key, and gold evidence resolves to exact spans."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from eval.sets.cases import SHIPPED, load_cases
from ingest.errors import CaseError
from ingest.sources import read_corpus
from ingest.types import Place, Text
from rag.types import Turn
from tests.eval.made_up import CORPUS, ESSAY

TRAPPED = {"source": "essay", "quote": "trapped 48 crows"}
FACT: dict[str, Any] = {
    "id": "f1",
    "kind": "essay_fact",
    "question": "how many crows",
    "evidence": [TRAPPED],
}
BOTH = [TRAPPED, {"source": "gazette", "quote": "counted 84 crows"}]
TURN = {"question": "who trapped the crows?"}


def write(folder: Path, rows: Any, *, half: str = "dev", kind: str = "essay_fact") -> Path:
    file = folder / half / f"{kind}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        rows if isinstance(rows, str) else yaml.safe_dump(rows, allow_unicode=True),
        encoding="utf-8",
    )
    return folder


def test_gold_resolves_to_the_span_of_its_quote(tmp_path: Path) -> None:
    (case,) = load_cases(write(tmp_path, [FACT]), CORPUS)
    start = ESSAY.index("trapped 48 crows")
    assert case.evidence[0].spans == (Place("essay", start, start + 16),)
    assert (case.half, case.kind, case.history) == ("dev", "essay_fact", ())


def test_alternatives_belong_to_the_same_item(tmp_path: Path) -> None:
    row = {**FACT, "evidence": [{**TRAPPED, "or": [{"source": "gazette", "quote": "not 48"}]}]}
    (case,) = load_cases(write(tmp_path, [row]), CORPUS)
    assert [span.source_id for span in case.evidence[0].spans] == ["essay", "gazette"]


def test_a_pull_quote_of_the_gold_words_counts_as_the_gold(tmp_path: Path) -> None:
    body = f"{ESSAY}\n\nIt says that nobody complained\n"
    corpus = replace(CORPUS, texts=(Text("essay", body), CORPUS.texts[1]))
    row = {**FACT, "evidence": [{"source": "essay", "quote": "It says that nobody complained."}]}
    (case,) = load_cases(write(tmp_path, [row]), corpus)
    words = [body[span.start : span.end] for span in case.evidence[0].spans]
    assert words == ["It says that nobody complained.", "It says that nobody complained"]


def test_history_becomes_turns(tmp_path: Path) -> None:
    row = {
        **FACT,
        "kind": "follow_up",
        "history": [TURN],
        "standalone": "How many crows did the council trap?",
    }
    (case,) = load_cases(write(tmp_path, [row], kind="follow_up"), CORPUS)
    assert case.history == (Turn("who trapped the crows?", ""),)


def test_halves_and_kinds_are_chosen_apart(tmp_path: Path) -> None:
    write(tmp_path, [FACT])
    write(tmp_path, [{**FACT, "id": "f2"}], half="test")
    write(
        tmp_path,
        [{"id": "o", "kind": "off_topic", "question": "pizza?", "evidence": []}],
        half="test",
        kind="off_topic",
    )
    assert [case.id for case in load_cases(tmp_path, CORPUS, halves=("test",))] == ["f2", "o"]
    assert [case.id for case in load_cases(tmp_path, CORPUS, kinds=("off_topic",))] == ["o"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"answer": "48"}, "unknown key 'answer'", id="unknown key"),
        pytest.param({"kind": "riddle"}, "kind", id="unknown kind"),
        pytest.param(
            {"kind": "source_fact"}, "stands in 'essay_fact.yaml'", id="kind of another file"
        ),
        pytest.param({"question": ""}, "question", id="empty question"),
        pytest.param({"says": [48]}, "says.0", id="number for a regex"),
        pytest.param({"says": ["(48"]}, "'(48' is no regular expression", id="broken regex"),
        pytest.param({"evidence": []}, "needs evidence", id="no evidence"),
        pytest.param({"history": [TURN]}, "history belongs to", id="history of a fact"),
        pytest.param(
            {"evidence": [{**TRAPPED, "quote": "trapped 84 crows"}]},
            "is not in 'essay'",
            id="missing quote",
        ),
        pytest.param(
            {"evidence": [{**TRAPPED, "quote": "rows"}]}, "stands 2 times in", id="quote not unique"
        ),
        pytest.param(
            {"evidence": [{**TRAPPED, "source": "diary"}]}, "no source 'diary'", id="unknown source"
        ),
        pytest.param(
            {"evidence": [{**TRAPPED, "page": 3}]},
            "unknown key 'evidence.0.page'",
            id="unknown key of evidence",
        ),
    ],
)
def test_an_invalid_case_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(CaseError) as raised:
        load_cases(write(tmp_path, [{**FACT, **change}]), CORPUS)
    assert message in str(raised.value)
    assert "'f1'" in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "row", "message"),
    [
        pytest.param(
            "near_miss",
            {**FACT, "kind": "near_miss"},
            "has no evidence",
            id="near miss with evidence",
        ),
        pytest.param(
            "follow_up",
            {**FACT, "kind": "follow_up"},
            "history belongs to",
            id="follow-up without history",
        ),
        pytest.param(
            "disagreement",
            {**FACT, "kind": "disagreement"},
            "those of a source",
            id="one voice disagrees",
        ),
    ],
)
def test_a_kind_has_what_it_needs(
    tmp_path: Path, kind: str, row: dict[str, Any], message: str
) -> None:
    with pytest.raises(CaseError, match=message):
        load_cases(write(tmp_path, [row], kind=kind), CORPUS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("- id: [", "not valid YAML", id="broken YAML"),
        pytest.param("id: f1", "must be a list", id="no list"),
        pytest.param("- just words", "number 1 of", id="a case that is no mapping"),
    ],
)
def test_an_invalid_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CaseError, match=message) as raised:
        load_cases(write(tmp_path, content), CORPUS)
    assert "essay_fact.yaml" in str(raised.value)


def test_a_doubled_id_is_refused_across_halves(tmp_path: Path) -> None:
    write(tmp_path, [FACT])
    write(tmp_path, [FACT], half="test")
    with pytest.raises(CaseError, match="two cases have the id 'f1'"):
        load_cases(tmp_path, CORPUS)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no case file"):
        load_cases(tmp_path, CORPUS)


def test_an_unknown_kind_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no kind of case called 'riddle'"):
        load_cases(write(tmp_path, [FACT]), CORPUS, kinds=("riddle",))


def test_the_cases_that_ship_load_and_are_as_many_as_promised() -> None:
    cases = load_cases(SHIPPED, read_corpus())
    promised = {
        "essay_fact": 60,
        "essay_reason": 40,
        "source_fact": 30,
        "disagreement": 12,
        "follow_up": 20,
        "near_miss": 30,
        "off_topic": 10,
        "false_premise": 10,
        "attack": 10,
    }
    counts = Counter(str(case.kind) for case in cases)
    assert len(cases) >= 200
    assert all(counts[kind] >= least for kind, least in promised.items()), counts
