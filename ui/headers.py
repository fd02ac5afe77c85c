"""What goes out with every response: security headers.

An exception goes out as one sentence instead of a stack trace.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.guard import PUBLIC_PATHS, refuse

log = logging.getLogger(__name__)

INLINE_SCRIPT = re.compile(
    rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE
)
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


def content_security_policy(origins: Iterable[str], page: bytes = b"") -> str:
    """Return the policy for a response.

    `page` is the HTML whose inline scripts may run, each named by its hash.
    """
    hashes = [_script_hash(script) for script in INLINE_SCRIPT.findall(page)]
    rules = {
        "default-src": ["'none'"],
        # Gradio writes its configuration as inline scripts. Hashes, not 'unsafe-inline': no other
        # inline script and no onerror= can run. Gradio escapes "<" in them (`toorjson`), so what a
        # corpus says cannot become a script.
        "script-src": ["'self'", *hashes],
        # Gradio's components set style attributes and add style elements as they load.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],  # Gradio's style sheets hold small icons as data: addresses
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'self'"],  # Gradio's page has a base element
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'", *sorted(origins)],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def _script_hash(script: bytes) -> str:
    """Return the hash by which a policy lets an inline script run."""
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return f"'sha256-{digest}'"


class SecureHeaders:
    """ASGI middleware, outermost: puts the headers on every response, errors included."""

    def __init__(self, app: ASGIApp, *, origins: frozenset[str]) -> None:
        self.app = app
        self.origins = origins  # that may frame the page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and its response back with the headers.

        An exception becomes a 500 of one sentence.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        out = _Response(scope["path"], self.origins, send)
        try:
            await self.app(_uncompressed_page(scope), receive, out.send)
        except Exception:
            log.exception("the server failed on %s %s", scope["method"], scope["path"])
            if out.started:
                raise
            response = refuse(500, "Something failed in the server; its log says what.")
            await response(scope, receive, out.send)


class _Response:
    """A response on its way out.

    HTML is held until it is whole, because its policy names its scripts.
    """

    def __init__(self, path: str, origins: frozenset[str], send: Send) -> None:
        self.path, self.origins, self._send = path, origins, send
        self.started = False
        self._held: Message | None = None
        self._page = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._held = message
                return
            self._put_headers(message, b"")
        elif self._held is not None:
            self._page += message.get("body", b"")
            if message.get("more_body", False):
                return
            self._put_headers(self._held, self._page)
            await self._send(self._held)
            message, self._held = {"type": "http.response.body", "body": self._page}, None
        await self._send(message)

    def _put_headers(self, start: Message, page: bytes) -> None:
        headers = MutableHeaders(raw=start["headers"])
        headers.update(FIXED_HEADERS)
        headers["Content-Security-Policy"] = content_security_policy(self.origins, page)
        is_public = self.path in PUBLIC_PATHS
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
        is_data = self.path.startswith(("/api/", "/health"))
        headers.setdefault("Cache-Control", "no-store" if is_data else "no-cache")
        start["headers"] = headers.raw


def _uncompressed_page(scope: Scope) -> Scope:
    """Return the scope of the page without Accept-Encoding, so that its scripts can be read here.

    The page is small. Other scopes are returned as they are.
    """
    if scope["path"] != "/":
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}
