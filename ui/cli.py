"""The command line: `essay-chat ingest · ask · check · serve · eval`.

Imports what is slow where it is needed.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.errors import EssayChatError, QuestionError
from ingest.settings import Settings, read_settings

if TYPE_CHECKING:
    from pydantic import BaseModel

    from rag.chain import EssayChain

Row = TypeVar("Row", bound="BaseModel")
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, 1 (failed) or 2 (used wrongly).

    An error is one line on stderr.
    """
    options = vars(_parser().parse_args(arguments))
    command: Callable[[dict[str, Any]], int] = options.pop("run")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # an answer must not fail for a terminal without its quotation marks
    try:
        code = command(options)
        sys.stdout.flush()
        return code
    except EssayChatError as error:
        print(f"essay-chat: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever read our output has had enough of it
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # or Python complains of the pipe as it ends
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "essay-chat",
        description="Ask an essay: every sentence of an answer cites exact characters.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--corpus",
        metavar="DIR",
        type=Path,
        help="folder of .txt and .md files (default: the essay)",
    )
    shared.add_argument(
        "--index",
        metavar="DIR",
        type=Path,
        help="folder of the index (default: under the user's data folder)",
    )

    def command(
        name: str, run: Callable[[dict[str, Any]], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[shared], help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    command("ingest", _ingest, "build or refresh the index")
    ask = command("ask", _ask, "answer a question, or a file of them")
    ask.add_argument("question", nargs="?", help="the question")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the JSON form")
    form.add_argument(
        "--explain",
        action="store_true",
        help="show the rankings, scores and features behind the answer",
    )
    ask.add_argument(
        "--model",
        metavar="NAME",
        help="chat model that writes, provider:name or gguf:PATH (default: none)",
    )
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='answer JSON lines {"id", "question", "history"}; - reads from stdin',
    )
    check = command(
        "check", _check, "check a claim, or a file of them: supported, contradicted or not found"
    )
    check.add_argument("claim", nargs="?", help="the claim, a sentence")
    check.add_argument("--json", action="store_true", help="print the JSON form")
    check.add_argument(
        "--batch", metavar="FILE", help='check JSON lines {"id", "claim"}; - reads from stdin'
    )
    serve = command("serve", _serve, "serve the page, the API and the widget")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    serve.add_argument(
        "--model",
        metavar="NAME",
        help="chat model that writes, provider:name or gguf:PATH (default: none)",
    )
    _add_eval(command("eval", _eval, "run the evaluation suite; exit 1 below a floor of its gate"))
    return parser


def _add_eval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine", choices=("quote", "write"), help="engine to evaluate (default: the one in use)"
    )
    parser.add_argument("--model", metavar="NAME", help="chat model, provider:name")
    parser.add_argument(
        "--only",
        metavar="KIND",
        action="append",
        default=[],
        help="only cases of this kind; may be repeated",
    )
    parser.add_argument(
        "--half",
        choices=("dev", "test", "all"),
        default="all",
        help="half of the cases (default: all)",
    )
    parser.add_argument(
        "--cases", metavar="DIR", type=Path, help="folder of cases (default: those that ship)"
    )
    parser.add_argument(
        "--sample", metavar="N", type=int, help="only N of the cases, always the same"
    )
    parser.add_argument(
        "--judge",
        metavar="NAME",
        help="judge of written sentences: lexical, cross-encoder or a chat model",
    )
    parser.add_argument(
        "--public", metavar="DIR", type=Path, help="a public set: corpus/*.txt and questions.jsonl"
    )
    parser.add_argument(
        "--pairs",
        metavar="FILE",
        type=Path,
        help="score the verifier on (evidence, claim, supported) pairs",
    )
    parser.add_argument(
        "--gate", metavar="FILE", type=Path, help="floors and ceilings (default: those that ship)"
    )
    parser.add_argument(
        "--compare", metavar="FILE", type=Path, help="an earlier --json report: show what changed"
    )
    parser.add_argument(
        "--ablations",
        action="store_true",
        help="show the chain without each of its parts beside the figures",
    )
    for name in ("json", "junit", "html", "markdown"):
        parser.add_argument(
            f"--{name}", metavar="FILE", type=Path, help=f"write the report as {name}"
        )


def _eval(options: dict[str, Any]) -> int:
    from rich.console import Console

    from eval.run import Options, main

    settings = read_settings(**{name: options.pop(name) for name in ("corpus", "index", "model")})
    only = tuple(options.pop("only"))
    return main(
        Options(only=only, **options),
        settings,
        console=Console(),
        progress_console=Console(stderr=True),
    )


def _ingest(options: dict[str, Any]) -> int:
    _build(read_settings(**options))
    return 0


def _build(settings: Settings) -> None:
    """Build or refresh the index, with a progress bar on stderr."""
    from rich.console import Console
    from rich.progress import Progress

    from ingest.build import build
    from ingest.embed import load_embeddings
    from ingest.sources import read_corpus

    console = Console(stderr=True)
    corpus = read_corpus(settings.corpus)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Embedding passages", total=None)
        built = build(
            corpus,
            settings,
            lambda: load_embeddings(settings.embedding_model),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    done = f"{built.embedded} embedded now" if built.changed else "nothing to do"
    console.print(
        f"Index: {built.passages} passages, {done} ({built.folder})",
        highlight=False,
        soft_wrap=True,
    )


def _chain(settings: Settings) -> "EssayChain":
    """Return the chain; build the index first where there is none."""
    from ingest.build import index_folder
    from ingest.errors import IndexMissing
    from ingest.index import IndexStore
    from rag.load import load

    try:
        IndexStore(index_folder(settings)).manifest()
    except IndexMissing:
        _build(settings)
    return load(settings)


def _ask(options: dict[str, Any]) -> int:
    question, as_json, batch = options.pop("question"), options.pop("json"), options.pop("batch")
    explain = options.pop("explain")
    if (question is None) == (batch is None) or (explain and batch):
        raise QuestionError(
            'give one question, or --batch FILE: essay-chat ask "Why did Russia intervene?"'
        )
    settings = read_settings(**options)
    if batch is not None:
        return _ask_batch(settings, batch)
    from rag.question.standalone import clean

    clean(question, max_chars=settings.max_question_chars)  # before the models load
    explanation = _chain(settings).explain(question)
    if as_json:
        from rag.wire import answer_json

        print(_as_json(answer_json(explanation.answer), indent=2))
        return 0
    from ui.plain import answer_text

    print(answer_text(explanation.answer))
    if explain:
        from rich.console import Console

        from ui.explain import explained

        Console().print(*explained(explanation), sep="\n")
    return 0


def _ask_batch(settings: Settings, name: str) -> int:
    from rag.wire import BatchForm, answer_json

    asks = _read_rows(name, BatchForm)
    chain, failed = _chain(settings), 0
    for ask in asks:
        try:
            row = answer_json(chain.invoke({"question": ask.question, "history": ask.turns()}))
        except QuestionError as error:
            row, failed = {"question": ask.question, "error": str(error)}, 1
        print(_as_json({"id": ask.id, **row}), flush=True)
    return failed


def _check(options: dict[str, Any]) -> int:
    claim, as_json, batch = options.pop("claim"), options.pop("json"), options.pop("batch")
    if (claim is None) == (batch is None):
        raise QuestionError(
            'give one claim, or --batch FILE: essay-chat check "Iran saved the regime in 2013."'
        )
    settings = read_settings(**options)
    if batch is not None:
        return _check_batch(settings, batch)
    from rag.check.claim import clean_claim
    from rag.load import load_claim_checker

    clean_claim(claim, settings)  # before the models load
    verdict = load_claim_checker(_chain(settings), settings)(claim)
    if as_json:
        from rag.wire import claim_json

        print(_as_json(claim_json(verdict), indent=2))
    else:
        from ui.plain import claim_text

        print(claim_text(verdict))
    return 0


def _check_batch(settings: Settings, name: str) -> int:
    from rag.wire import ClaimForm, claim_json

    rows = _read_rows(name, ClaimForm)
    from rag.load import load_claim_checker

    check, failed = load_claim_checker(_chain(settings), settings), 0
    for row in rows:
        try:
            form = claim_json(check(row.claim))
        except QuestionError as error:
            form, failed = {"claim": row.claim, "error": str(error)}, 1
        print(_as_json({"id": row.id, **form}), flush=True)
    return failed


def _as_json(value: dict[str, Any], indent: int | None = None) -> str:
    """Return JSON that the encoding of stdout can carry."""
    return json.dumps(value, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=indent)


def _read_rows(name: str, form: type["Row"]) -> list["Row"]:
    """Read all lines before the first is answered.

    Raises QuestionError naming the file and the line.
    """
    from pydantic import ValidationError

    rows = []
    for number, line in enumerate(_lines(name), 1):
        if not line.strip():
            continue
        try:
            rows.append(form.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            place = "".join(f"{part}: " for part in problem["loc"])
            raise QuestionError(
                f"{name!r}, line {number}: {place}{problem['msg']}; correct that line"
            ) from error
    return rows


def _lines(name: str) -> list[str]:
    # Only \n ends a line of JSON lines; str.splitlines would also cut at characters that may stand
    # inside a string.
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionError(f"file {name!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"file {name!r} is not UTF-8; convert it to UTF-8") from error


def _serve(options: dict[str, Any]) -> int:
    settings = read_settings(**options)
    from rag.load import load
    from ui.server import listen, serve

    with listen(settings) as listener:  # a busy port shows before anything is built or loaded
        _build(settings)
        chain = load(settings)
        serve(
            chain,
            settings,
            ready=lambda url: print(f"essay-chat is ready: {url}", flush=True),
            listener=listener,
        )
    return 0
