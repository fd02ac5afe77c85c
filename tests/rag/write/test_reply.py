"""A provider that fails, in whatever way, costs the reader a sentence, and never the key."""

import json
import logging
import socket
import threading
from collections.abc import Callable

import pytest

from ingest.errors import ModelError
from ingest.passages import split_corpus
from ingest.settings import read_settings
from ingest.types import Corpus
from rag.chain import EssayChain
from rag.check.quotes import Verifier
from rag.types import Answer, Checked, Decision, Draft, DraftSentence, Hit, Quote
from rag.wire import answer_json
from rag.write.chat import load_chat
from rag.write.engine import WriteEngine
from rag.write.providers import missing_package
from rag.write.reply import MAX_REPLY_CHARS, reply, told
from tests.rag.scripted_chat import ScriptedChat, Wire, provider
from ui.plain import answer_text
from ui.render import answer_html

KEY = "sk-proj-0123456789abcdefSECRET"
SENTENCE = "The river rises [1]. "


def ask(river: Corpus, url: str, timeout_s: float = 20.0) -> Answer:
    """Answer over the river with the model that this address gives."""
    passages = split_corpus(river, max_chars=600)
    hits = tuple(Hit(p, river.source(p.source_id), 1.0) for p in passages)
    settings = read_settings(model="openai:m", model_url=url, model_timeout_s=timeout_s)

    def quoting(question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
        return Draft((DraftSentence(None, (Quote.whole(hits[0].passage),)),))

    def check(question: str, text: str, quotes: tuple[Quote, ...]) -> Checked:
        return Checked("supported", 0.9) if quotes else Checked("uncited")

    engine = WriteEngine(river, load_chat(settings), quoting, check, timeout_s=timeout_s)
    return EssayChain(
        corpus=river,
        clean=str.strip,
        standalone=lambda question, history: question,
        retrieve=lambda question: hits,
        decide=lambda question, hits: Decision("answered"),
        write=engine,
        verify=Verifier(river, check),
    ).invoke("What rises?")


def well(wire: Wire) -> None:
    wire.begin()
    for word in SENTENCE.split(" "):
        wire.event(f"{word} ")
    wire.event("", finish="stop")
    wire.end()


def breaks_off(wire: Wire) -> None:
    wire.begin()
    wire.event(SENTENCE)
    wire.cut()


def stops_without_a_reason(wire: Wire) -> None:
    wire.begin()
    wire.event(SENTENCE)
    wire.end()


def hangs(wire: Wire) -> None:
    wire.begin()
    wire.event(SENTENCE)
    wire.gone.wait(30)


def pings(wire: Wire) -> None:
    wire.begin()
    while not wire.gone.wait(0.02):
        wire.line(": ping")


def never_ends(wire: Wire) -> None:
    wire.begin()
    while not wire.gone.is_set():
        wire.event("and on ")


def never_ends_in_sentences(wire: Wire) -> None:
    wire.begin()
    while not wire.gone.is_set():
        wire.event("It goes on and on. ")


def writes_a_megabyte(wire: Wire) -> None:
    wire.begin()
    wire.event("x" * 1_000_000)
    wire.event("", finish="stop")
    wire.end()


def fails_in_the_stream(wire: Wire) -> None:
    wire.begin()
    wire.event(SENTENCE)
    wire.line(
        "data: "
        + json.dumps({"error": {"message": f"oops {KEY}", "type": "server_error", "code": None}})
    )
    wire.end()


def writes_no_json(wire: Wire) -> None:
    wire.begin()
    wire.line("data: {not json")
    wire.end()


MISBEHAVIOURS: dict[str, tuple[Callable[[Wire], None], str]] = {
    "a wrong key": (
        lambda wire: wire.refuse(401, f"Incorrect API key provided: {wire.key}"),
        "refused the key (401)",
    ),
    "no permission": (lambda wire: wire.refuse(403, "no"), "refused the key (403)"),
    "no such model": (lambda wire: wire.refuse(404, "no"), "does not know the model (404)"),
    "over its limit": (
        lambda wire: wire.refuse(429, "slow down", Retry_After="7"),
        "is over its limit (429; try again in 7 s)",
    ),
    "over its limit for long": (
        lambda wire: wire.refuse(429, "no", Retry_After="<b>soon"),
        "is over its limit (429)",
    ),
    "an error of its own": (lambda wire: wire.refuse(500, "oops"), "failed (500)"),
    "a gateway": (lambda wire: wire.refuse(503, "oops"), "failed (503)"),
    "too long": (
        lambda wire: wire.refuse(400, "This model's maximum context length is 8192 tokens."),
        "cannot read so long a question with its passages",
    ),
    "too long for llama.cpp": (
        lambda wire: wire.refuse(400, "the request exceeds the available context size"),
        "cannot read so long a question with its passages",
    ),
    "a bad request": (
        lambda wire: wire.refuse(400, "temperature is not supported"),
        "refused the request (400)",
    ),
    "breaks off": (breaks_off, "broke off in the middle"),
    "stops without a reason": (stops_without_a_reason, "broke off in the middle"),
    "writes no JSON": (writes_no_json, "broke off in the middle"),
    "a megabyte": (writes_a_megabyte, f"wrote more than {MAX_REPLY_CHARS:,} characters"),
    "never ends": (never_ends, f"wrote more than {MAX_REPLY_CHARS:,} characters"),
    "fails in the stream": (fails_in_the_stream, "failed (APIError)"),
}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def assert_quoted_instead(answer: Answer, what: str) -> None:
    assert answer.notice == f"The language model {what}; the texts are quoted instead."
    assert (answer.engine, [sentence.verdict for sentence in answer.sentences]) == (
        "quote",
        ["quoted"],
    )


def test_a_provider_that_behaves_is_heard(river: Corpus) -> None:
    with provider(well) as url:
        answer = ask(river, url)
    assert (answer.engine, [sentence.text for sentence in answer.sentences]) == (
        "write",
        ["The river rises."],
    )


@pytest.mark.parametrize(("behave", "what"), MISBEHAVIOURS.values(), ids=MISBEHAVIOURS)
def test_a_provider_that_fails(
    river: Corpus,
    behave: Callable[[Wire], None],
    what: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    with provider(behave) as url:
        answer = ask(river, url)
    assert_quoted_instead(answer, what)
    printed = capfd.readouterr()
    for seen in (
        json.dumps(answer_json(answer)),
        answer_text(answer),
        answer_html(answer),
        caplog.text,
        *printed,
    ):
        assert KEY not in seen
    assert (
        "the language model failed" in caplog.text
        or "wrote more" in what
        or "reason" in behave.__name__
    )


def test_a_provider_that_cannot_be_reached(river: Corpus) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert_quoted_instead(ask(river, f"http://127.0.0.1:{port}/v1"), "cannot be reached")


@pytest.mark.parametrize("behave", [hangs, pings], ids=["hangs", "only keeps itself alive"])
def test_a_stream_without_an_end_ends_in_time(
    river: Corpus, behave: Callable[[Wire], None]
) -> None:
    with provider(behave) as url:
        answer = ask(river, url, timeout_s=0.5)
        assert answer.notice in {
            f"The language model {what}; the texts are quoted instead."
            for what in ("did not finish within 0.5 seconds", "took too long")
        }


def test_a_stream_of_sentences_without_an_end_is_cut_off(river: Corpus) -> None:
    with provider(never_ends_in_sentences) as url:
        answer = ask(river, url)
    assert answer.engine == "quote"
    assert len(answer.withheld) == 8


def test_a_reader_who_leaves_ends_the_reply() -> None:
    left = threading.Event()

    def watching(wire: Wire) -> None:
        wire.begin()
        try:
            while not wire.gone.is_set():
                wire.event("and on ")
        except OSError:
            left.set()
            raise

    with provider(watching) as url:
        words = reply(load_chat(read_settings(model="openai:m", model_url=url)), [], timeout_s=20)
        next(words)
        words.close()  # type: ignore[attr-defined]
        assert left.wait(10)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        pytest.param(ConnectionRefusedError(), "cannot be reached", id="a bare connection"),
        pytest.param(TimeoutError(), "took too long", id="a bare timeout"),
        pytest.param(ValueError(KEY), "failed (ValueError)", id="anything else"),
        pytest.param(
            RuntimeError("prompt is too long: 9 tokens"),
            "cannot read so long a question with its passages",
            id="long",
        ),
    ],
)
def test_errors_are_told_in_our_own_words(error: Exception, what: str) -> None:
    assert told(error) == what


def test_a_model_that_raises_is_told_of_without_its_words() -> None:
    with pytest.raises(ModelError, match=r"^failed \(ValueError\)$") as caught:
        list(reply(ScriptedChat(replies=[ValueError(KEY)]), [], timeout_s=5))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("gpt", "has no provider", id="no provider"),
        pytest.param("openai:", "has no provider", id="no model"),
        pytest.param("nobody:m", "there is no provider 'nobody'", id="an unknown provider"),
        pytest.param("groq:m", "pip install langchain-groq", id="a package not installed"),
        pytest.param("gguf:nowhere.gguf", "is not a file", id="a file that is not there"),
    ],
)
def test_a_model_that_cannot_be_had_names_it_and_the_next_step(name: str, problem: str) -> None:
    with pytest.raises(ModelError, match=name) as caught:
        load_chat(read_settings(model=name))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "extra"),
    [("openai", "openai"), ("anthropic", "anthropic"), ("ollama", "ollama"), ("gguf", "local")],
)
def test_a_missing_package_names_the_extra(name: str, extra: str) -> None:
    assert f"pip install -e '.[{extra}]'" in missing_package(f"{name}:m", name)


def test_a_missing_key_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ModelError, match="set OPENAI_API_KEY"):
        load_chat(read_settings(model="openai:m"))


def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with provider(well) as url:
        words = reply(load_chat(read_settings(model="openai:m", model_url=url)), [], timeout_s=20)
        assert "".join(words).strip() == SENTENCE.strip()


def test_settings_never_hold_a_key() -> None:
    assert KEY not in repr(read_settings(model="openai:m"))
    assert KEY not in repr(load_chat(read_settings(model="openai:m")))
