"""The command line: one line for every error, and nothing touched."""

import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.fakes import files_in, indexed, settings_in, write_corpus
from ui.cli import main

QUESTION = "When did the mills close?"
SLOW = {"torch", "chromadb", "gradio", "fastapi", "sentence_transformers", "langchain_core"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the river corpus in `corpus`."""
    write_corpus(tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run the installed command in a process of its own."""
    command = [
        sys.executable,
        "-c",
        "import sys; from ui.cli import main; sys.exit(main())",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


def obstruct(name: str, content: bytes = b"") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def stale(folder: Path) -> None:
    """Leave an index that another model built."""
    indexed(folder, settings_in(folder, embedding_model="another-model"))


ASK = ["ask", QUESTION, "--corpus", "corpus", "--index", "index"]
INGEST = ["ingest", "--corpus", "corpus", "--index", "index"]


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "named"),
    [
        pytest.param(None, ["ask"], 2, "one question, or --batch", id="no question"),
        pytest.param(
            None,
            ["ask", "Why?", "--batch", "x"],
            2,
            "one question, or --batch",
            id="question and batch",
        ),
        pytest.param(None, ["ask", ""], 2, "no word", id="empty question"),
        pytest.param(None, ["ask", "?!…"], 2, "no word", id="punctuation"),
        pytest.param(None, ["ask", "<img src=x>"], 2, "no word", id="HTML"),
        pytest.param(None, ["ask", "\x1b\x07\u202e"], 2, "no word", id="control characters"),
        pytest.param(None, ["ask", "x" * 20_000], 2, "20,000 characters", id="long question"),
        pytest.param(None, ["ask", "Why?", "--corpus", "gone"], 1, "'gone'", id="no corpus"),
        pytest.param(None, ["ingest", "--corpus", "gone"], 1, "'gone'", id="no corpus to ingest"),
        pytest.param(None, ["ingest", "--corpus", "c" * 5000], 1, "ccc", id="corpus name too long"),
        pytest.param(obstruct("corpus/b.txt"), ASK, 1, "b.txt", id="empty file"),
        pytest.param(obstruct("corpus/b.txt", b"\xff"), INGEST, 1, "b.txt", id="file not UTF-8"),
        pytest.param(
            lambda folder: (folder / "corpus" / "b.txt").mkdir(),
            INGEST,
            1,
            "b.txt",
            id="unreadable file",
        ),
        pytest.param(
            obstruct("corpus/sources.yaml", b"- {"), INGEST, 1, "sources.yaml", id="broken notes"
        ),
        pytest.param(
            obstruct("index", b"in the way"), INGEST, 1, "index", id="index cannot be written"
        ),
        pytest.param(
            obstruct("index", b"in the way"), ASK, 1, "index", id="index cannot be written to ask"
        ),
        pytest.param(stale, ASK, 1, "'another-model'", id="index by another model"),
        pytest.param(None, ["ask", "--batch", "gone.jsonl"], 2, "'gone.jsonl'", id="no batch"),
        pytest.param(None, ["ask", "--batch", "corpus"], 2, "'corpus'", id="batch is a folder"),
        pytest.param(
            obstruct("b", b"\xff\n"),
            ["ask", "--batch", "b"],
            2,
            "'b' is not UTF-8",
            id="batch not UTF-8",
        ),
        pytest.param(
            obstruct("b", b'{"id": 1, "question": "a"}\n\n{'),
            ["ask", "--batch", "b"],
            2,
            "line 3: ",
            id="no JSON",
        ),
        pytest.param(
            obstruct("b", '{"id": 1, "question": "a\u2028b"}\n{'.encode()),
            ["ask", "--batch", "b"],
            2,
            "line 2: ",
            id="line separator in a line",
        ),
        pytest.param(
            obstruct("b", b'{"id": 1}'),
            ["ask", "--batch", "b"],
            2,
            "line 1: question",
            id="no question in it",
        ),
        pytest.param(
            obstruct("b", b'{"question": "Why?"}'),
            ["ask", "--batch", "b"],
            2,
            "line 1: id",
            id="no id in it",
        ),
        pytest.param(
            obstruct("b", b'{"id": 1, "question": "a", "x": 1}'),
            ["ask", "--batch", "b"],
            2,
            "x: ",
            id="key",
        ),
    ],
)
def test_bad_input_is_one_line_and_touches_nothing(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Path], object] | None,
    arguments: list[str],
    code: int,
    named: str,
) -> None:
    if prepare:
        prepare(place)
    before = files_in(place)
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert named in shown.err
    assert shown.err.startswith("essay-chat: ")
    assert shown.err.count("\n") == 1
    assert files_in(place) == before


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        pytest.param({"ESSAY_CHAT_PROT": "1"}, "ESSAY_CHAT_PROT", id="unknown variable"),
        pytest.param({"ESSAY_CHAT_CANDIDATES": "many"}, "'candidates'", id="bad value"),
        pytest.param({"ESSAY_CHAT_CONFIG": "gone.toml"}, "gone.toml", id="no file"),
    ],
)
def test_a_bad_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: Mapping[str, str],
    named: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["ask", "Why?"]) == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["ask", "--colour"], ["serve", "--port", "high"]]
)
def test_a_command_used_wrongly_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: essay-chat" in capsys.readouterr().err


def test_the_process_ends_with_the_code_and_without_a_trace(place: Path) -> None:
    ended = program("ask", "?!", cwd=place)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("essay-chat: ")
    assert ended.stderr.count("\n") == 1


def test_a_batch_from_stdin_that_is_not_utf8_is_named(place: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from ui.cli import main; sys.exit(main(['ask', '--batch', '-']))",
        ],
        input=b"\xff\n",
        capture_output=True,
        check=False,
        cwd=place,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"essay-chat: file '-' is not UTF-8")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ask", "--help"], ["serve", "--help"], ["ask", ""]]
)
def test_nothing_slow_is_imported_to_say_how_it_is_used(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom ui.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print(sorted({SLOW} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_a_busy_port_is_named_before_anything_is_built(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        before = files_in(place)
        assert main(["serve", "--corpus", "corpus", "--index", "index", "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in error
    assert error.count("\n") == 1
    assert files_in(place) == before
