"""The guide on the command line: its questions are tried, a draft is written and never used."""

import json
from pathlib import Path

import pytest
import yaml
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from ingest.errors import ModelError, SettingsError
from ingest.settings import Settings, read_settings
from ingest.sources import read_corpus
from ingest.types import Guide
from rag.write import chat
from tests.fakes import write_corpus
from ui.cli import main
from ui.guide import DRAFT, write_draft

GOOD = {"says": "It says that the mills closed.", "rests_on": ["The mills closed in 1931"]}
BAD = {"says": "It says that the mills burnt.", "rests_on": ["The mills burnt down"]}


def replies(**parts: object) -> list[str]:
    """Return what a model says when it is asked for each part in turn."""
    names = ("summary", "thesis", "conclusion", "topics", "questions")
    said = {name: json.dumps({name: parts[name]}) for name in names if name in parts}
    return [f"Here it is: {said.get(name, 'I cannot do that.')}" for name in names]


def settings_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, said: list[str]
) -> tuple[Settings, Path]:
    model = GenericFakeChatModel(messages=iter(map(AIMessage, said)))
    monkeypatch.setattr(chat, "load_chat", lambda settings: model)
    return read_settings(corpus=folder, model="openai:scripted"), folder / DRAFT


def test_a_draft_holds_what_rests_on_words_of_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path / "c")
    topic = {"name": "Mills", "also": ["milling"], "gist": [GOOD]}
    said = replies(
        summary=[GOOD, BAD],
        thesis=[{"says": "No words."}],
        topics=[topic],
        questions=[{"ask": "?"}],
    )
    settings, file = settings_with(monkeypatch, folder, said)
    assert write_draft(settings) == file
    written = file.read_text(encoding="utf-8")
    assert "2 parts were dropped" in written
    assert yaml.safe_load(written) == {
        "summary": [GOOD],
        "topics": [topic],
        "questions": [{"ask": "?"}],
    }
    assert read_corpus(folder).guide == Guide(), "nothing reads a draft"
    file.rename(folder / "guide.yaml")
    assert len(read_corpus(folder).guide.statements) == 1


def test_a_draft_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_corpus(tmp_path / "c")
    settings, file = settings_with(monkeypatch, folder, replies(summary=[GOOD]))
    file.write_text("mine")
    with pytest.raises(SettingsError, match="is there already"):
        write_draft(settings)
    assert file.read_text() == "mine"


def test_a_model_that_makes_everything_up_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path / "c")
    settings, file = settings_with(monkeypatch, folder, replies(summary=[BAD]))
    with pytest.raises(ModelError, match="nothing that rests on words"):
        write_draft(settings)
    assert not file.exists()


def test_without_a_model_the_next_step_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide"]) != 0
    assert "--model provider:name" in capsys.readouterr().err


@pytest.mark.slow
def test_the_questions_of_a_guide_are_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_corpus(tmp_path / "c", guide={"questions": [{"ask": "Who was Napoleon?"}]})
    where = ["--corpus", str(folder), "--index", str(tmp_path / "i")]
    assert main(["ingest", *where]) == 0
    assert main(["ingest", "--check", *where]) == 1
    assert "Who was Napoleon?: not_in_corpus" in capsys.readouterr().out


@pytest.mark.slow
def test_every_question_that_ships_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "--check", "--index", str(tmp_path / "i")]) == 0
    assert "is answered" in capsys.readouterr().out
