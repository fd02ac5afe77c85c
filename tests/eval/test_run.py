"""The command: what it prints, what it exits with, and what it refuses."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from eval.run import Options, main
from eval.sets.cases import sample
from ingest.errors import CaseError, ModelError, SettingsError
from ingest.settings import Settings, read_settings
from ingest.types import Corpus
from rag.chain import EssayChain
from tests.eval.made_up import ESSAY, HITS, Run, essay_chain, write_gate


def test_the_table_shows_figure_interval_and_baselines(run: Run) -> None:
    code, text = run()
    assert code == 0
    (line,) = [line for line in text.splitlines() if "refused_wrongly" in line]
    assert "0.0%" in line
    assert "100.0%" in line, "what never answering would refuse"
    assert all(name in text for name in ("bm25_first", "always", "never", "95% interval"))


def test_a_broken_floor_exits_1_and_says_which(run: Run, tmp_path: Path) -> None:
    floors = "[floors]\ncitation_precision = 1.0\nrecall_at_1 = 1.0"
    code, text = run(gate=write_gate(tmp_path, f"{floors}\n[ceilings]\ncitations_shown = 1"))
    assert code == 1
    assert "citations_shown 1.333, over the ceiling 1.000: both" in text
    assert "recall_at_1" not in text.split("gate:", 1)[1]


def test_only_runs_the_kinds_asked_for_and_holds_their_bounds_alone(
    run: Run, tmp_path: Path
) -> None:
    code, text = run(
        only=("off_topic",),
        gate=write_gate(tmp_path, "[floors]\noff_topic_refused = 1.0\nboth_voices = 1.0"),
    )
    assert code == 0
    assert "both_voices" not in text


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
    text = output.getvalue()
    lines = [line for line in text.splitlines() if "stop_and_go " in line and "100.0%" in line]
    assert lines
    assert "corpus tiny" in text


def test_pairs_are_scored_beside_the_lexical_baseline(run: Run, tmp_path: Path) -> None:
    evidence = "48 crows were trapped"
    true = {"id": "1", "set": "s", "evidence": evidence, "claim": evidence, "supported": True}
    false = {**true, "id": "2", "claim": "Ravens fly south", "supported": False}
    file = tmp_path / "pairs.jsonl.gz"
    file.write_bytes(gzip.compress(f"{json.dumps(true)}\n{json.dumps(false)}\n".encode()))
    code, text = run(pairs=file, judge="lexical", json=tmp_path / "pairs.json")
    assert code == 0
    assert "balanced accuracy" in text
    written = json.loads((tmp_path / "pairs.json").read_text(encoding="utf-8"))
    assert [(row["judge"], row["balanced_accuracy"]) for row in written] == [("lexical", 1.0)]
