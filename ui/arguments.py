"""What `essay-chat` takes: its commands, their arguments and their help."""

import argparse
from pathlib import Path

WRITER = "chat model that writes, provider:name or gguf:PATH (default: none)"


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; what it parses names the command as `command`."""
    parser = argparse.ArgumentParser(
        "essay-chat",
        description="Ask an essay: every sentence of an answer cites exact characters.",
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    shared = _shared_arguments()

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], help=text, description=text)

    ingest = command("ingest", "build or refresh the index")
    ingest.add_argument(
        "--check",
        action="store_true",
        help="ask every question that the guide suggests; exit 1 if one is not answered",
    )
    guide = command("guide", "draft a guide.yaml with a language model, for a person to edit")
    guide.add_argument("--model", metavar="NAME", help=WRITER)
    _add_ask(command("ask", "answer a question, or a file of them"))
    _add_check(
        command("check", "check a claim, or a file of them: supported, contradicted or not found")
    )
    _add_serve(command("serve", "serve the page, the API and the widget"))
    _add_eval(command("eval", "run the evaluation suite; exit 1 below a floor of its gate"))
    return parser


def _shared_arguments() -> argparse.ArgumentParser:
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
    return shared


def _add_ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--all", action="store_true", help="show what supports it, and what is more")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the JSON form")
    form.add_argument(
        "--explain",
        action="store_true",
        help="show the rankings, scores and features behind the answer",
    )
    ask.add_argument("--model", metavar="NAME", help=WRITER)
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='answer JSON lines {"id", "question", "history"}; - reads from stdin',
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("claim", nargs="?", help="the claim, a sentence")
    check.add_argument("--json", action="store_true", help="print the JSON form")
    check.add_argument(
        "--batch", metavar="FILE", help='check JSON lines {"id", "claim"}; - reads from stdin'
    )


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    serve.add_argument("--model", metavar="NAME", help=WRITER)


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
    _add_reports(parser)


def _add_reports(parser: argparse.ArgumentParser) -> None:
    """Add what the figures are held against, and where the report goes."""
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
    parser.add_argument(
        "--show-held-out",
        action="store_true",
        help="name the failed cases of the held-out half, which spends them",
    )
    for name in ("json", "junit", "html", "markdown"):
        parser.add_argument(
            f"--{name}", metavar="FILE", type=Path, help=f"write the report as {name}"
        )
