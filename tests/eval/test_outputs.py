"""What the command writes: JSON, JUnit XML and Markdown, and what changed since another report."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.eval.made_up import TRAPPED, Run, write_gate


def test_json_is_the_same_twice_but_for_its_seconds(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    contents = []
    for file in files:
        run(json=file)
        contents.append(json.loads(file.read_text(encoding="utf-8")))
        seconds = contents[-1].pop("seconds")
    assert contents[0] == contents[1]
    assert set(seconds["cases"]) == {"fact", "both", "next", "pizza"}
    (fact,) = [case for case in contents[0]["cases"] if case["id"] == "fact"]
    assert fact["gold"] == [[{"source_id": "essay", "quote": "48 crows"}]]
    assert fact["answer"]["citations"][0]["quote"] == TRAPPED[1]


def test_comparison_names_the_regressed_case(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    run(json=before)
    report = json.loads(before.read_text(encoding="utf-8"))
    report["figures"]["both_voices"]["value"] = 0.5
    report["cases"] = [
        {**case, "failures": ["both_voices"] if case["id"] == "both" else []}
        for case in report["cases"]
    ]
    before.write_text(json.dumps(report), encoding="utf-8")
    _, text = run(compare=before)
    assert "50.0% → 100.0%" in text
    assert any("mended" in line and "both" in line for line in text.splitlines())


def test_junit_has_a_test_for_each_case_and_says_why_one_failed(
    run: Run, corpus_folder: Path, tmp_path: Path
) -> None:
    row = {"id": "bad\u0007", "kind": "near_miss", "question": "How many crows?", "evidence": []}
    (corpus_folder / "cases" / "dev" / "near_miss.yaml").write_text(
        yaml.safe_dump([row]), encoding="utf-8"
    )
    run(junit=tmp_path / "eval.xml")
    root = ElementTree.parse(tmp_path / "eval.xml").getroot()
    assert {suite.get("name"): suite.get("failures") for suite in root} == {
        "disagreement": "0",
        "essay_fact": "0",
        "follow_up": "0",
        "near_miss": "1",
        "off_topic": "0",
    }
    (failure,) = root.iter("failure")
    assert failure.get("message") == "near_miss_held"
    assert failure.text is not None
    assert "question: How many crows?" in failure.text


def test_markdown_holds_the_figures_and_what_is_broken(run: Run, tmp_path: Path) -> None:
    run(markdown=tmp_path / "eval.md", gate=write_gate(tmp_path, "[ceilings]\ncitations_shown = 1"))
    lines = (tmp_path / "eval.md").read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in lines if line.startswith("| both_voices")]
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["100.0%", "20.7% – 100.0%", "1"]
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1
    assert lines[-1] == "- broken: citations_shown 1.333, over the ceiling 1.000: both"


@pytest.mark.parametrize("show", [False, True], ids=["figures only", "named"])
def test_the_words_of_a_held_out_case_are_shown_only_when_asked_for(
    run: Run, corpus_folder: Path, tmp_path: Path, show: bool
) -> None:
    row = {"id": "secret-1", "kind": "near_miss", "question": "How many crows?", "evidence": []}
    for kind in ("essay_fact", "follow_up", "disagreement"):  # which ask the same
        (corpus_folder / "cases" / "dev" / f"{kind}.yaml").unlink()
    (corpus_folder / "cases" / "test").mkdir(exist_ok=True)
    (corpus_folder / "cases" / "test" / "near_miss.yaml").write_text(
        yaml.safe_dump([row]), encoding="utf-8"
    )
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "html")}
    _, text = run(**files, show_held_out=show)
    written = [text, *(file.read_text(encoding="utf-8") for file in files.values())]
    assert [("How many crows?" in one) for one in written] == [show] * len(written)
    assert "near_miss" in text
    assert ("--show-held-out names them" in text) is not show
