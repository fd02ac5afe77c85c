"""Who may ask: origin, host, path and size of a request.

They are checked before anything else sees the request.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.errors import SettingsError

MAX_BODY_BYTES = 64 * 1024
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
DEFAULT_PORTS = {"http": 80, "https": 443}
ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d+)?")
# A script tag sends no Origin, or with `crossorigin` its own: the script is public and shows
# nothing by itself.
PUBLIC_PATHS = frozenset({"/widget.js"})


def read_origins(values: Iterable[str]) -> frozenset[str]:
    """Return the allowed origins as browsers write them: lower case, without a default port.

    Raises SettingsError naming the first that is not `scheme://host[:port]`; "*" and "null" are
    none.
    """
    return frozenset(_read_origin(value) for value in values)


def _read_origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise _bad_origin(value) from None
    origin = value.lower()
    if not ORIGIN.fullmatch(origin) or port == 0:
        raise _bad_origin(value)
    if port is None:
        return origin
    return origin.removesuffix(f":{DEFAULT_PORTS[parts.scheme]}")


def _bad_origin(value: str) -> SettingsError:
    return SettingsError(
        f"allowed origin {value!r} is not scheme://host[:port]; write it as https://example.org, "
        "without a path, a slash at the end or a wildcard"
    )


def allowed_hosts(listens_on: str, origins: Iterable[str]) -> frozenset[str] | None:
    """Return the host names a request may name; None, for any, if the server is not on loopback.

    On loopback any other name is DNS rebinding: a foreign page whose name was pointed here, asking
    as if same-origin. The hosts of the allowed origins pass, so that a reverse proxy on this
    machine can keep the Host it was asked for.
    """
    if not _is_loopback(listens_on):
        return None
    return LOOPBACK_NAMES | {_host_name(urlsplit(origin).netloc) for origin in origins}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host_name(netloc: str) -> str:
    return re.sub(r":\d*$", "", netloc.lower())


class Guard:
    """ASGI middleware that refuses what may not ask.

    It answers with 403 for origin and host, 404 for the path, 413 for the size. `paths` are regular
    expressions of the paths that exist, matched at the start.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        origins: frozenset[str],
        hosts: frozenset[str] | None,
        paths: Sequence[str],
    ) -> None:
        self.app, self.origins, self.hosts = app, origins, hosts
        self.paths = re.compile("|".join(f"(?:{path})" for path in paths))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, send)
            return
        body = await _read_body(receive)
        if body is None:
            await _too_large()(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "").lower()
        if self.hosts is not None and _host_name(host) not in self.hosts:
            return refuse(403, f"This server does not answer to the name {host!r}.")
        if path not in PUBLIC_PATHS and self._is_foreign(headers, host):
            return refuse(
                403,
                "This origin may not use the chat here; "
                "the server's allowed_origins do not name it.",
            )
        if not self.paths.match(path):
            return refuse(404, "There is nothing at this address.")
        if int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
            return _too_large()
        return None

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        """Tell whether another site asks.

        Schemes are not compared: behind a proxy that ends TLS they differ.
        """
        origin = headers.get("origin")
        if origin is not None:
            return origin not in self.origins and urlsplit(origin).netloc.lower() != host
        # An image, a script or a style of another page sends no Origin; a link or a frame (checked
        # by CSP) navigates.
        navigates = headers.get("sec-fetch-mode") == "navigate"
        return headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not navigates


def refuse(status: int, sentence: str) -> JSONResponse:
    """Return an error as the API gives it: one sentence."""
    return JSONResponse({"error": sentence}, status)


def _too_large() -> JSONResponse:
    return refuse(413, f"The request is larger than {MAX_BODY_BYTES // 1024} KiB.")


async def _read_body(receive: Receive) -> bytes | None:
    """Return the body, or None for one longer than MAX_BODY_BYTES.

    A chunked body does not say its length.
    """
    body = b""
    while len(body) <= MAX_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body if len(body) <= MAX_BODY_BYTES else None
    return None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body read, then what comes after it (the disconnection)."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
