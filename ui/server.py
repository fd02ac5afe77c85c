"""One FastAPI app: the page, the API, the widget and the health check.

It stands behind the guard and the security headers. Making it is apart from serving it.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from ingest.errors import EssayChatError, QuestionError, ServeError
from ingest.settings import Settings
from rag.chain import Ask, EssayChain
from rag.wire import AskForm, answer_json
from ui.app import GRADIO_PATHS, mount_page
from ui.guard import Guard, allowed_hosts, read_origins, refuse
from ui.headers import SecureHeaders

# Questions answered at once by the page, and again by the API: more only share the same cores.
CONCURRENT = 4
MAX_WAITING = 32  # API questions waiting for a place before a new one is turned away
MAX_HISTORY = 50
SHUTDOWN_SECONDS = 3  # open event streams of the page would otherwise hold the server back
HERE = Path(__file__).parent
OWN_PATHS = ("/api/", "/health$", r"/widget\.js$", r"/page/page\.(js|css)$")
# What `/api/source/…` says of a source, beside its text.
SOURCE_FIELDS = ("id", "title", "author", "publisher", "date", "url", "licence", "voice", "wording")


def create_app(chain: EssayChain, settings: Settings) -> FastAPI:
    """Return the whole app over a chain.

    Raises SettingsError for an allowed origin that is none.
    """
    origins = read_origins(settings.allowed_origins)
    # No documentation pages: they load scripts from a CDN.
    app = FastAPI(title="essay-chat", openapi_url=None)
    # The last added is the outermost. Gradio leaves CORS to the app around it when that has this
    # very middleware.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type"],
    )
    hosts = allowed_hosts(settings.host, origins)
    app.add_middleware(Guard, origins=origins, hosts=hosts, paths=(*OWN_PATHS, *GRADIO_PATHS))
    app.add_middleware(SecureHeaders, origins=origins)
    _add_error_forms(app)
    _add_ask(app, chain)
    _add_reading(app, chain)
    mount_page(app, chain, settings, concurrent=CONCURRENT)  # at "/", so after the routes
    return app


def _add_ask(app: FastAPI, chain: EssayChain) -> None:
    places = CapacityLimiter(CONCURRENT)

    @app.post("/api/ask")
    async def ask(form: AskForm) -> Response:
        turns = len(form.history)
        if turns > MAX_HISTORY:
            return refuse(
                422, f"'history' has {turns} turns; send the last {MAX_HISTORY} or fewer."
            )
        if places.statistics().tasks_waiting >= MAX_WAITING:
            return refuse(429, "Too many questions are waiting; ask again in a moment.")
        invoke = partial(chain.invoke, Ask(question=form.question, history=form.turns()))
        answer = await to_thread.run_sync(invoke, limiter=places)
        return JSONResponse(answer_json(answer))


def _add_reading(app: FastAPI, chain: EssayChain) -> None:
    @app.get("/health")
    async def health() -> dict[str, Any]:
        corpus = chain.corpus
        return {
            "status": "ok",
            "corpus": corpus.fingerprint,
            "name": corpus.name,
            "sources": len(corpus.sources),
        }

    @app.get("/api/source/{source_id:path}")
    async def source_with_text(source_id: str) -> Response:
        try:
            source, body = chain.corpus.source(source_id), chain.corpus.body(source_id)
        except KeyError:
            return refuse(404, f"The corpus has no source {source_id!r}.")
        fields = {name: getattr(source, name) for name in SOURCE_FIELDS}
        bears = [asdict(bearing) for bearing in source.bears]
        return JSONResponse({**fields, "bears": bears, "body": body})

    @app.get("/widget.js")
    async def widget() -> Response:
        return FileResponse(HERE / "widget" / "widget.js", media_type="text/javascript")

    @app.get("/page/{name}")
    async def page_file(name: str) -> Response:  # the guard lets only the two names through
        return FileResponse(HERE / "page" / name)


def _add_error_forms(app: FastAPI) -> None:
    """Give every error of the API one form: `{"error": "one sentence"}`."""

    @app.exception_handler(EssayChatError)
    async def known(_: Request, error: Exception) -> Response:
        return refuse(422 if isinstance(error, QuestionError) else 503, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return refuse(422, f"{place!r}: {first['msg']}.")

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return refuse(error.status_code, f"{error.detail}.")


def listen(settings: Settings) -> socket.socket:
    """Return a socket bound to the host and port of the settings.

    Taken before models load, it lets a busy port show at once.

    Raises ServeError naming the address and the next step.
    """
    try:
        return _bound(settings.host.strip("[]"), settings.port)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise ServeError(
            f"cannot listen on {where}: {error.strerror}; choose another with --port or --host"
        ) from error


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind)
    try:
        # A port just left is free, a busy one is not.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    chain: EssayChain,
    settings: Settings,
    *,
    ready: Callable[[str], None],
    listener: socket.socket | None = None,
) -> None:
    """Serve until interrupted; `ready` is given the address of the page once it answers.

    `listener` is a socket of `listen`, for a caller that took it before it loaded the chain. Raises
    ServeError for an address that cannot be had, SettingsError for a bad allowed origin.
    """
    # uvicorn raises KeyboardInterrupt anew once it has shut down.
    with listener or listen(settings) as bound, suppress(KeyboardInterrupt):
        url = page_url(settings.host, bound)
        server = create_server(chain, settings, partial(ready, url))
        server.run(sockets=[bound])


def create_server(
    chain: EssayChain, settings: Settings, ready: Callable[[], None]
) -> uvicorn.Server:
    """Return the server, not yet running, which calls `ready` once it answers.

    `run(sockets=[…])` blocks.
    """
    config = uvicorn.Config(
        create_app(chain, settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return _Server(config, ready)


def page_url(host: str, listener: socket.socket) -> str:
    """Return the address to open: one on this machine if the server listens on all addresses."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    name = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return f"http://{name}:{listener.getsockname()[1]}"


class _Server(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()
