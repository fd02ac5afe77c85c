"""The command: what it prints and writes, what it exits with, and what it refuses."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from rich.console import Console

from eval.run import Options, main, sample
from ingest.errors import CaseError, ModelError, SettingsError
from ingest.settings import Settings, read_settings
from ingest.types import Corpus
from rag.chain import EssayChain
from tests.eval.made_up import CORPUS, ESSAY, essay_chain, hit

TRAPPED = ("essay", "In 2011 the council trapped 48 crows at the mill.")
GRUDGE = ("essay", "Crows hold a grudge for years.")
COUNTED = ("gazette", "The trial counted 84 crows, not 48.")
HITS = {
    "How many crows?": [hit(*TRAPPED)],
    "Is 48 right?": [hit(*TRAPPED), hit(*COUNTED)],
    "How many crows? And where?": [hit(*TRAPPED)],
}
ROWS: list[dict[str, Any]] = [
    {"id": "fact", "kind": "essay_fact", "question": "How many crows?", "evidence": [{"source": "essay", "quote": "48 crows"}]},
    {"id": "both", "kind": "disagreement", "question": "Is 48 right?",
     "evidence": [{"source": "essay", "quote": "48 crows"}, {"source": "gazette", "quote": "not 48"}]},
    {"id": "next", "kind": "follow_up", "question": "And where?", "history": [{"question": "How many crows?"}],
     "evidence": [{"source": "essay", "quote": "at the mill"}]},
    {"id": "pizza", "kind": "off_topic", "question": "<b>Best pizza?</b>", "evidence": []},
]  # fmt: skip
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "crows"
    folder.mkdir()
    (folder / "essay.txt").write_text(ESSAY, encoding="utf-8")
    notes = [{"id": "gazette", "title": "About gazette", "publisher": "The Mill Gazette", "claim": "trapped 48 crows",
              "relation": "contradicts", "facts": CORPUS.body("gazette").split("\n")}]  # fmt: skip
    (folder / "sources.yaml").write_text(yaml.safe_dump(notes), encoding="utf-8")
    for row in ROWS:
        file = folder / "cases" / "dev" / f"{row['kind']}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump([row]), encoding="utf-8")
    return folder


@pytest.fixture
def run(corpus_folder: Path) -> Run:
    def load(corpus: Corpus, settings: Settings) -> EssayChain:
        return essay_chain(HITS)

    def run(settings: Settings | None = None, **options: Any) -> tuple[int, str]:
        console = Console(file=io.StringIO(), width=200)
        code = main(
            Options(**options),
            settings or read_settings(corpus=corpus_folder),
            console=console,
            load=load,
        )
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()

    return run


def gate(folder: Path, content: str) -> Path:
    file = folder / "gate.toml"
    file.write_text(content, encoding="utf-8")
    return file


def test_the_table_shows_figure_interval_and_baselines(run: Run) -> None:
    code, text = run()
    assert code == 0
    (line,) = [line for line in text.splitlines() if "refused_wrongly" in line]
    assert "0.0%" in line
    assert "100.0%" in line, "what never answering would refuse"
    assert all(name in text for name in ("bm25_first", "always", "never", "95% interval"))


def test_a_broken_floor_exits_1_and_says_which(run: Run, tmp_path: Path) -> None:
    code, text = run(
        gate=gate(
            tmp_path,
            "[floors]\ncitation_precision = 1.0\nrecall_at_1 = 1.0\n[ceilings]\ncitations_shown = 1",
        )
    )
    assert code == 1
    assert "citations_shown 1.333, over the ceiling 1.000: both" in text
    assert "recall_at_1" not in text.split("gate:", 1)[1]


def test_only_runs_the_kinds_asked_for_and_holds_their_bounds_alone(
    run: Run, tmp_path: Path
) -> None:
    code, text = run(
        only=("off_topic",),
        gate=gate(tmp_path, "[floors]\noff_topic_refused = 1.0\nboth_voices = 1.0"),
    )
    assert code == 0
    assert "both_voices" not in text


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
        "disagreement": "0", "essay_fact": "0", "follow_up": "0", "near_miss": "1", "off_topic": "0",
    }  # fmt: skip
    (failure,) = root.iter("failure")
    assert failure.get("message") == "near_miss_held"
    assert failure.text is not None
    assert "question: How many crows?" in failure.text


def test_markdown_holds_the_figures_and_what_is_broken(run: Run, tmp_path: Path) -> None:
    run(markdown=tmp_path / "eval.md", gate=gate(tmp_path, "[ceilings]\ncitations_shown = 1"))
    lines = (tmp_path / "eval.md").read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in lines if line.startswith("| both_voices")]
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["100.0%", "20.7% – 100.0%", "1"]
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1
    assert lines[-1] == "- broken: citations_shown 1.333, over the ceiling 1.000: both"


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    letters = "abcdefghij"
    assert sample(letters, 4) == sample(letters, 4)
    assert sorted(sample(letters, 4)) == list(sample(letters, 4))
    assert len(sample(letters, 4)) == 4
    assert sample(letters, None) == sample(letters, 99) == tuple(letters)


def test_written_answers_are_judged(run: Run, corpus_folder: Path) -> None:
    _, text = run(read_settings(corpus=corpus_folder, model="fake:model"))
    assert "judged_supported" in text


def test_quote_wins_over_a_model_that_is_set(run: Run, corpus_folder: Path) -> None:
    _, text = run(read_settings(corpus=corpus_folder, model="fake:model"), engine="quote")
    assert "engine quote" in text
    assert "judged_supported" not in text


@pytest.mark.parametrize(
    ("settings", "options", "error", "message"),
    [
        pytest.param(
            {}, {"engine": "write"}, SettingsError, "needs a chat model", id="write without a model"
        ),
        pytest.param(
            {"model": "a:b"},
            {"judge": "a:b"},
            SettingsError,
            "judge its own work",
            id="the judge is the writer",
        ),
        pytest.param(
            {},
            {"judge": "verifier"},
            SettingsError,
            "judge its own work",
            id="the judge is the verifier",
        ),
        pytest.param({}, {"judge": "oracle"}, ModelError, "no judge 'oracle'", id="unknown judge"),
        pytest.param({}, {"sample": 0}, SettingsError, "--sample 0", id="empty sample"),
        pytest.param(
            {},
            {"only": ("riddle",)},
            CaseError,
            "no kind of case called 'riddle'",
            id="unknown kind",
        ),
        pytest.param({}, {"half": "test"}, CaseError, "no case is left", id="a half without cases"),
    ],
)
def test_what_cannot_be_run_is_refused_before_a_model_loads(
    corpus_folder: Path,
    settings: dict[str, Any],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    def load(corpus: Corpus, settings: Settings) -> EssayChain:
        raise AssertionError("loaded a model")

    with pytest.raises(error, match=message):
        main(
            Options(**options),
            read_settings(corpus=corpus_folder, **settings),
            console=Console(file=io.StringIO()),
            load=load,
        )


def test_a_public_set_runs_with_its_own_metrics(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    (folder / "corpus").mkdir(parents=True)
    (folder / "corpus" / "essay.txt").write_text(ESSAY, encoding="utf-8")
    start = ESSAY.index("48")
    spans = [{"document": "essay", "start": start, "end": start + 2, "text": "48"}]
    rows = [
        {"id": "1", "question": "How many crows?", "answerable": True, "spans": spans},
        {"id": "2", "question": "How many ravens?", "answerable": False, "spans": []},
    ]
    (folder / "questions.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
    )
    output = io.StringIO()
    code = main(
        Options(public=folder),
        read_settings(),
        console=Console(file=output, width=200),
        load=lambda *_: essay_chain(HITS),
    )
    assert code == 0
    assert [
        line
        for line in output.getvalue().splitlines()
        if "stop_and_go " in line and "100.0%" in line
    ]
    assert "corpus tiny" in output.getvalue()


def test_pairs_are_scored_beside_the_lexical_baseline(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "id": "1",
            "set": "s",
            "evidence": "48 crows were trapped",
            "claim": "48 crows were trapped",
            "supported": True,
        },
        {
            "id": "2",
            "set": "s",
            "evidence": "48 crows were trapped",
            "claim": "Ravens fly south",
            "supported": False,
        },
    ]
    file = tmp_path / "pairs.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    code, text = run(pairs=file, judge="lexical", json=tmp_path / "pairs.json")
    assert code == 0
    assert "balanced accuracy" in text
    written = json.loads((tmp_path / "pairs.json").read_text(encoding="utf-8"))
    assert [(row["judge"], row["balanced_accuracy"]) for row in written] == [("lexical", 1.0)]
