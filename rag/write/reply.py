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

# Five short sentences have 1,000.
MAX_REPLY_CHARS = 8000
# Of OpenAI, Anthropic, Ollama.
FINISHED = ("finish_reason", "stop_reason", "done_reason")
TOO_LONG = re.compile(
    r"context[ _-]?(length|window|size)|prompt is too long|too many tokens", re.IGNORECASE
)
CANNOT_READ = "cannot read so long a question with its passages"
STATUSES = {
    400: "refused the request",
    401: "refused the key",
    402: "wants to be paid",
    403: "refused the key",
    404: "does not know the model",
    408: "took too long",
    413: CANNOT_READ,
    429: "is over its limit",
}
# By the names of exceptions, their bases and causes: httpx and each provider have their own. The
# first that fits is told.
CONDITIONS = {
    "took too long": {"APITimeoutError", "TimeoutException", "TimeoutError"},
    "broke off in the middle": {"RemoteProtocolError", "ReadError", "JSONDecodeError"},
    "cannot be reached": {"APIConnectionError", "ConnectError", "ConnectionError"},
    "did not keep to the form that was asked for": {"OutputParserException", "ValidationError"},
    "wrote more than it may": {"LengthFinishReasonError"},
    "refused to answer": {"OpenAIRefusalError"},
    "cannot give its reply as data (setting model_structured)": {"NotImplementedError"},
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a reply; `provider` and `finished` are what its metadata say of the whole."""

    text: str
    provider: bool
    finished: bool


# What the reading thread hands over: pieces, then an error or None for the end.
_Pieces = SimpleQueue[_Piece | Exception | None]
_Reading = Callable[[BaseChatModel, list[BaseMessage]], Generator[_Piece, None, None]]


def reply(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    timeout_s: float,
    as_data: bool = False,
) -> Iterator[str]:
    """Yield the reply as it comes.

    `as_data` asks the provider for a `CitedReply`, which comes at once and is yielded as the prose
    it stands for. The model is read in a thread of its own, because a stream that only keeps itself
    alive blocks whoever reads it. The caller may stop early; the stream is then closed.

    Raises ModelError with a clause that says what the model did, for a reader.
    """
    pieces: _Pieces = SimpleQueue()
    stopped = Event()
    read = _read_data if as_data else _read
    Thread(
        target=copy_context().run,
        args=(_read_to_end, read, model, messages, pieces, stopped),
        daemon=True,
    ).start()
    try:
        yield from _texts(pieces, timeout_s)
    finally:
        stopped.set()


def _texts(pieces: _Pieces, timeout_s: float) -> Iterator[str]:
    """Yield the words of the pieces; raise ModelError if they are late, too many or broken off."""
    deadline = monotonic() + timeout_s
    length, from_provider, finished = 0, False, False
    while (piece := _next_piece(pieces, deadline, timeout_s)) is not None:
        length += len(piece.text)
        from_provider = from_provider or piece.provider
        finished = finished or piece.finished
        if length > MAX_REPLY_CHARS:
            raise ModelError(f"wrote more than {MAX_REPLY_CHARS:,} characters")
        yield piece.text
    if from_provider and not finished:
        raise ModelError("broke off in the middle")


def _next_piece(pieces: _Pieces, deadline: float, timeout_s: float) -> _Piece | None:
    try:
        piece = pieces.get(timeout=max(0.0, deadline - monotonic()))
    except Empty:
        raise ModelError(f"did not finish within {timeout_s:g} seconds") from None
    if isinstance(piece, Exception):
        name, status = type(piece).__name__, _status(piece) or ""
        log.warning("the language model failed: %s %s", name, status)
        raise ModelError(told(piece)) from None
    return piece


def _read_to_end(
    read: _Reading,
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    pieces: _Pieces,
    stopped: Event,
) -> None:
    try:
        with closing(read(model, list(messages))) as stream:
            for piece in stream:
                if stopped.is_set():
                    return
                pieces.put(piece)
        pieces.put(None)
    # Whatever a provider raises becomes one sentence for the reader.
    except Exception as error:
        pieces.put(error)


def _read(model: BaseChatModel, messages: list[BaseMessage]) -> Generator[_Piece, None, None]:
    # Typed as an iterator, it is a generator.
    with closing(model.stream(messages)) as stream:  # type: ignore[type-var]
        for chunk in stream:
            yield _piece(chunk)


def _read_data(model: BaseChatModel, messages: list[BaseMessage]) -> Generator[_Piece, None, None]:
    data = model.with_structured_output(CitedReply).invoke(messages)
    cited = CitedReply.model_validate(data)
    yield _Piece(cited.marked(), provider=True, finished=True)


def _piece(chunk: AIMessageChunk) -> _Piece:
    metadata = chunk.response_metadata
    finished = any(metadata.get(name) for name in FINISHED)
    return _Piece(str(chunk.text), "model_provider" in metadata, finished)


def told(error: Exception) -> str:
    """Return what went wrong as a clause in our own words.

    >>> told(TimeoutError("of the key sk-0123456789"))
    'took too long'
    """
    status = _status(error)
    kinds = _kinds(error)
    may_be_too_long = status in (400, 413, 500, None)
    if "ContextOverflowError" in kinds or (may_be_too_long and TOO_LONG.search(str(error))):
        return CANNOT_READ
    if status is not None:
        unknown = "failed" if status >= 500 else "refused the request"
        return f"{STATUSES.get(status, unknown)} ({status}{_wait(error)})"
    for cause in _causes(error):
        kinds |= _kinds(cause)
    for clause, names in CONDITIONS.items():
        if kinds & names:
            return clause
    return f"failed ({type(error).__name__})"


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and 100 <= status < 600 else None


def _kinds(error: BaseException) -> set[str]:
    """Return the names of an exception and its bases."""
    return {kind.__name__ for kind in type(error).__mro__}


def _causes(error: BaseException) -> Iterator[BaseException]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield error


def _wait(error: Exception) -> str:
    """Return what to say of a Retry-After header: nothing unless it is a number of seconds."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    after = str(headers.get("retry-after", ""))
    return f"; try again in {after} s" if re.fullmatch(r"\d{1,5}", after) else ""
