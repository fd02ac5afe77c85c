"""Gate files and earlier reports are read strictly."""

from pathlib import Path

import pytest

from eval.gate import SHIPPED, read_gate
from eval.report.compare import read_baseline
from ingest.errors import CaseError


def test_the_gate_that_ships_bounds_every_promise_and_gives_nothing_on_the_exact_ones() -> None:
    gate = read_gate(SHIPPED)
    promised = {
        "evidence_cited",
        "follow_ups_resolved",
        "both_voices",
        "near_miss_held",
        "premise_met",
        "off_topic_refused",
        "attack_refused",
    }
    exact = ("completed", "quotes_exact", "quotes_whole", "voices_true", "sentences_held")
    assert promised <= set(gate.floors)
    assert {gate.floors[name] for name in exact} == {1.0}
    assert gate.ceilings["refused_wrongly"] <= 0.04
    assert gate.ceilings["partly_wrongly"] <= 0.08
    assert gate.ceilings["citations_shown"] <= 6


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "[floors]\nevidence_citd = 0.9", "no metric 'evidence_citd'", id="unknown metric"
        ),
        pytest.param("[floors]\nevidence_cited = '90%'", "floors.evidence_cited", id="no number"),
        pytest.param("[goals]\nevidence_cited = 0.9", "goals", id="unknown table"),
        pytest.param("[floors", "not valid TOML", id="broken TOML"),
    ],
)
def test_an_invalid_gate_is_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError) as raised:
        read_gate(file)
    assert message in str(raised.value)
    assert "gate.toml" in str(raised.value)


def test_a_missing_gate_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"none\.toml"):
        read_gate(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "is not JSON", id="broken JSON"),
        pytest.param("[]", "has no figures and cases", id="another JSON"),
        pytest.param(None, "cannot be read", id="no file"),
    ],
)
def test_an_invalid_baseline_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "before.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=message):
        read_baseline(file)
