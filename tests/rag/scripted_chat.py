"""A chat model that plays a script, and a provider on loopback that misbehaves for real."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr


class ScriptedChat(BaseChatModel):
    """Says its replies in order, a few characters at a time, and keeps what it was asked.

    One call too many is kept in `overrun`, because whoever asks may well catch what a model raises.
    """

    replies: list[str | Exception]
    chunk_chars: int = 3
    overrun: int = 0
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        """The messages of each call."""
        return self._asked

    @property
    def left(self) -> int:
        """How many replies were not asked for."""
        return len(self.replies) - len(self._asked)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> str:
        if not self.left:
            self.overrun += 1
            raise IndexError("asked once too often")
        reply = self.replies[len(self._asked)]
        self._asked.append(messages)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._next(messages)
        for at in range(0, max(1, len(reply)), self.chunk_chars):
            words = reply[at : at + self.chunk_chars]
            yield ChatGenerationChunk(message=AIMessageChunk(content=words))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = AIMessageChunk(content=self._next(messages))
        return ChatResult(generations=[ChatGeneration(message=message)])


class Wire:
    """The side of a provider: writes an HTTP answer piece by piece; `gone` says when to stop."""

    def __init__(self, handler: BaseHTTPRequestHandler, gone: threading.Event) -> None:
        self._handler, self.gone = handler, gone
        self.key = (handler.headers.get("Authorization") or "").removeprefix("Bearer ")
        length = int(handler.headers["Content-Length"])
        self.asked: dict[str, Any] = json.loads(handler.rfile.read(length))

    def refuse(self, status: int, message: str, **headers: str) -> None:
        """Answer with an error in OpenAI's form."""
        self._whole(status, {"error": {"message": message, "type": "error", "code": None}}, headers)

    def whole(self, text: str, finish: str = "stop", **message: Any) -> None:
        """Answer with a reply that is not streamed; `message` is what it holds beside its words."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text, **message},
            "finish_reason": finish,
        }
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        self._whole(200, body, {})

    def _whole(self, status: int, content: dict[str, Any], headers: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        sizes = {"content-type": "application/json", "content-length": str(len(body))}
        self._handler.send_response(status)
        for name, value in {**sizes, **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def begin(self) -> None:
        """Begin a stream of events."""
        self._handler.send_response(200)
        self._handler.send_header("content-type", "text/event-stream")
        self._handler.send_header("transfer-encoding", "chunked")
        self._handler.end_headers()

    def event(self, text: str, finish: str | None = None) -> None:
        """Send words as one event of a stream."""
        choice = {
            "index": 0,
            "delta": {"role": "assistant", "content": text},
            "finish_reason": finish,
        }
        chunk = {"id": "1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
        self.line(f"data: {json.dumps(chunk)}")

    def line(self, text: str) -> None:
        """Send a line of a stream."""
        data = f"{text}\n\n".encode()
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()

    def end(self) -> None:
        """End a stream as it should end."""
        self.line("data: [DONE]")
        self._handler.wfile.write(b"0\r\n\r\n")

    def cut(self) -> None:
        """End the connection in the middle."""
        self._handler.close_connection = True


@contextmanager
def provider(behave: Callable[[Wire], None]) -> Iterator[str]:
    """Serve an OpenAI-compatible endpoint that behaves so; gives its base URL."""
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            try:
                behave(Wire(self, gone))
            except OSError:  # the client had enough
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        gone.set()
        server.shutdown()
        server.server_close()
        thread.join()


def said(messages: Sequence[BaseMessage]) -> str:
    """Return all the text of messages."""
    return "\n".join(str(message.text) for message in messages)
