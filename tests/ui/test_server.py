"""The API, and what keeps others out of it and of the page."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ingest.errors import ServeError, SettingsError
from ingest.settings import read_settings
from ingest.types import Corpus
from rag.types import Turn
from rag.wire import answer_json
from tests.ui.scripted_chain import CHILDREN, Script
from ui.app import EXAMPLES
from ui.guard import MAX_BODY_BYTES
from ui.server import CONCURRENT, create_app, listen, page_url

HOME = "http://127.0.0.1:7860"
ALLOWED = "https://blog.example.org"
FOREIGN = "https://evil.example.com"


def client_of(script: Script, **settings: Any) -> TestClient:
    app: FastAPI = create_app(script.chain(), read_settings(allowed_origins=(ALLOWED,), **settings))
    return TestClient(app, base_url=HOME, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def one_client(one_script: Script) -> Iterator[TestClient]:
    with client_of(one_script) as client:
        yield client


@pytest.fixture
def client(one_client: TestClient, script: Script) -> TestClient:
    return one_client


def test_an_answer_comes_in_the_json_form(client: TestClient, script: Script) -> None:
    response = client.post("/api/ask", json={"question": CHILDREN})
    assert response.status_code == 200
    assert response.json() == answer_json(script.answers[CHILDREN])


def test_the_history_reaches_the_chain_as_turns(client: TestClient, script: Script) -> None:
    history = [{"question": "Who?", "answer": "They."}, {"question": "When?"}]
    client.post("/api/ask", json={"question": CHILDREN, "history": history})
    assert script.asked == [(CHILDREN, (Turn("Who?", "They."), Turn("When?", "")))]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"question": CHILDREN, "model": "x"}, "'model'"),
        (
            {"question": CHILDREN, "history": [{"question": "a", "role": "user"}]},
            "'history.0.role'",
        ),
        ({"question": CHILDREN, "history": [{"answer": "a"}]}, "'history.0.question'"),
        ({"question": 5}, "'question'"),
        ({}, "'question'"),
        ([], "'body'"),
        ({"question": CHILDREN, "history": [{"question": "a"}] * 51}, "'history'"),
        ({"question": "???"}, "'???'"),
    ],
    ids=[
        "unknown key",
        "unknown key in a turn",
        "turn without question",
        "number",
        "nothing",
        "list",
        "long history",
        "no word",
    ],
)
def test_a_bad_request_gets_one_sentence_that_names_the_thing(
    client: TestClient, body: Any, named: str
) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code == 422
    assert list(response.json()) == ["error"]
    assert named in response.json()["error"]
    assert "\n" not in response.json()["error"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b""], ids=["half", "not UTF-8", "empty"])
def test_what_is_no_json_gets_a_sentence(client: TestClient, content: bytes) -> None:
    response = client.post(
        "/api/ask", content=content, headers={"content-type": "application/json"}
    )
    assert 400 <= response.status_code < 500
    assert list(response.json()) == ["error"]


def test_a_failure_is_one_sentence_without_its_detail_and_still_has_the_headers(
    client: TestClient, script: Script
) -> None:
    script.failure = ZeroDivisionError("secret detail")
    response = client.post("/api/ask", json={"question": CHILDREN})
    assert response.status_code == 500
    assert list(response.json()) == ["error"]
    assert "secret" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_a_body_over_the_limit_is_refused(
    client: TestClient, script: Script, declared: bool
) -> None:
    body = b'{"question": "' + b"a" * MAX_BODY_BYTES + b'"}'
    content = body if declared else iter([body[:1000], body[1000:]])
    response = client.post(
        "/api/ask", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code == 413
    assert script.asked == []


def test_a_body_at_the_limit_is_read(client: TestClient) -> None:
    frame = b'{"question": ""}'
    body = b'{"question": "' + b"a" * (MAX_BODY_BYTES - len(frame)) + b'"}'
    assert len(body) == MAX_BODY_BYTES
    assert (
        client.post(
            "/api/ask", content=body, headers={"content-type": "application/json"}
        ).status_code
        == 422
    )


def test_a_source_is_given_with_its_text(client: TestClient, corpus: Corpus) -> None:
    response = client.get("/api/source/essay")
    assert response.json()["body"] == corpus.body("essay")
    assert response.json()["wording"] == "verbatim"


def test_a_source_in_a_folder_has_its_address(script: Script, corpus: Corpus) -> None:
    moved = replace(corpus.sources[0], id="part one/a")
    other = Script(
        replace(corpus, sources=(moved,), texts=(replace(corpus.texts[0], source_id=moved.id),)),
        script.answers,
    )
    with client_of(other) as client:
        assert client.get("/api/source/part%20one/a").json()["id"] == "part one/a"


def test_an_unknown_source_is_named(client: TestClient) -> None:
    response = client.get("/api/source/none-such")
    assert response.status_code == 404
    assert "'none-such'" in response.json()["error"]


def test_health_names_the_corpus(client: TestClient, corpus: Corpus) -> None:
    health = client.get("/health").json()
    assert (health["status"], health["corpus"]) == ("ok", corpus.fingerprint)


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


def test_the_shipped_corpus_begins_with_examples(client: TestClient) -> None:
    assert all(example in client.get("/").text for example in EXAMPLES)


def test_another_corpus_has_no_examples_about_the_essay(script: Script, tmp_path: Path) -> None:
    with client_of(script, corpus=tmp_path) as client:
        assert not any(example in client.get("/").text for example in EXAMPLES)


def test_a_title_cannot_bring_a_script_into_the_page(script: Script, corpus: Corpus) -> None:
    hostile = replace(corpus.sources[0], title="</title></script><script>alert(1)</script>")
    other = Script(replace(corpus, sources=(hostile, *corpus.sources[1:])), script.answers)
    with client_of(other) as client:
        assert "<script>alert(1)" not in client.get("/").text


def test_questions_are_answered_side_by_side_up_to_the_limit(
    client: TestClient, script: Script
) -> None:
    script.meeting = threading.Barrier(CONCURRENT)
    with ThreadPoolExecutor(2 * CONCURRENT) as askers:
        replies = list(
            askers.map(
                lambda _: client.post("/api/ask", json={"question": CHILDREN}),
                range(2 * CONCURRENT),
            )
        )
    assert [reply.status_code for reply in replies] == [200] * 2 * CONCURRENT


def test_a_bad_allowed_origin_stops_the_start(script: Script) -> None:
    with pytest.raises(SettingsError, match=r"'https://a\.org/x'"):
        create_app(script.chain(), read_settings(allowed_origins=("https://a.org/x",)))


def test_a_busy_port_is_named_with_the_next_step() -> None:
    with closing(listen(read_settings(port=0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ServeError,
            match=rf"127\.0\.0\.1:{port}: Address already in use; choose another with --port",
        ):
            listen(read_settings(port=port))


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(ServeError, match=r"192\.0\.2\.1:0"):
        listen(read_settings(host="192.0.2.1", port=0))


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("me.lan", "me.lan"),
    ],
)
def test_the_address_shown_can_be_opened(host: str, shown: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        assert page_url(host, listener) == f"http://{shown}:{listener.getsockname()[1]}"
