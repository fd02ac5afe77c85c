"""Messages → the reply of a chat model as it streams, or one sentence on why there is none.

Whatever a provider does, a reply ends in time and in size, and an error is told in our own words:
what a provider writes may hold the key.
"""

import logging
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from ingest.errors import ModelError
from rag.write.prompts import CitedReply

log = logging.getLogger(__name__)

MAX_REPLY_CHARS = 8000  # five short sentences have 1,000
FINISHED = ("finish_reason", "stop_reason", "done_reason")  # of OpenAI, Anthropic, Ollama
TOO_LONG = re.compile(
    r"context[ _-]?(length|window|size)|prompt is too long|too many tokens", re.IGNORECASE
)
STATUSES = {
    400: "refused the request",
    401: "refused the key",
    402: "wants to be paid",
    403: "refused the key",
    404: "does not know the model",
    408: "took too long",
    413: "cannot read so long a question with its passages",
    429: "is over its limit",
}
# By the names of exceptions, their bases and causes: httpx and each provider have their own.
CONDITIONS = (
    (frozenset({"APITimeoutError", "TimeoutException", "TimeoutError"}), "took too long"),
    (frozenset({"RemoteProtocolError", "ReadError", "JSONDecodeError"}), "broke off in the middle"),
    (frozenset({"APIConnectionError", "ConnectError", "ConnectionError"}), "cannot be reached"),
    (
        frozenset({"OutputParserException", "ValidationError"}),
        "did not keep to the form that was asked for",
    ),
    (frozenset({"LengthFinishReasonError"}), "wrote more than it may"),
    (frozenset({"OpenAIRefusalError"}), "refused to answer"),
    (
        frozenset({"NotImplementedError"}),
        "cannot give its reply as data (setting model_structured)",
    ),
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a reply; `provider` and `finished` are what its metadata say of the whole."""

    text: str
    provider: bool
    finished: bool


def reply(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    timeout_s: float,
    as_data: bool = False,
) -> Iterator[str]:
    """Yield the reply as it comes.

    Raises ModelError with a clause that says what the model did, for a reader.

    `as_data` asks the provider for a `CitedReply`, which comes at once and is yielded as the prose it stands for.
    The model is read in a thread of its own, because a stream that only keeps itself alive blocks
    whoever reads it. The caller may stop early; the stream is then closed.
    """
    pieces: SimpleQueue[_Piece | Exception | None] = SimpleQueue()
    stopped = Event()
    read = _read_data if as_data else _read
    Thread(
        target=copy_context().run,
        args=(_read_to_end, read, model, messages, pieces, stopped),
        daemon=True,
    ).start()
    try:
        yield from _within(pieces, monotonic() + timeout_s, timeout_s)
    finally:
        stopped.set()


def _within(
    pieces: "SimpleQueue[_Piece | Exception | None]", deadline: float, timeout_s: float
) -> Iterator[str]:
    length, known, finished = 0, False, False
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            raise ModelError(f"did not finish within {timeout_s:g} seconds") from None
        if isinstance(piece, Exception):
            log.warning(
                "the language model failed: %s %s", type(piece).__name__, _status(piece) or ""
            )
            raise ModelError(told(piece)) from None
        if piece is None:
            break
        length, known, finished = (
            length + len(piece.text),
            known or piece.provider,
            finished or piece.finished,
        )
        if length > MAX_REPLY_CHARS:
            raise ModelError(f"wrote more than {MAX_REPLY_CHARS:,} characters")
        yield piece.text
    if known and not finished:
        raise ModelError("broke off in the middle")


def _read_to_end(
    read: Callable[[BaseChatModel, list[BaseMessage]], Generator[_Piece, None, None]],
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    pieces: "SimpleQueue[_Piece | Exception | None]",
    stopped: Event,
) -> None:
    try:
        with closing(read(model, list(messages))) as stream:
            for piece in stream:
                if stopped.is_set():
                    return
                pieces.put(piece)
        pieces.put(None)
    except Exception as error:  # whatever a provider raises becomes one sentence for the reader
        pieces.put(error)


def _read(model: BaseChatModel, messages: list[BaseMessage]) -> Generator[_Piece, None, None]:
    with closing(model.stream(messages)) as stream:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        for chunk in stream:
            yield _piece(chunk)


def _read_data(model: BaseChatModel, messages: list[BaseMessage]) -> Generator[_Piece, None, None]:
    found = model.with_structured_output(CitedReply).invoke(messages)
    yield _Piece(CitedReply.model_validate(found).marked(), provider=True, finished=True)


def _piece(chunk: AIMessageChunk) -> _Piece:
    about = chunk.response_metadata
    return _Piece(
        str(chunk.text), "model_provider" in about, any(about.get(name) for name in FINISHED)
    )


def told(error: Exception) -> str:
    """Return what went wrong as a clause in our own words: "refused the key (401)"."""
    status, kinds = _status(error), {kind.__name__ for kind in type(error).__mro__}
    if "ContextOverflowError" in kinds or (
        status in (400, 413, 500, None) and TOO_LONG.search(str(error))
    ):
        return "cannot read so long a question with its passages"
    if status is not None:
        what = STATUSES.get(status, "failed" if status >= 500 else "refused the request")
        return f"{what} ({status}{_wait(error)})"
    kinds |= {kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__}
    found = (what for names, what in CONDITIONS if kinds & names)
    return next(found, f"failed ({type(error).__name__})")


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and 100 <= status < 600 else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield error


def _wait(error: Exception) -> str:
    after = str(getattr(getattr(error, "response", None), "headers", {}).get("retry-after", ""))
    return f"; try again in {after} s" if re.fullmatch(r"\d{1,5}", after) else ""
