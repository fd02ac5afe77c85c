"""The API and the served page: what they give, and one sentence for whatever is wrong."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ingest.errors import ServeError, SettingsError
from ingest.settings import read_settings
from ingest.types import Corpus
from rag.types import Turn
from rag.wire import answer_json
from tests.ui.client import client_of
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script
from ui.app import EXAMPLES
from ui.guard import MAX_BODY_BYTES
from ui.server import CONCURRENT, create_app, listen, page_url


def test_an_answer_comes_in_the_json_form(client: TestClient, script: Script) -> None:
    response = client.post("/api/ask", json={"question": CHILDREN})
    assert response.status_code == 200
    assert response.json() == answer_json(script.answers[CHILDREN]) | {"suggestions": [GHOUTA]}


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
    note = client.get("/api/source/snhr-2016-08-17-red-square").json()
    assert note["bears"][1]["relation"] == "qualifies"
    assert note["bears"][1]["because"]


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


def test_the_shipped_corpus_begins_with_examples(client: TestClient) -> None:
    assert all(example in client.get("/").text for example in EXAMPLES)


def test_another_corpus_has_no_examples_about_the_essay(script: Script, tmp_path: Path) -> None:
    with client_of(script, corpus=tmp_path) as client:
        assert not any(example in client.get("/").text for example in EXAMPLES)


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
