"""`essay-chat ask` and `ingest` with real models: words, JSON, batches, odd outputs."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.fakes import RIVER, build_river
from ui.cli import main

QUESTION = "When did the mills close?"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The river corpus with an index that the default model built."""
    return build_river(tmp_path_factory.mktemp("built"))


@pytest.mark.slow
class TestAnswering:
    @pytest.fixture(autouse=True)
    def in_the_folder(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ESSAY_CHAT_CORPUS", str(built / "corpus"))
        monkeypatch.setenv("ESSAY_CHAT_INDEX", str(built / "index"))

    def test_an_answer_is_words_and_then_where_they_stand(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", QUESTION]) == 0
        answer, _, citations = capsys.readouterr().out.partition("Citations:")
        assert "“The mills closed in 1931.” [" in answer
        assert "paragraph 2, characters 70–95" in citations

    def test_json_is_the_json_form(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["ask", QUESTION, "--json"]) == 0
        form = json.loads(capsys.readouterr().out)
        [*_, citation] = [c for c in form["citations"] if "1931" in c["quote"]]
        assert RIVER[citation["start"] : citation["end"]] == citation["quote"]
        assert form["question"] == QUESTION

    def test_a_batch_is_answered_in_order_with_an_error_in_its_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asks = [
            {"id": "b", "question": QUESTION},
            {"id": "a", "question": "?!"},
            {
                "id": 3,
                "question": "And\u2028why?",
                "history": [{"question": QUESTION, "answer": ""}, {"question": "Where?"}],
            },
        ]
        lines = "\r\n\n".join(json.dumps(ask, ensure_ascii=False) for ask in asks)
        (tmp_path / "asks.jsonl").write_bytes(b"\xef\xbb\xbf" + lines.encode())
        assert main(["ask", "--batch", str(tmp_path / "asks.jsonl")]) == 1
        rows = [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]
        assert [row["id"] for row in rows] == ["b", "a", 3]
        assert "no word" in rows[1]["error"]
        assert [row.get("status") is None for row in rows] == [False, True, False]
        assert "mills" in rows[2]["standalone_question"]

    def test_a_batch_without_errors_exits_with_0(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "asks.jsonl").write_text(json.dumps({"id": 1, "question": QUESTION}))
        assert main(["ask", "--batch", str(tmp_path / "asks.jsonl")]) == 0
        assert json.loads(capsys.readouterr().out)["status"] == "answered"

    def test_ingest_says_there_is_nothing_to_do(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["ingest"]) == 0
        assert capsys.readouterr().err.startswith("Index: 4 passages, nothing to do")

    def test_the_first_question_builds_the_index(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ESSAY_CHAT_INDEX", str(tmp_path / "new"))
        assert main(["ask", QUESTION]) == 0
        shown = capsys.readouterr()
        assert shown.err.startswith("Index: 4 passages, 4 embedded now")
        assert "1931" in shown.out

    @pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "JSON"])
    def test_an_answer_fits_an_output_that_knows_only_ascii(self, form: list[str]) -> None:
        written = BytesIO()
        with redirect_stdout(TextIOWrapper(written, encoding="ascii")) as output:
            assert main(["ask", "“When” did the mills close? 🙂", *form]) == 0
            output.flush()
        text = written.getvalue().decode("ascii")
        assert "The mills closed in 1931." in text
        assert not form or json.loads(text)["question"] == "“When” did the mills close? 🙂"

    def test_a_reader_that_goes_away_is_no_error(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        command = [
            sys.executable,
            "-c",
            "import sys; from ui.cli import main; sys.exit(main())",
            "ask",
            QUESTION,
        ]
        with os.fdopen(writing, "w") as closed:
            ended = subprocess.run(
                command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False
            )
        assert (ended.returncode, ended.stderr) == (0, "")
