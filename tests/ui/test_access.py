"""What keeps others out of the API and of the page: origins, hosts, paths and headers."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from ingest.types import Corpus
from tests.ui.client import ALLOWED, HOME, client_of
from tests.ui.scripted_chain import CHILDREN, Script

FOREIGN = "https://evil.example.com"
ROUTES = [
    "/",
    "/health",
    "/api/ask",
    "/api/source/essay",
    "/gradio_api/queue/join",
    "/theme.css",
    "/page/page.js",
    "/nothing",
]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "origin",
    [FOREIGN, "null", "http://127.0.0.1:7861", "http://127.0.0.1", "http://localhost:7860"],
)
def test_a_foreign_origin_gets_nothing(
    client: TestClient, script: Script, path: str, origin: str
) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        response = client.request(
            method, path, headers={"origin": origin}, json={"question": CHILDREN}
        )
        assert response.status_code == 403
        assert list(response.json()) == ["error"]
        assert "access-control-allow-origin" not in response.headers
    assert script.asked == []


@pytest.mark.parametrize(
    "origin", [HOME, ALLOWED, "https://127.0.0.1:7860"], ids=["same", "allowed", "behind TLS"]
)
def test_the_same_and_an_allowed_origin_get_an_answer(client: TestClient, origin: str) -> None:
    response = client.post("/api/ask", json={"question": CHILDREN}, headers={"origin": origin})
    assert response.json()["status"] == "answered"


def test_cors_is_for_the_allowed_origin_and_without_credentials(client: TestClient) -> None:
    asked = {
        "origin": ALLOWED,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    for response in (
        client.options("/api/ask", headers=asked),
        client.get("/", headers={"origin": ALLOWED}),
    ):
        assert response.headers["access-control-allow-origin"] == ALLOWED
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/api/source/essay", "/gradio_api/heartbeat/x"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_without_an_origin_is_refused(
    client: TestClient, path: str, site: str
) -> None:
    response = client.get(path, headers={"sec-fetch-site": site, "sec-fetch-mode": "no-cors"})
    assert response.status_code == 403


def test_a_link_from_another_page_opens_the_chat(client: TestClient) -> None:
    assert (
        client.get(
            "/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, {"origin": FOREIGN}]
)
def test_the_widget_script_is_for_everyone(client: TestClient, headers: dict[str, str]) -> None:
    response = client.get("/widget.js", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com:7860",
        "evil.example.com",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "[::2]:7860",
        "",
    ],
)
def test_a_name_pointed_at_this_machine_is_refused(client: TestClient, host: str) -> None:
    response = client.post(
        "/api/ask", json={"question": CHILDREN}, headers={"host": host, "origin": f"http://{host}"}
    )
    assert response.status_code == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST", "blog.example.org"]
)
def test_the_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://a.hf.space/",
        "/gradio_api/vibe-code",
        "/gradio_api/info",
        "/gradio_api/run/ask",
        "/gradio_api/call/ask",
        "/monitoring",
        "/config",
        "/docs",
        "/openapi.json",
        "/login",
        "/gradio_api/process_recording",
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/__init__.py",
        "/widget.jsx",
    ],
)
def test_what_the_page_does_not_need_is_not_there(client: TestClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert client.request(method, path).status_code == 404


def policy(response: Any) -> dict[str, list[str]]:
    rules = (rule.split() for rule in response.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in rules}


@pytest.mark.parametrize("path", [*ROUTES, "/widget.js", "/assets/none"])
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert policy(response)["frame-ancestors"] == ["'self'", ALLOWED]
    assert policy(response)["default-src"] == ["'none'"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_the_page_runs_no_inline_script_but_its_own(client: TestClient) -> None:
    response = client.get("/", headers={"accept-encoding": "br"})
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", response.text, re.DOTALL)
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    }
    allowed = policy(response)["script-src"]
    assert scripts
    assert set(allowed) == {"'self'", *hashes}


def test_a_title_cannot_bring_a_script_into_the_page(script: Script, corpus: Corpus) -> None:
    hostile = replace(corpus.sources[0], title="</title></script><script>alert(1)</script>")
    other = Script(replace(corpus, sources=(hostile, *corpus.sources[1:])), script.answers)
    with client_of(other) as client:
        assert "<script>alert(1)" not in client.get("/").text
