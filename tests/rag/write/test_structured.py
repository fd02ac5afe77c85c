"""A reply handed over as data is read like prose with markers, and no more is believed of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.errors import ModelError
from ingest.settings import read_settings
from rag.write.chat import load_chat
from rag.write.citations import CitationParser, Cited
from rag.write.prompts import AS_DATA, EXAMPLES, NO_ANSWER, CitedReply, answer_messages
from rag.write.reply import reply
from tests.rag.scripted_chat import ScriptedChat, Wire, provider

MESSAGES = answer_messages("What rises?", [("essay, verbatim", "The river rises.")], as_data=True)


def data(*sentences: tuple[str, list[int]]) -> str:
    return json.dumps(
        {"sentences": [{"text": text, "passages": passages} for text, passages in sentences]}
    )


def heard(behave: Callable[[Wire], None]) -> str:
    with provider(behave) as url:
        model = load_chat(read_settings(model="openai:m", model_url=url))
        return "".join(reply(model, MESSAGES, timeout_s=20, as_data=True))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")


def test_the_provider_is_asked_for_the_form_and_its_reply_becomes_prose() -> None:
    asked: list[dict[str, Any]] = []

    def behave(wire: Wire) -> None:
        asked.append(wire.asked)
        wire.whole(data(("The river rises.", [1]), ("It falls\nagain.", [1, 2])))

    assert heard(behave) == "The river rises. [1]\nIt falls again. [1][2]"
    assert asked[0]["response_format"]["json_schema"]["schema"]["required"] == ["sentences"]
    assert AS_DATA in asked[0]["messages"][0]["content"]


def test_no_sentence_says_that_the_passages_do_not_answer() -> None:
    assert heard(lambda wire: wire.whole(data())) == NO_ANSWER


@pytest.mark.parametrize(
    ("behave", "what"),
    [
        pytest.param(
            lambda wire: wire.whole("The river rises [1]."), "did not keep to the form", id="prose"
        ),
        pytest.param(
            lambda wire: wire.whole('{"sentences": [{"text": 1}]}'),
            "did not keep to the form",
            id="another form",
        ),
        pytest.param(
            lambda wire: wire.whole('{"sentences": [', finish="length"),
            "wrote more than it may",
            id="cut off",
        ),
        pytest.param(
            lambda wire: wire.whole("", refusal="No."), "refused to answer", id="a refusal"
        ),
        pytest.param(
            lambda wire: wire.refuse(400, "response_format is unknown"),
            "refused the request",
            id="no such form",
        ),
    ],
)
def test_a_reply_in_no_such_form_is_an_error_in_our_own_words(
    behave: Callable[[Wire], None], what: str
) -> None:
    with pytest.raises(ModelError, match=what):
        heard(behave)


def test_a_model_that_cannot_do_it_says_which_setting_to_change() -> None:
    with pytest.raises(ModelError, match="model_structured"):
        list(reply(ScriptedChat(replies=[]), MESSAGES, timeout_s=5, as_data=True))


def test_what_a_sentence_holds_besides_is_read_as_in_prose() -> None:
    found = CitedReply.model_validate_json(
        data(("**It rises** [2].", [1, 9]), ("See [here](http://x.example).", []))
    )
    parser = CitationParser(2)
    parts = [
        part for part in [*parser.feed(found.marked()), *parser.finish()] if isinstance(part, Cited)
    ]
    assert parts == [Cited("It rises.", (2, 1)), Cited("See here.", ())]
    assert parser.unknown_markers == ("[9]",)


def test_the_worked_examples_are_data_too() -> None:
    replies = [
        CitedReply.model_validate_json(str(message.text))
        for message in MESSAGES
        if message.type == "ai"
    ]
    assert len(replies) == len(EXAMPLES)
    assert replies[0].marked() == NO_ANSWER
    assert [sentence.passages for sentence in replies[1].sentences] == [[1], [2]]
