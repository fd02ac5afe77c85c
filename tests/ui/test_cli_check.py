"""`essay-chat check`: verdicts in the order asked, one line for every error."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import NOTES, RIVER, build_river, files_in
from ui.cli import main

QUESTION = "When did the mills close?"


def lines(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "named"),
    [
        pytest.param(None, ["check"], 2, "one claim, or --batch", id="no claim"),
        pytest.param(
            None,
            ["check", "It rained.", "--batch", "x"],
            2,
            "one claim, or --batch",
            id="claim and file",
        ),
        pytest.param(None, ["check", "?!"], 2, "the claim holds no word", id="punctuation"),
        pytest.param(
            None, ["check", "x" * 20_000], 2, "the claim has 20,000 characters", id="long claim"
        ),
        pytest.param(
            None, ["check", "It rained.", "--corpus", "gone"], 1, "'gone'", id="no corpus"
        ),
        pytest.param(None, ["check", "--batch", "gone.jsonl"], 2, "'gone.jsonl'", id="no file"),
        pytest.param(
            lines("p", b"\xff\n"), ["check", "--batch", "p"], 2, "'p' is not UTF-8", id="not UTF-8"
        ),
        pytest.param(
            lines("p", b'{"id": 1, "claim": "a"}\n{'),
            ["check", "--batch", "p"],
            2,
            "line 2: ",
            id="no JSON",
        ),
        pytest.param(
            lines("p", b'{"id": 1}'),
            ["check", "--batch", "p"],
            2,
            "line 1: claim",
            id="no claim in it",
        ),
        pytest.param(
            lines("p", b'{"claim": "a"}'),
            ["check", "--batch", "p"],
            2,
            "line 1: id",
            id="no id in it",
        ),
        pytest.param(
            lines("p", b'{"id": 1, "claim": "a", "x": 1}'),
            ["check", "--batch", "p"],
            2,
            "x: ",
            id="key",
        ),
        pytest.param(
            None,
            ["ask", "--explain", "--batch", "x"],
            2,
            "one question, or --batch",
            id="batch explained",
        ),
    ],
)
def test_bad_input_is_one_line_and_touches_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Path], object] | None,
    arguments: list[str],
    code: int,
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if prepare:
        prepare(tmp_path)
    before = files_in(tmp_path)
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert named in shown.err
    assert shown.err.startswith("essay-chat: ")
    assert shown.err.count("\n") == 1
    assert files_in(tmp_path) == before


def test_an_explanation_is_not_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["ask", QUESTION, "--json", "--explain"])
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The river corpus and its notes with an index that the default model built."""
    return build_river(tmp_path_factory.mktemp("checked"), notes=NOTES)


@pytest.mark.slow
class TestChecking:
    @pytest.fixture(autouse=True)
    def in_the_folder(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ESSAY_CHAT_CORPUS", str(built / "corpus"))
        monkeypatch.setenv("ESSAY_CHAT_INDEX", str(built / "index"))

    def test_a_claim_gets_its_verdict_and_where_it_stands(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["check", "The mills closed in 1913."]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith("Contradicted: the essay says 1931, not 1913")
        assert "“The mills closed in 1931.”" in shown

    def test_json_is_the_json_form(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "The mills closed in 1931.", "--json"]) == 0
        form = json.loads(capsys.readouterr().out)
        assert form["verdict"] == "supported"
        citation = form["citations"][0]
        assert (
            RIVER[citation["start"] : citation["end"]]
            == citation["quote"]
            == "The mills closed in 1931."
        )

    def test_a_file_of_claims_is_checked_in_order_with_an_error_in_its_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        claims = [
            ("b", "The mills closed in 1931."),
            ("a", "?!"),
            (3, "The mills closed in 1951."),
            (4, "Ghouta was shelled."),
        ]
        rows = "\n\n".join(json.dumps({"id": key, "claim": claim}) for key, claim in claims)
        (tmp_path / "claims.jsonl").write_text(rows)
        assert main(["check", "--batch", str(tmp_path / "claims.jsonl")]) == 1
        shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [row["id"] for row in shown] == ["b", "a", 3, 4]
        assert [row.get("verdict") for row in shown] == [
            "supported",
            None,
            "contradicted",
            "not_found",
        ]
        assert "no word" in shown[1]["error"]

    def test_an_explained_answer_is_the_answer_and_then_its_tables(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["ask", QUESTION, "--explain"]) == 0
        answer, _, behind = capsys.readouterr().out.partition("Main texts")
        assert "The mills closed in 1931." in answer
        assert "Sources" in behind
        assert "Decision: " in behind
        assert "intercept" in behind
