"""The command line: `essay-chat ingest · ask · check · serve · eval`.

A command takes the options that were parsed and gives the exit code. What is slow to import is
imported inside the command that needs it.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from ingest.errors import EssayChatError, QuestionError
from ingest.settings import Settings, read_settings
from ui.arguments import make_parser
from ui.batch import read_rows
from ui.guide import not_answered, write_draft

if TYPE_CHECKING:
    from rag.chain import EssayChain

INTERRUPTED = 130

Arguments = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 0, 1 (failed) or 2 (used wrongly).

    An error is one line on stderr.
    """
    options = vars(make_parser().parse_args(arguments))
    command = COMMANDS[options.pop("command")]
    if isinstance(sys.stdout, TextIOWrapper):
        # An answer must not fail for a terminal without its quotation marks.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = command(options)
        sys.stdout.flush()
        return code
    except EssayChatError as error:
        print(f"essay-chat: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever read our output has had enough of it
        # Else Python complains of the pipe as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _ingest(options: Arguments) -> int:
    check, settings = options.pop("check"), read_settings(**options)
    _build(settings)
    failed = not_answered(_chain(settings)) if check else []
    if check:
        print("\n".join(failed) or "Every question that the guide suggests is answered.")
    return 1 if failed else 0


def _guide(options: Arguments) -> int:
    print(f"{write_draft(read_settings(**options))}: mend it, save what stands as guide.yaml")
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
    old = sum(bearing.relation == "context" for s in corpus.sources for bearing in s.bears)
    if old:
        console.print(
            f"{old} sources name one claim and not the facts that carry it: their notes are shown "
            "as context only (docs/settings.md, bears)",
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


def _ask(options: Arguments) -> int:
    question, batch = options.pop("question"), options.pop("batch")
    as_json, explain = options.pop("json"), options.pop("explain")
    whole = options.pop("all")
    if (question is None) == (batch is None) or (explain and batch):
        raise QuestionError(
            'give one question, or --batch FILE: essay-chat ask "Why did Russia intervene?"'
        )
    settings = read_settings(**options)
    if batch is not None:
        return _ask_batch(settings, batch)
    _ask_one(settings, question, as_json=as_json, explain=explain, whole=whole)
    return 0


def _ask_one(
    settings: Settings, question: str, *, as_json: bool, explain: bool, whole: bool
) -> None:
    from rag.question.standalone import clean

    clean(question, max_chars=settings.max_question_chars)  # before the models load
    explanation = _chain(settings).explain(question)
    if as_json:
        from rag.wire import answer_json

        _print_json(answer_json(explanation.answer), indent=2)
        return
    from ui.plain import answer_text

    print(answer_text(explanation.answer, whole=whole))
    if explain:
        from rich.console import Console

        from ui.explain import explained

        Console().print(*explained(explanation), sep="\n")


def _ask_batch(settings: Settings, name: str) -> int:
    from rag.wire import BatchForm, answer_json

    asks = read_rows(name, BatchForm)
    chain, failed = _chain(settings), 0
    for ask in asks:
        try:
            row = answer_json(chain.invoke({"question": ask.question, "history": ask.turns()}))
        except QuestionError as error:
            row, failed = {"question": ask.question, "error": str(error)}, 1
        _print_json({"id": ask.id, **row})
    return failed


def _check(options: Arguments) -> int:
    claim, batch = options.pop("claim"), options.pop("batch")
    as_json = options.pop("json")
    if (claim is None) == (batch is None):
        raise QuestionError(
            'give one claim, or --batch FILE: essay-chat check "Iran saved the regime in 2013."'
        )
    settings = read_settings(**options)
    if batch is not None:
        return _check_batch(settings, batch)
    _check_one(settings, claim, as_json=as_json)
    return 0


def _check_one(settings: Settings, claim: str, *, as_json: bool) -> None:
    from rag.check.claim import clean_claim
    from rag.load import load_claim_checker

    clean_claim(claim, settings)  # before the models load
    verdict = load_claim_checker(_chain(settings), settings)(claim)
    if as_json:
        from rag.wire import claim_json

        _print_json(claim_json(verdict), indent=2)
    else:
        from ui.plain import claim_text

        print(claim_text(verdict))


def _check_batch(settings: Settings, name: str) -> int:
    from rag.wire import ClaimForm, claim_json

    rows = read_rows(name, ClaimForm)
    from rag.load import load_claim_checker

    check, failed = load_claim_checker(_chain(settings), settings), 0
    for row in rows:
        try:
            form = claim_json(check(row.claim))
        except QuestionError as error:
            form, failed = {"claim": row.claim, "error": str(error)}, 1
        _print_json({"id": row.id, **form})
    return failed


def _print_json(value: Mapping[str, Any], *, indent: int | None = None) -> None:
    """Print JSON that the encoding of stdout can carry, at once."""
    ascii_only = sys.stdout.encoding.lower() != "utf-8"
    print(json.dumps(value, ensure_ascii=ascii_only, indent=indent), flush=True)


def _serve(options: Arguments) -> int:
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


def _eval(options: Arguments) -> int:
    from rich.console import Console

    from eval.run import Options
    from eval.run import main as run_evaluation

    settings = read_settings(**{name: options.pop(name) for name in ("corpus", "index", "model")})
    only = tuple(options.pop("only"))
    return run_evaluation(
        Options(only=only, **options),
        settings,
        console=Console(),
        progress_console=Console(stderr=True),
    )


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    "ingest": _ingest,
    "guide": _guide,
    "ask": _ask,
    "check": _check,
    "serve": _serve,
    "eval": _eval,
}
